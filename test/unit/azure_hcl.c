#include "evidence/azure_hcl.h"

#include "codec/base64.h"
#include "tpm_made.h"
#include "trust/azure_ak.h"

enum { RUNTIME_AT = 1236, PADDED = 2600 };

static struct arena *a;
static EVP_PKEY *ak, *other;
static struct str ak_number, other_number; /* base64url */

static struct str number_of(EVP_PKEY *key)
{
	CLEANUP(buf_done) struct buf b = buf_init(1000);
	BIGNUM *n = NULL;
	uint8_t bytes[256];

	EVP_PKEY_get_bn_param(key, OSSL_PKEY_PARAM_RSA_N, &n);
	BN_bn2binpad(n, bytes, sizeof bytes);
	BN_free(n);
	base64_add(&b, SPAN_OF(bytes), BASE64_URL);
	return arena_str(a, buf_str(&b));
}

#define KEY(kid, n)                                                                             \
	"{\"kid\":\"" kid "\",\"key_ops\":[\"sign\"],\"kty\":\"RSA\",\"e\":\"AQAB\",\"n\":\"" n \
	"\"}"
#define CONFIGURATION                                                     \
	"\"vm-configuration\":{\"console-enabled\":true,\"secure-boot\":" \
	"true,\"tpm-enabled\":false,\"vmUniqueId\":\"ID\"}"
#define DATA "\"user-data\":\"" DATA_16 DATA_16 DATA_16 DATA_16 "\""
#define DATA_16 "0123456789abcdefFEDCBA9876543210"
#define HONEST \
	"{\"keys\":[" KEY("HCLEkPub", "@") "," KEY("HCLAkPub", "%") "]," CONFIGURATION "," DATA "}"

struct made_hcl {
	const char *runtime; /* '%' stands for the key's number, '@' for another's */
	uint32_t magic, version, request, hardware, data_version, hash, status;
	int32_t size_off, data_size_off, runtime_off;
	size_t padding_at; /* a byte that is set there; 0: none */
};

static struct made_hcl honest(void)
{
	return (struct made_hcl){ .runtime = HONEST,
		.magic = 0x414c4348,
		.version = 1,
		.request = 2,
		.hardware = AZURE_HCL_SNP,
		.data_version = 1,
		.hash = 1 };
}

static struct str runtime_of(const struct made_hcl *m)
{
	CLEANUP(buf_done) struct buf b = buf_init(1 << 16);

	for (const char *p = m->runtime; *p; p++) {
		if (*p == '%')
			buf_add_str(&b, ak_number);
		else if (*p == '@')
			buf_add_str(&b, other_number);
		else
			buf_u8(&b, (uint8_t)*p);
	}
	return arena_str(a, buf_str(&b));
}

/* The report underneath carries the hash where its kind has it. */
static struct buf made(const struct made_hcl *m)
{
	struct buf b = buf_init(1 << 16);
	struct str runtime = runtime_of(m);
	uint32_t n = (uint32_t)runtime.n;
	size_t at = m->hardware == AZURE_HCL_TDX ? 128 : 0x50;

	buf_u32le(&b, m->magic);
	buf_u32le(&b, m->version);
	buf_u32le(&b, (uint32_t)(RUNTIME_AT + (int32_t)n + m->size_off));
	buf_u32le(&b, m->request);
	buf_u32le(&b, m->status);
	buf_fill(&b, 0, 12);
	buf_fill(&b, m->hardware == AZURE_HCL_TDX ? 0 : 0x77, AZURE_HCL_SNP_SIZE);
	buf_u32le(&b, (uint32_t)(20 + (int32_t)n + m->data_size_off));
	buf_u32le(&b, m->data_version);
	buf_u32le(&b, m->hardware);
	buf_u32le(&b, m->hash);
	buf_u32le(&b, (uint32_t)((int32_t)n + m->runtime_off));
	buf_add_str(&b, runtime);
	if (b.n < PADDED)
		buf_fill(&b, 0, PADDED - b.n);
	memset(b.p + 32 + at, 0, AZURE_HCL_REPORT_DATA);
	sha256_of(b.p + 32 + at, str_span(runtime));
	if (m->padding_at)
		b.p[m->padding_at] = 1;
	return b;
}

/* The bytes live in the arena. */
static bool parse(struct azure_hcl *h, const struct made_hcl *m, struct err *e)
{
	struct buf b = made(m);
	struct str kept = arena_str(a, buf_str(&b));

	buf_done(&b);
	return azure_hcl_parse(h, str_span(kept), a, e);
}

static void takes(void)
{
	static const enum azure_hcl_hardware kinds[] = { AZURE_HCL_SNP, AZURE_HCL_TDX };
	static const uint8_t start[] = { 0x01, 0x23, 0x45, 0x67, 0x89, 0xab, 0xcd, 0xef, 0xfe };

	for (size_t i = 0; i < ARRAY_LEN(kinds); i++) {
		struct made_hcl m = honest();
		struct azure_hcl h;
		struct err e = { 0 };

		m.hardware = kinds[i];
		m.version = (uint32_t)i + 1;
		CHECK_OK(parse(&h, &m, &e), e);
		CHECK(h.version == i + 1 && h.hardware == kinds[i]);
		CHECK(h.report.n == (i ? 1024 : 1184) && h.runtime.n == runtime_of(&m).n);
		CHECK(h.ak.modulus.n == 256 && h.ak.exponent.n == 3);
		CHECK(h.secure_boot == AZURE_HCL_ON && h.tpm_enabled == AZURE_HCL_OFF &&
			h.console_enabled == AZURE_HCL_ON && str_is(h.vm_id, "ID"));
		CHECK(h.has_user_data && !memcmp(h.user_data, start, sizeof start));
		CHECK_OK(azure_hcl_check_binding(&h, h.report_data, &e), e);
	}
}

/* What older versions leave out. */
static void sparse(void)
{
	struct made_hcl m = honest();
	struct azure_hcl h;
	struct err e = { 0 };

	m.runtime = "{\"keys\":[" KEY("HCLAkPub", "%") "]}";
	CHECK_OK(parse(&h, &m, &e), e);
	CHECK(!h.has_user_data && h.secure_boot == AZURE_HCL_ABSENT && !h.vm_id.n);
	CHECK_ERR(azure_hcl_check_user_data(&h, span_make("", 0), &e), e, ERR_MISMATCH);
}

#define EK KEY("HCLEkPub", "@") ","

/* The most keys, the longest numbers. */
static void limits_taken(void)
{
	struct str small = ak_number;
	CLEANUP(buf_done) struct buf b = buf_init(1000);
	uint8_t number[512];
	struct made_hcl m = honest();
	struct azure_hcl h;
	struct err e = { 0 };

	m.runtime = "{\"keys\":[" EK EK EK EK EK EK EK KEY("HCLAkPub", "%") "]}";
	CHECK_OK(parse(&h, &m, &e), e);
	m.runtime = "{\"keys\":[" EK EK EK EK EK EK EK EK KEY("HCLAkPub", "%") "]}";
	CHECK_ERR(parse(&h, &m, &e), e, ERR_LIMIT);
	memset(number, 0xff, sizeof number);
	base64_add(&b, SPAN_OF(number), BASE64_URL);
	ak_number = buf_str(&b);
	m.runtime = "{\"keys\":[{\"kid\":\"HCLAkPub\",\"kty\":\"RSA\",\"e\":\"_____w\","
		    "\"n\":\"%\"}]}";
	CHECK_OK(parse(&h, &m, &e), e);
	CHECK(h.ak.modulus.n == 512 && h.ak.exponent.n == 4);
	m.runtime = "{\"keys\":[{\"kid\":\"HCLAkPub\",\"kty\":\"RSA\",\"e\":\"______8\","
		    "\"n\":\"%\"}]}";
	CHECK_ERR(parse(&h, &m, &e), e, ERR_FORMAT);
	ak_number = small;
}

static void refuses_runtime(void)
{
	static const struct {
		const char *runtime, *why;
	} cases[] = {
		{ "{}", "keys" },
		{ "[]", "keys" },
		{ "{\"keys\":{}}", "keys" },
		{ "{\"keys\":[]}", "no key HCLAkPub" },
		{ "{\"keys\":[" KEY("HCLEkPub", "%") "]}", "no key HCLAkPub" },
		{ "{\"keys\":[" KEY("HCLAkPub", "%") "," KEY("HCLAkPub", "@") "]}", "two keys" },
		{ "{\"keys\":[" KEY("HCLAkPub", "@") "],\"keys\":[" KEY("HCLAkPub", "%") "]}",
			"keys" },
		{ "{\"keys\":[{\"kid\":\"HCLAkPub\",\"kid\":\"x\"}]}", "kid" },
		{ "{\"keys\":[{\"kid\":1}]}", "kid" },
		{ "{\"keys\":[{\"kty\":\"RSA\",\"e\":\"AQAB\",\"n\":\"%\"}]}", "kid" },
		{ "{\"keys\":[{\"kid\":\"HCLAkPub\",\"e\":\"AQAB\",\"n\":\"%\"}]}", "kty" },
		{ "{\"keys\":[{\"kid\":\"HCLAkPub\",\"kty\":\"EC\",\"e\":\"AQAB\",\"n\":\"%\"}]}",
			"RSA" },
		{ "{\"keys\":[{\"kid\":\"HCLAkPub\",\"kty\":\"RSA\",\"n\":\"%\"}]}", "'e'" },
		{ "{\"keys\":[{\"kid\":\"HCLAkPub\",\"kty\":\"RSA\",\"e\":\"AQAB\"}]}", "'n'" },
		{ "{\"keys\":[" KEY("HCLAkPub", "AQAB") "]}", "'n'" },
		{ "{\"keys\":[" KEY("HCLAkPub", "+%") "]}", "'n'" },
		{ "{\"keys\":[" KEY("HCLAkPub", "AAAA%") "]}", "'n'" },
		{ "{\"keys\":[" KEY("HCLAkPub", "%%%%") "]}", "'n'" },
		{ "{\"keys\":[" KEY("HCLAkPub", "%") "],\"user-data\":\"00\"}", "user-data" },
		{ "{\"keys\":[" KEY("HCLAkPub", "%") "],\"user-data\":\"\"}", "user-data" },
		{ "{\"keys\":[" KEY("HCLAkPub", "%") "],\"user-data\":0}", "user-data" },
		{ "{\"keys\":[" KEY("HCLAkPub", "%") "],\"user-data\":\"" DATA_16 DATA_16 DATA_16
						     "0123456789abcdefFEDCBA987654321g\"}",
			"hexadecimal" },
		{ "{\"keys\":[" KEY("HCLAkPub", "%") "],\"vm-configuration\":1}",
			"vm-configuration" },
		{ "{\"keys\":[" KEY("HCLAkPub", "%") "],\"vm-configuration\":{\"secure-boot\":1}}",
			"secure-boot" },
		{ "{\"keys\":[" KEY(
			  "HCLAkPub", "%") "],\"vm-configuration\":{\"tpm-enabled\":\"\"}}",
			"tpm-enabled" },
		{ "{\"keys\":[" KEY("HCLAkPub", "%") "],\"vm-configuration\":{\"vmUniqueId\":1}}",
			"vmUniqueId" },
		{ "{\"keys\":[" KEY("HCLAkPub", "%") "]} x", "" },
		{ "", "" },
	};

	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		struct made_hcl m = honest();
		struct azure_hcl h;
		struct err e = { 0 };

		m.runtime = cases[i].runtime;
		CHECK_ERR(parse(&h, &m, &e), e, ERR_FORMAT);
		CHECK(strstr(e.text, cases[i].why));
		if (!strstr(e.text, cases[i].why))
			fprintf(stderr, "case %zu: %s\n", i, e.text);
	}
}

typedef void change(struct made_hcl *m);

static void other_magic(struct made_hcl *m)
{
	m->magic++;
}
static void version_0(struct made_hcl *m)
{
	m->version = 0;
}
static void version_3(struct made_hcl *m)
{
	m->version = 3;
}
static void other_request(struct made_hcl *m)
{
	m->request = 1;
}
static void status_set(struct made_hcl *m)
{
	m->status = 1;
}
static void reserved_set(struct made_hcl *m)
{
	m->padding_at = 31;
}
static void other_hardware(struct made_hcl *m)
{
	m->hardware = 3;
}
static void other_version(struct made_hcl *m)
{
	m->data_version = 2;
}
static void sha384(struct made_hcl *m)
{
	m->hash = 2;
}
static void other_size(struct made_hcl *m)
{
	m->size_off = 1;
}
static void other_data_size(struct made_hcl *m)
{
	m->data_size_off = -1;
}
static void shorter(struct made_hcl *m)
{
	m->size_off = m->data_size_off = m->runtime_off = -1;
}
static void longer(struct made_hcl *m)
{
	m->size_off = m->data_size_off = m->runtime_off = 4000;
}
static void padding_set(struct made_hcl *m)
{
	m->padding_at = PADDED - 1;
}
static void behind_tdreport(struct made_hcl *m)
{
	m->hardware = AZURE_HCL_TDX;
	m->padding_at = 32 + 1024;
}

static void refuses_frame(void)
{
	static const struct {
		change *change;
		const char *why;
	} cases[] = {
		{ other_magic, "at 0" },
		{ version_0, "at 4" },
		{ version_3, "at 4" },
		{ other_size, "at 8" },
		{ other_request, "at 12" },
		{ status_set, "at 16" },
		{ reserved_set, "at 16" },
		{ behind_tdreport, "at 1056" },
		{ other_data_size, "at 1216" },
		{ other_version, "at 1220" },
		{ other_hardware, "at 1224" },
		{ sha384, "at 1228" },
		{ shorter, "bytes behind the runtime data" },
		{ longer, "truncated" },
		{ padding_set, "bytes behind" },
	};

	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		struct made_hcl m = honest();
		struct azure_hcl h;
		struct err e = { 0 };

		cases[i].change(&m);
		CHECK_ERR(parse(&h, &m, &e), e, ERR_FORMAT);
		CHECK(strstr(e.text, cases[i].why));
		if (!strstr(e.text, cases[i].why))
			fprintf(stderr, "case %zu: %s\n", i, e.text);
	}
}

static void truncations(void)
{
	struct made_hcl m = honest();
	CLEANUP(buf_done) struct buf b = made(&m);
	struct azure_hcl h;
	struct err e = { 0 };
	size_t whole = RUNTIME_AT + runtime_of(&m).n;

	for (size_t n = 0; n < whole; n++)
		CHECK_ERR(azure_hcl_parse(&h, span_make(b.p, n), a, &e), e, ERR_FORMAT);
	for (size_t n = whole; n < b.n; n++) {
		CLEANUP(arena_freep) struct arena *own = arena_new(1 << 20);

		CHECK_OK(azure_hcl_parse(&h, span_make(b.p, n), own, &e), e);
	}
	buf_fill(&b, 0, AZURE_HCL_SIZE_MAX - b.n);
	CHECK_OK(azure_hcl_parse(&h, buf_span(&b), a, &e), e);
	buf_u8(&b, 0);
	CHECK_ERR(azure_hcl_parse(&h, buf_span(&b), a, &e), e, ERR_LIMIT);
}

/* Each changed byte of the runtime data breaks the parser or the binding. */
static void flips(void)
{
	struct made_hcl m = honest();
	CLEANUP(buf_done) struct buf b = made(&m);
	uint8_t data[AZURE_HCL_REPORT_DATA];

	memcpy(data, b.p + 32 + 0x50, sizeof data);
	for (size_t i = 0; i < runtime_of(&m).n; i++) {
		CLEANUP(arena_freep) struct arena *own = arena_new(1 << 20);
		struct azure_hcl h;
		struct err e = { 0 };

		b.p[RUNTIME_AT + i] ^= (uint8_t)(1u << i % 8);
		CHECK(!azure_hcl_parse(&h, buf_span(&b), own, &e) ||
			!azure_hcl_check_binding(&h, SPAN_OF(data), &e));
		b.p[RUNTIME_AT + i] ^= (uint8_t)(1u << i % 8);
	}
}

static void binding(void)
{
	struct made_hcl m = honest();
	struct azure_hcl h;
	struct err e = { 0 };
	uint8_t data[AZURE_HCL_REPORT_DATA];

	CHECK_OK(parse(&h, &m, &e), e);
	for (size_t i = 0; i < sizeof data; i++) {
		memcpy(data, h.report_data.p, sizeof data);
		data[i] ^= 1;
		CHECK_ERR(azure_hcl_check_binding(&h, SPAN_OF(data), &e), e, ERR_MISMATCH);
	}
	CHECK_ERR(azure_hcl_check_binding(&h, span_make(h.report_data.p, 32), &e), e, ERR_MISMATCH);
	CHECK_ERR(azure_hcl_check_binding(&h, span_make("", 0), &e), e, ERR_MISMATCH);
}

static void user_data(void)
{
	struct made_hcl m = honest();
	struct azure_hcl h;
	struct err e = { 0 };
	uint8_t want[AZURE_HCL_USER_DATA + 1] = { 0 };

	CHECK_OK(parse(&h, &m, &e), e);
	memcpy(want, h.user_data, AZURE_HCL_USER_DATA);
	CHECK_OK(azure_hcl_check_user_data(&h, span_make(want, 64), &e), e);
	CHECK_ERR(azure_hcl_check_user_data(&h, span_make(want, 63), &e), e, ERR_MISMATCH);
	CHECK_ERR(azure_hcl_check_user_data(&h, span_make(want, 65), &e), e, ERR_MISMATCH);
	want[63] ^= 1;
	CHECK_ERR(azure_hcl_check_user_data(&h, span_make(want, 64), &e), e, ERR_MISMATCH);
	memset(h.user_data + 8, 0, 56);
	CHECK_OK(azure_hcl_check_user_data(&h, span_make(want, 8), &e), e);
	CHECK_ERR(azure_hcl_check_user_data(&h, span_make("", 0), &e), e, ERR_MISMATCH);
}

/* The key in the bundle is this one, of these numbers and this kind. */
static void bound_key(void)
{
	struct made_key k = { MADE_AK_ATTRIBUTES, TPM_ALG_RSASSA, TPM_ALG_SHA256, 0, false };
	EVP_PKEY *ecc = made_ecc("P-256");
	CLEANUP(buf_done) struct buf good = made_public(ak, k);
	CLEANUP(buf_done) struct buf bad = made_public(other, k);
	CLEANUP(buf_done)
	struct buf curve = made_public(ecc,
		(struct made_key){ MADE_AK_ATTRIBUTES, TPM_ALG_ECDSA, TPM_ALG_SHA256, 0, false });
	struct made_hcl m = honest();
	struct tpm_public p;
	struct azure_hcl h;
	struct err e = { 0 };

	CHECK_OK(parse(&h, &m, &e), e);
	CHECK_OK(tpm_public_parse(&p, buf_span(&good), &e), e);
	CHECK_OK(azure_hcl_check_ak(&h, &p, &e), e);
	p.exponent = 65537;
	CHECK_OK(azure_hcl_check_ak(&h, &p, &e), e);
	p.exponent = 3;
	CHECK_ERR(azure_hcl_check_ak(&h, &p, &e), e, ERR_MISMATCH);
	CHECK_OK(tpm_public_parse(&p, buf_span(&bad), &e), e);
	CHECK_ERR(azure_hcl_check_ak(&h, &p, &e), e, ERR_MISMATCH);
	CHECK_OK(tpm_public_parse(&p, buf_span(&curve), &e), e);
	CHECK_ERR(azure_hcl_check_ak(&h, &p, &e), e, ERR_MISMATCH);
	EVP_PKEY_free(ecc);
}

/* RSASSA with SHA-256 by HCLAkPub: not another key, scheme or hash, whatever else would hold. */
static void quotes(void)
{
	static const struct {
		bool other_key;
		uint16_t scheme;
		const char *hash;
		uint16_t hash_id;
		enum err_kind want;
	} cases[] = {
		{ false, TPM_ALG_RSASSA, "SHA256", TPM_ALG_SHA256, ERR_NONE },
		{ true, TPM_ALG_RSASSA, "SHA256", TPM_ALG_SHA256, ERR_SIGNATURE },
		{ false, TPM_ALG_RSAPSS, "SHA256", TPM_ALG_SHA256, ERR_MISMATCH },
		{ false, TPM_ALG_RSASSA, "SHA384", TPM_ALG_SHA384, ERR_MISMATCH },
		{ false, TPM_ALG_RSASSA, "SHA384", TPM_ALG_SHA256, ERR_SIGNATURE },
	};
	struct made_hcl m = honest();
	struct azure_hcl h;
	struct err e = { 0 };

	CHECK_OK(parse(&h, &m, &e), e);
	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		struct span message = span_make("a quote", 7);
		CLEANUP(buf_done)
		struct buf sig = made_signature(cases[i].other_key ? other : ak, cases[i].scheme,
			cases[i].hash, cases[i].hash_id, message);

		if (cases[i].want)
			CHECK_ERR(
				azure_ak_verify(&h, message, buf_span(&sig), &e), e, cases[i].want);
		else
			CHECK_OK(azure_ak_verify(&h, message, buf_span(&sig), &e), e);
		message.n--;
		CHECK(!azure_ak_verify(&h, message, buf_span(&sig), &e));
		sig.n--;
		CHECK(!azure_ak_verify(&h, message, buf_span(&sig), &e));
	}
}

int main(void)
{
	a = arena_new(64 << 20);
	ak = made_rsa();
	other = made_rsa();
	ak_number = number_of(ak);
	other_number = number_of(other);
	takes();
	sparse();
	limits_taken();
	refuses_runtime();
	refuses_frame();
	truncations();
	flips();
	binding();
	user_data();
	bound_key();
	quotes();
	EVP_PKEY_free(ak);
	EVP_PKEY_free(other);
	arena_free(a);
	return test_end();
}
