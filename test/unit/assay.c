/* The library's door: what it asks of its arguments, what it does with structs of other versions, and where it says LIMIT. */
#include <assay.h>

#include "codec/utf8.h"
#include "unit/machine_texts.h"
#include "unit/rebuilders_made.h"

#define FOUR(x) x x x x
#define IMAGE(byte) FOUR(FOUR(byte)) FOUR(FOUR(byte))

static struct machine m;
static struct buf values, trust, bundle, root;
static struct assay_certificate certificate;
static struct assay_result out;

/* All that an honest machine's evidence needs. */
static struct assay_input honest(void)
{
	return (struct assay_input){ .size = sizeof(struct assay_input),
		.at_unix = MADE_NOW,
		.evidence = { bundle.p, bundle.n },
		.trust = { trust.p, trust.n },
		.reference_values = { values.p, values.n },
		.certificates = &certificate,
		.n_certificates = 1,
		.nonce = { m.nonce, sizeof m.nonce } };
}

static int verify(const struct assay_input *in)
{
	assay_result_free(&out);
	out.size = sizeof out;
	return assay_verify(in, &out);
}

/* The error's text says so, and there is nothing else. */
static bool says(const struct assay_input *in, int error, const char *text)
{
	int got = verify(in);

	if (got == error && strstr(out.error, text) && !out.ear && out.status == ASSAY_NONE)
		return true;
	fprintf(stderr, "got %d '%s', wanted %d '%s'\n", got, out.error, error, text);
	return false;
}

static void verdicts(void)
{
	static const char archive[] =
		"{\"format\": \"assay.policy/1\", \"name\": \"old\", \"freshness\": \"archive\"}";
	struct assay_input in = honest();

	CHECK(verify(&in) == ASSAY_OK && out.status == ASSAY_AFFIRMING && !out.error[0]);
	CHECK(out.ear && strlen(out.ear) == out.ear_size &&
		strstr(out.ear, "libassay " ASSAY_VERSION));
	CHECK(!strcmp(assay_status_name(out.status), "affirming"));
	assay_result_free(&out);
	CHECK(!out.ear && !out.ear_size && out.status == ASSAY_NONE);
	assay_result_free(&out);
	assay_result_free(NULL);
	in.trust.size = 0;
	CHECK(verify(&in) == ASSAY_OK && out.status == ASSAY_CONTRAINDICATED);
	in = honest();
	in.policy = (struct assay_bytes){ archive, sizeof archive - 1 };
	in.nonce.size = 0;
	CHECK(verify(&in) == ASSAY_OK && out.status == ASSAY_AFFIRMING);
	in.report_data = (struct assay_bytes){ m.nonce, 0 }; /* none */
	CHECK(verify(&in) == ASSAY_OK && out.status == ASSAY_AFFIRMING);
	in.report_data.size = sizeof m.nonce;
	CHECK(verify(&in) == ASSAY_OK && out.status == ASSAY_CONTRAINDICATED);
}

/* Data that the caller knows: fresh only where the caller says that it was made for this exchange. */
static void report_data(void)
{
	static const uint8_t zero[64];
	struct assay_input in = honest();

	in.nonce.size = 0;
	in.report_data = (struct assay_bytes){ m.quote.extra.p, m.quote.extra.n };
	CHECK(verify(&in) == ASSAY_OK && out.status == ASSAY_CONTRAINDICATED);
	CHECK(strstr(out.ear, "older evidence") && !strstr(out.ear, "eat_nonce"));
	in.flags = ASSAY_REPORT_DATA_IS_FRESH;
	CHECK(verify(&in) == ASSAY_OK && out.status == ASSAY_AFFIRMING);
	CHECK(strstr(out.ear, "eat_nonce") != NULL);
	in.flags = ASSAY_REPORT_DATA_IS_FRESH << 1;
	CHECK(says(&in, ASSAY_USAGE, "flags"));
	in.flags = ASSAY_REPORT_DATA_IS_FRESH;
	in.report_data = (struct assay_bytes){ zero, sizeof zero };
	CHECK(says(&in, ASSAY_USAGE, "zeroes"));
	in.report_data.size = 0;
	CHECK(says(&in, ASSAY_USAGE, "there is no report data"));
}

/* Nobody is heard; and which image values are of, only a build of the caller's own tells. */
static void vouchers(void)
{
	static const char head[] = "format: assay.policy/1\nname: x\n";
	static const struct {
		const char *members;
		int vouch, want;
		const char *says;
	} cases[] = {
		{ "vouchers: {built-here: refuse}\n", ASSAY_BUILT_HERE, ASSAY_AFFIRMING,
			"unsigned" },
		{ "vouchers: {rebuilders: 1}\n", ASSAY_BUILT_HERE, ASSAY_WARNING,
			"no statement of one was heard" },
		{ "vouchers: {rebuilders: 1}\n", ASSAY_UNSIGNED_CLAIM, ASSAY_WARNING,
			"no statement of one was heard" },
		{ "images: [" IMAGE("5d") "]\n", ASSAY_BUILT_HERE, ASSAY_AFFIRMING, "built here" },
		{ "images: [" IMAGE("5d") "]\n", ASSAY_UNSIGNED_CLAIM, ASSAY_WARNING,
			"only their own file says" },
		{ "images: [" IMAGE("cd") "]\n", ASSAY_BUILT_HERE, ASSAY_CONTRAINDICATED,
			"does not name" },
	};

	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		struct assay_input in = honest();
		char policy[300];

		snprintf(policy, sizeof policy, "%s%s", head, cases[i].members);
		in.policy = (struct assay_bytes){ policy, strlen(policy) };
		in.vouch = cases[i].vouch;
		CHECK(verify(&in) == ASSAY_OK && out.status == cases[i].want);
		CHECK(out.ear && strstr(out.ear, cases[i].says));
	}
}

/* ---- statements of rebuilders ---- */

enum { END, ALICE, ALICE_2, BOB, EVE, OLD, OTHER, RUBBISH, NOTHING, ENVELOPES };
static struct buf envelopes[ENVELOPES], vouching; /* a trust file that asks for two operators */

static struct buf stated(const struct rebuilders_made *r, unsigned who, int seed, int64_t at)
{
	CLEANUP(arena_freep) struct arena *a = arena_new(4 << 20);
	CLEANUP(buf_done) struct buf text = buf_init(STATEMENT_MADE_MAX);
	struct reference_values v;
	struct err e = { 0 };

	CHECK_OK(reference_values_parse(&v, buf_span(&values), a, &e), e);
	rebuilders_made_statement(&text, &v, seed, at);
	return rebuilders_made_sign(r, who, buf_span(&text));
}

static void make_statements(void)
{
	const int64_t then = MADE_NOW - 86400;
	struct rebuilders_made r;

	rebuilders_made_init(&r);
	envelopes[ALICE] = stated(&r, REBUILDERS_ALICE, 0, then);
	envelopes[ALICE_2] = stated(&r, REBUILDERS_ALICE_2, 0, then);
	envelopes[BOB] = stated(&r, REBUILDERS_BOB, 0, then);
	envelopes[EVE] = stated(&r, REBUILDERS_EVE, 0, then);
	envelopes[OLD] = stated(&r, REBUILDERS_BOB, 0, then - 2 * (int64_t)MADE_YEAR);
	envelopes[OTHER] = stated(&r, REBUILDERS_BOB, 1, then);
	envelopes[RUBBISH] = buf_init(64);
	buf_add_cstr(&envelopes[RUBBISH], "rubbish");
	vouching = buf_init(1 << 16);
	machine_trust(&m, &vouching);
	vouching.n -= strlen("unsigned-reference-values: accept\n");
	rebuilders_made_trust(&vouching, &r, 2);
	rebuilders_made_done(&r);
}

/* With those of the list, which ends with END. */
static struct assay_input with(const int *which)
{
	static struct assay_bytes given[8];
	struct assay_input in = honest();

	in.trust = (struct assay_bytes){ vouching.p, vouching.n };
	in.statements = given;
	for (; which[in.n_statements]; in.n_statements++)
		given[in.n_statements] = (struct assay_bytes){ envelopes[which[in.n_statements]].p,
			envelopes[which[in.n_statements]].n };
	return in;
}

static void rebuilders(void)
{
	static const char head[] = "format: assay.policy/1\nname: x\n";
	static const struct {
		int which[8];
		const char *policy;
		int vouch, want;
		const char *says;
	} cases[] = {
		{ { END }, "", 0, ASSAY_WARNING, "no statement of a rebuilder" },
		{ { ALICE }, "", 0, ASSAY_WARNING, "1 of the 2 operators" },
		{ { ALICE, ALICE_2 }, "", 0, ASSAY_WARNING, "1 of the 2 operators" },
		{ { ALICE, OTHER }, "", 0, ASSAY_WARNING, "1 of the 2 operators" },
		{ { ALICE, BOB }, "", 0, ASSAY_AFFIRMING, "rebuilt by Alice and Bob" },
		{ { BOB, RUBBISH, EVE, NOTHING, ALICE }, "", 0, ASSAY_AFFIRMING,
			"3 of 5 count for nothing: statement 2: envelope: " },
		{ { ALICE, EVE }, "", 0, ASSAY_WARNING, "1 of 2 count for nothing: statement 2" },
		{ { ALICE, OLD }, "", 0, ASSAY_WARNING, "statement 2 is older than" },
		{ { ALICE }, "vouchers: {rebuilders: 2}\n", ASSAY_BUILT_HERE, ASSAY_WARNING,
			"1 of the 2 operators" },
		{ { ALICE, BOB }, "vouchers: {rebuilders: 2, built-here: refuse}\n",
			ASSAY_BUILT_HERE, ASSAY_AFFIRMING, "rebuilt by Alice and Bob" },
		{ { ALICE, BOB }, "vouchers: {rebuilders: 3}\n", 0, ASSAY_WARNING,
			"the trust file names 2" },
		{ { ALICE, BOB }, "images: [" IMAGE("5d") "]\n", 0, ASSAY_AFFIRMING, "rebuilt" },
		{ { ALICE, BOB }, "images: [" IMAGE("cd") "]\n", 0, ASSAY_CONTRAINDICATED,
			"does not name" },
	};

	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		struct assay_input in = with(cases[i].which);
		char policy[300];

		snprintf(policy, sizeof policy, "%s%s", head, cases[i].policy);
		in.policy = (struct assay_bytes){ policy, strlen(policy) };
		in.vouch = cases[i].vouch;
		CHECK(verify(&in) == ASSAY_OK && out.status == cases[i].want);
		CHECK(out.ear && strstr(out.ear, cases[i].says));
	}
}

static void statements(void)
{
	static const int both[] = { ALICE, BOB, END };
	struct assay_bytes many[ASSAY_STATEMENTS_MAX + 1] = { 0 };
	struct assay_input in = with(both);

	in.statements = many;
	in.n_statements = ASSAY_STATEMENTS_MAX + 1;
	CHECK(says(&in, ASSAY_LIMIT, "257 statements, limit 256"));
	in.n_statements--;
	CHECK(verify(&in) == ASSAY_OK && strstr(out.ear, "256 of 256 count for nothing"));
	many[3].size = 1;
	CHECK(says(&in, ASSAY_USAGE, "data of statement 4 is NULL, size is 1"));
	in.statements = NULL;
	CHECK(says(&in, ASSAY_USAGE, "statements is NULL"));
	in = with(both);
	in.reference_values.size = 0;
	CHECK(says(&in, ASSAY_USAGE, "statements are about reference_values"));
	in = with(both);
	in.size = offsetof(struct assay_input, statements); /* of a caller that has none */
	CHECK(verify(&in) == ASSAY_OK && out.status == ASSAY_WARNING);
	in.n_statements = SIZE_MAX;
	CHECK(verify(&in) == ASSAY_OK && out.status == ASSAY_WARNING);
}

static void arguments(void)
{
	struct assay_input in = honest();

	in.at_unix = 0;
	CHECK(says(&in, ASSAY_USAGE, "at_unix is missing"));
	in.at_unix = -1;
	CHECK(says(&in, ASSAY_USAGE, "at_unix is missing"));
	in.at_unix = INT64_MAX;
	CHECK(says(&in, ASSAY_USAGE, "after the year 9999"));
	in.at_unix = INT64_C(253402300799);
	CHECK(verify(&in) == ASSAY_OK);
	in = honest();
	in.evidence.size = 0;
	CHECK(says(&in, ASSAY_USAGE, "evidence is missing"));
	in = honest();
	in.policy.size = 1;
	CHECK(says(&in, ASSAY_USAGE, "data is NULL, size is 1"));
	in = honest();
	in.nonce.size = 31;
	CHECK(says(&in, ASSAY_USAGE, "nonce of 31 bytes, want 32"));
	in = honest();
	in.report_data = (struct assay_bytes){ m.nonce, ASSAY_REPORT_DATA_MAX + 1 };
	CHECK(says(&in, ASSAY_USAGE, "report data of 65 bytes"));
	in = honest();
	in.vouch = 2;
	CHECK(says(&in, ASSAY_USAGE, "vouch is 2"));
	in = honest();
	in.n_certificates = ASSAY_CERTIFICATES_MAX + 1;
	CHECK(says(&in, ASSAY_LIMIT, "65 certificates, limit 64"));
	in = honest();
	in.certificates = NULL;
	CHECK(says(&in, ASSAY_USAGE, "certificates is NULL"));
	in = honest();
	in.n_certificates = 0;
	CHECK(says(&in, ASSAY_NOTFOUND, "no certificate with the path 'root.der'"));
	in = honest();
	in.shape = "other";
	CHECK(says(&in, ASSAY_NOTFOUND, "no shape 'other'"));
	in.shape =
		""; /* a variable that was never set names no shape, and does not stand for any */
	CHECK(says(&in, ASSAY_NOTFOUND, "no shape ''"));
	in = honest();
	in.reference_values.size = 0;
	CHECK(says(&in, ASSAY_USAGE, "reference values"));
	in.shape = "other";
	CHECK(says(&in, ASSAY_USAGE, "'other' is one of reference_values, and there are none"));
	in = honest();
	in.reference_values.size /= 2;
	CHECK(says(&in, ASSAY_FORMAT, "reference values: "));
	in = honest();
	in.policy = (struct assay_bytes){ "colour: red\n", 12 };
	CHECK(says(&in, ASSAY_FORMAT, "policy: "));
	in = honest();
	in.evidence.size -= 2;
	CHECK(says(&in, ASSAY_FORMAT, "evidence: "));
}

/* Words of the evidence in an error steer no terminal, and are cut between characters. */
static void words_of_others(void)
{
	static const char
		steers[] = "{\"__cmwc_t\": \"tag\\u001b[2J\\nverdict: affirming\\u202e\"}";
	CLEANUP(buf_done) struct buf long_one = buf_init(2000);
	struct assay_input in = honest();

	in.evidence = (struct assay_bytes){ steers, sizeof steers - 1 };
	CHECK(says(&in, ASSAY_FORMAT, "tag\\x1b[2J\\x0averdict: affirming\\u202e"));
	for (size_t shift = 0; shift < 2; shift++) {
		size_t n;

		buf_done(&long_one);
		long_one = buf_init(2000);
		buf_add_cstr(&long_one, shift ? "{\"__cmwc_t\": \"x" : "{\"__cmwc_t\": \"");
		for (int i = 0; i < 400; i++)
			buf_add_cstr(&long_one, "\xc3\xa9");
		buf_add_cstr(&long_one, "\"}");
		in.evidence = (struct assay_bytes){ long_one.p, long_one.n };
		CHECK(verify(&in) == ASSAY_FORMAT);
		n = strlen(out.error);
		CHECK(n > 500 && n < sizeof out.error && utf8_valid(str_of(out.error)));
		CHECK(!out.hint[sizeof out.hint - 1] && utf8_valid(str_of(out.hint)));
	}
}

static void versions(void)
{
	struct {
		struct assay_input in;
		char later[8];
	} longer = { .in = honest() };
	struct {
		struct assay_result out;
		char later[8];
	} more = { .later = "xxxxxxx" };
	struct assay_input in = honest();

	in.size--;
	CHECK(says(&in, ASSAY_USAGE, "size is"));
	in.size = offsetof(struct assay_input, flags); /* what a program was compiled with before */
	in.flags = UINT64_MAX;
	CHECK(verify(&in) == ASSAY_OK && out.status == ASSAY_AFFIRMING);
	in.size--;
	CHECK(says(&in, ASSAY_USAGE, "size is"));
	CHECK(says(NULL, ASSAY_USAGE, "size is 0"));
	longer.in.size = sizeof longer;
	CHECK(verify(&longer.in) == ASSAY_OK);
	longer.later[7] = 1;
	CHECK(says(&longer.in, ASSAY_USAGE, "is not known to version " ASSAY_VERSION));
	in = honest();
	CHECK(assay_verify(&in, NULL) == ASSAY_USAGE);
	more.out.size = sizeof more.out - 1;
	CHECK(assay_verify(&in, &more.out) == ASSAY_USAGE);
	more.out.size = sizeof more;
	CHECK(assay_verify(&in, &more.out) == ASSAY_OK && !more.later[0] && !more.later[6]);
	assay_result_free(&more.out);
	CHECK(!strcmp(assay_version(), ASSAY_VERSION));
}

/* With less than it takes LIMIT, and never another verdict. */
static void limits(struct assay_input in)
{
	unsigned below = 0;

	for (in.memory_max = 1; in.memory_max < 1 << 20; in.memory_max += 997) {
		if (verify(&in) == ASSAY_OK)
			break;
		CHECK(says(&in, ASSAY_LIMIT, "memory allowed"));
		below++;
	}
	CHECK(below > 50 && out.status == ASSAY_AFFIRMING);
	in.memory_max += 997;
	CHECK(verify(&in) == ASSAY_OK && out.status == ASSAY_AFFIRMING);
}

int main(void)
{
	CLEANUP(arena_freep) struct arena *a = arena_new(8 << 20);
	struct err e = { 0 };

	made_keys();
	machine_init(&m, a);
	machine_sign(&m);
	values = trust = bundle = buf_init(BUNDLE_SIZE_MAX);
	machine_values(&m, &values);
	machine_trust(&m, &trust);
	CHECK_OK(bundle_emit(&m.bundle, &bundle, &e), e);
	root = made_certificate(&m.ca);
	certificate = (struct assay_certificate){ "root.der", { root.p, root.n } };
	verdicts();
	report_data();
	vouchers();
	arguments();
	words_of_others();
	versions();
	limits(honest());
	make_statements();
	rebuilders();
	statements();
	limits(with((const int[]){ RUBBISH, ALICE, EVE, BOB, END }));
	assay_result_free(&out);
	machine_done(&m);
	buf_done(&values);
	buf_done(&trust);
	buf_done(&bundle);
	buf_done(&root);
	buf_done(&vouching);
	for (size_t i = 0; i < ENVELOPES; i++)
		buf_done(&envelopes[i]);
	made_keys_done();
	return test_end();
}
