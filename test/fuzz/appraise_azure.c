/* Appraisals of Azure's evidence: HCL report, virtual TPM's quote, SEV-SNP underneath. See appraise_fuzz.h. */
#include "fixed_random.h"

#include "unit/azure_snp_world.h"

#include "appraise_fuzz.h"

enum { HCL_REPORT_AT = 32 };

static const struct appraise_in *fuzz_honest(void)
{
	static struct arena *kept_here;

	if (kept_here)
		return &az.in;
	fixed_random_begin(0);
	kept_here = arena_new(FUZZ_MEMORY);
	azure_snp_keys();
	atexit(azure_snp_done);
	az_init(kept_here);
	honest();
	az_sign();
	return &az.in;
}

/* The report of the hardware, the runtime data that it names, the quote. */
static struct fuzz_pieces fuzz_signed(const struct bundle *b, struct arena *a)
{
	struct azure_hcl hcl = { 0 };
	struct err e = { 0 };

	(void)err_false(azure_hcl_parse(&hcl, b->azure_hcl, a, &e));
	return (struct fuzz_pieces){ { fuzz_slice(
					       b->azure_hcl, HCL_REPORT_AT, SNP_REPORT_SIGNED_SIZE),
					     hcl.runtime, b->quote },
		3 };
}

static struct span hcl_around(const struct fuzz_pieces *p, struct arena *a)
{
	struct buf b = buf_init(1 << 16);
	struct span old = fuzz_honest()->bundle->azure_hcl;
	struct snp_made_report r;

	memcpy(r.bytes, old.p + HCL_REPORT_AT, sizeof r.bytes);
	memcpy(r.bytes, p->items[0].p, SNP_REPORT_SIGNED_SIZE);
	sha256_of(r.bytes + 0x50, p->items[1]);
	snp_made_sign(&r, leaf_key);
	buf_add(&b, old.p, 8);
	buf_u32le(&b, (uint32_t)(RUNTIME_AT + p->items[1].n));
	buf_add(&b, old.p + 12, HCL_REPORT_AT - 12);
	buf_add(&b, r.bytes, sizeof r.bytes);
	buf_u32le(&b, (uint32_t)(20 + p->items[1].n));
	buf_add(&b, old.p + RUNTIME_AT - 16, 12);
	buf_u32le(&b, (uint32_t)p->items[1].n);
	buf_add(&b, p->items[1].p, p->items[1].n);
	if (b.n < PADDED)
		buf_fill(&b, 0, PADDED - b.n);
	return fuzz_kept(a, b);
}

static void fuzz_sign(struct bundle *b, const struct fuzz_pieces *p, struct arena *a)
{
	if (p->items[0].n != SNP_REPORT_SIGNED_SIZE || p->items[1].n > 8192)
		return;
	b->azure_hcl = hcl_around(p, a);
	b->quote = p->items[2];
	b->signature = fuzz_kept(a, made_signature(az.quote_key, az.sig_scheme, az.sig_hash_name,
					    az.sig_hash, b->quote));
}

/* Of the report as in appraise_snp.c, but what it carries is the digest of the runtime data. */
static bool fuzz_holds(const struct fuzz_pieces *p, const struct fuzz_pieces *honest_ones)
{
	struct span r = p->items[0], runtime = p->items[1], quote = p->items[2];
	uint8_t digest[SHA256_SIZE];

	sha256_of(digest, runtime);
	return r.p[0] >= 2 && r.p[0] <= 5 && !(r.p[0x08 + 2] >> 2 & 3) &&
	       fuzz_same(r, honest_ones->items[0], 0x30, 4) &&
	       fuzz_same(r, honest_ones->items[0], 0x90, 48) &&
	       span_equal(fuzz_slice(r, 0x50, sizeof digest), SPAN_OF(digest)) &&
	       fuzz_has(runtime, str_span(hcl_ak_number)) &&
	       fuzz_has(quote, span_make(az.extra.bytes, SHA256_SIZE)) &&
	       fuzz_has(quote, span_make(az.quote.digest, SHA256_SIZE));
}

static const char *const *fuzz_must(void)
{
	static const char *const must[] = { "snp-signature", "snp-chain", "snp-root", "snp-time",
		"snp-revoked", "snp-debug", "hcl-vmpl", "hcl-form", "hcl-binding", "hcl-ak",
		"hcl-tpm", "quote-structure", "signature", "pcr-selection", "pcr-claims",
		"pcr-digest", "pcr-bank", "launch-measurement", "hcl-secure-boot", "nonce", "role",
		"qualifying-data", "vouched", "coverage", NULL };

	return must;
}
