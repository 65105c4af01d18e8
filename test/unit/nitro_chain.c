#include "nitro_chain_case.h"

static bool verify(const struct made_nitro *m, int64_t at, struct err *e)
{
	CLEANUP(public_key_freep) struct public_key *key = NULL;
	struct seen s;
	bool ok = see(&s, m, e) && nitro_chain_verify(s.chain, s.root, at, 0, e) &&
		  nitro_chain_key(&key, s.chain, e) && nitro_signed_verify(&s.s, key, e);

	nitro_chain_free(s.chain);
	return ok;
}

static void takes(void)
{
	struct made_nitro m = made_nitro();
	int64_t from = 0, to = 0;
	struct seen s;
	struct err e = { 0 };

	CHECK_OK(verify(&m, MADE_AT, &e), e);
	m.tagged = m.open_maps = true;
	CHECK_OK(verify(&m, MADE_AT, &e), e);
	CHECK_OK(see(&s, &m, &e), e);
	CHECK_OK(nitro_chain_check_module(s.chain, &s.s.document, &e), e);
	nitro_chain_validity(s.chain, &from, &to);
	CHECK(from == MADE_AT - 3 && to == MADE_AT + 3 * MADE_HOUR);
	nitro_chain_free(s.chain);
}

/* Root and leaf alone are a chain, too. */
static void short_chain(void)
{
	struct made_nitro m = made_nitro();
	struct err e = { 0 };

	m.n_cabundle = 1;
	m.certs[MADE_LEAF].issuer = m.certs[0].subject;
	m.certs[MADE_LEAF].signer = m.certs[0].key;
	CHECK_OK(verify(&m, MADE_AT, &e), e);
}

typedef void change(struct made_nitro *m);

static EVP_PKEY *p256, *rsa, *other;

static void root_by_other(struct made_nitro *m)
{
	m->certs[0].key = m->certs[0].signer = m->certs[1].signer = other;
}
static void middle_by_other(struct made_nitro *m)
{
	m->certs[2].signer = other;
}
static void leaf_by_other(struct made_nitro *m)
{
	m->certs[MADE_LEAF].signer = other;
}
static void leaf_of_other_issuer(struct made_nitro *m)
{
	m->certs[MADE_LEAF].issuer = "somebody";
}
static void no_instance(struct made_nitro *m)
{
	m->n_cabundle = 3;
}
static void root_alone(struct made_nitro *m)
{
	m->n_cabundle = 1;
}
static void swapped(struct made_nitro *m)
{
	struct made_cert c = m->certs[1];

	m->certs[1] = m->certs[2];
	m->certs[2] = c;
	m->certs[1].basic = m->certs[2].basic = "critical,CA:TRUE";
}
static void doubled(struct made_nitro *m)
{
	m->certs[1] = m->certs[0];
	m->certs[2].issuer = m->certs[0].subject;
	m->certs[2].signer = m->certs[0].key;
}
static void leaf_is_authority(struct made_nitro *m)
{
	m->certs[MADE_LEAF].basic = "critical,CA:TRUE";
	m->certs[3].basic = "critical,CA:TRUE,pathlen:1";
}
static void middle_is_leaf(struct made_nitro *m)
{
	m->certs[3].basic = "critical,CA:FALSE";
}
static void no_basic(struct made_nitro *m)
{
	m->certs[2].basic = NULL;
}
static void no_basic_leaf(struct made_nitro *m)
{
	m->certs[MADE_LEAF].basic = NULL;
}
static void basic_not_critical(struct made_nitro *m)
{
	m->certs[2].basic = "CA:TRUE,pathlen:1";
}
static void path_too_long(struct made_nitro *m)
{
	m->certs[1].basic = "critical,CA:TRUE,pathlen:1";
}
static void path_of_none(struct made_nitro *m)
{
	m->certs[2].basic = "critical,CA:TRUE,pathlen:0";
}
static void no_usage(struct made_nitro *m)
{
	m->certs[2].usage = NULL;
}
static void no_usage_leaf(struct made_nitro *m)
{
	m->certs[MADE_LEAF].usage = NULL;
}
static void middle_may_not_sign(struct made_nitro *m)
{
	m->certs[2].usage = "critical,digitalSignature";
}
static void usage_not_critical(struct made_nitro *m)
{
	m->certs[2].usage = "keyCertSign";
}
static void leaf_may_not_sign(struct made_nitro *m)
{
	m->certs[MADE_LEAF].usage = "critical,keyAgreement";
}
static void critical_leaf(struct made_nitro *m)
{
	m->certs[MADE_LEAF].critical = "1.2.3.4.5";
}
static void critical_middle(struct made_nitro *m)
{
	m->certs[1].critical = "2.5.29.9"; /* subject directory attributes */
}
static void version_1(struct made_nitro *m)
{
	m->certs[MADE_LEAF].version = X509_VERSION_1;
}
static void weak_curve(struct made_nitro *m)
{
	m->certs[MADE_LEAF].key = p256;
}
static void weak_middle(struct made_nitro *m)
{
	m->certs[3].key = m->certs[MADE_LEAF].signer = p256;
}
static void rsa_leaf(struct made_nitro *m)
{
	m->certs[MADE_LEAF].key = rsa;
}
static void weak_hash(struct made_nitro *m)
{
	m->certs[3].hash = "SHA256";
}
static void usage_twice(struct made_nitro *m)
{
	m->certs[2].critical = "2.5.29.15"; /* one more, whose value is none */
}
static void usage_twice_leaf(struct made_nitro *m)
{
	m->certs[MADE_LEAF].critical = "2.5.29.15";
}
static void weak_hash_leaf(struct made_nitro *m)
{
	m->certs[MADE_LEAF].hash = "SHA512";
}
static void usage_for_lists(struct made_nitro *m)
{
	m->certs[3].usage = "critical,cRLSign";
}
static void by_other_key(struct made_nitro *m)
{
	m->signer = other;
}
static void by_authority(struct made_nitro *m)
{
	m->signer = m->certs[3].key;
}
static void es256(struct made_nitro *m)
{
	m->alg = COSE_ES256;
}
static void ps384(struct made_nitro *m)
{
	m->alg = COSE_PS384;
}
static void unprotected(struct made_nitro *m)
{
	m->unprotected_alg = true;
}
static void more_protected(struct made_nitro *m)
{
	m->more_protected = true;
}
static void zero_signature(struct made_nitro *m)
{
	m->no_signature = true;
}

/* Each is refused, and the message says why. */
static void refuses(void)
{
	static const struct {
		change *change;
		const char *why;
	} cases[] = {
		{ root_by_other,
			"certificate 0 of the chain (/CN=aws.nitro-enclaves): it is not the root" },
		{ middle_by_other, "certificate 2" },
		{ leaf_by_other, "leaf, certificate 4" },
		{ leaf_of_other_issuer, "leaf, certificate 4" },
		{ no_instance, "leaf, certificate 3" },
		{ root_alone, "leaf, certificate 1" },
		{ swapped, "in their order" },
		{ doubled, "in their order" },
		{ leaf_is_authority, "may not sign documents" },
		{ middle_is_leaf,
			"certificate 3 of the chain (/CN=i-0.test-1.aws.nitro-enclaves): basic" },
		{ no_basic,
			"certificate 2 of the chain (/CN=two.zonal.test-1.aws.nitro-enclaves): no crit" },
		{ no_basic_leaf, "no critical basic constraints" },
		{ basic_not_critical, "no critical basic constraints" },
		{ path_too_long, "path length: more" },
		{ path_of_none, "path length: more" },
		{ no_usage, "no key usage" },
		{ no_usage_leaf, "no key usage" },
		{ middle_may_not_sign, "may not sign certificates" },
		{ usage_not_critical, "may not sign certificates" },
		{ leaf_may_not_sign, "may not sign documents" },
		{ critical_leaf, "a critical extension that this verifier does not know" },
		{ critical_middle, "a critical extension that this verifier does not know" },
		{ version_1, "not of version 3" },
		{ weak_curve, "not on the curve P-384" },
		{ weak_middle, "not on the curve P-384" },
		{ rsa_leaf, "not on the curve P-384" },
		{ weak_hash, "not signed with ECDSA and SHA-384" },
		{ usage_twice, "its extensions contradict each other or cannot be read" },
		{ usage_twice_leaf, "its extensions contradict each other or cannot be read" },
		{ weak_hash_leaf, "not signed with ECDSA and SHA-384" },
		{ usage_for_lists, "may not sign certificates" },
		{ by_other_key, "does not verify" },
		{ by_authority, "does not verify" },
		{ es256, "algorithm is -7" },
		{ ps384, "algorithm is -38" },
		{ unprotected, "nobody signs" },
		{ more_protected, "2 protected headers" },
		{ zero_signature, "does not verify" },
	};

	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		struct made_nitro m = made_nitro();
		struct err e = { 0 };

		cases[i].change(&m);
		CHECK_ERR(verify(&m, MADE_AT, &e), e, ERR_SIGNATURE);
		CHECK(strstr(e.text, cases[i].why));
		if (!strstr(e.text, cases[i].why))
			fprintf(stderr, "case %zu: %s\n", i, e.text);
	}
}

/* Another authority with the same names, and its own root in front: the digest tells. */
static void forged_authority(void)
{
	struct made_nitro m = made_nitro();
	struct seen s;
	struct err e = { 0 };

	CHECK_OK(see(&s, &m, &e), e);
	CHECK_ERR(nitro_chain_check_root(s.chain, nitro_chain_aws_root, &e), e, ERR_SIGNATURE);
	CHECK_ERR(nitro_chain_verify(s.chain, nitro_chain_aws_root, MADE_AT, 0, &e), e,
		ERR_SIGNATURE);
	CHECK_OK(nitro_chain_check_root(s.chain, s.root, &e), e);
	CHECK_OK(nitro_chain_check_profile(s.chain, &e), e);
	CHECK_OK(nitro_chain_check_signatures(s.chain, &e), e);
	nitro_chain_free(s.chain);
}

/* Each certificate in turn is not yet or no longer valid; only the question of time fails. */
static void times(void)
{
	for (size_t i = 0; i < MADE_CERTS; i++) {
		struct made_nitro m = made_nitro();
		struct seen s;
		struct err e = { 0 };

		m.certs[i].from = MADE_AT;
		m.certs[i].to = MADE_AT + 100;
		CHECK_OK(see(&s, &m, &e), e);
		CHECK_OK(nitro_chain_check_signatures(s.chain, &e), e);
		CHECK_OK(nitro_chain_check_time(s.chain, MADE_AT, 0, &e), e);
		CHECK_OK(nitro_chain_check_time(s.chain, MADE_AT + 100, 0, &e), e);
		CHECK_ERR(nitro_chain_check_time(s.chain, MADE_AT + 101, 0, &e), e, ERR_SIGNATURE);
		CHECK(strstr(e.text, "it has expired, or the clock is wrong"));
		CHECK_OK(nitro_chain_check_time(s.chain, MADE_AT + 160, 60, &e), e);
		CHECK_ERR(nitro_chain_check_time(s.chain, MADE_AT + 161, 60, &e), e, ERR_SIGNATURE);
		CHECK(strstr(e.text, "it has expired, or the clock is wrong"));
		CHECK_ERR(nitro_chain_check_time(s.chain, MADE_AT - 1, 0, &e), e, ERR_SIGNATURE);
		CHECK(strstr(e.text, "the clock is wrong") && !strstr(e.text, "expired"));
		CHECK_OK(nitro_chain_check_time(s.chain, MADE_AT - 2, 2, &e), e);
		CHECK_ERR(nitro_chain_check_time(s.chain, MADE_AT - 3, 2, &e), e, ERR_SIGNATURE);
		CHECK_ERR(nitro_chain_verify(s.chain, s.root, MADE_AT + 101, 0, &e), e,
			ERR_SIGNATURE);
		nitro_chain_free(s.chain);
	}
}

/* A leaf whose key is on a curve that nobody knows: no key comes of it, and no chain holds. */
static void unknown_curve(void)
{
	static const uint8_t p384[] = { 0x2b, 0x81, 0x04, 0x00, 0x22 };
	struct made_nitro m = made_nitro();
	CLEANUP(buf_done) struct buf der = made_cert_der(&m.certs[MADE_LEAF]);
	uint8_t *curve = memmem(der.p, der.n, p384, sizeof p384);
	struct public_key *key = NULL;
	struct seen s;
	struct err e = { 0 };

	CHECK(curve);
	if (!curve)
		return;
	curve[4] = 0x7f;
	m.bundle[11] = buf_span(&der);
	CHECK_OK(see(&s, &m, &e), e);
	CHECK_ERR(nitro_chain_key(&key, s.chain, &e), e, ERR_SIGNATURE);
	CHECK(!key && strstr(e.text, "its public key cannot be read"));
	CHECK_ERR(nitro_chain_check_profile(s.chain, &e), e, ERR_SIGNATURE);
	nitro_chain_free(s.chain);
}

/* What is no certificate, or has something behind it. */
static void no_certificate(void)
{
	struct made_nitro m = made_nitro();
	CLEANUP(buf_done) struct buf der = made_cert_der(&m.certs[2]);
	struct seen s;
	struct err e = { 0 };

	m.bundle[2] = span_make("no certificate", 14);
	CHECK_ERR(see(&s, &m, &e), e, ERR_FORMAT);
	CHECK(strstr(e.text, "certificate 2"));
	m.bundle[2] = span_make(der.p, der.n - 1);
	CHECK_ERR(see(&s, &m, &e), e, ERR_FORMAT);
	buf_u8(&der, 0);
	m.bundle[2] = buf_span(&der);
	CHECK_ERR(see(&s, &m, &e), e, ERR_FORMAT);
	m.bundle[2].n--;
	CHECK_OK(see(&s, &m, &e), e);
	nitro_chain_free(s.chain);
	m.bundle[11] = span_make("no certificate", 14);
	CHECK_ERR(see(&s, &m, &e), e, ERR_FORMAT);
	CHECK(strstr(e.text, "certificate 4"));
}

int main(void)
{
	a = arena_new(64 << 20);
	made_keys_new();
	p256 = EVP_PKEY_Q_keygen(NULL, NULL, "EC", "P-256");
	other = EVP_PKEY_Q_keygen(NULL, NULL, "EC", "P-384");
	rsa = EVP_PKEY_Q_keygen(NULL, NULL, "RSA", (size_t)2048);
	takes();
	short_chain();
	refuses();
	forged_authority();
	times();
	unknown_curve();
	no_certificate();
	made_keys_free();
	EVP_PKEY_free(p256);
	EVP_PKEY_free(other);
	EVP_PKEY_free(rsa);
	arena_free(a);
	return test_end();
}
