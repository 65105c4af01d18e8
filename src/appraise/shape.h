/*
 * From a shape (platform_shape.h) and the files of an image to the values, events and coverage of one platform in
 * reference-values.json. Each kind has its rules in a file of its own: shape_qemu_vtpm.h, shape_snp.h, shape_tdx.h.
 */
#ifndef ASSAY_APPRAISE_SHAPE_H
#define ASSAY_APPRAISE_SHAPE_H

#include "appraise/platform_shape.h"
#include "appraise/shape_qemu_vtpm.h"
#include "measure/sev_hashes.h"

/* What shapes of one image have in common, and was hashed for one of them. Zeroed: nothing yet. */
struct shape_seen {
	const uint8_t *uki, *firmware; /* of these bytes */
	struct sev_hashes hashes;
	struct reference_input rows[3]; /* kernel, initrd, command line */
	struct platform_firmware facts; /* with the digest behind the pages */
};

/* Everything is borrowed. */
struct shape_files {
	struct span uki; /* the whole file; for direct boot its sections are what is handed over */
	struct span gpt; /* of the disk, see measure/partition_table.h */
	struct span root_hash; /* of the root file system's dm-verity tree; empty: not known */
	struct span firmware;  /* snp, tdx: the whole image */
	struct shape_firmware
		tpm; /* what is known of the firmware that starts a disk under a TPM */
	struct tpm_origins origins;
	struct shape_seen *seen; /* for several shapes of one image; NULL: nothing is shared */
};

/* What a direct boot hands over: sections of the UKI. */
struct shape_direct {
	struct span kernel, initrd, command_line;
};

/* NOTFOUND for a UKI without .linux or .cmdline, FORMAT. */
bool shape_direct_of(struct shape_direct *ret, struct span uki, struct err *e) MUST_CHECK;
/* Whether the whole root hash stands in the command line. */
bool shape_covers_root(struct span command_line, struct span root_hash);

/* The rows that tell of a shape's settings and rules, at the head of its inputs. more: room for the caller's own. */
bool shape_inputs(struct reference_shape *s, const struct platform_shape *p,
	const struct reference_input *more, size_t n_more, struct arena *a,
	struct err *e) MUST_CHECK;
/* SHA-256 of bytes as a row. */
bool shape_input_digest(struct reference_input *ret, const char *name, struct span bytes,
	struct arena *a, struct err *e) MUST_CHECK;

/* All memory from a; strings and spans are borrowed. Fails as the rules of its kind do; USAGE for a boot without rules. */
bool shape_predict(struct reference_shape *ret, const struct platform_shape *p,
	const struct shape_files *files, struct arena *a, struct err *e) MUST_CHECK;
/* The shape that a recorded one was computed for: by its inputs. base: as its file has it. */
bool shape_settings_of(struct platform_shape *ret, const struct reference_shape *recorded,
	const struct platform_shape *base, struct err *e) MUST_CHECK;
/* Which file of share/platforms a recorded shape was made with. */
struct str shape_base_of(const struct reference_shape *recorded);

#endif
