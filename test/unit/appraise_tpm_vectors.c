/*
 * Quotes of a software TPM among the vectors through the whole appraisal: the honest one passes each check of its signature,
 * and what was substituted fails in the check that its row speaks of. They were made by other tools: nothing of this
 * project's binding is in them. Of the quote by an RSA key only the signature is there, and of the evil one not the message.
 */
#define ASSAY_MAY_ASK_THE_MACHINE
#include "appraise/appraise.h"

#include <openssl/pem.h>

#include "evidence/tpm_signature.h"
#include "tpm_made.h"
#include "vectors_index.h"

enum { PCRS_SIZE = 1200, AT_SELECTIONS = 4, AT_DIGESTS = 132, LIST_SIZE = 532, DIGEST_SIZE = 66 };

static struct arena *a;
static struct bundle bundle;
static struct appraise_out out;
static struct tpm_name ak;

static struct span kept(struct buf b)
{
	struct str s = arena_str(a, buf_str(&b));

	buf_done(&b);
	return str_span(s);
}

/* What tpm2_quote -F serialized writes: selections, then lists of at most eight digests, little-endian. */
static void take_pcrs(struct span s)
{
	struct bundle_bank *bank = &bundle.banks[0];
	size_t n = 0;

	CHECK(s.n == PCRS_SIZE && s.p[0] == 1 && s.p[AT_SELECTIONS] == TPM_ALG_SHA256);
	*bank = (struct bundle_bank){ .alg = DIGEST_SHA256 };
	bundle.n_banks = 1;
	for (unsigned pcr = 0; s.n == PCRS_SIZE && pcr < TPM_PCRS; pcr++) {
		size_t at = AT_DIGESTS + 4 + (n / 8) * LIST_SIZE + 4 + (n % 8) * DIGEST_SIZE;

		if (!(s.p[AT_SELECTIONS + 3 + pcr / 8] >> pcr % 8 & 1) || at + DIGEST_SIZE > s.n)
			continue;
		bank->pcrs |= UINT32_C(1) << pcr;
		bank->values[pcr].alg = DIGEST_SHA256;
		memcpy(bank->values[pcr].bytes, s.p + at + 2, SHA256_SIZE);
		n++;
	}
}

static void take_key(void)
{
	CLEANUP(buf_done) struct buf pem = vectors_load("derived/tpm/ak.pem");
	BIO *bio = BIO_new_mem_buf(pem.p, (int)pem.n);
	EVP_PKEY *key = PEM_read_bio_PUBKEY(bio, NULL, NULL, NULL);
	struct made_key k = { MADE_AK_ATTRIBUTES, TPM_ALG_ECDSA, TPM_ALG_SHA256, 0, false };
	struct tpm_public p;
	struct err e = { 0 };

	CHECK(key != NULL);
	bundle.ak_public = kept(made_public(key, k));
	CHECK_OK(tpm_public_parse(&p, bundle.ak_public, &e), e);
	ak = tpm_public_name(&p);
	EVP_PKEY_free(key);
	BIO_free(bio);
}

static bool is_in(const char *name, enum check_result want)
{
	const struct check *c = check_find(&out.verdict.checks, name);

	if (!c || c->result != want)
		fprintf(stderr, "%s: %s: %.*s\n", name, c ? check_result_name(c->result) : "none",
			STR_ARG(c ? c->reason : STR("")));
	return c && c->result == want;
}

/* A file of the row in the place of the honest one of its kind. */
static void appraise_with(const struct vectors_row *row)
{
	struct trust_file trust = { .pinned = &ak, .n_pinned = 1 };
	struct reference_shape shape = { .name = STR("none"), .platform = STR("tpm") };
	struct policy policy = policy_default();
	struct appraise_in in = { .bundle = &bundle,
		.shape = &shape,
		.policy = &policy,
		.trust = &trust,
		.at_unix = 1796083200 };
	struct err e = { 0 };
	struct span given = kept(vectors_row_load(row));

	bundle = (struct bundle){ .kind = BUNDLE_TPM, .has_binding = true };
	bundle.binding.role = STR("attester");
	bundle.quote = kept(vectors_load("derived/tpm/q.msg"));
	bundle.signature = str_ends(row->file, ".sig") ? given
						       : kept(vectors_load("derived/tpm/q.sig"));
	take_pcrs(str_ends(row->file, ".pcrs") ? given : kept(vectors_load("derived/tpm/q.pcrs")));
	take_key();
	policy.registers = 0xfff;
	CHECK_OK(appraise(&out, &in, a, &e), e);
	CHECK(!verdict_affirms(
		&out.verdict)); /* it answers no nonce of ours, and nothing is predicted */
}

static bool is_signature_by_rsa(struct span bytes)
{
	struct tpm_signature sig;
	struct err e = { 0 };

	return tpm_signature_parse(&sig, bytes, &e) && sig.alg == TPM_ALG_RSASSA &&
	       is_in("signature", CHECK_FAILED); /* of another quote and key than these */
}

static bool see(const struct vectors_row *row)
{
	static const char *const signed_checks[] = { "ak-structure", "ak-attributes", "ak-scheme",
		"ak-bound", "quote-structure", "signature", "pcr-selection", "pcr-claims",
		"pcr-digest" };
	bool ok = true;

	appraise_with(row);
	if (str_ends(row->file, "/r.sig"))
		return is_signature_by_rsa(bundle.signature);
	if (str_ends(row->file, "/evil.sig"))
		return is_in("signature", CHECK_FAILED);
	if (str_ends(row->file, "/evil.pcrs"))
		return is_in("signature", CHECK_PASSED) && is_in("pcr-claims", CHECK_FAILED);
	for (size_t i = 0; i < ARRAY_LEN(signed_checks); i++)
		ok = is_in(signed_checks[i], CHECK_PASSED) && ok;
	return ok && is_in("qualifying-data", CHECK_FAILED);
}

int main(void)
{
	size_t n = 0, held = 0;

	if (!vectors_find("evidence"))
		return vectors_skip();
	a = arena_new(256 << 20);
	vectors_rows("tpm-quote", see, a, &n, &held);
	vectors_rows("derived-tpm", see, a, &n, &held);
	printf("conformance tpm: %zu rows, %zu as stated\n", n, held);
	CHECK(n >= 6);
	arena_free(a);
	return test_end();
}
