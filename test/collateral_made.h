/*
 * Evidence of SEV-SNP and TDX with all that a verifier needs beside it, by the authorities of snp_made.h and tdx_authority.h,
 * for any day: leaves and documents are valid from ten days before it to ten days after it, authorities for longer.
 */
#ifndef ASSAY_TEST_COLLATERAL_MADE_H
#define ASSAY_TEST_COLLATERAL_MADE_H

#include "base/utc.h"
#include "tdx_documents.h"
#include "tdx_quote_made.h"
#include "trust/trust_file.h"
#include "unit/snp_made.h"

struct collateral_snp {
	EVP_PKEY *ark_key, *ask_key, *leaf_key;
	struct snp_made_report report;
	struct buf vcek, ask, ark, crl; /* DER */
	struct buf other_vcek;          /* the same key's, for another TCB */
};

struct collateral_tdx {
	struct buf quote, tcb_info, qe_identity; /* the documents as the service answers */
	struct buf chain;                        /* PEM, of the signer of both */
	struct buf pck_crl, root_crl;            /* DER */
	struct buf other_tcb_info;               /* of another FMSPC */
	struct buf next_tcb_info;                /* of the next evaluation, issued a day before */
	uint8_t root_sha256[SHA256_SIZE];
};

#define COLLATERAL_LEVEL(arcs, der)                           \
	{                                                     \
		SNP_MADE_OID arcs, der, sizeof der - 1, false \
	}

static struct buf collateral_der(const struct snp_made_certificate *m)
{
	struct certificate *c = snp_made_certificate(m);
	struct buf b = buf_init(1 << 16);

	certificate_put(&b, c);
	certificate_free(c);
	return b;
}

static struct snp_made_certificate collateral_authority(
	const char *subject, EVP_PKEY *key, EVP_PKEY *signer, int64_t at)
{
	return (struct snp_made_certificate){ .subject = subject,
		.issuer = "ARK-Milan",
		.key = key,
		.signer = signer,
		.version = X509_VERSION_3,
		.ca = "critical,CA:TRUE",
		.usage = "critical,keyCertSign,cRLSign",
		.serial = 65536,
		.from = at - 1000 * (int64_t)SNP_MADE_DAY,
		.to = at + 1000 * (int64_t)SNP_MADE_DAY };
}

static struct buf collateral_leaf(const struct collateral_snp *s, const char *microcode, int64_t at)
{
	static char hwid[SNP_REPORT_CHIP_ID_SIZE];
	const struct snp_made_extension extensions[] = { COLLATERAL_LEVEL(".1", "\x02\x01\x00"),
		COLLATERAL_LEVEL(".2", "\x16\x08Milan-B0"),
		COLLATERAL_LEVEL(".3.1", "\x02\x01\x04"), COLLATERAL_LEVEL(".3.2", "\x02\x01\x00"),
		COLLATERAL_LEVEL(".3.3", "\x02\x01\x17"),
		{ SNP_MADE_OID ".3.8", microcode, 4, false },
		{ SNP_MADE_OID ".4", hwid, sizeof hwid, false } };
	struct snp_made_certificate leaf = collateral_authority(
		"SEV-VCEK", s->leaf_key, s->ask_key, at);

	memset(hwid, 0xc1, sizeof hwid);
	leaf.issuer = "SEV-Milan";
	leaf.ca = leaf.usage = NULL;
	leaf.serial = 0;
	leaf.from = at - 10 * (int64_t)SNP_MADE_DAY;
	leaf.to = at + 10 * (int64_t)SNP_MADE_DAY;
	memcpy(leaf.extensions, extensions, sizeof extensions);
	return collateral_der(&leaf);
}

/* A report of that version of a Milan, and what stands behind it. */
__attribute__((unused)) static struct collateral_snp collateral_snp(uint32_t version, int64_t at)
{
	struct collateral_snp s = { .ark_key = snp_made_rsa(4096, 4),
		.ask_key = snp_made_rsa(4096, 4),
		.leaf_key = EVP_PKEY_Q_keygen(NULL, NULL, "EC", "P-384"),
		.report = snp_made_report(version) };
	struct snp_made_certificate ark = collateral_authority(
		"ARK-Milan", s.ark_key, s.ark_key, at);
	struct snp_made_certificate ask = collateral_authority(
		"SEV-Milan", s.ask_key, s.ark_key, at);
	const struct snp_made_crl crl = { .issuer = "ARK-Milan",
		.signer = s.ark_key,
		.from = at - 10 * (int64_t)SNP_MADE_DAY,
		.to = at + 9 * (int64_t)SNP_MADE_DAY };

	ask.serial++;
	ask.ca = "critical,CA:TRUE,pathlen:0";
	ask.usage = "critical,keyCertSign";
	snp_made_sign(&s.report, s.leaf_key);
	s.ark = collateral_der(&ark);
	s.ask = collateral_der(&ask);
	s.vcek = collateral_leaf(&s, "\x02\x02\x00\xd5", at);
	s.other_vcek = collateral_leaf(&s, "\x02\x02\x00\xd4", at);
	s.crl = snp_made_crl(&crl);
	return s;
}

__attribute__((unused)) static void collateral_snp_done(struct collateral_snp *s)
{
	EVP_PKEY_free(s->ark_key);
	EVP_PKEY_free(s->ask_key);
	EVP_PKEY_free(s->leaf_key);
	buf_done(&s->vcek);
	buf_done(&s->ask);
	buf_done(&s->ark);
	buf_done(&s->crl);
	buf_done(&s->other_vcek);
}

/* The roots of both. */
__attribute__((unused)) static void collateral_trust(struct trust_hardware_root roots[static 2],
	const struct collateral_snp *s, const struct collateral_tdx *t)
{
	roots[0] = (struct trust_hardware_root){
		.name = STR("snp"), .hardware = TRUST_SNP, .product = SNP_MILAN
	};
	roots[1] = (struct trust_hardware_root){ .name = STR("tdx"), .hardware = TRUST_TDX };
	sha256_of(roots[0].sha256, buf_span(&s->ark));
	memcpy(roots[1].sha256, t->root_sha256, SHA256_SIZE);
}

static struct buf collateral_list(const char *issuer, EVP_PKEY *signer, int64_t at)
{
	const struct made_crl c = { .issuer = issuer,
		.signer = signer,
		.from = at - 10 * MADE_DAY,
		.to = at + 10 * MADE_DAY };

	return made_crl(&c);
}

static struct buf collateral_info(const struct made_tdx *m, const char *fmspc, unsigned later,
	const char *issue, const char *next)
{
	struct made_tcb_info info = made_honest_info();
	CLEANUP(buf_done) struct buf body = { 0 };

	info.fmspc = fmspc;
	info.evaluation += later;
	info.issue = issue;
	info.next = next;
	body = made_info_body(&info);
	return made_document("tcbInfo", (const char *)body.p, m->signing_key);
}

__attribute__((unused)) static struct collateral_tdx collateral_tdx(int64_t at)
{
	struct made_quote_spec spec = {
		.version = 4, .body_type = 2, .qe_svn = 4, .qe_mrsigner = { 0xdc }
	};
	struct made_identity identity = made_honest_identity();
	struct made_tdx m = made_honest();
	struct made_cert *const certs[] = { &m.root, &m.ca, &m.pck, &m.signing };
	CLEANUP(buf_done) struct buf body = { 0 };
	char issue[UTC_SIZE], next[UTC_SIZE], before[UTC_SIZE];
	struct collateral_tdx t;
	unsigned size = SHA256_SIZE;
	X509 *root;

	utc_write(issue, at - 10 * MADE_DAY);
	utc_write(next, at + 8 * MADE_DAY);
	for (size_t i = 0; i < ARRAY_LEN(certs); i++) {
		certs[i]->from = at - 100 * MADE_DAY;
		certs[i]->to = at + 100 * MADE_DAY;
	}
	identity.issue = issue;
	identity.next = next;
	body = made_identity_body(&identity);
	t.quote = made_tdx_quote(&m, &spec);
	t.tcb_info = collateral_info(&m, "90C06F000000", 0, issue, next);
	t.other_tcb_info = collateral_info(&m, "00806F050000", 0, issue, next);
	utc_write(before, at - 11 * MADE_DAY);
	t.next_tcb_info = collateral_info(&m, "90C06F000000", 1, before, next);
	t.qe_identity = made_document("enclaveIdentity", (const char *)body.p, m.signing_key);
	t.chain = made_signing_chain(&m);
	root = made_x509(&m.root);
	CHECK(X509_digest(root, EVP_sha256(), t.root_sha256, &size) == 1);
	X509_free(root);
	t.pck_crl = collateral_list(MADE_PLATFORM, m.ca_key, at);
	t.root_crl = collateral_list(MADE_ROOT, m.root_key, at);
	return t;
}

__attribute__((unused)) static void collateral_tdx_done(struct collateral_tdx *t)
{
	buf_done(&t->quote);
	buf_done(&t->tcb_info);
	buf_done(&t->other_tcb_info);
	buf_done(&t->next_tcb_info);
	buf_done(&t->qe_identity);
	buf_done(&t->chain);
	buf_done(&t->pck_crl);
	buf_done(&t->root_crl);
}

#endif
