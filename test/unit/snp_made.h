/*
 * An authority of our own with AMD's names, and reports that its leaves sign: what the tests of SEV-SNP take as honest, and
 * then change. Fields are set by their offsets as the specification has them, not with the reader's help.
 */
#ifndef ASSAY_TEST_SNP_MADE_H
#define ASSAY_TEST_SNP_MADE_H

#include <openssl/bn.h>
#include <openssl/ecdsa.h>
#include <openssl/evp.h>
#include <openssl/rsa.h>
#include <openssl/x509v3.h>

#include "base/buf.h"
#include "evidence/snp_report.h"
#include "test.h"
#include "trust/snp_chain.h"

enum { SNP_MADE_NOW = 1796083200, SNP_MADE_DAY = 24 * 3600, SNP_MADE_EXTENSIONS = 16 };

#define SNP_MADE_OID "1.3.6.1.4.1.3704.1"

struct snp_made_extension {
	const char *oid; /* NULL ends the list */
	const char *value;
	size_t n;
	bool critical;
};

struct snp_made_certificate {
	const char *subject, *issuer;               /* common names */
	const char *country;                        /* NULL: US */
	const char *unit, *place, *state, *company; /* NULL: as AMD has them */
	const char *more_name; /* one more part of both names, a second organizational unit */
	EVP_PKEY *key, *signer;
	long version;   /* as libcrypto has it: 0 is version 1; honest ones have X509_VERSION_3 */
	const char *ca; /* basic constraints, or NULL */
	const char *usage;
	const char *hash; /* NULL: SHA384 */
	int salt;         /* 0: 48; -1: PKCS #1 v1.5 */
	long serial;
	int64_t from, to;
	struct snp_made_extension extensions[SNP_MADE_EXTENSIONS];
};

__attribute__((unused)) static void snp_made_name(
	X509_NAME *name, const char *cn, const struct snp_made_certificate *c)
{
	const char *const parts[][2] = { { "OU", c->unit ? c->unit : "Engineering" },
		{ "C", c->country ? c->country : "US" },
		{ "L", c->place ? c->place : "Santa Clara" }, { "ST", c->state ? c->state : "CA" },
		{ "O", c->company ? c->company : "Advanced Micro Devices" }, { "CN", cn },
		{ "OU", c->more_name } };

	for (size_t i = 0; i < ARRAY_LEN(parts) && parts[i][1]; i++)
		X509_NAME_add_entry_by_txt(name, parts[i][0], MBSTRING_UTF8,
			(const unsigned char *)parts[i][1], -1, -1, 0);
}

__attribute__((unused)) static void snp_made_raw(X509 *x, const struct snp_made_extension *m)
{
	ASN1_OBJECT *oid = OBJ_txt2obj(m->oid, 1);
	ASN1_OCTET_STRING *value = ASN1_OCTET_STRING_new();
	X509_EXTENSION *ext;

	ASN1_OCTET_STRING_set(value, (const unsigned char *)m->value, (int)m->n);
	ext = X509_EXTENSION_create_by_OBJ(NULL, oid, m->critical, value);
	X509_add_ext(x, ext, -1);
	X509_EXTENSION_free(ext);
	ASN1_OCTET_STRING_free(value);
	ASN1_OBJECT_free(oid);
}

/* RSASSA-PSS as AMD has it, or what the arguments say instead; free the context. */
__attribute__((unused)) static EVP_MD_CTX *snp_made_signer(
	EVP_PKEY *key, const char *hash, int salt)
{
	EVP_MD_CTX *ctx = EVP_MD_CTX_new();
	EVP_PKEY_CTX *pctx = NULL;

	CHECK(EVP_DigestSignInit_ex(ctx, &pctx, hash ? hash : "SHA384", NULL, NULL, key, NULL) ==
		1);
	if (EVP_PKEY_is_a(key, "RSA") && salt >= 0) {
		EVP_PKEY_CTX_set_rsa_padding(pctx, RSA_PKCS1_PSS_PADDING);
		EVP_PKEY_CTX_set_rsa_pss_saltlen(pctx, salt ? salt : 48);
	}
	return ctx;
}

__attribute__((unused)) static struct certificate *snp_made_certificate(
	const struct snp_made_certificate *c)
{
	struct certificate *ret = NULL;
	unsigned char *der = NULL;
	X509 *x = X509_new();
	const char *const ext[] = { c->ca, c->usage };
	const int nids[] = { NID_basic_constraints, NID_key_usage };
	EVP_MD_CTX *ctx = snp_made_signer(c->signer, c->hash, c->salt);
	struct err e = { 0 };
	int n;

	X509_set_version(x, c->version);
	ASN1_INTEGER_set(X509_get_serialNumber(x), c->serial);
	ASN1_TIME_set(X509_getm_notBefore(x), c->from);
	ASN1_TIME_set(X509_getm_notAfter(x), c->to);
	snp_made_name(X509_get_subject_name(x), c->subject, c);
	snp_made_name(X509_get_issuer_name(x), c->issuer, c);
	X509_set_pubkey(x, c->key);
	for (size_t i = 0; i < ARRAY_LEN(ext); i++) {
		X509_EXTENSION *made = ext[i] ? X509V3_EXT_conf_nid(NULL, NULL, nids[i], ext[i])
					      : NULL;

		if (made)
			X509_add_ext(x, made, -1);
		X509_EXTENSION_free(made);
	}
	for (size_t i = 0; i < SNP_MADE_EXTENSIONS && c->extensions[i].oid; i++)
		if (c->extensions[i].value)
			snp_made_raw(x, &c->extensions[i]);
	CHECK(X509_sign_ctx(x, ctx) > 0);
	EVP_MD_CTX_free(ctx);
	n = i2d_X509(x, &der);
	CHECK_OK(certificate_of_der(&ret, span_make(der, n > 0 ? (size_t)n : 0), &e), e);
	OPENSSL_free(der);
	X509_free(x);
	return ret;
}

/* Of more and smaller primes than two: as good to verify with, and found many times faster. */
__attribute__((unused)) static EVP_PKEY *snp_made_rsa(int bits, int primes)
{
	EVP_PKEY_CTX *ctx = EVP_PKEY_CTX_new_from_name(NULL, "RSA", NULL);
	EVP_PKEY *key = NULL;

	CHECK(EVP_PKEY_keygen_init(ctx) == 1 && EVP_PKEY_CTX_set_rsa_keygen_bits(ctx, bits) == 1 &&
		EVP_PKEY_CTX_set_rsa_keygen_primes(ctx, primes) == 1 &&
		EVP_PKEY_generate(ctx, &key) == 1);
	EVP_PKEY_CTX_free(ctx);
	return key;
}

/* A list by the ARK with one serial number in it, when it is not 0; in DER. */
struct snp_made_crl {
	const char *issuer;
	EVP_PKEY *signer;
	int salt;
	long revoked;
	int64_t from, to; /* to 0: it names no end */
	bool critical;    /* with an extension that makes it a list of changes */
};

__attribute__((unused)) static struct buf snp_made_crl(const struct snp_made_crl *m)
{
	struct buf b = buf_init(1 << 16);
	X509_CRL *crl = X509_CRL_new();
	X509_NAME *name = X509_NAME_new();
	ASN1_INTEGER *number = ASN1_INTEGER_new();
	ASN1_TIME *from = ASN1_TIME_set(NULL, m->from), *to = ASN1_TIME_set(NULL, m->to);
	EVP_MD_CTX *ctx = snp_made_signer(m->signer, NULL, m->salt);
	unsigned char *der = NULL;
	int n;

	X509_CRL_set_version(crl, 1);
	snp_made_name(name, m->issuer, &(struct snp_made_certificate){ 0 });
	X509_CRL_set_issuer_name(crl, name);
	X509_CRL_set1_lastUpdate(crl, from);
	if (m->to)
		X509_CRL_set1_nextUpdate(crl, to);
	ASN1_INTEGER_set(number, m->revoked);
	if (m->revoked) {
		X509_REVOKED *entry = X509_REVOKED_new();

		X509_REVOKED_set_serialNumber(entry, number);
		X509_REVOKED_set_revocationDate(entry, from);
		X509_CRL_add0_revoked(crl, entry);
	}
	ASN1_INTEGER_set(number, 1);
	if (m->critical)
		X509_CRL_add1_ext_i2d(crl, NID_delta_crl, number, 1, 0);
	CHECK(X509_CRL_sign_ctx(crl, ctx) > 0);
	n = i2d_X509_CRL(crl, &der);
	buf_add(&b, der, n > 0 ? (size_t)n : 0);
	OPENSSL_free(der);
	EVP_MD_CTX_free(ctx);
	ASN1_TIME_free(from);
	ASN1_TIME_free(to);
	ASN1_INTEGER_free(number);
	X509_NAME_free(name);
	X509_CRL_free(crl);
	return b;
}

/* A report's bytes with numbers put where the specification has them. */
struct snp_made_report {
	uint8_t bytes[SNP_REPORT_SIZE];
};

__attribute__((unused)) static void snp_made_put(
	struct snp_made_report *m, size_t at, uint64_t value, size_t n)
{
	for (size_t i = 0; i < n; i++)
		m->bytes[at + i] = (uint8_t)(value >> (8 * i));
}

/* An honest report of that version: CPUID of a Milan, the same TCB everywhere, every identity another byte. */
__attribute__((unused)) static struct snp_made_report snp_made_report(uint32_t version)
{
	static const size_t tcbs[] = { 0x038, 0x180, 0x1e0, 0x1f0 };
	static const struct {
		size_t at, n;
		uint8_t byte;
	} runs[] = { { 0x010, 16, 0xf1 }, { 0x020, 16, 0xf2 }, { 0x050, 64, 0xd1 },
		{ 0x090, 48, 0xd2 }, { 0x0c0, 32, 0xd3 }, { 0x0e0, 48, 0xd4 }, { 0x110, 48, 0xd5 },
		{ 0x140, 32, 0xd6 }, { 0x160, 32, 0xff }, { 0x1a0, 64, 0xc1 } };
	struct snp_made_report m = { { 0 } };

	snp_made_put(&m, 0x000, version, 4);
	snp_made_put(&m, 0x004, 3, 4);
	snp_made_put(&m, 0x008, 0x30137, 8);
	snp_made_put(&m, 0x034, 1, 4);
	snp_made_put(&m, 0x040, 0x25, 8);
	for (size_t i = 0; i < ARRAY_LEN(tcbs); i++)
		snp_made_put(&m, tcbs[i], UINT64_C(0xd517000000000004), 8);
	for (size_t i = 0; i < ARRAY_LEN(runs); i++)
		memset(m.bytes + runs[i].at, runs[i].byte, runs[i].n);
	if (version >= 3)
		snp_made_put(&m, 0x188, 0x010119, 3);
	snp_made_put(&m, 0x1e8, 0x01371d, 3);
	snp_made_put(&m, 0x1ec, 0x01371d, 3);
	if (version >= 5) {
		snp_made_put(&m, 0x1f8, 0x0b, 8);
		snp_made_put(&m, 0x200, 0x0f, 8);
	}
	return m;
}

__attribute__((unused)) static void snp_made_sign(struct snp_made_report *m, EVP_PKEY *key)
{
	EVP_MD_CTX *ctx = snp_made_signer(key, NULL, -1);
	uint8_t der[256];
	const uint8_t *at = der;
	size_t n = sizeof der;
	ECDSA_SIG *pair;

	CHECK(EVP_DigestSign(ctx, der, &n, m->bytes, SNP_REPORT_SIGNED_SIZE) == 1);
	EVP_MD_CTX_free(ctx);
	pair = d2i_ECDSA_SIG(NULL, &at, (long)n);
	CHECK(BN_bn2lebinpad(ECDSA_SIG_get0_r(pair), m->bytes + 0x2a0, 72) == 72);
	CHECK(BN_bn2lebinpad(ECDSA_SIG_get0_s(pair), m->bytes + 0x2e8, 72) == 72);
	ECDSA_SIG_free(pair);
}

#endif
