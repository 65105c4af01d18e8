/*
 * The canonical archive of a folder of sources: one folder, one sequence of bytes, whose SHA-256 names the content. The tar
 * archive (deb/tar_write.h, with pax headers where names are long) of all files, folders and symbolic links in bytewise
 * order, files 0644 or 0755 by the owner's x bit, folders 0755, links 0777, owner 0, group 0, every time 0, no extended
 * attributes, hard links as files of their own.
 */
#ifndef ASSAY_BUILD_SOURCE_PACK_H
#define ASSAY_BUILD_SOURCE_PACK_H

#include "store/store.h"
#include "tree/tree.h"

/* Puts the archive of what source_unpack listed into s. LIMIT, IO. */
bool source_pack(uint8_t ret[static SHA256_SIZE], struct store *s, const struct tree *list,
	struct err *e) MUST_CHECK;

#endif
