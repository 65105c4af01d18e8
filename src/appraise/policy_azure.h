/*
 * What a policy demands of Azure's confidential machines, in its member `azure`, beside what it demands of the TPM and of the
 * hardware underneath. doc/policy.md says it for people. A zeroed one is the strictest.
 */
#ifndef ASSAY_APPRAISE_POLICY_AZURE_H
#define ASSAY_APPRAISE_POLICY_AZURE_H

#include "base/arena.h"
#include "base/buf.h"
#include "base/err.h"
#include "codec/json.h"
#include "evidence/azure_hcl.h"

enum { POLICY_AZURE_IDS_MAX = 256 };

struct policy_azure {
	/* Bit n: enum azure_hcl_hardware n may stand underneath. What the file names, else that of which it asks something. */
	uint32_t hardware;
	bool any_secure_boot; /* else Secure Boot must be on */
	bool allow_console;   /* the machine may have a console */
	bool any_measurement; /* of the paravisor, where no value is named */
	bool nonce_in_report; /* one that stands in the HCL report and not in the quote will do */
	const struct str *vm_ids; /* the machine must be one of these */
	size_t n_vm_ids;          /* 0: any */
};

#define POLICY_AZURE_HARDWARE (UINT32_C(1) << AZURE_HCL_SNP | UINT32_C(1) << AZURE_HCL_TDX)

/* Either hardware, Secure Boot, any console (all machines of Azure have one), a measurement that is named, the nonce in the quote. */
struct policy_azure policy_azure_default(void);
/* v NULL: nothing changes. Members that are absent keep what they have. Memory from a. Fails: FORMAT with the line, LIMIT. */
bool policy_azure_parse(
	struct policy_azure *ret, const struct json *v, struct arena *a, struct err *e) MUST_CHECK;
/* What is demanded, one sentence a line. */
void policy_azure_tell(const struct policy_azure *p, struct buf *out);
/* "SEV-SNP or TDX"; nothing for none. */
void policy_azure_tell_hardware(const struct policy_azure *p, struct buf *out);

#endif
