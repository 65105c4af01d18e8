/* Logs, witnesses and ages of the trust file. */
#include "trust/trust_logs.h"

#include "codec/yaml.h"
#include "test.h"
#include "trust/trust_file.h"

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

int main(void)
{
	a = arena_new(16 << 20);
	reads();
	refuses();
	ages();
	arena_free(a);
	return test_end();
}
