#define ASSAY_MAY_ASK_THE_MACHINE
#include "check/trial.h"

#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "base/mem.h"
#include "check/canary_view.h"
#include "sys/file.h"
#include "tree/tree.h"
#include "base/banned.h"

enum { TRIAL_ARENA_MAX = 64 << 20 };

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

static bool write_product(int out, const struct component_product *p, struct err *e)
{
	CLEANUP(mem_free) char *name = mem_string(p->output->from);
	CLEANUP(mem_free) char *parent = mem_string(tree_parent(p->output->from));
	CLEANUP(mem_free) uint8_t *piece = mem_alloc(CONTENT_PIECE);
	CLEANUP(file_closep) int fd = -1;
	struct copy copy = { { copy_write }, -1, 0, name };

	if (parent[0] && !file_mkdirs(out, parent, e))
		return false;
	copy.fd = fd = openat(
		out, name, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0644);
	if (fd < 0)
		return err_os(e, "cannot make '%s'", name);
	return content_copy(&p->content, &copy.sink, piece, e);
}

static bool write_products(const char *out, const struct component_result *r, struct err *e)
{
	CLEANUP(file_closep) int dir = open(out, O_RDONLY | O_DIRECTORY | O_CLOEXEC);

	if (dir < 0)
		return err_os(e, "cannot open '%s'", out);
	for (size_t i = 0; i < r->n_products; i++)
		if (!write_product(dir, &r->products[i], e))
			return false;
	return true;
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

static bool is_varied(const struct trial *t)
{
	return t->released || t->variations;
}

/* A step that fails, or an output that is not there, tells something of the component; anything else of the machine. */
static bool take_failure(struct trial_result *ret, const struct trial *t, struct err *e)
{
	if (!is_varied(t) || (e->kind != ERR_MISMATCH && e->kind != ERR_NOTFOUND))
		return false;
	ret->failed = true;
	snprintf(ret->why, sizeof ret->why, "%s", e->text);
	*e = (struct err){ 0 };
	return true;
}

bool trial_run(struct trial_result *ret, const struct trial *t, const char *out, struct arena *a,
	struct err *e)
{
	CLEANUP(arena_freep) struct arena *own = arena_new(TRIAL_ARENA_MAX);
	struct component_how how = { .fresh = true };
	struct component_result made;
	struct canary_view view;
	struct trial_result r = { 0 };
	char log[PATH_MAX];

	if (snprintf(log, sizeof log, "%s.log", out) >= (int)sizeof log)
		return err_set(e, ERR_LIMIT, "the path of the store is too long");
	if (!file_mkdirs(AT_FDCWD, out, e))
		return false;
	canary_view_make(
		&view, t->canaries, t->released ? 0 : t->variations, t->locale, t->shuffled);
	if (t->released)
		view.view.released = BOX_ALL_CHANNELS;
	how.view = &view.view;
	how.log = log;
	how.backwards = (t->variations & VARIATION_BIT(VARIATION_SOURCE_ORDER)) != 0;
	if (component_build(&made, t->store, &t->inputs->lock, &t->inputs->description,
		    t->component, t->inputs->source_date_epoch, &how, own, NULL, e)) {
		if (!write_products(out, &made, e))
			return false;
	} else if (!take_failure(&r, t, e)) {
		return false;
	}
	if (!read_notes(&r, log, a, e))
		return false;
	*ret = r;
	return true;
}
