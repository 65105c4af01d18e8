#include "trust/cose_sign1.h"

#include "codec/der.h"
#include "trust/signature.h"
#include "base/banned.h"

enum { PARTS = 4, ECDSA_HALF_MAX = 66, DER_MAX = 2 * ECDSA_HALF_MAX + 16 };

static const struct known {
	int64_t alg;
	struct signature_alg how;
	size_t half; /* bytes of r and of s, of ECDSA */
} known[] = {
	{ COSE_ES256, { SIGNATURE_ECDSA, DIGEST_SHA256 }, 32 },
	{ COSE_ES384, { SIGNATURE_ECDSA, DIGEST_SHA384 }, 48 },
	{ COSE_ES512, { SIGNATURE_ECDSA, DIGEST_SHA512 }, ECDSA_HALF_MAX },
	{ COSE_PS256, { SIGNATURE_RSAPSS, DIGEST_SHA256 }, 0 },
	{ COSE_PS384, { SIGNATURE_RSAPSS, DIGEST_SHA384 }, 0 },
	{ COSE_PS512, { SIGNATURE_RSAPSS, DIGEST_SHA512 }, 0 },
};

static bool read_protected(
	struct cose_sign1 *s, const struct cbor *v, struct arena *a, struct err *e)
{
	const struct cbor *alg;

	s->protected_bytes = v->bytes;
	if (v->kind != CBOR_BYTES || !v->bytes.n)
		return err_set(e, ERR_FORMAT, "COSE_Sign1: no protected header");
	if (!cbor_parse(&s->protected_header, v->bytes, a, e))
		return err_wrap(e, "COSE_Sign1: protected header");
	alg = cbor_get(&s->protected_header, COSE_ALG);
	if (!alg || !cbor_int(alg, &s->alg))
		return err_set(e, ERR_FORMAT, "COSE_Sign1: no algorithm in the protected header");
	if (cbor_get(&s->protected_header, COSE_CRIT))
		return err_set(
			e, ERR_FORMAT, "COSE_Sign1: a header that must be understood, and is not");
	return true;
}

bool cose_sign1_parse(struct cose_sign1 *ret, struct span bytes, struct arena *a, struct err *e)
{
	struct cose_sign1 s = { 0 };
	const struct cbor *parts = NULL;
	struct cbor v;

	if (!cbor_parse(&v, bytes, a, e))
		return err_wrap(e, "COSE_Sign1");
	if (v.kind == CBOR_TAG && v.number == COSE_SIGN1_TAG)
		v = v.items[0];
	if (v.kind != CBOR_ARRAY || v.n != PARTS)
		return err_set(e, ERR_FORMAT, "COSE_Sign1: no array of %d", PARTS);
	parts = v.items;
	if (!read_protected(&s, &parts[0], a, e))
		return false;
	if (parts[1].kind != CBOR_MAP)
		return err_set(e, ERR_FORMAT, "COSE_Sign1: the unprotected header is no map");
	if (parts[2].kind != CBOR_BYTES || parts[3].kind != CBOR_BYTES)
		return err_set(e, ERR_FORMAT, "COSE_Sign1: payload or signature is no byte string");
	s.unprotected = &parts[1];
	s.payload = parts[2].bytes;
	s.signature = parts[3].bytes;
	*ret = s;
	return true;
}

void cose_sign1_message(struct buf *out, struct span protected_bytes, struct span payload)
{
	cbor_put_array(out, PARTS);
	cbor_put_text(out, STR("Signature1"));
	cbor_put_bytes(out, protected_bytes);
	cbor_put_bytes(out, span_make("", 0));
	cbor_put_bytes(out, payload);
}

void cose_sign1_emit(
	struct buf *out, struct span protected_bytes, struct span payload, struct span signature)
{
	cbor_put_tag(out, COSE_SIGN1_TAG);
	cose_sign1_emit_untagged(out, protected_bytes, payload, signature);
}

void cose_sign1_emit_untagged(
	struct buf *out, struct span protected_bytes, struct span payload, struct span signature)
{
	cbor_put_array(out, PARTS);
	cbor_put_bytes(out, protected_bytes);
	cbor_put_map(out, 0);
	cbor_put_bytes(out, payload);
	cbor_put_bytes(out, signature);
}

/* A positive number in DER: without leading zeroes but the one that keeps it positive. */
static void put_integer(struct buf *out, struct span number)
{
	uint8_t positive[ECDSA_HALF_MAX + 1] = { 0 };
	size_t zeroes = 0;

	while (zeroes + 1 < number.n && !number.p[zeroes])
		zeroes++;
	number = span_make(number.p + zeroes, number.n - zeroes);
	memcpy(positive + 1, number.p, number.n);
	der_put(out, DER_INTEGER, number.p[0] & 0x80 ? span_make(positive, number.n + 1) : number);
}

/* COSE has r and s one behind the other, libcrypto wants them in DER. */
static bool ecdsa_der(struct buf *out, struct span signature, size_t half, struct err *e)
{
	if (signature.n != 2 * half)
		return err_set(e, ERR_SIGNATURE, "COSE_Sign1: signature of %zu bytes, wanted %zu",
			signature.n, 2 * half);
	put_integer(out, span_make(signature.p, half));
	put_integer(out, span_make(signature.p + half, half));
	der_close(out, 0, DER_SEQUENCE);
	return true;
}

bool cose_sign1_verify(const struct cose_sign1 *s, const struct public_key *key, struct err *e)
{
	CLEANUP(buf_done) struct buf message = buf_init(CBOR_SIZE_MAX);
	CLEANUP(buf_done) struct buf der = buf_init(DER_MAX);
	const struct known *k = NULL;
	struct span signature = s->signature;

	for (size_t i = 0; i < ARRAY_LEN(known) && !k; i++)
		if (known[i].alg == s->alg)
			k = &known[i];
	if (!k)
		return err_set(e, ERR_SIGNATURE, "COSE_Sign1: algorithm %lld is not taken",
			(long long)s->alg);
	if (k->half) {
		if (!ecdsa_der(&der, signature, k->half, e))
			return false;
		signature = buf_span(&der);
	}
	cose_sign1_message(&message, s->protected_bytes, s->payload);
	if (!buf_ok(&message) || !buf_ok(&der))
		return buf_full(&message, "what is signed", e);
	return signature_verify(key, k->how, buf_span(&message), signature, e) ||
	       err_wrap(e, "COSE_Sign1");
}
