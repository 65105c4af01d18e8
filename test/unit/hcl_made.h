/*
 * HCL reports of Azure's confidential machines, made byte by byte from evidence/azure_hcl.h's table: what tests take as
 * honest, and then change. The report of the hardware inside is no real one but where it carries the digest.
 */
#ifndef ASSAY_TEST_HCL_MADE_H
#define ASSAY_TEST_HCL_MADE_H

#include "codec/base64.h"
#include "evidence/azure_hcl.h"
#include "tpm_made.h"

static struct arena *hcl_arena;                    /* of what is returned as text */
static struct str hcl_ak_number, hcl_other_number; /* base64url, for '%' and '@' of a runtime */

enum { RUNTIME_AT = 1236, PADDED = 2600 };

__attribute__((unused)) static struct str hcl_number(EVP_PKEY *key)
{
	CLEANUP(buf_done) struct buf b = buf_init(1000);
	BIGNUM *n = NULL;
	uint8_t bytes[256];

	EVP_PKEY_get_bn_param(key, OSSL_PKEY_PARAM_RSA_N, &n);
	BN_bn2binpad(n, bytes, sizeof bytes);
	BN_free(n);
	base64_add(&b, SPAN_OF(bytes), BASE64_URL);
	return arena_str(hcl_arena, buf_str(&b));
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

__attribute__((unused)) static struct made_hcl hcl_honest(void)
{
	return (struct made_hcl){ .runtime = HONEST,
		.magic = 0x414c4348,
		.version = 1,
		.request = 2,
		.hardware = AZURE_HCL_SNP,
		.data_version = 1,
		.hash = 1 };
}

__attribute__((unused)) static struct str hcl_runtime(const struct made_hcl *m)
{
	CLEANUP(buf_done) struct buf b = buf_init(1 << 16);

	for (const char *p = m->runtime; *p; p++) {
		if (*p == '%')
			buf_add_str(&b, hcl_ak_number);
		else if (*p == '@')
			buf_add_str(&b, hcl_other_number);
		else
			buf_u8(&b, (uint8_t)*p);
	}
	return arena_str(hcl_arena, buf_str(&b));
}

/* The report underneath carries the hash where its kind has it. */
__attribute__((unused)) static struct buf hcl_made(const struct made_hcl *m)
{
	struct buf b = buf_init(1 << 16);
	struct str runtime = hcl_runtime(m);
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

#endif
