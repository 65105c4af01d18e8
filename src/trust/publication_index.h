/*
 * publication.json: what lies in the folder of a publication (doc/publication.md), each file with its size and SHA-256. It
 * tells a whole copy from one that is cut or damaged, and a reader how much to expect. Nobody signs it, and nothing that it
 * says is believed: whoever changes a file can change the index, too. Canonical JSON (codec/json.h):
 *
 *   format  "assay.publication/1"
 *   name    of the image
 *   files   ascending by path, this file left out: path, size, sha256
 */
#ifndef ASSAY_TRUST_PUBLICATION_INDEX_H
#define ASSAY_TRUST_PUBLICATION_INDEX_H

#include "base/arena.h"
#include "base/buf.h"
#include "base/digest.h"
#include "base/str.h"

#define PUBLICATION_INDEX "publication.json"
#define PUBLICATION_INDEX_FORMAT "assay.publication/1"
enum {
	PUBLICATION_INDEX_SIZE_MAX = 32 << 20,
	PUBLICATION_INDEX_FILES_MAX = 100000,
	PUBLICATION_INDEX_PATH_MAX = 1024,
};
#define PUBLICATION_INDEX_FILE_SIZE_MAX (UINT64_C(1) << 40)
/* Bytes of memory that an index of that size may take as values. */
#define PUBLICATION_INDEX_MEMORY_MAX ((size_t)256 << 20)

struct publication_file {
	struct str
		path; /* relative, without "." and ".." and empty components and control characters */
	uint64_t size;
	uint8_t sha256[SHA256_SIZE];
};

struct publication_index {
	struct str name;
	const struct publication_file *files;
	size_t n_files;
};

/* All memory is the arena's. Fails: FORMAT with the line, LIMIT. */
bool publication_index_parse(
	struct publication_index *ret, struct span text, struct arena *a, struct err *e) MUST_CHECK;
/* Files in the order of str_compare. */
void publication_index_emit(struct buf *out, const struct publication_index *p);

/* The file at that path, or NULL. */
const struct publication_file *publication_index_find(
	const struct publication_index *p, struct str path);
/* The bytes are those of the file. Fails: NOTFOUND for a path that is not listed, MISMATCH. */
bool publication_index_check(const struct publication_index *p, struct str path, struct span bytes,
	struct err *e) MUST_CHECK;
bool publication_index_path_ok(struct str path);

#endif
