/*
 * Putting into a bundle what travels with evidence, from files as services and tools give them. Each file is parsed for what
 * its place wants before it is in; whether it fits the evidence is bundle_status.h's question, whether it holds the verdict's.
 */
#ifndef ASSAY_APPRAISE_BUNDLE_FILL_H
#define ASSAY_APPRAISE_BUNDLE_FILL_H

#include "evidence/bundle.h"

/*
 * By the labels of doc/protocol.md, of parts that the bundle's kind has; what was in the part before is replaced:
 *
 *   snp.certificate      certificates in DER or PEM, added to those that are there; or the host's table, which is snp.certificate-table
 *   tpm.ak-certificate   certificates in DER or PEM, added to those that are there; that of the AK itself goes first
 *   snp.crl, tdx.pck-crl, tdx.root-crl              a CRL in DER, PEM, or DER in hexadecimal
 *   tdx.tcb-info, tdx.qe-identity                   as Intel's service answers
 *   tdx.tcb-info-chain, tdx.qe-identity-chain       PEM, signer and root
 *   tdx.quote, tpm.quote, tpm.signature, log.cc, log.firmware    as they are
 *   tpm.pcrs             assay.pcr-values/1, or what tpm2_pcrread prints
 *
 * Borrows file; memory from a. Fails: USAGE for a part that such a bundle does not have, FORMAT and LIMIT with a hint of
 * what the file looks like; then the bundle is as it was.
 */
bool bundle_fill(struct bundle *b, const char *label, struct span file, struct arena *a,
	struct err *e) MUST_CHECK;

#endif
