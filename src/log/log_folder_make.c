#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include "codec/json.h"
#include "log/log_folder_inside.h"
#include "sys/file.h"
#include "base/banned.h"

enum { SETTINGS_MAX = 64 << 10 };

static bool emit_settings(
	struct buf *out, const struct note_key *k, const char *key_path, struct err *e)
{
	CLEANUP(buf_done) struct buf key = buf_init(NOTE_KEY_TEXT_MAX);
	struct json_out w = json_out_to(out);

	note_key_write(&key, k);
	json_object(&w);
	json_put_cstr(&w, "format", LOG_FOLDER_FORMAT);
	json_put_str(&w, "origin", k->name);
	json_put_str(&w, "key", buf_str(&key));
	if (key_path)
		json_put_cstr(&w, "private-key", key_path);
	json_end_object(&w);
	return (buf_ok(&key) && buf_ok(out)) || buf_full(out, "the log's settings", e);
}

/* A folder that has something of a log in it is left alone. */
static bool is_free(int folder, const char *path, struct err *e)
{
	static const char *const names[] = { "checkpoint", "tile" };
	struct stat st;

	for (size_t i = 0; i < ARRAY_LEN(names); i++)
		if (fstatat(folder, names[i], &st, AT_SYMLINK_NOFOLLOW) == 0) {
			err_set(e, ERR_USAGE, "'%s' has a '%s': it is a log already", path,
				names[i]);
			return err_hint(e, "name another folder: a log is never begun anew");
		}
	return true;
}

/* Its settings are there: the first checkpoint, also for one that was killed before it. */
static bool sign_first(
	const char *path, struct str origin, const struct private_key *key, struct err *e)
{
	CLEANUP(log_folder_freep) struct log_folder *l = NULL;

	if (!log_folder_open(&l, path, e) || !log_folder_wait(l, e) || !log_folder_reload(l, e))
		return false;
	if (!str_equal(l->key.name, origin))
		return err_set(e, ERR_MISMATCH, "'%s' was begun as the log '%.*s'", path,
			STR_ARG(l->key.name));
	return log_folder_owned(l, key, e) && log_folder_publish(l, &l->now, key, e);
}

bool log_folder_make(const char *path, struct str origin, const struct private_key *key,
	const char *key_path, struct err *e)
{
	CLEANUP(buf_done) struct buf settings = buf_init(SETTINGS_MAX);
	CLEANUP(file_closep) int fd = -1;
	uint8_t public_key[NOTE_KEY_SIZE];
	struct note_key k;

	if (private_key_kind_of(key) != PRIVATE_KEY_ED25519) {
		err_set(e, ERR_USAGE,
			"a log signs with an Ed25519 key, and this one is of another kind");
		return err_hint(e, "`assay key new` makes one");
	}
	if (!private_key_ed25519(public_key, key, e) ||
		!note_key_of(&k, origin, NOTE_KEY_ED25519, public_key, e) ||
		!emit_settings(&settings, &k, key_path, e) || !file_mkdirs(AT_FDCWD, path, e))
		return false;
	fd = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (fd < 0)
		return err_os(e, "cannot open '%s'", path);
	if (!is_free(fd, path, e))
		return false;
	if (mkdirat(fd, ".log", 0700) == 0 || faccessat(fd, ".log/log.json", F_OK, 0) < 0)
		if (!file_write(fd, ".log/log.json", buf_span(&settings), 0600, e))
			return false;
	return sign_first(path, origin, key, e);
}
