#include "trust/tcb_info.h"

#include "fuzz.h"
#include "pcs_split.h"
#include "tdx_documents.h"

static void use(const struct tcb_info *t)
{
	struct tcb_lag lags[TCB_INFO_LAGS_MAX];
	struct pck_extension p = { .pce_svn = 13 };
	struct intel_time at = { .at_unix = MADE_NOW };
	const struct tcb_module_level *module = NULL;
	const struct tcb_level *level = NULL;
	struct err e = { 0 };

	for (unsigned v = 0; v < 256; v += 5) {
		uint8_t svn[16];

		memset(svn, (int)v, sizeof svn);
		svn[1] = v & 1;
		memset(p.components, (int)v, sizeof p.components);
		if (tcb_info_level(&level, t, &p, SPAN_OF(svn), &e))
			MUST(!tcb_info_lags(lags, level, &p, SPAN_OF(svn)) &&
				level->verdict.status != TCB_STATUS_NONE);
		if (tcb_info_module_level(&module, t, SPAN_OF(svn), &e))
			MUST(!module == !svn[1]);
	}
	if (tcb_info_is_tdx(t, &e) && tcb_info_current(t, &at, &e))
		MUST(t->dates.issued <= MADE_NOW && t->dates.next_update >= MADE_NOW);
}

/* A whole document, or the body alone. */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	CLEANUP(arena_freep) struct arena *a = arena_new(16 << 20);
	struct pcs_json d = { .body = span_make(data, size) };
	struct tcb_info t;
	struct err e = { 0 };

	if (pcs_json_split(&d, span_make(data, size), "tcbInfo", &e))
		MUST(pcs_split_holds(span_make(data, size), d.body, "{\"tcbInfo\":"));
	if (!tcb_info_parse(&t, d.body, a, &e))
		return 0;
	fuzz_taken = true;
	MUST(t.n_levels && t.n_levels <= TCB_INFO_LEVELS_MAX &&
		t.n_modules <= TCB_INFO_MODULES_MAX);
	use(&t);
	return 0;
}

bool fuzz_sample(size_t i, struct buf *b)
{
	struct made_tcb_info info = made_honest_info();
	struct made_tdx m = made_honest();
	CLEANUP(buf_done) struct buf body = { 0 };
	CLEANUP(buf_done) struct buf d = { 0 };

	info.n_levels = 1; /* short: each bit is flipped */
	info.without_identities = i == 1;
	body = made_info_body(&info);
	d = made_document("tcbInfo", (const char *)body.p, m.signing_key);
	if (i < 2)
		buf_add(b, d.p, d.n);
	return i < 2;
}
