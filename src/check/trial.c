#define ASSAY_MAY_ASK_THE_MACHINE
#include "check/trial.h"

#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/mem.h"
#include "build/build.h"
#include "build/component_lay.h"
#include "build/component_needs.h"
#include "build/record.h"
#include "check/canary_view.h"
#include "check/outside.h"
#include "sys/file.h"
#include "tree/tree.h"
#include "base/banned.h"

enum { TRIAL_ARENA_MAX = 64 << 20, SET_NAME_MAX = 256 };

static const char note[] = "assay: undeclared input: ";

static bool write_products(const char *out, const struct component_result *r, struct err *e)
{
	CLEANUP(file_closep) int dir = open(out, O_RDONLY | O_DIRECTORY | O_CLOEXEC);

	if (dir < 0)
		return err_os(e, "cannot open '%s'", out);
	return component_lay(dir, r, 0, e);
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
	struct component_made_list needs; /* of t->component, made before, of the caller's store */
	struct made {
		bool failed;
		char why[600];
	} * made; /* seen by both processes */
};

/* A step that fails, or an output that is not there, tells something of the component; anything else of the machine. */
static bool take_failure(const struct making *m, struct err *e)
{
	const struct trial *t = m->t;

	if (!(t->released || t->variations) || (e->kind != ERR_MISMATCH && e->kind != ERR_NOTFOUND))
		return false;
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
		return !lock_set_find(&t->inputs->lock, "image") ||
		       annex_unpack_backwards(s, &t->inputs->lock, "image", e);
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
	return build_run(&ignored, &r, e) || take_failure(m, e);
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
	const struct trial *t = m->t;
	const uint64_t channels = t->variations & VARIATION_CHANNELS;
	struct component_how how = {
		.fresh = true,
		.log = m->log,
		.sysroot = is_outside(t) ? NULL : t->sysroot,
		.made = m->needs.items,
		.n_made = m->needs.n,
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
		return take_failure(m, e);
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

/* Nothing varies for what the component needs: it stands for itself. */
static bool make_needed(struct making *m, struct arena *a, struct err *e)
{
	const struct trial *t = m->t;
	const struct component_needs_of of = {
		.store = t->store,
		.lock = &t->inputs->lock,
		.description = &t->inputs->description,
		.source_date_epoch = t->inputs->source_date_epoch,
	};

	return !t->component || component_needs(&m->needs, &of, t->component, a, NULL, e);
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
	if (!make_needed(&m, a, e))
		return false;
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
