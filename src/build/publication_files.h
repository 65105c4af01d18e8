/*
 * The files below a folder that publication.json lists (trust/publication_index.h): every regular one but the index itself.
 * Symbolic links, of which an archive of inputs is full, are other names of files that are listed, and have no line.
 */
#ifndef ASSAY_BUILD_PUBLICATION_FILES_H
#define ASSAY_BUILD_PUBLICATION_FILES_H

#include "trust/publication_index.h"

/*
 * Reads and hashes all of them, in order. folder is open. Fails: FORMAT for a name that no index may have and for what is
 * neither file, folder nor link, LIMIT, IO.
 */
bool publication_files_read(const struct publication_file **ret, size_t *n, int folder,
	struct arena *a, struct err *e) MUST_CHECK;

#endif
