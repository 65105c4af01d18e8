#include "check/survey.h"

#include <stdio.h>

#include "base/mem.h"
#include "build/sysroot.h"
#include "check/outside.h"
#include "check/toolchain_locale.h"
#include "lock/description.h"
#include "base/banned.h"

enum { NOT_EFFECTIVE_MAX = 256, SET_NAME_MAX = 256 };

struct work {
	const struct survey *s;
	struct arena *a;
	struct canaries canaries[FINDING_CANARY_SETS];
	struct survey_not_effective *not_effective;
	size_t n_not_effective;
	struct survey_result r;
	uint64_t variations; /* those of s that can be done here */
	struct annex *annex;
	struct str component; /* the present one, and which build of it */
	unsigned n_builds;
};

static bool cannot(
	struct work *w, struct str component, enum variation v, struct str why, struct err *e)
{
	if (w->n_not_effective == NOT_EFFECTIVE_MAX)
		return err_set(
			e, ERR_LIMIT, "more than %d variations have no effect", NOT_EFFECTIVE_MAX);
	w->not_effective[w->n_not_effective++] = (struct survey_not_effective){ component, v, why };
	return true;
}

static bool make_canaries(struct work *w, struct err *e)
{
	uint8_t seed[SHA256_SIZE + 1];

	memcpy(seed, w->s->seed, SHA256_SIZE);
	for (size_t i = 0; i < FINDING_CANARY_SETS; i++) {
		uint8_t digest[SHA256_SIZE];

		seed[SHA256_SIZE] = (uint8_t)i;
		sha256_of(digest, SPAN_OF(seed));
		canary_make(&w->canaries[i], digest, w->s->inputs->source_date_epoch);
		canary_keep_outside(&w->canaries[i], &w->canaries[0]);
	}
	w->not_effective = ARENA_ARRAY(w->a, NOT_EFFECTIVE_MAX, struct survey_not_effective);
	return w->not_effective || arena_full(w->a, e);
}

static void tell(void *ctx, uint64_t variations)
{
	struct work *w = ctx;

	if (w->s->builds)
		w->s->builds(w->s->ctx, w->component, ++w->n_builds, variations);
}

/* The component's toolchain as a folder, and the locale to use; *sysroot is the caller's. */
static bool lay_toolchain(struct work *w, const struct component *c, char **sysroot,
	char locale[static TOOLCHAIN_LOCALE_MAX], struct err *e)
{
	char set[SET_NAME_MAX];
	bool foreign;

	if (snprintf(set, sizeof set, "toolchain:%.*s", STR_ARG(c->toolchain)) >= (int)sizeof set)
		return err_set(e, ERR_LIMIT, "its toolchain has too long a name");
	if (!sysroot_of_set(sysroot, w->s->store, &w->s->inputs->lock, set, e) ||
		!toolchain_locale_choose(locale, &foreign, *sysroot, e))
		return false;
	return foreign || !(w->variations & VARIATION_BIT(VARIATION_LOCALE)) ||
	       cannot(w, c->name, VARIATION_LOCALE,
		       STR("in part only: the toolchain has no locale but C and C.UTF-8, so "
			   "languages and sort orders stay; add locales-all to it"),
		       e);
}

static bool examine_in(
	struct work *w, const struct examine *x, struct examine_result *ret, struct err *e)
{
	struct examine here = *x;
	char *scratch;
	bool ok;

	if (w->annex) {
		here.scratch = annex_folder(w->annex);
		return examine_run(ret, &here, w->a, e);
	}
	if (!store_tmpdir(w->s->store, &scratch, e))
		return false;
	here.scratch = scratch;
	ok = examine_run(ret, &here, w->a, e);
	store_tmpdir_remove(w->s->store, scratch);
	return ok;
}

/*
 * Races are looked for where there are steps: in components, and where maintainer scripts run. Those need the many ids
 * of the user who asks, and of the namespace.
 */
static uint64_t of_image(const struct work *w)
{
	const uint64_t one_id = VARIATION_BIT(VARIATION_OUTSIDE_USER) |
				VARIATION_BIT(VARIATION_OUTSIDE_HOST_NAME);

	return w->variations &
	       ~(w->s->inputs->description.run_scripts ? one_id : VARIATION_CHANNELS);
}

static bool say_one_id(struct work *w, struct err *e)
{
	static const enum variation one_id[] = { VARIATION_OUTSIDE_USER,
		VARIATION_OUTSIDE_HOST_NAME };

	for (size_t i = 0; w->s->inputs->description.run_scripts && i < ARRAY_LEN(one_id); i++)
		if ((w->variations & VARIATION_BIT(one_id[i])) &&
			!cannot(w, STR("image"), one_id[i],
				STR("maintainer scripts need many user ids, and then there is one"),
				e))
			return false;
	return true;
}

/* c NULL: the image. */
static bool examine(
	struct work *w, const struct component *c, struct survey_component *ret, struct err *e)
{
	char locale[TOOLCHAIN_LOCALE_MAX] = "C";
	CLEANUP(mem_free) char *sysroot = NULL;
	struct examine x = {
		.store = w->s->store,
		.annex = w->annex,
		.inputs = w->s->inputs,
		.component = c,
		.variations = c ? w->variations : of_image(w),
		.locale = locale,
		.number = (unsigned)w->r.n_components,
		.plain = w->s->plain,
		.races = w->s->races,
		.builds = tell,
		.ctx = w,
	};

	for (size_t i = 0; i < FINDING_CANARY_SETS; i++)
		x.canaries[i] = &w->canaries[i];
	ret->is_image = !c;
	w->component = ret->name = c ? c->name : STR("image");
	w->n_builds = 0;
	if (c ? !lay_toolchain(w, c, &sysroot, locale, e) : !say_one_id(w, e))
		return false;
	x.sysroot = sysroot;
	return examine_in(w, &x, &ret->result, e);
}

static bool no_such(const struct description *d, struct str name, struct err *e)
{
	CLEANUP(buf_done) struct buf names = buf_init(sizeof e->hint);

	for (size_t i = 0; i < d->n_components; i++)
		buf_printf(&names, "%s%.*s", i ? ", " : "", STR_ARG(d->components[i].name));
	err_set(e, ERR_NOTFOUND, "the description has no component '%.*s'", STR_ARG(name));
	return err_hint(e, "there are: %.*s", STR_ARG(buf_str(&names)));
}

static bool is_listed(struct str list, struct str name)
{
	struct str word;
	bool more;

	do {
		more = str_cut(list, ',', &word, &list);
		if (str_equal(str_trim(word), name))
			return true;
	} while (more);
	return false;
}

/* That there are all components that were asked for. */
static bool check_only(const struct survey *s, struct err *e)
{
	const struct description *d = &s->inputs->description;
	struct str word, rest = s->only;
	bool more = rest.n != 0;

	while (more) {
		size_t i = 0;

		more = str_cut(rest, ',', &word, &rest);
		word = str_trim(word);
		while (i < d->n_components && !str_equal(d->components[i].name, word))
			i++;
		if (i == d->n_components)
			return no_such(d, word, e);
	}
	return true;
}

/* What cannot be done here is taken out, and said. */
static bool choose(struct work *w, struct err *e)
{
	const uint64_t tried = VARIATION_OUTSIDE & ~VARIATION_CHANNELS;

	w->variations = w->s->variations;
	for (enum variation v = 0; v < VARIATION_N; v++) {
		struct err why = { 0 };
		struct str text;

		if (!(w->variations & tried & VARIATION_BIT(v)) ||
			!outside_cannot(v, &w->canaries[0], &why))
			continue;
		text = arena_str(w->a, str_of(why.text));
		if (!text.p)
			return arena_full(w->a, e);
		if (!cannot(w, STR(""), v, text, e))
			return false;
		w->variations &= ~VARIATION_BIT(v);
	}
	return !(w->variations & tried) ||
	       annex_new(&w->annex, w->s->store, w->s->inputs, &w->canaries[0], w->variations, e);
}

static bool say_needed(struct work *w, const struct survey_component *c, struct err *e)
{
	for (enum variation v = 0; v < VARIATION_N; v++) {
		struct str why;

		if (!(c->result.needed & VARIATION_BIT(v)))
			continue;
		why = arena_printf(
			w->a, "then the steps fail: %.*s", STR_ARG(c->result.why_needed[v]));
		if (!why.p)
			return arena_full(w->a, e);
		if (!cannot(w, c->name, v, why, e))
			return false;
	}
	return true;
}

static bool same_words(const struct survey_not_effective *x, const struct survey_not_effective *y)
{
	return x->variation == y->variation && str_equal(x->why, y->why);
}

/* What holds for every component is said once. */
static void say_once(struct work *w)
{
	struct survey_not_effective *list = w->not_effective;
	size_t kept = 0;

	for (size_t i = 0; i < w->n_not_effective; i++) {
		size_t n = 0;

		for (size_t k = 0; k < w->n_not_effective; k++)
			n += same_words(&list[k], &list[i]);
		if (n > 1 && n == w->r.n_components)
			list[i].component = STR("");
	}
	for (size_t i = 0, k; i < w->n_not_effective; i++) {
		for (k = 0; k < kept; k++)
			if (same_words(&list[k], &list[i]) &&
				str_equal(list[k].component, list[i].component))
				break;
		if (k == kept)
			list[kept++] = list[i];
	}
	w->n_not_effective = kept;
}

static bool take(
	struct work *w, const struct component *c, struct survey_component *to, struct err *e)
{
	if (!examine(w, c, &to[w->r.n_components], e))
		return false;
	w->r.identical = w->r.identical && to[w->r.n_components].result.identical;
	w->r.n_components++;
	return say_needed(w, &to[w->r.n_components - 1], e);
}

static bool run(struct work *w, struct err *e)
{
	const struct description *d = &w->s->inputs->description;
	struct survey_component *components = ARENA_ARRAY(
		w->a, d->n_components + 1, struct survey_component);

	if (!components)
		return arena_full(w->a, e);
	w->r.identical = true;
	for (size_t i = 0; i < d->n_components; i++)
		if ((!w->s->only.n || is_listed(w->s->only, d->components[i].name)) &&
			!take(w, &d->components[i], components, e))
			return false;
	/* What only a component's steps see reaches the image by way of the component. */
	if (!w->s->only.n && (w->annex || d->run_scripts) && !take(w, NULL, components, e))
		return false;
	if (w->r.n_components == 0) {
		err_set(e, ERR_NOTFOUND, "the description has neither components nor scripts");
		return err_hint(e,
			"no step would see what is varied; without --vary the image is built again");
	}
	w->r.components = components;
	w->r.varied = w->variations;
	return true;
}

bool survey_run(struct survey_result *ret, const struct survey *s, struct arena *a, struct err *e)
{
	struct work w = { .s = s, .a = a };
	bool ok = check_only(s, e) && make_canaries(&w, e) && choose(&w, e) && run(&w, e);

	annex_free(w.annex);
	if (!ok)
		return false;
	say_once(&w);
	w.r.not_effective = w.not_effective;
	w.r.n_not_effective = w.n_not_effective;
	*ret = w.r;
	return true;
}
