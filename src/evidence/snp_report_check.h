/*
 * What a verifier asks of the fields of an SEV-SNP report, one question a function. Each fails with the field, what stands in
 * it and what was wanted; what is wanted is the caller's (a policy, reference values, a nonce), but for what the format itself
 * demands. Nothing here says who signed the report.
 *
 * Where no check is possible because the report's version has no such field, the check fails and says so; a caller that
 * wants to say "not applicable" asks has_cpu or has_mitigations first.
 */
#ifndef ASSAY_EVIDENCE_SNP_REPORT_CHECK_H
#define ASSAY_EVIDENCE_SNP_REPORT_CHECK_H

#include "evidence/snp_report.h"
#include "evidence/snp_tcb.h"

/* Reserved bytes are zero, those behind the signature included, which nobody signs. FORMAT with the offset. */
bool snp_report_check_reserved(const struct snp_report *r, struct err *e) MUST_CHECK;
/* Guest policy: bit 17 is one, bits that no version defines are zero. FORMAT. */
bool snp_report_check_policy_form(const struct snp_report *r, struct err *e) MUST_CHECK;

/* Bits of the guest policy and of PLATFORM_INFO that must be set, and that must not. MISMATCH with the first bit's name. */
bool snp_report_check_policy(
	const struct snp_report *r, uint64_t must, uint64_t must_not, struct err *e) MUST_CHECK;
bool snp_report_check_platform(
	const struct snp_report *r, uint64_t must, uint64_t must_not, struct err *e) MUST_CHECK;
/* What the specification calls a bit, "DEBUG", "ALIAS_CHECK_COMPLETE"; NULL for a bit without a name and above 63. */
const char *snp_report_policy_bit(unsigned bit);
const char *snp_report_platform_bit(unsigned bit);
/* The guest demands at least this firmware interface: ABI_MAJOR.ABI_MINOR of the guest policy. MISMATCH. */
bool snp_report_check_abi(
	const struct snp_report *r, uint8_t major, uint8_t minor, struct err *e) MUST_CHECK;
/* Bit n of vmpls: a report from VMPL n (0 to 3) is taken; one that the host asked for never is. MISMATCH. */
bool snp_report_check_vmpl(const struct snp_report *r, unsigned vmpls, struct err *e) MUST_CHECK;
/* No migration agent is bound to the guest: REPORT_ID_MA is all ones. MISMATCH. */
bool snp_report_check_no_agent(const struct snp_report *r, struct err *e) MUST_CHECK;
bool snp_report_check_guest_svn(const struct snp_report *r, uint32_t min, struct err *e) MUST_CHECK;

enum snp_report_tcb { SNP_TCB_CURRENT, SNP_TCB_REPORTED, SNP_TCB_COMMITTED, SNP_TCB_LAUNCH };

/* "CURRENT_TCB" and its parts. FORMAT when reserved bytes are not zero. */
const char *snp_report_tcb_name(enum snp_report_tcb which);
bool snp_report_tcb(struct snp_tcb *ret, const struct snp_report *r, enum snp_report_tcb which,
	enum snp_product product, struct err *e) MUST_CHECK;
/* Part for part at least min. MISMATCH. */
bool snp_report_check_tcb(const struct snp_report *r, enum snp_report_tcb which,
	enum snp_product product, const struct snp_tcb *min, struct err *e) MUST_CHECK;
/*
 * The four versions fit together: COMMITTED is no newer than CURRENT, in TCB and in firmware version; without provisional they
 * are equal, so that the platform cannot go back behind what runs. LAUNCH has no order: guests migrate. MISMATCH.
 */
bool snp_report_check_committed(const struct snp_report *r, enum snp_product product,
	bool provisional, struct err *e) MUST_CHECK;
/* Both the current and the committed firmware are at least that version. MISMATCH. */
bool snp_report_check_firmware(
	const struct snp_report *r, const struct snp_firmware *min, struct err *e) MUST_CHECK;
/* These mitigations were in force at launch, and are now. MISMATCH, NOTFOUND before version 5. */
bool snp_report_check_mitigations(const struct snp_report *r, uint64_t launch_must,
	uint64_t current_must, struct err *e) MUST_CHECK;

enum snp_report_field {
	SNP_FIELD_MEASUREMENT,
	SNP_FIELD_REPORT_DATA,
	SNP_FIELD_HOST_DATA,
	SNP_FIELD_FAMILY_ID,
	SNP_FIELD_IMAGE_ID,
	SNP_FIELD_ID_KEY_DIGEST,
	SNP_FIELD_AUTHOR_KEY_DIGEST,
	SNP_FIELD_REPORT_ID,
	SNP_FIELD_REPORT_ID_MA,
	SNP_FIELD_CHIP_ID,
};

/* "MEASUREMENT" and its bytes. */
const char *snp_report_field_name(enum snp_report_field f);
struct span snp_report_field(const struct snp_report *r, enum snp_report_field f);
/*
 * The field is, over its whole length, one of the wanted. An all-zero field says nothing (nothing measured, no nonce, no ID
 * block, a masked chip) and equals no want; an author's key counts only with AUTHOR_KEY_EN. MISMATCH, NOTFOUND.
 */
bool snp_report_check_field(const struct snp_report *r, enum snp_report_field f,
	const struct span *wants, size_t n_wants, struct err *e) MUST_CHECK;

#endif
