#include "trust/last_seen.h"

#include "starved.h"
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

static void says(enum err_kind want, const struct err *e, const char *text)
{
	if (strcmp(e->text, text) != 0)
		fprintf(stderr, "'%s', wanted '%s'\n", e->text, text);
	CHECK(e->kind == want && !strcmp(e->text, text));
}

/* What a person is told of each answer. */
static void sentences(void)
{
	static const struct {
		uint64_t n;
		uint8_t sum;
		const char *log, *channel;
	} cases[] = {
		{ 10, 1, "10 entries", "counter 10" },
		{ 11, 2, "11 entries", "counter 11" },
		{ 9, 1, "it is rolled back: it had 10 entries, and is shown with 9",
			"it is an old one: its counter is 9, and 10 was seen before" },
		{ 10, 2, "it is forked: with 10 entries it was another one before",
			"there are two of it: with counter 10 it was another one before" },
	};
	struct last_seen s = { 0 };

	add_log(&s, "b", 10, 1);
	add_channel(&s, "hello", 10, 1);
	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		struct checkpoint c = log_of("b", cases[i].n, cases[i].sum);
		struct channel h = channel_of("hello", cases[i].n, cases[i].sum);
		CLEANUP(buf_done) struct buf log = buf_init(600), channel = buf_init(600);
		CLEANUP(buf_done) struct buf want = buf_init(600);

		last_seen_tell_log(&log, &s, &c);
		last_seen_tell_channel(&channel, &s, &h);
		buf_printf(&want, "log 'b': %s", cases[i].log);
		CHECK(span_equal(buf_span(&log), buf_span(&want)));
		want.n = 0;
		buf_printf(&want, "channel 'hello': %s", cases[i].channel);
		CHECK(span_equal(buf_span(&channel), buf_span(&want)));
	}
	CHECK(!strcmp(last_seen_answer_name(LAST_SEEN_FINE), "fine"));
	CHECK(!strcmp(last_seen_answer_name(LAST_SEEN_ROLLBACK), "rollback"));
	CHECK(!strcmp(last_seen_answer_name(LAST_SEEN_FORK), "fork"));
	CHECK(!strcmp(last_seen_answer_name(LAST_SEEN_REPLAY), "replay"));
}

static struct last_seen_log many_logs[LAST_SEEN_ENTRIES_MAX + 1];
static struct last_seen_channel many_channels[LAST_SEEN_ENTRIES_MAX + 1];

/* n of each, ascending. */
static struct last_seen many(size_t n)
{
	for (size_t i = 0; i < n; i++) {
		struct str name = arena_printf(a, "n%05zu", i);

		many_logs[i] = (struct last_seen_log){ name, i, { { 1 } } };
		many_channels[i] = (struct last_seen_channel){ name, i, { 1 } };
	}
	return (struct last_seen){ many_logs, n, many_channels, n };
}

/* One more than there may be is refused, wherever it would stand; of those that are known each may go on. */
static void how_many(void)
{
	struct checkpoint log = log_of("n04095", 9999, 1), known = log_of("n00007", 9999, 1);
	struct channel channel = channel_of("n04095", 9999, 1),
		       known_channel = channel_of("n00007", 9999, 1);
	struct last_seen s = many(LAST_SEEN_ENTRIES_MAX - 1);
	struct err e = { 0 };

	CHECK_OK(last_seen_add_log(&s, &log, a, &e), e);
	CHECK_OK(last_seen_add_channel(&s, &channel, a, &e), e);
	CHECK(s.n_logs == 4096 && s.logs[4095].size == 9999 && s.logs[4094].size == 4094);
	CHECK(s.n_channels == 4096 && s.channels[4095].counter == 9999);
	CHECK_OK(last_seen_add_log(&s, &known, a, &e), e);
	CHECK_OK(last_seen_add_channel(&s, &known_channel, a, &e), e);
	CHECK(s.n_logs == 4096 && s.logs[7].size == 9999 && s.logs[8].size == 8);
	CHECK(s.n_channels == 4096 && s.channels[7].counter == 9999);
	log.origin = channel.name = STR("a");
	CHECK(!last_seen_add_log(&s, &log, a, &e));
	says(ERR_LIMIT, &e, "more than 4096 logs or channels were seen");
	e = (struct err){ 0 };
	CHECK(!last_seen_add_channel(&s, &channel, a, &e));
	says(ERR_LIMIT, &e, "more than 4096 logs or channels were seen");
	CHECK(s.n_logs == 4096 && s.n_channels == 4096);
}

static void how_much_is_read(void)
{
	CLEANUP(buf_done) struct buf text = buf_init(LAST_SEEN_SIZE_MAX + 1);
	struct last_seen most = many(LAST_SEEN_ENTRIES_MAX), s = { 0 };
	struct err e = { 0 };

	last_seen_emit(&text, &most);
	CHECK_OK(last_seen_parse(&s, buf_span(&text), a, &e), e);
	CHECK(s.n_logs == 4096 && s.n_channels == 4096 && s.channels[4095].counter == 4095);
	buf_fill(&text, ' ', LAST_SEEN_SIZE_MAX - text.n);
	CHECK_OK(last_seen_parse(&s, buf_span(&text), a, &e), e);
	buf_fill(&text, ' ', 1);
	CHECK(!last_seen_parse(&s, buf_span(&text), a, &e));
	says(ERR_LIMIT, &e, "4194305 bytes, limit 4194304");
	for (int i = 0; i < 2; i++) {
		text.n = 0;
		most = many(LAST_SEEN_ENTRIES_MAX + 1);
		*(i ? &most.n_logs : &most.n_channels) = 0;
		last_seen_emit(&text, &most);
		CHECK(!last_seen_parse(&s, buf_span(&text), a, &e));
		says(ERR_LIMIT, &e,
			i ? "'channels' has 4097 entries, limit 4096"
			  : "'logs' has 4097 entries, limit 4096");
	}
}

static void names(void)
{
	char name[CHECKPOINT_ORIGIN_MAX + 2];
	const struct last_seen_log log = { str_make(name, sizeof name - 2), 1, { { 1 } } };
	struct last_seen s = { .logs = &log, .n_logs = 1 };
	struct last_seen_log longer = log;
	CLEANUP(buf_done) struct buf text = buf_init(LAST_SEEN_SIZE_MAX);
	struct last_seen back;
	struct err e = { 0 };

	memset(name, 'x', sizeof name);
	last_seen_emit(&text, &s);
	CHECK_OK(last_seen_parse(&back, buf_span(&text), a, &e), e);
	CHECK(back.logs->origin.n == CHECKPOINT_ORIGIN_MAX);
	longer.origin.n++;
	s.logs = &longer;
	text.n = 0;
	last_seen_emit(&text, &s);
	CHECK_ERR(last_seen_parse(&back, buf_span(&text), a, &e), e, ERR_FORMAT);
	CHECK(strstr(e.text, "an origin is 1 to "));
}

static bool read_add_and_write(struct buf *told, const void *what, struct arena *in, struct err *e)
{
	const struct checkpoint log = log_of("a new one", 7, 7);
	const struct channel channel = channel_of("new", 7, 7);
	struct last_seen s;

	if (!last_seen_parse(&s, *(const struct span *)what, in, e) ||
		!last_seen_add_log(&s, &log, in, e) || !last_seen_add_channel(&s, &channel, in, e))
		return false;
	last_seen_emit(told, &s);
	return true;
}

static bool add_one_log(struct buf *told, const void *what, struct arena *in, struct err *e)
{
	struct last_seen s = { 0 };

	if (!last_seen_add_log(&s, what, in, e))
		return false;
	last_seen_emit(told, &s);
	return true;
}

static void with_little_memory(void)
{
	CLEANUP(buf_done) struct buf text = buf_init(LAST_SEEN_SIZE_MAX);
	const struct checkpoint log = log_of("one", 7, 7);
	struct last_seen s = { 0 };
	struct span bytes;

	add_log(&s, "b", 3, 1);
	add_channel(&s, "x", 2, 2);
	last_seen_emit(&text, &s);
	bytes = buf_span(&text);
	starved(read_add_and_write, &bytes);
	starved(add_one_log, &log);
}

int main(void)
{
	a = arena_new(64 << 20);
	logs();
	channels();
	bytes();
	refuses();
	sentences();
	how_many();
	how_much_is_read();
	names();
	with_little_memory();
	arena_free(a);
	return test_end();
}
