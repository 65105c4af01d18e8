#include "build/rebuild_root.h"

#include <fcntl.h>

#include "base/mem.h"
#include "deb/control.h"
#include "lock/build_depends.h"
#include "sys/file.h"
#include "base/banned.h"

enum { TEXT_MAX = 4 << 20, NAMED_MAX = 5 };

/* What a builder of Debian has beside what is Essential; fakeroot for packages that still ask for root. */
static const char always[] = "build-essential, fakeroot";

static bool reduce(struct buf *out, const struct control_stanza *s, const char *const fields[],
	size_t n, struct str_list profiles, struct err *e)
{
	for (size_t i = 0; i < n; i++)
		if (!build_depends_reduce(out, control_field(s, fields[i]), profiles, e))
			return err_wrap(e, "%s", fields[i]);
	return true;
}

static bool close_over(struct resolve_result *ret, const struct rebuild_root_request *q,
	struct str stanza, struct err *e)
{
	CLEANUP(mem_free) struct control_stanza *s = MEM_NEW(struct control_stanza);
	CLEANUP(buf_done)
	struct buf depends = buf_init(BUILD_DEPENDS_MAX), conflicts = buf_init(BUILD_DEPENDS_MAX);
	const char *const needs[] = { "Build-Depends",
		q->unit->all ? "Build-Depends-Indep" : "Build-Depends-Arch" };
	const char *const shuns[] = { "Build-Conflicts",
		q->unit->all ? "Build-Conflicts-Indep" : "Build-Conflicts-Arch" };

	buf_add_cstr(&depends, always);
	return control_one(s, str_span(stanza), e) &&
	       reduce(&depends, s, needs, ARRAY_LEN(needs), q->profiles, e) &&
	       reduce(&conflicts, s, shuns, ARRAY_LEN(shuns), q->profiles, e) &&
	       lock_past_closure(ret, q->past, buf_str(&depends), buf_str(&conflicts), e);
}

/* The names of the .buildinfo; versions are held against the lock that comes of them. */
static bool take_installed(
	struct resolve_result *ret, const struct buildinfo *b, struct arena *a, struct err *e)
{
	struct resolve_choice *items = ARENA_ARRAY(a, b->n_installed + 1, struct resolve_choice);

	if (!items)
		return arena_full(a, e);
	for (size_t i = 0; i < b->n_installed; i++)
		items[i] = (struct resolve_choice){ .name = b->installed[i].name,
			.version = b->installed[i].version };
	*ret = (struct resolve_result){ .items = items, .n = b->n_installed };
	return true;
}

static void put_suites(struct buf *out, const struct lock *l)
{
	buf_add_cstr(out, "suites:\n");
	for (size_t i = 0; i < l->n_suites; i++) {
		const char *comma = "";

		buf_printf(out, "  - {archive: %.*s, suite: %.*s, components: [",
			STR_ARG(l->suites[i].archive), STR_ARG(l->suites[i].suite));
		for (size_t k = 0; k < l->n_indexes; k++) {
			if (l->indexes[k].suite != i)
				continue;
			buf_printf(out, "%s%.*s", comma, STR_ARG(l->indexes[k].component));
			comma = ", ";
		}
		buf_add_cstr(out, "]}\n");
	}
}

static bool write_text(struct buf *out, const struct rebuild_root_request *q,
	const struct resolve_result *packages, struct err *e)
{
	const struct rebuild_unit *u = q->unit;

	buf_printf(out,
		"# The root in which assay rebuild --packages builds %.*s %.*s: its build dependencies, and its source. Not\n"
		"# an image; assay fetch, assay lock verify and assay archive take it as one.\n"
		"format: assay/1\nname: rebuild\n",
		STR_ARG(u->source), STR_ARG(u->version));
	put_suites(out, q->past->lock);
	buf_add_cstr(out, "packages:\n");
	for (size_t i = 0; i < packages->n; i++)
		buf_printf(out, "  - %.*s\n", STR_ARG(packages->items[i].name));
	buf_printf(out,
		"toolchains: {unpack: [dpkg-dev]}\n"
		"components:\n  - name: source\n    toolchain: unpack\n"
		"    debian-source: {name: %.*s, version: \"%.*s\"}\n"
		"    steps: [[dpkg-buildpackage, --build=%s, -us, -uc]]\n"
		"    outputs: [{from: none, to: root, path: none}]\n"
		"image: {configure: scripts}\n",
		STR_ARG(u->source), STR_ARG(u->source_version), u->all ? "all" : "any");
	return buf_ok(out) || buf_full(out, "the description of a build root", e);
}

/* The archive has moved on: what is not there any more cannot be built with. */
static bool check_versions(const struct buildinfo *b, const struct lock *l, struct err *e)
{
	CLEANUP(buf_done) struct buf said = buf_init(400);
	size_t n = 0;

	for (size_t i = 0; i < b->n_installed; i++) {
		const struct lock_package *p = lock_package_find(l, b->installed[i].name);

		if (p && str_equal(p->version, b->installed[i].version))
			continue;
		if (n++ < NAMED_MAX)
			buf_printf(&said, "%s%.*s %.*s (there is %.*s)", n > 1 ? ", " : "",
				STR_ARG(b->installed[i].name), STR_ARG(b->installed[i].version),
				p ? (int)p->version.n : 4, p ? p->version.p : "none");
	}
	if (!n)
		return true;
	err_set(e, ERR_MISMATCH,
		"the suites have not what the .buildinfo was built with, %zu of %zu packages: %.*s%s",
		n, b->n_installed, STR_ARG(buf_str(&said)), n > NAMED_MAX ? ", ..." : "");
	return err_hint(e,
		"name an archive that has these versions with --mirror, lock the image from it, or leave --buildinfo out");
}

static bool write_both(
	const struct rebuild_root_request *q, struct span text, const struct lock *l, struct err *e)
{
	CLEANUP(buf_done) struct buf lock = buf_init(LOCK_SIZE_MAX);
	CLEANUP(file_closep) int dir = -1;

	lock_emit(l, &lock);
	if (!buf_ok(&lock))
		return buf_full(&lock, "the lock of a build root", e);
	if (!file_mkdirs(AT_FDCWD, q->dir, e))
		return false;
	dir = open(q->dir, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (dir < 0)
		return err_os(e, "cannot open '%s'", q->dir);
	return file_write(dir, "assay.yaml", text, 0644, e) &&
	       file_write(dir, "assay.lock", buf_span(&lock), 0644, e);
}

static bool make(const struct rebuild_root_request *q, struct err *e)
{
	const struct rebuild_unit *u = q->unit;
	CLEANUP(buf_done) struct buf text = buf_init(TEXT_MAX);
	struct resolve_result packages;
	struct description d;
	struct lock l;
	struct str stanza;

	if (!lock_past_source(&stanza, q->past, u->source, u->source_version, e) ||
		!(q->info ? take_installed(&packages, q->info, q->past->a, e)
			  : close_over(&packages, q, stanza, e)) ||
		!write_text(&text, q, &packages, e) ||
		!description_parse(&d, STR("."), buf_span(&text), q->past->a, e) ||
		!lock_past_make(&l, q->past, &d, e))
		return false;
	if (q->info && !check_versions(q->info, &l, e))
		return false;
	return write_both(q, buf_span(&text), &l, e);
}

/* The same Releases, and the source of the unit. */
static bool fits(const struct inputs *in, const struct rebuild_root_request *q)
{
	const struct lock *is = &in->lock, *wanted = q->past->lock;

	if (is->n_suites != wanted->n_suites || is->n_sources != 1 ||
		!str_equal(is->sources[0].name, q->unit->source) ||
		!str_equal(is->sources[0].version, q->unit->source_version))
		return false;
	for (size_t i = 0; i < is->n_suites; i++)
		if (memcmp(is->suites[i].release_sha256, wanted->suites[i].release_sha256,
			    SHA256_SIZE) != 0)
			return false;
	return true;
}

bool rebuild_root_lock(
	struct inputs *ret, bool *made, const struct rebuild_root_request *q, struct err *e)
{
	struct err why = { 0 };

	*made = false;
	if (inputs_read(ret, q->dir, &why)) {
		if (fits(ret, q) && (!q->info || check_versions(q->info, &ret->lock, &why)))
			return true;
		inputs_done(ret);
	}
	*made = true;
	return make(q, e) && inputs_read(ret, q->dir, e);
}
