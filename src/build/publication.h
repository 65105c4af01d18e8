/*
 * What somebody publishes of a build, and where its sources lie: the folder that `assay build` wrote, or only manifest.json
 * and reference-values.json of it, beside the archive of its inputs (build/input_archive.h). On this machine or on a web
 * server, of which only these few files are asked: manifest.json, reference-values.json, sources.json and what that lists.
 *
 *   manifest.json, reference-values.json
 *   assay.yaml, assay.lock ...                  the sources beside them,
 *   description, source/, sources.json          or as an archive has them,
 *   archive/...                                 or in an archive of this name
 *
 * Whoever published it wrote all of it. It is read as hostile input and believed in nothing.
 */
#ifndef ASSAY_BUILD_PUBLICATION_H
#define ASSAY_BUILD_PUBLICATION_H

#include "appraise/reference_values.h"
#include "build/manifest_parse.h"
#include "net/fetch.h"

struct publication {
	struct arena *a;
	bool is_published; /* else there is a description with its lock, and nothing to compare with */
	struct manifest manifest;
	uint8_t manifest_sha256[SHA256_SIZE];
	struct reference_values values;
	struct str values_text; /* the file */
	char *description;      /* folder of assay.yaml and assay.lock */
	char *archive;          /* folder or URL of the archive of inputs that it has; NULL: none */
};

struct publication_request {
	const char *target;      /* a folder, an assay.lock, an http or https URL */
	const char *description; /* folder of the sources; NULL: looked for in the target */
	const char *scratch;     /* empty folder that takes what a server sends */
	struct store *store;     /* the same */
	const struct fetch_options *fetch;
};

/*
 * Fails: USAGE when the target is none of these or has no sources, NOTFOUND, FORMAT, LIMIT, IO; MISMATCH when a server's
 * bytes are not those of its own list, or its description names folders outside of it. *ret is for publication_done.
 */
bool publication_read(
	struct publication *ret, const struct publication_request *r, struct err *e) MUST_CHECK;
void publication_done(struct publication *p);

#endif
