/*
 * AMD's Key Distribution Service (AMD 57230, section 4): the VCEK of one chip at one TCB, the authorities behind VCEKs and
 * VLEKs of a product line, and their ARK's list of revoked ones.
 *
 *   /vcek/v1/PRODUCT/HWID?blSPL=..&teeSPL=..&snpSPL=..&ucodeSPL=..  (Turin: fmcSPL, too)   DER
 *   /vcek/v1/PRODUCT/cert_chain, /vlek/v1/PRODUCT/cert_chain                                PEM
 *   /vcek/v1/PRODUCT/crl, /vlek/v1/PRODUCT/crl                                              DER
 *
 * In the cache a VCEK lies under chip and TCB, for which there is one and no other; for lists see vendor_list.h.
 */
#ifndef ASSAY_NET_VENDOR_KDS_H
#define ASSAY_NET_VENDOR_KDS_H

#include "evidence/bundle.h"
#include "net/vendor.h"

#define VENDOR_KDS_URL "https://kdsintf.amd.com"

/*
 * Adds the certificates that a bundle with an SEV-SNP report lacks, or has and that do not hold, and the newest list of revoked
 * ones; what does not hold up to a root of v->at is neither taken nor kept. Memory from a. Fails as vendor_list_get; NOTFOUND
 * for what the service gives to nobody (a VLEK, the VCEK of a masked chip id).
 */
bool vendor_kds_fetch(
	struct bundle *b, const struct vendor *v, struct arena *a, struct err *e) MUST_CHECK;

#endif
