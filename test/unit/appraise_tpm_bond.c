/*
 * By what an attestation key is known, when there are several ways and the policy takes only some: the first that is offered
 * decides as ever, and one that the policy takes must hold.
 */
#include "appraise_case.h"

enum {
	PINNED = 1 << POLICY_TPM_PINNED,
	CREDENTIAL = 1 << POLICY_TPM_CREDENTIAL,
	ENROLLED = 1 << POLICY_TPM_ENROLLED,
	CERTIFICATE = 1 << POLICY_TPM_CERTIFICATE,
};

/* What goes wrong with a way that is offered. */
enum wrong {
	NOTHING,
	OTHER_SECRET = 1,    /* the machine did not open the credential */
	OTHER_EK = 2,        /* another TPM was enrolled */
	OTHER_KEY = 4,       /* the certificate is for another key */
	OTHER_AUTHORITY = 8, /* the certificate is by nobody whom the user knows */
	OTHER_TEMPLATE = 16, /* the endorsement key can sign */
	NO_EK_CERTIFICATE = 32,
};

static const struct bond_case {
	unsigned offered, taken, wrong;
	enum verdict_status want;
	const char *failing;
} cases[] = {
	/* each alone, whether the policy asks or not */
	{ PINNED, 0, NOTHING, GOOD, NULL },
	{ CREDENTIAL, 0, NOTHING, GOOD, NULL },
	{ ENROLLED, 0, NOTHING, GOOD, NULL },
	{ CERTIFICATE, 0, NOTHING, GOOD, NULL },
	{ PINNED, PINNED, NOTHING, GOOD, NULL },
	{ CREDENTIAL, CREDENTIAL, NOTHING, GOOD, NULL },
	{ ENROLLED, ENROLLED, NOTHING, GOOD, NULL },
	{ CERTIFICATE, CERTIFICATE, NOTHING, GOOD, NULL },
	{ CERTIFICATE, 15, NOTHING, GOOD, NULL },
	{ PINNED, 15, NOTHING, GOOD, NULL },
	/* a certificate alone, and not one that binds the key */
	{ CERTIFICATE, 0, OTHER_KEY, BAD, "ak-bound" },
	{ CERTIFICATE, 0, OTHER_AUTHORITY, BAD, "ak-bound" },
	{ CERTIFICATE, CERTIFICATE, OTHER_AUTHORITY, BAD, "ak-bound" },
	{ CERTIFICATE, 0, OTHER_AUTHORITY, BAD, "ak-chain" },
	/* not the one that is taken */
	{ PINNED, CREDENTIAL | ENROLLED | CERTIFICATE, NOTHING, BAD, "ak-source" },
	{ CREDENTIAL, PINNED | ENROLLED | CERTIFICATE, NOTHING, BAD, "ak-source" },
	{ ENROLLED, PINNED | CREDENTIAL | CERTIFICATE, NOTHING, BAD, "ak-source" },
	{ CERTIFICATE, PINNED | CREDENTIAL | ENROLLED, NOTHING, BAD, "ak-source" },
	{ 0, 15, NOTHING, BAD, "ak-source" },
	{ 0, 15, NOTHING, BAD, "ak-bound" },
	/* a second one, which is the one that is taken */
	{ PINNED | CERTIFICATE, CERTIFICATE, NOTHING, GOOD, NULL },
	{ PINNED | ENROLLED, ENROLLED, NOTHING, GOOD, NULL },
	{ PINNED | CREDENTIAL, CREDENTIAL, NOTHING, GOOD, NULL },
	{ ENROLLED | CERTIFICATE, CERTIFICATE, NOTHING, GOOD, NULL },
	{ CREDENTIAL | ENROLLED, ENROLLED, NOTHING, GOOD, NULL },
	{ CREDENTIAL | CERTIFICATE, CERTIFICATE, NOTHING, GOOD, NULL },
	{ 15, CERTIFICATE, NOTHING, GOOD, NULL },
	{ 15, 0, NOTHING, GOOD, NULL },
	/* and does not hold */
	{ PINNED | CERTIFICATE, CERTIFICATE, OTHER_KEY, BAD, "ak-source" },
	{ PINNED | CERTIFICATE, CERTIFICATE, OTHER_KEY, BAD, "ak-certificate" },
	{ PINNED | CERTIFICATE, CERTIFICATE, OTHER_AUTHORITY, BAD, "ak-source" },
	{ PINNED | CERTIFICATE, CERTIFICATE, OTHER_AUTHORITY, BAD, "ak-chain" },
	{ PINNED | CREDENTIAL, CREDENTIAL, OTHER_SECRET, BAD, "ak-source" },
	{ PINNED | CREDENTIAL, CREDENTIAL, OTHER_TEMPLATE, BAD, "ek-template" },
	{ PINNED | CREDENTIAL, CREDENTIAL, NO_EK_CERTIFICATE, BAD, "ak-source" },
	{ PINNED | ENROLLED, ENROLLED, OTHER_EK, BAD, "ak-source" },
	{ PINNED | ENROLLED, ENROLLED, OTHER_EK, BAD, "ek-enrolled" },
	{ PINNED | ENROLLED, ENROLLED, NO_EK_CERTIFICATE, BAD, "ak-source" },
	{ ENROLLED | CERTIFICATE, CERTIFICATE, OTHER_KEY, BAD, "ak-source" },
	{ CREDENTIAL | ENROLLED, ENROLLED, OTHER_EK, BAD, "ak-source" },
	{ PINNED | CERTIFICATE | ENROLLED, CERTIFICATE | ENROLLED, OTHER_EK | OTHER_KEY, BAD,
		"ak-source" },
	/* one of several suffices */
	{ PINNED | CERTIFICATE, PINNED | CERTIFICATE, OTHER_KEY, GOOD, NULL },
	{ PINNED | CREDENTIAL, PINNED | CREDENTIAL, OTHER_SECRET, GOOD, NULL },
	{ ENROLLED | CERTIFICATE, ENROLLED | CERTIFICATE, OTHER_AUTHORITY, GOOD, NULL },
	{ PINNED | CERTIFICATE | ENROLLED, CERTIFICATE | ENROLLED, OTHER_EK, GOOD, NULL },
	{ PINNED | CERTIFICATE | ENROLLED, CERTIFICATE | ENROLLED, OTHER_KEY, GOOD, NULL },
	/* beside the first nothing rests on one that nobody asks for */
	{ PINNED | CERTIFICATE, 0, OTHER_KEY, GOOD, NULL },
	{ PINNED | CREDENTIAL, 0, OTHER_SECRET, GOOD, NULL },
	{ PINNED | ENROLLED, 0, NO_EK_CERTIFICATE, GOOD, NULL },
	{ CREDENTIAL | CERTIFICATE, 0, OTHER_AUTHORITY, GOOD, NULL },
	{ CREDENTIAL | ENROLLED, 0, OTHER_EK, GOOD, NULL },
	/* the first decides, also where another is taken and holds */
	{ CREDENTIAL | CERTIFICATE, CERTIFICATE, OTHER_SECRET, BAD, "ak-bound" },
	{ CREDENTIAL | CERTIFICATE, 0, OTHER_SECRET, BAD, "ak-bound" },
	{ CREDENTIAL | CERTIFICATE, CERTIFICATE, OTHER_TEMPLATE, BAD, "ek-template" },
	{ CREDENTIAL | ENROLLED, CREDENTIAL | ENROLLED, OTHER_SECRET, BAD, "ak-bound" },
	{ ENROLLED | CERTIFICATE, CERTIFICATE, OTHER_EK, BAD, "ek-enrolled" },
	{ ENROLLED | CERTIFICATE, 15, NO_EK_CERTIFICATE, BAD, "ek-certificate" },
};

static const struct bond_case *at; /* the case that is set up */

static void sign_with(void)
{
	m.policy.tpm.ak = at->taken;
	if (at->wrong & OTHER_TEMPLATE)
		m.ek.attributes |= TPM_OBJECT_SIGN;
}

static void certify_ak(void)
{
	struct made_certificate c = m.ek_certificate;

	c.key = at->wrong & OTHER_KEY ? made_foreign_key : m.ak_key;
	c.signer = at->wrong & OTHER_AUTHORITY ? made_foreign_key : made_ca_key;
	c.issuer = at->wrong & OTHER_AUTHORITY ? "second" : c.issuer;
	c.eku = "2.23.133.8.3";
	c.usage = "critical,digitalSignature";
	m.bundle.ak_chain.certificates[0] = kept(&m, made_certificate(&c));
	m.bundle.ak_chain.n = 1;
}

static void offer(void)
{
	if (!(at->offered & CREDENTIAL))
		m.in.challenge = NULL;
	if (at->offered & ENROLLED)
		m.in.enrolment = &m.enrolment;
	if (at->offered & CERTIFICATE)
		certify_ak();
	if (at->offered & PINNED) {
		m.trust.pinned = &m.challenge.ak;
		m.trust.n_pinned = 1;
	}
	m.challenge.secret[7] ^= (at->wrong & OTHER_SECRET) != 0;
	m.enrolment.ek_certificate_sha256[0] ^= (at->wrong & OTHER_EK) != 0;
	if (at->wrong & NO_EK_CERTIFICATE)
		m.bundle.ek_chain.n = 0;
}

static void ways(void)
{
	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		char name[16];
		struct test_case c = { name, sign_with, offer, cases[i].want, cases[i].failing };

		snprintf(name, sizeof name, "way %zu", i);
		at = &cases[i];
		run_case(&c);
	}
}

static const struct check *found(const char *name)
{
	return check_find(&out.verdict.checks, name);
}

/* What does not hold is told: each way with its own reason, and nothing twice. */
static void told(void)
{
	static const struct bond_case none = { PINNED | CERTIFICATE, CREDENTIAL | CERTIFICATE,
		OTHER_KEY, BAD, "ak-source" };
	static const struct bond_case both = { PINNED | CREDENTIAL, 0, OTHER_SECRET, GOOD, NULL };
	static const struct bond_case alone = { CERTIFICATE, 0, OTHER_KEY, BAD, "ak-bound" };
	static const struct test_case c = { "told", sign_with, offer, BAD, "ak-source" };
	static const struct test_case d = { "told of both", sign_with, offer, GOOD, NULL };
	CLEANUP(arena_freep) struct arena *a = arena_new(8 << 20);
	const struct check_list *checks = &out.verdict.checks;
	const struct check *source;
	size_t chains = 0;

	at = &none;
	run_case_in(a, &c);
	source = found("ak-source");
	CHECK(source && str_is(source->want, "credential or certificate") &&
		str_is(source->got, "pinned") &&
		str_is(source->reason,
			"credential: the machine itself was not asked (verify URL); certificate: the certificate is for another key"));
	CHECK(found("ak-certificate")->result == CHECK_NOT_APPLICABLE &&
		str_ends(found("ak-certificate")->reason, "nothing rests on it"));
	CHECK(found("ek-chain")->result == CHECK_NOT_APPLICABLE && !found("ek-certificate"));
	at = &alone;
	run_case_in(a, &(struct test_case){
			       "told of a certificate alone", sign_with, offer, BAD, "ak-bound" });
	CHECK(str_is(found("ak-bound")->reason,
		"AK not bound by its certificate: the certificate is for another key; ask the machine itself (verify URL), enrol it, or pin its name"));
	at = &both;
	run_case_in(a, &d);
	for (size_t i = 0; i < checks->n; i++)
		chains += !strcmp(checks->items[i].name, "ek-chain");
	CHECK(chains == 1 && found("ek-chain")->result == CHECK_PASSED);
	CHECK(found("ak-credential")->result == CHECK_NOT_APPLICABLE &&
		strstr(found("ak-credential")->reason.p,
			"did not recover the credential's secret"));
}

/* Eighteen letters, each of which is told in eight characters; and it has ended. */
static void long_and_late(void)
{
	static char name[19];

	memset(name, '\xe9', sizeof name - 1);
	m.ek_certificate.subject = name;
	m.ek_certificate.to = MADE_NOW - 10;
	sign_with();
}

/* However long the reasons are, each is told to its end. */
static void told_in_full(void)
{
	static const struct bond_case all = { CREDENTIAL | ENROLLED | CERTIFICATE, 15, NOTHING, BAD,
		"ak-source" };
	static const struct test_case c = { "told in full", long_and_late, offer, BAD,
		"ak-source" };
	static const char *const says[] = {
		"pinned: the trust file does not name the key; credential: ", "; enrolled: ",
		"; certificate: certificate 0 of the chain ("
	};
	CLEANUP(arena_freep) struct arena *a = arena_new(8 << 20);
	const struct check *source;

	at = &all;
	run_case_in(a, &c);
	source = found("ak-source");
	for (size_t i = 0; i < ARRAY_LEN(says); i++)
		CHECK(memmem(source->reason.p, source->reason.n, says[i], strlen(says[i])));
	CHECK(source->reason.n > 600 && str_ends(source->reason, "it or the clock is wrong"));
}

/* The hardware is what the roots behind what holds say; of an emulated one nothing is believed. */
static void hardware(void)
{
	static const struct {
		unsigned offered, wrong;
		bool emulated;
		int want;
	} rows[] = {
		{ PINNED, NOTHING, false, CHECK_NO_CLAIM },
		{ PINNED | CERTIFICATE, NOTHING, false, CHECK_AFFIRMS },
		{ PINNED | CERTIFICATE, OTHER_KEY, false, CHECK_NO_CLAIM },
		{ PINNED | CERTIFICATE, NOTHING, true, CHECK_NO_CLAIM },
		{ PINNED | CREDENTIAL, NOTHING, false, CHECK_AFFIRMS },
		{ PINNED | CREDENTIAL, OTHER_SECRET, false, CHECK_NO_CLAIM },
		{ PINNED | ENROLLED, OTHER_EK, false, CHECK_NO_CLAIM },
		{ CREDENTIAL, NOTHING, true, CHECK_NO_CLAIM },
	};

	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		CLEANUP(arena_freep) struct arena *a = arena_new(8 << 20);
		struct bond_case row = { rows[i].offered, 0, rows[i].wrong, GOOD, NULL };
		struct err e = { 0 };

		at = &row;
		machine_init(&m, a);
		m.root.emulated = rows[i].emulated;
		machine_sign(&m);
		offer();
		CHECK_OK(appraise_tpm(&out, &m.in, a, &e), e);
		CHECK(verdict_affirms(&out.verdict) &&
			out.verdict.claims[CHECK_HARDWARE].value == rows[i].want);
		machine_done(&m);
	}
}

/* The endorsement key's root and the attestation key's differ: the one of a software TPM is believed, in either order. */
static void two_roots(bool ek_emulated, bool ak_emulated, int want)
{
	static const struct bond_case row = { CREDENTIAL | CERTIFICATE, 0, OTHER_AUTHORITY, GOOD,
		NULL };
	CLEANUP(arena_freep) struct arena *a = arena_new(8 << 20);
	struct certificate *second = NULL;
	struct trust_root roots[2];
	struct made_certificate ca;
	struct buf der;
	struct err e = { 0 };

	at = &row;
	machine_init(&m, a);
	machine_sign(&m);
	offer();
	ca = m.ca;
	ca.key = ca.signer = made_foreign_key;
	ca.subject = ca.issuer = "second";
	der = made_certificate(&ca);
	CHECK_OK(certificate_of_der(&second, buf_span(&der), &e), e);
	buf_done(&der);
	roots[0] = m.root;
	roots[0].emulated = ek_emulated;
	roots[1] = (struct trust_root){ .name = STR("second"), .emulated = ak_emulated };
	roots[1].certificate = second;
	m.trust.roots = roots;
	m.trust.n_roots = 2;
	CHECK_OK(appraise_tpm(&out, &m.in, a, &e), e);
	CHECK(verdict_affirms(&out.verdict) && check_passed(&out.verdict.checks, "ak-chain") &&
		out.verdict.claims[CHECK_HARDWARE].value == want);
	certificate_free(second);
	machine_done(&m);
}

int main(void)
{
	made_keys();
	ways();
	told();
	told_in_full();
	hardware();
	two_roots(false, false, CHECK_AFFIRMS);
	two_roots(true, false, CHECK_NO_CLAIM);
	two_roots(false, true, CHECK_NO_CLAIM);
	made_keys_done();
	return test_end();
}
