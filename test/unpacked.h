/*
 * A package unpacked into memory and read back, for tests; and lines of tar archives in short.
 */
#ifndef ASSAY_TEST_UNPACKED_H
#define ASSAY_TEST_UNPACKED_H

#include <sys/mman.h>
#include <unistd.h>

#include "deb/pack_index.h"
#include "deb/unpack.h"
#include "sys/file.h"
#include "make_deb.h"
#include "test.h"

#define FOLDER(name)                          \
	{                                     \
		(name), '5', 0755, NULL, NULL \
	}
#define FILE_OF(name, text)                     \
	{                                       \
		(name), '0', 0644, (text), NULL \
	}
#define LINK_TO(name, to)                     \
	{                                     \
		(name), '2', 0777, NULL, (to) \
	}
#define HARD(name, to)                        \
	{                                     \
		(name), '1', 0644, NULL, (to) \
	}

/* The pack of a .deb, in memory. */
struct unpacked {
	struct buf bytes; /* of the whole pack */
	struct pack_index index;
};

static inline void unpacked_done(struct unpacked *u)
{
	pack_index_done(&u->index);
	buf_done(&u->bytes);
}

static inline int memory_file(struct span bytes)
{
	int fd = memfd_create("test", MFD_CLOEXEC);
	struct err e;

	CHECK_OK(file_pwrite(fd, bytes.p, bytes.n, 0, "test", &e), e);
	return fd;
}

/* Unpacks under the digest that the bytes have. */
static inline bool unpack(struct unpacked *u, struct span deb, struct err *e)
{
	CLEANUP(file_closep) int in = memory_file(deb);
	CLEANUP(file_closep) int out = memory_file((struct span){ 0 });
	uint8_t sha256[SHA256_SIZE], index_sha256[SHA256_SIZE];
	uint64_t at;
	size_t n;

	sha256_of(sha256, deb);
	if (!unpack_deb(in, deb.n, sha256, out, e))
		return false;
	CHECK_OK(file_read_fd(out, "pack", MAKE_DEB_MAX, &u->bytes, e), *e);
	CHECK_OK(pack_index_parse_trailer(u->bytes.p + u->bytes.n - PACK_TRAILER_SIZE, u->bytes.n,
			 &at, &n, index_sha256, e),
		*e);
	CHECK_OK(pack_index_parse(&u->index, span_make(u->bytes.p + at, n), at, e), *e);
	return true;
}

static inline const struct node *find(const struct unpacked *u, const char *path)
{
	for (size_t i = 0; i < u->index.n_nodes; i++)
		if (str_is(u->index.nodes[i].path, path))
			return &u->index.nodes[i];
	return NULL;
}

static inline bool holds(const struct unpacked *u, const char *path, struct span want)
{
	const struct node *n = find(u, path);
	uint8_t sha256[SHA256_SIZE];

	sha256_of(sha256, want);
	return n && n->kind == NODE_FILE && n->content.size == want.n &&
	       memcmp(u->bytes.p + n->content.at, want.p, want.n) == 0 &&
	       memcmp(sha256, n->content.sha256, sizeof sha256) == 0;
}

static inline bool holds_text(const struct unpacked *u, const char *path, const char *want)
{
	return holds(u, path, str_span(str_of(want)));
}

#endif
