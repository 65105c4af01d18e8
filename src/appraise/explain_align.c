#include "appraise/explain_align.h"

#include "base/ckd.h"
#include "base/banned.h"

enum { SCRATCH_MAX = EXPLAIN_ALIGN_CELLS_MAX * 4 + 4096 };

struct sides {
	const struct digest *want, *got;
	size_t n_want, n_got;
	const uint32_t *common; /* (n_want + 1) * (n_got + 1): length of the longest common tail */
};

struct steps {
	struct explain_step *items;
	size_t n;
};

static void add_step(struct steps *s, size_t want, size_t got)
{
	s->items[s->n++] = (struct explain_step){ want, got };
}

static uint32_t cell(const struct sides *s, size_t i, size_t k)
{
	return s->common[i * (s->n_got + 1) + k];
}

static bool make_table(struct sides *s, struct arena *scratch, struct err *e)
{
	size_t cells, row = s->n_got + 1;
	uint32_t *table;

	if (ckd_mul(&cells, s->n_want + 1, row) || cells > EXPLAIN_ALIGN_CELLS_MAX)
		return true;
	table = ARENA_ARRAY(scratch, cells, uint32_t);
	if (!table)
		return arena_full(scratch, e);
	for (size_t i = s->n_want; i-- > 0;)
		for (size_t k = s->n_got; k-- > 0;) {
			uint32_t down = table[(i + 1) * row + k], right = table[i * row + k + 1];
			uint32_t longer = down > right ? down : right;

			table[i * row + k] = digest_equal(&s->want[i], &s->got[k])
						     ? table[(i + 1) * row + k + 1] + 1
						     : longer;
		}
	s->common = table;
	return true;
}

/* The middle part, whose first elements are number `head` of either side. */
static void walk(const struct sides *s, size_t head, struct steps *to)
{
	size_t i = 0, k = 0;

	while (i < s->n_want || k < s->n_got) {
		bool equal = s->common && i < s->n_want && k < s->n_got &&
			     digest_equal(&s->want[i], &s->got[k]);

		if (equal) {
			add_step(to, head + i++, head + k++);
			continue;
		}
		if (i < s->n_want &&
			(k == s->n_got || !s->common || cell(s, i + 1, k) >= cell(s, i, k + 1)))
			add_step(to, head + i++, EXPLAIN_ALIGN_NONE);
		else
			add_step(to, EXPLAIN_ALIGN_NONE, head + k++);
	}
}

bool explain_align(struct explain_step **ret, size_t *n, const struct digest *want, size_t n_want,
	const struct digest *got, size_t n_got, struct arena *a, struct err *e)
{
	/* The table dies here; the steps are the caller's. */
	struct arena *scratch CLEANUP(arena_freep) = arena_new(SCRATCH_MAX);
	struct steps steps = { ARENA_ARRAY(a, n_want + n_got + 1, struct explain_step), 0 };
	size_t head = 0, tail = 0;
	struct sides middle;

	if (!steps.items || !scratch)
		return arena_full(a, e);
	while (head < n_want && head < n_got && digest_equal(&want[head], &got[head]))
		head++;
	while (tail < n_want - head && tail < n_got - head &&
		digest_equal(&want[n_want - 1 - tail], &got[n_got - 1 - tail]))
		tail++;
	middle = (struct sides){ want + head, got + head, n_want - head - tail, n_got - head - tail,
		NULL };
	if (!make_table(&middle, scratch, e))
		return false;
	for (size_t i = 0; i < head; i++)
		add_step(&steps, i, i);
	walk(&middle, head, &steps);
	for (size_t i = tail; i > 0; i--)
		add_step(&steps, n_want - i, n_got - i);
	*ret = steps.items;
	*n = steps.n;
	return true;
}
