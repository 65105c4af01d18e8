#include "trust/snp_chain.h"

#include "snp_made_chain.h"
#include "trust/snp_crl.h"
#include "trust/snp_signature.h"

static const char *chain_fails(const struct world *w, const struct snp_chain *chain,
	const struct snp_root *root, struct err *e)
{
	enum snp_product product = SNP_PRODUCT_UNKNOWN;

	if (!snp_chain_root(&product, chain, root, 1, e) || product != w->product)
		return "root";
	if (!snp_chain_check_roles(chain, product, e))
		return "roles";
	if (!snp_chain_check_signatures(chain, e))
		return "chain";
	if (!snp_chain_check_time(chain, w->at, w->leeway, e))
		return "time";
	return NULL;
}

static const char *leaf_fails(const struct world *w, const struct snp_chain *chain,
	const struct snp_report *report, struct err *e)
{
	struct snp_leaf leaf;

	if (!snp_leaf_read(&leaf, chain->leaf, e))
		return "leaf";
	if (!snp_leaf_check_signing_key(&leaf, report, e))
		return "signing-key";
	if (!snp_leaf_check_product(&leaf, report, w->product, e))
		return "product";
	if (!snp_leaf_check_tcb(&leaf, report, w->product, e))
		return "tcb";
	if (!snp_leaf_check_chip(&leaf, report, w->product, e))
		return "chip";
	return snp_signature_verify(report, chain->leaf, e) ? NULL : "signature";
}

/* Makes the world and asks everything of it: NULL, or the check that fails. */
static const char *fails(struct world *w, struct err *e)
{
	CLEANUP(made_done)
	struct made m = { snp_made_certificate(&w->ark), snp_made_certificate(&w->ask),
		snp_made_certificate(&w->leaf), w->report };
	const struct certificate *const others[] = { m.ark, m.ask };
	struct snp_root root = { .product = w->product };
	struct snp_chain chain = { 0 };
	struct snp_report report = { 0 };
	const char *name;

	snp_made_sign(&m.report, leaf_key);
	if (!snp_report_parse(&report, SPAN_OF(m.report.bytes), e))
		return "parse";
	if (!snp_chain_pick(&chain, m.leaf, others, 2, e))
		return "pick";
	certificate_sha256(root.sha256, m.ark);
	name = chain_fails(w, &chain, &root, e);
	return name ? name : leaf_fails(w, &chain, &report, e);
}

static void want(struct world w, const char *name, const char *says, int line)
{
	struct err e = { 0 };
	const char *got = fails(&w, &e);
	bool ok = got && name ? !strcmp(got, name) && (!says || strstr(e.text, says)) : got == name;

	test_report(ok, __FILE__, line, says ? says : name ? name : "holds");
	if (!ok)
		fprintf(stderr, "  got %s: %s\n", got ? got : "holds", e.text);
}

/* One honest world with one thing changed. */
#define TWIN(honest_one, name, says, ...)      \
	do {                                   \
		struct world w = honest_one(); \
		__VA_ARGS__;                   \
		want(w, name, says, __LINE__); \
	} while (0)
#define EXT(i, arcs, der) w.leaf.extensions[i] = (struct snp_made_extension)LEVEL(arcs, der)

static void honest(void)
{
	TWIN(milan, NULL, NULL, (void)w);
	TWIN(vlek, NULL, NULL, (void)w);
	TWIN(turin, NULL, NULL, (void)w);
	TWIN(milan, NULL, NULL, w.report = snp_made_report(2));
	TWIN(milan, NULL, NULL, w.leaf.extensions[4].oid = SNP_MADE_OID ".3.7");
	TWIN(milan, NULL, NULL, w.ark.usage = NULL);
}

static void roles(void)
{
	TWIN(milan, "pick", "SEV-Genoa", w.leaf.issuer = "SEV-Genoa");
	TWIN(milan, "pick", "SEV?\?Genoa", w.leaf.issuer = "SEV\n\x7fGenoa");
	TWIN(milan, "pick", "ARK-Genoa", w.ask.issuer = "ARK-Genoa");
	TWIN(milan, "roles", "subject's common name is not 'SEV-VCEK'",
		w.leaf.subject = "SEV-Milan");
	TWIN(milan, "roles", "'SEV-VCEK'", w.leaf.subject = "SEV-VCEK2");
	TWIN(milan, "roles", "'SEV-VLEK-Milan'", w.leaf.subject = "SEV-VLEK");
	TWIN(vlek, "roles", "'SEV-Milan'", w.leaf.subject = "SEV-VCEK");
	TWIN(milan, "roles", "'SEV-Milan'", w.ask.subject = w.leaf.issuer = "ARK-Milan2");
	TWIN(milan, "roles", "ARK certificate", w.ark.subject = w.ask.issuer = "ARK-Genoa");
	TWIN(milan, "roles", "C of the subject is not 'US'",
		w.ark.country = w.ask.country = w.leaf.country = "DE");
	TWIN(milan, "roles", "OU of the subject is not 'Engineering'",
		w.ark.unit = w.ask.unit = w.leaf.unit = "Engineerin");
	TWIN(milan, "roles", "L of the subject is not 'Santa Clara'",
		w.ark.place = w.ask.place = w.leaf.place = "Santa Klara");
	TWIN(milan, "roles", "ST of the subject is not 'CA'",
		w.ark.state = w.ask.state = w.leaf.state = "NY");
	TWIN(milan, "roles", "O of the subject is not 'Advanced Micro Devices'",
		w.ark.company = w.ask.company = w.leaf.company = "Advanced Micro Devices, Inc");
	TWIN(milan, "roles", "the name of the subject has 7 parts, want 6",
		w.ark.more_name = w.ask.more_name = w.leaf.more_name = "Engineering");
	TWIN(milan, "roles", "ARK certificate: X.509 version 1", w.ark.version = 0);
	TWIN(milan, "roles", "ASK certificate: X.509 version 2", w.ask.version = 1);
	TWIN(milan, "roles", "RSA of 4096", w.ark.key = w.ark.signer = w.ask.signer = other_rsa);
	TWIN(milan, "roles", "RSA of 4096", w.ask.key = w.leaf.signer = other_ec);
	TWIN(milan, "roles", "leaf certificate: an extension cannot be read",
		w.leaf.extensions[8] = (struct snp_made_extension){
			"2.5.29.19", "\x05\x00", 2, true });
	TWIN(milan, "roles", "ASK certificate: an extension cannot be read",
		w.ask.extensions[0] = (struct snp_made_extension){
			"2.5.29.19", "\x05\x00", 2, true });
	TWIN(milan, "roles", "ASK certificate: the critical extension 1.2.3.4",
		w.ask.extensions[0] = (struct snp_made_extension){
			"1.2.3.4", "\x05\x00", 2, true });
	TWIN(milan, NULL, NULL,
		w.leaf.extensions[8] = (struct snp_made_extension){
			"1.2.3.4", "\x05\x00", 2, false });
	TWIN(milan, "roles", "leaf certificate: X.509 version 1", w.leaf.version = 0);
	TWIN(milan, "roles", "RSA of 4096", w.ask.key = other_rsa);
	TWIN(milan, "roles", "P-384", w.leaf.key = p256_key);
	TWIN(milan, "roles", "P-384", w.leaf.key = other_rsa);
	TWIN(milan, "roles", "leaf certificate is one of an authority",
		w.leaf.ca = "critical,CA:TRUE");
	TWIN(milan, "roles", "ASK certificate is not one of an authority", w.ask.ca = NULL);
	TWIN(milan, "roles", "ASK certificate is not", w.ask.ca = "critical,CA:FALSE";
		w.ask.usage = NULL);
	TWIN(milan, "roles", "ARK certificate is not", w.ark.ca = NULL; w.ark.usage = NULL);
	TWIN(milan, "roles", "key usage", w.ask.usage = "critical,digitalSignature");
	TWIN(milan, "roles", "critical extension 1.2.3.4",
		w.leaf.extensions[8] = (struct snp_made_extension){
			"1.2.3.4", "\x05\x00", 2, true });
}

static void signatures(void)
{
	TWIN(milan, "chain", "leaf certificate 'SEV-VCEK' is not signed by 'SEV-Milan'",
		w.leaf.signer = ark_key);
	TWIN(milan, "chain", "ASK certificate 'SEV-Milan' is not signed by 'ARK-Milan'",
		w.ask.signer = ask_key);
	TWIN(milan, "chain", "leaf certificate is not signed with", w.leaf.hash = "SHA256");
	TWIN(milan, "chain", "leaf certificate is not signed with", w.leaf.salt = 32);
	TWIN(milan, "chain", "leaf certificate is not signed with", w.leaf.salt = -1);
	TWIN(milan, "chain", "ASK certificate is not signed with", w.ask.salt = -1);
	TWIN(milan, "chain", "leaf certificate is not signed with", w.leaf.signer = other_ec);
	TWIN(milan, "signature", "does not verify", w.leaf.key = other_ec);
}

static void times(void)
{
	TWIN(milan, "time", "leaf certificate is not valid any more", w.at = w.leaf.to + 1);
	TWIN(milan, "time", "clock", w.at = w.leaf.from - 1);
	TWIN(milan, NULL, NULL, w.at = w.leaf.to);
	TWIN(milan, NULL, NULL, w.at = w.leaf.from);
	TWIN(milan, NULL, NULL, w.at = w.leaf.to + 60; w.leeway = 60);
	TWIN(milan, "time", NULL, w.at = w.leaf.to + 61; w.leeway = 60);
	TWIN(milan, NULL, NULL, w.at = w.leaf.from - 60; w.leeway = 60);
	TWIN(milan, "time", NULL, w.at = w.leaf.from - 61; w.leeway = 60);
	TWIN(milan, "time", "out of range", w.leeway = -1);
	TWIN(milan, "time", "out of range", w.at = INT64_MAX; w.leeway = 1);
	TWIN(milan, "time", "ASK certificate is not valid yet", w.ask.from = w.at + 1);
	TWIN(milan, "time", "ARK certificate is not valid any more", w.ark.to = w.at - 1);
}

/* Each of AMD's extensions is needed; the reserved levels may be absent. */
static void absent(void)
{
	static const struct {
		int i;
		const char *check, *says;
	} cases[] = { { 0, "product", "structure version" }, { 1, "product", "product name" },
		{ 2, "tcb", "boot loader" }, { 3, "tcb", "TEE" }, { 4, NULL, NULL },
		{ 5, "tcb", "SNP firmware" }, { 6, "tcb", "microcode" },
		{ 7, "chip", "hardware id" } };

	for (size_t i = 0; i < ARRAY_LEN(cases); i++)
		TWIN(milan, cases[i].check, cases[i].says,
			w.leaf.extensions[cases[i].i].value = NULL);
	TWIN(turin, "tcb", "FMC", w.leaf.extensions[8].value = NULL);
	TWIN(vlek, "chip", "cloud provider", w.leaf.extensions[7].value = NULL);
}

static void extensions(void)
{
	TWIN(milan, "product", "'Genoa-B0'", EXT(1, ".2", "\x16\x08Genoa-B0"));
	TWIN(milan, "leaf", "tag 0c", EXT(1, ".2", "\x0c\x05Milan"));
	TWIN(milan, NULL, NULL, EXT(1, ".2", "\x16\x08Milan- ~"));
	TWIN(milan, "leaf", "no text", EXT(1, ".2", "\x16\x00"));
	TWIN(milan, "leaf", "no text", EXT(1, ".2", "\x16\x06Milan\x01"));
	TWIN(milan, "leaf", "behind its end", EXT(1, ".2", "\x16\x05Milan!"));
	TWIN(milan, "tcb", "boot loader of the certificate is 3", EXT(2, ".3.1", "\x02\x01\x03"));
	TWIN(milan, "tcb", "TEE", EXT(3, ".3.2", "\x02\x01\x01"));
	TWIN(milan, "tcb", "SNP firmware", EXT(5, ".3.3", "\x02\x01\x18"));
	TWIN(milan, "tcb", "microcode", EXT(6, ".3.8", "\x02\x02\x00\xd4"));
	TWIN(turin, "tcb", "FMC", EXT(8, ".3.9", "\x02\x01\x08"));
	TWIN(milan, "tcb", "which Milan has not", EXT(8, ".3.9", "\x02\x01\x00"));
	TWIN(milan, "leaf", "reserved patch level", EXT(4, ".3.4", "\x02\x01\x01"));
	TWIN(milan, "leaf", "no number", EXT(6, ".3.8", "\x02\x01\xd5"));
	TWIN(milan, "leaf", "no number", EXT(2, ".3.1", "\x02\x02\x00\x04"));
	TWIN(milan, "leaf", "no number", EXT(2, ".3.1", "\x02\x02\x01\x04"));
	TWIN(milan, "leaf", "no number", EXT(2, ".3.1", "\x02\x00"));
	TWIN(milan, "leaf", "no number", EXT(2, ".3.1", "\x02\x03\x00\x00\x04"));
	TWIN(milan, "leaf", "tag 04", EXT(2, ".3.1", "\x04\x01\x04"));
	TWIN(milan, "leaf", "behind its end", EXT(2, ".3.1", "\x02\x01\x04\x00"));
	TWIN(milan, "leaf", ".3704.1.6", EXT(8, ".6", "\x02\x01\x00"));
	TWIN(milan, "leaf", ".3.1 is there twice", EXT(8, ".3.1", "\x02\x01\x04"));
	TWIN(vlek, "chip", "names a chip", w.leaf.extensions[8] = milan().leaf.extensions[7]);
}

/* Texts of AMD's extensions up to their limit, and letters beside those that are printed. */
static void texts(void)
{
	static char longest[2 + 129] = "\x16\x7f";
	struct snp_made_extension text = { SNP_MADE_OID ".5", longest, 2 + 127, false };
	static const struct {
		uint8_t c;
		bool taken;
	} letters[] = { { 0x20, true }, { 0x7e, true }, { 0x1f, false }, { 0x7f, false },
		{ 0, false }, { 0xff, false } };

	memset(longest + 2, 'x', 127);
	TWIN(vlek, NULL, NULL, w.leaf.extensions[7] = text);
	for (size_t i = 0; i < ARRAY_LEN(letters); i++)
		for (size_t at = 2; at < 2 + 127; at += 126) {
			longest[at] = (char)letters[i].c;
			TWIN(vlek, letters[i].taken ? NULL : "leaf",
				letters[i].taken ? NULL : "no text", w.leaf.extensions[7] = text);
			longest[at] = 'x';
		}
	for (size_t n = 128; n <= 129; n++) {
		char longer[3 + 129] = "\x16\x81";

		longer[2] = (char)n;
		memset(longer + 3, 'x', n);
		text.value = longer;
		text.n = 3 + n;
		TWIN(vlek, n == 128 ? NULL : "leaf", n == 128 ? NULL : "no text of 1 to 128",
			w.leaf.extensions[7] = text);
	}
}

static void against_report(void)
{
	TWIN(milan, "signing-key", "1 (VLEK)", snp_made_put(&w.report, 0x048, 4, 4));
	TWIN(milan, "signing-key", "7 (none)", snp_made_put(&w.report, 0x048, 0x1c, 4));
	TWIN(milan, "signing-key", "2 (reserved)", snp_made_put(&w.report, 0x048, 8, 4));
	TWIN(vlek, "signing-key", "0 (VCEK)", snp_made_put(&w.report, 0x048, 0, 4));
	TWIN(milan, "product", "model 0x11 (Genoa)", snp_made_put(&w.report, 0x189, 0x11, 1));
	TWIN(milan, "product", "unknown", snp_made_put(&w.report, 0x188, 0x17, 1));
	TWIN(milan, "tcb", "REPORTED_TCB has 5", snp_made_put(&w.report, 0x180, 5, 1));
	TWIN(milan, "tcb", "REPORTED_TCB: ", snp_made_put(&w.report, 0x182, 1, 1));
	TWIN(milan, "tcb", "of CURRENT_TCB is 3, less", snp_made_put(&w.report, 0x038, 3, 1));
	TWIN(milan, NULL, NULL, snp_made_put(&w.report, 0x038, 5, 1));
	TWIN(milan, "chip", "masks", snp_made_put(&w.report, 0x048, 2, 4));
	TWIN(milan, "chip", "masks", memset(w.report.bytes + 0x1a0, 0, 64));
	TWIN(milan, "chip", "another chip", w.report.bytes[0x1a0 + 63] ^= 1);
	TWIN(turin, "chip", "another chip", w.report.bytes[0x1a0 + 7] ^= 1);
	TWIN(turin, "chip", "byte 8 is not zero", w.report.bytes[0x1a0 + 8] ^= 1);
	TWIN(milan, "chip", "is 8 bytes", w.leaf.extensions[7].n = 8);
	TWIN(turin, "chip", "is 7 bytes", w.leaf.extensions[7].n = 7);
}

/* Another ARK with the same name and key, and the roots of this program. */
static void pinned(void)
{
	struct world w = milan();
	CLEANUP(made_done)
	struct made m = { snp_made_certificate(&w.ark), snp_made_certificate(&w.ask),
		snp_made_certificate(&w.leaf), w.report };
	struct snp_chain chain = { m.leaf, m.ask, m.ark };
	enum snp_product product = SNP_PRODUCT_UNKNOWN;
	struct certificate_validity v = { 0 };
	struct err e = { 0 };

	CHECK_ERR(snp_chain_root(&product, &chain, snp_chain_roots, SNP_CHAIN_ROOTS, &e), e,
		ERR_SIGNATURE);
	CHECK(strstr(e.text, "ARK-Milan") && product == SNP_PRODUCT_UNKNOWN);
	CHECK_ERR(snp_chain_root(&product, &chain, NULL, 0, &e), e, ERR_SIGNATURE);
	CHECK_OK(snp_chain_validity(&v, &chain, &e), e);
	CHECK(v.from_unix == w.leaf.from && v.to_unix == w.leaf.to);
	CHECK_ERR(snp_chain_check_roles(&chain, SNP_PRODUCT_UNKNOWN, &e), e, ERR_USAGE);
}

static void lists(void)
{
	static const int64_t day = SNP_MADE_DAY;
	const struct snp_made_crl good = { "ARK-Milan", ark_key, 0, 4711, SNP_MADE_NOW - day,
		SNP_MADE_NOW + day, false };
	const struct {
		struct snp_made_crl crl;
		bool issuer, time, revoked; /* which hold */
	} cases[] = {
		{ good, true, true, true },
		{ { "ARK-Milan", ark_key, 0, 0, good.from, good.to, false }, true, true, true },
		{ { "ARK-Milan", ark_key, 0, 65537, good.from, good.to, false }, true, true,
			false },
		{ { "ARK-Milan", ark_key, 0, 65536, good.from, good.to, false }, true, true,
			false },
		{ { "ARK-Genoa", ark_key, 0, 4711, good.from, good.to, false }, false, true, true },
		{ { "ARK-Milan", ask_key, 0, 4711, good.from, good.to, false }, false, true, true },
		{ { "ARK-Milan", ark_key, -1, 4711, good.from, good.to, false }, false, true,
			true },
		{ { "ARK-Milan", ark_key, 0, 4711, good.from, good.to, true }, false, true, true },
		{ { "ARK-Milan", ark_key, 0, 4711, good.from, 0, false }, true, false, true },
		{ { "ARK-Milan", ark_key, 0, 4711, SNP_MADE_NOW + 1, good.to, false }, true, false,
			true },
		{ { "ARK-Milan", ark_key, 0, 4711, good.from, SNP_MADE_NOW - 1, false }, true,
			false, true },
	};
	struct world w = milan();
	CLEANUP(made_done)
	struct made m = { snp_made_certificate(&w.ark), snp_made_certificate(&w.ask),
		snp_made_certificate(&w.leaf), w.report };
	const struct snp_chain chain = { m.leaf, m.ask, m.ark };

	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		CLEANUP(buf_done) struct buf der = snp_made_crl(&cases[i].crl);
		CLEANUP(snp_crl_freep) struct snp_crl *crl = NULL;
		struct err e = { 0 };

		CHECK_OK(snp_crl_of_file(&crl, buf_span(&der), &e), e);
		CHECK(snp_crl_check_issuer(crl, &chain, &e) == cases[i].issuer);
		CHECK(snp_crl_check_time(crl, SNP_MADE_NOW, 0, &e) == cases[i].time);
		CHECK(snp_crl_check_revoked(crl, &chain, &e) == cases[i].revoked);
	}
}

static void list_bytes(void)
{
	const struct snp_made_crl good = { "ARK-Milan", ark_key, 0, 4711, SNP_MADE_NOW,
		SNP_MADE_NOW, false };
	CLEANUP(buf_done) struct buf der = snp_made_crl(&good);
	CLEANUP(buf_done) struct buf more = buf_init(1 << 17);
	struct snp_crl *crl = NULL;
	struct err e = { 0 };

	for (size_t n = 0; n < der.n; n++)
		CHECK_ERR(snp_crl_of_file(&crl, span_make(der.p, n), &e), e, ERR_FORMAT);
	buf_add(&more, der.p, der.n);
	buf_u8(&more, 0);
	CHECK_ERR(snp_crl_of_file(&crl, buf_span(&more), &e), e, ERR_FORMAT);
	more.n = 0;
	CHECK_ERR(snp_crl_of_file(&crl, buf_span(&more), &e), e, ERR_FORMAT);
	CHECK(strstr(e.text, "CRL is empty"));
	buf_fill(&more, 0, SNP_CRL_SIZE_MAX);
	CHECK_ERR(snp_crl_of_file(&crl, buf_span(&more), &e), e, ERR_FORMAT);
	buf_u8(&more, 0);
	CHECK_ERR(snp_crl_of_file(&crl, buf_span(&more), &e), e, ERR_LIMIT);
	CHECK(!crl);
}

int main(void)
{
	snp_world_keys();
	honest();
	roles();
	signatures();
	times();
	absent();
	extensions();
	against_report();
	texts();
	pinned();
	lists();
	list_bytes();
	snp_world_done();
	return test_end();
}
