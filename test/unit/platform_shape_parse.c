/* Files of platforms: how much may stand in them, and what is said of what may not. */
#include "appraise/platform_shape.h"

#include "starved.h"
#include "test.h"

#define HEAD "format: assay.platform/1\nname: x\nplatform: tdx\n"
#define SETTINGS "settings: {}\n"
#define RULE "{what: a, source: b, confirmed: c}"
#define RULES "rules: [" RULE "]\n"
#define D48 \
	"000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f202122232425262728292a2b2c2d2e2f"
#define ROW(vcpus)                                                                                 \
	"{qemu: \"10.2\", vcpus: \"" vcpus "\", memory: 2G, acpi-loader: " D48 ", acpi-rsdp: " D48 \
	", acpi-tables: " D48 "}"

static struct arena *a;

static void refused(const char *text, enum err_kind kind, const char *says)
{
	struct platform_shape s = { .vcpus = 77 };
	struct err e = { 0 };

	CHECK_ERR(platform_shape_parse(&s, str_span(str_of(text)), a, &e), e, kind);
	if (strcmp(e.text, says) != 0)
		fprintf(stderr, "'%s', wanted '%s'\n", e.text, says);
	CHECK(!strcmp(e.text, says) && s.vcpus == 77);
}

static void whole(void)
{
	static const char text[] = HEAD
		"settings: {vcpus: \"3\", memory: 4G}\nrules: [" RULE
		", {what: d, source: e, confirmed: f}]\nacpi: [" ROW("3") ", " ROW("4") "]\n";
	struct platform_shape s;
	struct err e;

	CHECK_OK(platform_shape_parse(&s, str_span(str_of(text)), a, &e), e);
	CHECK(str_is(s.name, "x") && str_is(s.base, "x") && s.kind == PLATFORM_TDX);
	CHECK(s.vcpus == 3 && s.memory == UINT64_C(4) << 30 && !s.has_acpi);
	CHECK(s.n_rules == 2 && str_is(s.rules[0].what, "a") && str_is(s.rules[0].source, "b") &&
		str_is(s.rules[0].confirmed, "c"));
	CHECK(str_is(s.rules[1].what, "d") && str_is(s.rules[1].source, "e") &&
		str_is(s.rules[1].confirmed, "f"));
	CHECK(s.n_known_acpi == 2 && s.known_acpi[0].vcpus == 3 && s.known_acpi[1].vcpus == 4);
	CHECK(s.known_acpi[1].qemu.major == 10 && s.known_acpi[1].qemu.minor == 2 &&
		s.known_acpi[1].memory == UINT64_C(2) << 30);
	for (size_t i = 0; i < PLATFORM_ACPI_FILES; i++)
		CHECK(s.known_acpi[1].digests[i].alg == DIGEST_SHA384 &&
			s.known_acpi[1].digests[i].bytes[47] == 47);
	CHECK_OK(platform_shape_parse(&s, str_span(STR(HEAD SETTINGS RULES)), a, &e), e);
	CHECK(!s.n_known_acpi && !s.known_acpi && s.n_rules == 1);
}

/* HEAD and n times the same in a list. */
static char *many(const char *list, const char *one, size_t n, const char *rest)
{
	CLEANUP(buf_done) struct buf b = buf_init(1 << 20);

	buf_add_cstr(&b, HEAD SETTINGS);
	buf_printf(&b, "%s: [", list);
	for (size_t i = 0; i < n; i++)
		buf_printf(&b, "%s%s", i ? ", " : "", one);
	buf_printf(&b, "]\n%s", rest);
	buf_u8(&b, 0);
	CHECK(buf_ok(&b));
	return strdup((const char *)b.p);
}

static void how_many(void)
{
	char *rules = many("rules", RULE, 64, ""), *over = many("rules", RULE, 65, "");
	char *rows = many("acpi", ROW("1"), 256, RULES), *more = many("acpi", ROW("1"), 257, RULES);
	struct platform_shape s;
	struct err e;

	CHECK_OK(platform_shape_parse(&s, str_span(str_of(rules)), a, &e), e);
	CHECK(s.n_rules == 64 && str_is(s.rules[63].confirmed, "c"));
	refused(over, ERR_LIMIT, "line 5: 65 rules, wanted 1 to 64");
	refused(HEAD SETTINGS "rules: []\n", ERR_LIMIT, "line 5: 0 rules, wanted 1 to 64");
	CHECK_OK(platform_shape_parse(&s, str_span(str_of(rows)), a, &e), e);
	CHECK(s.n_known_acpi == 256 && s.known_acpi[255].vcpus == 1);
	refused(more, ERR_LIMIT, "line 5: 257 ACPI rows, limit 256");
	free(rules);
	free(over);
	free(rows);
	free(more);
}

static void what_is_said(void)
{
	refused("format: assay.platform/1\nname: x\nplatform: xyz\n" SETTINGS RULES, ERR_FORMAT,
		"platform 'xyz' is none that there is");
	refused("format: assay.platform/2\nname: x\nplatform: tdx\n" SETTINGS RULES, ERR_FORMAT,
		"format is 'assay.platform/2', this build knows 'assay.platform/1'");
	refused(HEAD SETTINGS RULES "more: x\n", ERR_FORMAT,
		"line 6: a platform has no member 'more'");
	refused(HEAD "settings: {vcpus: [\"1\"]}\n" RULES, ERR_FORMAT,
		"line 4: a setting is a word");
	refused(HEAD "settings:\n  vcpus: \"1\"\n  vmm: qemu\n" RULES, ERR_USAGE,
		"line 6: platform tdx has no setting 'vmm'");
	refused(HEAD "settings: {vcpus: \"0\"}\n" RULES, ERR_FORMAT,
		"line 4: setting 'vcpus': is '0', wanted a number from 1 to 4096");
	refused(HEAD SETTINGS "rules: [{what: a, source: b, confirmed: c, more: d}]\n", ERR_FORMAT,
		"line 5: a rule has no member 'more'");
	refused(HEAD SETTINGS "rules: [{source: b, confirmed: c}]\n", ERR_FORMAT,
		"line 5: member 'what' is missing");
	refused(HEAD SETTINGS "rules: [{what: a, confirmed: c}]\n", ERR_FORMAT,
		"line 5: member 'source' is missing");
	refused(HEAD SETTINGS "rules: [{what: a, source: b}]\n", ERR_FORMAT,
		"line 5: member 'confirmed' is missing");
	refused(HEAD SETTINGS RULES "acpi: [{qemu: \"10.2\"}]\n", ERR_FORMAT,
		"line 6: member 'vcpus' is missing");
	refused(HEAD SETTINGS RULES "acpi: [{passes: two}]\n", ERR_FORMAT,
		"line 6: an ACPI row has no member 'passes'");
	refused(HEAD SETTINGS RULES "acpi:\n- " ROW("1") "\n- " ROW("0") "\n", ERR_FORMAT,
		"line 8: setting 'vcpus': is '0', wanted a number from 1 to 4096");
	refused(HEAD SETTINGS RULES "acpi: x\n", ERR_FORMAT, "line 6: member 'acpi' is no list");
	refused(HEAD SETTINGS "rules: x\n", ERR_FORMAT, "line 5: member 'rules' is no list");
	refused(HEAD RULES, ERR_FORMAT, "line 1: member 'settings' is missing");
}

static bool read_and_tell(struct buf *told, const void *what, struct arena *in, struct err *e)
{
	struct platform_shape s;

	if (!platform_shape_parse(&s, str_span(str_of(what)), in, e))
		return false;
	buf_printf(told, "%.*s %zu %zu", STR_ARG(s.name), s.n_rules, s.n_known_acpi);
	return true;
}

int main(void)
{
	a = arena_new(64 << 20);
	whole();
	how_many();
	what_is_said();
	starved(read_and_tell, HEAD SETTINGS RULES);
	starved(read_and_tell, HEAD SETTINGS RULES "acpi: [" ROW("3") "]\n");
	arena_free(a);
	return test_end();
}
