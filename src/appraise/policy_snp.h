/*
 * What the user demands of an SEV-SNP report: the member "snp" of the policy file, which doc/policy.md says for people.
 * Lists that are empty demand nothing; sets that are empty allow nothing, so a zeroed policy takes no report.
 */
#ifndef ASSAY_APPRAISE_POLICY_SNP_H
#define ASSAY_APPRAISE_POLICY_SNP_H

#include "appraise/policy_member.h"
#include "base/buf.h"
#include "codec/json.h"
#include "evidence/snp_report_check.h"

enum { POLICY_SNP_VALUES_MAX = 1024, POLICY_SNP_PRODUCTS = SNP_TURIN + 1, POLICY_SNP_TCBS = 4 };

enum policy_snp_crl {
	POLICY_SNP_CRL_REQUIRE,    /* a list of the ARK must be with the evidence, and be valid */
	POLICY_SNP_CRL_IF_PRESENT, /* one that is there must be, and must not revoke */
	POLICY_SNP_CRL_OFF,        /* none is looked at */
};

struct policy_snp_values {
	const struct span *items;
	size_t n;
};

/* Bits of a word by their numbers in the specification. */
struct policy_snp_bits {
	uint64_t must, must_not;
};

struct policy_snp_minimum {
	bool given;
	struct snp_tcb tcb;
};

struct policy_snp {
	unsigned products;                  /* bit n: enum snp_product n is taken */
	unsigned signers;                   /* bit n: enum snp_signing_key n is taken */
	unsigned vmpls;                     /* bit n: VMPL n is taken */
	bool debug, migration, provisional; /* allowed */
	struct policy_snp_bits guest_policy, platform_info;
	/* by product and enum snp_report_tcb */
	struct policy_snp_minimum minimum[POLICY_SNP_PRODUCTS][POLICY_SNP_TCBS];
	struct snp_firmware firmware;                     /* at least */
	uint8_t abi_major, abi_minor;                     /* at least */
	uint32_t guest_svn;                               /* at least */
	uint64_t launch_mitigations, current_mitigations; /* bits that must be set */
	enum policy_snp_crl crl;
	struct policy_member_age crl_max_age;
	/* each value as long as the field of the report */
	struct policy_snp_values chips, measurements, host_data, family_ids, image_ids, id_keys,
		author_keys, report_ids, agents;
};

/* All three products, VCEK or VLEK, VMPL 0, no debugging, no migration, no provisional firmware, a CRL. */
struct policy_snp policy_snp_default(void);

/* Members that are absent keep their default. All memory from a. Fails: FORMAT with the line, LIMIT. */
bool policy_snp_parse(
	struct policy_snp *ret, const struct json *v, struct arena *a, struct err *e) MUST_CHECK;

/* What it demands, a sentence a line. */
void policy_snp_tell(const struct policy_snp *p, struct buf *out);

#endif
