#define ASSAY_MAY_ASK_THE_MACHINE
#include "check/beyond.h"

#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/mem.h"
#include "sys/file.h"
#include "base/banned.h"

/* A file of a build; empty where there is none, or it is large. */
struct mapped {
	struct span bytes;
};

static void mapped_done(struct mapped *m)
{
	if (m->bytes.n)
		munmap((void *)(uintptr_t)m->bytes.p, m->bytes.n);
}

static void map_file(struct mapped *m, const char *folder, struct str name)
{
	CLEANUP(mem_free) char *path = mem_string(name);
	CLEANUP(file_closep) int dir = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	CLEANUP(file_closep)
	int fd = dir < 0 ? -1 : openat(dir, path, O_RDONLY | O_NOFOLLOW | O_CLOEXEC);
	struct stat st;
	void *p;

	if (fd < 0 || fstat(fd, &st) < 0 || !S_ISREG(st.st_mode) || st.st_size <= 0 ||
		st.st_size > BEYOND_FILE_MAX)
		return;
	p = mmap(NULL, (size_t)st.st_size, PROT_READ, MAP_PRIVATE, fd, 0);
	if (p != MAP_FAILED)
		m->bytes = span_make(p, (size_t)st.st_size);
}

void beyond_look(struct places *p, size_t sight, const struct canaries *c, const char *first,
	const char *second)
{
	struct place_sight *s = &p->sights[sight];
	const struct place *place = &p->items[s->place];
	CLEANUP(mapped_done) struct mapped a = { 0 };
	CLEANUP(mapped_done) struct mapped b = { 0 };
	struct canary_hit hits[CANARY_MAX];
	size_t n = canary_scan(hits, c, s->variations, s->a, s->b);

	for (size_t i = 0; i < n; i++)
		if (hits[i].sure)
			return;
	if (!place->n_where)
		return;
	map_file(&a, first, place->where[0]);
	map_file(&b, second, place->where[0]);
	if (b.bytes.n && canary_scan_texts(hits, c, s->variations, a.bytes, b.bytes))
		s->beyond = hits[0];
}
