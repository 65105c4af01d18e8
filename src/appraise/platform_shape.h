/*
 * A shape: one way in which a platform runs an image, and all that its registers depend on beside the image's files. Shapes
 * are data: share/platforms/NAME.yaml gives each its settings, and for each rule that is applied where it stands and whether
 * hardware has confirmed it; a description takes one as it is, or with other settings.
 *
 *   boot             "disk": firmware starts the image from its disk; "direct": the monitor hands kernel, initrd, command line over
 *   vmm              snp: "qemu", "ec2", "gce": whose order of pages
 *   vcpus            snp, tdx: 1 to 4096
 *   vcpu-type        snp: QEMU's name of the processor, "EPYC-Milan"
 *   guest-features   snp: SEV_FEATURES, "0x1"
 *   firmware-...     snp: what is known of firmware (platform_firmware.h); a file that is at hand says it itself
 *   memory           tdx: bytes, or with K, M, G
 *   qemu             tdx: QEMU's version, "10.2": before that it writes into the kernel's header
 *   firmware-release tdx: edk2's release that the firmware is built from, "2025.02": where a separator goes
 *   secure-boot      tdx: the firmware's variable SecureBoot is "absent" or "off"
 *   passes           tdx: "single" or "two": in which order the host measures added pages
 *   acpi-loader, acpi-rsdp, acpi-tables
 *                    tdx: SHA-384 of what the monitor gives the firmware as ACPI; without them RTMR 0 has no value
 */
#ifndef ASSAY_APPRAISE_PLATFORM_SHAPE_H
#define ASSAY_APPRAISE_PLATFORM_SHAPE_H

#include "appraise/platform.h"
#include "appraise/platform_firmware.h"
#include "base/arena.h"
#include "measure/linux_setup.h"
#include "measure/tdx_release.h"
#include "measure/tpm_firmware.h"

#define PLATFORM_SHAPE_FORMAT "assay.platform/1"

enum {
	PLATFORM_SHAPE_VCPUS_MAX = 4096,
	PLATFORM_SHAPE_RULES_MAX = 64,
	PLATFORM_SHAPE_ACPI_MAX = 256,
	PLATFORM_SHAPE_SETTINGS = 24, /* names of settings that there are, at most */
};

enum platform_boot { PLATFORM_BOOT_DISK, PLATFORM_BOOT_DIRECT };

/* ACPI as the monitor gives it. */
enum platform_acpi_file {
	PLATFORM_ACPI_LOADER,
	PLATFORM_ACPI_RSDP,
	PLATFORM_ACPI_TABLES,
	PLATFORM_ACPI_FILES
};

struct platform_rule {
	struct str what;      /* "one VMSA page for each vCPU" */
	struct str source;    /* where it stands */
	struct str confirmed; /* by which hardware; "no" */
};

struct platform_acpi {
	struct linux_setup_qemu qemu;
	uint32_t vcpus;
	uint64_t memory;
	struct digest digests[PLATFORM_ACPI_FILES]; /* SHA-384 */
};

struct platform_setting {
	struct str key, value;
};

struct platform_shape {
	struct str name; /* "qemu-snp", or what a description calls it */
	struct str base; /* the file's name; the same where nothing was changed */
	enum platform_kind kind;
	enum platform_boot boot;
	struct str vmm, vcpu_type;
	uint32_t vcpus;
	uint64_t guest_features, memory;
	struct linux_setup_qemu qemu;
	struct str qemu_text;
	enum tpm_secure_boot secure_boot;
	enum tdx_separator separator;
	struct str release_text;
	bool two_pass;
	bool has_acpi;
	struct digest acpi[PLATFORM_ACPI_FILES];

	struct platform_firmware
		firmware; /* snp: what is known of it where its file is not at hand */

	const struct platform_rule *rules;
	size_t n_rules;
	const struct platform_acpi *known_acpi; /* by QEMU, vCPUs and memory */
	size_t n_known_acpi;
};

/* A file of share/platforms. Memory from a; text is borrowed. FORMAT with line. */
bool platform_shape_parse(
	struct platform_shape *ret, struct span text, struct arena *a, struct err *e) MUST_CHECK;
/* Changes one setting. value is borrowed. USAGE for one that this platform has not, FORMAT for a value that is none. */
bool platform_shape_set(
	struct platform_shape *s, struct str key, struct str value, struct err *e) MUST_CHECK;
/* Whether there is a setting of this name, at all and for this shape's platform. */
bool platform_shape_has_setting(struct str key);
bool platform_shape_takes(const struct platform_shape *s, struct str key);
/* Takes ACPI digests for its QEMU, vCPUs and memory from those that its file knows, unless they were set. */
void platform_shape_find_acpi(struct platform_shape *s);
/* All settings of its platform, as platform_shape_set takes them, into out; text from a. */
bool platform_shape_settings(const struct platform_shape *s,
	struct platform_setting out[static PLATFORM_SHAPE_SETTINGS], size_t *n, struct arena *a,
	struct err *e) MUST_CHECK;

#endif
