/*
 * From a description and its lock to an image, its manifest and its reference values. Everything that is fetched must be
 * in the store already (net/fetch.h); components and unpacked packages are taken from the store where it has them.
 */
#ifndef ASSAY_BUILD_BUILD_H
#define ASSAY_BUILD_BUILD_H

#include "build/component.h"
#include "build/inputs.h"

enum { BUILD_REFERENCE_VALUES_MAX = 16 << 20 };

struct build_request {
	const struct inputs *inputs;
	struct store *store;
	const char *out; /* folder, made where missing; files in it are replaced one by one */
	/* Told what is done next and, with the next one, that it is over; may be NULL. */
	void (*stage)(void *ctx, const char *what);
	void *ctx;
	/* PCR 0 of a firmware that was not seen here before is observed by booting it, unless this is set. */
	bool no_observe;
	/*
	 * The store's records of packages that were reproduced here are an input, too: the manifest says which of the image's
	 * and the firmware's are. Without it no manifest depends on what else a store has seen.
	 */
	bool reproduced;
	/* Told what is taken over and what is made again, and why, in words; may be NULL. */
	void (*explain)(void *ctx, const char *what, struct str why);
	/* What a component's failed step printed; zeroed by the caller; may be NULL. */
	struct component_failure *failure;
	/* For all components; may be NULL. After a fresh build the store does not say that it made this image. */
	const struct component_how *how;
};

struct build_outcome {
	uint8_t manifest_sha256[SHA256_SIZE], reference_values_sha256[SHA256_SIZE];
	uint8_t disk_sha256[SHA256_SIZE], uki_sha256[SHA256_SIZE], root_hash[SHA256_SIZE];
	uint64_t disk_size;
	size_t n_components_made; /* not taken from the store */
	bool unchanged;           /* the folder held all of it: nothing was written */
	bool pcr0_known;          /* false for a description without platforms, which needs none */
};

/*
 * Writes OUT/disk.img, uki.efi, firmware/OVMF_CODE.fd, firmware/OVMF_VARS.fd, manifest.json, sbom.spdx.json,
 * reference-values.json and leaves a record of the manifest in the store. Where the folder still has the files of an earlier build of the same
 * inputs (build/stamp.h), nothing is done.
 */
bool build_run(struct build_outcome *ret, const struct build_request *r, struct err *e) MUST_CHECK;

#endif
