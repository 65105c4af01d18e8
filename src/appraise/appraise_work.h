/*
 * An appraisal under way, and the checks that all kinds of evidence have in common: who vouches, what is covered, what a
 * register holds; appraise_fresh.h has whether it answers this verifier. For the appraise_KIND.c files.
 */
#ifndef ASSAY_APPRAISE_APPRAISE_WORK_H
#define ASSAY_APPRAISE_APPRAISE_WORK_H

#include "appraise/appraise.h"

struct appraise_work {
	const struct appraise_in *in;
	struct appraise_out *out;
	struct arena *a;
};

/* Makes room for what will be said, and notes "evidence-kind"; in and a are set. LIMIT. */
bool appraise_begin(struct appraise_work *w, struct err *e) MUST_CHECK;
/* Hands it over, unless some of it did not fit: LIMIT, and ret is untouched. */
bool appraise_end(
	struct appraise_out *ret, const struct appraise_work *w, struct err *e) MUST_CHECK;

/* Notes a check; result, claim and fail_value must be set. A check without a bank is about no register. */
void appraise_note(struct appraise_work *w, struct check c);
/* The same for a check that is passed when ok, and failed for the reason in e otherwise. */
void appraise_test(struct appraise_work *w, struct check c, bool ok, const struct err *e);
/* One that does not apply, for that reason. */
void appraise_skip(struct appraise_work *w, struct check c, struct str reason);

/*
 * For an error of a parser of evidence that takes memory from the arena: a limit of the format is a failed check, and one of
 * the memory is no verdict at all. need: more than that parser ever takes; where so much is to be had, it was not the memory.
 */
void appraise_limit(struct appraise_work *w, const struct err *e, size_t need);

/* Lower-case hex from the arena; of at most 128 bytes. */
struct str appraise_hex(struct appraise_work *w, struct span bytes);

/*
 * "image": the reference values are of an image that the policy names. "vouched": who stands behind them is accepted by the
 * trust file, and is whom the policy asks for. "statements": which of those that were given count for nothing, if any.
 */
void appraise_vouched(struct appraise_work *w);
/* Puts the names of its checks that must have passed into must, and says how many: with "image" where the policy names some. */
enum { APPRAISE_VOUCHED_MUST = 2 };
size_t appraise_vouched_must(
	const char *must[static APPRAISE_VOUCHED_MUST], const struct policy *p);
/* That is: "built here", "rebuilt by Alice and Bob", both with "and", "unsigned claim". */
struct str appraise_vouched_by(const struct appraise_work *w);
/*
 * "coverage": each of the layers (NULL at the end) hangs on a register of required, bits as platform.h numbers registers.
 * Without a shape that is a failure: nobody knows what a bare value covers.
 */
void appraise_covered(struct appraise_work *w, const char *const layers[], uint32_t required);

/* One register whose value is signed. */
struct appraise_register {
	unsigned reg;
	struct span value;          /* 48 bytes: SHA-384 */
	enum check_claim claim;     /* what it speaks for */
	bool required;              /* else it is listed and decides nothing */
	const struct span *allowed; /* values that the policy names */
	size_t n_allowed;
};
/*
 * "measurement.sha384", "mrtd.sha384", "rtmr-0.sha384", "pcr-4.sha384": the value is that of the shape; where there is no
 * shape, or the shape has none, one of those that the policy names. With both, both must agree. Notes the value in
 * out->signed_bank, and a difference in out->differing.
 */
void appraise_register(struct appraise_work *w, const struct appraise_register *r);
/*
 * What a claim may say where a register that speaks for it was compared and fits; else that it is not made, since nothing was
 * compared. A check that failed says more than either.
 */
struct verdict_claim appraise_compared(
	const struct appraise_work *w, enum check_claim claim, struct verdict_claim fits);
/*
 * The claim about the root file system: how, where the values that cover it hold and somebody vouches for them. After the checks
 * "coverage" and "vouched".
 */
struct verdict_claim appraise_file_system(
	const struct appraise_work *w, bool values_hold, struct str how);
/* The names that appraise_register gives to its check. LIMIT is an empty name. */
const char *appraise_register_check(struct appraise_work *w, unsigned reg);

#endif
