/*
 * A private key from a file that is its owner's alone. It is read to one place that is wiped at the end; what libcrypto makes of it
 * is its own. Errors name the file, never what is in it.
 */
#ifndef ASSAY_CMD_KEY_FILE_H
#define ASSAY_CMD_KEY_FILE_H

#include <sys/stat.h>

#include "trust/private_key.h"

struct key_file {
	size_t n;
	uint8_t bytes[PRIVATE_KEY_FILE_MAX];
};

enum {
	KEY_FILE_ALONE = 077, /* neither its group nor others may do anything with it */
	KEY_FILE_GROUP = 07,  /* a group may share it */
};

/* Made with MEM_NEW; for CLEANUP: wipes and frees. */
void key_file_freep(struct key_file **k);
/* Fails: USAGE when its mode lets in others, or it is no file; NOTFOUND, LIMIT, IO. */
bool key_file_read(
	struct key_file *ret, const char *path, mode_t forbidden, struct err *e) MUST_CHECK;
/* A key that signs statements, notes and tokens, of KEY_FILE_ALONE; this process dumps no core from then on. Fails: as both readers. */
bool key_file_load(struct private_key **ret, const char *path, struct err *e) MUST_CHECK;

#endif
