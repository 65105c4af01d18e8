/*
 * Statements of rebuilds (appraise/statements.h) from files and folders, in memory of their own.
 */
#ifndef ASSAY_CMD_STATEMENTS_LOAD_H
#define ASSAY_CMD_STATEMENTS_LOAD_H

#include "appraise/statements.h"

enum { STATEMENTS_LOAD_MEMORY_MAX = 1 << 30 };
#define STATEMENTS_LOAD_SUFFIX ".dsse.json"

/* None yet; trust is borrowed. The caller frees with statements_load_free, which takes NULL. Fails: as statements_new. */
bool statements_load_new(
	struct statements **ret, const struct trust_file *trust, struct err *e) MUST_CHECK;
void statements_load_free(struct statements *s);

/* A file, or all files *.dsse.json of a folder. Fails: NOTFOUND, IO, LIMIT. */
bool statements_load_path(struct statements *s, const char *path, struct err *e) MUST_CHECK;

#endif
