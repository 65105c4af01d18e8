/*
 * What a verifier takes from a publication (doc/publication.md), from a folder or from a web server: reference values,
 * channel, statements and log proofs, and nothing else. Each is bounded, and held against publication.json; whoever
 * publishes wrote that, too, so it is believed in nothing.
 */
#ifndef ASSAY_CMD_PUBLICATION_LOAD_H
#define ASSAY_CMD_PUBLICATION_LOAD_H

#include "appraise/published.h"
#include "trust/publication_index.h"

#define PUBLICATION_CHANNEL "channel.dsse.json"
#define PUBLICATION_STATEMENTS "statements/"
#define PUBLICATION_STATEMENT_END ".dsse.json"
#define PUBLICATION_PROOFS "proofs/"
#define PUBLICATION_PROOF_END ".tlog-proof"
/* All of statements, proofs and channel together. */
#define PUBLICATION_LOAD_MAX ((size_t)64 << 20)

/* Memory is the arena's. */
struct publication_loaded {
	struct publication_index index;
	struct str values;   /* the text of reference-values.json */
	struct span channel; /* p NULL: there is none */
	struct published_file *statements, *proofs;
	size_t n_statements, n_proofs;
};

bool publication_load_is_url(const char *target);

/*
 * target: a folder, an http or https URL. Fails: NOTFOUND, FORMAT, LIMIT, IO; MISMATCH when bytes are not those that the
 * index lists; USAGE for a URL in an assay that asks nobody.
 */
bool publication_load(struct publication_loaded *ret, const char *target, struct arena *a,
	struct err *e) MUST_CHECK;

#endif
