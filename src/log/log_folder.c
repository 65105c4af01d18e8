#include "log/log_folder.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/mem.h"
#include "codec/json.h"
#include "log/log_folder_inside.h"
#include "sys/file.h"
#include "base/banned.h"

enum { SETTINGS_MAX = 64 << 10, NAMES_MAX = 1 << 20 };

static const char *const settings_keys[] = { "format", "origin", "key", "private-key", NULL };

static bool read_settings(struct log_folder *l, struct span text, struct err *e)
{
	struct str origin, key, path = { 0 };
	struct json v;

	if (!json_parse(&v, text, l->names, e) || !json_check_format(&v, LOG_FOLDER_FORMAT, e) ||
		!json_only(&v, "the log's settings", settings_keys, e) ||
		!json_get_str(&v, "origin", &origin, e) || !json_get_str(&v, "key", &key, e) ||
		(json_get(&v, "private-key") && !json_get_str(&v, "private-key", &path, e)) ||
		!note_key_parse(&l->key, key, e))
		return false;
	if (!str_equal(origin, l->key.name) || l->key.type != NOTE_KEY_ED25519)
		return err_set(e, ERR_MISMATCH, "the key '%.*s' is not one of the origin '%.*s'",
			STR_ARG(key), STR_ARG(origin));
	l->key_path = path.n ? path.p : NULL;
	return true;
}

static bool load_settings(struct log_folder *l, struct err *e)
{
	CLEANUP(buf_done) struct buf text = { 0 };

	l->private_folder = openat(
		l->source.folder, ".log", O_RDONLY | O_DIRECTORY | O_CLOEXEC | O_NOFOLLOW);
	if (l->private_folder < 0 && errno == ENOENT) {
		err_set(e, ERR_NOTFOUND, "'%s' is no log", l->path);
		return err_hint(e, "`assay log init` makes one");
	}
	if (l->private_folder < 0)
		return err_os(e, "cannot open '%s/.log'", l->path);
	return (file_read(l->private_folder, "log.json", SETTINGS_MAX, &text, e) &&
		       read_settings(l, buf_span(&text), e)) ||
	       err_wrap(e, "'%s/.log/log.json'", l->path);
}

static bool read_note(struct log_folder *l, struct arena *a, struct buf *note, struct err *e)
{
	struct signed_note *n = ARENA_NEW(a, struct signed_note);
	struct checkpoint c;

	if (!n)
		return arena_full(a, e);
	if (!signed_note_parse(n, buf_span(note), a, e) || !checkpoint_parse(&c, n->text, e) ||
		!signed_note_check(n, &l->key, NULL, e))
		return false;
	if (!str_equal(c.origin, l->key.name))
		return err_set(e, ERR_MISMATCH, "it is of '%.*s', the log is '%.*s'",
			STR_ARG(c.origin), STR_ARG(l->key.name));
	l->signatures = n;
	l->now = c;
	return true;
}

static void forget_note(struct log_folder *l)
{
	arena_free(l->of_note);
	buf_done(&l->note);
	l->of_note = NULL;
	l->note = (struct buf){ 0 };
	l->signatures = NULL;
	l->now = (struct checkpoint){ .origin = l->key.name, .root = merkle_empty() };
}

bool log_folder_reload(struct log_folder *l, struct err *e)
{
	forget_note(l);
	if (!file_read(l->source.folder, "checkpoint", SIGNED_NOTE_SIZE_MAX, &l->note, e))
		return e->kind == ERR_NOTFOUND || err_wrap(e, "log '%s'", l->path);
	l->of_note = arena_new(NAMES_MAX);
	if (!read_note(l, l->of_note, &l->note, e)) {
		forget_note(l);
		return err_wrap(e, "'%s/checkpoint'", l->path);
	}
	return true;
}

bool log_folder_open(struct log_folder **ret, const char *path, struct err *e)
{
	CLEANUP(log_folder_freep) struct log_folder *l = MEM_NEW(struct log_folder);

	l->source.folder = l->private_folder = l->lock = -1;
	l->path = mem_string(str_of(path));
	l->names = arena_new(NAMES_MAX);
	l->source.base = mem_string(str_of(path));
	l->source.folder = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (l->source.folder < 0 && errno == ENOENT)
		return err_set(e, ERR_NOTFOUND, "there is no folder '%s'", path);
	if (l->source.folder < 0)
		return err_os(e, "cannot open '%s'", path);
	if (!load_settings(l, e) || !log_folder_reload(l, e))
		return false;
	*ret = TAKE(l);
	return true;
}

void log_folder_free(struct log_folder *l)
{
	if (!l)
		return;
	forget_note(l);
	log_folder_unlock(l);
	file_closep(&l->private_folder);
	log_source_done(&l->source);
	arena_free(l->names);
	free(l->path);
	free(l);
}

void log_folder_freep(struct log_folder **l)
{
	log_folder_free(*l);
}

const struct note_key *log_folder_key(const struct log_folder *l)
{
	return &l->key;
}

const char *log_folder_key_path(const struct log_folder *l)
{
	return l->key_path;
}

bool log_folder_checkpoint(
	struct checkpoint *ret, struct span *note, const struct log_folder *l, struct err *e)
{
	if (!l->note.n) {
		err_set(e, ERR_NOTFOUND, "the log '%s' has no checkpoint", l->path);
		return err_hint(e, "`assay log checkpoint %s --resign` writes it again", l->path);
	}
	*ret = l->now;
	*note = buf_span(&l->note);
	return true;
}

/* ---- writing ---- */

/* The folders above a path; those that are new are made to stay by whoever syncs the path. */
static bool make_parents(int folder, const char *path, struct err *e)
{
	CLEANUP(mem_free) char *parent = mem_string(str_of(path));
	char *slash = strrchr(parent, '/');

	if (!slash)
		return true;
	*slash = '\0';
	return file_mkdirs(folder, parent, e);
}

static bool rename_part(struct log_folder *l, int folder, const char *path, struct err *e)
{
	int rc = renameat(l->private_folder, "part", folder, path);

	if (rc < 0 && errno == ENOENT) {
		if (!make_parents(folder, path, e))
			return false;
		rc = renameat(l->private_folder, "part", folder, path);
	}
	return rc == 0 || err_os(e, "cannot write '%s'", path);
}

bool log_folder_put(struct log_folder *l, int folder, const char *path, struct span bytes,
	bool sync, struct err *e)
{
	CLEANUP(file_closep)
	int fd = openat(l->private_folder, "part",
		O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC | O_NOFOLLOW, 0644);

	if (fd < 0 || fchmod(fd, 0644) < 0)
		return err_os(e, "cannot write '%s/.log/part'", l->path);
	if (!file_pwrite(fd, bytes.p, bytes.n, 0, path, e))
		return err_wrap(e, "log '%s'", l->path);
	if (sync && fsync(fd) < 0)
		return err_os(e, "cannot write '%s/%s'", l->path, path);
	if (!rename_part(l, folder, path, e))
		return err_wrap(e, "log '%s'", l->path);
	if (sync && fsync(folder) < 0)
		return err_os(e, "cannot sync '%s'", l->path);
	return true;
}
