#include "evidence/bundle.h"

#include "codec/base64.h"
#include "test.h"

static struct arena *a;

static struct bundle sample(void)
{
	static const uint8_t one[] = { 1 }, two[] = { 2, 2 }, cert[] = { 0x30, 0 };
	struct bundle b = {
		.has_binding = true,
		.binding = { .role = STR("attester"), .nonce = { 7 }, .channel = { 9 } },
		.quote = SPAN_OF(one),
		.signature = SPAN_OF(two),
		.ak_public = SPAN_OF(one),
		.ek_public = SPAN_OF(two),
		.ek_chain = { .certificates = { SPAN_OF(cert), SPAN_OF(one) }, .n = 2 },
		.n_banks = 2,
		.firmware_log = SPAN_OF(cert),
		.systemd_log = SPAN_OF(two),
	};

	b.banks[0] = (struct bundle_bank){ .alg = DIGEST_SHA256, .pcrs = 1U << 4 | 1U << 23 };
	b.banks[0].values[4] = digest_of(DIGEST_SHA256, SPAN_OF(one));
	b.banks[0].values[23].alg = DIGEST_SHA256;
	b.banks[1] = (struct bundle_bank){ .alg = DIGEST_SHA384, .pcrs = 1 };
	b.banks[1].values[0] = digest_of(DIGEST_SHA384, SPAN_OF(two));
	return b;
}

static void round_trip(void)
{
	CLEANUP(buf_done) struct buf first = buf_init(1 << 20);
	CLEANUP(buf_done) struct buf second = buf_init(1 << 20);
	struct bundle b = sample(), got;
	struct err e = { 0 };

	CHECK_OK(bundle_emit(&b, &first, &e), e);
	CHECK_OK(bundle_parse(&got, buf_span(&first), a, &e), e);
	CHECK(str_is(got.binding.role, "attester") && got.binding.nonce[0] == 7);
	CHECK(got.ek_chain.n == 2 && got.ak_chain.n == 0 && got.n_banks == 2);
	CHECK(bundle_bank_find(&got, DIGEST_SHA256)->pcrs == (1U << 4 | 1U << 23));
	CHECK(!bundle_bank_find(&got, DIGEST_SHA1));
	CHECK(digest_equal(&got.banks[1].values[0], &b.banks[1].values[0]));
	CHECK_OK(bundle_emit(&got, &second, &e), e);
	CHECK(span_equal(buf_span(&first), buf_span(&second)));
}

/* The sample's text with one piece replaced by another. */
static struct str edited(const char *from, const char *to)
{
	struct buf text = buf_init(1 << 20), out = buf_init(1 << 20);
	struct bundle b = sample();
	struct err e = { 0 };
	struct str ret;
	char *all, *at;

	CHECK_OK(bundle_emit(&b, &text, &e), e);
	all = buf_take_cstr(&text);
	at = strstr(all, from);
	CHECK(at != NULL);
	if (at) {
		buf_add(&out, all, (size_t)(at - all));
		buf_add_cstr(&out, to);
		buf_add_cstr(&out, at + strlen(from));
	}
	ret = arena_str(a, buf_str(&out));
	buf_done(&out);
	free(all);
	return ret;
}

static void refuses(void)
{
	static const char *const cases[][2] = {
		{ "tpm-bundle/1", "tpm-bundle/2" },
		{ "__cmwc_t", "__cmwc" },
		{ "\"tpm.quote\"", "\"tpm.quota\"" },
		{ "\"tpm.signature\"", "\"tpm.sig\"" },
		{ "\"tpm.ak-public\"", "\"ak\"" },
		{ "\"tpm.pcrs\"", "\"pcrs\"" },
		{ "\"binding\"", "\"bindings\"" },
		{ "tpms-attest", "tpms-quote" },
		{ "\"AQ\"", "\"AQ==\"" },
		{ "\"AQ\"", "\"AR\"" },
		{ "\"AQ\"", "1" },
		{ "    4\n", "    2\n" },
		{ "    4\n", "    \"4\"\n" },
		{ "    4\n", "    4,\n 5\n" },
		{ "\"tpm.ek-certificate.0\"", "\"tpm.ek-certificate.1\"" },
		{ "\"tpm.ek-certificate.1\"", "\"tpm.ek-certificate.2\"" },
		{ "\"tpm.ek-certificate.1\"", "\"tpm.ek-certificate.01\"" },
		{ "\"tpm.ek-certificate.1\"", "\"tpm.ek-certificate.\"" },
		{ "\"tpm.ek-public\"", "\"tpm.quote\"" },
		{ "{", "[" },
	};

	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		struct bundle got;
		struct err e = { 0 };

		CHECK_ERR(bundle_parse(&got, str_span(edited(cases[i][0], cases[i][1])), a, &e), e,
			ERR_FORMAT);
	}
}

/* A whole bundle around one changed JSON part. */
static bool parses_with(const char *label, const char *type, const char *json, struct err *e)
{
	CLEANUP(buf_done) struct buf text = buf_init(1 << 16);
	CLEANUP(buf_done) struct buf part = buf_init(1 << 16);
	struct bundle got;

	base64_add(&part, str_span(str_of(json)), BASE64_URL);
	buf_printf(&text, "{\"__cmwc_t\":\"tag:assay,2026:tpm-bundle/1\"");
	buf_printf(&text, ",\"tpm.quote\":[\"application/vnd.assay.tpms-attest\",\"AQ\",4]");
	buf_printf(&text, ",\"tpm.signature\":[\"application/vnd.assay.tpmt-signature\",\"AQ\",4]");
	buf_printf(&text, ",\"tpm.ak-public\":[\"application/vnd.assay.tpmt-public\",\"AQ\",4]");
	buf_printf(&text, ",\"%s\":[\"%s\",\"%.*s\",4]", label, type, STR_ARG(buf_str(&part)));
	if (!strcmp(label, "binding"))
		buf_printf(&text,
			",\"tpm.pcrs\":[\"application/vnd.assay.pcr-values+json\","
			"\"eyJmb3JtYXQiOiJhc3NheS5wY3ItdmFsdWVzLzEiLCJzaGEyNTYiOnt9fQ\",4]");
	buf_printf(&text, "}");
	return bundle_parse(&got, buf_span(&text), a, e);
}

#define H32 "0000000000000000000000000000000000000000000000000000000000000000"

static void parts(void)
{
	static const char *const bindings[] = {
		"{\"format\":\"assay.binding/2\",\"role\":\"a\",\"nonce\":\"" H32
		"\",\"secret_digest\":\"" H32 "\",\"channel\":\"" H32 "\"}",
		"{\"format\":\"assay.binding/1\",\"role\":\"a\",\"nonce\":\"00\","
		"\"secret_digest\":\"" H32 "\",\"channel\":\"" H32 "\"}",
		"{\"format\":\"assay.binding/1\",\"role\":\"a\",\"nonce\":\"" H32
		"\",\"secret_digest\":\"" H32 "\"}",
		"{\"format\":\"assay.binding/1\",\"role\":1,\"nonce\":\"" H32
		"\",\"secret_digest\":\"" H32 "\",\"channel\":\"" H32 "\"}",
		"{\"format\":\"assay.binding/1\",\"role\":\"a\",\"nonce\":\"" H32
		"\",\"secret_digest\":\"" H32 "\",\"channel\":\"" H32 "\",\"x\":1}",
		"[]",
		"",
	};
	struct err e = { 0 };

	for (size_t i = 0; i < ARRAY_LEN(bindings); i++)
		CHECK_ERR(parses_with(
				  "binding", "application/vnd.assay.binding+json", bindings[i], &e),
			e, ERR_FORMAT);
	CHECK_OK(parses_with("binding", "application/vnd.assay.binding+json",
			 "{\"format\":\"assay.binding/1\",\"role\":\"a\",\"nonce\":\"" H32
			 "\",\"secret_digest\":\"" H32 "\",\"channel\":\"" H32 "\"}",
			 &e),
		e);
}

static void truncations(void)
{
	CLEANUP(buf_done) struct buf text = buf_init(1 << 20);
	struct bundle b = sample(), got;
	struct err e = { 0 };

	CHECK_OK(bundle_emit(&b, &text, &e), e);
	for (size_t n = 0; n + 1 < text.n; n++)
		CHECK_ERR(bundle_parse(&got, span_make(text.p, n), a, &e), e, ERR_FORMAT);
}

static void limits(void)
{
	struct bundle b = sample(), got;
	struct buf out = buf_init(100);
	struct err e = { 0 };
	struct span big = { calloc(1, BUNDLE_SIZE_MAX + 1), BUNDLE_SIZE_MAX + 1 };

	CHECK_ERR(bundle_emit(&b, &out, &e), e, ERR_LIMIT);
	buf_done(&out);
	CHECK_ERR(bundle_parse(&got, big, a, &e), e, ERR_LIMIT);
	b.quote = span_make(big.p, 2000);
	out = buf_init(1 << 20);
	CHECK_OK(bundle_emit(&b, &out, &e), e);
	CHECK_ERR(bundle_parse(&got, buf_span(&out), a, &e), e, ERR_LIMIT);
	buf_done(&out);
	free((void *)(uintptr_t)big.p);
}

#define VALUES "{\"format\":\"assay.pcr-values/1\",\"sha1\":"
#define VALUE "0123456789abcdef0123456789abcdef01234567"

static void values(void)
{
	static const struct {
		const char *text, *says;
	} bad[] = { { "{\"format\":\"assay.pcr-values/1\",\"md5\":{}}", "'md5' is no bank" },
		{ VALUES "[]}", "'sha1' is no bank" },
		{ VALUES "{\"24\":\"" VALUE "\"}}", "'24' is no PCR, want 0 to 23" },
		{ VALUES "{\"x\":\"" VALUE "\"}}", "'x' is no PCR" },
		{ VALUES "{\"1\":1}}", "PCR 1 must be 40 lower-case hex digits" },
		{ VALUES "{\"1\":\"" VALUE "00\"}}", "must be 40 lower-case" },
		{ VALUES "{\"1\":\"A123456789abcdef0123456789abcdef01234567\"}}",
			"must be 40 lower-case" } };
	static const char good[] = VALUES "{\"0\":\"" VALUE "\",\"23\":\"" VALUE "\"}}";
	struct bundle b = { 0 };
	struct err e = { 0 };

	CHECK_OK(bundle_values_read(&b, str_span(str_of(good)), a, &e), e);
	CHECK(b.n_banks == 1 && b.banks[0].pcrs == (1U | 1U << 23) &&
		b.banks[0].values[23].bytes[19] == 0x67);
	for (size_t i = 0; i < ARRAY_LEN(bad); i++) {
		struct bundle none = { 0 };

		CHECK_ERR(bundle_values_read(&none, str_span(str_of(bad[i].text)), a, &e), e,
			ERR_FORMAT);
		CHECK(strstr(e.text, bad[i].says));
	}
}

int main(void)
{
	a = arena_new((size_t)1 << 28);
	round_trip();
	refuses();
	parts();
	truncations();
	limits();
	values();
	arena_free(a);
	return test_end();
}
