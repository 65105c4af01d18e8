/*
 * Real TDX evidence and what others derived from it, appraised as a whole: each row of the vectors' index must come out as it
 * says. Looked for as vectors.h says; without them the test is skipped.
 *
 * A quote's own registers serve as reference values, so that nothing but its platform decides.
 */
#include "appraise/appraise_tdx.h"

#include "appraise/platform.h"
#include "base/hex.h"
#include "vectors.h"

enum { APRIL_2026 = 1775001600, JULY_2025 = 1751328000 };

#define COLLATERAL "tdx-collateral/lunal-dev.attestation-rs__crates_attestation_collateral_"
#define SAMPLE "tdx/phala-netw.dcap-qvl__sample_tdx_quote"

static struct arena *a; /* of one row */
static struct appraise_out out;

static struct span kept(struct buf b)
{
	uint8_t *p = arena_alloc(a, b.n + 1);
	struct span s = span_make(p, b.n);

	CHECK(p);
	if (b.n)
		memcpy(p, b.p, b.n);
	buf_done(&b);
	return s;
}

/* Some are kept as text. */
static struct span load(const char *name)
{
	struct span s = kept(vectors_load(name));
	struct str text = str_trim(str_make((const char *)s.p, s.n));
	uint8_t *bytes;

	if (!str_ends(str_of(name), ".hex"))
		return s;
	if (str_starts(text, "0x"))
		text = str_make(text.p + 2, text.n - 2);
	bytes = arena_alloc(a, text.n / 2 + 1);
	CHECK(bytes && hex_read(text, bytes, text.n / 2));
	return span_make(bytes, text.n / 2);
}

static bool says(struct str text, const char *what)
{
	for (size_t i = 0; i + strlen(what) <= text.n; i++)
		if (str_starts(str_make(text.p + i, text.n - i), what))
			return true;
	return false;
}

/* ---- appraising ---- */

/* A shape whose values are those of the quote, if it can be read. */
static void shape_of(struct reference_shape *s, struct span quote)
{
	static struct reference_register registers[1 + TDX_QUOTE_RTMRS];
	static const char *const layers[][2] = { { "firmware", "MRTD" }, { "kernel", "RTMR 1" },
		{ "initrd", "RTMR 2" }, { "command line", "RTMR 2" },
		{ "root file system", "RTMR 2" } };
	static struct reference_coverage coverage[ARRAY_LEN(layers)];
	struct tdx_quote q;
	struct err e = { 0 };
	bool parsed = tdx_quote_parse(&q, quote, &e);

	for (unsigned i = 0; i < ARRAY_LEN(registers); i++) {
		registers[i] = (struct reference_register){ .reg = i, .how = REFERENCE_COMPUTED };
		registers[i].values[0].alg = DIGEST_SHA384;
		if (parsed)
			memcpy(registers[i].values[0].bytes,
				i == PLATFORM_MRTD ? q.mrtd.p : q.rtmr[i - PLATFORM_RTMR].p,
				SHA384_SIZE);
	}
	for (size_t i = 0; i < ARRAY_LEN(layers); i++)
		coverage[i] = (struct reference_coverage){ str_of(layers[i][0]),
			str_of(layers[i][1]), STR("") };
	*s = (struct reference_shape){ .name = STR("its own"),
		.platform = STR("tdx"),
		.banks = { DIGEST_SHA384 },
		.n_banks = 1,
		.registers = registers,
		.n_registers = ARRAY_LEN(registers),
		.coverage = coverage,
		.n_coverage = ARRAY_LEN(coverage) };
}

static void run(const struct bundle *b, int64_t when)
{
	struct policy policy = policy_default();
	struct trust_file trust = { 0 };
	struct reference_shape shape;
	struct appraise_in in = { .bundle = b,
		.shape = &shape,
		.vouch = APPRAISE_BUILT_HERE,
		.policy = &policy,
		.trust = &trust,
		.at_unix = when };
	struct err e = { 0 };

	policy.freshness = POLICY_ARCHIVE;
	shape_of(&shape, b->tdx_quote);
	CHECK_OK(appraise(&out, &in, a, &e), e);
}

static bool failed(const char *name)
{
	const struct check *c = check_find(&out.verdict.checks, name);

	return c && c->result == CHECK_FAILED && c->reason.n;
}

static bool all_pass(const char *const names[])
{
	bool all = true;

	for (size_t i = 0; names[i]; i++)
		if (!check_passed(&out.verdict.checks, names[i])) {
			fprintf(stderr, "  %s did not pass\n", names[i]);
			all = false;
		}
	return all;
}

/* What is signed, by whom, up to the root. */
static const char *const genuine[] = { "tdx-quote-version", "tdx-quote-key-type", "tdx-quote-tee",
	"tdx-quote-form", "tdx-qe-vendor", "tdx-body-signature", "tdx-qe-binding",
	"tdx-qe-signature", "tdx-pck-chain", "tdx-pck-chain-roles", "tdx-pck-chain-root",
	"tdx-pck-chain-signatures", "tdx-pck-chain-time", "tdx-pck-extension",
	"tdx-attributes-fixed", "tdx-xfam-fixed", "tdx-mrsignerseam", NULL };
static const char *const collateral_holds[] = { "tdx-root-crl", "tdx-pck-crl", "tdx-tcb-info",
	"tdx-tcb-info-chain", "tdx-tcb-info-root", "tdx-tcb-info-chain-time", "tdx-tcb-info-crl",
	"tdx-tcb-info-signature", "tdx-tcb-info-type", "tdx-tcb-info-platform",
	"tdx-tcb-info-current", "tdx-qe-identity", "tdx-qe-identity-chain", "tdx-qe-identity-root",
	"tdx-qe-identity-chain-time", "tdx-qe-identity-crl", "tdx-qe-identity-signature",
	"tdx-qe-identity-type", "tdx-qe-identity-match", "tdx-qe-identity-current", NULL };

/* ---- collateral ---- */

/* Of April 2026: for two FMSPCs. */
static bool of_april(struct bundle *b, struct str why)
{
	const char *info = says(why, "FMSPC 90c06f000000")   ? "90c06f000000"
			   : says(why, "FMSPC 50806f000000") ? "50806f000000"
							     : NULL;
	char name[VECTORS_PATH];

	if (!info)
		return false;
	snprintf(name, sizeof name, COLLATERAL "tcb_info_%s.json", info);
	b->tdx_tcb_info = load(name);
	b->tdx_qe_identity = load(COLLATERAL "td_qe_identity.json");
	b->tdx_tcb_info_chain = load(COLLATERAL "qe_identity_signing_chain.pem");
	b->tdx_qe_identity_chain = b->tdx_tcb_info_chain;
	b->tdx_root_crl = load(COLLATERAL "root_ca_crl.der");
	b->tdx_pck_crl = load(COLLATERAL "pck_crl_platform.der");
	return true;
}

static struct str text_of(const struct json *o, const char *key)
{
	const struct json *v = json_get(o, key);

	return v ? v->text : STR("");
}

static struct span bytes_of(const struct json *o, const char *key)
{
	struct str hex = text_of(o, key);
	uint8_t *p = arena_alloc(a, hex.n / 2 + 1);

	CHECK(p && hex_read(hex, p, hex.n / 2));
	return span_make(p, hex.n / 2);
}

static struct span document_of(
	const struct json *o, const char *member, const char *body, const char *signature)
{
	struct buf b = buf_init(1 << 20);

	buf_printf(&b, "{\"%s\":%.*s,\"signature\":\"%.*s\"}", member, STR_ARG(text_of(o, body)),
		STR_ARG(text_of(o, signature)));
	return kept(b);
}

/* All of it in one file, of July 2025. */
static void in_one_file(struct bundle *b, const char *file)
{
	struct json *o = ARENA_NEW(a, struct json);
	struct err e = { 0 };

	CHECK_OK(json_parse(o, load(file), a, &e), e);
	b->tdx_quote = load(SAMPLE);
	b->tdx_tcb_info = document_of(o, "tcbInfo", "tcb_info", "tcb_info_signature");
	b->tdx_qe_identity = document_of(
		o, "enclaveIdentity", "qe_identity", "qe_identity_signature");
	b->tdx_tcb_info_chain = str_span(text_of(o, "tcb_info_issuer_chain"));
	b->tdx_qe_identity_chain = str_span(text_of(o, "qe_identity_issuer_chain"));
	b->tdx_root_crl = bytes_of(o, "root_ca_crl");
	b->tdx_pck_crl = bytes_of(o, "pck_crl");
}

/* ---- rows ---- */

/* Which check must fail, by what the row says. */
static const struct {
	const char *why, *check;
} reasons[] = {
	{ "(version)", "tdx-quote-form" },
	{ "version 3 = SGX", "tdx-quote-version" },
	{ "unknown version", "tdx-quote-version" },
	{ "(ak_type)", "tdx-quote-key-type" },
	{ "P-384 attestation key type", "tdx-quote-key-type" },
	{ "(tee_type)", "tdx-quote-tee" },
	{ "quote_sig False", "tdx-body-signature" },
	{ "qe_hash False", "tdx-qe-binding" },
	{ "qe_sig False", "tdx-qe-signature" },
	{ "size overflow", "tdx-quote-form" },
	{ "nested type 6", "tdx-quote-form" },
	{ "truncated", "tdx-quote-form" },
	{ "its own test root", "tdx-pck-chain" },
	{ "duplicate JSON key", "tdx-tcb-info" },
	{ "re-serialised JSON", "tdx-tcb-info-signature" },
	{ "PCK CRL missing", "tdx-pck-crl" },
	{ "root CRL missing", "tdx-root-crl" },
	{ "another FMSPC", "tdx-tcb-info-platform" },
	{ "SGX QE identity", "tdx-qe-identity-type" },
};

static bool fails_as_said(struct str why)
{
	for (size_t i = 0; i < ARRAY_LEN(reasons); i++)
		if (says(why, reasons[i].why))
			return failed(reasons[i].check) && !verdict_affirms(&out.verdict);
	fprintf(stderr, "  no check is known for this\n");
	return false;
}

static bool refused_by_name(void)
{
	const struct check *c = check_find(&out.verdict.checks, "tdx-quote-version");

	return c && c->result == CHECK_FAILED && says(c->reason, "SGX enclave");
}

/* Real and genuine; what its platform is worth is another matter. */
static bool valid_quote(const struct bundle *b, bool has_collateral)
{
	if (has_collateral)
		return all_pass(genuine) && all_pass(collateral_holds);
	return all_pass(genuine) && !verdict_affirms(&out.verdict) && failed("tdx-tcb-info") &&
	       failed("tdx-root-crl") && b->tdx_quote.n;
}

/* Collateral of one time, then and later. */
static bool collateral_file(const char *file)
{
	struct bundle b = { .kind = BUNDLE_TDX };
	bool then;

	in_one_file(&b, file);
	run(&b, JULY_2025);
	then = all_pass(genuine) && all_pass(collateral_holds) && verdict_affirms(&out.verdict);
	run(&b, APRIL_2026);
	return then && failed("tdx-tcb-info-current") && failed("tdx-qe-identity-current") &&
	       failed("tdx-pck-crl") && out.verdict.status == VERDICT_CONTRAINDICATED;
}

static size_t affirmed, with_collateral;

static bool as_stated(struct str file, struct str kind, struct str expected, struct str why)
{
	struct bundle b = { .kind = BUNDLE_TDX };
	bool has;

	if (str_starts(expected, "accept at time"))
		return collateral_file(file.p);
	if (str_is(kind, "derived-tdx-collateral")) {
		in_one_file(&b, file.p);
		run(&b, JULY_2025);
		return fails_as_said(why);
	}
	b.tdx_quote = load(file.p);
	has = of_april(&b, why);
	run(&b, APRIL_2026);
	if (str_is(expected, "material")) /* no quote, so never taken for one */
		return failed("tdx-quote-form") && out.verdict.status == VERDICT_CONTRAINDICATED;
	if (says(why, ": v3 tee 0x0"))
		return refused_by_name();
	if (str_starts(expected, "reject"))
		return fails_as_said(why);
	affirmed += verdict_affirms(&out.verdict);
	with_collateral += has;
	return valid_quote(&b, has);
}

static void say_failures(void)
{
	for (size_t i = 0; i < out.verdict.checks.n; i++)
		if (out.verdict.checks.items[i].result == CHECK_FAILED)
			fprintf(stderr, "  %s: %.*s\n", out.verdict.checks.items[i].name,
				STR_ARG(out.verdict.checks.items[i].reason));
}

static bool is_ours(struct str kind, struct str expected)
{
	return str_is(kind, "tdx") || str_is(kind, "derived-tdx") ||
	       str_is(kind, "derived-tdx-collateral") || str_is(kind, "tdx-intel-sample") ||
	       (str_is(kind, "tdx-ccel") && str_starts(expected, "accept (crypto"));
}

static void rows(void)
{
	CLEANUP(arena_freep) struct arena *index = arena_new(64 << 20);
	CLEANUP(buf_done) struct buf text = vectors_load("index.json");
	const struct json *list = NULL;
	size_t n = 0, held = 0;
	struct err e = { 0 };
	struct json v;

	CHECK_OK(json_parse(&v, buf_span(&text), index, &e) &&
			 json_get_array(&v, "vectors", &list, &e),
		e);
	for (size_t i = 0; list && i < list->n; i++) {
		struct str file = text_of(&list->items[i], "file");
		struct str kind = text_of(&list->items[i], "kind");
		struct str expected = text_of(&list->items[i], "expected");
		struct str why = text_of(&list->items[i], "why");
		bool ok;

		if (!is_ours(kind, expected))
			continue;
		a = arena_new(64 << 20);
		ok = as_stated(file, kind, expected, why);
		if (!ok) {
			fprintf(stderr, "%s: %s (%s)\n", file.p, expected.p, why.p);
			say_failures();
		}
		CHECK(ok);
		n++;
		held += ok;
		arena_free(a);
	}
	printf("%zu quotes with collateral of their time, %zu of them affirmed\n", with_collateral,
		affirmed);
	printf("conformance tdx: %zu rows, %zu as stated\n", n, held);
	CHECK(n >= 80 && with_collateral >= 6 && affirmed >= 1);
}

int main(void)
{
	if (!vectors_find("evidence"))
		return vectors_skip();
	rows();
	return test_end();
}
