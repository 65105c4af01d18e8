/*
 * An authority like Intel's for TDX, made on the spot with keys of its own: certificates with the SGX extension, CRLs,
 * signed documents; tdx_documents.h has their texts and tdx_quote_made.h quotes that it vouches for. Written byte by byte from the specifications; what the tests take as
 * honest, and then change. A test sets what it wants another way in struct made_tdx and has everything made anew.
 */
#ifndef ASSAY_TEST_TDX_AUTHORITY_H
#define ASSAY_TEST_TDX_AUTHORITY_H

#include <openssl/ecdsa.h>
#include <openssl/pem.h>
#include <openssl/sha.h>
#include <openssl/x509v3.h>

#include "codec/der.h"
#include "test.h"
#include "trust/intel_chain.h"
#include "trust/pck_extension.h"

enum { MADE_NOW = 1775001600, MADE_DAY = 86400, MADE_OMIT_MAX = 8 };

#define MADE_ROOT "Intel SGX Root CA"
#define MADE_PLATFORM "Intel SGX PCK Platform CA"
#define MADE_PCK "Intel SGX PCK Certificate"
#define MADE_SIGNING "Intel SGX TCB Signing"
#define MADE_CA_USAGE "critical,keyCertSign,cRLSign"
#define MADE_END_USAGE "critical,digitalSignature,nonRepudiation"

struct made_cert {
	const char *subject, *issuer;
	EVP_PKEY *key, *signer;
	const char *constraints, *usage; /* NULL: none */
	long serial;
	int64_t from, to;
	const struct buf *sgx; /* the extension's value, or NULL */
	unsigned sgx_times;
	int without;          /* NID of an extension that is left out */
	const char *critical; /* OID of one that nobody knows */
	EVP_PKEY *names_key;  /* whose identifier it names as its issuer's; NULL: the signer's */
	bool second_name;     /* one common name more */
	bool sha384;
	bool version_1;
};

struct made_tdx {
	EVP_PKEY *root_key, *ca_key, *pck_key, *signing_key, *attestation_key, *other_key;
	struct made_cert root, ca, pck, signing;
	struct pck_extension platform;
};

__attribute__((unused)) static EVP_PKEY *made_p256(void)
{
	return EVP_PKEY_Q_keygen(NULL, NULL, "EC", "P-256");
}

/* ---- the SGX extension ---- */

static const uint8_t made_arcs[] = { 0x2a, 0x86, 0x48, 0x86, 0xf8, 0x4d, 0x01, 0x0d, 0x01 };

/* One member: SEQUENCE { OID made_arcs.group.arc, value }; group 0 stands for none. */
static void made_member(
	struct buf *out, uint8_t group, uint8_t arc, uint8_t tag, const void *value, size_t n)
{
	size_t start = out->n, oid;

	oid = out->n;
	buf_add(out, made_arcs, sizeof made_arcs);
	if (group)
		buf_u8(out, group);
	buf_u8(out, arc);
	der_close(out, oid, DER_OID);
	der_put(out, tag, span_make(value, n));
	der_close(out, start, DER_SEQUENCE);
}

static void made_svn(struct buf *out, uint8_t arc, unsigned v)
{
	uint8_t bytes[] = { (uint8_t)(v >> 16), (uint8_t)(v >> 8), (uint8_t)v };
	size_t skip = v < 0x80 ? 2 : v < 0x8000 ? 1 : 0;

	made_member(out, 2, arc, DER_INTEGER, bytes + skip, sizeof bytes - skip);
}

/* A member whose first value is SEQUENCE: wraps what stands in inner. */
static void made_group(struct buf *out, uint8_t arc, const struct buf *inner)
{
	made_member(out, 0, arc, DER_SEQUENCE, inner->p, inner->n);
}

/* Without the member `without` (1 to 7; 100 + n is member n of the TCB). */
__attribute__((unused)) static struct buf made_sgx(const struct pck_extension *x, int without)
{
	CLEANUP(buf_done) struct buf tcb = buf_init(2000);
	CLEANUP(buf_done) struct buf configuration = buf_init(200);
	struct buf out = buf_init(4000);
	uint8_t yes = 0xff, no = 0;

	for (int i = 1; i <= PCK_EXTENSION_COMPONENTS; i++)
		if (without != 100 + i)
			made_svn(&tcb, (uint8_t)i, x->components[i - 1]);
	if (without != 117)
		made_svn(&tcb, 17, x->pce_svn);
	if (without != 118)
		made_member(&tcb, 2, 18, DER_OCTET_STRING, x->cpu_svn, 16);
	made_member(&configuration, 7, 1, 0x01, x->dynamic_platform ? &yes : &no, 1);
	made_member(&configuration, 7, 2, 0x01, x->cached_keys ? &yes : &no, 1);
	made_member(&configuration, 7, 3, 0x01, x->smt ? &yes : &no, 1);
	if (without != 1)
		made_member(&out, 0, 1, DER_OCTET_STRING, x->ppid, 16);
	if (without != 2)
		made_group(&out, 2, &tcb);
	if (without != 3)
		made_member(&out, 0, 3, DER_OCTET_STRING, x->pce_id, 2);
	if (without != 4)
		made_member(&out, 0, 4, DER_OCTET_STRING, x->fmspc, 6);
	if (without != 5)
		made_member(&out, 0, 5, 0x0a, &x->sgx_type, 1);
	if (without != 6)
		made_member(&out, 0, 6, DER_OCTET_STRING, x->platform_instance_id, 16);
	if (without != 7)
		made_group(&out, 7, &configuration);
	der_close(&out, 0, DER_SEQUENCE);
	return out;
}

/* ---- certificates ---- */

static void made_cn(X509_NAME *name, const char *cn)
{
	X509_NAME_add_entry_by_txt(name, "CN", MBSTRING_ASC, (const unsigned char *)cn, -1, -1, 0);
	X509_NAME_add_entry_by_txt(
		name, "O", MBSTRING_ASC, (const unsigned char *)"Intel Corporation", -1, -1, 0);
}

static void made_ext(X509 *x, X509V3_CTX *ctx, int nid, const char *value, int without)
{
	X509_EXTENSION *ext = value && nid != without ? X509V3_EXT_conf_nid(NULL, ctx, nid, value)
						      : NULL;

	if (ext)
		X509_add_ext(x, ext, -1);
	X509_EXTENSION_free(ext);
}

static void made_raw_ext(X509 *x, const char *oid, int critical, struct span value)
{
	ASN1_OCTET_STRING *octets = ASN1_OCTET_STRING_new();
	ASN1_OBJECT *object = OBJ_txt2obj(oid, 1);
	X509_EXTENSION *ext;

	ASN1_OCTET_STRING_set(octets, value.p, (int)value.n);
	ext = X509_EXTENSION_create_by_OBJ(NULL, object, critical, octets);
	X509_add_ext(x, ext, -1);
	X509_EXTENSION_free(ext);
	ASN1_OCTET_STRING_free(octets);
	ASN1_OBJECT_free(object);
}

/* The key identifier of an authority's key, as both its certificate and those that it issues name it. */
static void made_key_id(X509 *x, EVP_PKEY *key, int without)
{
	uint8_t id[32];
	uint8_t aki[24] = { 0x30, 0x16, 0x80, 0x14 };
	uint8_t *spki = NULL;
	int n = i2d_PUBKEY(key, &spki);

	SHA256(spki, (size_t)n, id);
	OPENSSL_free(spki);
	memcpy(aki + 4, id, 20);
	if (without != NID_authority_key_identifier)
		made_raw_ext(x, "2.5.29.35", 0, SPAN_OF(aki));
}

static void made_subject_id(X509 *x, EVP_PKEY *key, int without)
{
	uint8_t id[32], ski[22] = { 0x04, 0x14 };
	uint8_t *spki = NULL;
	int n = i2d_PUBKEY(key, &spki);

	SHA256(spki, (size_t)n, id);
	OPENSSL_free(spki);
	memcpy(ski + 2, id, 20);
	if (without != NID_subject_key_identifier)
		made_raw_ext(x, "2.5.29.14", 0, SPAN_OF(ski));
}

static X509 *made_new_x509(const struct made_cert *c)
{
	static const uint8_t null[] = { 5, 0 };
	X509 *x = X509_new();
	X509V3_CTX ctx;

	X509V3_set_ctx(&ctx, x, x, NULL, NULL, 0);
	X509_set_version(x, c->version_1 ? X509_VERSION_1 : X509_VERSION_3);
	ASN1_INTEGER_set(X509_get_serialNumber(x), c->serial);
	made_cn(X509_get_subject_name(x), c->subject);
	if (c->second_name)
		made_cn(X509_get_subject_name(x), c->subject);
	made_cn(X509_get_issuer_name(x), c->issuer);
	ASN1_TIME_set(X509_getm_notBefore(x), (time_t)c->from);
	ASN1_TIME_set(X509_getm_notAfter(x), (time_t)c->to);
	X509_set_pubkey(x, c->key);
	made_key_id(x, c->names_key ? c->names_key : c->signer, c->without);
	made_subject_id(x, c->key, c->without);
	made_ext(x, &ctx, NID_key_usage, c->usage, c->without);
	made_ext(x, &ctx, NID_basic_constraints, c->constraints, c->without);
	made_ext(x, &ctx, NID_crl_distribution_points, "URI:https://crl.invalid", c->without);
	for (unsigned i = 0; c->sgx && i < c->sgx_times; i++)
		made_raw_ext(x, "1.2.840.113741.1.13.1", 0, buf_span(c->sgx));
	if (c->critical)
		made_raw_ext(x, c->critical, 1, SPAN_OF(null));
	CHECK(X509_sign(x, c->signer, c->sha384 ? EVP_sha384() : EVP_sha256()) > 0);
	return x;
}

/* One that signs itself is made once as long as nothing of it changes: a root is known by its bytes. */
__attribute__((unused)) static X509 *made_x509(const struct made_cert *c)
{
	static struct made_cert of;
	static X509 *last;

	if (c->key != c->signer)
		return made_new_x509(c);
	if (!last || memcmp(&of, c, sizeof of) != 0) {
		X509_free(last);
		last = made_new_x509(c);
		memcpy(&of, c, sizeof of);
	}
	X509_up_ref(last);
	return last;
}

static void made_pem(struct buf *out, const struct made_cert *c)
{
	X509 *x = made_x509(c);
	BIO *bio = BIO_new(BIO_s_mem());
	char *text;
	long n;

	CHECK(PEM_write_bio_X509(bio, x) == 1);
	n = BIO_get_mem_data(bio, &text);
	buf_add(out, text, (size_t)n);
	BIO_free(bio);
	X509_free(x);
}

__attribute__((unused)) static struct buf made_pck_chain(const struct made_tdx *m)
{
	struct buf b = buf_init(1 << 16);

	made_pem(&b, &m->pck);
	made_pem(&b, &m->ca);
	made_pem(&b, &m->root);
	return b;
}

__attribute__((unused)) static struct buf made_signing_chain(const struct made_tdx *m)
{
	struct buf b = buf_init(1 << 16);

	made_pem(&b, &m->signing);
	made_pem(&b, &m->root);
	return b;
}

/* ---- CRLs ---- */

struct made_crl {
	const char *issuer;
	EVP_PKEY *signer;
	EVP_PKEY *names_key; /* NULL: signer */
	int64_t from, to;    /* to 0: no next update */
	long revoked;        /* 0: none */
	bool critical, critical_entry, without_key_id, version_1, sha384;
};

/* The identifier of the key that signed, as the list names it. */
static void made_crl_key_id(X509_CRL *crl, const struct made_crl *c)
{
	X509 *issuer = X509_new();
	X509_EXTENSION *ext;
	X509V3_CTX ctx;

	made_subject_id(issuer, c->names_key ? c->names_key : c->signer, 0);
	X509V3_set_ctx(&ctx, issuer, NULL, NULL, crl, 0);
	ext = X509V3_EXT_conf_nid(NULL, &ctx, NID_authority_key_identifier, "keyid:always");
	X509_CRL_add_ext(crl, ext, -1);
	X509_EXTENSION_free(ext);
	X509_free(issuer);
}

static void made_crl_content(X509_CRL *crl, const struct made_crl *c, ASN1_TIME *at)
{
	ASN1_INTEGER *number = ASN1_INTEGER_new();
	X509_REVOKED *r;

	if (c->critical) {
		ASN1_INTEGER_set(number, 1);
		X509_CRL_add1_ext_i2d(crl, NID_crl_number, number, 1, 0);
	}
	if (c->revoked) {
		r = X509_REVOKED_new();
		ASN1_INTEGER_set(number, c->revoked);
		X509_REVOKED_set_serialNumber(r, number);
		X509_REVOKED_set_revocationDate(r, at);
		if (c->critical_entry)
			X509_REVOKED_add1_ext_i2d(r, NID_crl_number, number, 1, 0);
		X509_CRL_add0_revoked(crl, r);
	}
	ASN1_INTEGER_free(number);
}

__attribute__((unused)) static struct buf made_crl(const struct made_crl *c)
{
	struct buf b = buf_init(1 << 16);
	X509_CRL *crl = X509_CRL_new();
	X509_NAME *name = X509_NAME_new();
	ASN1_TIME *t = ASN1_TIME_set(NULL, (time_t)c->from);
	uint8_t *der = NULL;
	int n;

	X509_CRL_set_version(crl, c->version_1 ? X509_CRL_VERSION_1 : X509_CRL_VERSION_2);
	made_cn(name, c->issuer);
	X509_CRL_set_issuer_name(crl, name);
	X509_CRL_set1_lastUpdate(crl, t);
	made_crl_content(crl, c, t);
	if (c->to) {
		ASN1_TIME_set(t, (time_t)c->to);
		X509_CRL_set1_nextUpdate(crl, t);
	}
	if (!c->without_key_id && !c->version_1)
		made_crl_key_id(crl, c);
	CHECK(X509_CRL_sign(crl, c->signer, c->sha384 ? EVP_sha384() : EVP_sha256()) > 0);
	n = i2d_X509_CRL(crl, &der);
	buf_add(&b, der, (size_t)n);
	OPENSSL_free(der);
	ASN1_TIME_free(t);
	X509_NAME_free(name);
	X509_CRL_free(crl);
	return b;
}

/* ---- signatures as Intel's formats have them ---- */

/* r and s, 32 bytes each. */
__attribute__((unused)) static void made_rs(
	uint8_t out[static 64], EVP_PKEY *key, struct span message)
{
	EVP_MD_CTX *ctx = EVP_MD_CTX_new();
	uint8_t sig[100];
	const uint8_t *at = sig;
	size_t n = sizeof sig;
	ECDSA_SIG *pair;

	CHECK(EVP_DigestSignInit_ex(ctx, NULL, "SHA256", NULL, NULL, key, NULL) == 1 &&
		EVP_DigestSign(ctx, sig, &n, message.p, message.n) == 1);
	EVP_MD_CTX_free(ctx);
	pair = d2i_ECDSA_SIG(NULL, &at, (long)n);
	BN_bn2binpad(ECDSA_SIG_get0_r(pair), out, 32);
	BN_bn2binpad(ECDSA_SIG_get0_s(pair), out + 32, 32);
	ECDSA_SIG_free(pair);
}

/* {"MEMBER":BODY,"signature":"..."} */
__attribute__((unused)) static struct buf made_document(
	const char *member, const char *body, EVP_PKEY *key)
{
	struct buf b = buf_init(1 << 20);
	uint8_t rs[64];

	made_rs(rs, key, span_make(body, strlen(body)));
	buf_printf(&b, "{\"%s\":%s,\"signature\":\"", member, body);
	for (size_t i = 0; i < sizeof rs; i++)
		buf_printf(&b, "%02x", rs[i]);
	buf_printf(&b, "\"}");
	return b;
}

/* ---- all of it, honest ---- */

static struct buf made_sgx_value; /* what m->pck.sgx points to */

__attribute__((unused)) static struct made_tdx made_honest(void)
{
	static struct made_tdx keys; /* made once: a key takes longer than a signature */
	const int64_t from = MADE_NOW - 100 * MADE_DAY, to = MADE_NOW + 100 * MADE_DAY;
	struct made_tdx m;

	if (!keys.root_key)
		keys = (struct made_tdx){ made_p256(), made_p256(), made_p256(), made_p256(),
			made_p256(), made_p256(), .root = { 0 } };
	m = keys;
	m.platform = (struct pck_extension){ .components = { 3, 3, 2, 2, 4, 1, 0, 5, 200 },
		.pce_svn = 13,
		.pce_id = { 0, 0 },
		.fmspc = { 0x90, 0xc0, 0x6f, 0, 0, 0 },
		.sgx_type = 1,
		.cached_keys = true };
	memset(m.platform.ppid, 0x71, 16);
	memset(m.platform.cpu_svn, 0x72, 16);
	memset(m.platform.platform_instance_id, 0x73, 16);
	buf_done(&made_sgx_value);
	made_sgx_value = made_sgx(&m.platform, 0);
	m.root = (struct made_cert){ MADE_ROOT, MADE_ROOT, m.root_key, m.root_key,
		"critical,CA:TRUE,pathlen:1", MADE_CA_USAGE, 1, from, to, NULL, 0, 0, NULL, NULL,
		false, false, false };
	m.ca = m.root;
	m.ca.subject = MADE_PLATFORM;
	m.ca.key = m.ca_key;
	m.ca.constraints = "critical,CA:TRUE,pathlen:0";
	m.ca.serial = 2;
	m.pck = m.ca;
	m.pck.subject = MADE_PCK;
	m.pck.issuer = MADE_PLATFORM;
	m.pck.key = m.pck_key;
	m.pck.signer = m.ca_key;
	m.pck.constraints = "critical,CA:FALSE";
	m.pck.usage = MADE_END_USAGE;
	m.pck.serial = 3;
	m.pck.sgx = &made_sgx_value;
	m.pck.sgx_times = 1;
	m.signing = m.pck;
	m.signing.subject = MADE_SIGNING;
	m.signing.issuer = MADE_ROOT;
	m.signing.key = m.signing_key;
	m.signing.signer = m.root_key;
	m.signing.serial = 4;
	m.signing.sgx = NULL;
	return m;
}

#endif
