#include "measure/tpm_pcr.h"

#include "codec/pe.h"
#include "measure/tpm_kernel.h"
#include "base/banned.h"

static const char rule_application[] = "TCG PFP 3.3.4.5, Authenticode hash";
static const char rule_inner[] = "systemd-stub up to 257 loads the kernel through LoadImage; "
				 "TCG PFP 3.3.4.5, Authenticode hash";

/* PCR 4: what the firmware loads to run. */
static bool add_application(struct event_list *to, const struct pe *pe, const char *what,
	const char *rule, struct str origin, struct err *e)
{
	struct event ev = {
		.reg = 4,
		.type = EV_EFI_BOOT_SERVICES_APPLICATION,
		.what = str_of(what),
		.rule = str_of(rule),
		.origin = origin,
	};

	for (size_t i = 0; i < to->n_banks; i++)
		ev.digests[i] = pe_authenticode_of(pe, to->banks[i]);
	return event_list_add_digests(to, &ev, e);
}

static bool add_kernel(
	struct event_list *to, const struct tpm_stub *stub, struct str origin, struct err *e)
{
	struct pe kernel;

	if (!stub->measures_kernel)
		return true;
	if (!pe_parse(&kernel, stub->sections[TPM_STUB_LINUX], e))
		return err_wrap(e, "section .linux");
	return add_application(to, &kernel, TPM_PCR_INNER_KERNEL, rule_inner,
		origin.n ? origin : STR("uki.efi, section .linux"), e);
}

static struct str or_plain(struct str given, const char *plain)
{
	return given.n ? given : str_of(plain);
}

/* In the order in which it happens. */
static bool add_all(struct event_list *to, const struct tpm_boot *boot, const struct pe *uki,
	const struct tpm_stub *stub, struct err *e)
{
	const struct tpm_origins *from = &boot->origins;

	return tpm_firmware_variables(to, &boot->variables, e) &&
	       tpm_firmware_boot_attempt(to, e) &&
	       tpm_firmware_partitions(to, boot->gpt, or_plain(from->disk, "disk.img"), e) &&
	       add_application(
		       to, uki, TPM_PCR_UKI, rule_application, or_plain(from->uki, "uki.efi"), e) &&
	       tpm_stub_sections(to, stub, from, e) && add_kernel(to, stub, from->kernel, e) &&
	       tpm_kernel_events(to, stub, from, e) && tpm_firmware_exit(to, e);
}

bool tpm_pcr_predict(struct tpm_prediction *ret, const struct tpm_boot *boot,
	const enum digest_alg *banks, size_t n_banks, struct arena *a, struct err *e)
{
	struct tpm_prediction p = { 0 };
	struct pe uki;

	if (!pe_parse(&uki, boot->uki, e))
		return err_wrap(e, "UKI");
	if (!tpm_stub_read(&p.stub, &uki, e) ||
		!tpm_kernel_version(&p.kernel_version, p.stub.sections[TPM_STUB_LINUX], e))
		return false;
	event_list_init(&p.events, a, banks, n_banks);
	if (!add_all(&p.events, boot, &uki, &p.stub, e))
		return false;
	*ret = p;
	return true;
}
