#include "image/pe_certificates.h"

#include "codec/pe.h"
#include "pe_made.h"
#include "test.h"

enum { CHECKSUM_AT = PE_MADE_OPTIONAL_AT + 64, ENTRY_AT = PE_MADE_OPTIONAL_AT + 112 + 32 };

/* Two values of DER that could be signatures, one a multiple of 8 and one not. */
static const uint8_t signature[] = { 0x30, 9, 1, 2, 3, 4, 5, 6, 7, 8, 9 };
static const uint8_t even_signature[] = { 0x30, 6, 1, 2, 3, 4, 5, 6 };

static struct buf make(void)
{
	static const uint8_t text[700] = { 1, 2, 3 };
	const struct pe_made_section sections[] = { { ".text", SPAN_OF(text) } };
	struct buf b = pe_made(true, sections, 1);

	put_u32le(b.p + CHECKSUM_AT, 0);
	return b;
}

static struct buf sign(struct span file, struct span with)
{
	struct buf out = buf_init(PE_MADE_MAX);
	struct err e;

	CHECK_OK(pe_certificates_attach(&out, file, with, &e), e);
	return out;
}

static void there_and_back(struct span with)
{
	struct buf plain CLEANUP(buf_done) = make(),
			 again CLEANUP(buf_done) = buf_init(PE_MADE_MAX);
	struct buf done CLEANUP(buf_done) = sign(buf_span(&plain), with);
	struct digest before, after;
	struct span found;
	struct err e;

	CHECK(!pe_certificates_present(buf_span(&plain)));
	CHECK(pe_certificates_present(buf_span(&done)));
	CHECK(done.n == plain.n + (8 + with.n + 7) / 8 * 8);
	CHECK_OK(pe_authenticode(&before, buf_span(&plain), DIGEST_SHA256, &e), e);
	CHECK_OK(pe_authenticode(&after, buf_span(&done), DIGEST_SHA256, &e), e);
	CHECK(digest_equal(&before, &after));
	CHECK_OK(pe_certificates_detach(&again, &found, buf_span(&done), &e), e);
	CHECK(span_equal(buf_span(&again), buf_span(&plain)) && span_equal(found, with));
	CHECK(found.p >= done.p + plain.n && found.p + found.n <= done.p + done.n);
}

/* The sum of all 16-bit words with CheckSum as 0, carries added, and the file's size: the slow way. */
static void checksum_is_the_formats(void)
{
	struct buf plain CLEANUP(buf_done) = make();
	struct buf done CLEANUP(buf_done) = sign(buf_span(&plain), SPAN_OF(signature));
	uint32_t said = (uint32_t)done.p[CHECKSUM_AT] | (uint32_t)done.p[CHECKSUM_AT + 1] << 8 |
			(uint32_t)done.p[CHECKSUM_AT + 2] << 16 |
			(uint32_t)done.p[CHECKSUM_AT + 3] << 24;
	uint64_t sum = 0;

	put_u32le(done.p + CHECKSUM_AT, 0);
	for (size_t i = 0; i < done.n; i += 2)
		sum += (uint64_t)(done.p[i] | done.p[i + 1] << 8);
	while (sum >> 16)
		sum = (sum & 0xffff) + (sum >> 16);
	CHECK(said == sum + done.n);
}

static void refusals(void)
{
	struct buf plain CLEANUP(buf_done) = make(), out CLEANUP(buf_done) = buf_init(PE_MADE_MAX);
	struct buf done CLEANUP(buf_done) = sign(buf_span(&plain), SPAN_OF(signature));
	static uint8_t big[PE_CERTIFICATES_SIGNATURE_MAX + 1] = { 0x30 };
	struct span s;
	struct err e;

	CHECK_ERR(pe_certificates_attach(&out, buf_span(&done), SPAN_OF(signature), &e), e,
		ERR_MISMATCH);
	CHECK_ERR(pe_certificates_detach(&out, &s, buf_span(&plain), &e), e, ERR_NOTFOUND);
	CHECK_ERR(pe_certificates_attach(&out, buf_span(&plain), SPAN_OF(big), &e), e, ERR_LIMIT);
	CHECK_ERR(pe_certificates_attach(&out, buf_span(&plain), span_make(big, 0), &e), e,
		ERR_LIMIT);
	CHECK_ERR(
		pe_certificates_attach(&out, SPAN_OF(big), SPAN_OF(signature), &e), e, ERR_FORMAT);
	put_u32le(plain.p + CHECKSUM_AT, 1);
	CHECK_ERR(pe_certificates_attach(&out, buf_span(&plain), SPAN_OF(signature), &e), e,
		ERR_FORMAT);
	put_u32le(plain.p + CHECKSUM_AT, 0);
	put_u32le(plain.p + PE_MADE_OPTIONAL_AT + 108, 4); /* no directory for certificates */
	CHECK_ERR(pe_certificates_attach(&out, buf_span(&plain), SPAN_OF(signature), &e), e,
		ERR_FORMAT);
	put_u32le(plain.p + PE_MADE_OPTIONAL_AT + 108, 16);
	buf_u8(&plain, 0);
	CHECK_ERR(pe_certificates_attach(&out, buf_span(&plain), SPAN_OF(signature), &e), e,
		ERR_FORMAT);
	CHECK(out.n == 0);
}

/* A change in the table's own bytes is refused, or it lies in the signature and comes out with it. */
static void every_flip_shows(struct span with)
{
	struct buf plain CLEANUP(buf_done) = make();
	struct buf done CLEANUP(buf_done) = sign(buf_span(&plain), with);
	size_t hidden = 0;
	struct span found;
	struct err e;

	for (size_t at = plain.n; at < done.n; at++)
		for (unsigned bit = 0; bit < 8; bit++) {
			struct buf out CLEANUP(buf_done) = buf_init(PE_MADE_MAX);

			done.p[at] ^= (uint8_t)(1u << bit);
			hidden += pe_certificates_detach(&out, &found, buf_span(&done), &e) &&
				  span_equal(found, with);
			done.p[at] ^= (uint8_t)(1u << bit);
		}
	CHECK(hidden == 0);
	for (size_t n = 0; n < done.n; n++) {
		struct buf out CLEANUP(buf_done) = buf_init(PE_MADE_MAX);

		hidden += pe_certificates_detach(&out, &found, span_make(done.p, n), &e);
	}
	CHECK(hidden == 0);
}

/* Other signers: padding within the entry's length is taken, a second entry is not. */
static void tables_of_others(void)
{
	struct buf plain CLEANUP(buf_done) = make(), out CLEANUP(buf_done) = buf_init(PE_MADE_MAX);
	struct buf done CLEANUP(buf_done) = sign(buf_span(&plain), SPAN_OF(signature));
	struct span found;
	struct err e;

	put_u32le(done.p + plain.n, (uint32_t)(done.n - plain.n));
	CHECK_OK(pe_certificates_detach(&out, &found, buf_span(&done), &e), e);
	CHECK(span_equal(found, SPAN_OF(signature)) &&
		span_equal(buf_span(&out), buf_span(&plain)));
	buf_add(&done, done.p + plain.n, done.n - plain.n);
	put_u32le(done.p + ENTRY_AT + 4, (uint32_t)(done.n - plain.n));
	CHECK_ERR(pe_certificates_detach(&out, &found, buf_span(&done), &e), e, ERR_FORMAT);
}

int main(void)
{
	there_and_back(SPAN_OF(signature));
	there_and_back(SPAN_OF(even_signature));
	checksum_is_the_formats();
	refusals();
	every_flip_shows(SPAN_OF(signature));
	every_flip_shows(SPAN_OF(even_signature));
	tables_of_others();
	return test_end();
}
