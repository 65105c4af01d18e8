/* Who must vouch for the reference values, and of which image they may be: trust file and policy together. */
#include "appraise/appraise_vouched.h"

#include "appraise_case.h"
#include "vouched_made.h"

/* Trust file and policy ask for so many; the trust file names four operators. */
static void asked(size_t by_trust, size_t by_policy)
{
	m.trust.rebuilders.n_operators = 4;
	m.trust.rebuilders_needed = by_trust;
	m.policy.vouchers.rebuilders = by_policy;
}

static void not_here(void)
{
	m.in.vouch = APPRAISE_UNSIGNED_CLAIM;
}

/* ---- rebuilders ---- */

static void trust_alone(void)
{
	not_here();
	asked(1, 0);
	made_rebuilt(&m.in, 1, 1);
}
static void fewer_than_policy(void)
{
	not_here();
	asked(1, 2);
	made_rebuilt(&m.in, 2, 1);
}
/* Two said it; of one alone it is known that he followed the packages and saw the firmware. */
static void counted_for_trust_alone(void)
{
	not_here();
	asked(1, 2);
	made_rebuilt(&m.in, 1, 2);
}
static void as_many_as_policy(void)
{
	not_here();
	asked(1, 2);
	made_rebuilt(&m.in, 2, 2);
}
static void policy_asks_for_less(void)
{
	not_here();
	asked(3, 2);
	made_rebuilt(&m.in, 2, 2);
}
static void policy_asks_for_less_and_all_are_there(void)
{
	not_here();
	asked(3, 2);
	made_rebuilt(&m.in, 3, 3);
}
static void trust_lets_none_vouch(void)
{
	not_here();
	asked(0, 2);
	made_rebuilt(&m.in, 2, 2);
}
static void trust_lets_none_vouch_and_built_here(void)
{
	asked(0, 2);
	made_rebuilt(&m.in, 2, 2);
}
static void more_than_there_are(void)
{
	asked(2, 5);
	made_rebuilt(&m.in, 5, 4);
}
static void nobody_heard(void)
{
	not_here();
	asked(1, 2);
}
static void built_here_alone(void)
{
	asked(1, 2);
}
static void unsigned_alone(void)
{
	nobody_heard();
	m.trust.accept_unsigned = true;
}
static void unsigned_and_rebuilt(void)
{
	trust_lets_none_vouch();
	m.trust.accept_unsigned = true;
}
/* Some of what was given counts for nothing: told, and it decides nothing. */
static void some_unheard(void)
{
	static struct quorum_outcome outcome;

	as_many_as_policy();
	outcome = *m.in.quorum;
	outcome.unheard = STR("1 of 3 count for nothing: statement 2: junk");
	m.in.quorum = &outcome;
}
static void outcome_of_zeroes(void)
{
	static const struct quorum_outcome none;

	built_here_alone();
	m.in.quorum = &none;
}

/* ---- a build of this store's own ---- */

static void own_refused(void)
{
	m.policy.vouchers.refuse_own = true;
}
static void own_refused_and_rebuilt(void)
{
	own_refused();
	asked(2, 0);
	made_rebuilt(&m.in, 2, 2);
}
static void own_refused_and_one_rebuilt(void)
{
	own_refused();
	asked(2, 0);
	made_rebuilt(&m.in, 2, 1);
}
static void own_refused_and_unsigned_accepted(void)
{
	own_refused();
	m.trust.accept_unsigned = true;
}

/* ---- images ---- */

static void the_image(void)
{
	made_image(&m.in, &m.policy, 0xab);
}
static void another_image(void)
{
	made_image(&m.in, &m.policy, 0xac);
}
static void the_image_rebuilt(void)
{
	the_image();
	as_many_as_policy();
}
/* Their file says so, and nobody else. */
static void the_image_unsigned(void)
{
	the_image();
	not_here();
	m.trust.accept_unsigned = true;
}
static void the_image_of_a_refused_build(void)
{
	the_image();
	own_refused_and_unsigned_accepted();
}
static void no_file(void)
{
	the_image();
	m.in.values = NULL;
}
static void file_of_another_shape(void)
{
	static struct reference_shape copy;

	the_image();
	copy = m.shape;
	m.in.shape = &copy;
}
static void one_of_two(void)
{
	static struct policy_image two[2];

	the_image();
	memset(two[1].manifest_sha256, 0xab, SHA256_SIZE);
	m.policy.vouchers.images = two;
	m.policy.vouchers.n_images = 2;
}

static const struct {
	struct test_case test;
	const char *by, *why; /* what is said of who vouches, and why the check failed */
} cases[] = {
	{ A(nothing, GOOD, NULL), "built here", NULL },
	{ A(trust_alone, GOOD, NULL), "rebuilt by Alice and Bob", NULL },
	{ A(fewer_than_policy, WARN, "vouched"), "unsigned claim", "some are missing" },
	{ A(counted_for_trust_alone, WARN, "vouched"), "unsigned claim", "is 2 of 1" },
	{ A(as_many_as_policy, GOOD, NULL), "rebuilt by Alice and Bob", NULL },
	{ A(policy_asks_for_less, WARN, "vouched"), "unsigned claim", "asks for 3" },
	{ A(policy_asks_for_less_and_all_are_there, GOOD, NULL), "rebuilt by Alice and Bob", NULL },
	{ A(trust_lets_none_vouch, WARN, "vouched"), "rebuilt by Alice and Bob",
		"the trust file lets no number of rebuilders vouch" },
	{ A(trust_lets_none_vouch_and_built_here, GOOD, NULL),
		"built here and rebuilt by Alice and Bob", NULL },
	{ A(more_than_there_are, WARN, "vouched"), "built here", "the trust file names 4" },
	{ A(nobody_heard, WARN, "vouched"), "unsigned claim", "no statement of one was heard" },
	{ A(built_here_alone, WARN, "vouched"), "built here", "no statement of one was heard" },
	{ A(unsigned_alone, WARN, "vouched"), "unsigned claim", "no statement of one was heard" },
	{ A(unsigned_and_rebuilt, GOOD, NULL), "rebuilt by Alice and Bob", NULL },
	{ A(some_unheard, GOOD, NULL), "rebuilt by Alice and Bob", NULL },
	{ A(outcome_of_zeroes, WARN, "vouched"), "built here",
		"the policy wants the image rebuilt" },
	{ A(own_refused, WARN, "vouched"), "unsigned claim",
		"the policy refuses a build of this store's own" },
	{ A(own_refused_and_rebuilt, GOOD, NULL), "rebuilt by Alice and Bob", NULL },
	{ A(own_refused_and_one_rebuilt, WARN, "vouched"), "unsigned claim", "some are missing" },
	{ A(own_refused_and_unsigned_accepted, GOOD, NULL), "unsigned claim", NULL },
	{ A(the_image, GOOD, NULL), "built here", NULL },
	{ A(another_image, BAD, "image"), "built here", "does not name" },
	{ A(the_image_rebuilt, GOOD, NULL), "rebuilt by Alice and Bob", NULL },
	{ A(the_image_unsigned, WARN, "image"), "unsigned claim", "only their own file says" },
	{ A(the_image_of_a_refused_build, WARN, "image"), "unsigned claim",
		"only their own file says" },
	{ A(no_file, WARN, "image"), "built here", "there are no reference values" },
	{ A(file_of_another_shape, WARN, "image"), "built here", "there are no reference values" },
	{ A(one_of_two, GOOD, NULL), "built here", NULL },
};

int main(void)
{
	made_keys();
	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		const struct test_case *c = &cases[i].test;
		const struct check_list *checks = &out.verdict.checks;
		CLEANUP(arena_freep) struct arena *a = arena_new(8 << 20);
		const struct check *by, *failing, *unheard;

		run_case_in(a, c);
		by = check_find(checks, "vouched");
		failing = c->failing ? check_find(checks, c->failing) : NULL;
		CHECK(by && str_is(by->got, cases[i].by));
		CHECK(check_count(checks, CHECK_FAILED) == (c->failing ? 1 : 0));
		CHECK(!failing || strstr(failing->reason.p, cases[i].why));
		unheard = check_find(checks, "statements");
		CHECK(!unheard == (c->after != some_unheard));
		CHECK(!unheard || (unheard->result == CHECK_NOT_APPLICABLE &&
					  strstr(unheard->reason.p, "statement 2: junk")));
	}
	made_keys_done();
	return test_end();
}
