/*
 * Small locks for tests, written as one line a package: "NAME VERSION SET[,SET] WHY".
 */
#ifndef ASSAY_TEST_LOCKS_MADE_H
#define ASSAY_TEST_LOCKS_MADE_H

#include <string.h>

#include "lock/lock.h"

enum { LOCKS_MADE_SETS = 3, LOCKS_MADE_PACKAGES = 32 };

struct locks_made {
	struct lock lock;
	struct lock_package packages[LOCKS_MADE_PACKAGES];
	uint32_t places[LOCKS_MADE_SETS][LOCKS_MADE_PACKAGES];
	struct lock_set sets[LOCKS_MADE_SETS];
	struct lock_index index;
};

static inline void locks_made_set(struct locks_made *m, struct str names)
{
	while (names.n) {
		struct str one;

		(void)str_cut(names, ',', &one, &names);
		for (size_t s = 0; s < LOCKS_MADE_SETS; s++)
			if (str_equal(m->sets[s].name, one))
				m->places[s][m->sets[s].n++] = (uint32_t)m->lock.n_packages;
	}
}

/* Lines sorted by name; the digest of a package is made of its name and version. */
static inline void locks_made(struct locks_made *m, const char *lines)
{
	struct str rest = str_of(lines), line;

	memset(m, 0, sizeof *m);
	m->sets[0].name = STR("firmware");
	m->sets[1].name = STR("image");
	m->sets[2].name = STR("toolchain:c");
	m->lock = (struct lock){ .image_version = 1,
		.source_date_epoch = 7,
		.packages = m->packages,
		.sets = m->sets,
		.n_sets = LOCKS_MADE_SETS,
		.indexes = &m->index,
		.n_indexes = 1 };
	while (rest.n) {
		struct lock_package *p = &m->packages[m->lock.n_packages];
		struct str all, sets;

		(void)str_cut(rest, '\n', &line, &rest);
		all = line;
		(void)str_cut(line, ' ', &p->name, &line);
		(void)str_cut(line, ' ', &p->version, &line);
		(void)str_cut(line, ' ', &sets, &p->why);
		sha256_of(p->sha256, str_span(str_make(all.p, p->name.n + 1 + p->version.n)));
		locks_made_set(m, sets);
		m->lock.n_packages++;
	}
	for (size_t s = 0; s < LOCKS_MADE_SETS; s++)
		m->sets[s].packages = m->places[s];
}

#endif
