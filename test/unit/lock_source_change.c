#include "lock/lock_source_change.h"

#include "test.h"

enum { ARENA = 1 << 20, SOURCES = 8 };

struct made {
	struct lock lock;
	struct lock_source sources[SOURCES];
	struct lock_file files[SOURCES];
};

/* "NAME VERSION BYTES" a line, sorted; the digest of the one file is made of BYTES. */
static void make(struct made *m, const char *lines)
{
	struct str rest = str_of(lines), line;

	*m = (struct made){ .lock = { .sources = m->sources } };
	while (rest.n) {
		struct lock_source *s = &m->sources[m->lock.n_sources];
		struct lock_file *f = &m->files[m->lock.n_sources++];

		(void)str_cut(rest, '\n', &line, &rest);
		(void)str_cut(line, ' ', &s->name, &line);
		(void)str_cut(line, ' ', &s->version, &line);
		s->format = STR("3.0 (native)");
		s->directory = STR("pool");
		f->name = STR("file");
		sha256_of(f->sha256, str_span(line));
		s->files = f;
		s->n_files = 1;
	}
}

static void told(const char *was, const char *is, const char *want)
{
	static struct made before, after;
	CLEANUP(arena_freep) struct arena *a = arena_new(ARENA);
	CLEANUP(buf_done) struct buf b = buf_init(65536);
	struct lock_source_change_list l;
	struct err e;

	make(&before, was);
	make(&after, is);
	CHECK_OK(lock_source_changes(&l, &before.lock, &after.lock, a, &e), e);
	for (size_t i = 0; i < l.n; i++) {
		const struct lock_source *x = l.items[i].before, *y = l.items[i].after;

		buf_printf(&b, "%s %.*s %.*s %.*s\n", lock_change_name(l.items[i].kind),
			STR_ARG((y ? y : x)->name), STR_ARG(x ? x->version : STR("-")),
			STR_ARG(y ? y->version : STR("-")));
	}
	if (!str_is(buf_str(&b), want))
		fprintf(stderr, "told:\n%.*s", STR_ARG(buf_str(&b)));
	CHECK(str_is(buf_str(&b), want));
}

int main(void)
{
	told("", "", "");
	told("a 1 x", "a 1 x", "");
	told("a 1 x", "a 2 x", "replaced a 1 2\n");
	told("a 2 x", "a 1 x", "replaced a 2 1\n");
	told("a 1 x", "a 1 y", "replaced a 1 1\n");
	told("", "a 1 x", "added a - 1\n");
	told("a 1 x\nb 1 x", "b 1 x", "removed a 1 -\n");
	told("a 1 x", "b 1 x", "removed a 1 -\nadded b - 1\n");
	told("a 1 x\na 2 x", "a 2 x", "removed a 1 -\n");
	told("a 2 x", "a 1 x\na 2 x", "added a - 1\n");
	told("a 2 x\nb 1 x", "a 2 x\na 3 x\nb 2 y", "added a - 3\nreplaced b 1 2\n");
	told("a 1 x\na 2 x", "a 1 x\na 3 x", "replaced a 2 3\n");
	return test_end();
}
