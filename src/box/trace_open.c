/*
 * open: the random devices, files that the box serves in place of the kernel's, and notes of what tells of the machine.
 */
#define ASSAY_MAY_ASK_THE_MACHINE
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "box/box_fixed_texts.h"
#include "box/trace_files.h"
#include "box/trace_path.h"
#include "box/trace_proc.h"
#include "box/trace_process.h"
#include "box/trace_random.h"
#include "box/trace_urandom.h"
#include "sys/file.h"
#include "base/banned.h"

/* In trace_call.own. */
enum { OWN_KIND, OWN_SERVED };

struct place {
	char text[PATH_MAX];
	unsigned path_arg, flags_arg;
};

static bool place_of(const struct trace_call *c, struct place *p)
{
	char path[PATH_MAX];

	p->path_arg = c->nr == SYS_openat;
	p->flags_arg = p->path_arg + 1;
	return trace_text(c, c->args[p->path_arg], path, sizeof path) &&
	       trace_files_place(c, p->path_arg ? (int)c->args[0] : AT_FDCWD, path, p->text);
}

static bool is_below(const char *path, const char *folder)
{
	size_t n = strlen(folder);

	return !strncmp(path, folder, n) && (path[n] == 0 || path[n] == '/');
}

/* Is it where the job put something? A root of its own holds nothing else, but for what the box mounts on it. */
static bool is_declared(const struct tracer *t, const char *path)
{
	if (t->job->whole_root && !is_below(path, "/dev") && !is_below(path, "/proc") &&
		!is_below(path, "/sys"))
		return true;
	for (size_t i = 0; i < t->job->n_binds; i++)
		if (is_below(path, t->job->binds[i].at))
			return true;
	return is_below(path, t->view.work);
}

static enum trace_next note(struct trace_call *c, const char *path)
{
	if (!is_declared(c->t, path))
		trace_note(c->t, "path", path);
	return TRACE_GO;
}

static enum trace_next redirect(struct trace_call *c, unsigned arg, const char *path)
{
	uint64_t at = trace_scratch(c, path, strlen(path) + 1);

	if (at)
		c->args[arg] = at;
	return TRACE_GO;
}

/* What is the same for all processes, or of a process that is there. */
static enum trace_next serve_process(struct trace_call *c, const struct place *p, struct str name)
{
	char path[PATH_MAX];

	if (faccessat(AT_FDCWD, p->text, F_OK, AT_SYMLINK_NOFOLLOW) < 0 &&
		!is_below(p->text, "/proc/self") && !is_below(p->text, "/proc/thread-self"))
		return TRACE_GO;
	snprintf(path, sizeof path, BOX_SERVED "/%.*s", STR_ARG(name));
	return redirect(c, p->path_arg, path);
}

/* A file for this opening alone; it goes when it was opened. */
static enum trace_next serve(struct trace_call *c, unsigned path_arg, struct span bytes)
{
	struct trace_files *f = c->t->files;
	struct err ignored = { 0 };
	char name[32], path[64];

	snprintf(name, sizeof name, "%llu", (unsigned long long)f->n_served);
	if (!file_replace(f->fixed.served, name, bytes, 0444, &ignored))
		return trace_answer(c, -ENOMEM);
	c->own[OWN_SERVED] = f->n_served++;
	snprintf(path, sizeof path, BOX_SERVED "/%s", name);
	redirect(c, path_arg, path);
	return TRACE_WATCH;
}

static enum trace_next serve_uuid(struct trace_call *c, const struct place *p)
{
	char text[BOX_UUID_SIZE + 1];
	uint8_t key[TRACE_ID_SIZE];

	trace_random_stream(c->process, key);
	box_fixed_uuid(text, key);
	return serve(c, p->path_arg, str_span(str_of(text)));
}

/* "self" is whoever calls, not the tracer. False: longer than any path of a process. */
static bool name_caller(const struct trace_call *c, const char *text, char *path, size_t size)
{
	int n;

	if (is_below(text, "/proc/self"))
		n = snprintf(
			path, size, "/proc/%d%s", c->process->pid, text + sizeof "/proc/self" - 1);
	else if (is_below(text, "/proc/thread-self"))
		n = snprintf(path, size, "/proc/%d/task/%d%s", c->process->pid, c->pid,
			text + sizeof "/proc/thread-self" - 1);
	else
		n = snprintf(path, size, "%s", text);
	return n < (int)size;
}

static enum trace_next serve_own(struct trace_call *c, const struct place *p, struct str name)
{
	CLEANUP(buf_done) struct buf text = { 0 }, changed = buf_init(TRACE_PROC_MAX);
	struct err ignored = { 0 };
	char path[128];

	/* What the tracer cannot read is not there, or soon will not be. */
	if (!name_caller(c, p->text, path, sizeof path) ||
		!file_read(AT_FDCWD, path, TRACE_PROC_MAX, &text, &ignored))
		return TRACE_GO;
	trace_proc_rewrite(c, name, buf_str(&text), &changed);
	return serve(c, p->path_arg, buf_span(&changed));
}

static enum trace_next open_before(struct trace_call *c)
{
	struct trace_path what;
	struct place p;

	if (!place_of(c, &p))
		return TRACE_GO;
	what = trace_path_of(str_of(p.text), &c->t->view);
	c->own[OWN_KIND] = what.kind;
	switch (what.kind) {
	case TRACE_PATH_RANDOM:
		return trace_urandom_open(c, p.path_arg, p.flags_arg);
	case TRACE_PATH_UUID:
		return serve_uuid(c, &p);
	case TRACE_PATH_PROCESS:
		return serve_process(c, &p, what.name);
	case TRACE_PATH_OWN:
		return serve_own(c, &p, what.name);
	case TRACE_PATH_ABSENT:
		return trace_answer(c, -ENOENT);
	case TRACE_PATH_MACHINE:
		return note(c, p.text);
	default:
		return TRACE_GO;
	}
}

static void open_after(struct trace_call *c)
{
	char name[32];

	if (c->own[OWN_KIND] == TRACE_PATH_RANDOM) {
		trace_urandom_opened(c);
		return;
	}
	snprintf(name, sizeof name, "%llu", (unsigned long long)c->own[OWN_SERVED]);
	unlinkat(c->t->files->fixed.served, name, 0);
}

/*
 * The one kind of open that is not looked at. A compiler opens hundreds of headers, most of them in places where they are
 * not, and a stop for each costs as much as a fifth of the compilation. The GNU preprocessor (libcpp's open_file) asks with
 * exactly these flags; its programs (cc1, cc1plus) are linked to a fixed place, so that the paths which it makes lie in the
 * lowest 4 GiB, where a program that can be loaded anywhere has nothing. doc/box.md tells what is missed.
 */
enum { HEADER_FLAGS = O_RDONLY | O_NOCTTY };
#define NOT_A_HEADER(path, flags)                                                          \
	.either = true, .when = {                                                          \
		{ .arg = (path), .high = true, .mask = ~0ULL, .value = 1ULL << 32 },       \
		{ .arg = (flags), .differs = true, .mask = ~0ULL, .value = HEADER_FLAGS }, \
	}

const struct trace_handler trace_open_calls[] = {
	{ .nr = SYS_open,
		.channel = BOX_N_CHANNELS,
		.before = open_before,
		.after = open_after,
		NOT_A_HEADER(0, 1) },
	{ .nr = SYS_openat,
		.channel = BOX_N_CHANNELS,
		.before = open_before,
		.after = open_after,
		NOT_A_HEADER(1, 2) },
	{ .nr = -1 },
};
