#include "appraise/verdict.h"

#include "codec/json.h"
#include "golden_text.h"

static struct verdict v;

static const struct verdict_claim good[CHECK_CLAIMS] = {
	[CHECK_INSTANCE_IDENTITY] = { CHECK_AFFIRMS, { 0 } },
	[CHECK_CONFIGURATION] = { CHECK_AFFIRMS, { 0 } },
	[CHECK_EXECUTABLES] = { CHECK_AFFIRMS_BOOT, { 0 } },
};
static const char *const must[] = { "one", "two", NULL };

static void add(const char *name, enum check_result result, enum check_claim claim, int fail_value)
{
	check_add(&v.checks, &(struct check){ .name = name,
				     .result = result,
				     .claim = claim,
				     .fail_value = fail_value,
				     .what = STR("what"),
				     .reg = -1 });
}

static void start(void)
{
	memset(&v, 0, sizeof v);
	add("one", CHECK_PASSED, CHECK_INSTANCE_IDENTITY, CHECK_CRYPTO_FAILED);
	add("two", CHECK_PASSED, CHECK_EXECUTABLES, CHECK_CONTRAINDICATED);
}

static enum verdict_status conclude(const struct verdict_claim *pass)
{
	verdict_conclude(&v, pass, must);
	CHECK(verdict_affirms(&v) == (v.status == VERDICT_AFFIRMING));
	return v.status;
}

static void zero_rejects(void)
{
	static const char *const nothing[] = { NULL };

	memset(&v, 0, sizeof v);
	CHECK(!verdict_affirms(&v) && v.status == VERDICT_NONE);
	v.status = VERDICT_AFFIRMING; /* without a single check it still does not affirm */
	CHECK(!verdict_affirms(&v));
	CHECK(conclude(good) != VERDICT_AFFIRMING);
	start();
	verdict_conclude(&v, good, nothing);
	CHECK(!verdict_affirms(&v));
}

static void affirms(void)
{
	start();
	CHECK(conclude(good) == VERDICT_AFFIRMING);
	add("three", CHECK_NOT_APPLICABLE, CHECK_HARDWARE, CHECK_NOT_RECOGNISED);
	CHECK(conclude(good) == VERDICT_AFFIRMING);
	CHECK(v.claims[CHECK_HARDWARE].value == 0 && v.claims[CHECK_EXECUTABLES].value == 3);
}

static void failures(void)
{
	struct verdict_claim pass[CHECK_CLAIMS];

	start();
	add("three", CHECK_FAILED, CHECK_HARDWARE, CHECK_UNSAFE);
	CHECK(conclude(good) == VERDICT_WARNING && v.claims[CHECK_HARDWARE].value == 32);
	add("four", CHECK_FAILED, CHECK_HARDWARE, CHECK_NOT_RECOGNISED);
	CHECK(conclude(good) == VERDICT_CONTRAINDICATED && v.claims[CHECK_HARDWARE].value == 97);
	start(); /* a failure that claims nothing is not overlooked */
	add("three", CHECK_FAILED, CHECK_STORAGE_OPAQUE, CHECK_NO_CLAIM);
	CHECK(conclude(good) == VERDICT_WARNING);
	start();
	v.checks.items[1].name = "other"; /* what must be checked was not */
	CHECK(conclude(good) == VERDICT_WARNING);
	start();
	v.checks.items[1].result = CHECK_NOT_APPLICABLE; /* nor is "not applicable" a pass */
	CHECK(conclude(good) == VERDICT_WARNING);
	start();
	memcpy(pass, good, sizeof pass);
	pass[CHECK_EXECUTABLES].value = CHECK_NO_CLAIM;
	CHECK(conclude(pass) == VERDICT_WARNING);
	start();
	memcpy(pass, good, sizeof pass);
	pass[CHECK_CONFIGURATION].value = CHECK_NO_CLAIM; /* nothing of it was asked */
	CHECK(conclude(pass) == VERDICT_AFFIRMING && v.claims[CHECK_CONFIGURATION].value == 0);
	add("three", CHECK_FAILED, CHECK_CONFIGURATION, CHECK_UNSAFE);
	CHECK(conclude(pass) == VERDICT_WARNING);
	start();
	memcpy(pass, good, sizeof pass);
	pass[CHECK_INSTANCE_IDENTITY].value = CHECK_NO_CLAIM;
	CHECK(conclude(pass) == VERDICT_WARNING);
}

static bool nothing_affirmed(void)
{
	for (unsigned i = 0; i < CHECK_CLAIMS; i++)
		if (verdict_tier(v.claims[i].value) == VERDICT_AFFIRMING)
			return false;
	return true;
}

/* Evidence whose signer or hardware is not believed affirms nothing; of what it says of registers the rest stays. */
static void not_at_its_word(void)
{
	static const enum check_claim of[] = { CHECK_INSTANCE_IDENTITY, CHECK_HARDWARE };

	for (size_t i = 0; i < ARRAY_LEN(of); i++) {
		start();
		add("three", CHECK_FAILED, of[i], CHECK_CONTRAINDICATED);
		CHECK(conclude(good) == VERDICT_CONTRAINDICATED && nothing_affirmed());
		CHECK(v.claims[of[i]].value == CHECK_CONTRAINDICATED);
		CHECK(v.claims[CHECK_EXECUTABLES].value == CHECK_NO_CLAIM &&
			v.claims[CHECK_EXECUTABLES].why.n);
		start();
		v.checks.items[0].claim = of[i];
		v.checks.items[0].result = CHECK_NOT_APPLICABLE;
		CHECK(conclude(good) == VERDICT_WARNING && nothing_affirmed());
	}
	start();
	v.checks.items[0].name = "other";
	CHECK(conclude(good) == VERDICT_WARNING && nothing_affirmed());
	start(); /* a warning takes nothing away, nor does another claim */
	add("three", CHECK_FAILED, CHECK_HARDWARE, CHECK_UNSAFE);
	CHECK(conclude(good) == VERDICT_WARNING &&
		v.claims[CHECK_INSTANCE_IDENTITY].value == CHECK_AFFIRMS);
	start();
	v.checks.items[1].result = CHECK_FAILED;
	CHECK(conclude(good) == VERDICT_CONTRAINDICATED &&
		v.claims[CHECK_CONFIGURATION].value == CHECK_AFFIRMS &&
		v.claims[CHECK_EXECUTABLES].value == CHECK_CONTRAINDICATED);
}

static void overflow(void)
{
	start();
	while (!v.checks.full)
		add("more", CHECK_PASSED, CHECK_HARDWARE, CHECK_UNSAFE);
	CHECK(v.checks.n == CHECK_LIST_MAX && conclude(good) == VERDICT_WARNING);
}

static void emits(void)
{
	struct arena *a = arena_new(1 << 24);
	CLEANUP(buf_done) struct buf b = buf_init(1 << 20);
	struct verdict_context c = { .at_unix = 1767225600,
		.build = STR("b"),
		.policy = STR("p"),
		.submod = STR("tpm"),
		.nonce = SPAN_OF("nonce") };
	const struct json *tpm;
	struct err e = { 0 };
	struct json doc;
	uint64_t n = 0;

	start();
	add("three", CHECK_FAILED, CHECK_HARDWARE, CHECK_NOT_RECOGNISED);
	(void)conclude(good);
	verdict_emit(&v, &c, &b);
	CHECK_OK(json_parse(&doc, buf_span(&b), a, &e), e);
	CHECK(str_is(json_get(&doc, "eat_profile")->text, "tag:github.com,2023:veraison/ear"));
	CHECK(json_u64(json_get(&doc, "iat"), UINT32_MAX, &n) && n == 1767225600);
	tpm = json_get(json_get(&doc, "submods"), "tpm");
	CHECK(str_is(json_get(tpm, "ear.status")->text, "contraindicated"));
	CHECK(json_get(tpm, "ear.trustworthiness-vector")->n == 1);
	CHECK(json_u64(json_get(json_get(tpm, "ear.trustworthiness-vector"), "hardware"), 99, &n) &&
		n == CHECK_NOT_RECOGNISED);
	CHECK(!json_get(json_get(tpm, "ear.trustworthiness-vector"), "storage-opaque"));
	CHECK(str_is(json_get(tpm, "ear.appraisal-policy-id")->text, "p"));
	CHECK(str_is(json_get(&doc, "eat_nonce")->text, "bm9uY2UA"));
	CHECK(json_get(json_get(json_get(tpm, "assay.verdict"), "claims"), "storage-opaque"));
	CHECK(json_get(json_get(tpm, "assay.verdict"), "checks")->n == 3);
	arena_free(a);
}

static const struct json *origins_of(const struct reference_values *values, struct arena *a)
{
	CLEANUP(buf_done) struct buf b = buf_init(1 << 20);
	const struct verdict_context c = { .submod = STR("tpm"), .values = values };
	struct json *doc = ARENA_NEW(a, struct json);
	struct err e = { 0 };

	start();
	verdict_emit(&v, &c, &b);
	CHECK_OK(json_parse(doc, buf_span(&b), a, &e), e);
	return json_get(
		json_get(json_get(json_get(doc, "submods"), "tpm"), "assay.verdict"), "origins");
}

/* Where the image's bytes come from is the manifest's word, and the verdict says whose word it is. */
static void origins(void)
{
	struct arena *a = arena_new(1 << 24);
	struct reference_values values = { .has_origins = true, .origins = { { 1, 2, 3, 4 } } };
	const struct json *o = origins_of(&values, a);
	uint64_t n = 0;

	CHECK(o && str_is(json_get(o, "as-says")->text, "manifest"));
	CHECK(o && json_get(o, "manifest-sha256")->text.n == 2 * SHA256_SIZE);
	CHECK(o && json_u64(json_get(json_get(o, "bytes"), "source"), 100, &n) && n == 2);
	CHECK(o && json_u64(json_get(json_get(o, "bytes"), "opaque"), 100, &n) && n == 1);
	values.has_origins = false;
	CHECK(!origins_of(&values, a) && !origins_of(NULL, a));
	arena_free(a);
}

/* Where one tier ends and the next begins. */
static void tiers(void)
{
	static const struct {
		int value;
		enum verdict_status want;
	} cases[] = { { -1, VERDICT_NONE }, { 0, VERDICT_NONE }, { 1, VERDICT_NONE },
		{ 2, VERDICT_AFFIRMING }, { 31, VERDICT_AFFIRMING }, { 32, VERDICT_WARNING },
		{ 95, VERDICT_WARNING }, { 96, VERDICT_CONTRAINDICATED },
		{ 127, VERDICT_CONTRAINDICATED } };

	for (size_t i = 0; i < ARRAY_LEN(cases); i++)
		CHECK(verdict_tier(cases[i].value) == cases[i].want);
}

/* Every member, of checks with all words and with none; a verdict without claims; test/golden/verdict_emit.txt. */
static void whole(void)
{
	static const uint8_t nonce[] = { 0xfb, 0xff, 0 };
	const struct reference_values values = {
		.manifest_sha256 = { 7, 8 }, .has_origins = true, .origins = { { 1, 2, 3, 4 } }
	};
	struct verdict_context c = { .at_unix = -1,
		.build = STR("assay 1"),
		.policy = STR("assay.policy/1 mine"),
		.submod = STR("tpm"),
		.nonce = SPAN_OF(nonce),
		.values = &values };
	struct buf b = buf_init(1 << 20);

	start();
	check_add(&v.checks, &(struct check){ .name = "pcr-0.sha256",
				     .result = CHECK_FAILED,
				     .claim = CHECK_EXECUTABLES,
				     .fail_value = CHECK_CONTRAINDICATED,
				     .what = STR("PCR 0 has its value"),
				     .want = STR("00"),
				     .got = STR("11"),
				     .whose = STR("reference values"),
				     .reason = STR("it differs"),
				     .reg = 0,
				     .bank = STR("sha256") });
	add("three", CHECK_FAILED, CHECK_HARDWARE, CHECK_CONTRAINDICATED);
	(void)conclude(good);
	verdict_emit(&v, &c, &b);
	buf_add_cstr(&b, "\n");
	memset(&v, 0, sizeof v);
	verdict_emit(&v, &(struct verdict_context){ .submod = STR("snp") }, &b);
	buf_add_cstr(&b, "\n");
	golden_text(&b, "verdict_emit");
}

int main(void)
{
	zero_rejects();
	affirms();
	failures();
	not_at_its_word();
	overflow();
	emits();
	origins();
	tiers();
	whole();
	return test_end();
}
