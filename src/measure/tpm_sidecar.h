/*
 * Files beside a unified kernel image that its stub picks up from the EFI system partition: in the image's own folder
 * (UKI.efi.extra.d) *.cred, *.addon.efi, *.confext.raw and *.raw, for all images \loader\credentials\*.cred and
 * \loader\addons\*.addon.efi. Credentials, configuration extensions and the command lines of addons go into PCR 12, system
 * extensions into PCR 13; firmware measures each addon as a program (PCR 4); the kernel gets the archives as initrds.
 *
 * Known for the stubs 252 (no addons, no configuration extensions) and 257. Of addons, those that only bring a command
 * line have rules here.
 */
#ifndef ASSAY_MEASURE_TPM_SIDECAR_H
#define ASSAY_MEASURE_TPM_SIDECAR_H

#include "measure/tpm_authority.h"
#include "measure/tpm_stub.h"

enum {
	TPM_SIDECAR_NAME_MAX = 255,
	TPM_SIDECAR_FILES_MAX = 256,
	TPM_SIDECAR_SIZE_MAX = 256 << 20, /* of all files of a kind */
};

/* In the order in which the stub measures them. */
enum tpm_sidecar_kind {
	TPM_SIDECAR_ADDON_FOR_ALL,
	TPM_SIDECAR_ADDON,
	TPM_SIDECAR_CREDENTIAL,
	TPM_SIDECAR_CREDENTIAL_FOR_ALL,
	TPM_SIDECAR_SYSEXT,
	TPM_SIDECAR_CONFEXT,
	TPM_SIDECAR_KINDS,
};

struct tpm_sidecar {
	enum tpm_sidecar_kind kind;
	struct str name; /* as it stands in its folder: "one.cred" */
	struct span content;
};

/*
 * What a file of this name is to the stub, in the image's own folder or in one of those for all images. USAGE for a name
 * that the stub ignores.
 */
bool tpm_sidecar_kind_of(
	enum tpm_sidecar_kind *ret, struct str name, bool for_all, struct err *e) MUST_CHECK;

/*
 * Puts the files' archives and command lines into *stub, memory from a. The list is sorted in place as the stub sorts it.
 * Fails: USAGE for a stub or an addon without rules; FORMAT; LIMIT.
 */
bool tpm_sidecar_prepare(struct tpm_stub *stub, struct tpm_sidecar *files, size_t n,
	struct arena *a, struct err *e) MUST_CHECK;
/* PCR 4, and with Secure Boot on (authority not NULL) PCR 7: the addons as firmware loads them. */
bool tpm_sidecar_addons(struct event_list *to, const struct tpm_sidecar *files, size_t n,
	struct tpm_authority *authority, struct err *e) MUST_CHECK;
/* PCR 12 and 13, after the sections of the image. */
bool tpm_sidecar_events(struct event_list *to, const struct tpm_stub *stub,
	const struct tpm_sidecar *files, size_t n, struct err *e) MUST_CHECK;

#endif
