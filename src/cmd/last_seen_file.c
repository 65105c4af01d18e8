#define ASSAY_MAY_ASK_THE_MACHINE
#include "cmd/last_seen_file.h"

#include <errno.h>
#include <stdlib.h>

#include "base/mem.h"
#include "sys/file.h"
#include "base/banned.h"

/* From <sys/file.h>, a name that our own has taken. */
int flock(int fd, int operation);

#define NAME "last-seen.json"

static bool find_folder(struct str *ret, struct arena *a, struct err *e)
{
	const char *state = getenv("XDG_STATE_HOME"), *home = getenv("HOME");

	if (state && state[0] == '/') {
		*ret = arena_printf(a, "%s/assay", state);
	} else if (home && home[0] == '/') {
		*ret = arena_printf(a, "%s/.local/state/assay", home);
	} else {
		err_set(e, ERR_USAGE,
			"there is no place to remember what was seen of logs and channels");
		return err_hint(e, "set HOME or XDG_STATE_HOME to a folder of yours");
	}
	return ret->p || arena_full(a, e);
}

/* The folder itself is what processes lock: the file is another one after each change. */
static bool lock_folder(struct last_seen_file *f, const char *folder, struct err *e)
{
	if (!file_mkdirs(AT_FDCWD, folder, e))
		return false;
	f->lock = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (f->lock < 0)
		return err_os(e, "cannot open '%s'", folder);
	while (flock(f->lock, LOCK_EX) < 0)
		if (errno != EINTR)
			return err_os(e, "cannot lock '%s'", folder);
	return true;
}

static bool read_file(struct last_seen_file *f, struct arena *a, struct err *e)
{
	CLEANUP(buf_done) struct buf text = { 0 };
	struct err why = { 0 };

	if (!file_read(f->lock, NAME, LAST_SEEN_SIZE_MAX, &text, &why)) {
		if (why.kind == ERR_NOTFOUND)
			return true;
		*e = why;
		return false;
	}
	if (last_seen_parse(&f->seen, buf_span(&text), a, e))
		return true;
	err_wrap(e, "'%s' is damaged", f->path.p);
	return err_hint(e,
		"restore it from a backup; without it, if you move it away, an old channel or "
		"a shorter log passes once");
}

bool last_seen_file_open(struct last_seen_file *ret, struct arena *a, struct err *e)
{
	struct str folder = { 0 };

	*ret = (struct last_seen_file){ .lock = -1 };
	if (!find_folder(&folder, a, e))
		return false;
	ret->path = arena_printf(a, "%.*s/" NAME, STR_ARG(folder));
	if (!ret->path.p)
		return arena_full(a, e);
	return lock_folder(ret, folder.p, e) && read_file(ret, a, e);
}

bool last_seen_file_write(struct last_seen_file *f, const struct last_seen *now, struct err *e)
{
	CLEANUP(buf_done)
	struct buf was = buf_init(LAST_SEEN_SIZE_MAX), text = buf_init(LAST_SEEN_SIZE_MAX);

	last_seen_emit(&was, &f->seen);
	last_seen_emit(&text, now);
	if (!buf_ok(&text))
		return buf_full(&text, "what was seen of logs and channels", e);
	if (span_equal(buf_span(&was), buf_span(&text)))
		return true;
	if (!file_write(f->lock, NAME, buf_span(&text), 0600, e)) {
		err_hint(e, "what was seen now cannot be remembered, so nothing is affirmed");
		return err_wrap(e, "'%s'", f->path.p);
	}
	f->seen = *now;
	return true;
}

void last_seen_file_done(struct last_seen_file *f)
{
	file_closep(&f->lock);
}
