#include "measure/eif_signature.h"

#include "codec/base64.h"
#include "codec/cbor.h"
#include "base/banned.h"

#define BEGIN "-----BEGIN CERTIFICATE-----"
#define END "-----END CERTIFICATE-----"

enum { REGISTERS = 32 };

/* Bytes that are a byte string, or an array of their numbers. */
static bool bytes_of(
	struct span *ret, const struct cbor *v, const char *what, struct arena *a, struct err *e)
{
	uint8_t *bytes;

	if (v && v->kind == CBOR_BYTES) {
		*ret = v->bytes;
		return true;
	}
	if (!v || v->kind != CBOR_ARRAY)
		return err_set(e, ERR_FORMAT, "%s is not there, or no bytes", what);
	bytes = arena_alloc(a, v->n + 1);
	if (!bytes)
		return arena_full(a, e);
	for (size_t i = 0; i < v->n; i++) {
		if (v->items[i].kind != CBOR_UINT || v->items[i].number > UINT8_MAX)
			return err_set(e, ERR_FORMAT, "%s: element %zu is no byte", what, i);
		bytes[i] = (uint8_t)v->items[i].number;
	}
	*ret = span_make(bytes, v->n);
	return true;
}

/* The base64 between the lines of the first certificate, without its line ends. */
static bool pem_to_der(struct span *ret, struct str pem, struct arena *a, struct err *e)
{
	const char *begin = memmem(pem.p, pem.n, BEGIN, sizeof BEGIN - 1), *end;
	char *text;
	size_t n = 0;

	if (!begin)
		return err_set(e, ERR_FORMAT, "certificate: no line " BEGIN);
	begin += sizeof BEGIN - 1;
	end = memmem(begin, (size_t)(pem.p + pem.n - begin), END, sizeof END - 1);
	if (!end)
		return err_set(e, ERR_FORMAT, "certificate: no line " END);
	text = arena_alloc(a, (size_t)(end - begin) + 1);
	if (!text)
		return arena_full(a, e);
	for (const char *p = begin; p < end; p++)
		if (*p != '\n' && *p != '\r')
			text[n++] = *p;
	return base64_read(ret, str_make(text, n), BASE64_STANDARD, a, e) ||
	       err_wrap(e, "certificate");
}

bool eif_signature_parse(
	struct eif_signature *ret, struct span section, struct arena *a, struct err *e)
{
	struct eif_signature s = { 0 };
	struct span pem = { 0 };
	struct cbor v;

	if (section.n > EIF_SIGNATURE_SIZE_MAX)
		return err_set(e, ERR_LIMIT, "signature section of %zu bytes, limit %d", section.n,
			EIF_SIGNATURE_SIZE_MAX);
	if (!cbor_parse(&v, section, a, e))
		return err_wrap(e, "signature section");
	if (v.kind != CBOR_ARRAY || v.n != 1)
		return err_set(e, ERR_FORMAT, "signature section: no array of one signature");
	if (!bytes_of(&pem, cbor_get_text(&v.items[0], "signing_certificate"),
		    "signing_certificate", a, e) ||
		!bytes_of(&s.cose_sign1, cbor_get_text(&v.items[0], "signature"), "signature", a,
			e) ||
		!pem_to_der(&s.certificate, str_make((const char *)pem.p, pem.n), a, e))
		return err_wrap(e, "signature section");
	*ret = s;
	return true;
}

bool eif_signature_payload(unsigned *ret_register, struct span *ret_value, struct span payload,
	struct arena *a, struct err *e)
{
	const struct cbor *index;
	struct span value = { 0 };
	struct cbor v;

	if (!cbor_parse(&v, payload, a, e))
		return err_wrap(e, "signed payload");
	index = cbor_get_text(&v, "register_index");
	if (!index || index->kind != CBOR_UINT || index->number >= REGISTERS)
		return err_set(e, ERR_FORMAT, "signed payload: register_index is no number of one");
	if (!bytes_of(&value, cbor_get_text(&v, "register_value"), "register_value", a, e))
		return err_wrap(e, "signed payload");
	*ret_register = (unsigned)index->number;
	*ret_value = value;
	return true;
}
