#include "trust/nitro_signed.h"

#include "base/banned.h"

/* What is around the payload, too, stands in one form only: nobody signs it. */
static bool check_form(struct span bytes, struct arena *a, struct err *e)
{
	struct cbor v;

	return cbor_parse(&v, bytes, a, e) && cbor_check_form(&v, e);
}

bool nitro_signed_parse_frame(
	struct nitro_signed *ret, struct span bytes, struct arena *a, struct err *e)
{
	struct nitro_signed s = { 0 };

	if (bytes.n > NITRO_DOCUMENT_SIZE_MAX)
		return err_set(e, ERR_LIMIT, "attestation document of %zu bytes, limit %d", bytes.n,
			NITRO_DOCUMENT_SIZE_MAX);
	if (!check_form(bytes, a, e) || !cose_sign1_parse(&s.cose, bytes, a, e))
		return err_wrap(e, "attestation document");
	*ret = s;
	return true;
}

bool nitro_signed_parse(struct nitro_signed *ret, struct span bytes, struct arena *a, struct err *e)
{
	struct nitro_signed s;

	if (!nitro_signed_parse_frame(&s, bytes, a, e) ||
		!nitro_document_parse(&s.document, s.cose.payload, a, e))
		return false;
	*ret = s;
	return true;
}

bool nitro_signed_check_header(const struct nitro_signed *s, struct err *e)
{
	if (s->cose.alg != COSE_ES384)
		return err_set(e, ERR_SIGNATURE,
			"attestation document: algorithm is %lld, want %d (ES384)",
			(long long)s->cose.alg, COSE_ES384);
	if (s->cose.protected_header.n != 1)
		return err_set(e, ERR_SIGNATURE,
			"attestation document: %zu protected headers, want the algorithm alone",
			s->cose.protected_header.n);
	if (s->cose.unprotected->n)
		return err_set(e, ERR_SIGNATURE,
			"attestation document: %zu headers that nobody signs, want none",
			s->cose.unprotected->n);
	return true;
}

bool nitro_signed_verify(const struct nitro_signed *s, const struct public_key *key, struct err *e)
{
	return nitro_signed_check_header(s, e) && cose_sign1_verify(&s->cose, key, e);
}
