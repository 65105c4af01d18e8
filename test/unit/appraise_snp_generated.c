/*
 * Cases that are made one by one: each byte of a report, each length, each extension of the leaf. All are refused, and the
 * reason names a field or the signature.
 */
#include "appraise_snp_case.h"

/* Where a byte of the signed part belongs: a reason that names one of these is one that helps. */
static const char *const words[] = { "signature", "SIGNING_KEY", "version", "VMPL", "guest policy",
	"PLATFORM_INFO", "TCB", "REPORT_DATA", "MEASUREMENT", "measurement", "REPORT_ID_MA",
	"firmware", "CPUID", "chip id", "reserved byte", "did not sign", "SNP report is" };

static bool names_a_field(const struct check *c)
{
	for (size_t i = 0; i < ARRAY_LEN(words); i++)
		if (strstr(c->reason.p, words[i]))
			return true;
	return false;
}

/* Refused, and the signature's check (where there is a report at all) says so with a reason that helps. */
static void refused(struct guest *g, const char *check, const char *what, size_t at)
{
	const struct verdict *v = &guest_out.verdict;
	struct err e = { 0 };
	const struct check *c;
	char text[100];
	bool ok;

	snprintf(text, sizeof text, "%s 0x%zx", what, at);
	CHECK_OK(appraise(&guest_out, &g->in, g->a, &e), e);
	c = check_find(&v->checks, check);
	ok = v->status == VERDICT_CONTRAINDICATED && !verdict_affirms(v) && c &&
	     c->result == CHECK_FAILED && names_a_field(c);
	test_report(ok, __FILE__, __LINE__, text);
	if (!ok)
		guest_say(text);
}

/* Each appraisal has an arena of its own, or the guest's would fill. */
static void again(struct guest *g, const char *check, const char *what, size_t at)
{
	struct arena *whole = g->a;

	g->a = arena_new(1 << 20);
	refused(g, check, what, at);
	arena_free(g->a);
	g->a = whole;
}

static void flips(struct world w)
{
	struct guest g;

	guest_begin(&g, w);
	guest_sign(&g);
	for (size_t i = 0; i < SNP_REPORT_SIGNED_SIZE; i++) {
		g.report.bytes[i] ^= 0x40;
		again(&g, i < 4 ? "snp-report" : "snp-signature", "byte", i);
		g.report.bytes[i] ^= 0x40;
	}
	for (size_t i = SNP_REPORT_SIGNED_SIZE; i < SNP_REPORT_SIZE; i++) {
		bool number = i < 0x330;

		g.report.bytes[i] ^= 0x40;
		again(&g, number ? "snp-signature" : "snp-reserved", "unsigned byte", i);
		g.report.bytes[i] ^= 0x40;
	}
	guest_expect(&g, "as it was", GOOD, NULL, NULL, __LINE__);
	guest_done(&g);
}

static void each_byte(void)
{
	flips(milan());
}

static void each_length(void)
{
	struct guest g;

	guest_begin(&g, turin());
	guest_sign(&g);
	for (size_t n = 0; n < SNP_REPORT_SIZE; n++) {
		g.bundle.snp_report.n = n;
		again(&g, "snp-report", "bytes", n);
	}
	guest_done(&g);
}

/* The check that an extension's absence fails, by the OID's end. */
static const struct {
	const char *arcs, *check, *says;
} needed[] = {
	{ ".1", "snp-product", "structure version" },
	{ ".2", "snp-product", "product name" },
	{ ".3.1", "snp-tcb", "boot loader" },
	{ ".3.2", "snp-tcb", "TEE" },
	{ ".3.3", "snp-tcb", "SNP firmware" },
	{ ".3.8", "snp-tcb", "microcode" },
	{ ".3.9", "snp-tcb", "FMC" },
	{ ".4", "snp-chip", "hardware id" },
	{ ".5", "snp-provider", "cloud provider" },
};

static void each_extension_of(struct world (*honest_one)(void), const char *name)
{
	static const char oid[] = SNP_MADE_OID;
	const struct world w = honest_one();

	for (size_t i = 0; i < SNP_MADE_EXTENSIONS && w.leaf.extensions[i].oid; i++)
		for (size_t k = 0; k < ARRAY_LEN(needed); k++)
			if (!strcmp(w.leaf.extensions[i].oid + sizeof oid - 1, needed[k].arcs))
				CASE(honest_one, name, BAD, needed[k].check, needed[k].says,
					g.w.leaf.extensions[i].value = NULL, NOTHING);
}

static void each_extension(void)
{
	each_extension_of(milan, "row 7: an extension of a Milan's VCEK");
	each_extension_of(turin, "row 7: an extension of a Turin's VCEK");
	each_extension_of(vlek, "row 7: an extension of a VLEK");
}

int main(void)
{
	verdict_told_begin();
	snp_world_keys();
	each_byte();
	each_length();
	each_extension();
	snp_world_done();
	verdict_told_end("appraise_snp_generated");
	return test_end();
}
