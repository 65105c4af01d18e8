#include "appraise/appraise_snp_inside.h"
#include "trust/snp_crl.h"
#include "base/banned.h"

static void check_root(struct appraise_snp_state *s)
{
	static const struct appraise_snp_question q = { "snp-root",
		"the chain ends in a root that is trusted", "this verifier and the trust file",
		CHECK_HARDWARE, CHECK_NOT_RECOGNISED, .ask = NULL };
	struct check c = appraise_snp_check(&q);
	enum snp_product product = SNP_PRODUCT_UNKNOWN;
	uint8_t digest[SHA256_SIZE];
	struct err e = { 0 };
	bool ok;

	c.want = STR("AMD's ARK of Milan, Genoa or Turin, or an SNP root of the trust file");
	if (!s->has_chain) {
		appraise_skip(s->w, c, str_of(appraise_snp_no_chain(s)));
		return;
	}
	certificate_sha256(digest, s->chain.ark);
	c.got = appraise_hex(s->w, SPAN_OF(digest));
	ok = snp_chain_root(&product, &s->chain, s->roots, s->n_roots, &e);
	if (ok)
		s->product = product;
	appraise_test(s->w, c, ok, &e);
}

static bool roles_hold(const struct appraise_snp_state *s, struct err *e)
{
	return snp_chain_check_roles(&s->chain, s->product, e);
}

static bool signatures_hold(const struct appraise_snp_state *s, struct err *e)
{
	return snp_chain_check_signatures(&s->chain, e);
}

static bool time_holds(const struct appraise_snp_state *s, struct err *e)
{
	return snp_chain_check_time(&s->chain, s->w->in->at_unix, s->w->in->policy->leeway_s, e);
}

static struct str time_text(struct appraise_snp_state *s)
{
	return arena_printf(s->w->a, "%lld", (long long)s->w->in->at_unix);
}

static const struct appraise_snp_question steps[] = {
	{ "snp-roles", "each certificate is what its place wants: names, key, authority",
		"AMD 57230", CHECK_HARDWARE, CHECK_NOT_RECOGNISED, appraise_snp_no_chain,
		.ask = roles_hold },
	{ "snp-chain", "the root signed the intermediate, and that the leaf", "AMD 57230",
		CHECK_HARDWARE, CHECK_CRYPTO_FAILED, appraise_snp_no_chain,
		.ask = signatures_hold },
	{ "snp-time", "the certificates are valid now", "this verifier", CHECK_HARDWARE,
		CHECK_NOT_RECOGNISED, appraise_snp_no_chain, .got = time_text, .ask = time_holds },
};

/* ---- revocation ---- */

static const struct appraise_snp_question revocation[] = {
	{ "snp-crl", "the root's list of revoked certificates is with the evidence", "policy",
		CHECK_HARDWARE, CHECK_UNSAFE, .ask = NULL },
	{ "snp-crl-issuer", "the list is the root's own", "AMD 57230", CHECK_HARDWARE,
		CHECK_NOT_RECOGNISED, .ask = NULL },
	{ "snp-crl-time", "the list is the current one", "this verifier", CHECK_HARDWARE,
		CHECK_UNSAFE, .ask = NULL },
	{ "snp-revoked", "neither the intermediate nor the root is revoked", "the root's list",
		CHECK_HARDWARE, CHECK_NOT_RECOGNISED, .ask = NULL },
};

static void skip_revocation(struct appraise_snp_state *s, size_t from, struct str reason)
{
	for (size_t i = from; i < ARRAY_LEN(revocation); i++)
		appraise_skip(s->w, appraise_snp_check(&revocation[i]), reason);
}

/* Not only by its own dates: who carries an older list hides what was revoked since. */
static bool is_current(const struct appraise_snp_state *s, const struct snp_crl *crl, struct err *e)
{
	const struct policy_member_age *age = &s->policy->crl_max_age;
	int64_t at_unix = s->w->in->at_unix, leeway_s = s->w->in->policy->leeway_s;

	return snp_crl_check_time(crl, at_unix, leeway_s, e) &&
	       (!age->given || snp_crl_check_age(crl, age->max_s, at_unix, leeway_s, e));
}

static void check_list(struct appraise_snp_state *s, const struct snp_crl *crl)
{
	struct err e[3] = { 0 };
	const bool ok[] = { snp_crl_check_issuer(crl, &s->chain, &e[0]), is_current(s, crl, &e[1]),
		snp_crl_check_revoked(crl, &s->chain, &e[2]) };

	for (size_t i = 0; i < ARRAY_LEN(ok); i++)
		appraise_test(s->w, appraise_snp_check(&revocation[i + 1]), ok[i], &e[i]);
}

/* That of the bundle was collected for this verifier; without one that of the host's table. */
static void check_revocation(struct appraise_snp_state *s)
{
	CLEANUP(snp_crl_freep) struct snp_crl *crl = NULL;
	struct check c = appraise_snp_check(&revocation[0]);
	struct span bytes = s->w->in->bundle->snp_crl;
	struct err e = { 0 };
	bool ok;

	c.want = s->policy->crl == POLICY_SNP_CRL_REQUIRE ? STR("require") : STR("if-present");
	if (!bytes.p)
		bytes = s->table.items[SNP_CERTS_CRL];
	if (s->policy->crl == POLICY_SNP_CRL_OFF) {
		skip_revocation(s, 0, STR("the policy says that no list is looked at"));
		return;
	}
	if (!bytes.p && s->policy->crl == POLICY_SNP_CRL_IF_PRESENT) {
		skip_revocation(s, 0, STR("there is no list, and the policy does not require one"));
		return;
	}
	ok = bytes.p ? snp_crl_of_file(&crl, bytes, &e)
		     : err_set(&e, ERR_NOTFOUND,
			       "no list of revoked certificates is with the evidence, and the policy requires one: `assay bundle make` collects it");
	appraise_test(s->w, c, ok, &e);
	if (!ok)
		skip_revocation(s, 1, STR("there is no list to look at"));
	else if (!s->has_chain)
		skip_revocation(s, 1, str_of(appraise_snp_no_chain(s)));
	else
		check_list(s, crl);
}

/* What to read fields by when no root says it. */
static enum snp_product likely_product(const struct appraise_snp_state *s)
{
	enum snp_product product = snp_report_product(&s->report);

	return product || !s->leaf_certificate ? product
					       : snp_product_of_text(s->leaf.product_name);
}

void appraise_snp_chain(struct appraise_snp_state *s)
{
	s->product = likely_product(s);
	check_root(s);
	appraise_snp_ask(s, steps, ARRAY_LEN(steps));
	check_revocation(s);
}
