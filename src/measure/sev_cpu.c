#include "measure/sev_cpu.h"

#include <assert.h>

#include "base/banned.h"

const struct sev_cpu sev_cpu_lines[SEV_CPU_LINES] = {
	{ "EPYC", 5, 23, 1, 2 },
	{ "EPYC-Rome", 5, 23, 49, 0 },
	{ "EPYC-Milan", 3, 25, 1, 1 },
	{ "EPYC-Genoa", 2, 25, 17, 0 },
	{ "EPYC-Turin", 1, 26, 0, 0 },
};

/* The one name that is no version: QEMU's alias of EPYC-v2. */
#define EPYC_IBPB "EPYC-IBPB"

uint32_t sev_cpu_signature(unsigned family, unsigned model, unsigned stepping)
{
	unsigned low = family > 15 ? 15 : family, high = family - low;

	assert(family <= SEV_CPU_FAMILY_MAX && model <= SEV_CPU_MODEL_MAX &&
		stepping <= SEV_CPU_STEPPING_MAX);
	return (uint32_t)(high << 20 | model >> 4 << 16 | low << 8 | (model & 15) << 4 | stepping);
}

static bool is_version(struct str rest, unsigned versions)
{
	uint64_t v;

	return rest.n > 2 && str_starts(rest, "-v") &&
	       str_u64(str_make(rest.p + 2, rest.n - 2), &v, versions) && v > 0;
}

static bool is_of(const struct sev_cpu *line, struct str name)
{
	size_t n = strlen(line->name);

	if (!str_starts(name, line->name))
		return false;
	return name.n == n || is_version(str_make(name.p + n, name.n - n), line->versions);
}

bool sev_cpu_find(const struct sev_cpu **ret, struct str name, struct err *e)
{
	for (size_t i = 0; i < SEV_CPU_LINES; i++)
		if (is_of(&sev_cpu_lines[i], name)) {
			*ret = &sev_cpu_lines[i];
			return true;
		}
	if (str_is(name, EPYC_IBPB)) {
		*ret = &sev_cpu_lines[0];
		return true;
	}
	err_set(e, ERR_USAGE, "QEMU has no processor type '%.*s' for SEV guests", STR_ARG(name));
	return err_hint(e,
		"known: EPYC (to -v5), EPYC-IBPB, EPYC-Rome (-v5), EPYC-Milan (-v3), EPYC-Genoa (-v2), EPYC-Turin (-v1)");
}

const struct sev_cpu *sev_cpu_of_signature(uint32_t signature)
{
	for (size_t i = 0; i < SEV_CPU_LINES; i++) {
		const struct sev_cpu *c = &sev_cpu_lines[i];

		if (sev_cpu_signature(c->family, c->model, c->stepping) == signature)
			return c;
	}
	return NULL;
}
