/*
 * One case of the tests of the appraisal of SEV-SNP evidence: an honest guest with its certificates, one thing changed before
 * or after it is signed, the verdict that it must get and the check that must have failed.
 */
#ifndef ASSAY_TEST_APPRAISE_SNP_CASE_H
#define ASSAY_TEST_APPRAISE_SNP_CASE_H

#include "appraise/appraise.h"
#include "codec/yaml.h"
#include "snp_world.h"
#include "verdict_told.h"

enum { GUEST_CERTIFICATES = 8 };

struct guest {
	struct world w; /* certificates and report before they are signed */
	EVP_PKEY *report_key;
	bool own_data; /* REPORT_DATA is what the world has, not the binding's digest */
	struct binding binding, signed_binding;
	struct snp_made_crl crl;
	/* what the verifier has */
	struct arena *a;
	struct certificate *certificates[3]; /* leaf, ask, ark */
	struct snp_made_report report;
	struct bundle bundle;
	struct reference_register reg;
	struct reference_coverage coverage[7];
	struct reference_shape shape;
	struct policy policy;
	struct trust_hardware_root root;
	struct trust_file trust;
	uint8_t nonce[BINDING_NONCE_SIZE];
	struct appraise_in in;
};

static struct appraise_out guest_out;

/* Into the guest's arena; the buffer is released. */
__attribute__((unused)) static struct span guest_keep(struct guest *g, struct buf b)
{
	uint8_t *p = arena_alloc(g->a, b.n + 1);
	struct span s = span_make(p, b.n);

	if (b.n)
		memcpy(p, b.p, b.n);
	buf_done(&b);
	return s;
}

__attribute__((unused)) static struct span guest_der(struct guest *g, const struct certificate *c)
{
	struct buf b = buf_init(CERTIFICATE_SIZE_MAX);

	certificate_put(&b, c);
	return guest_keep(g, b);
}

static void guest_shape(struct guest *g)
{
	static const char *const layers[] = { "firmware", "firmware variables", "ACPI tables",
		"kernel", "initrd", "command line", "root file system" };

	for (size_t i = 0; i < ARRAY_LEN(layers); i++)
		g->coverage[i] = (struct reference_coverage){ str_of(layers[i]),
			i == 1 || i == 2 ? STR("") : STR("measurement"), STR("") };
	g->reg.how = REFERENCE_COMPUTED;
	g->reg.values[0].alg = DIGEST_SHA384;
	memset(g->reg.values[0].bytes, 0xd2, 48);
	g->shape = (struct reference_shape){ .name = STR("snp"),
		.platform = STR("snp"),
		.banks = { DIGEST_SHA384 },
		.n_banks = 1,
		.registers = &g->reg,
		.n_registers = 1,
		.coverage = g->coverage,
		.n_coverage = ARRAY_LEN(layers) };
}

/* What a verdict says lives in the arena of its case: until the next one begins. */
static struct arena *guest_kept;

__attribute__((unused)) static void guest_begin(struct guest *g, struct world w)
{
	arena_free(guest_kept);
	guest_kept = NULL;
	*g = (struct guest){ .w = w, .report_key = leaf_key, .a = arena_new(8 << 20) };
	g->binding.role = STR("attester");
	memset(g->nonce, 0x4e, sizeof g->nonce);
	memcpy(g->binding.nonce, g->nonce, sizeof g->nonce);
	g->signed_binding = g->binding;
	g->crl = (struct snp_made_crl){ .issuer = w.ark.subject,
		.signer = ark_key,
		.from = SNP_MADE_NOW - SNP_MADE_DAY,
		.to = SNP_MADE_NOW + SNP_MADE_DAY };
	guest_shape(g);
	g->policy = policy_default();
	g->root = (struct trust_hardware_root){
		.name = STR("test"), .hardware = TRUST_SNP, .product = w.product
	};
	g->trust.hardware = &g->root;
	g->trust.n_hardware = 1;
	g->bundle.kind = BUNDLE_SNP;
	g->in = (struct appraise_in){ .bundle = &g->bundle,
		.shape = &g->shape,
		.vouch = APPRAISE_BUILT_HERE,
		.policy = &g->policy,
		.trust = &g->trust,
		.nonce = g->nonce,
		.at_unix = SNP_MADE_NOW };
}

__attribute__((unused)) static void guest_sign(struct guest *g)
{
	const struct snp_made_certificate *const made[] = { &g->w.leaf, &g->w.ask, &g->w.ark };
	struct digest data;
	struct err e = { 0 };

	for (size_t i = 0; i < ARRAY_LEN(made); i++) {
		g->certificates[i] = snp_made_certificate(made[i]);
		g->bundle.snp_chain.certificates[i] = guest_der(g, g->certificates[i]);
	}
	g->bundle.snp_chain.n = ARRAY_LEN(made);
	certificate_sha256(g->root.sha256, g->certificates[2]);
	if (g->crl.issuer)
		g->bundle.snp_crl = guest_keep(g, snp_made_crl(&g->crl));
	g->report = g->w.report;
	if (!g->own_data) {
		CHECK_OK(binding_digest(&data, DIGEST_SHA512, &g->signed_binding, &e), e);
		memcpy(g->report.bytes + 0x50, data.bytes, 64);
		g->bundle.has_binding = true;
		g->bundle.binding = g->binding;
	}
	snp_made_sign(&g->report, g->report_key);
	g->bundle.snp_report = SPAN_OF(g->report.bytes);
}

/* Members of the policy's "snp", a line each. */
__attribute__((unused)) static void guest_policy(struct guest *g, const char *text)
{
	struct json v;
	struct err e = { 0 };

	CHECK_OK(yaml_parse(&v, str_span(str_of(text)), g->a, &e), e);
	CHECK_OK(policy_snp_parse(&g->policy.snp, &v, g->a, &e), e);
}

static void guest_say(const char *name)
{
	const struct verdict *v = &guest_out.verdict;

	fprintf(stderr, "case %s: %s\n", name, verdict_status_name(v->status));
	for (size_t i = 0; i < v->checks.n; i++)
		if (v->checks.items[i].result == CHECK_FAILED)
			fprintf(stderr, "  %s: %.*s\n", v->checks.items[i].name,
				STR_ARG(v->checks.items[i].reason));
}

/* failing: the check that must have failed, NULL for none; says: what its reason must contain, or NULL. */
__attribute__((unused)) static void guest_expect(struct guest *g, const char *name,
	enum verdict_status want, const char *failing, const char *says, int line)
{
	const struct verdict *v = &guest_out.verdict;
	struct err e = { 0 };
	const struct check *c;
	bool ok;

	CHECK_OK(appraise(&guest_out, &g->in, g->a, &e), e);
	verdict_told(name, &guest_out);
	c = failing ? check_find(&v->checks, failing) : NULL;
	ok = v->status == want && verdict_affirms(v) == (want == VERDICT_AFFIRMING) &&
	     (failing ? c && c->result == CHECK_FAILED && c->reason.n
		      : check_count(&v->checks, CHECK_FAILED) == 0);
	ok = ok && (!says || strstr(c->reason.p, says));
	test_report(ok, __FILE__, line, name);
	if (!ok)
		guest_say(name);
}

__attribute__((unused)) static void guest_done(struct guest *g)
{
	for (size_t i = 0; i < ARRAY_LEN(g->certificates); i++)
		certificate_free(g->certificates[i]);
	arena_free(guest_kept);
	guest_kept = g->a;
}

#define GOOD VERDICT_AFFIRMING
#define WARN VERDICT_WARNING
#define BAD VERDICT_CONTRAINDICATED

/* One honest guest g, what is done before it is signed (with ; or none) and after, and what must come of it. */
#define CASE(honest_one, name, want, failing, says, before, after)     \
	do {                                                           \
		struct guest g;                                        \
		guest_begin(&g, honest_one());                         \
		before;                                                \
		guest_sign(&g);                                        \
		after;                                                 \
		guest_expect(&g, name, want, failing, says, __LINE__); \
		guest_done(&g);                                        \
	} while (0)
#define NOTHING (void)g
#define EXT(i, arcs, der) g.w.leaf.extensions[i] = (struct snp_made_extension)LEVEL(arcs, der)
#define PUT(at, value, n) snp_made_put(&g.w.report, at, value, n)

#endif
