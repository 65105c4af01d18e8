/*
 * The files that `assay build` writes into its folder, and no other: what else lies there is somebody's own. A platform that
 * measures firmware of its own has it there as firmware/NAME.fd, NAME as the description calls the platform; where one
 * boots directly, direct/ has what the monitor hands over.
 */
#ifndef ASSAY_BUILD_OUTPUT_NAMES_H
#define ASSAY_BUILD_OUTPUT_NAMES_H

#include <stdio.h>

#include "base/str.h"

/* Only some builds write image.eif. */
static const char *const output_names[] = { "disk.img", "uki.efi", "image.eif", "manifest.json",
	"sbom.spdx.json", "reference-values.json", "firmware/OVMF_CODE.fd",
	"firmware/OVMF_VARS.fd" };

/* In the order of struct shape_direct. */
static const char *const output_direct[] = { "direct/kernel", "direct/initrd",
	"direct/command-line" };

enum { OUTPUT_DIRECT = 3, OUTPUT_FIRMWARE_MAX = 160 };

/* shape: its name, of which what stands before a '/' is the description's. */
static inline void output_firmware_name(char out[static OUTPUT_FIRMWARE_MAX], struct str shape)
{
	snprintf(out, OUTPUT_FIRMWARE_MAX, "firmware/%.*s.fd", (int)str_find(shape, '/'), shape.p);
}

#endif
