/*
 * What EDK2's OVMF measures around a disk boot, beside its own code: Secure Boot variables (PCR 7), separators, the boot
 * attempt (PCR 4), the partition table and the end of boot services (PCR 5). TCG PC Client Platform Firmware Profile 1.05.
 */
#ifndef ASSAY_MEASURE_TPM_FIRMWARE_H
#define ASSAY_MEASURE_TPM_FIRMWARE_H

#include "codec/pe.h"
#include "measure/event.h"

/* TCG event types (PFP 10.4.1) that predictions and explanations name. */
enum {
	EV_SEPARATOR = 0x4,
	EV_EVENT_TAG = 0x6,
	EV_S_CRTM_VERSION = 0x8,
	EV_IPL = 0xd,
};
#define EV_EFI_VARIABLE_DRIVER_CONFIG 0x80000001u
#define EV_EFI_VARIABLE_BOOT 0x80000002u
#define EV_EFI_BOOT_SERVICES_APPLICATION 0x80000003u
#define EV_EFI_BOOT_SERVICES_DRIVER 0x80000004u
#define EV_EFI_GPT_EVENT 0x80000006u
#define EV_EFI_ACTION 0x80000007u
#define EV_EFI_VARIABLE_AUTHORITY 0x800000e0u

/* Rule of the event of an image that the firmware loads. */
#define TPM_FIRMWARE_APPLICATION "TCG PFP 3.3.4.5, Authenticode hash"

/* Name of an event that explanations know. */
#define TPM_FIRMWARE_PARTITIONS "partition table"

/*
 * The variable SecureBoot as the firmware measures it. Builds without Secure Boot differ: Debian's OVMF 2025.02 CODE_4M
 * has no such variable (0 bytes), OVMF 2022.11 CODE_4M has it as one byte 00.
 */
enum tpm_secure_boot {
	TPM_SECURE_BOOT_UNKNOWN,
	TPM_SECURE_BOOT_ABSENT,
	TPM_SECURE_BOOT_OFF,
	TPM_SECURE_BOOT_ON, /* one byte 01: a PK is enrolled, and images are verified */
};

struct tpm_variables {
	enum tpm_secure_boot secure_boot;
	struct span pk, kek, db,
		dbx; /* raw contents (EFI_SIGNATURE_LISTs); empty where not enrolled */
};

/*
 * State of SecureBoot for an OVMF_CODE_4M.fd of this Debian package version ("2025.02-8+deb13u1"). USAGE for a release
 * that was not seen to boot.
 */
bool tpm_secure_boot_of(
	enum tpm_secure_boot *ret, struct str ovmf_version, struct err *e) MUST_CHECK;

/* Whether that firmware measures the ACPI tables (into PCR 1); false for releases that are not known. */
bool tpm_acpi_measured_by(struct str ovmf_version);

/* "absent", "off", "on" or "unknown", for inputs of a shape. */
const char *tpm_secure_boot_name(enum tpm_secure_boot state);
/* The state of such a name; UNKNOWN for all else. */
enum tpm_secure_boot tpm_secure_boot_named(struct str name);

/* PCR 7: the five variables and their separator. USAGE for an unknown state. */
bool tpm_firmware_variables(
	struct event_list *to, const struct tpm_variables *v, struct err *e) MUST_CHECK;
/* PCR 7: one entry of db (owner's GUID and data) that lets an image start; `what` names the event. */
bool tpm_firmware_authority(
	struct event_list *to, struct span entry, const char *what, struct err *e) MUST_CHECK;
/* PCR 4: an image that the firmware loads to run, by its Authenticode hash. */
bool tpm_firmware_application(struct event_list *to, const struct pe *pe, const char *what,
	const char *rule, struct str origin, struct err *e) MUST_CHECK;
/* PCR 4 "Calling EFI Application from Boot Option", then the separators of PCR 2 to 6. */
bool tpm_firmware_boot_attempt(struct event_list *to, struct err *e) MUST_CHECK;
/* PCR 5: the partition table; gpt is the event's data as logged, and its shape is checked. FORMAT. */
bool tpm_firmware_partitions(
	struct event_list *to, struct span gpt, struct str origin, struct err *e) MUST_CHECK;
/* PCR 5: the two events of ExitBootServices. */
bool tpm_firmware_exit(struct event_list *to, struct err *e) MUST_CHECK;

#endif
