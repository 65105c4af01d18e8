#include "trust/tlog_proof.h"

#include "arena_steps.h"
#include "keys_made.h"

static struct arena *a;
static struct buf made;
static struct note_key log_key;

/* A log of three entries, "a", "b", "c": the proof of "b". */
static void make(void)
{
	CLEANUP(private_key_freep) struct private_key *key = keys_made("ED25519", NULL);
	struct merkle_hash l[] = { merkle_leaf(str_span(STR("a"))), merkle_leaf(str_span(STR("b"))),
		merkle_leaf(str_span(STR("c"))) };
	struct merkle_hash left = merkle_node(&l[0], &l[1]);
	struct checkpoint c = {
		.origin = STR("log.example"), .size = 3, .root = merkle_node(&left, &l[2])
	};
	struct merkle_proof p = { .hashes = { l[0], l[2] }, .n = 2 };
	CLEANUP(buf_done) struct buf note = buf_init(4096);
	uint8_t raw[PRIVATE_KEY_ED25519_SIZE];
	struct err e = { 0 };
	struct str text;

	CHECK_OK(private_key_ed25519(raw, key, &e), e);
	CHECK_OK(note_key_of(&log_key, STR("log.example"), NOTE_KEY_ED25519, raw, &e), e);
	checkpoint_emit(&note, &c);
	text = arena_str(a, buf_str(&note));
	buf_u8(&note, '\n');
	CHECK_OK(signed_note_sign(&note, text, &log_key, key, 0, &e), e);
	made = buf_init(1 << 16);
	tlog_proof_emit(&made, str_span(STR("hint")), 1, &p, buf_span(&note));
}

static void checks(void)
{
	struct note_key other = log_key;
	struct tlog_proof p;
	struct err e = { 0 };

	CHECK_OK(tlog_proof_parse(&p, buf_span(&made), a, &e), e);
	CHECK(p.index == 1 && p.inclusion.n == 2 && p.checkpoint.size == 3 &&
		span_equal(p.extra, str_span(STR("hint"))));
	CHECK_OK(tlog_proof_check(&p, str_span(STR("b")), &log_key, &e), e);
	CHECK_ERR(tlog_proof_check(&p, str_span(STR("c")), &log_key, &e), e, ERR_SIGNATURE);
	other.name = STR("log.example2");
	CHECK_ERR(tlog_proof_check(&p, str_span(STR("b")), &other, &e), e, ERR_MISMATCH);
	other = log_key;
	other.id ^= 1;
	CHECK_ERR(tlog_proof_check(&p, str_span(STR("b")), &other, &e), e, ERR_NOTFOUND);
	other = log_key;
	other.bytes[0] ^= 1;
	CHECK_ERR(tlog_proof_check(&p, str_span(STR("b")), &other, &e), e, ERR_SIGNATURE);
}

/* One bit of any byte that is not "extra" makes it another file, which does not parse or does not hold. */
static void bits(void)
{
	size_t extra = strlen("c2sp.org/tlog-proof@v1\nextra "), end = extra + strlen("aGludA==");

	for (size_t i = 0; i < made.n * 8; i++) {
		CLEANUP(arena_freep) struct arena *own = arena_new(1 << 20);
		struct tlog_proof p;
		struct err e = { 0 };

		if (i / 8 >= extra && i / 8 < end)
			continue;
		made.p[i / 8] ^= (uint8_t)(1 << i % 8);
		CHECK(!tlog_proof_parse(&p, buf_span(&made), own, &e) ||
			!tlog_proof_check(&p, str_span(STR("b")), &log_key, &e));
		made.p[i / 8] ^= (uint8_t)(1 << i % 8);
	}
}

static void cut(void)
{
	for (size_t n = 0; n < made.n; n++) {
		CLEANUP(arena_freep) struct arena *own = arena_new(1 << 20);
		struct tlog_proof p;
		struct err e = { 0 };

		CHECK(!tlog_proof_parse(&p, span_make(made.p, n), own, &e));
	}
}

static void refuses(void)
{
	static const char *const heads[] = { "", "c2sp.org/tlog-proof@v2\nindex 0\n\n",
		"c2sp.org/tlog-proof@v1\n\n", "c2sp.org/tlog-proof@v1\nindex 01\n\n",
		"c2sp.org/tlog-proof@v1\nindex -1\n\n",
		"c2sp.org/tlog-proof@v1\nextra @\nindex 0\n\n",
		"c2sp.org/tlog-proof@v1\nindex 0\nextra AQ==\n\n",
		"c2sp.org/tlog-proof@v1\nindex 0\nAQ==\n\n", "c2sp.org/tlog-proof@v1\nindex 0\n" };
	const char *note = (const char *)memmem(made.p, made.n, "\n\n", 2) + 2;

	for (size_t i = 0; i < ARRAY_LEN(heads); i++) {
		struct str s = arena_printf(a, "%s%.*s", heads[i],
			(int)(made.n - (size_t)(note - (const char *)made.p)), note);
		struct tlog_proof p;
		struct err e = { 0 };

		CHECK_ERR(tlog_proof_parse(&p, str_span(s), a, &e), e, ERR_FORMAT);
	}
}

/* A head of its own before the made note. */
static struct str with_head(const char *head, size_t n_hashes, const char *behind)
{
	CLEANUP(buf_done) struct buf b = buf_init(TLOG_PROOF_SIZE_MAX + 4096);
	const uint8_t *note = (const uint8_t *)memmem(made.p, made.n, "\n\n", 2) + 2;

	buf_add_cstr(&b, head);
	for (size_t i = 0; i < n_hashes; i++)
		buf_add_cstr(&b, "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=\n");
	buf_add_cstr(&b, behind);
	buf_add(&b, note, made.n - (size_t)(note - made.p));
	return arena_str(a, buf_str(&b));
}

#define MAGIC "c2sp.org/tlog-proof@v1\n"

static bool step(struct arena *little, const void *of, struct err *e)
{
	struct tlog_proof p = { .index = 77 };
	bool ok = tlog_proof_parse(&p, *(const struct span *)of, little, e);

	CHECK(p.index == (ok ? 1 : 77));
	return ok;
}

/* Numbers, hashes and extra data up to their limits. */
static void limits(void)
{
	static uint8_t extra[TLOG_PROOF_EXTRA_MAX + 1];
	struct span whole = buf_span(&made);
	struct tlog_proof p;
	struct err e = { 0 };

	CHECK_OK(tlog_proof_parse(&p, str_span(with_head(MAGIC "index 0\n", 0, "\n")), a, &e), e);
	CHECK(p.index == 0 && p.inclusion.n == 0 && !p.extra.p);
	CHECK_OK(tlog_proof_parse(&p,
			 str_span(with_head(MAGIC "index 4611686018427387904\n", 0, "\n")), a, &e),
		e);
	CHECK(p.index == MERKLE_SIZE_MAX);
	CHECK_ERR(tlog_proof_parse(&p,
			  str_span(with_head(MAGIC "index 4611686018427387905\n", 0, "\n")), a, &e),
		e, ERR_FORMAT);
	CHECK(strstr(e.text, "'index NUMBER'"));
	CHECK_ERR(
		tlog_proof_parse(&p,
			str_span(with_head("c2sp.org/tlog-proof@v10\nindex 0\n", 0, "\n")), a, &e),
		e, ERR_FORMAT);
	CHECK(strstr(e.text, "its first line is not"));
	CHECK_OK(tlog_proof_parse(
			 &p, str_span(with_head(MAGIC "index 0\n", MERKLE_PROOF_MAX, "\n")), a, &e),
		e);
	CHECK(p.inclusion.n == MERKLE_PROOF_MAX);
	CHECK_ERR(
		tlog_proof_parse(&p,
			str_span(with_head(MAGIC "index 0\n", MERKLE_PROOF_MAX + 1, "\n")), a, &e),
		e, ERR_LIMIT);
	CHECK(strstr(e.text, "hash 65: more than 64"));
	for (size_t n = TLOG_PROOF_EXTRA_MAX; n <= TLOG_PROOF_EXTRA_MAX + 1; n++) {
		CLEANUP(buf_done) struct buf b = buf_init(TLOG_PROOF_SIZE_MAX + 4096);
		const uint8_t *note = (const uint8_t *)memmem(made.p, made.n, "\n\n", 2) + 2;
		bool ok;

		tlog_proof_emit(&b, span_make(extra, n), 0, &p.inclusion,
			span_make(note, made.n - (size_t)(note - made.p)));
		ok = tlog_proof_parse(&p, buf_span(&b), a, &e);
		CHECK(ok == (n == TLOG_PROOF_EXTRA_MAX));
		CHECK(ok ? p.extra.n == n : e.kind == ERR_LIMIT);
	}
	arena_steps(step, &whole);
}

/* As long as may be it is refused for what it is, and one byte longer for that. */
static void sizes(void)
{
	CLEANUP(buf_done) struct buf b = buf_init(TLOG_PROOF_SIZE_MAX + 1);
	struct tlog_proof p;
	struct err e = { 0 };

	buf_fill(&b, 'x', TLOG_PROOF_SIZE_MAX);
	CHECK_ERR(tlog_proof_parse(&p, buf_span(&b), a, &e), e, ERR_FORMAT);
	buf_u8(&b, 'x');
	CHECK_ERR(tlog_proof_parse(&p, buf_span(&b), a, &e), e, ERR_LIMIT);
}

int main(void)
{
	a = arena_new(1 << 24);
	make();
	checks();
	bits();
	cut();
	refuses();
	limits();
	sizes();
	buf_done(&made);
	arena_free(a);
	return test_end();
}
