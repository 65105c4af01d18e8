#include "measure/eif.h"

#include "codec/cbor.h"
#include "codec/crc.h"
#include "fuzz.h"
#include "image/eif_write.h"
#include "measure/eif_signature.h"

/* The CRC that fits, so that what stands behind that check is reached; what was taken is put together again. */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static const enum digest_alg bank = DIGEST_SHA384;
	CLEANUP(arena_freep) struct arena *a = arena_new(8 << 20);
	CLEANUP(buf_done) struct buf b = buf_init(size + 1);
	struct eif_signature s;
	struct event_list l;
	struct err e = { 0 };
	struct eif f;
	uint32_t crc;

	buf_add(&b, data, size);
	if (size < EIF_HEADER_SIZE)
		return 0;
	crc = crc_ieee_add(crc_ieee(span_make(b.p, EIF_CRC_AT)),
		span_make(b.p + EIF_HEADER_SIZE, b.n - EIF_HEADER_SIZE));
	for (unsigned i = 0; i < 4; i++)
		b.p[EIF_CRC_AT + i] = (uint8_t)(crc >> (24 - 8 * i));
	if (!eif_parse(&f, buf_span(&b), &e))
		return 0;
	fuzz_taken = true;
	MUST(f.n_ramdisks && f.kernel.p >= b.p && f.kernel.p + f.kernel.n <= b.p + b.n);
	event_list_init(&l, a, &bank, 1);
	MUST(eif_events(&l, &f, f.signature, &e));
	if (f.signature.p && eif_signature_parse(&s, f.signature, a, &e))
		MUST(s.cose_sign1.n <= f.signature.n);
	return 0;
}

/* With one and two ramdisks, and with a signature. */
bool fuzz_sample(size_t i, struct buf *b)
{
	static const char pem[] = "-----BEGIN CERTIFICATE-----\nZm9v\n-----END CERTIFICATE-----\n";
	struct content_memory memory;
	struct content c[2];
	struct eif_parts parts = { .ramdisks = c, .n_ramdisks = i ? 2 : 1 };
	CLEANUP(buf_done) struct buf section = buf_init(4096);
	struct err e = { 0 };

	content_of_memory(&c[0], &memory, span_make("0123456789", 10));
	c[1] = parts.kernel = c[0];
	MUST(i > 2 || eif_write(b, &parts, &e));
	if (i < 2)
		return true;
	cbor_put_array(&section, 1);
	cbor_put_map(&section, 2);
	cbor_put_text(&section, STR("signing_certificate"));
	cbor_put_bytes(&section, span_make(pem, sizeof pem - 1));
	cbor_put_text(&section, STR("signature"));
	cbor_put_bytes(&section, span_make(pem, 8));
	MUST(i > 2 || eif_write_append(b, EIF_SIGNATURE, buf_span(&section), &e));
	return i == 2;
}
