/*
 * Whether a toolchain laid out in the store (sysroot.h) still is what it was: every file is hashed again. What it was is
 * known from the tree that it is made of, or from the list that stands beside it ("sysroots/DIGEST.list").
 *
 *   list   n x {u8 kind, string path, FILE: u64 size, 32 SHA-256; LINK: string target}, 32 SHA-256 of all before
 *
 * A string is a u16 length and its bytes, little-endian.
 */
#ifndef ASSAY_BUILD_SYSROOT_CHECK_H
#define ASSAY_BUILD_SYSROOT_CHECK_H

#include "base/buf.h"
#include "store/store.h"
#include "tree/tree.h"

enum { SYSROOT_LIST_MAX = 256 << 20 };

/* Folders, files and links of the tree are all there with its bytes. MISMATCH with the path of one that is not, IO. */
bool sysroot_check(int dir, const struct node *nodes, size_t n, struct err *e) MUST_CHECK;

/* The list for these nodes of a finished tree. */
void sysroot_list_emit(const struct node *nodes, size_t n, struct buf *out);

/*
 * Holds place ("sysroots/DIGEST", or the list itself) against the list. Fails as sysroot_check, FORMAT for a damaged
 * list, IO, NOTFOUND without one; then only who uses the toolchain next sees what is wrong.
 */
bool sysroot_verify(const struct store *s, const char *place, struct err *e) MUST_CHECK;

#endif
