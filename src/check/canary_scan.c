#include "check/canary_scan.h"

#include "check/canary_date.h"
#include "check/canary_number.h"
#include "base/banned.h"

struct scan {
	struct span a, b;
	struct canary_hit *hit; /* the best so far; canary is NULL: none */
};

static uint8_t lower(uint8_t c)
{
	return c >= 'A' && c <= 'Z' ? (uint8_t)(c - 'A' + 'a') : c;
}

/* Letters of `text` lie `step` bytes apart, with zeroes between. */
static bool find_spread(struct span s, struct str text, size_t step, size_t *at)
{
	size_t n = text.n * step;

	for (size_t i = 0; text.n && i + n <= s.n; i++) {
		size_t k = 0;

		while (k < n && (k % step ? s.p[i + k] == 0
					  : lower(s.p[i + k]) == lower((uint8_t)text.p[k / step])))
			k++;
		if (k < n)
			continue;
		*at = i;
		return true;
	}
	return false;
}

static struct str hex_of(struct str text, char room[static 2 * CANARY_TEXT_MAX])
{
	static const char digits[] = "0123456789abcdef";

	for (size_t i = 0; i < text.n; i++) {
		room[2 * i] = digits[(uint8_t)text.p[i] >> 4];
		room[2 * i + 1] = digits[(uint8_t)text.p[i] & 15];
	}
	return str_make(room, 2 * text.n);
}

static bool scan_text(struct scan *k, const struct canary *c)
{
	char room[2 * CANARY_TEXT_MAX];
	const struct str all = str_of(c->text), tag = str_of(c->tag);
	const struct {
		struct str text;
		size_t step;
		const char *as;
	} forms[] = {
		{ all, 1, "ASCII" },
		{ all, 2, "UTF-16" },
		{ tag, 1, "ASCII, in part" },
		{ tag, 2, "UTF-16, in part" },
		{ hex_of(tag, room), 1, "hexadecimal digits of ASCII" },
	};
	size_t at, ignored;

	for (size_t i = 0; i < ARRAY_LEN(forms); i++) {
		if (!find_spread(k->b, forms[i].text, forms[i].step, &at) ||
			find_spread(k->a, forms[i].text, forms[i].step, &ignored))
			continue;
		*k->hit = (struct canary_hit){ c, forms[i].as, at, forms[i].text.n * forms[i].step,
			0, true };
		return true;
	}
	return false;
}

/* Keeps the first hit, or the first sure one. */
static bool keep(struct scan *k, struct canary_hit hit)
{
	if (!k->hit->canary || (hit.sure && !k->hit->sure))
		*k->hit = hit;
	return k->hit->sure;
}

static bool scan_numbers(struct scan *k, const struct canary *c)
{
	for (enum canary_number_form f = 0; f < CANARY_NUMBER_FORMS; f++) {
		struct canary_number there, ignored;

		if ((f == CANARY_NUMBER_FRACTION && c->form != CANARY_TIME) ||
			!canary_number_find(&there, f, k->b, c->from, c->to) ||
			canary_number_find(&ignored, f, k->a, c->from, c->to))
			continue;
		if (keep(k, (struct canary_hit){ c, canary_number_words(f), there.at, there.n,
				    there.value, there.sure }))
			return true;
	}
	return false;
}

static bool scan_dates(struct scan *k, const struct canary *c)
{
	static const int64_t offsets[] = { 0, CANARY_ZONE_S };

	for (enum canary_date_form f = 0; f < CANARY_DATE_FORMS; f++) {
		for (size_t i = 0; i < ARRAY_LEN(offsets); i++) {
			struct canary_date there, ignored;

			if (!canary_date_find(&there, f, k->b, c->from, c->to, offsets[i]) ||
				canary_date_find(&ignored, f, k->a, c->from, c->to, offsets[i]))
				continue;
			if (keep(k, (struct canary_hit){ c, canary_date_words(f), there.at, there.n,
					    c->from, there.sure }))
				return true;
		}
	}
	return false;
}

static size_t scan(struct canary_hit *hits, const struct canaries *c, uint64_t variations,
	struct span a, struct span b, bool texts_only)
{
	size_t n = 0;

	for (size_t i = 0; i < c->n; i++) {
		const struct canary *item = &c->items[i];
		struct canary_hit hit = { 0 };
		struct scan k = { a, b, &hit };

		if (!(variations & VARIATION_BIT(item->variation)))
			continue;
		if (item->form == CANARY_TEXT)
			scan_text(&k, item);
		else if (!texts_only && !scan_numbers(&k, item) && item->form == CANARY_TIME)
			scan_dates(&k, item);
		if (hit.canary)
			hits[n++] = hit;
	}
	return n;
}

size_t canary_scan(struct canary_hit *hits, const struct canaries *c, uint64_t variations,
	struct span a, struct span b)
{
	return scan(hits, c, variations, a, b, false);
}

size_t canary_scan_texts(struct canary_hit *hits, const struct canaries *c, uint64_t variations,
	struct span a, struct span b)
{
	return scan(hits, c, variations, a, b, true);
}
