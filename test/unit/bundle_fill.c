/*
 * Filling a bundle from files: each part takes what it is for in each encoding, and nothing else.
 */
#include "appraise/bundle_fill.h"

#include "base/hex.h"
#include "collateral_made.h"
#include "golden_text.h"
#include "tpm_made.h"

enum { AT = 1796083200 };

static struct arena *a;

static struct span kept(const struct buf *b)
{
	return str_span(arena_str(a, buf_str(b)));
}

static struct span pem(const char *label, struct span der)
{
	CLEANUP(buf_done) struct buf b = buf_init(1 << 20);
	unsigned char *text = OPENSSL_malloc(4 * der.n + 100);
	int n = EVP_EncodeBlock(text, der.p, (int)der.n);

	buf_printf(&b, "-----BEGIN %s-----\n", label);
	for (int i = 0; i < n; i += 64)
		buf_printf(&b, "%.*s\n", n - i < 64 ? n - i : 64, (const char *)text + i);
	buf_printf(&b, "-----END %s-----\n", label);
	OPENSSL_free(text);
	return kept(&b);
}

static struct span joined(struct span x, struct span y)
{
	CLEANUP(buf_done) struct buf b = buf_init(1 << 20);

	buf_add(&b, x.p, x.n);
	buf_add(&b, y.p, y.n);
	return kept(&b);
}

static struct span in_hex(struct span s)
{
	CLEANUP(buf_done) struct buf b = buf_init(1 << 20);

	hex_add(&b, s);
	buf_add_cstr(&b, "\n");
	return kept(&b);
}

static void certificates(const struct collateral_snp *c)
{
	struct bundle b = { .kind = BUNDLE_SNP };
	struct span two = joined(
		pem("CERTIFICATE", buf_span(&c->ask)), pem("CERTIFICATE", buf_span(&c->ark)));
	struct span padded = joined(buf_span(&c->vcek), span_make("\0\0\0", 3));
	struct err e = { 0 };

	CHECK_OK(bundle_fill(&b, "snp.certificate", padded, a, &e), e);
	CHECK(b.snp_chain.n == 1 && span_equal(b.snp_chain.certificates[0], buf_span(&c->vcek)));
	CHECK_OK(bundle_fill(&b, "snp.certificate", two, a, &e), e);
	CHECK(b.snp_chain.n == 3 && span_equal(b.snp_chain.certificates[2], buf_span(&c->ark)));
	CHECK_OK(bundle_fill(&b, "snp.certificate", two, a, &e), e);
	CHECK(b.snp_chain.n == 3); /* once */
	CHECK_ERR(bundle_fill(&b, "snp.certificate", span_make(two.p, two.n - 40), a, &e), e,
		ERR_FORMAT);
	CHECK_ERR(bundle_fill(&b, "snp.certificate", buf_span(&c->crl), a, &e), e, ERR_FORMAT);
	CHECK(strstr(e.hint, "a CRL in DER") != NULL && b.snp_chain.n == 3 && !b.snp_table.p);
	b.snp_chain.n = BUNDLE_CERTIFICATES_MAX;
	CHECK_ERR(
		bundle_fill(&b, "snp.certificate", buf_span(&c->other_vcek), a, &e), e, ERR_LIMIT);
}

static void lists(const struct collateral_snp *c, const struct collateral_tdx *t)
{
	struct bundle b = { .kind = BUNDLE_SNP };
	struct err e = { 0 };

	CHECK_OK(bundle_fill(&b, "snp.crl", pem("X509 CRL", buf_span(&c->crl)), a, &e), e);
	CHECK(span_equal(b.snp_crl, buf_span(&c->crl)));
	CHECK_ERR(bundle_fill(&b, "snp.crl", buf_span(&c->ark), a, &e), e, ERR_FORMAT);
	CHECK(span_equal(b.snp_crl, buf_span(&c->crl)));
	CHECK_ERR(bundle_fill(&b, "tdx.pck-crl", buf_span(&t->pck_crl), a, &e), e, ERR_USAGE);
	b.kind = BUNDLE_TDX;
	CHECK_OK(bundle_fill(&b, "tdx.pck-crl", in_hex(buf_span(&t->pck_crl)), a, &e), e);
	CHECK(span_equal(b.tdx_pck_crl, buf_span(&t->pck_crl)));
	CHECK_OK(bundle_fill(&b, "tdx.root-crl", buf_span(&t->root_crl), a, &e), e);
	CHECK_ERR(bundle_fill(&b, "tdx.root-crl", span_make("abc", 3), a, &e), e, ERR_FORMAT);
	CHECK_ERR(bundle_fill(&b, "tdx.root-crl", span_make("", 0), a, &e), e, ERR_NOTFOUND);
}

/* Each of the parts takes its own file and refuses all others. */
static void documents(const struct collateral_tdx *t)
{
	struct {
		const char *label;
		struct span file;
	} parts[] = { { "tdx.quote", buf_span(&t->quote) },
		{ "tdx.tcb-info", buf_span(&t->tcb_info) },
		{ "tdx.qe-identity", buf_span(&t->qe_identity) },
		{ "tdx.tcb-info-chain", buf_span(&t->chain) },
		{ "tdx.pck-crl", buf_span(&t->pck_crl) } };
	struct err e = { 0 };

	for (size_t i = 0; i < ARRAY_LEN(parts); i++)
		for (size_t k = 0; k < ARRAY_LEN(parts); k++) {
			struct bundle b = { .kind = BUNDLE_TDX };
			bool ok = bundle_fill(&b, parts[i].label, parts[k].file, a, &e);

			if (ok != (i == k))
				printf("%s takes %s\n", parts[i].label, parts[k].label);
			CHECK(ok == (i == k));
		}
}

/* Signed by Intel as well, but of another kind of enclave: for SGX, or the one that verifies quotes. */
static void other_documents(void)
{
	struct made_tdx m = made_honest();
	struct made_tcb_info info = made_honest_info();
	struct made_identity identity = made_honest_identity();
	struct bundle b = { .kind = BUNDLE_TDX };
	struct err e = { 0 };

	info.id = "SGX";
	identity.id = "QVE";

	CLEANUP(buf_done) struct buf info_body = made_info_body(&info);
	CLEANUP(buf_done) struct buf identity_body = made_identity_body(&identity);
	CLEANUP(buf_done)
	struct buf sgx = made_document("tcbInfo", (const char *)info_body.p, m.signing_key);
	CLEANUP(buf_done)
	struct buf qve = made_document(
		"enclaveIdentity", (const char *)identity_body.p, m.signing_key);

	CHECK_ERR(bundle_fill(&b, "tdx.tcb-info", buf_span(&sgx), a, &e), e, ERR_MISMATCH);
	CHECK_ERR(bundle_fill(&b, "tdx.qe-identity", buf_span(&qve), a, &e), e, ERR_MISMATCH);
	CHECK(!b.tdx_tcb_info.p && !b.tdx_qe_identity.p);
}

#define ONES "1111111111111111111111111111111111111111"
#define PCRS "  sha1:\n    0 : 0x" ONES "\n    23: 0xABCDEF" ONES_34 "\n  sha256:\n"
#define ONES_34 "1111111111111111111111111111111111"

static void values(void)
{
	static const struct {
		const char *text;
		bool ok;
	} cases[] = {
		{ PCRS, true },
		{ "sha1:\n0 : 0x" ONES, true },
		{ "{\"format\": \"assay.pcr-values/1\", \"sha1\": {\"0\": \"" ONES "\"}}", true },
		{ "sha256:\n", false },
		{ "0 : 0x" ONES "\n", false },
		{ "sha1:\n0 : " ONES "\n", false },
		{ "sha1:\n0 : 0x" ONES "1\n", false },
		{ "sha1:\n24 : 0x" ONES "\n", false },
		{ "sha1:\n0 : 0x" ONES "\n0 : 0x" ONES "\n", false },
		{ "sha1:\n0 : 0x" ONES "\nsha1:\n0 : 0x" ONES "\n", false },
		{ "md5:\n0 : 0x" ONES "\n", false },
		{ "sha1\n", false },
		{ "", false },
	};
	struct err e = { 0 };

	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		struct bundle b = { .kind = BUNDLE_AZURE, .n_banks = 3 };
		bool ok = bundle_fill(&b, "tpm.pcrs", str_span(str_of(cases[i].text)), a, &e);

		if (ok != cases[i].ok)
			printf("case %zu: %s\n", i, e.text);
		CHECK(ok == cases[i].ok);
		CHECK(b.n_banks == (ok ? 1 : 3));
		if (ok)
			CHECK(b.banks[0].alg == DIGEST_SHA1 && b.banks[0].pcrs & 1 &&
				b.banks[0].values[0].bytes[19] == 0x11);
		if (i == 0)
			CHECK(b.banks[0].pcrs == (1 | 1 << 23) &&
				b.banks[0].values[23].bytes[1] == 0xcd);
	}
}

/* A part of another kind, or of none, and a bundle of a TPM, which is made by its attester. */
static void kinds(const struct collateral_snp *c)
{
	static const char *const labels[] = { "snp.certificate", "snp.crl", "tdx.tcb-info",
		"tdx.quote", "binding", "tpm.ek-certificate", "nothing" };
	struct err e = { 0 };

	for (size_t i = 0; i < ARRAY_LEN(labels); i++) {
		struct bundle b = { .kind = i % 2 ? BUNDLE_NITRO : BUNDLE_TPM };

		CHECK_ERR(bundle_fill(&b, labels[i], buf_span(&c->vcek), a, &e), e, ERR_USAGE);
	}
}

/* What is said of every part with every file, for test/golden/bundle_fill.txt; nothing is changed where it is refused. */
static void tell(struct buf *told, enum bundle_kind kind, const char *label, const char *name,
	struct span file)
{
	struct bundle b = { .kind = kind }, before = b;
	struct err e = { 0 };

	buf_printf(told, "%s %s %s: ", bundle_kind_name(kind), label, name);
	if (bundle_fill(&b, label, file, a, &e)) {
		buf_add_cstr(told, "taken\n");
		return;
	}
	CHECK(!memcmp(&b, &before, sizeof b));
	buf_printf(told, "%d ", (int)e.kind);
	golden_text_add(told, str_of(e.text));
	buf_printf(told, "; %s\n", e.hint);
}

static void everything(const struct collateral_snp *c, const struct collateral_tdx *t)
{
	static const char *const labels[] = { "snp.certificate", "snp.crl", "tdx.quote",
		"tdx.tcb-info", "tdx.tcb-info-chain", "tdx.qe-identity", "tdx.qe-identity-chain",
		"tdx.pck-crl", "tdx.root-crl", "log.cc", "log.firmware", "tpm.quote",
		"tpm.signature", "tpm.pcrs", "tpm.ak-certificate", "binding", "nothing" };
	const struct {
		const char *name;
		struct span file;
	} files[] = { { "DER", buf_span(&c->vcek) },
		{ "PEM", pem("CERTIFICATE", buf_span(&c->ask)) },
		{ "PEM of nothing", pem("CERTIFICATE", span_make("x", 1)) },
		{ "CRL", buf_span(&c->crl) }, { "CRL in PEM", pem("X509 CRL", buf_span(&c->crl)) },
		{ "CRL in hex", in_hex(buf_span(&t->root_crl)) },
		{ "odd hex", span_make("abc", 3) }, { "quote", buf_span(&t->quote) },
		{ "TCB info", buf_span(&t->tcb_info) },
		{ "QE identity", buf_span(&t->qe_identity) }, { "chain", buf_span(&t->chain) },
		{ "text", span_make("sha1:\n0 : 0x" ONES, 51) }, { "JSON", span_make("{}", 2) },
		{ "empty", span_make("", 0) } };
	struct buf told = buf_init(1 << 20);

	for (size_t i = 0; i < ARRAY_LEN(labels); i++)
		for (unsigned kind = 0; kind < BUNDLE_KINDS; kind++)
			for (size_t k = 0; k < ARRAY_LEN(files); k++) {
				struct bundle b = { .kind = (enum bundle_kind)kind };
				struct err e = { 0 };
				bool taken = bundle_fill(&b, labels[i], files[k].file, a, &e);

				if (k == 0 || (e.kind != ERR_USAGE || taken))
					tell(&told, (enum bundle_kind)kind, labels[i],
						files[k].name, files[k].file);
			}
	golden_text(&told, "bundle_fill");
}

/* Of an attestation key and those above it: its own goes first, in whatever order they come. */
static void ak_certificates(const struct collateral_snp *s)
{
	EVP_PKEY *keys[3] = { made_ecc("P-256"), made_ecc("P-256"), made_ecc("P-256") };
	struct made_certificate c = {
		.issuer = "root", .signer = keys[2], .from = AT, .to = AT + 9
	};
	struct made_key ak = {
		.attributes = MADE_AK_ATTRIBUTES, .scheme = TPM_ALG_ECDSA, .hash = TPM_ALG_SHA256
	};
	CLEANUP(buf_done) struct buf public = made_public(keys[0], ak);
	struct span certs[3];
	struct err e = { 0 };

	for (size_t i = 0; i < 3; i++) {
		CLEANUP(buf_done) struct buf der = { 0 };

		c.subject = i ? "authority" : "ak";
		c.key = keys[i];
		der = made_certificate(&c);
		certs[i] = kept(&der);
	}
	for (size_t first = 0; first < 3; first++)
		for (size_t way = 1; way < 3; way++) {
			struct bundle b = { .kind = BUNDLE_TPM, .ak_public = buf_span(&public) };
			size_t x = (first + way) % 3, y = (first + 2 * way) % 3;

			CHECK_OK(bundle_fill(&b, "tpm.ak-certificate", certs[first], a, &e), e);
			CHECK_OK(bundle_fill(&b, "tpm.ak-certificate",
					 joined(pem("CERTIFICATE", certs[x]),
						 pem("CERTIFICATE", certs[y])),
					 a, &e),
				e);
			CHECK_OK(bundle_fill(&b, "tpm.ak-certificate", certs[x], a, &e), e);
			CHECK(b.ak_chain.n == 3 &&
				span_equal(b.ak_chain.certificates[0], certs[0]));
			CHECK(span_equal(b.ak_chain.certificates[1], first      ? certs[first]
								     : way == 1 ? certs[1]
										: certs[2]));
		}
	struct bundle other = { .kind = BUNDLE_TPM }, snp = { .kind = BUNDLE_SNP };

	CHECK_OK(bundle_fill(&other, "tpm.ak-certificate", certs[1], a, &e), e);
	CHECK_OK(bundle_fill(&other, "tpm.ak-certificate", certs[0], a, &e), e);
	CHECK(span_equal(other.ak_chain.certificates[0], certs[1])); /* of no key that is known */
	CHECK_ERR(
		bundle_fill(&other, "tpm.ak-certificate", buf_span(&s->crl), a, &e), e, ERR_FORMAT);
	CHECK_ERR(bundle_fill(&snp, "tpm.ak-certificate", certs[0], a, &e), e, ERR_USAGE);
	for (size_t i = 0; i < 3; i++)
		EVP_PKEY_free(keys[i]);
}

/* One byte more than a part may have is LIMIT before anybody looks at it. */
static void sizes(void)
{
	static uint8_t bytes[(1 << 20) + 1];
	struct bundle b = { .kind = BUNDLE_TDX };
	struct err e = { 0 };

	CHECK_ERR(bundle_fill(&b, "log.cc", span_make(bytes, sizeof bytes), a, &e), e, ERR_LIMIT);
	CHECK(strstr(e.text, "1048577 bytes, limit 1048576"));
	CHECK(!bundle_fill(&b, "log.cc", span_make(bytes, sizeof bytes - 1), a, &e) &&
		e.kind == ERR_FORMAT);
}

/* As many as there is room for, each once. */
static void as_many_as_fit(const struct collateral_snp *c)
{
	struct bundle b = { .kind = BUNDLE_SNP };
	struct err e = { 0 };

	b.snp_chain.n = BUNDLE_CERTIFICATES_MAX - 1;
	CHECK_OK(bundle_fill(&b, "snp.certificate", buf_span(&c->vcek), a, &e), e);
	CHECK(b.snp_chain.n == BUNDLE_CERTIFICATES_MAX);
	CHECK_OK(bundle_fill(&b, "snp.certificate", buf_span(&c->vcek), a, &e), e);
	CHECK_ERR(bundle_fill(&b, "snp.certificate", buf_span(&c->ask), a, &e), e, ERR_LIMIT);
	CHECK(b.snp_chain.n == BUNDLE_CERTIFICATES_MAX);
}

static void full_arenas(const struct collateral_snp *c, const struct collateral_tdx *t)
{
	CLEANUP(arena_freep) struct arena *none = arena_new(16);
	struct bundle b = { .kind = BUNDLE_SNP };
	struct err e = { 0 };

	CHECK_ERR(bundle_fill(&b, "snp.certificate", buf_span(&c->vcek), none, &e), e, ERR_LIMIT);
	CHECK_ERR(
		bundle_fill(&b, "snp.certificate", pem("CERTIFICATE", buf_span(&c->ask)), none, &e),
		e, ERR_LIMIT);
	b.kind = BUNDLE_TDX;
	CHECK_ERR(bundle_fill(&b, "tdx.root-crl", in_hex(buf_span(&t->root_crl)), none, &e), e,
		ERR_LIMIT);
}

int main(void)
{
	struct collateral_snp snp = collateral_snp(3, AT);
	struct collateral_tdx tdx = collateral_tdx(AT);

	a = arena_new(64 << 20);
	certificates(&snp);
	lists(&snp, &tdx);
	documents(&tdx);
	other_documents();
	values();
	kinds(&snp);
	everything(&snp, &tdx);
	ak_certificates(&snp);
	sizes();
	as_many_as_fit(&snp);
	full_arenas(&snp, &tdx);
	collateral_snp_done(&snp);
	collateral_tdx_done(&tdx);
	arena_free(a);
	return test_end();
}
