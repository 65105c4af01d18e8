/*
 * A made machine (machine_made.h) as the texts that a verifier has on disk: reference values, trust file, bundle.
 */
#ifndef ASSAY_TEST_MACHINE_TEXTS_H
#define ASSAY_TEST_MACHINE_TEXTS_H

#include "base/hex.h"
#include "unit/machine_made.h"

/* One separator is predicted in every computed register, as made_reference has it. */
__attribute__((unused)) static void machine_values(struct machine *m, struct buf *out)
{
	struct event events[TPM_PCRS] = { 0 };
	struct reference_shape shape = m->shape;
	struct reference_values v = { .image = STR("made"), .shapes = &shape, .n_shapes = 1 };
	size_t n = 0;

	memset(v.manifest_sha256, 0x5d, SHA256_SIZE);
	for (size_t i = 0; i < shape.n_registers; i++) {
		m->registers[i].reason = STR("made");
		if (shape.registers[i].how == REFERENCE_COMPUTED)
			events[n++] = (struct event){ .reg = shape.registers[i].reg,
				.type = 4,
				.what = STR("separator"),
				.rule = STR("TCG PFP 3.3.4"),
				.origin = STR("firmware"),
				.digests = { digest_of(DIGEST_SHA256, span_make("\0\0\0\0", 4)),
					digest_of(DIGEST_SHA384, span_make("\0\0\0\0", 4)) } };
	}
	shape.events.items = events;
	shape.events.n = n;
	shape.events.n_banks = shape.n_banks;
	for (size_t i = 0; i < shape.n_banks; i++)
		shape.events.banks[i] = shape.banks[i];
	reference_values_emit(&v, out);
	CHECK(buf_ok(out));
}

/* Events that extend nothing, up to the bytes that a real machine's log has. */
__attribute__((unused)) static void machine_lengthen(struct machine *m, size_t bytes)
{
	struct buf b = buf_init(BUNDLE_SIZE_MAX);
	char text[200];

	memset(text, 'x', sizeof text);
	buf_add(&b, m->bundle.firmware_log.p, m->bundle.firmware_log.n);
	while (b.n < bytes) {
		buf_u32le(&b, 1);
		buf_u32le(&b, EVENT_LOG_NO_ACTION);
		buf_u32le(&b, 2);
		buf_u16le(&b, TPM_ALG_SHA256);
		buf_fill(&b, 0, SHA256_SIZE);
		buf_u16le(&b, TPM_ALG_SHA384);
		buf_fill(&b, 0, SHA384_SIZE);
		buf_u32le(&b, sizeof text);
		buf_add(&b, text, sizeof text);
	}
	m->bundle.firmware_log = kept(m, b);
}

/* The machine's own root as root.der, its attestation key by name, values that nobody vouches for. */
__attribute__((unused)) static void machine_trust(const struct machine *m, struct buf *out)
{
	char hex[2 * TPM_PUBLIC_NAME_MAX + 1];

	hex_write(hex, m->challenge.ak.bytes, m->challenge.ak.n);
	buf_printf(out,
		"format: assay.trust/1\ntpm-roots:\n  - name: made\n    certificate: root.der\n"
		"pinned-aks:\n  - name: %s\nunsigned-reference-values: accept\n",
		hex);
}

#endif
