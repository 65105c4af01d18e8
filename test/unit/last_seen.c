#include "trust/last_seen.h"

#include "test.h"

static struct arena *a;

static struct checkpoint log_of(const char *origin, uint64_t size, uint8_t root)
{
	struct checkpoint c = { .origin = str_of(origin), .size = size };

	memset(c.root.bytes, root, sizeof c.root.bytes);
	return c;
}

static struct channel channel_of(const char *name, uint64_t counter, uint8_t sum)
{
	struct channel c = { .name = str_of(name), .counter = counter };

	memset(c.sha256, sum, sizeof c.sha256);
	return c;
}

static void add_log(struct last_seen *s, const char *origin, uint64_t size, uint8_t root)
{
	struct checkpoint c = log_of(origin, size, root);
	struct err e = { 0 };

	CHECK_OK(last_seen_add_log(s, &c, a, &e), e);
}

static void add_channel(struct last_seen *s, const char *name, uint64_t counter, uint8_t sum)
{
	struct channel c = channel_of(name, counter, sum);
	struct err e = { 0 };

	CHECK_OK(last_seen_add_channel(s, &c, a, &e), e);
}

static void logs(void)
{
	static const struct {
		const char *origin;
		uint64_t size;
		uint8_t root;
		enum last_seen_answer want;
	} cases[] = {
		{ "b", 10, 1, LAST_SEEN_FINE },
		{ "b", 11, 9, LAST_SEEN_FINE },
		{ "b", 10, 2, LAST_SEEN_FORK },
		{ "b", 9, 1, LAST_SEEN_ROLLBACK },
		{ "b", 0, 1, LAST_SEEN_ROLLBACK },
		{ "c", 0, 1, LAST_SEEN_FINE },
		{ "a", 1, 1, LAST_SEEN_FINE },
		{ "bb", 1, 1, LAST_SEEN_FINE },
	};
	struct last_seen s = { 0 };

	add_log(&s, "b", 10, 1);
	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		struct checkpoint c = log_of(cases[i].origin, cases[i].size, cases[i].root);
		CLEANUP(buf_done) struct buf said = buf_init(600);
		struct last_seen other = s;
		struct err e = { 0 };

		CHECK(last_seen_judge_log(&s, &c) == cases[i].want);
		last_seen_tell_log(&said, &s, &c);
		CHECK(buf_ok(&said) && said.n > 10);
		if (cases[i].want == LAST_SEEN_FINE) {
			CHECK_OK(last_seen_add_log(&other, &c, a, &e), e);
			CHECK(last_seen_judge_log(&other, &c) == LAST_SEEN_FINE);
		} else {
			CHECK_ERR(last_seen_add_log(&other, &c, a, &e), e, ERR_MISMATCH);
			CHECK(other.logs == s.logs && other.n_logs == 1);
		}
	}
}

static void channels(void)
{
	static const struct {
		const char *name;
		uint64_t counter;
		uint8_t sum;
		enum last_seen_answer want;
	} cases[] = {
		{ "hello", 4, 1, LAST_SEEN_FINE },
		{ "hello", 5, 2, LAST_SEEN_FINE },
		{ "hello", 4, 2, LAST_SEEN_FORK },
		{ "hello", 3, 1, LAST_SEEN_REPLAY },
		{ "hello", 1, 9, LAST_SEEN_REPLAY },
		{ "hell", 1, 9, LAST_SEEN_FINE },
		{ "hello/x", 1, 9, LAST_SEEN_FINE },
	};
	struct last_seen s = { 0 };

	add_channel(&s, "hello", 4, 1);
	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		struct channel c = channel_of(cases[i].name, cases[i].counter, cases[i].sum);
		CLEANUP(buf_done) struct buf said = buf_init(600);
		struct last_seen other = s;
		struct err e = { 0 };

		CHECK(last_seen_judge_channel(&s, &c) == cases[i].want);
		last_seen_tell_channel(&said, &s, &c);
		CHECK(buf_ok(&said) && said.n > 10);
		if (cases[i].want == LAST_SEEN_FINE) {
			CHECK_OK(last_seen_add_channel(&other, &c, a, &e), e);
			CHECK(last_seen_judge_channel(&other, &c) == LAST_SEEN_FINE);
		} else {
			CHECK_ERR(last_seen_add_channel(&other, &c, a, &e), e, ERR_MISMATCH);
			CHECK(other.channels == s.channels && other.n_channels == 1);
		}
	}
}

/* Whatever the order of what was seen, it is written in one way and read back. */
static void bytes(void)
{
	CLEANUP(buf_done)
	struct buf one = buf_init(LAST_SEEN_SIZE_MAX), two = buf_init(LAST_SEEN_SIZE_MAX),
		   back = buf_init(LAST_SEEN_SIZE_MAX);
	struct last_seen s = { 0 }, t = { 0 }, u = { 0 };
	struct err e = { 0 };

	add_log(&s, "b", 3, 1);
	add_log(&s, "a", 1, 1);
	add_log(&s, "c", UINT64_C(1) << 60, 1);
	add_log(&s, "b", 5, 2);
	add_channel(&s, "y", 1, 1);
	add_channel(&s, "x", 2, 2);
	add_channel(&t, "x", 2, 2);
	add_channel(&t, "y", 1, 1);
	add_log(&t, "c", UINT64_C(1) << 60, 1);
	add_log(&t, "b", 5, 2);
	add_log(&t, "a", 1, 1);
	last_seen_emit(&one, &s);
	last_seen_emit(&two, &t);
	CHECK(one.n > 100 && span_equal(buf_span(&one), buf_span(&two)));
	CHECK_OK(last_seen_parse(&u, buf_span(&one), a, &e), e);
	CHECK(u.n_logs == 3 && u.n_channels == 2 && u.logs[1].size == 5);
	last_seen_emit(&back, &u);
	CHECK(span_equal(buf_span(&one), buf_span(&back)));
	for (size_t n = 0; n + 1 < one.n; n++)
		if (last_seen_parse(&u, span_make(one.p, n), a, &e))
			test_report(false, __FILE__, __LINE__, "cut text is read");
}

static void refuses(void)
{
#define ROOT "\"1111111111111111111111111111111111111111111111111111111111111111\""
#define LOG(origin, size) "{\"origin\":\"" origin "\",\"size\":" size ",\"root\":" ROOT "}"
#define SEEN(logs, channels) \
	"{\"format\":\"assay.last-seen/1\",\"logs\":[" logs "],\"channels\":[" channels "]}"
#define CHANNEL(name, counter) "{\"name\":\"" name "\",\"counter\":" counter ",\"sha256\":" ROOT "}"
	static const char *const bad[] = { "", "{}", "[]",
		"{\"format\":\"assay.last-seen/2\",\"logs\":[],\"channels\":[]}",
		"{\"format\":\"assay.last-seen/1\",\"logs\":[]}",
		"{\"format\":\"assay.last-seen/1\",\"channels\":[]}",
		"{\"format\":\"assay.last-seen/1\",\"logs\":[],\"channels\":[],\"more\":1}",
		SEEN(LOG("a", "1") "," LOG("a", "2"), ""),
		SEEN(LOG("b", "1") "," LOG("a", "2"), ""), SEEN(LOG("", "1"), ""),
		SEEN(LOG("a", "-1"), ""), SEEN(LOG("a", "9e9"), ""),
		SEEN(LOG("a", "4611686018427387905"), ""),
		SEEN("{\"origin\":\"a\",\"size\":1}", ""), SEEN("1", ""),
		SEEN("", CHANNEL("x", "1") "," CHANNEL("x", "1")), SEEN("", CHANNEL("a b", "1")),
		SEEN("", CHANNEL("x", "9007199254740992")),
		SEEN("", "{\"name\":\"x\",\"counter\":1}") };
	struct last_seen s;
	struct err e = { 0 };

	for (size_t i = 0; i < ARRAY_LEN(bad); i++)
		CHECK_ERR(last_seen_parse(&s, str_span(str_of(bad[i])), a, &e), e, ERR_FORMAT);
	CHECK_OK(last_seen_parse(&s,
			 str_span(STR(SEEN(LOG("a", "1") "," LOG("b", "2"), CHANNEL("x", "1")))), a,
			 &e),
		e);
}

int main(void)
{
	a = arena_new(64 << 20);
	logs();
	channels();
	bytes();
	refuses();
	arena_free(a);
	return test_end();
}
