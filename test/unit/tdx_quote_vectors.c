/*
 * Real TDX quotes, and what others derived from them: each must parse, and be signed up to Intel's root, as its row says.
 * Looked for as vectors.h says; without them the test is skipped.
 */
#include "evidence/tdx_quote.h"

#include "base/hex.h"
#include "codec/json.h"
#include "trust/intel_chain.h"
#include "trust/tdx_quote_signature.h"
#include "vectors.h"

static const struct intel_time at_2026_04_01 = { .at_unix = 1775001600 };

/* Some are kept as text. */
static struct buf load_quote(const char *name)
{
	struct buf b = vectors_load(name), raw = buf_init(VECTORS_FILE_MAX);
	struct str text = str_trim(buf_str(&b));
	uint8_t *bytes;

	if (!str_ends(str_of(name), ".hex"))
		return b;
	if (str_starts(text, "0x"))
		text = str_make(text.p + 2, text.n - 2);
	bytes = malloc(text.n / 2 + 1);
	CHECK(bytes && hex_read(text, bytes, text.n / 2));
	buf_add(&raw, bytes, text.n / 2);
	free(bytes);
	buf_done(&b);
	return raw;
}

static bool signatures_hold(struct span bytes, struct err *e)
{
	CLEANUP(arena_freep) struct arena *a = arena_new(1 << 20);
	CLEANUP(intel_chain_done) struct intel_chain c = { 0 };
	struct tdx_quote q;

	return tdx_quote_parse(&q, bytes, e) && tdx_quote_by_intel_qe(&q, e) &&
	       intel_chain_read(&c, INTEL_CHAIN_PCK, q.certificates, a, e) &&
	       tdx_quote_signature_body(&q, e) && tdx_quote_signature_binding(&q, e) &&
	       tdx_quote_signature_qe(&q, intel_chain_leaf(&c), e) &&
	       intel_chain_verify(&c, intel_chain_root_sha256, &at_2026_04_01, e) &&
	       tdx_quote_xfam_ok(&q, e);
}

static bool says(struct str text, const char *what)
{
	for (size_t i = 0; i + strlen(what) <= text.n; i++)
		if (str_starts(str_make(text.p + i, text.n - i), what))
			return true;
	return false;
}

/* Which way a row goes is in its words. */
static void row(const struct json *r, size_t *valid, size_t *refused, size_t *sgx)
{
	struct str file = { 0 }, kind = { 0 }, expected = { 0 }, why = { 0 };
	struct err e = { 0 };
	struct buf b;
	bool good, bad;

	CHECK_OK(json_get_str(r, "file", &file, &e) && json_get_str(r, "kind", &kind, &e) &&
			 json_get_str(r, "expected", &expected, &e) &&
			 json_get_str(r, "why", &why, &e),
		e);
	good = (str_starts(kind, "tdx")) &&
	       (str_is(expected, "signature-valid") || str_starts(expected, "accept (crypto") ||
		       str_starts(expected, "refuse by name"));
	bad = str_is(kind, "derived-tdx") || str_starts(expected, "reject with Intel production");
	if (!good && !bad)
		return;
	b = load_quote(file.p);
	if (says(why, ": v3 tee 0x0")) {
		CHECK_ERR(signatures_hold(buf_span(&b), &e), e, ERR_FORMAT);
		CHECK(strstr(e.text, "SGX enclave"));
		++*sgx;
	} else if (good) {
		bool ok = signatures_hold(buf_span(&b), &e);

		if (!ok)
			fprintf(stderr, "%s: %s\n", file.p, e.text);
		CHECK(ok);
		++*valid;
	} else {
		bool ok = signatures_hold(buf_span(&b), &e);

		if (getenv("SHOW_REASONS"))
			printf("%s (%s): %s\n", file.p, why.p, ok ? "ACCEPTED" : e.text);
		CHECK(!ok);
		++*refused;
	}
	buf_done(&b);
}

static void index_rows(void)
{
	CLEANUP(arena_freep) struct arena *a = arena_new(64 << 20);
	CLEANUP(buf_done) struct buf b = vectors_load("index.json");
	const struct json *rows = NULL;
	size_t valid = 0, refused = 0, sgx = 0;
	struct err e = { 0 };
	struct json v;

	CHECK_OK(
		json_parse(&v, buf_span(&b), a, &e) && json_get_array(&v, "vectors", &rows, &e), e);
	for (size_t i = 0; rows && i < rows->n; i++)
		row(&rows->items[i], &valid, &refused, &sgx);
	printf("%zu quotes signed up to Intel's root, %zu refused, %zu of SGX refused by name\n",
		valid, refused, sgx);
	CHECK(valid >= 14 && refused >= 20 && sgx >= 2);
}

int main(void)
{
	if (!vectors_find("evidence"))
		return vectors_skip();
	index_rows();
	return test_end();
}
