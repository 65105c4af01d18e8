/*
 * The tree of a git commit as a source: fetched by git, which runs as a child that reads no configuration, runs no hook,
 * asks nobody and writes no file above a limit; taken raw (no attribute of the tree changes a byte: export-subst, line ends,
 * filters); and put into the store as its canonical archive (source_pack.h). A submodule is an empty folder, as git leaves
 * it. The commit's id says where to look; what is trusted is the digest of the archive.
 */
#ifndef ASSAY_BUILD_SOURCE_GIT_H
#define ASSAY_BUILD_SOURCE_GIT_H

#include "lock/description.h"
#include "store/store.h"

/*
 * Puts the archive of the commit that r names into s. dir: the folder of the description. NOTFOUND for a repository or commit that is
 * not there or a machine without git, IO with what git said, as source_unpack.
 */
bool source_git_fetch(uint8_t ret[static SHA256_SIZE], struct store *s, const char *dir,
	const struct source_request *r, struct err *e) MUST_CHECK;

#endif
