#include "trust/qe_identity.h"

#include "fuzz.h"
#include "pcs_split.h"
#include "tdx_documents.h"

/* A whole document, or the body alone. */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static const uint8_t zeroes[32];
	CLEANUP(arena_freep) struct arena *a = arena_new(16 << 20);
	struct pcs_json d = { .body = span_make(data, size) };
	struct tdx_quote_qe qe = { .attributes = span_make(zeroes, 16),
		.mrsigner = SPAN_OF(zeroes) };
	const struct qe_identity_level *l = NULL;
	struct qe_identity q;
	struct err e = { 0 };

	if (pcs_json_split(&d, span_make(data, size), "enclaveIdentity", &e))
		MUST(pcs_split_holds(span_make(data, size), d.body, "{\"enclaveIdentity\":"));
	if (!qe_identity_parse(&q, d.body, a, &e))
		return 0;
	fuzz_taken = true;
	MUST(q.n_levels && q.n_levels <= QE_IDENTITY_LEVELS_MAX);
	if (qe_identity_matches(&q, &qe, &e))
		MUST(q.isv_prod_id == 0 && q.miscselect == 0);
	for (uint16_t svn = 0; svn < 8; svn++)
		if (qe_identity_level(&l, &q, svn, &e))
			MUST(l->isv_svn <= svn && l->verdict.status != TCB_STATUS_NONE);
	return 0;
}

bool fuzz_sample(size_t i, struct buf *b)
{
	struct made_identity identity = made_honest_identity();
	struct made_tdx m = made_honest();
	CLEANUP(buf_done) struct buf body = made_identity_body(&identity);
	CLEANUP(buf_done)
	struct buf d = made_document("enclaveIdentity", (const char *)body.p, m.signing_key);

	if (i == 0)
		buf_add(b, d.p, d.n);
	if (i == 1)
		buf_add(b, body.p, body.n - 1);
	return i < 2;
}
