/*
 * A connection to a TPM 2.0 through tpm2-tss ESYS, and the few things that every user of it needs: errors in our form and
 * reading NV. A TPM has three places for keys and three for sessions: what is loaded is flushed by who loaded it.
 */
#ifndef ASSAY_ATTESTER_ATTEST_TPM_H
#define ASSAY_ATTESTER_ATTEST_TPM_H

#include <tss2/tss2_esys.h>

#include "base/buf.h"
#include "base/err.h"

enum { ATTEST_TPM_NV_MAX = 65536 }; /* bytes of one index: its size is a u16 */

struct attest_tpm {
	TSS2_TCTI_CONTEXT *tcti;
	ESYS_CONTEXT *esys;
};

/* Takes over tcti, on failure too. Fails: IO when the TPM does not answer. */
bool attest_tpm_new(struct attest_tpm **ret, TSS2_TCTI_CONTEXT *tcti, struct err *e) MUST_CHECK;
/* The TPM behind a device file (/dev/tpmrm0). The file stays open: privileges may be dropped afterwards. */
bool attest_tpm_of_device(struct attest_tpm **ret, const char *path, struct err *e) MUST_CHECK;
void attest_tpm_free(struct attest_tpm *t);
void attest_tpm_freep(struct attest_tpm **t); /* for CLEANUP */

/* True for success; else IO "TPM2_COMMAND: the TPM answers 0xRC". */
bool attest_tpm_ok(TSS2_RC rc, const char *command, struct err *e) MUST_CHECK;
/* What the TPM says of cap from property on, at most max of it; the caller frees *ret with Esys_Free. IO for another answer. */
bool attest_tpm_capability(TPMS_CAPABILITY_DATA **ret, struct attest_tpm *t, TPM2_CAP cap,
	uint32_t property, uint32_t max, struct err *e) MUST_CHECK;
/* Nothing for ESYS_TR_NONE. */
void attest_tpm_flush(struct attest_tpm *t, ESYS_TR *handle);

/* Appends the NV indexes from first to last that exist, in ascending order, to indexes; at most max. */
bool attest_tpm_nv_list(struct attest_tpm *t, uint32_t first, uint32_t last, uint32_t *indexes,
	size_t max, size_t *n, struct err *e) MUST_CHECK;
/* Appends the whole content of an index that is readable with its own, empty authorisation, or the owner's. */
bool attest_tpm_nv_read(
	struct attest_tpm *t, uint32_t index, struct buf *out, struct err *e) MUST_CHECK;
/* Writes bytes to the start of an index that takes them with one of these authorisations. */
bool attest_tpm_nv_write(
	struct attest_tpm *t, uint32_t index, struct span bytes, struct err *e) MUST_CHECK;

#endif
