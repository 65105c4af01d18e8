#include "log/log_note.h"

#include "base/banned.h"

bool log_note_of(struct log_note *ret, struct buf *bytes, struct arena *a, struct err *e)
{
	struct signed_note *n = ARENA_NEW(a, struct signed_note);
	struct checkpoint c;

	if (!n)
		return arena_full(a, e);
	if (!signed_note_parse(n, buf_span(bytes), a, e) || !checkpoint_parse(&c, n->text, e))
		return false;
	*ret = (struct log_note){ *bytes, *n, c };
	*bytes = (struct buf){ 0 };
	return true;
}

bool log_note_read(
	struct log_note *ret, const struct log_source *from, struct arena *a, struct err *e)
{
	CLEANUP(buf_done) struct buf bytes = { 0 };

	if (log_source_read(from, "checkpoint", SIGNED_NOTE_SIZE_MAX, &bytes, e) &&
		log_note_of(ret, &bytes, a, e))
		return true;
	if (e->kind == ERR_NOTFOUND)
		err_hint(e,
			"give the folder or the address below which `checkpoint` and `tile` lie");
	return err_wrap(e, "log '%s'", from->base);
}

void log_note_done(struct log_note *n)
{
	buf_done(&n->bytes);
}
