#include "image/authenticode.h"

#include <openssl/pkcs7.h>

#include "signer_made.h"
#include "test.h"

static const uint8_t image_hash[SHA256_SIZE] = { 0xa5, 0x5a, 1, 2, 3 };

static struct buf make_signature(const struct signer *s)
{
	CLEANUP(signing_key_freep) struct signing_key *key = NULL;
	struct buf b = buf_init(AUTHENTICODE_SIZE_MAX);
	struct err e;

	CHECK_OK(signing_key_of_pem(&key, buf_span(&s->key_pem), buf_span(&s->cert_pem), &e), e);
	CHECK_OK(authenticode_sign(&b, image_hash, key, &e), e);
	return b;
}

static void made_is_taken(const struct signer *s)
{
	struct buf sig CLEANUP(buf_done) = make_signature(s);
	struct buf twice CLEANUP(buf_done) = make_signature(s);
	struct authenticode found;
	struct err e;

	CHECK_OK(authenticode_check(&found, buf_span(&sig), &e), e);
	CHECK(ct_equal(found.image_sha256, image_hash, SHA256_SIZE));
	CHECK(span_equal(found.certificate, buf_span(&s->certificate)));
	CHECK(span_equal(buf_span(&sig), buf_span(&twice)));
}

/* As EDK2 does it: libcrypto's PKCS#7 over the content of SpcIndirectDataContent. */
static void libcrypto_takes_it(const struct signer *s)
{
	struct buf sig CLEANUP(buf_done) = make_signature(s);
	const unsigned char *at = sig.p;
	PKCS7 *p7 = d2i_PKCS7(NULL, &at, (long)sig.n);
	ASN1_STRING *data;
	BIO *content;

	CHECK(p7 && at == sig.p + sig.n && PKCS7_type_is_signed(p7));
	if (!p7)
		return;
	data = p7->d.sign->contents->d.other->value.asn1_string;
	content = BIO_new_mem_buf(ASN1_STRING_get0_data(data) + 2, ASN1_STRING_length(data) - 2);
	CHECK(PKCS7_verify(p7, NULL, NULL, content, NULL, PKCS7_BINARY | PKCS7_NOVERIFY) == 1);
	CHECK(memcmp(ASN1_STRING_get0_data(data) + ASN1_STRING_length(data) - SHA256_SIZE,
		      image_hash, SHA256_SIZE) == 0);
	BIO_free(content);
	PKCS7_free(p7);
}

/* A change is refused, or it lies in the certificate, which then is another one. */
static void every_flip_shows(const struct signer *s)
{
	struct buf sig CLEANUP(buf_done) = make_signature(s);
	size_t hidden = 0, elsewhere = 0;
	struct authenticode found;
	struct err e;

	for (size_t at = 0; at < sig.n; at++)
		for (unsigned bit = 0; bit < 8; bit++) {
			sig.p[at] ^= (uint8_t)(1u << bit);
			if (authenticode_check(&found, buf_span(&sig), &e)) {
				hidden += span_equal(found.certificate, buf_span(&s->certificate));
				elsewhere++;
			}
			sig.p[at] ^= (uint8_t)(1u << bit);
		}
	CHECK(hidden == 0);
	CHECK(elsewhere < 8 * s->certificate.n);
	for (size_t n = 0; n < sig.n; n++)
		hidden += authenticode_check(&found, span_make(sig.p, n), &e);
	buf_u8(&sig, 0);
	hidden += authenticode_check(&found, buf_span(&sig), &e);
	CHECK(hidden == 0);
}

static void keys_are_refused(const struct signer *good)
{
	struct signer other = make_signer(made_rsa(), NULL);
	struct signer locked = make_signer(made_rsa(), "word");
	struct signer curve = make_signer(made_ecc("P-256"), NULL);
	struct signer weak = make_signer(EVP_PKEY_Q_keygen(NULL, NULL, "RSA", (size_t)1024), NULL);
	const struct {
		const struct buf *key, *cert;
		enum err_kind kind;
	} cases[] = {
		{ &good->key_pem, &other.cert_pem, ERR_MISMATCH },
		{ &locked.key_pem, &locked.cert_pem, ERR_USAGE },
		{ &curve.key_pem, &curve.cert_pem, ERR_USAGE },
		{ &weak.key_pem, &weak.cert_pem, ERR_USAGE },
		{ &good->cert_pem, &good->cert_pem, ERR_FORMAT },
		{ &good->key_pem, &good->key_pem, ERR_FORMAT },
	};
	struct buf two CLEANUP(buf_done) = buf_init(1 << 16);
	struct signing_key *key = NULL;
	struct err e;

	for (size_t i = 0; i < ARRAY_LEN(cases); i++)
		CHECK_ERR(signing_key_of_pem(
				  &key, buf_span(cases[i].key), buf_span(cases[i].cert), &e),
			e, cases[i].kind);
	buf_add(&two, good->cert_pem.p, good->cert_pem.n);
	buf_add(&two, other.cert_pem.p, other.cert_pem.n);
	CHECK_ERR(signing_key_of_pem(&key, buf_span(&good->key_pem), buf_span(&two), &e), e,
		ERR_USAGE);
	CHECK(!key);
	signer_done(&other);
	signer_done(&locked);
	signer_done(&curve);
	signer_done(&weak);
}

int main(void)
{
	struct signer s = make_signer(made_rsa(), NULL);

	made_is_taken(&s);
	libcrypto_takes_it(&s);
	every_flip_shows(&s);
	keys_are_refused(&s);
	signer_done(&s);
	return test_end();
}
