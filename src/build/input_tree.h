/*
 * Everything that a build of a lock reads, as one tree of files: what `assay archive` writes.
 *
 *   objects/ab/cdef...           packages, InRelease files, indexes and fetched sources, named by their SHA-256
 *   debian/, debian-security/    the paths under which a mirror has them: relative links to the objects
 *   sources/SHA256               git trees and tarballs of components: links, too
 *   source/...                   the description with its lock, overlays and the sources of its components: the files
 *                                that it names and no other, in folders that lie to each other as they did
 *   sources.json                 a list of what lies in source/ (build/source_list.h)
 *   description                  a link to the folder of assay.yaml in source/
 *   README                       what this is and how to use it
 *
 * Links and not second names of one file: they survive `cp -r`, tar and web servers, and no copy doubles the bytes.
 */
#ifndef ASSAY_BUILD_INPUT_TREE_H
#define ASSAY_BUILD_INPUT_TREE_H

#include "build/inputs.h"
#include "tree/tree.h"

enum { INPUT_TREE_MEMORY_MAX = 256 << 20, INPUT_TREE_FILE_MAX = 512 << 20 };

/*
 * Fills the empty tree t and finishes it; contents are read from s when they are needed, and live as long as both. A
 * package that the store lacks is NOTFOUND; so is an InRelease or index, unless n_missing is given, which then counts
 * them. Fails as component_source_collect and tree_from_folder, LIMIT for a file of an overlay above INPUT_TREE_FILE_MAX.
 */
bool input_tree_make(struct tree *t, const struct inputs *in, struct store *s, size_t *n_missing,
	struct err *e) MUST_CHECK;
/*
 * The same without what archives and servers of sources have and the lock and the description name by digest: packages,
 * source packages, git trees and tarballs. What is left says what to build, and that the archives signed for it.
 */
bool input_tree_make_small(struct tree *t, const struct inputs *in, struct store *s,
	size_t *n_missing, struct err *e) MUST_CHECK;

#endif
