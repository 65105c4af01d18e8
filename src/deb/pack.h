/*
 * An unpacked package: one file in the store with an index (metadata, control members, SHA-256 of every file) and the
 * contents of its files. Made once from a .deb in one pass; a second build decompresses nothing.
 */
#ifndef ASSAY_DEB_PACK_H
#define ASSAY_DEB_PACK_H

#include "store/store.h"
#include "tree/tree.h"

struct pack;

/*
 * The pack of the .deb object with this digest, unpacked now unless the store has it. `name` is for messages. Fails
 * FORMAT with the member named for anything hostile or malformed. Thread-safe for different digests.
 */
bool pack_open(struct pack **ret, struct store *s, const uint8_t deb_sha256[static SHA256_SIZE],
	struct str name, struct err *e) MUST_CHECK;
void pack_free(struct pack *p);
void pack_freep(struct pack **p);

/* All packs on all cores, in the order of the list; the biggest are started first. */
bool pack_open_all(struct pack **ret, size_t n, struct store *s,
	const uint8_t (*deb_sha256)[SHA256_SIZE], const struct str *names,
	struct err *e) MUST_CHECK;

/* Nodes of data.tar in the order of the archive, paths in the usr-merged layout (bin/ls -> usr/bin/ls). Contents
 * borrow the pack. */
const struct node *pack_nodes(const struct pack *p, size_t *n);
/* A member of control.tar ("control", "conffiles", "triggers", "md5sums"); empty when there is none. */
struct span pack_control(const struct pack *p, const char *member);

#endif
