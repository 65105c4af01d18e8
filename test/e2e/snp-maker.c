/*
 * For verify-hardware.sh: an SEV-SNP guest of a test authority as files. `snp-maker OUT` also writes report, the chain's der,
 * and unbound.json: what another protocol on the same guest gives to whoever sends it the nonce.
 */
#include "unit/appraise_snp_case.h"

#include "evidence_files.h"

static void write_unbound(const char *dir, const struct bundle *of)
{
	CLEANUP(buf_done) struct buf text = buf_init(BUNDLE_SIZE_MAX);
	struct err e = { 0 };
	struct guest g;

	guest_begin(&g, milan());
	g.own_data = true;
	memset(g.w.report.bytes + 0x50, 0, 64);
	memcpy(g.w.report.bytes + 0x50, g.nonce, sizeof g.nonce);
	guest_sign(&g);
	g.bundle.snp_chain = of->snp_chain; /* each one made is another */
	g.bundle.snp_crl = of->snp_crl;
	CHECK_OK(bundle_emit(&g.bundle, &text, &e), e);
	evidence_write(dir, "unbound.json", buf_span(&text));
	guest_done(&g);
}

int main(int argc, char **argv)
{
	static const char *const names[] = { "vcek.der", "ask.der", "ark.der" };
	struct guest g;

	if (argc != 2)
		return 2;
	snp_world_keys();
	guest_begin(&g, milan());
	guest_sign(&g);
	evidence_write(argv[1], "report", g.bundle.snp_report);
	evidence_write(argv[1], "crl.der", g.bundle.snp_crl);
	for (size_t i = 0; i < ARRAY_LEN(names); i++)
		evidence_write(argv[1], names[i], g.bundle.snp_chain.certificates[i]);
	evidence_files(&(struct evidence_files){ .dir = argv[1],
		.bundle = &g.bundle,
		.shape = &g.shape,
		.root = &g.root,
		.hardware = "snp",
		.product = "Milan",
		.nonce = g.nonce,
		.report_data = span_make(g.report.bytes + 0x50, 64),
		.at_unix = SNP_MADE_NOW });
	write_unbound(argv[1], &g.bundle);
	guest_done(&g);
	snp_world_done();
	return test_end();
}
