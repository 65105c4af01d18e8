/* The chains of an authority of our own, and each thing that can be wrong with one. */
#include "trust/intel_chain.h"

#include "arena_steps.h"
#include "codec/base64.h"
#include "tdx_authority.h"

static struct arena *a;
static const struct intel_time now = { .at_unix = MADE_NOW };

static bool verify(const struct made_tdx *m, enum intel_chain_role role, const struct intel_time *t,
	const uint8_t *pin, struct err *e)
{
	CLEANUP(intel_chain_done) struct intel_chain c = { 0 };
	CLEANUP(buf_done)
	struct buf pem = role == INTEL_CHAIN_PCK ? made_pck_chain(m) : made_signing_chain(m);
	uint8_t own[32];

	CHECK_OK(intel_chain_read(&c, role, buf_span(&pem), a, e), *e);
	if (!c.n)
		return false;
	certificate_sha256(own, intel_chain_root(&c));
	return intel_chain_verify(&c, pin ? pin : own, t, e);
}

static void accepts(void)
{
	struct made_tdx m = made_honest();
	struct err e = { 0 };

	CHECK_OK(verify(&m, INTEL_CHAIN_PCK, &now, NULL, &e), e);
	CHECK_OK(verify(&m, INTEL_CHAIN_TCB_SIGNING, &now, NULL, &e), e);
	m.ca.subject = m.pck.issuer = "Intel SGX PCK Processor CA";
	CHECK_OK(verify(&m, INTEL_CHAIN_PCK, &now, NULL, &e), e);
}

/* An honest chain of another root, which claims to be Intel's. */
static void refuses_other_roots(void)
{
	struct made_tdx m = made_honest();
	struct err e = { 0 };

	CHECK_ERR(verify(&m, INTEL_CHAIN_PCK, &now, intel_chain_root_sha256, &e), e, ERR_SIGNATURE);
	CHECK(strstr(e.text, "not the pinned Intel root"));
	CHECK_ERR(verify(&m, INTEL_CHAIN_TCB_SIGNING, &now, intel_chain_root_sha256, &e), e,
		ERR_SIGNATURE);
}

typedef void change(struct made_cert *c, const struct made_tdx *m);

static void other_subject(struct made_cert *c, const struct made_tdx *m)
{
	(void)m;
	c->subject = "Intel SGX PCK Processor CB";
}
static void other_issuer(struct made_cert *c, const struct made_tdx *m)
{
	(void)m;
	c->issuer = "Intel SGX Rook CA";
}
static void other_signer(struct made_cert *c, const struct made_tdx *m)
{
	c->signer = m->other_key;
}
static void named_signer(struct made_cert *c, const struct made_tdx *m)
{
	c->names_key = c->signer;
	c->signer = m->other_key;
}
static void other_key_id(struct made_cert *c, const struct made_tdx *m)
{
	c->names_key = m->other_key;
}
static void two_names(struct made_cert *c, const struct made_tdx *m)
{
	(void)m;
	c->second_name = true;
}
static void no_constraints(struct made_cert *c, const struct made_tdx *m)
{
	(void)m;
	c->constraints = NULL;
}
static void turned_constraints(struct made_cert *c, const struct made_tdx *m)
{
	(void)m;
	c->constraints = strstr(c->constraints, "TRUE") ? "critical,CA:FALSE"
							: "critical,CA:TRUE,pathlen:0";
}
static void longer_path(struct made_cert *c, const struct made_tdx *m)
{
	(void)m;
	c->constraints = "critical,CA:TRUE,pathlen:5";
}
static void no_usage(struct made_cert *c, const struct made_tdx *m)
{
	(void)m;
	c->usage = NULL;
}
static void turned_usage(struct made_cert *c, const struct made_tdx *m)
{
	(void)m;
	c->usage = !strcmp(c->usage, MADE_CA_USAGE) ? MADE_END_USAGE : MADE_CA_USAGE;
}
static void no_subject_id(struct made_cert *c, const struct made_tdx *m)
{
	(void)m;
	c->without = NID_subject_key_identifier;
}
static void no_authority_id(struct made_cert *c, const struct made_tdx *m)
{
	(void)m;
	c->without = NID_authority_key_identifier;
}
static void no_distribution_points(struct made_cert *c, const struct made_tdx *m)
{
	(void)m;
	c->without = NID_crl_distribution_points;
}
static void critical(struct made_cert *c, const struct made_tdx *m)
{
	(void)m;
	c->critical = "1.2.3.4";
}
static void other_hash(struct made_cert *c, const struct made_tdx *m)
{
	(void)m;
	c->sha384 = true;
}
static void usage_twice(struct made_cert *c, const struct made_tdx *m)
{
	(void)m;
	c->critical = "2.5.29.15"; /* one more, whose value is none */
}
static void version_1(struct made_cert *c, const struct made_tdx *m)
{
	(void)m;
	c->version_1 = true;
}
static void early(struct made_cert *c, const struct made_tdx *m)
{
	(void)m;
	c->from = MADE_NOW + 10;
}
static void expired(struct made_cert *c, const struct made_tdx *m)
{
	(void)m;
	c->to = MADE_NOW - 10;
}

static const struct {
	change *how;
	const char *reason;
} changes[] = {
	{ other_subject, "subject" },
	{ other_issuer, "issuer" },
	{ other_signer, "not signed by the next" },
	{ named_signer, "not signed by the next" },
	{ other_key_id, "not signed by the next" },
	{ two_names, "subject" },
	{ no_constraints, "basic constraints are missing" },
	{ turned_constraints, "of an authority" },
	{ longer_path, NULL },
	{ no_usage, "key usage" },
	{ turned_usage, "key usage" },
	{ no_subject_id, "subject key identifier" },
	{ no_authority_id, "authority key identifier" },
	{ no_distribution_points, "CRL distribution points" },
	{ critical, "critical extension" },
	{ other_hash, "signature algorithm" },
	{ usage_twice, "an extension that cannot be read" },
	{ version_1, "not of version 3" },
	{ early, "not valid before 2026-04-01T00:00:10Z" },
	{ expired, "expired at 2026-03-31T23:59:50Z" },
};

/* Each change at each place: refused, with a reason that names place and field. */
static void refuses(void)
{
	static const char *const places[] = { "PCK certificate", "PCK CA certificate", "Intel root",
		"TCB signing certificate" };

	for (size_t i = 0; i < ARRAY_LEN(changes); i++)
		for (size_t place = 0; place < ARRAY_LEN(places); place++) {
			struct made_tdx m = made_honest();
			struct made_cert *certs[] = { &m.pck, &m.ca, &m.root, &m.signing };
			struct err e = { 0 };
			bool ok;

			changes[i].how(certs[place], &m);
			ok = verify(&m, place == 3 ? INTEL_CHAIN_TCB_SIGNING : INTEL_CHAIN_PCK,
				&now, NULL, &e);
			if (ok || !strstr(e.text, places[place]) ||
				(changes[i].reason && !strstr(e.text, changes[i].reason)))
				fprintf(stderr, "%zu at %s: %s\n", i, places[place],
					ok ? "accepted" : e.text);
			CHECK(!ok && e.kind == ERR_SIGNATURE && strstr(e.text, places[place]));
			CHECK(!changes[i].reason || strstr(e.text, changes[i].reason));
		}
}

/* Another kind of key, and certificates in another's place. */
static void refuses_roles(void)
{
	struct made_tdx m = made_honest();
	struct err e = { 0 };

	m.pck.key = EVP_PKEY_Q_keygen(NULL, NULL, "EC", "P-384");
	CHECK_ERR(verify(&m, INTEL_CHAIN_PCK, &now, NULL, &e), e, ERR_SIGNATURE);
	CHECK(strstr(e.text, "P-256"));
	EVP_PKEY_free(m.pck.key);
	m = made_honest();
	m.pck.key = EVP_RSA_gen(2048);
	CHECK_ERR(verify(&m, INTEL_CHAIN_PCK, &now, NULL, &e), e, ERR_SIGNATURE);
	CHECK(strstr(e.text, "P-256"));
	EVP_PKEY_free(m.pck.key);
	m = made_honest();
	m.pck.subject = MADE_SIGNING;
	CHECK_ERR(verify(&m, INTEL_CHAIN_PCK, &now, NULL, &e), e, ERR_SIGNATURE);
	m = made_honest();
	m.signing.subject = MADE_PCK;
	CHECK_ERR(verify(&m, INTEL_CHAIN_TCB_SIGNING, &now, NULL, &e), e, ERR_SIGNATURE);
	m = made_honest();
	m.pck.issuer = MADE_ROOT; /* issued by the root itself */
	m.pck.signer = m.root_key;
	CHECK_ERR(verify(&m, INTEL_CHAIN_PCK, &now, NULL, &e), e, ERR_SIGNATURE);
}

static void clock_leeway(void)
{
	struct made_tdx m = made_honest();
	struct intel_time t = { .at_unix = m.pck.from - 60 };
	struct err e = { 0 };

	CHECK_ERR(verify(&m, INTEL_CHAIN_PCK, &t, NULL, &e), e, ERR_SIGNATURE);
	CHECK(strstr(e.text, "clock"));
	t.leeway = 59;
	CHECK(!verify(&m, INTEL_CHAIN_PCK, &t, NULL, &e));
	t.leeway = 60;
	CHECK_OK(verify(&m, INTEL_CHAIN_PCK, &t, NULL, &e), e);
	t.at_unix = m.pck.to;
	CHECK_OK(verify(&m, INTEL_CHAIN_PCK, &t, NULL, &e), e);
	t.at_unix += 60;
	CHECK_OK(verify(&m, INTEL_CHAIN_PCK, &t, NULL, &e), e);
	t.leeway = 59;
	CHECK_ERR(verify(&m, INTEL_CHAIN_PCK, &t, NULL, &e), e, ERR_SIGNATURE);
	CHECK(strstr(e.text, "expired at") && strstr(e.text, "clock"));
	t.grace = 1000; /* is not for certificates */
	CHECK(!verify(&m, INTEL_CHAIN_PCK, &t, NULL, &e));
}

static bool reads(struct span pem, enum intel_chain_role role, struct err *e)
{
	CLEANUP(intel_chain_done) struct intel_chain c = { 0 };

	return intel_chain_read(&c, role, pem, a, e);
}

/* Zeroes behind a certificate are what TPMs pad with; here they are not taken. */
static void padding(void)
{
	struct made_tdx m = made_honest();
	CLEANUP(buf_done) struct buf pem = buf_init(1 << 16);
	CLEANUP(buf_done) struct buf der = buf_init(1 << 16);
	X509 *x = made_x509(&m.signing);
	uint8_t *bytes = NULL;
	struct err e = { 0 };
	int n = i2d_X509(x, &bytes);

	buf_add(&der, bytes, (size_t)n);
	buf_u8(&der, 0);
	buf_add_cstr(&pem, "-----BEGIN CERTIFICATE-----\n");
	base64_add(&pem, buf_span(&der), BASE64_STANDARD);
	buf_add_cstr(&pem, "\n-----END CERTIFICATE-----\n");
	made_pem(&pem, &m.root);
	CHECK_ERR(reads(buf_span(&pem), INTEL_CHAIN_TCB_SIGNING, &e), e, ERR_FORMAT);
	CHECK(strstr(e.text, "number 1") && strstr(e.text, "behind its end"));
	OPENSSL_free(bytes);
	X509_free(x);
}

static void expiry(void)
{
	struct made_tdx m = made_honest();
	CLEANUP(intel_chain_done) struct intel_chain c = { 0 };
	CLEANUP(buf_done) struct buf pem = { 0 };
	struct err e = { 0 };

	m.ca.to = MADE_NOW + 5; /* neither the first nor the last of the chain */
	pem = made_pck_chain(&m);
	CHECK_OK(intel_chain_read(&c, INTEL_CHAIN_PCK, buf_span(&pem), a, &e), e);
	CHECK(intel_chain_not_after(&c) == MADE_NOW + 5);
}

/* A chain that is longer than its roles has nothing to say of what is behind them. */
static void more_than_roles(void)
{
	struct made_tdx m = made_honest();
	CLEANUP(buf_done) struct buf signing = made_signing_chain(&m), pck = made_pck_chain(&m);
	struct intel_chain c = { 0 };
	struct err e = { 0 };

	CHECK_OK(intel_chain_read(&c, INTEL_CHAIN_TCB_SIGNING, buf_span(&signing), a, &e), e);
	CHECK_OK(intel_chain_roles(&c, &e), e);
	c.certs[2] = c.certs[1];
	c.n = 3;
	CHECK_ERR(intel_chain_roles(&c, &e), e, ERR_SIGNATURE);
	CHECK(strstr(e.text, "more certificates than places"));
	c.n = 2;
	intel_chain_done(&c);
	CHECK_OK(intel_chain_read(&c, INTEL_CHAIN_PCK, buf_span(&pck), a, &e), e);
	c.n = INTEL_CHAIN_MAX + 1;
	CHECK_ERR(intel_chain_roles(&c, &e), e, ERR_SIGNATURE);
	CHECK(strstr(e.text, "more certificates than places"));
	c.n = 3;
	intel_chain_done(&c);
	CHECK(c.n == 0 && !c.certs[0]);
}

static bool step(struct arena *little, const void *of, struct err *e)
{
	CLEANUP(intel_chain_done) struct intel_chain c = { 0 };
	bool ok = intel_chain_read(
		&c, INTEL_CHAIN_PCK, buf_span((const struct buf *)of), little, e);

	CHECK(c.n == (ok ? 3 : 0));
	return ok;
}

static void memory(void)
{
	struct made_tdx m = made_honest();
	CLEANUP(buf_done) struct buf pem = made_pck_chain(&m);
	struct err e = { 0 };

	arena_steps(step, &pem);
	CHECK_ERR(reads(span_make("", 0), INTEL_CHAIN_PCK, &e), e, ERR_FORMAT);
	CHECK(strstr(e.text, "0 certificates, want 3"));
}

static void framing(void)
{
	struct made_tdx m = made_honest();
	CLEANUP(buf_done) struct buf b = made_pck_chain(&m);
	struct err e = { 0 };
	size_t n = b.n;

	buf_u8(&b, 0);
	CHECK_OK(reads(buf_span(&b), INTEL_CHAIN_PCK, &e), e);
	CHECK_ERR(reads(buf_span(&b), INTEL_CHAIN_TCB_SIGNING, &e), e, ERR_FORMAT);
	buf_u8(&b, 0);
	CHECK_ERR(reads(buf_span(&b), INTEL_CHAIN_PCK, &e), e, ERR_FORMAT);
	for (size_t i = 0; i < n - 1; i += 7)
		CHECK_ERR(reads(span_make(b.p, i), INTEL_CHAIN_PCK, &e), e, ERR_FORMAT);
	b.p[0] = 'x';
	CHECK_ERR(reads(span_make(b.p, n), INTEL_CHAIN_PCK, &e), e, ERR_FORMAT);
}

int main(void)
{
	a = arena_new(64 << 20);
	accepts();
	refuses_other_roots();
	refuses();
	refuses_roles();
	clock_leeway();
	expiry();
	padding();
	framing();
	more_than_roles();
	memory();
	arena_free(a);
	return test_end();
}
