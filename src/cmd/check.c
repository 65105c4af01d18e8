/* assay check: builds components again with what may vary varied, and names the cause of every difference. */
#define ASSAY_MAY_ASK_THE_MACHINE
#include <stdio.h>
#include <stdlib.h>
#include <sys/random.h>

#include "base/mem.h"
#include "check/bisect.h"
#include "check/survey.h"
#include "cmd/fetch.h"
#include "cmd/line.h"
#include "cmd/verbs.h"
#include "base/banned.h"

enum { JSON_MAX = 64 << 20, ROUNDS_MAX = 1 + BISECT_RACES };

static void tell(void *ctx, struct str component, unsigned n, uint64_t variations)
{
	CLEANUP(buf_done) struct buf b = buf_init(128);
	unsigned n_varied = 0;
	enum variation last = 0;

	for (enum variation v = 0; v < VARIATION_N; v++)
		if (variations & VARIATION_BIT(v)) {
			n_varied++;
			last = v;
		}
	buf_printf(&b, "%.*s, build %u", STR_ARG(component), n);
	if (n_varied)
		buf_printf(&b, ", %s varied", n_varied > 1 ? "several" : variation_name(last));
	buf_u8(&b, 0);
	progress_text(ctx, (const char *)b.p);
}

static void print_where(const struct finding *f)
{
	CLEANUP(buf_done) struct buf b = buf_init(8192);

	for (size_t i = 0; i < f->n_where; i++) {
		buf_add_cstr(&b, i ? " > " : "");
		buf_add_str(&b, f->where[i]);
	}
	line_print(stdout, "  %.*s", STR_ARG(buf_str(&b)));
}

static void print_finding(const struct finding *f, bool same_place)
{
	if (!same_place)
		print_where(f);
	if (f->class == CAUSE_UNKNOWN)
		line_print(stdout, "    cause unknown: %.*s", STR_ARG(f->evidence));
	else
		line_print(stdout, "    %s, %s: %.*s", cause_name(f->class),
			f->proved ? "proved" : "suspected", STR_ARG(f->evidence));
	line_print(stdout, "      first   %.*s", STR_ARG(f->first));
	line_print(stdout, "      second  %.*s", STR_ARG(f->second));
	if (f->registers.n)
		line_print(stdout, "      moves   %.*s", STR_ARG(f->registers));
	if (cause_remedy(f->class)[0])
		line_print(stdout, "      remedy  %s", cause_remedy(f->class));
}

static void print_component(const struct survey_component *c)
{
	const struct examine_result *r = &c->result;

	if (r->identical)
		line_print(stdout, "%-12.*s identical: %zu of %zu outputs in %u builds",
			STR_ARG(c->name), r->n_artefacts, r->n_artefacts, r->n_builds);
	else
		line_print(stdout, "%-12.*s DIFFERS: %zu of %zu outputs, found in %u builds",
			STR_ARG(c->name), r->n_differing, r->n_artefacts, r->n_builds);
	for (size_t i = 0; i < r->n_findings; i++)
		print_finding(
			&r->findings[i], i && r->findings[i].where == r->findings[i - 1].where);
	for (size_t i = 0; i < r->n_notes; i++)
		line_print(stdout, "  undeclared input: %.*s", STR_ARG(r->notes[i]));
}

static void print_text(const struct survey_result *r)
{
	for (size_t i = 0; i < r->n_components; i++)
		print_component(&r->components[i]);
	for (size_t i = 0; i < r->n_not_effective; i++) {
		const struct survey_not_effective *n = &r->not_effective[i];

		line_print(stdout, "not effective: %s%s%.*s: %.*s", variation_name(n->variation),
			n->component.n ? " for " : "", STR_ARG(n->component), STR_ARG(n->why));
	}
}

static bool print_json(const struct survey *s, const struct survey_result *r, struct err *e)
{
	CLEANUP(buf_done) struct buf b = buf_init(JSON_MAX);
	struct json_out w = json_out_to(&b);

	survey_emit(&w, s, r);
	if (!buf_ok(&b))
		return buf_full(&b, "the result", e);
	return fwrite(b.p, 1, b.n, stdout) == b.n || err_os(e, "cannot write the result");
}

static bool choose(struct survey *s, const struct verb_args *args, struct err *e)
{
	const char *vary = verb_value(args, "--vary"), *only = verb_value(args, "--only");
	const char *given = verb_value(args, "--rounds");
	uint64_t rounds = ROUNDS_MAX;

	s->plain = verb_flag(args, "--plain");
	s->variations = s->plain ? VARIATION_CHANNELS : VARIATION_OUTSIDE;
	s->only = str_of(only);
	if (given && (!str_u64(str_of(given), &rounds, ROUNDS_MAX) || !rounds))
		return err_set(
			e, ERR_USAGE, "--rounds '%s' is no number from 1 to %d", given, ROUNDS_MAX);
	s->races = (unsigned)rounds - 1;
	if (vary && !variation_parse(&s->variations, str_of(vary), e))
		return false;
	return getrandom(s->seed, sizeof s->seed, 0) == sizeof s->seed ||
	       err_os(e, "cannot get random numbers");
}

static bool run(const struct verb_args *args, int *code, struct err *e)
{
	const char *dir = verb_arg(args, 0) ? verb_arg(args, 0) : ".";
	/* Builds that start in another folder find it, too; who names none is told below. */
	CLEANUP(mem_free) char *absolute = realpath(dir, NULL);
	CLEANUP(inputs_done) struct inputs in = { 0 };
	CLEANUP(store_freep) struct store *store = NULL;
	CLEANUP(progress_freep) struct progress *progress = progress_new(args);
	CLEANUP(arena_freep) struct arena *a = arena_new(EXAMINE_ARENA_MAX);
	struct survey s = { .builds = tell, .ctx = progress };
	struct survey_result r;

	if (!choose(&s, args, e) || !inputs_read(&in, absolute ? absolute : dir, e) ||
		!store_open(&store, verb_value(args, "--store"), e))
		return false;
	progress_stage(progress, "fetch");
	if (!fetch_inputs_in(progress, args, store, &in.description, &in.lock, e))
		return false;
	s.inputs = &in;
	s.store = store;
	progress_stage(progress, "builds");
	if (!survey_run(&r, &s, a, e)) {
		progress_end(progress);
		return false;
	}
	progress_stage(progress, NULL);
	*code = r.identical ? VERB_YES : VERB_NO;
	if (verb_flag(args, "--json"))
		return print_json(&s, &r, e);
	print_text(&r);
	return true;
}

static const struct verb_option options[] = {
	{ "--vary", "LIST", "vary these in the box: clock,host-name, time, all", false },
	{ "--plain", NULL, "compare two builds without the box's guarantees", false },
	{ "--rounds", "N", "builds with all varied that have to be equal (3)", false },
	{ "--only", "LIST", "look at these components, not at the image", false },
	{ "--store", "DIR", "the store (~/.cache/assay)", false },
	{ "--mirror", "URL", "fetch from here instead of apt's sources", true },
	{ "--json", NULL, "print the result as JSON", false },
	{ 0 },
};

const struct verb cmd_check = {
	.name = "check",
	.summary = "build again with all varied, and name what differs and why",
	.usage = "[DIR]",
	.max_args = 1,
	.options = options,
	.example = "assay check --vary time --only init examples/hello",
	.run = run,
};
