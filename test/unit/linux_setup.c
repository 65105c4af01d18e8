#include "measure/linux_setup.h"

#include "base/buf.h"
#include "base/rd.h"
#include "test.h"
#include "uki_made.h"

#define MIB ((uint64_t)1 << 20)
#define GIB ((uint64_t)1 << 30)

static const struct initrd_case {
	uint16_t protocol, xflags;
	uint32_t header_max;
	uint64_t memory, size;
	uint32_t want; /* address */
} cases[] = {
	{ 0x20f, 2, 0x7fffffff, 1 * GIB, 1000, 0x3ffd7000 },
	{ 0x20f, 2, 0x7fffffff, 1 * GIB, 4096 + 4095, 0x3ffd6000 },
	{ 0x20f, 2, 0x7fffffff, 1 * GIB, 4096 + 4097, 0x3ffd5000 },
	{ 0x20f, 2, 0x7fffffff, 2815 * MIB, 4096, 0xafed6000 },
	{ 0x20f, 2, 0x7fffffff, 2816 * MIB, 4096,
		0x7ffd6000 }, /* more than 2.75 GiB: 2 GiB below */
	{ 0x20f, 2, 0x7fffffff, 64 * GIB, 4096, 0x7ffd6000 },
	{ 0x20f, 0x40, 0x37ffffff, 64 * GIB, 4096, 0x37ffe000 }, /* bit 1 decides, no other */
	{ 0x20b, 2, 0x37ffffff, 64 * GIB, 4096, 0x37ffe000 },
	{ 0x202, 2, 0x0fffffff, 64 * GIB, 4096, 0x37ffe000 },
};

static void patches_an_initrd(struct arena *a)
{
	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		const struct initrd_case *c = &cases[i];
		struct buf k CLEANUP(buf_done) = uki_made_bzimage();
		struct span got = { 0 };
		struct err e;
		struct rd r;

		put_u16le(k.p + 0x206, c->protocol);
		put_u32le(k.p + 0x22c, c->header_max);
		put_u16le(k.p + 0x236, c->xflags);
		CHECK_OK(linux_setup_patch(
				 &got, buf_span(&k), c->size, c->memory, STR("quiet"), a, &e),
			e);
		r = rd_of(got);
		rd_seek(&r, 0x218);
		CHECK(rd_u32le(&r) == c->want);
		CHECK(rd_u32le(&r) == c->size);
	}
}

/* Which bytes differ: those of the rules, and no other. */
static void patches_nothing_else(struct arena *a)
{
	static const struct {
		size_t at;
		uint8_t value;
	} want[] = { { 0x210, 0xb0 }, { 0x211, 0x81 }, { 0x224, 0x00 }, { 0x225, 0xfe },
		{ 0x228, 0 }, { 0x229, 0 }, { 0x22a, 2 }, { 0x22b, 0 } };
	struct buf k CLEANUP(buf_done) = uki_made_bzimage();
	struct span got = { 0 };
	struct err e;

	memset(k.p + 0x224, 0xee, 8);
	memset(k.p + 0x218, 0xdd, 8);
	CHECK_OK(linux_setup_patch(&got, buf_span(&k), 0, 4 * GIB, STR(""), a, &e), e);
	CHECK(got.n == k.n);
	for (size_t i = 0; i < ARRAY_LEN(want); i++) {
		CHECK(got.p[want[i].at] == want[i].value);
		k.p[want[i].at] = want[i].value;
	}
	/* Bytes 0x226 and 0x227 (ext_loader) stay, and so does the initrd's place where there is none. */
	CHECK(memcmp(got.p, k.p, k.n) == 0);
}

static void refuses(struct arena *a)
{
	struct buf k CLEANUP(buf_done) = uki_made_bzimage();
	struct arena *small = arena_new(100);
	struct span got;
	struct err e;

#define PATCH(size, memory, line, from) \
	linux_setup_patch(&got, buf_span(&k), size, memory, STR(line), from, &e)
	CHECK_ERR(PATCH(1 * GIB, 1 * GIB, "", a), e, ERR_USAGE);
	CHECK_ERR(PATCH(1 * GIB - 0x28001, 1 * GIB, "", a), e, ERR_USAGE);
	CHECK_OK(PATCH(1 * GIB - 0x28002, 1 * GIB, "", a), e);
	CHECK_ERR(PATCH(1, 0x28000, "", a), e, ERR_USAGE);
	CHECK_ERR(PATCH(0, 1 * GIB, "quiet vga=791", a), e, ERR_USAGE);
	CHECK_ERR(PATCH(0, 1 * GIB, "", small), e, ERR_LIMIT);
	CHECK_ERR(linux_setup_patch(&got, span_make(k.p, 0x267), 0, GIB, STR(""), a, &e), e,
		ERR_FORMAT);
	k.p[0x211] = 0;
	CHECK_ERR(PATCH(0, 1 * GIB, "", a), e, ERR_USAGE);
	k.p[0x211] = 1;
	put_u16le(k.p + 0x206, 0x201);
	CHECK_ERR(PATCH(0, 1 * GIB, "", a), e, ERR_USAGE);
	k.p[0x202] = 'h';
	CHECK_ERR(PATCH(0, 1 * GIB, "", a), e, ERR_FORMAT);
#undef PATCH
	arena_free(small);
}

static void knows_releases(void)
{
	static const struct {
		const char *text;
		bool patched;
	} good[] = { { "7.2", true }, { "8.2.2", true }, { "10.1.9", true }, { "10.2", false },
		{ "10.2.0-rc1", false }, { "11.0", false }, { "9.2.0+ds-1", true } };
	static const char *const bad[] = { "", "8", "8.", ".2", "8,2", "v8.2", "8.2x", "08.2",
		"99999.1" };
	struct linux_setup_qemu q;
	struct err e;

	for (size_t i = 0; i < ARRAY_LEN(good); i++) {
		CHECK_OK(linux_setup_qemu_read(&q, str_of(good[i].text), &e), e);
		CHECK(linux_setup_is_patched(q) == good[i].patched);
	}
	for (size_t i = 0; i < ARRAY_LEN(bad); i++)
		CHECK_ERR(linux_setup_qemu_read(&q, str_of(bad[i]), &e), e, ERR_FORMAT);
	CHECK_ERR(linux_setup_qemu_read(&q, STR("7.1"), &e), e, ERR_USAGE);
	CHECK_ERR(linux_setup_qemu_read(&q, STR("6.2"), &e), e, ERR_USAGE);
}

int main(void)
{
	struct arena *a = arena_new(1 << 20);

	patches_an_initrd(a);
	patches_nothing_else(a);
	refuses(a);
	knows_releases();
	arena_free(a);
	return test_end();
}
