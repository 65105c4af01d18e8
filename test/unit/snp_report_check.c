#include "evidence/snp_report_check.h"

#include "snp_made.h"

/* An honest report of version 5 with one number changed. */
struct change {
	size_t at;
	uint64_t value;
	size_t n;
};

static struct snp_made_report made;

static struct snp_report changed(struct change c)
{
	struct snp_report r = { 0 };
	struct err e = { 0 };

	made = snp_made_report(5);
	snp_made_put(&made, c.at, c.value, c.n);
	CHECK_OK(snp_report_parse(&r, SPAN_OF(made.bytes), &e), e);
	return r;
}

static bool says(const struct err *e, const char *text)
{
	bool ok = strstr(e->text, text);

	if (!ok)
		fprintf(stderr, "'%s' is not in '%s'\n", text, e->text);
	return ok;
}

static void policies(void)
{
	struct snp_report r = changed((struct change){ 0 });
	struct err e = { 0 };

	CHECK_OK(snp_report_check_policy_form(&r, &e), e);
	r = changed((struct change){ 0x008, 0x10000, 8 });
	CHECK(!snp_report_check_policy_form(&r, &e) && says(&e, "bit 17"));
	for (unsigned bit = 0; bit < 64; bit++) {
		uint64_t one = UINT64_C(1) << bit;

		r = changed((struct change){ 0x008, 0x20000 | one, 8 });
		CHECK(snp_report_check_policy_form(&r, &e) == (bit < 26));
		CHECK(snp_report_check_policy(&r, one, 0, &e));
		CHECK(!snp_report_check_policy(&r, 0, one, &e));
		r = changed((struct change){ 0x040, one, 8 });
		CHECK(snp_report_check_platform(&r, one, ~one, &e));
		CHECK(!snp_report_check_platform(&r, 0, one, &e));
		CHECK(!snp_report_check_platform(&r, ~one, 0, &e));
	}
	r = changed((struct change){ 0x008, 0xa0000, 8 });
	CHECK(!snp_report_check_policy(&r, 0, SNP_POLICY_DEBUG, &e) && says(&e, "DEBUG"));
	r = changed((struct change){ 0x008, 0x60000, 8 });
	CHECK(!snp_report_check_policy(&r, 0, SNP_POLICY_MIGRATE_MA, &e) && says(&e, "MIGRATE_MA"));
	r = changed((struct change){ 0x040, 0x05, 8 });
	CHECK(!snp_report_check_platform(&r, SNP_PLATFORM_ALIAS_CHECK, 0, &e));
	CHECK(says(&e, "ALIAS_CHECK_COMPLETE"));
	r = changed((struct change){ 0x008, 0x20137, 8 });
	CHECK(snp_report_check_abi(&r, 1, 0x37, &e) && !snp_report_check_abi(&r, 1, 0x38, &e));
	CHECK(snp_report_check_abi(&r, 0, 0xff, &e) && !snp_report_check_abi(&r, 2, 0, &e));
}

static void levels(void)
{
	struct snp_report r;
	struct err e = { 0 };

	for (uint32_t vmpl = 0; vmpl < 40; vmpl++) {
		r = changed((struct change){ 0x030, vmpl, 4 });
		CHECK(snp_report_check_vmpl(&r, 1, &e) == (vmpl == 0));
		CHECK(snp_report_check_vmpl(&r, ~0u, &e) == (vmpl < 4));
	}
	r = changed((struct change){ 0x030, 0xffffffff, 4 });
	CHECK(!snp_report_check_vmpl(&r, ~0u, &e) && says(&e, "host"));
	r = changed((struct change){ 0 });
	CHECK(snp_report_check_no_agent(&r, &e));
	for (size_t i = 0; i < 32; i++) {
		r = changed((struct change){ 0x160 + i, 0xfe, 1 });
		CHECK(!snp_report_check_no_agent(&r, &e) && says(&e, "REPORT_ID_MA"));
	}
	CHECK(snp_report_check_guest_svn(&r, 3, &e) && !snp_report_check_guest_svn(&r, 4, &e));
}

static void tcbs(void)
{
	static const size_t ats[] = { 0x038, 0x180, 0x1e0, 0x1f0 };
	const struct snp_tcb min = { { 0, 4, 0, 0x17, 0xd5 } };
	struct snp_report r;
	struct err e = { 0 };

	for (int which = 0; which < 4; which++) {
		enum snp_report_tcb w = (enum snp_report_tcb)which;

		r = changed((struct change){ 0 });
		CHECK_OK(snp_report_check_tcb(&r, w, SNP_MILAN, &min, &e), e);
		for (int part = SNP_TCB_BOOT_LOADER; part < SNP_TCB_PARTS; part++) {
			struct snp_tcb more = min;

			more.spl[part]++;
			CHECK(!snp_report_check_tcb(&r, w, SNP_MILAN, &more, &e));
			CHECK(says(&e, snp_report_tcb_name(w)) &&
				says(&e, snp_tcb_part_name((enum snp_tcb_part)part)));
		}
		r = changed((struct change){ ats[which], UINT64_C(0xd517000100000004), 8 });
		CHECK_ERR(snp_report_check_tcb(&r, w, SNP_MILAN, &min, &e), e, ERR_FORMAT);
		r = changed((struct change){ ats[which], 0, 8 });
		CHECK_ERR(snp_report_check_tcb(&r, w, SNP_MILAN, &min, &e), e, ERR_MISMATCH);
	}
}

static void committed(void)
{
	struct snp_report r = changed((struct change){ 0 });
	struct err e = { 0 };

	CHECK_OK(snp_report_check_committed(&r, SNP_MILAN, false, &e), e);
	r = changed((struct change){ 0x1e0, UINT64_C(0xd516000000000004), 8 });
	CHECK(!snp_report_check_committed(&r, SNP_MILAN, false, &e) && says(&e, "provisional"));
	CHECK_OK(snp_report_check_committed(&r, SNP_MILAN, true, &e), e);
	r = changed((struct change){ 0x1e0, UINT64_C(0xd518000000000004), 8 });
	CHECK(!snp_report_check_committed(&r, SNP_MILAN, true, &e) && says(&e, "CURRENT_TCB"));
	r = changed((struct change){ 0x1ec, 0x1c, 1 });
	CHECK(!snp_report_check_committed(&r, SNP_MILAN, false, &e) && says(&e, "provisional"));
	CHECK_OK(snp_report_check_committed(&r, SNP_MILAN, true, &e), e);
	r = changed((struct change){ 0x1ee, 2, 1 });
	CHECK(!snp_report_check_committed(&r, SNP_MILAN, true, &e) && says(&e, "older"));
	r = changed((struct change){ 0 });
	CHECK(snp_report_check_firmware(&r, &(struct snp_firmware){ 1, 0x37, 0x1d }, &e));
	CHECK(snp_report_check_firmware(&r, &(struct snp_firmware){ 1, 0x36, 0xff }, &e));
	CHECK(!snp_report_check_firmware(&r, &(struct snp_firmware){ 1, 0x37, 0x1e }, &e));
	CHECK(!snp_report_check_firmware(&r, &(struct snp_firmware){ 2, 0, 0 }, &e));
	r = changed((struct change){ 0x1ed, 0x36, 1 });
	CHECK(!snp_report_check_firmware(&r, &(struct snp_firmware){ 1, 0x37, 0 }, &e));
	CHECK(says(&e, "committed"));
}

static void mitigations(void)
{
	struct snp_report r = changed((struct change){ 0 });
	struct err e = { 0 };

	CHECK_OK(snp_report_check_mitigations(&r, 0x0b, 0x0f, &e), e);
	CHECK(!snp_report_check_mitigations(&r, 0x04, 0, &e) && says(&e, "LAUNCH_MIT_VECTOR"));
	CHECK(!snp_report_check_mitigations(&r, 0, 0x10, &e) && says(&e, "CURRENT_MIT_VECTOR"));
	made = snp_made_report(4);
	CHECK_OK(snp_report_parse(&r, SPAN_OF(made.bytes), &e), e);
	CHECK_ERR(snp_report_check_mitigations(&r, 0, 0, &e), e, ERR_NOTFOUND);
}

static void identities(void)
{
	static const struct {
		enum snp_report_field field;
		size_t at, n;
	} all[] = { { SNP_FIELD_MEASUREMENT, 0x090, 48 }, { SNP_FIELD_REPORT_DATA, 0x050, 64 },
		{ SNP_FIELD_HOST_DATA, 0x0c0, 32 }, { SNP_FIELD_FAMILY_ID, 0x010, 16 },
		{ SNP_FIELD_IMAGE_ID, 0x020, 16 }, { SNP_FIELD_ID_KEY_DIGEST, 0x0e0, 48 },
		{ SNP_FIELD_AUTHOR_KEY_DIGEST, 0x110, 48 }, { SNP_FIELD_REPORT_ID, 0x140, 32 },
		{ SNP_FIELD_REPORT_ID_MA, 0x160, 32 }, { SNP_FIELD_CHIP_ID, 0x1a0, 64 } };

	for (size_t i = 0; i < ARRAY_LEN(all); i++) {
		struct snp_report r = changed((struct change){ 0x048, 1, 4 });
		struct snp_made_report honest = made;
		const struct span wants[] = { span_make(honest.bytes, all[i].n),
			span_make(honest.bytes + all[i].at, all[i].n) };
		const struct span part = span_make(honest.bytes + all[i].at, all[i].n - 1);
		struct err e = { 0 };

		CHECK_OK(snp_report_check_field(&r, all[i].field, wants, 2, &e), e);
		CHECK(!snp_report_check_field(&r, all[i].field, wants, 1, &e));
		CHECK(says(&e, snp_report_field_name(all[i].field)));
		CHECK(!snp_report_check_field(&r, all[i].field, wants, 0, &e));
		CHECK(!snp_report_check_field(&r, all[i].field, &part, 1, &e));
		for (size_t j = 0; j < all[i].n; j++) {
			made = honest;
			made.bytes[all[i].at + j] ^= 1;
			CHECK(!snp_report_check_field(&r, all[i].field, wants, 2, &e));
		}
		memset(made.bytes + all[i].at, 0, all[i].n);
		CHECK_ERR(snp_report_check_field(&r, all[i].field,
				  &(struct span){ made.bytes + all[i].at, all[i].n }, 1, &e),
			e, ERR_NOTFOUND);
	}
}

static void author_key(void)
{
	struct snp_report r = changed((struct change){ 0x048, 0, 4 });
	struct err e = { 0 };

	CHECK_ERR(snp_report_check_field(
			  &r, SNP_FIELD_AUTHOR_KEY_DIGEST, &r.author_key_digest, 1, &e),
		e, ERR_NOTFOUND);
	CHECK(says(&e, "AUTHOR_KEY_EN"));
}

int main(void)
{
	policies();
	levels();
	tcbs();
	committed();
	mitigations();
	identities();
	author_key();
	return test_end();
}
