#include "appraise/verdict.h"

#include "base/banned.h"

enum verdict_status verdict_tier(int value)
{
	if (value >= 96)
		return VERDICT_CONTRAINDICATED;
	if (value >= 32)
		return VERDICT_WARNING;
	return value >= 2 ? VERDICT_AFFIRMING : VERDICT_NONE;
}

const char *verdict_status_name(enum verdict_status s)
{
	switch (s) {
	case VERDICT_AFFIRMING:
		return "affirming";
	case VERDICT_WARNING:
		return "warning";
	case VERDICT_CONTRAINDICATED:
		return "contraindicated";
	case VERDICT_NONE:
		break;
	}
	return "none";
}

static struct verdict_claim claim_of(
	const struct check_list *l, enum check_claim claim, struct verdict_claim pass)
{
	struct verdict_claim worst = pass;

	for (size_t i = 0; i < l->n; i++) {
		const struct check *c = &l->items[i];

		/* A failure that claims nothing would pass unseen: it warns. */
		int value = c->fail_value < CHECK_UNSAFE ? CHECK_UNSAFE : c->fail_value;

		if (c->claim != claim || c->result != CHECK_FAILED || value <= worst.value)
			continue;
		worst.value = value;
		worst.why = c->reason.n ? c->reason : c->what;
	}
	return worst;
}

static bool all_passed(const struct check_list *l, const char *const must[])
{
	if (l->full || !must[0])
		return false;
	for (size_t i = 0; must[i]; i++)
		if (!check_passed(l, must[i]))
			return false;
	return check_count(l, CHECK_FAILED) == 0;
}

/*
 * Whether the evidence may be taken at its word: nothing contraindicates its signer or the hardware behind it, and of the checks
 * that must pass none is missing, and none of these two claims did anything but pass.
 */
static bool believed(const struct verdict *v, const char *const must[])
{
	static const enum check_claim of[] = { CHECK_INSTANCE_IDENTITY, CHECK_HARDWARE };

	for (size_t i = 0; i < ARRAY_LEN(of); i++)
		if (verdict_tier(v->claims[of[i]].value) == VERDICT_CONTRAINDICATED)
			return false;
	for (size_t i = 0; must[i]; i++) {
		const struct check *c = check_find(&v->checks, must[i]);

		if (!c || (c->result != CHECK_PASSED && (c->claim == CHECK_INSTANCE_IDENTITY ||
								c->claim == CHECK_HARDWARE)))
			return false;
	}
	return true;
}

static void affirm_nothing(struct verdict *v)
{
	for (unsigned i = 0; i < CHECK_CLAIMS; i++)
		if (verdict_tier(v->claims[i].value) == VERDICT_AFFIRMING)
			v->claims[i] = (struct verdict_claim){
				CHECK_NO_CLAIM,
				STR("only the evidence says so, and it may not be taken at its word")
			};
}

void verdict_conclude(struct verdict *v, const struct verdict_claim pass[static CHECK_CLAIMS],
	const char *const must[])
{
	static const enum check_claim needed[] = { CHECK_INSTANCE_IDENTITY, CHECK_EXECUTABLES };
	enum verdict_status status = VERDICT_AFFIRMING;

	for (unsigned i = 0; i < CHECK_CLAIMS; i++) {
		enum verdict_status tier;

		v->claims[i] = claim_of(&v->checks, i, pass[i]);
		tier = verdict_tier(v->claims[i].value);
		status = tier > status ? tier : status;
	}
	if (!believed(v, must))
		affirm_nothing(v);
	if (!all_passed(&v->checks, must) && status == VERDICT_AFFIRMING)
		status = VERDICT_WARNING;
	for (size_t i = 0; i < ARRAY_LEN(needed); i++)
		if (status == VERDICT_AFFIRMING &&
			verdict_tier(v->claims[needed[i]].value) != VERDICT_AFFIRMING)
			status = VERDICT_WARNING;
	v->status = status;
}

bool verdict_affirms(const struct verdict *v)
{
	return v->status == VERDICT_AFFIRMING && v->checks.n > 0 && !v->checks.full &&
	       check_count(&v->checks, CHECK_FAILED) == 0;
}
