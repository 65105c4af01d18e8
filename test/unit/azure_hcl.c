#include "evidence/azure_hcl.h"

#include "codec/base64.h"
#include "hcl_made.h"
#include "trust/azure_ak.h"

static struct arena *a;
static EVP_PKEY *ak, *other;

/* The bytes live in the arena. */
static bool parse(struct azure_hcl *h, const struct made_hcl *m, struct err *e)
{
	struct buf b = hcl_made(m);
	struct str kept = arena_str(a, buf_str(&b));

	buf_done(&b);
	return azure_hcl_parse(h, str_span(kept), a, e);
}

static void takes(void)
{
	static const enum azure_hcl_hardware kinds[] = { AZURE_HCL_SNP, AZURE_HCL_TDX };
	static const uint8_t data[] = { 0x01, 0x23, 0x45, 0x67, 0x89, 0xab, 0xcd, 0xef, 0xfe, 0xdc,
		0xba, 0x98, 0x76, 0x54, 0x32, 0x10 };

	for (size_t i = 0; i < ARRAY_LEN(kinds); i++) {
		struct made_hcl m = hcl_honest();
		struct azure_hcl h;
		struct err e = { 0 };

		m.hardware = kinds[i];
		m.version = (uint32_t)i + 1;
		CHECK_OK(parse(&h, &m, &e), e);
		CHECK(h.version == i + 1 && h.hardware == kinds[i]);
		CHECK(h.report.n == (i ? 1024 : 1184) && h.runtime.n == hcl_runtime(&m).n);
		CHECK(h.ak.modulus.n == 256 && h.ak.exponent.n == 3);
		CHECK(h.secure_boot == AZURE_HCL_ON && h.tpm_enabled == AZURE_HCL_OFF &&
			h.console_enabled == AZURE_HCL_ON && str_is(h.vm_id, "ID"));
		CHECK(h.has_user_data);
		for (size_t k = 0; k < AZURE_HCL_USER_DATA; k++)
			CHECK(h.user_data[k] == data[k % sizeof data]);
		CHECK_OK(azure_hcl_check_binding(&h, h.report_data, &e), e);
	}
}

/* What older versions leave out. */
static void sparse(void)
{
	struct made_hcl m = hcl_honest();
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
	struct str small = hcl_ak_number;
	CLEANUP(buf_done) struct buf b = buf_init(1000);
	uint8_t number[512];
	struct made_hcl m = hcl_honest();
	struct azure_hcl h;
	struct err e = { 0 };

	m.runtime = "{\"keys\":[" EK EK EK EK EK EK EK KEY("HCLAkPub", "%") "]}";
	CHECK_OK(parse(&h, &m, &e), e);
	m.runtime = "{\"keys\":[" EK EK EK EK EK EK EK EK KEY("HCLAkPub", "%") "]}";
	CHECK_ERR(parse(&h, &m, &e), e, ERR_LIMIT);
	memset(number, 0xff, sizeof number);
	base64_add(&b, SPAN_OF(number), BASE64_URL);
	hcl_ak_number = buf_str(&b);
	m.runtime = "{\"keys\":[{\"kid\":\"HCLAkPub\",\"kty\":\"RSA\",\"e\":\"_____w\","
		    "\"n\":\"%\"}]}";
	CHECK_OK(parse(&h, &m, &e), e);
	CHECK(h.ak.modulus.n == 512 && h.ak.exponent.n == 4);
	m.runtime = "{\"keys\":[{\"kid\":\"HCLAkPub\",\"kty\":\"RSA\",\"e\":\"______8\","
		    "\"n\":\"%\"}]}";
	CHECK_ERR(parse(&h, &m, &e), e, ERR_FORMAT);
	hcl_ak_number = small;
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
		struct made_hcl m = hcl_honest();
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
		struct made_hcl m = hcl_honest();
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
	struct made_hcl m = hcl_honest();
	CLEANUP(buf_done) struct buf b = hcl_made(&m);
	struct azure_hcl h;
	struct err e = { 0 };
	size_t whole = RUNTIME_AT + hcl_runtime(&m).n;

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
	struct made_hcl m = hcl_honest();
	CLEANUP(buf_done) struct buf b = hcl_made(&m);
	uint8_t data[AZURE_HCL_REPORT_DATA];

	memcpy(data, b.p + 32 + 0x50, sizeof data);
	for (size_t i = 0; i < hcl_runtime(&m).n; i++) {
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
	struct made_hcl m = hcl_honest();
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
	struct made_hcl m = hcl_honest();
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
	struct made_hcl m = hcl_honest();
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
	struct made_hcl m = hcl_honest();
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
	a = hcl_arena = arena_new(64 << 20);
	ak = made_rsa();
	other = made_rsa();
	hcl_ak_number = hcl_number(ak);
	hcl_other_number = hcl_number(other);
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
