#include "evidence/tdx_quote.h"

#include "fuzz.h"
#include "tdx_quote_made.h"
#include "trust/tdx_quote_signature.h"

static bool within(struct span s, const uint8_t *data, size_t size)
{
	return !s.n || (s.p >= data && s.p + s.n <= data + size);
}

static void check_spans(const struct tdx_quote *q, const uint8_t *data, size_t size)
{
	const struct span all[] = { q->signed_bytes, q->qe_vendor_id, q->user_data, q->tee_tcb_svn,
		q->mrseam, q->mrsignerseam, q->mrtd, q->mrconfigid, q->mrowner, q->mrownerconfig,
		q->rtmr[0], q->rtmr[1], q->rtmr[2], q->rtmr[3], q->report_data, q->tee_tcb_svn2,
		q->mrservicetd, q->signature, q->attestation_key, q->qe.bytes, q->qe.report_data,
		q->qe_signature, q->qe_auth_data, q->certificates };

	for (size_t i = 0; i < ARRAY_LEN(all); i++)
		MUST(within(all[i], data, size));
	MUST(q->tee_tcb_svn.n == 16 && q->report_data.n == 64 && q->qe.bytes.n == 384);
	MUST(q->trailing < size && (q->body_type == 3) == (q->mrservicetd.n == 48));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	CLEANUP(arena_freep) struct arena *a = arena_new(4 << 20);
	CLEANUP(intel_chain_done) struct intel_chain c = { 0 };
	const struct intel_time t = { .at_unix = MADE_NOW };
	struct pck_extension x;
	struct tdx_quote q;
	struct err e = { 0 };

	if (!tdx_quote_parse(&q, span_make(data, size), &e))
		return 0;
	fuzz_taken = true;
	check_spans(&q, data, size);
	(void)err_false(tdx_quote_by_intel_qe(&q, &e) && tdx_quote_xfam_ok(&q, &e));
	if (!intel_chain_read(&c, INTEL_CHAIN_PCK, q.certificates, a, &e))
		return 0;
	MUST(c.n == 3);
	/* Nobody's root but Intel's, whatever the bytes say. */
	MUST(!intel_chain_verify(&c, intel_chain_root_sha256, &t, &e) && e.text[0]);
	if (pck_extension_read(&x, intel_chain_leaf(&c), &e))
		MUST(x.sgx_type <= 2);
	if (intel_chain_roles(&c, &e) && intel_chain_valid(&c, &t, &e))
		MUST(intel_chain_issuer(&c) != intel_chain_root(&c));
	return 0;
}

bool fuzz_sample(size_t i, struct buf *b)
{
	static const struct made_quote_spec specs[] = { { 4, 2, { 5, 1 }, { 0 }, 4, { 0xdc } },
		{ 5, 3, { 5, 1 }, { 6, 1 }, 4, { 0xdc } } };
	struct made_tdx m = made_honest();

	if (i < ARRAY_LEN(specs)) {
		CLEANUP(buf_done) struct buf q = made_tdx_quote(&m, &specs[i]);

		buf_add(b, q.p, q.n);
	}
	return i < ARRAY_LEN(specs);
}
