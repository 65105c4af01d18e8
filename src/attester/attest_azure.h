/*
 * What Azure's confidential machines give beside a quote: the paravisor (HCL) keeps the report of the hardware underneath
 * in NV index 0x01400001 of their TPM (evidence/azure_hcl.h), takes up to 64 bytes of the guest's for the next one from
 * 0x01400002 where that index is, and holds an attestation key at 0x81000003, which the report's runtime data names.
 * Certificates of the hardware are not here: they come from Azure's metadata service or the vendor.
 */
#ifndef ASSAY_ATTESTER_ATTEST_AZURE_H
#define ASSAY_ATTESTER_ATTEST_AZURE_H

#include "attester/attest_tpm.h"

enum {
	ATTEST_AZURE_REPORT = 0x01400001,
	ATTEST_AZURE_USER_DATA = 0x01400002,
	ATTEST_AZURE_USER_DATA_SIZE = 64,
	ATTEST_AZURE_WAIT_MS = 3000, /* until a report shows the user data at most */
};
#define ATTEST_AZURE_AK UINT32_C(0x81000003)

struct attest_azure {
	ESYS_TR ak;           /* persistent: not to be flushed */
	struct buf ak_public; /* TPMT_PUBLIC */
	bool takes_user_data;
};

/* *ret: this TPM has such a report. */
bool attest_azure_there(bool *ret, struct attest_tpm *t, struct err *e) MUST_CHECK;
/* *ret is owned by the caller. Fails: NOTFOUND without key or report, FORMAT for a key that is no RSA signing key, IO. */
bool attest_azure_init(struct attest_azure *ret, struct attest_tpm *t, struct err *e) MUST_CHECK;
void attest_azure_done(struct attest_azure *z, struct attest_tpm *t);

/*
 * Writes user_data where it is taken, and appends the report. The paravisor makes a new one in its own time: it is waited
 * for, but an older one is as good, since the quote is bound by itself. Fails: IO.
 */
bool attest_azure_report(struct buf *report, const struct attest_azure *z, struct attest_tpm *t,
	const uint8_t user_data[static ATTEST_AZURE_USER_DATA_SIZE], struct err *e) MUST_CHECK;

#endif
