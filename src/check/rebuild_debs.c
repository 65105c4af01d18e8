#define ASSAY_MAY_ASK_THE_MACHINE
#include "check/rebuild_debs.h"

#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <unistd.h>

#include "build/offered.h"
#include "build/reproduced.h"
#include "sys/file.h"
#include "base/banned.h"

static const struct rebuild_file *find(
	const struct rebuild_built *built, const struct lock_package *p, struct arena *a)
{
	struct str version = rebuild_unit_no_epoch(p->version);
	struct str name = arena_printf(a, "%.*s_%.*s_%.*s.deb", STR_ARG(p->name), STR_ARG(version),
		STR_ARG(p->architecture));

	for (size_t i = 0; i < built->n_files; i++)
		if (str_equal(built->files[i].name, name))
			return &built->files[i];
	return NULL;
}

static bool path_of(char path[static PATH_MAX], const struct store *s,
	const uint8_t sha256[static SHA256_SIZE], struct err *e)
{
	char place[STORE_PLACE_MAX];

	store_object_place(place, sha256);
	return snprintf(path, PATH_MAX, "%s/%s", store_path(s), place) < PATH_MAX ||
	       err_set(e, ERR_LIMIT, "the path of the store is too long");
}

static bool has_younger(const struct rebuild_debs *d)
{
	for (size_t i = 0; i < d->n_tools; i++)
		if (d->tools[i].younger)
			return true;
	return false;
}

static bool compare_one(struct rebuild_deb *d, struct store *s, const struct rebuild_file *f,
	const struct rebuild_debs *all, struct arena *a, struct err *e)
{
	static const struct diff_options options = { .window = 256, .no_disk_meta = true };
	char published[PATH_MAX], rebuilt[PATH_MAX];
	struct diff_report report;
	struct rebuilt_file *files;

	memcpy(d->sha256, f->sha256, SHA256_SIZE);
	if (memcmp(f->sha256, d->package->sha256, SHA256_SIZE) == 0) {
		d->verdict = REBUILD_DEB_IDENTICAL;
		return reproduced_put(s, d->package->sha256, all->derivation, e);
	}
	d->verdict = REBUILD_DEB_DIFFERS;
	if (!path_of(published, s, d->package->sha256, e) || !path_of(rebuilt, s, f->sha256, e) ||
		!diff_paths(&report, published, rebuilt, &options, a, e) ||
		!rebuilt_cause_find(&files, &d->n_files, &report, has_younger(all), a, e))
		return false;
	d->files = files;
	return true;
}

bool rebuild_debs_compare(struct rebuild_debs *ret, struct store *s, const struct rebuild_unit *u,
	const struct rebuild_built *built, const struct lock *root, struct arena *a, struct err *e)
{
	struct rebuild_deb *debs = ARENA_ARRAY(a, u->n + 1, struct rebuild_deb);
	struct rebuild_tool *tools;

	if (!debs)
		return arena_full(a, e);
	if (!rebuild_tools_find(&tools, &ret->n_tools, s, root, built->date_unix, a, e))
		return false;
	ret->tools = tools;
	ret->date_unix = built->date_unix;
	memcpy(ret->derivation, built->derivation, SHA256_SIZE);
	for (size_t i = 0; i < u->n; i++) {
		const struct rebuild_file *f = find(built, u->packages[i], a);

		debs[i].package = u->packages[i];
		debs[i].verdict = REBUILD_DEB_MISSING;
		if (f && !compare_one(&debs[i], s, f, ret, a, e))
			return err_wrap(e, "package '%.*s'", STR_ARG(u->packages[i]->name));
	}
	ret->unit = u;
	ret->debs = debs;
	ret->n = u->n;
	ret->cached = built->cached;
	return true;
}

bool rebuild_debs_failed(
	struct rebuild_debs *ret, const struct err *why, struct arena *a, struct err *e)
{
	const struct rebuild_unit *u = ret->unit;

	ret->why = arena_str(a, str_of(why->text));
	ret->hint = arena_str(a, str_of(why->hint));
	ret->debs = ARENA_ARRAY(a, u->n + 1, struct rebuild_deb);
	if (!ret->why.p || !ret->hint.p || !ret->debs)
		return arena_full(a, e);
	for (size_t i = 0; i < u->n; i++)
		ret->debs[i].package = u->packages[i];
	ret->n = u->n;
	return true;
}

bool rebuild_debs_are_identical(const struct rebuild_debs *d)
{
	for (size_t i = 0; i < d->n; i++)
		if (d->debs[i].verdict != REBUILD_DEB_IDENTICAL)
			return false;
	return true;
}

bool rebuild_debs_keep(
	const struct store *s, const struct rebuild_built *built, const char *folder, struct err *e)
{
	char path[PATH_MAX];

	for (size_t i = 0; i < built->n_files; i++) {
		const struct rebuild_file *f = &built->files[i];

		if (snprintf(path, sizeof path, "%s/%.*s", folder, STR_ARG(f->name)) >=
			(int)sizeof path)
			return err_set(e, ERR_LIMIT, "the path of --work is too long");
		if (unlink(path) < 0 && errno != ENOENT)
			return err_os(e, "cannot replace '%s'", path);
		if (!offered_file(s, f->sha256, path, e))
			return false;
	}
	return true;
}

const char *rebuild_deb_verdict_name(enum rebuild_deb_verdict v)
{
	static const char *const names[] = { [REBUILD_DEB_FAILED] = "failed",
		[REBUILD_DEB_IDENTICAL] = "identical",
		[REBUILD_DEB_DIFFERS] = "differs",
		[REBUILD_DEB_MISSING] = "missing" };

	return names[v];
}
