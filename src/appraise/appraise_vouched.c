#include "appraise/appraise_vouched.h"

#include "appraise/appraise_work.h"
#include "base/hex.h"
#include "base/banned.h"

bool appraise_vouched_here(const struct appraise_in *in)
{
	return in->vouch == APPRAISE_BUILT_HERE && !in->policy->vouchers.refuse_own;
}

/* Operators that must have rebuilt it before their word counts. */
static size_t asked(const struct appraise_in *in)
{
	size_t by_trust = in->trust->rebuilders_needed, by_policy = in->policy->vouchers.rebuilders;

	return by_trust > by_policy ? by_trust : by_policy;
}

/* Whoever made the outcome, it was asked for so many: of fewer it does not say what as many followed and observed. */
bool appraise_vouched_rebuilt(const struct appraise_in *in)
{
	return in->quorum && in->quorum->vouched && asked(in) && in->quorum->needed >= asked(in) &&
	       in->quorum->n >= asked(in);
}

struct str appraise_vouched_by(const struct appraise_work *w)
{
	const char *here = appraise_vouched_here(w->in) ? "built here" : "";

	if (appraise_vouched_rebuilt(w->in))
		return arena_printf(w->a, "%s%srebuilt by %.*s", here, *here ? " and " : "",
			STR_ARG(w->in->quorum->who));
	return *here ? STR("built here") : STR("unsigned claim");
}

/* ---- whom trust file and policy accept ---- */

/* The trust file lets rebuilders vouch only where it says how many; the policy adds to what it asks, and takes nothing away. */
static bool is_trusted(const struct appraise_in *in)
{
	return appraise_vouched_here(in) || in->trust->accept_unsigned ||
	       (in->trust->rebuilders_needed && appraise_vouched_rebuilt(in));
}

static bool is_as_asked(const struct appraise_in *in)
{
	return !in->policy->vouchers.rebuilders || appraise_vouched_rebuilt(in);
}

static struct str wanted(const struct appraise_work *w)
{
	const struct trust_file *t = w->in->trust;
	const struct policy_vouchers *p = &w->in->policy->vouchers;
	const char *here = p->refuse_own ? "" : "built here";
	struct str rebuilt = STR("");

	if (asked(w->in))
		rebuilt = arena_printf(w->a, "rebuilt by %zu of %zu operators", asked(w->in),
			t->rebuilders.n_operators);
	if (p->rebuilders)
		return t->rebuilders_needed || t->accept_unsigned || !*here
			       ? rebuilt
			       : arena_printf(w->a, "%s and %.*s", here, STR_ARG(rebuilt));
	return arena_printf(w->a, "%s%s%.*s%s", here, *here && rebuilt.n ? ", or " : "",
		STR_ARG(rebuilt),
		!t->accept_unsigned  ? ""
		: *here || rebuilt.n ? ", or an unsigned claim"
				     : "an unsigned claim");
}

/* Why they are not rebuilt by as many as the policy asks for. */
static void say_who_is_missing(const struct appraise_in *in, struct err *e)
{
	const size_t n = in->trust->rebuilders.n_operators;

	if (!in->quorum)
		err_set(e, ERR_NOTFOUND,
			"the policy asks for %zu operators that rebuilt the image, and no statement of one was heard: `assay verify` takes them with --publication and --statements, libassay in `statements`",
			asked(in));
	else if (asked(in) > n)
		err_set(e, ERR_NOTFOUND,
			"the policy asks for %zu operators that rebuilt the image, and the trust file names %zu (`assay trust add rebuilder`)",
			asked(in), n);
	else if (in->quorum->vouched)
		err_set(e, ERR_NOTFOUND,
			"the policy asks for %zu operators that rebuilt the image, and what was counted is %zu of %zu",
			asked(in), in->quorum->n, in->quorum->needed);
	else
		err_set(e, ERR_NOTFOUND,
			"the policy wants the image rebuilt, and %.*s: look for further statements",
			STR_ARG(in->quorum->why));
}

/* What is missing, and what the user can do about it. */
static void say_why(const struct appraise_in *in, struct err *e)
{
	const char *own = in->policy->vouchers.refuse_own
				  ? ", since the policy refuses a build of this store's own"
				  : ", or build the image here (`assay rebuild URL`)";

	if (!is_as_asked(in))
		say_who_is_missing(in, e);
	else if (!in->trust->rebuilders_needed && appraise_vouched_rebuilt(in))
		err_set(e, ERR_NOTFOUND,
			"the trust file lets no number of rebuilders vouch (vouchers: rebuilders)%s",
			own);
	else if (!in->trust->rebuilders_needed)
		err_set(e, ERR_NOTFOUND,
			"nobody whom this verifier knows vouches for the reference values: say in the trust file whose rebuilds count (`assay trust add rebuilder`)%s",
			own);
	else if (!in->quorum)
		err_set(e, ERR_NOTFOUND,
			"no statement of a rebuilder whom the trust file names was given: look for some%s",
			own);
	else
		err_set(e, ERR_NOTFOUND, "%.*s: look for further statements%s",
			STR_ARG(in->quorum->why), own);
}

static struct str whose(const struct appraise_in *in)
{
	if (in->policy->vouchers.rebuilders || in->policy->vouchers.refuse_own)
		return STR("policy and trust file");
	return in->trust->accept_unsigned || in->trust->rebuilders_needed ? STR("trust file")
									  : STR("this verifier");
}

static void check_vouched(struct appraise_work *w)
{
	bool ok = is_trusted(w->in) && is_as_asked(w->in);
	struct check c = { .name = "vouched",
		.what = STR("who vouches for the reference values is accepted"),
		.want = wanted(w),
		.got = appraise_vouched_by(w),
		.whose = whose(w->in),
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

/* Statements that were given and count for nothing. Of what the others say the check "vouched" speaks. */
static void check_statements(struct appraise_work *w)
{
	struct check c = { .name = "statements",
		.what = STR("each statement of a rebuild that was given counts"),
		.whose = STR("trust file"),
		.claim = CHECK_EXECUTABLES,
		.fail_value = CHECK_UNRECOGNISED };

	if (w->in->quorum && w->in->quorum->unheard.n)
		appraise_skip(w, c, w->in->quorum->unheard);
}

/* ---- which image they are of ---- */

static bool is_of_values(const struct appraise_in *in)
{
	for (size_t i = 0; in->values && i < in->values->n_shapes; i++)
		if (in->shape == &in->values->shapes[i])
			return true;
	return false;
}

/* The file names its image itself: whoever wrote it may have named any, unless who vouches for its values found it to be so. */
static void check_image(struct appraise_work *w)
{
	const struct appraise_in *in = w->in;
	const struct policy_vouchers *p = &in->policy->vouchers;
	struct check c = { .name = "image",
		.what = STR("the reference values are of an image that the policy names"),
		.whose = STR("policy"),
		.claim = CHECK_EXECUTABLES,
		.fail_value = CHECK_UNRECOGNISED };
	bool is_known = is_of_values(in), ok = false;
	struct err e = { 0 };

	if (!p->n_images) {
		appraise_skip(w, c, STR("the policy names no image: those of any are taken"));
		return;
	}
	c.want = p->n_images == 1 ? appraise_hex(w, SPAN_OF(p->images[0].manifest_sha256))
				  : arena_printf(w->a, "one of %zu manifests", p->n_images);
	if (is_known)
		c.got = appraise_hex(w, SPAN_OF(in->values->manifest_sha256));
	if (!is_known) {
		err_set(&e, ERR_NOTFOUND, "there are no reference values, and so none of an image");
	} else if (!policy_vouchers_has_image(p, in->values->manifest_sha256)) {
		c.fail_value = CHECK_CONTRAINDICATED;
		err_set(&e, ERR_MISMATCH, "they are of an image that the policy does not name");
	} else {
		ok = appraise_vouched_here(in) || appraise_vouched_rebuilt(in);
		if (!ok)
			err_set(&e, ERR_NOTFOUND,
				"only their own file says that they are of this image, and nobody vouches for it");
	}
	appraise_test(w, c, ok, &e);
}

void appraise_vouched(struct appraise_work *w)
{
	check_image(w);
	check_vouched(w);
	check_statements(w);
}

size_t appraise_vouched_must(const char *must[static APPRAISE_VOUCHED_MUST], const struct policy *p)
{
	size_t n = 0;

	must[n++] = "vouched";
	if (p->vouchers.n_images)
		must[n++] = "image";
	return n;
}
