/*
 * Which kind of evidence this machine gives: what was asked for, or what is there.
 *
 * Looking, hardware comes first: the kernel's configfs-tsm with a provider (SNP, TDX), then /dev/nsm (Nitro), then the TPM,
 * whose NV tells an Azure machine from others. A confidential machine may have a TPM that its host emulates; what the
 * processor signs is worth more, so a TPM beside it stays unused.
 */
#ifndef ASSAY_ATTESTER_ATTEST_PLATFORM_H
#define ASSAY_ATTESTER_ATTEST_PLATFORM_H

#include "attester/attest_hardware.h"
#include "attester/attest_tpm.h"

enum attest_platform {
	ATTEST_PLATFORM_AUTO,
	ATTEST_PLATFORM_TPM,
	ATTEST_PLATFORM_SNP,
	ATTEST_PLATFORM_TDX,
	ATTEST_PLATFORM_NITRO,
	ATTEST_PLATFORM_AZURE,
};

/* "auto", "tpm", "snp", "tdx", "nitro", "azure". Fails: USAGE. */
bool attest_platform_read(enum attest_platform *ret, struct str name, struct err *e) MUST_CHECK;

/* How a TPM is opened, when one is needed: name is the opener's own business. */
struct attest_tpm_opener {
	bool (*open)(struct attest_tpm **ret, const char *name, struct err *e);
	const char *name;
};

/*
 * *tpm is opened for the kinds TPM and AZURE and then owned by the caller, else untouched. Fails: NOTFOUND where what was
 * asked for is not there, FORMAT for a provider of reports that is none of ours, IO.
 */
bool attest_platform_find(enum bundle_kind *ret, struct attest_tpm **tpm, enum attest_platform want,
	const struct attest_hardware_at *at, const struct attest_tpm_opener *opener,
	struct err *e) MUST_CHECK;

#endif
