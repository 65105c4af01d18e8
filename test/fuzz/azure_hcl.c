#include "evidence/azure_hcl.h"

#include "codec/base64.h"
#include "fuzz.h"
#include "trust/azure_ak.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	CLEANUP(arena_freep) struct arena *a = arena_new(8 << 20);
	CLEANUP(public_key_freep) struct public_key *key = NULL;
	struct azure_hcl h;
	struct err e = { 0 };

	if (!azure_hcl_parse(&h, span_make(data, size), a, &e))
		return 0;
	fuzz_taken = true;
	MUST(h.runtime.p >= data && h.runtime.p + h.runtime.n <= data + size);
	MUST(h.report.n && h.report_data.n == AZURE_HCL_REPORT_DATA);
	MUST(h.report_data.p >= h.report.p &&
		h.report_data.p + h.report_data.n <= h.report.p + h.report.n);
	MUST(h.ak.modulus.n >= 256 && h.ak.exponent.n);
	if (h.has_user_data)
		MUST(azure_hcl_check_user_data(&h, SPAN_OF(h.user_data), &e));
	if (azure_ak_key(&key, &h, &e))
		MUST(key);
	return 0;
}

/* With SNP and with TDX underneath; the numbers are of no key. */
bool fuzz_sample(size_t i, struct buf *b)
{
	CLEANUP(buf_done) struct buf json = buf_init(1 << 16);
	uint8_t number[256];

	memset(number, 0x81, sizeof number);
	buf_add_cstr(
		&json, "{\"keys\":[{\"kid\":\"HCLAkPub\",\"kty\":\"RSA\",\"e\":\"AQAB\",\"n\":\"");
	base64_add(&json, SPAN_OF(number), BASE64_URL);
	buf_add_cstr(&json, "\"}],\"vm-configuration\":{\"secure-boot\":true,\"vmUniqueId\":\"x\"}"
			    ",\"user-data\":\"");
	for (size_t k = 0; k < AZURE_HCL_USER_DATA; k++)
		buf_add_cstr(&json, "aF");
	buf_add_cstr(&json, "\"}");
	buf_add_cstr(b, "HCLA");
	buf_u32le(b, 1 + (uint32_t)i);
	buf_u32le(b, 1236 + (uint32_t)json.n);
	buf_u32le(b, 2);
	buf_fill(b, 0, 16 + AZURE_HCL_SNP_SIZE);
	buf_u32le(b, 20 + (uint32_t)json.n);
	buf_u32le(b, 1);
	buf_u32le(b, i ? AZURE_HCL_TDX : AZURE_HCL_SNP);
	buf_u32le(b, 1);
	buf_u32le(b, (uint32_t)json.n);
	buf_add(b, json.p, json.n);
	buf_fill(b, 0, 16);
	return i < 2;
}
