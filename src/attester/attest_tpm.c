#include "attester/attest_tpm.h"

#include <stdlib.h>
#include <tss2/tss2_tcti_device.h>

#include "base/mem.h"
#include "base/banned.h"

/* Every TPM takes reads of this size; certificates are read once, at the start. */
enum { NV_CHUNK = 256 };

bool attest_tpm_ok(TSS2_RC rc, const char *command, struct err *e)
{
	if (rc == TSS2_RC_SUCCESS)
		return true;
	return err_set(e, ERR_IO, "%s: the TPM answers 0x%x", command, rc);
}

bool attest_tpm_new(struct attest_tpm **ret, TSS2_TCTI_CONTEXT *tcti, struct err *e)
{
	CLEANUP(attest_tpm_freep) struct attest_tpm *t = MEM_NEW(struct attest_tpm);

	t->tcti = tcti;
	if (!attest_tpm_ok(Esys_Initialize(&t->esys, tcti, NULL), "Esys_Initialize", e))
		return false;
	*ret = TAKE(t);
	return true;
}

bool attest_tpm_of_device(struct attest_tpm **ret, const char *path, struct err *e)
{
	TSS2_TCTI_CONTEXT *tcti;
	size_t size = 0;
	TSS2_RC rc = Tss2_Tcti_Device_Init(NULL, &size, path);

	if (rc != TSS2_RC_SUCCESS)
		return err_set(e, ERR_INTERNAL, "cannot use the TPM device: 0x%x", rc);
	tcti = mem_alloc(size);
	rc = Tss2_Tcti_Device_Init(tcti, &size, path);
	if (rc == TSS2_RC_SUCCESS)
		return attest_tpm_new(ret, tcti, e);
	free(tcti);
	err_set(e, ERR_IO, "cannot open the TPM '%s': 0x%x", path, rc);
	return err_hint(e, "is there a TPM 2.0, and may this user open it");
}

void attest_tpm_free(struct attest_tpm *t)
{
	if (!t)
		return;
	if (t->esys)
		Esys_Finalize(&t->esys);
	if (t->tcti) {
		Tss2_Tcti_Finalize(t->tcti);
		free(t->tcti);
	}
	free(t);
}

void attest_tpm_freep(struct attest_tpm **t)
{
	attest_tpm_free(*t);
}

void attest_tpm_flush(struct attest_tpm *t, ESYS_TR *handle)
{
	/* Of a handle that cannot be flushed nothing is left to be done here; the next command will say so. */
	if (*handle != ESYS_TR_NONE && Esys_FlushContext(t->esys, *handle) != TSS2_RC_SUCCESS)
		Esys_TR_Close(t->esys, handle);
	*handle = ESYS_TR_NONE;
}

bool attest_tpm_capability(TPMS_CAPABILITY_DATA **ret, struct attest_tpm *t, TPM2_CAP cap,
	uint32_t property, uint32_t max, struct err *e)
{
	TPMS_CAPABILITY_DATA *data = NULL;
	TPMI_YES_NO more;

	if (!attest_tpm_ok(Esys_GetCapability(t->esys, ESYS_TR_NONE, ESYS_TR_NONE, ESYS_TR_NONE,
				   cap, property, max, &more, &data),
		    "TPM2_GetCapability", e))
		return false;
	if (data->capability != cap) {
		Esys_Free(data);
		return err_set(e, ERR_IO, "TPM2_GetCapability: the TPM answers something else");
	}
	*ret = data;
	return true;
}

bool attest_tpm_nv_list(struct attest_tpm *t, uint32_t first, uint32_t last, uint32_t *indexes,
	size_t max, size_t *n, struct err *e)
{
	TPMS_CAPABILITY_DATA *data = NULL;

	if (!attest_tpm_capability(&data, t, TPM2_CAP_HANDLES, first, (uint32_t)max, e))
		return false;
	for (UINT32 i = 0; i < data->data.handles.count && *n < max; i++)
		if (data->data.handles.handle[i] <= last)
			indexes[(*n)++] = data->data.handles.handle[i];
	Esys_Free(data);
	return true;
}

static bool nv_open(
	ESYS_TR *nv, TPMS_NV_PUBLIC *ret, struct attest_tpm *t, uint32_t index, struct err *e)
{
	TPM2B_NV_PUBLIC *public = NULL;

	if (!attest_tpm_ok(Esys_TR_FromTPMPublic(
				   t->esys, index, ESYS_TR_NONE, ESYS_TR_NONE, ESYS_TR_NONE, nv),
		    "TPM2_NV_ReadPublic", e))
		return false;
	if (!attest_tpm_ok(Esys_NV_ReadPublic(t->esys, *nv, ESYS_TR_NONE, ESYS_TR_NONE,
				   ESYS_TR_NONE, &public, NULL),
		    "TPM2_NV_ReadPublic", e)) {
		Esys_TR_Close(t->esys, nv);
		return false;
	}
	*ret = public->nvPublic;
	Esys_Free(public);
	return true;
}

static bool nv_read_all(struct attest_tpm *t, ESYS_TR nv, const TPMS_NV_PUBLIC *public,
	struct buf *out, struct err *e)
{
	ESYS_TR by = public->attributes & TPMA_NV_AUTHREAD ? nv : ESYS_TR_RH_OWNER;
	uint16_t size = public->dataSize, n;

	for (uint16_t at = 0; at < size; at = (uint16_t)(at + n)) {
		TPM2B_MAX_NV_BUFFER *part = NULL;

		n = size - at < NV_CHUNK ? (uint16_t)(size - at) : NV_CHUNK;
		if (!attest_tpm_ok(Esys_NV_Read(t->esys, by, nv, ESYS_TR_PASSWORD, ESYS_TR_NONE,
					   ESYS_TR_NONE, n, at, &part),
			    "TPM2_NV_Read", e))
			return false;
		buf_add(out, part->buffer, part->size);
		if (part->size != n)
			out->failed = true;
		Esys_Free(part);
	}
	return buf_ok(out) || buf_full(out, "NV content", e);
}

bool attest_tpm_nv_read(struct attest_tpm *t, uint32_t index, struct buf *out, struct err *e)
{
	ESYS_TR nv = ESYS_TR_NONE;
	TPMS_NV_PUBLIC public;
	bool ok;

	if (!nv_open(&nv, &public, t, index, e))
		return err_wrap(e, "cannot read NV index 0x%08x", index);
	ok = nv_read_all(t, nv, &public, out, e);
	Esys_TR_Close(t->esys, &nv);
	return ok || err_wrap(e, "cannot read NV index 0x%08x", index);
}

bool attest_tpm_nv_write(struct attest_tpm *t, uint32_t index, struct span bytes, struct err *e)
{
	TPM2B_MAX_NV_BUFFER data = { .size = (UINT16)bytes.n };
	ESYS_TR nv = ESYS_TR_NONE;
	TPMS_NV_PUBLIC public;
	bool ok;

	if (bytes.n > NV_CHUNK)
		return err_set(e, ERR_LIMIT, "%zu bytes for NV index 0x%08x, limit %d", bytes.n,
			index, NV_CHUNK);
	memcpy(data.buffer, bytes.p, bytes.n);
	if (!nv_open(&nv, &public, t, index, e))
		return err_wrap(e, "cannot write NV index 0x%08x", index);
	ok = attest_tpm_ok(Esys_NV_Write(t->esys,
				   public.attributes & TPMA_NV_AUTHWRITE ? nv : ESYS_TR_RH_OWNER,
				   nv, ESYS_TR_PASSWORD, ESYS_TR_NONE, ESYS_TR_NONE, &data, 0),
		"TPM2_NV_Write", e);
	Esys_TR_Close(t->esys, &nv);
	return ok || err_wrap(e, "cannot write NV index 0x%08x", index);
}
