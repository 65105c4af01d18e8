#include "image/verity.h"

#include <string.h>

#include "base/hex.h"
#include "base/mem.h"
#include "base/banned.h"

enum { PER_BLOCK = VERITY_BLOCK / SHA256_SIZE, LEVELS_MAX = 10 };

struct verity {
	struct sink sink;
	struct sink *next;
	struct hasher *hasher;
	uint8_t salt[VERITY_SALT_MAX];
	size_t salt_size;
	uint64_t n_blocks, done;       /* data blocks in all, hashed so far */
	uint8_t partial[VERITY_BLOCK]; /* a block that a write left unfinished */
	size_t n_partial;
	uint8_t *digests; /* of the data blocks, filled up to whole hash blocks: the lowest level */
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

static void hash_block(struct verity *v, const uint8_t *block, uint8_t *ret)
{
	hasher_restart(v->hasher);
	hasher_add(v->hasher, v->salt, v->salt_size);
	hasher_add(v->hasher, block, VERITY_BLOCK);
	hasher_end(v->hasher, ret);
}

static void data_block(struct verity *v, const uint8_t *block)
{
	hash_block(v, block, v->digests + v->done * SHA256_SIZE);
	v->done++;
}

/* Whole blocks are hashed where they are; only what a write leaves over is copied. */
static void take(struct verity *v, const uint8_t *p, size_t n)
{
	if (v->n_partial) {
		size_t want = VERITY_BLOCK - v->n_partial, got = n < want ? n : want;

		memcpy(v->partial + v->n_partial, p, got);
		v->n_partial += got;
		p += got;
		n -= got;
		if (v->n_partial < VERITY_BLOCK)
			return;
		data_block(v, v->partial);
		v->n_partial = 0;
	}
	for (; n >= VERITY_BLOCK; p += VERITY_BLOCK, n -= VERITY_BLOCK)
		data_block(v, p);
	memcpy(v->partial, p, n);
	v->n_partial = n;
}

static bool verity_write(struct sink *sink, const void *p, size_t n, struct err *e)
{
	struct verity *v = (struct verity *)sink;

	if (n > (v->n_blocks - v->done) * VERITY_BLOCK - v->n_partial)
		return err_set(e, ERR_FORMAT, "verity: more data than the %llu blocks announced",
			(unsigned long long)v->n_blocks);
	take(v, p, n);
	return !v->next || sink_write(v->next, p, n, e);
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
	v->sink.write = verity_write;
	v->next = next;
	v->hasher = hasher_new(DIGEST_SHA256);
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
	hasher_free(v->hasher);
	mem_free(&v->digests);
	mem_free(&v);
}

void verity_freep(struct verity **v)
{
	verity_free(*v);
}

struct sink *verity_sink(struct verity *v)
{
	return &v->sink;
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
		hash_block(v, below->p + i * VERITY_BLOCK, l.p + i * SHA256_SIZE);
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
	size_t n = 1;
	bool ok;

	if (v->done < v->n_blocks)
		return err_set(e, ERR_FORMAT, "verity: %llu of %llu data blocks were given",
			(unsigned long long)v->done, (unsigned long long)v->n_blocks);
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
		hash_block(v, levels[n - 1].p, root_hash);
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
