/*
 * sources.json of an archive (build/input_archive.h): what lies in source/, each file with its digest, size and whether it is
 * executable, each link with its target, each folder. SHA256SUMS knows only the bytes of files; with this list the sources
 * can be had from a server that lists no folders, and links and executable bits are covered, too. JSON, canonical:
 *
 *   format       "assay.sources/1"
 *   description  the folder of assay.yaml; "" where it is source/ itself
 *   files        path, executable, size, sha256
 *   links        path, target
 *   folders      paths
 *
 * All paths are relative to source/, in the order of a tree. A list is believed no further than its form: whoever gave the
 * sources wrote it.
 */
#ifndef ASSAY_BUILD_SOURCE_LIST_H
#define ASSAY_BUILD_SOURCE_LIST_H

#include "lock/description.h"
#include "store/store.h"
#include "tree/tree.h"

#define SOURCE_LIST "sources.json"
#define SOURCE_LIST_FORMAT "assay.sources/1"
/* Where the sources lie in an archive, beside the list. */
#define SOURCE_LIST_FOLDER "source"
enum {
	SOURCE_LIST_SIZE_MAX = 16 << 20,
	SOURCE_LIST_MEMORY_MAX = 256 << 20,
	SOURCE_LIST_ENTRIES_MAX = 50000,
	SOURCE_LIST_FILE_MAX = 512 << 20,
};
#define SOURCE_LIST_BYTES_MAX ((uint64_t)2 << 30) /* of all files */

struct source_list_file {
	struct str path;
	bool executable;
	uint64_t size;
	uint8_t sha256[SHA256_SIZE];
};

struct source_list_link {
	struct str path, target;
};

struct source_list {
	struct str description;
	const struct source_list_file *files;
	size_t n_files;
	const struct source_list_link *links;
	size_t n_links;
	struct str_list folders;
};

/* The list of a finished tree whose root is source/. */
void source_list_emit(const struct tree *t, struct str description, struct buf *out);

/* All memory is the arena's. Fails FORMAT with line, also for a path that is not canonical, LIMIT. */
bool source_list_parse(
	struct source_list *ret, struct span text, struct arena *a, struct err *e) MUST_CHECK;

/*
 * What is listed, as folder and files below SOURCE_LIST_FOLDER of the empty tree t, which is finished; the bytes are objects
 * of s. Fails as tree_add: MISMATCH for a path that is listed twice, FORMAT for one below a file or a link; NOTFOUND.
 */
bool source_list_tree(
	struct tree *t, const struct source_list *l, struct store *s, struct err *e) MUST_CHECK;

/*
 * Whether every folder that the description in t names is one of t: what somebody sends must not have files of this machine
 * built in. MISMATCH with the folder's name.
 */
bool source_list_holds(const struct source_list *l, const struct tree *t,
	const struct description *d, struct err *e) MUST_CHECK;

#endif
