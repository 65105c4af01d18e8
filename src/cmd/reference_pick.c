#include "cmd/reference_pick.h"

#include "appraise/evidence_registers.h"
#define ASSAY_MAY_ASK_THE_MACHINE
#include "base/banned.h"

static bool named(const struct reference_shape **ret, const struct reference_values *v,
	struct str name, struct err *e)
{
	for (size_t i = 0; i < v->n_shapes; i++) {
		if (!str_equal(v->shapes[i].name, name))
			continue;
		*ret = &v->shapes[i];
		return true;
	}
	err_set(e, ERR_NOTFOUND, "the reference values have no shape %.*s", STR_ARG(name));
	return err_hint(e, "the image was not built for it: platforms: in its assay.yaml");
}

/* How many shapes are for the platform, and with registers given, fit these; *ret is the last. */
static size_t count(const struct reference_shape **ret, const struct reference_values *v,
	const char *platform, const struct bundle_bank *registers)
{
	size_t n = 0;

	for (size_t i = 0; i < v->n_shapes; i++) {
		if (!str_is(v->shapes[i].platform, platform) ||
			(registers && !evidence_registers_fit(registers, &v->shapes[i])))
			continue;
		*ret = &v->shapes[i];
		n++;
	}
	return n;
}

static bool ask(const struct reference_values *v, const char *platform, size_t fit, struct arena *a,
	struct err *e)
{
	struct str names = STR("");

	for (size_t i = 0; i < v->n_shapes; i++) {
		if (!str_is(v->shapes[i].platform, platform))
			continue;
		names = arena_printf(a, "%.*s%s%.*s", STR_ARG(names), names.n ? ", " : "",
			STR_ARG(v->shapes[i].name));
		if (!names.p)
			return arena_full(a, e);
	}
	err_set(e, ERR_USAGE,
		"the reference values have several shapes for platform %s, and %s (%.*s)", platform,
		fit ? "more than one fits" : "the evidence has the values of none", STR_ARG(names));
	return err_hint(e, "name the one that is expected with --shape NAME%s",
		fit ? "" : "; what differs from it is told then");
}

bool reference_pick(const struct reference_shape **ret, bool *by_value,
	const struct reference_values *v, struct str name, const struct bundle *evidence,
	enum digest_alg bank, struct arena *a, struct err *e)
{
	const char *platform = platform_name(evidence_registers_platform(evidence, a));
	const struct reference_shape *found = NULL;
	struct bundle_bank registers;
	struct err none = { 0 };
	size_t n;

	*by_value = false;
	if (name.p) /* also an empty one: it is none of theirs */
		return named(ret, v, name, e);
	n = count(&found, v, platform, NULL);
	if (n == 0) {
		err_set(e, ERR_NOTFOUND, "the reference values have no shape for platform %s",
			platform);
		return err_hint(e, "the image was not built for it: platforms: in its assay.yaml");
	}
	if (n > 1) {
		n = evidence_registers(&registers, evidence, bank, a, &none)
			    ? count(&found, v, platform, &registers)
			    : 0;
		if (n != 1)
			return ask(v, platform, n, a, e);
		*by_value = true;
	}
	*ret = found;
	return true;
}
