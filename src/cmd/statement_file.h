/*
 * A file with an in-toto Statement v1: in a DSSE envelope, or bare as `assay rebuild` writes it.
 */
#ifndef ASSAY_CMD_STATEMENT_FILE_H
#define ASSAY_CMD_STATEMENT_FILE_H

#include "trust/statement.h"

struct statement_file {
	bool is_signed;   /* it is an envelope; nothing is verified */
	struct dsse dsse; /* of a bare one: its type and payload, without a signature */
	struct statement statement;
};

/* All memory from a, which is for STATEMENT_MEMORY_MAX. Fails: as statement_parse, IO. */
bool statement_file_load(
	struct statement_file *ret, const char *path, struct arena *a, struct err *e) MUST_CHECK;

#endif
