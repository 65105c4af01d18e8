#include "appraise/appraise_snp_inside.h"
#include "trust/snp_signature.h"
#include "base/banned.h"

static bool key_is_meant(const struct appraise_snp_state *s, struct err *e)
{
	return snp_leaf_check_signing_key(&s->leaf, &s->report, e);
}

static bool product_agrees(const struct appraise_snp_state *s, struct err *e)
{
	return snp_leaf_check_product(&s->leaf, &s->report, s->product, e);
}

static bool tcb_agrees(const struct appraise_snp_state *s, struct err *e)
{
	return snp_leaf_check_tcb(&s->leaf, &s->report, s->product, e);
}

/* Which of the two a certificate names, and which of them is asked, its kind decides. */
static const char *no_chip(const struct appraise_snp_state *s)
{
	if (s->leaf_certificate && s->leaf.kind == SNP_LEAF_VLEK)
		return "a VLEK names no chip: its provider may use it on any of the provider's chips";
	return appraise_snp_no_leaf(s);
}

static const char *no_provider(const struct appraise_snp_state *s)
{
	if (s->leaf_certificate && s->leaf.kind != SNP_LEAF_VLEK)
		return "the certificate is not a VLEK's but one chip's";
	return appraise_snp_no_leaf(s);
}

static bool chip_agrees(const struct appraise_snp_state *s, struct err *e)
{
	return snp_leaf_check_chip(&s->leaf, &s->report, s->product, e);
}

static struct str kind_text(struct appraise_snp_state *s)
{
	return str_of(snp_leaf_kind_name(s->leaf.kind));
}

static struct str signing_key_text(struct appraise_snp_state *s)
{
	return str_of(snp_report_key_name(s->report.signing_key));
}

static struct str product_text(struct appraise_snp_state *s)
{
	return str_of(snp_product_name(s->product));
}

static struct str said_product(struct appraise_snp_state *s)
{
	if (!s->report.has_cpu)
		return arena_str(s->w->a, s->leaf.product_name); /* it outlives the certificate */
	return arena_printf(s->w->a, "%.*s; CPUID: %s", STR_ARG(s->leaf.product_name),
		snp_product_name(snp_report_product(&s->report)));
}

static struct str leaf_tcb(struct appraise_snp_state *s)
{
	return appraise_snp_tcb_text(s, &s->leaf.tcb, s->product);
}

static struct str reported_tcb(struct appraise_snp_state *s)
{
	return appraise_snp_raw_tcb(s, s->report.reported_tcb);
}

static struct str leaf_chip(struct appraise_snp_state *s)
{
	return appraise_hex(s->w, s->leaf.hwid);
}

static struct str leaf_provider(struct appraise_snp_state *s)
{
	return arena_str(s->w->a, s->leaf.csp); /* it outlives the certificate */
}

static struct str report_chip(struct appraise_snp_state *s)
{
	return appraise_hex(s->w, s->report.chip_id);
}

static const struct appraise_snp_question questions[] = {
	{ "snp-signing-key", "SIGNING_KEY of the report names the certificate's kind",
		"certificate", CHECK_INSTANCE_IDENTITY, CHECK_NOT_RECOGNISED, appraise_snp_no_leaf,
		kind_text, signing_key_text, key_is_meant },
	{ "snp-product", "root, certificate and the report's CPUID name the same product line",
		"root", CHECK_HARDWARE, CHECK_NOT_RECOGNISED, appraise_snp_no_leaf, product_text,
		said_product, product_agrees },
	{ "snp-tcb", "the certificate is for the report's REPORTED_TCB", "certificate",
		CHECK_HARDWARE, CHECK_NOT_RECOGNISED, appraise_snp_no_leaf, leaf_tcb, reported_tcb,
		tcb_agrees },
	{ "snp-chip", "the certificate is for the report's CHIP_ID", "certificate",
		CHECK_INSTANCE_IDENTITY, CHECK_NOT_RECOGNISED, no_chip, leaf_chip, report_chip,
		chip_agrees },
	{ "snp-provider", "the certificate of a VLEK names the cloud provider, and no chip",
		"AMD 57230", CHECK_INSTANCE_IDENTITY, CHECK_NOT_RECOGNISED, no_provider, NULL,
		leaf_provider, chip_agrees },
};

/* A report seldom has a bad signature: mostly the certificate is another chip's, or for another TCB, and that is said. */
static void explain_signature(const struct appraise_snp_state *s, struct err *e)
{
	for (size_t i = 0; i < ARRAY_LEN(questions); i++) {
		const struct check *c = check_find(&s->w->out->verdict.checks, questions[i].name);

		if (!c || c->result != CHECK_FAILED)
			continue;
		(void)err_set(e, ERR_SIGNATURE,
			"the certificate's key did not sign the report, and %s says why: %.*s",
			c->name, STR_ARG(c->reason));
		return;
	}
}

static void check_signature(struct appraise_snp_state *s)
{
	static const struct appraise_snp_question q = { "snp-signature",
		"the key of the leaf certificate signed the report", "AMD 56860",
		CHECK_INSTANCE_IDENTITY, CHECK_CRYPTO_FAILED, .ask = NULL };
	struct check c = appraise_snp_check(&q);
	struct err e = { 0 };
	bool ok;

	c.want = STR("ECDSA on P-384 over the first 0x2a0 bytes");
	if (!s->leaf_certificate) {
		appraise_skip(s->w, c, str_of(appraise_snp_no_leaf(s)));
		return;
	}
	ok = snp_signature_verify(&s->report, s->leaf_certificate, &e);
	if (!ok && e.kind == ERR_SIGNATURE)
		explain_signature(s, &e);
	appraise_test(s->w, c, ok, &e);
}

void appraise_snp_leaf(struct appraise_snp_state *s)
{
	appraise_snp_ask(s, questions, ARRAY_LEN(questions));
	check_signature(s);
}
