/*
 * Whatever file somebody hands over as evidence, and as each of the parts that travel with it; what is taken goes through
 * a bundle unchanged, and is told about.
 */
#include "appraise/evidence_read.h"

#include <string.h>

#include "appraise/bundle_fill.h"
#include "appraise/bundle_status.h"
#include "evidence/evidence_kind.h"
#include "fuzz.h"

enum { MEMORY_MAX = 32 << 20, AT = 1796083200 };

static void tell(const struct bundle *b, struct arena *a)
{
	struct bundle_status s;
	struct err e = { 0 };

	MUST(bundle_status(&s, b, &(struct bundle_status_at){ .at_unix = AT }, a, &e) ||
		e.kind == ERR_LIMIT);
}

static void through_a_bundle(const struct bundle *b, struct arena *a)
{
	CLEANUP(buf_done) struct buf out = buf_init(2 * BUNDLE_SIZE_MAX);
	struct bundle back;
	struct err e = { 0 };

	if (b->kind == BUNDLE_AZURE || b->kind == BUNDLE_TPM)
		return; /* raw, it lacks the quote */
	MUST(bundle_emit(b, &out, &e));
	MUST(evidence_read(&back, buf_span(&out), a, &e));
	MUST(back.kind == b->kind && span_equal(back.snp_report, b->snp_report) &&
		span_equal(back.tdx_quote, b->tdx_quote) &&
		span_equal(back.nitro_document, b->nitro_document));
}

static void as_a_part(struct span file, struct arena *a)
{
	static const struct {
		const char *label;
		enum bundle_kind kind;
	} parts[] = { { "snp.certificate", BUNDLE_SNP }, { "snp.crl", BUNDLE_SNP },
		{ "tdx.tcb-info", BUNDLE_TDX }, { "tdx.tcb-info-chain", BUNDLE_TDX },
		{ "tdx.qe-identity", BUNDLE_TDX }, { "tdx.pck-crl", BUNDLE_TDX },
		{ "log.cc", BUNDLE_TDX }, { "tpm.quote", BUNDLE_AZURE },
		{ "tpm.signature", BUNDLE_AZURE }, { "tpm.pcrs", BUNDLE_AZURE } };

	for (size_t i = 0; i < ARRAY_LEN(parts); i++) {
		struct bundle b = { .kind = parts[i].kind };
		struct err e = { 0 };

		if (!bundle_fill(&b, parts[i].label, file, a, &e))
			continue;
		fuzz_taken = true;
		tell(&b, a);
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	CLEANUP(arena_freep) struct arena *a = arena_new(MEMORY_MAX);
	struct span file = span_make(data, size);
	struct bundle b;
	struct err e = { 0 };

	MUST(evidence_kind_words(evidence_kind_of(file)));
	if (evidence_read(&b, file, a, &e)) {
		fuzz_taken = true;
		tell(&b, a);
		through_a_bundle(&b, a);
	}
	as_a_part(file, a);
	return 0;
}

static void put_report(struct buf *b)
{
	buf_u32le(b, 5);
	buf_fill(b, 0, 0x34 - 4);
	buf_u32le(b, 1);
	buf_fill(b, 0xd4, 8);
	buf_fill(b, 0, 0x188 - 0x40);
	buf_add(b, "\x19\x01\x01", 3);
	buf_fill(b, 0xc1, 1184 - 0x18b);
}

static void put_table(struct buf *b)
{
	buf_add(b, "\x63\xda\x75\x8d\xe6\x64\x45\x64\xad\xc5\xf4\xb9\x3b\xe8\xac\xcd", 16);
	buf_u32le(b, 48);
	buf_u32le(b, 4);
	buf_fill(b, 0, 24);
	buf_add(b, "\x30\x02\x05\x00", 4);
}

static void put_quote(struct buf *b)
{
	static const char pem[] = "-----BEGIN CERTIFICATE-----\nMAA=\n-----END CERTIFICATE-----\n";

	buf_u16le(b, 4);
	buf_u16le(b, 2);
	buf_u32le(b, 0x81);
	buf_fill(b, 0, 40 + 584);
	buf_u32le(b, 64 + 64 + 6 + 384 + 64 + 2 + 6 + sizeof pem - 1);
	buf_fill(b, 0, 128);
	buf_u16le(b, 6);
	buf_u32le(b, 384 + 64 + 2 + 6 + sizeof pem - 1);
	buf_fill(b, 0, 384 + 64);
	buf_u16le(b, 0);
	buf_u16le(b, 5);
	buf_u32le(b, sizeof pem - 1);
	buf_add(b, pem, sizeof pem - 1);
}

/* A report, one with the host's table, the table alone, a quote, values as a tool prints them. */
bool fuzz_sample(size_t i, struct buf *b)
{
	if (i == 0 || i == 1)
		put_report(b);
	if (i == 1 || i == 2)
		put_table(b);
	if (i == 3)
		put_quote(b);
	if (i == 4)
		buf_add_cstr(b, "  sha1:\n    0 : 0x1111111111111111111111111111111111111111\n"
				"  sha256:\n");
	return i < 5;
}
