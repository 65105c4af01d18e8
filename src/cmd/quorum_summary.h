/*
 * The summary that `assay quorum` writes for those who take its user's word (trust/slsa_summary.h): SLSA_BUILD_REPRODUCED after k of
 * n, signed. It is written after a yes only.
 */
#ifndef ASSAY_CMD_QUORUM_SUMMARY_H
#define ASSAY_CMD_QUORUM_SUMMARY_H

#include "cmd/quorum_show.h"
#include "cmd/verb.h"

/* Rows of the verb's option table that are for this. */
#define QUORUM_SUMMARY_OPTIONS                                                               \
	{ "--vsa", "FILE", "write a SLSA verification summary, signed", false },             \
		{ "--key", "FILE", "the private key (PEM) that signs it", false },           \
		{ "--verifier", "URI", "who says so in it", false },                         \
	{                                                                                    \
		"--resource", "URI", "what it is about (the manifest, by its digest)", false \
	}

/* Before anything is read: whether what is asked for makes sense. USAGE. */
bool quorum_summary_ask(const struct verb_args *args, struct err *e) MUST_CHECK;
/*
 * The quorum was reached: writes the summary if one was asked for. *code becomes VERB_NO, with *e set, for a quorum that is no
 * SLSA_BUILD_REPRODUCED: of one operator, or with nothing published to be identical to.
 */
bool quorum_summary_write(const struct quorum_show *s, const struct verb_args *args,
	int64_t at_unix, struct arena *a, int *code, struct err *e) MUST_CHECK;

#endif
