#include "cmd/statement_file.h"

#include "sys/file.h"
#include "base/banned.h"

static bool read_bare(struct statement_file *f, struct span bytes, struct arena *a, struct err *e)
{
	struct str kept = arena_str(a, str_make((const char *)bytes.p, bytes.n));

	if (!kept.p)
		return arena_full(a, e);
	f->dsse.type = STR(STATEMENT_PAYLOAD_TYPE);
	f->dsse.payload = str_span(kept);
	return statement_parse(&f->statement, f->dsse.payload, a, e);
}

static bool read(struct statement_file *f, struct span bytes, struct arena *a, struct err *e)
{
	struct statement_envelope envelope;
	struct json v;

	if (!json_parse(&v, bytes, a, e))
		return false;
	f->is_signed = json_get(&v, "payloadType") != NULL;
	if (!f->is_signed)
		return read_bare(f, bytes, a, e);
	if (!statement_envelope_parse(&envelope, bytes, a, e))
		return false;
	f->dsse = envelope.dsse;
	f->statement = envelope.statement;
	return true;
}

bool statement_file_load(
	struct statement_file *ret, const char *path, struct arena *a, struct err *e)
{
	CLEANUP(buf_done) struct buf bytes = { 0 };
	struct statement_file f = { 0 };

	if (!file_read(AT_FDCWD, path, DSSE_SIZE_MAX, &bytes, e))
		return false;
	if (!read(&f, buf_span(&bytes), a, e)) {
		err_wrap(e, "'%s'", path);
		return e->hint[0] ? false
				  : err_hint(e, "give what `assay rebuild` wrote, another in-toto "
						"Statement v1, or an envelope of `assay sign`");
	}
	*ret = f;
	return true;
}
