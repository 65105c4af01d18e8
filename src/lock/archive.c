#include "lock/archive.h"

#include <stdio.h>

#include "base/hex.h"
#include "base/banned.h"

enum {
	PATH_ROOM = 512,
	NOTE_MAX = 170,  /* bytes of what one mirror of several answered ... */
	NOTES_MAX = 510, /* ... and of all */
};

static bool find_bases(
	const struct archive_access *q, struct str archive, struct fetch_bases *ret, struct err *e)
{
	ret->uris = mirrors_for(q->mirrors, archive, &ret->n);
	if (ret->n)
		return true;
	err_set(e, ERR_USAGE, "no mirror is known for the archive '%.*s'", STR_ARG(archive));
	return err_hint(
		e, "name one with --mirror URL; this machine's apt sources have none for Debian");
}

struct str archive_index_path(struct str component, struct str architecture, struct arena *a)
{
	return arena_printf(
		a, "%.*s/binary-%.*s/Packages.xz", STR_ARG(component), STR_ARG(architecture));
}

struct str archive_source_index_path(struct str component, struct arena *a)
{
	return arena_printf(a, "%.*s/source/Sources.xz", STR_ARG(component));
}

bool archive_read_release(const struct archive_access *q, struct span inrelease, struct arena *a,
	struct inrelease *ret_signers, struct release *ret, struct err *e)
{
	struct inrelease r = { 0 };
	struct str text;
	bool ok;

	if (!inrelease_verify(&r, inrelease, q->keyring, q->keys, e))
		return false;
	/* What is parsed lives as long as the arena, gpgv's output need not. */
	text = arena_str(a, buf_str(&r.payload));
	inrelease_done(&r);
	r.payload = (struct buf){ 0 };
	ok = text.p ? release_parse(ret, str_span(text), a, e) : arena_full(a, e);
	if (ok)
		*ret_signers = r;
	return ok;
}

static bool check_times(
	const struct release *r, const struct lock_suite *before, int64_t now_unix, struct err *e)
{
	if (r->valid_until_unix && r->valid_until_unix < now_unix) {
		err_set(e, ERR_MISMATCH, "Release has expired: Valid-Until is %lld hours ago",
			(long long)((now_unix - r->valid_until_unix) / 3600));
		return err_hint(
			e, "this mirror is not up to date, or this machine's clock is ahead");
	}
	if (before && r->date_unix < before->date_unix) {
		err_set(e, ERR_MISMATCH,
			"Release is %lld hours older than the one that assay.lock names",
			(long long)((before->date_unix - r->date_unix) / 3600));
		return err_hint(e, "this mirror is behind; name another with --mirror");
	}
	return true;
}

/* One InRelease of a suite, looked for at one mirror after the other. */
struct taking {
	const struct archive_access *q;
	const struct suite_request *s;
	const struct lock_suite *before;
	int64_t now_unix;
	struct arena *a;
	struct str path;
	struct lock_suite suite;
	struct release release;
	struct buf notes;             /* what mirrors answered that could not be used */
	struct err worst;             /* the gravest of that: its kind and hint */
	size_t n_refused, n_left_off; /* mirrors; of them, that notes had no room for */
};

/* What one mirror came to; FAILED is this machine's fault, no other mirror would help. */
enum answer { TAKEN, REFUSED, FAILED };

static bool judge_release(struct taking *t, struct span bytes, struct err *e)
{
	struct inrelease signers;

	if (!archive_read_release(t->q, bytes, t->a, &signers, &t->release, e) ||
		!release_is(&t->release, t->s->suite, e) ||
		!check_times(&t->release, t->before, t->now_unix, e))
		return false;
	t->suite.codename = t->release.codename;
	t->suite.date_unix = t->release.date_unix;
	t->suite.signer = arena_str(t->a, str_of(signers.signers[0]));
	return t->suite.signer.p ? true : arena_full(t->a, e);
}

static bool is_mirrors_fault(enum err_kind kind)
{
	return kind == ERR_SIGNATURE || kind == ERR_MISMATCH || kind == ERR_FORMAT ||
	       kind == ERR_LIMIT;
}

static enum answer ask_mirror(struct taking *t, const char *base, struct err *e)
{
	CLEANUP(buf_done) struct buf bytes = { 0 };
	struct fetch_bases one = { &base, 1 };

	if (!fetch_unpinned(&one, t->path, INRELEASE_SIZE_MAX, t->q->options, &bytes, e))
		return e->kind == ERR_USAGE || e->kind == ERR_FORMAT ? FAILED : REFUSED;
	if (!judge_release(t, buf_span(&bytes), e)) {
		bool theirs = is_mirrors_fault(e->kind);

		err_wrap(e, "%.100s", base);
		return theirs ? REFUSED : FAILED;
	}
	t->suite.release_size = bytes.n;
	return store_put(t->q->store, buf_span(&bytes), t->suite.release_sha256, e) ? TAKEN
										    : FAILED;
}

/* A lie weighs more than silence. */
static unsigned gravity(enum err_kind kind)
{
	static const enum err_kind rising[] = { ERR_NONE, ERR_NOTFOUND, ERR_IO, ERR_LIMIT,
		ERR_FORMAT, ERR_MISMATCH, ERR_SIGNATURE };
	unsigned i = 0;

	while (i < ARRAY_LEN(rising) - 1 && rising[i] != kind)
		i++;
	return i;
}

static void note(struct taking *t, const struct err *why)
{
	buf_printf(&t->notes, "%s%.*s", t->notes.n ? "; " : "", NOTE_MAX, why->text);
	t->n_left_off += !buf_ok(&t->notes);
	t->n_refused++;
	if (gravity(why->kind) > gravity(t->worst.kind))
		t->worst = *why;
}

static void nobody_has_one(const struct taking *t, struct err *e)
{
	*e = t->worst;
	if (!e->hint[0])
		err_hint(e, "what a mirror gives must hold: name another with --mirror URL");
	if (t->n_refused == 1)
		return;
	snprintf(e->text, sizeof e->text, "%.*s", STR_ARG(buf_str(&t->notes)));
	if (t->n_left_off)
		snprintf(e->text, sizeof e->text, "%.*s; and %zu more mirrors",
			STR_ARG(buf_str(&t->notes)), t->n_left_off);
}

static bool ask_mirrors(struct taking *t, const struct fetch_bases *bases, struct err *e)
{
	enum answer answer = REFUSED;

	for (size_t i = 0; i < bases->n && answer == REFUSED; i++) {
		struct err why = { 0 };

		answer = ask_mirror(t, bases->uris[i], &why);
		if (answer == REFUSED)
			note(t, &why);
		if (answer == FAILED)
			*e = why;
	}
	if (answer == REFUSED)
		nobody_has_one(t, e);
	return answer == TAKEN || err_wrap(e, "InRelease of '%.*s %.*s'", STR_ARG(t->s->archive),
					  STR_ARG(t->s->suite));
}

bool archive_take_release(const struct archive_access *q, const struct suite_request *s,
	const struct lock_suite *before, int64_t now_unix, struct arena *a, struct lock_suite *ret,
	struct release *ret_release, struct err *e)
{
	struct taking t = { .q = q, .s = s, .before = before, .now_unix = now_unix, .a = a };
	struct fetch_bases bases;
	bool ok;

	t.suite.archive = arena_str(a, s->archive);
	t.suite.suite = arena_str(a, s->suite);
	t.path = arena_printf(a, "dists/%.*s/InRelease", STR_ARG(s->suite));
	if (!t.suite.archive.p || !t.suite.suite.p || !t.path.p)
		return arena_full(a, e);
	if (!find_bases(q, s->archive, &bases, e))
		return false;
	t.notes = buf_init(NOTES_MAX);
	ok = ask_mirrors(&t, &bases, e);
	buf_done(&t.notes);
	if (!ok)
		return false;
	*ret = t.suite;
	*ret_release = t.release;
	return true;
}

static bool fetch_one(const struct archive_access *q, struct str archive, struct str path,
	uint64_t size, const uint8_t sha256[static SHA256_SIZE], struct err *e)
{
	struct fetch_item item = { .path = path, .size = size };

	if (store_has_size(q->store, sha256, size))
		return true;
	memcpy(item.sha256, sha256, SHA256_SIZE);
	return find_bases(q, archive, &item.bases, e) &&
	       fetch_all(q->store, &item, 1, q->options, e);
}

bool archive_fetch_release(
	const struct archive_access *q, const struct lock_suite *s, struct err *e)
{
	CLEANUP(buf_done) struct buf path = buf_init(PATH_ROOM);

	buf_printf(&path, "dists/%.*s/InRelease", STR_ARG(s->suite));
	if (!buf_ok(&path))
		return buf_full(&path, "the path of an InRelease", e);
	return fetch_one(q, s->archive, buf_str(&path), s->release_size, s->release_sha256, e);
}

/* By digest: an index of that name may change on the mirror while it is asked for. */
static void add_hashed_path(struct buf *path, const struct lock_index *x)
{
	size_t folder = x->path.n;

	while (folder && x->path.p[folder - 1] != '/')
		folder--;
	buf_add(path, x->path.p, folder);
	buf_add_cstr(path, "by-hash/SHA256/");
	hex_add(path, SPAN_OF(x->sha256));
}

bool archive_fetch_index(const struct archive_access *q, const struct lock_suite *s, bool by_hash,
	const struct lock_index *x, struct err *e)
{
	CLEANUP(buf_done) struct buf path = buf_init(PATH_ROOM);

	buf_printf(&path, "dists/%.*s/", STR_ARG(s->suite));
	if (by_hash)
		add_hashed_path(&path, x);
	else
		buf_add_str(&path, x->path);
	if (!buf_ok(&path))
		return buf_full(&path, "the path of an index", e);
	return fetch_one(q, s->archive, buf_str(&path), x->size, x->sha256, e);
}

/* *there: the Release names the index at path. */
static bool take_index(const struct archive_access *q, const struct lock_suite *s,
	const struct release *r, struct lock_index *x, bool *there, struct arena *a, struct err *e)
{
	const struct release_file *f;

	x->component = arena_str(a, x->component);
	if (!x->component.p || !x->path.p)
		return arena_full(a, e);
	f = release_find(r, x->path);
	*there = f != NULL;
	if (!f)
		return true;
	x->size = f->size;
	memcpy(x->sha256, f->sha256, SHA256_SIZE);
	return archive_fetch_index(q, s, r->by_hash, x, e);
}

bool archive_take_index(const struct archive_access *q, const struct lock_suite *s,
	const struct release *r, struct str component, struct arena *a, struct lock_index *ret,
	struct err *e)
{
	struct lock_index x = { .component = component,
		.path = archive_index_path(component, STR("amd64"), a) };
	bool there = false;

	if (!take_index(q, s, r, &x, &there, a, e))
		return false;
	if (!there) {
		err_set(e, ERR_NOTFOUND, "suite '%.*s' has no index '%.*s'", STR_ARG(s->suite),
			STR_ARG(x.path));
		return err_hint(e, "is component '%.*s' spelt right?", STR_ARG(component));
	}
	*ret = x;
	return true;
}

bool archive_take_source_index(const struct archive_access *q, const struct lock_suite *s,
	const struct release *r, struct str component, struct arena *a, struct lock_index *ret,
	bool *there, struct err *e)
{
	struct lock_index x = { .component = component,
		.path = archive_source_index_path(component, a) };

	if (!take_index(q, s, r, &x, there, a, e))
		return false;
	*ret = x;
	return true;
}
