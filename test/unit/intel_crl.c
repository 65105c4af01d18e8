/* Revocation lists of an authority of our own; each thing that can be wrong with one, and lists that are not there. */
#include "trust/intel_crl.h"

#include "tdx_authority.h"

static struct arena *a;
static const struct intel_time now = { .at_unix = MADE_NOW };

/* Which list: the root's, with the PCK or the signing chain, or the PCK CA's. */
enum which { ROOT_OF_PCK, ROOT_OF_SIGNING, PCK_CA };

static struct made_crl honest(const struct made_tdx *m, enum which w)
{
	return (struct made_crl){ .issuer = w == PCK_CA ? MADE_PLATFORM : MADE_ROOT,
		.signer = w == PCK_CA ? m->ca_key : m->root_key,
		.from = MADE_NOW - MADE_DAY,
		.to = MADE_NOW + 29 * MADE_DAY };
}

static bool check(const struct made_tdx *m, const struct made_crl *spec, enum which w,
	const struct intel_time *t, struct err *e)
{
	CLEANUP(intel_chain_done) struct intel_chain c = { 0 };
	CLEANUP(intel_crl_freep) struct intel_crl *crl = NULL;
	CLEANUP(buf_done) struct buf der = made_crl(spec);
	CLEANUP(buf_done)
	struct buf pem = w == ROOT_OF_SIGNING ? made_signing_chain(m) : made_pck_chain(m);

	CHECK_OK(intel_chain_read(&c,
			 w == ROOT_OF_SIGNING ? INTEL_CHAIN_TCB_SIGNING : INTEL_CHAIN_PCK,
			 buf_span(&pem), a, e),
		*e);
	if (!intel_crl_of_der(&crl, buf_span(&der), e))
		return false;
	return w == PCK_CA ? intel_crl_check_pck(crl, &c, t, e)
			   : intel_crl_check_root(crl, &c, t, e);
}

static void holds(void)
{
	struct made_tdx m = made_honest();
	struct err e = { 0 };

	for (enum which w = ROOT_OF_PCK; w <= PCK_CA; w++) {
		struct made_crl c = honest(&m, w);

		CHECK_OK(check(&m, &c, w, &now, &e), e);
		c.revoked = 77; /* another one */
		CHECK_OK(check(&m, &c, w, &now, &e), e);
	}
}

static void revoked(void)
{
	static const long serials[] = { 2, 4, 3 };
	struct made_tdx m = made_honest();
	struct err e = { 0 };

	for (enum which w = ROOT_OF_PCK; w <= PCK_CA; w++) {
		struct made_crl c = honest(&m, w);

		c.revoked = serials[w];
		CHECK_ERR(check(&m, &c, w, &now, &e), e, ERR_SIGNATURE);
		CHECK(strstr(e.text, "revoked"));
	}
}

typedef void change(struct made_crl *c, const struct made_tdx *m);

static void other_issuer(struct made_crl *c, const struct made_tdx *m)
{
	(void)m;
	c->issuer = "Intel SGX PCK Processor CA";
}
static void other_signer(struct made_crl *c, const struct made_tdx *m)
{
	c->names_key = c->signer;
	c->signer = m->other_key;
}
static void other_key_id(struct made_crl *c, const struct made_tdx *m)
{
	c->names_key = m->other_key;
}
static void no_key_id(struct made_crl *c, const struct made_tdx *m)
{
	(void)m;
	c->without_key_id = true;
}
static void critical(struct made_crl *c, const struct made_tdx *m)
{
	(void)m;
	c->critical = true;
}
static void critical_entry(struct made_crl *c, const struct made_tdx *m)
{
	(void)m;
	c->revoked = 77;
	c->critical_entry = true;
}
static void early(struct made_crl *c, const struct made_tdx *m)
{
	(void)m;
	c->from = MADE_NOW + 10;
}
static void late(struct made_crl *c, const struct made_tdx *m)
{
	(void)m;
	c->to = MADE_NOW - 10;
}
static void other_hash(struct made_crl *c, const struct made_tdx *m)
{
	(void)m;
	c->sha384 = true;
}
static void version_1(struct made_crl *c, const struct made_tdx *m)
{
	(void)m;
	c->version_1 = true;
}

static const struct {
	change *how;
	const char *reason;
} changes[] = {
	{ other_issuer, "another authority" },
	{ other_signer, "its signature does not hold" },
	{ other_key_id, "authority key identifier" },
	{ no_key_id, "authority key identifier" },
	{ critical, "critical extension" },
	{ critical_entry, "critical extension" },
	{ early, "the clock is wrong" },
	{ late, "the next one was due" },
	{ version_1, "version 2" },
	{ other_hash, "signature algorithm" },
};

static void refuses(void)
{
	for (size_t i = 0; i < ARRAY_LEN(changes); i++)
		for (enum which w = ROOT_OF_PCK; w <= PCK_CA; w++) {
			struct made_tdx m = made_honest();
			struct made_crl c = honest(&m, w);
			struct err e = { 0 };

			changes[i].how(&c, &m);
			CHECK_ERR(check(&m, &c, w, &now, &e), e, ERR_SIGNATURE);
			if (!strstr(e.text, changes[i].reason))
				fprintf(stderr, "%zu: %s\n", i, e.text);
			CHECK(strstr(e.text, changes[i].reason));
		}
}

static void missing(void)
{
	struct made_tdx m = made_honest();
	CLEANUP(buf_done) struct buf pem = made_pck_chain(&m);
	CLEANUP(intel_chain_done) struct intel_chain c = { 0 };
	struct intel_crl *crl = NULL;
	struct err e = { 0 };

	CHECK_OK(intel_chain_read(&c, INTEL_CHAIN_PCK, buf_span(&pem), a, &e), e);
	CHECK_ERR(intel_crl_check_root(NULL, &c, &now, &e), e, ERR_NOTFOUND);
	CHECK_ERR(intel_crl_check_pck(NULL, &c, &now, &e), e, ERR_NOTFOUND);
	CHECK_ERR(intel_crl_of_der(&crl, span_make("", 0), &e), e, ERR_NOTFOUND);
}

static void no_next_update(void)
{
	struct made_tdx m = made_honest();
	struct made_crl c = honest(&m, PCK_CA);
	struct err e = { 0 };

	c.to = 0;
	CHECK_ERR(check(&m, &c, PCK_CA, &now, &e), e, ERR_FORMAT);
}

static void grace(void)
{
	struct made_tdx m = made_honest();
	struct made_crl c = honest(&m, PCK_CA);
	struct intel_time t = { 0 };
	struct err e = { 0 };

	t.at_unix = c.from;
	CHECK_OK(check(&m, &c, PCK_CA, &t, &e), e);
	t.at_unix = c.to + 100;
	CHECK(!check(&m, &c, PCK_CA, &t, &e));
	t.grace = 99;
	CHECK(!check(&m, &c, PCK_CA, &t, &e));
	t.grace = 100;
	CHECK_OK(check(&m, &c, PCK_CA, &t, &e), e);
	t = (struct intel_time){ .at_unix = c.to };
	CHECK_OK(check(&m, &c, PCK_CA, &t, &e), e);
	t.at_unix = c.to + 100;
	t.leeway = 99;
	CHECK(!check(&m, &c, PCK_CA, &t, &e));
	t.leeway = 100;
	CHECK_OK(check(&m, &c, PCK_CA, &t, &e), e);
	t.at_unix = c.from - 100;
	CHECK_OK(check(&m, &c, PCK_CA, &t, &e), e);
	t.leeway = 99;
	CHECK(!check(&m, &c, PCK_CA, &t, &e));
}

/* A list says nothing of a certificate that another authority issued, whatever its number. */
static void of_another(void)
{
	struct made_tdx m = made_honest();
	struct made_crl spec = honest(&m, PCK_CA);
	CLEANUP(buf_done) struct buf der = made_crl(&spec), pem = made_pck_chain(&m);
	CLEANUP(buf_done) struct buf big = buf_init(INTEL_CRL_SIZE_MAX + 1);
	CLEANUP(intel_chain_done) struct intel_chain c = { 0 };
	CLEANUP(intel_crl_freep) struct intel_crl *crl = NULL, *none = NULL;
	struct err e = { 0 };

	CHECK_OK(intel_chain_read(&c, INTEL_CHAIN_PCK, buf_span(&pem), a, &e), e);
	CHECK_OK(intel_crl_of_der(&crl, buf_span(&der), &e), e);
	CHECK(intel_crl_this_update(crl) == spec.from && intel_crl_next_update(crl) == spec.to);
	CHECK_OK(intel_crl_spares(crl, intel_chain_leaf(&c), &e), e);
	CHECK_ERR(intel_crl_spares(crl, intel_chain_issuer(&c), &e), e, ERR_SIGNATURE);
	CHECK(strstr(e.text, "another authority issued the certificate"));
	buf_fill(&big, 0, INTEL_CRL_SIZE_MAX);
	CHECK_ERR(intel_crl_of_der(&none, buf_span(&big), &e), e, ERR_FORMAT);
	buf_u8(&big, 0);
	CHECK_ERR(intel_crl_of_der(&none, buf_span(&big), &e), e, ERR_LIMIT);
	CHECK(!none);
}

static void leeway(void)
{
	struct made_tdx m = made_honest();
	struct made_crl c = honest(&m, PCK_CA);
	struct intel_time t = { .leeway = 60 };
	struct err e = { 0 };

	t.at_unix = c.from - 60;
	CHECK_OK(check(&m, &c, PCK_CA, &t, &e), e);
	t.at_unix--;
	CHECK(!check(&m, &c, PCK_CA, &t, &e));
	t.at_unix = c.to + 60;
	CHECK_OK(check(&m, &c, PCK_CA, &t, &e), e);
	t.at_unix++;
	CHECK(!check(&m, &c, PCK_CA, &t, &e));
	t.grace = 1;
	CHECK_OK(check(&m, &c, PCK_CA, &t, &e), e);
}

/* Every truncation, and bytes behind the end. */
static void framing(void)
{
	struct made_tdx m = made_honest();
	struct made_crl spec = honest(&m, PCK_CA);
	CLEANUP(buf_done) struct buf der = made_crl(&spec);
	struct intel_crl *crl = NULL;
	struct err e = { 0 };

	for (size_t n = 1; n < der.n; n++)
		CHECK_ERR(intel_crl_of_der(&crl, span_make(der.p, n), &e), e, ERR_FORMAT);
	buf_u8(&der, 0);
	CHECK_ERR(intel_crl_of_der(&crl, buf_span(&der), &e), e, ERR_FORMAT);
}

/* By itself: a list spares nobody's certificate but its own authority's, and says which dates it has. */
static void of_another_authority(void)
{
	struct made_tdx m = made_honest();
	struct made_crl spec = honest(&m, PCK_CA);
	CLEANUP(intel_chain_done) struct intel_chain c = { 0 };
	CLEANUP(intel_crl_freep) struct intel_crl *crl = NULL;
	CLEANUP(buf_done) struct buf der = made_crl(&spec);
	CLEANUP(buf_done) struct buf pem = made_pck_chain(&m);
	struct err e = { 0 };

	CHECK_OK(intel_chain_read(&c, INTEL_CHAIN_PCK, buf_span(&pem), a, &e), e);
	CHECK_OK(intel_crl_of_der(&crl, buf_span(&der), &e), e);
	CHECK_OK(intel_crl_spares(crl, c.certs[0], &e), e);
	CHECK_ERR(intel_crl_spares(crl, c.certs[1], &e), e, ERR_SIGNATURE);
	CHECK(!strcmp(e.text, "CRL: another authority issued the certificate"));
	CHECK(intel_crl_this_update(crl) == spec.from && intel_crl_next_update(crl) == spec.to);
}

int main(void)
{
	a = arena_new(64 << 20);
	holds();
	revoked();
	refuses();
	missing();
	no_next_update();
	grace();
	leeway();
	framing();
	of_another();
	of_another_authority();
	arena_free(a);
	return test_end();
}
