#include "build/component.h"

#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <unistd.h>

#include "base/mem.h"
#include "box/box.h"
#include "build/component_derivation.h"
#include "build/component_inputs.h"
#include "build/component_needs.h"
#include "build/component_record.h"
#include "build/component_run.h"
#include "build/sysroot.h"
#include "base/banned.h"

enum { SET_NAME_MAX = 256, ENTER_MEMORY_MAX = 64 << 20 };

/* All that a build of one component works on. */
struct work {
	struct store *store;
	const struct lock *lock;
	const struct component *component;
	char set[SET_NAME_MAX]; /* "toolchain:c" */
	int64_t source_date_epoch;
	struct component_how how;
	struct component_made_list needs;
	struct arena *a;
	struct component_result result;
};

bool component_is_fresh(const struct component_how *how)
{
	return how && (how->fresh || how->view);
}

static bool check(const struct component *c, struct err *e)
{
	if (c->n_steps == 0 || c->n_steps >= BOX_COMMANDS_MAX || c->n_outputs == 0 ||
		c->n_outputs > COMPONENT_OUTPUTS_MAX)
		return err_set(e, ERR_LIMIT,
			"component '%.*s' has %zu steps and %zu outputs, wanted 1 to %d and 1 to %d",
			STR_ARG(c->name), c->n_steps, c->n_outputs, BOX_COMMANDS_MAX - 1,
			COMPONENT_OUTPUTS_MAX);
	for (size_t i = 0; i < c->n_steps; i++)
		if (c->steps[i].args.n == 0)
			return err_set(e, ERR_FORMAT, "step %zu of component '%.*s' is empty",
				i + 1, STR_ARG(c->name));
	return true;
}

/* Sources, their digests and the name of the derivation. */
static bool prepare(struct work *k, const struct description *d, struct err *e)
{
	const struct component *c = k->component;

	if (snprintf(k->set, sizeof k->set, "toolchain:%.*s", STR_ARG(c->toolchain)) >=
		(int)sizeof k->set)
		return err_set(e, ERR_LIMIT, "its toolchain has too long a name");
	return component_inputs(&k->result, k->store, k->lock, d, c, k->a, e) &&
	       component_derivation(k->result.derivation, c, &k->result, &k->needs, k->lock, k->set,
		       k->source_date_epoch, e);
}

static bool has_program(const char *sysroot, const char *path)
{
	CLEANUP(buf_done) struct buf b = buf_init(PATH_MAX);
	CLEANUP(mem_free) char *name = NULL;

	buf_printf(&b, "%s/%s", sysroot, path);
	name = buf_take_cstr(&b);
	return faccessat(AT_FDCWD, name, X_OK, AT_SYMLINK_NOFOLLOW) == 0;
}

static bool find_shell(struct component_shell *shell, const char *sysroot, struct err *e)
{
	if (has_program(sysroot, "usr/bin/bash"))
		shell->program = "bash";
	else if (has_program(sysroot, "usr/bin/sh"))
		shell->program = "sh";
	else
		return err_set(e, ERR_NOTFOUND,
			"its toolchain has neither bash nor sh: there is no shell to start in its box");
	return true;
}

static bool make_needed(struct work *k, const struct description *d,
	struct component_failure *failure, struct err *e)
{
	const struct component_needs_of of = {
		.store = k->store,
		.lock = k->lock,
		.description = d,
		.source_date_epoch = k->source_date_epoch,
		.how = &k->how,
	};

	return component_needs(&k->needs, &of, k->component, k->a, failure, e);
}

/* Runs in the box: k's steps, or with a shell those before it. */
static bool run(struct work *k, const struct description *d, struct component_shell *shell,
	struct component_failure *failure, struct err *e)
{
	CLEANUP(mem_free) char *sysroot = NULL;

	if (k->how.sysroot)
		sysroot = mem_string(str_of(k->how.sysroot));
	if ((!sysroot && !sysroot_of_set(&sysroot, k->store, k->lock, k->set, e)) ||
		(shell && !find_shell(shell, sysroot, e)))
		return false;
	const struct component_run r = {
		.store = k->store,
		.component = k->component,
		.dir = d->dir,
		.sources = k->result.sources,
		.n_sources = k->result.n_sources,
		.needs = k->needs,
		.debian = k->result.debian,
		.sysroot = sysroot,
		.source_date_epoch = k->source_date_epoch,
		.derivation = k->result.derivation,
		.how = &k->how,
		.shell = shell,
	};
	return component_run(&k->result, &r, k->a, failure, e);
}

static bool make(struct work *k, const struct description *d, struct component_failure *failure,
	struct err *e)
{
	bool fresh = component_is_fresh(&k->how);

	if (!fresh && !component_record_get(
			      &k->result, &k->result.cached, k->store, k->component, k->a, e))
		return false;
	if (k->result.cached)
		return true;
	return run(k, d, NULL, failure, e) &&
	       (fresh || component_record_put(k->store, k->component, &k->result, e));
}

bool component_build(struct component_result *ret, struct store *s, const struct lock *l,
	const struct description *d, const struct component *c, int64_t source_date_epoch,
	const struct component_how *how, struct arena *a, struct component_failure *failure,
	struct err *e)
{
	struct work k = { .store = s,
		.lock = l,
		.component = c,
		.source_date_epoch = source_date_epoch,
		.how = how ? *how : (struct component_how){ 0 },
		.a = a };

	if (!check(c, e) || !make_needed(&k, d, failure, e))
		return false;
	if (!prepare(&k, d, e))
		return err_wrap(e, "component '%.*s'", STR_ARG(c->name));
	if (!make(&k, d, failure, e))
		return false;
	*ret = k.result;
	return true;
}

bool component_enter(struct store *s, const struct lock *l, const struct description *d,
	const struct component *c, int64_t source_date_epoch, struct component_shell *shell,
	struct component_failure *failure, struct err *e)
{
	CLEANUP(arena_freep) struct arena *a = arena_new(ENTER_MEMORY_MAX);
	struct work k = { .store = s,
		.lock = l,
		.component = c,
		.source_date_epoch = source_date_epoch,
		.a = a };

	if (!check(c, e))
		return false;
	if (shell->before == 0 || shell->before > c->n_steps + 1)
		return err_set(e, ERR_USAGE, "component '%.*s' has %zu steps, and no step %zu",
			STR_ARG(c->name), c->n_steps, shell->before);
	if (!make_needed(&k, d, failure, e))
		return false;
	if (!prepare(&k, d, e))
		return err_wrap(e, "component '%.*s'", STR_ARG(c->name));
	return run(&k, d, shell, failure, e);
}
