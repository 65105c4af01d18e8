#define ASSAY_MAY_ASK_THE_MACHINE
#include "build/component_run.h"

#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/mem.h"
#include "box/box.h"
#include "build/component_source.h"
#include "build/step_log.h"
#include "sys/file.h"
#include "tree/tree.h"
#include "base/banned.h"

enum { PIECE = 1 << 20 };

/* Folders and log of one run, all below the scratch folder tmp. */
struct place {
	char *tmp;
	char src[PATH_MAX], out[PATH_MAX], log[PATH_MAX];
	int log_fd;
};

static bool make_folder(
	char path[static PATH_MAX], const char *tmp, const char *name, struct err *e)
{
	if (snprintf(path, PATH_MAX, "%s/%s", tmp, name) >= PATH_MAX)
		return err_set(e, ERR_LIMIT, "the path of the store is too long");
	if (mkdir(path, 0755) < 0)
		return err_os(e, "cannot make folder '%s'", path);
	return true;
}

static bool place_make(struct place *p, const struct component_run *run, struct err *e)
{
	CLEANUP(file_closep) int dir = -1;

	if (!make_folder(p->src, p->tmp, "src", e) || !make_folder(p->out, p->tmp, "out", e))
		return false;
	dir = open(p->src, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (dir < 0)
		return err_os(e, "cannot open '%s'", p->src);
	if (!component_source_lay(
		    dir, run->sources, run->n_sources, run->store, run->source_date_epoch, e))
		return false;
	if (snprintf(p->log, PATH_MAX, "%s/log", p->tmp) >= PATH_MAX)
		return err_set(e, ERR_LIMIT, "the path of the store is too long");
	p->log_fd = open(p->log, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0644);
	return p->log_fd >= 0 || err_os(e, "cannot make '%s'", p->log);
}

static bool step_failed(const struct component_run *run, const struct box_result *r,
	const struct place *p, struct component_failure *f, struct err *e)
{
	const struct component *c = run->component;
	struct component_failure mine = { 0 };
	char how[64];

	if (r->timed_out)
		snprintf(how, sizeof how, "took longer than the limit");
	else if (r->status > 128)
		snprintf(how, sizeof how, "was ended by signal %d", r->status - 128);
	else
		snprintf(how, sizeof how, "failed with exit code %d", r->status);
	err_set(e, ERR_MISMATCH, "step %zu of component '%.*s' (%.*s) %s", r->command + 1,
		STR_ARG(c->name), STR_ARG(c->steps[r->command].args.items[0]), how);
	if (!f)
		f = &mine;
	step_log_tail(&f->tail, p->log_fd);
	step_log_keep(f->log, run->store, p->log, run->component->name, run->derivation);
	buf_done(&mine.tail);
	return f->log[0] ? err_hint(e, "all that it printed is in '%s'", f->log) : false;
}

/* Argument lists as the box wants them; strings are the arena's of the description, copied for their terminators. */
static struct box_command *commands_of(const struct component *c, struct arena *a)
{
	struct box_command *commands = ARENA_ARRAY(a, c->n_steps, struct box_command);

	for (size_t i = 0; commands && i < c->n_steps; i++) {
		const struct str_list *args = &c->steps[i].args;
		const char **argv = ARENA_ARRAY(a, args->n + 1, const char *);

		if (!argv)
			return NULL;
		for (size_t k = 0; k < args->n; k++) {
			argv[k] = arena_str(a, args->items[k]).p;
			if (!argv[k])
				return NULL;
		}
		commands[i].argv = argv;
	}
	return commands;
}

static bool run_steps(const struct component_run *run, const struct place *p,
	struct component_failure *f, struct err *e)
{
	CLEANUP(arena_freep) struct arena *a = arena_new(16 << 20);
	const struct box_bind src = { p->src, "/src" };
	struct box_job job = {
		.sysroot = run->sysroot,
		.binds = &src,
		.n_binds = 1,
		.out = p->out,
		.cwd = "/src",
		.commands = commands_of(run->component, a),
		.n_commands = run->component->n_steps,
		.source_date_epoch = run->source_date_epoch,
	};
	struct box_result r = { 0 };

	if (!job.commands)
		return arena_full(a, e);
	if (!box_run(&r, &job, p->log_fd, e))
		return err_wrap(e, "component '%.*s'", STR_ARG(run->component->name));
	return r.done || step_failed(run, &r, p, f, e);
}

static bool copy_in(
	struct component_made *ret, struct store *s, int fd, const char *name, struct err *e)
{
	CLEANUP(mem_free) uint8_t *piece = mem_alloc(PIECE);
	struct store_writer *w;
	uint64_t at = 0;

	if (!store_write_begin(s, &w, e))
		return false;
	for (;;) {
		ssize_t n = pread(fd, piece, PIECE, (off_t)at);

		if (n == 0)
			break;
		if (n < 0 ? !err_os(e, "cannot read output '%s'", name)
			  : !store_write(w, piece, (size_t)n, e)) {
			store_write_abort(w);
			return false;
		}
		at += (uint64_t)n;
	}
	if (!store_write_finish(w, NULL, ret->sha256, e))
		return false;
	ret->size = at;
	return true;
}

/* Opened component by component, so that a link that the steps made leads nowhere else. */
static int open_output(int out, struct str path, struct err *e)
{
	CLEANUP(mem_free) char *copy = mem_string(path);
	CLEANUP(file_closep) int dir = dup(out);
	char *name = copy;

	for (char *slash; (slash = strchr(name, '/')); name = slash + 1) {
		int below;

		*slash = 0;
		below = openat(dir, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
		file_closep(&dir);
		dir = below;
	}
	out = openat(dir, name, O_RDONLY | O_NOFOLLOW | O_CLOEXEC | O_NONBLOCK);
	if (out >= 0)
		return out;
	err_os(e, "cannot open output '%.*s'", STR_ARG(path));
	if (e->os == ENOENT) {
		err_set(e, ERR_NOTFOUND, "the steps left no '/out/%.*s'", STR_ARG(path));
		err_hint(e, "an output's `from` is a path below /out");
	}
	return -1;
}

static bool take_output(struct component_made *ret, const struct component_run *run, int out,
	struct str path, struct err *e)
{
	CLEANUP(file_closep) int fd = -1;
	struct stat st;

	if (!tree_check_path(path, e))
		return false;
	fd = open_output(out, path, e);
	if (fd < 0)
		return false;
	if (fstat(fd, &st) < 0)
		return err_os(e, "cannot read output '%.*s'", STR_ARG(path));
	if (!S_ISREG(st.st_mode))
		return err_set(e, ERR_FORMAT, "output '%.*s' is no regular file", STR_ARG(path));
	if (st.st_size > COMPONENT_OUTPUT_SIZE_MAX)
		return err_set(e, ERR_LIMIT, "output '%.*s' is larger than %d bytes", STR_ARG(path),
			COMPONENT_OUTPUT_SIZE_MAX);
	return copy_in(ret, run->store, fd, path.p, e);
}

static bool take_outputs(struct component_made *ret, const struct component_run *run,
	const struct place *p, struct err *e)
{
	const struct component *c = run->component;
	CLEANUP(file_closep) int out = open(p->out, O_RDONLY | O_DIRECTORY | O_CLOEXEC);

	if (out < 0)
		return err_os(e, "cannot open '%s'", p->out);
	for (size_t i = 0; i < c->n_outputs; i++)
		if (!take_output(&ret[i], run, out, c->outputs[i].from, e))
			return err_wrap(e, "component '%.*s'", STR_ARG(c->name));
	return true;
}

bool component_run(struct component_made *ret, const struct component_run *run,
	struct component_failure *failure, struct err *e)
{
	struct place p = { .log_fd = -1 };
	bool ok;

	if (!store_tmpdir(run->store, &p.tmp, e))
		return false;
	ok = place_make(&p, run, e) && run_steps(run, &p, failure, e) &&
	     take_outputs(ret, run, &p, e);
	file_closep(&p.log_fd);
	store_tmpdir_remove(run->store, p.tmp);
	return ok;
}
