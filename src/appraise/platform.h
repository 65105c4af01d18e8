/*
 * The kinds of confidential platforms, how their registers are called, and how a register's value follows from its events.
 *
 *   tpm             PCR 0 to 23; each extends its register
 *   snp             register 0: the launch digest ("measurement")
 *   tdx             register 0: MRTD; 1 to 4: RTMR 0 to 3, as event logs of confidential machines number them
 *   nitro-enclave   PCR 0, 1, 2, 8
 *
 * A launch digest and MRTD take in more than a digest at a time, page by page: there an event's digest is the value after
 * it, and the register's is that of the last.
 */
#ifndef ASSAY_APPRAISE_PLATFORM_H
#define ASSAY_APPRAISE_PLATFORM_H

#include "evidence/bundle.h"
#include "measure/event.h"

enum platform_kind {
	PLATFORM_UNKNOWN,
	PLATFORM_TPM,
	PLATFORM_SNP,
	PLATFORM_TDX,
	PLATFORM_NITRO_ENCLAVE
};

enum { PLATFORM_REGISTER_NAME_MAX = 16, PLATFORM_MRTD = 0, PLATFORM_RTMR = 1 };

enum platform_kind platform_from_name(struct str name); /* UNKNOWN when it is none */
const char *platform_name(enum platform_kind kind);     /* "tpm"; "" of UNKNOWN */
/*
 * Of evidence of that kind: Azure's has a TPM's registers, whatever hardware is underneath. Nitro's may have a NitroTPM's, which only
 * the document says: evidence_registers_platform.
 */
enum platform_kind platform_of_bundle(enum bundle_kind kind);

/* "PCR 4", "measurement", "MRTD", "RTMR 2"; of UNKNOWN "register 4". */
void platform_register_name(
	char out[static PLATFORM_REGISTER_NAME_MAX], enum platform_kind kind, unsigned reg);
/* What register reg holds after all events of the list. */
void platform_register_value(const struct event_list *l, enum platform_kind kind, unsigned reg,
	size_t bank, struct digest *ret);

#endif
