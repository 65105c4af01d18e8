/*
 * What the steps of a box printed: its last lines for a person, and all of it in the store's logs/ when a step failed,
 * or asked for what nobody declared.
 */
#ifndef ASSAY_BUILD_STEP_LOG_H
#define ASSAY_BUILD_STEP_LOG_H

#include "base/buf.h"
#include "box/box.h"
#include "store/store.h"

enum { STEP_LOG_LINES = 30, STEP_LOG_PATH_MAX = 4096 };

/* The last STEP_LOG_LINES lines of the log, in a buf of the caller's; empty where nothing can be read. */
void step_log_tail(struct buf *ret, int fd);
/*
 * Moves the log at path into the store's logs/, under the name and the start of the derivation; ret is where it stands, ""
 * where that did not work.
 */
void step_log_keep(char ret[static STEP_LOG_PATH_MAX], const struct store *s, const char *path,
	struct str name, const uint8_t derivation[static SHA256_SIZE]);

/*
 * Of steps that did well, and asked the machine for what is not declared: a line each goes to `lines` (made where it is empty;
 * what is too much is left out), and the log at path is kept as above. Nothing without undeclared inputs.
 */
void step_log_undeclared(struct buf *lines, const struct box_result *r, const struct store *s,
	const char *path, struct str name, const uint8_t derivation[static SHA256_SIZE]);

#endif
