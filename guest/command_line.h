/*
 * The words of the kernel's command line that are ours. The command line is measured, so everything that decides which
 * root is started stands in it:
 *
 *   assay.verity=1,DATA,HASH,4096,4096,BLOCKS,START,sha256,ROOT,SALT
 *       the dm-verity table: version, partition UUIDs of data and hash tree, block sizes, number of data blocks, first
 *       block of the tree in its partition, algorithm, root hash and salt in lower-case hex ("-": no salt)
 *   assay.observe
 *       print the TPM's registers instead of starting a root
 *
 * Exactly one of them stands there exactly once; every other word that begins with "assay." is refused.
 */
#ifndef ASSAY_GUEST_COMMAND_LINE_H
#define ASSAY_GUEST_COMMAND_LINE_H

#include <stdbool.h>
#include <stdint.h>

enum {
	UUID_TEXT = 36,
	ROOT_HASH_TEXT = 64,
	SALT_TEXT_MAX = 512, /* dm-verity takes 256 bytes */
	VERITY_BLOCK_SIZE = 4096,
	VERITY_BLOCKS_MAX = 1 << 28, /* 1 TiB */
};

struct verity_table {
	char data[UUID_TEXT + 1], hash[UUID_TEXT + 1];
	uint64_t data_blocks, hash_start;
	char root_hash[ROOT_HASH_TEXT + 1];
	char salt[SALT_TEXT_MAX + 1]; /* "-": none */
};

struct command_line {
	bool observe; /* else verity holds */
	struct verity_table verity;
};

/* NULL, or what is wrong with the text; *ret is untouched then. */
const char *command_line_parse(struct command_line *ret, const char *text);

#endif
