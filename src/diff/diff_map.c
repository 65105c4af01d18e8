#include "diff/diff_map.h"

#include <errno.h>
#include <sys/mman.h>
#include <sys/stat.h>

#include "sys/file.h"

#include "base/banned.h"

bool diff_map_open(struct diff_map *ret, int dir, const char *name, bool follow, struct err *e)
{
	/* O_NONBLOCK: a fifo of this name must not make us wait. */
	int flags = O_RDONLY | O_CLOEXEC | O_NONBLOCK | (follow ? 0 : O_NOFOLLOW);
	CLEANUP(file_closep) int fd = openat(dir, name, flags);
	struct stat st;
	if (fd < 0 && errno == ENOENT)
		return err_set(e, ERR_NOTFOUND, "there is no file '%s'", name);
	if (fd < 0 || fstat(fd, &st) != 0)
		return err_os(e, "cannot read '%s'", name);
	if (!S_ISREG(st.st_mode))
		return err_set(e, ERR_FORMAT, "'%s' is neither a file nor a folder", name);
	*ret = (struct diff_map){ 0 };
	if (!st.st_size)
		return true;
	void *p = mmap(NULL, (size_t)st.st_size, PROT_READ, MAP_PRIVATE, fd, 0);
	if (p == MAP_FAILED)
		return err_os(e, "cannot map '%s'", name);
	ret->bytes = span_make(p, (size_t)st.st_size);
	return true;
}

void diff_map_done(struct diff_map *m)
{
	union {
		const void *in;
		void *out;
	} p = { m->bytes.p };
	if (p.out)
		munmap(p.out, m->bytes.n);
	*m = (struct diff_map){ 0 };
}
