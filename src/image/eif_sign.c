#include "image/eif_sign.h"

#include "base/arena.h"
#include "codec/cbor.h"
#include "image/eif_write.h"
#include "measure/eif_signature.h"
#include "trust/cose_sign1.h"
#include "base/banned.h"

enum { MEMORY_MAX = 1 << 20, HEADER_MAX = 64, SIGNATURE_MAX = 256 };

static void put_numbers(struct buf *b, struct span bytes)
{
	cbor_put_array(b, bytes.n);
	for (size_t i = 0; i < bytes.n; i++)
		cbor_put_uint(b, bytes.p[i]);
}

/* What is signed: PCR 0 of the image. */
static bool put_payload(struct buf *out, struct span image, struct err *e)
{
	static const enum digest_alg bank = DIGEST_SHA384;
	CLEANUP(arena_freep) struct arena *a = arena_new(MEMORY_MAX);
	struct event_list events;
	struct digest pcr0;
	struct eif f;

	event_list_init(&events, a, &bank, 1);
	if (!eif_parse(&f, image, e) || !eif_events(&events, &f, span_make(NULL, 0), e))
		return false;
	event_fold(&events, EIF_PCR_IMAGE, 0, &pcr0);
	cbor_put_map(out, 2);
	cbor_put_text(out, STR("register_index"));
	cbor_put_uint(out, EIF_PCR_IMAGE);
	cbor_put_text(out, STR("register_value"));
	put_numbers(out, span_make(pcr0.bytes, SHA384_SIZE));
	return buf_ok(out) || buf_full(out, "what is signed", e);
}

static bool put_cose(
	struct buf *out, const struct cose_signer *key, struct span payload, struct err *e)
{
	CLEANUP(buf_done) struct buf header = buf_init(HEADER_MAX);
	CLEANUP(buf_done) struct buf message = buf_init(EIF_SIGNATURE_SIZE_MAX);
	CLEANUP(buf_done) struct buf signature = buf_init(SIGNATURE_MAX);

	cbor_put_map(&header, 1);
	cbor_put_uint(&header, COSE_ALG);
	cbor_put_int(&header, cose_signer_alg(key));
	cose_sign1_message(&message, buf_span(&header), payload);
	if (!cose_signer_sign(&signature, key, buf_span(&message), e))
		return false;
	cose_sign1_emit_untagged(out, buf_span(&header), payload, buf_span(&signature));
	return buf_ok(out) || buf_full(out, "the signature", e);
}

bool eif_sign(
	struct buf *image, const struct cose_signer *key, struct span certificate, struct err *e)
{
	CLEANUP(buf_done) struct buf payload = buf_init(EIF_SIGNATURE_SIZE_MAX);
	CLEANUP(buf_done) struct buf cose = buf_init(EIF_SIGNATURE_SIZE_MAX);
	CLEANUP(buf_done) struct buf section = buf_init(EIF_SIGNATURE_SIZE_MAX);

	if (cose_signer_alg(key) == COSE_EDDSA) {
		err_set(e, ERR_USAGE, "no enclave takes a signature with Ed25519");
		return err_hint(e, "openssl ecparam -name secp384r1 -genkey -noout -out KEY");
	}
	if (!cose_signer_check_certificate(key, certificate, e) ||
		!put_payload(&payload, buf_span(image), e) ||
		!put_cose(&cose, key, buf_span(&payload), e))
		return false;
	cbor_put_array(&section, 1);
	cbor_put_map(&section, 2);
	cbor_put_text(&section, STR("signing_certificate"));
	put_numbers(&section, certificate);
	cbor_put_text(&section, STR("signature"));
	put_numbers(&section, buf_span(&cose));
	if (!buf_ok(&section))
		return buf_full(&section, "the signature section", e);
	return eif_write_append(image, EIF_SIGNATURE, buf_span(&section), e);
}
