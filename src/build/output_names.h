/*
 * The files that `assay build` writes into its folder, and no other: what else lies there is somebody's own.
 */
#ifndef ASSAY_BUILD_OUTPUT_NAMES_H
#define ASSAY_BUILD_OUTPUT_NAMES_H

/* Only some builds write image.eif. */
static const char *const output_names[] = { "disk.img", "uki.efi", "image.eif", "manifest.json",
	"sbom.spdx.json", "reference-values.json", "firmware/OVMF_CODE.fd",
	"firmware/OVMF_VARS.fd" };

#endif
