#include "image/verity.h"

#include <stdatomic.h>
#include <string.h>

#include "base/hex.h"
#include "base/mem.h"
#include "base/banned.h"

enum { PER_BLOCK = VERITY_BLOCK / SHA256_SIZE, LEVELS_MAX = 10 };

/* A run of data on its way: where it is in the whole, and the block that a write left unfinished. */
struct verity_part {
	struct sink sink;
	struct sink *next;
	struct verity *v;
	struct hasher *hasher;
	uint64_t block; /* the next one */
	uint8_t partial[VERITY_BLOCK];
	size_t n_partial;
};

struct verity {
	uint8_t salt[VERITY_SALT_MAX];
	size_t salt_size;
	uint64_t n_blocks;
	atomic_ullong done; /* blocks hashed so far, by all parts */
	uint8_t *digests; /* of the data blocks, filled up to whole hash blocks: the lowest level */
	struct verity_part whole; /* behind verity_sink, which begins at 0 */
};

static uint64_t hash_blocks(uint64_t n)
{
	return (n + PER_BLOCK - 1) / PER_BLOCK;
}

uint64_t verity_tree_size(uint64_t data_size)
{
	uint64_t sum = 0;

	for (uint64_t n = data_size / VERITY_BLOCK; n > 1;) {
		n = hash_blocks(n);
		sum += n;
	}
	return sum * VERITY_BLOCK;
}

static void hash_block(struct hasher *h, const struct verity *v, const uint8_t *block, uint8_t *ret)
{
	hasher_restart(h);
	hasher_add(h, v->salt, v->salt_size);
	hasher_add(h, block, VERITY_BLOCK);
	hasher_end(h, ret);
}

static void data_block(struct verity_part *p, const uint8_t *block)
{
	hash_block(p->hasher, p->v, block, p->v->digests + p->block * SHA256_SIZE);
	p->block++;
	atomic_fetch_add(&p->v->done, 1);
}

/* Whole blocks are hashed where they are; only what a write leaves over is copied. */
static void take(struct verity_part *part, const uint8_t *p, size_t n)
{
	if (part->n_partial) {
		size_t want = VERITY_BLOCK - part->n_partial, got = n < want ? n : want;

		memcpy(part->partial + part->n_partial, p, got);
		part->n_partial += got;
		p += got;
		n -= got;
		if (part->n_partial < VERITY_BLOCK)
			return;
		data_block(part, part->partial);
		part->n_partial = 0;
	}
	for (; n >= VERITY_BLOCK; p += VERITY_BLOCK, n -= VERITY_BLOCK)
		data_block(part, p);
	memcpy(part->partial, p, n);
	part->n_partial = n;
}

static bool part_write(struct sink *sink, const void *p, size_t n, struct err *e)
{
	struct verity_part *part = (struct verity_part *)sink;

	if (n > (part->v->n_blocks - part->block) * VERITY_BLOCK - part->n_partial)
		return err_set(e, ERR_FORMAT, "verity: more data than the %llu blocks announced",
			(unsigned long long)part->v->n_blocks);
	take(part, p, n);
	return !part->next || sink_write(part->next, p, n, e);
}

static void part_init(struct verity_part *p, struct verity *v, uint64_t at, struct sink *next)
{
	*p = (struct verity_part){ .sink = { part_write },
		.next = next,
		.v = v,
		.hasher = hasher_new(DIGEST_SHA256),
		.block = at / VERITY_BLOCK };
}

bool verity_part_new(
	struct verity_part **ret, struct verity *v, uint64_t at, struct sink *next, struct err *e)
{
	if (at % VERITY_BLOCK || at / VERITY_BLOCK > v->n_blocks)
		return err_set(
			e, ERR_FORMAT, "verity: no part begins at %llu", (unsigned long long)at);
	*ret = MEM_NEW(struct verity_part);
	part_init(*ret, v, at, next);
	return true;
}

struct sink *verity_part_sink(struct verity_part *p)
{
	return &p->sink;
}

void verity_part_freep(struct verity_part **p)
{
	if (!*p)
		return;
	hasher_free((*p)->hasher);
	mem_free(p);
}

bool verity_new(
	struct verity **ret, uint64_t data_size, struct span salt, struct sink *next, struct err *e)
{
	struct verity *v;

	if (!data_size || data_size % VERITY_BLOCK)
		return err_set(e, ERR_FORMAT,
			"verity: %llu bytes of data are no whole blocks of %d",
			(unsigned long long)data_size, VERITY_BLOCK);
	if (data_size > VERITY_DATA_MAX)
		return err_set(e, ERR_LIMIT, "verity: %llu bytes of data, limit %llu",
			(unsigned long long)data_size, (unsigned long long)VERITY_DATA_MAX);
	if (salt.n > VERITY_SALT_MAX)
		return err_set(e, ERR_LIMIT, "verity: salt of %zu bytes, limit %d", salt.n,
			VERITY_SALT_MAX);
	v = MEM_NEW(struct verity);
	part_init(&v->whole, v, 0, next);
	if (salt.n)
		memcpy(v->salt, salt.p, salt.n);
	v->salt_size = salt.n;
	v->n_blocks = data_size / VERITY_BLOCK;
	v->digests = mem_array(hash_blocks(v->n_blocks), VERITY_BLOCK);
	*ret = v;
	return true;
}

void verity_free(struct verity *v)
{
	if (!v)
		return;
	hasher_free(v->whole.hasher);
	mem_free(&v->digests);
	mem_free(&v);
}

void verity_freep(struct verity **v)
{
	verity_free(*v);
}

struct sink *verity_sink(struct verity *v)
{
	return &v->whole.sink;
}

/* One level of the tree: whole hash blocks. */
struct level {
	uint8_t *p;
	uint64_t blocks;
};

/* The level above: the digests of the blocks of `below`. */
static struct level level_above(struct verity *v, const struct level *below)
{
	struct level l = { NULL, hash_blocks(below->blocks) };

	l.p = mem_array(l.blocks, VERITY_BLOCK);
	for (uint64_t i = 0; i < below->blocks; i++)
		hash_block(v->whole.hasher, v, below->p + i * VERITY_BLOCK, l.p + i * SHA256_SIZE);
	return l;
}

static bool write_levels(const struct level *levels, size_t n, struct sink *to, struct err *e)
{
	for (size_t i = n; i-- > 0;)
		if (!sink_write(to, levels[i].p, levels[i].blocks * VERITY_BLOCK, e))
			return false;
	return true;
}

bool verity_finish(
	struct verity *v, struct sink *to, uint8_t root_hash[static SHA256_SIZE], struct err *e)
{
	struct level levels[LEVELS_MAX] = { { v->digests, hash_blocks(v->n_blocks) } };
	uint64_t done = atomic_load(&v->done);
	size_t n = 1;
	bool ok;

	if (done != v->n_blocks)
		return err_set(e, ERR_FORMAT, "verity: %llu of %llu data blocks were given",
			(unsigned long long)done, (unsigned long long)v->n_blocks);
	if (v->n_blocks == 1) { /* no tree: the root hash is that of the only block */
		memcpy(root_hash, v->digests, SHA256_SIZE);
		return true;
	}
	while (levels[n - 1].blocks > 1) {
		levels[n] = level_above(v, &levels[n - 1]);
		n++;
	}
	ok = !to || write_levels(levels, n, to, e);
	if (ok)
		hash_block(v->whole.hasher, v, levels[n - 1].p, root_hash);
	for (size_t i = 1; i < n; i++)
		mem_free(&levels[i].p);
	return ok;
}

void verity_table(struct buf *out, const char *data_device, const char *hash_device,
	uint64_t data_size, const uint8_t root_hash[static SHA256_SIZE], struct span salt)
{
	buf_printf(out, "1 %s %s %d %d %llu 0 sha256 ", data_device, hash_device, VERITY_BLOCK,
		VERITY_BLOCK, (unsigned long long)(data_size / VERITY_BLOCK));
	hex_add(out, span_make(root_hash, SHA256_SIZE));
	buf_add_cstr(out, " ");
	if (salt.n)
		hex_add(out, salt);
	else
		buf_add_cstr(out, "-");
}
