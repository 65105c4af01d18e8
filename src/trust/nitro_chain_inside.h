/*
 * What the files of nitro_chain.h share.
 */
#ifndef ASSAY_TRUST_NITRO_CHAIN_INSIDE_H
#define ASSAY_TRUST_NITRO_CHAIN_INSIDE_H

#include <openssl/x509.h>

#include "trust/nitro_chain.h"

/* Root first, leaf last: at least two. */
struct nitro_chain {
	X509 *x509[NITRO_DOCUMENT_CABUNDLE_MAX + 1];
	int64_t not_before[NITRO_DOCUMENT_CABUNDLE_MAX + 1];
	int64_t not_after[NITRO_DOCUMENT_CABUNDLE_MAX + 1];
	size_t n;
	uint8_t root_sha256[SHA256_SIZE];
};

/* SIGNATURE "certificate I of the chain (SUBJECT): WHY"; returns false. */
bool nitro_chain_wrong(const struct nitro_chain *c, size_t i, const char *why, struct err *e);

#endif
