#include "cmd/spelling.h"

#include "base/banned.h"

enum { WORD_MAX = 32, ONE_SLIP_BELOW = 6 };

static unsigned least(unsigned a, unsigned b)
{
	return a < b ? a : b;
}

/* Edits between the two (optimal string alignment), each at most WORD_MAX long. */
static unsigned distance(struct str a, struct str b)
{
	unsigned d[WORD_MAX + 1][WORD_MAX + 1];

	for (unsigned i = 0; i <= a.n; i++)
		for (unsigned k = 0; k <= b.n; k++) {
			if (!i || !k) {
				d[i][k] = i + k;
				continue;
			}
			d[i][k] = least(least(d[i - 1][k], d[i][k - 1]) + 1,
				d[i - 1][k - 1] + (a.p[i - 1] != b.p[k - 1]));
			if (i > 1 && k > 1 && a.p[i - 1] == b.p[k - 2] && a.p[i - 2] == b.p[k - 1])
				d[i][k] = least(d[i][k], d[i - 2][k - 2] + 1);
		}
	return d[a.n][b.n];
}

bool spelling_near(struct str word, struct str known)
{
	if (word.n > WORD_MAX || known.n > WORD_MAX)
		return false;
	return distance(word, known) <= (known.n < ONE_SLIP_BELOW ? 1U : 2U);
}
