/*
 * A note of the store about an output folder: which derivation its files were made from, and which files they are by
 * device, inode, size and times, so that a build of unchanged inputs need not touch them. It spares work and proves
 * nothing: `assay measure` reads the files. A stamp counts only since the machine was started (boot_id): after a power cut
 * a file may have its size and not its bytes.
 */
#ifndef ASSAY_BUILD_STAMP_H
#define ASSAY_BUILD_STAMP_H

#include "build/build.h"
#include "build/output_names.h"
#include "lock/description_platforms.h"

enum { STAMP_MORE_MAX = DESCRIPTION_PLATFORMS_MAX + OUTPUT_DIRECT };

struct stamp {
	uint8_t derivation[SHA256_SIZE];      /* of image_derivation */
	uint8_t firmware_sha256[SHA256_SIZE]; /* whose PCR 0 the values hold */
	struct build_outcome outcome;
	/* What the folder has beside output_names. */
	char more[STAMP_MORE_MAX][OUTPUT_FIRMWARE_MAX];
	size_t n_more;
};

/* *ret: what the note says of the folder (open at `folder`), if its files are the same; *found false else. */
bool stamp_read(struct stamp *ret, const struct store *s, int folder, bool *found,
	struct err *e) MUST_CHECK;
/* Notes the folder as it is now: the caller has just written all of it, and holds its lock. */
bool stamp_write(const struct stamp *stamp, struct store *s, int folder, struct err *e) MUST_CHECK;

#endif
