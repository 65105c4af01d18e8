#include "deb/ar.h"

#include <stdlib.h>

#include "base/mem.h"
#include "base/rd.h"
#include "sys/file.h"
#include "base/banned.h"

enum { MAGIC_SIZE = 8, HEADER_SIZE = 60, NAME_SIZE = 16, SIZE_SIZE = 10 };

struct ar {
	int fd;
	uint64_t size, at; /* at: of the next byte of the file */
	uint64_t left;     /* of the current member */
	bool padded;       /* a padding byte follows the current member */
	struct hasher *hasher;
	uint8_t buffer[AR_BUFFER];
};

/* The next n bytes of the file, which must be there, into the buffer. */
static bool take(struct ar *a, size_t n, struct err *e)
{
	if (n > a->size - a->at)
		return err_set(e, ERR_FORMAT, "truncated: %llu bytes, wanted %zu more at %llu",
			(unsigned long long)a->size, n, (unsigned long long)a->at);
	if (!file_pread(a->fd, a->buffer, n, a->at, "the archive", e))
		return false;
	hasher_add(a->hasher, a->buffer, n);
	a->at += n;
	return true;
}

bool ar_open(struct ar **ret, int fd, uint64_t size, struct err *e)
{
	CLEANUP(ar_freep) struct ar *a = MEM_NEW(struct ar);

	a->fd = fd;
	a->size = size;
	a->hasher = hasher_new(DIGEST_SHA256);
	if (!take(a, MAGIC_SIZE, e))
		return false;
	if (memcmp(a->buffer, "!<arch>\n", MAGIC_SIZE) != 0)
		return err_set(
			e, ERR_FORMAT, "not an ar archive: it does not start with '!<arch>'");
	*ret = TAKE(a);
	return true;
}

void ar_open_plain(struct ar **ret, int fd, uint64_t size)
{
	struct ar *a = MEM_NEW(struct ar);

	a->fd = fd;
	a->size = a->left = size;
	a->hasher = hasher_new(DIGEST_SHA256);
	*ret = a;
}

void ar_free(struct ar *a)
{
	if (!a)
		return;
	hasher_free(a->hasher);
	free(a);
}

void ar_freep(struct ar **a)
{
	ar_free(*a);
}

/* A field without the blanks that fill it up. */
static struct str field(struct rd *r, size_t n)
{
	struct span s = rd_bytes(r, n);

	while (s.n && s.p[s.n - 1] == ' ')
		s.n--;
	return str_make((const char *)s.p, s.n);
}

static bool check_name(struct str name)
{
	for (size_t i = 0; i < name.n; i++)
		if (name.p[i] <= ' ' || name.p[i] > '~' || name.p[i] == '/')
			return false;
	return name.n > 0;
}

static bool read_header(struct ar *a, struct ar_member *ret, struct err *e)
{
	unsigned long long at = a->at;
	struct ar_member m = { 0 };
	struct str name, size;
	struct rd r;

	if (!take(a, HEADER_SIZE, e))
		return false;
	r = rd_of(span_make(a->buffer, HEADER_SIZE));
	name = field(&r, NAME_SIZE);
	rd_skip(&r, HEADER_SIZE - NAME_SIZE - SIZE_SIZE - 2);
	size = field(&r, SIZE_SIZE);
	if (!span_equal(rd_bytes(&r, 2), span_make("`\n", 2)) || !rd_done(&r))
		return err_set(e, ERR_FORMAT, "no member header at %llu", at);
	if (str_ends(name, "/"))
		name.n--;
	if (!check_name(name))
		return err_set(e, ERR_FORMAT, "the member at %llu has no proper name", at);
	if (!str_u64(size, &m.size, UINT32_MAX * 10ull))
		return err_set(e, ERR_FORMAT, "the size of the member at %llu is not a number", at);
	if (m.size > a->size - a->at)
		return err_set(e, ERR_FORMAT,
			"truncated: member '%.*s' has %llu bytes, the file only %llu more",
			STR_ARG(name), (unsigned long long)m.size,
			(unsigned long long)(a->size - a->at));
	memcpy(m.name, name.p, name.n);
	*ret = m;
	return true;
}

/* To the end of the current member and past its padding. */
static bool pass(struct ar *a, struct err *e)
{
	const uint8_t *p;
	size_t n = 1;

	while (n)
		if (!ar_read(a, &p, &n, e))
			return false;
	if (!a->padded)
		return true;
	a->padded = false;
	if (!take(a, 1, e))
		return false;
	return a->buffer[0] == '\n' ||
	       err_set(e, ERR_FORMAT, "the padding at %llu is not a line break",
		       (unsigned long long)a->at - 1);
}

bool ar_next(struct ar *a, struct ar_member *ret, bool *found, struct err *e)
{
	struct ar_member m;

	if (!pass(a, e))
		return false;
	*found = a->at < a->size;
	if (!*found)
		return true;
	if (!read_header(a, &m, e))
		return false;
	a->left = m.size;
	a->padded = m.size & 1;
	*ret = m;
	return true;
}

bool ar_read(struct ar *a, const uint8_t **p, size_t *n, struct err *e)
{
	size_t want = a->left < AR_BUFFER ? (size_t)a->left : AR_BUFFER;

	if (want && !take(a, want, e))
		return false;
	a->left -= want;
	*p = a->buffer;
	*n = want;
	return true;
}

void ar_digest(struct ar *a, uint8_t ret[static SHA256_SIZE])
{
	hasher_end(a->hasher, ret);
}
