#include "measure/tpm_firmware.h"

#include <string.h>

#include "base/buf.h"
#include "measure/partition_table.h"
#include "base/banned.h"

enum { VARIABLE_SIZE_MAX = 1 << 20, SEPARATOR_REGISTERS = 7 };

static const char rule_variables[] = "TCG PFP 3.3.4.8, UEFI_VARIABLE_DATA";
static const char rule_separator[] = "TCG PFP 10.4.1, EV_SEPARATOR";
static const char rule_boot[] = "TCG PFP 3.3.4.5";
static const char rule_partitions[] = "TCG PFP 3.3.4.6, UEFI_GPT_DATA";

static const char calling[] = "Calling EFI Application from Boot Option";
static const char exit_call[] = "Exit Boot Services Invocation";
static const char exit_done[] = "Exit Boot Services Returned with Success";

/* EFI_GLOBAL_VARIABLE and EFI_IMAGE_SECURITY_DATABASE_GUID as they lie in memory (UEFI 2.10, 3.3 and 32.6.1). */
static const uint8_t global_guid[16] = { 0x61, 0xdf, 0xe4, 0x8b, 0xca, 0x93, 0xd2, 0x11, 0xaa, 0x0d,
	0x00, 0xe0, 0x98, 0x03, 0x2b, 0x8c };
static const uint8_t security_guid[16] = { 0xcb, 0xb2, 0x19, 0xd7, 0x3a, 0x3d, 0x96, 0x45, 0xa3,
	0xbc, 0xda, 0xd0, 0x0e, 0x67, 0x65, 0x6f };

/*
 * Firmware releases seen to boot, by upstream release, and what their build without Secure Boot does. The release's
 * Debian revisions do not differ in this.
 */
static const struct release {
	const char *release;
	enum tpm_secure_boot state;
	bool measures_acpi;
} releases[] = {
	{ "2022.11-", TPM_SECURE_BOOT_OFF, false },
	{ "2025.02-", TPM_SECURE_BOOT_ABSENT, true },
};

static const struct release *find_release(struct str ovmf_version)
{
	for (size_t i = 0; i < ARRAY_LEN(releases); i++)
		if (str_starts(ovmf_version, releases[i].release))
			return &releases[i];
	return NULL;
}

bool tpm_secure_boot_of(enum tpm_secure_boot *ret, struct str ovmf_version, struct err *e)
{
	const struct release *r = find_release(ovmf_version);

	if (r) {
		*ret = r->state;
		return true;
	}
	err_set(e, ERR_USAGE,
		"no rules for firmware ovmf %.*s: they are known for 2022.11 and 2025.02",
		STR_ARG(ovmf_version));
	return err_hint(e, "lock the ovmf package of Debian 12 or 13");
}

bool tpm_acpi_measured_by(struct str ovmf_version)
{
	const struct release *r = find_release(ovmf_version);

	return r && r->measures_acpi;
}

const char *tpm_secure_boot_name(enum tpm_secure_boot state)
{
	switch (state) {
	case TPM_SECURE_BOOT_ABSENT:
		return "absent";
	case TPM_SECURE_BOOT_OFF:
		return "off";
	case TPM_SECURE_BOOT_ON:
		return "on";
	case TPM_SECURE_BOOT_UNKNOWN:
		break;
	}
	return "unknown";
}

enum tpm_secure_boot tpm_secure_boot_named(struct str name)
{
	for (int i = TPM_SECURE_BOOT_ABSENT; i <= TPM_SECURE_BOOT_ON; i++)
		if (str_is(name, tpm_secure_boot_name((enum tpm_secure_boot)i)))
			return (enum tpm_secure_boot)i;
	return TPM_SECURE_BOOT_UNKNOWN;
}

/* GUID | u64 characters of the name | u64 bytes of data | name in UTF-16LE without NUL | data */
static bool add_variable_as(struct event_list *to, uint32_t type, const uint8_t guid[16],
	const char *name, struct span data, const char *what, struct str text, struct err *e)
{
	struct buf b CLEANUP(buf_done) = buf_init(VARIABLE_SIZE_MAX);

	buf_add(&b, guid, 16);
	buf_u64le(&b, strlen(name));
	buf_u64le(&b, data.n);
	for (const char *p = name; *p; p++)
		buf_u16le(&b, (uint8_t)*p);
	if (data.n)
		buf_add(&b, data.p, data.n);
	if (!buf_ok(&b))
		return buf_full(&b, "a Secure Boot variable", e);
	return event_list_add(to, 7, type, buf_span(&b), what, rule_variables,
		STR("firmware variables"), text, e);
}

static bool add_variable(struct event_list *to, const uint8_t guid[16], const char *name,
	struct span data, struct str text, struct err *e)
{
	return add_variable_as(to, EV_EFI_VARIABLE_DRIVER_CONFIG, guid, name, data, name, text, e);
}

bool tpm_firmware_authority(
	struct event_list *to, struct span entry, const char *what, struct err *e)
{
	return add_variable_as(to, EV_EFI_VARIABLE_AUTHORITY, security_guid, "db", entry, what,
		STR("an entry of db"), e);
}

bool tpm_firmware_application(struct event_list *to, const struct pe *pe, const char *what,
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

static bool add_separator(struct event_list *to, unsigned reg, struct err *e)
{
	static const uint8_t zero[4] = { 0 };

	return event_list_add(to, reg, EV_SEPARATOR, SPAN_OF(zero), "separator", rule_separator,
		STR("firmware"), STR("00000000"), e);
}

static struct str content_text(struct span data)
{
	return data.n ? STR("enrolled") : STR("empty");
}

bool tpm_firmware_variables(struct event_list *to, const struct tpm_variables *v, struct err *e)
{
	const uint8_t byte[1] = { v->secure_boot == TPM_SECURE_BOOT_ON };
	bool absent = v->secure_boot == TPM_SECURE_BOOT_ABSENT;
	struct span secure_boot = absent ? span_make(NULL, 0) : SPAN_OF(byte);

	if (v->secure_boot == TPM_SECURE_BOOT_UNKNOWN)
		return err_set(e, ERR_USAGE,
			"the firmware's variable SecureBoot is not known to be absent, off or on");
	return add_variable(to, global_guid, "SecureBoot", secure_boot,
		       str_of(tpm_secure_boot_name(v->secure_boot)), e) &&
	       add_variable(to, global_guid, "PK", v->pk, content_text(v->pk), e) &&
	       add_variable(to, global_guid, "KEK", v->kek, content_text(v->kek), e) &&
	       add_variable(to, security_guid, "db", v->db, content_text(v->db), e) &&
	       add_variable(to, security_guid, "dbx", v->dbx, content_text(v->dbx), e) &&
	       add_separator(to, 7, e);
}

bool tpm_firmware_boot_attempt(struct event_list *to, struct err *e)
{
	if (!event_list_add(to, 4, EV_EFI_ACTION, str_span(str_of(calling)), "boot attempt",
		    rule_boot, STR("firmware"), str_of(calling), e))
		return false;
	for (unsigned reg = 2; reg < SEPARATOR_REGISTERS; reg++)
		if (!add_separator(to, reg, e))
			return false;
	return true;
}

bool tpm_firmware_partitions(
	struct event_list *to, struct span gpt, struct str origin, struct err *e)
{
	return partition_table_check(gpt, e) &&
	       event_list_add(to, 5, EV_EFI_GPT_EVENT, gpt, TPM_FIRMWARE_PARTITIONS,
		       rule_partitions, origin, STR(""), e);
}

bool tpm_firmware_exit(struct event_list *to, struct err *e)
{
	return event_list_add(to, 5, EV_EFI_ACTION, str_span(str_of(exit_call)), "end of firmware",
		       rule_boot, STR("firmware"), str_of(exit_call), e) &&
	       event_list_add(to, 5, EV_EFI_ACTION, str_span(str_of(exit_done)), "end of firmware",
		       rule_boot, STR("firmware"), str_of(exit_done), e);
}
