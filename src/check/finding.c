#include "check/finding.h"

#include <stdlib.h>

#include "appraise/shape_moves.h"
#include "base/buf.h"
#include "base/mem.h"
#include "check/canary_scan.h"
#include "check/content_rule.h"
#include "base/banned.h"

enum { BEFORE = 40, EVIDENCE_MAX = 600, FINDINGS_MAX = 4096 };

struct work {
	const struct finding_job *job;
	struct arena *a;
	struct finding *items; /* malloc */
	size_t n, room;
};

static bool is_readable(uint8_t c)
{
	return (c >= 0x20 && c < 0x7f) || c == '\n' || c == '\t';
}

bool finding_printable(struct str *ret, struct span s, size_t from, struct arena *a, struct err *e)
{
	CLEANUP(buf_done) struct buf b = buf_init(FINDING_TEXT_MAX + 8);

	if (from > s.n)
		from = s.n;
	for (size_t i = from; i < s.n && b.n < FINDING_TEXT_MAX; i++) {
		uint8_t c = s.p[i];

		if (c == '\n')
			buf_add_cstr(&b, "\\n");
		else if (c == '\\')
			buf_add_cstr(&b, "\\\\");
		else if (is_readable(c) && c != '\t')
			buf_u8(&b, c);
		else
			buf_printf(&b, "\\x%02x", c);
	}
	*ret = arena_str(a, buf_str(&b));
	return ret->p || arena_full(a, e);
}

/* The first byte that differs, and a little of the text before it. */
static size_t first_difference(struct span a, struct span b)
{
	size_t i = 0, before = 0;

	while (i < a.n && i < b.n && a.p[i] == b.p[i])
		i++;
	while (before < i && before < BEFORE && is_readable(a.p[i - before - 1]))
		before++;
	return i - before;
}

static bool is_metadata(enum diff_kind k)
{
	return k == DIFF_MODE || k == DIFF_OWNER || k == DIFF_TIME || k == DIFF_XATTR;
}

static struct cause_bytes bytes_of(const struct work *w, const struct place_sight *s, bool canary)
{
	enum diff_kind kind = w->job->places->items[s->place].kind;

	return (struct cause_bytes){
		.reordered = kind == DIFF_ORDER || content_rule_reordered(s->a, s->b),
		.metadata = is_metadata(kind),
		.canary = canary,
	};
}

static const struct canaries *canaries_of(const struct work *w, const struct place_sight *s)
{
	unsigned set = s->attempt < FINDING_CANARY_SETS ? s->attempt : 0;

	return w->job->canaries[set];
}

/* What an output moves, by where it goes. */
static bool registers_of(struct work *w, const struct place *p, struct str *ret, struct err *e)
{
	const struct component *c = w->job->component;
	CLEANUP(buf_done) struct buf text = buf_init(256);
	uint32_t moves = 0;

	for (size_t i = 0; c && w->job->measured && p->n_where && i < c->n_outputs; i++)
		if (str_equal(c->outputs[i].from, p->where[0]))
			moves = shape_moves_of(
				str_is(c->outputs[i].to, "initrd") ? SHAPE_INITRD : SHAPE_ROOT)
					.will;
	if (!moves) {
		*ret = p->registers;
		return true;
	}
	for (unsigned i = 0; i < 32; i++)
		if (moves >> i & 1)
			buf_printf(&text, "%s%u", text.n ? ", " : "PCR ", i);
	*ret = arena_str(w->a, buf_str(&text));
	return ret->p || arena_full(w->a, e);
}

/* A finding of this sight, filled in but for what the cause is. */
static struct finding *add(struct work *w, const struct place_sight *s, struct err *e)
{
	const struct place *p = &w->job->places->items[s->place];
	size_t from = first_difference(s->a, s->b);
	struct finding *f;

	if (w->n == FINDINGS_MAX) {
		err_set(e, ERR_LIMIT, "more than %d findings", FINDINGS_MAX);
		return NULL;
	}
	if (w->n == w->room) {
		w->room = w->room ? 2 * w->room : 16;
		w->items = mem_grow(w->items, w->room, sizeof *w->items);
	}
	f = &w->items[w->n++];
	*f = (struct finding){
		.component = w->job->component ? w->job->component->name : STR(""),
		.artefact = p->n_where ? p->where[0] : STR(""),
		.where = p->where,
		.n_where = p->n_where,
		.kind = p->kind,
		.variations = s->variations,
	};
	if (!registers_of(w, p, &f->registers, e) ||
		!finding_printable(&f->first, s->a, from, w->a, e) ||
		!finding_printable(&f->second, s->b, from, w->a, e))
		return NULL;
	return f;
}

static bool say(struct work *w, struct finding *f, const struct buf *text, struct err *e)
{
	f->evidence = arena_str(w->a, buf_str(text));
	return f->evidence.p || arena_full(w->a, e);
}

static void say_hit(struct buf *text, const struct canary_hit *h, bool beyond)
{
	const struct canary *c = h->canary;

	buf_printf(text, "the value planted in %s, ", variation_words(c->variation));
	if (c->form == CANARY_TEXT)
		buf_printf(text, "'%s'", c->text);
	else
		buf_printf(text, "%llu", (unsigned long long)h->value);
	if (beyond)
		buf_printf(text, ", stands at byte %zu of the file as %s", h->at, h->as);
	else
		buf_printf(text, ", stands there as %s", h->as);
}

/* The hit of this variation, a sure one first; NULL: none. */
static const struct canary_hit *hit_of(const struct canary_hit *hits, size_t n, enum variation v)
{
	const struct canary_hit *best = NULL;

	for (size_t i = 0; i < n; i++)
		if (hits[i].canary->variation == v && (!best || (hits[i].sure && !best->sure)))
			best = &hits[i];
	return best;
}

/* A variation that moved this place alone. */
static bool add_moved(struct work *w, const struct place_sight *s, enum variation v, struct err *e)
{
	const struct bisect_result *r = w->job->search;
	bool unsteady = bisect_set_has(&r->unsteady, s->place);
	bool by_chance = bisect_set_has(&r->moved[VARIATION_RANDOM], s->place);
	CLEANUP(buf_done) struct buf text = buf_init(EVIDENCE_MAX);
	struct canary_hit hits[CANARY_MAX];
	size_t n = canary_scan(hits, canaries_of(w, s), VARIATION_BIT(v), s->a, s->b);
	const struct canary_hit *hit = hit_of(hits, n, v);
	bool beyond = !hit && s->beyond.canary;
	struct cause_bytes bytes = bytes_of(w, s, hit != NULL);
	struct finding *f;

	if (beyond)
		hit = &s->beyond;
	/* What moves by itself too is not moved by this one, unless it left its mark. */
	if (unsteady && !(hit && hit->sure))
		return true;
	/* The box's random numbers follow from the path and the arguments of a program: those move them, too. */
	if (by_chance && v != VARIATION_RANDOM && !(hit && hit->sure))
		return true;
	f = add(w, s, e);
	if (!f)
		return false;
	f->class = cause_of(v, &bytes);
	f->proved = true;
	f->by = hit ? CAUSE_BY_CANARY : CAUSE_BY_BISECTION;
	if (hit)
		say_hit(&text, hit, beyond);
	else
		buf_printf(&text, "builds that differ in nothing but %s differ there",
			variation_words(v));
	return say(w, f, &text, e);
}

static bool add_together(
	struct work *w, const struct place_sight *s, uint64_t needed, struct err *e)
{
	CLEANUP(buf_done) struct buf text = buf_init(EVIDENCE_MAX);
	struct finding *f = add(w, s, e);
	struct cause_bytes bytes = bytes_of(w, s, false);
	const char *before = "it differs only where all of these vary: ";

	if (!f)
		return false;
	f->variations = needed;
	f->proved = true;
	f->by = CAUSE_BY_BISECTION;
	for (enum variation v = 0; v < VARIATION_N; v++) {
		if (!(needed & VARIATION_BIT(v)))
			continue;
		if (!f->class)
			f->class = cause_of(v, &bytes);
		buf_printf(&text, "%s%s", before, variation_words(v));
		before = ", ";
	}
	return say(w, f, &text, e);
}

/* The machine's own clock, while the builds ran, is a canary that nobody had to plant. */
static bool tells_now(const struct work *w, const struct place_sight *s, struct canary_hit *hit,
	struct canaries *now)
{
	struct canary_hit hits[CANARY_MAX];

	*now = (struct canaries){ .n = 1 };
	now->items[0] = (struct canary){ .variation = VARIATION_CLOCK,
		.form = CANARY_TIME,
		.from = (uint64_t)w->job->began_unix - 1,
		.to = (uint64_t)w->job->ended_unix + 1 };
	if (!canary_scan(hits, now, VARIATION_BIT(VARIATION_CLOCK), SPAN_OF(""), s->b))
		return false;
	*hit = hits[0];
	return true;
}

static bool add_now(struct work *w, struct finding *f, const struct canary_hit *hit, struct err *e)
{
	CLEANUP(buf_done) struct buf text = buf_init(EVIDENCE_MAX);

	f->class = CAUSE_TIME;
	f->proved = hit->sure;
	f->by = hit->sure ? CAUSE_BY_CANARY : CAUSE_BY_CONTENT;
	buf_printf(&text, "the time when it was built, %llu, stands there as %s",
		(unsigned long long)hit->value, hit->as);
	return say(w, f, &text, e);
}

/*
 * In the box two things are not the same in every build: which process comes first, and what instructions tell that ask no
 * kernel (rdrand, cpuid). So what differs there by itself differs by one of them, unless the description leaves a channel
 * open, or the steps looked at something that the box does not fix.
 */
static bool is_race(const struct work *w)
{
	const struct finding_job *job = w->job;

	return job->component && !job->component->release.n && !job->n_notes;
}

/* Only the same lines in another order prove it: a random number of the processor is as new in each build. */
static bool add_race(struct work *w, const struct place_sight *s, struct finding *f, struct err *e)
{
	CLEANUP(buf_done) struct buf text = buf_init(EVIDENCE_MAX);

	f->class = CAUSE_PARALLEL;
	f->proved = bytes_of(w, s, false).reordered;
	f->by = f->proved ? CAUSE_BY_BISECTION : CAUSE_BY_CONTENT;
	f->variations = f->proved ? VARIATION_BIT(VARIATION_SCHEDULE) : 0;
	buf_add_cstr(&text,
		"builds differ there in which everything is the same but which process comes first");
	if (!f->proved)
		buf_add_cstr(&text, ", and what the processor itself tells (rdrand, cpuid)");
	return say(w, f, &text, e);
}

/* What the bytes look like, and what else is known; text goes on with why. */
static enum cause_class guess(
	struct work *w, const struct place_sight *s, bool by_itself, struct buf *text)
{
	const struct place *p = &w->job->places->items[s->place];
	enum cause_class class;
	const char *why;

	if (by_itself && w->job->n_notes) {
		buf_printf(text, "; the steps asked for '%.*s', which is not declared",
			STR_ARG(w->job->notes[0]));
		return CAUSE_INPUT;
	}
	if (is_metadata(p->kind))
		return CAUSE_METADATA;
	class = content_rule_guess(
		p->n_where ? p->where[p->n_where - 1] : STR(""), s->a, s->b, &why);
	if (*why)
		buf_printf(text, "; %s", why);
	return class;
}

/* No variation is known that moves it. */
static bool add_suspected(struct work *w, const struct place_sight *s, const char *moves,
	bool by_itself, struct err *e)
{
	CLEANUP(buf_done) struct buf text = buf_init(EVIDENCE_MAX);
	struct finding *f = add(w, s, e);
	struct canaries now;
	struct canary_hit hit;

	if (!f)
		return false;
	f->variations = 0;
	if (by_itself && tells_now(w, s, &hit, &now))
		return add_now(w, f, &hit, e);
	if (by_itself && is_race(w))
		return add_race(w, s, f, e);
	buf_add_cstr(&text, moves);
	f->class = guess(w, s, by_itself, &text);
	f->by = f->class ? CAUSE_BY_CONTENT : CAUSE_BY_NONE;
	return say(w, f, &text, e);
}

/* A canary that chance does not explain, or what it looks like. */
static bool add_unexplained(struct work *w, const struct place_sight *s, struct err *e)
{
	struct canary_hit hits[CANARY_MAX];
	size_t n = canary_scan(hits, canaries_of(w, s), s->variations, s->a, s->b);
	bool some = false;

	for (size_t i = 0; i < n; i++) {
		CLEANUP(buf_done) struct buf text = buf_init(EVIDENCE_MAX);
		enum variation v = hits[i].canary->variation;
		struct cause_bytes bytes = bytes_of(w, s, true);
		struct finding *f;

		if (!hits[i].sure)
			continue;
		f = add(w, s, e);
		if (!f)
			return false;
		f->variations = VARIATION_BIT(v);
		f->class = cause_of(v, &bytes);
		f->proved = true;
		f->by = CAUSE_BY_CANARY;
		say_hit(&text, &hits[i], false);
		if (!say(w, f, &text, e))
			return false;
		some = true;
	}
	return some || add_suspected(w, s, "no single variation moves it", false, e);
}

static bool of_place(struct work *w, size_t place, struct err *e)
{
	const struct bisect_result *r = w->job->search;
	const struct places *p = w->job->places;
	const struct place_sight *s;
	size_t before = w->n;

	for (enum variation v = 0; v < VARIATION_N; v++) {
		s = bisect_set_has(&r->moved[v], place) ? place_find(p, place, VARIATION_BIT(v))
							: NULL;
		if (s && !add_moved(w, s, v, e))
			return false;
	}
	s = place_find(p, place, w->job->variations);
	for (size_t i = 0; s && i < r->n_together; i++)
		if (bisect_set_has(&r->together[i].moved, place) &&
			!add_together(w, s, r->together[i].variations, e))
			return false;
	if (bisect_set_has(&r->unsteady, place) && w->n == before) {
		const struct place_sight *own = place_find(p, place, 0);

		if (!own)
			own = place_any(p, place);
		if (own && !add_suspected(w, own, "it differs though nothing varies", true, e))
			return false;
	}
	/* Of those that moved with everything varied none is left without a word. */
	if (w->n > before || !s)
		return true;
	return add_unexplained(w, s, e);
}

bool finding_make(const struct finding **ret, size_t *n_ret, const struct finding_job *job,
	struct arena *a, struct err *e)
{
	struct work w = { .job = job, .a = a };
	struct finding *list = NULL;
	bool ok = true;

	for (size_t i = 0; ok && i < job->places->n; i++)
		ok = of_place(&w, i, e);
	if (ok) {
		list = ARENA_ARRAY(a, w.n ? w.n : 1, struct finding);
		ok = list || arena_full(a, e);
	}
	if (ok && w.n)
		memcpy(list, w.items, w.n * sizeof *list);
	free(w.items);
	if (!ok)
		return false;
	*ret = list;
	*n_ret = w.n;
	return true;
}
