#include "trust/signed_note.h"

#include "arena_steps.h"
#include "codec/utf8.h"
#include "codec/base64.h"
#include "keys_made.h"
#include "trust/checkpoint.h"

static struct arena *a;

/* A note of another implementation (C2SP's text): its key's id and its signature. */
#define VKEY "example.com/foo+530d903a+AekyeRrm56hApGFkyQR4ZCbV54Id2LKaANYcrnKv3U2k"
#define TEXT "This is an example message.\n"
#define LINE                            \
	"\xe2\x80\x94 example.com/foo " \
	"Uw2QOkn8srV1yJGh2VYRlL1Tnagv1YEq6TfXppzi2ONncAlTgK7Ztg1ERYNZXsYjOBH3mFXmRKuwHjG1Yu72IneyaQM=\n"

static struct str with(const char *text, const char *more)
{
	return arena_printf(a, "%s\n%s", text, more);
}

static bool parse(struct signed_note *n, struct str s, struct err *e)
{
	return signed_note_parse(n, str_span(s), a, e);
}

static void published(void)
{
	struct note_key k;
	struct signed_note n;
	struct err e = { 0 };
	CLEANUP(buf_done) struct buf text = buf_init(400);
	int64_t at = 7;

	CHECK_OK(note_key_parse(&k, STR(VKEY), &e), e);
	CHECK(k.id == 0x530d903a && k.type == NOTE_KEY_ED25519 &&
		str_is(k.name, "example.com/foo"));
	note_key_write(&text, &k);
	CHECK(str_is(buf_str(&text), VKEY));
	CHECK_OK(parse(&n, with(TEXT, LINE), &e), e);
	CHECK(n.n == 1 && str_is(n.text, TEXT) && n.lines[0].id == k.id);
	CHECK_OK(signed_note_check(&n, &k, &at, &e), e);
	CHECK(at == 0);
	CHECK_OK(parse(&n, with("This is an example message!\n", LINE), &e), e);
	CHECK_ERR(signed_note_check(&n, &k, NULL, &e), e, ERR_SIGNATURE);
}

static void keys(void)
{
	static const char *const bad[] = { "", "example.com/foo", "example.com/foo+530d903a",
		"+530d903a+AekyeRrm56hApGFkyQR4ZCbV54Id2LKaANYcrnKv3U2k",
		"example.com/foo+530d903b+AekyeRrm56hApGFkyQR4ZCbV54Id2LKaANYcrnKv3U2k",
		"example.com/foo+530D903A+AekyeRrm56hApGFkyQR4ZCbV54Id2LKaANYcrnKv3U2k",
		"example.com/foo+530d903+AekyeRrm56hApGFkyQR4ZCbV54Id2LKaANYcrnKv3U2k",
		"example.com/bar+530d903a+AekyeRrm56hApGFkyQR4ZCbV54Id2LKaANYcrnKv3U2k",
		"example.com/foo+530d903a+BukyeRrm56hApGFkyQR4ZCbV54Id2LKaANYcrnKv3U2k",
		"example.com/foo+530d903a+AekyeRrm56hApGFkyQR4ZCbV54Id2LKaANYcrnKv3Q==",
		"example.com/foo+530d903a+", "example.com/foo+530d903a+@@@@",
		"example.com /foo+530d903a+AekyeRrm56hApGFkyQR4ZCbV54Id2LKaANYcrnKv3U2k",
		"example.com/foo+530d903a+AekyeRrm56hApGFkyQR4ZCbV54Id2LKaANYcrnKv3U2kAA==",
		"example.com/foo+530d903a0+AekyeRrm56hApGFkyQR4ZCbV54Id2LKaANYcrnKv3U2k",
		"example.com/foo+530d903a00+AekyeRrm56hApGFkyQR4ZCbV54Id2LKaANYcrnKv3U2k",
		"example.com\xc2\xa0+530d903a+AekyeRrm56hApGFkyQR4ZCbV54Id2LKaANYcrnKv3U2k" };
	static const char *const names[] = { "", "a b", "a+b", "a\tb", "a\x7f", "\xff",
		"\xe2\x80\x83", "\xe2\x80\xa8", "\xe3\x80\x80", "\xc2\x85", "\xe1\x9a\x80",
		"\xe2\x80\xaf", "\xe2\x81\x9f", "\xe2\x80\x80", "\xe2\x80\x8a", "\xe2\x80\xa9",
		"\xc2\xa0", "x\x1f", " ", "\x7fx" };
	/* beside those that are white space */
	static const char *const fine[] = { "!", "~", "\xc2\x84", "\xc2\x86", "\xc2\x9f",
		"\xc2\xa1", "\xe1\x9a\x81", "\xe1\xbf\xbf", "\xe2\x80\x8b", "\xe2\x80\xa7",
		"\xe2\x80\xaa", "\xe2\x80\xae", "\xe2\x80\xb0", "\xe2\x81\x9e", "\xe2\x81\xa0",
		"\xe3\x80\x81" };
	char longest[NOTE_KEY_NAME_MAX + 1];
	struct note_key k;
	struct err e = { 0 };

	for (size_t i = 0; i < ARRAY_LEN(bad); i++)
		CHECK_ERR(note_key_parse(&k, str_of(bad[i]), &e), e, ERR_FORMAT);
	for (size_t i = 0; i < ARRAY_LEN(names); i++)
		CHECK(!note_key_name_ok(str_of(names[i])));
	for (size_t i = 0; i < ARRAY_LEN(fine); i++)
		test_report(note_key_name_ok(str_of(fine[i])), __FILE__, __LINE__, fine[i]);
	CHECK(note_key_name_ok(STR("gr\xc3\xbc\xc3\x9f"
				   "e/\xe2\x80\x94")));
	memset(longest, 'x', sizeof longest);
	CHECK(note_key_name_ok(str_make(longest, sizeof longest - 1)));
	CHECK(!note_key_name_ok(str_make(longest, sizeof longest)));
}

/* The longest name has a key; what is longer than the longest of any type is none. */
static void longest_key(void)
{
	CLEANUP(buf_done) struct buf text = buf_init(NOTE_KEY_TEXT_MAX + 1);
	char name[NOTE_KEY_NAME_MAX + 1];
	const uint8_t bytes[NOTE_KEY_SIZE] = { 1 };
	struct note_key k = { 0 }, back = { 0 };
	struct err e = { 0 };

	memset(name, 'x', sizeof name);
	CHECK_ERR(note_key_of(&k, str_make(name, sizeof name), NOTE_KEY_ED25519, bytes, &e), e,
		ERR_FORMAT);
	CHECK_OK(
		note_key_of(&k, str_make(name, NOTE_KEY_NAME_MAX), NOTE_KEY_ED25519, bytes, &e), e);
	note_key_write(&text, &k);
	CHECK_OK(note_key_parse(&back, buf_str(&text), &e), e);
	CHECK(back.id == k.id && back.name.n == NOTE_KEY_NAME_MAX && back.bytes[0] == 1);
	buf_fill(&text, 'A', NOTE_KEY_TEXT_MAX - text.n);
	CHECK_ERR(note_key_parse(&back, buf_str(&text), &e), e, ERR_FORMAT);
	CHECK(!strstr(e.text, "no key of a note"));
	buf_u8(&text, 'A');
	CHECK_ERR(note_key_parse(&back, buf_str(&text), &e), e, ERR_FORMAT);
	CHECK(strstr(e.text, "no key of a note"));
}

/* Types that others have and this assay has not are refused by their names. */
static void types(void)
{
	static const struct {
		uint8_t type;
		size_t size;
		const char *word;
	} cases[] = { { 0x06, 1312, "ML-DSA-44" }, { 0x02, 91, "ECDSA" }, { 0x05, 32, "RFC 6962" },
		{ 0x03, 32, "unheard of" }, { 0xff, 32, "unheard of" } };

	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		CLEANUP(buf_done) struct buf raw = buf_init(2000), text = buf_init(4000);
		struct note_key k;
		struct err e = { 0 };

		buf_u8(&raw, cases[i].type);
		buf_fill(&raw, 7, cases[i].size);
		buf_add_cstr(&text, "w.example+01020304+");
		base64_add(&text, buf_span(&raw), BASE64_STANDARD);
		CHECK_ERR(note_key_parse(&k, buf_str(&text), &e), e, ERR_FORMAT);
		CHECK(strstr(e.text, cases[i].word));
	}
}

static struct note_key key_of(
	const char *name, enum note_key_type type, const struct private_key *p)
{
	uint8_t bytes[PRIVATE_KEY_ED25519_SIZE];
	struct note_key k = { 0 };
	struct err e = { 0 };

	CHECK_OK(private_key_ed25519(bytes, p, &e), e);
	CHECK_OK(note_key_of(&k, str_of(name), type, bytes, &e), e);
	return k;
}

/* Signed by a log and two witnesses; each bit of each signature and of the text matters to whose it is. */
static void signing(void)
{
	CLEANUP(private_key_freep) struct private_key *log = keys_made("ED25519", NULL);
	CLEANUP(private_key_freep) struct private_key *witness = keys_made("ED25519", NULL);
	CLEANUP(private_key_freep) struct private_key *p256 = keys_made("EC", "P-256");
	struct note_key l = key_of("log.example/1", NOTE_KEY_ED25519, log);
	struct note_key w = key_of("witness.example", NOTE_KEY_COSIGNATURE, witness);
	struct note_key plain = key_of("witness.example", NOTE_KEY_ED25519, witness);
	CLEANUP(buf_done) struct buf note = buf_init(4096);
	struct str text = STR("log.example/1\n7\nAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=\n");
	struct signed_note n;
	struct err e = { 0 };
	int64_t at = 0;

	buf_add_str(&note, text);
	buf_u8(&note, '\n');
	CHECK_OK(signed_note_sign(&note, text, &l, log, 0, &e), e);
	CHECK_OK(signed_note_sign(&note, text, &w, witness, 1700000000, &e), e);
	CHECK_OK(signed_note_sign(&note, text, &w, witness, 1600000000, &e), e);
	CHECK_OK(signed_note_parse(&n, buf_span(&note), a, &e), e);
	CHECK_OK(signed_note_check(&n, &l, NULL, &e), e);
	CHECK_OK(signed_note_check(&n, &w, &at, &e), e);
	CHECK(n.n == 3 && at == 1700000000);
	CHECK_ERR(signed_note_check(&n, &plain, NULL, &e), e, ERR_NOTFOUND);
	for (size_t i = 0; i < n.n; i++)
		for (size_t bit = 0; bit < n.lines[i].signature.n * 8; bit += 5) {
			uint8_t *p = arena_alloc(a, n.lines[i].signature.n);
			struct signed_note m = n;

			memcpy(p, n.lines[i].signature.p, n.lines[i].signature.n);
			p[bit / 8] ^= (uint8_t)(1 << bit % 8);
			m.lines[i].signature.p = p;
			CHECK_ERR(signed_note_check(&m, i ? &w : &l, NULL, &e), e, ERR_SIGNATURE);
			CHECK_OK(signed_note_check(&m, i ? &l : &w, NULL, &e), e);
		}
	CHECK_ERR(signed_note_sign(&note, text, &l, witness, 0, &e), e, ERR_MISMATCH);
	CHECK_ERR(signed_note_sign(&note, text, &l, p256, 0, &e), e, ERR_INTERNAL);
	CHECK_ERR(signed_note_sign(&note, STR("no end"), &l, log, 0, &e), e, ERR_USAGE);
	CHECK_ERR(signed_note_sign(&note, STR(""), &l, log, 0, &e), e, ERR_USAGE);
	CHECK_ERR(signed_note_sign(&note, STR("a\rb\n"), &l, log, 0, &e), e, ERR_USAGE);
	CHECK_ERR(signed_note_sign(&note, text, &w, witness, -1, &e), e, ERR_USAGE);
}

/* Signatures that are too short, too long, of a time that is none; and one of another name with the same number. */
static void other_sizes(void)
{
	CLEANUP(private_key_freep) struct private_key *key = keys_made("ED25519", NULL);
	CLEANUP(buf_done) struct buf note = buf_init(4096), small = buf_init(20);
	struct note_key plain = key_of("w.example", NOTE_KEY_ED25519, key);
	struct note_key w = key_of("w.example", NOTE_KEY_COSIGNATURE, key), named = w;
	struct str text = STR("w.example\n7\n");
	uint8_t bytes[80] = { 0 };
	struct signed_note n;
	struct err e = { 0 };
	int64_t at = 7;

	buf_add_cstr(&note, "w.example\n7\n\n");
	CHECK_OK(signed_note_sign(&note, text, &w, key, 0, &e), e);
	CHECK_OK(signed_note_sign(&note, text, &plain, key, 0, &e), e);
	CHECK_OK(signed_note_parse(&n, buf_span(&note), a, &e), e);
	CHECK_OK(signed_note_check(&n, &w, &at, &e), e);
	CHECK(at == 0 && n.lines[0].signature.n == 72 && n.lines[1].signature.n == 64);
	named.name = STR("v.example");
	CHECK_ERR(signed_note_check(&n, &named, &at, &e), e, ERR_NOTFOUND);
	for (size_t line = 0; line < 2; line++)
		for (size_t size = 60; size <= sizeof bytes; size++) {
			struct signed_note m = n;

			if (size == n.lines[line].signature.n)
				continue;
			memcpy(bytes, n.lines[line].signature.p, n.lines[line].signature.n);
			m.lines[line].signature = span_make(bytes, size);
			CHECK_ERR(signed_note_check(&m, line ? &plain : &w, &at, &e), e,
				ERR_SIGNATURE);
			CHECK(strstr(e.text, " bytes, want "));
		}
	memcpy(bytes, n.lines[0].signature.p, 72);
	bytes[0] = 0x80;
	n.lines[0].signature = span_make(bytes, 72);
	CHECK_ERR(signed_note_check(&n, &w, &at, &e), e, ERR_SIGNATURE);
	CHECK(strstr(e.text, "out of range"));
	memset(bytes, 0xff, 8);
	bytes[0] = 0x7f;
	CHECK_ERR(signed_note_check(&n, &w, &at, &e), e, ERR_SIGNATURE);
	CHECK(strstr(e.text, "does not verify") && at == 0);
	CHECK_ERR(signed_note_sign(&small, text, &w, key, 0, &e), e, ERR_LIMIT);
}

/* A text is signed up to one byte below the largest note. */
static void long_text(void)
{
	CLEANUP(private_key_freep) struct private_key *key = keys_made("ED25519", NULL);
	CLEANUP(buf_done)
	struct buf text = buf_init(1 << 17), out = buf_init(1 << 17), whole = buf_init(1 << 17);
	struct note_key w = key_of("w.example", NOTE_KEY_COSIGNATURE, key);
	struct signed_note n;
	struct err e = { 0 };

	buf_fill(&text, 'x', SIGNED_NOTE_SIZE_MAX - 2);
	buf_u8(&text, '\n');
	CHECK_OK(signed_note_sign(&out, buf_str(&text), &w, key, INT64_MAX, &e), e);
	buf_add(&whole, text.p, text.n);
	buf_u8(&whole, '\n');
	text.p[0] = '\n';
	text.n = SIGNED_NOTE_SIZE_MAX - 1;
	buf_u8(&text, '\n');
	CHECK_ERR(signed_note_sign(&out, buf_str(&text), &w, key, 0, &e), e, ERR_USAGE);
	CHECK_ERR(signed_note_parse(&n, buf_span(&whole), a, &e), e,
		ERR_FORMAT); /* as long as may be */
	buf_add_cstr(&whole, "\n");
	CHECK_ERR(signed_note_parse(&n, buf_span(&whole), a, &e), e, ERR_LIMIT);
}

static bool step(struct arena *little, const void *of, struct err *e)
{
	struct signed_note n = { .n = 77 };
	bool ok = signed_note_parse(&n, str_span(str_of(of)), little, e);

	CHECK(n.n == (ok ? 1 : 77));
	return ok;
}

static void refuses(void)
{
	static const char *const bad[] = { "", "\n", "text\n", "text\n\n", "text\n\nx\n",
		"text\n\n\xe2\x80\x94 name\n", "text\n\n\xe2\x80\x94 name AAAA\n",
		"text\n\n\xe2\x80\x94 na+me AAAAAAAA\n", "text\n\n\xe2\x80\x94 name AAAAAAAA",
		"text\n\n\xe2\x80\x94 name AAAAAAA\n", "te\txt\n\n\xe2\x80\x94 name AAAAAAAA\n",
		"te\xffxt\n\n\xe2\x80\x94 name AAAAAAAA\n", "text\n\n- name AAAAAAAA\n",
		"text\n\n\xe2\x80\x94  AAAAAAAA\n", "text\n\n\xe2\x80\x94 name AAAAAA==\n",
		"te\x1fxt\n\n\xe2\x80\x94 name AAAAAAAA\n", "text\n\n\xe2\x80\x94\n",
		"text\n\n\xe2\x80\x94 name AAAAAAAA\n\n", "\xe2\x80\x94 name AAAAAAAA\n",
		"text\n\xe2\x80\x94 name AAAAAAAA\n", "\n\xe2\x80\x94 name AAAAAAAA\n" };
	CLEANUP(buf_done) struct buf many = buf_init(1 << 20);
	struct signed_note n;
	struct err e = { 0 };

	CHECK_OK(parse(&n, STR("text\n\n\xe2\x80\x94 name AAAAAAAA\n"), &e), e);
	CHECK_OK(parse(&n, STR("te\n\nxt\n\n\xe2\x80\x94 name AAAAAAAA\n"), &e), e);
	CHECK(str_is(n.text, "te\n\nxt\n"));
	CHECK_OK(parse(&n, STR("\n\n\xe2\x80\x94 name AQIDBAU=\n"), &e), e);
	CHECK(str_is(n.text, "\n") && n.n == 1 && n.lines[0].id == 0x01020304);
	CHECK(n.lines[0].signature.n == 1 && n.lines[0].signature.p[0] == 5);
	arena_steps(step, "text\n\n\xe2\x80\x94 name AAAAAAAA\n");
	for (size_t i = 0; i < ARRAY_LEN(bad); i++)
		CHECK_ERR(parse(&n, str_of(bad[i]), &e), e, ERR_FORMAT);
	buf_add_cstr(&many, "text\n\n");
	for (size_t i = 0; i < SIGNED_NOTE_SIGNATURES_MAX; i++)
		buf_add_cstr(&many, "\xe2\x80\x94 name AAAAAAAA\n");
	CHECK_OK(signed_note_parse(&n, buf_span(&many), a, &e), e);
	buf_add_cstr(&many, "\xe2\x80\x94 name AAAAAAAA\n");
	CHECK_ERR(signed_note_parse(&n, buf_span(&many), a, &e), e, ERR_LIMIT);
	buf_fill(&many, 'x', SIGNED_NOTE_SIZE_MAX);
	CHECK_ERR(signed_note_parse(&n, buf_span(&many), a, &e), e, ERR_LIMIT);
}

#define ROOT "AQIDBAUGBwgJCgsMDQ4PEBESExQVFhcYGRobHB0eHyA="

static void checkpoints(void)
{
	static const char *const bad[] = { "", "o\n", "o\n1\n", "\n1\n" ROOT "\n",
		"o\n01\n" ROOT "\n", "o\n-1\n" ROOT "\n", "o\n1\n" ROOT, "o\n1\nAQID\n",
		"o\n1\n" ROOT "\n\n", "o\n1\n" ROOT "\nmore", "o\n1\n" ROOT "\nmore\n\n",
		"o\n4611686018427387905\n" ROOT "\n", "o\n1\n@" ROOT "\n" };
	CLEANUP(buf_done) struct buf out = buf_init(400);
	struct checkpoint c;
	struct err e = { 0 };

	CHECK_OK(checkpoint_parse(&c, STR("example.org/log\n20852163\n" ROOT "\n"), &e), e);
	CHECK(str_is(c.origin, "example.org/log") && c.size == 20852163 && c.root.bytes[31] == 32 &&
		!c.extended);
	checkpoint_emit(&out, &c);
	CHECK(str_is(buf_str(&out), "example.org/log\n20852163\n" ROOT "\n"));
	CHECK_OK(checkpoint_parse(&c, STR("o\n0\n" ROOT "\nmore\nand more\n"), &e), e);
	CHECK(c.extended && c.size == 0);
	CHECK_OK(checkpoint_parse(&c, STR("o\n4611686018427387904\n" ROOT "\n"), &e), e);
	CHECK(c.size == MERKLE_SIZE_MAX && !c.extended);
	for (size_t n = CHECKPOINT_ORIGIN_MAX; n <= CHECKPOINT_ORIGIN_MAX + 1; n++) {
		struct str text = arena_printf(a, "%0*d\n1\n" ROOT "\n", (int)n, 1);

		CHECK(checkpoint_parse(&c, text, &e) == (n == CHECKPOINT_ORIGIN_MAX));
		CHECK(n == CHECKPOINT_ORIGIN_MAX || strstr(e.text, "line 1 is no origin"));
	}
	for (size_t i = 0; i < ARRAY_LEN(bad); i++)
		CHECK_ERR(checkpoint_parse(&c, str_of(bad[i]), &e), e, ERR_FORMAT);
	CHECK_ERR(checkpoint_parse(&c, STR("o\n1\n"), &e), e, ERR_FORMAT);
	CHECK(strstr(e.text, "line 3 is missing"));
}

/* Each white space that Unicode has is one, and its neighbours are none. */
static void white_space(void)
{
	static const uint32_t spaces[] = { 0x09, 0x0a, 0x0d, 0x20, 0x85, 0xa0, 0x1680, 0x2000,
		0x2005, 0x200a, 0x2028, 0x2029, 0x202f, 0x205f, 0x3000 };
	static const uint32_t others[] = { 0x21, 0xa1, 0x167f, 0x1681, 0x1fff, 0x2060, 0x2fff,
		0x3001 };
	char text[4];

	for (size_t i = 0; i < sizeof spaces / sizeof *spaces; i++)
		CHECK(!note_key_name_ok(str_make(text, utf8_write(text, spaces[i]))));
	for (size_t i = 0; i < sizeof others / sizeof *others; i++)
		CHECK(note_key_name_ok(str_make(text, utf8_write(text, others[i]))));
}

int main(void)
{
	a = arena_new(1 << 24);
	published();
	keys();
	longest_key();
	types();
	other_sizes();
	long_text();
	signing();
	refuses();
	checkpoints();
	arena_free(a);
	white_space();
	return test_end();
}
