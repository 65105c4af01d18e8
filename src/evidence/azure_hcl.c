#include "evidence/azure_hcl.h"

#include "base/digest.h"
#include "base/rd.h"
#include "codec/base64.h"
#include "codec/json.h"
#include "base/banned.h"

/* Offsets as in the header's table, and within the reports. */
enum {
	HEAD_ZEROES_SIZE = 16,
	REPORT_AT = 32,
	REQUEST_AT = REPORT_AT + AZURE_HCL_SNP_SIZE,
	RUNTIME_AT = REQUEST_AT + 20,
	SNP_REPORT_DATA_AT = 0x50,
	TDX_REPORT_DATA_AT = 128,
};

enum { REQUEST_AK = 2, RUNTIME_VERSION = 1, HASH_SHA256 = 1 };

#define AK_ID "HCLAkPub"

static bool is_zero(struct span s)
{
	for (size_t i = 0; i < s.n; i++)
		if (s.p[i])
			return false;
	return true;
}

static bool want_number(const char *what, size_t at, uint32_t got, uint32_t want, struct err *e)
{
	return got == want ||
	       err_set(e, ERR_FORMAT, "HCL report at %zu: %s is %u, want %u", at, what, got, want);
}

/* The first 32 bytes; *size: what they say of the whole. */
static bool read_head(struct azure_hcl *h, uint32_t *size, struct rd *r, struct err *e)
{
	struct span magic = rd_bytes(r, 4), zeroes;
	uint32_t request;

	h->version = rd_u32le(r);
	*size = rd_u32le(r);
	request = rd_u32le(r);
	zeroes = rd_bytes(r, HEAD_ZEROES_SIZE);
	if (!rd_ok(r))
		return rd_truncated(r, "HCL report", e);
	if (!span_equal(magic, span_make("HCLA", 4)))
		return err_set(e, ERR_FORMAT, "HCL report at 0: does not begin with 'HCLA'");
	if (h->version != 1 && h->version != 2)
		return err_set(
			e, ERR_FORMAT, "HCL report at 4: version is %u, want 1 or 2", h->version);
	if (!is_zero(zeroes))
		return err_set(e, ERR_FORMAT, "HCL report at 16: status or reserved bytes are set");
	return want_number("request", 12, request, REQUEST_AK, e);
}

static bool read_hardware(struct azure_hcl *h, uint32_t hardware, struct span report, struct err *e)
{
	size_t n = hardware == AZURE_HCL_SNP ? AZURE_HCL_SNP_SIZE : AZURE_HCL_TDX_SIZE;
	size_t at = hardware == AZURE_HCL_SNP ? SNP_REPORT_DATA_AT : TDX_REPORT_DATA_AT;

	if (hardware != AZURE_HCL_SNP && hardware != AZURE_HCL_TDX)
		return err_set(e, ERR_FORMAT,
			"HCL report at %d: hardware is %u, want 2 (SNP) or 4 (TDX)", REQUEST_AT + 8,
			hardware);
	if (!is_zero(span_make(report.p + n, report.n - n)))
		return err_set(e, ERR_FORMAT, "HCL report at %zu: bytes behind the TDREPORT",
			REPORT_AT + n);
	h->hardware = (enum azure_hcl_hardware)hardware;
	h->report = span_make(report.p, n);
	h->report_data = span_make(report.p + at, AZURE_HCL_REPORT_DATA);
	return true;
}

/* Both sizes are of the same end, and only zeroes stand behind it. */
static bool read_runtime(
	struct azure_hcl *h, uint32_t size, uint32_t data_size, struct rd *r, struct err *e)
{
	uint32_t n = rd_u32le(r);
	struct span rest;

	h->runtime = rd_bytes(r, n);
	if (!rd_ok(r))
		return rd_truncated(r, "HCL report", e);
	if (!want_number("size", 8, size, RUNTIME_AT + n, e) ||
		!want_number("size", REQUEST_AT, data_size, RUNTIME_AT - REQUEST_AT + n, e))
		return false;
	rest = rd_bytes(r, rd_left(r));
	return is_zero(rest) ||
	       err_set(e, ERR_FORMAT, "HCL report at %u: bytes behind the runtime data",
		       RUNTIME_AT + n);
}

static bool read_frame(struct azure_hcl *h, struct span bytes, struct err *e)
{
	struct rd r = rd_of(bytes);
	uint32_t size = 0, data_size, version, hardware, hash;
	struct span report;

	if (!read_head(h, &size, &r, e))
		return false;
	report = rd_bytes(&r, AZURE_HCL_SNP_SIZE);
	data_size = rd_u32le(&r);
	version = rd_u32le(&r);
	hardware = rd_u32le(&r);
	hash = rd_u32le(&r);
	if (!rd_ok(&r))
		return rd_truncated(&r, "HCL report", e);
	return want_number("version of the runtime data", REQUEST_AT + 4, version, RUNTIME_VERSION,
		       e) &&
	       read_hardware(h, hardware, report, e) &&
	       want_number("hash", REQUEST_AT + 12, hash, HASH_SHA256, e) &&
	       read_runtime(h, size, data_size, &r, e);
}

static bool read_number(struct span *ret, const struct json *key, const char *name, size_t min,
	size_t max, struct arena *a, struct err *e)
{
	struct str text = { 0 };
	struct span s = { 0 };

	if (!json_get_str(key, name, &text, e))
		return false;
	if (text.n > 2 * max || !base64_read(&s, text, BASE64_URL, a, e) || s.n < min ||
		s.n > max || !s.p[0])
		return err_set(e, ERR_FORMAT,
			"key " AK_ID ": '%s' is no number of %zu to %zu bytes in base64url", name,
			min, max);
	*ret = s;
	return true;
}

static bool read_key(
	struct azure_hcl_key *ret, const struct json *key, struct arena *a, struct err *e)
{
	struct str kind = { 0 };

	if (!json_get_str(key, "kty", &kind, e))
		return err_wrap(e, "key " AK_ID);
	if (!str_is(kind, "RSA"))
		return err_set(e, ERR_FORMAT, "key " AK_ID ": its kind is not RSA");
	return read_number(&ret->modulus, key, "n", 256, 512, a, e) &&
	       read_number(&ret->exponent, key, "e", 1, 4, a, e);
}

/* By its id, wherever it stands; where there are two of that id, none is meant. */
static bool find_key(
	struct azure_hcl *h, const struct json *runtime, struct arena *a, struct err *e)
{
	const struct json *keys = NULL, *found = NULL;

	if (!json_get_array(runtime, "keys", &keys, e))
		return false;
	if (keys->n > AZURE_HCL_KEYS_MAX)
		return err_set(e, ERR_LIMIT, "%zu keys, limit %d", keys->n, AZURE_HCL_KEYS_MAX);
	for (size_t i = 0; i < keys->n; i++) {
		struct str id = { 0 };

		if (!json_get_str(&keys->items[i], "kid", &id, e))
			return err_wrap(e, "key %zu", i);
		if (!str_is(id, AK_ID))
			continue;
		if (found)
			return err_set(e, ERR_FORMAT, "two keys " AK_ID ", want one");
		found = &keys->items[i];
	}
	if (!found)
		return err_set(e, ERR_FORMAT, "no key " AK_ID);
	return read_key(&h->ak, found, a, e);
}

static bool read_setting(
	enum azure_hcl_setting *ret, const struct json *o, const char *name, struct err *e)
{
	bool on = false;

	if (!json_get(o, name))
		return true;
	if (!json_get_bool(o, name, &on, e))
		return false;
	*ret = on ? AZURE_HCL_ON : AZURE_HCL_OFF;
	return true;
}

static bool read_configuration(struct azure_hcl *h, const struct json *runtime, struct err *e)
{
	const struct json *o = NULL;

	if (!json_get(runtime, "vm-configuration"))
		return true;
	if (!json_get_object(runtime, "vm-configuration", &o, e))
		return false;
	if (json_get(o, "vmUniqueId") && !json_get_str(o, "vmUniqueId", &h->vm_id, e))
		return false;
	return read_setting(&h->secure_boot, o, "secure-boot", e) &&
	       read_setting(&h->tpm_enabled, o, "tpm-enabled", e) &&
	       read_setting(&h->console_enabled, o, "console-enabled", e);
}

/* The value of a digit, of either case: both are found in the field. */
static int digit(char c)
{
	if (c >= '0' && c <= '9')
		return c - '0';
	if (c >= 'a' && c <= 'f')
		return c - 'a' + 10;
	return c >= 'A' && c <= 'F' ? c - 'A' + 10 : -1;
}

static bool read_user_data(struct azure_hcl *h, const struct json *runtime, struct err *e)
{
	struct str text = { 0 };

	if (!json_get(runtime, "user-data"))
		return true;
	if (!json_get_str(runtime, "user-data", &text, e))
		return false;
	if (text.n != 2 * AZURE_HCL_USER_DATA)
		return err_set(e, ERR_FORMAT, "'user-data' has %zu digits, want %d", text.n,
			2 * AZURE_HCL_USER_DATA);
	for (size_t i = 0; i < AZURE_HCL_USER_DATA; i++) {
		int high = digit(text.p[2 * i]), low = digit(text.p[2 * i + 1]);

		if (high < 0 || low < 0)
			return err_set(e, ERR_FORMAT, "'user-data' is not hexadecimal");
		h->user_data[i] = (uint8_t)(high << 4 | low);
	}
	h->has_user_data = true;
	return true;
}

const char *azure_hcl_hardware_name(enum azure_hcl_hardware h)
{
	return h == AZURE_HCL_SNP ? "SEV-SNP" : "TDX";
}

bool azure_hcl_parse(struct azure_hcl *ret, struct span bytes, struct arena *a, struct err *e)
{
	struct azure_hcl h = { 0 };
	struct json runtime;

	if (bytes.n > AZURE_HCL_SIZE_MAX)
		return err_set(e, ERR_LIMIT, "HCL report of %zu bytes, limit %d", bytes.n,
			AZURE_HCL_SIZE_MAX);
	if (!read_frame(&h, bytes, e))
		return false;
	if (!json_parse(&runtime, h.runtime, a, e) || !find_key(&h, &runtime, a, e) ||
		!read_configuration(&h, &runtime, e) || !read_user_data(&h, &runtime, e))
		return err_wrap(e, "HCL report: runtime data");
	*ret = h;
	return true;
}
