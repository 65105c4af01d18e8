/*
 * Each piece of Azure's evidence among the vectors through the whole appraisal: the runtime data is bound to genuine hardware,
 * its key signed the quote, the quote gives the values of the registers.
 */
#define ASSAY_MAY_ASK_THE_MACHINE
#include "appraise/appraise.h"

#include "base/hex.h"
#include "codec/base64.h"
#include "codec/pem.h"
#include "evidence/azure_hcl.h"
#include "evidence/tpm_alg.h"
#include "vectors_bytes.h"
#include "vectors_index.h"

enum { NOW = 1796083200 /* 2026-12-01 */ };

static struct arena *a; /* of the row */
static struct bundle bundle;
static struct appraise_out out;

static const char *const bound_checks[] = { "hcl-form", "hcl-binding", "hcl-ak", "hcl-secure-boot",
	"hcl-tpm" };
static const char *const snp_checks[] = { "hcl-vmpl", "snp-root", "snp-chain", "snp-signature",
	"snp-tcb", "snp-chip", "snp-debug", "snp-vmpl" };
static const char *const tdx_checks[] = { "hcl-tdreport", "tdx-quote-form", "tdx-body-signature",
	"tdx-qe-binding", "tdx-qe-signature", "tdx-pck-chain-root", "tdx-pck-chain-signatures",
	"tdx-debug" };
static const char *const quote_checks[] = { "quote-structure", "signature", "pcr-selection",
	"pcr-claims", "pcr-digest", "ak-rsa-bits", "signature-hash", "tpm-firmware" };

static const struct json *either(const struct json *o, const char *one, const char *other)
{
	return json_get(o, one) ? json_get(o, one) : json_get(o, other);
}

/* The signature stands bare in the vectors; a TPM gives it with its algorithms. */
static struct span with_algorithms(struct span sig)
{
	struct buf b = buf_init(1024);
	struct str s;

	buf_u16be(&b, TPM_ALG_RSASSA);
	buf_u16be(&b, TPM_ALG_SHA256);
	buf_u16be(&b, (uint16_t)sig.n);
	buf_add(&b, sig.p, sig.n);
	s = arena_str(a, buf_str(&b));
	buf_done(&b);
	return str_span(s);
}

static void take_quote(const struct json *quote)
{
	const struct json *pcrs = json_get(quote, "pcrs");

	bundle.quote = vectors_bytes(json_get(quote, "message"), a);
	bundle.signature = with_algorithms(vectors_bytes(json_get(quote, "signature"), a));
	bundle.banks[0].alg = DIGEST_SHA256;
	bundle.n_banks = 1;
	for (size_t i = 0; pcrs && i < pcrs->n && i < BUNDLE_PCRS; i++) {
		struct span value = vectors_bytes(&pcrs->items[i], a);

		CHECK(value.n == SHA256_SIZE);
		bundle.banks[0].pcrs |= UINT32_C(1) << i;
		bundle.banks[0].values[i].alg = DIGEST_SHA256;
		memcpy(bundle.banks[0].values[i].bytes, value.p, SHA256_SIZE);
	}
}

/* All certificates of a text in PEM; or one in DER. */
static void take_certificates(struct span bytes)
{
	struct bundle_chain *c = &bundle.snp_chain;
	struct str rest = str_make((const char *)bytes.p, bytes.n);
	bool found = bytes.n > 0;
	struct err e = { 0 };

	if (bytes.n && bytes.p[0] == 0x30) {
		c->certificates[c->n++] = bytes;
		return;
	}
	while (found && c->n < BUNDLE_CERTIFICATES_MAX) {
		CHECK_OK(pem_next(&found, &c->certificates[c->n], &rest, "CERTIFICATE", a, &e), e);
		c->n += found;
	}
}

#define CA "snp-ca/confidenti.trustee__deps_verifier_src_snp_"

static void take_authorities(void)
{
	take_certificates(vectors_kept(CA "milan_ask_ark_asvk.pem", a));
	take_certificates(vectors_kept(CA "genoa_ask_ark_asvk.pem", a));
}

/*
 * TPMT_PUBLIC of the key that the runtime data names, with the attributes that the names in the quotes show: userWithAuth and
 * noDA beside what any such key has. None of the vectors carries it.
 */
static void take_public_area(void)
{
	static const uint8_t head[] = { 0, TPM_ALG_RSA, 0, TPM_ALG_SHA256, 0, 0x05, 0x04, 0x72, 0,
		0, 0, TPM_ALG_NULL, 0, TPM_ALG_RSASSA, 0, TPM_ALG_SHA256, 0x08, 0, 0, 0, 0, 0, 1,
		0 };
	struct buf b = buf_init(1024);
	struct azure_hcl h;
	struct err e = { 0 };
	struct str s;

	CHECK_OK(azure_hcl_parse(&h, bundle.azure_hcl, a, &e), e);
	buf_add(&b, head, sizeof head);
	buf_add(&b, h.ak.modulus.p, h.ak.modulus.n);
	s = arena_str(a, buf_str(&b));
	buf_done(&b);
	bundle.ak_public = str_span(s);
}

static void read_json(struct span text)
{
	const struct json *o, *vcek;
	struct err e = { 0 };
	struct json v;

	CHECK_OK(json_parse(&v, text, a, &e), e);
	o = json_get(&v, "evidence") ? json_get(&v, "evidence") : &v;
	bundle.azure_hcl = vectors_bytes(either(o, "report", "hcl_report"), a);
	bundle.tdx_quote = vectors_bytes(json_get(o, "td_quote"), a);
	vcek = json_get(o, "vcek");
	if (vcek)
		take_certificates(str_starts(vcek->text, "-----") ? str_span(vcek->text)
								  : vectors_bytes(vcek, a));
	take_quote(either(o, "quote", "tpm_quote"));
	take_public_area();
}

#define TRUSTEE "azure-hcl/confidenti.trustee__deps_verifier_az-"

/* A file that is only a part of evidence, with what else there is of the same machine. */
static void read_part(const struct vectors_row *row)
{
	if (str_ends(row->file, "td-quote.bin")) {
		bundle.tdx_quote = vectors_kept(TRUSTEE "tdx-vtpm_td-quote.bin", a);
		bundle.azure_hcl = vectors_kept(TRUSTEE "tdx-vtpm_hcl-report.bin", a);
		return;
	}
	bundle.azure_hcl = vectors_kept(row->file.p, a);
	if (str_ends(row->file, "az-tdx-vtpm_hcl-report.bin"))
		bundle.tdx_quote = vectors_kept(TRUSTEE "tdx-vtpm_td-quote.bin", a);
	if (str_ends(row->file, "az-snp-vtpm_hcl-report.bin"))
		take_certificates(vectors_kept(TRUSTEE "snp-vtpm_vcek.pem", a));
}

static void appraise_it(void)
{
	struct policy policy = policy_default();
	const struct trust_file trust = { 0 };
	struct appraise_in in = {
		.bundle = &bundle, .policy = &policy, .trust = &trust, .at_unix = NOW
	};
	struct err e = { 0 };

	policy.freshness = POLICY_ARCHIVE;
	policy.snp.crl = POLICY_SNP_CRL_OFF; /* the vectors have none */
	policy.tpm.min_rsa_bits = 2048;
	policy.tpm.hashes = 1U << DIGEST_SHA256;
	policy.tpm.min_firmware = 0x2020031200120003; /* all of them */
	CHECK_OK(appraise(&out, &in, a, &e), e);
	CHECK(!verdict_affirms(&out.verdict)); /* nothing is predicted */
}

static bool all_passed(const char *const names[], size_t n)
{
	bool ok = true;

	for (size_t i = 0; i < n; i++) {
		const struct check *c = check_find(&out.verdict.checks, names[i]);

		if (c && c->result == CHECK_PASSED)
			continue;
		fprintf(stderr, "%s: %s: %.*s\n", names[i],
			c ? check_result_name(c->result) : "not there",
			STR_ARG(c ? c->reason : STR("")));
		ok = false;
	}
	return ok;
}

#define ALL_PASSED(names) all_passed(names, ARRAY_LEN(names))

/* No certificate of its chip is among the vectors: the digest is right, and nobody can say whose it is. */
static bool is_bound_by_nobody(void)
{
	const struct check *c = check_find(&out.verdict.checks, "hcl-binding");
	struct azure_hcl h;
	struct err e = { 0 };

	return azure_hcl_parse(&h, bundle.azure_hcl, a, &e) &&
	       azure_hcl_check_binding(&h, h.report_data, &e) &&
	       check_passed(&out.verdict.checks, "hcl-form") && c && c->result == CHECK_FAILED;
}

static bool see(const struct vectors_row *row)
{
	CLEANUP(arena_freep) struct arena *own = arena_new(64 << 20);
	bool json = str_ends(row->file, ".json"), tdx, ok;

	a = own;
	bundle = (struct bundle){ .kind = BUNDLE_AZURE };
	if (json)
		read_json(vectors_kept(row->file.p, a));
	else
		read_part(row);
	take_authorities();
	appraise_it();
	if (str_starts(row->file, "azure-hcl/kinvolk"))
		return is_bound_by_nobody();
	tdx = bundle.tdx_quote.n > 0;
	ok = ALL_PASSED(bound_checks);
	ok = (tdx ? ALL_PASSED(tdx_checks) : ALL_PASSED(snp_checks)) && ok;
	if (json)
		ok = ALL_PASSED(quote_checks) && ok;
	/* without collateral a TD's platform is not known to be good; without a quote there is no machine */
	return ok &&
	       out.verdict.status == (tdx || !json ? VERDICT_CONTRAINDICATED : VERDICT_WARNING);
}

int main(void)
{
	struct arena *index = arena_new(64 << 20);
	size_t n = 0, held = 0;

	if (vectors_find("evidence")) {
		vectors_rows("azure-hcl", see, index, &n, &held);
		printf("conformance azure: %zu rows, %zu as stated\n", n, held);
		CHECK(n >= 13);
	}
	arena_free(index);
	return n ? test_end() : vectors_skip();
}
