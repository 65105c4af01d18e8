/*
 * An unpacked package: one file in the store ("packs/SHA256-VERSION") with the contents of its files and an index
 * (metadata, control members, SHA-256 of every file; see pack_index.h). Made once from a .deb in one pass, which also
 * checks the digest of the .deb; a second build decompresses nothing.
 *
 * A pack is written as a temporary, synced and renamed: a power cut must not leave zeros where bytes should be. The index
 * carries its own digest, which is checked when a pack is opened, and each content is hashed when it is first read
 * (pack_check.h); a pack that does not pass is made anew, unseen by the reader. Bytes that rot reach no image.
 */
#ifndef ASSAY_DEB_PACK_H
#define ASSAY_DEB_PACK_H

#include "store/store.h"
#include "tree/tree.h"

struct pack;
struct pack_member; /* deb/pack_index.h: name and bytes */

/*
 * The pack of the .deb object with this digest, unpacked now unless the store has it. `name` is for messages. Fails
 * FORMAT with the member named for anything hostile or malformed, NOTFOUND when the store has no such object. Thread-safe.
 */
bool pack_open(struct pack **ret, struct store *s, const uint8_t deb_sha256[static SHA256_SIZE],
	struct str name, struct err *e) MUST_CHECK;
void pack_free(struct pack *p);
void pack_freep(struct pack **p);

/* All packs on all cores, in the order of the list; the biggest are started first. */
bool pack_open_all(struct pack **ret, size_t n, struct store *s,
	const uint8_t (*deb_sha256)[SHA256_SIZE], const struct str *names,
	struct err *e) MUST_CHECK;

/* Where the pack of a package stands in its store: "packs/SHA256-1". */
enum { PACK_PLACE_MAX = sizeof "packs/" + 2 * SHA256_SIZE + sizeof "-4294967295" };
void pack_place(char place[static PACK_PLACE_MAX], const uint8_t deb_sha256[static SHA256_SIZE]);

/*
 * Reads all of the pack at place and holds it against its name, its index and the digests in it. FORMAT or MISMATCH with
 * what is wrong, NOTFOUND for one of another version; nothing is mended.
 */
bool pack_verify(struct store *s, const char *place, struct err *e) MUST_CHECK;

/* Nodes of data.tar in the order of the archive, paths in the usr-merged layout (bin/ls -> usr/bin/ls). Contents
 * borrow the pack. */
const struct node *pack_nodes(const struct pack *p, size_t *n);
/* A member of control.tar ("control", "conffiles", "triggers", "md5sums"); empty when there is none. */
struct span pack_control(const struct pack *p, const char *member);
/* All members of control.tar in the order of the archive. */
const struct pack_member *pack_control_members(const struct pack *p, size_t *n);

#endif
