/* Who stands behind the reference values. */
#include "appraise/appraise_work.h"

#include "base/banned.h"

static bool built_here(const struct appraise_in *in)
{
	return in->vouch == APPRAISE_BUILT_HERE;
}

/* Rebuilders count only where the trust file says how many; whoever made the outcome, it was asked for so many. */
static bool rebuilt(const struct appraise_in *in)
{
	return in->quorum && in->quorum->vouched && in->trust->rebuilders_needed &&
	       in->quorum->n >= in->trust->rebuilders_needed;
}

struct str appraise_vouched_by(const struct appraise_work *w)
{
	if (built_here(w->in))
		return STR("built here");
	if (rebuilt(w->in))
		return arena_printf(w->a, "rebuilt by %.*s", STR_ARG(w->in->quorum->who));
	return STR("unsigned claim");
}

static struct str wanted(const struct appraise_work *w)
{
	const struct trust_file *t = w->in->trust;

	if (!t->rebuilders_needed)
		return t->accept_unsigned ? STR("built here, or an unsigned claim")
					  : STR("built here");
	return arena_printf(w->a, "built here, or rebuilt by %zu of %zu operators%s",
		t->rebuilders_needed, t->rebuilders.n_operators,
		t->accept_unsigned ? ", or an unsigned claim" : "");
}

/* What is missing, and what the user can do about it. */
static void say_why(const struct appraise_in *in, struct err *e)
{
	static const char own[] = "build the image here (`assay rebuild URL`)";

	if (!in->trust->rebuilders_needed)
		err_set(e, ERR_NOTFOUND,
			"nobody whom this verifier knows vouches for the reference values: %s, or say in the trust file whose rebuilds count (`assay trust add rebuilder`)",
			own);
	else if (!in->quorum)
		err_set(e, ERR_NOTFOUND,
			"no statement of a rebuilder whom the trust file names was given: look for some, or %s",
			own);
	else
		err_set(e, ERR_NOTFOUND, "%.*s: look for further statements, or %s",
			STR_ARG(in->quorum->why), own);
}

void appraise_vouched(struct appraise_work *w)
{
	const struct trust_file *t = w->in->trust;
	bool ok = built_here(w->in) || rebuilt(w->in) || t->accept_unsigned;
	struct check c = { .name = "vouched",
		.what = STR("who vouches for the reference values is accepted"),
		.want = wanted(w),
		.got = appraise_vouched_by(w),
		.whose = t->accept_unsigned || t->rebuilders_needed ? STR("trust file")
								    : STR("this verifier"),
		.claim = CHECK_EXECUTABLES,
		.fail_value = CHECK_UNRECOGNISED };
	struct err e = { 0 };

	if (!w->in->shape) {
		c.got = STR("no reference values were given");
		c.want = STR("reference values of an image");
		err_set(&e, ERR_NOTFOUND,
			"without reference values nobody says which image has these registers");
		appraise_test(w, c, false, &e);
		return;
	}
	if (!ok)
		say_why(w->in, &e);
	appraise_test(w, c, ok, &e);
}
