#define ASSAY_MAY_ASK_THE_MACHINE
#include "check/annex.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/mem.h"
#include "deb/pack.h"
#include "sys/file.h"
#include "vm/scratch.h"
#include "base/banned.h"

enum { PIECE = 1 << 20, KINDS = 8 };

struct annex {
	struct store *from;
	const struct inputs *in;
	const struct canaries *c;
	char *folder;
	bool of_store; /* the folder is a temporary of `from`, else one below TMPDIR */
	int held;      /* the latter, while we live */
	bool made[KINDS];
};

static const enum variation kinds[] = { VARIATION_OUTSIDE_PATH, VARIATION_UNPACKING,
	VARIATION_OUTSIDE_USER };

static bool varies(uint64_t variations, enum variation v)
{
	return (variations & VARIATION_BIT(v)) != 0;
}

bool annex_new(struct annex **ret, struct store *from, const struct inputs *in,
	const struct canaries *c, uint64_t variations, struct err *e)
{
	CLEANUP(annex_freep) struct annex *a = MEM_NEW(struct annex);

	a->held = -1;
	a->from = from;
	a->in = in;
	a->c = c;
	a->of_store = !varies(variations, VARIATION_OUTSIDE_USER);
	if (a->of_store ? !store_tmpdir(from, &a->folder, e)
			: !scratch_make_held(&a->folder, &a->held, e))
		return false;
	if (!a->of_store && chmod(a->folder, 0711) < 0)
		return err_os(e, "cannot open '%s' for another user", a->folder);
	*ret = TAKE(a);
	return true;
}

void annex_free(struct annex *a)
{
	if (!a)
		return;
	if (a->of_store)
		store_tmpdir_remove(a->from, a->folder);
	else
		scratch_removep(&a->folder);
	file_closep(&a->held);
	free(a);
}

void annex_freep(struct annex **a)
{
	annex_free(*a);
	*a = NULL;
}

const char *annex_folder(const struct annex *a)
{
	return a->folder;
}

static bool copy(struct store *to, const struct store *from, const uint8_t sha256[SHA256_SIZE],
	struct err *e)
{
	CLEANUP(mem_free) uint8_t *piece = mem_alloc(PIECE);
	uint8_t written[SHA256_SIZE];
	struct store_writer *w;
	uint64_t size, at = 0;
	CLEANUP(file_closep) int fd = store_open_object(from, sha256, &size, e);

	if (fd < 0 || !store_write_begin(to, &w, e))
		return false;
	while (at < size) {
		size_t n = size - at < PIECE ? (size_t)(size - at) : PIECE;

		if (!file_pread(fd, piece, n, at, "an object of the store", e) ||
			!store_write(w, piece, n, e)) {
			store_write_abort(w);
			return false;
		}
		at += n;
	}
	return store_write_finish(w, sha256, written, e);
}

/* What `from` does not have is not missed here: the build says so. */
static bool take(struct store *to, const struct store *from, const uint8_t sha256[SHA256_SIZE],
	struct err *e)
{
	char place[STORE_PLACE_MAX], *slash;

	if (!store_has(from, sha256) || store_has(to, sha256))
		return true;
	store_object_place(place, sha256);
	slash = strrchr(place, '/');
	*slash = 0;
	if (mkdirat(store_fd(to), place, 0755) < 0 && errno != EEXIST)
		return err_os(e, "cannot make a folder of '%s'", store_path(to));
	*slash = '/';
	if (linkat(store_fd(from), place, store_fd(to), place, 0) == 0)
		return true;
	return copy(to, from, sha256, e);
}

static bool take_sources(struct annex *a, struct store *to, struct err *e)
{
	for (size_t i = 0; i < a->in->description.n_components; i++) {
		const struct source_request *s = &a->in->description.components[i].source;

		if (s->pinned && !take(to, a->from, s->sha256, e))
			return false;
	}
	for (size_t i = 0; i < a->in->lock.n_sources; i++)
		for (size_t k = 0; k < a->in->lock.sources[i].n_files; k++)
			if (!take(to, a->from, a->in->lock.sources[i].files[k].sha256, e))
				return false;
	return true;
}

static bool fill(struct annex *a, const char *path, struct err *e)
{
	CLEANUP(store_freep) struct store *to = NULL;

	if (!store_open(&to, path, e))
		return false;
	for (size_t i = 0; i < a->in->lock.n_packages; i++)
		if (!take(to, a->from, a->in->lock.packages[i].sha256, e))
			return false;
	return take_sources(a, to, e);
}

/* The folders; objects are read only for everyone. */
static bool give(int dir, const char *name, uid_t owner, struct err *e)
{
	CLEANUP(file_closep)
	int fd = openat(dir, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
	char **names = NULL;
	size_t n = 0;
	bool ok = true;

	if (fd < 0 && errno == ENOTDIR)
		return true;
	if (fd < 0 || fchown(fd, owner, owner) < 0)
		return err_os(e, "cannot give folder '%s' to another user", name);
	if (!file_names(fd, ".", &names, &n, e))
		return false;
	for (size_t i = 0; ok && i < n; i++)
		ok = give(fd, names[i], owner, e);
	file_names_free(names, n);
	return ok;
}

bool annex_store(struct annex *a, uint64_t variations, char path[static PATH_MAX], struct err *e)
{
	unsigned kind = 0;

	for (size_t i = 0; i < ARRAY_LEN(kinds); i++)
		kind |= (unsigned)varies(variations, kinds[i]) << i;
	if (kind == 0) {
		snprintf(path, PATH_MAX, "%s", store_path(a->from));
		return true;
	}
	if (snprintf(path, PATH_MAX, "%s/%u/%s", a->folder, kind,
		    varies(variations, VARIATION_OUTSIDE_PATH) ? a->c->outside_path : "store") >=
		PATH_MAX)
		return err_set(e, ERR_LIMIT, "the path of the store is too long");
	if (a->made[kind])
		return true;
	if (!fill(a, path, e) || (varies(variations, VARIATION_OUTSIDE_USER) &&
					 !give(AT_FDCWD, a->folder, a->c->outside_user_id, e)))
		return false;
	a->made[kind] = true;
	return true;
}

bool annex_unpack_backwards(struct store *s, const struct lock *l, const char *set, struct err *e)
{
	const struct lock_set *found = lock_set_find(l, set);

	if (!found)
		return err_set(e, ERR_NOTFOUND, "the lock has no set '%s'", set);
	for (size_t i = found->n; i-- > 0;) {
		const struct lock_package *p = &l->packages[found->packages[i]];
		CLEANUP(pack_freep) struct pack *pack = NULL;

		if (!pack_open(&pack, s, p->sha256, p->name, e))
			return false;
	}
	return true;
}
