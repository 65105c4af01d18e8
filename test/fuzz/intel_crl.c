#include "trust/intel_crl.h"

#include "fuzz.h"
#include "tdx_authority.h"

static const struct made_tdx *authority(void)
{
	static struct made_tdx m;

	if (!m.root_key)
		m = made_honest();
	return &m;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static struct intel_chain c;
	CLEANUP(intel_crl_freep) struct intel_crl *crl = NULL;
	const struct intel_time t = { .at_unix = MADE_NOW };
	struct err e = { 0 };

	if (!c.n) {
		CLEANUP(arena_freep) struct arena *a = arena_new(1 << 20);
		CLEANUP(buf_done) struct buf pem = made_pck_chain(authority());

		MUST(intel_chain_read(&c, INTEL_CHAIN_PCK, buf_span(&pem), a, &e));
	}
	if (!intel_crl_of_der(&crl, span_make(data, size), &e))
		return 0;
	fuzz_taken = true;
	if (intel_crl_current(crl, &t, &e))
		MUST(intel_crl_next_update(crl) >= MADE_NOW);
	(void)err_false(intel_crl_spares(crl, intel_chain_leaf(&c), &e));
	(void)err_false(intel_crl_check_root(crl, &c, &t, &e));
	(void)err_false(intel_crl_check_pck(crl, &c, &t, &e));
	return 0;
}

bool fuzz_sample(size_t i, struct buf *b)
{
	const struct made_tdx *m = authority();
	struct made_crl spec = { .issuer = i ? MADE_PLATFORM : MADE_ROOT,
		.signer = i ? m->ca_key : m->root_key,
		.from = MADE_NOW - MADE_DAY,
		.to = MADE_NOW + MADE_DAY,
		.revoked = i ? 77 : 0 };
	CLEANUP(buf_done) struct buf der = made_crl(&spec);

	if (i < 2)
		buf_add(b, der.p, der.n);
	return i < 2;
}
