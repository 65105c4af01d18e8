#include "cmd/explain_registers.h"

#include <stdio.h>

#include "appraise/shape_near.h"
#include "cmd/explain_text.h"
#include "cmd/line.h"
#define ASSAY_MAY_ASK_THE_MACHINE
#include "base/banned.h"

static bool find_bank(size_t *ret, const struct explain_registers *x)
{
	for (size_t i = 0; i < x->shape->n_banks; i++)
		if (x->shape->banks[i] == x->measured->alg) {
			*ret = i;
			return true;
		}
	return false;
}

static bool differs(
	const struct explain_registers *x, const struct reference_register *r, size_t bank)
{
	return r->how != REFERENCE_NOT_PREDICTABLE && r->reg < BUNDLE_PCRS &&
	       x->measured->pcrs >> r->reg & 1 &&
	       !digest_equal(&r->values[bank], &x->measured->values[r->reg]);
}

/* Registers that take in pages: no log tells of them. */
static bool is_launch(enum platform_kind kind, unsigned reg)
{
	return kind == PLATFORM_SNP || (kind == PLATFORM_TDX && reg == PLATFORM_MRTD);
}

static void print_launch(
	const struct explain_registers *x, const struct reference_register *r, size_t bank)
{
	char name[PLATFORM_REGISTER_NAME_MAX], want[2 * DIGEST_MAX + 1], got[2 * DIGEST_MAX + 1];

	reference_register_name(name, x->shape, r->reg);
	digest_hex(&r->values[bank], want);
	digest_hex(&x->measured->values[r->reg], got);
	line_print(stdout, "  %s differs: what was in memory when the machine started is another",
		name);
	line_print(stdout, "         %-6s %s", "want", want);
	line_print(stdout, "         %-6s %s", "got", got);
}

static struct str or_none(struct str s)
{
	return s.n ? s : STR("(none)");
}

static void print_near(const struct shape_near *near, const char *reg)
{
	line_print(stdout,
		"  %s is that of shape %.*s of the same reference values, which differs in:", reg,
		STR_ARG(near->shape->name));
	for (size_t i = 0; i < near->n_inputs; i++) {
		const struct shape_near_input *in = &near->inputs[i];

		line_print(stdout, "         %-16.*s expected %.*s, this fits %.*s",
			STR_ARG(in->name), STR_ARG(or_none(in->expected)),
			STR_ARG(or_none(in->fits)));
	}
	if (near->n_inputs == 0)
		puts("         no input that is written down");
	if (near->n_untold)
		printf("         and %zu more\n", near->n_untold);
}

/* Where no shape fits a launch digest, there is a search through more inputs than shapes have. */
static void print_search(const struct explain_registers *x, const char *reg, const struct digest *d)
{
	char hex[2 * DIGEST_MAX + 1];

	digest_hex(d, hex);
	line_print(stdout,
		"  no shape of these reference values gives this %s; to try other inputs:", reg);
	line_print(stdout, "         assay explain --digest %s%s", hex,
		str_is(x->shape->platform, "nitro-enclave")
			? ""
			: " --firmware FILE --kernel FILE --initrd FILE --append TEXT");
}

static void print_others(const struct explain_registers *x, const struct reference_register *r)
{
	enum platform_kind kind = platform_from_name(x->shape->platform);
	const struct digest *d = &x->measured->values[r->reg];
	char name[PLATFORM_REGISTER_NAME_MAX];
	struct shape_near near;
	size_t at = 0;
	bool any = false;

	reference_register_name(name, x->shape, r->reg);
	while (shape_near_next(&near, &at, x->values, x->shape, r->reg, d)) {
		print_near(&near, name);
		any = true;
	}
	if (!any && is_launch(kind, r->reg))
		print_search(x, name, d);
}

/* Logs number a confidential guest's registers from RTMR 0 on. */
struct bundle_bank explain_registers_by_log(const struct explain_registers *x)
{
	struct bundle_bank bank = *x->measured;

	if (platform_from_name(x->shape->platform) != PLATFORM_TDX)
		return bank;
	bank.pcrs >>= PLATFORM_RTMR;
	for (size_t i = 0; i + PLATFORM_RTMR < BUNDLE_PCRS; i++)
		bank.values[i] = x->measured->values[i + PLATFORM_RTMR];
	return bank;
}

static bool print_events(
	const struct explain_registers *x, size_t launch, struct arena *a, struct err *e)
{
	struct bundle_bank bank = explain_registers_by_log(x);
	struct explain_in in = { .shape = x->shape, .values = &bank, .log = x->log };
	struct explain ex;

	if (platform_from_name(x->shape->platform) == PLATFORM_SNP) {
		if (!launch)
			puts("  nothing differs");
		return true;
	}
	if (!explain(&ex, &in, a, e))
		return err_wrap(e, "explaining what differs");
	if (ex.n || !launch)
		explain_text_print(&ex);
	return true;
}

bool explain_registers_print(
	size_t *differ, const struct explain_registers *x, struct arena *a, struct err *e)
{
	enum platform_kind kind = platform_from_name(x->shape->platform);
	size_t bank, launch = 0;

	*differ = 0;
	if (!find_bank(&bank, x))
		return true;
	for (size_t i = 0; i < x->shape->n_registers; i++) {
		const struct reference_register *r = &x->shape->registers[i];

		if (!differs(x, r, bank))
			continue;
		(*differ)++;
		if (is_launch(kind, r->reg)) {
			print_launch(x, r, bank);
			launch++;
		}
	}
	if (!print_events(x, launch, a, e))
		return false;
	for (size_t i = 0; i < x->shape->n_registers; i++)
		if (differs(x, &x->shape->registers[i], bank))
			print_others(x, &x->shape->registers[i]);
	return true;
}
