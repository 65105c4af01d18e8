/*
 * /etc/ld.so.cache as ldconfig writes it (glibc sysdeps/generic/dl-cache.h, format "glibc-ld.so.cache1.1"), made from
 * the tree alone: no aux-cache, no inode numbers, no times.
 */
#ifndef ASSAY_ROOTFS_LD_CACHE_H
#define ASSAY_ROOTFS_LD_CACHE_H

#include "tree/tree.h"

enum { LD_CACHE_LIBRARY_MAX = 256 << 20, LD_CACHE_MAX = 16 << 20 };

/* Shared objects of usr/lib/x86_64-linux-gnu, usr/lib and the folders in etc/ld.so.conf.d, under their SONAME. */
bool ld_cache_generate(struct tree *t, struct err *e) MUST_CHECK;

#endif
