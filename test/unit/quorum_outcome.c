/* Whether rebuilders vouch for exactly these reference values. */
#include "appraise/quorum_outcome.h"

#include "appraise/reference_computed.h"
#include "golden_text.h"
#include "quorum_made.h"

static struct arena *a;
static struct trust_file trust;
static struct buf told; /* all that is said, for test/golden/quorum_outcome.txt */

/* Values of one shape: PCR 0 observed (00), PCR 4 computed (04), of the image whose manifest is 02. */
struct world {
	struct reference_values v;
	struct reference_shape shapes[2];
	struct reference_register registers[2];
	struct reference_coverage coverage[2];
	struct reference_input input;
	char hex[2 * SHA256_SIZE + 1];
};

static struct digest digest_of_byte(uint8_t byte)
{
	struct digest d = { .alg = DIGEST_SHA256 };

	memset(d.bytes, byte, SHA256_SIZE);
	return d;
}

static void world_init(struct world *w)
{
	uint8_t sha256[SHA256_SIZE];
	struct err e = { 0 };

	*w = (struct world){ .input = { STR("firmware"), STR("x") },
		.coverage = { { STR("firmware"), STR("PCR 0"), STR("observed") },
			{ STR("boot loader"), STR("PCR 4"), STR("") } },
		.registers = { { 0, REFERENCE_OBSERVED, STR("seen"), { digest_of_byte(0) } },
			{ 4, REFERENCE_COMPUTED, STR("folded"), { digest_of_byte(4) } } } };
	w->shapes[0] = (struct reference_shape){ .name = STR("qemu-vtpm"),
		.platform = STR("tpm"),
		.inputs = &w->input,
		.n_inputs = 1,
		.banks = { DIGEST_SHA256 },
		.n_banks = 1,
		.registers = w->registers,
		.n_registers = 2,
		.coverage = w->coverage,
		.n_coverage = 2 };
	w->v = (struct reference_values){
		.image = STR("hello"), .shapes = w->shapes, .n_shapes = 1
	};
	memset(w->v.manifest_sha256, 2, SHA256_SIZE);
	CHECK_OK(reference_computed_sha256(sha256, &w->v, a, &e), e);
	hex_write(w->hex, sha256, sizeof sha256);
}

static struct made_claim claim_of(const struct world *w)
{
	return (struct made_claim){ .lock = 1,
		.manifest = 2,
		.disk = 3,
		.pcr4 = 4,
		.at = MADE_NOW,
		.values = w->hex,
		.observed = made_hex(a, 0) };
}

/* Alice and Bob say it. */
static struct quorum_outcome outcome(
	const struct world *w, struct made_claim alice, struct made_claim bob)
{
	const struct quorum_statement s[] = { { .claim = made_claim(a, alice), .signers = BY(0) },
		{ .claim = made_claim(a, bob), .signers = BY(2) } };
	struct quorum_outcome o = { 0 };
	struct err e = { 0 };
	struct quorum q;

	CHECK_OK(quorum_take(&q, s, 2, &trust, MADE_NOW, a, &e), e);
	CHECK_OK(quorum_outcome_of(&o, &q, &w->v, &w->shapes[0], a, &e), e);
	buf_printf(&told, "%s, %zu of %zu: %.*s; %.*s\n", o.vouched ? "vouched" : "not vouched",
		o.n, o.needed, STR_ARG(o.who), STR_ARG(o.why));
	CHECK(o.vouched == (o.why.n == 0) && o.vouched == (o.n == 2));
	return o;
}

static void vouches(void)
{
	struct world w;
	struct quorum_outcome o;

	world_init(&w);
	o = outcome(&w, claim_of(&w), claim_of(&w));
	CHECK(o.vouched && o.needed == 2 && o.n == 2 && str_is(o.who, "Alice and Bob"));
}

/* What a publication may alter in the file of reference values, while it carries good statements of another. */
static void altered(void)
{
	static const char *const what[] = { "a register", "its manifest", "what covers a layer",
		"firmware only", "an input", "how a register was made", "a further shape",
		"the image's name", "a register that is left out" };

	for (unsigned i = 0; i < ARRAY_LEN(what); i++) {
		struct world w;
		struct made_claim m;
		struct quorum_outcome o;

		world_init(&w);
		m = claim_of(&w);
		switch (i) {
		case 0:
			w.registers[1].values[0].bytes[31] ^= 1;
			break;
		case 1:
			w.v.manifest_sha256[0] ^= 1;
			break;
		case 2:
			w.coverage[1].by = STR("PCR 0");
			break;
		case 3:
			w.shapes[0].firmware_only = true;
			break;
		case 4:
			w.input.value = STR("y");
			break;
		case 5:
			w.registers[1].how = REFERENCE_OBSERVED;
			break;
		case 6:
			w.shapes[1] = w.shapes[0];
			w.shapes[1].name = STR("other");
			w.v.n_shapes = 2;
			break;
		case 7:
			w.v.image = STR("hallo");
			break;
		default:
			w.shapes[0].n_registers = 1;
		}
		o = outcome(&w, m, m);
		CHECK(!o.vouched && o.why.n);
		if (o.vouched)
			fprintf(stderr, "%s\n", what[i]);
	}
}

/* The words about an observation are each machine's own. */
static void not_altered(void)
{
	struct world w;
	struct made_claim m;

	world_init(&w);
	m = claim_of(&w);
	w.coverage[0].note = STR("other words");
	w.registers[0].reason = STR("other words");
	CHECK(outcome(&w, m, m).vouched);
	w.registers[0].how = REFERENCE_NOT_PREDICTABLE;
	CHECK(outcome(&w, m, m).vouched);
}

static void observed(void)
{
	struct world w;
	struct made_claim m, none, another;
	struct quorum_outcome o;

	world_init(&w);
	m = none = another = claim_of(&w);
	none.observed = NULL;
	another.observed = made_hex(a, 1);
	o = outcome(&w, m, none);
	CHECK(!o.vouched && strstr(o.why.p, "PCR 0 can only be observed, and 1 of the 2"));
	CHECK(!outcome(&w, m, another).vouched);
	CHECK(!outcome(&w, another, another).vouched);
	w.registers[0].values[0] = digest_of_byte(1);
	CHECK(!outcome(&w, m, m).vouched);
	CHECK(outcome(&w, another, another).vouched);
}

/* Who saw two values saw neither. */
static void observed_twice(void)
{
	struct world w;
	struct made_claim m, another;
	struct quorum_outcome o;
	struct quorum q;
	struct err e = { 0 };

	world_init(&w);
	m = another = claim_of(&w);
	another.observed = made_hex(a, 1);
	const struct quorum_statement s[] = { { .claim = made_claim(a, m), .signers = BY(0) },
		{ .claim = made_claim(a, m), .signers = BY(2) },
		{ .claim = made_claim(a, another), .signers = BY(1) } };

	CHECK_OK(quorum_take(&q, s, 3, &trust, MADE_NOW, a, &e), e);
	CHECK_OK(quorum_outcome_of(&o, &q, &w.v, &w.shapes[0], a, &e), e);
	CHECK(q.reached && !o.vouched);
}

/* What a lock names need not be what the archives signed. */
static void archives(void)
{
	struct world w;
	struct made_claim m, not_followed;
	struct quorum_outcome o;

	world_init(&w);
	m = not_followed = claim_of(&w);
	not_followed.unfollowed = true;
	o = outcome(&w, m, not_followed);
	CHECK(!o.vouched && strstr(o.why.p, "1 of the 2 operators that are asked for followed"));
	CHECK(!outcome(&w, not_followed, not_followed).vouched);
}

/* With a policy's number: Alice, Bob and Carol say it, the trust file asks for two, the policy for at_least. */
static struct quorum_outcome three(
	const struct world *w, struct made_claim carol, size_t at_least, struct quorum *q)
{
	const struct made_claim m = claim_of(w);
	const struct quorum_statement s[] = { { .claim = made_claim(a, m), .signers = BY(0) },
		{ .claim = made_claim(a, m), .signers = BY(2) },
		{ .claim = made_claim(a, m), .signers = BY(1) },
		{ .claim = made_claim(a, carol), .signers = BY(3) } };
	struct quorum_outcome o = { 0 };
	struct err e = { 0 };

	CHECK_OK(quorum_take(q, s, ARRAY_LEN(s), &trust, MADE_NOW, a, &e), e);
	CHECK_OK(quorum_at_least(q, q, at_least, a, &e), e);
	CHECK_OK(quorum_outcome_of(&o, q, &w->v, &w->shapes[0], a, &e), e);
	return o;
}

static void more_than_trust_asks_for(void)
{
	struct world w;
	struct made_claim m, unfollowed, unseen;
	struct quorum_outcome o;
	struct quorum q;

	world_init(&w);
	m = unfollowed = unseen = claim_of(&w);
	unfollowed.unfollowed = true;
	unseen.observed = NULL;
	for (size_t n = 0; n <= 3; n++) {
		o = three(&w, m, n, &q);
		CHECK(o.vouched && o.n == 3 && o.needed == (n > 2 ? n : 2));
	}
	o = three(&w, m, 4, &q);
	CHECK(!o.vouched && strstr(o.why.p, "3 of the 4 operators that are asked for"));
	CHECK(three(&w, unfollowed, 2, &q).vouched && three(&w, unseen, 2, &q).vouched);
	o = three(&w, unfollowed, 3, &q);
	CHECK(!o.vouched && strstr(o.why.p, "2 of the 3 operators that are asked for followed"));
	o = three(&w, unseen, 3, &q);
	CHECK(!o.vouched && strstr(o.why.p, "2 of the 3 operators that are asked for observed"));
}

/* Statements that do not say which values the image gives vouch for none. */
static void older_tools(void)
{
	struct world w;
	struct made_claim m;

	world_init(&w);
	m = claim_of(&w);
	m.values = NULL;
	CHECK(!outcome(&w, m, m).vouched);
}

static void reasons(void)
{
	struct world w;
	struct made_claim m, other;

	world_init(&w);
	m = other = claim_of(&w);
	other.disk = 9;
	CHECK(strstr(outcome(&w, m, other).why.p,
		"1 of the 2 operators that are asked for vouches for it"));
	m.verdict = other.verdict = "failed";
	m.failed_at = other.failed_at = "build";
	m.values = other.values = NULL;
	CHECK(strstr(outcome(&w, m, other).why.p,
		"0 of the 2 operators that are asked for vouch for it"));
	m = claim_of(&w);
	m.manifest = 9;
	CHECK(strstr(outcome(&w, m, m).why.p, "another image"));
	m = claim_of(&w);
	m.pcr4 = 9;
	CHECK(strstr(outcome(&w, m, m).why.p, "another PCR 4 for qemu-vtpm"));
}

/* Who says no is named; not for what they say of another image. */
static void denied(void)
{
	static const char lock[] = "has a lock that the archives do not bear out, as ",
			  differs[] = "is not what was built of its sources, as ";
	struct world w;
	struct made_claim m, no;
	struct quorum_outcome o;

	world_init(&w);
	m = no = claim_of(&w);
	no.verdict = "failed";
	no.failed_at = "lock";
	no.values = NULL;
	o = outcome(&w, no, no);
	CHECK(strstr(o.why.p, lock) && strstr(o.why.p, "as Alice and Bob found"));
	o = outcome(&w, m, no);
	CHECK(strstr(o.why.p, "1 of the 2") && strstr(o.why.p, "as Bob found"));
	no.manifest = 9;
	CHECK(!strstr(outcome(&w, m, no).why.p, lock));
	no = claim_of(&w);
	no.verdict = "differs";
	o = outcome(&w, no, m);
	CHECK(strstr(o.why.p, differs) && strstr(o.why.p, "as Alice found"));
	no.manifest = 9;
	CHECK(!strstr(outcome(&w, no, m).why.p, differs));
}

int main(void)
{
	a = arena_new(256 << 20);
	told = buf_init(1 << 20);
	made_trust(&trust, 2, a);
	vouches();
	altered();
	not_altered();
	observed();
	observed_twice();
	more_than_trust_asks_for();
	archives();
	older_tools();
	reasons();
	denied();
	arena_free(a);
	golden_text(&told, "quorum_outcome");
	return test_end();
}
