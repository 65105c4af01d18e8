/*
 * What of an evidence bundle expires when, and what a verifier with the default policy would miss in it: certificates, CRLs
 * and signed documents with their dates, whether each fits the evidence, is signed by whom it must be, up to a root that is
 * trusted, and is not revoked. For that the verifier's own checks are asked. What the evidence says is not held against
 * anything, and of TPMs no signature is verified: a bundle that is complete is one that can be appraised, not a good one.
 */
#ifndef ASSAY_APPRAISE_BUNDLE_STATUS_H
#define ASSAY_APPRAISE_BUNDLE_STATUS_H

#include "evidence/bundle.h"
#include "trust/certificate_validity.h"
#include "trust/trust_file.h"

enum { BUNDLE_STATUS_ITEMS_MAX = 64 };

enum bundle_status_state {
	BUNDLE_STATUS_MISSING,
	BUNDLE_STATUS_UNREADABLE,
	BUNDLE_STATUS_UNFIT,         /* of another chip, another platform, another authority */
	BUNDLE_STATUS_BAD_SIGNATURE, /* not signed by whom it must be */
	BUNDLE_STATUS_UNTRUSTED, /* a root that is none of the vendor's and none of the trust file */
	BUNDLE_STATUS_REVOKED,
	BUNDLE_STATUS_EXPIRED,
	BUNDLE_STATUS_NOT_YET,
	BUNDLE_STATUS_VALID,    /* at the given time */
	BUNDLE_STATUS_TIMELESS, /* it is there and has no dates */
	BUNDLE_STATUS_NOT_NEEDED,
};

struct bundle_status_item {
	struct str
		label; /* as in doc/protocol.md; a word behind it for what lies inside of a part */
	struct str what; /* "VCEK of a Milan" */
	enum bundle_status_state state;
	bool has_dates;
	struct certificate_validity dates;
	uint64_t evaluation; /* tcbEvaluationDataNumber of one of Intel's documents; else 0 */
	struct str why;      /* of all states that are not good, and what else is to be said */
};

struct bundle_status {
	struct bundle_status_item items[BUNDLE_STATUS_ITEMS_MAX];
	size_t n;
	bool complete; /* all that a verifier needs is there and valid */
	size_t earliest; /* the item that expires first of those that are needed; n: none has a date */
};

/* When, and what is trusted. */
struct bundle_status_at {
	int64_t at_unix;
	const struct trust_file *trust; /* its roots of hardware beside the vendors'; NULL: none */
	bool any_root; /* whose the root is does not matter, as long as all below it holds */
};

/* Memory from a. Whatever the bundle holds is an item; fails only with LIMIT. */
bool bundle_status(struct bundle_status *ret, const struct bundle *b,
	const struct bundle_status_at *at, struct arena *a, struct err *e) MUST_CHECK;

/* Some item whose label begins so keeps a verifier from a verdict: it is missing, unfit, expired ... */
bool bundle_status_lacks(const struct bundle_status *s, const char *label);
/* The first of these, or NULL. */
const struct bundle_status_item *bundle_status_lacking(
	const struct bundle_status *s, const char *label);

/* "missing", "unreadable", "unfit", "bad-signature", "untrusted", "revoked", "expired", "not-yet", "valid", "timeless", "not-needed". */
const char *bundle_status_name(enum bundle_status_state state);
/* It does not keep a verifier from a verdict. */
bool bundle_status_is_good(enum bundle_status_state state);

#endif
