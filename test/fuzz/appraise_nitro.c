/* Appraisals of AWS Nitro's attestation documents. See appraise_fuzz.h. */
#include "fixed_random.h"

#include "unit/nitro_case.h"

#include "appraise_fuzz.h"

static const struct appraise_in *fuzz_honest(void)
{
	static struct arena *kept_here;

	if (kept_here)
		return &w.in;
	fixed_random_begin(0);
	kept_here = arena_new(FUZZ_MEMORY);
	made_keys_new();
	world_init(kept_here);
	world_sign();
	return &w.in;
}

/* The payload. */
static struct fuzz_pieces fuzz_signed(const struct bundle *b, struct arena *a)
{
	struct cose_sign1 s = { 0 };
	struct err e = { 0 };

	(void)err_false(cose_sign1_parse(&s, b->nitro_document, a, &e));
	return (struct fuzz_pieces){ { s.payload }, 1 };
}

static void fuzz_sign(struct bundle *b, const struct fuzz_pieces *p, struct arena *a)
{
	b->nitro_document = fuzz_kept(a, made_around(&w.m, p->items[0]));
}

/* The whole nonce, the whole values of the registers that are expected, and the names of all. */
static bool fuzz_holds(const struct fuzz_pieces *p, const struct fuzz_pieces *honest)
{
	struct span payload = p->items[0];
	bool ok = fuzz_has(payload, SPAN_OF(w.bound.bytes)) && honest->n == 1 &&
		  fuzz_has(payload, span_make("pcrs", 4)) &&
		  fuzz_has(payload, span_make("cabundle", 8));

	for (size_t i = 0; i < 3; i++)
		ok = ok && fuzz_has(payload, span_make(w.m.pcr[i], SHA384_SIZE));
	return ok;
}

static const char *const *fuzz_must(void)
{
	static const char *const must[] = { "cose-form", "cose-header", "document-rules",
		"certificates", "root", "chain-profile", "chain-signatures", "certificate-time",
		"module", "signature", "document-kind", "age", "debug", "pcr-0.sha384",
		"pcr-1.sha384", "pcr-2.sha384", "binding", "nonce", "vouched", "coverage", NULL };

	return must;
}
