/* The section table of ELF files: of this very program, and of it with any byte changed or its end cut off. */
#include "diff/elf_read.h"

#include "base/mem.h"
#include "sys/file.h"
#include "test.h"

#include "base/banned.h"

enum { PROGRAM_MAX = 64 << 20, ARENA = 64 << 20, HEADER = 64 };

/* A symbol of this file that nothing else is called. */
const char elf_read_planted[] = "planted in the middle of a section";

static bool reads(struct span file)
{
	CLEANUP(arena_freep) struct arena *arena = arena_new(ARENA);
	struct elf elf;
	struct err e = { 0 };
	bool ok = elf_read(&elf, file, arena, &e);

	CHECK(ok || e.kind == ERR_FORMAT || e.kind == ERR_LIMIT);
	for (size_t i = 0; ok && i < elf.n; i++) {
		const struct elf_section *s = &elf.sections[i];
		CHECK(!s->bytes.n ||
			(s->bytes.p >= file.p && s->bytes.p + s->bytes.n <= file.p + file.n));
		elf_read_symbol(&elf, s, s->bytes.n / 2);
	}
	return ok;
}

static void test_this_program(struct span file)
{
	CLEANUP(arena_freep) struct arena *arena = arena_new(ARENA);
	struct elf elf;
	struct err e;

	CHECK_OK(elf_read(&elf, file, arena, &e), e);
	const struct elf_section *s = elf_read_find(&elf, STR(".rodata"), 0);
	CHECK(s && s->bytes.n);
	CHECK(!elf_read_find(&elf, STR(".rodata"), 1));
	if (!s)
		return;
	const uint8_t *at = memmem(
		s->bytes.p, s->bytes.n, elf_read_planted, sizeof(elf_read_planted));
	CHECK(at != NULL);
	if (!at)
		return;
	CHECK(str_is(
		elf_read_symbol(&elf, s, (uint64_t)(at - s->bytes.p) + 5), "elf_read_planted"));
}

/* Cut anywhere, the table at the end of the file is gone. */
static void test_truncated(struct span file)
{
	for (size_t n = 0; n < file.n; n += n < 2 * HEADER ? 1 : 997)
		CHECK(!reads(span_make(file.p, n)));
}

static void test_changed(struct span file)
{
	CLEANUP(mem_free) uint8_t *copy = mem_alloc(file.n);

	memcpy(copy, file.p, file.n);
	/* The header, and the table behind everything. */
	for (size_t i = 0; i < HEADER + 2048; i++) {
		size_t at = i < HEADER ? i : file.n - 1 - (i - HEADER);
		uint8_t was = copy[at];
		copy[at] = (uint8_t)~was;
		reads(span_make(copy, file.n));
		copy[at] = (uint8_t)(was + 1);
		reads(span_make(copy, file.n));
		copy[at] = was;
	}
}

int main(void)
{
	CLEANUP(buf_done) struct buf file = { 0 };
	struct err e;

	CHECK_OK(file_read(AT_FDCWD, "/proc/self/exe", PROGRAM_MAX, &file, &e), e);
	test_this_program(buf_span(&file));
	test_truncated(buf_span(&file));
	test_changed(buf_span(&file));
	return test_end();
}
