/* Appraisals of SEV-SNP evidence: a Milan's report with its certificates and revocation list. See appraise_fuzz.h. */
#include "fixed_random.h"

#include "unit/appraise_snp_case.h"

#include "appraise_fuzz.h"

static struct guest g;

static const struct appraise_in *fuzz_honest(void)
{
	if (g.a)
		return &g.in;
	fixed_random_begin(0);
	snp_world_keys();
	atexit(snp_world_done);
	guest_begin(&g, milan());
	guest_sign(&g);
	return &g.in;
}

static struct fuzz_pieces fuzz_signed(const struct bundle *b, struct arena *a)
{
	(void)a;
	return (struct fuzz_pieces){ { fuzz_slice(b->snp_report, 0, SNP_REPORT_SIGNED_SIZE) }, 1 };
}

static void fuzz_sign(struct bundle *b, const struct fuzz_pieces *p, struct arena *a)
{
	struct snp_made_report *r = arena_alloc(a, sizeof *r);

	if (!r || p->items[0].n != SNP_REPORT_SIGNED_SIZE)
		return;
	*r = g.report;
	memcpy(r->bytes, p->items[0].p, SNP_REPORT_SIGNED_SIZE);
	snp_made_sign(r, leaf_key);
	b->snp_report = SPAN_OF(r->bytes);
}

/* AMD 56860, table "ATTESTATION_REPORT". */
static bool fuzz_holds(const struct fuzz_pieces *p, const struct fuzz_pieces *honest)
{
	static const struct {
		size_t at, n;
	} kept[] = { { 0x30, 4 } /* VMPL */, { 0x34, 4 } /* signature */, { 0x50, 64 } /* data */,
		{ 0x90, 48 } /* measurement */, { 0x1a0, 64 } /* chip */, { 0x180, 8 } /* TCB */ };
	struct span r = p->items[0];
	bool ok = r.p[0] >= 2 && r.p[0] <= 5 && !(r.p[0x08 + 2] >> 2 & 3) /* migration, debug */;

	for (size_t i = 0; i < ARRAY_LEN(kept); i++)
		ok = ok && fuzz_same(r, honest->items[0], kept[i].at, kept[i].n);
	return ok;
}

static const char *const *fuzz_must(void)
{
	static const char *const must[] = { "snp-report", "snp-reserved", "snp-policy-form",
		"snp-signature-form", "snp-leaf", "snp-issuers", "snp-root", "snp-roles",
		"snp-chain", "snp-time", "snp-revoked", "snp-signing-key", "snp-product", "snp-tcb",
		"snp-chip", "snp-signature", "snp-committed", "snp-vmpl", "snp-debug",
		"snp-migration", "measurement.sha384", "binding", "nonce", "vouched", "coverage",
		NULL };

	return must;
}
