/* A checkpoint counts with its log's signature and enough witnesses, each once, none too old. */
#include "trust/note_quorum.h"

#include "keys_made.h"

enum { N = 3, NOW = 1000000, WEEK = 7 * 86400 };

static struct arena *a;
static struct private_key *keys[N], *log_key;
static struct note_key witnesses[N], log_vkey;

static struct note_key vkey(const char *name, enum note_key_type type, struct private_key *k)
{
	uint8_t bytes[NOTE_KEY_SIZE];
	struct note_key ret = { 0 };
	struct err e = { 0 };

	CHECK_OK(private_key_ed25519(bytes, k, &e), e);
	CHECK_OK(note_key_of(&ret, str_of(name), type, bytes, &e), e);
	return ret;
}

#define TEXT "example.org/log\n0\n47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=\n"

/* Cosigned by the first n witnesses at that time. */
static struct signed_note note(size_t n, int64_t at, bool by_log)
{
	struct buf b = buf_init(1 << 16);
	struct signed_note ret = { 0 };
	struct err e = { 0 };

	buf_add_cstr(&b, TEXT "\n");
	if (by_log)
		CHECK_OK(signed_note_sign(&b, STR(TEXT), &log_vkey, log_key, 0, &e), e);
	else
		buf_add_cstr(&b, "\xe2\x80\x94 nobody AAAAAQEB\n");
	for (size_t i = 0; i < n; i++)
		CHECK_OK(signed_note_sign(&b, STR(TEXT), &witnesses[i], keys[i], at, &e), e);
	CHECK_OK(signed_note_parse(&ret, str_span(arena_str(a, buf_str(&b))), a, &e), e);
	buf_done(&b);
	return ret;
}

static bool check(const struct signed_note *n, const struct note_quorum *q,
	struct note_quorum_found *found, struct err *e)
{
	struct checkpoint c;

	return checkpoint_parse(&c, n->text, e) && note_quorum_check(found, n, &c, q, e);
}

static void counts(void)
{
	struct note_quorum q = { .log = log_vkey,
		.witnesses = witnesses,
		.n_witnesses = N,
		.at_unix = NOW,
		.max_age_s = WEEK };
	struct note_quorum_found found = { .n = 77 };
	struct err e = { 0 };

	for (size_t n = 0; n <= N; n++)
		for (q.needed = 0; q.needed <= N; q.needed++) {
			struct signed_note s = note(n, NOW, true);

			if (q.needed <= n) {
				CHECK_OK(check(&s, &q, &found, &e), e);
				CHECK(found.n == n && found.n_old == 0);
				CHECK(n == 0 || found.at_unix[0] == NOW);
			} else {
				found.n = 77;
				CHECK_ERR(check(&s, &q, &found, &e), e, ERR_NOTFOUND);
				CHECK(found.n == 77);
			}
		}
}

static void ages(void)
{
	static const struct {
		int64_t at, max_age;
		bool counts;
	} cases[] = { { NOW, WEEK, true }, { NOW - WEEK, WEEK, true },
		{ NOW - WEEK - 1, WEEK, false }, { NOW - WEEK - 1, 0, true },
		{ NOW + NOTE_QUORUM_CLOCKS_APART_S, WEEK, true },
		{ NOW + NOTE_QUORUM_CLOCKS_APART_S + 1, WEEK, false },
		{ NOW + NOTE_QUORUM_CLOCKS_APART_S + 1, 0, false } };

	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		struct note_quorum q = { .log = log_vkey,
			.witnesses = witnesses,
			.n_witnesses = N,
			.needed = 1,
			.at_unix = NOW,
			.max_age_s = cases[i].max_age };
		struct signed_note s = note(1, cases[i].at, true);
		struct note_quorum_found found;
		struct err e = { 0 };

		CHECK(check(&s, &q, &found, &e) == cases[i].counts);
		CHECK(cases[i].counts || strstr(e.text, "others did"));
	}
}

static void refused(void)
{
	struct note_key list[NOTE_QUORUM_WITNESSES_MAX + 1] = { witnesses[0], witnesses[1] };
	struct note_quorum q = {
		.log = log_vkey, .witnesses = list, .n_witnesses = 2, .needed = 1, .at_unix = NOW
	};
	struct signed_note s = note(2, NOW, true);
	struct note_quorum_found found;
	struct err e = { 0 };

	CHECK_OK(check(&s, &q, &found, &e), e);
	q.needed = 3;
	CHECK_ERR(check(&s, &q, &found, &e), e, ERR_USAGE);
	q.needed = 1;
	list[1] = vkey("another.org", NOTE_KEY_COSIGNATURE, keys[0]);
	CHECK_ERR(check(&s, &q, &found, &e), e, ERR_USAGE);
	list[1] = vkey("log.org", NOTE_KEY_COSIGNATURE, log_key);
	CHECK_ERR(check(&s, &q, &found, &e), e, ERR_USAGE);
	list[1] = vkey("plain.org", NOTE_KEY_ED25519, keys[1]);
	CHECK_ERR(check(&s, &q, &found, &e), e, ERR_USAGE);
	q.n_witnesses = NOTE_QUORUM_WITNESSES_MAX + 1;
	CHECK_ERR(check(&s, &q, &found, &e), e, ERR_USAGE);
	q.n_witnesses = 1;
	s = note(1, NOW, false);
	CHECK_ERR(check(&s, &q, &found, &e), e, ERR_NOTFOUND);
	s = note(1, NOW, true);
	q.log = vkey("example.org/other", NOTE_KEY_ED25519, log_key);
	CHECK_ERR(check(&s, &q, &found, &e), e, ERR_MISMATCH);
	q.log = vkey("example.org/log", NOTE_KEY_ED25519, keys[2]);
	CHECK_ERR(check(&s, &q, &found, &e), e, ERR_NOTFOUND);
}

/* Of two witnesses one is too old, or in the future: the other's time stands at its place. */
static void one_of_two(void)
{
	static const int64_t others[] = { NOW - WEEK - 1, NOW + NOTE_QUORUM_CLOCKS_APART_S + 1 };

	for (size_t i = 0; i < 2 * ARRAY_LEN(others); i++) {
		struct note_quorum q = { .log = log_vkey,
			.witnesses = witnesses,
			.n_witnesses = N,
			.needed = 1,
			.at_unix = NOW,
			.max_age_s = WEEK };
		struct note_quorum_found found = { .n = 77 };
		CLEANUP(buf_done) struct buf b = buf_init(1 << 16);
		struct signed_note s;
		struct err e = { 0 };

		buf_add_cstr(&b, TEXT "\n");
		CHECK_OK(signed_note_sign(&b, STR(TEXT), &log_vkey, log_key, 0, &e), e);
		for (size_t k = 0; k < 2; k++)
			CHECK_OK(signed_note_sign(&b, STR(TEXT), &witnesses[k], keys[k],
					 k == i % 2 ? others[i / 2] : NOW - 5, &e),
				e);
		CHECK_OK(signed_note_parse(&s, buf_span(&b), a, &e), e);
		CHECK_OK(check(&s, &q, &found, &e), e);
		CHECK(found.n == 1 && found.n_old == 1 && found.at_unix[i % 2] == 0 &&
			found.at_unix[1 - i % 2] == NOW - 5);
		q.needed = 2;
		CHECK_ERR(check(&s, &q, &found, &e), e, ERR_NOTFOUND);
		CHECK(strstr(e.text,
			"1 of the witnesses cosigned the checkpoint, wanted 2; others did"));
	}
}

/* As many as may be counted, and each pair of them with one key. */
static void largest(void)
{
	static struct note_key list[NOTE_QUORUM_WITNESSES_MAX];
	struct note_quorum q = { .log = log_vkey,
		.witnesses = list,
		.n_witnesses = NOTE_QUORUM_WITNESSES_MAX,
		.at_unix = NOW };
	struct signed_note s = note(0, NOW, true);
	struct note_quorum_found found;
	struct err e = { 0 };

	for (size_t i = 0; i < NOTE_QUORUM_WITNESSES_MAX; i++) {
		uint8_t bytes[NOTE_KEY_SIZE] = { 1, (uint8_t)i };

		CHECK_OK(note_key_of(&list[i], STR("w"), NOTE_KEY_COSIGNATURE, bytes, &e), e);
	}
	CHECK_OK(check(&s, &q, &found, &e), e);
	for (size_t i = 1; i < NOTE_QUORUM_WITNESSES_MAX; i++) {
		struct note_key kept = list[i];

		list[i] = list[(i * 7) % i];
		CHECK_ERR(check(&s, &q, &found, &e), e, ERR_USAGE);
		CHECK(strstr(e.text, "have the same key"));
		list[i] = list[i - 1];
		CHECK_ERR(check(&s, &q, &found, &e), e, ERR_USAGE);
		list[i] = kept;
	}
}

/* A cosignature by a known witness that does not hold is worse than none. */
static void forged(void)
{
	struct note_quorum q = {
		.log = log_vkey, .witnesses = witnesses, .n_witnesses = N, .at_unix = NOW
	};
	struct signed_note s = note(2, NOW, true);
	struct note_quorum_found found;
	struct err e = { 0 };
	uint8_t bytes[128];

	memcpy(bytes, s.lines[2].signature.p, s.lines[2].signature.n);
	bytes[20] ^= 1;
	s.lines[2].signature.p = bytes;
	CHECK_ERR(check(&s, &q, &found, &e), e, ERR_SIGNATURE);
	q.n_witnesses = 1;
	CHECK_OK(check(&s, &q, &found, &e), e);
}

int main(void)
{
	static const char *const names[N] = { "w1.org", "w2.org", "w3.org" };

	a = arena_new(16 << 20);
	log_key = keys_made("ED25519", NULL);
	log_vkey = vkey("example.org/log", NOTE_KEY_ED25519, log_key);
	for (size_t i = 0; i < N; i++) {
		keys[i] = keys_made("ED25519", NULL);
		witnesses[i] = vkey(names[i], NOTE_KEY_COSIGNATURE, keys[i]);
	}
	counts();
	ages();
	refused();
	one_of_two();
	largest();
	forged();
	for (size_t i = 0; i < N; i++)
		private_key_free(keys[i]);
	private_key_free(log_key);
	arena_free(a);
	return test_end();
}
