/*
 * Two files against each other: u32 size of the first, the first, the second. Whatever they are, the walk ends, says nothing
 * of equal ones and something of others, and keeps its leaves within their limits.
 */
#include "diff/diff.h"

#include <stdio.h>

#include "../make_deb.h"
#include "../unit/elf_made.h"
#include "../unit/uki_made.h"
#include "base/rd.h"
#include "diff/diff_pair.h"
#include "diff/diff_registers.h"
#include "diff/diff_rules.h"
#include "diff/diff_walk.h"
#include "fuzz.h"
#include "volumes_made.h"

enum { MEMORY = 16 << 20 };

static void erofs(struct buf *b, bool other)
{
	volumes_made_erofs(b);
	if (other)
		b->p[b->n - 100] ^= 1;
}

static void fat(struct buf *b, bool other)
{
	volumes_made_fat(b, true);
	if (other)
		b->p[VOLUMES_MADE_SECTOR * 4] ^= 1;
}

static void cpio(struct buf *b, bool other)
{
	volumes_made_cpio(b, ".", 040755, "");
	volumes_made_cpio(b, "text", 0100644, other ? "first\nsecond\n" : "first\nother\n");
	volumes_made_cpio(b, other ? "a" : "b", 0100644, "body");
	volumes_made_cpio(b, "TRAILER!!!", 0, "");
}

static void elf(struct buf *b, bool other)
{
	CLEANUP(buf_done)
	struct buf made = elf_made_module(span_make(other ? "license=GPL" : "license=MIT", 12));

	buf_add(b, made.p, made.n);
}

static void uki(struct buf *b, bool other)
{
	CLEANUP(buf_done) struct buf kernel = uki_made_kernel(UKI_MADE_VERSION), made = { 0 };
	struct uki_made_parts parts = { .magic = "#### LoaderInfo: systemd-stub 257 ####",
		.osrel = UKI_MADE_OSREL,
		.command_line = other ? "a=b c" : "a=d c",
		.initrd = SPAN_OF(uki_made_initrd),
		.kernel = buf_span(&kernel) };

	made = uki_made(&parts);
	buf_add(b, made.p, made.n);
}

static void lines(struct buf *b, bool other)
{
	for (int i = 0; i < 40; i++)
		buf_printf(b, "line %d of the text\n", i == 17 && other ? 99 : i);
}

static void packed(struct buf *b, bool other)
{
	CLEANUP(buf_done) struct buf plain = buf_init(1 << 16), made = { 0 };

	cpio(&plain, other);
	made = make_compressed(buf_span(&plain), ".gz");
	buf_add(b, made.p, made.n);
}

bool fuzz_sample(size_t i, struct buf *b)
{
	static void (*const makers[])(
		struct buf *, bool) = { erofs, fat, cpio, elf, uki, lines, packed };
	CLEANUP(buf_done) struct buf first = buf_init(1 << 16), second = buf_init(1 << 16);

	if (i == ARRAY_LEN(makers))
		return false;
	makers[i](&first, false);
	makers[i](&second, true);
	buf_u32le(b, (uint32_t)first.n);
	buf_add(b, first.p, first.n);
	buf_add(b, second.p, second.n);
	return true;
}

static void check_leaf(const struct diff_leaf *l)
{
	MUST(l->n_where <= DIFF_DEPTH_MAX + 1u && l->kind < DIFF_KINDS);
	MUST(l->a.n <= DIFF_WINDOW_MAX && l->b.n <= DIFF_WINDOW_MAX);
	MUST(l->kind != DIFF_BYTES || (l->lead <= DIFF_WINDOW_MAX && l->n_bytes <= l->size_a));
	MUST(diff_kind_name(l->kind));
}

/* How many leaves there are, also those that were only counted. */
static size_t walk(struct span a, struct span b)
{
	CLEANUP(arena_freep) struct arena *arena = arena_new(MEMORY);
	CLEANUP(diff_walk_done) struct diff_walk w;
	struct diff_options options = { 0 };
	struct err e = { 0 };
	size_t n;

	diff_walk_init(&w, &options, arena);
	if (!diff_pair(&w, a, b, &e)) {
		MUST(e.kind && e.text[0]);
		return 1;
	}
	diff_walk_end(&w);
	diff_rules_decide(&w);
	diff_registers_name(&w);
	for (size_t i = 0; i < w.n_leaves; i++)
		check_leaf(&w.leaves[i]);
	n = w.n_leaves + w.n_more;
	return n;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct span file = span_make(data, size);
	struct rd r = rd_of(file);
	uint32_t n = rd_u32le(&r);
	struct span a = rd_bytes(&r, n), b = rd_bytes(&r, rd_left(&r));

	fuzz_taken = false;
	if (!rd_ok(&r))
		return 0;
	MUST(walk(a, a) == 0);
	MUST((walk(a, b) == 0) == span_equal(a, b));
	fuzz_taken = true;
	return 0;
}
