#define ASSAY_MAY_ASK_THE_MACHINE
#include "check/trial.h"

#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/mem.h"
#include "box/box.h"
#include "build/build.h"
#include "build/record.h"
#include "build/source_unpack.h"
#include "check/canary_view.h"
#include "check/outside.h"
#include "sys/file.h"
#include "tree/tree.h"
#include "base/banned.h"

enum { TRIAL_ARENA_MAX = 64 << 20, SET_NAME_MAX = 256 };

static const char note[] = "assay: undeclared input: ";

/* A content as a file. */
struct copy {
	struct sink sink;
	int fd;
	uint64_t at;
	const char *name;
};

static bool copy_write(struct sink *s, const void *p, size_t n, struct err *e)
{
	struct copy *c = (struct copy *)s;

	if (!file_pwrite(c->fd, p, n, c->at, c->name, e))
		return false;
	c->at += n;
	return true;
}

/* Where a product stands in a build's folder: by the name of its output, whatever it becomes in the image. */
static char *name_of(const struct component_product *p)
{
	const struct component_output *o = p->output;
	struct str below = str_make(p->path.p + o->path.n, p->path.n - o->path.n);
	struct buf b = buf_init(PATH_MAX);

	buf_add_str(&b, o->from);
	buf_add_str(&b, below);
	return buf_take_cstr(&b);
}

static bool write_file(int out, const char *name, const struct component_product *p, struct err *e)
{
	CLEANUP(mem_free) uint8_t *piece = mem_alloc(CONTENT_PIECE);
	const struct timespec times[2] = { { 0 }, { 0 } };
	CLEANUP(file_closep) int fd = -1;
	struct copy copy = { { copy_write }, -1, 0, name };

	copy.fd = fd = openat(
		out, name, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0600);
	if (fd < 0)
		return err_os(e, "cannot make '%s'", name);
	if (!content_copy(&p->content, &copy.sink, piece, e))
		return false;
	return (fchmod(fd, p->mode & 0777) == 0 && futimens(fd, times) == 0) ||
	       err_os(e, "cannot make '%s'", name);
}

static bool write_product(int out, const struct component_product *p, struct err *e)
{
	CLEANUP(mem_free) char *name = name_of(p);
	CLEANUP(mem_free) char *parent = mem_string(tree_parent(str_of(name)));

	if (p->kind == NODE_FOLDER)
		return file_mkdirs(out, name, e);
	if (parent[0] && !file_mkdirs(out, parent, e))
		return false;
	if (p->kind == NODE_FILE)
		return write_file(out, name, p, e);
	return symlinkat(p->target.p, out, name) == 0 || err_os(e, "cannot make '%s'", name);
}

static bool write_products(const char *out, const struct component_result *r, struct err *e)
{
	CLEANUP(file_closep) int dir = open(out, O_RDONLY | O_DIRECTORY | O_CLOEXEC);

	if (dir < 0)
		return err_os(e, "cannot open '%s'", out);
	for (size_t i = 0; i < r->n_products; i++)
		if (!write_product(dir, &r->products[i], e))
			return false;
	return source_unpack_settle(dir, 0, e);
}

static bool read_notes(struct trial_result *ret, const char *log, struct arena *a, struct err *e)
{
	CLEANUP(buf_done) struct buf text = { 0 };
	struct str line, rest, *notes = ARENA_ARRAY(a, TRIAL_NOTES_MAX, struct str);
	size_t n = 0;

	if (!notes)
		return arena_full(a, e);
	if (access(log, F_OK) < 0)
		return true;
	if (!file_read(AT_FDCWD, log, TRIAL_LOG_MAX, &text, e))
		return false;
	for (rest = buf_str(&text); rest.n && n < TRIAL_NOTES_MAX;) {
		str_cut(rest, '\n', &line, &rest);
		if (!str_starts(line, note))
			continue;
		notes[n] = arena_str(
			a, str_make(line.p + sizeof note - 1, line.n - sizeof note + 1));
		if (!notes[n++].p)
			return arena_full(a, e);
	}
	ret->notes = notes;
	ret->n_notes = n;
	return true;
}

/* In the process that builds, whichever it is. */
struct making {
	const struct trial *t;
	const char *out, *store_path, *log;
	struct made {
		bool failed;
		char why[600];
	} * made; /* seen by both processes */
};

/*
 * A step that fails, or an output that is not there, tells something of the component; anything else of the machine, also that a
 * step took longer than it may: a busy machine is no cause.
 */
static bool take_failure(const struct making *m, const struct box_result *box, struct err *e)
{
	const struct trial *t = m->t;

	if (!(t->released || t->variations) || (e->kind != ERR_MISMATCH && e->kind != ERR_NOTFOUND))
		return false;
	if (box->timed_out || box->limit == BOX_LIMIT_TIME)
		return err_hint(e,
			"a build with something varied took longer than `limits` allow: check again on an idle machine, or give it more time");
	m->made->failed = true;
	snprintf(m->made->why, sizeof m->made->why, "%s", e->text);
	*e = (struct err){ 0 };
	return true;
}

static bool unpack(const struct trial *t, struct store *s, struct err *e)
{
	char set[SET_NAME_MAX];

	if (!(t->variations & VARIATION_BIT(VARIATION_UNPACKING)))
		return true;
	if (!t->component)
		return annex_unpack_backwards(s, &t->inputs->lock, "image", e);
	if (snprintf(set, sizeof set, "toolchain:%.*s", STR_ARG(t->component->toolchain)) >=
		(int)sizeof set)
		return err_set(e, ERR_LIMIT, "its toolchain has too long a name");
	return annex_unpack_backwards(s, &t->inputs->lock, set, e);
}

static bool make_image(
	const struct making *m, struct store *s, const struct component_how *how, struct err *e)
{
	const struct trial *t = m->t;
	const struct build_request r = {
		.inputs = t->inputs, .store = s, .out = m->out, .no_observe = true, .how = how
	};
	struct build_outcome ignored;

	if (t->firmware_sha256 && !record_put_pcr0(s, t->firmware_sha256, t->pcr0, e))
		return false;
	return build_run(&ignored, &r, e) || take_failure(m, how->box, e);
}

/* What varies only in a process of its own. */
static bool is_outside(const struct trial *t)
{
	return (t->variations & VARIATION_OUTSIDE & ~VARIATION_CHANNELS &
		       ~VARIATION_BIT(VARIATION_SOURCE_ORDER)) != 0;
}

static bool make(const struct making *m, struct store *s, struct err *e)
{
	CLEANUP(arena_freep) struct arena *own = arena_new(TRIAL_ARENA_MAX);
	CLEANUP(mem_free) struct box_result *box = MEM_NEW(struct box_result);
	const struct trial *t = m->t;
	const uint64_t channels = t->variations & VARIATION_CHANNELS;
	struct component_how how = {
		.fresh = true,
		.log = m->log,
		.sysroot = is_outside(t) ? NULL : t->sysroot,
		.box = box,
	};
	struct component_result made;
	struct canary_view view;

	canary_view_make(&view, t->canaries, channels, t->locale, t->shuffled);
	view.view.released = (uint32_t)(t->released & VARIATION_CHANNELS);
	if (t->released || channels)
		how.view = &view.view;
	how.backwards = (t->variations & VARIATION_BIT(VARIATION_SOURCE_ORDER)) != 0;
	if (!unpack(t, s, e))
		return false;
	if (!t->component) {
		how.log = NULL;
		return make_image(m, s, &how, e);
	}
	if (!file_mkdirs(AT_FDCWD, m->out, e))
		return false;
	if (!component_build(&made, s, &t->inputs->lock, &t->inputs->description, t->component,
		    t->inputs->source_date_epoch, &how, own, NULL, e))
		return take_failure(m, box, e);
	return write_products(m->out, &made, e);
}

/* In a process of the outside; its store goes with it. */
static bool make_there(void *ctx, struct err *e)
{
	const struct making *m = ctx;
	struct store *s;
	bool ok;

	if (!store_open(&s, m->store_path, e))
		return false;
	ok = make(m, s, e);
	store_free(s);
	return ok;
}

static bool make_outside(struct making *m, struct err *e)
{
	const struct trial *t = m->t;
	char path[PATH_MAX];
	const struct outside o = { t->canaries, t->variations, path };

	if (!annex_store(t->annex, t->variations, path, e))
		return false;
	m->store_path = path;
	return outside_run(&o, make_there, m, e);
}

bool trial_run(struct trial_result *ret, const struct trial *t, const char *out, struct arena *a,
	struct err *e)
{
	struct making m = { .t = t, .out = out };
	struct trial_result r = { 0 };
	char log[PATH_MAX];
	bool ok;

	if (snprintf(log, sizeof log, "%s.log", out) >= (int)sizeof log)
		return err_set(e, ERR_LIMIT, "the path of the store is too long");
	m.log = log;
	m.made = mmap(
		NULL, sizeof *m.made, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	if (m.made == MAP_FAILED)
		return err_os(e, "cannot start a build");
	ok = is_outside(t) ? make_outside(&m, e) : make(&m, t->store, e);
	r.failed = m.made->failed;
	memcpy(r.why, m.made->why, sizeof r.why);
	munmap(m.made, sizeof *m.made);
	if (!ok || !read_notes(&r, log, a, e))
		return false;
	*ret = r;
	return true;
}
