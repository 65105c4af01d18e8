/*
 * Real SEV-SNP reports with their chips' certificates, files derived from them that must be refused, and reports of another
 * test authority with AMD's names: none is part of this repository. Each must hold, or fail in the check that is named.
 */
#define ASSAY_MAY_ASK_THE_MACHINE
#include "trust/snp_chain.h"

#include <openssl/pem.h>

#include "evidence/snp_report_check.h"
#include "trust/snp_crl.h"
#include "trust/snp_signature.h"
#include "vectors.h"

enum { CERTIFICATES = 8, NOW = 1796083200 /* 2026-12-01 */ };

struct case_of {
	const char *report;
	size_t at; /* the report's offset in its file */
	const char *leaf, *authorities;
	const char *fails; /* the check, or NULL */
	const char *says;
	int64_t time;
	bool test_root;
};

#define CA "snp-ca/confidenti.trustee__deps_verifier_src_snp_"
#define TRUSTEE "snp/confidenti.trustee__deps_verifier_snp_"
#define MADE "derived/snp-testpki/"
#define DERIVED "derived/snp/"

struct certificates {
	struct certificate *list[CERTIFICATES];
	size_t n;
};

static void certificates_done(struct certificates *c)
{
	for (size_t i = 0; i < c->n; i++)
		certificate_free(c->list[i]);
}

/* Every certificate of a file in PEM, or the one of a file in DER. */
static struct certificates certificates_of(const char *name)
{
	CLEANUP(buf_done) struct buf file = vectors_load(name);
	struct certificates ret = { 0 };
	struct err e = { 0 };
	BIO *bio;
	unsigned char *der = NULL;
	char *label = NULL, *header = NULL;
	long n = 0;

	if (file.n && file.p[0] == 0x30) {
		CHECK_OK(certificate_of_der(&ret.list[ret.n++], buf_span(&file), &e), e);
		return ret;
	}
	bio = BIO_new_mem_buf(file.p, (int)file.n);
	while (ret.n < CERTIFICATES && PEM_read_bio(bio, &label, &header, &der, &n) == 1) {
		CHECK_OK(certificate_of_der(&ret.list[ret.n++], span_make(der, (size_t)n), &e), e);
		OPENSSL_free(label);
		OPENSSL_free(header);
		OPENSSL_free(der);
	}
	BIO_free(bio);
	return ret;
}

struct evidence {
	struct snp_report report;
	struct snp_leaf leaf;
	struct snp_chain chain;
	struct snp_root root;
	enum snp_product product;
};

/* NULL when all hold, else the name of the first check that fails. */
static const char *chain_fails(struct evidence *v, const struct case_of *c, struct err *e)
{
	const struct snp_root *roots = c->test_root ? &v->root : snp_chain_roots;

	if (!snp_chain_root(&v->product, &v->chain, roots, c->test_root ? 1 : SNP_CHAIN_ROOTS, e))
		return "root";
	if (!snp_chain_check_roles(&v->chain, v->product, e))
		return "roles";
	if (!snp_chain_check_signatures(&v->chain, e))
		return "chain";
	if (!snp_chain_check_time(&v->chain, c->time ? c->time : NOW, 0, e))
		return "time";
	return NULL;
}

static const char *report_fails(struct evidence *v, struct err *e)
{
	if (!snp_leaf_check_signing_key(&v->leaf, &v->report, e))
		return "signing-key";
	if (!snp_signature_verify(&v->report, v->chain.leaf, e))
		return "signature";
	if (!snp_leaf_check_product(&v->leaf, &v->report, v->product, e))
		return "product";
	if (!snp_leaf_check_tcb(&v->leaf, &v->report, v->product, e))
		return "tcb";
	if (!snp_leaf_check_chip(&v->leaf, &v->report, v->product, e))
		return "chip";
	return NULL;
}

/* What a careful policy asks; a field is compared with itself, so that only one that says nothing fails. */
static const char *policy_fails(const struct evidence *v, struct err *e)
{
	static const enum snp_report_field must_say[] = { SNP_FIELD_MEASUREMENT,
		SNP_FIELD_REPORT_DATA };
	const struct snp_tcb min = { .spl = { [SNP_TCB_SNP] = 1 } };

	if (!snp_report_check_reserved(&v->report, e))
		return "reserved";
	if (!snp_report_check_policy_form(&v->report, e) ||
		!snp_report_check_policy(
			&v->report, 0, SNP_POLICY_DEBUG | SNP_POLICY_MIGRATE_MA, e) ||
		!snp_report_check_platform(&v->report, 0, ~SNP_PLATFORM_KNOWN, e))
		return "policy";
	if (!snp_report_check_vmpl(&v->report, 1, e))
		return "vmpl";
	if (!snp_report_check_no_agent(&v->report, e))
		return "agent";
	if (!snp_report_check_committed(&v->report, v->product, true, e))
		return "committed";
	if (!snp_report_check_tcb(&v->report, SNP_TCB_LAUNCH, v->product, &min, e))
		return "launch";
	for (size_t i = 0; i < ARRAY_LEN(must_say); i++) {
		struct span own = snp_report_field(&v->report, must_say[i]);

		if (!snp_report_check_field(&v->report, must_say[i], &own, 1, e))
			return snp_report_field_name(must_say[i]);
	}
	return NULL;
}

static const char *fails(const struct case_of *c, struct err *e)
{
	CLEANUP(buf_done) struct buf file = vectors_load(c->report);
	CLEANUP(certificates_done) struct certificates leaf = certificates_of(c->leaf);
	CLEANUP(certificates_done) struct certificates others = certificates_of(c->authorities);
	struct evidence v = { .root = { .product = SNP_MILAN } };
	struct span bytes = buf_span(&file);
	const char *name;

	if (c->at && file.n >= c->at + SNP_REPORT_SIZE)
		bytes = span_make(file.p + c->at, SNP_REPORT_SIZE);
	if (!snp_report_parse(&v.report, bytes, e))
		return "parse";
	if (!leaf.n || !snp_leaf_read(&v.leaf, leaf.list[0], e))
		return "leaf";
	if (!snp_chain_pick(&v.chain, leaf.list[0], (const struct certificate *const *)others.list,
		    others.n, e))
		return "pick";
	certificate_sha256(v.root.sha256, v.chain.ark);
	name = chain_fails(&v, c, e);
	name = name ? name : report_fails(&v, e);
	return name ? name : policy_fails(&v, e);
}

static const struct case_of cases[] = {
	{ "azure-hcl/confidenti.trustee__deps_verifier_az-snp-vtpm_hcl-report.bin", 32,
		"azure-hcl/confidenti.trustee__deps_verifier_az-snp-vtpm_vcek.pem",
		"azure-hcl/confidenti.trustee__deps_verifier_az-snp-vtpm_vcek.pem", NULL, NULL, 0,
		false },
	{ "azure-hcl/kinvolk.azure-cvm-tooling__az-cvm-vtpm_test_hcl-report-snp.bin", 32,
		"azure-hcl/confidenti.trustee__deps_verifier_az-snp-vtpm_vcek.pem",
		"azure-hcl/confidenti.trustee__deps_verifier_az-snp-vtpm_vcek.pem", "signature",
		NULL, 0, false },
	{ TRUSTEE "test-report.bin", 0, TRUSTEE "test-vcek.der", CA "milan_ask_ark_asvk.pem", NULL,
		NULL, 0, false },
	{ TRUSTEE "test-vlek-report.bin", 0, TRUSTEE "test-vlek.der", CA "milan_ask_ark_asvk.pem",
		"vmpl", "VMPL is 1", 1756684800, false },
	{ "snp/microsoft.confidential-sidec__pkg_attest_snp_report.bin", 0,
		"snp/microsoft.confidential-sidec__pkg_attest_uvm_host_amd_certificate.pem",
		"snp/microsoft.confidential-sidec__pkg_attest_uvm_host_amd_certificate.pem", NULL,
		NULL, 0, false },
	{ "snp/lunal-dev.attestation-rs__crates_attestation_snp_live-report-v5-genoa.bin", 0,
		"snp/lunal-dev.attestation-rs__crates_attestation_snp_live-vcek-genoa.der",
		CA "genoa_ask_ark_asvk.pem", NULL, NULL, 0, false },
	{ "snp/dstack-tee.dstack__dstack_dstack-attest_tests_sev_snp_attestation.bin", 4,
		"snp/dstack-tee.dstack__dstack_dstack-attest_tests_sev_snp_vcek.pem",
		CA "milan_ask_ark_asvk.pem", NULL, NULL, 0, false },
	{ MADE "report_good.bin", 0, MADE "vcek_good.pem", MADE "test_ask_ark.pem", NULL, NULL, 0,
		true },
	{ MADE "report_good.bin", 0, MADE "vcek_good.pem", MADE "test_ask_ark.pem", "root",
		"ARK-Milan", 0, false },
	{ MADE "report_good.bin", 0, MADE "vcek_good.pem", CA "milan_ask_ark_asvk.pem", "chain",
		"leaf certificate", 0, false },
	{ MADE "report_good.bin", 0, MADE "vcek_good.pem", MADE "test_ask_ark.pem", "time",
		"not valid yet", 1767225600, true },
	{ MADE "report_good.bin", 0, MADE "vcek_hwid_short.pem", MADE "test_ask_ark.pem", "chip",
		"8 bytes", 0, true },
	{ MADE "report_good.bin", 0, MADE "vcek_bl_mismatch.pem", MADE "test_ask_ark.pem", "tcb",
		"boot loader", 0, true },
	{ MADE "report_good.bin", 0, MADE "vcek_snp_mismatch.pem", MADE "test_ask_ark.pem", "tcb",
		"SNP firmware", 0, true },
	{ MADE "report_good.bin", 0, MADE "vcek_tee_mismatch.pem", MADE "test_ask_ark.pem", "tcb",
		"TEE", 0, true },
	{ MADE "report_good.bin", 0, MADE "vcek_uc_missing.pem", MADE "test_ask_ark.pem", "tcb",
		".3.8", 0, true },
	{ MADE "report_good.bin", 0, MADE "vcek_cn_ask.pem", MADE "test_ask_ark.pem", "roles",
		"SEV-VCEK", 0, true },
	{ MADE "report_good.bin", 0, MADE "vcek_expired.pem", MADE "test_ask_ark.pem", "time",
		"clock", 0, true },
	{ MADE "report_good.bin", 0, MADE "vcek_is_ca.pem", MADE "test_ask_ark.pem", "roles",
		"authority", 0, true },
	{ MADE "report_good.bin", 0, MADE "vcek_product_genoa.pem", MADE "test_ask_ark.pem",
		"product", "Genoa", 0, true },
	{ MADE "report_p256.bin", 0, MADE "vcek_good.pem", MADE "test_ask_ark.pem", "signature",
		NULL, 0, true },
	{ MADE "report_signer_vlek.bin", 0, MADE "vcek_good.pem", MADE "test_ask_ark.pem",
		"signing-key", "VLEK", 0, true },
	{ MADE "report_signer_none.bin", 0, MADE "vcek_good.pem", MADE "test_ask_ark.pem",
		"signing-key", "none", 0, true },
	{ MADE "report_mask_chip.bin", 0, MADE "vcek_good.pem", MADE "test_ask_ark.pem", "chip",
		"masks", 0, true },
	{ MADE "report_committed_gt_current.bin", 0, MADE "vcek_good.pem", MADE "test_ask_ark.pem",
		"committed", "COMMITTED_TCB", 0, true },
	{ MADE "report_rollback_launch.bin", 0, MADE "vcek_good.pem", MADE "test_ask_ark.pem",
		"launch", "LAUNCH_TCB", 0, true },
	{ MADE "report_zero_measurement.bin", 0, MADE "vcek_good.pem", MADE "test_ask_ark.pem",
		"MEASUREMENT", NULL, 0, true },
	{ MADE "report_mbz4c.bin", 0, MADE "vcek_good.pem", MADE "test_ask_ark.pem", "reserved",
		"0x4c", 0, true },
	{ MADE "report_zero_report_data.bin", 0, MADE "vcek_good.pem", MADE "test_ask_ark.pem",
		"REPORT_DATA", NULL, 0, true },
	{ MADE "report_report_id_ma_set.bin", 0, MADE "vcek_good.pem", MADE "test_ask_ark.pem",
		"agent", NULL, 0, true },
	{ MADE "report_migrate_ma.bin", 0, MADE "vcek_good.pem", MADE "test_ask_ark.pem", "policy",
		"MIGRATE_MA", 0, true },
	{ MADE "report_vmpl1.bin", 0, MADE "vcek_good.pem", MADE "test_ask_ark.pem", "vmpl", NULL,
		0, true },
	{ TRUSTEE "test-report.bin", 0, TRUSTEE "test-vcek-invalid-legacy.der",
		CA "milan_ask_ark_asvk.pem", "chain", "leaf certificate", 0, false },
	{ TRUSTEE "test-report.bin", 0, TRUSTEE "test-vcek-invalid-new.der",
		CA "milan_ask_ark_asvk.pem", "chain", "leaf certificate", 0, false },
	{ TRUSTEE "test-report.bin", 0, TRUSTEE "test-vlek.der", CA "milan_ask_ark_asvk.pem",
		"signing-key", NULL, 1756684800, false },
	{ TRUSTEE "test-report.bin", 0, "snp/virtee.sev__tests_certs_data_vcek_milan.der",
		CA "milan_ask_ark_asvk.pem", "signature", NULL, 0, false },
	{ TRUSTEE "test-report.bin", 0, "snp/virtee.sev__tests_certs_data_vcek_turin.der",
		CA "turin_ask_ark_asvk.pem", "signature", NULL, 0, false },
	{ TRUSTEE "test-report.bin", 0, TRUSTEE "test-vcek.der", CA "genoa_ask_ark_asvk.pem",
		"pick", "SEV-Milan", 0, false },
	{ DERIVED "flip_version.bin", 0, TRUSTEE "test-vcek.der", CA "milan_ask_ark_asvk.pem",
		"signature", NULL, 0, false },
	{ DERIVED "flip_family_id.bin", 0, TRUSTEE "test-vcek.der", CA "milan_ask_ark_asvk.pem",
		"signature", NULL, 0, false },
	{ DERIVED "flip_vmpl.bin", 0, TRUSTEE "test-vcek.der", CA "milan_ask_ark_asvk.pem",
		"signature", NULL, 0, false },
	{ DERIVED "flip_platform_info.bin", 0, TRUSTEE "test-vcek.der", CA "milan_ask_ark_asvk.pem",
		"signature", NULL, 0, false },
	{ DERIVED "flip_report_data.bin", 0, TRUSTEE "test-vcek.der", CA "milan_ask_ark_asvk.pem",
		"signature", NULL, 0, false },
	{ DERIVED "flip_measurement.bin", 0, TRUSTEE "test-vcek.der", CA "milan_ask_ark_asvk.pem",
		"signature", NULL, 0, false },
	{ DERIVED "flip_host_data.bin", 0, TRUSTEE "test-vcek.der", CA "milan_ask_ark_asvk.pem",
		"signature", NULL, 0, false },
	{ DERIVED "flip_id_key_digest.bin", 0, TRUSTEE "test-vcek.der", CA "milan_ask_ark_asvk.pem",
		"signature", NULL, 0, false },
	{ DERIVED "flip_reported_tcb.bin", 0, TRUSTEE "test-vcek.der", CA "milan_ask_ark_asvk.pem",
		"signature", NULL, 0, false },
	{ DERIVED "flip_committed_tcb.bin", 0, TRUSTEE "test-vcek.der", CA "milan_ask_ark_asvk.pem",
		"signature", NULL, 0, false },
	{ DERIVED "flip_current_build.bin", 0, TRUSTEE "test-vcek.der", CA "milan_ask_ark_asvk.pem",
		"signature", NULL, 0, false },
	{ DERIVED "flip_committed_build.bin", 0, TRUSTEE "test-vcek.der",
		CA "milan_ask_ark_asvk.pem", "signature", NULL, 0, false },
	{ DERIVED "flip_launch_tcb.bin", 0, TRUSTEE "test-vcek.der", CA "milan_ask_ark_asvk.pem",
		"signature", NULL, 0, false },
	{ DERIVED "flip_sig_r.bin", 0, TRUSTEE "test-vcek.der", CA "milan_ask_ark_asvk.pem",
		"signature", NULL, 0, false },
	{ DERIVED "sig_zero.bin", 0, TRUSTEE "test-vcek.der", CA "milan_ask_ark_asvk.pem",
		"signature", "R is zero", 0, false },
	{ DERIVED "sig_r_eq_n.bin", 0, TRUSTEE "test-vcek.der", CA "milan_ask_ark_asvk.pem",
		"signature", "R is too great", 0, false },
	{ DERIVED "sig_s_plus_n.bin", 0, TRUSTEE "test-vcek.der", CA "milan_ask_ark_asvk.pem",
		"signature", "of S is not zero", 0, false },
	{ DERIVED "sig_r_high_bytes.bin", 0, TRUSTEE "test-vcek.der", CA "milan_ask_ark_asvk.pem",
		"signature", "of R is not zero", 0, false },
	{ DERIVED "sig_algo0.bin", 0, TRUSTEE "test-vcek.der", CA "milan_ask_ark_asvk.pem",
		"signature", "algorithm", 0, false },
	{ DERIVED "sig_algo2.bin", 0, TRUSTEE "test-vcek.der", CA "milan_ask_ark_asvk.pem",
		"signature", "algorithm", 0, false },
	{ DERIVED "sig_algoFFFFFFFF.bin", 0, TRUSTEE "test-vcek.der", CA "milan_ask_ark_asvk.pem",
		"signature", "algorithm", 0, false },
	{ DERIVED "trunc_1183.bin", 0, TRUSTEE "test-vcek.der", CA "milan_ask_ark_asvk.pem",
		"parse", "want 1184", 0, false },
	{ DERIVED "empty.bin", 0, TRUSTEE "test-vcek.der", CA "milan_ask_ark_asvk.pem", "parse",
		"want 1184", 0, false },
	{ DERIVED "version_0.bin", 0, TRUSTEE "test-vcek.der", CA "milan_ask_ark_asvk.pem", "parse",
		"version", 0, false },
	{ DERIVED "version_2147483647.bin", 0, TRUSTEE "test-vcek.der", CA "milan_ask_ark_asvk.pem",
		"parse", "version", 0, false },
	{ DERIVED "sig_reserved_nonzero.bin", 0, TRUSTEE "test-vcek.der",
		CA "milan_ask_ark_asvk.pem", "reserved", "0x33", 0, false },
};

/* The authority's list revokes its ASK, and only its own chain may be held against it. */
static void revoked(void)
{
	CLEANUP(buf_done) struct buf file = vectors_load(MADE "crl_ask_revoked.pem");
	CLEANUP(certificates_done) struct certificates leaf = certificates_of(MADE "vcek_good.pem");
	CLEANUP(certificates_done)
	struct certificates own = certificates_of(MADE "test_ask_ark.pem");
	CLEANUP(certificates_done)
	struct certificates amd = certificates_of(CA "milan_ask_ark_asvk.pem");
	CLEANUP(snp_crl_freep) struct snp_crl *crl = NULL;
	struct snp_chain chain = { 0 };
	struct err e = { 0 };

	CHECK_OK(snp_crl_of_file(&crl, buf_span(&file), &e), e);
	CHECK_OK(snp_chain_pick(&chain, leaf.list[0], (const struct certificate *const *)own.list,
			 own.n, &e),
		e);
	CHECK_OK(snp_crl_check_issuer(crl, &chain, &e), e);
	CHECK_OK(snp_crl_check_time(crl, NOW, 0, &e), e);
	CHECK_ERR(snp_crl_check_revoked(crl, &chain, &e), e, ERR_SIGNATURE);
	CHECK_OK(snp_chain_pick(&chain, leaf.list[0], (const struct certificate *const *)amd.list,
			 amd.n, &e),
		e);
	CHECK_ERR(snp_crl_check_issuer(crl, &chain, &e), e, ERR_SIGNATURE);
}

/* All of AMD's own: roots by digest, and both intermediates of each line. */
static void authorities(void)
{
	static const struct {
		const char *file;
		enum snp_product product;
	} lines[] = { { CA "milan_ask_ark_asvk.pem", SNP_MILAN },
		{ CA "genoa_ask_ark_asvk.pem", SNP_GENOA },
		{ CA "turin_ask_ark_asvk.pem", SNP_TURIN } };

	for (size_t i = 0; i < ARRAY_LEN(lines); i++) {
		CLEANUP(certificates_done) struct certificates c = certificates_of(lines[i].file);
		struct snp_chain chain = { c.list[0], c.list[2], c.list[1] };
		enum snp_product product = SNP_PRODUCT_UNKNOWN;
		struct err e = { 0 };

		CHECK(c.n == 3);
		CHECK_OK(snp_chain_root(&product, &chain, snp_chain_roots, SNP_CHAIN_ROOTS, &e), e);
		CHECK(product == lines[i].product);
		/* both are signed by the root, and neither by the other */
		CHECK(!snp_chain_check_signatures(&chain, &e) && strstr(e.text, "leaf"));
		chain = (struct snp_chain){ c.list[2], c.list[0], c.list[1] };
		CHECK(!snp_chain_check_signatures(&chain, &e) && strstr(e.text, "leaf"));
	}
}

/* A real VCEK of a Turin has 8 bytes of hardware id and the level of the FMC. */
static void turin(void)
{
	CLEANUP(certificates_done)
	struct certificates leaf = certificates_of(
		"snp/virtee.sev__tests_certs_data_vcek_turin.der");
	CLEANUP(certificates_done)
	struct certificates amd = certificates_of(CA "turin_ask_ark_asvk.pem");
	struct snp_report report = { 0 };
	uint8_t chip[SNP_REPORT_CHIP_ID_SIZE] = { 0 };
	struct snp_chain chain = { 0 };
	struct snp_leaf v;
	struct err e = { 0 };

	CHECK_OK(snp_leaf_read(&v, leaf.list[0], &e), e);
	CHECK(v.hwid.n == 8 && v.parts == 0x1f);
	CHECK_OK(snp_chain_pick(&chain, leaf.list[0], (const struct certificate *const *)amd.list,
			 amd.n, &e),
		e);
	CHECK_OK(snp_chain_check_roles(&chain, SNP_TURIN, &e), e);
	CHECK_OK(snp_chain_check_signatures(&chain, &e), e);
	memcpy(chip, v.hwid.p, v.hwid.n);
	report.chip_id = SPAN_OF(chip);
	CHECK_OK(snp_leaf_check_chip(&v, &report, SNP_TURIN, &e), e);
	chip[8] = 1;
	CHECK_ERR(snp_leaf_check_chip(&v, &report, SNP_TURIN, &e), e, ERR_MISMATCH);
}

int main(void)
{
	if (!vectors_find("evidence"))
		return vectors_skip();
	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		struct err e = { 0 };
		const char *got = fails(&cases[i], &e);
		bool ok = got && cases[i].fails
				  ? !strcmp(got, cases[i].fails) &&
					    (!cases[i].says || strstr(e.text, cases[i].says))
				  : got == cases[i].fails;

		CHECK(ok);
		if (!ok)
			fprintf(stderr, "%s with %s: %s, want %s: %s\n", cases[i].report,
				cases[i].leaf, got ? got : "holds",
				cases[i].fails ? cases[i].fails : "holds", e.text);
	}
	revoked();
	authorities();
	turin();
	return test_end();
}
