/*
 * What a vendor makes anew from time to time: lists of revoked certificates, and documents on platforms. Evidence may come with
 * one, from a machine that would rather have an older one counted: so the vendor is always asked for its own, at most once a
 * day, and of what is there and what it gives the newer one stays. Of Intel's documents that is the one of the later evaluation,
 * of the same the one that was issued later: Intel goes on to issue documents of earlier evaluations.
 */
#ifndef ASSAY_NET_VENDOR_LIST_H
#define ASSAY_NET_VENDOR_LIST_H

#include "evidence/bundle.h"
#include "net/vendor.h"

struct vendor_list {
	const char *label; /* of the bundle's part: "snp.crl" */
	const char *
		elsewhere; /* of another part that may hold one: "snp.certificate-table CRL"; or NULL */
	const char *path, *cached;
	/* The part for the signer's certificates, the header in which they come, their name in the cache; NULL: none. */
	const char *chain, *header, *chain_cached;
};

/*
 * The bundle has the newest that is to be had, and it holds (bundle_status.h). A service that does not answer is told by v->warn,
 * if an older one that holds is there. Memory from a. Fails as vendor_ask; MISMATCH for an answer that does not hold, which is not
 * kept; FORMAT; then the bundle is as it was.
 */
bool vendor_list_get(struct bundle *b, const struct vendor *v, const struct vendor_list *l,
	struct arena *a, struct err *e) MUST_CHECK;

#endif
