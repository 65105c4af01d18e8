/*
 * Writes enclave image files (measure/eif.h): kernel, command line, metadata, ramdisks, in this order. The bytes follow from
 * the parts alone; no time is written unless one is given.
 */
#ifndef ASSAY_IMAGE_EIF_WRITE_H
#define ASSAY_IMAGE_EIF_WRITE_H

#include "base/buf.h"
#include "base/err.h"
#include "measure/eif.h"
#include "tree/content.h"

enum { EIF_WRITE_RAMDISKS_MAX = EIF_SECTIONS_MAX - 4 };

/* What the metadata says; it is not measured. Empty ones are written as empty texts, which readers want to be there. */
struct eif_identity {
	struct str name, version;
	struct str build_time; /* RFC 3339 */
	struct str kernel_version;
};

/* Everything is borrowed while it is written. */
struct eif_parts {
	bool arm64;
	struct content kernel;
	struct str command_line;
	const struct content *ramdisks; /* at least one; the first boots */
	size_t n_ramdisks;
	struct eif_identity identity;
};

/*
 * out is initialised with its maximum by the caller, and empty. Fails: USAGE without kernel or ramdisk, LIMIT, and as
 * reading the contents does.
 */
bool eif_write(struct buf *out, const struct eif_parts *parts, struct err *e) MUST_CHECK;

/*
 * Appends a section to an image that has room for one, and corrects its header. LIMIT; FORMAT when the image is none or
 * has a signature already.
 */
bool eif_write_append(
	struct buf *image, enum eif_type type, struct span data, struct err *e) MUST_CHECK;

#endif
