/*
 * Intel's Provisioning Certification Service (PCS API version 4): what it says of one FMSPC's TCB levels and of its quoting
 * enclaves, and the lists of revoked certificates.
 *
 *   /tdx/certification/v4/tcb?fmspc=..          JSON; its signer's chain in the header TCB-Info-Issuer-Chain
 *   /tdx/certification/v4/qe/identity           JSON; SGX-Enclave-Identity-Issuer-Chain
 *   /sgx/certification/v4/pckcrl?ca=platform&encoding=der    DER; or ca=processor
 *
 * The root's list lies elsewhere (VENDOR_PCS_ROOT_CRL); a cache of the service in a data centre (PCCS) has it, in hex, at
 *   /sgx/certification/v4/rootcacrl
 */
#ifndef ASSAY_NET_VENDOR_PCS_H
#define ASSAY_NET_VENDOR_PCS_H

#include "evidence/bundle.h"
#include "net/vendor.h"

#define VENDOR_PCS_URL "https://api.trustedservices.intel.com"
#define VENDOR_PCS_ROOT_CRL_URL "https://certificates.trustedservices.intel.com"

/*
 * A bundle with a TDX quote gets the newest of each that is to be had: see vendor_list.h. is_cache: base is that of a PCCS,
 * which has the root's list, too. Documents are kept under the FMSPC. Memory from a. Fails as vendor_list_get.
 */
bool vendor_pcs_fetch(struct bundle *b, const struct vendor *v, bool is_cache, struct arena *a,
	struct err *e) MUST_CHECK;

#endif
