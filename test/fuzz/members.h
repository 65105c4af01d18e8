/*
 * What must hold of everything that a reader of src/diff lists, whatever the bytes were.
 */
#ifndef ASSAY_TEST_FUZZ_MEMBERS_H
#define ASSAY_TEST_FUZZ_MEMBERS_H

#include "diff/diff_content.h"
#include "diff/diff_member.h"
#include "fuzz.h"

enum { MEMBERS_MEMORY = 8 << 20 };

static inline void members_facts(const struct diff_fact *facts, size_t n)
{
	for (size_t i = 0; i < n; i++)
		MUST(facts[i].name && facts[i].value.n);
}

/* Extents lie in the source and are the whole content; neighbours are joined. */
static inline void members_extents(const struct diff_bytes *src, const struct diff_member *m)
{
	uint8_t window[64];
	uint64_t size = 0;

	for (size_t i = 0; i < m->n_extents; i++) {
		const struct diff_extent *x = &m->extents[i];

		MUST(x->size);
		MUST(x->hole || diff_bytes_at(src, x->at, x->size).n == x->size);
		size += x->size;
	}
	MUST(m->not_read.n ? !m->n_extents : size == m->size);
	if (m->not_read.n)
		return;
	MUST(diff_content_copy(src, m, 0, window, sizeof window) ==
		(size < sizeof window ? size : sizeof window));
	MUST(size > 1 << 16 || diff_content_of_members(src, m, src, m).equal);
}

static inline void members_one(const struct diff_bytes *src, const struct diff_member *m)
{
	MUST(m->path.n <= DIFF_MEMBER_PATH_MAX && m->target.n <= DIFF_MEMBER_PATH_MAX);
	MUST(!m->path.n || !memchr(m->path.p, 0, m->path.n));
	MUST(!m->path.n || m->path.p[0] != '/');
	MUST(diff_member_kind_name(m->kind));
	for (size_t i = 0; i < m->n_xattrs; i++) {
		MUST(m->xattrs[i].name.n);
		MUST(!i || str_compare(m->xattrs[i - 1].name, m->xattrs[i].name) <= 0);
		MUST(!m->xattrs[i].value.n || m->xattrs[i].value.p);
	}
	members_facts(m->facts, m->n_facts);
	members_extents(src, m);
}

/* The whole of a target for one reader. */
static inline int members_fuzz(bool (*read)(struct diff_members *, const struct diff_bytes *,
				       struct arena *, struct err *),
	const uint8_t *data, size_t size)
{
	CLEANUP(arena_freep) struct arena *a = arena_new(MEMBERS_MEMORY);
	struct diff_bytes src = diff_bytes_of(span_make(data, size));
	struct diff_members all = { 0 };
	struct err e = { 0 };

	fuzz_taken = read(&all, &src, a, &e);
	if (!fuzz_taken) {
		MUST(e.kind == ERR_FORMAT || e.kind == ERR_LIMIT);
		MUST(e.text[0] && !all.list && !all.n);
		return 0;
	}
	MUST(all.end <= size && all.n <= DIFF_MEMBERS_MAX);
	members_facts(all.facts, all.n_facts);
	for (size_t i = 0; i < all.n; i++)
		members_one(&src, &all.list[i]);
	return 0;
}

#endif
