/*
 * Real attestation documents of AWS Nitro enclaves, and documents derived from one that must be refused; each in the check
 * that is named for it. Some lie inside another structure, which is taken off here.
 */
#define ASSAY_MAY_ASK_THE_MACHINE
#include "trust/nitro_chain.h"

#include "codec/json.h"
#include "trust/nitro_signed.h"
#include "vectors.h"

static struct arena *a;

enum outcome { STRUCTURE, HEADER, ROOT, PROFILE, SIGNATURES, TIME, SIGNED, MODULE, DEBUG, NOTHING };

static const char *const outcomes[] = { "structure", "header", "root", "profile", "signatures",
	"time", "signature", "module", "debug", "nothing" };

/* The first check that fails; at 0: at the document's own time. */
static enum outcome first_wrong(struct span bytes, int64_t at, struct err *e)
{
	CLEANUP(nitro_chain_freep) struct nitro_chain *c = NULL;
	CLEANUP(public_key_freep) struct public_key *key = NULL;
	struct nitro_signed s;

	if (!nitro_signed_parse(&s, bytes, a, e) || !nitro_chain_of_document(&c, &s.document, e))
		return STRUCTURE;
	if (!nitro_signed_check_header(&s, e))
		return HEADER;
	if (!nitro_chain_check_root(c, nitro_chain_aws_root, e))
		return ROOT;
	if (!nitro_chain_check_profile(c, e))
		return PROFILE;
	if (!nitro_chain_check_signatures(c, e))
		return SIGNATURES;
	if (!nitro_chain_check_time(c, at ? at : nitro_document_unix(&s.document), 0, e))
		return TIME;
	if (!nitro_chain_key(&key, c, e) || !nitro_signed_verify(&s, key, e))
		return SIGNED;
	if (!nitro_chain_check_module(c, &s.document, e))
		return MODULE;
	return nitro_document_check_debug(&s.document, e) ? NOTHING : DEBUG;
}

/* Version and a SCALE length in two bytes stand before the document, and a log behind it. */
static struct span unwrap(struct span s)
{
	size_t n;

	if (s.n < 4 || s.p[0] != 0 || (s.p[2] & 3) != 1)
		return s;
	n = (size_t)(s.p[2] | s.p[3] << 8) >> 2;
	CHECK(n + 4 <= s.n);
	return span_make(s.p + 4, n);
}

static void is(const char *file, enum outcome want, int64_t at)
{
	CLEANUP(buf_done) struct buf b = vectors_load(file);
	struct err e = { 0 };
	enum outcome got = first_wrong(unwrap(buf_span(&b)), at, &e);

	CHECK(got == want);
	if (got != want)
		fprintf(stderr, "%s: %s, want %s (%s)\n", file, outcomes[got], outcomes[want],
			e.text);
}

#define VERACRUZ "nitro/veracruz-p.go-nitro-enclave-a__test_aws_nitro_document"
#define EVERVAULT "nitro/evervault.attestation-doc-va__test-data_beta_"
#define DSTACK "nitro/dstack-tee.dstack__"

static void real(void)
{
	static const char *const good[] = { VERACRUZ ".cbor",
		EVERVAULT "valid-attestation-doc-bytes",
		"nitro/sparsity-x.aws-nitro-enclave-__samples_attestation_2.report",
		DSTACK "dstack_dstack-attest_tests_nitro_attestation.bin",
		DSTACK "dstack_nsm-qvl_tests_nitro_attestation.bin" };

	for (size_t i = 0; i < ARRAY_LEN(good); i++) {
		is(good[i], NOTHING, 0);
		is(good[i], TIME, 1796000000); /* at the end of 2026 */
		is(good[i], TIME, 1600000000); /* in 2020 */
	}
	is(EVERVAULT "debug-mode-attestation-doc-bytes", DEBUG, 0);
	is(DSTACK "dstack_dstack-attest_tests_nitro_attestation_dbg.bin", DEBUG, 0);
	is(VERACRUZ "_bad_sig.cbor", SIGNED, 0);
}

static void derived(void)
{
	static const struct {
		const char *file;
		enum outcome want;
	} cases[] = {
		{ "pcr0_changed", SIGNED },
		{ "alg_es256", HEADER },
		{ "alg_none_protected_empty", STRUCTURE },
		{ "alg_in_unprotected", HEADER },
		{ "trailing", STRUCTURE },
		{ "trunc", STRUCTURE },
		{ "no_cabundle", STRUCTURE },
		{ "root_swapped", ROOT },
		{ "dup_pcr_key", STRUCTURE },
		{ "tag18", NOTHING },
		{ "sig_zero", SIGNED },
		{ "sig_short", SIGNED },
	};
	char path[200];

	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		snprintf(path, sizeof path, "derived/nitro/%s.cbor", cases[i].file);
		is(path, cases[i].want, 0);
	}
}

/* Every change of a byte of one real document is seen. */
static void flips(void)
{
	CLEANUP(buf_done) struct buf b = vectors_load(VERACRUZ ".cbor");
	struct err e = { 0 };

	for (size_t i = 0; i < b.n; i += 29) {
		b.p[i] ^= (uint8_t)(1u << i % 8);
		CHECK(first_wrong(buf_span(&b), 0, &e) != NOTHING);
		b.p[i] ^= (uint8_t)(1u << i % 8);
	}
	CHECK(first_wrong(buf_span(&b), 0, &e) == NOTHING);
}

int main(void)
{
	if (!vectors_find("evidence"))
		return vectors_skip();
	a = arena_new(256 << 20);
	real();
	derived();
	flips();
	arena_free(a);
	return test_end();
}
