#include "lock/lock_past.h"

#include "base/mem.h"
#include "deb/control.h"
#include "lock/lock_make.h"
#include "lock/packages_text.h"
#include "base/banned.h"

#define WANTED "build-dependencies"

enum { WANTED_MAX = 2 << 20 };

static bool read_release(
	struct lock_past *p, const struct lock_suite *s, struct release *r, struct err *e)
{
	CLEANUP(buf_done) struct buf bytes = { 0 };
	struct inrelease signers;

	if (!archive_fetch_release(p->q, s, e)) {
		err_wrap(e, "the InRelease of suite '%.*s' that the lock names is not at hand",
			STR_ARG(s->suite));
		return err_hint(e,
			"archives keep only their newest: name a folder that `assay archive` wrote with --mirror, or make the lock anew (assay lock --update)");
	}
	return store_get(p->q->store, s->release_sha256, INRELEASE_SIZE_MAX, &bytes, e) &&
	       archive_read_release(p->q, buf_span(&bytes), p->a, &signers, r, e) &&
	       release_is(r, s->suite, e);
}

static bool check_index(const struct lock_past *p, const struct lock_index *x, struct err *e)
{
	const struct lock_suite *s = &p->lock->suites[x->suite];
	const struct release *r = &p->releases[x->suite];
	const struct release_file *f = release_find(r, x->path);

	if (!f || f->size != x->size || memcmp(f->sha256, x->sha256, SHA256_SIZE) != 0)
		return err_set(e, ERR_MISMATCH,
			"index '%.*s': the signed Release of suite '%.*s' says otherwise than the lock",
			STR_ARG(x->path), STR_ARG(s->suite));
	return archive_fetch_index(p->q, s, r->by_hash, x, e);
}

static bool take_sources(struct lock_past *p, struct err *e)
{
	for (size_t i = 0; i < p->lock->n_indexes; i++) {
		const struct lock_index *binary = &p->lock->indexes[i];
		struct lock_index *x = &p->sources[p->n_sources];
		bool there = false;

		if (!archive_take_source_index(p->q, &p->lock->suites[binary->suite],
			    &p->releases[binary->suite], binary->component, p->a, x, &there, e))
			return false;
		x->suite = binary->suite;
		p->n_sources += there;
	}
	return true;
}

bool lock_past_open(struct lock_past *ret, const struct lock *l, const struct archive_access *q,
	struct arena *a, struct err *e)
{
	struct lock_past p = { .lock = l, .q = q, .a = a };

	p.releases = ARENA_ARRAY(a, l->n_suites + 1, struct release);
	p.sources = ARENA_ARRAY(a, l->n_indexes + 1, struct lock_index);
	if (!p.releases || !p.sources)
		return arena_full(a, e);
	for (size_t i = 0; i < l->n_suites; i++)
		if (!read_release(&p, &l->suites[i], &p.releases[i], e))
			return err_wrap(e, "suite '%.*s'", STR_ARG(l->suites[i].suite));
	for (size_t i = 0; i < l->n_indexes; i++)
		if (!check_index(&p, &l->indexes[i], e))
			return false;
	if (!take_sources(&p, e))
		return false;
	*ret = p;
	return true;
}

/* ---- source packages ---- */

/* ret.p stays NULL where the index has it not. */
static bool search(struct str *ret, const struct lock_past *p, const struct lock_index *x,
	struct str name, struct str version, struct err *e)
{
	CLEANUP(buf_done) struct buf text = { 0 };
	CLEANUP(mem_free) struct control_stanza *s = MEM_NEW(struct control_stanza);
	struct control_reader r;
	bool found = true;

	if (!packages_text_read(p->q->store, x->sha256, &text, e))
		return false;
	control_init(&r, buf_span(&text));
	while (control_next(&r, s, &found, e)) {
		if (!found)
			return true;
		if (!str_equal(control_field(s, "Package"), name) ||
			!str_equal(control_field(s, "Version"), version))
			continue;
		*ret = arena_str(p->a, s->text);
		return ret->p || arena_full(p->a, e);
	}
	return false;
}

bool lock_past_source(struct str *ret, const struct lock_past *p, struct str name,
	struct str version, struct err *e)
{
	struct str found = { 0 };

	for (size_t i = 0; !found.p && i < p->n_sources; i++)
		if (!search(&found, p, &p->sources[i], name, version, e))
			return err_wrap(e, "'%.*s'", STR_ARG(p->sources[i].path));
	if (!found.p)
		return err_set(e, ERR_NOTFOUND, "no suite of the lock has its source '%.*s' %.*s",
			STR_ARG(name), STR_ARG(version));
	*ret = found;
	return true;
}

/* ---- sets of packages ---- */

static bool wanted_stanza(struct buf *out, struct str depends, struct str conflicts, struct err *e)
{
	buf_add_cstr(out, "Package: " WANTED "\nVersion: 0\nArchitecture: all\n");
	if (depends.n)
		buf_printf(out, "Depends: %.*s\n", STR_ARG(depends));
	if (conflicts.n)
		buf_printf(out, "Conflicts: %.*s\n", STR_ARG(conflicts));
	return buf_ok(out) || buf_full(out, "a list of dependencies", e);
}

/* The arena's copies, without the package that wanted them. */
static bool keep(struct resolve_result *ret, const struct resolve_result *from, struct arena *a,
	struct err *e)
{
	struct resolve_choice *items = ARENA_ARRAY(a, from->n + 1, struct resolve_choice);
	size_t n = 0;

	for (size_t i = 0; items && i < from->n; i++) {
		if (str_is(from->items[i].name, WANTED))
			continue;
		items[n] = (struct resolve_choice){ .name = arena_str(a, from->items[i].name),
			.version = arena_str(a, from->items[i].version),
			.index = from->items[i].index };
		if (!items[n].name.p || !items[n].version.p)
			return arena_full(a, e);
		n++;
	}
	*ret = (struct resolve_result){ .items = items, .n = n };
	return items || arena_full(a, e);
}

static bool close_over(struct resolve_result *ret, const struct lock_past *p,
	const struct span *spans, size_t n, struct err *e)
{
	static const struct str wanted[] = { { WANTED, sizeof WANTED - 1 } };
	CLEANUP(resolve_freep) struct resolve *r = NULL;
	struct resolve_result found;

	return resolve_new(&r, spans, n, e) &&
	       resolve_closure(r, (struct str_list){ wanted, 1 }, (struct str_list){ 0 }, p->a,
		       &found, e) &&
	       keep(ret, &found, p->a, e);
}

bool lock_past_closure(struct resolve_result *ret, const struct lock_past *p, struct str depends,
	struct str conflicts, struct err *e)
{
	size_t n = p->lock->n_indexes;
	CLEANUP(mem_free) struct buf *texts = mem_array(n + 1, sizeof *texts);
	CLEANUP(mem_free) struct span *spans = mem_array(n + 1, sizeof *spans);
	bool ok;

	texts[n] = buf_init(WANTED_MAX);
	ok = wanted_stanza(&texts[n], depends, conflicts, e);
	for (size_t i = 0; ok && i < n; i++)
		ok = packages_text_read(p->q->store, p->lock->indexes[i].sha256, &texts[i], e);
	for (size_t i = 0; i <= n; i++)
		spans[i] = buf_span(&texts[i]);
	ok = ok && close_over(ret, p, spans, n + 1, e);
	for (size_t i = 0; i <= n; i++)
		buf_done(&texts[i]);
	return ok;
}

bool lock_past_make(
	struct lock *ret, const struct lock_past *p, const struct description *d, struct err *e)
{
	return lock_make_on(ret, d, p->lock, p->releases, p->q, p->a, e);
}
