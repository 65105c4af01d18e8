#include "appraise/policy_snp_inside.h"
#include "base/banned.h"

static const char *const tcb_keys[] = { [SNP_TCB_CURRENT] = "current",
	[SNP_TCB_REPORTED] = "reported",
	[SNP_TCB_COMMITTED] = "committed",
	[SNP_TCB_LAUNCH] = "launch",
	NULL };
static const char *const part_keys[] = { [SNP_TCB_FMC] = "fmc",
	[SNP_TCB_BOOT_LOADER] = "boot-loader",
	[SNP_TCB_TEE] = "tee",
	[SNP_TCB_SNP] = "snp",
	[SNP_TCB_MICROCODE] = "microcode",
	NULL };

/* Parts that are absent may be of any age. */
static bool read_tcb(struct policy_snp_minimum *ret, const struct json *v, enum snp_product product,
	struct err *e)
{
	struct policy_snp_minimum m = { .given = true };

	if (!json_only(v, "TCB version", part_keys, e))
		return false;
	if (v->n == 0)
		return err_set(e, ERR_FORMAT,
			"line %zu: a TCB version without parts demands nothing", v->line);
	for (int i = 0; i < SNP_TCB_PARTS; i++) {
		const struct json *part = json_get(v, part_keys[i]);
		uint64_t level = 0;

		if (!part)
			continue;
		if (!snp_tcb_has(product, (enum snp_tcb_part)i))
			return err_set(e, ERR_FORMAT, "line %zu: %s has no '%s'", part->line,
				snp_product_name(product), part_keys[i]);
		if (part->kind != JSON_STRING || !str_u64(part->text, &level, UINT8_MAX))
			return err_set(e, ERR_FORMAT, "line %zu: '%s' is a number from 0 to 255",
				part->line, part_keys[i]);
		m.tcb.spl[i] = (uint8_t)level;
	}
	if (span_is_zero(SPAN_OF(m.tcb.spl)))
		return err_set(e, ERR_FORMAT, "line %zu: a TCB version of zeroes demands nothing",
			v->line);
	*ret = m;
	return true;
}

static bool read_product(struct policy_snp_minimum ret[static POLICY_SNP_TCBS],
	const struct json *v, enum snp_product product, struct err *e)
{
	if (!json_only(v, snp_product_name(product), tcb_keys, e))
		return false;
	if (v->n == 0)
		return err_set(e, ERR_FORMAT, "line %zu: nothing is demanded of %s", v->line,
			snp_product_name(product));
	for (int i = 0; i < POLICY_SNP_TCBS; i++) {
		const struct json *tcb = json_get(v, tcb_keys[i]);

		if (tcb && !read_tcb(&ret[i], tcb, product, e))
			return err_wrap(e, "%s", tcb_keys[i]);
	}
	return true;
}

/* A product that is taken and has no minimum would be a hole that nobody sees. */
bool policy_snp_minimum_parse(struct policy_snp *ret, const struct json *o, struct err *e)
{
	static const char *const keys[] = { "Milan", "Genoa", "Turin", NULL };
	const struct json *v = json_get(o, "minimum-tcb");

	if (!v)
		return true;
	if (!json_only(v, "minimum-tcb", keys, e))
		return false;
	for (int p = SNP_MILAN; p <= SNP_TURIN; p++) {
		const char *name = snp_product_name((enum snp_product)p);
		const struct json *of = json_get(v, name);

		if (of && !read_product(ret->minimum[p], of, (enum snp_product)p, e))
			return err_wrap(e, "minimum-tcb: %s", name);
		if (!of && ret->products >> p & 1)
			return err_set(e, ERR_FORMAT,
				"line %zu: 'minimum-tcb' says nothing of %s, which 'products' allows",
				v->line, name);
	}
	return true;
}
