#include "box/trace_numbers.h"

#include "base/mem.h"
#include "base/banned.h"

enum { SLOTS_MIN = 1024 };

struct file {
	struct trace_inode inode;
	uint64_t name; /* hash of the last name it was seen under */
	int64_t born;
	uint64_t offset; /* its number less the base */
	bool used;
};

/* A number that is taken. hash: of the row that took it; next: where that row goes on, 0: right behind. */
struct row {
	uint64_t offset_1; /* offset + 1; 0: the slot is free */
	uint64_t hash, next;
};

/* Open addressing, at most half full. */
struct trace_numbers {
	uint64_t base;
	struct file *files;
	struct row *taken;
	size_t n_slots; /* of each table, a power of two */
	size_t n, n_taken;
};

/* The finishing step of splitmix64 (Steele, Lea, Flood 2014): every bit of the input reaches every bit of the output. */
static uint64_t mix(uint64_t x)
{
	x = (x ^ x >> 30) * 0xbf58476d1ce4e5b9;
	x = (x ^ x >> 27) * 0x94d049bb133111eb;
	return x ^ x >> 31;
}

/* FNV-1a. */
uint64_t trace_numbers_hash(struct str path)
{
	uint64_t h = 0xcbf29ce484222325;

	for (size_t i = 0; i < path.n; i++)
		h = (h ^ (uint8_t)path.p[i]) * 0x100000001b3;
	return mix(h);
}

struct trace_numbers *trace_numbers_new(uint64_t base)
{
	struct trace_numbers *n = MEM_NEW(struct trace_numbers);

	n->base = base;
	n->n_slots = SLOTS_MIN;
	n->files = mem_array(n->n_slots, sizeof *n->files);
	n->taken = mem_array(n->n_slots, sizeof *n->taken);
	return n;
}

void trace_numbers_free(struct trace_numbers *n)
{
	if (!n)
		return;
	mem_free(&n->files);
	mem_free(&n->taken);
	mem_free(&n);
}

static struct file *file_slot(const struct trace_numbers *n, struct trace_inode inode)
{
	size_t at = (size_t)mix(inode.ino ^ mix(inode.dev));

	for (;; at++) {
		struct file *f = &n->files[at & (n->n_slots - 1)];

		if (!f->used || (f->inode.dev == inode.dev && f->inode.ino == inode.ino))
			return f;
	}
}

static struct row *taken_slot(const struct trace_numbers *n, uint64_t offset)
{
	size_t at = (size_t)mix(offset);

	for (;; at++) {
		struct row *r = &n->taken[at & (n->n_slots - 1)];

		if (r->offset_1 == 0 || r->offset_1 == offset + 1)
			return r;
	}
}

static void grow(struct trace_numbers *n)
{
	struct trace_numbers old = *n;

	n->n_slots *= 2;
	n->files = mem_array(n->n_slots, sizeof *n->files);
	n->taken = mem_array(n->n_slots, sizeof *n->taken);
	for (size_t i = 0; i < old.n_slots; i++) {
		if (old.files[i].used)
			*file_slot(n, old.files[i].inode) = old.files[i];
		if (old.taken[i].offset_1)
			*taken_slot(n, old.taken[i].offset_1 - 1) = old.taken[i];
	}
	mem_free(&old.files);
	mem_free(&old.taken);
}

bool trace_numbers_known(
	const struct trace_numbers *n, struct trace_inode inode, uint64_t name, uint64_t *number)
{
	const struct file *f = file_slot(n, inode);

	if (!f->used || f->name != name)
		return false;
	*number = n->base + f->offset;
	return true;
}

/* The first free number of the row that the path gives. Its first place remembers how far the row is taken. */
static uint64_t take(struct trace_numbers *n, struct str path)
{
	const uint64_t range = (1ULL << TRACE_NUMBER_BITS) - 1;
	uint64_t first = trace_numbers_hash(path), h = first;
	struct row *begin = taken_slot(n, first & range), *slot = begin;

	if (begin->offset_1 && begin->hash == first && begin->next) {
		h = begin->next;
		slot = taken_slot(n, h & range);
	}
	while (slot->offset_1) {
		h = mix(h + 1);
		slot = taken_slot(n, h & range);
	}
	*slot = (struct row){ (h & range) + 1, h, 0 };
	if (slot != begin && begin->hash == first)
		begin->next = h;
	n->n_taken++;
	return h & range;
}

uint64_t trace_numbers_see(struct trace_numbers *n, struct trace_inode inode, uint64_t name,
	struct str path, int64_t born)
{
	struct file *f = file_slot(n, inode);

	if (f->used && (f->born == born || !born || !f->born)) {
		f->name = name;
		f->born = f->born ? f->born : born;
		return n->base + f->offset;
	}
	if (n->n_taken == TRACE_NUMBERS_MAX)
		return n->base + (mix(inode.ino ^ mix(inode.dev)) >> (64 - TRACE_NUMBER_BITS));
	if (2 * (n->n_taken + 1) > n->n_slots) {
		grow(n);
		f = file_slot(n, inode);
	}
	n->n += !f->used;
	*f = (struct file){ inode, name, born, take(n, path), true };
	return n->base + f->offset;
}
