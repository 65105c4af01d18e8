/*
 * What a PCK certificate says about its platform: the SGX extension 1.2.840.113741.1.13.1 (Intel SGX PCK Certificate and
 * CRL Profile Specification 1.5, section 1.3.5).
 */
#ifndef ASSAY_TRUST_PCK_EXTENSION_H
#define ASSAY_TRUST_PCK_EXTENSION_H

#include "trust/certificate.h"

enum { PCK_EXTENSION_COMPONENTS = 16 };

struct pck_extension {
	uint8_t ppid[16]; /* names the platform */
	uint8_t components
		[PCK_EXTENSION_COMPONENTS]; /* SVNs: the TCB that the PCK key stands for */
	uint16_t pce_svn;
	uint8_t cpu_svn[16];
	uint8_t pce_id[2]; /* as written, which is how TCB info writes it */
	uint8_t fmspc[6];
	uint8_t sgx_type; /* 0 standard, 1 scalable, 2 scalable with integrity */
	/* Only from the platform CA; absent ones are not zero but not there. */
	bool has_instance, has_configuration;
	uint8_t platform_instance_id[16];
	bool has_dynamic_platform, has_cached_keys, has_smt;
	bool dynamic_platform, cached_keys, smt;
};

/*
 * The extension, of which there is exactly one, with each of its required members exactly once and no other than those of
 * the specification. Fails: NOTFOUND without the extension or a member, FORMAT; both name the member.
 */
bool pck_extension_read(
	struct pck_extension *ret, const struct certificate *pck, struct err *e) MUST_CHECK;

#endif
