/* Reference values with a shape of each platform, their values made up: a byte for the shape, one for the register. */
#ifndef ASSAY_TEST_EXPORT_MADE_H
#define ASSAY_TEST_EXPORT_MADE_H

#include "appraise/reference_values.h"
#include "test.h"

enum { EXPORT_MADE_SHAPES = 4, EXPORT_MADE_REGISTERS = 5 };

static const struct export_made {
	const char *name, *platform;
	enum digest_alg banks[2];
	size_t n_registers;
	unsigned registers[EXPORT_MADE_REGISTERS];
} export_made[EXPORT_MADE_SHAPES] = {
	{ "qemu-vtpm", "tpm", { DIGEST_SHA256, DIGEST_SHA384 }, 3, { 0, 4, 11 } },
	{ "milan-2", "snp", { DIGEST_SHA384, DIGEST_NONE }, 1, { 0 } },
	{ "tdx-4g", "tdx", { DIGEST_SHA384, DIGEST_NONE }, 5, { 0, 1, 2, 3, 4 } },
	{ "nitro-enclave", "nitro-enclave", { DIGEST_SHA384, DIGEST_NONE }, 4, { 0, 1, 2, 8 } },
};

static struct digest export_made_value(size_t shape, unsigned reg, enum digest_alg alg)
{
	struct digest d = { .alg = alg };

	memset(d.bytes, (int)(0xa0 + shape), digest_size(alg));
	d.bytes[0] = (uint8_t)reg;
	return d;
}

/* The first n of them; PCR 0 of the first has no value. */
__attribute__((unused)) static void export_make(
	struct reference_values *v, size_t n, struct arena *a)
{
	struct reference_shape *shapes = ARENA_ARRAY(a, EXPORT_MADE_SHAPES, struct reference_shape);

	for (size_t i = 0; i < n; i++) {
		const struct export_made *m = &export_made[i];
		struct reference_register *r = ARENA_ARRAY(
			a, EXPORT_MADE_REGISTERS, struct reference_register);

		shapes[i] = (struct reference_shape){ .name = str_of(m->name),
			.platform = str_of(m->platform),
			.n_banks = m->banks[1] == DIGEST_NONE ? 1 : 2,
			.registers = r,
			.n_registers = m->n_registers };
		for (size_t b = 0; b < shapes[i].n_banks; b++)
			shapes[i].banks[b] = m->banks[b];
		for (size_t k = 0; k < m->n_registers; k++) {
			r[k].reg = m->registers[k];
			if (!i && !k)
				continue;
			r[k].how = REFERENCE_COMPUTED;
			for (size_t b = 0; b < shapes[i].n_banks; b++)
				r[k].values[b] = export_made_value(i, r[k].reg, m->banks[b]);
		}
	}
	*v = (struct reference_values){ .image = STR("hello"), .shapes = shapes, .n_shapes = n };
	memset(v->manifest_sha256, 0x5a, sizeof v->manifest_sha256);
}

#endif
