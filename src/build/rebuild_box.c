#define ASSAY_MAY_ASK_THE_MACHINE
#include "build/rebuild_box.h"

#include <inttypes.h>
#include <limits.h>
#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/hex.h"
#include "base/mem.h"
#include "box/box.h"
#include "build/configure.h"
#include "build/offered.h"
#include "build/rebuild_changelog.h"
#include "build/rebuild_record.h"
#include "build/source_folder.h"
#include "build/step_log.h"
#include "build/sysroot.h"
#include "sys/file.h"
#include "base/banned.h"

#define DSC "source.dsc"
#define DERIVATION_FORMAT "assay.derivation.rebuild/1"

enum {
	DERIVATION_MAX = 4 << 20,
	DSC_MAX = 1 << 20,
	TREE_MEMORY_MAX = 1 << 30,
	WALL_S = 12 * 3600,
	ENVIRONMENT_MAX = BUILDINFO_ENVIRONMENT_MAX + 8,
	COPY_PIECE = 1 << 20,
};

static const uint64_t memory_max = 16ULL << 30, disk_max = 24ULL << 30;

/*
 * What runs in the box: FOLDER BUILD as $1 and $2, and $3 where SOURCE_DATE_EPOCH is a .buildinfo's; else dpkg-buildpackage takes
 * the changelog's. Debug symbols stay behind: nobody has them in a lock.
 */
static const char script[] = "set -e\n"
			     "[ \"$3\" ] || unset SOURCE_DATE_EPOCH\n"
			     "mkdir -p -- \"${1%/*}\"\n"
			     "cd -- \"${1%/*}\"\n"
			     "dpkg-source --no-copy -x /src/" DSC " \"${1##*/}\"\n"
			     "cd -- \"${1##*/}\"\n"
			     "if [ -e /src/binnmu ]; then\n"
			     "	cat /src/binnmu debian/changelog >../changelog\n"
			     "	cat ../changelog >debian/changelog\n"
			     "	rm ../changelog\n"
			     "fi\n"
			     "dpkg-buildpackage -us -uc --build=\"$2\"\n"
			     "cd ..\n"
			     "for f in *.deb *.udeb *.buildinfo; do\n"
			     "	case $f in *-dbgsym_*) continue ;; esac\n"
			     "	[ ! -f \"$f\" ] || mv -- \"$f\" /out/\n"
			     "done\n";

struct work {
	const struct rebuild_box_request *q;
	const struct lock_source *source;
	struct arena *a;
	struct tree *tree;
	struct configure_result configured;
	struct package_set set;
	struct rebuild_changelog changelog;
	struct str folder; /* in the box */
	const char *env[ENVIRONMENT_MAX + 1];
	size_t n_env;
	struct rebuild_built built;
};

static void work_done(struct work *w)
{
	tree_free(w->tree);
	configure_result_done(&w->configured);
	package_set_done(&w->set);
}

/* ---- what goes in ---- */

static bool add_variable(struct work *w, struct str text, struct err *e)
{
	if (!text.p)
		return arena_full(w->a, e);
	if (w->n_env == ENVIRONMENT_MAX)
		return err_set(e, ERR_LIMIT, "more than %d variables", ENVIRONMENT_MAX);
	w->env[w->n_env++] = text.p;
	return true;
}

static bool is_mine(struct str variable)
{
	static const char *const names[] = { "PATH=", "HOME=", "DEB_BUILD_PROFILES=", "TMPDIR=" };

	for (size_t i = 0; i < ARRAY_LEN(names); i++)
		if (str_starts(variable, names[i]))
			return true;
	return false;
}

/* The .buildinfo's variables stand last, and win; but tests that it ran cost only time. */
static bool make_environment(struct work *w, struct err *e)
{
	const struct rebuild_box_request *q = w->q;
	CLEANUP(buf_done) struct buf profiles = buf_init(4096);

	for (size_t i = 0; i < q->profiles.n; i++)
		buf_printf(&profiles, "%s%.*s", i ? " " : "", STR_ARG(q->profiles.items[i]));
	if (!buf_ok(&profiles))
		return buf_full(&profiles, "the list of build profiles", e);
	if (!add_variable(w,
		    arena_printf(w->a, "DEB_BUILD_OPTIONS=%sparallel=%u",
			    q->tests ? "" : "nocheck ", q->jobs ? q->jobs : 2),
		    e) ||
		(profiles.n && !add_variable(w,
				       arena_printf(w->a, "DEB_BUILD_PROFILES=%.*s",
					       STR_ARG(buf_str(&profiles))),
				       e)))
		return false;
	for (size_t i = 0; q->info && i < q->info->environment.n; i++) {
		struct str v = q->info->environment.items[i];

		if (!is_mine(v) && !str_starts(v, "DEB_BUILD_OPTIONS=") &&
			!add_variable(w, arena_str(w->a, v), e))
			return false;
	}
	w->folder = q->info && q->info->path.n
			    ? arena_str(w->a, q->info->path)
			    : arena_printf(w->a, REBUILD_BOX_PATH "/%.*s-%.*s",
				      STR_ARG(q->unit->source),
				      STR_ARG(rebuild_unit_upstream(q->unit->source_version)));
	if (!w->folder.p)
		return arena_full(w->a, e);
	return str_starts(w->folder, "/build/") ||
	       err_set(e, ERR_USAGE,
		       "Build-Path '%.*s' does not lie below /build, where builders of Debian build",
		       STR_ARG(w->folder));
}

static bool make_root(struct work *w, struct component_failure *failure, struct err *e)
{
	const struct inputs *root = w->q->root;
	const struct configure_inputs in = { .store = w->q->store,
		.description = &root->description,
		.set = &w->set,
		.source_date_epoch = root->source_date_epoch };

	w->tree = tree_new(TREE_MEMORY_MAX);
	return package_set_open(&w->set, w->q->store, &root->lock, "image", e) &&
	       configure_build(w->tree, &w->configured, &in, w->a, failure, e) &&
	       tree_finish(w->tree, root->source_date_epoch, e);
}

static void put_strings(struct json_out *o, const char *key, const char *const *list, size_t n)
{
	json_key(o, key);
	json_array(o);
	for (size_t i = 0; i < n; i++)
		json_cstr(o, list[i]);
	json_end_array(o);
}

static void put_source(struct json_out *o, const struct lock_source *src)
{
	json_key(o, "source");
	json_array(o);
	for (size_t i = 0; i < src->n_files; i++) {
		if (!rebuild_box_needs(&src->files[i]))
			continue;
		json_object(o);
		json_put_str(o, "name", src->files[i].name);
		json_put_hex(o, "sha256", SPAN_OF(src->files[i].sha256));
		json_end_object(o);
	}
	json_end_array(o);
}

static bool derive(struct work *w, struct err *e)
{
	CLEANUP(buf_done) struct buf text = buf_init(DERIVATION_MAX);
	struct json_out o = json_out_to(&text);
	uint8_t root[SHA256_SIZE];

	tree_digest(w->tree, root);
	json_object(&o);
	json_put_cstr(&o, "format", DERIVATION_FORMAT);
	json_put_uint(&o, "version", REBUILD_BOX_VERSION);
	json_put_uint(&o, "box", BOX_VERSION);
	json_put_hex(&o, "root", SPAN_OF(root));
	put_source(&o, w->source);
	json_put_str(&o, "changelog", w->changelog.binnmu);
	json_key(&o, "clock");
	json_int(&o, w->changelog.date_unix);
	json_put_cstr(&o, "build", w->q->unit->all ? "all" : "any");
	json_put_cstr(&o, "script", script);
	json_put_str(&o, "folder", w->folder);
	put_strings(&o, "environment", w->env, w->n_env);
	json_end_object(&o);
	if (!buf_ok(&text))
		return buf_full(&text, "the derivation of a rebuild", e);
	sha256_of(w->built.derivation, buf_span(&text));
	return true;
}

/* ---- the run ---- */

struct place {
	char src[PATH_MAX], out[PATH_MAX], log[PATH_MAX];
	int out_fd, log_fd;
};

static void place_done(struct place *p)
{
	file_closep(&p->out_fd);
	file_closep(&p->log_fd);
}

bool rebuild_box_needs(const struct lock_file *f)
{
	return !str_ends(f->name, ".dsc") && !str_ends(f->name, ".asc");
}

/* What dpkg-source asks of a .dsc; the list of MD5 sums must be there, and may be empty. */
static bool write_dsc(const struct lock_source *src, int dir, struct err *e)
{
	CLEANUP(buf_done) struct buf text = buf_init(DSC_MAX);
	char hex[2 * SHA256_SIZE + 1];

	buf_printf(&text, "Format: %.*s\nSource: %.*s\nVersion: %.*s\nChecksums-Sha256:\n",
		STR_ARG(src->format), STR_ARG(src->name), STR_ARG(src->version));
	for (size_t i = 0; i < src->n_files; i++) {
		const struct lock_file *f = &src->files[i];

		hex_write(hex, f->sha256, SHA256_SIZE);
		if (rebuild_box_needs(f))
			buf_printf(&text, " %s %" PRIu64 " %.*s\n", hex, f->size, STR_ARG(f->name));
	}
	buf_add_cstr(&text, "Files:\n");
	if (!buf_ok(&text))
		return buf_full(&text, "a .dsc", e);
	return file_replace(dir, DSC, buf_span(&text), 0644, e);
}

static bool lay_source(const struct work *w, const struct place *p, int src, struct err *e)
{
	char path[PATH_MAX];

	for (size_t i = 0; i < w->source->n_files; i++) {
		const struct lock_file *f = &w->source->files[i];

		if (!rebuild_box_needs(f))
			continue;
		if (snprintf(path, sizeof path, "%s/%.*s", p->src, STR_ARG(f->name)) >=
			(int)sizeof path)
			return err_set(e, ERR_LIMIT, "the path of the store is too long");
		if (!offered_file(w->q->store, f->sha256, path, e))
			return err_wrap(e, "'%.*s'", STR_ARG(f->name));
	}
	if (!write_dsc(w->source, src, e))
		return false;
	return !w->changelog.binnmu.n ||
	       file_replace(src, "binnmu", str_span(w->changelog.binnmu), 0644, e);
}

static bool place_make(struct place *p, const struct work *w, const char *tmp, struct err *e)
{
	CLEANUP(file_closep) int src = -1;

	if (!source_folder_make(p->src, tmp, "source", &src, e) ||
		!source_folder_make(p->out, tmp, "out", &p->out_fd, e) || !lay_source(w, p, src, e))
		return false;
	if (snprintf(p->log, PATH_MAX, "%s/log", tmp) >= PATH_MAX)
		return err_set(e, ERR_LIMIT, "the path of the store is too long");
	p->log_fd = open(p->log, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0644);
	return p->log_fd >= 0 || err_os(e, "cannot make '%s'", p->log);
}

static bool failed(const struct work *w, const struct box_result *r, const struct place *p,
	struct component_failure *f, struct err *e)
{
	struct component_failure mine = { 0 };
	char how[64];

	if (r->limit || r->timed_out)
		snprintf(how, sizeof how, "was ended by a limit of the box");
	else
		snprintf(how, sizeof how, "failed with code %d", r->status);
	err_set(e, ERR_MISMATCH, "the build of '%.*s' %s", STR_ARG(w->q->unit->name), how);
	if (!f)
		f = &mine;
	step_log_tail(&f->tail, p->log_fd);
	step_log_keep(f->log, w->q->store, p->log, w->q->unit->source, w->built.derivation);
	buf_done(&mine.tail);
	return f->log[0] ? err_hint(e, "all that it printed is in '%s'", f->log) : false;
}

static bool has_epoch(const struct work *w)
{
	for (size_t i = 0; i < w->n_env; i++)
		if (str_starts(str_of(w->env[i]), "SOURCE_DATE_EPOCH="))
			return true;
	return false;
}

static bool run_box(const struct work *w, const struct place *p, const char *sysroot,
	struct component_failure *failure, struct err *e)
{
	CLEANUP(mem_free) struct box_result *r = MEM_NEW(struct box_result);
	const char *const argv[] = { "sh", "-c", script, "sh", w->folder.p,
		w->q->unit->all ? "all" : "any", has_epoch(w) ? "given" : "", NULL };
	const struct box_command command = { argv };
	const struct box_bind src = { .host = p->src, .at = "/src" };
	const struct box_job job = { .sysroot = sysroot,
		.binds = &src,
		.n_binds = 1,
		.out = p->out,
		.commands = &command,
		.n_commands = 1,
		.env = w->env,
		.source_date_epoch = w->changelog.date_unix,
		.seed = w->built.derivation,
		.view = { .home = "/sbuild-nonexistent" },
		.limits = { .wall_s = WALL_S,
			.memory = memory_max,
			.disk = disk_max,
			.file = disk_max } };

	if (!box_run(r, &job, p->log_fd, e))
		return false;
	return r->done || failed(w, r, p, failure, e);
}

static bool take_file(
	struct work *w, int out, const char *name, struct rebuild_file *f, struct err *e)
{
	CLEANUP(file_closep)
	int fd = openat(out, name, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC);
	CLEANUP(mem_free) uint8_t *piece = mem_alloc(COPY_PIECE);
	struct store_writer *to;
	struct stat st;

	if (fd < 0 || fstat(fd, &st) < 0 || !S_ISREG(st.st_mode))
		return err_set(e, ERR_MISMATCH, "'%s' of the build is no file", name);
	f->size = (uint64_t)st.st_size;
	f->name = arena_str(w->a, str_of(name));
	if (!f->name.p)
		return arena_full(w->a, e);
	if (!store_write_begin(w->q->store, &to, e))
		return false;
	for (uint64_t at = 0; at < f->size; at += COPY_PIECE) {
		size_t n = f->size - at < COPY_PIECE ? (size_t)(f->size - at) : COPY_PIECE;

		if (!file_pread(fd, piece, n, at, name, e) || !store_write(to, piece, n, e)) {
			store_write_abort(to);
			return false;
		}
	}
	return store_write_finish(to, NULL, f->sha256, e);
}

static bool take_files(struct work *w, const struct place *p, struct err *e)
{
	struct rebuild_file *files;
	char **names;
	bool ok = true;
	size_t n;

	if (!file_names(p->out_fd, ".", &names, &n, e))
		return false;
	files = ARENA_ARRAY(w->a, n + 1, struct rebuild_file);
	if (!files)
		ok = arena_full(w->a, e);
	else if (n > REBUILD_BOX_FILES_MAX)
		ok = err_set(e, ERR_LIMIT, "the build gave %zu files, limit %d", n,
			REBUILD_BOX_FILES_MAX);
	for (size_t i = 0; ok && i < n; i++)
		ok = take_file(w, p->out_fd, names[i], &files[i], e);
	file_names_free(names, n);
	w->built.files = files;
	w->built.n_files = n;
	return ok;
}

static bool run_in(
	struct work *w, const char *tmp, struct component_failure *failure, struct err *e)
{
	CLEANUP(place_done) struct place p = { .out_fd = -1, .log_fd = -1 };
	CLEANUP(mem_free) char *sysroot = NULL;

	return sysroot_lay(&sysroot, w->q->store, w->tree, e) && place_make(&p, w, tmp, e) &&
	       run_box(w, &p, sysroot, failure, e) && take_files(w, &p, e);
}

static bool build(struct work *w, struct component_failure *failure, struct err *e)
{
	char *tmp;
	bool ok;

	if (!w->q->fresh && !rebuild_record_get(&w->built, &w->built.cached, w->q->store, w->a, e))
		return false;
	if (w->built.cached)
		return true;
	if (!store_tmpdir(w->q->store, &tmp, e))
		return false;
	ok = run_in(w, tmp, failure, e);
	store_tmpdir_remove(w->q->store, tmp);
	return ok && rebuild_record_put(w->q->store, &w->built, e);
}

bool rebuild_box_run(struct rebuild_built *ret, const struct rebuild_box_request *q,
	struct arena *a, struct component_failure *failure, struct err *e)
{
	CLEANUP(work_done) struct work w = { .q = q, .a = a };

	if (q->root->lock.n_sources != 1)
		return err_set(e, ERR_FORMAT,
			"the lock of a build root names %zu sources, wanted one",
			q->root->lock.n_sources);
	w.source = &q->root->lock.sources[0];
	if (!make_environment(&w, e) ||
		!rebuild_changelog_read(&w.changelog, q->store, q->unit, w.source, q->info,
			q->root->source_date_epoch, a, e) ||
		!make_root(&w, failure, e) || !derive(&w, e) || !build(&w, failure, e))
		return false;
	w.built.date_unix = w.changelog.date_unix;
	*ret = w.built;
	return true;
}
