/*
 * Whole worlds of an SEV-SNP report: root, intermediate, leaf and report that fit, of each product line and kind of key. The
 * tests take one as honest and change one thing before it is made.
 */
#ifndef ASSAY_TEST_SNP_WORLD_H
#define ASSAY_TEST_SNP_WORLD_H

#include "snp_made.h"

static EVP_PKEY *ark_key, *ask_key, *leaf_key, *other_rsa, *other_ec, *p256_key;

/* Everything that a case may change before it is made. */
struct world {
	struct snp_made_certificate ark, ask, leaf;
	struct snp_made_report report;
	enum snp_product product;
	int64_t at, leeway;
};

static char milan_hwid[64], turin_hwid[8];

#define LEVEL(arcs, der)                                      \
	{                                                     \
		SNP_MADE_OID arcs, der, sizeof der - 1, false \
	}

__attribute__((unused)) static struct snp_made_certificate authority(
	const char *subject, EVP_PKEY *key, long serial, const char *ca, const char *usage)
{
	return (struct snp_made_certificate){ .subject = subject,
		.issuer = "ARK-Milan",
		.key = key,
		.signer = ark_key,
		.version = X509_VERSION_3,
		.ca = ca,
		.usage = usage,
		.serial = serial,
		.from = SNP_MADE_NOW - 1000 * (int64_t)SNP_MADE_DAY,
		.to = SNP_MADE_NOW + 1000 * (int64_t)SNP_MADE_DAY };
}

__attribute__((unused)) static struct world milan(void)
{
	static const struct snp_made_extension extensions[] = { LEVEL(".1", "\x02\x01\x00"),
		LEVEL(".2", "\x16\x08Milan-B0"), LEVEL(".3.1", "\x02\x01\x04"),
		LEVEL(".3.2", "\x02\x01\x00"), LEVEL(".3.4", "\x02\x01\x00"),
		LEVEL(".3.3", "\x02\x01\x17"), LEVEL(".3.8", "\x02\x02\x00\xd5"),
		{ SNP_MADE_OID ".4", milan_hwid, sizeof milan_hwid, false } };
	struct world w = {
		.ark = authority("ARK-Milan", ark_key, 65536, "critical,CA:TRUE",
			"critical,keyCertSign,cRLSign"),
		.ask = authority("SEV-Milan", ask_key, 65537, "critical,CA:TRUE,pathlen:0",
			"critical,keyCertSign"),
		.leaf = authority("SEV-VCEK", leaf_key, 0, NULL, NULL),
		.report = snp_made_report(3),
		.product = SNP_MILAN,
		.at = SNP_MADE_NOW,
	};

	w.leaf.issuer = "SEV-Milan";
	w.leaf.signer = ask_key;
	w.leaf.from = SNP_MADE_NOW - 10 * (int64_t)SNP_MADE_DAY;
	w.leaf.to = SNP_MADE_NOW + 10 * (int64_t)SNP_MADE_DAY;
	memcpy(w.leaf.extensions, extensions, sizeof extensions);
	return w;
}

__attribute__((unused)) static struct world vlek(void)
{
	struct world w = milan();

	w.ask.subject = w.leaf.issuer = "SEV-VLEK-Milan";
	w.leaf.subject = "SEV-VLEK";
	w.leaf.extensions[1] = (struct snp_made_extension)LEVEL(".2", "\x16\x05Milan");
	w.leaf.extensions[7] = (struct snp_made_extension)LEVEL(".5", "\x16\x05"
								      "cloud");
	memset(w.report.bytes + 0x1a0, 0, 64);
	snp_made_put(&w.report, 0x048, 4, 4);
	return w;
}

__attribute__((unused)) static struct world turin(void)
{
	static const size_t tcbs[] = { 0x038, 0x180, 0x1e0, 0x1f0 };
	struct world w = milan();

	w.product = SNP_TURIN;
	w.ark.subject = w.ark.issuer = w.ask.issuer = "ARK-Turin";
	w.ask.subject = w.leaf.issuer = "SEV-Turin";
	w.leaf.extensions[1] = (struct snp_made_extension)LEVEL(".2", "\x16\x05Turin");
	w.leaf.extensions[7] = (struct snp_made_extension){ SNP_MADE_OID ".4", turin_hwid,
		sizeof turin_hwid, false };
	w.leaf.extensions[8] = (struct snp_made_extension)LEVEL(".3.9", "\x02\x01\x09");
	w.report = snp_made_report(5);
	snp_made_put(&w.report, 0x188, 0x01021a, 3);
	memset(w.report.bytes + 0x1a8, 0, 56);
	for (size_t i = 0; i < ARRAY_LEN(tcbs); i++)
		snp_made_put(&w.report, tcbs[i], UINT64_C(0xd500000017000409), 8);
	return w;
}

/* A Genoa differs from a Milan in names and CPUID. */
__attribute__((unused)) static struct world genoa(void)
{
	struct world w = milan();

	w.product = SNP_GENOA;
	w.ark.subject = w.ark.issuer = w.ask.issuer = "ARK-Genoa";
	w.ask.subject = w.leaf.issuer = "SEV-Genoa";
	w.leaf.extensions[1] = (struct snp_made_extension)LEVEL(".2", "\x16\x05Genoa");
	snp_made_put(&w.report, 0x188, 0x011119, 3);
	return w;
}

__attribute__((unused)) static void snp_world_keys(void)
{
	ark_key = snp_made_rsa(4096, 4);
	ask_key = snp_made_rsa(4096, 4);
	other_rsa = snp_made_rsa(2048, 3);
	leaf_key = EVP_PKEY_Q_keygen(NULL, NULL, "EC", "P-384");
	other_ec = EVP_PKEY_Q_keygen(NULL, NULL, "EC", "P-384");
	p256_key = EVP_PKEY_Q_keygen(NULL, NULL, "EC", "P-256");
	memset(milan_hwid, 0xc1, sizeof milan_hwid);
	memset(turin_hwid, 0xc1, sizeof turin_hwid);
}

__attribute__((unused)) static void snp_world_done(void)
{
	EVP_PKEY *const all[] = { ark_key, ask_key, other_rsa, leaf_key, other_ec, p256_key };

	for (size_t i = 0; i < ARRAY_LEN(all); i++)
		EVP_PKEY_free(all[i]);
}

#endif
