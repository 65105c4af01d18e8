/* assay shell: a shell where a component's step would run, to see what it sees. */
#include "base/mem.h"
#include "build/component.h"
#include "build/inputs.h"
#include "cmd/fetch.h"
#include "cmd/line.h"
#include "cmd/verbs.h"
#include "sys/pty.h"
#include "base/banned.h"

static bool find(
	const struct component **ret, const struct description *d, const char *name, struct err *e)
{
	CLEANUP(buf_done) struct buf names = buf_init(400);

	for (size_t i = 0; i < d->n_components; i++) {
		if (str_is(d->components[i].name, name)) {
			*ret = &d->components[i];
			return true;
		}
		buf_printf(&names, "%s%.*s", i ? ", " : "", STR_ARG(d->components[i].name));
	}
	err_set(e, ERR_USAGE, "assay.yaml has no component '%s'", name);
	return names.n && buf_ok(&names) ? err_hint(e, "there are: %.*s", STR_ARG(buf_str(&names)))
					 : false;
}

static bool read_step(const struct verb_args *args, size_t *ret, struct err *e)
{
	const char *text = verb_value(args, "--step");
	uint64_t step = 1;

	if (text && (!str_u64(str_of(text), &step, UINT32_MAX) || !step))
		return err_set(e, ERR_USAGE, "'%s' is no number of a step, from 1 on", text);
	*ret = (size_t)step;
	return true;
}

/* What one finds there, before the shell's first prompt. */
static void greet(const struct verb_args *args, const struct component *c, size_t step)
{
	CLEANUP(buf_done) struct buf words = buf_init(2000);

	verb_say(args,
		"  /src has the sources, /out is empty or what earlier steps left; all of it ends with this shell");
	if (c->needs.n)
		verb_say(args, "  /need has what other components gave, read only");
	if (step > c->n_steps) {
		verb_say(args, "  all %zu steps have run", c->n_steps);
		return;
	}
	for (size_t i = 0; i < c->steps[step - 1].args.n; i++)
		buf_printf(&words, " %.*s", STR_ARG(c->steps[step - 1].args.items[i]));
	line_print(stderr, "  step %zu of %zu would be:%.*s", step, c->n_steps,
		STR_ARG(buf_str(&words)));
}

static bool enter(const struct verb_args *args, struct store *s, const struct inputs *in,
	const struct component *c, size_t step, struct err *e)
{
	struct component_failure failure = { 0 };
	struct component_shell shell = { .before = step };
	CLEANUP(pty_freep) struct pty *terminal = NULL;
	bool ok;

	if (!verb_quiet(args) && step <= c->n_steps + 1)
		greet(args, c, step);
	if (!pty_open(&terminal, e))
		return false;
	shell.terminal = pty_inner(terminal);
	ok = component_enter(
		s, &in->lock, &in->description, c, in->source_date_epoch, &shell, &failure, e);
	pty_freep(&terminal);
	line_block(stderr, buf_str(&failure.tail));
	buf_done(&failure.tail);
	return ok;
}

static bool run(const struct verb_args *args, int *code, struct err *e)
{
	const char *dir = verb_arg(args, 1) ? verb_arg(args, 1) : ".";
	CLEANUP(inputs_done) struct inputs in = { 0 };
	CLEANUP(store_freep) struct store *store = NULL;
	const struct component *c;
	size_t step;

	if (!inputs_read(&in, dir, e)) {
		if (e->kind == ERR_MISMATCH) /* a stale lock */
			*code = VERB_NO;
		return false;
	}
	return read_step(args, &step, e) && find(&c, &in.description, verb_arg(args, 0), e) &&
	       store_open(&store, verb_value(args, "--store"), e) &&
	       fetch_inputs(args, store, &in.description, &in.lock, e) &&
	       enter(args, store, &in, c, step, e);
}

static const struct verb_option options[] = {
	{ "--step", "N", "stand before this step; earlier ones run first (1)", false },
	{ "--store", "DIR", "the store (~/.cache/assay)", false },
	{ "--mirror", "URL", "fetch from here instead of apt's sources", true },
	{ 0 },
};

const struct verb cmd_shell = {
	.name = "shell",
	.summary = "start a shell in the box of a component",
	.usage = "COMPONENT [DIR]",
	.min_args = 1,
	.max_args = 2,
	.options = options,
	.example = "assay shell init examples/hello",
	.run = run,
};
