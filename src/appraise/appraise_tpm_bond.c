#include "appraise/appraise_tpm_inside.h"

#include "trust/ek_template.h"
#include "base/banned.h"

enum { BONDS = POLICY_TPM_AKS };

static bool name_equal(const struct tpm_name *a, const struct tpm_name *b)
{
	return a->n && a->n == b->n && ct_equal(a->bytes, b->bytes, a->n);
}

static unsigned offered_by(const struct appraise_in *in, const struct tpm_name *ak)
{
	unsigned set = 0;

	if (trust_file_is_pinned(in->trust, ak))
		set |= 1U << POLICY_TPM_PINNED;
	if (in->challenge)
		set |= 1U << POLICY_TPM_CREDENTIAL;
	if (in->enrolment && name_equal(&in->enrolment->ak, ak))
		set |= 1U << POLICY_TPM_ENROLLED;
	if (in->bundle->ak_chain.n)
		set |= 1U << POLICY_TPM_CERTIFICATE;
	return set;
}

/* The one that is told as the key's bond; BONDS without any. */
static unsigned first_of(unsigned offered)
{
	unsigned i = 0;

	while (i < BONDS && !(offered >> i & 1))
		i++;
	return i;
}

/* With these the evidence stands and falls: the first, and the only one that the policy takes. */
static unsigned rested_on(const struct appraise_tpm_state *s)
{
	unsigned only = s->w.in->policy->tpm.ak;

	return 1U << first_of(s->offered) | (only & (only - 1) ? 0 : only);
}

static void fails(struct appraise_tpm_state *s, unsigned bonds, const struct err *e)
{
	bonds &= s->offered & ~s->failed;
	s->failed |= bonds;
	for (unsigned i = 0; i < BONDS; i++)
		if (bonds >> i & 1)
			s->why_not[i] = arena_str(s->w.a, str_of(e->text));
}

void appraise_tpm_bond_test(
	struct appraise_tpm_state *s, unsigned bonds, struct check c, bool ok, const struct err *e)
{
	bonds &= s->offered;
	if (!ok)
		fails(s, bonds, e);
	if (ok || bonds & rested_on(s))
		appraise_test(&s->w, c, ok, e);
	else
		appraise_skip(&s->w, c, arena_printf(s->w.a, "%s; nothing rests on it", e->text));
}

unsigned appraise_tpm_bond_held(const struct appraise_tpm_state *s)
{
	return s->offered & ~s->failed;
}

/* The evidence is by the key for which the credential was made, and its quote names the secret that was in it. */
static bool credential_holds(const struct appraise_tpm_state *s, struct err *e)
{
	const struct appraise_challenge *c = s->w.in->challenge;
	uint8_t digest[SHA256_SIZE];

	sha256_of(digest, SPAN_OF(c->secret));
	if (!name_equal(&c->ak, &s->ak_name))
		return err_set(
			e, ERR_MISMATCH, "AK not bound: the credential was made for another key");
	if (!span_equal(c->ek_public, s->w.in->bundle->ek_public))
		return err_set(e, ERR_MISMATCH, "AK not bound: the evidence names another EK");
	if (!ct_equal(digest, s->w.in->bundle->binding.secret_digest, sizeof digest))
		return err_set(e, ERR_MISMATCH,
			"AK not bound: the machine did not recover the credential's secret");
	return true;
}

static void check_template(struct appraise_tpm_state *s)
{
	struct tpm_public ek;
	struct err e = { 0 };
	bool ok = s->w.in->bundle->ek_public.p != NULL ||
		  err_set(&e, ERR_NOTFOUND, "the evidence does not carry the endorsement key");

	ok = ok && tpm_public_parse(&ek, s->w.in->bundle->ek_public, &e) &&
	     ek_template_check(&ek, &e);
	appraise_tpm_bond_test(s, 1U << POLICY_TPM_CREDENTIAL,
		(struct check){ .name = "ek-template",
			.what = STR("the endorsement key is made by the TCG default template"),
			.want = STR("template L-1 (RSA 2048), or L-2 (ECC P-256)"),
			.whose = STR("TCG EK Credential Profile 2.5, B.3"),
			.fail_value = CHECK_CONTRAINDICATED },
		ok, &e);
}

/* Beside a name that is pinned, which is the key's bond then. */
static void check_credential(struct appraise_tpm_state *s)
{
	struct err e = { 0 };
	bool ok = credential_holds(s, &e);

	appraise_tpm_bond_test(s, 1U << POLICY_TPM_CREDENTIAL,
		(struct check){ .name = "ak-credential",
			.what = STR("the TPM recovered this verifier's own secret"),
			.whose = STR("this verifier"),
			.fail_value = CHECK_NOT_RECOGNISED },
		ok, &e);
}

/* What else would bind the key. */
#define ADVICE "; ask the machine itself (verify URL), enrol it, or pin its name"

/* Anybody can lay a certificate beside a key, and make one: it binds once its chain was looked at and holds. */
static bool certificate_holds(const struct appraise_tpm_state *s, struct err *e)
{
	return appraise_tpm_bond_held(s) >> POLICY_TPM_CERTIFICATE & 1 ||
	       err_set(e, ERR_MISMATCH, "AK not bound by its certificate: %.*s" ADVICE,
		       STR_ARG(s->why_not[POLICY_TPM_CERTIFICATE]));
}

static void check_bound(struct appraise_tpm_state *s)
{
	static const char *const how[BONDS + 1] = {
		[POLICY_TPM_PINNED] = "a name that the trust file pins",
		[POLICY_TPM_CREDENTIAL] = "this verifier's own secret, recovered by the TPM",
		[POLICY_TPM_ENROLLED] = "this verifier's enrolment record",
		[POLICY_TPM_CERTIFICATE] = "a certificate of the attestation key",
		[BONDS] = "a credential, an enrolment record, a pinned name or a certificate",
	};
	unsigned first = first_of(s->offered);
	struct err e = { 0 };
	bool ok = first != BONDS;

	if (!ok)
		err_set(&e, ERR_NOTFOUND, "AK not bound: anybody can make such a key" ADVICE);
	if (first == POLICY_TPM_CERTIFICATE)
		ok = certificate_holds(s, &e);
	if (first == POLICY_TPM_CREDENTIAL) {
		ok = credential_holds(s, &e);
		if (!ok)
			fails(s, 1U << POLICY_TPM_CREDENTIAL, &e);
	} else if (s->offered >> POLICY_TPM_CREDENTIAL & 1) {
		check_credential(s);
	}
	appraise_test(&s->w,
		(struct check){ .name = "ak-bound",
			.what = STR("the attestation key is bound to a TPM"),
			.want = str_of(how[first]),
			.got = appraise_hex(&s->w, span_make(s->ak_name.bytes, s->ak_name.n)),
			.whose = first == POLICY_TPM_PINNED ? STR("trust file")
							    : STR("this verifier"),
			.fail_value = CHECK_NOT_RECOGNISED },
		ok, &e);
}

/* Where no certificate was looked at. */
static void note_pinned(struct appraise_tpm_state *s)
{
	if (check_find(&s->w.out->verdict.checks, "ek-chain"))
		return;
	appraise_note(&s->w,
		(struct check){ .name = "ek-chain",
			.result = CHECK_NOT_APPLICABLE,
			.what = STR("the TPM's certificate leads to a root of the trust file"),
			.reason = STR("the trust file pins this attestation key by name"),
			.claim = CHECK_HARDWARE,
			.fail_value = CHECK_NOT_RECOGNISED });
}

/* Why none of the ways that the policy takes holds: each with its own reason in full, which together are longer than one. */
static struct str none_holds(struct appraise_tpm_state *s)
{
	static const char *const not_offered[BONDS] = {
		[POLICY_TPM_PINNED] = "the trust file does not name the key",
		[POLICY_TPM_CREDENTIAL] = "the machine itself was not asked (verify URL)",
		[POLICY_TPM_ENROLLED] = "this verifier has no record of the key (enroll URL)",
		[POLICY_TPM_CERTIFICATE] = "the evidence carries no certificate of the key",
	};
	CLEANUP(buf_done) struct buf b = buf_init(BONDS * (sizeof((struct err *)0)->text + 32));

	for (unsigned i = 0; i < BONDS; i++)
		if (s->w.in->policy->tpm.ak >> i & 1)
			buf_printf(&b, "%s%s: %.*s", b.n ? "; " : "",
				policy_tpm_ak_name((enum policy_tpm_ak)i),
				STR_ARG(s->offered >> i & 1 ? s->why_not[i]
							    : str_of(not_offered[i])));
	return arena_str(s->w.a, buf_str(&b));
}

static struct str aks_text(struct appraise_tpm_state *s, unsigned aks)
{
	CLEANUP(buf_done) struct buf b = buf_init(64);

	policy_tpm_tell_aks(aks, &b);
	return b.n ? arena_str(s->w.a, buf_str(&b)) : STR("none");
}

static struct check source_check(void)
{
	return (struct check){ .name = "ak-source",
		.what = STR("the attestation key is known in a way that the policy takes"),
		.whose = STR("policy"),
		.fail_value = CHECK_NOT_RECOGNISED };
}

void appraise_tpm_source_of_hardware(struct appraise_work *w)
{
	appraise_skip(w, source_check(), STR("the hardware underneath names the key"));
}

static void check_source(struct appraise_tpm_state *s)
{
	unsigned taken = s->w.in->policy->tpm.ak, held = appraise_tpm_bond_held(s);
	struct check c = source_check();

	c.got = aks_text(s, held);
	if (!taken) {
		appraise_skip(&s->w, c, STR("the policy does not ask for it: any way is taken"));
		return;
	}
	c.want = aks_text(s, taken);
	c.result = taken & held ? CHECK_PASSED : CHECK_FAILED;
	if (c.result == CHECK_FAILED)
		c.reason = none_holds(s);
	appraise_note(&s->w, c);
}

void appraise_tpm_bond(struct appraise_tpm_state *s)
{
	bool pinned, ek, certificate_alone;

	s->offered = offered_by(s->w.in, &s->ak_name);
	certificate_alone = first_of(s->offered) == POLICY_TPM_CERTIFICATE;
	pinned = s->offered >> POLICY_TPM_PINNED & 1;
	ek = s->offered >> POLICY_TPM_CREDENTIAL & 1 || s->offered >> POLICY_TPM_ENROLLED & 1;
	if (certificate_alone)
		appraise_tpm_chain_ak(s);
	check_bound(s);
	if (s->offered >> POLICY_TPM_CREDENTIAL & 1)
		check_template(s);
	if (pinned)
		s->hardware.why = STR(
			"the trust file pins the attestation key; nothing else says that its TPM is genuine");
	if (ek)
		appraise_tpm_chain_ek(s);
	if (s->offered >> POLICY_TPM_CERTIFICATE & 1 && !certificate_alone)
		appraise_tpm_chain_ak(s);
	if (pinned)
		note_pinned(s);
	check_source(s);
}
