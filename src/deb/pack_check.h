/*
 * The contents of an open pack, each held against its sum in the index before its first byte is given away. What was
 * right once is not summed again while the pack is open.
 *
 * Why at the first read, and not by a stamp of the file (inode, size, times) after one full check: a stamp shows who wrote
 * the file, but not a medium that returns other bytes. Why a CRC and not the SHA-256 that the index has as well: it is to
 * find rot, since who can write in the store can write an index, and it costs a sixth of the time; a change of up to 32
 * bits in a row it always sees, others but for one in four milliards. pack_check_all goes by SHA-256.
 */
#ifndef ASSAY_DEB_PACK_CHECK_H
#define ASSAY_DEB_PACK_CHECK_H

#include "deb/pack_index.h"

struct pack_check;

/* Borrows the index. Owned by the caller. */
struct pack_check *pack_check_new(const struct pack_index *index);
void pack_check_free(struct pack_check *c); /* NULL does nothing */

/*
 * n bytes at offset at of the pack `place` in the folder dir, which lie in one content. MISMATCH when it has another
 * sum, FORMAT when the file is too short, NOTFOUND when it is gone, IO. Thread-safe. The file is opened for each call:
 * an image may have more packages than a process may have descriptors.
 */
bool pack_check_read(struct pack_check *c, int dir, const char *place, uint64_t at, void *dst,
	size_t n, struct err *e) MUST_CHECK;

/* Reads all contents and holds them against their SHA-256; fails as pack_check_read. */
bool pack_check_all(struct pack_check *c, int dir, const char *place, struct err *e) MUST_CHECK;

#endif
