/*
 * How others call the registers of a shape, and which of its banks they look at. Shapes are told apart by their platform:
 * "tpm" and "nitro-enclave" have PCRs; "snp" has the launch measurement as register 0; "tdx" has MRTD as register 0 and
 * RTMR 0 to 3 behind it.
 */
#ifndef ASSAY_APPRAISE_EXPORT_WORDS_H
#define ASSAY_APPRAISE_EXPORT_WORDS_H

#include "appraise/reference_values.h"

enum { EXPORT_WORDS_NAME = 40, EXPORT_SIZE_MAX = 16 << 20 };

/* Who made the root of trust, and what it is called: "Intel", "TDX". NULL for a platform that is not known. */
const char *export_words_vendor(const struct reference_shape *s);
const char *export_words_model(const struct reference_shape *s);
/* What Trustee's default policy asks the RVPS for: "tpm_pcr04", "mr_td", "rtmr_0", "snp_launch_measurement". */
void export_words_trustee(
	char ret[static EXPORT_WORDS_NAME], const struct reference_shape *s, unsigned reg);
/* The bank of formats that have one: SHA-256 where the shape has it, else its first. */
size_t export_words_bank(const struct reference_shape *s);
/* The register has a value that can be given away. */
bool export_words_has_value(const struct reference_register *r);

/*
 * The shape may be given to those who know no coverage: its platform is known, it has values, and they cover all that is
 * executed unless partly is set. USAGE with what to do.
 */
bool export_words_check(const struct reference_shape *s, bool partly, struct err *e) MUST_CHECK;

#endif
