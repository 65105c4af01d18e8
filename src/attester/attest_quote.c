#include "attester/attest_quote.h"

#include <tss2/tss2_mu.h>

#include "base/banned.h"

enum { PCRS = 16, SELECT_SIZE = 3 };

static const struct {
	TPM2_ALG_ID tpm;
	enum digest_alg alg;
} banks[] = {
	{ TPM2_ALG_SHA256, DIGEST_SHA256 },
	{ TPM2_ALG_SHA384, DIGEST_SHA384 },
};
_Static_assert(ARRAY_LEN(banks) <= BUNDLE_BANKS_MAX, "each of our banks has a place");

static bool is_on(const TPML_PCR_SELECTION *has, TPM2_ALG_ID bank)
{
	for (UINT32 i = 0; i < has->count; i++)
		if (has->pcrSelections[i].hash == bank && has->pcrSelections[i].pcrSelect[0])
			return true;
	return false;
}

/* Selections of PCR 0 to 15 for those of our banks that the TPM has switched on, each once, in our order. */
static bool select_banks(TPML_PCR_SELECTION *ret, struct attest_tpm *t, struct err *e)
{
	TPML_PCR_SELECTION want = { .count = 0 };
	TPMS_CAPABILITY_DATA *data = NULL;

	if (!attest_tpm_capability(&data, t, TPM2_CAP_PCRS, 0, 1, e))
		return false;
	for (size_t i = 0; i < ARRAY_LEN(banks); i++)
		if (is_on(&data->data.assignedPCR, banks[i].tpm))
			want.pcrSelections[want.count++] = (TPMS_PCR_SELECTION){ banks[i].tpm,
				SELECT_SIZE, { 0xff, 0xff, 0 } };
	Esys_Free(data);
	if (want.count == 0)
		return err_set(e, ERR_NOTFOUND, "the TPM has no active SHA-256 or SHA-384 bank");
	*ret = want;
	return true;
}

/* Takes what one PCR_Read answered; clears from *left what it covered. False when that is nothing, or was not asked for. */
static bool keep_values(struct bundle_bank *bank, TPMS_PCR_SELECTION *left,
	const TPML_PCR_SELECTION *got, const TPML_DIGEST *values)
{
	size_t size = digest_size(bank->alg);
	UINT32 next = 0;

	if (got->count != 1 || got->pcrSelections[0].hash != left->hash)
		return false;
	for (unsigned pcr = 0; pcr < PCRS; pcr++) {
		uint8_t bit = (uint8_t)(1U << pcr % 8);

		if (!(got->pcrSelections[0].pcrSelect[pcr / 8] & bit))
			continue;
		if (!(left->pcrSelect[pcr / 8] & bit) || next >= values->count ||
			values->digests[next].size != size)
			return false;
		bank->values[pcr].alg = bank->alg;
		memcpy(bank->values[pcr].bytes, values->digests[next++].buffer, size);
		bank->pcrs |= 1U << pcr;
		left->pcrSelect[pcr / 8] &= (uint8_t)~bit;
	}
	return next > 0;
}

/* All of one bank; the TPM gives at most eight values a call. */
static bool read_bank(
	struct bundle_bank *bank, TPMS_PCR_SELECTION left, struct attest_tpm *t, struct err *e)
{
	while (left.pcrSelect[0] || left.pcrSelect[1]) {
		TPML_PCR_SELECTION want = { .count = 1, .pcrSelections = { left } }, *got = NULL;
		TPML_DIGEST *values = NULL;
		UINT32 counter;
		bool some;

		if (!attest_tpm_ok(Esys_PCR_Read(t->esys, ESYS_TR_NONE, ESYS_TR_NONE, ESYS_TR_NONE,
					   &want, &counter, &got, &values),
			    "TPM2_PCR_Read", e))
			return false;
		some = keep_values(bank, &left, got, values);
		Esys_Free(got);
		Esys_Free(values);
		if (!some)
			return err_set(
				e, ERR_IO, "TPM2_PCR_Read: these are not the registers asked for");
	}
	return true;
}

static bool read_banks(struct attest_quote *q, const TPML_PCR_SELECTION *select,
	struct attest_tpm *t, struct err *e)
{
	q->n_banks = 0;
	for (UINT32 i = 0; i < select->count; i++) {
		struct bundle_bank *bank = &q->banks[q->n_banks++];
		bool sha256 = select->pcrSelections[i].hash == TPM2_ALG_SHA256;

		*bank = (struct bundle_bank){ .alg = sha256 ? DIGEST_SHA256 : DIGEST_SHA384 };
		if (!read_bank(bank, select->pcrSelections[i], t, e))
			return false;
	}
	return true;
}

/* The quote's own digest over the registers, which the TPM computes with the signing key's hash: SHA-256. */
static bool covers(const struct attest_quote *q, const TPM2B_DIGEST *pcr_digest)
{
	struct hasher *h = hasher_new(DIGEST_SHA256);
	uint8_t digest[SHA256_SIZE];

	for (size_t i = 0; i < q->n_banks; i++)
		for (unsigned pcr = 0; pcr < PCRS; pcr++)
			hasher_add(h, q->banks[i].values[pcr].bytes, digest_size(q->banks[i].alg));
	hasher_end(h, digest);
	hasher_free(h);
	return pcr_digest->size == sizeof digest &&
	       memcmp(pcr_digest->buffer, digest, sizeof digest) == 0;
}

static bool keep_signature(struct attest_quote *q, const TPMT_SIGNATURE *signature, struct err *e)
{
	uint8_t bytes[ATTEST_QUOTE_PART_MAX];
	size_t n = 0;

	if (!attest_tpm_ok(Tss2_MU_TPMT_SIGNATURE_Marshal(signature, bytes, sizeof bytes, &n),
		    "TPMT_SIGNATURE", e))
		return false;
	buf_add(&q->signature, bytes, n);
	return true;
}

/* Reads and quotes once. *same is false when the registers changed in between. */
static bool take_once(struct attest_quote *q, bool *same, const TPML_PCR_SELECTION *select,
	struct attest_tpm *t, ESYS_TR ak, const TPM2B_DATA *qualifying, struct err *e)
{
	static const TPMT_SIG_SCHEME of_key = { .scheme = TPM2_ALG_NULL };
	TPM2B_ATTEST *quoted = NULL;
	TPMT_SIGNATURE *signature = NULL;
	TPMS_ATTEST attest;
	size_t at = 0;
	bool ok;

	if (!read_banks(q, select, t, e) ||
		!attest_tpm_ok(Esys_Quote(t->esys, ak, ESYS_TR_PASSWORD, ESYS_TR_NONE, ESYS_TR_NONE,
				       qualifying, &of_key, select, &quoted, &signature),
			"TPM2_Quote", e))
		return false;
	q->quoted = buf_init(ATTEST_QUOTE_PART_MAX);
	q->signature = buf_init(ATTEST_QUOTE_PART_MAX);
	buf_add(&q->quoted, quoted->attestationData, quoted->size);
	ok = keep_signature(q, signature, e) &&
	     attest_tpm_ok(Tss2_MU_TPMS_ATTEST_Unmarshal(
				   quoted->attestationData, quoted->size, &at, &attest),
		     "TPMS_ATTEST", e);
	if (ok)
		*same = covers(q, &attest.attested.quote.pcrDigest);
	Esys_Free(quoted);
	Esys_Free(signature);
	return ok;
}

bool attest_quote_take(struct attest_quote *ret, struct attest_tpm *t, ESYS_TR ak,
	const uint8_t qualifying[static SHA256_SIZE], struct err *e)
{
	TPM2B_DATA data = { .size = SHA256_SIZE };
	TPML_PCR_SELECTION select;

	if (!select_banks(&select, t, e))
		return false;
	memcpy(data.buffer, qualifying, SHA256_SIZE);
	for (int i = 0; i < ATTEST_QUOTE_TRIES; i++) {
		struct attest_quote q = { .n_banks = 0 };
		bool same = false, ok = take_once(&q, &same, &select, t, ak, &data, e);

		if (ok && same) {
			*ret = q;
			return true;
		}
		attest_quote_done(&q);
		if (!ok)
			return false;
	}
	return err_set(e, ERR_IO, "the registers changed between reading and quoting, %d times",
		ATTEST_QUOTE_TRIES);
}

void attest_quote_done(struct attest_quote *q)
{
	buf_done(&q->quoted);
	buf_done(&q->signature);
}
