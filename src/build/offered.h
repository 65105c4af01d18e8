/*
 * Objects of the store as files of a folder that a box sees, under the names that its programs want.
 */
#ifndef ASSAY_BUILD_OFFERED_H
#define ASSAY_BUILD_OFFERED_H

#include "store/store.h"

/*
 * Makes the file at path (absolute, not there yet) with the object's bytes: another name of the object where the file system
 * lets us, else a copy. It is only to be read. NOTFOUND for an object that the store has not, IO.
 */
bool offered_file(const struct store *s, const uint8_t sha256[static SHA256_SIZE], const char *path,
	struct err *e) MUST_CHECK;

#endif
