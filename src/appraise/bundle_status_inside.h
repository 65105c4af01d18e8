/*
 * What the files of bundle_status.h share.
 */
#ifndef ASSAY_APPRAISE_BUNDLE_STATUS_INSIDE_H
#define ASSAY_APPRAISE_BUNDLE_STATUS_INSIDE_H

#include "appraise/bundle_status.h"

struct bundle_status_work {
	struct bundle_status *out;
	const struct bundle *bundle;
	const struct bundle_status_at *at;
	struct arena *a;
	bool full; /* of items or of memory */
};

/* One item without dates. Borrows what is given. */
void bundle_status_add(struct bundle_status_work *w, struct str label, struct str what,
	enum bundle_status_state state, struct str why);
/* One with dates: valid, expired or not yet. */
void bundle_status_dated(struct bundle_status_work *w, struct str label, struct str what,
	const struct certificate_validity *dates);
/* By the certificate's dates; its subject stands behind the name of its role. */
void bundle_status_certificate(struct bundle_status_work *w, struct str label, const char *role,
	const struct certificate *c);
/* The same of its bytes, which may be none of a certificate. */
void bundle_status_der(
	struct bundle_status_work *w, struct str label, const char *role, struct span bytes);
/* The item that was added last is not what it must be; what was found wrong with it before stays. */
void bundle_status_blame(
	struct bundle_status_work *w, enum bundle_status_state state, const struct err *e);
/* The same, unless ok. */
void bundle_status_test(
	struct bundle_status_work *w, bool ok, enum bundle_status_state state, const struct err *e);
/* A root of the trust file for that hardware has this digest. */
bool bundle_status_trusts(const struct bundle_status_work *w, enum trust_hardware hardware,
	const uint8_t sha256[static SHA256_SIZE]);
/* The item that was added last is a root, trusted or not: "the root of the chain is ...". */
void bundle_status_root(struct bundle_status_work *w, bool trusted, const struct err *e);
/* A copy of the text of an error. */
struct str bundle_status_why(struct bundle_status_work *w, const struct err *e);
/* arena_printf, which notes that memory ran out. */
struct str bundle_status_text(struct bundle_status_work *w, const char *fmt, ...) PRINTF_LIKE(2, 3);

/* What stands behind a report of SEV-SNP, which lies in that part. */
void bundle_status_snp(struct bundle_status_work *w, const char *label, struct span report);
/* What stands behind the bundle's TDX quote. */
void bundle_status_tdx(struct bundle_status_work *w);
/* The bundle's document of Nitro. */
void bundle_status_nitro(struct bundle_status_work *w);

#endif
