/* From what builds showed to what is said of it. */
#include "check/finding.h"

#include "test.h"

#define EPOCH INT64_C(1763900000)

static struct arena *a;
static struct canaries c;
static struct places places;
static struct bisect_result search;
static struct str where[2] = { { "out", 3 }, { "line", 4 } };

static void begin(void)
{
	struct err e = { 0 };

	place_done(&places);
	search = (struct bisect_result){ 0 };
	CHECK_OK(place_init(&places, a, &e), e);
}

/* A build with these varied showed first and second at the place. */
static size_t sees(uint64_t variations, enum diff_kind kind, const char *first, const char *second)
{
	const struct diff_leaf leaf = { .where = where,
		.n_where = 2,
		.kind = kind,
		.a = str_span(str_of(first)),
		.b = str_span(str_of(second)) };
	const struct diff_report r = { .leaves = &leaf, .n_leaves = 1 };
	struct bisect_set moved = { 0 };
	struct err e = { 0 };

	CHECK_OK(place_take(&places, &r, variations, 0, &moved, &e), e);
	for (enum variation v = 0; v < VARIATION_N; v++)
		if (variations == VARIATION_BIT(v))
			for (size_t i = 0; i < places.n; i++)
				if (bisect_set_has(&moved, i))
					bisect_set_add(&search.moved[v], i);
	return places.sights[places.n_sights - 1].place;
}

static struct finding_job job;

static size_t make(const struct finding **f)
{
	struct err e = { 0 };
	size_t n = 0;

	job.places = &places;
	job.search = &search;
	job.canaries[0] = &c;
	job.variations = VARIATION_CHANNELS;
	CHECK_OK(finding_make(f, &n, &job, a, &e), e);
	return n;
}

static bool is(const struct finding *f, enum cause_class class, bool proved, enum cause_by by)
{
	bool ok = f->class == class && f->proved == proved && f->by == by;

	if (!ok)
		fprintf(stderr, "%s, %s, by %s: %s\n", cause_name(f->class),
			f->proved ? "proved" : "suspected", cause_by_name(f->by), f->evidence.p);
	return ok;
}

static void by_canary(void)
{
	const struct finding *f;
	char text[256];

	begin();
	snprintf(text, sizeof text, "on %s\n", c.host_name);
	sees(VARIATION_CHANNELS, DIFF_TEXT, "on assay\n", text);
	sees(VARIATION_BIT(VARIATION_HOST_NAME), DIFF_TEXT, "on assay\n", text);
	CHECK(make(&f) == 1 && is(&f[0], CAUSE_IDENTITY, true, CAUSE_BY_CANARY));
	CHECK(strstr(f[0].evidence.p, c.host_name) && str_is(f[0].first, "on assay\\n"));
	CHECK(f[0].variations == VARIATION_BIT(VARIATION_HOST_NAME));
}

static void by_bisection(void)
{
	const struct finding *f;

	begin();
	sees(VARIATION_BIT(VARIATION_FILE_ORDER), DIFF_TEXT, "a\nb\nc\n", "c\nb\na\n");
	CHECK(make(&f) == 1 && is(&f[0], CAUSE_ORDER, true, CAUSE_BY_BISECTION));
	begin();
	sees(VARIATION_BIT(VARIATION_UMASK), DIFF_MODE, "0755", "0775");
	CHECK(make(&f) == 1 && is(&f[0], CAUSE_METADATA, true, CAUSE_BY_BISECTION));
}

/* The same way to it, and another kind: two places. A second hunk of the same kind: one. */
static void kinds_and_hunks(void)
{
	begin();
	CHECK(sees(VARIATION_BIT(VARIATION_USER), DIFF_MODE, "0755", "0775") !=
		sees(VARIATION_BIT(VARIATION_USER), DIFF_TIME, "1", "2"));
	CHECK(sees(VARIATION_BIT(VARIATION_ZONE), DIFF_MODE, "0755", "0775") == 0);
	CHECK(places.n == 2);
}

/* What random numbers move is not the path's doing, though it moves them. */
static void echoes(void)
{
	const struct finding *f;
	char text[256];

	begin();
	sees(VARIATION_BIT(VARIATION_RANDOM), DIFF_TEXT, "x", "y");
	sees(VARIATION_BIT(VARIATION_PATH), DIFF_TEXT, "x", "z");
	CHECK(make(&f) == 1 && is(&f[0], CAUSE_RANDOM, true, CAUSE_BY_BISECTION));
	begin();
	snprintf(text, sizeof text, "in %s", c.path);
	sees(VARIATION_BIT(VARIATION_RANDOM), DIFF_TEXT, "x", "y");
	sees(VARIATION_BIT(VARIATION_PATH), DIFF_TEXT, "x", text);
	CHECK(make(&f) == 2 && is(&f[1], CAUSE_PATH, true, CAUSE_BY_CANARY));
}

static void unsteady(void)
{
	const struct str note = STR("path: /proc/interrupts"), clock = STR("clock");
	static struct component component;
	const struct finding *f;
	size_t place;

	/* All is fixed but the schedule: a race; whatever else moved the place is not blamed. */
	begin();
	job.component = &component;
	place = sees(0, DIFF_TEXT, "1\n2\n", "2\n1\n");
	sees(VARIATION_BIT(VARIATION_PIDS), DIFF_TEXT, "1\n2\n", "2\n1\n");
	bisect_set_add(&search.unsteady, place);
	CHECK(make(&f) == 1 && is(&f[0], CAUSE_PARALLEL, true, CAUSE_BY_BISECTION));
	/* Without an order that changed it may as well be a random number that the processor itself gave. */
	begin();
	job.began_unix = 1795900000;
	job.ended_unix = 1795900060;
	place = sees(0, DIFF_TEXT, "13ffb0ebe61444c3", "0f979b1063146347");
	bisect_set_add(&search.unsteady, place);
	CHECK(make(&f) == 1 && is(&f[0], CAUSE_PARALLEL, false, CAUSE_BY_CONTENT));
	CHECK(f[0].variations == 0 && strstr(f[0].evidence.p, "rdrand"));
	begin();
	place = sees(0, DIFF_TEXT, "1\n2\n", "2\n1\n");
	bisect_set_add(&search.unsteady, place);
	/* Something was asked for, or a channel is open: nothing is proved. */
	job.notes = &note;
	job.n_notes = 1;
	CHECK(make(&f) == 1 && is(&f[0], CAUSE_INPUT, false, CAUSE_BY_CONTENT));
	job.n_notes = 0;
	component.release = (struct str_list){ &clock, 1 };
	CHECK(make(&f) == 1 && is(&f[0], CAUSE_ORDER, false, CAUSE_BY_CONTENT));
	/* The machine's own time is a canary. */
	begin();
	place = sees(0, DIFF_TEXT, "1795900001", "1795900031");
	bisect_set_add(&search.unsteady, place);
	CHECK(make(&f) == 1 && is(&f[0], CAUSE_TIME, true, CAUSE_BY_CANARY));
	component.release.n = 0;
	job.component = NULL;
}

static void unexplained(void)
{
	const struct finding *f;
	char text[256];

	begin();
	sees(VARIATION_CHANNELS, DIFF_TEXT, "at 10:11:12", "at 11:12:13");
	CHECK(make(&f) == 1 && is(&f[0], CAUSE_TIME, false, CAUSE_BY_CONTENT));
	begin();
	sees(VARIATION_CHANNELS, DIFF_BYTES, "xx", "yy");
	CHECK(make(&f) == 1 && is(&f[0], CAUSE_UNKNOWN, false, CAUSE_BY_NONE));
	begin();
	snprintf(text, sizeof text, "%s and %s", c.home, c.kernel_release);
	sees(VARIATION_CHANNELS, DIFF_TEXT, "x", text);
	CHECK(make(&f) == 2 && is(&f[0], CAUSE_IDENTITY, true, CAUSE_BY_CANARY));
	CHECK(is(&f[1], CAUSE_KERNEL, true, CAUSE_BY_CANARY));
}

static void together(void)
{
	const struct finding *f;
	size_t place;

	begin();
	place = sees(VARIATION_CHANNELS, DIFF_TEXT, "xx", "yy");
	search.n_together = 1;
	search.together[0].variations = VARIATION_BIT(VARIATION_HOST_NAME) |
					VARIATION_BIT(VARIATION_ZONE);
	bisect_set_add(&search.together[0].moved, place);
	CHECK(make(&f) == 1 && is(&f[0], CAUSE_IDENTITY, true, CAUSE_BY_BISECTION));
	CHECK(strstr(f[0].evidence.p, "the host name, the time zone"));
}

static void registers(void)
{
	static const struct component_output outputs[] = { { .from = { "out", 3 },
		.to = { "initrd", 6 } } };
	static const struct component component = {
		.name = { "c", 1 }, .outputs = outputs, .n_outputs = 1
	};
	const struct finding *f;

	begin();
	job.component = &component;
	sees(VARIATION_BIT(VARIATION_RANDOM), DIFF_TEXT, "x", "y");
	CHECK(make(&f) == 1 && !f[0].registers.n && str_is(f[0].component, "c"));
	job.measured = true;
	CHECK(make(&f) == 1 && str_is(f[0].registers, "PCR 4, 5, 9, 11"));
	job.component = NULL;
}

static void printable(void)
{
	struct str s;
	struct err e = { 0 };
	char big[1000];

	CHECK_OK(finding_printable(&s, str_span(STR("a\n\\\x01\xff\tz")), 0, a, &e), e);
	CHECK(str_is(s, "a\\n\\\\\\x01\\xff\\x09z"));
	memset(big, 'x', sizeof big);
	CHECK_OK(finding_printable(&s, SPAN_OF(big), 3, a, &e), e);
	CHECK(s.n == FINDING_TEXT_MAX);
	CHECK_OK(finding_printable(&s, SPAN_OF(big), 5000, a, &e), e);
	CHECK(s.n == 0);
}

int main(void)
{
	static const uint8_t seed[SHA256_SIZE] = { 9 };

	a = arena_new(256 << 20);
	canary_make(&c, seed, EPOCH);
	by_canary();
	by_bisection();
	kinds_and_hunks();
	echoes();
	unsteady();
	unexplained();
	together();
	registers();
	printable();
	place_done(&places);
	arena_free(a);
	return test_end();
}
