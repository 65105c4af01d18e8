/*
 * The certificate table that a host gives with an extended SEV-SNP report (AMD 56421, GHCB, SNP extended guest request;
 * auxblob of configfs-tsm): entries of 24 bytes { GUID (16), u32 offset, u32 size }, numbers little-endian, offsets from the
 * table's beginning, a zeroed entry behind the last; then the certificates, DER or PEM, and what pads the host's pages. A GUID
 * stands in the order of its text.
 *
 *   63da758d-e664-4564-adc5-f4b93be8accd VCEK   a8074bc2-a25a-483e-aae6-39c045a0b8a1 VLEK (leased)
 *   4ab7b379-bbac-4fe4-a02f-05aef327c782 ASK    c0b406a4-a803-4952-9743-3fb6014cd0ae ARK
 *   92f81bc3-5811-4d3d-97ff-d19f88dc67ea CRL
 *
 * The host fills it: nothing in it is believed, and entries of other GUIDs are a host's own business.
 */
#ifndef ASSAY_EVIDENCE_SNP_CERTS_H
#define ASSAY_EVIDENCE_SNP_CERTS_H

#include "base/err.h"
#include "base/span.h"

enum {
	SNP_CERTS_SIZE_MAX = 256 << 10,
	SNP_CERTS_ENTRIES_MAX = 32,
	SNP_CERTS_CERTIFICATE_MAX = 64 << 10,
};

enum snp_certs_kind {
	SNP_CERTS_VCEK,
	SNP_CERTS_VLEK,
	SNP_CERTS_ASK,
	SNP_CERTS_ARK,
	SNP_CERTS_CRL,
	SNP_CERTS_KINDS,
};

/* Borrows the table; a span with p NULL was not in it. */
struct snp_certs {
	struct span items[SNP_CERTS_KINDS];
	size_t n_others; /* entries of other GUIDs */
};

/* Nothing at all and all zeroes are an empty table. Fails: FORMAT (no end, an item outside or in the entries, a kind twice), LIMIT. */
bool snp_certs_parse(struct snp_certs *ret, struct span bytes, struct err *e) MUST_CHECK;

/* "VCEK" */
const char *snp_certs_name(enum snp_certs_kind kind);

#endif
