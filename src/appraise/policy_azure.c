#include "appraise/policy_azure.h"

#include "appraise/policy_member.h"
#include "base/banned.h"

static const struct {
	const char *word;
	enum azure_hcl_hardware hardware;
} kinds[] = { { "snp", AZURE_HCL_SNP }, { "tdx", AZURE_HCL_TDX } };

struct policy_azure policy_azure_default(void)
{
	return (struct policy_azure){ .hardware = POLICY_AZURE_HARDWARE, .allow_console = true };
}

/* The bit of a word; 0 for another. */
static uint32_t hardware_of(const struct json *v)
{
	for (size_t i = 0; v->kind == JSON_STRING && i < ARRAY_LEN(kinds); i++)
		if (str_is(v->text, kinds[i].word))
			return UINT32_C(1) << kinds[i].hardware;
	return 0;
}

static bool read_hardware(uint32_t *ret, const struct json *v, struct err *e)
{
	uint32_t set = 0;

	if (!v)
		return true;
	for (size_t i = 0; v->kind == JSON_ARRAY && i < v->n; i++) {
		uint32_t bit = hardware_of(&v->items[i]);

		if (!bit || set & bit)
			return err_set(e, ERR_FORMAT,
				"line %zu: 'hardware' is a list of snp, tdx, each once",
				v->items[i].line);
		set |= bit;
	}
	if (!set)
		return err_set(e, ERR_FORMAT,
			"line %zu: 'hardware' is a list of snp, tdx, each once", v->line);
	*ret = set;
	return true;
}

bool policy_azure_parse(
	struct policy_azure *ret, const struct json *v, struct arena *a, struct err *e)
{
	static const char *const keys[] = { "hardware", "secure-boot", "console", "measurement",
		"nonce", "vm-ids", NULL };
	struct policy_azure p = *ret;

	if (!v)
		return true;
	if (!json_only(v, "azure", keys, e) ||
		!read_hardware(&p.hardware, json_get(v, "hardware"), e) ||
		!policy_member_word(&p.any_secure_boot, v, "secure-boot", "require", "any", e) ||
		!policy_member_word(&p.allow_console, v, "console", "refuse", "allow", e) ||
		!policy_member_word(&p.any_measurement, v, "measurement", "require", "any", e) ||
		!policy_member_word(&p.nonce_in_report, v, "nonce", "quote", "either", e) ||
		!policy_member_texts(
			&p.vm_ids, &p.n_vm_ids, v, "vm-ids", POLICY_AZURE_IDS_MAX, a, e))
		return err_wrap(e, "azure");
	*ret = p;
	return true;
}

void policy_azure_tell_hardware(const struct policy_azure *p, struct buf *out)
{
	const char *before = "";

	for (size_t i = 0; i < ARRAY_LEN(kinds); i++)
		if (p->hardware >> kinds[i].hardware & 1) {
			buf_printf(out, "%s%s", before, azure_hcl_hardware_name(kinds[i].hardware));
			before = " or ";
		}
}

static void tell_hardware(const struct policy_azure *p, struct buf *out)
{
	bool either = p->hardware == POLICY_AZURE_HARDWARE;

	buf_printf(out, "That hardware %s ", either ? "may be" : "must be");
	policy_azure_tell_hardware(p, out);
	buf_printf(out, "%s.\n",
		either ? ", which the machine chooses; only what is said of the one that it has is asked"
		       : "");
}

void policy_azure_tell(const struct policy_azure *p, struct buf *out)
{
	buf_printf(out,
		"The key that signs an Azure machine's quote must be named by a report of the hardware underneath.\n");
	tell_hardware(p, out);
	buf_printf(out, p->any_secure_boot ? "Its Secure Boot may be on or off.\n"
					   : "Its Secure Boot must be on.\n");
	buf_printf(out,
		p->allow_console ? "It may have a console.\n" : "It must not have a console.\n");
	buf_printf(out,
		p->any_measurement
			? "Azure's own software underneath it may be any that the hardware measured, where no value is named: then whoever runs such hardware can make up a TPM.\n"
			: "Azure's own software underneath it must have a measurement that this policy names (snp or tdx); Azure publishes none.\n");
	buf_printf(out,
		p->nonce_in_report
			? "The nonce may stand in the quote, or only in the HCL report: then the registers may be older.\n"
			: "The nonce must stand in the quote.\n");
	if (p->n_vm_ids)
		buf_printf(out, "The machine must be ");
	for (size_t i = 0; i < p->n_vm_ids; i++)
		buf_printf(out, "%s%.*s%s", i ? " or " : "", STR_ARG(p->vm_ids[i]),
			i + 1 == p->n_vm_ids ? ".\n" : "");
}
