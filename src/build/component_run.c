#define ASSAY_MAY_ASK_THE_MACHINE
#include "build/component_run.h"

#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/hex.h"
#include "base/mem.h"
#include "box/box.h"
#include "build/component_source.h"
#include "sys/file.h"
#include "tree/tree.h"
#include "base/banned.h"

enum { TAIL_MAX = 16384, PIECE = 1 << 20, LOG_NAME_HEX = 16, LOG_MAX = BOX_LOG_MAX + 4096 };

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
	if (!component_source_lay(dir, run->sources, run->n_sources, run->store,
		    run->source_date_epoch, run->how->backwards, e))
		return false;
	if (snprintf(p->log, PATH_MAX, "%s/log", p->tmp) >= PATH_MAX)
		return err_set(e, ERR_LIMIT, "the path of the store is too long");
	p->log_fd = open(p->log, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0644);
	return p->log_fd >= 0 || err_os(e, "cannot make '%s'", p->log);
}

static void tail_of(struct buf *tail, int log_fd)
{
	struct stat st;
	char text[TAIL_MAX];
	uint64_t from;
	ssize_t n;
	size_t start, lines = 0;

	if (fstat(log_fd, &st) < 0)
		return;
	from = (uint64_t)st.st_size > sizeof text ? (uint64_t)st.st_size - sizeof text : 0;
	n = pread(log_fd, text, sizeof text, (off_t)from);
	if (n <= 0)
		return;
	for (start = (size_t)n; start > 0; start--)
		if (text[start - 1] == '\n' && start < (size_t)n && ++lines == COMPONENT_TAIL_LINES)
			break;
	*tail = buf_init(TAIL_MAX);
	buf_add(tail, text + start, (size_t)n - start);
}

/* All that was printed, for who asked for it. */
static bool copy_log(const struct component_run *run, const struct place *p, struct err *e)
{
	CLEANUP(buf_done) struct buf text = { 0 };

	return !run->how->log ||
	       (file_read_fd(p->log_fd, p->log, LOG_MAX, &text, e) &&
		       file_write(AT_FDCWD, run->how->log, buf_span(&text), 0644, e));
}

/* The log moves from the scratch folder to where it can be read afterwards. */
static void keep_log(
	struct component_failure *f, const struct component_run *run, const struct place *p)
{
	char hex[2 * SHA256_SIZE + 1];

	hex_write(hex, run->derivation, SHA256_SIZE);
	if (snprintf(f->log, sizeof f->log, "%s/logs/%.*s-%.*s", store_path(run->store),
		    STR_ARG(run->component->name), LOG_NAME_HEX, hex) >= (int)sizeof f->log ||
		rename(p->log, f->log) < 0)
		f->log[0] = 0;
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
	tail_of(&f->tail, p->log_fd);
	keep_log(f, run, p);
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

/* Sources lie beside the work folder: where a view moves that, they are seen there, too, and steps start there. */
static bool move_sources(struct box_job *job, struct box_bind *moved, char at[static PATH_MAX],
	const struct box_view *view, struct err *e)
{
	const char *slash = view->work ? strrchr(view->work, '/') : NULL;

	job->view = *view;
	if (!slash || slash == view->work)
		return true;
	if (snprintf(at, PATH_MAX, "%.*s/src", (int)(slash - view->work), view->work) >= PATH_MAX)
		return err_set(e, ERR_LIMIT, "the path of the work folder is too long");
	moved->at = job->cwd = at;
	job->n_binds++;
	return true;
}

static bool run_steps(const struct component_run *run, const struct place *p,
	struct component_failure *f, struct err *e)
{
	CLEANUP(arena_freep) struct arena *a = arena_new(16 << 20);
	struct box_bind src[] = { { p->src, "/src" }, { p->src, NULL } };
	char moved[PATH_MAX];
	struct box_job job = {
		.sysroot = run->sysroot,
		.binds = src,
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
	if (run->how->view && !move_sources(&job, &src[1], moved, run->how->view, e))
		return false;
	if (!box_run(&r, &job, p->log_fd, e) || !copy_log(run, p, e))
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

	if (run->how->scratch)
		p.tmp = mem_string(str_of(run->how->scratch));
	else if (!store_tmpdir(run->store, &p.tmp, e))
		return false;
	ok = place_make(&p, run, e) && run_steps(run, &p, failure, e) &&
	     take_outputs(ret, run, &p, e);
	file_closep(&p.log_fd);
	if (run->how->scratch)
		mem_free(&p.tmp);
	else
		store_tmpdir_remove(run->store, p.tmp);
	return ok;
}
