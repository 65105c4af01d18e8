#include "appraise/quorum.h"

#include "quorum_made.h"

static struct arena *a;
static struct trust_file trust;

enum { ALICE = 1, BOB = 2, CAROL = 4, DAVE = 8 };

/* An answer to the question of lock 1 and manifest 2, of yesterday. */
static const struct made_claim good = {
	.lock = 1, .manifest = 2, .disk = 3, .pcr4 = 4, .at = MADE_NOW - MADE_DAY
};

static struct quorum take(const struct quorum_statement *s, size_t n)
{
	struct quorum q = { 0 };
	struct err e = { 0 };

	CHECK_OK(quorum_take(&q, s, n, &trust, MADE_NOW, a, &e), e);
	return q;
}

static struct quorum_statement by(uint64_t signers, struct made_claim m)
{
	return (struct quorum_statement){ .claim = made_claim(a, m), .signers = signers };
}

static struct made_claim with_disk(uint8_t disk)
{
	struct made_claim m = good;

	m.disk = disk;
	return m;
}

static struct made_claim of_day(int64_t at)
{
	struct made_claim m = good;

	m.at = at;
	return m;
}

static struct made_claim failed_at(const char *where)
{
	struct made_claim m = good;

	m.verdict = "failed";
	m.failed_at = where;
	return m;
}

static struct made_claim with_verdict(const char *verdict)
{
	struct made_claim m = good;

	m.verdict = verdict;
	return m;
}

static void counts(void)
{
	const struct quorum_statement s[] = { by(BY(0), good), by(BY(2), good), by(BY(3), good) };
	struct quorum q = take(s, 3);

	CHECK(q.reached && q.n_groups == 1 && q.n_questions == 1 && q.groups[0].n_operators == 3);
	CHECK(q.groups[0].operators == (ALICE | BOB | CAROL) && q.groups[0].reached);
	q = take(s, 2);
	CHECK(q.reached && q.groups[0].n_operators == 2);
	q = take(s, 1);
	CHECK(!q.reached && q.groups[0].n_operators == 1 && !q.groups[0].reached);
	q = take(s, 0);
	CHECK(!q.reached && !q.n_groups);
}

/* Operators are counted, whatever number of keys and statements they have. */
static void once(void)
{
	const struct quorum_statement twice[] = { by(BY(0), good), by(BY(0), good) };
	const struct quorum_statement keys[] = { by(BY(0), good), by(BY(1), good) };
	const struct quorum_statement one[] = { by(BY(0) | BY(1), good) };
	const struct quorum_statement together[] = { by(BY(0) | BY(2), good) };
	struct quorum q = take(twice, 2);

	CHECK(!q.reached && q.groups[0].n_operators == 1);
	q = take(keys, 2);
	CHECK(!q.reached && q.groups[0].n_operators == 1 && q.groups[0].operators == ALICE);
	q = take(one, 1);
	CHECK(!q.reached && q.groups[0].n_operators == 1);
	q = take(together, 1);
	CHECK(q.reached && q.groups[0].n_operators == 2);
}

static void strangers(void)
{
	const struct quorum_statement s[] = { by(BY(0), good), by(0, good), by(BY(40), good) };
	struct quorum q = take(s, 3);

	CHECK(!q.reached && q.groups[0].n_operators == 1);
	CHECK(q.voices[1].standing == QUORUM_BY_NOBODY && q.voices[2].standing == QUORUM_BY_NOBODY);
	CHECK(strstr(quorum_standing_words(q.voices[1].standing), "no rebuilder"));
}

static void ages(void)
{
	const int64_t year = 365 * MADE_DAY;
	const struct {
		int64_t at;
		enum quorum_standing want;
	} rows[] = {
		{ MADE_NOW, QUORUM_COUNTS },
		{ MADE_NOW - year, QUORUM_COUNTS },
		{ MADE_NOW - year - 1, QUORUM_OLD },
		{ MADE_NOW + QUORUM_CLOCKS_S, QUORUM_COUNTS },
		{ MADE_NOW + QUORUM_CLOCKS_S + 1, QUORUM_TOO_NEW },
		{ 0, QUORUM_UNDATED },
	};

	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		const struct quorum_statement s[] = { by(BY(2), good),
			{ .claim = made_claim(a, of_day(rows[i].at)), .signers = BY(0) } };
		struct quorum q = take(s, 2);

		CHECK(q.voices[1].standing == rows[i].want);
		CHECK(q.reached == (rows[i].want == QUORUM_COUNTS));
	}
}

/* Who says two things about one lock counts for neither, and is named. */
static void conflicts(void)
{
	struct made_claim old = with_disk(9);
	const struct quorum_statement s[] = { by(BY(0), good), by(BY(2), good), by(BY(3), good),
		by(BY(1), with_disk(9)) };
	struct quorum q = take(s, 4);

	CHECK(q.conflicting == ALICE && q.reached && q.n_groups == 2);
	CHECK(q.voices[0].standing == QUORUM_CONFLICT && q.voices[3].standing == QUORUM_CONFLICT);
	CHECK(q.groups[q.voices[0].group].operators == (BOB | CAROL) &&
		q.groups[q.voices[3].group].n_operators == 0);
	q = take(s, 2);
	CHECK(!q.conflicting && q.reached);

	/* an old signature contradicts as well as a new one */
	old.at = MADE_NOW - 4000 * (int64_t)MADE_DAY;
	const struct quorum_statement two[] = { by(BY(0), good), by(BY(2), good), by(BY(0), old) };

	q = take(two, 3);
	CHECK(!q.reached && q.conflicting == ALICE && q.voices[2].standing == QUORUM_OLD);

	/* one statement by two operators, of whom one says something else */
	const struct quorum_statement both[] = { by(BY(0) | BY(2), good), by(BY(0), with_disk(9)),
		by(BY(3), good) };

	q = take(both, 3);
	CHECK(q.reached && q.groups[q.voices[0].group].operators == (BOB | CAROL));
	CHECK(q.voices[0].standing == QUORUM_COUNTS);
}

/* Another lock, description or manifest is another question. */
static void questions(void)
{
	struct made_claim lock = good, manifest = good, description = good;

	description.description = 7;
	lock.lock = 7;
	manifest.manifest = 7;
	const struct quorum_statement s[] = { by(BY(0), good), by(BY(0), lock), by(BY(0), manifest),
		by(BY(2), good), by(BY(2), lock), by(BY(3), manifest),
		by(BY(0), with_verdict("built")), by(BY(0), description), by(BY(3), description) };
	struct quorum q = take(s, 9);

	CHECK(q.n_questions == 5 && q.n_groups == 5 && !q.conflicting && q.reached);
	for (size_t i = 0; i < q.n_groups; i++)
		CHECK(q.groups[i].question == i &&
			q.groups[i].reached ==
				(q.groups[i].claim->verdict == REBUILD_CLAIM_IDENTICAL));
}

/* A build may fail for want of memory; a lock that the archives do not bear out is an answer. */
static void failures(void)
{
	const struct quorum_statement s[] = { by(BY(0), good), by(BY(0), failed_at("build")),
		by(BY(2), good), by(BY(3), failed_at("build")) };
	struct quorum q = take(s, 4);

	CHECK(q.reached && q.groups[0].operators == (ALICE | BOB) && !q.conflicting);
	CHECK(q.groups[1].operators == (ALICE | CAROL) && !q.groups[1].reached);

	const struct quorum_statement lock[] = { by(BY(0), good), by(BY(0), failed_at("lock")),
		by(BY(2), good) };

	q = take(lock, 3);
	CHECK(!q.reached && q.conflicting == ALICE);

	/* and many that failed are no image */
	const struct quorum_statement all[] = { by(BY(0), failed_at("lock")),
		by(BY(2), failed_at("lock")) };

	q = take(all, 2);
	CHECK(!q.reached && q.groups[0].n_operators == 2);
}

static void differing(void)
{
	const struct quorum_statement s[] = { by(BY(0), with_verdict("differs")),
		by(BY(2), with_verdict("differs")), by(BY(3), good) };
	struct quorum q = take(s, 3);

	CHECK(!q.reached && q.n_groups == 2 && q.groups[1].n_operators == 2);

	/* as many here as there */
	const struct quorum_statement split[] = { by(BY(0), with_verdict("differs")),
		by(BY(2), with_verdict("differs")), by(BY(3), good), by(BY(4), good) };

	q = take(split, 4);
	CHECK(!q.reached && q.groups[0].split && q.groups[1].split);
	q = take(split, 3);
	CHECK(!q.reached && !q.groups[0].split);
	q = take(split + 1, 3);
	CHECK(q.reached);
}

/* Who asks for more than the trust file loosens nothing of what it asks for: one that it hears as dissent stays one. */
static void at_least(void)
{
	const struct quorum_statement s[] = { by(BY(0), good), by(BY(1), good), by(BY(2), good),
		by(BY(3), with_verdict("differs")) };
	struct trust_file one, none;
	struct quorum q, more;
	struct err e = { 0 };

	made_trust(&one, 1, a);
	made_trust(&none, 0, a);
	CHECK_OK(quorum_take(&q, s, 4, &one, MADE_NOW, a, &e), e);
	CHECK(!q.reached && q.groups[0].split);
	CHECK_OK(quorum_at_least(&more, &q, 2, a, &e), e);
	CHECK(!more.reached && more.groups[0].split && more.needed == 2);
	CHECK_OK(quorum_take(&q, s, 3, &one, MADE_NOW, a, &e), e);
	for (size_t n = 0; n < 4; n++) {
		CHECK_OK(quorum_at_least(&more, &q, n, a, &e), e);
		CHECK(more.reached == (n < 3) && more.groups[0].reached == more.reached);
		CHECK(more.needed == (n ? n : 1) && q.reached && q.needed == 1);
	}
	CHECK_OK(quorum_take(&q, s, 4, &none, MADE_NOW, a, &e), e);
	CHECK_OK(quorum_at_least(&more, &q, 0, a, &e), e);
	CHECK(!more.reached && !more.needed);
	CHECK_OK(quorum_at_least(&more, &q, 2, a, &e), e);
	CHECK(!q.reached && more.reached && more.groups[0].n_operators == 2);
}

/* Without a number nobody vouches, however many agree. */
static void unasked(void)
{
	const struct quorum_statement s[] = { by(BY(0), good), by(BY(2), good), by(BY(3), good) };
	struct trust_file none = { 0 }, some;
	struct quorum q;
	struct err e = { 0 };

	made_trust(&some, 0, a);
	CHECK_OK(quorum_take(&q, s, 3, &some, MADE_NOW, a, &e), e);
	CHECK(!q.reached && q.groups[0].n_operators == 3);
	CHECK_OK(quorum_take(&q, s, 3, &none, MADE_NOW, a, &e), e);
	CHECK(!q.reached && q.groups[0].n_operators == 0 &&
		q.voices[0].standing == QUORUM_BY_NOBODY);
}

static void words(void)
{
	CLEANUP(buf_done) struct buf b = buf_init(1000);
	const struct rebuild_claim *one = made_claim(a, good), *other;
	struct made_claim m = good;
	struct err e = { 0 };
	struct str s;

	quorum_names(&b, &trust, ALICE | BOB | CAROL);
	buf_add_cstr(&b, "; ");
	quorum_names(&b, &trust, ALICE | CAROL);
	buf_add_cstr(&b, "; ");
	quorum_names(&b, &trust, BOB);
	buf_add_cstr(&b, "; ");
	quorum_names(&b, &trust, 0);
	CHECK(str_is(buf_str(&b), "Alice, Bob and Carol; Alice and Carol; Bob; nobody"));

	{ /* somebody who has the first key alone */
		struct trust_file first = trust;

		first.rebuilders.n = 1;
		b.n = 0;
		quorum_names(&b, &first, ALICE);
		CHECK(str_is(buf_str(&b), "Alice"));
	}
	other = made_claim(a, with_disk(9));
	CHECK_OK(quorum_first_difference(&s, one, other, a, &e), e);
	CHECK(str_is(s, "disk.img"));
	m.pcr4 = 9;
	CHECK_OK(quorum_first_difference(&s, one, made_claim(a, m), a, &e), e);
	CHECK(str_is(s, "qemu-vtpm register 4"));
	{ /* the same values in another register, and one in a bank more */
		struct rebuild_claim more = *made_claim(a, good);
		struct rebuild_claim_register r = more.registers[0];

		more.registers = &r;
		r.reg++;
		CHECK_OK(quorum_first_difference(&s, one, &more, a, &e), e);
		CHECK(str_is(s, "qemu-vtpm register 4"));
		r.reg--;
		r.n_banks++;
		CHECK_OK(quorum_first_difference(&s, one, &more, a, &e), e);
		CHECK(str_is(s, "qemu-vtpm register 4"));
	}
	CHECK_OK(quorum_first_difference(&s, one, made_claim(a, with_verdict("built")), a, &e), e);
	CHECK(str_is(s, "the verdict"));
}

/* ---- any order, and the same counted slowly ---- */

static unsigned random_upto(uint32_t *state, unsigned n)
{
	*state = *state * 1664525 + 1013904223;
	return (*state >> 8) % n;
}

static struct quorum_statement random_statement(uint32_t *state)
{
	static const char *const verdicts[] = { "identical", "identical", "identical", "differs",
		"failed" };
	struct made_claim m = good;
	uint64_t signers = 0;

	m.verdict = verdicts[random_upto(state, 5)];
	if (!strcmp(m.verdict, "failed"))
		m.failed_at = random_upto(state, 2) ? "lock" : "build";
	m.disk = (uint8_t)random_upto(state, 2);
	m.lock = (uint8_t)random_upto(state, 3) / 2;
	m.at = MADE_NOW - (int64_t)random_upto(state, 500) * MADE_DAY;
	for (unsigned i = random_upto(state, 3); i; i--)
		signers |= BY(random_upto(state, 6));
	return by(signers, m);
}

static bool answers(const struct rebuild_claim *c)
{
	return c->verdict != REBUILD_CLAIM_FAILED || str_is(c->failed_at, "lock");
}

static bool signed_by(const struct quorum_statement *s, unsigned operator_at)
{
	for (unsigned i = 0; i < trust.rebuilders.n; i++)
		if (s->signers >> i & 1 && trust.rebuilders.items[i].operator_at == operator_at)
			return true;
	return false;
}

/* Whether an operator counts for a result: by looking at every pair. */
static bool slow(const struct quorum_statement *s, size_t n, const struct rebuild_claim *result,
	unsigned operator_at)
{
	bool fresh = false;

	for (size_t i = 0; i < n; i++) {
		const struct rebuild_claim *c = s[i].claim;
		bool same = span_equal(c->result, result->result);

		if (!signed_by(&s[i], operator_at))
			continue;
		fresh |= same && c->by.at_unix >= MADE_NOW - 365 * MADE_DAY;
		if (!same && answers(c) && answers(result) &&
			!memcmp(c->lock_sha256, result->lock_sha256, SHA256_SIZE))
			return false;
	}
	return fresh;
}

static void check_slow(const struct quorum *q)
{
	for (size_t g = 0; g < q->n_groups; g++)
		for (unsigned o = 0; o < trust.rebuilders.n_operators; o++)
			CHECK((q->groups[g].operators >> o & 1) ==
				slow(q->statements, q->n, q->groups[g].claim, o));
}

static void check_same(const struct quorum *q, const struct quorum *p, const size_t *order)
{
	bool same = q->n_groups == p->n_groups && q->reached == p->reached &&
		    q->conflicting == p->conflicting && q->n_questions == p->n_questions;

	for (size_t i = 0; same && i < q->n_groups; i++)
		same = q->groups[i].operators == p->groups[i].operators &&
		       q->groups[i].reached == p->groups[i].reached &&
		       q->groups[i].split == p->groups[i].split &&
		       span_equal(q->groups[i].claim->result, p->groups[i].claim->result);
	for (size_t i = 0; same && i < q->n; i++)
		same = p->voices[i].standing == q->voices[order[i]].standing &&
		       p->voices[i].group == q->voices[order[i]].group &&
		       p->voices[i].operators == q->voices[order[i]].operators;
	CHECK(same);
}

static void any_order(void)
{
	enum { N = 9 };
	uint32_t state = 1;
	unsigned reached = 0, conflicting = 0;

	for (unsigned round = 0; round < 60; round++) {
		struct quorum_statement s[N], t[N];
		size_t order[N], n = 1 + random_upto(&state, N);
		struct quorum q, p;

		for (size_t i = 0; i < n; i++) {
			s[i] = random_statement(&state);
			order[i] = i;
		}
		q = take(s, n);
		check_slow(&q);
		reached += q.reached;
		conflicting += q.conflicting != 0;
		for (unsigned k = 0; k < 20; k++) {
			for (size_t i = n - 1; i; i--) {
				size_t other = random_upto(&state, (unsigned)i + 1), x = order[i];

				order[i] = order[other];
				order[other] = x;
			}
			for (size_t i = 0; i < n; i++)
				t[i] = s[order[i]];
			p = take(t, n);
			check_same(&q, &p, order);
		}
	}
	CHECK(reached > 3 && conflicting > 3);
}

static void too_many(void)
{
	static struct quorum_statement s[QUORUM_STATEMENTS_MAX + 1];
	struct quorum q;
	struct err e = { 0 };

	for (size_t i = 0; i < ARRAY_LEN(s); i++)
		s[i] = (struct quorum_statement){ .claim = made_claim(a, good), .signers = BY(2) };
	CHECK_OK(quorum_take(&q, s, QUORUM_STATEMENTS_MAX, &trust, MADE_NOW, a, &e), e);
	CHECK_ERR(quorum_take(&q, s, ARRAY_LEN(s), &trust, MADE_NOW, a, &e), e, ERR_LIMIT);
}

int main(void)
{
	a = arena_new(512 << 20);
	made_trust(&trust, 2, a);
	counts();
	once();
	strangers();
	ages();
	conflicts();
	questions();
	failures();
	differing();
	at_least();
	unasked();
	words();
	any_order();
	too_many();
	arena_free(a);
	return test_end();
}
