#include "image/authenticode.h"

#include <string.h>

#include "base/rd.h"
#include "codec/der.h"
#include "trust/certificate.h"
#include "trust/signature.h"
#include "base/banned.h"

/* Whole values, tag and length included: what is fixed in the form that is made and taken. */
static const uint8_t oid_signed_data[] = { 0x06, 9, 0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 1, 7,
	2 }; /* 1.2.840.113549.1.7.2 */
static const uint8_t oid_spc_indirect_data[] = { 0x06, 10, 0x2b, 6, 1, 4, 1, 0x82, 0x37, 2, 1,
	4 }; /* 1.3.6.1.4.1.311.2.1.4 */
static const uint8_t oid_spc_pe_image[] = { 0x06, 10, 0x2b, 6, 1, 4, 1, 0x82, 0x37, 2, 1,
	15 }; /* 1.3.6.1.4.1.311.2.1.15 */
static const uint8_t oid_content_type[] = { 0x06, 9, 0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 1, 9,
	3 }; /* 1.2.840.113549.1.9.3 */
static const uint8_t oid_message_digest[] = { 0x06, 9, 0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 1, 9,
	4 }; /* 1.2.840.113549.1.9.4 */
static const uint8_t alg_sha256[] = { 0x30, 13, 0x06, 9, 0x60, 0x86, 0x48, 1, 0x65, 3, 4, 2, 1, 5,
	0 }; /* 2.16.840.1.101.3.4.2.1, NULL */
static const uint8_t alg_rsa[] = { 0x30, 13, 0x06, 9, 0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 1, 1, 1,
	5, 0 }; /* 1.2.840.113549.1.1.1, NULL */
static const uint8_t version_1[] = { 0x02, 1, 1 };
/* SpcPeImageData: no flags, and a file name that has been "<<<Obsolete>>>" (UTF-16BE) since there are signatures. */
static const uint8_t spc_pe_image[] = { 0x30, 37, 0x03, 1, 0, 0xa0, 32, 0xa2, 30, 0x80, 28, 0, '<',
	0, '<', 0, '<', 0, 'O', 0, 'b', 0, 's', 0, 'o', 0, 'l', 0, 'e', 0, 't', 0, 'e', 0, '>', 0,
	'>', 0, '>' };

enum { ATTRIBUTE_MAX = 64 };

static void put(struct buf *out, struct span whole)
{
	buf_add(out, whole.p, whole.n);
}

/* Issuer and serial number, by which a SignerInfo names a certificate: both whole, borrowed from it. */
struct signer_name {
	struct span issuer, serial;
};

/* Certificate: { TBSCertificate: { [0] version or none, INTEGER serial, algorithm, Name issuer, ... }, ... } */
static bool name_of(struct signer_name *ret, struct span certificate, struct err *e)
{
	static const char its[] = "certificate";
	struct rd r = rd_of(certificate), outer, tbs;
	struct span whole, content;
	struct signer_name name;
	uint8_t tag;

	if (!der_enter(&outer, &r, DER_SEQUENCE, its, e) ||
		!der_enter(&tbs, &outer, DER_SEQUENCE, its, e) ||
		!der_next(&name.serial, &content, &tag, &tbs, its, e))
		return false;
	if (tag == DER_CONTEXT_0 && !der_next(&name.serial, &content, &tag, &tbs, its, e))
		return false;
	if (!der_next(&whole, &content, &tag, &tbs, its, e) ||
		!der_next(&name.issuer, &content, &tag, &tbs, its, e))
		return false;
	*ret = name;
	return true;
}

/* SpcIndirectDataContent: { { type, SpcPeImageData }, { SHA-256, hash } } */
static void put_indirect_data(struct buf *out, struct span image_sha256)
{
	size_t start = out->n, part = out->n;

	put(out, SPAN_OF(oid_spc_pe_image));
	put(out, SPAN_OF(spc_pe_image));
	der_close(out, part, DER_SEQUENCE);
	part = out->n;
	put(out, SPAN_OF(alg_sha256));
	der_put(out, DER_OCTET_STRING, image_sha256);
	der_close(out, part, DER_SEQUENCE);
	der_close(out, start, DER_SEQUENCE);
}

/* { type, { value } } */
static void put_attribute(struct buf *out, struct span type, struct span value)
{
	size_t start = out->n, set;

	put(out, type);
	set = out->n;
	put(out, value);
	der_close(out, set, DER_SET);
	der_close(out, start, DER_SEQUENCE);
}

/*
 * Content of the SET OF attributes, in DER's order: what the key signs, once it is a SET. The digest is that of the
 * content's octets without tag and length (RFC 2315 9.3).
 */
static void put_attributes(struct buf *out, struct span indirect_data)
{
	CLEANUP(buf_done) struct buf value = buf_init(ATTRIBUTE_MAX);
	uint8_t digest[SHA256_SIZE];

	sha256_of(digest, span_make(indirect_data.p + 2, indirect_data.n - 2));
	der_put(&value, DER_OCTET_STRING, SPAN_OF(digest));
	put_attribute(out, SPAN_OF(oid_content_type), SPAN_OF(oid_spc_indirect_data));
	put_attribute(out, SPAN_OF(oid_message_digest), buf_span(&value));
}

/* SignerInfo: { 1, { issuer, serial }, SHA-256, [0] attributes, RSA, signature } */
static bool put_signer(
	struct buf *out, const struct signing_key *key, struct span indirect_data, struct err *e)
{
	CLEANUP(buf_done)
	struct buf attributes = buf_init(AUTHENTICODE_SIZE_MAX),
		   signed_set = buf_init(AUTHENTICODE_SIZE_MAX),
		   signature = buf_init(AUTHENTICODE_SIZE_MAX);
	size_t start = out->n, part;
	struct signer_name name;

	if (!name_of(&name, signing_key_certificate(key), e))
		return false;
	put_attributes(&attributes, indirect_data);
	der_put(&signed_set, DER_SET, buf_span(&attributes));
	if (!signing_key_sign(&signature, key, buf_span(&signed_set), e))
		return false;
	put(out, SPAN_OF(version_1));
	part = out->n;
	put(out, name.issuer);
	put(out, name.serial);
	der_close(out, part, DER_SEQUENCE);
	put(out, SPAN_OF(alg_sha256));
	der_put(out, DER_CONTEXT_0, buf_span(&attributes));
	put(out, SPAN_OF(alg_rsa));
	der_put(out, DER_OCTET_STRING, buf_span(&signature));
	der_close(out, start, DER_SEQUENCE);
	return true;
}

/* SignedData: { 1, { SHA-256 }, { type, [0] content }, [0] certificates, { signer } }, within ContentInfo */
bool authenticode_sign(struct buf *out, const uint8_t image_sha256[static SHA256_SIZE],
	const struct signing_key *key, struct err *e)
{
	CLEANUP(buf_done)
	struct buf b = buf_init(AUTHENTICODE_SIZE_MAX), data = buf_init(AUTHENTICODE_SIZE_MAX);
	size_t wrapped, body, part;

	put_indirect_data(&data, span_make(image_sha256, SHA256_SIZE));
	put(&b, SPAN_OF(oid_signed_data));
	wrapped = body = b.n;
	put(&b, SPAN_OF(version_1));
	der_put(&b, DER_SET, SPAN_OF(alg_sha256));
	part = b.n;
	put(&b, SPAN_OF(oid_spc_indirect_data));
	der_put(&b, DER_CONTEXT_0, buf_span(&data));
	der_close(&b, part, DER_SEQUENCE);
	der_put(&b, DER_CONTEXT_0, signing_key_certificate(key));
	part = b.n;
	if (!put_signer(&b, key, buf_span(&data), e))
		return false;
	der_close(&b, part, DER_SET);
	der_close(&b, body, DER_SEQUENCE);
	der_close(&b, wrapped, DER_CONTEXT_0);
	der_close(&b, 0, DER_SEQUENCE);
	put(out, buf_span(&b));
	return (buf_ok(&b) && buf_ok(out)) || buf_full(&b, "the signature", e);
}

struct signed_data {
	struct span content; /* of SpcIndirectDataContent, without tag and length */
	struct span certificates[AUTHENTICODE_CERTIFICATES_MAX];
	size_t n_certificates;
	struct signer_name signer;
	struct span attributes; /* content of the set */
	struct span signature;
};

static const char what[] = "signature";

/* { type, [0] SpcIndirectDataContent } */
static bool read_content(struct signed_data *d, struct rd *r, struct err *e)
{
	struct rd outer, inner, content;

	if (!der_enter(&outer, r, DER_SEQUENCE, what, e) ||
		!der_exactly(&outer, SPAN_OF(oid_spc_indirect_data), what, e) ||
		!der_enter(&inner, &outer, DER_CONTEXT_0, what, e) || !der_end(&outer, what, e) ||
		!der_enter(&content, &inner, DER_SEQUENCE, what, e) || !der_end(&inner, what, e))
		return false;
	d->content = span_make(content.p, content.n);
	return true;
}

static bool read_certificates(struct signed_data *d, struct rd *r, struct err *e)
{
	struct rd list;

	if (!der_enter(&list, r, DER_CONTEXT_0, what, e))
		return false;
	while (rd_left(&list)) {
		struct span content;
		uint8_t tag;

		if (d->n_certificates == AUTHENTICODE_CERTIFICATES_MAX)
			return err_set(e, ERR_LIMIT, "signature with more than %d certificates",
				AUTHENTICODE_CERTIFICATES_MAX);
		if (!der_next(
			    &d->certificates[d->n_certificates++], &content, &tag, &list, what, e))
			return false;
	}
	return true;
}

static bool read_signer(struct signed_data *d, struct rd *r, struct err *e)
{
	struct rd set, signer, name, attributes, signature;
	struct span content;
	uint8_t tag;

	if (!der_enter(&set, r, DER_SET, what, e) ||
		!der_enter(&signer, &set, DER_SEQUENCE, what, e) ||
		!der_exactly(&signer, SPAN_OF(version_1), what, e) ||
		!der_enter(&name, &signer, DER_SEQUENCE, what, e) ||
		!der_next(&d->signer.issuer, &content, &tag, &name, what, e) ||
		!der_next(&d->signer.serial, &content, &tag, &name, what, e) ||
		!der_end(&name, what, e) || !der_exactly(&signer, SPAN_OF(alg_sha256), what, e) ||
		!der_enter(&attributes, &signer, DER_CONTEXT_0, what, e) ||
		!der_exactly(&signer, SPAN_OF(alg_rsa), what, e) ||
		!der_enter(&signature, &signer, DER_OCTET_STRING, what, e))
		return false;
	if (rd_left(&set) || rd_left(&signer)) {
		err_set(e, ERR_FORMAT,
			"signature with a second signer or with unsigned attributes");
		return err_hint(e, "sign without a time stamp and without a counter-signature");
	}
	d->attributes = span_make(attributes.p, attributes.n);
	d->signature = span_make(signature.p, signature.n);
	return true;
}

static bool read_signed_data(struct signed_data *d, struct span der, struct err *e)
{
	struct rd r = rd_of(der), info, wrapped, body, digests;

	return der_enter(&info, &r, DER_SEQUENCE, what, e) && der_end(&r, what, e) &&
	       der_exactly(&info, SPAN_OF(oid_signed_data), what, e) &&
	       der_enter(&wrapped, &info, DER_CONTEXT_0, what, e) && der_end(&info, what, e) &&
	       der_enter(&body, &wrapped, DER_SEQUENCE, what, e) && der_end(&wrapped, what, e) &&
	       der_exactly(&body, SPAN_OF(version_1), what, e) &&
	       der_enter(&digests, &body, DER_SET, what, e) &&
	       der_exactly(&digests, SPAN_OF(alg_sha256), what, e) && der_end(&digests, what, e) &&
	       read_content(d, &body, e) && read_certificates(d, &body, e) &&
	       read_signer(d, &body, e) && der_end(&body, what, e);
}

/* The image's hash; what else stands in the content is covered by the attribute's digest. */
static bool read_image_hash(
	uint8_t ret[static SHA256_SIZE], const struct signed_data *d, struct err *e)
{
	struct rd r = rd_of(d->content), data, digest, hash;

	if (!der_enter(&data, &r, DER_SEQUENCE, what, e) ||
		!der_exactly(&data, SPAN_OF(oid_spc_pe_image), what, e) ||
		!der_enter(&digest, &r, DER_SEQUENCE, what, e) || !der_end(&r, what, e) ||
		!der_exactly(&digest, SPAN_OF(alg_sha256), what, e) ||
		!der_enter(&hash, &digest, DER_OCTET_STRING, what, e) || !der_end(&digest, what, e))
		return false;
	if (hash.n != SHA256_SIZE)
		return err_set(e, ERR_FORMAT, "signature: the image's hash has %zu bytes", hash.n);
	memcpy(ret, hash.p, SHA256_SIZE);
	return true;
}

/* The attribute of this type, once, with this one value. */
static bool check_attribute(const struct signed_data *d, struct span type, struct span value,
	const char *name, struct err *e)
{
	struct rd list = rd_of(d->attributes);
	size_t n = 0;

	while (rd_left(&list)) {
		struct rd attribute, set;
		struct span got, content;
		uint8_t tag;

		if (!der_enter(&attribute, &list, DER_SEQUENCE, what, e) ||
			!der_next(&got, &content, &tag, &attribute, what, e) ||
			!der_enter(&set, &attribute, DER_SET, what, e) ||
			!der_end(&attribute, what, e))
			return false;
		if (!span_equal(got, type))
			continue;
		n++;
		if (!span_equal(span_make(set.p, set.n), value))
			return err_set(e, ERR_SIGNATURE,
				"signature: its attribute '%s' is not that of what is signed",
				name);
	}
	return n == 1 ||
	       err_set(e, ERR_FORMAT, "signature with %zu attributes '%s', wanted 1", n, name);
}

static bool check_attributes(const struct signed_data *d, struct err *e)
{
	CLEANUP(buf_done) struct buf digest_value = buf_init(ATTRIBUTE_MAX);
	uint8_t digest[SHA256_SIZE];

	sha256_of(digest, d->content);
	der_put(&digest_value, DER_OCTET_STRING, SPAN_OF(digest));
	return check_attribute(d, SPAN_OF(oid_content_type), SPAN_OF(oid_spc_indirect_data),
		       "content type", e) &&
	       check_attribute(d, SPAN_OF(oid_message_digest), buf_span(&digest_value),
		       "message digest", e);
}

/* The certificate that the signer names, the only one of its name. */
static bool find_certificate(struct span *ret, const struct signed_data *d, struct err *e)
{
	size_t n = 0;

	for (size_t i = 0; i < d->n_certificates; i++) {
		struct signer_name name;

		if (!name_of(&name, d->certificates[i], e))
			return false;
		if (!span_equal(name.issuer, d->signer.issuer) ||
			!span_equal(name.serial, d->signer.serial))
			continue;
		*ret = d->certificates[i];
		n++;
	}
	return n == 1 ||
	       err_set(e, ERR_SIGNATURE,
		       "signature with %zu certificates of the signer's name, wanted 1", n);
}

static bool verify(const struct signed_data *d, struct span certificate, struct err *e)
{
	const struct signature_alg alg = { SIGNATURE_RSASSA, DIGEST_SHA256 };
	CLEANUP(certificate_freep) struct certificate *c = NULL;
	CLEANUP(public_key_freep) struct public_key *key = NULL;
	CLEANUP(buf_done) struct buf signed_set = buf_init(AUTHENTICODE_SIZE_MAX);

	der_put(&signed_set, DER_SET, d->attributes);
	return certificate_of_der(&c, certificate, e) && certificate_key(&key, c, e) &&
	       signature_verify(key, alg, buf_span(&signed_set), d->signature, e);
}

bool authenticode_check(struct authenticode *ret, struct span der, struct err *e)
{
	struct signed_data d = { 0 };
	struct authenticode found;

	if (der.n > AUTHENTICODE_SIZE_MAX)
		return err_set(e, ERR_LIMIT, "signature of %zu bytes, limit %d", der.n,
			AUTHENTICODE_SIZE_MAX);
	if (!read_signed_data(&d, der, e) || !read_image_hash(found.image_sha256, &d, e) ||
		!check_attributes(&d, e) || !find_certificate(&found.certificate, &d, e) ||
		!verify(&d, found.certificate, e))
		return false;
	*ret = found;
	return true;
}
