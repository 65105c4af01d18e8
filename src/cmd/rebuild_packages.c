#include "cmd/rebuild_packages.h"

#include <stdio.h>
#include <time.h>

#include "base/mem.h"
#include "check/rebuild_debs.h"
#include "build/rebuild_root.h"
#include "cmd/fetch.h"
#include "cmd/lock_access.h"
#include "cmd/rebuild_packages_report.h"
#include "cmd/rebuild_target.h"
#include "lock/lock_make.h"
#include "sys/file.h"
#include "vm/scratch.h"
#define ASSAY_MAY_ASK_THE_MACHINE
#include "base/banned.h"

#define WORK "rebuild-packages"

enum { PROFILES_MAX = 16, JOBS_MAX = 64 };

struct rebuilding {
	const struct verb_args *args;
	struct progress *progress;
	struct fetch_options fetch;
	struct archive_access access;
	struct publication published;
	struct inputs in;
	struct arena *a;
	char *scratch;
	const char *work; /* folder of all units */
	bool only_lock;
	struct lock today; /* of --today */
	struct lock_past past;
	struct str profiles[PROFILES_MAX];
	size_t n_profiles;
	uint64_t jobs;
	struct buildinfo info;
	bool has_info;
	struct rebuild_unit *units;
	struct rebuild_debs *results; /* one a unit */
	size_t n;
};

static void rebuilding_done(struct rebuilding *r)
{
	inputs_done(&r->in);
	publication_done(&r->published);
	lock_access_done(&r->access);
	arena_free(r->a);
	scratch_removep(&r->scratch);
	progress_freep(&r->progress);
}

/* ---- what is asked for ---- */

static struct str_list profiles_of(const struct rebuilding *r)
{
	return (struct str_list){ r->profiles, r->n_profiles };
}

static bool read_profiles(struct rebuilding *r, struct err *e)
{
	const char *v;

	while ((v = verb_nth(r->args, "--profile", r->n_profiles))) {
		if (r->n_profiles == PROFILES_MAX)
			return err_set(e, ERR_LIMIT, "more than %d build profiles", PROFILES_MAX);
		for (const char *c = v; *c || c == v; c++)
			if (!((*c >= 'a' && *c <= 'z') || (*c >= '0' && *c <= '9') ||
				    (c != v && *c && strchr("-.", *c))))
				return err_set(
					e, ERR_USAGE, "'%s' is no name of a build profile", v);
		r->profiles[r->n_profiles++] = str_of(v);
	}
	return true;
}

static bool read_buildinfo(struct rebuilding *r, struct err *e)
{
	CLEANUP(buf_done) struct buf text = { 0 };
	const char *path = verb_value(r->args, "--buildinfo");

	if (!path)
		return true;
	r->has_info = true;
	return file_read(AT_FDCWD, path, BUILDINFO_MAX, &text, e) &&
	       (buildinfo_parse(&r->info, buf_span(&text), r->a, e) || err_wrap(e, "'%s'", path));
}

static bool read_options(struct rebuilding *r, struct err *e)
{
	const char *jobs = verb_value(r->args, "--jobs"), *out = verb_value(r->args, "--lock-out");

	r->only_lock = out != NULL;
	r->work = out ? out : verb_value(r->args, "--work");
	r->work = r->work ? r->work : WORK;
	if (jobs && (!str_u64(str_of(jobs), &r->jobs, JOBS_MAX) || !r->jobs))
		return err_set(
			e, ERR_USAGE, "--jobs '%s' is no number from 1 to %d", jobs, JOBS_MAX);
	return read_profiles(r, e) && read_buildinfo(r, e);
}

static bool read_image(struct rebuilding *r, struct err *e)
{
	return scratch_make(&r->scratch, e) && rebuild_target_read(&r->published, &r->in, r->args,
						       r->scratch, r->access.store, &r->fetch, e);
}

/* "source amd64 all": whether the word stands in it. */
static bool has_word(struct str list, const char *word)
{
	struct str one;
	bool more = true;

	while (more) {
		more = str_cut(list, ' ', &one, &list);
		if (str_is(one, word))
			return true;
	}
	return false;
}

/* A .buildinfo tells of one build: of the others nothing is built. */
static bool keep_of_info(struct rebuilding *r, struct err *e)
{
	const struct buildinfo *b = &r->info;
	size_t kept = 0;

	for (size_t i = 0; i < r->n; i++) {
		const struct rebuild_unit *u = &r->units[i];

		if (str_equal(u->source, b->source) &&
			str_equal(u->source_version, b->source_version) &&
			str_equal(u->version, b->version) &&
			has_word(b->architecture, u->all ? "all" : "amd64"))
			r->units[kept++] = *u;
	}
	if (!kept)
		return err_set(e, ERR_MISMATCH,
			"the .buildinfo is of source %.*s %.*s (%.*s), of which no package was asked for",
			STR_ARG(b->source), STR_ARG(b->version), STR_ARG(b->architecture));
	r->n = kept;
	return true;
}

static bool choose_units(struct rebuilding *r, struct err *e)
{
	size_t n = verb_n_args(r->args) - 1;
	struct str *names = ARENA_ARRAY(r->a, n + 1, struct str);

	if (!names)
		return arena_full(r->a, e);
	for (size_t i = 0; i < n; i++)
		names[i] = str_of(verb_arg(r->args, i + 1));
	if (!rebuild_unit_list(&r->units, &r->n, &r->in.lock, "image",
		    (struct str_list){ names, n }, r->a, e) ||
		(r->has_info && !keep_of_info(r, e)))
		return false;
	r->results = ARENA_ARRAY(r->a, r->n + 1, struct rebuild_debs);
	return r->results || arena_full(r->a, e);
}

/* ---- one unit ---- */

static bool folder_of(
	const struct rebuilding *r, const struct rebuild_unit *u, struct str *ret, struct err *e)
{
	CLEANUP(buf_done) struct buf b = buf_init(4096);

	buf_printf(&b, "%s/%.*s", r->work, STR_ARG(u->name));
	for (size_t i = 0; i < r->n_profiles; i++)
		buf_printf(&b, "_%.*s", STR_ARG(r->profiles[i]));
	if (!buf_ok(&b))
		return buf_full(&b, "the path of --work", e);
	*ret = arena_str(r->a, buf_str(&b));
	return ret->p || arena_full(r->a, e);
}

/* The packages of the unit as they were published: what is compared with, and a binNMU's changelog. */
static bool fetch_published(struct rebuilding *r, const struct rebuild_unit *u, struct err *e)
{
	struct lock part = r->in.lock;
	struct description none = { 0 };
	struct lock_package *list = ARENA_ARRAY(r->a, u->n + 1, struct lock_package);

	if (!list)
		return arena_full(r->a, e);
	for (size_t i = 0; i < u->n; i++)
		list[i] = *u->packages[i];
	part.packages = list;
	part.n_packages = u->n;
	part.n_sources = 0;
	return fetch_inputs_in(r->progress, r->args, r->access.store, &none, &part, e);
}

/* What the build needs; a mirror may be without the .dsc, and that is no loss. */
static bool fetch_root(struct rebuilding *r, const struct inputs *root, struct err *e)
{
	struct lock part = root->lock;
	struct lock_source src = part.sources[0];
	struct lock_file *files = ARENA_ARRAY(r->a, src.n_files + 1, struct lock_file);
	size_t kept = 0;

	if (!files)
		return arena_full(r->a, e);
	for (size_t i = 0; i < src.n_files; i++)
		if (rebuild_box_needs(&src.files[i]))
			files[kept++] = src.files[i];
	src.files = files;
	src.n_files = kept;
	part.sources = &src;
	return fetch_inputs_in(r->progress, r->args, r->access.store, &root->description, &part, e);
}

static bool build(struct rebuilding *r, const struct rebuild_unit *u, const struct inputs *root,
	struct rebuild_debs *d, const char *folder, struct err *e)
{
	struct component_failure failure = { 0 };
	const struct rebuild_box_request q = { .store = r->access.store,
		.unit = u,
		.root = root,
		.profiles = profiles_of(r),
		.info = r->has_info ? &r->info : NULL,
		.tests = verb_flag(r->args, "--tests"),
		.fresh = verb_flag(r->args, "--again"),
		.jobs = (unsigned)r->jobs };
	struct rebuild_built built;
	bool ok;

	progress_stage(r->progress, "fetch");
	if (!fetch_published(r, u, e) || !fetch_root(r, root, e))
		return false;
	progress_stage(r->progress, "build");
	ok = rebuild_box_run(&built, &q, r->a, &failure, e);
	buf_done(&failure.tail);
	if (!ok)
		return false;
	progress_stage(r->progress, "compare");
	return rebuild_debs_keep(r->access.store, &built, folder, e) &&
	       rebuild_debs_compare(d, r->access.store, u, &built, &root->lock, r->a, e);
}

static bool work_on(
	struct rebuilding *r, const struct rebuild_unit *u, struct rebuild_debs *d, struct err *e)
{
	struct rebuild_root_request q = { .past = &r->past,
		.unit = u,
		.profiles = profiles_of(r),
		.info = r->has_info ? &r->info : NULL };
	struct inputs root = { 0 };
	struct str folder = { 0 };
	bool ok;

	if (!folder_of(r, u, &folder, e))
		return false;
	q.dir = folder.p;
	progress_stage(r->progress, "resolve");
	if (!rebuild_root_lock(&root, &d->locked, &q, e))
		return false;
	ok = r->only_lock || build(r, u, &root, d, folder.p, e);
	inputs_done(&root);
	return ok;
}

/* Whether the package is to blame, and not the machine: then the others are still built. */
static bool is_finding(const struct err *why)
{
	return why->kind == ERR_MISMATCH || why->kind == ERR_FORMAT || why->kind == ERR_NOTFOUND ||
	       why->kind == ERR_LIMIT;
}

static bool rebuild(struct rebuilding *r, int *code, struct err *e)
{
	bool all = true;

	for (size_t i = 0; i < r->n; i++) {
		struct rebuild_debs *d = &r->results[i];
		struct err why = { 0 };

		d->unit = &r->units[i];
		progress_say(r->progress, "%zu of %zu: %.*s", i + 1, r->n, STR_ARG(d->unit->name));
		if (!work_on(r, d->unit, d, &why)) {
			if (!is_finding(&why)) {
				*e = why;
				return err_wrap(e, "'%.*s'", STR_ARG(d->unit->name));
			}
			if (!rebuild_debs_failed(d, &why, r->a, e))
				return false;
		}
		progress_stage(r->progress, NULL);
		all = all && rebuild_debs_are_identical(d);
		if (!verb_flag(r->args, "--json") && !r->only_lock)
			rebuild_packages_report_print(d);
	}
	if (!all && !r->only_lock)
		*code = VERB_NO;
	return true;
}

static bool answer(struct rebuilding *r, struct err *e)
{
	if (r->only_lock) {
		printf("%s: %zu build roots\n", r->work, r->n);
		return true;
	}
	if (verb_flag(r->args, "--json"))
		return rebuild_packages_report_json(r->results, r->n, e);
	rebuild_packages_report_sum(r->results, r->n);
	return true;
}

/* The archives on the day of the lock; or as they are now, when they have forgotten that day. */
static bool open_archives(struct rebuilding *r, struct err *e)
{
	progress_stage(r->progress, "archive");
	if (verb_flag(r->args, "--today")) {
		r->access.keys = INRELEASE_KEYS_NOW;
		if (!lock_make(&r->today, &r->in.description, NULL, &r->access, (int64_t)time(NULL),
			    r->a, e))
			return false;
		return lock_past_open(&r->past, &r->today, &r->access, r->a, e);
	}
	if (lock_past_open(&r->past, &r->in.lock, &r->access, r->a, e))
		return true;
	return err_hint(e,
		"archives forget: name a folder that `assay archive` wrote with --mirror, or take the suites as they are now with --today");
}

static bool run(struct rebuilding *r, int *code, struct err *e)
{
	if (!read_options(r, e) || !lock_access_open(&r->access, r->args, e))
		return false;
	r->access.keys = INRELEASE_KEYS_THEN;
	r->access.options = &r->fetch;
	if (!read_image(r, e) || !choose_units(r, e))
		return false;
	return open_archives(r, e) && rebuild(r, code, e) && answer(r, e);
}

bool rebuild_packages_run(const struct verb_args *args, int *code, struct err *e)
{
	struct rebuilding r = { .args = args,
		.progress = progress_new(args),
		.a = arena_new(INPUTS_MEMORY_MAX * 4ULL) };
	bool ok;

	r.fetch = (struct fetch_options){ .progress = progress_fetch, .ctx = r.progress };
	ok = run(&r, code, e);
	if (!ok)
		progress_end(r.progress);
	rebuilding_done(&r);
	return ok;
}
