/*
 * SLSA provenance v1 (https://slsa.dev/provenance/v1) of a finished image as an in-toto Statement v1, for tools that read that:
 * what its manifest says of what went in and what came out, in their words. It holds no time and no machine: metadata is left out,
 * so that whoever built the same image writes the same bytes but for the builder's id. doc/statements.md has the mapping.
 */
#ifndef ASSAY_BUILD_SLSA_PROVENANCE_H
#define ASSAY_BUILD_SLSA_PROVENANCE_H

#include "appraise/reference_values.h"
#include "build/manifest_parse.h"

#define SLSA_PROVENANCE_BUILD_TYPE "tag:assay,2026:build/1"
#define SLSA_PROVENANCE_BUILDER "tag:assay,2026:builder/1"
enum { SLSA_PROVENANCE_MAX = 4 << 20 };

struct slsa_provenance {
	struct span manifest;                  /* the bytes of manifest.json */
	const struct reference_values *values; /* NULL: only artefacts are its subjects */
	const uint8_t *values_sha256;          /* of reference-values.json; with values */
	struct str builder; /* a URI: the platform that whoever signs answers for */
};

/* Memory from a, for MANIFEST_MEMORY_MAX. Fails: as manifest_parse; USAGE for a builder that is no URI; LIMIT. */
bool slsa_provenance_emit(struct buf *out, const struct slsa_provenance *p, struct arena *a,
	struct err *e) MUST_CHECK;

#endif
