#include "evidence/snp_report.h"

#include "evidence/snp_report_check.h"
#include "snp_made.h"

static struct span span_of(const struct snp_made_report *m)
{
	return SPAN_OF(m->bytes);
}

static struct snp_report parsed(const struct snp_made_report *m)
{
	struct snp_report r = { 0 };
	struct err e = { 0 };

	CHECK_OK(snp_report_parse(&r, span_of(m), &e), e);
	return r;
}

static void fields(void)
{
	struct snp_made_report m = snp_made_report(5);
	struct snp_report r;

	snp_made_put(&m, 0x048, 0x07, 4); /* author's key, masked chip, VLEK */
	snp_made_put(&m, 0x030, 2, 4);
	r = parsed(&m);
	CHECK(r.version == 5 && r.guest_svn == 3 && r.policy == 0x30137 && r.vmpl == 2);
	CHECK(r.algorithm == 1 && r.platform_info == 0x25);
	CHECK(r.author_key_en && r.mask_chip_key && r.signing_key == SNP_KEY_VLEK);
	CHECK(r.family_id.n == 16 && r.family_id.p[0] == 0xf1 && r.image_id.p[15] == 0xf2);
	CHECK(r.report_data.n == 64 && r.report_data.p[0] == 0xd1 && r.report_data.p[63] == 0xd1);
	CHECK(r.measurement.n == 48 && r.measurement.p[0] == 0xd2 && r.measurement.p[47] == 0xd2);
	CHECK(r.host_data.n == 32 && r.host_data.p[0] == 0xd3 && r.host_data.p[31] == 0xd3);
	CHECK(r.id_key_digest.p[0] == 0xd4 && r.author_key_digest.p[47] == 0xd5);
	CHECK(r.report_id.p[0] == 0xd6 && r.report_id_ma.p[31] == 0xff && r.chip_id.p[63] == 0xc1);
	CHECK(r.current_tcb == r.launch_tcb && r.reported_tcb == UINT64_C(0xd517000000000004));
	CHECK(r.has_cpu && r.cpu_family == 0x19 && r.cpu_model == 1 && r.cpu_stepping == 1);
	CHECK(r.current.major == 1 && r.current.minor == 0x37 && r.current.build == 0x1d);
	CHECK(r.has_mitigations && r.launch_mitigations == 0x0b && r.current_mitigations == 0x0f);
	CHECK(r.signed_bytes.n == 0x2a0 && r.r.n == 72 && r.s.n == 72 && r.s.p == r.r.p + 72);
	CHECK(snp_report_product(&r) == SNP_MILAN && !snp_report_is_blank(r.chip_id));
}

static void sizes(void)
{
	uint8_t long_one[SNP_REPORT_SIZE + 1] = { 0 };
	struct snp_made_report m = snp_made_report(5);
	struct snp_report r = { .version = 77 };
	struct err e = { 0 };

	memcpy(long_one, m.bytes, sizeof m.bytes);
	for (size_t n = 0; n <= sizeof long_one; n++)
		if (n != SNP_REPORT_SIZE)
			CHECK_ERR(snp_report_parse(&r, span_make(long_one, n), &e), e, ERR_FORMAT);
	CHECK(r.version == 77);
	for (uint32_t v = 0; v < 300; v++) {
		snp_made_put(&m, 0, v, 4);
		CHECK(snp_report_parse(&r, span_of(&m), &e) == (v >= 2 && v <= 5));
	}
	snp_made_put(&m, 0, 0x10005, 4);
	CHECK_ERR(snp_report_parse(&r, span_of(&m), &e), e, ERR_FORMAT);
}

/* Which bytes are reserved, by version: the specification's table written down once more. */
static bool is_reserved(size_t at, uint32_t version)
{
	return (at >= 0x049 && at < 0x050) ||
	       (at >= (version < 3 ? 0x188u : 0x18bu) && at < 0x1a0) || at == 0x1eb ||
	       at == 0x1ef || (at >= (version < 5 ? 0x1f8u : 0x208u) && at < 0x2a0) || at >= 0x330;
}

static void reserved(void)
{
	for (uint32_t version = 2; version <= 5; version++)
		for (size_t at = 4; at < SNP_REPORT_SIZE; at++) {
			struct snp_made_report m = snp_made_report(version);
			struct snp_report r;
			struct err e = { 0 };

			m.bytes[at] ^= at == 0x048 ? 0x1f : 0x80;
			r = parsed(&m);
			CHECK(snp_report_check_reserved(&r, &e) != is_reserved(at, version));
			/* the word of bits that begins at 0x48 is named by where it begins */
			CHECK(!is_reserved(at, version) ||
				r.reserved_at == (at < 0x04c ? 0x048 : at));
		}
	for (int bit = 0; bit < 8; bit++) {
		struct snp_made_report m = snp_made_report(2);
		struct snp_report r;
		struct err e = { 0 };

		m.bytes[0x48] = (uint8_t)(1 << bit);
		r = parsed(&m);
		CHECK(snp_report_check_reserved(&r, &e) == (bit < 5));
	}
}

static void products(void)
{
	static const struct {
		uint8_t family, model;
		enum snp_product want;
	} cpus[] = { { 0x19, 0x01, SNP_MILAN }, { 0x19, 0x0f, SNP_MILAN },
		{ 0x19, 0x10, SNP_GENOA }, { 0x19, 0x1f, SNP_GENOA },
		{ 0x19, 0x20, SNP_PRODUCT_UNKNOWN }, { 0x19, 0x9f, SNP_PRODUCT_UNKNOWN },
		{ 0x19, 0xa0, SNP_GENOA }, { 0x19, 0xaf, SNP_GENOA },
		{ 0x19, 0xb0, SNP_PRODUCT_UNKNOWN }, { 0x1a, 0x02, SNP_TURIN },
		{ 0x1a, 0x1f, SNP_TURIN }, { 0x1a, 0x20, SNP_PRODUCT_UNKNOWN },
		{ 0x17, 0x31, SNP_PRODUCT_UNKNOWN } };
	static const struct {
		const char *text;
		enum snp_product want;
	} texts[] = { { "Milan", SNP_MILAN }, { "Milan-B0", SNP_MILAN }, { "Genoa-B1", SNP_GENOA },
		{ "Turin", SNP_TURIN }, { "Milan-", SNP_PRODUCT_UNKNOWN },
		{ "Milano", SNP_PRODUCT_UNKNOWN }, { "", SNP_PRODUCT_UNKNOWN },
		{ "unknown", SNP_PRODUCT_UNKNOWN }, { "-B0", SNP_PRODUCT_UNKNOWN } };
	struct snp_made_report m = snp_made_report(2);
	struct snp_report r;

	for (size_t i = 0; i < ARRAY_LEN(cpus); i++)
		CHECK(snp_product_of_cpu(cpus[i].family, cpus[i].model) == cpus[i].want);
	for (size_t i = 0; i < ARRAY_LEN(texts); i++)
		CHECK(snp_product_of_text(str_of(texts[i].text)) == texts[i].want);
	CHECK(!strcmp(snp_product_name(SNP_TURIN), "Turin"));
	CHECK(!strcmp(snp_product_name((enum snp_product)(SNP_TURIN + 1)), "unknown"));
	r = parsed(&m);
	CHECK(!r.has_cpu && snp_report_product(&r) == SNP_PRODUCT_UNKNOWN);
}

static void tcb_layouts(void)
{
	struct snp_tcb t = { { 0 } };
	struct err e = { 0 };

	CHECK_OK(snp_tcb_read(&t, UINT64_C(0x0807000000000201), SNP_MILAN, &e), e);
	CHECK(t.spl[SNP_TCB_BOOT_LOADER] == 1 && t.spl[SNP_TCB_TEE] == 2);
	CHECK(t.spl[SNP_TCB_SNP] == 7 && t.spl[SNP_TCB_MICROCODE] == 8 && t.spl[SNP_TCB_FMC] == 0);
	CHECK_OK(snp_tcb_read(&t, UINT64_C(0x0800000004030201), SNP_TURIN, &e), e);
	CHECK(t.spl[SNP_TCB_FMC] == 1 && t.spl[SNP_TCB_BOOT_LOADER] == 2);
	CHECK(t.spl[SNP_TCB_TEE] == 3 && t.spl[SNP_TCB_SNP] == 4 && t.spl[SNP_TCB_MICROCODE] == 8);
	CHECK_ERR(snp_tcb_read(&t, 1, SNP_PRODUCT_UNKNOWN, &e), e, ERR_USAGE);
	for (unsigned byte = 0; byte < 8; byte++) {
		bool milan = byte < 2 || byte > 5, turin = byte < 4 || byte > 6;

		CHECK(snp_tcb_read(&t, UINT64_C(1) << (8 * byte), SNP_GENOA, &e) == milan);
		CHECK(snp_tcb_read(&t, UINT64_C(1) << (8 * byte), SNP_TURIN, &e) == turin);
	}
	CHECK(!snp_tcb_has(SNP_MILAN, SNP_TCB_FMC) && snp_tcb_has(SNP_TURIN, SNP_TCB_FMC));
}

int main(void)
{
	fields();
	sizes();
	reserved();
	products();
	tcb_layouts();
	return test_end();
}
