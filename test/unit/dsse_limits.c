/* Envelopes at their limits and beyond, in either alphabet, with too little memory, and those that cannot be written. */
#include "trust/dsse.h"

#include "arena_steps.h"
#include "keys_made.h"

static struct arena *a;

/* An envelope with so many letters in its type and key's name, of this payload and so many signatures. */
static bool with(size_t n_type, size_t n_key, const char *payload, size_t n, struct err *e)
{
	CLEANUP(buf_done) struct buf text = buf_init(1 << 16);
	struct dsse d = { .n = 77 };
	bool ok;

	buf_printf(&text, "{\"payload\":\"%s\",\"payloadType\":\"", payload);
	buf_fill(&text, 't', n_type);
	buf_add_cstr(&text, "\",\"signatures\":[");
	for (size_t i = 0; i < n; i++) {
		buf_add_cstr(&text,
			i ? ",{\"sig\":\"AQ==\",\"keyid\":\"" : "{\"sig\":\"AQ==\",\"keyid\":\"");
		buf_fill(&text, 'k', n_key);
		buf_add_cstr(&text, "\"}");
	}
	buf_add_cstr(&text, "]}");
	ok = dsse_parse(&d, buf_span(&text), a, e);
	CHECK(ok ? d.type.n == n_type && d.n == n && d.key_ids[n - 1].n == n_key : d.n == 77);
	return ok;
}

static void limits(void)
{
	CLEANUP(buf_done) struct buf big = buf_init(DSSE_SIZE_MAX + 1);
	struct dsse d;
	struct err e = { 0 };

	CHECK_OK(with(1, 0, "AQ==", 1, &e), e);
	CHECK_OK(with(DSSE_TYPE_MAX, DSSE_KEY_ID_MAX, "", DSSE_SIGNATURES_MAX, &e), e);
	CHECK_ERR(with(DSSE_TYPE_MAX + 1, 1, "AQ==", 1, &e), e, ERR_FORMAT);
	CHECK_ERR(with(0, 1, "AQ==", 1, &e), e, ERR_FORMAT);
	CHECK_ERR(with(1, DSSE_KEY_ID_MAX + 1, "AQ==", 2, &e), e, ERR_LIMIT);
	CHECK(strstr(e.text, "signature 1: "));
	CHECK_ERR(with(1, 1, "AQ==", DSSE_SIGNATURES_MAX + 1, &e), e, ERR_LIMIT);
	CHECK_ERR(with(1, 1, "AQ==", 0, &e), e, ERR_FORMAT);
	buf_fill(&big, ' ', DSSE_SIZE_MAX);
	CHECK_ERR(dsse_parse(&d, buf_span(&big), a, &e), e, ERR_FORMAT);
	buf_u8(&big, ' ');
	CHECK_ERR(dsse_parse(&d, buf_span(&big), a, &e), e, ERR_LIMIT);
	CHECK(strstr(e.text, "limit"));
}

/* Either alphabet, with or without its ends, and never both. */
static void alphabets(void)
{
	static const struct {
		const char *base64;
		bool taken;
	} cases[] = { { "--8=", true }, { "--8", true }, { "__8=", true }, { "__8", true },
		{ "++8=", true }, { "//8=", true }, { "++8", false }, { "//8", false },
		{ "+-8=", false }, { "/_8=", false }, { "-_8==", true }, { "=", false },
		{ "A", false }, { "AQ", false } };

	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		struct err e = { 0 };

		test_report(with(1, 1, cases[i].base64, 1, &e) == cases[i].taken, __FILE__,
			__LINE__, cases[i].base64);
		CHECK(cases[i].taken || strstr(e.text, "envelope: member 'payload': "));
	}
}

static bool step_parse(struct arena *little, const void *of, struct err *e)
{
	struct dsse d;

	return dsse_parse(&d, str_span(str_of(of)), little, e);
}

static bool step_add(struct arena *little, const void *of, struct err *e)
{
	struct dsse d = { .type = STR("t"), .payload = str_span(STR("{}")) };
	bool ok = dsse_add(&d, of, STR("k"), little, e);

	CHECK(d.n == ok);
	return ok;
}

/* What cannot be signed or written. */
static void writes(void)
{
	CLEANUP(private_key_freep) struct private_key *key = keys_made("ED25519", NULL);
	CLEANUP(buf_done)
	struct buf small = buf_init(20), type = buf_init(400), out = buf_init(4096);
	struct dsse d = { .type = STR("t") };
	struct err e = { 0 };

	arena_steps(step_parse,
		"{\"payload\":\"-_8=\",\"payloadType\":\"t\",\"signatures\":[{\"sig\":\"AQ==\"}]}");
	arena_steps(step_add, key);
	CHECK_ERR(dsse_emit(&small, &d, &e), e, ERR_LIMIT);
	small.n = 0;
	CHECK_ERR(dsse_sign(&small, STR("t"), str_span(STR("x")), key, STR(""), &e), e, ERR_LIMIT);
	CHECK_ERR(dsse_sign(&out, STR(""), str_span(STR("x")), key, STR(""), &e), e, ERR_USAGE);
	buf_fill(&type, 't', DSSE_TYPE_MAX);
	CHECK_OK(dsse_sign(&out, buf_str(&type), str_span(STR("x")), key, STR(""), &e), e);
	buf_u8(&type, 't');
	CHECK_ERR(dsse_sign(&out, buf_str(&type), str_span(STR("x")), key, STR(""), &e), e,
		ERR_USAGE);
}

/* More than can be signed: nothing is said of who did. */
static void too_much(void)
{
	CLEANUP(private_key_freep) struct private_key *key = keys_made("ED25519", NULL);
	CLEANUP(statement_key_freep) struct statement_key *pub = NULL;
	CLEANUP(buf_done) struct buf big = buf_init(DSSE_SIZE_MAX + 4096);
	const struct statement_key *keys[1];
	struct dsse d = { .type = STR("t"), .n = 1, .signatures = { str_span(STR("x")) } };
	size_t at = 7, n = 9;
	struct err e = { 0 };

	CHECK_OK(private_key_public(&pub, key, &e), e);
	keys[0] = pub;
	buf_fill(&big, 'x', DSSE_SIZE_MAX + 4096);
	d.payload = buf_span(&big);
	CHECK_ERR(dsse_signers(&at, &n, &d, keys, 1, &e), e, ERR_LIMIT);
	CHECK_ERR(dsse_check(&d, pub, &e), e, ERR_LIMIT);
	CHECK(at == 7 && n == 9);
}

int main(void)
{
	a = arena_new(1 << 26);
	limits();
	alphabets();
	writes();
	too_much();
	arena_free(a);
	return test_end();
}
