#include "diff/diff_content.h"

#include "test.h"

static const char bytes_a[] = "abcdefghij0000", bytes_b[] = "fghijabcde";

struct side {
	struct diff_extent extents[4];
	size_t n;
};

static struct diff_member member_of(const struct side *s)
{
	struct diff_member m = { .extents = s->extents, .n_extents = s->n };

	for (size_t i = 0; i < s->n; i++)
		m.size += s->extents[i].size;
	return m;
}

static const struct {
	const char *what;
	struct side a, b;
	struct diff_content want;
} cases[] = {
	{ "nothing", { .n = 0 }, { .n = 0 }, { true, 0, 0 } },
	{ "one piece and two", { { { 0, 10, false } }, 1 },
		{ { { 5, 5, false }, { 0, 5, false } }, 2 }, { true, 0, 0 } },
	{ "pieces that overlap each other's borders", { { { 0, 3, false }, { 3, 7, false } }, 2 },
		{ { { 5, 5, false }, { 0, 5, false } }, 2 }, { true, 0, 0 } },
	{ "others", { { { 0, 10, false } }, 1 }, { { { 0, 10, false } }, 1 }, { false, 0, 10 } },
	{ "the second half", { { { 0, 10, false } }, 1 },
		{ { { 5, 5, false }, { 5, 5, false } }, 2 }, { false, 5, 5 } },
	{ "a longer one", { { { 0, 10, false } }, 1 }, { { { 5, 5, false } }, 1 },
		{ false, 5, 0 } },
	{ "only one", { .n = 0 }, { { { 5, 5, false } }, 1 }, { false, 0, 0 } },
	{ "holes of 2^62 bytes", { { { 0, UINT64_C(1) << 62, true }, { 0, 5, false } }, 2 },
		{ { { 0, UINT64_C(1) << 62, true }, { 5, 5, false } }, 2 }, { true, 0, 0 } },
	{ "a hole and bytes", { { { 0, 100000, true }, { 0, 1, false } }, 2 },
		{ { { 0, 99999, true }, { 5, 1, false }, { 5, 1, false } }, 3 },
		{ false, 99999, 1 } },
};

static void compares(void)
{
	struct diff_bytes a = diff_bytes_of(span_make(bytes_a, 14));
	struct diff_bytes b = diff_bytes_of(span_make(bytes_b, 10));

	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		struct diff_member x = member_of(&cases[i].a), y = member_of(&cases[i].b);
		struct diff_content got = diff_content_of_members(&a, &x, &b, &y);
		struct diff_content back = diff_content_of_members(&b, &y, &a, &x);
		const struct diff_content *want = &cases[i].want;
		bool ok = got.equal == want->equal && got.first == want->first &&
			  got.n_bytes == want->n_bytes && back.equal == want->equal &&
			  back.first == want->first && back.n_bytes == want->n_bytes;

		test_report(ok, __FILE__, __LINE__, cases[i].what);
	}
}

/* One byte at every place around the border of a piece. */
static void places(void)
{
	static uint8_t a[3 << 16], b[3 << 16];
	struct diff_bytes x = diff_bytes_of(SPAN_OF(a)), y = diff_bytes_of(SPAN_OF(b));

	CHECK(diff_content_of_bytes(&x, &y).equal && diff_content_of_bytes(&x, &x).equal);
	for (size_t at = (1 << 16) - 9; at < (1 << 16) + 9; at++) {
		struct diff_content got;

		b[at] = b[sizeof b - 1] = 1;
		got = diff_content_of_bytes(&x, &y);
		CHECK(!got.equal && got.first == at && got.n_bytes == 2);
		b[at] = 0;
	}
}

static void copies(void)
{
	struct diff_bytes a = diff_bytes_of(span_make(bytes_a, 14));
	struct side s = { { { 0, 3, false }, { 0, 2, true }, { 5, 4, false } }, 3 };
	struct diff_member m = member_of(&s);
	static const char want[] = "abc\0\0fghi";
	char got[9];

	for (size_t at = 0; at < 11; at++) {
		for (size_t n = 0; n <= sizeof got; n++) {
			size_t there = at > 9 ? 0 : 9 - at, have = n < there ? n : there;

			CHECK(diff_content_copy(&a, &m, at, got, n) == have);
			CHECK(at > 9 || memcmp(got, want + at, have) == 0);
		}
	}
}

int main(void)
{
	compares();
	places();
	copies();
	return test_end();
}
