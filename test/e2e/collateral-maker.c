/*
 * collateral-maker FOLDER AT: evidence and collateral of collateral_made.h for that second, in files as vendors' services
 * give them, for e2e/bundle.sh, and trust.yaml with both roots. old-* are what counted until the day before, older-* count
 * still, next-* is of a later evaluation, evil-* are of another authority with the same names.
 */
#include "collateral_made.h"
#include "base/hex.h"
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

static void save_chain(const char *name, const struct collateral_snp *s)
{
	CLEANUP(buf_done) struct buf chain = buf_init(1 << 16);

	add_pem(&chain, &s->ask);
	add_pem(&chain, &s->ark);
	save(name, buf_span(&chain));
}

/* From so many days before to so many after; revoked: a serial number. */
static void save_list(
	const char *name, const struct collateral_snp *s, int64_t from, int64_t to, long revoked)
{
	const struct snp_made_crl m = { .issuer = "ARK-Milan",
		.signer = s->ark_key,
		.revoked = revoked,
		.from = from,
		.to = to };
	CLEANUP(buf_done) struct buf crl = snp_made_crl(&m);

	save(name, buf_span(&crl));
}

static void save_evil(int64_t at)
{
	struct collateral_snp s = collateral_snp(3, at);

	save("evil-vcek.der", buf_span(&s.vcek));
	save("evil-crl.der", buf_span(&s.crl));
	save_chain("evil-chain.pem", &s);
	collateral_snp_done(&s);
}

static void save_snp(const struct collateral_snp *s, int64_t at)
{
	const int64_t day = SNP_MADE_DAY;
	struct snp_made_report second = snp_made_report(2);

	snp_made_sign(&second, s->leaf_key);
	save("report.bin", SPAN_OF(s->report.bytes));
	save("report-2.bin", SPAN_OF(second.bytes));
	save("vcek.der", buf_span(&s->vcek));
	save("other-vcek.der", buf_span(&s->other_vcek));
	save_chain("cert_chain.pem", s);
	save("ask.der", buf_span(&s->ask));
	save("ark.der", buf_span(&s->ark));
	save("crl.der", buf_span(&s->crl));
	save_list("old-crl.der", s, at - 3 * day, at - day, 0);
	save_list("older-crl.der", s, at - 20 * day, at + 9 * day, 0);
	save_list("revoking-crl.der", s, at - day, at + 9 * day, 65537);
}

static void save_trust(const struct collateral_snp *s, const struct collateral_tdx *t)
{
	CLEANUP(buf_done) struct buf text = buf_init(1 << 12);
	struct trust_hardware_root roots[2];

	collateral_trust(roots, s, t);
	buf_add_cstr(&text, "format: assay.trust/1\nhardware-roots:\n"
			    "  - name: snp\n    hardware: snp\n    product: Milan\n    sha256: ");
	hex_add(&text, SPAN_OF(roots[0].sha256));
	buf_add_cstr(&text, "\n  - name: tdx\n    hardware: tdx\n    sha256: ");
	hex_add(&text, SPAN_OF(roots[1].sha256));
	buf_add_cstr(&text, "\n");
	save("trust.yaml", buf_span(&text));
}

static void save_tdx(const struct collateral_snp *s, int64_t at)
{
	struct collateral_tdx t = collateral_tdx(at);
	struct collateral_tdx old = collateral_tdx(at - 9 * MADE_DAY);
	struct collateral_tdx older = collateral_tdx(at - 2 * MADE_DAY);

	save_trust(s, &t);
	save("older-tcb-info.json", buf_span(&older.tcb_info));
	collateral_tdx_done(&older);
	save("quote.bin", buf_span(&t.quote));
	save("tcb-info.json", buf_span(&t.tcb_info));
	save("other-tcb-info.json", buf_span(&t.other_tcb_info));
	save("next-tcb-info.json", buf_span(&t.next_tcb_info));
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
	struct collateral_snp s;
	uint64_t at;

	if (argc != 3 || !str_u64(str_of(argv[2]), &at, INT64_MAX)) {
		fputs("usage: collateral-maker FOLDER AT\n", stderr);
		return 2;
	}
	folder = open(argv[1], O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	CHECK(folder >= 0);
	s = collateral_snp(3, (int64_t)at);
	save_snp(&s, (int64_t)at);
	save_tdx(&s, (int64_t)at);
	collateral_snp_done(&s);
	save_evil((int64_t)at);
	return test_end();
}
