/* A predicted shape against tables of what must stand in it, word by word. */
#ifndef ASSAY_TEST_SHAPE_CHECK_H
#define ASSAY_TEST_SHAPE_CHECK_H

#include "appraise/platform_shape.h"
#include "appraise/reference_values.h"
#include "base/hex.h"
#include "test.h"

struct shape_event_row {
	unsigned reg;
	const char *what, *origin, *text;
};

static inline void shape_word(struct str got, const char *want)
{
	if (!str_is(got, want))
		fprintf(stderr, "'%.*s', wanted '%s'\n", STR_ARG(got), want);
	CHECK(str_is(got, want));
}

__attribute__((unused)) static void shape_has_inputs(
	const struct reference_shape *s, const char *const (*want)[2], size_t n)
{
	CHECK(s->n_inputs == n);
	for (size_t i = 0; i < n && i < s->n_inputs; i++) {
		shape_word(s->inputs[i].name, want[i][0]);
		shape_word(s->inputs[i].value, want[i][1]);
	}
}

__attribute__((unused)) static void shape_has_coverage(
	const struct reference_shape *s, const char *const (*want)[3], size_t n)
{
	CHECK(s->n_coverage == n);
	for (size_t i = 0; i < n && i < s->n_coverage; i++) {
		shape_word(s->coverage[i].layer, want[i][0]);
		shape_word(s->coverage[i].by, want[i][1]);
		shape_word(s->coverage[i].note, want[i][2]);
	}
}

__attribute__((unused)) static void shape_has_events(
	const struct reference_shape *s, const struct shape_event_row *want, size_t n)
{
	CHECK(s->events.n == n && s->events.n_banks == 1);
	for (size_t i = 0; i < n && i < s->events.n; i++) {
		CHECK(s->events.items[i].reg == want[i].reg && !s->events.items[i].type);
		shape_word(s->events.items[i].what, want[i].what);
		shape_word(s->events.items[i].origin, want[i].origin);
		shape_word(s->events.items[i].text, want[i].text);
	}
}

/* Hex digits of a file's digest. */
static inline const char *shape_hex(char *out, enum digest_alg alg, struct span bytes)
{
	struct digest d = digest_of(alg, bytes);

	digest_hex(&d, out);
	return out;
}

/* All of it, as reference-values.json has it. */
__attribute__((unused)) static void shape_tell(struct buf *out, const struct reference_shape *s)
{
	struct reference_values v = { .image = STR("made"), .shapes = s, .n_shapes = 1 };

	reference_values_emit(&v, out);
}

/* shape_snp and shape_tdx. */
typedef bool shape_maker(struct reference_shape *ret, const struct platform_shape *p,
	const struct shape_files *f, struct arena *a, struct err *e);

struct shape_asked {
	shape_maker *make;
	struct platform_shape p;
	struct shape_files f;
};

/* Refused with that in its words, and what stood in the result before still stands there. */
__attribute__((unused)) static void shape_refused(
	const struct shape_asked *w, enum err_kind kind, const char *says, struct arena *a)
{
	struct reference_shape s = { .n_banks = 77 };
	struct err e = { 0 };

	CHECK_ERR(w->make(&s, &w->p, &w->f, a, &e), e, kind);
	if (!strstr(e.text, says))
		fprintf(stderr, "'%s' does not say '%s'\n", e.text, says);
	CHECK(strstr(e.text, says));
	CHECK(s.n_banks == 77);
}

/* What is asked, told; for starved.h. */
__attribute__((unused)) static bool shape_told(
	struct buf *told, const void *what, struct arena *a, struct err *e)
{
	const struct shape_asked *w = what;
	struct reference_shape s;

	if (!w->make(&s, &w->p, &w->f, a, e))
		return false;
	shape_tell(told, &s);
	return true;
}

#endif
