/*
 * Recognising evidence: each raw kind as its platform gives it, each cut at every length, and what people mistake for it.
 */
#include "appraise/evidence_read.h"

#include "codec/cbor.h"
#include "evidence/azure_hcl.h"
#include "evidence/evidence_kind.h"
#include "snp_made.h"
#include "tdx_quote_made.h"

static struct arena *a;

static struct buf copy(const void *p, size_t n)
{
	struct buf b = buf_init(1 << 20);

	buf_add(&b, p, n);
	return b;
}

static struct buf tdx_bytes(uint16_t version)
{
	struct made_tdx m = made_honest();
	struct made_quote_spec s = {
		.version = version, .body_type = version == 5 ? 3 : 2, .qe_svn = 4
	};

	return made_tdx_quote(&m, &s);
}

/* A table of one VCEK of 20 bytes. */
static void add_table(struct buf *b)
{
	buf_add(b, "\x63\xda\x75\x8d\xe6\x64\x45\x64\xad\xc5\xf4\xb9\x3b\xe8\xac\xcd", 16);
	buf_u32le(b, 48);
	buf_u32le(b, 20);
	buf_fill(b, 0, 24);
	buf_fill(b, 0x77, 20);
}

/* The payload with the members that must be there; signatures are nobody's business here. */
static struct buf nitro_bytes(bool tagged)
{
	static const uint8_t protected_header[] = { 0xa1, 0x01, 0x38, 0x22 };
	static const uint8_t pcr[48] = { 1 }, der[8] = { 0x30, 6 }, signature[96] = { 2 };
	CLEANUP(buf_done) struct buf p = buf_init(1 << 16);
	struct buf b = buf_init(1 << 16);

	cbor_put_map(&p, 9);
	cbor_put_text(&p, STR("module_id"));
	cbor_put_text(&p, STR("i-1-enc2"));
	cbor_put_text(&p, STR("digest"));
	cbor_put_text(&p, STR("SHA384"));
	cbor_put_text(&p, STR("timestamp"));
	cbor_put_uint(&p, 1767225600000);
	cbor_put_text(&p, STR("pcrs"));
	cbor_put_map(&p, 1);
	cbor_put_uint(&p, 0);
	cbor_put_bytes(&p, SPAN_OF(pcr));
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
	if (tagged)
		cbor_put_tag(&b, 18);
	cbor_put_array(&b, 4);
	cbor_put_bytes(&b, SPAN_OF(protected_header));
	cbor_put_map(&b, 0);
	cbor_put_bytes(&b, buf_span(&p));
	cbor_put_bytes(&b, SPAN_OF(signature));
	return b;
}

static struct buf azure_bytes(void)
{
	CLEANUP(buf_done) struct buf runtime = buf_init(1 << 16);
	struct snp_made_report report = snp_made_report(2);
	struct buf b = buf_init(1 << 16);

	buf_add_cstr(&runtime, "{\"keys\":[{\"kid\":\"HCLAkPub\",\"kty\":\"RSA\",\"e\":\"AQAB\","
			       "\"n\":\"");
	buf_fill(&runtime, 'k', 341);
	buf_u8(&runtime, 'w');
	buf_add_cstr(&runtime, "\"}],\"vm-configuration\":{}}");
	buf_add_cstr(&b, "HCLA");
	buf_u32le(&b, 1);
	buf_u32le(&b, (uint32_t)(1236 + runtime.n));
	buf_u32le(&b, 2);
	buf_fill(&b, 0, 16);
	buf_add(&b, report.bytes, sizeof report.bytes);
	buf_u32le(&b, (uint32_t)(20 + runtime.n));
	buf_u32le(&b, 1);
	buf_u32le(&b, AZURE_HCL_SNP);
	buf_u32le(&b, 1);
	buf_u32le(&b, (uint32_t)runtime.n);
	buf_add(&b, runtime.p, runtime.n);
	return b;
}

static void raw_kinds(void)
{
	struct snp_made_report report = snp_made_report(5);
	struct err e = { 0 };
	struct buf files[] = { copy(report.bytes, sizeof report.bytes), tdx_bytes(4), tdx_bytes(5),
		nitro_bytes(false), nitro_bytes(true), azure_bytes() };
	static const enum bundle_kind kinds[] = { BUNDLE_SNP, BUNDLE_TDX, BUNDLE_TDX, BUNDLE_NITRO,
		BUNDLE_NITRO, BUNDLE_AZURE };

	for (size_t i = 0; i < ARRAY_LEN(files); i++) {
		struct span file = buf_span(&files[i]);
		struct bundle b = { 0 };
		const struct span *parts[] = { [BUNDLE_SNP] = &b.snp_report,
			[BUNDLE_TDX] = &b.tdx_quote,
			[BUNDLE_NITRO] = &b.nitro_document,
			[BUNDLE_AZURE] = &b.azure_hcl };

		CHECK_OK(evidence_read(&b, file, a, &e), e);
		CHECK(b.kind == kinds[i] && parts[kinds[i]]->p == file.p &&
			parts[kinds[i]]->n == file.n);
		CHECK(!b.has_binding && !b.quote.p && !b.snp_table.p && !b.n_banks);
		for (size_t n = 0; n < file.n; n++) {
			struct arena *mine = arena_new(1 << 20);
			bool ok = evidence_read(&b, span_make(file.p, n), mine, &e);

			if (ok || (e.kind != ERR_FORMAT && e.kind != ERR_LIMIT))
				printf("kind %d cut at %zu\n", kinds[i], n);
			CHECK(!ok && (e.kind == ERR_FORMAT || e.kind == ERR_LIMIT));
			arena_free(mine);
		}
		buf_done(&files[i]);
	}
}

/* A report of each version; the host's table behind it, padding, and what is neither. */
static void extended(void)
{
	struct bundle b = { 0 };
	struct err e = { 0 };

	for (uint32_t version = 2; version <= 5; version++) {
		struct snp_made_report report = snp_made_report(version);
		CLEANUP(buf_done) struct buf f = copy(report.bytes, sizeof report.bytes);

		add_table(&f);
		CHECK(evidence_kind_of(buf_span(&f)) == EVIDENCE_KIND_SNP_EXTENDED);
		CHECK_OK(evidence_read(&b, buf_span(&f), a, &e), e);
		CHECK(b.snp_report.n == SNP_REPORT_SIZE && b.snp_table.n == 68);
		f.p[SNP_REPORT_SIZE] ^= 1; /* a GUID of somebody else is the host's business */
		CHECK_OK(evidence_read(&b, buf_span(&f), a, &e), e);
		f.p[SNP_REPORT_SIZE + 16] = 200;
		CHECK_ERR(evidence_read(&b, buf_span(&f), a, &e), e, ERR_FORMAT);
		f.n = SNP_REPORT_SIZE;
		buf_fill(&f, 0, 2816);
		CHECK_OK(evidence_read(&b, buf_span(&f), a, &e), e);
		CHECK(b.snp_report.n == SNP_REPORT_SIZE && !b.snp_table.p);
		f.n = SNP_REPORT_SIZE + 40;
		memset(f.p + SNP_REPORT_SIZE, 0x5a, 40);
		CHECK_ERR(evidence_read(&b, buf_span(&f), a, &e), e, ERR_FORMAT);
	}
}

/* In a bundle what a raw file gave comes back. */
static void bundles(void)
{
	CLEANUP(buf_done) struct buf quote = tdx_bytes(4), out = buf_init(BUNDLE_SIZE_MAX);
	struct bundle b = { 0 }, back = { 0 };
	struct err e = { 0 };

	CHECK_OK(evidence_read(&b, buf_span(&quote), a, &e), e);
	CHECK_OK(bundle_emit(&b, &out, &e), e);
	CHECK_OK(evidence_read(&back, buf_span(&out), a, &e), e);
	CHECK(back.kind == BUNDLE_TDX && span_equal(back.tdx_quote, b.tdx_quote));
	out.n--;
	out.p[out.n - 1] = ' ';
	CHECK_ERR(evidence_read(&back, buf_span(&out), a, &e), e, ERR_FORMAT);
}

/* Nothing of these is evidence, and the message says what each one is. */
static void others(void)
{
	static const struct {
		const char *text;
		size_t n;
		enum evidence_kind kind;
		const char *words;
	} cases[] = {
		{ "", 0, EVIDENCE_KIND_EMPTY, "an empty file" },
		{ "\0\0\0\0\0\0", 6, EVIDENCE_KIND_ZEROES, "zeroes" },
		{ "\x7f\0\0\0\0\0", 6, EVIDENCE_KIND_UNKNOWN, "nothing that is known" },
		{ "\0\0\0\0\0\x7f", 6, EVIDENCE_KIND_UNKNOWN, "nothing that is known" },
		{ "something", 9, EVIDENCE_KIND_BASE64, "base64" },
		{ "some thing!", 11, EVIDENCE_KIND_UNKNOWN, "nothing that is known" },
		{ "02000000 00ff\n", 14, EVIDENCE_KIND_HEX, "hexadecimal" },
		{ "{\"a\":1}", 7, EVIDENCE_KIND_JSON, "__cmwc_t" },
		{ "{\"tcbInfo\":{}}", 14, EVIDENCE_KIND_TCB_INFO, "TCB info" },
		{ " {\"enclaveIdentity\":{}}", 23, EVIDENCE_KIND_QE_IDENTITY, "enclave identity" },
		{ "-----BEGIN CERTIFICATE-----\n", 28, EVIDENCE_KIND_CERTIFICATE_PEM,
			"certificates in PEM" },
		{ "-----BEGIN X509 CRL-----\n", 25, EVIDENCE_KIND_CRL_PEM, "CRL in PEM" },
		{ "-----BEGIN PRIVATE KEY-----\n", 28, EVIDENCE_KIND_PEM, "no certificate" },
		{ "\xffTCG\x80\x18", 6, EVIDENCE_KIND_TPM_QUOTE, "quote of a TPM" },
		{ "\x30\x07\x30\x05\xa0\x03\x02\x01\x02", 9, EVIDENCE_KIND_CERTIFICATE_DER,
			"certificate in DER" },
		{ "\x30\x05\x30\x03\x02\x01\x01", 7, EVIDENCE_KIND_CRL_DER, "CRL in DER" },
		{ "\x30\x05\x30\x03\x02\x01\x02", 7, EVIDENCE_KIND_UNKNOWN,
			"nothing that is known" },
	};
	struct bundle b = { .kind = BUNDLE_AZURE };
	struct err e = { 0 };

	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		struct span file = span_make(cases[i].text, cases[i].n);

		CHECK(evidence_kind_of(file) == cases[i].kind);
		CHECK_ERR(evidence_read(&b, file, a, &e), e, ERR_FORMAT);
		if (!strstr(e.text, cases[i].words))
			printf("case %zu: %s\n", i, e.text);
		CHECK(strstr(e.text, cases[i].words) != NULL);
		CHECK(b.kind == BUNDLE_AZURE);
	}
}

/* Bytes around or instead of a report that look like one at some place. */
static void near_misses(void)
{
	struct snp_made_report report = snp_made_report(2);
	CLEANUP(buf_done)
	struct buf response = buf_init(1 << 16), sgx = tdx_bytes(4), td = buf_init(1 << 16),
		   table = buf_init(1 << 16), log = buf_init(1 << 16);
	struct bundle b = { 0 };
	struct err e = { 0 };

	buf_u32le(&response, 0);
	buf_u32le(&response, SNP_REPORT_SIZE);
	buf_fill(&response, 0, 24);
	buf_add(&response, report.bytes, sizeof report.bytes);
	CHECK(evidence_kind_of(buf_span(&response)) == EVIDENCE_KIND_SNP_RESPONSE);
	buf_u8(&td, 0x81);
	buf_fill(&td, 0, 1022);
	buf_u8(&td, 1);
	CHECK(evidence_kind_of(buf_span(&td)) == EVIDENCE_KIND_TD_REPORT);
	add_table(&table);
	CHECK(evidence_kind_of(buf_span(&table)) == EVIDENCE_KIND_SNP_TABLE);
	buf_u32le(&log, 0);
	buf_u32le(&log, 3);
	buf_fill(&log, 0, 20);
	buf_u32le(&log, 45);
	CHECK(evidence_kind_of(buf_span(&log)) == EVIDENCE_KIND_EVENT_LOG);
	sgx.p[0] = 3;
	sgx.p[4] = 0;
	CHECK(evidence_kind_of(buf_span(&sgx)) == EVIDENCE_KIND_TDX_QUOTE);
	CHECK_ERR(evidence_read(&b, buf_span(&sgx), a, &e), e, ERR_FORMAT);
	CHECK(strstr(e.text, "SGX") != NULL);
	for (uint8_t version = 0; version < 8; version++) {
		report.bytes[0] = version;
		CHECK(evidence_read(&b, SPAN_OF(report.bytes), a, &e) ==
			(version >= 2 && version <= 5));
	}
}

int main(void)
{
	a = arena_new(64 << 20);
	raw_kinds();
	extended();
	bundles();
	others();
	near_misses();
	arena_free(a);
	return test_end();
}
