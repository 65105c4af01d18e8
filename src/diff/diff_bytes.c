#include "diff/diff_bytes.h"

#include <stdlib.h>
#include <sys/mman.h>
#include <sys/stat.h>

#include "sys/file.h"
#include "base/banned.h"

bool diff_bytes_map(struct diff_bytes *ret, int fd, const char *name, struct err *e)
{
	struct stat st;
	size_t size;
	void *p;

	if (fstat(fd, &st) != 0)
		return err_os(e, "cannot read '%s'", name);
	if (!S_ISREG(st.st_mode))
		return err_set(e, ERR_USAGE, "cannot read '%s': not a regular file", name);
	size = (size_t)st.st_size;
	if (size == 0) {
		*ret = (struct diff_bytes){ 0 };
		return true;
	}
	p = mmap(NULL, size, PROT_READ, MAP_PRIVATE, fd, 0);
	if (p == MAP_FAILED)
		return err_os(e, "cannot map '%s'", name);
	*ret = (struct diff_bytes){
		.all = span_make(p, size), .owned = p, .owned_size = size, .mapped = true
	};
	return true;
}

bool diff_bytes_open(struct diff_bytes *ret, int dir, const char *path, struct err *e)
{
	CLEANUP(file_closep) int fd = file_open(dir, path, e);

	return fd >= 0 && diff_bytes_map(ret, fd, path, e);
}

void diff_bytes_done(struct diff_bytes *b)
{
	if (b->mapped)
		munmap(b->owned, b->owned_size);
	else
		free(b->owned);
	*b = (struct diff_bytes){ 0 };
}

struct span diff_bytes_at(const struct diff_bytes *b, uint64_t at, uint64_t n)
{
	if (at > b->all.n || n > b->all.n - at)
		return (struct span){ NULL, 0 };
	return b->all.p ? span_make(b->all.p + at, (size_t)n) : b->all;
}

struct diff_bytes diff_bytes_slice(const struct diff_bytes *b, uint64_t at, uint64_t n)
{
	return diff_bytes_of(diff_bytes_at(b, at, n));
}

uint64_t diff_bytes_behind_zeros(const struct diff_bytes *b, uint64_t at)
{
	while (at < b->all.n && b->all.p[at] == 0)
		at++;
	return at < b->all.n ? at : b->all.n;
}
