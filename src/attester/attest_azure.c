#define ASSAY_MAY_ASK_THE_MACHINE
#include "attester/attest_azure.h"

#include <time.h>
#include <tss2/tss2_mu.h>

#include "base/hex.h"
#include "base/banned.h"

enum { PUBLIC_MAX = 1024, POLL_MS = 100, HEX_SIZE = 2 * ATTEST_AZURE_USER_DATA_SIZE };

static bool has_index(bool *ret, struct attest_tpm *t, uint32_t index, struct err *e)
{
	uint32_t found;
	size_t n = 0;

	if (!attest_tpm_nv_list(t, index, index, &found, 1, &n, e))
		return false;
	*ret = n == 1;
	return true;
}

bool attest_azure_there(bool *ret, struct attest_tpm *t, struct err *e)
{
	return has_index(ret, t, ATTEST_AZURE_REPORT, e);
}

static bool take_public(struct buf *ret, const TPMT_PUBLIC *public, struct err *e)
{
	uint8_t bytes[PUBLIC_MAX];
	size_t n = 0;

	if (public->type != TPM2_ALG_RSA || !(public->objectAttributes & TPMA_OBJECT_SIGN_ENCRYPT))
		return err_set(
			e, ERR_FORMAT, "the key at 0x%08x is no RSA signing key", ATTEST_AZURE_AK);
	if (!attest_tpm_ok(
		    Tss2_MU_TPMT_PUBLIC_Marshal(public, bytes, sizeof bytes, &n), "TPMT_PUBLIC", e))
		return false;
	*ret = buf_init(sizeof bytes);
	buf_add(ret, bytes, n);
	return true;
}

static bool open_ak(struct attest_azure *z, struct attest_tpm *t, struct err *e)
{
	TPM2B_PUBLIC *public = NULL;
	bool ok;

	if (!attest_tpm_ok(Esys_TR_FromTPMPublic(t->esys, ATTEST_AZURE_AK, ESYS_TR_NONE,
				   ESYS_TR_NONE, ESYS_TR_NONE, &z->ak),
		    "TPM2_ReadPublic", e)) {
		err_wrap(e, "cannot find the attestation key at 0x%08x", ATTEST_AZURE_AK);
		return err_hint(e, "is this a confidential machine of Azure");
	}
	ok = attest_tpm_ok(Esys_ReadPublic(t->esys, z->ak, ESYS_TR_NONE, ESYS_TR_NONE, ESYS_TR_NONE,
				   &public, NULL, NULL),
		     "TPM2_ReadPublic", e) &&
	     take_public(&z->ak_public, &public->publicArea, e);
	Esys_Free(public);
	return ok;
}

bool attest_azure_init(struct attest_azure *ret, struct attest_tpm *t, struct err *e)
{
	struct attest_azure z = { .ak = ESYS_TR_NONE };
	bool there;

	if (!attest_azure_there(&there, t, e))
		return false;
	if (!there) {
		err_set(e, ERR_NOTFOUND, "the TPM has no NV index 0x%08x", ATTEST_AZURE_REPORT);
		return err_hint(e, "is this a confidential machine of Azure");
	}
	if (!has_index(&z.takes_user_data, t, ATTEST_AZURE_USER_DATA, e))
		return false;
	if (!open_ak(&z, t, e)) {
		attest_azure_done(&z, t);
		return false;
	}
	*ret = z;
	return true;
}

void attest_azure_done(struct attest_azure *z, struct attest_tpm *t)
{
	if (z->ak != ESYS_TR_NONE)
		Esys_TR_Close(t->esys, &z->ak);
	z->ak = ESYS_TR_NONE;
	buf_done(&z->ak_public);
}

static char lower(char c)
{
	return c >= 'A' && c <= 'F' ? (char)(c - 'A' + 'a') : c;
}

/* The runtime data has it in hex, in whichever case; what else is there is the verifier's business. */
static bool shows(const struct buf *report, const char *hex)
{
	for (size_t at = 0; at + HEX_SIZE <= report->n; at++) {
		size_t i = 0;

		while (i < HEX_SIZE && lower((char)report->p[at + i]) == hex[i])
			i++;
		if (i == HEX_SIZE)
			return true;
	}
	return false;
}

bool attest_azure_report(struct buf *report, const struct attest_azure *z, struct attest_tpm *t,
	const uint8_t user_data[static ATTEST_AZURE_USER_DATA_SIZE], struct err *e)
{
	static const struct timespec pause = { .tv_nsec = POLL_MS * 1000000L };
	struct span data = span_make(user_data, ATTEST_AZURE_USER_DATA_SIZE);
	char hex[HEX_SIZE + 1];

	hex_write(hex, data.p, data.n);
	if (z->takes_user_data && !attest_tpm_nv_write(t, ATTEST_AZURE_USER_DATA, data, e))
		return false;
	for (int waited = 0;; waited += POLL_MS) {
		CLEANUP(buf_done) struct buf now = buf_init(ATTEST_TPM_NV_MAX);

		if (!attest_tpm_nv_read(t, ATTEST_AZURE_REPORT, &now, e))
			return false;
		if (!z->takes_user_data || waited >= ATTEST_AZURE_WAIT_MS || shows(&now, hex)) {
			buf_add(report, now.p, now.n);
			return buf_ok(report) || buf_full(report, "HCL report", e);
		}
		nanosleep(&pause, NULL);
	}
}
