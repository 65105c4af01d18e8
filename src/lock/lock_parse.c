/* Reading assay.lock: strict, since whoever publishes a lock is not trusted. */
#include <stdlib.h>

#include "base/map.h"
#include "codec/json.h"
#include "lock/lock.h"
#include "lock/lock_index.h"
#include "lock/lock_sources.h"
#include "lock/member.h"
#include "sys/file.h"
#include "base/banned.h"

enum { SUITES_MAX = 64, SETS_MAX = 64, RELEASE_MAX = 16 << 20 };

/* The last second of the year 9999. */
static const uint64_t date_max = 253402300799;
static const uint64_t package_size_max = 1ULL << 33;

struct parse {
	struct lock *l;
	struct arena *a;
	struct err *e;
};

static bool bad(const struct parse *p, const struct json *at, const char *what, struct str v)
{
	return err_set(p->e, ERR_FORMAT, "line %zu: %s '%.*s'", at->line, what, STR_ARG(v));
}

static bool of_characters(struct str v, const char *more, bool capitals)
{
	for (size_t i = 0; i < v.n; i++) {
		char c = v.p[i];

		if (!((c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') ||
			    (capitals && c >= 'A' && c <= 'Z') || (c && strchr(more, c))))
			return false;
	}
	return v.n > 0 && v.n <= 255;
}

/* Debian policy 5.6.1 and 5.6.12. */
static bool is_package_name(struct str v)
{
	return of_characters(v, "+-.", false) && !strchr("+-.", v.p[0]);
}

static bool is_version(struct str v)
{
	return of_characters(v, ".+-:~", true);
}

static bool is_why(struct str v)
{
	static const char dependency[] = "dependency of ";

	if (str_is(v, "seed") || str_is(v, "essential"))
		return true;
	return str_starts(v, dependency) &&
	       is_package_name(str_make(v.p + sizeof dependency - 1, v.n - sizeof dependency + 1));
}

static bool is_fingerprint(struct str v)
{
	for (size_t i = 0; i < v.n; i++)
		if (!(v.p[i] >= '0' && v.p[i] <= '9') && !(v.p[i] >= 'A' && v.p[i] <= 'F'))
			return false;
	return v.n == 40;
}

static bool parse_suite(struct parse *p, const struct json *o, struct lock_suite *s)
{
	static const char *const keys[] = { "archive", "suite", "codename", "release-sha256",
		"release-size", "date", "signer", NULL };
	uint64_t date = 0;

	if (!json_only(o, "a suite", keys, p->e) ||
		!member_str(o, "archive", true, member_is_name, &s->archive, p->e) ||
		!member_str(o, "suite", true, member_is_name, &s->suite, p->e) ||
		!member_str(o, "codename", true, member_is_name, &s->codename, p->e) ||
		!json_get_hex(o, "release-sha256", s->release_sha256, SHA256_SIZE, p->e) ||
		!json_get_u64(o, "release-size", RELEASE_MAX, &s->release_size, p->e) ||
		!json_get_u64(o, "date", date_max, &date, p->e) ||
		!json_get_str(o, "signer", &s->signer, p->e))
		return false;
	s->date_unix = (int64_t)date;
	if (!is_fingerprint(s->signer))
		return bad(p, o, "no fingerprint of 40 capital hex digits:", s->signer);
	return true;
}

static bool parse_suites(struct parse *p, const struct json *top)
{
	const struct json *v;
	struct lock_suite *list;

	if (!json_get_array(top, "suites", &v, p->e))
		return false;
	if (!v->n || v->n > SUITES_MAX)
		return err_set(p->e, ERR_LIMIT, "%zu suites, wanted 1 to %d", v->n, SUITES_MAX);
	list = ARENA_ARRAY(p->a, v->n, struct lock_suite);
	if (!list)
		return arena_full(p->a, p->e);
	for (size_t i = 0; i < v->n; i++) {
		int c;

		if (!parse_suite(p, &v->items[i], &list[i]))
			return false;
		c = i ? str_compare(list[i - 1].archive, list[i].archive) : -1;
		if (c > 0 || (c == 0 && str_compare(list[i - 1].suite, list[i].suite) >= 0))
			return bad(p, &v->items[i], "out of order: suite", list[i].suite);
	}
	p->l->suites = list;
	p->l->n_suites = v->n;
	return true;
}

static bool parse_package(struct parse *p, const struct json *o, struct lock_package *k)
{
	static const char *const keys[] = { "name", "version", "architecture", "path", "size",
		"sha256", "source", "source-version", "index", "why", "sets", NULL };
	uint64_t index = 0;

	if (!json_only(o, "a package", keys, p->e) || !json_get_str(o, "name", &k->name, p->e) ||
		!json_get_str(o, "version", &k->version, p->e) ||
		!json_get_str(o, "architecture", &k->architecture, p->e) ||
		!member_str(o, "path", true, member_is_path, &k->path, p->e) ||
		!json_get_u64(o, "size", package_size_max, &k->size, p->e) ||
		!json_get_hex(o, "sha256", k->sha256, SHA256_SIZE, p->e) ||
		!json_get_str(o, "source", &k->source, p->e) ||
		!json_get_str(o, "source-version", &k->source_version, p->e) ||
		!json_get_u64(o, "index", p->l->n_indexes - 1, &index, p->e) ||
		!json_get_str(o, "why", &k->why, p->e))
		return false;
	k->index = (size_t)index;
	if (!is_package_name(k->name) || !is_package_name(k->source))
		return bad(p, o,
			"no name of a package:", is_package_name(k->name) ? k->source : k->name);
	if (!is_version(k->version) || !is_version(k->source_version))
		return bad(p, o, "no version of a package:",
			is_version(k->version) ? k->source_version : k->version);
	if (!str_is(k->architecture, "all") && !str_equal(k->architecture, p->l->architecture))
		return bad(p, o, "another architecture:", k->architecture);
	return is_why(k->why) ? true : bad(p, o, "no reason for a package:", k->why);
}

static int compare_packages(const struct lock_package *a, const struct lock_package *b)
{
	int c = str_compare(a->name, b->name);

	return c ? c : str_compare(a->version, b->version);
}

static int compare_sets(const void *a, const void *b)
{
	const struct lock_set *x = a, *y = b;

	return str_compare(x->name, y->name);
}

static bool is_set_name(struct str v)
{
	static const char toolchain[] = "toolchain:";

	if (str_is(v, "image") || str_is(v, "firmware"))
		return true;
	return str_starts(v, toolchain) &&
	       of_characters(str_make(v.p + sizeof toolchain - 1, v.n - sizeof toolchain + 1),
		       "._+-@", false);
}

/* The names of all sets, in the order of their first package; *n of them. */
static bool gather_sets(struct parse *p, const struct json *packages, struct map *by_name,
	struct lock_set *sets, size_t *n)
{
	for (size_t i = 0; i < packages->n; i++) {
		const struct json *v;

		if (!json_get_array(&packages->items[i], "sets", &v, p->e))
			return false;
		for (size_t k = 0; k < v->n; k++) {
			const struct json *name = &v->items[k];

			if (name->kind != JSON_STRING || !is_set_name(name->text))
				return bad(p, name, "no name of a set:", name->text);
			if (map_get(by_name, name->text))
				continue;
			if (*n == SETS_MAX)
				return err_set(p->e, ERR_LIMIT, "more than %d sets", SETS_MAX);
			sets[*n].name = name->text;
			map_add(by_name, name->text, &sets[(*n)++]);
		}
	}
	return true;
}

/* Counts the members of each set first, then gives each its list, then fills them. */
static bool parse_sets(struct parse *p, const struct json *packages)
{
	CLEANUP(map_freep) struct map *names = map_new(), *by_name = map_new();
	struct lock_set *sets = ARENA_ARRAY(p->a, SETS_MAX, struct lock_set);
	uint32_t *lists[SETS_MAX];
	size_t n = 0;

	if (!sets)
		return arena_full(p->a, p->e);
	if (!gather_sets(p, packages, names, sets, &n))
		return false;
	qsort(sets, n, sizeof *sets, compare_sets);
	for (size_t i = 0; i < n; i++)
		map_add(by_name, sets[i].name, &sets[i]);
	for (size_t i = 0; i < n; i++) {
		sets[i].packages = lists[i] = ARENA_ARRAY(p->a, packages->n, uint32_t);
		if (!lists[i])
			return arena_full(p->a, p->e);
	}
	for (size_t i = 0; i < packages->n; i++) {
		const struct json *v = json_get(&packages->items[i], "sets");

		for (size_t k = 0; k < v->n; k++) {
			struct lock_set *s = map_get(by_name, v->items[k].text);
			uint32_t *list = lists[s - sets];

			if (s->n && list[s->n - 1] == i)
				return bad(p, &v->items[k], "set named twice:", s->name);
			list[s->n++] = (uint32_t)i;
		}
		if (!v->n)
			return bad(p, v, "in no set: package", p->l->packages[i].name);
	}
	p->l->sets = sets;
	p->l->n_sets = n;
	return true;
}

static bool parse_packages(struct parse *p, const struct json *top)
{
	const struct json *v;
	struct lock_package *list;

	if (!json_get_array(top, "packages", &v, p->e))
		return false;
	if (!v->n || v->n > LOCK_PACKAGES_MAX)
		return err_set(
			p->e, ERR_LIMIT, "%zu packages, wanted 1 to %d", v->n, LOCK_PACKAGES_MAX);
	list = ARENA_ARRAY(p->a, v->n, struct lock_package);
	if (!list)
		return arena_full(p->a, p->e);
	for (size_t i = 0; i < v->n; i++) {
		if (!parse_package(p, &v->items[i], &list[i]))
			return false;
		if (i && compare_packages(&list[i - 1], &list[i]) >= 0)
			return bad(p, &v->items[i], "out of order: package", list[i].name);
	}
	p->l->packages = list;
	p->l->n_packages = v->n;
	return parse_sets(p, v);
}

static bool parse_left_out(struct parse *p, const struct json *top)
{
	struct str_list *l = &p->l->left_out;
	const struct json *v;

	if (!json_get_array(top, "left-out", &v, p->e) ||
		!member_list(top, "left-out", member_is_name, true, p->a, l, p->e))
		return false;
	for (size_t i = 1; i < l->n; i++)
		if (str_compare(l->items[i - 1], l->items[i]) >= 0)
			return bad(p, &v->items[i], "out of order:", l->items[i]);
	return true;
}

static bool parse_top(struct parse *p, const struct json *top)
{
	static const char *const keys[] = { "format", "image-version", "architecture", "resolution",
		"source-date-epoch", "suites", "indexes", "source-indexes", "left-out", "packages",
		"sources", NULL };
	struct lock *l = p->l;
	uint64_t version = 0, epoch = 0;

	if (!json_only(top, "the lock", keys, p->e) || !json_check_format(top, LOCK_FORMAT, p->e) ||
		!json_get_u64(top, "image-version", UINT32_MAX, &version, p->e) ||
		!json_get_str(top, "architecture", &l->architecture, p->e) ||
		!json_get_hex(top, "resolution", l->resolution_sha256, SHA256_SIZE, p->e) ||
		!json_get_u64(top, "source-date-epoch", date_max, &epoch, p->e))
		return false;
	if (version != LOCK_IMAGE_VERSION) {
		err_set(p->e, ERR_FORMAT, "image version %llu, this build writes version %d",
			(unsigned long long)version, LOCK_IMAGE_VERSION);
		return err_hint(p->e, "run `assay lock` to move to this version");
	}
	if (!str_is(l->architecture, "amd64"))
		return bad(p, top, "unknown architecture", l->architecture);
	l->image_version = (uint32_t)version;
	l->source_date_epoch = (int64_t)epoch;
	return parse_suites(p, top) &&
	       lock_index_parse(
		       &l->indexes, &l->n_indexes, top, "indexes", l->n_suites, p->a, p->e) &&
	       parse_left_out(p, top) && parse_packages(p, top) &&
	       lock_sources_parse(l, top, p->a, p->e);
}

/* One meaning, one encoding: what we would write is what stands there. */
static bool check_canonical(const struct lock *l, struct span text, struct err *e)
{
	CLEANUP(buf_done) struct buf again = buf_init(LOCK_SIZE_MAX);

	lock_emit(l, &again);
	if (buf_ok(&again) && span_equal(buf_span(&again), text))
		return true;
	return err_set(e, ERR_FORMAT, "not in the canonical form that `assay lock` writes");
}

bool lock_parse(struct lock *ret, struct span text, struct arena *a, struct err *e)
{
	struct lock l = { 0 };
	struct parse p = { &l, a, e };
	struct json top;

	if (text.n > LOCK_SIZE_MAX)
		return err_set(
			e, ERR_LIMIT, "a lock of %zu bytes, limit %d", text.n, LOCK_SIZE_MAX);
	if (!json_parse(&top, text, a, e) || !parse_top(&p, &top) || !check_canonical(&l, text, e))
		return err_wrap(e, "assay.lock");
	*ret = l;
	return true;
}

bool lock_read(struct lock *ret, const char *dir, struct arena *a, struct err *e)
{
	CLEANUP(buf_done) struct buf text = { 0 };
	struct str path = arena_printf(a, "%s/assay.lock", dir);

	if (!path.p)
		return arena_full(a, e);
	if (!file_read(AT_FDCWD, path.p, LOCK_SIZE_MAX, &text, e)) {
		if (e->kind == ERR_NOTFOUND)
			err_hint(e, "run `assay lock %s` first", dir);
		return false;
	}
	if (lock_parse(ret, buf_span(&text), a, e))
		return true;
	if (!e->hint[0])
		err_hint(e, "`assay lock --update %s` makes a new one", dir);
	return err_wrap(e, "in '%s'", dir);
}
