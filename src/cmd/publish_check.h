/*
 * What `assay publish` asks of the files that it is given, before it publishes them: that they are about this image. Whose
 * signatures they carry is the receiver's question.
 */
#ifndef ASSAY_CMD_PUBLISH_CHECK_H
#define ASSAY_CMD_PUBLISH_CHECK_H

#include "appraise/published.h"
#include "build/publication.h"
#include "cmd/publication_load.h"

/* A DSSE envelope with an in-toto statement that names the manifest or the lock. Fails: FORMAT, MISMATCH. */
bool publish_check_statement(
	struct span file, const struct publication *p, struct arena *a, struct err *e) MUST_CHECK;
/* One that proves one of the statements. Fails: FORMAT, MISMATCH. */
bool publish_check_proof(struct span file, const struct published_file *statements, size_t n,
	struct arena *a, struct err *e) MUST_CHECK;
/* A channel that accepts the image and is good now. Fails: FORMAT, MISMATCH. */
bool publish_check_channel(struct span file, const struct publication *p, int64_t at_unix,
	struct arena *a, struct err *e) MUST_CHECK;
/* A bill of materials that names the manifest. Fails: MISMATCH. */
bool publish_check_sbom(struct span file, const struct publication *p, struct err *e) MUST_CHECK;
/*
 * What was written, as somebody with that trust file would take it who has seen nothing yet. Fails: MISMATCH when he would
 * refuse it or a statement would not count for him; as trust_load.
 */
bool publish_check_received(const struct publication_loaded *l, const struct publication *p,
	const char *trust, int64_t at_unix, struct arena *a, struct err *e) MUST_CHECK;

#endif
