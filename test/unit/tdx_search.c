#include "measure/tdx_search.h"

#include "../tdx_made.h"
#include "measure/linux_setup.h"
#include "measure/tdx_rtmr.h"
#include "test.h"
#include "uki_made.h"

enum { IMAGE_MAX = 1 << 20, ARENA = 32 << 20 };

static const enum digest_alg bank = DIGEST_SHA384;

static void passes_are_found(void)
{
	static const struct tdx_made_section sections[] = {
		{ .at = 0,
			.raw = 8192,
			.address = 0xffc00000,
			.size = 8192,
			.type = 0,
			.attributes = 1 },
		{ .address = 0x800000, .size = 4096, .type = 3 },
	};
	struct buf image CLEANUP(buf_done) = buf_init(IMAGE_MAX);
	struct tdx_metadata m;
	struct err e = { 0 };

	tdx_made(&image, sections, ARRAY_LEN(sections));
	CHECK_OK(tdx_metadata_parse(&m, buf_span(&image), &e), e);
	for (int two = 0; two < 2; two++) {
		struct digest want = tdx_mrtd(&m, two ? TDX_TWO_PASS : TDX_SINGLE_PASS);
		struct tdx_found f;
		uint64_t n = 0;
		bool found;

		CHECK_OK(tdx_search_mrtd(&f, &found, &n, buf_span(&image), want.bytes, &e), e);
		CHECK(found && f.is_mrtd && (f.passes == TDX_TWO_PASS) == two &&
			n == 1U + (unsigned)two);
	}
}

/* RTMR 1 as a host of this kind has it. */
static struct digest rtmr1(
	struct span kernel, uint64_t memory, enum tdx_separator separator, struct arena *a)
{
	struct event_list l;
	struct err e = { 0 };
	struct digest d = { 0 };

	event_list_init(&l, a, &bank, 1);
	CHECK_OK(!memory || linux_setup_patch(&kernel, kernel, 5000, memory, STR("quiet"), a, &e),
		e);
	CHECK_OK(tdx_rtmr_direct(&l, kernel, separator, STR("kernel"), &e), e);
	event_fold(&l, 1, 0, &d);
	return d;
}

static void header_rules_are_found(void)
{
	static const struct {
		uint64_t memory, told;
		enum tdx_separator separator;
	} hosts[] = {
		{ 0, 0, TDX_SEPARATOR_RTMR1 },
		{ 0, 0, TDX_SEPARATOR_RTMR0 },
		{ UINT64_C(512) << 20, UINT64_C(512) << 20, TDX_SEPARATOR_RTMR1 },
		{ UINT64_C(2) << 30, UINT64_C(2) << 30, TDX_SEPARATOR_RTMR0 },
		{ UINT64_C(64) << 30, UINT64_C(2) << 30, TDX_SEPARATOR_RTMR1 },
	};
	CLEANUP(arena_freep) struct arena *a = arena_new(ARENA);
	struct buf kernel CLEANUP(buf_done) = uki_made_bzimage();
	struct tdx_search_kernel k = { buf_span(&kernel), 5000, STR("quiet") };

	for (size_t i = 0; i < ARRAY_LEN(hosts); i++) {
		struct digest want = rtmr1(k.kernel, hosts[i].memory, hosts[i].separator, a);
		struct tdx_found f;
		struct err e = { 0 };
		uint64_t n = 0;
		bool found;

		CHECK_OK(tdx_search_rtmr1(&f, &found, &n, &k, want.bytes, a, &e), e);
		CHECK(found && !f.is_mrtd && f.patched == (hosts[i].memory != 0));
		CHECK(f.memory == hosts[i].told && f.separator == hosts[i].separator);
	}
}

static void nothing_is_found(void)
{
	CLEANUP(arena_freep) struct arena *a = arena_new(ARENA);
	struct buf kernel CLEANUP(buf_done) = uki_made_bzimage();
	struct tdx_search_kernel k = { buf_span(&kernel), 5000, STR("quiet") };
	uint8_t want[SHA384_SIZE] = { 1 };
	struct tdx_found f;
	struct err e = { 0 };
	uint64_t n = 0;
	bool found;

	CHECK_OK(tdx_search_rtmr1(&f, &found, &n, &k, want, a, &e), e);
	CHECK(!found && n == 16);
	CHECK(!tdx_search_mrtd(&f, &found, &n, buf_span(&kernel), want, &e) && !found);
	k.kernel = str_span(STR("no kernel"));
	CHECK(!tdx_search_rtmr1(&f, &found, &n, &k, want, a, &e) && !found);
}

int main(void)
{
	passes_are_found();
	header_rules_are_found();
	nothing_is_found();
	return test_end();
}
