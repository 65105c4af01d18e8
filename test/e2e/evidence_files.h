/*
 * What the makers of confidential machines' evidence write for verify-hardware.sh, beside what hardware signed:
 *
 *   evidence.json  the bundle; its binding's nonce is in `nonce`
 *   values.json    reference values: shape "made", which the machine meets, and "other", which expects another first register
 *   trust.yaml     the authority's root by its digest
 *   at             the time, in seconds, at which all of it is good
 *   register       the first register's value in hex, and `report-data` what hardware signed of the verifier's
 */
#ifndef ASSAY_TEST_EVIDENCE_FILES_H
#define ASSAY_TEST_EVIDENCE_FILES_H

#include <stdio.h>

#include "appraise/appraise.h"
#include "base/hex.h"
#include "sys/file.h"
#include "test.h"

struct evidence_files {
	const char *dir;
	const struct bundle *bundle;
	const struct reference_shape *shape;
	const struct trust_hardware_root *root;
	const char *hardware, *product; /* as the trust file calls them; product NULL: none */
	const uint8_t *nonce;
	struct span report_data;
	int64_t at_unix;
};

static void evidence_write(const char *dir, const char *name, struct span bytes)
{
	char path[4096];
	struct err e = { 0 };

	snprintf(path, sizeof path, "%s/%s", dir, name);
	CHECK_OK(file_write(AT_FDCWD, path, bytes, 0644, &e), e);
}

static void evidence_hex(const char *dir, const char *name, struct span bytes)
{
	CLEANUP(buf_done) struct buf hex = buf_init(4096);

	hex_add(&hex, bytes);
	buf_u8(&hex, '\n');
	evidence_write(dir, name, buf_span(&hex));
}

/* A shape with values that were observed has no events that would have to give them. */
static void evidence_shape(struct reference_shape *to, struct reference_register *registers,
	const struct reference_shape *from, const struct reference_input *input, uint8_t flip)
{
	*to = *from;
	to->inputs = input;
	to->n_inputs = 1;
	to->events = (struct event_list){ 0 };
	to->registers = registers;
	for (size_t i = 0; i < from->n_registers; i++) {
		registers[i] = from->registers[i];
		registers[i].how = REFERENCE_OBSERVED;
		registers[i].reason = STR("made");
		registers[i].values[0].alg = DIGEST_SHA384;
	}
	registers[0].values[0].bytes[0] ^= flip;
}

static void evidence_values(const struct evidence_files *f)
{
	CLEANUP(buf_done) struct buf text = buf_init(1 << 20);
	struct reference_register registers[2][24];
	const struct reference_input inputs[] = { { STR("vcpus"), STR("4") },
		{ STR("vcpus"), STR("2") } };
	struct reference_shape shapes[2];
	struct reference_values v = { .image = STR("made"), .shapes = shapes, .n_shapes = 2 };

	evidence_shape(&shapes[0], registers[0], f->shape, &inputs[0], 0);
	evidence_shape(&shapes[1], registers[1], f->shape, &inputs[1], 1);
	shapes[0].name = STR("made");
	shapes[1].name = STR("other");
	reference_values_emit(&v, &text);
	CHECK(buf_ok(&text));
	evidence_write(f->dir, "values.json", buf_span(&text));
	evidence_hex(f->dir, "register", span_make(registers[0][0].values[0].bytes, SHA384_SIZE));
}

static void evidence_trust(const struct evidence_files *f)
{
	CLEANUP(buf_done) struct buf text = buf_init(1 << 16);

	buf_printf(&text,
		"format: assay.trust/1\nunsigned-reference-values: accept\nhardware-roots:\n"
		"  - name: made\n    hardware: %s\n",
		f->hardware);
	if (f->product)
		buf_printf(&text, "    product: %s\n", f->product);
	buf_add_cstr(&text, "    sha256: ");
	hex_add(&text, SPAN_OF(f->root->sha256));
	buf_add_cstr(&text, "\n");
	evidence_write(f->dir, "trust.yaml", buf_span(&text));
}

static void evidence_files(const struct evidence_files *f)
{
	CLEANUP(buf_done) struct buf bundle = buf_init(BUNDLE_SIZE_MAX), at = buf_init(64);
	struct err e = { 0 };

	CHECK_OK(bundle_emit(f->bundle, &bundle, &e), e);
	evidence_write(f->dir, "evidence.json", buf_span(&bundle));
	evidence_values(f);
	evidence_trust(f);
	buf_printf(&at, "%lld\n", (long long)f->at_unix);
	evidence_write(f->dir, "at", buf_span(&at));
	evidence_hex(f->dir, "nonce", span_make(f->nonce, BINDING_NONCE_SIZE));
	evidence_hex(f->dir, "report-data", f->report_data);
}

#endif
