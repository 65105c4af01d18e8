/* Each kind's registers, by offsets and members as the specifications have them, and which shape they are those of. */
#include "appraise/evidence_registers.h"

#include "codec/cbor.h"
#include "snp_made.h"
#include "tdx_quote_made.h"

enum { TDX_BODY = 48, TDX_MRTD = 136, TDX_RTMR = 328, SNP_MEASUREMENT = 0x90 };

static struct arena *a;

static bool holds(const struct bundle_bank *b, unsigned reg, const uint8_t *want)
{
	return b->pcrs >> reg & 1 && b->values[reg].alg == DIGEST_SHA384 &&
	       !memcmp(b->values[reg].bytes, want, 48);
}

static struct bundle_bank of(const struct bundle *b)
{
	struct bundle_bank bank = { 0 };
	struct err e = { 0 };

	CHECK_OK(evidence_registers(&bank, b, DIGEST_SHA256, a, &e), e);
	return bank;
}

static void snp(void)
{
	struct snp_made_report r = snp_made_report(3);
	struct bundle b = { .kind = BUNDLE_SNP, .snp_report = SPAN_OF(r.bytes) };
	struct bundle_bank bank;

	for (size_t i = 0; i < 48; i++)
		r.bytes[SNP_MEASUREMENT + i] = (uint8_t)(i + 1);
	bank = of(&b);
	CHECK(bank.pcrs == 1 && bank.alg == DIGEST_SHA384 &&
		holds(&bank, 0, r.bytes + SNP_MEASUREMENT));
}

static void tdx(void)
{
	struct made_tdx m = made_honest();
	struct made_quote_spec s = { .version = 4, .body_type = 2, .qe_svn = 4 };
	CLEANUP(buf_done) struct buf q = made_tdx_quote(&m, &s);
	struct bundle b = { .kind = BUNDLE_TDX, .tdx_quote = buf_span(&q) };
	struct bundle_bank bank;

	for (size_t i = 0; i < 4 * 48; i++)
		q.p[TDX_BODY + TDX_RTMR + i] = (uint8_t)(i + 1);
	bank = of(&b);
	CHECK(bank.pcrs == 0x1f && holds(&bank, PLATFORM_MRTD, q.p + TDX_BODY + TDX_MRTD));
	for (unsigned i = 0; i < 4; i++)
		CHECK(holds(&bank, PLATFORM_RTMR + i, q.p + TDX_BODY + TDX_RTMR + 48 * i));
}

static const uint8_t pcr[2][48] = { { 1, 2 }, { 3, 4 } };

/* PCR 0 and 8; signatures are nobody's business here. pcrs: the member's name. */
static struct buf nitro_bytes(const char *pcrs)
{
	static const uint8_t protected_header[] = { 0xa1, 0x01, 0x38, 0x22 };
	static const uint8_t der[8] = { 0x30, 6 }, signature[96] = { 2 };
	CLEANUP(buf_done) struct buf p = buf_init(1 << 16);
	struct buf b = buf_init(1 << 16);

	cbor_put_map(&p, 9);
	cbor_put_text(&p, STR("module_id"));
	cbor_put_text(&p, STR("i-1-enc2"));
	cbor_put_text(&p, STR("digest"));
	cbor_put_text(&p, STR("SHA384"));
	cbor_put_text(&p, STR("timestamp"));
	cbor_put_uint(&p, 1767225600000);
	cbor_put_text(&p, str_of(pcrs));
	cbor_put_map(&p, 2);
	cbor_put_uint(&p, 0);
	cbor_put_bytes(&p, SPAN_OF(pcr[0]));
	cbor_put_uint(&p, 8);
	cbor_put_bytes(&p, SPAN_OF(pcr[1]));
	cbor_put_text(&p, STR("certificate"));
	cbor_put_bytes(&p, SPAN_OF(der));
	cbor_put_text(&p, STR("cabundle"));
	cbor_put_array(&p, 1);
	cbor_put_bytes(&p, SPAN_OF(der));
	cbor_put_text(&p, STR("public_key"));
	cbor_put_null(&p);
	cbor_put_text(&p, STR("user_data"));
	cbor_put_null(&p);
	cbor_put_text(&p, STR("nonce"));
	cbor_put_null(&p);
	cbor_put_array(&b, 4);
	cbor_put_bytes(&b, SPAN_OF(protected_header));
	cbor_put_map(&b, 0);
	cbor_put_bytes(&b, buf_span(&p));
	cbor_put_bytes(&b, SPAN_OF(signature));
	return b;
}

static void nitro(void)
{
	CLEANUP(buf_done) struct buf d = nitro_bytes("pcrs"), i = nitro_bytes("nitrotpm_pcrs");
	struct bundle b = { .kind = BUNDLE_NITRO, .nitro_document = buf_span(&d) };
	struct bundle_bank bank = of(&b);

	CHECK(bank.pcrs == 0x101 && holds(&bank, 0, pcr[0]) && holds(&bank, 8, pcr[1]));
	CHECK(evidence_registers_platform(&b, a) == PLATFORM_NITRO_ENCLAVE);
	b.nitro_document = buf_span(&i);
	CHECK(of(&b).pcrs == 0x101 && evidence_registers_platform(&b, a) == PLATFORM_TPM);
	b.nitro_document.n--; /* cut: nobody knows what it was */
	CHECK(evidence_registers_platform(&b, a) == PLATFORM_NITRO_ENCLAVE);
	b.kind = BUNDLE_TDX; /* another's bytes say nothing */
	b.nitro_document.n++;
	CHECK(evidence_registers_platform(&b, a) == PLATFORM_TDX);
}

static void tpm(void)
{
	struct bundle b = { .kind = BUNDLE_TPM, .n_banks = 1 };
	struct bundle_bank bank;
	struct err e = { 0 };

	b.banks[0] = (struct bundle_bank){ .alg = DIGEST_SHA256, .pcrs = 0x11 };
	b.banks[0].values[4] = digest_of(DIGEST_SHA256, str_span(STR("x")));
	bank = of(&b);
	CHECK(bank.pcrs == 0x11 && digest_equal(&bank.values[4], &b.banks[0].values[4]));
	b.kind = BUNDLE_AZURE;
	CHECK(of(&b).pcrs == 0x11);
	CHECK_ERR(evidence_registers(&bank, &b, DIGEST_SHA384, a, &e), e, ERR_NOTFOUND);
}

static void every_kind(void)
{
	static const enum bundle_kind kinds[] = { BUNDLE_SNP, BUNDLE_TDX, BUNDLE_NITRO };

	snp();
	tdx();
	nitro();
	tpm();
	for (size_t i = 0; i < ARRAY_LEN(kinds); i++) {
		struct bundle b = { .kind = kinds[i] };
		struct bundle_bank bank = { .pcrs = 7 };
		struct err e = { 0 };

		CHECK(!evidence_registers(&bank, &b, DIGEST_SHA256, a, &e) && e.kind != ERR_NONE);
		CHECK(bank.pcrs == 7);
	}
}

static void fits(void)
{
	struct reference_register r[3] = { { .reg = 0, .how = REFERENCE_COMPUTED },
		{ .reg = 1, .how = REFERENCE_NOT_PREDICTABLE },
		{ .reg = 2, .how = REFERENCE_OBSERVED } };
	struct reference_shape s = { .banks = { DIGEST_SHA256, DIGEST_SHA384 },
		.n_banks = 2,
		.registers = r,
		.n_registers = 3 };
	struct bundle_bank b = { .alg = DIGEST_SHA384, .pcrs = 7 };

	for (unsigned i = 0; i < 3; i++) {
		b.values[i] = digest_of(DIGEST_SHA384, span_make(&"abc"[i], 1));
		r[i].values[1] = b.values[i];
	}
	CHECK(evidence_registers_fit(&b, &s));
	b.values[1].bytes[0] ^= 1; /* nobody predicts that one */
	CHECK(evidence_registers_fit(&b, &s));
	b.values[2].bytes[47] ^= 1;
	CHECK(!evidence_registers_fit(&b, &s));
	b.pcrs = 3; /* it is not in the evidence */
	CHECK(evidence_registers_fit(&b, &s));
	b.pcrs = 2; /* nothing is left to compare */
	CHECK(!evidence_registers_fit(&b, &s));
	b.pcrs = 7;
	b.values[2].bytes[47] ^= 1;
	b.alg = DIGEST_SHA512;
	CHECK(!evidence_registers_fit(&b, &s));
}

int main(void)
{
	a = arena_new(1 << 20);
	every_kind();
	fits();
	arena_free(a);
	return test_end();
}
