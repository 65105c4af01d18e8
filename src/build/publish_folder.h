/*
 * Writing the folder of a publication (doc/publication.md). It is made beside its place, as FOLDER.partial, and takes that
 * place at once when it is whole; a publication that stood there goes then, and nothing else ever does. What a killed run
 * left of FOLDER.partial is begun anew. The same content gives the same names, bytes, modes and times.
 */
#ifndef ASSAY_BUILD_PUBLISH_FOLDER_H
#define ASSAY_BUILD_PUBLISH_FOLDER_H

#include "base/arena.h"
#include "base/err.h"
#include "base/span.h"
#include "base/str.h"

struct publish_folder {
	char *place, *partial;
	int fd;             /* of the partial folder; starts as -1 */
	bool replaces;      /* something stands at the place */
	int64_t mtime_unix; /* of all that is in it */
};

/*
 * *ret is for publish_folder_done, also after a failure. Fails: USAGE when what stands at the place is no publication, or
 * another process writes there; IO.
 */
bool publish_folder_begin(struct publish_folder *ret, const char *place, int64_t mtime_unix,
	struct err *e) MUST_CHECK;
/* A file; its folders are made. */
bool publish_folder_put(
	struct publish_folder *f, struct str path, struct span bytes, struct err *e) MUST_CHECK;
/* Writes publication.json over all that is there, reached the disk. */
bool publish_folder_index(
	struct publish_folder *f, struct str name, struct arena *a, struct err *e) MUST_CHECK;
/* Gives it its place. */
bool publish_folder_finish(struct publish_folder *f, struct err *e) MUST_CHECK;
/* Removes what did not get its place. */
void publish_folder_done(struct publish_folder *f);

#endif
