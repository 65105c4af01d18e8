#include <stdio.h>

#include "base/mem.h"
#include "deb/control.h"
#include "lock/lock_verify_inside.h"
#include "lock/packages_text.h"
#include "lock/stanza.h"
#include "net/fetch.h"
#include "base/banned.h"

enum { ARENA_MAX = 256 << 20, PIECE = 1 << 20 };

bool lock_verify_breaks(struct verifying *w, const char *link, struct str who, const char *why)
{
	w->v->link = link;
	snprintf(w->v->who, sizeof w->v->who, "%.*s", STR_ARG(who));
	snprintf(w->v->why, sizeof w->v->why, "%s", why);
	return false;
}

static bool is_broken(const struct verifying *w)
{
	return w->v->link != NULL;
}

/*
 * The lock's signer must be one of those. That its key has expired since is a fact to tell, not a fault; but a Release that
 * gives itself a later date than the expiry shows that the signature's date, which says otherwise, is made up.
 */
static bool check_signer(struct verifying *w, const struct lock_suite *s,
	const struct inrelease *signers, const struct release *r)
{
	size_t i = inrelease_find(signers, s->signer), n = w->v->n_expired;

	if (i == signers->n_signers)
		return lock_verify_breaks(w, "signature", s->suite,
			"the signer that the lock names is none of its good signatures");
	if (signers->expired_unix[i] == 0)
		return true;
	if (r->date_unix >= signers->expired_unix[i])
		return lock_verify_breaks(w, "signature", s->suite,
			"the Release is of a day on which its signer's key had expired already: the signature is dated back");
	if (n == LOCK_VERIFY_EXPIRED_MAX)
		return lock_verify_breaks(w, "signature", s->suite,
			"too many suites are signed by keys that have expired since");
	w->v->expired[n] = (struct lock_expiry){ (size_t)(s - w->l->suites),
		signers->signed_unix[i], signers->expired_unix[i] };
	w->v->n_expired++;
	return true;
}

static bool check_release(
	struct verifying *w, const struct lock_suite *s, struct span bytes, struct release *r)
{
	struct inrelease signers;
	struct err e = { 0 };

	if (!archive_read_release(w->q, bytes, w->a, &signers, r, &e)) {
		if (e.kind == ERR_SIGNATURE)
			return lock_verify_breaks(w, "signature", s->suite, e.text);
		*w->e = e;
		return false;
	}
	if (!check_signer(w, s, &signers, r))
		return false;
	if (!release_is(r, s->suite, &e))
		return lock_verify_breaks(w, "release", s->suite, e.text);
	if (!str_equal(r->codename, s->codename) || r->date_unix != s->date_unix)
		return lock_verify_breaks(w, "release", s->suite,
			"the lock gives another codename or date than the Release");
	return true;
}

static bool take_release(struct verifying *w, const struct lock_suite *s, struct release *r)
{
	CLEANUP(buf_done) struct buf bytes = { 0 };

	if (!archive_fetch_release(w->q, s, w->e)) {
		err_wrap(w->e, "the InRelease of suite '%.*s' that the lock names is not at hand",
			STR_ARG(s->suite));
		w->e->kind = ERR_NOTFOUND;
		return err_hint(w->e,
			"archives keep only their newest: whoever published the lock must give it too; put it below a folder as dists/%.*s/InRelease and name that with --mirror",
			STR_ARG(s->suite));
	}
	if (!store_get(w->q->store, s->release_sha256, INRELEASE_SIZE_MAX, &bytes, w->e))
		return false;
	if (bytes.n != s->release_size)
		return lock_verify_breaks(
			w, "release", s->suite, "its size is not what the lock says");
	return check_release(w, s, buf_span(&bytes), r);
}

bool lock_verify_index(struct verifying *w, const struct lock_index *x, struct str path)
{
	const struct lock_suite *s = &w->l->suites[x->suite];
	const struct release_file *f;

	if (!path.p)
		return arena_full(w->a, w->e);
	if (!str_equal(path, x->path))
		return lock_verify_breaks(
			w, "index", x->path, "it is not the index of its component");
	f = release_find(&w->releases[x->suite], x->path);
	if (!f || f->size != x->size || memcmp(f->sha256, x->sha256, SHA256_SIZE) != 0)
		return lock_verify_breaks(w, "index", x->path,
			f ? "the signed Release gives another size or SHA-256"
			  : "the signed Release does not name it");
	if (archive_fetch_index(w->q, s, w->releases[x->suite].by_hash, x, w->e))
		return true;
	err_wrap(w->e, "the index '%.*s' of suite '%.*s' is not at hand", STR_ARG(x->path),
		STR_ARG(s->suite));
	return err_hint(w->e,
		"archives keep an index for some days only: whoever published the lock must give it too");
}

/* Holds a stanza against the packages of its name that the lock takes from this index. */
static bool check_stanza(
	struct verifying *w, size_t index, const struct control_stanza *s, struct str name)
{
	const struct lock_package *p = map_get(w->wanted, name);
	const struct lock_package *end = w->l->packages + w->l->n_packages;
	struct lock_package signed_one;
	const char *what;

	for (; p && p < end && str_equal(p->name, name); p++) {
		size_t at = (size_t)(p - w->l->packages);

		if (p->index != index || w->found[at] ||
			!str_equal(p->version, control_field(s, "Version")))
			continue;
		if (!stanza_package(&signed_one, s, w->e))
			return false;
		if (!stanza_agrees(p, &signed_one, &what)) {
			char why[100];

			snprintf(why, sizeof why, "the signed index gives another %s", what);
			return lock_verify_breaks(w, "stanza", p->name, why);
		}
		w->found[at] = true;
	}
	return true;
}

static bool check_stanzas(struct verifying *w, size_t index)
{
	CLEANUP(buf_done) struct buf text = { 0 };
	struct control_reader r;
	struct control_stanza *s = ARENA_NEW(w->a, struct control_stanza);
	bool found = true;

	if (!s)
		return arena_full(w->a, w->e);
	if (!packages_text_read(w->q->store, w->l->indexes[index].sha256, &text, w->e))
		return false;
	control_init(&r, buf_span(&text));
	while (control_next(&r, s, &found, w->e)) {
		if (!found)
			return true;
		if (!check_stanza(w, index, s, control_field(s, "Package")))
			return false;
	}
	return false;
}

/* What a set or the whole lock says of a package is worth nothing unless every package has its stanza. */
static bool check_all_found(struct verifying *w)
{
	for (size_t i = 0; i < w->l->n_packages; i++)
		if (!w->found[i])
			return lock_verify_breaks(w, "stanza", w->l->packages[i].name,
				"the signed index has no such package in this version");
	return true;
}

bool lock_verify_bytes(struct verifying *w, const uint8_t sha256[static SHA256_SIZE], uint64_t size,
	const char *link, struct str who)
{
	CLEANUP(mem_free) uint8_t *piece = mem_alloc(PIECE);
	CLEANUP(hasher_freep) struct hasher *h = hasher_new(DIGEST_SHA256);
	struct content c;
	uint8_t got[SHA256_SIZE];

	if (!store_content(w->q->store, sha256, &c, w->e))
		return false;
	if (c.size != size)
		return lock_verify_breaks(w, link, who, "its size is not what the lock says");
	for (uint64_t at = 0; at < c.size; at += PIECE) {
		size_t n = c.size - at < PIECE ? (size_t)(c.size - at) : PIECE;

		if (!content_read(&c, at, piece, n, w->e))
			return false;
		hasher_add(h, piece, n);
	}
	hasher_end(h, got);
	return memcmp(got, sha256, SHA256_SIZE) == 0 ||
	       lock_verify_breaks(w, link, who, "its bytes in the store are not those of its name");
}

static bool fetch_packages(struct verifying *w)
{
	size_t n = w->l->n_packages;
	CLEANUP(mem_free) struct fetch_item *items = mem_array(n, sizeof *items);

	for (size_t i = 0; i < n; i++) {
		const struct lock_package *p = &w->l->packages[i];
		const struct lock_suite *s = &w->l->suites[w->l->indexes[p->index].suite];

		items[i] = (struct fetch_item){ .path = p->path, .size = p->size };
		memcpy(items[i].sha256, p->sha256, SHA256_SIZE);
		items[i].bases.uris = mirrors_for(w->q->mirrors, s->archive, &items[i].bases.n);
	}
	return fetch_all(w->q->store, items, n, w->q->options, w->e);
}

/* Fetched ones were checked on their way in; those of the store are read again. */
static bool check_packages(struct verifying *w, bool fetch)
{
	if (fetch && !fetch_packages(w))
		return false;
	for (size_t i = 0; i < w->l->n_packages; i++) {
		const struct lock_package *p = &w->l->packages[i];

		if (store_has(w->q->store, p->sha256) &&
			!lock_verify_bytes(w, p->sha256, p->size, "package", p->name))
			return false;
	}
	return lock_verify_source_files(w, fetch);
}

static bool walk(struct verifying *w, bool with_packages)
{
	const struct lock *l = w->l;

	for (size_t i = 0; i < l->n_packages; i++)
		map_add(w->wanted, l->packages[i].name, (void *)(uintptr_t)&l->packages[i]);
	for (size_t i = 0; i < l->n_suites; i++)
		if (!take_release(w, &l->suites[i], &w->releases[i]))
			return false;
	for (size_t i = 0; i < l->n_indexes; i++)
		if (!lock_verify_index(w, &l->indexes[i],
			    archive_index_path(l->indexes[i].component, l->architecture, w->a)) ||
			!check_stanzas(w, i))
			return false;
	return check_all_found(w) && lock_verify_sources(w) && check_packages(w, with_packages);
}

bool lock_verify(const struct lock *l, const struct archive_access *q, bool with_packages,
	struct lock_verdict *ret, struct err *e)
{
	CLEANUP(arena_freep) struct arena *a = arena_new(ARENA_MAX);
	CLEANUP(map_freep) struct map *wanted = map_new();
	CLEANUP(mem_free) bool *found = mem_array(l->n_packages, sizeof *found);
	CLEANUP(mem_free) struct release *releases = mem_array(l->n_suites, sizeof *releases);
	struct lock_verdict v = { 0 };
	struct verifying w = { l, q, &v, e, releases, found, wanted, a };

	v.ok = walk(&w, with_packages);
	if (!v.ok && !is_broken(&w))
		return false;
	*ret = v;
	return true;
}
