#include "evidence/snp_report_check.h"

#include "fuzz.h"

/* What is read again by the specification's offsets. */
static uint64_t number_at(const uint8_t *data, size_t at, size_t n)
{
	uint64_t v = 0;

	for (size_t i = n; i-- > 0;)
		v = v << 8 | data[at + i];
	return v;
}

bool fuzz_sample(size_t i, struct buf *b)
{
	buf_fill(b, 0, SNP_REPORT_SIZE);
	b->p[0] = (uint8_t)(SNP_REPORT_VERSION_MIN + i);
	b->p[0x0a] = 2;
	b->p[0x34] = 1;
	return i <= SNP_REPORT_VERSION_MAX - SNP_REPORT_VERSION_MIN;
}

static void ask_everything(const struct snp_report *r)
{
	const struct snp_tcb min = { { 1, 1, 1, 1, 1 } };
	const struct snp_firmware firmware = { 1, 1, 1 };
	struct err e = { 0 };
	bool said[12];

	for (int p = SNP_PRODUCT_UNKNOWN; p <= SNP_TURIN; p++) {
		enum snp_product product = (enum snp_product)p;

		said[0] = snp_report_check_committed(r, product, false, &e);
		said[1] = snp_report_check_committed(r, product, true, &e);
		MUST(!said[0] || said[1]);
		for (int w = SNP_TCB_CURRENT; w <= SNP_TCB_LAUNCH; w++)
			said[2] = snp_report_check_tcb(
				r, (enum snp_report_tcb)w, product, &min, &e);
	}
	said[3] = snp_report_check_reserved(r, &e);
	said[4] = snp_report_check_policy_form(r, &e);
	said[5] = snp_report_check_policy(r, SNP_POLICY_SMT, SNP_POLICY_DEBUG, &e);
	said[6] = snp_report_check_platform(r, 0, ~SNP_PLATFORM_KNOWN, &e);
	said[7] = snp_report_check_vmpl(r, 0xf, &e);
	said[8] = snp_report_check_no_agent(r, &e);
	said[9] = snp_report_check_mitigations(r, 1, 1, &e);
	said[10] = snp_report_check_firmware(r, &firmware, &e);
	for (int f = SNP_FIELD_MEASUREMENT; f <= SNP_FIELD_CHIP_ID; f++) {
		struct span own = snp_report_field(r, (enum snp_report_field)f);

		said[11] = snp_report_check_field(r, (enum snp_report_field)f, &own, 1, &e);
	}
	(void)said;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct err e = { 0 };
	struct snp_report r;

	if (!snp_report_parse(&r, span_make(data, size), &e))
		return 0;
	fuzz_taken = true;
	MUST(size == SNP_REPORT_SIZE && r.signed_bytes.p == data);
	MUST(r.version == number_at(data, 0, 4) && r.policy == number_at(data, 8, 8));
	MUST(r.reported_tcb == number_at(data, 0x180, 8) && r.vmpl == number_at(data, 0x30, 4));
	MUST(r.launch_tcb == number_at(data, 0x1f0, 8) && r.measurement.p == data + 0x90);
	MUST(r.chip_id.p == data + 0x1a0 && r.r.p == data + 0x2a0 && r.s.p == data + 0x2e8);
	MUST(r.reserved_at == SNP_REPORT_SIZE || data[r.reserved_at] || r.reserved_at == 0x48);
	ask_everything(&r);
	return 0;
}
