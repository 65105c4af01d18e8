/* Reference values written by hand, one member a line: what each may hold, from both sides, and what is said where it may not. */
#include "appraise/reference_values.h"

#include "base/hex.h"
#include "starved.h"
#include "test.h"

enum { ARENA = 64 << 20 };

#define SUM "000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f"
#define DIGESTS "{\"sha256\":\"" SUM "\"}"
#define INPUT(name, value) "{\"name\":\"" name "\",\"value\":\"" value "\"}"
#define LAYER(layer, by, note) "{\"layer\":\"" layer "\",\"by\":\"" by "\",\"note\":\"" note "\"}"
#define RULE(what, source, confirmed) \
	"{\"what\":\"" what "\",\"source\":\"" source "\",\"confirmed\":\"" confirmed "\"}"
#define NO_VALUE(reg) "{\"register\":" reg ",\"how\":\"not-predictable\",\"reason\":\"r\"}"
#define SEEN(reg, values) \
	"{\"register\":" reg ",\"how\":\"observed\",\"reason\":\"r\",\"values\":" values "}"
#define COMPUTED(reg, sum)   \
	"{\"register\":" reg \
	",\"how\":\"computed\",\"reason\":\"r\",\"values\":{\"sha256\":\"" sum "\"}}"
#define EVENT(reg, type, what, rule)                                                     \
	"{\"register\":" reg ",\"type\":" type ",\"what\":\"" what "\",\"rule\":\"" rule \
	"\",\"origin\":\"\",\"text\":\"\",\"digests\":" DIGESTS "}"

static struct arena *a;

/* Members that stand on a line each, from line 2 on; the shape begins in line 5. */
enum {
	IMAGE,
	MANIFEST,
	SHAPES,
	NAME,
	PLATFORM,
	INPUTS,
	BANKS,
	FIRMWARE_ONLY,
	RULES,
	COVERAGE,
	REGISTERS,
	EVENTS,
	END,
	MEMBERS
};

static const struct {
	const char *head, *value;
} members[MEMBERS] = {
	[IMAGE] = { "{\"format\":\"assay.reference-values/1\",\n\"image\":", "\"i\"" },
	[MANIFEST] = { ",\n\"manifest_sha256\":", "\"" SUM "\"" },
	[SHAPES] = { ",\n\"shapes\":", "[" },
	[NAME] = { "\n{\"name\":", "\"s\"" },
	[PLATFORM] = { ",\n\"platform\":", "\"tpm\"" },
	[INPUTS] = { ",\n\"inputs\":", "[" INPUT("n", "v") "]" },
	[BANKS] = { ",\n\"banks\":", "[\"sha256\"]" },
	[FIRMWARE_ONLY] = { ",\n\"firmware_only\":", "false" },
	[RULES] = { ",\n\"rules\":", "[" RULE("w", "s", "no") "]" },
	[COVERAGE] = { ",\n\"coverage\":", "[" LAYER("l", "b", "n") "]" },
	[REGISTERS] = { ",\n\"registers\":", "[" SEEN("3", DIGESTS) "," NO_VALUE("4") "]" },
	[EVENTS] = { ",\n\"events\":", "[" EVENT("4", "7", "w", "r") "]" },
	[END] = { "}", "]}" },
};

static const char *also[MEMBERS]; /* what else is changed */

static struct buf made(unsigned changed, const char *value)
{
	struct buf b = buf_init(1 << 20);

	for (unsigned i = 0; i < MEMBERS; i++) {
		buf_add_cstr(&b, members[i].head);
		buf_add_cstr(&b, i == changed ? value : also[i] ? also[i] : members[i].value);
	}
	CHECK(buf_ok(&b));
	return b;
}

static bool parse(struct reference_values *v, unsigned changed, const char *value, struct err *e)
{
	CLEANUP(buf_done) struct buf b = made(changed, value);
	struct str kept = arena_str(a, buf_str(&b));

	return reference_values_parse(v, str_span(kept), a, e);
}

static void refused(unsigned member, const char *value, enum err_kind kind, const char *says)
{
	struct reference_values v = { .n_shapes = 77 };
	struct err e = { 0 };

	CHECK_ERR(parse(&v, member, value, &e), e, kind);
	if (strcmp(e.text, says) != 0)
		fprintf(stderr, "'%s', wanted '%s'\n", e.text, says);
	CHECK(!strcmp(e.text, says));
	CHECK(v.n_shapes == 77);
}

static void takes(struct reference_values *v, unsigned member, const char *value)
{
	struct err e = { 0 };

	CHECK_OK(parse(v, member, value, &e), e);
}

static void what_is_read(void)
{
	struct reference_values v = { 0 };
	const struct reference_shape *s;
	uint8_t sum[32];

	CHECK(hex_read(STR(SUM), sum, 32));
	takes(&v, MEMBERS, "");
	CHECK(str_is(v.image, "i") && !memcmp(v.manifest_sha256, sum, 32));
	CHECK(!v.has_origins && v.n_shapes == 1);
	s = v.shapes;
	CHECK(str_is(s->name, "s") && str_is(s->platform, "tpm") && !s->firmware_only);
	CHECK(s->n_inputs == 1 && str_is(s->inputs->name, "n") && str_is(s->inputs->value, "v"));
	CHECK(s->n_banks == 1 && s->banks[0] == DIGEST_SHA256);
	CHECK(s->n_rules == 1 && str_is(s->rules->what, "w") && str_is(s->rules->source, "s") &&
		str_is(s->rules->confirmed, "no"));
	CHECK(s->n_coverage == 1 && str_is(s->coverage->layer, "l") &&
		str_is(s->coverage->by, "b") && str_is(s->coverage->note, "n"));
	CHECK(s->n_registers == 2 && s->registers[0].reg == 3 && s->registers[1].reg == 4);
	CHECK(s->registers[0].how == REFERENCE_OBSERVED && str_is(s->registers[0].reason, "r"));
	CHECK(s->registers[0].values[0].alg == DIGEST_SHA256 &&
		!memcmp(s->registers[0].values[0].bytes, sum, 32));
	CHECK(s->registers[1].how == REFERENCE_NOT_PREDICTABLE && !s->registers[1].values[0].alg);
	CHECK(s->events.n == 1 && s->events.items->reg == 4 && s->events.items->type == 7);
	CHECK(str_is(s->events.items->what, "w") && str_is(s->events.items->rule, "r"));
	CHECK(!memcmp(s->events.items->digests[0].bytes, sum, 32));
	takes(&v, RULES, "[" RULE("a", "b", "c") "," RULE("d", "e", "f") "]");
	CHECK(v.shapes->n_rules == 2 && str_is(v.shapes->rules[1].source, "e"));
	takes(&v, FIRMWARE_ONLY, "true");
	CHECK(v.shapes->firmware_only);
	takes(&v, MANIFEST,
		"\"" SUM "\",\"origins\":{\"source\":1,\"distribution\":2,\"reproduced\":3,"
		"\"opaque\":4}");
	CHECK(v.has_origins && v.origins.bytes[ORIGIN_SOURCE] == 1 &&
		v.origins.bytes[ORIGIN_DISTRIBUTION] == 2 &&
		v.origins.bytes[ORIGIN_REPRODUCED] == 3 && v.origins.bytes[ORIGIN_OPAQUE] == 4);
	refused(MANIFEST, "\"" SUM "\",\n\"origins\":1", ERR_FORMAT,
		"line 4: the shares of origins must have named members");
}

/* Only what may be empty is taken when it is. */
static void empty_words(void)
{
	static const struct {
		unsigned member;
		const char *value, *says;
	} bad[] = {
		{ IMAGE, "\"\"", "line 1: member 'image' is empty" },
		{ NAME, "\"\"", "line 5: member 'name' is empty" },
		{ PLATFORM, "\"\"", "line 5: member 'platform' is empty" },
		{ INPUTS, "[" INPUT("", "v") "]", "line 7: member 'name' is empty" },
		{ RULES, "[" RULE("", "s", "no") "]", "line 10: member 'what' is empty" },
		{ RULES, "[" RULE("w", "", "no") "]", "line 10: member 'source' is empty" },
		{ RULES, "[" RULE("w", "s", "") "]", "line 10: member 'confirmed' is empty" },
		{ COVERAGE, "[" LAYER("", "b", "n") "]", "line 11: member 'layer' is empty" },
		{ REGISTERS, "[{\"register\":3,\"how\":\"\",\"reason\":\"r\"}]",
			"line 12: member 'how' is empty" },
		{ REGISTERS, "[{\"register\":3,\"how\":\"not-predictable\",\"reason\":\"\"}]",
			"line 12: member 'reason' is empty" },
		{ EVENTS, "[" EVENT("4", "7", "", "r") "]", "line 13: member 'what' is empty" },
		{ EVENTS, "[" EVENT("4", "7", "w", "") "]", "line 13: member 'rule' is empty" },
	};
	struct reference_values v;

	for (size_t i = 0; i < ARRAY_LEN(bad); i++)
		refused(bad[i].member, bad[i].value, ERR_FORMAT, bad[i].says);
	takes(&v, INPUTS, "[" INPUT("n", "") "]");
	takes(&v, COVERAGE, "[" LAYER("l", "", "") "]");
}

/* The first and the last of each run of characters that a terminal does not show, and their neighbours. */
static void plain_words(void)
{
	static const char *const good[] = { "\" ~\"", "\"\\u0020\"", "\"\\u007e\"", "\"\\u00a0\"",
		"\"\xc3\xa4\xe2\x82\xac\"" };
	static const char *const bad[] = { "\"\\u0000\"", "\"\\u001f\"", "\"a\\u000ab\"",
		"\"\\u007f\"", "\"\\u0080\"", "\"\\u009f\"", "\"\\u00a0\\u009f\"" };
	struct reference_values v;

	for (size_t i = 0; i < ARRAY_LEN(good); i++)
		takes(&v, IMAGE, good[i]);
	for (size_t i = 0; i < ARRAY_LEN(bad); i++)
		refused(IMAGE, bad[i], ERR_FORMAT, "line 1: member 'image' has control characters");
}

static void long_words(void)
{
	char text[8192 + 4] = "\"";
	struct reference_values v;

	memset(text + 1, 'x', 8193);
	text[8193] = '"';
	text[8194] = 0;
	takes(&v, IMAGE, text);
	CHECK(v.image.n == 8192);
	text[8193] = 'x';
	text[8194] = '"';
	refused(IMAGE, text, ERR_LIMIT, "line 1: member 'image' is longer than 8192 bytes");
}

/* "[1,1,...]": n elements that are none. */
static char *ones(size_t n)
{
	char *text = malloc(2 * n + 2);

	text[0] = '[';
	for (size_t i = 0; i < n; i++)
		memcpy(text + 1 + 2 * i, "1,", 2);
	memcpy(text + 2 * n, "]", 2);
	return text;
}

static void how_many(void)
{
	static const struct {
		unsigned member;
		const char *name;
		size_t max;
		unsigned line;
	} lists[] = { { INPUTS, "inputs", 64, 7 }, { RULES, "rules", 64, 10 },
		{ COVERAGE, "coverage", 64, 11 }, { REGISTERS, "registers", 24, 12 },
		{ EVENTS, "events", 100000, 13 } };
	char says[100];

	for (size_t i = 0; i < ARRAY_LEN(lists); i++) {
		char *full = ones(lists[i].max), *over = ones(lists[i].max + 1);

		snprintf(says, sizeof says, "line %u: element of '%s' is no object", lists[i].line,
			lists[i].name);
		refused(lists[i].member, full, ERR_FORMAT, says);
		snprintf(says, sizeof says, "line %u: '%s' has %zu elements, limit %zu",
			lists[i].line, lists[i].name, lists[i].max + 1, lists[i].max);
		refused(lists[i].member, over, ERR_LIMIT, says);
		free(full);
		free(over);
	}
	refused(INPUTS, "[" INPUT("n", "v") ",\n1]", ERR_FORMAT,
		"line 8: element of 'inputs' is no object");
}

/* An array of n shapes alike, but for their names. */
static void how_many_shapes(void)
{
	for (size_t n = 64; n <= 65; n++) {
		CLEANUP(buf_done) struct buf b = buf_init(1 << 20);
		struct reference_values v;
		struct err e = { 0 };

		buf_add_cstr(&b,
			"{\"format\":\"assay.reference-values/1\",\"image\":\"i\",\"manifest_sha256\":\"" SUM
			"\",\"shapes\":[");
		for (size_t i = 0; i < n; i++)
			buf_printf(&b,
				"%s{\"name\":\"%zu\",\"platform\":\"tpm\",\"inputs\":[],\"banks\":[\"sha256\"],"
				"\"firmware_only\":true,\"coverage\":[],\"registers\":[],\"events\":[]}",
				i ? "," : "", i);
		buf_add_cstr(&b, "]}");
		if (n == 64) {
			CHECK_OK(reference_values_parse(&v, buf_span(&b), a, &e), e);
			CHECK(v.n_shapes == 64 && str_is(v.shapes[63].name, "63"));
			CHECK(!v.shapes->rules && !v.shapes->n_rules);
			CHECK(reference_shape_find(&v, "63") == &v.shapes[63]);
			CHECK(!reference_shape_find(&v, "64") && !reference_shape_find(&v, ""));
			continue;
		}
		CHECK_ERR(reference_values_parse(&v, buf_span(&b), a, &e), e, ERR_LIMIT);
		CHECK(!strcmp(e.text, "line 1: 'shapes' has 65 elements, limit 64"));
	}
}

static void twice(void)
{
	struct reference_values v;

	refused(INPUTS, "[" INPUT("a", "v") "," INPUT("b", "v") ",\n" INPUT("a", "w") "]",
		ERR_FORMAT, "line 8: input 'a' is there twice");
	refused(INPUTS, "[" INPUT("a", "v") "," INPUT("b", "v") "," INPUT("b", "w") "]", ERR_FORMAT,
		"line 7: input 'b' is there twice");
	takes(&v, INPUTS, "[" INPUT("a", "v") "," INPUT("b", "v") "," INPUT("c", "v") "]");
	CHECK(v.shapes->n_inputs == 3 && str_is(v.shapes->inputs[2].name, "c"));
	refused(END,
		",\n{\"name\":\"s\",\"platform\":\"tpm\",\"inputs\":[],\"banks\":[\"sha1\"],"
		"\"firmware_only\":true,\"coverage\":[],\"registers\":[],\"events\":[]}]}",
		ERR_FORMAT, "line 14: shape 's' is there twice");
	takes(&v, END,
		",\n{\"name\":\"t\",\"platform\":\"tpm\",\"inputs\":[],\"banks\":[\"sha1\"],"
		"\"firmware_only\":true,\"coverage\":[],\"registers\":[],\"events\":[]}]}");
	CHECK(v.n_shapes == 2 && v.shapes[1].banks[0] == DIGEST_SHA1);
}

static void banks(void)
{
	refused(BANKS, "[]", ERR_LIMIT, "line 8: 0 banks, wanted 1 to 4");
	refused(BANKS, "[\"sha1\",\"sha256\",\"sha384\",\"sha512\",\"sha1\"]", ERR_LIMIT,
		"line 8: 5 banks, wanted 1 to 4");
	refused(BANKS, "[\"sha1\",\"sha256\",\"sha384\",\n\"sha1\"]", ERR_FORMAT,
		"line 9: bank sha1 is there twice");
	refused(BANKS, "[\"sha256\",\"sha384\",\"sha384\"]", ERR_FORMAT,
		"line 8: bank sha384 is there twice");
	refused(BANKS, "[\"sha256\",\n\"md5\"]", ERR_FORMAT, "line 9: unknown bank");
	refused(BANKS, "[1]", ERR_FORMAT, "line 8: unknown bank");
	refused(BANKS, "[\"sha1\",\"sha256\",\"sha384\",\"sha512\"]", ERR_FORMAT,
		"line 12: 'values' has 1 digests for 4 banks");
	refused(BANKS, "[\"sha384\"]", ERR_FORMAT, "line 12: member 'sha384' is missing");
	refused(REGISTERS, "[" SEEN("3", "{}") "]", ERR_FORMAT,
		"line 12: 'values' has 0 digests for 1 banks");
	refused(REGISTERS, "[" SEEN("3", "{\"sha256\":\"00\"}") "]", ERR_FORMAT,
		"line 12: member 'sha256' must be 64 lower-case hex digits");
	refused(EVENTS,
		"[{\"register\":4,\"type\":7,\"what\":\"w\",\"rule\":\"r\",\"origin\":\"\","
		"\"text\":\"\",\"digests\":{}}]",
		ERR_FORMAT, "line 13: 'digests' has 0 digests for 1 banks");
}

static void registers(void)
{
	struct reference_values v;

	refused(REGISTERS, "[{\"register\":3,\"how\":\"told\",\"reason\":\"r\"}]", ERR_FORMAT,
		"line 12: 'how' is 'told', wanted computed, observed or not-predictable");
	refused(REGISTERS, "[" NO_VALUE("24") "]", ERR_FORMAT,
		"line 12: member 'register' must be an integer of 0 to 23");
	takes(&v, REGISTERS, "[" NO_VALUE("0") "," NO_VALUE("4") "," NO_VALUE("23") "]");
	CHECK(v.shapes->n_registers == 3 && v.shapes->registers[2].reg == 23);
	refused(REGISTERS, "[" NO_VALUE("4") ",\n" NO_VALUE("4") "]", ERR_FORMAT,
		"line 13: registers do not ascend");
	refused(REGISTERS, "[" NO_VALUE("1") "," NO_VALUE("4") "," NO_VALUE("3") "]", ERR_FORMAT,
		"line 12: registers do not ascend");
	refused(REGISTERS,
		"[{\"register\":3,\"how\":\"not-predictable\",\"reason\":\"r\",\"values\":" DIGESTS
		"}]",
		ERR_FORMAT, "line 12: a register has no member 'values'");
	refused(REGISTERS, "[{\"register\":3,\"how\":\"observed\",\"reason\":\"r\"}]", ERR_FORMAT,
		"line 12: member 'values' is missing");
}

static void events(void)
{
	struct reference_values v;

	refused(EVENTS, "[" EVENT("5", "7", "w", "r") "]", ERR_FORMAT,
		"line 13: event for register 5, which the shape does not list");
	refused(EVENTS, "[" EVENT("24", "7", "w", "r") "]", ERR_FORMAT,
		"line 13: member 'register' must be an integer of 0 to 23");
	refused(EVENTS, "[" EVENT("4", "4294967296", "w", "r") "]", ERR_FORMAT,
		"line 13: member 'type' must be an integer of 0 to 4294967295");
	takes(&v, EVENTS, "[" EVENT("3", "4294967295", "w", "r") "," EVENT("4", "0", "x", "y") "]");
	CHECK(v.shapes->events.n == 2 && v.shapes->events.items[0].type == UINT32_MAX);
	CHECK(v.shapes->events.items[0].reg == 3 && str_is(v.shapes->events.items[1].what, "x"));
	takes(&v, EVENTS, "[]");
	CHECK(!v.shapes->events.n);
}

/* A computed value is what the events give: for a TPM the fold of them, for an SNP guest the last. */
static void folds(void)
{
	uint8_t both[64] = { 0 };
	char text[600], hex[65];
	struct reference_values v;

	CHECK(hex_read(STR(SUM), both + 32, 32));
	for (int wrong = 0; wrong < 2; wrong++) {
		struct digest d = digest_of(DIGEST_SHA256, SPAN_OF(both));

		d.bytes[31] ^= (uint8_t)wrong;
		hex_write(hex, d.bytes, 32);
		snprintf(text, sizeof text, "[" COMPUTED("4", "%s") "]", hex);
		if (!wrong)
			takes(&v, REGISTERS, text);
		else
			refused(REGISTERS, text, ERR_MISMATCH,
				"shape 's': the sha256 value of PCR 4 is not what its events give");
	}
	CHECK(v.shapes->registers[0].how == REFERENCE_COMPUTED);
	refused(REGISTERS, "[" COMPUTED("4", SUM) "]", ERR_MISMATCH,
		"shape 's': the sha256 value of PCR 4 is not what its events give");
	refused(REGISTERS, "[" NO_VALUE("4") "," COMPUTED("5", SUM) "]", ERR_MISMATCH,
		"shape 's': the sha256 value of PCR 5 is not what its events give");
	also[PLATFORM] = "\"snp\"";
	also[REGISTERS] = "[" COMPUTED("0", SUM) "]";
	takes(&v, EVENTS, "[" EVENT("0", "0", "w", "r") "]");
	CHECK(v.shapes->registers[0].how == REFERENCE_COMPUTED);
	refused(EVENTS, "[]", ERR_MISMATCH,
		"shape 's': the sha256 value of measurement is not what its events give");
	also[PLATFORM] = also[REGISTERS] = NULL;
}

static void members_that_are_none(void)
{
	refused(IMAGE, "\"i\",\"more\":1", ERR_FORMAT,
		"line 2: reference values has no member 'more'");
	refused(NAME, "\"s\",\"more\":1", ERR_FORMAT, "line 5: a shape has no member 'more'");
	refused(INPUTS, "[{\"more\":1}]", ERR_FORMAT, "line 7: an input has no member 'more'");
	refused(RULES, "[{\"more\":1}]", ERR_FORMAT, "line 10: a rule has no member 'more'");
	refused(COVERAGE, "[{\"more\":1}]", ERR_FORMAT, "line 11: a layer has no member 'more'");
	refused(EVENTS, "[{\"more\":1}]", ERR_FORMAT, "line 13: an event has no member 'more'");
	refused(IMAGE, "1", ERR_FORMAT, "line 2: member 'image' is no string");
	refused(INPUTS, "[1]", ERR_FORMAT, "line 7: element of 'inputs' is no object");
	refused(INPUTS, "1", ERR_FORMAT, "line 7: member 'inputs' is no list");
	refused(RULES, "null", ERR_FORMAT, "line 10: member 'rules' is no list");
	refused(BANKS, "1", ERR_FORMAT, "line 8: member 'banks' is no list");
	refused(FIRMWARE_ONLY, "1", ERR_FORMAT, "line 9: member 'firmware_only' is no truth value");
	refused(MANIFEST, "\"" SUM "0\"", ERR_FORMAT,
		"line 3: member 'manifest_sha256' must be 64 lower-case hex digits");
}

/* White space may fill it up to the limit. */
static void how_long(void)
{
	CLEANUP(buf_done)
	struct buf b = buf_init(REFERENCE_VALUES_SIZE_MAX + 1), text = made(MEMBERS, "");
	struct reference_values v;
	struct err e = { 0 };

	buf_add(&b, text.p, text.n);
	buf_fill(&b, ' ', REFERENCE_VALUES_SIZE_MAX - text.n);
	CHECK(b.n == 16 << 20);
	CHECK_OK(reference_values_parse(&v, buf_span(&b), a, &e), e);
	buf_fill(&b, ' ', 1);
	CHECK_ERR(reference_values_parse(&v, buf_span(&b), a, &e), e, ERR_LIMIT);
	CHECK(!strcmp(e.text, "reference values are 16777217 bytes, limit 16777216"));
}

static bool read_and_write(struct buf *told, const void *what, struct arena *in, struct err *e)
{
	struct reference_values v;

	if (!reference_values_parse(&v, *(const struct span *)what, in, e))
		return false;
	reference_values_emit(&v, told);
	return true;
}

static void with_little_memory(void)
{
	CLEANUP(buf_done) struct buf text = made(MEMBERS, "");
	const struct span s = buf_span(&text);

	starved(read_and_write, &s);
}

static void names_of_registers(void)
{
	static const struct {
		const char *platform;
		unsigned reg;
		const char *want;
	} cases[] = { { "tpm", 4, "PCR 4" }, { "snp", 0, "measurement" }, { "tdx", 0, "MRTD" },
		{ "tdx", 1, "RTMR 0" }, { "nitro-enclave", 8, "PCR 8" }, { "x", 2, "register 2" } };

	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		const struct reference_shape s = { .platform = str_of(cases[i].platform) };
		char name[PLATFORM_REGISTER_NAME_MAX] = "";

		reference_register_name(name, &s, cases[i].reg);
		CHECK(!strcmp(name, cases[i].want));
	}
}

int main(void)
{
	a = arena_new((size_t)ARENA * 8);
	what_is_read();
	empty_words();
	plain_words();
	long_words();
	how_many();
	how_many_shapes();
	twice();
	banks();
	registers();
	events();
	folds();
	members_that_are_none();
	how_long();
	with_little_memory();
	names_of_registers();
	arena_free(a);
	return test_end();
}
