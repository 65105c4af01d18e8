#define ASSAY_MAY_ASK_THE_MACHINE
#include "build/component_run.h"

#include <errno.h>
#include <limits.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <unistd.h>

#include "base/mem.h"
#include "box/box.h"
#include "build/component_needs.h"
#include "build/component_output.h"
#include "build/component_steps.h"
#include "build/source_folder.h"
#include "build/source_lay.h"
#include "build/step_log.h"
#include "sys/file.h"
#include "base/banned.h"

enum { LOG_MAX = BOX_LOG_MAX + 4096, HOW_MAX = 64, ENTER_MAX = 512, FULL = 1 << 20 };

/* Folders and log of one run, all below the scratch folder tmp. */
struct place {
	char *tmp;
	char src[PATH_MAX], out[PATH_MAX], need[PATH_MAX], log[PATH_MAX];
	int log_fd;
};

static bool place_make(struct place *p, const struct component_run *run, struct err *e)
{
	CLEANUP(file_closep) int out = -1;

	if (!source_folder_make(p->out, p->tmp, "out", &out, e) ||
		!source_lay(p->src, p->tmp, run, e) ||
		!component_needs_lay(p->need, p->tmp, &run->needs, run->source_date_epoch, e))
		return err_wrap(e, "component '%.*s'", STR_ARG(run->component->name));
	if (snprintf(p->log, PATH_MAX, "%s/log", p->tmp) >= PATH_MAX)
		return err_set(e, ERR_LIMIT, "the path of the store is too long");
	p->log_fd = open(p->log, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0644);
	return p->log_fd >= 0 || err_os(e, "cannot make '%s'", p->log);
}

/* All that was printed, for who asked for it. */
static bool copy_log(const struct component_run *run, const struct place *p, struct err *e)
{
	CLEANUP(buf_done) struct buf text = { 0 };

	return !run->how->log ||
	       (file_read_fd(p->log_fd, p->log, LOG_MAX, &text, e) &&
		       file_write(AT_FDCWD, run->how->log, buf_span(&text), 0644, e));
}

/* A file that may not grow further ends its writer. */
static enum box_limit limit_of(const struct box_result *r)
{
	if (r->limit || !r->timed_out)
		return !r->limit && r->status == 128 + SIGXFSZ ? BOX_LIMIT_DISK : r->limit;
	return BOX_LIMIT_TIME;
}

/* "failed with exit code 1"; a limit that ended it is named as the description has it. */
static void tell_end(char how[static HOW_MAX], const struct box_result *r)
{
	static const char *const limits[] = { [BOX_LIMIT_PROCESSES] = "processes",
		[BOX_LIMIT_MEMORY] = "memory",
		[BOX_LIMIT_DISK] = "disk",
		[BOX_LIMIT_TIME] = "time" };

	if (limit_of(r))
		snprintf(how, HOW_MAX, "was ended by the limit of its %s", limits[limit_of(r)]);
	else if (r->status > 128 && r->status <= 128 + SIGRTMAX)
		snprintf(how, HOW_MAX, "was ended by signal %d", r->status - 128);
	else
		snprintf(how, HOW_MAX, "failed with exit code %d", r->status);
}

/* How one gets to where it failed; "" where no step of the description did. */
static void tell_entry(char enter[static ENTER_MAX], const struct component_run *run, size_t step)
{
	bool here = str_is(run->dir, ".");

	enter[0] = 0;
	if (step == 1)
		snprintf(enter, ENTER_MAX, "; `assay shell %.*s%s%.*s` enters its box",
			STR_ARG(run->component->name), here ? "" : " ", here ? 0 : (int)run->dir.n,
			run->dir.p);
	else if (step)
		snprintf(enter, ENTER_MAX,
			"; `assay shell %.*s --step %zu%s%.*s` enters its box there",
			STR_ARG(run->component->name), step, here ? "" : " ",
			here ? 0 : (int)run->dir.n, run->dir.p);
}

/* Of which a step knows nothing, and which says nothing of its sources. What little is left is not worth a try. */
static bool disk_is_full(const struct place *p)
{
	struct statvfs s;

	return statvfs(p->out, &s) == 0 && (uint64_t)s.f_bavail * s.f_frsize < FULL;
}

static bool step_failed(const struct component_run *run, const struct component_steps *steps,
	const struct box_result *r, const struct place *p, struct component_failure *f,
	struct err *e)
{
	const struct component *c = run->component;
	struct component_failure mine = { 0 };
	size_t step = r->command < steps->n_before ? 0 : r->command - steps->n_before + 1;
	char how[HOW_MAX], enter[ENTER_MAX];

	tell_end(how, r);
	if (step)
		err_set(e, ERR_MISMATCH, "step %zu of component '%.*s' (%.*s) %s", step,
			STR_ARG(c->name), STR_ARG(c->steps[step - 1].args.items[0]), how);
	else
		err_set(e, ERR_MISMATCH,
			"the patches of source package '%.*s' of component '%.*s' cannot be applied: `patch` of its toolchain %s",
			STR_ARG(c->source.name), STR_ARG(c->name), how);
	if (!f)
		f = &mine;
	f->step = step;
	step_log_tail(&f->tail, p->log_fd);
	step_log_keep(f->log, run->store, p->log, run->component->name, run->derivation);
	buf_done(&mine.tail);
	if (disk_is_full(p)) {
		e->kind = ERR_IO;
		e->os = ENOSPC;
		return false;
	}
	tell_entry(enter, run, step);
	return err_hint(e, "all that it printed is in '%s'%s%s", f->log,
		limit_of(r) ? "; `limits` in assay.yaml can be higher" : "", enter);
}

/* An argument list as the box wants it, copied for its terminators; NULL when the arena is full. */
static const char *const *argv_of(const struct str_list *args, struct arena *a)
{
	const char **argv = ARENA_ARRAY(a, args->n + 1, const char *);

	for (size_t k = 0; argv && k < args->n; k++) {
		argv[k] = arena_str(a, args->items[k]).p;
		if (!argv[k])
			return NULL;
	}
	return argv;
}

static bool add_commands(struct box_job *job, const struct component_steps *steps,
	const struct component_run *run, struct arena *a, struct err *e)
{
	size_t n = run->shell ? steps->n_before + run->shell->before - 1 : steps->n;
	struct box_command *commands = ARENA_ARRAY(a, n + 1, struct box_command);

	for (size_t i = 0; commands && i < n; i++) {
		commands[i].argv = argv_of(&steps->items[i].args, a);
		if (!commands[i].argv)
			return arena_full(a, e);
	}
	if (!commands)
		return arena_full(a, e);
	if (run->shell) {
		const char **argv = ARENA_ARRAY(a, 3, const char *);

		if (!argv)
			return arena_full(a, e);
		argv[0] = run->shell->program;
		argv[1] = "-i";
		commands[n++].argv = argv;
		job->terminal = run->shell->terminal;
	}
	job->commands = commands;
	job->n_commands = n;
	return true;
}

static struct box_view view_of(const struct component_run *run)
{
	struct box_view v = run->how->view ? *run->how->view : (struct box_view){ 0 };
	const struct str_list *release = &run->component->release;

	for (size_t i = 0; i < release->n; i++)
		v.released |= 1U << box_channel_from_name(release->items[i]);
	return v;
}

static struct box_limits limits_of(const struct component_limits *l)
{
	return (struct box_limits){
		.wall_s = l->time_s,
		.memory = l->memory,
		.disk = l->disk,
		.file = l->disk,
		.n_processes = l->processes,
	};
}

/* Sources lie beside the work folder: where a view moves that, they are seen there, too, and steps start there. */
static bool move_sources(
	struct box_job *job, struct box_bind *moved, char at[static PATH_MAX], struct err *e)
{
	const char *work = job->view.work, *slash = work ? strrchr(work, '/') : NULL;

	if (!slash || slash == work)
		return true;
	if (snprintf(at, PATH_MAX, "%.*s/src", (int)(slash - work), work) >= PATH_MAX)
		return err_set(e, ERR_LIMIT, "the path of the work folder is too long");
	*moved = job->binds[0];
	moved->at = job->cwd = at;
	job->n_binds++;
	return true;
}

static bool run_steps(const struct component_run *run, const struct place *p,
	struct component_failure *f, struct err *e)
{
	CLEANUP(arena_freep) struct arena *a = arena_new(16 << 20);
	CLEANUP(mem_free) struct box_result *mine = MEM_NEW(struct box_result);
	struct box_result *r = run->how->box ? run->how->box : mine;
	struct component_steps steps;
	struct box_bind binds[] = { { .host = p->src, .at = "/src" },
		{ .host = p->need, .at = COMPONENT_NEEDS_AT, .read_only = true },
		{ .host = p->src } };
	char moved[PATH_MAX];
	struct box_job job = {
		.sysroot = run->sysroot,
		.binds = binds,
		.n_binds = run->needs.n ? 2 : 1,
		.binds_writable = true,
		.out = p->out,
		.cwd = "/src",
		.source_date_epoch = run->source_date_epoch,
		.seed = run->derivation,
		.view = view_of(run),
		.limits = limits_of(&run->component->limits),
	};

	if (!component_steps(&steps, run->component, run->debian, a, e) ||
		!add_commands(&job, &steps, run, a, e) ||
		!move_sources(&job, &binds[job.n_binds], moved, e))
		return false;
	if (!box_run(r, &job, p->log_fd, e) || !copy_log(run, p, e))
		return err_wrap(e, "component '%.*s'", STR_ARG(run->component->name));
	if (run->shell && r->command + 1 >= job.n_commands) {
		run->shell->status = r->status;
		return true;
	}
	if (!r->done)
		return step_failed(run, &steps, r, p, f, e);
	if (f)
		step_log_undeclared(&f->undeclared, r, run->store, p->log, run->component->name,
			run->derivation);
	return true;
}

static bool take_outputs(struct component_result *ret, const struct component_run *run,
	const struct place *p, struct arena *a, struct err *e)
{
	CLEANUP(component_output_done) struct component_products list = { .a = a };
	const struct box_limits limits = box_limits_with_defaults(
		limits_of(&run->component->limits));
	CLEANUP(file_closep) int out = open(p->out, O_RDONLY | O_DIRECTORY | O_CLOEXEC);

	if (out < 0)
		return err_os(e, "cannot open '%s'", p->out);
	return component_output_take(&list, run->component, out, limits.disk, run->store, e) &&
	       component_output_finish(&list, ret, e);
}

bool component_run(struct component_result *ret, const struct component_run *run, struct arena *a,
	struct component_failure *failure, struct err *e)
{
	struct place p = { .log_fd = -1 };
	bool ok;

	if (run->how->scratch)
		p.tmp = mem_string(str_of(run->how->scratch));
	else if (!store_tmpdir(run->store, &p.tmp, e))
		return false;
	ok = place_make(&p, run, e) && run_steps(run, &p, failure, e) &&
	     (run->shell || take_outputs(ret, run, &p, a, e));
	file_closep(&p.log_fd);
	if (run->how->scratch)
		mem_free(&p.tmp);
	else
		store_tmpdir_remove(run->store, p.tmp);
	return ok;
}
