/* The guest's PID 1 is a program of its own, built in the box; its pure parts are taken in here as they are. */
#include "../../guest/command_line.c"

#include "base/cleanup.h"
#include "test.h"

#define D "11111111-2222-3333-4444-555555555555"
#define H "aaaaaaaa-bbbb-cccc-dddd-eeeeeeeeeeee"
#define R "00112233445566778899aabbccddeeff00112233445566778899aabbccddeeff"
#define TABLE "assay.verity=1," D "," H ",4096,4096,684,0,sha256," R ",0123456789abcdef"

static void accepted(void)
{
	struct command_line c = { 0 };

	CHECK(!command_line_parse(&c, "console=ttyS0 ro " TABLE "\n"));
	CHECK(!c.observe && !strcmp(c.verity.data, D) && !strcmp(c.verity.hash, H));
	CHECK(c.verity.data_blocks == 684 && c.verity.hash_start == 0);
	CHECK(!strcmp(c.verity.root_hash, R) && !strcmp(c.verity.salt, "0123456789abcdef"));
	CHECK(!command_line_parse(&c, TABLE));
	CHECK(!command_line_parse(&c, "my.assay.verity=1 x=assay.y \"a assay.b\" " TABLE " -- x"));
	CHECK(!command_line_parse(&c, "x assay.observe"));
	CHECK(c.observe);
	CHECK(!command_line_parse(
		&c, "assay.verity=1," D "," H ",4096,4096,268435456,268435456,sha256," R ",-"));
	CHECK(!c.observe && !strcmp(c.verity.salt, "-") &&
		c.verity.hash_start == VERITY_BLOCKS_MAX);
}

static void refused(void)
{
	static const char *const cases[] = {
		"",
		" \n",
		"root=/dev/vda1",
		TABLE " " TABLE,
		TABLE " assay.observe",
		"assay.observe " TABLE,
		"assay.observe assay.observe",
		"assay.observe=1",
		"assay.",
		"assay.shell " TABLE,
		TABLE " assay.verity",
		"\"" TABLE "\"",
		TABLE "x",
		TABLE ",",
		"assay.verity=",
		"assay.verity=2," D "," H ",4096,4096,684,0,sha256," R ",-",
		"assay.verity=1," D "," H ",512,4096,684,0,sha256," R ",-",
		"assay.verity=1," D "," H ",4096,1024,684,0,sha256," R ",-",
		"assay.verity=1," D "," H ",4096,4096,0,0,sha256," R ",-",
		"assay.verity=1," D "," H ",4096,4096,0684,0,sha256," R ",-",
		"assay.verity=1," D "," H ",4096,4096,-1,0,sha256," R ",-",
		"assay.verity=1," D "," H ",4096,4096,268435457,0,sha256," R ",-",
		"assay.verity=1," D "," H ",4096,4096,18446744073709552300,0,sha256," R ",-",
		"assay.verity=1," D "," H ",4096,4096,684,,sha256," R ",-",
		"assay.verity=1," D "," H ",4096,4096,684,0,sha1," R ",-",
		"assay.verity=1," D "," H ",4096,4096,684,0,sha256," R "0,-",
		"assay.verity=1," D "," H ",4096,4096,684,0,sha256," R ",",
		"assay.verity=1," D "," H ",4096,4096,684,0,sha256," R ",abc",
		"assay.verity=1," D "," H ",4096,4096,684,0,sha256," R ",AB",
		"assay.verity=1," D "," H ",4096,4096,684,0,sha256," R ",-,ignore_corruption",
		"assay.verity=1,/dev/vda1," H ",4096,4096,684,0,sha256," R ",-",
		"assay.verity=1," D
		",AAAAAAAA-bbbb-cccc-dddd-eeeeeeeeeeee,4096,4096,684,0,sha256," R ",-",
	};

	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		struct command_line c = { .verity = { .data_blocks = 7 } };

		if (!command_line_parse(&c, cases[i]))
			fprintf(stderr, "accepted: %s\n", cases[i]);
		CHECK(command_line_parse(&c, cases[i]) != NULL);
		CHECK(c.verity.data_blocks == 7);
	}
}

/* Cut at every length: only whole even salts are still a table. */
static void truncated(void)
{
	char text[sizeof TABLE];
	struct command_line c;

	for (size_t n = 0; n < sizeof TABLE - 1; n++) {
		size_t salt = n < sizeof TABLE - 17 ? 0 : n - (sizeof TABLE - 17);

		memcpy(text, TABLE, n);
		text[n] = 0;
		CHECK(!command_line_parse(&c, text) == (salt > 0 && salt % 2 == 0));
	}
}

/* The longest salt is taken, a longer one is not. */
static void long_salts(void)
{
	char text[1024];
	struct command_line c;
	int n = snprintf(
		text, sizeof text, "assay.verity=1," D "," H ",4096,4096,1,0,sha256," R ",");

	memset(text + n, 'a', SALT_TEXT_MAX);
	text[n + SALT_TEXT_MAX] = 0;
	CHECK(!command_line_parse(&c, text) && strlen(c.verity.salt) == SALT_TEXT_MAX);
	memset(text + n, 'a', SALT_TEXT_MAX + 2);
	text[n + SALT_TEXT_MAX + 2] = 0;
	CHECK(command_line_parse(&c, text) != NULL);
}

int main(void)
{
	accepted();
	refused();
	truncated();
	long_salts();
	return test_end();
}
