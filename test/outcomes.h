/*
 * What a parser says of a sample, of every beginning of it, and of it with every byte changed, dropped or doubled: how often
 * which outcome, in the order in which they came. For golden texts (golden_text.h): a bound that moves by one, or a case that goes
 * another way, is another number in them.
 */
#ifndef ASSAY_TEST_OUTCOMES_H
#define ASSAY_TEST_OUTCOMES_H

#include "base/digest.h"
#include "base/hex.h"
#include "golden_text.h"

enum { OUTCOMES_MAX = 8192, OUTCOMES_SHOWN = 12, OUTCOMES_LINE = 160, OUTCOMES_TEXT = 1 << 16 };

/* Writes what comes of these bytes: a value in words, or the error. */
typedef void outcomes_use(struct buf *out, struct span bytes);

struct outcomes {
	struct digest seen[OUTCOMES_MAX];
	unsigned times[OUTCOMES_MAX];
	char *text[OUTCOMES_MAX];
	size_t n;
};

static void outcomes_note(struct outcomes *o, outcomes_use *use, struct span bytes)
{
	struct buf said = buf_init(OUTCOMES_TEXT), line = buf_init(OUTCOMES_TEXT);
	struct digest d;
	size_t i = 0;

	use(&said, bytes);
	golden_text_add(&line, buf_str(&said));
	CHECK(buf_ok(&said) && buf_ok(&line));
	d = digest_of(DIGEST_SHA256, buf_span(&line));
	while (i < o->n && !digest_equal(&o->seen[i], &d))
		i++;
	if (i == o->n && o->n < OUTCOMES_MAX) {
		o->seen[o->n] = d;
		o->text[o->n] = calloc(1, OUTCOMES_LINE + 1);
		if (line.n)
			memcpy(o->text[o->n], line.p,
				line.n < OUTCOMES_LINE ? line.n : OUTCOMES_LINE);
		for (char *c = o->text[o->n]; *c; c++)
			if (*c < ' ' || *c > '~')
				*c = '?';
		o->times[o->n++] = 0;
	}
	CHECK(i < o->n);
	if (i < o->n)
		o->times[i]++;
	buf_done(&said);
	buf_done(&line);
}

/* Of those behind the ones that are shown only a digest over all that they said. */
static void outcomes_tell(struct buf *told, const char *what, struct outcomes *o)
{
	CLEANUP(hasher_freep) struct hasher *h = hasher_new(DIGEST_SHA256);
	uint8_t hash[SHA256_SIZE];

	for (size_t i = 0; i < o->n; i++) {
		if (i < OUTCOMES_SHOWN)
			buf_printf(told, "  %s %u: %s\n", what, o->times[i], o->text[i]);
		hasher_add(h, o->seen[i].bytes, SHA256_SIZE);
		hasher_add(h, &o->times[i], sizeof o->times[i]);
		free(o->text[i]);
	}
	hasher_end(h, hash);
	if (o->n > OUTCOMES_SHOWN) {
		buf_printf(told, "  %s, %zu more: ", what, o->n - OUTCOMES_SHOWN);
		hex_add(told, span_make(hash, 8));
		buf_add_cstr(told, "\n");
	}
	o->n = 0;
}

__attribute__((unused)) static void outcomes(
	struct buf *told, const char *name, struct span sample, outcomes_use *use)
{
	static const uint8_t changes[] = { 0x01, 0x10, 0x80, 0xff };
	static struct outcomes o;
	uint8_t *copy = calloc(1, sample.n + 1);

	buf_printf(told, "%s\n", name);
	outcomes_note(&o, use, sample);
	outcomes_tell(told, "whole", &o);
	for (size_t n = 0; n < sample.n; n++)
		outcomes_note(&o, use, span_make(sample.p, n));
	outcomes_tell(told, "cut", &o);
	for (size_t i = 0; i < sample.n; i++)
		for (size_t k = 0; k < sizeof changes; k++) {
			memcpy(copy, sample.p, sample.n);
			copy[i] ^= changes[k];
			outcomes_note(&o, use, span_make(copy, sample.n));
		}
	outcomes_tell(told, "changed", &o);
	for (size_t i = 0; i < sample.n; i++) {
		memcpy(copy, sample.p, i);
		memcpy(copy + i, sample.p + i + 1, sample.n - i - 1);
		outcomes_note(&o, use, span_make(copy, sample.n - 1));
		memcpy(copy, sample.p, i + 1);
		memcpy(copy + i + 1, sample.p + i, sample.n - i);
		outcomes_note(&o, use, span_make(copy, sample.n + 1));
	}
	outcomes_tell(told, "dropped or doubled", &o);
	free(copy);
}

#endif
