#include "appraise/appraise_tpm_inside.h"

#include "trust/certificate.h"
#include "trust/gce_instance.h"
#include "trust/tpm_certified.h"
#include "base/banned.h"

enum { EK_BONDS = 1 << POLICY_TPM_CREDENTIAL | 1 << POLICY_TPM_ENROLLED };

/* Certificates of the evidence and of the trust file, as libcrypto wants them. */
struct chain {
	struct certificate *certs[BUNDLE_CERTIFICATES_MAX];
	size_t n;
	const struct certificate *roots[TRUST_FILE_ROOTS_MAX];
	size_t root_ids[TRUST_FILE_ROOTS_MAX];
	size_t n_roots;
};

static void chain_done(struct chain *c)
{
	for (size_t i = 0; i < c->n; i++)
		certificate_free(c->certs[i]);
	c->n = 0;
}

static bool chain_read(struct chain *c, const struct bundle_chain *from,
	const struct trust_file *trust, struct err *e)
{
	for (size_t i = 0; i < trust->n_roots && i < TRUST_FILE_ROOTS_MAX; i++) {
		if (!trust->roots[i].certificate)
			continue;
		c->root_ids[c->n_roots] = i;
		c->roots[c->n_roots++] = trust->roots[i].certificate;
	}
	for (; c->n < from->n; c->n++)
		if (!certificate_of_der(&c->certs[c->n], from->certificates[c->n], e))
			return err_wrap(e, "certificate %zu of the evidence", c->n);
	return true;
}

/*
 * What a chain up to this root lets us say about the hardware. Of two that disagree, the one that says least is believed.
 */
static void take_root(struct appraise_tpm_state *s, const struct trust_root *root)
{
	s->emulated |= root->emulated;
	if (root->emulated)
		s->hardware = (struct verdict_claim){ CHECK_NO_CLAIM,
			arena_printf(s->w.a,
				"the TPM is emulated (root '%.*s' of the trust file): whoever runs it, the host, could forge all of this",
				STR_ARG(root->name)) };
	else if (!s->emulated)
		s->hardware = (struct verdict_claim){ CHECK_AFFIRMS,
			arena_printf(s->w.a, "TPM certified by '%.*s' of the trust file",
				STR_ARG(root->name)) };
}

static void note_revocation(struct appraise_tpm_state *s)
{
	if (check_find(&s->w.out->verdict.checks, "revocation"))
		return;
	appraise_note(&s->w,
		(struct check){ .name = "revocation",
			.result = CHECK_NOT_APPLICABLE,
			.what = STR("the certificates are not revoked"),
			.reason = STR(
				"not looked up: this verifier works offline and TPM makers' lists are not in the evidence"),
			.claim = CHECK_HARDWARE,
			.fail_value = CHECK_NOT_RECOGNISED });
}

/* Google's say with an extension of their own, and a key usage, what others say with an extended key usage. */
static enum certificate_purpose purpose_of(const struct certificate *leaf, bool ek)
{
	struct gce_instance g;
	struct err ignored = { 0 };
	bool has = false;

	if (gce_instance_read(&g, &has, leaf, &ignored) && has)
		return ek ? CERTIFICATE_EK_GCE : CERTIFICATE_AK_GCE;
	return ek ? CERTIFICATE_EK : CERTIFICATE_AK;
}

/* The root in which the chain ends, or NULL. */
static const struct trust_root *check_chain(
	struct appraise_tpm_state *s, const struct chain *c, bool ek)
{
	struct certificate_chain path = { .leaf = c->certs[0],
		.others = (const struct certificate *const *)(c->certs + 1),
		.n_others = c->n - 1,
		.roots = c->roots,
		.n_roots = c->n_roots };
	struct err e = { 0 };
	size_t root = 0;
	bool ok = certificate_verify(&path, purpose_of(c->certs[0], ek), s->w.in->at_unix,
		s->w.in->policy->leeway_s, &root, &e);
	const struct trust_root *named = ok ? &s->w.in->trust->roots[c->root_ids[root]] : NULL;

	appraise_tpm_bond_test(s, ek ? EK_BONDS : 1U << POLICY_TPM_CERTIFICATE,
		(struct check){ .name = ek ? "ek-chain" : "ak-chain",
			.what = ek ? STR("the TPM's certificate leads to a root of the trust file")
				   : STR("the attestation key's certificate leads to a root of the trust file"),
			.want = STR("one of the TPM roots that the user named"),
			.got = named ? named->name : certificate_issuer(c->certs[0], s->w.a),
			.whose = STR("trust file"),
			.claim = CHECK_HARDWARE,
			.fail_value = CHECK_NOT_RECOGNISED },
		ok, &e);
	note_revocation(s);
	return named;
}

static void check_enrolled(struct appraise_tpm_state *s, const struct certificate *leaf)
{
	const struct enrolment *r = s->w.in->enrolment;
	uint8_t got[SHA256_SIZE];
	struct err e = { 0 };
	bool ok;

	certificate_sha256(got, leaf);
	ok = ct_equal(got, r->ek_certificate_sha256, sizeof got) ||
	     err_set(&e, ERR_MISMATCH, "the evidence comes with another TPM's certificate");
	appraise_tpm_bond_test(s, 1U << POLICY_TPM_ENROLLED,
		(struct check){ .name = "ek-enrolled",
			.what = STR("the TPM's certificate is the one that was enrolled"),
			.want = appraise_hex(&s->w, SPAN_OF(r->ek_certificate_sha256)),
			.got = appraise_hex(&s->w, SPAN_OF(got)),
			.whose = STR("this verifier's enrolment record"),
			.fail_value = CHECK_NOT_RECOGNISED },
		ok, &e);
}

/* Into c; NULL or the leaf of a chain that could be read. A key that is needed and not there is a failure. */
static const struct certificate *check_leaf(
	struct appraise_tpm_state *s, struct chain *c, bool ek, bool needs_key)
{
	const struct bundle *b = s->w.in->bundle;
	const struct bundle_chain *from = ek ? &b->ek_chain : &b->ak_chain;
	struct span key = ek ? b->ek_public : b->ak_public;
	struct err e = { 0 };
	bool ok = from->n > 0 ||
		  err_set(&e, ERR_NOTFOUND, "the evidence carries no EK certificate");

	ok = ok && chain_read(c, from, s->w.in->trust, &e) &&
	     ((!needs_key && !key.p) || tpm_certified(c->certs[0], key, &e));
	appraise_tpm_bond_test(s, ek ? EK_BONDS : 1U << POLICY_TPM_CERTIFICATE,
		(struct check){ .name = ek ? "ek-certificate" : "ak-certificate",
			.what = ek ? STR("the TPM's certificate is for its endorsement key")
				   : STR("the certificate is for the attestation key"),
			.got = c->n ? certificate_subject(c->certs[0], s->w.a) : STR("none"),
			.whose = STR("evidence"),
			.fail_value = CHECK_NOT_RECOGNISED },
		ok, &e);
	return c->n && c->n == from->n ? c->certs[0] : NULL;
}

void appraise_tpm_chain_ek(struct appraise_tpm_state *s)
{
	bool by_credential = s->offered >> POLICY_TPM_CREDENTIAL & 1;
	CLEANUP(chain_done) struct chain c = { 0 };
	const struct certificate *leaf = check_leaf(s, &c, true, by_credential);
	const struct trust_root *root;

	if (!leaf)
		return;
	if (s->offered >> POLICY_TPM_ENROLLED & 1)
		check_enrolled(s, leaf);
	root = check_chain(s, &c, true);
	if (root && appraise_tpm_bond_held(s) & EK_BONDS)
		take_root(s, root);
}

/* An authority in software is not Google's, whatever it writes. */
void appraise_tpm_chain_ak(struct appraise_tpm_state *s)
{
	CLEANUP(chain_done) struct chain c = { 0 };
	const struct certificate *leaf = check_leaf(s, &c, false, true);
	const struct trust_root *root = leaf ? check_chain(s, &c, false) : NULL;

	if (!(appraise_tpm_bond_held(s) >> POLICY_TPM_CERTIFICATE & 1))
		root = NULL;
	if (root)
		take_root(s, root);
	if (leaf)
		appraise_tpm_gce(s, leaf,
			!root            ? "it leads to no root of the trust file for this key"
			: root->emulated ? "its root is that of a TPM in software"
					 : NULL);
}
