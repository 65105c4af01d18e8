#include "trust/channel.h"

#include "arena_steps.h"
#include "base/hex.h"
#include "keys_made.h"
#include "trust/dsse.h"

enum { DAY = 86400 };
#define AT INT64_C(1700000000) /* 2023-11-14T22:13:20Z */

static struct arena *a;

static const char fine[] =
	"{\n"
	"  \"format\": \"assay.channel/1\",\n"
	"  \"name\": \"hello/stable\",\n"
	"  \"counter\": 7,\n"
	"  \"accepted\": [\n"
	"    {\n"
	"      \"manifest-sha256\": \"1111111111111111111111111111111111111111111111111111111111111111\",\n"
	"      \"reference-values-sha256\": \"2222222222222222222222222222222222222222222222222222222222222222\"\n"
	"    },\n"
	"    {\n"
	"      \"manifest-sha256\": \"3333333333333333333333333333333333333333333333333333333333333333\",\n"
	"      \"reference-values-sha256\": \"4444444444444444444444444444444444444444444444444444444444444444\"\n"
	"    }\n"
	"  ],\n"
	"  \"expires\": \"2023-12-01T00:00:00Z\"\n"
	"}\n";

static bool parse(struct channel *c, struct str text, struct err *e)
{
	return channel_parse(c, str_span(text), a, e);
}

static struct channel_image image(uint8_t manifest, uint8_t values)
{
	struct channel_image ret;

	memset(ret.manifest_sha256, manifest, SHA256_SIZE);
	memset(ret.values_sha256, values, SHA256_SIZE);
	return ret;
}

static void reads(void)
{
	struct channel c = { 0 };
	struct channel_image second = image(0x33, 0x44);
	uint8_t sum[SHA256_SIZE];
	struct err e = { 0 };

	CHECK_OK(parse(&c, str_of(fine), &e), e);
	CHECK(str_is(c.name, "hello/stable") && c.counter == 7 && c.n_accepted == 2);
	CHECK(!memcmp(&c.accepted[1], &second, sizeof second));
	CHECK(c.expires_unix == 1701388800);
	sha256_of(sum, str_span(str_of(fine)));
	CHECK(!memcmp(sum, c.sha256, sizeof sum));
}

/* Images are given in disorder and written in order. */
static void writes(void)
{
	const struct channel_image images[] = { image(0x33, 0x44), image(0x11, 0x22) };
	struct channel c = { .name = STR("hello/stable"),
		.counter = 7,
		.accepted = images,
		.n_accepted = 2,
		.expires_unix = 1701388800 };
	CLEANUP(buf_done) struct buf out = buf_init(CHANNEL_SIZE_MAX);
	struct err e = { 0 };

	CHECK_OK(channel_emit(&out, &c, a, &e), e);
	CHECK(str_equal(buf_str(&out), str_of(fine)));
	c.counter = 0;
	CHECK_ERR(channel_emit(&out, &c, a, &e), e, ERR_USAGE);
	c.counter = CHANNEL_COUNTER_MAX;
	CHECK_OK(channel_emit(&out, &c, a, &e), e);
	c.counter = CHANNEL_COUNTER_MAX + 1;
	CHECK_ERR(channel_emit(&out, &c, a, &e), e, ERR_USAGE);
	c.counter = 1;
	c.name = STR("hello stable");
	CHECK_ERR(channel_emit(&out, &c, a, &e), e, ERR_USAGE);
	c.name = STR("hello");
	c.n_accepted = 0;
	CHECK_ERR(channel_emit(&out, &c, a, &e), e, ERR_USAGE);
	c.n_accepted = 2;
	c.accepted = (const struct channel_image[]){ image(1, 2), image(1, 2) };
	CHECK_ERR(channel_emit(&out, &c, a, &e), e, ERR_USAGE);
}

/* `fine` with every occurrence of one text replaced. */
static bool parse_with(const char *old, const char *new, struct err *e)
{
	CLEANUP(buf_done) struct buf text = buf_init(1 << 17);
	struct str rest = str_of(fine);
	struct channel c;
	size_t n = strlen(old), met = 0;

	while (rest.n) {
		bool here = rest.n >= n && !memcmp(rest.p, old, n);

		if (here)
			buf_add_cstr(&text, new);
		else
			buf_u8(&text, (uint8_t)rest.p[0]);
		met += here;
		rest = str_make(rest.p + (here ? n : 1), rest.n - (here ? n : 1));
	}
	CHECK(met > 0);
	return parse(&c, buf_str(&text), e);
}

static void refuses(void)
{
	static const char *const changes[][2] = {
		{ "channel/1", "channel/2" },
		{ "\"format\": \"assay.channel/1\",\n  ", "" },
		{ "\"name\": \"hello/stable\",\n  ", "" },
		{ "\"counter\": 7,\n  ", "" },
		{ ",\n  \"expires\": \"2023-12-01T00:00:00Z\"", "" },
		{ "hello/stable", "" },
		{ "hello/stable", "hello stable" },
		{ "hello/stable", "hell\\u006f" },
		{ "hello/stable", "h\\u00e9llo" },
		{ "\"hello/stable\"", "7" },
		{ ": 7", ": 0" },
		{ ": 7", ": 07" },
		{ ": 7", ": -7" },
		{ ": 7", ": 7.0" },
		{ ": 7", ": 9007199254740992" },
		{ ": 7", ": \"7\"" },
		{ "3333333333333333333333333333333333333333333333333333333333333333",
			"0033333333333333333333333333333333333333333333333333333333333333" },
		{ "4444444444444444444444444444444444444444444444444444444444444444",
			"444444444444444444444444444444444444444444444444444444444444444" },
		{ "4444444444444444444444444444444444444444444444444444444444444444",
			"444444444444444444444444444444444444444444444444444444444444444A" },
		{ "2023-12-01T00:00:00Z", "2023-12-32T00:00:00Z" },
		{ "2023-12-01T00:00:00Z", "2023-12-01" },
		{ "\n}\n", ",\n  \"policy\": \"none\"\n}\n" },
		{ "  \"name\"", " \"name\"" },
		{ "\n}\n", "\n}" },
		{ "\n}\n", "\n}\n\n" },
	};
	struct err e = { 0 };

	for (size_t i = 0; i < ARRAY_LEN(changes); i++) {
		CHECK_ERR(parse_with(changes[i][0], changes[i][1], &e), e, ERR_FORMAT);
		if (e.kind != ERR_FORMAT)
			fprintf(stderr, "change %zu: %s\n", i, changes[i][1]);
	}
	/* Every length that is too short. */
	for (size_t n = 0; n < sizeof fine - 1; n++) {
		struct channel c;

		if (parse(&c, str_make(fine, n), &e))
			test_report(false, __FILE__, __LINE__, "a cut channel is read");
	}
}

/* Letters that names are made of, and those beside them. */
static void names(void)
{
	static const char taken[] = "azAZ09._-/", refused[] = "`{@[:,^+ ~\x7f\xc3";
	char longest[CHANNEL_NAME_MAX + 1];

	for (size_t i = 0; i < sizeof taken - 1; i++) {
		CHECK(channel_name_ok(str_make(taken + i, 1)));
		CHECK(channel_name_ok(str_make((const char[]){ 'x', taken[i] }, 2)));
	}
	for (size_t i = 0; i < sizeof refused; i++) {
		CHECK(!channel_name_ok(str_make(refused + i, 1)));
		CHECK(!channel_name_ok(str_make((const char[]){ 'x', refused[i] }, 2)));
		CHECK(!channel_name_ok(str_make((const char[]){ refused[i], 'x' }, 2)));
	}
	memset(longest, 'x', sizeof longest);
	CHECK(channel_name_ok(str_make(longest, CHANNEL_NAME_MAX)));
	CHECK(!channel_name_ok(str_make(longest, CHANNEL_NAME_MAX + 1)));
	CHECK(!channel_name_ok(STR("")));
}

/* What is as long as may be is read, or refused for what it is. */
static void sizes(void)
{
	CLEANUP(buf_done) struct buf text = buf_init(1 << 20);
	struct channel c = { .counter = 77 };
	size_t by = 9;
	struct err e = { 0 };

	buf_add_cstr(&text, fine);
	buf_fill(&text, ' ', CHANNEL_SIZE_MAX - text.n);
	CHECK_ERR(channel_parse(&c, buf_span(&text), a, &e), e, ERR_FORMAT);
	buf_u8(&text, ' ');
	CHECK_ERR(channel_parse(&c, buf_span(&text), a, &e), e, ERR_LIMIT);
	text.n = 0;
	buf_fill(&text, ' ', CHANNEL_FILE_MAX);
	CHECK_ERR(channel_open(&c, &by, buf_span(&text), NULL, 0, a, &e), e, ERR_FORMAT);
	buf_u8(&text, ' ');
	CHECK_ERR(channel_open(&c, &by, buf_span(&text), NULL, 0, a, &e), e, ERR_LIMIT);
	CHECK(c.counter == 77 && by == 9);
	text.n = 0;
	buf_add_cstr(&text, "{\"format\":\"assay.channel/1\",\"name\":\"x\",\"counter\":1,"
			    "\"accepted\":[");
	for (size_t i = 0; i <= CHANNEL_ACCEPTED_MAX; i++)
		buf_add_cstr(&text, i ? ",1" : "1");
	buf_add_cstr(&text, "],\"expires\":\"2023-12-01T00:00:00Z\"}");
	CHECK_ERR(channel_parse(&c, buf_span(&text), a, &e), e, ERR_LIMIT);
	CHECK_ERR(
		parse(&c,
			STR("{\"format\":\"assay.channel/1\",\"name\":\"x\",\"counter\":1,\"accepted\":7,"
			    "\"expires\":\"2023-12-01T00:00:00Z\"}"),
			&e),
		e, ERR_FORMAT);
	CHECK(strstr(e.text, "'accepted'"));
}

static bool step_parse(struct arena *little, const void *of, struct err *e)
{
	struct channel c = { .counter = 77 };
	bool ok = channel_parse(&c, str_span(str_of(of)), little, e);

	CHECK(c.counter == (ok ? 7 : 77));
	return ok;
}

static bool step_emit(struct arena *little, const void *of, struct err *e)
{
	const struct channel_image one = image(1, 2);
	const struct channel c = {
		.name = STR("x"), .counter = 1, .accepted = &one, .n_accepted = 1
	};
	CLEANUP(buf_done) struct buf out = buf_init(CHANNEL_SIZE_MAX);
	bool ok = channel_emit(&out, &c, little, e);

	(void)of;
	CHECK((out.n > 0) == ok);
	return ok;
}

static void memory(void)
{
	const struct channel_image one = image(1, 2);
	const struct channel c = {
		.name = STR("x"), .counter = 1, .accepted = &one, .n_accepted = 1
	};
	CLEANUP(buf_done) struct buf small = buf_init(10);
	struct err e = { 0 };

	arena_steps(step_parse, fine);
	arena_steps(step_emit, NULL);
	CHECK_ERR(channel_emit(&small, &c, a, &e), e, ERR_LIMIT);
}

static void many(void)
{
	struct channel_image *images = ARENA_ARRAY(
		a, CHANNEL_ACCEPTED_MAX + 1, struct channel_image);
	struct channel c = {
		.name = STR("x"), .counter = 1, .expires_unix = AT, .accepted = images
	};
	CLEANUP(buf_done) struct buf out = buf_init(CHANNEL_SIZE_MAX);
	struct err e = { 0 };

	for (size_t i = 0; i <= CHANNEL_ACCEPTED_MAX; i++) {
		images[i] = image((uint8_t)i, (uint8_t)(i >> 8));
		images[i].manifest_sha256[0] = (uint8_t)(i >> 8);
	}
	c.n_accepted = CHANNEL_ACCEPTED_MAX;
	CHECK_OK(channel_emit(&out, &c, a, &e), e);
	CHECK_OK(channel_parse(&c, buf_span(&out), a, &e), e);
	c.accepted = images;
	c.n_accepted = CHANNEL_ACCEPTED_MAX + 1;
	CHECK_ERR(channel_emit(&out, &c, a, &e), e, ERR_USAGE);
}

/* ---- who signed ---- */

static struct statement_key *public_of(const struct private_key *k)
{
	CLEANUP(buf_done) struct buf der = buf_init(400);
	struct statement_key *ret = NULL;
	struct err e = { 0 };

	CHECK_OK(private_key_spki(&der, k, &e), e);
	CHECK_OK(statement_key_of_spki(&ret, buf_span(&der), &e), e);
	return ret;
}

static void seal(struct buf *out, const char *type, struct str payload, const struct private_key *k)
{
	struct err e = { 0 };

	CHECK_OK(dsse_sign(out, str_of(type), str_span(payload), k, STR(""), &e), e);
}

static void opens(void)
{
	CLEANUP(private_key_freep) struct private_key *one = keys_made("ED25519", NULL);
	CLEANUP(private_key_freep) struct private_key *two = keys_made("EC", "P-256");
	CLEANUP(statement_key_freep) struct statement_key *pub1 = public_of(one);
	CLEANUP(statement_key_freep) struct statement_key *pub2 = public_of(two);
	const struct channel_signer both[] = { { STR("one"), pub1 }, { STR("two"), pub2 } };
	CLEANUP(buf_done)
	struct buf by_two = buf_init(1 << 16), other = buf_init(1 << 16), odd = buf_init(1 << 16);
	struct channel c = { 0 };
	size_t by = 9;
	struct err e = { 0 };

	seal(&by_two, CHANNEL_TYPE, str_of(fine), two);
	CHECK_OK(channel_open(&c, &by, buf_span(&by_two), both, 2, a, &e), e);
	CHECK(by == 1 && c.counter == 7);
	CHECK_ERR(channel_open(&c, &by, buf_span(&by_two), both, 1, a, &e), e, ERR_SIGNATURE);
	CHECK_ERR(channel_open(&c, &by, buf_span(&by_two), NULL, 0, a, &e), e, ERR_SIGNATURE);
	/* The payload as a document of another kind, and another document as a channel. */
	seal(&other, "application/vnd.in-toto+json", str_of(fine), one);
	CHECK_ERR(channel_open(&c, &by, buf_span(&other), both, 2, a, &e), e, ERR_FORMAT);
	seal(&odd, CHANNEL_TYPE, STR("{}\n"), one);
	CHECK_ERR(channel_open(&c, &by, buf_span(&odd), both, 2, a, &e), e, ERR_FORMAT);
	for (size_t i = 0; i < by_two.n; i++) {
		by_two.p[i] ^= 1;
		if (channel_open(&c, &by, buf_span(&by_two), both, 2, a, &e) &&
			memcmp(c.accepted, (const struct channel_image[]){ image(0x11, 0x22) },
				sizeof *c.accepted) != 0)
			test_report(false, __FILE__, __LINE__, "a changed envelope is believed");
		by_two.p[i] ^= 1;
	}
}

/* ---- what speaks against it ---- */

static void judges(void)
{
	const struct channel_image images[] = { image(1, 2) }, other = image(1, 3),
				   more = image(2, 2);
	struct channel c = { .name = STR("hello"),
		.counter = 3,
		.accepted = images,
		.n_accepted = 1,
		.expires_unix = AT + 10 * DAY };
	const struct {
		const char *name;
		const struct channel_image *image;
		int64_t at, max;
		enum channel_refusal want;
		const char *says, *word;
	} cases[] = {
		{ "hello", &images[0], AT, 0, CHANNEL_FINE, "it is good until 2023-11-24",
			"channel-fine" },
		{ "hello", NULL, AT, 0, CHANNEL_FINE, "it is good until 2023-11-24",
			"channel-fine" },
		{ "hello", &images[0], AT, 10 * DAY, CHANNEL_FINE, "it is good until 2023-11-24",
			"channel-fine" },
		{ "hell", &images[0], AT, 0, CHANNEL_OTHER_NAME, "it is another channel than",
			"channel-other-name" },
		{ "hello2", &images[0], AT, 0, CHANNEL_OTHER_NAME, "it is another channel than",
			"channel-other-name" },
		{ "", &images[0], AT, 0, CHANNEL_OTHER_NAME, "it is another channel than",
			"channel-other-name" },
		{ "hello", &images[0], AT + 10 * DAY - 1, 0, CHANNEL_FINE,
			"it is good until 2023-11-24", "channel-fine" },
		{ "hello", &images[0], AT + 10 * DAY, 0, CHANNEL_EXPIRED,
			"it expired on 2023-11-24", "channel-expired" },
		{ "hello", &images[0], AT + 11 * DAY, 0, CHANNEL_EXPIRED,
			"it expired on 2023-11-24", "channel-expired" },
		{ "hello", &images[0], AT - 1, 10 * DAY, CHANNEL_TOO_LONG, "more than 10 days",
			"channel-too-long" },
		{ "hello", &other, AT, 0, CHANNEL_NOT_ACCEPTED, "not among those",
			"channel-not-accepted" },
		{ "hello", &more, AT, 0, CHANNEL_NOT_ACCEPTED, "not among those",
			"channel-not-accepted" },
	};

	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		CLEANUP(buf_done) struct buf said = buf_init(600);
		enum channel_refusal got = channel_judge(
			&c, str_of(cases[i].name), cases[i].image, cases[i].at, cases[i].max);

		test_report(got == cases[i].want, __FILE__, __LINE__, channel_refusal_name(got));
		channel_refusal_tell(&said, got, &c, str_of(cases[i].name), cases[i].max);
		CHECK(buf_ok(&said) && str_starts(buf_str(&said), "channel 'hello' (3): "));
		CHECK(memmem(said.p, said.n, cases[i].says, strlen(cases[i].says)));
		CHECK(!strcmp(channel_refusal_name(got), cases[i].word));
	}
}

/* 1 to 128 letters, digits and marks. */
static void names_at_bounds(void)
{
	char name[CHANNEL_NAME_MAX + 2];
	static const char taken[] = "azAZ09";
	static const char refused[] = "@[`{:";

	memset(name, 'n', sizeof name);
	CHECK(channel_name_ok(str_make(name, CHANNEL_NAME_MAX)));
	CHECK(!channel_name_ok(str_make(name, CHANNEL_NAME_MAX + 1)));
	CHECK(!channel_name_ok(STR("")));
	for (size_t i = 0; taken[i]; i++)
		CHECK(channel_name_ok(str_make(&taken[i], 1)));
	for (size_t i = 0; refused[i]; i++)
		CHECK(!channel_name_ok(str_make(&refused[i], 1)));
}

int main(void)
{
	a = arena_new(64 << 20);
	reads();
	writes();
	refuses();
	names();
	sizes();
	memory();
	many();
	opens();
	judges();
	names_at_bounds();
	arena_free(a);
	return test_end();
}
