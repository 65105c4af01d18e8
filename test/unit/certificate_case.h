/*
 * A root, an authority below it and the certificate of a TPM that fit; the tests take them as honest and change one thing before they
 * are made.
 */
#ifndef ASSAY_TEST_CERTIFICATE_CASE_H
#define ASSAY_TEST_CERTIFICATE_CASE_H

#include "tpm_made.h"
#include "trust/certificate.h"

enum { YEAR = 365 * 24 * 3600, NOW = 1767225600 };

#define EK_USAGE "2.23.133.8.1"
#define AK_USAGE "2.23.133.8.3"

static EVP_PKEY *root_key, *middle_key, *leaf_key, *other_key;

static const struct made_certificate root = { .subject = "root",
	.issuer = "root",
	.ca = true,
	.usage = "critical,keyCertSign",
	.from = NOW - YEAR,
	.to = NOW + YEAR };
static const struct made_certificate middle = { .subject = "middle",
	.issuer = "root",
	.ca = true,
	.usage = "critical,keyCertSign",
	.from = NOW - YEAR,
	.to = NOW + YEAR };
static const struct made_certificate leaf = { .subject = "leaf",
	.issuer = "middle",
	.eku = EK_USAGE,
	.usage = "critical,keyEncipherment",
	.from = NOW - 1000,
	.to = NOW + 1000 };

struct certs {
	struct made_certificate root, middle, leaf;
	enum certificate_purpose purpose;
	int64_t at, leeway;
	bool no_root, no_middle, root_is_middle, foreign_root;
};

__attribute__((unused)) static struct certs honest(void)
{
	struct certs c = { root, middle, leaf, CERTIFICATE_EK, NOW, 0, false, false, false, false };

	c.root.key = c.root.signer = c.middle.signer = root_key;
	c.middle.key = c.leaf.signer = middle_key;
	c.leaf.key = leaf_key;
	return c;
}

__attribute__((unused)) static struct certificate *made(const struct made_certificate *m)
{
	CLEANUP(buf_done) struct buf der = made_certificate(m);
	struct certificate *c = NULL;
	struct err e = { 0 };

	CHECK_OK(certificate_of_der(&c, buf_span(&der), &e), e);
	return c;
}

__attribute__((unused)) static void keys_new(void)
{
	root_key = made_ecc("P-256");
	middle_key = made_ecc("P-256");
	other_key = made_ecc("P-256");
	leaf_key = made_rsa();
}

__attribute__((unused)) static void keys_free(void)
{
	EVP_PKEY_free(root_key);
	EVP_PKEY_free(middle_key);
	EVP_PKEY_free(other_key);
	EVP_PKEY_free(leaf_key);
}

/* The path of the case, in which its first root must be the one that is found. */
__attribute__((unused)) static bool verify(const struct certs *c, struct err *e)
{
	CLEANUP(certificate_freep) struct certificate *r = made(&c->root);
	CLEANUP(certificate_freep) struct certificate *m = made(&c->middle);
	CLEANUP(certificate_freep) struct certificate *l = made(&c->leaf);
	struct made_certificate f = c->root;
	CLEANUP(certificate_freep) struct certificate *foreign = NULL;
	const struct certificate *others[] = { m, r };
	const struct certificate *roots[1];
	struct certificate_chain chain = { .leaf = l,
		.others = others,
		.n_others = c->no_middle ? 0 : 2,
		.roots = roots,
		.n_roots = c->no_root ? 0 : 1 };
	size_t which = 9;

	f.key = f.signer = other_key;
	foreign = made(&f);
	roots[0] = c->foreign_root ? foreign : c->root_is_middle ? m : r;
	return certificate_verify(&chain, c->purpose, c->at, c->leeway, &which, e) && which == 0;
}

#endif
