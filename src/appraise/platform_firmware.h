/*
 * What a launch digest takes from a firmware image, without the image: for firmware that is not built with the image, and so
 * that reference values say what they were made from. As words:
 *
 *   firmware-sha256     of the whole file
 *   firmware-pages      SHA-384, the launch digest behind its pages
 *   firmware-reset      "0x80b004": where processors but the first start
 *   firmware-hashes     "0x810c00+0x400": the page for hashes of a kernel; "none"
 *   firmware-sections   "SEC_MEM@0x800000+0x9000,SECRETS@0x80d000+0x1000": the SEV metadata in its order
 */
#ifndef ASSAY_APPRAISE_PLATFORM_FIRMWARE_H
#define ASSAY_APPRAISE_PLATFORM_FIRMWARE_H

#include "base/arena.h"
#include "base/digest.h"
#include "measure/sev_firmware.h"

struct platform_firmware {
	struct digest sha256, pages; /* of alg NONE: not known */
	bool has_hashes;             /* whether it is known if it has the page */
	struct sev_firmware facts;   /* without the image */
};

/* "0x" and 1 to 16 lower-case hex digits, at most max; false for all else. */
bool platform_firmware_number(uint64_t *ret, struct str v, uint64_t max) MUST_CHECK;

bool platform_firmware_set_sha256(
	struct platform_firmware *f, struct str v, struct err *e) MUST_CHECK;
bool platform_firmware_set_pages(
	struct platform_firmware *f, struct str v, struct err *e) MUST_CHECK;
bool platform_firmware_set_reset(
	struct platform_firmware *f, struct str v, struct err *e) MUST_CHECK;
bool platform_firmware_set_hashes(
	struct platform_firmware *f, struct str v, struct err *e) MUST_CHECK;
bool platform_firmware_set_sections(
	struct platform_firmware *f, struct str v, struct err *e) MUST_CHECK;

/* Words again, from a; what is not known is empty. */
struct str platform_firmware_digest(const struct digest *d, struct arena *a);
struct str platform_firmware_reset(const struct platform_firmware *f, struct arena *a);
struct str platform_firmware_hashes(const struct platform_firmware *f, struct arena *a);
struct str platform_firmware_sections(const struct platform_firmware *f, struct arena *a);

/* All that a launch digest needs is there. */
bool platform_firmware_is_known(const struct platform_firmware *f);
/* pages is left for the caller, who computes it. Fails as sev_firmware_parse does. */
bool platform_firmware_of(
	struct platform_firmware *ret, struct span image, struct err *e) MUST_CHECK;

#endif
