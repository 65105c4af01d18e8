/* Signed statements: which of the keys signed, and that nothing is read before one did. */
#include "trust/statement.h"

#include "keys_made.h"
#include "statement_made.h"

static struct arena *a;

static struct statement_key *public_of(const struct private_key *k)
{
	struct statement_key *ret = NULL;
	struct err e = { 0 };

	CHECK_OK(private_key_public(&ret, k, &e), e);
	return ret;
}

static struct arena *fresh(void)
{
	arena_free(a);
	a = arena_new(STATEMENT_MEMORY_MAX);
	return a;
}

static void two_keys(void)
{
	CLEANUP(private_key_freep) struct private_key *one = keys_made("ED25519", NULL);
	CLEANUP(private_key_freep) struct private_key *two = keys_made("EC", "P-256");
	CLEANUP(private_key_freep) struct private_key *three = keys_made("ED25519", NULL);
	CLEANUP(statement_key_freep) struct statement_key *k1 = public_of(one);
	CLEANUP(statement_key_freep) struct statement_key *k2 = public_of(two);
	CLEANUP(statement_key_freep) struct statement_key *k3 = public_of(three);
	const struct statement_key *keys[] = { k3, k2, k1 };
	CLEANUP(statement_made_done)
	struct statement_made m = statement_made(REBUILD_IDENTICAL, 7, "somebody");
	CLEANUP(buf_done) struct buf text = buf_init(STATEMENT_MADE_MAX * 2);
	CLEANUP(arena_freep) struct arena *own = arena_new(1 << 20);
	struct dsse d = { .type = STR(STATEMENT_PAYLOAD_TYPE), .payload = buf_span(&m.text) };
	struct statement_signers who = { .n = 9 };
	struct statement_envelope shown;
	struct statement s = { 0 };
	struct err e = { 0 };

	CHECK_OK(dsse_add(&d, one, STR(""), own, &e), e);
	CHECK_OK(dsse_add(&d, two, STR(""), own, &e), e);
	CHECK_OK(dsse_emit(&text, &d, &e), e);
	CHECK_OK(statement_open(&s, &who, buf_span(&text), keys, 3, fresh(), &e), e);
	CHECK(who.n == 2 && who.at[0] == 1 && who.at[1] == 2);
	CHECK(!memcmp(s.rebuild->result_sha256, m.result_sha256, SHA256_SIZE));
	CHECK_OK(statement_envelope_parse(&shown, buf_span(&text), fresh(), &e), e);
	CHECK(shown.dsse.n == 2 && shown.statement.rebuild);
	CHECK_ERR(
		statement_open(&s, &who, buf_span(&text), keys, 1, fresh(), &e), e, ERR_SIGNATURE);
	CHECK_ERR(
		statement_open(&s, &who, buf_span(&text), keys, 0, fresh(), &e), e, ERR_SIGNATURE);
	CHECK_ERR(statement_open(
			  &s, &who, buf_span(&text), keys, STATEMENT_KEYS_MAX + 1, fresh(), &e),
		e, ERR_USAGE);
	/* one of the two is bad: the other one stands, alone */
	text.n = 0;
	d.signatures[0] = d.signatures[1];
	CHECK_OK(dsse_emit(&text, &d, &e), e);
	CHECK_OK(statement_open(&s, &who, buf_span(&text), keys, 3, fresh(), &e), e);
	CHECK(who.n == 1 && who.at[0] == 1);
}

/* A payload is not read before somebody signed it, nor when it is called something else. */
static void order(void)
{
	CLEANUP(private_key_freep) struct private_key *one = keys_made("ED25519", NULL);
	CLEANUP(private_key_freep) struct private_key *two = keys_made("ED25519", NULL);
	CLEANUP(statement_key_freep) struct statement_key *k1 = public_of(one);
	CLEANUP(statement_key_freep) struct statement_key *k2 = public_of(two);
	const struct statement_key *keys[] = { k1, k2 };
	CLEANUP(buf_done)
	struct buf junk = buf_init(4096), other = buf_init(STATEMENT_MADE_MAX * 2);
	CLEANUP(statement_made_done)
	struct statement_made m = statement_made(REBUILD_IDENTICAL, 7, "somebody");
	struct statement_signers who = { 0 };
	struct statement s = { 0 };
	struct err e = { 0 };

	CHECK_OK(dsse_sign(&junk, STR(STATEMENT_PAYLOAD_TYPE), str_span(STR("junk")), one, STR(""),
			 &e),
		e);
	CHECK_ERR(statement_open(&s, &who, buf_span(&junk), keys + 1, 1, fresh(), &e), e,
		ERR_SIGNATURE);
	CHECK_ERR(statement_open(&s, &who, buf_span(&junk), keys, 1, fresh(), &e), e, ERR_FORMAT);
	CHECK_OK(
		dsse_sign(&other, STR("application/json"), buf_span(&m.text), one, STR(""), &e), e);
	CHECK_ERR(statement_open(&s, &who, buf_span(&other), keys, 1, fresh(), &e), e, ERR_FORMAT);
	CHECK(!s.predicate && !who.n);
}

int main(void)
{
	two_keys();
	order();
	arena_free(a);
	return test_end();
}
