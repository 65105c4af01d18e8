/*
 * An authority of the tests' own in the shape of AWS Nitro's, and attestation documents signed by it: root, two
 * authorities between, the instance's, and the leaf; keys on P-384, everything made on the spot. A test takes what
 * made_nitro() says, changes one thing and asks for the bytes.
 */
#ifndef ASSAY_TEST_NITRO_MADE_H
#define ASSAY_TEST_NITRO_MADE_H

#include "tpm_made.h"
#include "trust/nitro_chain.h"
#include "trust/nitro_signed.h"

enum { MADE_CERTS = 5, MADE_LEAF = MADE_CERTS - 1, MADE_PCRS = 16 };
enum { MADE_AT = 1767225600, MADE_HOUR = 3600, MADE_DAY = 24 * 3600 };

struct made_cert {
	const char *subject, *issuer; /* common names */
	EVP_PKEY *key, *signer;
	long version;         /* as X.509 has it: 2 is version 3 */
	const char *basic;    /* NULL: without the extension */
	const char *usage;    /* likewise */
	const char *critical; /* OID of one more critical extension, or NULL */
	const char *hash;
	int64_t from, to;
};

struct made_nitro {
	struct made_cert certs[MADE_CERTS];
	size_t n_cabundle;      /* of certs: the first so many, then cut */
	struct span bundle[12]; /* p set: in place of cert i */
	/* The payload. A NULL name leaves the member out. */
	const char *module_name, *module_id, *digest_name, *digest, *pcrs_name;
	uint64_t timestamp_ms;
	size_t n_pcrs, pcr_size;
	uint64_t first_pcr;
	uint8_t pcr[MADE_PCRS][64];
	bool with_certificate, with_cabundle, with_timestamp;
	struct span field[NITRO_DOCUMENT_FIELDS]; /* p NULL: null */
	const char *more;                         /* one more member with null, or NULL */
	bool open_maps;                           /* without lengths */
	/* Around it. */
	int64_t alg;
	bool tagged, no_signature, unprotected_alg, more_protected;
	EVP_PKEY *signer;
};

static EVP_PKEY *made_keys[MADE_CERTS];

__attribute__((unused)) static void made_keys_new(void)
{
	for (size_t i = 0; i < MADE_CERTS; i++)
		made_keys[i] = EVP_PKEY_Q_keygen(NULL, NULL, "EC", "P-384");
}

__attribute__((unused)) static void made_keys_free(void)
{
	for (size_t i = 0; i < MADE_CERTS; i++)
		EVP_PKEY_free(made_keys[i]);
}

#define MADE_MODULE "i-0123456789abcdef0-enc0123456789abcdef"

__attribute__((unused)) static struct made_nitro made_nitro(void)
{
	static const char *const names[] = { "aws.nitro-enclaves", "one.test-1.aws.nitro-enclaves",
		"two.zonal.test-1.aws.nitro-enclaves", "i-0.test-1.aws.nitro-enclaves",
		MADE_MODULE ".test-1.aws" };
	static const char *const basic[] = { "critical,CA:TRUE", "critical,CA:TRUE,pathlen:2",
		"critical,CA:TRUE,pathlen:1", "critical,CA:TRUE,pathlen:0", "critical,CA:FALSE" };
	static const int64_t days[] = { 3650, 20, 6, 1, 0 };
	struct made_nitro m = { .n_cabundle = MADE_LEAF,
		.module_name = "module_id",
		.module_id = MADE_MODULE,
		.digest_name = "digest",
		.digest = "SHA384",
		.pcrs_name = "pcrs",
		.timestamp_ms = UINT64_C(1000) * MADE_AT + 7,
		.n_pcrs = MADE_PCRS,
		.pcr_size = 48,
		.with_certificate = true,
		.with_cabundle = true,
		.with_timestamp = true,
		.alg = COSE_ES384,
		.signer = made_keys[MADE_LEAF] };

	for (size_t i = 0; i < MADE_CERTS; i++)
		m.certs[i] = (struct made_cert){ .subject = names[i],
			.issuer = names[i ? i - 1 : 0],
			.key = made_keys[i],
			.signer = made_keys[i ? i - 1 : 0],
			.version = X509_VERSION_3,
			.basic = basic[i],
			.usage = i == MADE_LEAF ? "digitalSignature,nonRepudiation"
						: "critical,keyCertSign",
			.hash = "SHA384",
			.from = MADE_AT - 3,
			.to = MADE_AT + (days[i] ? days[i] * MADE_DAY : 3 * MADE_HOUR) };
	for (size_t i = 0; i < MADE_PCRS; i++)
		memset(m.pcr[i], (int)(0x10 + i), sizeof m.pcr[i]);
	m.field[NITRO_DOCUMENT_NONCE] = span_make("a nonce", 7);
	m.field[NITRO_DOCUMENT_USER_DATA] = span_make("", 0);
	return m;
}

static struct buf made_cert_der(const struct made_cert *c)
{
	struct buf b = buf_init(1 << 16);
	unsigned char *der = NULL;
	X509 *x = X509_new();
	int n;

	X509_set_version(x, c->version);
	ASN1_INTEGER_set(X509_get_serialNumber(x), 4711);
	ASN1_TIME_set(X509_getm_notBefore(x), (time_t)c->from);
	ASN1_TIME_set(X509_getm_notAfter(x), (time_t)c->to);
	made_name(X509_get_subject_name(x), c->subject);
	made_name(X509_get_issuer_name(x), c->issuer);
	X509_set_pubkey(x, c->key);
	made_extension(x, NID_basic_constraints, c->basic);
	made_extension(x, NID_key_usage, c->usage);
	made_critical(x, c->critical);
	CHECK(X509_sign(x, c->signer, EVP_get_digestbyname(c->hash)) > 0);
	n = i2d_X509(x, &der);
	buf_add(&b, der, n > 0 ? (size_t)n : 0);
	OPENSSL_free(der);
	X509_free(x);
	return b;
}

/* The head of a map of n, or of one that a break ends. */
static void made_map(struct buf *b, bool open, size_t n)
{
	if (open)
		buf_u8(b, 0xbf);
	else
		cbor_put_map(b, n);
}

static void made_end(struct buf *b, bool open)
{
	if (open)
		buf_u8(b, 0xff);
}

static void made_put_certs(struct buf *b, const struct made_nitro *m)
{
	CLEANUP(buf_done) struct buf leaf = made_cert_der(&m->certs[MADE_LEAF]);

	if (m->with_certificate) {
		cbor_put_text(b, STR("certificate"));
		cbor_put_bytes(b, m->bundle[11].p ? m->bundle[11] : buf_span(&leaf));
	}
	if (!m->with_cabundle)
		return;
	cbor_put_text(b, STR("cabundle"));
	cbor_put_array(b, m->n_cabundle);
	for (size_t i = 0; i < m->n_cabundle; i++) {
		CLEANUP(buf_done)
		struct buf der = made_cert_der(&m->certs[i < MADE_LEAF ? i : MADE_LEAF]);

		cbor_put_bytes(b, m->bundle[i].p ? m->bundle[i] : buf_span(&der));
	}
}

static void made_put_pcrs(struct buf *b, const struct made_nitro *m)
{
	if (!m->pcrs_name)
		return;
	cbor_put_text(b, str_of(m->pcrs_name));
	made_map(b, m->open_maps, m->n_pcrs);
	for (size_t i = 0; i < m->n_pcrs; i++) {
		cbor_put_uint(b, m->first_pcr + i);
		cbor_put_bytes(b, span_make(m->pcr[i % MADE_PCRS], m->pcr_size));
	}
	made_end(b, m->open_maps);
}

/* The map that is signed. */
__attribute__((unused)) static struct buf made_payload(const struct made_nitro *m)
{
	struct buf b = buf_init(1 << 20);
	int n = NITRO_DOCUMENT_FIELDS + !!m->module_name + !!m->digest_name + !!m->pcrs_name +
		m->with_timestamp + m->with_certificate + m->with_cabundle + !!m->more;

	made_map(&b, m->open_maps, (size_t)n);
	if (m->module_name) {
		cbor_put_text(&b, str_of(m->module_name));
		cbor_put_text(&b, str_of(m->module_id));
	}
	if (m->digest_name) {
		cbor_put_text(&b, str_of(m->digest_name));
		cbor_put_text(&b, str_of(m->digest));
	}
	if (m->with_timestamp) {
		cbor_put_text(&b, STR("timestamp"));
		cbor_put_uint(&b, m->timestamp_ms);
	}
	made_put_pcrs(&b, m);
	made_put_certs(&b, m);
	for (unsigned i = 0; i < NITRO_DOCUMENT_FIELDS; i++) {
		cbor_put_text(&b, str_of(nitro_document_field_name((enum nitro_document_field)i)));
		if (m->field[i].p)
			cbor_put_bytes(&b, m->field[i]);
		else
			cbor_put_null(&b);
	}
	if (m->more) {
		cbor_put_text(&b, str_of(m->more));
		cbor_put_null(&b);
	}
	made_end(&b, m->open_maps);
	return b;
}

/* r and s, 48 bytes each. */
static void made_cose_signature(uint8_t ret[static 96], EVP_PKEY *key, struct span message)
{
	EVP_MD_CTX *ctx = EVP_MD_CTX_new();
	uint8_t der[256];
	const uint8_t *at = der;
	size_t n = sizeof der;
	ECDSA_SIG *pair;

	CHECK(EVP_DigestSignInit_ex(ctx, NULL, "SHA384", NULL, NULL, key, NULL) == 1);
	CHECK(EVP_DigestSign(ctx, der, &n, message.p, message.n) == 1);
	EVP_MD_CTX_free(ctx);
	pair = d2i_ECDSA_SIG(NULL, &at, (long)n);
	BN_bn2binpad(ECDSA_SIG_get0_r(pair), ret, 48);
	BN_bn2binpad(ECDSA_SIG_get0_s(pair), ret + 48, 48);
	ECDSA_SIG_free(pair);
}

/* The whole document, around any payload. */
__attribute__((unused)) static struct buf made_around(
	const struct made_nitro *m, struct span payload)
{
	CLEANUP(buf_done) struct buf header = buf_init(100);
	CLEANUP(buf_done) struct buf message = buf_init(1 << 20);
	struct buf b = buf_init(1 << 20);
	uint8_t signature[96] = { 0 };

	cbor_put_map(&header, m->more_protected ? 2 : 1);
	cbor_put_int(&header, COSE_ALG);
	cbor_put_int(&header, m->alg);
	if (m->more_protected) {
		cbor_put_int(&header, COSE_KID);
		cbor_put_bytes(&header, span_make("k", 1));
	}
	cose_sign1_message(&message, buf_span(&header), payload);
	if (!m->no_signature)
		made_cose_signature(signature, m->signer, buf_span(&message));
	if (m->tagged)
		cbor_put_tag(&b, COSE_SIGN1_TAG);
	cbor_put_array(&b, 4);
	cbor_put_bytes(&b, buf_span(&header));
	cbor_put_map(&b, m->unprotected_alg);
	if (m->unprotected_alg) {
		cbor_put_int(&b, COSE_ALG);
		cbor_put_int(&b, COSE_ES384);
	}
	cbor_put_bytes(&b, payload);
	cbor_put_bytes(&b, SPAN_OF(signature));
	return b;
}

__attribute__((unused)) static struct buf made_document(const struct made_nitro *m)
{
	CLEANUP(buf_done) struct buf payload = made_payload(m);

	return made_around(m, buf_span(&payload));
}

#endif
