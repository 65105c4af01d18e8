/*
 * Each attestation document among the vectors through the whole appraisal: those that were signed by AWS pass each check of
 * their signature at their own time and fail in the certificates' time now; the others fail in the check that their row names.
 */
#define ASSAY_MAY_ASK_THE_MACHINE
#include "appraise/appraise.h"

#include "vectors_index.h"

enum { NOW = 1796000000 }; /* the end of 2026 */

static const char *const signed_checks[] = { "cose-form", "cose-header", "document-rules",
	"certificates", "root", "chain-profile", "chain-signatures", "module", "signature" };

/* Where the row's reason says that it must fail. */
static const struct {
	const char *file, *check;
} refused[] = {
	{ "document_bad_sig.cbor", "signature" },
	{ "/pcr0_changed.cbor", "signature" },
	{ "/alg_es256.cbor", "cose-header" },
	{ "/alg_none_protected_empty.cbor", "cose-form" },
	{ "/alg_in_unprotected.cbor", "cose-header" },
	{ "/trailing.cbor", "cose-form" },
	{ "/trunc.cbor", "cose-form" },
	{ "/no_cabundle.cbor", "document-rules" },
	{ "/root_swapped.cbor", "root" },
	{ "/dup_pcr_key.cbor", "document-rules" },
	{ "/sig_zero.cbor", "signature" },
	{ "/sig_short.cbor", "signature" },
};

/* Version and a SCALE length in two bytes stand before some documents, and a log behind them. */
static struct span unwrap(struct span s)
{
	size_t n;

	if (s.n < 4 || s.p[0] != 0 || (s.p[2] & 3) != 1)
		return s;
	n = (size_t)(s.p[2] | s.p[3] << 8) >> 2;
	return n + 4 <= s.n ? span_make(s.p + 4, n) : s;
}

/* What it says lives in the arena. */
static void appraise_it(
	struct appraise_out *out, struct span document, bool archive, struct arena *a)
{
	struct bundle bundle = { .kind = BUNDLE_NITRO, .nitro_document = document };
	struct policy policy = policy_default();
	const struct trust_file trust = { 0 };
	struct appraise_in in = {
		.bundle = &bundle, .policy = &policy, .trust = &trust, .at_unix = NOW
	};
	struct err e = { 0 };

	policy.freshness = archive ? POLICY_ARCHIVE : POLICY_NONCE;
	CHECK_OK(appraise(out, &in, a, &e), e);
	CHECK(!verdict_affirms(&out->verdict)); /* no values are given */
}

static bool in_result(const struct appraise_out *out, const char *name, enum check_result want)
{
	const struct check *c = check_find(&out->verdict.checks, name);

	if (!c || c->result != want)
		fprintf(stderr, "%s: %s\n", name, c ? check_result_name(c->result) : "not there");
	return c && c->result == want;
}

static bool is_signed(struct span document, bool in_debug)
{
	CLEANUP(arena_freep) struct arena *a = arena_new(32 << 20);
	static struct appraise_out out;
	bool ok = true;

	appraise_it(&out, document, true, a);
	for (size_t i = 0; i < ARRAY_LEN(signed_checks); i++)
		ok = in_result(&out, signed_checks[i], CHECK_PASSED) && ok;
	ok = in_result(&out, "certificate-time", CHECK_PASSED) && ok;
	ok = in_result(&out, "age", CHECK_PASSED) && ok;
	ok = in_result(&out, "debug", in_debug ? CHECK_FAILED : CHECK_PASSED) && ok;
	ok = in_debug == (out.verdict.status == VERDICT_CONTRAINDICATED) && ok;
	appraise_it(&out, document, false, a);
	return in_result(&out, "certificate-time", CHECK_FAILED) &&
	       in_result(&out, "nonce", CHECK_FAILED) &&
	       out.verdict.status == VERDICT_CONTRAINDICATED && ok;
}

static bool is_refused(struct span document, struct str file)
{
	CLEANUP(arena_freep) struct arena *a = arena_new(16 << 20);
	static struct appraise_out out;

	appraise_it(&out, document, true, a);
	for (size_t i = 0; i < ARRAY_LEN(refused); i++)
		if (str_ends(file, refused[i].file))
			return in_result(&out, refused[i].check, CHECK_FAILED) &&
			       out.verdict.status == VERDICT_CONTRAINDICATED;
	return false; /* a row that this test does not know */
}

static bool see(const struct vectors_row *row)
{
	CLEANUP(buf_done) struct buf b = vectors_row_load(row);
	struct span document = unwrap(buf_span(&b));

	if (str_starts(row->expected, "accept"))
		return is_signed(document, false);
	if (str_starts(row->expected, "crypto-valid"))
		return is_signed(document, true);
	return str_is(row->expected, "reject") && is_refused(document, row->file);
}

int main(void)
{
	size_t n = 0, held = 0;
	struct arena *a;

	if (!vectors_find("evidence"))
		return vectors_skip();
	a = arena_new(64 << 20);
	vectors_rows("nitro", see, a, &n, &held);
	vectors_rows("derived-nitro", see, a, &n, &held);
	printf("conformance nitro: %zu rows, %zu as stated\n", n, held);
	CHECK(n >= 19);
	arena_free(a);
	return test_end();
}
