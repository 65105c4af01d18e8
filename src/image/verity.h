/*
 * The dm-verity hash tree (Linux: Documentation/admin-guide/device-mapper/verity.rst): format 1, SHA-256,
 * data and hash blocks of 4096 bytes, no superblock. A digest is SHA-256(salt || block); a hash block holds
 * 128 digests, zero padded. The tree's area begins with the block of the top level; the lowest level comes
 * last, as veritysetup lays it out.
 *
 * Data passes through on its way to its place: make a verity with the sink behind it, write the data into
 * verity_sink, then verity_finish. The root hash is known after that.
 */
#ifndef ASSAY_IMAGE_VERITY_H
#define ASSAY_IMAGE_VERITY_H

#include "base/buf.h"
#include "base/digest.h"
#include "base/err.h"
#include "tree/content.h"

enum { VERITY_BLOCK = 4096, VERITY_SALT_MAX = 256 };
#define VERITY_DATA_MAX (UINT64_C(1) << 40) /* the digests of 1 TiB take 8 GiB: the sane end */

struct verity;

/*
 * Bytes of the hash tree over data_size bytes (a multiple of VERITY_BLOCK, not 0): a multiple of
 * VERITY_BLOCK.
 */
uint64_t verity_tree_size(uint64_t data_size);

/*
 * For exactly data_size bytes; next (borrowed, may be NULL) gets them unchanged. Fails LIMIT above
 * VERITY_DATA_MAX or VERITY_SALT_MAX, FORMAT when data_size is 0 or no multiple of VERITY_BLOCK.
 */
bool verity_new(struct verity **ret, uint64_t data_size, struct span salt, struct sink *next,
	struct err *e) MUST_CHECK;
void verity_free(struct verity *v);
void verity_freep(struct verity **v); /* for CLEANUP */
/* Lives as long as v. Fails FORMAT beyond data_size. */
struct sink *verity_sink(struct verity *v);

/*
 * Data in pieces, each of whole blocks, given in any order and by several threads: a part is a sink for the bytes from
 * offset `at` on (a multiple of VERITY_BLOCK, else FORMAT), handed on to next (borrowed, may be NULL). Each block must be
 * given once, by a part or by verity_sink.
 */
struct verity_part;
bool verity_part_new(struct verity_part **ret, struct verity *v, uint64_t at, struct sink *next,
	struct err *e) MUST_CHECK;
struct sink *verity_part_sink(struct verity_part *p);
void verity_part_freep(struct verity_part **p); /* for CLEANUP */

/*
 * Writes verity_tree_size bytes to `to` (NULL: nowhere) and gives the root hash. Fails FORMAT when data is
 * missing.
 */
bool verity_finish(struct verity *v, struct sink *to, uint8_t root_hash[static SHA256_SIZE],
	struct err *e) MUST_CHECK;

/*
 * Appends the device-mapper table's parameters: "1 DATA HASH 4096 4096 BLOCKS 0 sha256 ROOT SALT" (version,
 * devices, block sizes, data blocks, first hash block, algorithm, root hash, salt; "-" for no salt).
 * data_device and hash_device are words as the reader wants them.
 */
void verity_table(struct buf *out, const char *data_device, const char *hash_device,
	uint64_t data_size, const uint8_t root_hash[static SHA256_SIZE], struct span salt);

#endif
