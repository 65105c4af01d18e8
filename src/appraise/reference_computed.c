#include "appraise/reference_computed.h"

#include "base/banned.h"

static bool strip(struct reference_shape *s, struct arena *a, struct err *e)
{
	struct reference_register *registers = ARENA_ARRAY(
		a, s->n_registers, struct reference_register);
	struct reference_coverage *coverage = ARENA_ARRAY(
		a, s->n_coverage, struct reference_coverage);
	size_t n = 0;

	if (!registers || !coverage)
		return arena_full(a, e);
	for (size_t i = 0; i < s->n_registers; i++)
		if (s->registers[i].how == REFERENCE_COMPUTED)
			registers[n++] = s->registers[i];
	for (size_t i = 0; i < s->n_coverage; i++) {
		coverage[i] = s->coverage[i];
		coverage[i].note = STR("");
	}
	s->registers = registers;
	s->n_registers = n;
	s->coverage = coverage;
	return true;
}

bool reference_computed_sha256(uint8_t ret[static SHA256_SIZE], const struct reference_values *v,
	struct arena *a, struct err *e)
{
	CLEANUP(buf_done) struct buf text = buf_init(2 * REFERENCE_VALUES_SIZE_MAX);
	struct reference_shape *shapes = ARENA_ARRAY(a, v->n_shapes, struct reference_shape);
	struct reference_values computed = *v;

	if (!shapes)
		return arena_full(a, e);
	for (size_t i = 0; i < v->n_shapes; i++) {
		shapes[i] = v->shapes[i];
		if (!strip(&shapes[i], a, e))
			return false;
	}
	computed.shapes = shapes;
	reference_values_emit(&computed, &text);
	if (!buf_ok(&text))
		return buf_full(&text, "reference values", e);
	sha256_of(ret, buf_span(&text));
	return true;
}
