/*
 * The platform shape "qemu-vtpm": QEMU's q35 machine with OVMF, a software TPM 2.0 and one GPT disk whose EFI system
 * partition holds the unified kernel image as the removable-media path. From the artefacts of a build and facts about the
 * firmware to the values, events and coverage table of one shape in reference-values.json.
 */
#ifndef ASSAY_APPRAISE_SHAPE_QEMU_VTPM_H
#define ASSAY_APPRAISE_SHAPE_QEMU_VTPM_H

#include "appraise/reference_values.h"
#include "measure/tpm_pcr.h"

#define SHAPE_QEMU_VTPM "qemu-vtpm"

struct shape_firmware {
	uint8_t sha256[SHA256_SIZE]; /* of the code flash (OVMF_CODE_4M.fd) */
	uint8_t vars_sha256
		[SHA256_SIZE]; /* of the variable store it starts with (OVMF_VARS_4M.fd) */
	struct str version;    /* of the package: "2025.02-8+deb13u1" */
	/* PCR 0 as it was seen when this firmware was booted here, one a bank in any order; none: not predictable. */
	const struct digest *pcr0;
	size_t n_pcr0;
};

struct shape_qemu_vtpm_in {
	struct span uki; /* the whole file */
	struct span gpt; /* of the disk, see measure/partition_table.h */
	/* Of the root file system's dm-verity tree; empty: not known, and then nothing is said to cover the root. */
	struct span root_hash;
	struct shape_firmware firmware;
	struct tpm_origins origins; /* may be all empty */
};

/*
 * Banks SHA-256 and SHA-384. All memory from a; the strings and spans of in are borrowed and must live as long. Fails as
 * tpm_pcr_predict and tpm_secure_boot_of do, and with USAGE when pcr0 lacks one of the banks but has the other.
 */
bool shape_qemu_vtpm(struct reference_shape *ret, const struct shape_qemu_vtpm_in *in,
	struct arena *a, struct err *e) MUST_CHECK;

#endif
