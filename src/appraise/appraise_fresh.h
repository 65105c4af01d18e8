/*
 * Whether evidence carries what the caller knows of, and whether that makes it fresh. Two questions: data that the caller
 * knows ("report-data") binds the evidence to something, to a TLS key perhaps, and old evidence is bound to it as well. Fresh
 * ("nonce") is what answers a nonce, or data of which the caller says that it was made for this exchange.
 */
#ifndef ASSAY_APPRAISE_APPRAISE_FRESH_H
#define ASSAY_APPRAISE_APPRAISE_FRESH_H

#include "appraise/appraise_work.h"

/* How a kind of evidence carries what it was asked with. */
struct appraise_carrier {
	/* What is signed carries want, which is not empty. Sets c->got, and where it fails perhaps c->fail_value; MISMATCH. */
	bool (*carries)(const void *of, struct check *c, struct span want, struct err *e);
	const void *of;
	bool bound; /* the nonce is that of the bundle's binding, which is what is carried */
};

/* "report-data" and "nonce". Data and nonces of zeroes are never carried: hardware reports zeroes when nobody asks. */
void appraise_fresh_answers(struct appraise_work *w, const struct appraise_carrier *by);

/*
 * The same and "binding" for hardware that signs a field of report data: it is the digest (SHA-512) of the bundle's binding,
 * or, for evidence without one, what it was asked with.
 */
void appraise_fresh(struct appraise_work *w, struct span signed_data, const char *field);

enum { APPRAISE_FRESH_MUST = 2 };

/* Which of the two must have passed, by what policy and caller ask. Returns how many. */
size_t appraise_fresh_must(
	const char *must[static APPRAISE_FRESH_MUST], const struct appraise_in *in);

/* The two without anything in them, for evidence of which nothing is signed. */
struct check appraise_fresh_nonce(void);
struct check appraise_fresh_report_data(void);

#endif
