#include "evidence/tpm_quote.h"

#include "base/rd.h"
#include "evidence/tpm_alg.h"
#include "base/banned.h"

/* A TPM2B: u16 size, bytes. */
static struct span sized(struct rd *r)
{
	return rd_bytes(r, rd_u16be(r));
}

/* One TPMS_PCR_SELECTION: bit i of byte k is PCR 8*k + i. */
static bool read_selection(struct tpm_selection *s, struct rd *r, struct err *e)
{
	size_t at = r->at;
	struct span bits;

	s->hash = rd_u16be(r);
	s->alg = tpm_alg_digest(s->hash);
	bits = rd_bytes(r, rd_u8(r));
	for (size_t i = 0; i < bits.n; i++) {
		if (8 * i >= TPM_PCRS && bits.p[i])
			return err_set(e, ERR_FORMAT,
				"TPM quote at %zu: a PCR above %d is selected", at, TPM_PCRS - 1);
		if (8 * i < TPM_PCRS)
			s->pcrs |= (uint32_t)bits.p[i] << 8 * i;
	}
	return rd_ok(r) ? true : rd_truncated(r, "TPM quote", e);
}

static bool read_selections(struct tpm_quote *q, struct rd *r, struct err *e)
{
	uint32_t n = rd_u32be(r);

	if (n > TPM_QUOTE_SELECTIONS_MAX)
		return err_set(e, ERR_LIMIT, "TPM quote at %zu: %u selections, limit %d", r->at, n,
			TPM_QUOTE_SELECTIONS_MAX);
	for (; q->n_selections < n; q->n_selections++) {
		struct tpm_selection *s = &q->selections[q->n_selections];

		if (!read_selection(s, r, e))
			return false;
		for (size_t i = 0; i < q->n_selections; i++)
			if (q->selections[i].hash == s->hash)
				return err_set(e, ERR_FORMAT,
					"TPM quote at %zu: bank 0x%04x is selected twice", r->at,
					s->hash);
	}
	return true;
}

static bool read_head(struct rd *r, struct err *e)
{
	uint32_t magic = rd_u32be(r);
	uint16_t type = rd_u16be(r);

	if (!rd_ok(r))
		return rd_truncated(r, "TPM quote", e);
	if (magic != TPM_GENERATED_VALUE)
		return err_set(e, ERR_FORMAT,
			"TPM quote at 0: magic is 0x%08x, want 0x%08x: no TPM made it", magic,
			TPM_GENERATED_VALUE);
	if (type != TPM_ST_ATTEST_QUOTE)
		return err_set(e, ERR_FORMAT,
			"TPM quote at 4: type is 0x%04x, want 0x%04x (a quote)", type,
			TPM_ST_ATTEST_QUOTE);
	return true;
}

bool tpm_quote_parse(struct tpm_quote *ret, struct span bytes, struct err *e)
{
	struct tpm_quote q = { 0 };
	struct rd r = rd_of(bytes);
	uint8_t safe;

	if (bytes.n > TPM_QUOTE_SIZE_MAX)
		return err_set(e, ERR_LIMIT, "TPM quote is %zu bytes, limit %d", bytes.n,
			TPM_QUOTE_SIZE_MAX);
	if (!read_head(&r, e))
		return false;
	q.qualified_signer = sized(&r);
	q.extra_data = sized(&r);
	q.clock_ms = rd_u64be(&r);
	q.reset_count = rd_u32be(&r);
	q.restart_count = rd_u32be(&r);
	safe = rd_u8(&r);
	q.clock_safe = safe == 1;
	q.firmware_version = rd_u64be(&r);
	if (!read_selections(&q, &r, e))
		return false;
	q.pcr_digest = sized(&r);
	if (!rd_ok(&r))
		return rd_truncated(&r, "TPM quote", e);
	if (!rd_done(&r))
		return err_set(e, ERR_FORMAT, "TPM quote at %zu: %zu bytes behind the end", r.at,
			rd_left(&r));
	if (safe > 1)
		return err_set(e, ERR_FORMAT, "TPM quote: clockInfo.safe is %u, want 0 or 1", safe);
	*ret = q;
	return true;
}

uint32_t tpm_quote_selected(const struct tpm_quote *q, enum digest_alg alg)
{
	for (size_t i = 0; alg != DIGEST_NONE && i < q->n_selections; i++)
		if (q->selections[i].alg == alg)
			return q->selections[i].pcrs;
	return 0;
}
