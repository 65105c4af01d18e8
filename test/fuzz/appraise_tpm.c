/* Appraisals of a TPM's evidence with its log. See appraise_fuzz.h. */
#include "fixed_random.h"

#include "unit/machine_made.h"

#include "appraise_fuzz.h"

static struct machine m;

static const struct appraise_in *fuzz_honest(void)
{
	static struct arena *kept_here;

	if (kept_here)
		return &m.in;
	fixed_random_begin(0);
	kept_here = arena_new(FUZZ_MEMORY);
	made_keys();
	atexit(made_keys_done);
	machine_init(&m, kept_here);
	machine_sign(&m);
	return &m.in;
}

static struct fuzz_pieces fuzz_signed(const struct bundle *b, struct arena *a)
{
	(void)a;
	return (struct fuzz_pieces){ { b->quote }, 1 };
}

static void fuzz_sign(struct bundle *b, const struct fuzz_pieces *p, struct arena *a)
{
	b->quote = p->items[0];
	b->signature = fuzz_kept(
		a, made_signature(m.ak_key, m.sig_scheme, m.sig_hash_name, m.sig_hash, b->quote));
}

/* TPMS_ATTEST begins with magic and type; the nonce's digest and that of the registers are in it. */
static bool fuzz_holds(const struct fuzz_pieces *p, const struct fuzz_pieces *honest)
{
	return fuzz_same(p->items[0], honest->items[0], 0, 6) &&
	       fuzz_has(p->items[0], span_make(m.extra.bytes, SHA256_SIZE)) &&
	       fuzz_has(p->items[0], span_make(m.quote.digest, SHA256_SIZE));
}

static const char *const *fuzz_must(void)
{
	static const char *const must[] = { "ak-structure", "ak-attributes", "ak-scheme",
		"ak-bound", "quote-structure", "signature", "role", "qualifying-data",
		"pcr-selection", "pcr-claims", "pcr-digest", "pcr-bank", "vouched", "coverage",
		"nonce", "pcr-0.sha256", "pcr-4.sha256", "pcr-11.sha256", NULL };

	return must;
}
