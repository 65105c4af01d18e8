/*
 * What systemd-stub measures when a unified kernel image starts: its sections (PCR 11) and, by loading the inner kernel
 * through the firmware, that kernel (PCR 4). The rules depend on the stub's version, which the stub names in its section
 * .sdmagic: 252, 254, 255, 256 and 257 have all rules here, 258 to 262 all but those of the initrd (PCR 9).
 */
#ifndef ASSAY_MEASURE_TPM_STUB_H
#define ASSAY_MEASURE_TPM_STUB_H

#include "codec/pe.h"
#include "measure/event.h"

/* Names of the events that explanations know; the second is followed by the section's name. */
#define TPM_STUB_NAME "name of a section"
#define TPM_STUB_CONTENT "content of section "

/* In the order in which every stub measures them (.pcrsig never). */
enum tpm_stub_section {
	TPM_STUB_LINUX,
	TPM_STUB_OSREL,
	TPM_STUB_CMDLINE,
	TPM_STUB_INITRD,
	TPM_STUB_UCODE,
	TPM_STUB_SPLASH,
	TPM_STUB_DTB,
	TPM_STUB_UNAME,
	TPM_STUB_SBAT,
	TPM_STUB_PCRSIG,
	TPM_STUB_PCRPKEY,
	TPM_STUB_SECTIONS,
};

/* Of a section that the stub hands on as a file: .osrel, .pcrsig, .pcrpkey. */
enum { TPM_STUB_FILE_MAX = 1 << 20, TPM_STUB_ARCHIVES = 4 };

/* Where the parts of a UKI come from, for the origin of events; empty fields get "uki.efi, section .linux" and so on. */
struct tpm_origins {
	struct str kernel, initrd, command_line, os_release, uki, disk;
};

struct tpm_stub_version {
	unsigned major;  /* 257 */
	struct str text; /* "257.13-1~deb13u1", borrowed from the UKI */
};

struct tpm_stub {
	struct tpm_stub_version version;
	bool measures_kernel; /* loads the inner kernel through LoadImage: a second event in PCR 4 */
	bool osrel_in_initrd; /* hands .osrel on as /.extra/os-release */
	bool initrd_known;    /* false: what it appends to the initrd cannot be foretold */
	/* What a stub of this version sees: spans of the UKI, n 0 where there is no such section or it ignores it. */
	struct span sections[TPM_STUB_SECTIONS];
	/* What lies beside the UKI (measure/tpm_sidecar.h); empty where nothing does. */
	struct str added_command_line;
	struct span archives[TPM_STUB_ARCHIVES]; /* in the order in which the kernel gets them */
	size_t n_archives;
};

/* ".linux" and so on. */
const char *tpm_stub_section_name(enum tpm_stub_section s);

/* From section .sdmagic: "#### LoaderInfo: systemd-stub 257.13-1~deb13u1 ####". NOTFOUND, FORMAT. */
bool tpm_stub_version_read(
	struct tpm_stub_version *ret, const struct pe *uki, struct err *e) MUST_CHECK;
/* The same of another program of systemd's, "systemd-boot". */
bool tpm_stub_version_of(struct tpm_stub_version *ret, const struct pe *pe, const char *program,
	struct err *e) MUST_CHECK;

/*
 * The UKI as its stub will see it, borrowed. Fails: NOTFOUND without .sdmagic, .linux or .cmdline (the stub would take a
 * command line from the host), USAGE for a version or section without rules (profiles, device tree choice), FORMAT for
 * a section that is
 * empty or there twice, LIMIT for one above TPM_STUB_FILE_MAX.
 */
bool tpm_stub_read(struct tpm_stub *ret, const struct pe *uki, struct err *e) MUST_CHECK;

/* PCR 11: name and content of every section that the stub measures, no boot phases. */
bool tpm_stub_sections(struct event_list *to, const struct tpm_stub *s,
	const struct tpm_origins *from, struct err *e) MUST_CHECK;

#endif
