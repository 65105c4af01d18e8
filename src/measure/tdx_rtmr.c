#include "measure/tdx_rtmr.h"

#include "base/buf.h"
#include "codec/pe.h"
#include "measure/tpm_kernel.h"
#include "measure/tpm_pcr.h"
#include "base/banned.h"

enum { BOOT_VARIABLES_MAX = 32 };

/* TCG event types that only these registers see here. */
#define EV_EFI_HANDOFF_TABLES2 0x8000000bu
#define EV_EFI_PLATFORM_FIRMWARE_BLOB2 0x8000000au
#define EV_PLATFORM_CONFIG_FLAGS 0xau

static const char rule_firmware[] = "TDVF design guide 8, in RTMR 0";
static const char rule_acpi[] = "OVMF: a file of QEMU's fw_cfg, in RTMR 0";
static const char rule_separator[] = "OVMF before 2024.11: a second separator in RTMR 0";
static const char rule_boot[] = "TCG PFP 3.3.4.8, content of a boot variable, in RTMR 0";
static const char rule_application[] = "TCG PFP 3.3.4.5, Authenticode hash, in RTMR 1";
static const char rule_options[] = "Linux EFI stub: LoadOptions in UTF-16LE with NUL, in RTMR 2";
static const char rule_initrd[] = "Linux EFI stub: initrd as the firmware hands it over, in RTMR 2";
static const char rule_given[] = "given: an application's event";

/* Load option of OVMF's menu: hidden application "UiApp", a file of a firmware volume. */
static const uint8_t menu[62] = { 0x09, 0x01, 0, 0, 0x2c, 0, 'U', 0, 'i', 0, 'A', 0, 'p', 0, 'p', 0,
	0, 0, 4, 7, 0x14, 0, 0xc9, 0xbd, 0xb8, 0x7c, 0xeb, 0xf8, 0x34, 0x4f, 0xaa, 0xea, 0x3e, 0xe4,
	0xaf, 0x65, 0x16, 0xa1, 4, 6, 0x14, 0, 0x21, 0xaa, 0x2c, 0x46, 0x14, 0x76, 0x03, 0x45, 0x83,
	0x6e, 0x8a, 0xb6, 0xf4, 0x66, 0x23, 0x31, 0x7f, 0xff, 4, 0 };
static const uint8_t menu_order[2] = { 0, 0 };

/* UEFI 2.10, 38.4.1. */
static unsigned rtmr_of(unsigned pcr)
{
	return pcr == 1 || pcr == 7 ? 0 : pcr < 8 ? 1 : 2;
}

/* Events of a TPM's PCR, all of them. */
static bool move_all(struct event_list *to, const struct event_list *from, struct err *e)
{
	for (size_t i = 0; i < from->n; i++) {
		struct event ev = from->items[i];

		ev.reg = rtmr_of(ev.reg);
		if (!event_list_add_digests(to, &ev, e))
			return false;
	}
	return true;
}

/* The action; of the separators that a TPM has in PCR 2 to 6 one, where RTMR 1 gets it. */
static bool move_attempt(struct event_list *to, const struct event_list *from,
	enum tdx_separator separator, struct err *e)
{
	bool separated = separator != TDX_SEPARATOR_RTMR1;

	for (size_t i = 0; i < from->n; i++) {
		struct event ev = from->items[i];

		if (ev.type == EV_SEPARATOR && separated)
			continue;
		separated |= ev.type == EV_SEPARATOR;
		ev.reg = rtmr_of(ev.reg);
		if (!event_list_add_digests(to, &ev, e))
			return false;
	}
	return true;
}

static void like(struct event_list *l, const struct event_list *other)
{
	event_list_init(l, other->a, other->banks, other->n_banks);
}

static bool add_application(struct event_list *to, const struct pe *pe, const char *what,
	struct str origin, struct err *e)
{
	struct event ev = {
		.reg = 1,
		.type = EV_EFI_BOOT_SERVICES_APPLICATION,
		.what = str_of(what),
		.rule = str_of(rule_application),
		.origin = origin,
	};

	for (size_t i = 0; i < to->n_banks; i++)
		ev.digests[i] = pe_authenticode_of(pe, to->banks[i]);
	return event_list_add_digests(to, &ev, e);
}

bool tdx_rtmr_firmware(struct event_list *to, const struct tdx_metadata *m, struct span hob,
	const struct tpm_variables *variables, struct err *e)
{
	const struct tdx_section *cfv = tdx_metadata_find(m, TDX_CFV);
	struct event_list tpm;

	like(&tpm, to);
	if (!cfv)
		return err_set(e, ERR_NOTFOUND, "the firmware has no section of variables (CFV)");
	return event_list_add(to, 0, EV_EFI_HANDOFF_TABLES2, hob, TDX_RTMR_HOB, rule_firmware,
		       STR("memory"), STR(""), e) &&
	       event_list_add(to, 0, EV_EFI_PLATFORM_FIRMWARE_BLOB2, cfv->data, TDX_RTMR_CFV,
		       rule_firmware, STR("firmware"), STR(""), e) &&
	       tpm_firmware_variables(&tpm, variables, e) && move_all(to, &tpm, e);
}

bool tdx_rtmr_acpi(struct event_list *to, const struct tdx_acpi *acpi, struct err *e)
{
	const struct {
		struct span file;
		const char *what, *origin;
	} files[] = { { acpi->loader, "ACPI loader", "etc/table-loader" },
		{ acpi->rsdp, "ACPI root pointer", "etc/acpi/rsdp" },
		{ acpi->tables, "ACPI tables", "etc/acpi/tables" } };

	for (size_t i = 0; i < ARRAY_LEN(files); i++) {
		struct event ev = { .type = EV_PLATFORM_CONFIG_FLAGS,
			.what = str_of(files[i].what),
			.rule = str_of(rule_acpi),
			.origin = str_of(files[i].origin) };

		ev.digests[0] = acpi->digests ? acpi->digests[i]
					      : digest_of(DIGEST_SHA384, files[i].file);
		if (!event_list_add_digests(to, &ev, e))
			return false;
	}
	return true;
}

bool tdx_rtmr_boot_variables(
	struct event_list *to, const struct span *contents, size_t n, struct err *e)
{
	if (n > BOOT_VARIABLES_MAX)
		return err_set(e, ERR_LIMIT, "%zu boot variables, limit %d", n, BOOT_VARIABLES_MAX);
	for (size_t i = 0; i < n; i++)
		if (!event_list_add(to, 0, EV_EFI_VARIABLE_BOOT, contents[i],
			    i ? "boot option" : "BootOrder", rule_boot, STR("boot variables"),
			    STR(""), e))
			return false;
	return true;
}

bool tdx_rtmr_boot_menu(struct event_list *to, struct err *e)
{
	const struct span contents[] = { SPAN_OF(menu_order), SPAN_OF(menu) };

	return tdx_rtmr_boot_variables(to, contents, ARRAY_LEN(contents), e);
}

bool tdx_rtmr_late_separator(struct event_list *to, struct err *e)
{
	static const uint8_t zero[4] = { 0 };

	return event_list_add(to, 0, EV_SEPARATOR, SPAN_OF(zero), "separator", rule_separator,
		STR("firmware"), STR("00000000"), e);
}

bool tdx_rtmr_direct(struct event_list *to, struct span kernel, enum tdx_separator separator,
	struct str origin, struct err *e)
{
	struct event_list tpm;
	struct pe pe;

	like(&tpm, to);
	if (!pe_parse(&pe, kernel, e))
		return err_wrap(e, "kernel");
	if (!add_application(to, &pe, TDX_RTMR_KERNEL, origin.n ? origin : STR("kernel"), e) ||
		!tpm_firmware_boot_attempt(&tpm, e) || !move_attempt(to, &tpm, separator, e))
		return false;
	like(&tpm, to);
	return tpm_firmware_exit(&tpm, e) && move_all(to, &tpm, e);
}

static bool put_utf16(struct buf *b, struct str line, struct err *e)
{
	for (size_t i = 0; i < line.n; i++) {
		if (line.p[i] < ' ' || line.p[i] > '~')
			return err_set(e, ERR_FORMAT,
				"command line has byte 0x%02x at %zu, wanted printable ASCII",
				(unsigned char)line.p[i], i);
		buf_u16le(b, (uint8_t)line.p[i]);
	}
	return true;
}

bool tdx_rtmr_direct_linux(struct event_list *to, struct str command_line, struct span initrd,
	const struct tpm_origins *from, struct err *e)
{
	const struct str appended = initrd.n ? STR(" initrd=initrd") : STR("");
	struct buf b CLEANUP(buf_done) = buf_init(
		2 * (TDX_RTMR_COMMAND_LINE_MAX + sizeof " initrd=initrd"));
	struct str origin = from->command_line;

	if (command_line.n > TDX_RTMR_COMMAND_LINE_MAX)
		return err_set(e, ERR_LIMIT, "command line of %zu bytes, limit %d", command_line.n,
			TDX_RTMR_COMMAND_LINE_MAX);
	if (!put_utf16(&b, command_line, e) || !put_utf16(&b, appended, e))
		return false;
	buf_u16le(&b, 0);
	if (!event_list_add(to, 2, EV_EVENT_TAG, buf_span(&b), TPM_KERNEL_COMMAND_LINE,
		    rule_options, origin.n ? origin : STR("command line"), command_line, e))
		return false;
	return !initrd.n ||
	       event_list_add(to, 2, EV_EVENT_TAG, initrd, TPM_KERNEL_INITRD, rule_initrd,
		       from->initrd.n ? from->initrd : STR("initrd"), STR(""), e);
}

/* What the firmware loads for the stub: the inner kernel, up to stub 257. */
static bool add_inner(struct event_list *to, const struct tpm_stub *stub,
	const struct tpm_origins *from, struct err *e)
{
	struct pe pe;

	if (!stub->measures_kernel)
		return true;
	if (!pe_parse(&pe, stub->sections[TPM_STUB_LINUX], e))
		return err_wrap(e, "section .linux");
	return add_application(to, &pe, TPM_PCR_INNER_KERNEL,
		from->kernel.n ? from->kernel : STR("uki.efi, section .linux"), e);
}

bool tdx_rtmr_disk(struct event_list *to, const struct tpm_stub *stub, struct span uki,
	struct span gpt, enum tdx_separator separator, const struct tpm_origins *from,
	struct err *e)
{
	struct event_list tpm;
	struct pe pe;

	if (!pe_parse(&pe, uki, e))
		return err_wrap(e, "UKI");
	like(&tpm, to);
	if (!tpm_firmware_boot_attempt(&tpm, e) || !move_attempt(to, &tpm, separator, e))
		return false;
	like(&tpm, to);
	if (!tpm_firmware_partitions(&tpm, gpt, from->disk.n ? from->disk : STR("disk"), e) ||
		!move_all(to, &tpm, e) ||
		!add_application(to, &pe, TPM_PCR_UKI, from->uki.n ? from->uki : STR("uki.efi"), e))
		return false;
	like(&tpm, to);
	if (!tpm_stub_sections(&tpm, stub, from, e) || !move_all(to, &tpm, e) ||
		!add_inner(to, stub, from, e))
		return false;
	like(&tpm, to);
	return tpm_kernel_events(&tpm, stub, from, e) && tpm_firmware_exit(&tpm, e) &&
	       move_all(to, &tpm, e);
}

bool tdx_rtmr_application(
	struct event_list *to, const struct digest *d, struct str origin, struct err *e)
{
	struct event ev = {
		.reg = 3,
		.what = STR("application event"),
		.rule = str_of(rule_given),
		.origin = origin,
	};

	for (size_t i = 0; i < to->n_banks; i++) {
		if (to->banks[i] != d->alg)
			return err_set(e, ERR_USAGE, "an event of RTMR 3 is %s, wanted %s",
				digest_name(d->alg), digest_name(to->banks[i]));
		ev.digests[i] = *d;
	}
	return event_list_add_digests(to, &ev, e);
}
