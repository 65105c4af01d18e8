#include "cmd/explain_digest_values.h"

#include <stdio.h>

#include "cmd/line.h"
#include "cmd/reference_load.h"
#define ASSAY_MAY_ASK_THE_MACHINE
#include "base/banned.h"

enum { VALUES_ARENA_MAX = 256 << 20 };

static bool has(
	const struct reference_shape *s, const struct reference_register *r, struct span want)
{
	for (size_t i = 0; i < s->n_banks && r->how != REFERENCE_NOT_PREDICTABLE; i++)
		if (digest_size(s->banks[i]) == want.n &&
			memcmp(r->values[i].bytes, want.p, want.n) == 0)
			return true;
	return false;
}

static void print_shape(const struct reference_shape *s, unsigned reg)
{
	char name[PLATFORM_REGISTER_NAME_MAX];

	reference_register_name(name, s, reg);
	line_print(stdout, "what the reference values have for %s of shape %.*s (%.*s), made with",
		name, STR_ARG(s->name), STR_ARG(s->platform));
	for (size_t i = 0; i < s->n_inputs; i++)
		line_print(stdout, "  %-15.*s %.*s", STR_ARG(s->inputs[i].name),
			STR_ARG(s->inputs[i].value.n ? s->inputs[i].value : STR("(none)")));
	if (s->n_inputs == 0)
		puts("  no input that is written down");
}

bool explain_digest_values(size_t *n, struct span want, const char *path, struct err *e)
{
	CLEANUP(arena_freep) struct arena *a = arena_new(VALUES_ARENA_MAX);
	uint8_t sha256[SHA256_SIZE];
	struct reference_values v;

	if (!reference_load(&v, sha256, path, a, e))
		return false;
	*n = 0;
	for (size_t i = 0; i < v.n_shapes; i++)
		for (size_t r = 0; r < v.shapes[i].n_registers; r++)
			if (has(&v.shapes[i], &v.shapes[i].registers[r], want)) {
				print_shape(&v.shapes[i], v.shapes[i].registers[r].reg);
				++*n;
			}
	if (*n == 0)
		line_print(stdout, "tried %s: no register of its %zu shape%s has it", path,
			v.n_shapes, v.n_shapes == 1 ? "" : "s");
	return true;
}
