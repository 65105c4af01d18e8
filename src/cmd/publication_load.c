#include "cmd/publication_load.h"

#include <errno.h>
#include <limits.h>
#include <sys/stat.h>
#include <unistd.h>

#include "appraise/reference_values.h"
#include "cmd/publication_fetch.h"
#include "sys/file.h"
#include "trust/dsse.h"
#include "trust/tlog_proof.h"
#define ASSAY_MAY_ASK_THE_MACHINE
#include "base/banned.h"

#define VALUES "reference-values.json"

struct loading {
	const char *target;
	int folder; /* -1: on a server */
	struct arena *a;
	struct publication_loaded *ret;
	size_t size; /* of statements, proofs and channel so far */
};

bool publication_load_is_url(const char *target)
{
	return str_starts(str_of(target), "http://") || str_starts(str_of(target), "https://");
}

/* As openat, and nothing on the way is a link either. */
static int open_here(int folder, const char *path, int flags)
{
	CLEANUP(file_closep) int below = -1;
	const char *slash = strchr(path, '/');
	char part[NAME_MAX + 1];

	if (!slash)
		return openat(folder, path, flags | O_CLOEXEC | O_NOFOLLOW);
	if ((size_t)(slash - path) >= sizeof part) {
		errno = ENAMETOOLONG;
		return -1;
	}
	memcpy(part, path, (size_t)(slash - path));
	part[slash - path] = '\0';
	below = openat(folder, part, O_PATH | O_DIRECTORY | O_CLOEXEC | O_NOFOLLOW);
	return below < 0 ? -1 : openat(below, slash + 1, flags | O_CLOEXEC | O_NOFOLLOW);
}

/* A regular file that is no link: a folder that somebody sent must not have others read. */
static bool read_here(
	const struct loading *l, struct str path, size_t max, struct buf *out, struct err *e)
{
	struct str name = arena_str(l->a, path);
	CLEANUP(file_closep) int fd = -1;
	struct stat st;

	if (!name.p)
		return arena_full(l->a, e);
	fd = open_here(l->folder, name.p, O_RDONLY | O_NONBLOCK | O_NOCTTY);
	if (fd < 0) {
		err_os(e, "cannot open '%s'", name.p);
		e->kind = faccessat(l->folder, name.p, F_OK, AT_SYMLINK_NOFOLLOW) ? ERR_NOTFOUND
										  : ERR_IO;
		return false;
	}
	if (fstat(fd, &st) < 0 || !S_ISREG(st.st_mode))
		return err_set(e, ERR_FORMAT, "'%s' is no file", name.p);
	return file_read_fd(fd, name.p, max, out, e);
}

/* Into the arena. */
static bool get(struct loading *l, struct str path, size_t max, struct str *ret, struct err *e)
{
	CLEANUP(buf_done) struct buf bytes = { 0 };

	if (!(l->folder < 0 ? publication_fetch(&bytes, l->target, path, max, e)
			    : read_here(l, path, max, &bytes, e)))
		return false;
	*ret = arena_str(l->a, buf_str(&bytes));
	return ret->p || arena_full(l->a, e);
}

/* What the index lists, and as it lists it. */
static bool get_listed(
	struct loading *l, struct str path, size_t max, struct str *ret, struct err *e)
{
	const struct publication_file *f = publication_index_find(&l->ret->index, path);

	if (!f)
		return err_set(e, ERR_NOTFOUND, "there is no '%.*s' in it", STR_ARG(path));
	if (f->size > max)
		return err_set(e, ERR_LIMIT, "'%.*s' is %llu bytes, limit %zu", STR_ARG(path),
			(unsigned long long)f->size, max);
	return get(l, path, (size_t)f->size + 1, ret, e) &&
	       publication_index_check(&l->ret->index, path, str_span(*ret), e);
}

static bool get_small(
	struct loading *l, struct str path, size_t max, struct str *ret, struct err *e)
{
	if (!get_listed(l, path, max, ret, e))
		return false;
	l->size += ret->n;
	return l->size <= PUBLICATION_LOAD_MAX ||
	       err_set(e, ERR_LIMIT,
		       "statements, proofs and channel are more than %zu bytes together",
		       PUBLICATION_LOAD_MAX);
}

static bool is_in(struct str path, const char *folder, const char *end)
{
	size_t n = strlen(folder);

	return str_starts(path, folder) && str_ends(path, end) &&
	       str_find(str_make(path.p + n, path.n - n), '/') == path.n - n;
}

/* All files of one kind, in the order of the index. */
static bool get_all(struct loading *l, const char *folder, const char *end, size_t max,
	size_t n_max, struct published_file **ret, size_t *n_ret, struct err *e)
{
	const struct publication_index *index = &l->ret->index;
	size_t n = 0;

	for (size_t i = 0; i < index->n_files; i++)
		n += is_in(index->files[i].path, folder, end);
	if (n > n_max)
		return err_set(e, ERR_LIMIT, "%zu files in '%s', limit %zu", n, folder, n_max);
	*ret = ARENA_ARRAY(l->a, n, struct published_file);
	if (!*ret)
		return arena_full(l->a, e);
	for (size_t i = 0; i < index->n_files; i++) {
		struct str path = index->files[i].path, text = { 0 };

		if (!is_in(path, folder, end))
			continue;
		if (!get_small(l, path, max, &text, e))
			return false;
		(*ret)[(*n_ret)++] = (struct published_file){ path, str_span(text) };
	}
	return true;
}

static bool get_index(struct loading *l, struct err *e)
{
	struct str text = { 0 };

	if (get(l, STR(PUBLICATION_INDEX), PUBLICATION_INDEX_SIZE_MAX, &text, e))
		return publication_index_parse(&l->ret->index, str_span(text), l->a, e);
	if (e->kind == ERR_NOTFOUND)
		err_hint(e, "wanted is the folder or URL of what `assay publish` wrote");
	return false;
}

static bool get_channel(struct loading *l, struct err *e)
{
	struct str text = { 0 };

	if (!publication_index_find(&l->ret->index, STR(PUBLICATION_CHANNEL)))
		return true;
	if (!get_small(l, STR(PUBLICATION_CHANNEL), CHANNEL_FILE_MAX, &text, e))
		return false;
	l->ret->channel = str_span(text);
	return true;
}

static bool load(struct loading *l, struct err *e)
{
	struct publication_loaded *p = l->ret;

	return get_index(l, e) &&
	       get_listed(l, STR(VALUES), REFERENCE_VALUES_SIZE_MAX, &p->values, e) &&
	       get_channel(l, e) &&
	       get_all(l, PUBLICATION_STATEMENTS, PUBLICATION_STATEMENT_END, DSSE_SIZE_MAX,
		       PUBLISHED_STATEMENTS_MAX, &p->statements, &p->n_statements, e) &&
	       get_all(l, PUBLICATION_PROOFS, PUBLICATION_PROOF_END, TLOG_PROOF_SIZE_MAX,
		       PUBLISHED_PROOFS_MAX, &p->proofs, &p->n_proofs, e);
}

bool publication_load(
	struct publication_loaded *ret, const char *target, struct arena *a, struct err *e)
{
	CLEANUP(file_closep) int folder = -1;
	struct publication_loaded p = { 0 };
	struct loading l = { .target = target, .a = a, .ret = &p };

	if (!publication_load_is_url(target)) {
		folder = open(target, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
		if (folder < 0) {
			err_os(e, "cannot open '%s'", target);
			return err_hint(
				e, "wanted is the folder or URL of what `assay publish` wrote");
		}
	}
	l.folder = folder;
	if (!load(&l, e))
		return err_wrap(e, "publication '%s'", target);
	*ret = p;
	return true;
}
