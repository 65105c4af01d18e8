/* Rebuilders, signers and vouchers of the trust file. */
#include "trust/trust_party.h"

#include "codec/base64.h"
#include "codec/yaml.h"
#include "test.h"
#include "trust/trust_file.h"

static struct arena *a;

/* 32 bytes of a byte each, in base64: libcrypto takes any as an Ed25519 key. */
#define KEY_A "ed25519:AQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQE="
#define KEY_B "ed25519:AgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgI="
#define KEY_C "ed25519:AwMDAwMDAwMDAwMDAwMDAwMDAwMDAwMDAwMDAwMDAwM="
#define ONE(name, operated_by, key) \
	"  - name: " name "\n    operator: " operated_by "\n    key: " key "\n"
#define SIGNER(name, key) "  - name: " name "\n    key: " key "\n"
#define HEAD "format: assay.trust/1\n"

static bool parse(struct trust_file *t, struct str text, struct err *e)
{
	struct json v;

	return yaml_parse(&v, str_span(text), a, e) && trust_file_parse(t, &v, a, e);
}

static void reads(void)
{
	struct trust_file t;
	struct err e = { 0 };

	CHECK_OK(parse(&t,
			 STR(HEAD "rebuilders:\n" ONE("a", "Alice", KEY_A) ONE("b", "Bob", KEY_B)
					 ONE("a2", "Alice", KEY_C) "vouchers:\n  rebuilders: 2\n"
								   "signers:\n" SIGNER("v", KEY_A)),
			 &e),
		e);
	CHECK(t.rebuilders.n == 3 && t.rebuilders.n_operators == 2 && t.rebuilders_needed == 2);
	CHECK(t.rebuilders.items[0].operator_at == 0 && t.rebuilders.items[1].operator_at == 1 &&
		t.rebuilders.items[2].operator_at == 0);
	CHECK(trust_party_find(&t.rebuilders, t.rebuilders.items[1].key_id) ==
		&t.rebuilders.items[1]);
	CHECK(t.signers.n == 1 && str_is(t.signers.items[0].name, "v"));
	CHECK(!trust_party_find(&t.signers, t.rebuilders.items[1].key_id));
	CHECK(trust_party_find(&t.signers, t.rebuilders.items[0].key_id));
	CHECK_OK(parse(&t, STR(HEAD), &e), e);
	CHECK(!t.rebuilders.n && !t.rebuilders_needed && !t.signers.n && !t.logs.n &&
		!t.logs.quorum);
	CHECK_OK(parse(&t, STR(HEAD "rebuilders:\n" ONE("a", "Alice", KEY_A)), &e), e);
	CHECK(!t.rebuilders_needed);
	CHECK_OK(
		parse(&t,
			STR("{\"format\": \"assay.trust/1\", \"rebuilders\": [{\"name\": \"a\", \"operator\": \"A\", "
			    "\"key\": \"" KEY_A "\"}], \"vouchers\": {\"rebuilders\": \"1\"}}"),
			&e),
		e);
	CHECK(t.rebuilders_needed == 1);
	/* Names that can be told: letters beyond ASCII, and one that another begins with. */
	CHECK_OK(parse(&t,
			 STR(HEAD "rebuilders:\n" ONE("a", "Alic\u00e9", KEY_A)
					 ONE("b", "Alice", KEY_B) ONE("c", "Alice 2", KEY_C)),
			 &e),
		e);
	CHECK(t.rebuilders.n_operators == 3);
	CHECK_OK(parse(&t,
			 STR(HEAD "rebuilders:\n" ONE("a", "A9", KEY_A) ONE("b", "A8", KEY_B)
					 ONE("c", "AZ", KEY_C)),
			 &e),
		e);
	CHECK(t.rebuilders.n_operators == 3);
}

/* Each with the line at which it is wrong. */
static void refuses(void)
{
	static const struct {
		const char *text, *line;
	} bad[] = {
		{ "rebuilders: x\n", "line 2" },
		{ "rebuilders:\n  - x\n", "line 3" },
		{ "rebuilders:\n" ONE("a", "A", KEY_A) "    url: x\n", "line 6" },
		{ "rebuilders:\n" SIGNER("a", KEY_A), "line 3" },
		{ "rebuilders:\n  - name: a\n    operator: A\n", "line 3" },
		{ "rebuilders:\n  - operator: A\n    key: " KEY_A "\n", "line 3" },
		{ "rebuilders:\n" ONE("a", "A", KEY_A) ONE("a", "B", KEY_B), "line 6" },
		{ "rebuilders:\n" ONE("a", "A", KEY_A) ONE("b", "B", KEY_A), "line 6" },
		{ "rebuilders:\n" ONE("''", "A", KEY_A), "line 3" },
		{ "rebuilders:\n" ONE("a", "' A'", KEY_A), "line 3" },
		/* one operator in two spellings would count twice */
		{ "rebuilders:\n" ONE("a", "Alice", KEY_A) ONE("b", "alice", KEY_B), "line 6" },
		{ "rebuilders:\n" ONE("a", "Alice Inc", KEY_A) ONE("b", "Alice  Inc", KEY_B),
			"line 6" },
		{ "rebuilders:\n" ONE("a", "Alice Inc", KEY_A) ONE("b", "alice, inc.", KEY_B),
			"line 6" },
		{ "rebuilders:\n" ONE("a", "'Ali\u200bce'", KEY_A), "line 3" },
		{ "rebuilders:\n" ONE("a", "'\u202eAlice'", KEY_A), "line 3" },
		{ "rebuilders:\n" ONE("a", "A", "rsa:AAAA"), "line 3" },
		{ "rebuilders:\n" ONE("a", "A", "AQEB"), "line 3" },
		{ "rebuilders:\n" ONE("a", "A", "ed25519:AQEB"), "line 3" },
		{ "rebuilders:\n" ONE("a", "A", "ed25519:AQ=EB"), "line 3" },
		{ "rebuilders:\n" ONE("a", "A", "p256:AQEB"), "line 3" },
		{ "rebuilders:\n" ONE("a", "A", KEY_A) "rebuilders:\n" ONE("b", "B", KEY_B),
			"line 6" },
		{ "vouchers:\n  rebuilders: 1\n", "line 3" },
		{ "rebuilders:\n" ONE("a", "A", KEY_A) "vouchers:\n  rebuilders: 0\n", "line 7" },
		{ "rebuilders:\n" ONE("a", "A", KEY_A) "vouchers:\n  rebuilders: -1\n", "line 7" },
		{ "rebuilders:\n" ONE("a", "A", KEY_A) "vouchers:\n  rebuilders: two\n", "line 7" },
		{ "rebuilders:\n" ONE("a", "A", KEY_A) "vouchers:\n  rebuilders: 2\n", "line 7" },
		/* two keys of one operator are one */
		{ "rebuilders:\n" ONE("a", "A", KEY_A)
				ONE("b", "A", KEY_B) "vouchers:\n  rebuilders: 2\n",
			"line 10" },
		{ "rebuilders:\n" ONE("a", "A", KEY_A) "vouchers: 1\n", "line 6" },
		{ "rebuilders:\n" ONE("a", "A", KEY_A) "vouchers: {}\n", "line 6" },
		{ "rebuilders:\n" ONE("a", "A", KEY_A) "vouchers: {rebuilders: 1, vendor: 1}\n",
			"line 6" },
		{ "signers:\n" SIGNER("v", KEY_A) SIGNER("v", KEY_B), "line 5" },
		{ "signers:\n" SIGNER("v", KEY_A) SIGNER("w", KEY_A), "line 5" },
		{ "signers:\n" ONE("v", "V", KEY_A), "line 4" },
	};
	struct trust_file t;

	for (size_t i = 0; i < ARRAY_LEN(bad); i++) {
		struct str text = arena_printf(a, HEAD "%s", bad[i].text);
		struct err e = { 0 };

		CHECK_ERR(parse(&t, text, &e), e, ERR_FORMAT);
		CHECK(strstr(e.text, bad[i].line));
		if (e.kind != ERR_FORMAT || !strstr(e.text, bad[i].line))
			fprintf(stderr, "%s%s\n", text.p, e.text);
	}
}

/* Operators that read alike are one, or a mistake; all others are two. */
static void alike(void)
{
	static const struct {
		const char *one, *other;
		bool alike;
	} cases[] = { { "A", "a", true }, { "Z", "z", true }, { "M9", "m9", true },
		{ "a0", "a9", false }, { "a0", "a", false }, { "a@b", "a b", true },
		{ "a[b", "a b", true }, { "a`b", "a b", true }, { "a{b", "a b", true },
		{ "a/b", "a b", true }, { "a:b", "a b", true }, { "a~b", "a!b", true },
		{ "a.", "a", true }, { "a", "a..", true }, { ".a", "a", false },
		{ "ab", "a b", false }, { "a b", "a  b", true }, { "a b", "a b c", false },
		{ "a", "b", false }, { "a", "ab", false }, { "\u00c0", "\u00c1", false },
		{ "\u00e9", "\u00c9", false }, { "a\u00c0b", "a\u00c0 b", false },
		{ "a\u00c0b", "A\u00c0B", true } };

	for (size_t i = 0; i < ARRAY_LEN(cases); i++)
		for (int turned = 0; turned < 2; turned++) {
			struct str text = arena_printf(a,
				HEAD "rebuilders:\n" ONE("a", "'%s'", KEY_A)
					ONE("b", "'%s'", KEY_B),
				turned ? cases[i].other : cases[i].one,
				turned ? cases[i].one : cases[i].other);
			struct trust_file t;
			struct err e = { 0 };

			test_report(
				parse(&t, text, &e) == !cases[i].alike, __FILE__, __LINE__, text.p);
			CHECK(cases[i].alike ? strstr(e.text, "reads like") != NULL
					     : t.rebuilders.n_operators == 2);
		}
}

static void too_many(void)
{
	CLEANUP(buf_done) struct buf b = buf_init(64 << 10);
	struct trust_file t;
	struct err e = { 0 };

	for (unsigned n = 0; n <= TRUST_PARTIES_MAX; n++) {
		uint8_t key[32] = { (uint8_t)(n + 1) };

		buf_printf(&b, n ? "" : HEAD "rebuilders:\n");
		buf_printf(&b, "  - name: r%u\n    operator: o%u\n    key: ed25519:", n, n);
		base64_add(&b, SPAN_OF(key), BASE64_STANDARD);
		buf_printf(&b, "\n");
		if (n + 1 == TRUST_PARTIES_MAX)
			CHECK_OK(parse(&t, buf_str(&b), &e), e);
	}
	CHECK(t.rebuilders.n_operators == TRUST_PARTIES_MAX);
	CHECK_ERR(parse(&t, buf_str(&b), &e), e, ERR_FORMAT);
}

int main(void)
{
	a = arena_new(16 << 20);
	reads();
	refuses();
	alike();
	too_many();
	arena_free(a);
	return test_end();
}
