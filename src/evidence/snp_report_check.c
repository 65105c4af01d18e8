#include "evidence/snp_report_check.h"

#include "base/banned.h"

enum { VMPLS = 4, BITS = 64, ALL_ONES = 0xff };

/* Bits in their order; NULL has no name. */
static const char *const policy_bits[BITS] = {
	[16] = "SMT",
	[17] = "reserved one",
	[18] = "MIGRATE_MA",
	[19] = "DEBUG",
	[20] = "SINGLE_SOCKET",
	[21] = "CXL_ALLOW",
	[22] = "MEM_AES_256_XTS",
	[23] = "RAPL_DIS",
	[24] = "CIPHERTEXT_HIDING_DRAM",
	[25] = "PAGE_SWAP_DISABLE",
};
static const char *const platform_bits[BITS] = {
	[0] = "SMT_EN",
	[1] = "TSME_EN",
	[2] = "ECC_EN",
	[3] = "RAPL_DIS",
	[4] = "CIPHERTEXT_HIDING_DRAM_EN",
	[5] = "ALIAS_CHECK_COMPLETE",
	[7] = "TIO_EN",
};

bool snp_report_check_reserved(const struct snp_report *r, struct err *e)
{
	return r->reserved_at == SNP_REPORT_SIZE ||
	       err_set(e, ERR_FORMAT,
		       "SNP report at 0x%zx: a reserved byte of version %u is not zero",
		       r->reserved_at, r->version);
}

bool snp_report_check_policy_form(const struct snp_report *r, struct err *e)
{
	if (!(r->policy & SNP_POLICY_ONE))
		return err_set(e, ERR_FORMAT, "guest policy %#llx: bit 17 must be one",
			(unsigned long long)r->policy);
	return !(r->policy & ~SNP_POLICY_KNOWN) ||
	       err_set(e, ERR_FORMAT, "guest policy %#llx: a reserved bit above 25 is not zero",
		       (unsigned long long)r->policy);
}

static bool check_bits(const char *what, const char *const names[static BITS], uint64_t got,
	uint64_t must, uint64_t must_not, struct err *e)
{
	for (int i = 0; i < BITS; i++) {
		bool set = got >> i & 1, clear = !set;

		if ((must >> i & 1 && clear) || (must_not >> i & 1 && set))
			return err_set(e, ERR_MISMATCH, "%s %#llx: bit %d (%s) is %d, want %d",
				what, (unsigned long long)got, i,
				names[i] ? names[i] : "without a name", set, clear);
	}
	return true;
}

bool snp_report_check_policy(
	const struct snp_report *r, uint64_t must, uint64_t must_not, struct err *e)
{
	return check_bits("guest policy", policy_bits, r->policy, must, must_not, e);
}

bool snp_report_check_platform(
	const struct snp_report *r, uint64_t must, uint64_t must_not, struct err *e)
{
	return check_bits("PLATFORM_INFO", platform_bits, r->platform_info, must, must_not, e);
}

const char *snp_report_policy_bit(unsigned bit)
{
	return bit < BITS ? policy_bits[bit] : NULL;
}

const char *snp_report_platform_bit(unsigned bit)
{
	return bit < BITS ? platform_bits[bit] : NULL;
}

bool snp_report_check_abi(const struct snp_report *r, uint8_t major, uint8_t minor, struct err *e)
{
	uint64_t got = r->policy & (SNP_POLICY_ABI_MAJOR | SNP_POLICY_ABI_MINOR);

	return got >= ((uint64_t)major << 8 | minor) ||
	       err_set(e, ERR_MISMATCH,
		       "guest policy: firmware interface %u.%u, want at least %u.%u",
		       (unsigned)(got >> 8), (unsigned)(got & SNP_POLICY_ABI_MINOR), major, minor);
}

bool snp_report_check_vmpl(const struct snp_report *r, unsigned vmpls, struct err *e)
{
	if (r->vmpl == SNP_REPORT_VMPL_HOST)
		return err_set(e, ERR_MISMATCH,
			"VMPL is %#x: the host asked for this report, no guest did", r->vmpl);
	return (r->vmpl < VMPLS && vmpls >> r->vmpl & 1) ||
	       err_set(e, ERR_MISMATCH, "VMPL is %u, which is not allowed", r->vmpl);
}

bool snp_report_check_no_agent(const struct snp_report *r, struct err *e)
{
	for (size_t i = 0; i < r->report_id_ma.n; i++)
		if (r->report_id_ma.p[i] != ALL_ONES)
			return err_set(e, ERR_MISMATCH,
				"REPORT_ID_MA is not all ones: a migration agent is bound to the guest");
	return true;
}

bool snp_report_check_guest_svn(const struct snp_report *r, uint32_t min, struct err *e)
{
	return r->guest_svn >= min ||
	       err_set(e, ERR_MISMATCH, "GUEST_SVN is %u, want at least %u", r->guest_svn, min);
}

bool snp_report_check_mitigations(
	const struct snp_report *r, uint64_t launch_must, uint64_t current_must, struct err *e)
{
	static const char *const no_names[BITS];

	if (!r->has_mitigations)
		return err_set(e, ERR_NOTFOUND,
			"SNP report of version %u says nothing of mitigations, want version 5",
			r->version);
	return check_bits(
		       "LAUNCH_MIT_VECTOR", no_names, r->launch_mitigations, launch_must, 0, e) &&
	       check_bits(
		       "CURRENT_MIT_VECTOR", no_names, r->current_mitigations, current_must, 0, e);
}

const char *snp_report_field_name(enum snp_report_field f)
{
	static const char *const names[] = { "MEASUREMENT", "REPORT_DATA", "HOST_DATA", "FAMILY_ID",
		"IMAGE_ID", "ID_KEY_DIGEST", "AUTHOR_KEY_DIGEST", "REPORT_ID", "REPORT_ID_MA",
		"CHIP_ID" };

	return names[f];
}

struct span snp_report_field(const struct snp_report *r, enum snp_report_field f)
{
	switch (f) {
	case SNP_FIELD_MEASUREMENT:
		return r->measurement;
	case SNP_FIELD_REPORT_DATA:
		return r->report_data;
	case SNP_FIELD_HOST_DATA:
		return r->host_data;
	case SNP_FIELD_FAMILY_ID:
		return r->family_id;
	case SNP_FIELD_IMAGE_ID:
		return r->image_id;
	case SNP_FIELD_ID_KEY_DIGEST:
		return r->id_key_digest;
	case SNP_FIELD_AUTHOR_KEY_DIGEST:
		return r->author_key_digest;
	case SNP_FIELD_REPORT_ID:
		return r->report_id;
	case SNP_FIELD_REPORT_ID_MA:
		return r->report_id_ma;
	case SNP_FIELD_CHIP_ID:
		return r->chip_id;
	}
	return (struct span){ 0 };
}

bool snp_report_check_field(const struct snp_report *r, enum snp_report_field f,
	const struct span *wants, size_t n_wants, struct err *e)
{
	struct span got = snp_report_field(r, f);
	const char *name = snp_report_field_name(f);

	if (snp_report_is_blank(got))
		return err_set(e, ERR_NOTFOUND, "%s is all zero: it says nothing", name);
	if (f == SNP_FIELD_AUTHOR_KEY_DIGEST && !r->author_key_en)
		return err_set(e, ERR_NOTFOUND,
			"%s does not count: AUTHOR_KEY_EN of the report is 0", name);
	for (size_t i = 0; i < n_wants; i++)
		if (wants[i].n == got.n && ct_equal(wants[i].p, got.p, got.n))
			return true;
	return err_set(e, ERR_MISMATCH, "%s is none of the %zu wanted", name, n_wants);
}
