#define ASSAY_MAY_ASK_THE_MACHINE
#include "box/trace_listing.h"

#include <dirent.h>
#include <errno.h>
#include <stdlib.h>
#include <unistd.h>

#include "base/mem.h"
#include "box/trace_numbers.h"
#include "base/banned.h"

enum { CHUNK = 1 << 18 };

struct trace_listings {
	enum box_order order;
	uint64_t seed;
	uint64_t serial, oldest; /* the last that was given, and the first that is kept */
	size_t size;
	struct trace_listing *kept[TRACE_LISTINGS_MAX]; /* by serial, modulo */
};

struct trace_listings *trace_listings_new(enum box_order order, uint64_t seed)
{
	struct trace_listings *all = MEM_NEW(struct trace_listings);

	all->order = order;
	all->seed = seed;
	all->oldest = 1;
	return all;
}

static void listing_free(struct trace_listing *l)
{
	mem_free(&l->entries);
	buf_done(&l->records);
	mem_free(&l);
}

/* "." is 0, ".." 1, all else 2. */
static int rank(struct str name)
{
	return str_is(name, ".") ? 0 : str_is(name, "..") ? 1 : 2;
}

static int compare(const void *a, const void *b)
{
	const struct trace_entry *x = a, *y = b;
	int order = rank(x->name) - rank(y->name);

	return order ? order : str_compare(x->name, y->name);
}

static void swap(struct trace_entry *a, struct trace_entry *b)
{
	struct trace_entry t = *a;

	*a = *b;
	*b = t;
}

void trace_listing_sort(struct trace_entry *entries, size_t n, enum box_order order, uint64_t seed)
{
	size_t first = 0;

	qsort(entries, n, sizeof *entries, compare);
	while (first < n && rank(entries[first].name) < 2)
		first++;
	entries += first;
	n -= first;
	for (size_t i = 0; order == BOX_ORDER_REVERSED && i < n / 2; i++)
		swap(&entries[i], &entries[n - 1 - i]);
	/* Fisher-Yates over the sorted names; the hash of counted-up seeds is random enough. */
	for (size_t i = n; order == BOX_ORDER_SHUFFLED && i > 1; i--) {
		uint64_t number[2] = { seed, i };
		struct str bytes = { (const char *)number, sizeof number };

		swap(&entries[i - 1], &entries[trace_numbers_hash(bytes) % i]);
	}
}

static bool read_records(struct buf *records, int fd)
{
	CLEANUP(mem_free) char *chunk = mem_alloc(CHUNK);
	ssize_t n = 0;

	*records = buf_init(TRACE_LISTING_FOLDER_MAX);
	if (lseek(fd, 0, SEEK_SET) < 0)
		return false;
	while (buf_ok(records) && (n = getdents64(fd, chunk, CHUNK)) > 0)
		buf_add(records, chunk, (size_t)n);
	if (!buf_ok(records)) {
		errno = ENOMEM;
		return false;
	}
	return n == 0;
}

static const struct dirent64 *record_at(const struct trace_listing *l, size_t at)
{
	return (const void *)(l->records.p + at);
}

static void index_records(struct trace_listing *l)
{
	size_t n = 0;

	for (size_t at = 0; at < l->records.n; at += record_at(l, at)->d_reclen)
		n++;
	l->entries = mem_array(n, sizeof *l->entries);
	for (size_t at = 0; at < l->records.n; at += record_at(l, at)->d_reclen) {
		const struct dirent64 *d = record_at(l, at);

		l->entries[l->n++] = (struct trace_entry){ d->d_ino, str_of(d->d_name), d->d_type };
	}
	l->size = sizeof *l + l->records.n + n * sizeof *l->entries;
}

static void drop_oldest(struct trace_listings *all)
{
	struct trace_listing **l = &all->kept[all->oldest++ % TRACE_LISTINGS_MAX];

	if (!*l)
		return;
	all->size -= (*l)->size;
	listing_free(*l);
	*l = NULL;
}

struct trace_listing *trace_listings_read(struct trace_listings *all, int fd)
{
	struct trace_listing *l = MEM_NEW(struct trace_listing);
	int os;

	if (!read_records(&l->records, fd)) {
		os = errno;
		listing_free(l);
		errno = os;
		return NULL;
	}
	index_records(l);
	trace_listing_sort(l->entries, l->n, all->order, all->seed);
	/* A position without a listing has 0 in its place. */
	if (++all->serial % TRACE_LISTING_SERIALS == 0)
		all->serial++;
	l->serial = all->serial;
	while (all->oldest < l->serial && (l->serial - all->oldest >= TRACE_LISTINGS_MAX ||
						  all->size + l->size > TRACE_LISTING_BYTES_MAX))
		drop_oldest(all);
	all->size += l->size;
	all->kept[l->serial % TRACE_LISTINGS_MAX] = l;
	return l;
}

struct trace_listing *trace_listings_find(const struct trace_listings *all, uint64_t serial)
{
	struct trace_listing *l = all->kept[serial % TRACE_LISTINGS_MAX];

	return l && l->serial % TRACE_LISTING_SERIALS == serial ? l : NULL;
}

void trace_listing_filter(struct trace_listing *l, bool (*keep)(struct str name))
{
	size_t n = 0;

	for (size_t i = 0; i < l->n; i++)
		if (rank(l->entries[i].name) < 2 || keep(l->entries[i].name))
			l->entries[n++] = l->entries[i];
	l->n = n;
}
