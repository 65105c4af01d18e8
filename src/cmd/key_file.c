#include "cmd/key_file.h"

#include <string.h>
#include <sys/resource.h>

#include "base/mem.h"
#include "sys/file.h"
#include "base/banned.h"

void key_file_freep(struct key_file **k)
{
	if (*k)
		explicit_bzero(*k, sizeof **k);
	mem_free(k);
}

static bool check_mode(const char *path, mode_t mode, mode_t forbidden, struct err *e)
{
	if (!S_ISREG(mode)) {
		err_set(e, ERR_USAGE, "the private key '%s' is not a file", path);
		return err_hint(e, "put it into a file that only you can read");
	}
	if (!(mode & forbidden))
		return true;
	if (mode & 07)
		err_set(e, ERR_USAGE, "everybody on this machine may use the private key '%s'",
			path);
	else
		err_set(e, ERR_USAGE, "the private key '%s' has mode %04o: its group may use it",
			path, (unsigned)mode & 07777U);
	return err_hint(e, "chmod 600 it, or make a new key where others may have read it");
}

bool key_file_read(struct key_file *ret, const char *path, mode_t forbidden, struct err *e)
{
	CLEANUP(file_closep) int fd = file_open(AT_FDCWD, path, e);
	struct stat st;

	if (fd < 0)
		return false;
	if (fstat(fd, &st) < 0)
		return err_os(e, "cannot read '%s'", path);
	if (!check_mode(path, st.st_mode, forbidden, e))
		return false;
	if (st.st_size > PRIVATE_KEY_FILE_MAX)
		return err_set(
			e, ERR_LIMIT, "'%s' is larger than %d bytes", path, PRIVATE_KEY_FILE_MAX);
	ret->n = (size_t)st.st_size;
	return file_pread(fd, ret->bytes, ret->n, 0, path, e);
}

bool key_file_load(struct private_key **ret, const char *path, struct err *e)
{
	CLEANUP(key_file_freep) struct key_file *file = MEM_NEW(struct key_file);
	const struct rlimit no_core = { 0, 0 };

	/* Whoever ends by abort() or a signal leaves no file with the secret in it. */
	(void)setrlimit(RLIMIT_CORE, &no_core);
	return key_file_read(file, path, KEY_FILE_ALONE, e) &&
	       (private_key_of_pem(ret, span_make(file->bytes, file->n), e) ||
		       err_wrap(e, "'%s'", path));
}
