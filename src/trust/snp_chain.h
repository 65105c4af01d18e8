/*
 * The chain behind an SEV-SNP report: ARK (root of a product line) -> ASK, or ASVK for leased keys -> VCEK or VLEK
 * (AMD 57230). All of AMD's certificates are signed with RSASSA-PSS, SHA-384 and a salt of 48 bytes; ARK and ASK are RSA
 * 4096, the leaves P-384. The root is only who has one of the digests below: a root that comes with the evidence is taken by
 * its digest and not by its name.
 *
 * Each check stands alone and says why it fails; a report is believed only when all have passed, and those of
 * snp_leaf.h and snp_signature.h, too. Revocation is snp_crl.h's.
 */
#ifndef ASSAY_TRUST_SNP_CHAIN_H
#define ASSAY_TRUST_SNP_CHAIN_H

#include "evidence/snp_product.h"
#include "trust/certificate.h"
#include "trust/certificate_validity.h"
#include "trust/snp_leaf.h"

enum { SNP_CHAIN_ROOTS = 3, SNP_CHAIN_LENGTH = 3, SNP_CHAIN_OTHERS_MAX = 16 };

struct snp_root {
	enum snp_product product;
	uint8_t sha256[32]; /* of the certificate in DER */
};

/* AMD's: ARK-Milan, ARK-Genoa, ARK-Turin. */
extern const struct snp_root snp_chain_roots[SNP_CHAIN_ROOTS];

/* Borrowed from the caller. */
struct snp_chain {
	const struct certificate *leaf, *ask, *ark;
};

/*
 * Finds the leaf's issuer and the issuer's issuer among others, by name, the first that there is; what is not on the way is
 * ignored, as is what comes behind SNP_CHAIN_OTHERS_MAX. Nothing is verified. Fails: NOTFOUND with the name that is missing.
 */
bool snp_chain_pick(struct snp_chain *ret, const struct certificate *leaf,
	const struct certificate *const *others, size_t n_others, struct err *e) MUST_CHECK;

/* What a chain is held against. */
struct snp_chain_trust {
	const struct snp_root *roots;
	size_t n_roots;
	int64_t at_unix, leeway_s;
};

/*
 * The same where others may have several certificates of one name, any of them forged: of all chains that names allow the
 * first that comes furthest (its root is trusted, then its signatures hold, then it is valid). Where there is one chain it is
 * that one, and nothing is verified; whatever is found is still to be checked.
 */
bool snp_chain_find(struct snp_chain *ret, const struct certificate *leaf,
	const struct certificate *const *others, size_t n_others,
	const struct snp_chain_trust *trust, struct err *e) MUST_CHECK;
/* Its root is trusted, its signatures hold, it is valid. */
bool snp_chain_holds(const struct snp_chain *chain, const struct snp_chain_trust *trust) MUST_CHECK;

/* The ARK is one of the roots: its line. Fails: SIGNATURE with the digest that was found. */
bool snp_chain_root(enum snp_product *ret, const struct snp_chain *chain,
	const struct snp_root *roots, size_t n_roots, struct err *e) MUST_CHECK;

/*
 * Each certificate is what its place wants: X.509 version 3, all parts of its name and of its issuer's, kind of key,
 * authority or none, no critical extension that nobody here understands. Fails: SIGNATURE.
 */
bool snp_chain_check_roles(
	const struct snp_chain *chain, enum snp_product product, struct err *e) MUST_CHECK;

/* The ARK signed the ASK, the ASK the leaf, each in AMD's way. Fails: SIGNATURE. */
bool snp_chain_check_signatures(const struct snp_chain *chain, struct err *e) MUST_CHECK;

/* One of these two; place: "ASK certificate", for the message. Fails: SIGNATURE. */
bool snp_chain_signed_by(const struct certificate *c, const struct certificate *by,
	const char *place, struct err *e) MUST_CHECK;

/* All three are valid at that time. Fails: SIGNATURE (it says that the clock may be wrong), FORMAT. */
bool snp_chain_check_time(
	const struct snp_chain *chain, int64_t at_unix, int64_t leeway_s, struct err *e) MUST_CHECK;
/* The time in which all three are valid, for who asks what expires when. */
bool snp_chain_validity(
	struct certificate_validity *ret, const struct snp_chain *chain, struct err *e) MUST_CHECK;

#endif
