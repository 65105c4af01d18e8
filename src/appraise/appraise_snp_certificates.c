#include "appraise/appraise_snp_inside.h"
#include "trust/snp_signature.h"
#include "base/banned.h"

/* What speaks for a certificate as that of the key which signed, the heaviest first. */
enum { RIGHT_KIND = 16, SIGNED = 8, ISSUED = 4, RIGHT_CHIP = 2, RIGHT_TCB = 1 };

static void take_roots(struct appraise_snp_state *s)
{
	const struct trust_file *t = s->w->in->trust;

	for (s->n_roots = 0; s->n_roots < SNP_CHAIN_ROOTS; s->n_roots++)
		s->roots[s->n_roots] = snp_chain_roots[s->n_roots];
	for (size_t i = 0; i < t->n_hardware && s->n_roots < APPRAISE_SNP_ROOTS_MAX; i++) {
		struct snp_root *r = &s->roots[s->n_roots];

		if (t->hardware[i].hardware != TRUST_SNP)
			continue;
		r->product = t->hardware[i].product;
		memcpy(r->sha256, t->hardware[i].sha256, sizeof r->sha256);
		s->n_roots++;
	}
}

void appraise_snp_certificates_done(struct appraise_snp_state *s)
{
	for (size_t i = 0; i < s->n; i++)
		certificate_free(s->certificates[i]);
	s->n = 0;
}

/* The same certificate often comes twice: from the host and from who collected. */
static bool take(struct appraise_snp_state *s, struct span bytes, struct err *e)
{
	for (size_t i = 0; i < s->n; i++)
		if (span_equal(s->sources[i], bytes))
			return true;
	if (!certificate_of_file(&s->certificates[s->n], bytes, e))
		return false;
	s->sources[s->n++] = bytes;
	return true;
}

static bool take_all(struct appraise_snp_state *s, struct err *e)
{
	const struct bundle *b = s->w->in->bundle;

	for (size_t i = 0; i < b->snp_chain.n; i++)
		if (!take(s, b->snp_chain.certificates[i], e))
			return err_wrap(e, "certificate %zu that was collected", i);
	if (!snp_certs_parse(&s->table, b->snp_table, e))
		return false;
	for (int k = 0; k < SNP_CERTS_KINDS; k++)
		if (k != SNP_CERTS_CRL && s->table.items[k].p && !take(s, s->table.items[k], e))
			return err_wrap(e, "%s of the host's table",
				snp_certs_name((enum snp_certs_kind)k));
	return true;
}

static enum snp_leaf_kind wanted_kind(const struct snp_report *r)
{
	switch (r->signing_key) {
	case SNP_KEY_VCEK:
		return SNP_LEAF_VCEK;
	case SNP_KEY_VLEK:
		return SNP_LEAF_VLEK;
	default:
		return SNP_LEAF_UNKNOWN;
	}
}

/* Names decide nothing: the host may have put other certificates of the same name before the right ones. */
static bool find_chain(struct snp_chain *ret, const struct appraise_snp_state *s,
	const struct snp_chain_trust *trust, const struct certificate *leaf, struct err *e)
{
	return snp_chain_find(
		ret, leaf, (const struct certificate *const *)s->certificates, s->n, trust, e);
}

static struct snp_chain_trust trust_of(const struct appraise_snp_state *s)
{
	return (struct snp_chain_trust){ .roots = s->roots,
		.n_roots = s->n_roots,
		.at_unix = s->w->in->at_unix,
		.leeway_s = s->w->in->policy->leeway_s };
}

static bool is_issued(
	const struct appraise_snp_state *s, const struct certificate *leaf, struct err *e)
{
	struct snp_chain_trust trust = trust_of(s);
	struct snp_chain chain;

	return find_chain(&chain, s, &trust, leaf, e) && snp_chain_holds(&chain, &trust);
}

static int weight_of(const struct appraise_snp_state *s, const struct snp_leaf *leaf,
	const struct certificate *c, bool alone)
{
	enum snp_product product = snp_product_of_text(leaf->product_name);
	struct snp_tcb reported;
	struct err e = { 0 };
	int weight = 0;

	if (leaf->kind == wanted_kind(&s->report))
		weight |= RIGHT_KIND;
	if (leaf->hwid.n && leaf->hwid.n <= s->report.chip_id.n &&
		ct_equal(leaf->hwid.p, s->report.chip_id.p, leaf->hwid.n))
		weight |= RIGHT_CHIP;
	if (snp_tcb_read(&reported, s->report.reported_tcb, product, &e) &&
		snp_tcb_check_equal("", &reported, "", &leaf->tcb, &e))
		weight |= RIGHT_TCB;
	if (!alone && snp_signature_verify(&s->report, c, &e))
		weight |= SIGNED;
	if (weight & SIGNED && is_issued(s, c, &e))
		weight |= ISSUED;
	return weight;
}

/* Certificates with a leaf's name; *e gets what is wrong with one that cannot be read. */
static size_t leaves_of(
	const struct appraise_snp_state *s, struct snp_leaf leaves[], bool is_leaf[], struct err *e)
{
	size_t n = 0;

	for (size_t i = 0; i < s->n; i++) {
		is_leaf[i] = snp_leaf_read(&leaves[i], s->certificates[i], e) &&
			     leaves[i].kind != SNP_LEAF_UNKNOWN;
		n += is_leaf[i];
	}
	return n;
}

/* Which one it is follows from what it says, and where several would do, from which key signed; never from its place. */
static bool find_leaf(struct appraise_snp_state *s, struct err *e)
{
	struct snp_leaf leaves[APPRAISE_SNP_CERTIFICATES];
	bool is_leaf[APPRAISE_SNP_CERTIFICATES];
	size_t n = leaves_of(s, leaves, is_leaf, e);
	int best = -1;

	for (size_t i = 0; i < s->n; i++) {
		int weight = is_leaf[i] ? weight_of(s, &leaves[i], s->certificates[i], n == 1) : -1;

		if (weight <= best)
			continue;
		best = weight;
		s->leaf_certificate = s->certificates[i];
		s->leaf = leaves[i];
	}
	if (s->leaf_certificate)
		return true;
	if (e->text[0])
		return false;
	return err_set(e, ERR_NOTFOUND,
		"none of the %zu certificates with the evidence is called SEV-VCEK or SEV-VLEK",
		s->n);
}

static bool pick(struct appraise_snp_state *s, struct err *e)
{
	struct snp_chain_trust trust = trust_of(s);

	return find_chain(&s->chain, s, &trust, s->leaf_certificate, e);
}

static struct check check_of(const char *name, const char *what)
{
	return (struct check){ .name = name,
		.what = str_of(what),
		.whose = STR("evidence"),
		.claim = CHECK_HARDWARE,
		.fail_value = CHECK_NOT_RECOGNISED };
}

void appraise_snp_certificates(struct appraise_snp_state *s)
{
	struct check all = check_of("snp-certificates",
			     "the certificates that come with the report can be read"),
		     leaf = check_of("snp-leaf",
			     "a certificate of a key that signs reports is with the evidence"),
		     issuers = check_of("snp-issuers",
			     "the certificates of the leaf's issuers are with the evidence");
	struct err e = { 0 }, leaf_e = { 0 }, issuers_e = { 0 };
	bool ok = take_all(s, &e);

	take_roots(s);
	all.got = arena_printf(s->w->a, "%zu certificates", s->n);
	appraise_test(s->w, all, ok, &e);
	ok = find_leaf(s, &leaf_e);
	leaf.want = arena_printf(s->w->a, "%s, as SIGNING_KEY of the report says",
		snp_report_key_name(s->report.signing_key));
	if (ok)
		leaf.got = str_of(snp_leaf_kind_name(s->leaf.kind));
	appraise_test(s->w, leaf, ok, &leaf_e);
	s->has_chain = ok && pick(s, &issuers_e);
	if (ok)
		appraise_test(s->w, issuers, s->has_chain, &issuers_e);
	else
		appraise_skip(s->w, issuers, str_of(appraise_snp_no_leaf(s)));
}
