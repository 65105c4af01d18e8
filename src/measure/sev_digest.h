/*
 * The launch digest of guests with SEV and SEV-ES (AMD SEV API, LAUNCH_MEASURE): one SHA-256 over the firmware image, the
 * table of kernel hashes where a kernel is given, and with SEV-ES the VMSA of each processor, whose features are 0.
 *
 * What the firmware's owner is shown is an HMAC over this digest, the API's version, the policy and a nonce; the key of
 * that is made with the guest, so it is no reference value.
 */
#ifndef ASSAY_MEASURE_SEV_DIGEST_H
#define ASSAY_MEASURE_SEV_DIGEST_H

#include "base/arena.h"
#include "base/digest.h"
#include "measure/sev_firmware.h"
#include "measure/sev_hashes.h"
#include "measure/sev_vmsa.h"

enum { SEV_PROCESSORS_MAX = 1024 };

struct sev_digest;

/*
 * Hashes the image and the table; hashes is NULL without a kernel. Borrows the image; memory from a, but for what
 * sev_digest_free releases. Fails: NOTFOUND, FORMAT, LIMIT for the image, USAGE when the firmware has no place for hashes
 * (it would start any kernel).
 */
bool sev_digest_new(struct sev_digest **ret, struct span firmware, const struct sev_hashes *hashes,
	struct arena *a, struct err *e) MUST_CHECK;
void sev_digest_free(struct sev_digest *d);
void sev_digest_freep(struct sev_digest **d); /* for CLEANUP */

/* Of a guest with SEV, which has no VMSA. */
void sev_digest_plain(struct sev_digest *d, uint8_t out[static SHA256_SIZE]);

/*
 * Of a guest with SEV-ES and this many processors, 1..SEV_PROCESSORS_MAX; costs least when each call has no fewer than the
 * one before. Fails: FORMAT when the firmware does not say where other processors start, LIMIT.
 */
bool sev_digest_es(uint8_t out[static SHA256_SIZE], struct sev_digest *d, enum sev_vmm vmm,
	uint32_t signature, unsigned processors, struct err *e) MUST_CHECK;

#endif
