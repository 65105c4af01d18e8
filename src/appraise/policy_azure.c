#include "appraise/policy_azure.h"

#include "appraise/policy_member.h"
#include "base/banned.h"

struct policy_azure policy_azure_default(void)
{
	return (struct policy_azure){ .allow_console = true };
}

bool policy_azure_parse(
	struct policy_azure *ret, const struct json *v, struct arena *a, struct err *e)
{
	static const char *const keys[] = { "secure-boot", "console", "measurement", "nonce",
		"vm-ids", NULL };
	struct policy_azure p = *ret;

	if (!v)
		return true;
	if (!json_only(v, "azure", keys, e) ||
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

void policy_azure_tell(const struct policy_azure *p, struct buf *out)
{
	buf_printf(out,
		"The key that signs an Azure machine's quote must be named by a report of the hardware underneath.\n");
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
