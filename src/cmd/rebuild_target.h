/*
 * What assay rebuild is pointed at: the publication with its description and lock, wherever it lies.
 */
#ifndef ASSAY_CMD_REBUILD_TARGET_H
#define ASSAY_CMD_REBUILD_TARGET_H

#include "build/inputs.h"
#include "build/publication.h"
#include "cmd/verb.h"

/*
 * Reads what the first argument names, with --description; what a server sends goes below the folder scratch. Both results are
 * for their _done, also after a failure. Fails as publication_read and inputs_read_any.
 */
bool rebuild_target_read(struct publication *ret, struct inputs *ret_inputs,
	const struct verb_args *args, const char *scratch, struct store *store,
	const struct fetch_options *fetch, struct err *e) MUST_CHECK;

#endif
