/* Logs, witnesses and ages of the trust file. */
#include "trust/trust_logs.h"

#include "arena_steps.h"
#include "codec/yaml.h"
#include "trust/trust_file.h"
#include "trust/trust_member.h"

static struct arena *a;

static bool parse(struct trust_file *t, struct str text, struct err *e)
{
	struct json v;

	return yaml_parse(&v, str_span(text), a, e) && trust_file_parse(t, &v, a, e);
}

/* "NAME+ID+KEY" of a key of 32 times the same byte. */
static const char *vkey(const char *name, enum note_key_type type, uint8_t byte)
{
	CLEANUP(buf_done) struct buf b = buf_init(NOTE_KEY_TEXT_MAX);
	uint8_t bytes[NOTE_KEY_SIZE];
	struct note_key k;
	struct err e = { 0 };

	memset(bytes, byte, sizeof bytes);
	CHECK_OK(note_key_of(&k, str_of(name), type, bytes, &e), e);
	note_key_write(&b, &k);
	return arena_str(a, buf_str(&b)).p;
}

static const char *log_key(const char *name, uint8_t byte)
{
	return vkey(name, NOTE_KEY_ED25519, byte);
}

static const char *witness_key(const char *name, uint8_t byte)
{
	return vkey(name, NOTE_KEY_COSIGNATURE, byte);
}

#define HEAD "format: assay.trust/1\n"
#define LOG "  - origin: %s\n    key: %s\n"
#define WITNESSES "witnesses:\n  quorum: %s\n  keys:\n    - %s\n    - %s\n"

static void reads(void)
{
	struct trust_file t;
	struct err e = { 0 };

	CHECK_OK(parse(&t,
			 arena_printf(a, HEAD "logs:\n" LOG LOG WITNESSES, "log.example/a",
				 log_key("log.example/a", 1), "other words", log_key("b", 2), "2",
				 witness_key("w1", 3), witness_key("w2", 4)),
			 &e),
		e);
	CHECK(t.logs.n == 2 && t.logs.n_witnesses == 2 && t.logs.quorum == 2);
	CHECK(trust_logs_find(&t.logs, STR("other words")) == &t.logs.items[1]);
	CHECK(t.logs.items[1].key.bytes[31] == 2 && t.logs.witnesses[1].bytes[0] == 4);
	CHECK(!trust_logs_find(&t.logs, STR("log.example")));
}

static void refuses(void)
{
	const char *one = log_key("l", 1), *two = log_key("m", 2), *w1 = witness_key("w1", 3),
		   *w2 = witness_key("w2", 4);
	const struct {
		struct str text;
		const char *line;
	} bad[] = {
		{ STR("logs: {}\n"), "line 2" },
		{ STR("logs:\n  - origin: x\n"), "line 3" },
		{ arena_printf(a, "logs:\n" LOG "    url: x\n", "l", one), "line 5" },
		{ arena_printf(a, "logs:\n  - key: %s\n", one), "line 3" },
		{ arena_printf(a, "logs:\n" LOG LOG, "l", one, "l", two), "line 5" },
		{ arena_printf(a, "logs:\n" LOG LOG, "l", one, "m", one), "line 5" },
		{ arena_printf(a, "logs:\n" LOG LOG, "l", one, "m", log_key("m", 1)), "line 5" },
		{ arena_printf(a, "logs:\n" LOG, "l", w1), "line 3" },
		{ arena_printf(a, "logs:\n" LOG, "l", "l+00000000+AQEB"), "line 3" },
		{ arena_printf(a, WITNESSES, "3", w1, w2), "line 3" },
		{ arena_printf(a, WITNESSES, "0", w1, w2), "line 3" },
		{ arena_printf(a, WITNESSES, "1.5", w1, w2), "line 3" },
		{ arena_printf(a, WITNESSES, "1", w1, w1), "line 6" },
		{ arena_printf(a, WITNESSES, "1", w1, witness_key("w1", 9)), "line 6" },
		{ arena_printf(a, WITNESSES, "1", w1, witness_key("again", 3)), "line 6" },
		{ arena_printf(a, WITNESSES, "1", w1, one), "line 6" },
		{ arena_printf(a, WITNESSES, "1", w1, "[x]"), "line 6" },
		{ arena_printf(a, "logs:\n" LOG WITNESSES, "l", one, "1", w1, witness_key("w", 1)),
			"line 9" },
		{ arena_printf(a, "witnesses:\n  keys:\n    - %s\n", w1), "line 3" },
		{ STR("witnesses:\n  quorum: 1\n"), "line 3" },
		{ STR("witnesses: []\n"), "line 2" },
		{ arena_printf(a, "witnesses: {quorum: 1, keys: ['%s'], group: x}\n", w1),
			"line 2" },
	};
	struct trust_file t;

	for (size_t i = 0; i < ARRAY_LEN(bad); i++) {
		struct str text = arena_printf(a, HEAD "%.*s", STR_ARG(bad[i].text));
		struct err e = { 0 };

		CHECK_ERR(parse(&t, text, &e), e, ERR_FORMAT);
		CHECK(strstr(e.text, bad[i].line));
		if (e.kind != ERR_FORMAT || !strstr(e.text, bad[i].line))
			fprintf(stderr, "%s%s\n", text.p, e.text);
	}
}

static void ages(void)
{
	static const char *const bad[] = { "", "7", "d", "0d", "-1d", "1.5d", "7 d", "1w", "7D",
		"3654d", "99999999999999999999s", "[1d]" };
	struct trust_file t;
	struct err e = { 0 };

	CHECK_OK(parse(&t, STR(HEAD), &e), e);
	CHECK(t.max_age.cosignature_s == 7 * 86400 && t.max_age.channel_s == 30 * 86400 &&
		t.max_age.statement_s == 365 * 86400);
	CHECK_OK(parse(&t, STR(HEAD "max-age: {cosignature: 90s, channel: 15m}\n"), &e), e);
	CHECK(t.max_age.cosignature_s == 90 && t.max_age.channel_s == 900 &&
		t.max_age.statement_s == 365 * 86400);
	CHECK_OK(parse(&t, STR(HEAD "max-age:\n  statement: 36h\n"), &e), e);
	CHECK(t.max_age.statement_s == 36 * 3600);
	CHECK_OK(parse(&t, STR(HEAD "max-age:\n  statement: 3653d\n"), &e), e);
	for (size_t i = 0; i < ARRAY_LEN(bad); i++) {
		CHECK_ERR(parse(&t, arena_printf(a, HEAD "max-age:\n  channel: %s\n", bad[i]), &e),
			e, ERR_FORMAT);
		CHECK(strstr(e.text, "line 3"));
	}
	CHECK_ERR(parse(&t, STR(HEAD "max-age: {proof: 1d}\n"), &e), e, ERR_FORMAT);
	CHECK_ERR(parse(&t, STR(HEAD "max-age: 1d\n"), &e), e, ERR_FORMAT);
}

static bool step(struct arena *little, const void *of, struct err *e)
{
	struct trust_logs l = { .n = 77 };
	bool ok = trust_logs_read(&l, of, little, e);

	CHECK(ok ? l.n == 1 && l.n_witnesses == 2 && l.quorum == 1 : l.n == 77);
	return ok;
}

/* As many logs or witnesses as may be, and one more. */
static void limits(void)
{
	CLEANUP(buf_done) struct buf logs = buf_init(1 << 20), witnesses = buf_init(1 << 20);
	struct trust_file t;
	struct json v;
	struct err e = { 0 };

	buf_add_cstr(&logs, HEAD "logs:\n");
	buf_add_cstr(&witnesses, HEAD "witnesses:\n  quorum: 1\n  keys:\n");
	for (size_t i = 0; i <= TRUST_LOGS_MAX; i++) {
		struct str name = arena_printf(a, "l%zu", i);

		buf_printf(&logs, LOG, name.p, log_key(name.p, (uint8_t)i));
		CHECK(parse(&t, buf_str(&logs), &e) == (i < TRUST_LOGS_MAX));
	}
	CHECK(e.kind == ERR_FORMAT && strstr(e.text, "'logs' is a list of at most"));
	for (size_t i = 0; i <= TRUST_WITNESSES_MAX; i++) {
		struct str name = arena_printf(a, "w%zu", i);

		buf_printf(&witnesses, "    - %s\n", witness_key(name.p, (uint8_t)i));
		CHECK(parse(&t, buf_str(&witnesses), &e) == (i < TRUST_WITNESSES_MAX));
	}
	CHECK(e.kind == ERR_FORMAT && strstr(e.text, "'keys' is a list of at most"));
	CHECK_OK(yaml_parse(&v,
			 str_span(arena_printf(a, HEAD "logs:\n" LOG WITNESSES, "l",
				 log_key("l", 1), "1", witness_key("w1", 3), witness_key("w2", 4))),
			 a, &e),
		e);
	arena_steps(step, &v);
}

/* A name up to its limit, a number up to what there is, an age up to ten years. */
static void members(void)
{
	static const struct {
		const char *text;
		int64_t seconds; /* 0: refused */
	} ages_of[] = { { "1s", 1 }, { "7d", 7 * 86400 }, { "9h", 9 * 3600 }, { "2m", 120 },
		{ "315619200s", 315619200 }, { "315619201s", 0 }, { "5260320m", 315619200 },
		{ "5260321m", 0 }, { "87672h", 315619200 }, { "87673h", 0 }, { "0s", 0 },
		{ "1x", 0 } };
	char name[TRUST_MEMBER_NAME_MAX + 2];
	struct trust_file t;
	struct err e = { 0 };

	for (size_t i = 0; i < ARRAY_LEN(ages_of); i++) {
		struct str text = arena_printf(
			a, HEAD "max-age:\n  channel: %s\n", ages_of[i].text);

		CHECK(parse(&t, text, &e) == (ages_of[i].seconds != 0));
		CHECK(!ages_of[i].seconds || t.max_age.channel_s == ages_of[i].seconds);
	}
	for (size_t n = TRUST_MEMBER_NAME_MAX; n <= TRUST_MEMBER_NAME_MAX + 1; n++) {
		memset(name, 'x', n);
		name[n] = 0;
		CHECK(parse(&t, arena_printf(a, HEAD "logs:\n" LOG, name, log_key("l", 1)), &e) ==
			(n == TRUST_MEMBER_NAME_MAX));
	}
	CHECK(e.kind == ERR_FORMAT && strstr(e.text, "'origin' is 1 to"));
	CHECK_ERR(parse(&t, arena_printf(a, HEAD "logs:\n" LOG, "'l '", log_key("l", 1)), &e), e,
		ERR_FORMAT);
	for (size_t i = 0; i < 2; i++) {
		CHECK_ERR(parse(&t,
				  arena_printf(a, HEAD WITNESSES, i ? "4294967295" : "4294967296",
					  witness_key("w1", 3), witness_key("w2", 4)),
				  &e),
			e, ERR_FORMAT);
		CHECK(strstr(e.text,
			i ? "is 4294967295, and there are 2 witnesses" : "a number from 1 on"));
	}
}

/* With every amount of memory it is the same, or LIMIT. */
static void full_arenas(void)
{
	struct str text = arena_printf(a, HEAD "logs:\n" LOG LOG WITNESSES, "a", log_key("a", 1),
		"b", log_key("b", 2), "1", witness_key("w1", 3), witness_key("w2", 4));
	struct err e = { 0 };
	bool done = false;
	struct json v;

	CHECK_OK(yaml_parse(&v, str_span(text), a, &e), e);
	for (size_t max = 0; !done && max < 1 << 16; max += 16) {
		CLEANUP(arena_freep) struct arena *small = arena_new(max);
		struct trust_logs l = { .n = 77 };

		done = trust_logs_read(&l, &v, small, &e);
		CHECK(done ? l.n == 2 && l.n_witnesses == 2 : e.kind == ERR_LIMIT && l.n == 77);
	}
	CHECK(done);
}

int main(void)
{
	a = arena_new(256 << 20);
	reads();
	refuses();
	ages();
	limits();
	members();
	full_arenas();
	arena_free(a);
	return test_end();
}
