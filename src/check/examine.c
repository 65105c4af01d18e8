#define ASSAY_MAY_ASK_THE_MACHINE
#include "check/examine.h"

#include <limits.h>
#include <stdio.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "base/mem.h"
#include "build/record.h"
#include "check/beyond.h"
#include "check/canary_scan.h"
#include "check/content_rule.h"
#include "sys/file.h"
#include "base/banned.h"

enum {
	BUILDS_MORE = 16, /* beside one for each variation */
};

/* Steps name the work folder, so that stays in a plain build. */
#define RELEASED (VARIATION_CHANNELS & ~VARIATION_BIT(VARIATION_PATH))

struct work {
	const struct examine *x;
	struct arena *a;
	struct places places;
	char base[PATH_MAX], all[PATH_MAX]; /* the steady build, and that with everything varied */
	struct trial_result all_result;
	uint64_t variations; /* x's, without those that make the steps fail */
	struct examine_result *r;
	unsigned n_made; /* names the folders */
	uint64_t hinted;
	enum variation order[VARIATION_N];
	const struct str *notes;
	size_t n_notes;
	struct bisect_set wavering;
	/* The image. */
	uint8_t firmware_sha256[SHA256_SIZE];
	struct digest pcr0[RECORD_PCR0_BANKS];
	bool pcr0_known;
};

static bool name_folder(struct work *w, char path[static PATH_MAX], struct err *e)
{
	if (snprintf(path, PATH_MAX, "%s/build-%u-%u", w->x->scratch, w->x->number, w->n_made++) <
		PATH_MAX)
		return true;
	return err_set(e, ERR_LIMIT, "the path of the store is too long");
}

static bool try(struct work *w, struct trial_result *r, uint64_t variations, unsigned attempt,
	uint64_t released, const char *out, struct err *e)
{
	const struct trial t = {
		.store = w->x->store,
		.annex = w->x->annex,
		.inputs = w->x->inputs,
		.component = w->x->component,
		.sysroot = w->x->sysroot,
		.canaries = w->x->canaries[attempt < FINDING_CANARY_SETS ? attempt : 0],
		.variations = variations,
		.locale = w->x->locale,
		.released = released,
		.shuffled = attempt > 0,
		.firmware_sha256 = w->pcr0_known ? w->firmware_sha256 : NULL,
		.pcr0 = w->pcr0,
	};

	if (w->x->builds)
		w->x->builds(w->x->ctx, variations);
	return trial_run(r, &t, out, w->a, e);
}

/* And its log; nothing to do for "". */
static bool remove_build(const char *path, struct err *e)
{
	char log[PATH_MAX + 8];

	snprintf(log, sizeof log, "%s.log", path);
	return !path[0] ||
	       (file_remove_tree(AT_FDCWD, path, e) && file_remove_tree(AT_FDCWD, log, e));
}

static bool compare(struct work *w, const char *first, const char *second, uint64_t variations,
	unsigned attempt, struct bisect_set *moved, struct err *e)
{
	CLEANUP(arena_freep) struct arena *own = arena_new(DIFF_ARENA_MAX);
	/* Another user's files, and those of an image's folder, are as the process that made them was. */
	const struct diff_options options = {
		.no_disk_meta = !w->x->component ||
				(w->x->variations & VARIATION_BIT(VARIATION_OUTSIDE_USER))
	};
	size_t from = w->places.n_sights;
	struct diff_report r;

	if (!diff_paths(&r, first, second, &options, own, e) ||
		!place_take(&w->places, &r, variations, attempt, moved, e))
		return false;
	for (size_t i = from; i < w->places.n_sights; i++)
		beyond_look(&w->places, i,
			w->x->canaries[attempt < FINDING_CANARY_SETS ? attempt : 0], first, second);
	return true;
}

/* The class that the bytes look like: variations of that class are tried first. */
static void put_in_order(struct work *w, uint64_t likely)
{
	size_t n = 0;

	for (int pass = 0; pass < 2; pass++)
		for (enum variation v = 0; v < VARIATION_N; v++)
			if (((likely & VARIATION_BIT(v)) != 0) == (pass == 0))
				w->order[n++] = v;
}

static uint64_t of_class(enum cause_class class)
{
	static const struct cause_bytes plain;
	uint64_t set = 0;

	for (enum variation v = 0; v < VARIATION_N; v++)
		if (cause_of(v, &plain) == class)
			set |= VARIATION_BIT(v);
	/* What gives an order by chance. */
	if (class == CAUSE_ORDER)
		set |= VARIATION_BIT(VARIATION_RANDOM) | VARIATION_BIT(VARIATION_SCHEDULE);
	return set;
}

/* From what the first build showed. */
static void take_hints(struct work *w, const struct canaries *c)
{
	uint64_t likely = 0;

	for (size_t i = 0; i < w->places.n_sights; i++) {
		const struct place_sight *s = &w->places.sights[i];
		const struct place *p = &w->places.items[s->place];
		struct canary_hit hits[CANARY_MAX];
		size_t n = canary_scan(hits, c, s->variations, s->a, s->b);
		const char *why;

		if (s->beyond.canary)
			w->hinted |= VARIATION_BIT(s->beyond.canary->variation);
		for (size_t k = 0; k < n; k++)
			*(hits[k].sure ? &w->hinted : &likely) |= VARIATION_BIT(
				hits[k].canary->variation);
		likely |= of_class(content_rule_guess(
			p->n_where ? p->where[p->n_where - 1] : STR(""), s->a, s->b, &why));
	}
	put_in_order(w, likely);
}

static bool take_build(struct work *w, const char *out, const struct trial_result *r,
	uint64_t variations, unsigned attempt, struct bisect_set *moved, struct err *e)
{
	if (r->failed)
		return place_take_failure(
			&w->places, str_of(r->why), variations, attempt, moved, e);
	return compare(w, w->base, out, variations, attempt, moved, e);
}

static bool build(
	void *ctx, uint64_t variations, unsigned attempt, struct bisect_set *moved, struct err *e)
{
	struct work *w = ctx;
	size_t from = w->places.n_sights;
	struct trial_result r;
	char out[PATH_MAX];

	if (variations == w->variations && attempt == 0) {
		if (!take_build(w, w->all, &w->all_result, variations, 0, moved, e))
			return false;
	} else if (!name_folder(w, out, e) || !try(w, &r, variations, attempt, 0, out, e) ||
		   !take_build(w, out, &r, variations, attempt, moved, e) ||
		   !remove_build(out, e)) {
		return false;
	}
	place_compare(&w->places, from, &w->wavering);
	if (variations == w->variations)
		take_hints(w, w->x->canaries[attempt]);
	return true;
}

/* The firmware of the image that was just built, and what the store knows of it. */
static bool know_pcr0(struct work *w, struct err *e)
{
	CLEANUP(hasher_freep) struct hasher *h = hasher_new(DIGEST_SHA256);
	CLEANUP(file_closep) int fd = -1;
	char path[PATH_MAX];
	struct stat st;

	if (snprintf(path, sizeof path, "%s/firmware/OVMF_CODE.fd", w->base) >= PATH_MAX ||
		(fd = open(path, O_RDONLY | O_CLOEXEC)) < 0 || fstat(fd, &st) < 0)
		return true;
	if (!file_hash(h, fd, 0, (uint64_t)st.st_size, path, e))
		return false;
	hasher_end(h, w->firmware_sha256);
	return record_get_pcr0(w->x->store, w->firmware_sha256, &w->pcr0_known, w->pcr0, e);
}

static bool make_base(struct work *w, struct err *e)
{
	struct trial_result r;

	if (!name_folder(w, w->base, e) || !try(w, &r, 0, 0, 0, w->base, e))
		return false;
	w->notes = r.notes;
	w->n_notes = r.n_notes;
	return w->x->component || know_pcr0(w, e);
}

/* The variations that steps are known to fail for come first. */
static const enum variation suspects[] = { VARIATION_PATH, VARIATION_KERNEL, VARIATION_USER,
	VARIATION_LOCALE, VARIATION_HOME, VARIATION_ENVIRONMENT, VARIATION_UMASK, VARIATION_CLOCK,
	VARIATION_FILE_TIMES, VARIATION_PROCESSORS, VARIATION_ZONE };

/* *found: this one alone makes the steps fail. */
static bool find_needed(struct work *w, bool *found, struct err *e)
{
	*found = false;
	for (size_t i = 0; i < ARRAY_LEN(suspects) && !*found; i++) {
		const uint64_t alone = VARIATION_BIT(suspects[i]);
		struct trial_result r;
		char out[PATH_MAX];

		if (!(w->variations & alone))
			continue;
		if (!name_folder(w, out, e) || !try(w, &r, alone, 0, 0, out, e) ||
			!remove_build(out, e))
			return false;
		*found = r.failed;
		if (!r.failed)
			continue;
		w->variations &= ~alone;
		w->r->needed |= alone;
		w->r->why_needed[suspects[i]] = arena_str(w->a, str_of(r.why));
	}
	return true;
}

/* A step that names a folder of the box cannot do without it: what else varies is compared all the same. */
static bool make_all(struct work *w, struct err *e)
{
	bool again = true;

	while (again) {
		if (!name_folder(w, w->all, e) ||
			!try(w, &w->all_result, w->variations, 0, 0, w->all, e))
			return false;
		again = w->all_result.failed && w->x->component;
		if (again && (!remove_build(w->all, e) || !find_needed(w, &again, e)))
			return false;
	}
	return true;
}

/* *same: two plain builds do not differ, and that is the answer. */
static bool begin(struct work *w, bool *same, struct bisect_set *moved, struct err *e)
{
	struct trial_result r;
	char plain[PATH_MAX];

	*same = false;
	if (!w->x->plain)
		return make_base(w, e) && make_all(w, e);
	if (!make_all(w, e) || !name_folder(w, plain, e) || !try(w, &r, 0, 0, RELEASED, plain, e))
		return false;
	if (r.failed)
		return err_set(e, ERR_MISMATCH, "without the box's guarantees: %s", r.why);
	if (!w->all_result.failed &&
		!compare(w, plain, w->all, w->variations, PLACE_PLAIN, moved, e))
		return false;
	*same = !w->all_result.failed && bisect_set_empty(moved);
	if (!remove_build(plain, e))
		return false;
	return *same || make_base(w, e);
}

static bool differs(const struct finding *findings, size_t n, struct str artefact)
{
	for (size_t i = 0; i < n; i++)
		if (str_equal(findings[i].artefact, artefact))
			return true;
	return false;
}

/* Of the image each file of the folder counts. */
static bool count_files(struct work *w, struct examine_result *r, struct err *e)
{
	char **names;

	if (!file_names(AT_FDCWD, w->base, &names, &r->n_artefacts, e))
		return false;
	for (size_t i = 0; i < r->n_artefacts; i++)
		for (size_t k = 0; k < r->n_findings; k++)
			if (str_starts(r->findings[k].artefact, names[i])) {
				r->n_differing++;
				break;
			}
	file_names_free(names, r->n_artefacts);
	return true;
}

static void count(struct examine_result *r, const struct component *c)
{
	r->n_artefacts = c->n_outputs;
	for (size_t i = 0; i < c->n_outputs; i++)
		r->n_differing += differs(r->findings, r->n_findings, c->outputs[i].from);
}

static bool is_explained(const struct bisect_result *r, size_t place)
{
	for (enum variation v = 0; v < VARIATION_N; v++)
		if (bisect_set_has(&r->moved[v], place))
			return true;
	for (size_t i = 0; i < r->n_together; i++)
		if (bisect_set_has(&r->together[i].moved, place))
			return true;
	return bisect_set_has(&r->unsteady, place);
}

static bool all_explained(
	const struct work *w, const struct bisect_result *r, const struct bisect_set *plainly)
{
	for (size_t i = 0; i < w->places.n; i++)
		if (bisect_set_has(plainly, i) && !is_explained(r, i))
			return false;
	return true;
}

/*
 * What only the machine's own moves, and no planted value does (how long something took, since when the machine runs): one
 * channel after the other is released.
 */
static bool release(struct work *w, struct bisect_result *found, const struct bisect_set *plainly,
	struct err *e)
{
	for (size_t i = 0; i < VARIATION_N && !all_explained(w, found, plainly); i++) {
		const uint64_t alone = VARIATION_BIT(w->order[i]);
		struct trial_result r;
		char out[PATH_MAX];

		if (!(RELEASED & alone))
			continue;
		if (!name_folder(w, out, e) || !try(w, &r, 0, 0, alone, out, e))
			return false;
		if (!r.failed && !compare(w, w->base, out, alone, PLACE_RELEASED,
					 &found->moved[w->order[i]], e))
			return false;
		if (!remove_build(out, e))
			return false;
	}
	return true;
}

static bool search(struct work *w, struct examine_result *ret, struct err *e)
{
	struct bisect_job job = {
		.hinted = &w->hinted,
		.order = w->order,
		.builds_max = VARIATION_N + BUILDS_MORE,
		.races = w->x->races,
		.build = build,
		.ctx = w,
		.wavering = &w->wavering,
	};
	struct bisect_result found = { 0 };
	struct bisect_set plainly = { 0 };
	struct finding_job findings = {
		.places = &w->places,
		.search = &found,
		.component = w->x->component,
		.measured = w->x->inputs->description.n_platforms > 0,
	};
	bool same;

	findings.began_unix = time(NULL);
	put_in_order(w, 0);
	if (!begin(w, &same, &plainly, e))
		return false;
	job.variations = findings.variations = w->variations;
	if (!same && (!bisect_run(&found, &job, e) || !release(w, &found, &plainly, e)))
		return false;
	memcpy(findings.canaries, w->x->canaries, sizeof findings.canaries);
	findings.ended_unix = time(NULL);
	findings.notes = w->notes;
	findings.n_notes = w->n_notes;
	ret->n_builds = w->n_made;
	ret->notes = w->notes;
	ret->n_notes = w->n_notes;
	ret->identical = bisect_set_empty(&found.all) && bisect_set_empty(&plainly);
	if (!ret->identical && !finding_make(&ret->findings, &ret->n_findings, &findings, w->a, e))
		return false;
	if (w->x->component)
		count(ret, w->x->component);
	else if (!count_files(w, ret, e))
		return false;
	return remove_build(w->base, e) && remove_build(w->all, e);
}

bool examine_run(
	struct examine_result *ret, const struct examine *x, struct arena *a, struct err *e)
{
	struct examine_result r = { 0 };
	struct work w = { .x = x, .a = a, .variations = x->variations, .r = &r };
	bool ok;

	if (!place_init(&w.places, a, e))
		return false;
	ok = search(&w, &r, e);
	place_done(&w.places);
	if (!ok)
		return x->component ? err_wrap(e, "component '%.*s'", STR_ARG(x->component->name))
				    : false;
	*ret = r;
	return true;
}
