/*
 * collateral-maker FOLDER AT: evidence and collateral of collateral_made.h for that second, in files as vendors' services
 * give them, for e2e/bundle.sh. old-* are what counted until the day before.
 */
#include "collateral_made.h"
#include "sys/file.h"

static int folder = -1;

static void save(const char *name, struct span bytes)
{
	struct err e = { 0 };

	CHECK_OK(file_write(folder, name, bytes, 0644, &e), e);
}

static void add_pem(struct buf *out, const struct buf *der)
{
	const uint8_t *at = der->p;
	X509 *x = d2i_X509(NULL, &at, (long)der->n);
	BIO *bio = BIO_new(BIO_s_mem());
	char *text;
	long n;

	CHECK(PEM_write_bio_X509(bio, x) == 1);
	n = BIO_get_mem_data(bio, &text);
	buf_add(out, text, (size_t)n);
	BIO_free(bio);
	X509_free(x);
}

static void save_snp(uint32_t version, const char *report, int64_t at)
{
	struct collateral_snp s = collateral_snp(version, at);
	const struct snp_made_crl old = { .issuer = "ARK-Milan",
		.signer = s.ark_key,
		.from = at - 3 * (int64_t)SNP_MADE_DAY,
		.to = at - SNP_MADE_DAY };
	CLEANUP(buf_done) struct buf old_crl = snp_made_crl(&old);
	CLEANUP(buf_done) struct buf chain = buf_init(1 << 16);

	add_pem(&chain, &s.ask);
	add_pem(&chain, &s.ark);
	save(report, SPAN_OF(s.report.bytes));
	save("vcek.der", buf_span(&s.vcek));
	save("other-vcek.der", buf_span(&s.other_vcek));
	save("cert_chain.pem", buf_span(&chain));
	save("ask.der", buf_span(&s.ask));
	save("crl.der", buf_span(&s.crl));
	save("old-crl.der", buf_span(&old_crl));
	collateral_snp_done(&s);
}

static void save_tdx(int64_t at)
{
	struct collateral_tdx t = collateral_tdx(at);
	struct collateral_tdx old = collateral_tdx(at - 9 * MADE_DAY);

	save("quote.bin", buf_span(&t.quote));
	save("tcb-info.json", buf_span(&t.tcb_info));
	save("other-tcb-info.json", buf_span(&t.other_tcb_info));
	save("qe-identity.json", buf_span(&t.qe_identity));
	save("signer.pem", buf_span(&t.chain));
	save("pck-crl.der", buf_span(&t.pck_crl));
	save("root-crl.der", buf_span(&t.root_crl));
	save("old-tcb-info.json", buf_span(&old.tcb_info));
	collateral_tdx_done(&t);
	collateral_tdx_done(&old);
}

int main(int argc, char **argv)
{
	uint64_t at;

	if (argc != 3 || !str_u64(str_of(argv[2]), &at, INT64_MAX)) {
		fputs("usage: collateral-maker FOLDER AT\n", stderr);
		return 2;
	}
	folder = open(argv[1], O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	CHECK(folder >= 0);
	save_snp(3, "report.bin", (int64_t)at);
	save_tdx((int64_t)at);
	return test_end();
}
