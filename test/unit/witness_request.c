#include "trust/witness_request.h"

#include "arena_steps.h"
#include "base/mem.h"
#include "witness_made.h"

static struct made_log l;

/* What a witness says that saw `seen` entries of this history last. */
static int decide(struct span bytes, const struct trust_log *logs, size_t n_logs, uint64_t seen)
{
	CLEANUP(arena_freep) struct arena *a = arena_new(WITNESS_REQUEST_ARENA);
	CLEANUP(mem_free) struct witness_request *r = MEM_NEW(struct witness_request);
	struct checkpoint c = { STR(MADE_ORIGIN), seen, made_tree(&l, 0, seen), false };
	struct err e = { 0 };
	int said;

	if (!witness_request_parse(r, bytes, a, &e)) {
		CHECK(e.kind == ERR_FORMAT || e.kind == ERR_LIMIT);
		return 0;
	}
	said = (int)witness_request_decide(r, logs, n_logs, seen ? &c : NULL, &e);
	CHECK(said == WITNESS_COSIGNS || (e.kind != ERR_NONE && e.text[0]));
	return said;
}

/* All sizes to all larger ones, as a log and a witness that agree. */
static void follows(void)
{
	for (uint64_t n = 0; n < 40; n++)
		for (uint64_t m = 0; m <= n; m++) {
			CLEANUP(buf_done) struct buf b = made_request(&l, m, n);

			CHECK(decide(buf_span(&b), &l.known, 1, m) == WITNESS_COSIGNS);
			if (m + 1 < n)
				CHECK(decide(buf_span(&b), &l.known, 1, m + 1) == WITNESS_CONFLICT);
		}
}

static void parts(void)
{
	CLEANUP(buf_done) struct buf b = made_request(&l, 6, 13), again;
	CLEANUP(arena_freep) struct arena *a = arena_new(WITNESS_REQUEST_ARENA);
	CLEANUP(mem_free) struct witness_request *r = MEM_NEW(struct witness_request);
	struct merkle_proof want = made_proof(&l, 6, 13);
	struct err e = { 0 };

	CHECK_OK(witness_request_parse(r, buf_span(&b), a, &e), e);
	CHECK(r->old_size == 6 && r->proof.n == want.n && r->checkpoint.size == 13);
	CHECK(!memcmp(r->proof.hashes, want.hashes, want.n * sizeof want.hashes[0]));
	CHECK(str_is(r->checkpoint.origin, MADE_ORIGIN) && r->signatures.n == 1);
	again = buf_init(WITNESS_REQUEST_SIZE_MAX);
	CHECK_OK(witness_request_emit(&again, r->old_size, &r->proof, r->note, &e), e);
	CHECK(span_equal(buf_span(&again), buf_span(&b)));
	want.n = WITNESS_REQUEST_PROOF_MAX;
	CHECK_OK(witness_request_emit(&again, 6, &want, r->note, &e), e);
	want.n = MERKLE_PROOF_MAX;
	CHECK_ERR(witness_request_emit(&again, 6, &want, r->note, &e), e, ERR_LIMIT);
}

/* No shorter request and none with another byte is cosigned. */
static void damaged(void)
{
	CLEANUP(buf_done) struct buf b = made_request(&l, 6, 13);

	for (size_t n = 0; n < b.n; n++)
		CHECK(decide(span_make(b.p, n), &l.known, 1, 6) == 0);
	for (size_t i = 0; i < b.n * 8; i++) {
		int said;

		b.p[i / 8] ^= (uint8_t)(1 << i % 8);
		said = decide(buf_span(&b), &l.known, 1, 6);
		CHECK(said != WITNESS_COSIGNS);
		b.p[i / 8] ^= (uint8_t)(1 << i % 8);
	}
	CHECK(decide(buf_span(&b), &l.known, 1, 6) == WITNESS_COSIGNS);
}

/* "old" and the proof of another request before this one's checkpoint. */
static struct buf with_head(const char *head, uint64_t size)
{
	struct buf b = buf_init(WITNESS_REQUEST_SIZE_MAX);

	buf_add_cstr(&b, head);
	made_checkpoint(&b, &l, size);
	return b;
}

#define HASH "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=\n"

static void heads(void)
{
	static const char *const bad[] = { "", "\n", "old\n\n", "old \n\n", "old  1\n\n",
		"old 01\n\n", "old +1\n\n", "old -1\n\n", "Old 1\n\n", "old 1 \n\n", "old 1\r\n\n",
		"old 1", "old 4611686018427387905\n\n", "old 18446744073709551616\n\n",
		"old 1\nAAAA\n\n", ("old 1\n" HASH " \n"), ("old 1\n" HASH "=\n\n"),
		"old 1\nAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA\n\n", "new 1\n\n",
		("old 1\n" HASH) };
	CLEANUP(buf_done) struct buf many = buf_init(WITNESS_REQUEST_SIZE_MAX);

	for (size_t i = 0; i < ARRAY_LEN(bad); i++) {
		CLEANUP(buf_done) struct buf b = with_head(bad[i], 1);

		CHECK(decide(buf_span(&b), &l.known, 1, 1) == 0);
	}
	buf_add_cstr(&many, "old 1\n");
	for (size_t i = 0; i < WITNESS_REQUEST_PROOF_MAX; i++)
		buf_add_cstr(&many, HASH);
	for (size_t more = 0; more < 2; more++) {
		CLEANUP(buf_done) struct buf b = buf_init(WITNESS_REQUEST_SIZE_MAX);

		buf_add(&b, many.p, many.n);
		buf_add_cstr(&b, more ? HASH "\n" : "\n");
		made_checkpoint(&b, &l, 7);
		CHECK(decide(buf_span(&b), &l.known, 1, 1) == (more ? 0 : WITNESS_FORKED));
	}
}

static void limits(void)
{
	CLEANUP(buf_done) struct buf b = buf_init(WITNESS_REQUEST_SIZE_MAX + 1);
	CLEANUP(arena_freep) struct arena *a = arena_new(WITNESS_REQUEST_ARENA);
	CLEANUP(mem_free) struct witness_request *r = MEM_NEW(struct witness_request);
	struct err e = { 0 };

	buf_add_cstr(&b, "old 0\n\n");
	buf_fill(&b, 'x', SIGNED_NOTE_SIZE_MAX);
	CHECK_ERR(witness_request_parse(r, buf_span(&b), a, &e), e, ERR_FORMAT);
	b.n = 0;
	buf_fill(&b, 'x', WITNESS_REQUEST_SIZE_MAX);
	CHECK_ERR(witness_request_parse(r, buf_span(&b), a, &e), e, ERR_FORMAT);
	buf_u8(&b, 'x');
	CHECK_ERR(witness_request_parse(r, buf_span(&b), a, &e), e, ERR_LIMIT);
}

/* What is said when several things are wrong: who it is, who signed, then sizes, then the proof. */
static void order(void)
{
	struct made_log other = made_log("log.example/2"), rolled = made_log(MADE_ORIGIN);
	struct trust_log both[] = { rolled.known, l.known }, witness = l.known;
	struct made_log fork = l;
	CLEANUP(buf_done) struct buf b = made_request(&l, 6, 13);
	CLEANUP(buf_done) struct buf above = with_head("old 14\n\n", 13);
	CLEANUP(buf_done) struct buf empty = with_head("old 0\n\n", 0);
	CLEANUP(buf_done) struct buf proof = with_head("old 0\n" HASH "\n", 13);
	CLEANUP(buf_done) struct buf same, longer;

	CHECK(decide(buf_span(&b), NULL, 0, 6) == WITNESS_UNKNOWN);
	CHECK(decide(buf_span(&b), &other.known, 1, 6) == WITNESS_UNKNOWN);
	CHECK(decide(buf_span(&b), &rolled.known, 1, 6) == WITNESS_UNSIGNED);
	witness.key.type = NOTE_KEY_COSIGNATURE;
	CHECK(decide(buf_span(&b), &witness, 1, 6) == WITNESS_UNSIGNED);
	CHECK(decide(buf_span(&b), both, 2, 6) == WITNESS_COSIGNS);
	CHECK(decide(buf_span(&above), &rolled.known, 1, 6) == WITNESS_UNSIGNED);
	CHECK(decide(buf_span(&above), &l.known, 1, 6) == WITNESS_MALFORMED);
	CHECK(decide(buf_span(&above), &l.known, 1, 14) == WITNESS_MALFORMED);
	CHECK(decide(buf_span(&b), &l.known, 1, 0) == WITNESS_CONFLICT);
	CHECK(decide(buf_span(&b), &l.known, 1, 20) == WITNESS_CONFLICT);
	CHECK(decide(buf_span(&empty), &l.known, 1, 0) == WITNESS_COSIGNS);
	CHECK(decide(buf_span(&proof), &l.known, 1, 0) == WITNESS_FORKED);
	/* Another history behind the fifth entry. */
	fork.fork = 5;
	fork.history = 1;
	same = made_request(&fork, 6, 6);
	longer = made_request(&fork, 6, 13);
	CHECK(decide(buf_span(&same), &l.known, 1, 6) == WITNESS_FORKED);
	CHECK(decide(buf_span(&longer), &l.known, 1, 6) == WITNESS_FORKED);
	CHECK(decide(buf_span(&longer), &l.known, 1, 5) == WITNESS_CONFLICT);
	private_key_free(other.key);
	private_key_free(rolled.key);
}

/* A size, strictly. */
static void sizes(void)
{
	static const char *const bad[] = { "", "\n", "1", "1\n\n", "1\n2\n", " 1\n", "01\n", "-1\n",
		"1 \n", "1\r\n", "x\n", "4611686018427387905\n" };
	CLEANUP(buf_done) struct buf b = buf_init(100);
	uint64_t size = 0;
	struct err e = { 0 };

	for (size_t i = 0; i < ARRAY_LEN(bad); i++)
		CHECK_ERR(witness_reply_parse_size(&size, str_span(str_of(bad[i])), &e), e,
			ERR_FORMAT);
	witness_reply_emit_size(&b, MERKLE_SIZE_MAX);
	CHECK_OK(witness_reply_parse_size(&size, buf_span(&b), &e), e);
	CHECK(size == MERKLE_SIZE_MAX);
}

struct answers {
	struct private_key *one, *two;
	struct note_key keys[2];
	struct str text;
	struct buf lines; /* both cosigned at 1700000000 and 1700000007 */
};

static struct answers answers_made(void)
{
	struct answers s = { keys_made("ED25519", NULL), keys_made("ED25519", NULL),
		.text = STR("log.example/1\n0\n47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=\n") };
	struct err e = { 0 };

	s.keys[0] = made_key(MADE_WITNESS, NOTE_KEY_COSIGNATURE, s.one);
	s.keys[1] = made_key("witness.example/2", NOTE_KEY_COSIGNATURE, s.two);
	s.lines = buf_init(WITNESS_REPLY_SIZE_MAX);
	CHECK_OK(signed_note_sign(&s.lines, s.text, &s.keys[0], s.one, 1700000000, &e), e);
	CHECK_OK(signed_note_sign(&s.lines, s.text, &s.keys[1], s.two, 1700000007, &e), e);
	return s;
}

static void answers_done(struct answers *s)
{
	private_key_free(s->one);
	private_key_free(s->two);
	buf_done(&s->lines);
}

/* Which of the keys have a line in what was taken, as bits. */
static unsigned taken(const struct answers *s, struct span body, size_t n_keys, struct err *e)
{
	CLEANUP(arena_freep) struct arena *a = arena_new(WITNESS_REPLY_ARENA);
	CLEANUP(buf_done) struct buf lines = buf_init(WITNESS_REPLY_SIZE_MAX);
	int64_t by[2] = { 9, 9 };

	*e = (struct err){ 0 };
	if (!witness_reply_check(&lines, by, body, s->text, s->keys, n_keys, a, e)) {
		CHECK(lines.n == 0);
		return 0;
	}
	CHECK(by[0] == 0 || by[0] == 1700000000);
	CHECK(n_keys < 2 || by[1] == 0 || by[1] == 1700000007);
	CHECK(lines.n <= body.n);
	return (by[0] ? 1 : 0) | (n_keys == 2 && by[1] ? 2 : 0);
}

static void replies(void)
{
	CLEANUP(answers_done) struct answers s = answers_made();
	size_t first = str_find(buf_str(&s.lines), '\n') + 1;
	CLEANUP(buf_done) struct buf more = buf_init(WITNESS_REPLY_SIZE_MAX);
	struct err e = { 0 };

	CHECK(taken(&s, buf_span(&s.lines), 2, &e) == 3);
	CHECK(taken(&s, buf_span(&s.lines), 1, &e) == 1);
	CHECK(taken(&s, span_make(s.lines.p + first, s.lines.n - first), 2, &e) == 2);
	CHECK(taken(&s, span_make(s.lines.p + first, s.lines.n - first), 1, &e) == 0);
	CHECK(e.kind == ERR_NOTFOUND);
	CHECK(taken(&s, span_make("", 0), 2, &e) == 0 && e.kind == ERR_FORMAT);
	/* An empty line would make what is before it part of the text. */
	buf_add(&more, s.lines.p, first);
	buf_u8(&more, '\n');
	buf_add(&more, s.lines.p + first, s.lines.n - first);
	CHECK(taken(&s, buf_span(&more), 2, &e) == 0 && e.kind == ERR_FORMAT);
	s.text = STR("log.example/1\n1\n47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=\n");
	CHECK(taken(&s, buf_span(&s.lines), 2, &e) == 0 && e.kind == ERR_SIGNATURE);
}

/* Whatever byte is another or missing: each line that is taken verified. */
static void damaged_replies(void)
{
	CLEANUP(answers_done) struct answers s = answers_made();
	size_t first = str_find(buf_str(&s.lines), '\n') + 1;
	struct err e = { 0 };

	for (size_t n = 0; n < s.lines.n; n++)
		CHECK(taken(&s, span_make(s.lines.p, n), 2, &e) == (n == first ? 1u : 0u));
	for (size_t i = 0; i < s.lines.n * 8; i++) {
		s.lines.p[i / 8] ^= (uint8_t)(1 << i % 8);
		CHECK(taken(&s, buf_span(&s.lines), 2, &e) != 3);
		s.lines.p[i / 8] ^= (uint8_t)(1 << i % 8);
	}
	buf_fill(&s.lines, 'x', WITNESS_REPLY_SIZE_MAX - s.lines.n);
	s.lines.max++;
	buf_u8(&s.lines, '\n');
	CHECK(taken(&s, buf_span(&s.lines), 2, &e) == 0 && e.kind == ERR_LIMIT);
}

static bool step_request(struct arena *little, const void *of, struct err *e)
{
	CLEANUP(mem_free) struct witness_request *r = MEM_NEW(struct witness_request);
	bool ok = witness_request_parse(r, *(const struct span *)of, little, e);

	CHECK(r->checkpoint.size == (ok ? 13 : 0));
	return ok;
}

static bool step_reply(struct arena *little, const void *of, struct err *e)
{
	const struct answers *s = of;
	CLEANUP(buf_done) struct buf lines = buf_init(WITNESS_REPLY_SIZE_MAX);
	bool ok = witness_reply_check(
		&lines, NULL, buf_span(&s->lines), s->text, s->keys, 2, little, e);

	CHECK((lines.n > 0) == ok);
	return ok;
}

static void memory(void)
{
	CLEANUP(answers_done) struct answers s = answers_made();
	CLEANUP(buf_done) struct buf b = made_request(&l, 6, 13);
	struct span whole = buf_span(&b);

	arena_steps(step_request, &whole);
	arena_steps(step_reply, &s);
}

/* Whose a line is: the key's kind, its number and its name, each alone another's. */
static void whose(void)
{
	CLEANUP(answers_done) struct answers s = answers_made();
	struct note_key good = s.keys[0];
	struct err e = { 0 };

	s.keys[0].id ^= 1;
	CHECK(taken(&s, buf_span(&s.lines), 2, &e) == 2);
	s.keys[0] = good;
	s.keys[0].type = NOTE_KEY_ED25519;
	CHECK(taken(&s, buf_span(&s.lines), 2, &e) == 2);
	s.keys[0] = good;
	s.keys[0].name = STR("witness.example/3");
	CHECK(taken(&s, buf_span(&s.lines), 2, &e) == 2);
	CHECK(taken(&s, buf_span(&s.lines), 1, &e) == 0 && e.kind == ERR_NOTFOUND);
	s.keys[0] = good;
	buf_fill(&s.lines, 'x', WITNESS_REPLY_SIZE_MAX - s.lines.n);
	CHECK(taken(&s, buf_span(&s.lines), 2, &e) == 0 && e.kind == ERR_FORMAT);
}

int main(void)
{
	l = made_log(MADE_ORIGIN);
	follows();
	parts();
	damaged();
	heads();
	limits();
	order();
	sizes();
	replies();
	damaged_replies();
	memory();
	whose();
	private_key_free(l.key);
	return test_end();
}
