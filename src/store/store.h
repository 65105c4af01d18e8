/*
 * The content-addressed store: objects named by their SHA-256, and records of what derivations gave. It survives kill
 * -9, full disks and two writers: everything is made as a temporary beside its place, synced and renamed.
 *
 *   objects/ab/cdef...   bytes named by their digest; read only
 *   packs/...            unpacked packages (deb/pack.h)
 *   results/...          derivation digest -> JSON record
 *   sysroots/...         toolchains laid out as folders for the box, by tree digest
 *   tmp/                 what is being made; emptied of what dead processes left
 */
#ifndef ASSAY_STORE_STORE_H
#define ASSAY_STORE_STORE_H

#include "base/buf.h"
#include "base/digest.h"
#include "base/err.h"
#include "tree/content.h"

struct store;

/* Opens or makes the store at path; NULL: $XDG_CACHE_HOME/assay, else $HOME/.cache/assay. */
bool store_open(struct store **ret, const char *path, struct err *e) MUST_CHECK;
void store_free(struct store *s);
void store_freep(struct store **s);
/* Absolute path of the store's folder, and a descriptor of it; both live as long as s. */
const char *store_path(const struct store *s);
int store_fd(const struct store *s);

bool store_has(const struct store *s, const uint8_t sha256[static SHA256_SIZE]);
/* Puts bytes; a second put of the same bytes does nothing. */
bool store_put(struct store *s, struct span bytes, uint8_t ret[static SHA256_SIZE],
	struct err *e) MUST_CHECK;
/* Reads a whole object of at most max bytes and checks its digest: MISMATCH when it was changed, NOTFOUND. */
bool store_get(const struct store *s, const uint8_t sha256[static SHA256_SIZE], size_t max,
	struct buf *out, struct err *e) MUST_CHECK;
/* Opens an object for reading without checking its digest; -1 with NOTFOUND. */
int store_open_object(const struct store *s, const uint8_t sha256[static SHA256_SIZE],
	uint64_t *size, struct err *e) MUST_CHECK;

/* An object that is written bit by bit. finish checks want (NULL: any) and says what was written. */
struct store_writer;
bool store_write_begin(struct store *s, struct store_writer **ret, struct err *e) MUST_CHECK;
bool store_write(struct store_writer *w, const void *p, size_t n, struct err *e) MUST_CHECK;
bool store_write_finish(struct store_writer *w, const uint8_t *want,
	uint8_t ret[static SHA256_SIZE], struct err *e) MUST_CHECK; /* frees w in every case */
void store_write_abort(struct store_writer *w);

/* Result records: small JSON documents under the digest of a derivation. NOTFOUND when there is none. */
bool store_result_get(const struct store *s, const uint8_t key[static SHA256_SIZE], struct buf *out,
	struct err *e) MUST_CHECK;
/* A second result with other bytes under one key is MISMATCH: a finding, not an overwrite. */
bool store_result_put(struct store *s, const uint8_t key[static SHA256_SIZE], struct span record,
	struct err *e) MUST_CHECK;

/* A stored object as content; the source lives as long as the store. */
bool store_content(struct store *s, const uint8_t sha256[static SHA256_SIZE], struct content *ret,
	struct err *e) MUST_CHECK;

#endif
