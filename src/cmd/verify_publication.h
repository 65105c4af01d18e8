/*
 * `assay verify --publication`: reference values from a publication, once nothing that the user asks of one speaks against
 * it. What he asks is in his trust file alone: signers of channels, logs, witnesses, how old things may be. What he was shown
 * is remembered (cmd/last_seen_file.h) as soon as the publication holds, whatever the machine turns out to be.
 */
#ifndef ASSAY_CMD_VERIFY_PUBLICATION_H
#define ASSAY_CMD_VERIFY_PUBLICATION_H

#include "appraise/published.h"
#include "appraise/reference_values.h"
#include "cmd/verb.h"
#include "trust/trust_file.h"

#define VERIFY_PUBLICATION_OPTIONS                                                                \
	{ "--publication", verbs_publication, "what the machine should measure, and who says so", \
		false },                                                                          \
	{                                                                                         \
		"--channel", "NAME", "which channel of it (the image's name)", false              \
	}

struct verify_publication {
	struct reference_values values;
	uint8_t values_sha256[SHA256_SIZE];
	struct published judged; /* its statements that count are what a quorum is taken of */
};

/*
 * The publication that --publication names. Memory is the arena's. When it is refused *code is VERB_NO, and *e has the
 * reason's name and what to do. Fails: as publication_load, and MISMATCH.
 */
bool verify_publication_take(struct verify_publication *ret, const struct verb_args *args,
	const struct trust_file *trust, int64_t at_unix, int *code, struct arena *a,
	struct err *e) MUST_CHECK;

#endif
