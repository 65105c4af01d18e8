/* The class of what a variation moved, and what bytes look like where nothing moved them. */
#include "check/cause.h"

#include "check/content_rule.h"
#include "test.h"

static const struct cause_bytes plain, reordered = { .reordered = true },
				       metadata = { .metadata = true }, canary = { .canary = true },
				       both = { .metadata = true, .canary = true };

static void every_variation(void)
{
	for (enum variation v = 0; v < VARIATION_N; v++)
		CHECK(cause_of(v, &plain) != CAUSE_UNKNOWN);
	CHECK(cause_of(VARIATION_CLOCK, &plain) == CAUSE_TIME);
	CHECK(cause_of(VARIATION_ADDRESSES, &plain) == CAUSE_MEMORY);
	CHECK(cause_of(VARIATION_PROCESSORS, &plain) == CAUSE_PARALLEL);
	CHECK(cause_of(VARIATION_ZONE, &plain) == CAUSE_LOCALE);
}

static void refined(void)
{
	CHECK(cause_of(VARIATION_RANDOM, &reordered) == CAUSE_ORDER);
	CHECK(cause_of(VARIATION_ADDRESSES, &reordered) == CAUSE_ORDER);
	CHECK(cause_of(VARIATION_LOCALE, &reordered) == CAUSE_ORDER);
	CHECK(cause_of(VARIATION_SCHEDULE, &reordered) == CAUSE_PARALLEL);
	CHECK(cause_of(VARIATION_PROCESSORS, &reordered) == CAUSE_PARALLEL);
	CHECK(cause_of(VARIATION_PROCESSORS, &canary) == CAUSE_KERNEL);
	CHECK(cause_of(VARIATION_CLOCK, &metadata) == CAUSE_METADATA);
	CHECK(cause_of(VARIATION_CLOCK, &both) == CAUSE_TIME);
	CHECK(cause_of(VARIATION_USER, &both) == CAUSE_IDENTITY);
	CHECK(cause_of(VARIATION_UMASK, &both) == CAUSE_METADATA);
}

static enum cause_class guess(const char *place, const char *a, const char *b)
{
	const char *why = NULL;
	enum cause_class c = content_rule_guess(
		str_of(place), str_span(str_of(a)), str_span(str_of(b)), &why);

	CHECK(why && (c == CAUSE_UNKNOWN) == !*why);
	return c;
}

static void looks_like(void)
{
	CHECK(guess("x", "built 2026-11-28\n", "built 2027-11-29\n") == CAUSE_TIME);
	CHECK(guess("x", "at 10:22:33", "at 23:59:01") == CAUSE_TIME);
	CHECK(guess("x", "t=1763900000", "t=1795824000") == CAUSE_TIME);
	CHECK(guess("x", "id 123e4567-e89b-12d3-a456-426614174000",
		      "id 00000000-e89b-12d3-a456-426614174999") == CAUSE_RANDOM);
	CHECK(guess("x", "at 0x7ffd12345678", "at 0x7ffe87654321") == CAUSE_MEMORY);
	CHECK(guess("x", "0x55d012345678", "0x563087654321") == CAUSE_MEMORY);
	CHECK(guess("x", "in /home/a/b", "in /home/c") == CAUSE_PATH);
	CHECK(guess("x", "deadbeefdeadbeef01", "cafecafecafecafe02") == CAUSE_RANDOM);
	CHECK(guess("ELF .comment", "one", "two") == CAUSE_TOOLCHAIN);
	CHECK(guess("x", "GCC: (Debian 12)", "GCC: (Debian 13)") == CAUSE_TOOLCHAIN);
	CHECK(guess("x", "b\na\n", "a\nb\n") == CAUSE_ORDER);
	/* One of them is not enough. */
	CHECK(guess("x", "built 2026-11-28\n", "built never\n") == CAUSE_UNKNOWN);
	CHECK(guess("x", "one", "two") == CAUSE_UNKNOWN);
	CHECK(guess("x", "", "") == CAUSE_UNKNOWN);
}

static bool is_reordered(const char *a, const char *b)
{
	return content_rule_reordered(str_span(str_of(a)), str_span(str_of(b)));
}

static void orders(void)
{
	CHECK(is_reordered("a\nb\nc\n", "c\na\nb\n"));
	CHECK(is_reordered("a b c\n", "c b a\n"));
	CHECK(is_reordered("x:1,y:2", "y:2,x:1"));
	CHECK(is_reordered("1\n", "1\n")); /* 1 2 3 became 2 1 3: the hunks of a line that moved */
	CHECK(!is_reordered("", ""));
	CHECK(!is_reordered("a\nb\nb\n", "a\na\nb\n"));
	CHECK(!is_reordered("ab", "ba"));
	CHECK(!is_reordered("a\nb\n", "a\nb\nc\n"));
}

static void names(void)
{
	for (enum cause_class c = CAUSE_UNKNOWN + 1; c < CAUSE_CLASSES; c++)
		CHECK(cause_name(c)[0] && cause_remedy(c)[0]);
	CHECK(!cause_name(CAUSE_UNKNOWN)[0]);
	CHECK(!strcmp(cause_name(CAUSE_KERNEL), "KERNEL/CPU"));
	CHECK(!strcmp(cause_by_name(CAUSE_BY_BISECTION), "bisection"));
}

int main(void)
{
	every_variation();
	refined();
	looks_like();
	orders();
	names();
	return test_end();
}
