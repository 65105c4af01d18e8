/*
 * The outer container of a .deb (deb(5), ar(5) in the common format): read once from front to back, every byte hashed
 * on the way, so that the digest of the whole file is known when its last member has been used.
 *
 *   0   8  "!<arch>\n", then for each member, padded with "\n" to an even offset:
 *   0  16  name, padded with blanks; a single '/' may end it
 *  16  32  time, owner, group, mode: ignored
 *  48  10  size in decimal, padded with blanks
 *  58   2  "`\n"
 */
#ifndef ASSAY_DEB_AR_H
#define ASSAY_DEB_AR_H

#include "base/digest.h"
#include "base/err.h"
#include "base/str.h"

enum { AR_BUFFER = 1 << 20 };

struct ar;

struct ar_member {
	char name[17]; /* printable ASCII, terminated */
	uint64_t size;
};

/* Reads the start of fd, which has size bytes, is borrowed and must not change. FORMAT when it is not an archive. */
bool ar_open(struct ar **ret, int fd, uint64_t size, struct err *e) MUST_CHECK;
/* The same for a file that is no archive: all of it is the one member, which can be read at once. */
void ar_open_plain(struct ar **ret, int fd, uint64_t size);
void ar_free(struct ar *a);
void ar_freep(struct ar **a);

/*
 * The next member; *found is false at the end of the file. What was not read of the member before is passed over.
 * Fails FORMAT with the offset for a header that is not one, a member that runs past the end, a wrong padding.
 */
bool ar_next(struct ar *a, struct ar_member *ret, bool *found, struct err *e) MUST_CHECK;
/* The next bytes of the member, at most AR_BUFFER, valid until the next call; *n is 0 at its end. */
bool ar_read(struct ar *a, const uint8_t **p, size_t *n, struct err *e) MUST_CHECK;
/* After ar_next said that there is no more, or all of a plain file was read: SHA-256 of the whole file. */
void ar_digest(struct ar *a, uint8_t ret[static SHA256_SIZE]);

#endif
