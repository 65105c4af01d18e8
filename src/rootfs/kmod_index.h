/*
 * The binary index files that libkmod reads (modules.dep.bin and its like): a trie of keys with values, big-endian
 * (kmod, libkmod/libkmod-index.c; magic 0xB007F457, version 2.1).
 */
#ifndef ASSAY_ROOTFS_KMOD_INDEX_H
#define ASSAY_ROOTFS_KMOD_INDEX_H

#include "base/buf.h"

enum { KMOD_INDEX_MAX = 16 << 20, KMOD_INDEX_KEY_MAX = 4096 };

struct kmod_index_entry {
	struct str key; /* 7-bit characters */
	struct str value;
	uint32_t priority; /* lower wins */
};

/* Sorts entries by key, priority and value; appends the file to out (its bytes start at out's end). */
bool kmod_index_emit(
	struct kmod_index_entry *entries, size_t n, struct buf *out, struct err *e) MUST_CHECK;

#endif
