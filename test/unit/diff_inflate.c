#include "diff/diff_inflate.h"

#include "../make_deb.h"
#include "test.h"

static const char text[] = "some text that is compressed, compressed, compressed";

static const char *const suffixes[] = { ".gz", ".xz", ".zst" };

static bool inflates_to(const struct buf *b, struct span want)
{
	CLEANUP(diff_bytes_done) struct diff_bytes got = { 0 };
	struct diff_bytes src = diff_bytes_of(buf_span(b));
	struct err e = { 0 };
	bool ok = diff_inflate(&got, &src, "/tmp", UINT64_MAX, &e);

	CHECK_OK(ok, e);
	return ok && span_equal(got.all, want);
}

static void refuses(struct span bytes, uint64_t max, enum err_kind kind)
{
	struct diff_bytes got = { 0 }, src = diff_bytes_of(bytes);
	struct err e = { 0 };

	CHECK_ERR(diff_inflate(&got, &src, "/tmp", max, &e), e, kind);
	CHECK(!got.owned);
}

static void each(const char *suffix)
{
	CLEANUP(buf_done) struct buf b = make_compressed(span_make(text, strlen(text)), suffix);
	CLEANUP(buf_done) struct buf none = make_compressed(span_make(text, 0), suffix);
	size_t n = b.n;

	CHECK(inflates_to(&b, span_make(text, strlen(text))));
	CHECK(inflates_to(&none, span_make(text, 0)));
	refuses(buf_span(&b), strlen(text) - 1, ERR_LIMIT);
	for (size_t i = 0; i < n; i++)
		refuses(span_make(b.p, i), UINT64_MAX, ERR_FORMAT);
	/* Zeros fill up a section of a UKI. */
	b.max += 1000;
	buf_fill(&b, 0, 100);
	CHECK(inflates_to(&b, span_make(text, strlen(text))));
	buf_add_cstr(&b, "garbage");
	refuses(buf_span(&b), UINT64_MAX, ERR_FORMAT);
}

/* Too much for memory. */
static void large(void)
{
	CLEANUP(buf_done) struct buf zeros = buf_init(DIFF_INFLATE_MEMORY + 1000);
	CLEANUP(buf_done) struct buf b = { 0 };

	buf_fill(&zeros, 7, zeros.max);
	b = make_compressed(buf_span(&zeros), ".zst");
	CHECK(inflates_to(&b, buf_span(&zeros)));
	refuses(buf_span(&b), zeros.n - 1, ERR_LIMIT);
}

int main(void)
{
	for (size_t i = 0; i < ARRAY_LEN(suffixes); i++)
		each(suffixes[i]);
	refuses(span_make(text, strlen(text)), UINT64_MAX, ERR_FORMAT);
	refuses(span_make(text, 0), UINT64_MAX, ERR_FORMAT);
	large();
	return test_end();
}
