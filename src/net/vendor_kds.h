/*
 * AMD's Key Distribution Service (AMD 57230, section 4): the VCEK of one chip at one TCB, the authorities behind VCEKs and
 * VLEKs of a product line, and their ARK's list of revoked ones.
 *
 *   /vcek/v1/PRODUCT/HWID?blSPL=..&teeSPL=..&snpSPL=..&ucodeSPL=..  (Turin: fmcSPL, too)   DER
 *   /vcek/v1/PRODUCT/cert_chain, /vlek/v1/PRODUCT/cert_chain                                PEM
 *   /vcek/v1/PRODUCT/crl, /vlek/v1/PRODUCT/crl                                              DER
 *
 * In the cache a VCEK lies under chip and TCB, for which there is one and no other; a list counts until its next update.
 */
#ifndef ASSAY_NET_VENDOR_KDS_H
#define ASSAY_NET_VENDOR_KDS_H

#include "evidence/bundle.h"
#include "net/vendor.h"

#define VENDOR_KDS_URL "https://kdsintf.amd.com"

/*
 * Adds what a bundle with an SEV-SNP report lacks at v->at_unix; a VCEK that is not of the report's chip and TCB is not
 * taken. Memory from a. Fails as vendor_ask; NOTFOUND for what the service gives to nobody (a VLEK, the VCEK of a masked chip id).
 */
bool vendor_kds_fetch(
	struct bundle *b, const struct vendor *v, struct arena *a, struct err *e) MUST_CHECK;

#endif
