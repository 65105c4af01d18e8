/*
 * Real HCL reports of Azure's confidential machines with SNP and TDX underneath, and the quotes of their virtual TPMs: the
 * runtime data is bound to the hardware's report, and its key signed the quote.
 */
#define ASSAY_MAY_ASK_THE_MACHINE
#include "evidence/azure_hcl.h"

#include "base/hex.h"
#include "codec/base64.h"
#include "codec/json.h"
#include "evidence/tpm_quote.h"
#include "trust/azure_ak.h"
#include "trust/certificate.h"
#include "trust/signature.h"
#include "vectors_bytes.h"

static struct arena *a;

static void check_report(struct span bytes, enum azure_hcl_hardware want, struct azure_hcl *h)
{
	struct err e = { 0 };

	CHECK_OK(azure_hcl_parse(h, bytes, a, &e), e);
	CHECK(h->hardware == want && h->secure_boot == AZURE_HCL_ON &&
		h->tpm_enabled == AZURE_HCL_ON && h->console_enabled == AZURE_HCL_ON);
	CHECK(h->vm_id.n == 36);
	CHECK_OK(azure_hcl_check_binding(h, h->report_data, &e), e);
}

#define TRUSTEE "azure-hcl/confidenti.trustee__deps_verifier_az-"
#define LUNAL "azure-hcl/lunal-dev.attestation-rs__crates_attestation_az_"

static void reports(void)
{
	struct azure_hcl h;

	check_report(vectors_kept(TRUSTEE "snp-vtpm_hcl-report.bin", a), AZURE_HCL_SNP, &h);
	check_report(vectors_kept(TRUSTEE "tdx-vtpm_hcl-report.bin", a), AZURE_HCL_TDX, &h);
	check_report(
		vectors_kept(
			"azure-hcl/kinvolk.azure-cvm-tooling__az-cvm-vtpm_test_hcl-report-snp.bin",
			a),
		AZURE_HCL_SNP, &h);
	CHECK(!h.has_user_data);
}

/* The quote is by the key of the runtime data. */
static void check_quote(const struct azure_hcl *h, const struct json *quote)
{
	struct span message = vectors_bytes(json_get(quote, "message"), a),
		    sig = vectors_bytes(json_get(quote, "signature"), a);
	CLEANUP(public_key_freep) struct public_key *key = NULL;
	struct signature_alg alg = { SIGNATURE_RSASSA, DIGEST_SHA256 };
	struct tpm_quote q;
	struct err e = { 0 };

	CHECK_OK(azure_ak_key(&key, h, &e), e);
	CHECK_OK(tpm_quote_parse(&q, message, &e), e);
	CHECK_OK(signature_verify(key, alg, message, sig, &e), e);
	CHECK_ERR(signature_verify(key, alg, span_make(message.p, message.n - 1), sig, &e), e,
		ERR_SIGNATURE);
}

/* For SNP the report in the HCL is the evidence; for TDX it is the quote, whose report data says the same. */
static void check_td_quote(const struct azure_hcl *h, const struct json *o)
{
	struct span quote = vectors_bytes(json_get(o, "td_quote"), a);
	struct err e = { 0 };

	CHECK(quote.n > 48 + 584);
	CHECK_OK(azure_hcl_check_binding(h, span_make(quote.p + 48 + 520, 64), &e), e);
}

static void evidence(const char *file, enum azure_hcl_hardware hardware, struct span user_data)
{
	const struct json *o;
	struct azure_hcl h = { 0 };
	struct err e = { 0 };
	struct json v;

	CHECK_OK(json_parse(&v, vectors_kept(file, a), a, &e), e);
	o = json_get(&v, "evidence") ? json_get(&v, "evidence") : &v;
	check_report(vectors_bytes(json_get(o, json_get(o, "report") ? "report" : "hcl_report"), a),
		hardware, &h);
	check_quote(&h, json_get(o, json_get(o, "quote") ? "quote" : "tpm_quote"));
	if (hardware == AZURE_HCL_TDX)
		check_td_quote(&h, o);
	CHECK_OK(azure_hcl_check_user_data(&h, user_data, &e), e);
}

/* Azure's own authorities of virtual TPMs can be read as roots of a trust file. */
static void authorities(void)
{
	static const char *const names[] = { "azure-virtual-tpm-root-2023",
		"global-virtual-tpm-ca-03", "microsoft-rsa-devices-root-ca-2021" };
	char path[200];

	for (size_t i = 0; i < ARRAY_LEN(names); i++) {
		CLEANUP(certificate_freep) struct certificate *c = NULL;
		struct err e = { 0 };

		snprintf(path, sizeof path,
			"azure-ca/easy-tee.attest__crates_verify_src_azure_assets_%s.pem",
			names[i]);
		CHECK_OK(certificate_of_file(&c, vectors_kept(path, a), &e), e);
	}
}

/* Here the nonce stands both in the user data and in the quote. */
static const uint8_t nonce[] = { 0x98, 0x2f, 0x5c, 0x6e, 0x45, 0xdf, 0x0e, 0xd3, 0xf1, 0x0b, 0x6f,
	0x60, 0xb0, 0x2f, 0x0c, 0x83, 0x90, 0xe2, 0x81, 0x30, 0x0f, 0x38, 0x05, 0xe2, 0x27, 0x9c,
	0x16, 0x16, 0x8c, 0xd6, 0xae, 0x9a, 0xa3, 0x98, 0xf6, 0x47, 0xca, 0xa2, 0x33, 0x87, 0x48,
	0xcd, 0x0f, 0xd9, 0xf5, 0xf8, 0x19, 0xef };

int main(void)
{
	const struct span none = span_make("", 0);

	if (!vectors_find("evidence"))
		return vectors_skip();
	a = arena_new(256 << 20);
	reports();
	evidence(TRUSTEE "snp-vtpm_evidence-genoa.json", AZURE_HCL_SNP, none);
	evidence(TRUSTEE "snp-vtpm_evidence-v0.json", AZURE_HCL_SNP, none);
	evidence(TRUSTEE "snp-vtpm_evidence-v1.json", AZURE_HCL_SNP, none);
	evidence(TRUSTEE "snp-vtpm_evidence-v2.json", AZURE_HCL_SNP, SPAN_OF(nonce));
	evidence(TRUSTEE "tdx-vtpm_evidence-v0.json", AZURE_HCL_TDX, none);
	evidence(TRUSTEE "tdx-vtpm_evidence-v1.json", AZURE_HCL_TDX, none);
	evidence(LUNAL "snp_evidence-v1.json", AZURE_HCL_SNP, none);
	evidence(LUNAL "snp_live-evidence.json", AZURE_HCL_SNP, none);
	evidence(LUNAL "tdx_evidence-v1.json", AZURE_HCL_TDX, none);
	evidence(LUNAL "tdx_live-evidence.json", AZURE_HCL_TDX,
		span_make("attestation-test-fixture", 24));
	authorities();
	arena_free(a);
	return test_end();
}
