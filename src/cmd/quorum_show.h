/*
 * What a quorum found, told: for a person, one fact a line, and as a document (assay.quorum/1).
 */
#ifndef ASSAY_CMD_QUORUM_SHOW_H
#define ASSAY_CMD_QUORUM_SHOW_H

#include "appraise/statements.h"

#define QUORUM_SHOW_FORMAT "assay.quorum/1"

/* A folder of artefacts, for whom `assay diff` can say more. */
struct quorum_folder {
	const char *path;
	uint8_t manifest_sha256[SHA256_SIZE];
};

struct quorum_show {
	const struct quorum *quorum;
	const struct statements *statements;
	const struct quorum_outcome
		*outcome; /* of reference values that were named; NULL: none were */
	const struct quorum_folder *folders;
	size_t n_folders;
};

/* Whether the answer is yes: of the named values, else of some image and no split. */
bool quorum_show_reached(const struct quorum_show *s);
bool quorum_show_text(const struct quorum_show *s, struct arena *a, struct err *e) MUST_CHECK;
bool quorum_show_json(const struct quorum_show *s, struct err *e) MUST_CHECK;

#endif
