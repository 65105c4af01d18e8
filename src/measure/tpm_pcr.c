#include "measure/tpm_pcr.h"

#include "codec/pe.h"
#include "measure/tpm_kernel.h"
#include "base/banned.h"

static const char rule_inner[] = "systemd-stub up to 257 loads the kernel through LoadImage; "
				 "TCG PFP 3.3.4.5, Authenticode hash";

/* What the steps of one boot share. */
struct steps {
	struct event_list *to;
	const struct tpm_boot *boot;
	struct tpm_prediction *p;
	const struct pe *uki;
	struct pe loader;
	struct tpm_authority authority; /* with Secure Boot on */
	bool secure;
};

static struct str or_plain(struct str given, const char *plain)
{
	return given.n ? given : str_of(plain);
}

/* PCR 4, and before it PCR 7: a program that firmware loads. */
static bool start(
	struct steps *s, const struct pe *pe, const char *what, struct str origin, struct err *e)
{
	return (!s->secure || tpm_authority_add(s->to, &s->authority, pe, what, e)) &&
	       tpm_firmware_application(s->to, pe, what, TPM_FIRMWARE_APPLICATION, origin, e);
}

/* With Secure Boot on the stub takes the kernel past the firmware's check, which is what measures it. */
static bool add_kernel(struct steps *s, struct err *e)
{
	const struct tpm_stub *stub = &s->p->stub;
	struct pe kernel;

	if (!stub->measures_kernel || s->secure)
		return true;
	if (!pe_parse(&kernel, stub->sections[TPM_STUB_LINUX], e))
		return err_wrap(e, "section .linux");
	return tpm_firmware_application(s->to, &kernel, TPM_PCR_INNER_KERNEL, rule_inner,
		or_plain(s->boot->origins.kernel, "uki.efi, section .linux"), e);
}

/* systemd-boot, and what it measures before it loads the UKI. */
static bool add_loader(struct steps *s, struct err *e)
{
	return !s->boot->loader.n ||
	       (start(s, &s->loader, TPM_LOADER, STR("systemd-boot"), e) &&
		       tpm_loader_config(s->to, &s->p->loader, s->boot->loader_conf, e));
}

/* The command line by way of systemd-boot; the stub takes it only with Secure Boot off. */
static bool add_options(struct steps *s, const char *by, bool taken, struct err *e)
{
	return !s->boot->loader.n || !taken ||
	       tpm_loader_options(s->to, &s->p->loader, &s->p->stub, by, e);
}

static bool add_stub(struct steps *s, struct err *e)
{
	const struct tpm_boot *b = s->boot;
	struct tpm_authority *authority = s->secure ? &s->authority : NULL;

	return tpm_stub_sections(s->to, &s->p->stub, &b->origins, e) &&
	       tpm_sidecar_addons(s->to, b->sidecars, b->n_sidecars, authority, e) &&
	       add_options(s, "systemd-stub", !s->secure, e) &&
	       tpm_sidecar_events(s->to, &s->p->stub, b->sidecars, b->n_sidecars, e);
}

/* In the order in which it happens. */
static bool add_all(struct steps *s, struct err *e)
{
	const struct tpm_boot *b = s->boot;
	const struct tpm_origins *from = &b->origins;

	return tpm_firmware_variables(s->to, &b->variables, e) &&
	       tpm_firmware_boot_attempt(s->to, e) &&
	       (b->no_disk || tpm_firmware_partitions(
				      s->to, b->gpt, or_plain(from->disk, "disk.img"), e)) &&
	       add_loader(s, e) &&
	       start(s, s->uki, TPM_PCR_UKI, or_plain(from->uki, "uki.efi"), e) &&
	       add_options(s, TPM_LOADER, true, e) && add_stub(s, e) && add_kernel(s, e) &&
	       tpm_kernel_events(s->to, &s->p->stub, from, e) && tpm_firmware_exit(s->to, e);
}

static bool prepare(struct steps *s, struct arena *a, struct err *e)
{
	const struct tpm_variables *v = &s->boot->variables;

	s->secure = v->secure_boot == TPM_SECURE_BOOT_ON;
	if (s->secure && !tpm_authority_init(&s->authority, v->db, v->dbx, a, e))
		return false;
	return !s->boot->loader.n || ((pe_parse(&s->loader, s->boot->loader, e) &&
					      tpm_loader_read(&s->p->loader, &s->loader, e)) ||
					     err_wrap(e, TPM_LOADER));
}

bool tpm_pcr_predict(struct tpm_prediction *ret, const struct tpm_boot *boot,
	const enum digest_alg *banks, size_t n_banks, struct arena *a, struct err *e)
{
	struct tpm_prediction p = { 0 };
	struct pe uki;
	struct steps s = { .to = &p.events, .boot = boot, .p = &p, .uki = &uki };

	if (!pe_parse(&uki, boot->uki, e))
		return err_wrap(e, "UKI");
	if (!tpm_stub_read(&p.stub, &uki, e) ||
		!tpm_kernel_version(&p.kernel_version, p.stub.sections[TPM_STUB_LINUX], e) ||
		!tpm_sidecar_prepare(&p.stub, boot->sidecars, boot->n_sidecars, a, e) ||
		!prepare(&s, a, e))
		return false;
	event_list_init(&p.events, a, banks, n_banks);
	if (!add_all(&s, e))
		return false;
	*ret = p;
	return true;
}

/* ---- a kernel from QEMU ---- */

/* OVMF puts it before the boot attempt, and no disk is looked at. */
static bool add_direct(struct event_list *to, const struct tpm_direct *boot,
	const struct pe *kernel, struct err *e)
{
	return tpm_firmware_variables(to, &boot->variables, e) &&
	       tpm_firmware_application(to, kernel, TPM_PCR_DIRECT_KERNEL, TPM_FIRMWARE_APPLICATION,
		       STR("kernel"), e) &&
	       tpm_firmware_boot_attempt(to, e) &&
	       tpm_kernel_direct(to, boot->command_line, boot->initrd, e) &&
	       tpm_firmware_exit(to, e);
}

bool tpm_pcr_direct(struct tpm_prediction *ret, const struct tpm_direct *boot,
	const enum digest_alg *banks, size_t n_banks, struct arena *a, struct err *e)
{
	struct tpm_prediction p = { .stub = { .initrd_known = true } };
	struct pe kernel;

	if (boot->variables.secure_boot == TPM_SECURE_BOOT_ON)
		return err_set(e, ERR_USAGE,
			       "no rules for a kernel from QEMU with Secure Boot on: QEMU's change "
			       "of its header breaks its signature, and OVMF then starts it unmeasured") ||
		       err_hint(e, "boot a signed unified kernel image from a disk");
	if (!pe_parse(&kernel, boot->kernel, e) ||
		!tpm_kernel_version(&p.kernel_version, boot->kernel, e))
		return err_wrap(e, "kernel");
	event_list_init(&p.events, a, banks, n_banks);
	if (!add_direct(&p.events, boot, &kernel, e))
		return false;
	*ret = p;
	return true;
}
