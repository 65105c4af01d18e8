/*
 * TPM structures and certificates made on the spot, byte by byte from the specification and with keys of libcrypto: what
 * the tests of quotes, keys, certificates and appraisals take as honest, and then change.
 */
#ifndef ASSAY_TEST_TPM_MADE_H
#define ASSAY_TEST_TPM_MADE_H

#include <openssl/bn.h>
#include <openssl/core_names.h>
#include <openssl/ecdsa.h>
#include <openssl/evp.h>
#include <openssl/rsa.h>
#include <openssl/x509v3.h>

#include "base/buf.h"
#include "base/digest.h"
#include "evidence/tpm_alg.h"
#include "evidence/tpm_public.h"
#include "evidence/tpm_quote.h"
#include "test.h"

enum {
	MADE_AK_ATTRIBUTES = TPM_OBJECT_FIXED_TPM | TPM_OBJECT_FIXED_PARENT |
			     TPM_OBJECT_SENSITIVE_DATA_ORIGIN | TPM_OBJECT_USER_WITH_AUTH |
			     TPM_OBJECT_RESTRICTED | TPM_OBJECT_SIGN,
	MADE_EK_ATTRIBUTES = TPM_OBJECT_FIXED_TPM | TPM_OBJECT_FIXED_PARENT |
			     TPM_OBJECT_SENSITIVE_DATA_ORIGIN | TPM_OBJECT_ADMIN_WITH_POLICY |
			     TPM_OBJECT_RESTRICTED | TPM_OBJECT_DECRYPT,
};

static const uint8_t made_ek_policy[32] = { 0x83, 0x71, 0x97, 0x67, 0x44, 0x84, 0xb3, 0xf8, 0x1a,
	0x90, 0xcc, 0x8d, 0x46, 0xa5, 0xd7, 0x24, 0xfd, 0x52, 0xd7, 0x6e, 0x06, 0x52, 0x0b, 0x64,
	0xf2, 0xa1, 0xda, 0x1b, 0x33, 0x14, 0x69, 0xaa };

__attribute__((unused)) static EVP_PKEY *made_rsa(void)
{
	return EVP_PKEY_Q_keygen(NULL, NULL, "RSA", (size_t)2048);
}

__attribute__((unused)) static EVP_PKEY *made_ecc(const char *curve)
{
	return EVP_PKEY_Q_keygen(NULL, NULL, "EC", curve);
}

static void made_number(struct buf *b, EVP_PKEY *key, const char *name, int size)
{
	BIGNUM *n = NULL;
	uint8_t bytes[512];

	EVP_PKEY_get_bn_param(key, name, &n);
	BN_bn2binpad(n, bytes, size);
	buf_u16be(b, (uint16_t)size);
	buf_add(b, bytes, (size_t)size);
	BN_free(n);
}

struct made_key {
	uint32_t attributes;
	uint16_t scheme, hash; /* scheme 0: none */
	uint16_t name_hash;    /* 0: SHA-256 */
	bool storage;          /* AES-128-CFB, EK policy */
};

/* TPMT_PUBLIC of an RSA or P-256 key. */
__attribute__((unused)) static struct buf made_public(EVP_PKEY *key, struct made_key k)
{
	struct buf b = buf_init(1024);
	bool rsa = EVP_PKEY_is_a(key, "RSA");

	buf_u16be(&b, rsa ? TPM_ALG_RSA : TPM_ALG_ECC);
	buf_u16be(&b, k.name_hash ? k.name_hash : TPM_ALG_SHA256);
	buf_u32be(&b, k.attributes);
	buf_u16be(&b, k.storage ? 32 : 0);
	buf_add(&b, made_ek_policy, k.storage ? 32 : 0);
	buf_u16be(&b, k.storage ? TPM_ALG_AES : TPM_ALG_NULL);
	if (k.storage) {
		buf_u16be(&b, 128);
		buf_u16be(&b, TPM_ALG_CFB);
	}
	buf_u16be(&b, k.scheme ? k.scheme : TPM_ALG_NULL);
	if (k.scheme)
		buf_u16be(&b, k.hash);
	if (rsa) {
		buf_u16be(&b, (uint16_t)EVP_PKEY_get_bits(key));
		buf_u32be(&b, 0);
		made_number(&b, key, OSSL_PKEY_PARAM_RSA_N, EVP_PKEY_get_bits(key) / 8);
	} else {
		buf_u16be(&b, TPM_CURVE_P256);
		buf_u16be(&b, TPM_ALG_NULL);
		made_number(&b, key, OSSL_PKEY_PARAM_EC_PUB_X, 32);
		made_number(&b, key, OSSL_PKEY_PARAM_EC_PUB_Y, 32);
	}
	return b;
}

/* What a quote by this key says of its signer, both with SHA-256 as name algorithm: 34 bytes. */
__attribute__((unused)) static void made_qualified(
	uint8_t out[static 34], struct span parent, struct span public_area)
{
	CLEANUP(buf_done) struct buf b = buf_init(256);
	uint8_t name[34] = { 0, TPM_ALG_SHA256 };

	sha256_of(name + 2, public_area);
	buf_add(&b, parent.p, parent.n);
	buf_add(&b, name, sizeof name);
	memset(out, 0, 34);
	out[1] = TPM_ALG_SHA256;
	sha256_of(out + 2, buf_span(&b));
}

struct made_quote {
	uint32_t magic;
	uint16_t type;
	struct span signer; /* qualified name; empty: one that is nobody's */
	struct span extra;
	uint8_t safe;
	size_t n;
	struct tpm_selection selections[4];
	uint8_t digest[48];
	size_t digest_size; /* 0: that of SHA-256 */
};

/* TPMS_ATTEST. */
__attribute__((unused)) static struct buf made_quote(const struct made_quote *q)
{
	struct buf b = buf_init(2048);

	buf_u32be(&b, q->magic);
	buf_u16be(&b, q->type);
	buf_u16be(&b, q->signer.n ? (uint16_t)q->signer.n : 34);
	if (q->signer.n) {
		buf_add(&b, q->signer.p, q->signer.n);
	} else {
		buf_u16be(&b, TPM_ALG_SHA256);
		buf_fill(&b, 0x51, 32);
	}
	buf_u16be(&b, (uint16_t)q->extra.n);
	buf_add(&b, q->extra.p, q->extra.n);
	buf_u64be(&b, 12345);
	buf_u32be(&b, 7);
	buf_u32be(&b, 1);
	buf_u8(&b, q->safe);
	buf_u64be(&b, 0x2023121100162836);
	buf_u32be(&b, (uint32_t)q->n);
	for (size_t i = 0; i < q->n; i++) {
		buf_u16be(&b, q->selections[i].hash);
		buf_u8(&b, 3);
		buf_u8(&b, (uint8_t)q->selections[i].pcrs);
		buf_u8(&b, (uint8_t)(q->selections[i].pcrs >> 8));
		buf_u8(&b, (uint8_t)(q->selections[i].pcrs >> 16));
	}
	buf_u16be(&b, q->digest_size ? (uint16_t)q->digest_size : 32);
	buf_add(&b, q->digest, q->digest_size ? q->digest_size : 32);
	return b;
}

/* TPMT_SIGNATURE over message: ECDSA, RSASSA or RSAPSS with that hash. */
__attribute__((unused)) static struct buf made_signature(
	EVP_PKEY *key, uint16_t scheme, const char *hash, uint16_t hash_id, struct span message)
{
	struct buf b = buf_init(1024);
	EVP_MD_CTX *ctx = EVP_MD_CTX_new();
	EVP_PKEY_CTX *pctx = NULL;
	uint8_t sig[512];
	const uint8_t *at = sig;
	size_t n = sizeof sig;

	CHECK(EVP_DigestSignInit_ex(ctx, &pctx, hash, NULL, NULL, key, NULL) == 1);
	if (scheme == TPM_ALG_RSAPSS)
		EVP_PKEY_CTX_set_rsa_padding(pctx, RSA_PKCS1_PSS_PADDING);
	CHECK(EVP_DigestSign(ctx, sig, &n, message.p, message.n) == 1);
	EVP_MD_CTX_free(ctx);
	buf_u16be(&b, scheme);
	buf_u16be(&b, hash_id);
	if (scheme == TPM_ALG_ECDSA) {
		ECDSA_SIG *pair = d2i_ECDSA_SIG(NULL, &at, (long)n);
		uint8_t number[32];

		BN_bn2binpad(ECDSA_SIG_get0_r(pair), number, 32);
		buf_u16be(&b, 32);
		buf_add(&b, number, 32);
		BN_bn2binpad(ECDSA_SIG_get0_s(pair), number, 32);
		buf_u16be(&b, 32);
		buf_add(&b, number, 32);
		ECDSA_SIG_free(pair);
	} else {
		buf_u16be(&b, (uint16_t)n);
		buf_add(&b, sig, n);
	}
	return b;
}

struct made_certificate {
	const char *subject, *issuer;
	EVP_PKEY *key, *signer;
	const char *eku; /* dotted, or NULL */
	bool ca;
	const char *usage;    /* "critical,keyCertSign" or NULL */
	const char *critical; /* OID of an unknown critical extension, or NULL */
	const char *san;      /* critical subjectAltName, or NULL */
	time_t from, to;
	const char *hash; /* NULL: SHA256 */
	const char *more_critical;
};

static void made_extension(X509 *x, int nid, const char *value)
{
	X509_EXTENSION *ext = value ? X509V3_EXT_conf_nid(NULL, NULL, nid, value) : NULL;

	if (ext)
		X509_add_ext(x, ext, -1);
	X509_EXTENSION_free(ext);
}

/* A critical extension of this OID, which nobody knows; NULL: none. */
static void made_critical(X509 *x, const char *oid_text)
{
	ASN1_OBJECT *oid = oid_text ? OBJ_txt2obj(oid_text, 1) : NULL;
	ASN1_OCTET_STRING *value = ASN1_OCTET_STRING_new();
	X509_EXTENSION *ext = NULL;

	ASN1_OCTET_STRING_set(value, (const unsigned char *)"\x05\x00", 2);
	if (oid)
		ext = X509_EXTENSION_create_by_OBJ(NULL, oid, 1, value);
	if (ext)
		X509_add_ext(x, ext, -1);
	X509_EXTENSION_free(ext);
	ASN1_OCTET_STRING_free(value);
	ASN1_OBJECT_free(oid);
}

static void made_name(X509_NAME *name, const char *cn)
{
	X509_NAME_add_entry_by_txt(name, "CN", MBSTRING_ASC, (const unsigned char *)cn, -1, -1, 0);
}

/* DER of a version 3 certificate. */
__attribute__((unused)) static struct buf made_certificate(const struct made_certificate *c)
{
	struct buf b = buf_init(1 << 16);
	unsigned char *der = NULL;
	X509 *x = X509_new();
	int n;

	X509_set_version(x, X509_VERSION_3);
	ASN1_INTEGER_set(X509_get_serialNumber(x), 4711);
	ASN1_TIME_set(X509_getm_notBefore(x), c->from);
	ASN1_TIME_set(X509_getm_notAfter(x), c->to);
	made_name(X509_get_subject_name(x), c->subject);
	made_name(X509_get_issuer_name(x), c->issuer);
	X509_set_pubkey(x, c->key);
	made_extension(x, NID_basic_constraints, c->ca ? "critical,CA:TRUE" : "critical,CA:FALSE");
	made_extension(x, NID_ext_key_usage, c->eku);
	made_extension(x, NID_key_usage, c->usage);
	made_extension(x, NID_subject_alt_name, c->san);
	made_critical(x, c->critical);
	made_critical(x, c->more_critical);
	CHECK(X509_sign(x, c->signer, EVP_get_digestbyname(c->hash ? c->hash : "SHA256")) > 0);
	n = i2d_X509(x, &der);
	buf_add(&b, der, n > 0 ? (size_t)n : 0);
	OPENSSL_free(der);
	X509_free(x);
	return b;
}

#endif
