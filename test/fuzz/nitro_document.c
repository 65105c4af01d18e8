#include "evidence/nitro_document.h"

#include "fuzz.h"
#include "trust/nitro_chain.h"
#include "trust/nitro_signed.h"

static void look(const struct nitro_document *d)
{
	CLEANUP(nitro_chain_freep) struct nitro_chain *c = NULL;
	CLEANUP(public_key_freep) struct public_key *key = NULL;
	int64_t from = 0, to = 0, made = nitro_document_unix(d);
	struct err e = { 0 };

	MUST(d->kind && d->module_id.n && d->pcrs && d->n_cabundle && made >= 0);
	MUST(nitro_document_check_age(d, made, 0, 0, &e));
	for (unsigned i = 0; i < NITRO_DOCUMENT_PCRS; i++)
		MUST(!(d->pcrs >> i & 1) || nitro_document_check_pcr(d, i, d->pcr[i], &e));
	if (nitro_document_check_debug(d, &e))
		MUST((d->pcrs & 7) == 7);
	if (!nitro_chain_of_document(&c, d, &e))
		return;
	nitro_chain_validity(c, &from, &to);
	if (nitro_chain_check_time(c, made, 0, &e))
		MUST(from <= made && made <= to);
	if (nitro_chain_check_profile(c, &e))
		MUST(nitro_chain_key(&key, c, &e));
	if (nitro_chain_check_module(c, d, &e))
		MUST(d->module_id.n);
}

/* As a whole document, and as what is in one. */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	CLEANUP(arena_freep) struct arena *a = arena_new(8 << 20);
	struct nitro_document d;
	struct nitro_signed s;
	struct err e = { 0 };

	if (nitro_signed_parse(&s, span_make(data, size), a, &e)) {
		fuzz_taken = true;
		if (nitro_signed_check_header(&s, &e))
			MUST(s.cose.alg == COSE_ES384);
		look(&s.document);
	} else if (nitro_document_parse(&d, span_make(data, size), a, &e)) {
		fuzz_taken = true;
		look(&d);
	}
	return 0;
}

static void put_payload(struct buf *b, bool tpm)
{
	uint8_t pcr[64];

	cbor_put_map(b, 9);
	cbor_put_text(b, STR("module_id"));
	cbor_put_text(b, STR("i-0-enc0"));
	cbor_put_text(b, STR("digest"));
	cbor_put_text(b, STR("SHA384"));
	cbor_put_text(b, STR("timestamp"));
	cbor_put_uint(b, UINT64_C(1767225600000));
	cbor_put_text(b, tpm ? STR("nitrotpm_pcrs") : STR("pcrs"));
	cbor_put_map(b, 3);
	for (unsigned i = 0; i < 3; i++) {
		memset(pcr, (int)i, sizeof pcr);
		cbor_put_uint(b, i);
		cbor_put_bytes(b, span_make(pcr, 32 + 16 * (size_t)i));
	}
	cbor_put_text(b, STR("certificate"));
	cbor_put_bytes(b, span_make("0", 1));
	cbor_put_text(b, STR("cabundle"));
	cbor_put_array(b, 2);
	cbor_put_bytes(b, span_make("1", 1));
	cbor_put_bytes(b, span_make("2", 1));
	cbor_put_text(b, STR("public_key"));
	cbor_put_null(b);
	cbor_put_text(b, STR("user_data"));
	cbor_put_bytes(b, span_make("", 0));
	cbor_put_text(b, STR("nonce"));
	cbor_put_bytes(b, span_make("nonce", 5));
}

/* The payload of an enclave and of a TPM, and both signed by nobody. */
bool fuzz_sample(size_t i, struct buf *b)
{
	static const uint8_t header[] = { 0xa1, 0x01, 0x38, 0x22 }, signature[96];
	CLEANUP(buf_done) struct buf payload = buf_init(1 << 16);

	put_payload(&payload, i & 1);
	if (i < 2)
		buf_add(b, payload.p, payload.n);
	else if (i == 2)
		cose_sign1_emit(b, SPAN_OF(header), buf_span(&payload), SPAN_OF(signature));
	else
		cose_sign1_emit_untagged(
			b, SPAN_OF(header), buf_span(&payload), SPAN_OF(signature));
	return i < 4;
}
