/*
 * Each row of the shared vectors that is a report of SEV-SNP, a certificate to be refused or a list of revoked ones, through
 * the appraisal: what the row accepts has no failed check up to AMD's root, what it refuses fails in the check that is meant.
 */
#define ASSAY_MAY_ASK_THE_MACHINE
#include <openssl/pem.h>

#include "appraise/appraise_snp.h"
#include "codec/yaml.h"
#include "vectors.h"

enum { NOW = 1796083200 /* 2026-12-01 */, THEN = 1756684800, GENUINE = 16 };

#define CA "snp-ca/confidenti.trustee__deps_verifier_src_snp_"
#define TRUSTEE "snp/confidenti.trustee__deps_verifier_snp_"
#define MADE "derived/snp-testpki/"
#define DERIVED "derived/snp/"
#define MILAN CA "milan_ask_ark_asvk.pem"

struct row {
	const char *file;  /* the row's own */
	const char *fails; /* the check that must fail; NULL: none up to the root */
	const char *leaf, *authorities, *crl;
	const char *policy; /* members of "snp" */
	size_t at;          /* the report's offset in its file */
	int64_t time;
};

#define FLIP(what)                                                                            \
	{                                                                                     \
		DERIVED "flip_" what ".bin", "snp-signature", TRUSTEE "test-vcek.der", MILAN, \
			NULL, NULL, 0, NOW                                                    \
	}
#define DERIVE(what, check)                                                                    \
	{                                                                                      \
		DERIVED what ".bin", check, TRUSTEE "test-vcek.der", MILAN, NULL, NULL, 0, NOW \
	}
/* Certificates and reports of the other authority, with its own root. */
#define LEAF(what, check)                                                  \
	{                                                                  \
		MADE "vcek_" what ".pem", check, MADE "vcek_" what ".pem", \
			MADE "test_ask_ark.pem", NULL, NULL, 0, NOW        \
	}
#define REPORT(what, check, policy)                                                               \
	{                                                                                         \
		MADE "report_" what ".bin", check, MADE "vcek_good.pem", MADE "test_ask_ark.pem", \
			NULL, policy, 0, NOW                                                      \
	}

static const struct row rows[] = {
	{ TRUSTEE "test-report.bin", NULL, TRUSTEE "test-vcek.der", MILAN, NULL, NULL, 0, NOW },
	{ TRUSTEE "test-vlek-report.bin", "snp-vmpl", TRUSTEE "test-vlek.der", MILAN, NULL, NULL, 0,
		THEN },
	{ TRUSTEE "test-vcek-invalid-legacy.der", "snp-chain",
		TRUSTEE "test-vcek-invalid-legacy.der", MILAN, NULL, NULL, 0, NOW },
	{ TRUSTEE "test-vcek-invalid-new.der", "snp-chain", TRUSTEE "test-vcek-invalid-new.der",
		MILAN, NULL, NULL, 0, NOW },
	{ "snp/microsoft.confidential-sidec__pkg_attest_snp_report.bin", NULL,
		"snp/microsoft.confidential-sidec__pkg_attest_uvm_host_amd_certificate.pem", NULL,
		NULL, NULL, 0, NOW },
	{ "snp/lunal-dev.attestation-rs__crates_attestation_snp_live-report-v5-genoa.bin", NULL,
		"snp/lunal-dev.attestation-rs__crates_attestation_snp_live-vcek-genoa.der",
		CA "genoa_ask_ark_asvk.pem", NULL, NULL, 0, NOW },
	{ "snp/dstack-tee.dstack__dstack_dstack-attest_tests_sev_snp_attestation.bin", NULL,
		"snp/dstack-tee.dstack__dstack_dstack-attest_tests_sev_snp_vcek.pem", MILAN, NULL,
		NULL, 4, NOW },
	FLIP("version"),
	FLIP("family_id"),
	FLIP("vmpl"),
	FLIP("platform_info"),
	FLIP("report_data"),
	FLIP("measurement"),
	FLIP("host_data"),
	FLIP("id_key_digest"),
	FLIP("reported_tcb"),
	FLIP("committed_tcb"),
	FLIP("current_build"),
	FLIP("committed_build"),
	FLIP("launch_tcb"),
	FLIP("sig_r"),
	DERIVE("sig_zero", "snp-signature-form"),
	DERIVE("sig_r_eq_n", "snp-signature-form"),
	DERIVE("sig_s_plus_n", "snp-signature-form"),
	DERIVE("sig_r_high_bytes", "snp-signature-form"),
	DERIVE("sig_reserved_nonzero", "snp-reserved"),
	DERIVE("sig_algo0", "snp-signature-form"),
	DERIVE("sig_algo2", "snp-signature-form"),
	DERIVE("sig_algoFFFFFFFF", "snp-signature-form"),
	DERIVE("trunc_1183", "snp-report"),
	DERIVE("empty", "snp-report"),
	DERIVE("version_0", "snp-report"),
	DERIVE("version_2147483647", "snp-report"),
	REPORT("good", NULL, NULL),
	LEAF("hwid_short", "snp-chip"),
	LEAF("bl_mismatch", "snp-tcb"),
	LEAF("snp_mismatch", "snp-tcb"),
	LEAF("tee_mismatch", "snp-tcb"),
	LEAF("uc_missing", "snp-tcb"),
	LEAF("cn_ask", "snp-leaf"),
	LEAF("expired", "snp-time"),
	LEAF("is_ca", "snp-roles"),
	LEAF("product_genoa", "snp-product"),
	REPORT("p256", "snp-signature", NULL),
	REPORT("migrate_ma", "snp-migration", NULL),
	REPORT("vmpl1", "snp-vmpl", NULL),
	REPORT("signer_vlek", "snp-signing-key", NULL),
	REPORT("signer_none", "snp-signing-key", NULL),
	REPORT("mask_chip", "snp-chip", NULL),
	REPORT("committed_gt_current", "snp-committed", NULL),
	REPORT("rollback_launch", "snp-tcb-launch",
		"products: [Milan]\nminimum-tcb:\n  Milan:\n    launch:\n      snp: 1\n"),
	REPORT("zero_measurement", "snp-measured", NULL),
	REPORT("mbz4c", "snp-reserved", NULL),
	REPORT("zero_report_data", "nonce", NULL),
	REPORT("report_id_ma_set", "snp-migration-agent", NULL),
	{ MADE "crl_ask_revoked.pem", "snp-revoked", MADE "vcek_good.pem", MADE "test_ask_ark.pem",
		MADE "crl_ask_revoked.pem", NULL, 0, NOW },
};

static struct arena *a;
static struct appraise_out out;

static struct span keep(struct buf b)
{
	struct str s = arena_str(a, buf_str(&b));

	buf_done(&b);
	return str_span(s);
}

static bool ends(const char *s, const char *end)
{
	return str_ends(str_of(s), end);
}

/* Every certificate of a file in PEM, or the one of a file in DER. */
static void add_certificates(struct bundle_chain *c, const char *name)
{
	struct span file = name ? keep(vectors_load(name)) : span_make(NULL, 0);
	char *label = NULL, *header = NULL;
	unsigned char *der = NULL;
	long n = 0;
	BIO *bio;

	if (file.n && file.p[0] == 0x30) {
		c->certificates[c->n++] = file;
		return;
	}
	bio = BIO_new_mem_buf(file.p ? (const void *)file.p : "", (int)file.n);
	while (c->n < BUNDLE_CERTIFICATES_MAX &&
		PEM_read_bio(bio, &label, &header, &der, &n) == 1) {
		struct str s = arena_str(a, str_make((const char *)der, (size_t)n));

		c->certificates[c->n++] = str_span(s);
		OPENSSL_free(label);
		OPENSSL_free(header);
		OPENSSL_free(der);
	}
	BIO_free(bio);
}

/* The root of the other authority is the last certificate of its file. */
static void trust_root(struct trust_hardware_root *root, struct trust_file *t)
{
	struct bundle_chain c = { 0 };

	add_certificates(&c, MADE "test_ask_ark.pem");
	sha256_of(root->sha256, c.certificates[c.n - 1]);
	root->hardware = TRUST_SNP;
	root->product = SNP_MILAN;
	t->hardware = root;
	t->n_hardware = 1;
}

static const char *report_of(const struct row *r)
{
	if (ends(r->file, ".bin"))
		return r->file;
	return str_starts(str_of(r->file), MADE) ? MADE "report_good.bin"
						 : TRUSTEE "test-report.bin";
}

/* The first check up to the root that fails, or the one that is asked for when it fails; NULL. */
static const char *appraised(const struct row *r, bool own_root)
{
	static const uint8_t nonce[BINDING_NONCE_SIZE] = { 0x4e };
	struct span file = keep(vectors_load(report_of(r)));
	struct bundle b = { .kind = BUNDLE_SNP };
	struct policy policy = policy_default();
	struct trust_hardware_root root = { 0 };
	struct trust_file trust = { 0 };
	const struct appraise_in in = {
		.bundle = &b, .policy = &policy, .trust = &trust, .nonce = nonce, .at_unix = r->time
	};
	const struct appraise_snp_said by_chip = { 0 };
	const struct check_list *l = &out.verdict.checks;
	const char *must[APPRAISE_SNP_MUST];
	struct json v;
	struct err e = { 0 };

	b.snp_report = r->at ? span_make(file.p + r->at, SNP_REPORT_SIZE) : file;
	add_certificates(&b.snp_chain, r->leaf);
	add_certificates(&b.snp_chain, r->authorities);
	if (r->crl)
		b.snp_crl = keep(vectors_load(r->crl));
	if (own_root)
		trust_root(&root, &trust);
	if (r->policy) {
		CHECK_OK(yaml_parse(&v, str_span(str_of(r->policy)), a, &e), e);
		CHECK_OK(policy_snp_parse(&policy.snp, &v, a, &e), e);
	}
	CHECK_OK(appraise(&out, &in, a, &e), e);
	CHECK(!verdict_affirms(&out.verdict)); /* there are no reference values */
	if (r->fails) {
		const struct check *c = check_find(l, r->fails);

		return c && c->result == CHECK_FAILED && c->reason.n ? r->fails : NULL;
	}
	(void)appraise_snp_must(must, &by_chip);
	for (size_t i = 0; i < GENUINE; i++)
		if (!check_passed(l, must[i]))
			return must[i];
	return NULL;
}

static void say(const char *file)
{
	fprintf(stderr, "%s:\n", file);
	for (size_t i = 0; i < out.verdict.checks.n; i++)
		if (out.verdict.checks.items[i].result == CHECK_FAILED)
			fprintf(stderr, "  %s: %.*s\n", out.verdict.checks.items[i].name,
				STR_ARG(out.verdict.checks.items[i].reason));
}

static bool as_stated(const struct row *r)
{
	bool own = str_starts(str_of(r->file), MADE), ok;
	const char *got;

	a = arena_new(8 << 20);
	got = appraised(r, own);
	ok = got == r->fails || (got && r->fails && !strcmp(got, r->fails));
	if (!ok)
		say(r->file);
	if (ok && own) { /* without that root nothing of it is believed */
		const struct check *c;

		(void)appraised(r, false);
		c = check_find(&out.verdict.checks, "snp-root");
		ok = out.verdict.status == VERDICT_CONTRAINDICATED &&
		     (!c || c->result != CHECK_PASSED);
	}
	arena_free(a);
	return ok;
}

static const struct row *row_of(struct str file)
{
	for (size_t i = 0; i < ARRAY_LEN(rows); i++)
		if (str_is(file, rows[i].file))
			return &rows[i];
	return NULL;
}

/* Each row of these kinds that is no material for others must be known here. */
static void each_row(const struct json *vectors)
{
	size_t n = 0, good = 0;

	for (size_t i = 0; i < vectors->n; i++) {
		struct str kind, file, expected;
		struct err e = { 0 };
		const struct row *r;
		bool ok;

		CHECK_OK(json_get_str(&vectors->items[i], "kind", &kind, &e) &&
				 json_get_str(&vectors->items[i], "file", &file, &e) &&
				 json_get_str(&vectors->items[i], "expected", &expected, &e),
			e);
		if (!(str_is(kind, "snp") || str_starts(kind, "derived-snp")) ||
			str_is(expected, "material"))
			continue;
		r = row_of(file);
		ok = r && as_stated(r);
		test_report(ok, __FILE__, __LINE__, r ? r->file : file.p);
		n++;
		good += ok;
	}
	printf("conformance snp: %zu rows, %zu as stated\n", n, good);
}

int main(void)
{
	CLEANUP(arena_freep) struct arena *index = arena_new(64 << 20);
	CLEANUP(buf_done) struct buf file = { 0 };
	const struct json *list = NULL;
	struct json v;
	struct err e = { 0 };

	if (!vectors_find("evidence"))
		return vectors_skip();
	file = vectors_load("index.json");
	CHECK_OK(json_parse(&v, buf_span(&file), index, &e) &&
			 json_get_array(&v, "vectors", &list, &e),
		e);
	if (list)
		each_row(list);
	return test_end();
}
