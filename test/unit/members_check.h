/*
 * What a reader lists, held against the tree that a writer was given.
 */
#ifndef ASSAY_TEST_MEMBERS_CHECK_H
#define ASSAY_TEST_MEMBERS_CHECK_H

#include "base/mem.h"
#include "diff/diff_member.h"
#include "test.h"

static inline const struct diff_member *members_find(
	const struct diff_members *all, const char *path)
{
	for (size_t i = 0; i < all->n; i++)
		if (str_is(all->list[i].path, path))
			return &all->list[i];
	return NULL;
}

static inline struct str members_fact(const struct diff_fact *facts, size_t n, const char *name)
{
	for (size_t i = 0; i < n; i++)
		if (strcmp(facts[i].name, name) == 0)
			return facts[i].value;
	return STR("");
}

/* The whole content; freed by the caller. */
static inline uint8_t *members_bytes(const struct diff_bytes *src, const struct diff_member *m)
{
	uint8_t *p = mem_alloc(m->size ? m->size : 1);
	uint64_t n = 0;

	for (size_t i = 0; i < m->n_extents; i++) {
		const struct diff_extent *x = &m->extents[i];

		if (!x->hole)
			memcpy(p + n, diff_bytes_at(src, x->at, x->size).p, x->size);
		n += x->size;
	}
	CHECK(n == m->size);
	return p;
}

static inline bool members_holds(
	const struct diff_bytes *src, const struct diff_member *m, struct span want)
{
	uint8_t *p = m->size == want.n ? members_bytes(src, m) : NULL;
	bool same = p && (!want.n || memcmp(p, want.p, want.n) == 0);

	free(p);
	return same;
}

static inline bool members_same_content(
	const struct diff_bytes *src, const struct diff_member *m, const struct content *c)
{
	uint8_t sha256[SHA256_SIZE];
	uint8_t *p;

	if (m->size != c->size)
		return false;
	p = members_bytes(src, m);
	sha256_of(sha256, span_make(p, m->size));
	free(p);
	return !c->size || memcmp(sha256, c->sha256, sizeof sha256) == 0;
}

static inline bool members_same_xattrs(const struct diff_member *m, const struct node *n)
{
	if (m->n_xattrs != n->n_xattrs)
		return false;
	for (size_t i = 0; i < n->n_xattrs; i++)
		if (!str_equal(m->xattrs[i].name, n->xattrs[i].name) ||
			!span_equal(m->xattrs[i].value, n->xattrs[i].value))
			return false;
	return true;
}

/* All but content and number of links, which not every format gives to every name. */
static inline bool members_same_head(const struct diff_member *m, const struct node *n)
{
	static const enum diff_member_kind kinds[] = {
		[NODE_FILE] = DIFF_MEMBER_FILE,
		[NODE_FOLDER] = DIFF_MEMBER_FOLDER,
		[NODE_LINK] = DIFF_MEMBER_LINK,
		[NODE_CHARDEV] = DIFF_MEMBER_CHARDEV,
		[NODE_BLOCKDEV] = DIFF_MEMBER_BLOCKDEV,
		[NODE_FIFO] = DIFF_MEMBER_FIFO,
	};

	return m->kind == kinds[n->kind] && m->mode == n->mode && m->uid == n->uid &&
	       m->gid == n->gid && m->mtime_unix == n->mtime_unix && !m->mtime_nanoseconds &&
	       m->dev_major == n->dev_major && m->dev_minor == n->dev_minor &&
	       str_equal(m->target, n->target);
}

/* One member for each node and none beside; calls same for each pair. */
static inline void members_check(const struct diff_members *all, const struct tree *t,
	bool (*same)(void *ctx, const struct diff_member *m, const struct node *n), void *ctx)
{
	size_t n, bad = 0;

	(void)tree_nodes(t, &n);
	CHECK(n == all->n);
	for (size_t i = 0; i < all->n; i++) {
		const struct diff_member *m = &all->list[i];
		const struct node *node = tree_find(t, m->path);

		if (node && same(ctx, m, node))
			continue;
		if (!bad++)
			fprintf(stderr, "not the same: '%.*s'\n", STR_ARG(m->path));
	}
	CHECK(bad == 0);
}

#endif
