/*
 * The content-addressed store: objects named by their SHA-256, and records of what derivations gave. It survives kill
 * -9, full disks and two writers: everything is made as a temporary in tmp/, synced, and put in its place at once.
 *
 *   objects/ab/cdef...   bytes named by their digest; mode 0444 whatever the umask
 *   packs/...            unpacked packages (deb/pack.h)
 *   results/...          derivation digest -> JSON record, sealed with a line "sha256 HEX" behind it
 *   notes/...            what may be forgotten at any time: which inputs made an output folder; sealed, too
 *   sysroots/...         toolchains laid out as folders for the box, by tree digest, and a list of each
 *   logs/NAME-HEX        what a component's steps printed when they failed
 *   partial/SHA256       what has come of an object while it is fetched, locked by who fetches it
 *   tmp/PID-N/           what one open store is making, locked while its process lives; a later store_open removes
 *                        what dead processes left
 *
 * A store may be used from several threads; several processes may use one folder. Each open store holds a shared lock
 * on the folder; who removes what others may use (gc, repair) holds it alone.
 */
#ifndef ASSAY_STORE_STORE_H
#define ASSAY_STORE_STORE_H

#include "base/buf.h"
#include "base/digest.h"
#include "base/err.h"
#include "tree/content.h"

struct store;

enum {
	STORE_RESULT_MAX = 16 << 20, /* bytes of one result record, or note */
	STORE_NAME_MAX = 32,         /* room for the name of a temporary */
};

/*
 * Opens or makes the store at path; NULL: $XDG_CACHE_HOME/assay, else $HOME/.cache/assay. Fails USAGE when neither is
 * set, IO when the folder cannot be made or written.
 */
bool store_open(struct store **ret, const char *path, struct err *e) MUST_CHECK;
/* Also removes what this store still had in tmp/. NULL does nothing. */
void store_free(struct store *s);
void store_freep(struct store **s);
/* Absolute path of the store's folder, and a descriptor of it; both live as long as s. */
const char *store_path(const struct store *s);
int store_fd(const struct store *s);

/*
 * From now on no other process has this store open, until store_free: who wants to open it waits. waits (may be NULL) is
 * called when this has to wait for others. While it waits, s holds no lock at all (flock gives up a shared lock before
 * it asks for one alone; two that kept theirs would wait for each other for ever). So others may still open the store
 * then, and are waited for, too, or have it alone first: what s read from the store before may be gone.
 */
bool store_lock_alone(
	struct store *s, void (*waits)(void *ctx), void *ctx, struct err *e) MUST_CHECK;

/*
 * Only this user (and root) can change what is in the store. What a store says of its own work, such as that an image was
 * built here, is worth nothing where others could have written it.
 */
bool store_is_own(const struct store *s);

/* Where an object stands in its store: "objects/ab/cdef...". */
enum { STORE_PLACE_MAX = sizeof "objects/ab/" + 2 * SHA256_SIZE };
void store_object_place(
	char place[static STORE_PLACE_MAX], const uint8_t sha256[static SHA256_SIZE]);

bool store_has(const struct store *s, const uint8_t sha256[static SHA256_SIZE]);
/* The same, and the object has this size: what a cut file (a broken disk) does not pass. */
bool store_has_size(const struct store *s, const uint8_t sha256[static SHA256_SIZE], uint64_t size);
/* Puts bytes; a second put of the same bytes does nothing. */
bool store_put(struct store *s, struct span bytes, uint8_t ret[static SHA256_SIZE],
	struct err *e) MUST_CHECK;
/*
 * Reads a whole object of at most max bytes and checks its digest: MISMATCH when it was changed, NOTFOUND. out is
 * initialised here and owned by the caller.
 */
bool store_get(const struct store *s, const uint8_t sha256[static SHA256_SIZE], size_t max,
	struct buf *out, struct err *e) MUST_CHECK;
/* Reads a stored object and checks its digest: MISMATCH, NOTFOUND. */
bool store_check_object(
	const struct store *s, const uint8_t sha256[static SHA256_SIZE], struct err *e) MUST_CHECK;
/* Opens an object for reading without checking its digest; -1 with NOTFOUND. size may be NULL. */
int store_open_object(const struct store *s, const uint8_t sha256[static SHA256_SIZE],
	uint64_t *size, struct err *e) MUST_CHECK;

/*
 * An object that is written bit by bit. finish checks want (NULL: any; else MISMATCH) and says what was written. It
 * takes the place of an object that stands there, which mends one that was damaged.
 */
struct store_writer;
bool store_write_begin(struct store *s, struct store_writer **ret, struct err *e) MUST_CHECK;
bool store_write(struct store_writer *w, const void *p, size_t n, struct err *e) MUST_CHECK;
bool store_write_finish(struct store_writer *w, const uint8_t *want,
	uint8_t ret[static SHA256_SIZE], struct err *e) MUST_CHECK; /* frees w in every case */
void store_write_abort(struct store_writer *w);                     /* NULL does nothing */

/*
 * An object that is fetched, and may be fetched in pieces by several processes one after the other: its writer goes on
 * behind the *at bytes in partial/ that an earlier one kept. Nothing vouches for them but finish, whose want must be
 * sha256. While another process fetches the same object this is store_write_begin.
 */
bool store_write_resume(struct store *s, const uint8_t sha256[static SHA256_SIZE],
	struct store_writer **ret, uint64_t *at, struct err *e) MUST_CHECK;
/* Ends a writer whose bytes may be gone on with; of store_write_begin: as abort. NULL does nothing. */
void store_write_keep(struct store_writer *w);

/*
 * Result records: small JSON documents under the digest of a derivation. NOTFOUND when there is none, MISMATCH when its
 * bytes have changed.
 */
bool store_result_get(const struct store *s, const uint8_t key[static SHA256_SIZE], struct buf *out,
	struct err *e) MUST_CHECK;
/*
 * A second result with other bytes under one key is MISMATCH: a finding, not an overwrite. A damaged record gives way.
 */
bool store_result_put(struct store *s, const uint8_t key[static SHA256_SIZE], struct span record,
	struct err *e) MUST_CHECK;

/*
 * Notes: small documents that spare work and prove nothing, under a key of the caller's; a second one takes the place of
 * the first, and all of them may be removed at any time. NOTFOUND when there is none, MISMATCH when it is not whole.
 */
bool store_note_get(const struct store *s, const uint8_t key[static SHA256_SIZE], struct buf *out,
	struct err *e) MUST_CHECK;
bool store_note_put(struct store *s, const uint8_t key[static SHA256_SIZE], struct span note,
	struct err *e) MUST_CHECK;

/* A stored object as content, its digest checked now; the source lives as long as the store. MISMATCH, NOTFOUND. */
bool store_content(struct store *s, const uint8_t sha256[static SHA256_SIZE], struct content *ret,
	struct err *e) MUST_CHECK;

/*
 * A file of another kind than an object (a pack): made under a name in tmp/, then placed at `place`, relative to the
 * store's folder, whose own folder must be there. place takes over what is there, syncs file and folder, makes the file
 * 0444. fd is the caller's and must be closed by it. A temporary that is not placed is dropped.
 */
bool store_temp_new(
	struct store *s, char name[static STORE_NAME_MAX], int *fd, struct err *e) MUST_CHECK;
bool store_temp_place(
	struct store *s, const char *name, int fd, const char *place, struct err *e) MUST_CHECK;
void store_temp_drop(struct store *s, const char *name);
/*
 * A small file that may be lost: whole at place in one step, mode 0444, over what is there; but not synced, so that after
 * a crash of the machine it may be empty.
 */
bool store_replace(struct store *s, const char *place, struct span bytes, struct err *e) MUST_CHECK;

/*
 * An empty scratch folder in tmp/ with mode 0700; *ret is its absolute path, owned by the caller until it is given to
 * store_tmpdir_remove, which removes everything in it. What is not removed goes with the store or a later store_open.
 */
bool store_tmpdir(struct store *s, char **ret, struct err *e) MUST_CHECK;
void store_tmpdir_remove(struct store *s, char *path);

#endif
