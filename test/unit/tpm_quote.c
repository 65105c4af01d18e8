#include "evidence/tpm_quote.h"

#include "tpm_made.h"

static struct made_quote sample(void)
{
	static const uint8_t extra[32] = { 0xee };

	return (struct made_quote){ .magic = TPM_GENERATED_VALUE,
		.type = TPM_ST_ATTEST_QUOTE,
		.extra = SPAN_OF(extra),
		.safe = 1,
		.n = 2,
		.selections = { { TPM_ALG_SHA256, 0, 0x7afd }, { TPM_ALG_SHA384, 0, 0x800001 } },
		.digest = { 0xd1 } };
}

static void reads(void)
{
	struct made_quote m = sample();
	CLEANUP(buf_done) struct buf b = made_quote(&m);
	struct tpm_quote q;
	struct err e = { 0 };

	CHECK_OK(tpm_quote_parse(&q, buf_span(&b), &e), e);
	CHECK(q.qualified_signer.n == 34 && q.extra_data.n == 32 && q.extra_data.p[0] == 0xee);
	CHECK(q.clock_ms == 12345 && q.reset_count == 7 && q.restart_count == 1 && q.clock_safe);
	CHECK(q.firmware_version == 0x2023121100162836);
	CHECK(q.n_selections == 2 && tpm_quote_selected(&q, DIGEST_SHA256) == 0x7afd);
	CHECK(tpm_quote_selected(&q, DIGEST_SHA384) == 0x800001);
	CHECK(tpm_quote_selected(&q, DIGEST_SHA1) == 0);
	CHECK(tpm_quote_selected(&q, DIGEST_NONE) == 0);
	CHECK(q.pcr_digest.n == 32 && q.pcr_digest.p[0] == 0xd1);
}

static void refuse(struct made_quote m, enum err_kind kind)
{
	CLEANUP(buf_done) struct buf b = made_quote(&m);
	struct tpm_quote q;
	struct err e = { 0 };

	CHECK_ERR(tpm_quote_parse(&q, buf_span(&b), &e), e, kind);
}

static void refuses(void)
{
	struct made_quote m = sample();

	m.magic = 0x4556494c;
	refuse(m, ERR_FORMAT);
	m = sample();
	m.type = 0x8017; /* TPM_ST_ATTEST_CERTIFY */
	refuse(m, ERR_FORMAT);
	m = sample();
	m.safe = 2;
	refuse(m, ERR_FORMAT);
	m = sample();
	m.selections[1].hash = TPM_ALG_SHA256;
	refuse(m, ERR_FORMAT);
}

/* The count of selections and the size of a selection as an attacker would like them. */
static void lies(void)
{
	static const uint8_t counts[] = { 0xff, 0x7f, 17 };
	struct made_quote m = sample();
	CLEANUP(buf_done) struct buf b = made_quote(&m);
	const size_t count_at = 4 + 2 + 36 + 34 + 17 + 8;
	struct tpm_quote q;
	struct err e = { 0 };

	for (size_t i = 0; i < ARRAY_LEN(counts); i++) {
		b.p[count_at] = counts[i] == 17 ? 0 : counts[i];
		b.p[count_at + 3] = 17;
		CHECK_ERR(tpm_quote_parse(&q, buf_span(&b), &e), e, ERR_LIMIT);
	}
	b.p[count_at] = 0;
	b.p[count_at + 3] = 2;
	b.p[count_at + 6] = 0xff;
	CHECK_ERR(tpm_quote_parse(&q, buf_span(&b), &e), e, ERR_FORMAT);
}

static void truncations(void)
{
	struct made_quote m = sample();
	CLEANUP(buf_done) struct buf b = made_quote(&m);
	struct tpm_quote q;
	struct err e = { 0 };

	for (size_t n = 0; n < b.n; n++)
		CHECK_ERR(tpm_quote_parse(&q, span_make(b.p, n), &e), e, ERR_FORMAT);
	buf_u8(&b, 0);
	CHECK_ERR(tpm_quote_parse(&q, buf_span(&b), &e), e, ERR_FORMAT);
	buf_fill(&b, 0, TPM_QUOTE_SIZE_MAX);
	CHECK_ERR(tpm_quote_parse(&q, buf_span(&b), &e), e, ERR_LIMIT);
}

/* A selection may have 4 octets (TPMs with 32 PCRs), but only the first 24 registers exist here. */
static void wide_selections(void)
{
	struct made_quote m = sample();
	CLEANUP(buf_done) struct buf b = made_quote(&m);
	CLEANUP(buf_done) struct buf wide = buf_init(2048);
	const size_t bits_at = 4 + 2 + 36 + 34 + 17 + 8 + 4 + 3 + 3;
	struct tpm_quote q;
	struct err e = { 0 };

	buf_add(&wide, b.p, bits_at);
	buf_u8(&wide, 0);
	buf_add(&wide, b.p + bits_at, b.n - bits_at);
	wide.p[bits_at - 4] = 4;
	CHECK_OK(tpm_quote_parse(&q, buf_span(&wide), &e), e);
	wide.p[bits_at] = 1;
	CHECK_ERR(tpm_quote_parse(&q, buf_span(&wide), &e), e, ERR_FORMAT);
}

int main(void)
{
	reads();
	refuses();
	lies();
	truncations();
	wide_selections();
	return test_end();
}
