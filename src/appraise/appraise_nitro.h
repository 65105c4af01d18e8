/*
 * Appraising an attestation document of AWS Nitro: of an enclave, or of an instance with a NitroTPM.
 *
 * In this order: the COSE structure ("cose-form", "cose-header"), the rules of the payload ("document-rules"), its
 * certificates ("certificates", "root", "chain-profile", "chain-signatures", "certificate-time", "revocation", "module"),
 * the signature by the leaf ("signature"). Only what all of these but the time stand behind is looked at further: kind
 * ("document-kind"), age ("age"), debug mode ("debug"), registers ("pcr-0.sha384"), what whoever asked put into it
 * ("binding", "report-data", "nonce", "user-data", "public-key"). Then who vouches, and for which image ("vouched", "image"),
 * and what is covered ("coverage").
 *
 * Live, certificates are held against now; in archive mode (of the policy's freshness, or of its member nitro) against the
 * time that the document says it was made at, since they live for hours.
 */
#ifndef ASSAY_APPRAISE_APPRAISE_NITRO_H
#define ASSAY_APPRAISE_APPRAISE_NITRO_H

#include "appraise/appraise.h"

/*
 * True when there is a verdict, whatever it says. Borrowed from the arguments and a. Fails: USAGE for a policy that requires
 * nothing or a shape of another platform, LIMIT when a is full.
 */
bool appraise_nitro(struct appraise_out *ret, const struct appraise_in *in, struct arena *a,
	struct err *e) MUST_CHECK;

#endif
