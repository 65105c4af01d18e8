#include "diff/diff_verity.h"

#include <inttypes.h>

#include "base/hex.h"
#include "base/rd.h"
#include "diff/diff_raw.h"
#include "image/identifier.h"

#include "base/banned.h"

enum { SUPERBLOCK = 512, SALT_MAX = 256, ALGORITHM_SIZE = 32, HEX_MAX = 2 * SALT_MAX + 1 };

/* 0 "verity", 8 u32 version, 12 u32 type, 16 UUID, 32 algorithm, 64 u32 x2 block sizes, 72 u64 blocks, 80 u16, 88 salt. */
struct superblock {
	bool there;
	char uuid[UUID_TEXT_SIZE];
	struct str algorithm;
	uint32_t type, data_block, hash_block;
	uint64_t blocks;
	struct span salt;
};

static struct superblock read(struct span area)
{
	struct rd r = rd_of(area);
	struct superblock s = { 0 };
	uint8_t uuid[UUID_SIZE];
	struct span magic = rd_bytes(&r, 8);
	if (!rd_ok(&r) || memcmp(magic.p, "verity\0\0", 8) != 0)
		return s;
	rd_skip(&r, 4);
	s.type = rd_u32le(&r);
	rd_copy(&r, uuid, sizeof(uuid));
	identifier_text(s.uuid, uuid);
	struct span name = rd_bytes(&r, ALGORITHM_SIZE);
	s.data_block = rd_u32le(&r);
	s.hash_block = rd_u32le(&r);
	s.blocks = rd_u64le(&r);
	size_t salt_size = rd_u16le(&r);
	rd_skip(&r, 6);
	s.salt = rd_bytes(&r, salt_size < SALT_MAX ? salt_size : SALT_MAX);
	s.there = rd_ok(&r) && area.n >= SUPERBLOCK;
	while (s.there && s.algorithm.n < name.n && name.p[s.algorithm.n])
		s.algorithm.n++;
	s.algorithm.p = (const char *)name.p;
	return s;
}

static void number(struct diff_walk *w, const char *name, uint64_t a, uint64_t b,
	enum diff_rule rule, size_t up)
{
	if (a != b)
		diff_walk_field(w, name, arena_printf(w->arena, "%" PRIu64, a),
			arena_printf(w->arena, "%" PRIu64, b), rule, up);
}

static void fields(
	struct diff_walk *w, const struct superblock *a, const struct superblock *b, size_t up)
{
	char x[HEX_MAX] = "", y[HEX_MAX] = "";
	if (strcmp(a->uuid, b->uuid) != 0)
		diff_walk_field(
			w, "verity UUID", str_of(a->uuid), str_of(b->uuid), DIFF_RULE_NONE, 0);
	if (!str_equal(a->algorithm, b->algorithm))
		diff_walk_field(
			w, "verity algorithm", a->algorithm, b->algorithm, DIFF_RULE_NONE, 0);
	number(w, "verity type", a->type, b->type, DIFF_RULE_NONE, 0);
	number(w, "verity data block", a->data_block, b->data_block, DIFF_RULE_NONE, 0);
	number(w, "verity hash block", a->hash_block, b->hash_block, DIFF_RULE_NONE, 0);
	number(w, "verity blocks", a->blocks, b->blocks, DIFF_RULE_SIZE, up);
	if (span_equal(a->salt, b->salt))
		return;
	hex_write(x, a->salt.p, a->salt.n);
	hex_write(y, b->salt.p, b->salt.n);
	diff_walk_field(w, "verity salt", str_of(x), str_of(y), DIFF_RULE_NONE, 0);
}

void diff_verity(struct diff_walk *w, struct span a, struct span b, size_t up)
{
	if (span_equal(a, b))
		return;
	struct superblock x = read(a), y = read(b);
	size_t from = 0;
	if (x.there && y.there) {
		fields(w, &x, &y, up);
		from = SUPERBLOCK;
	}
	if (!diff_walk_enter(w, STR("hash tree")))
		return;
	diff_raw_ruled(w, span_make(a.p + from, a.n - from), span_make(b.p + from, b.n - from),
		DIFF_RULE_HASH_TREE, up + 1);
	diff_walk_leave(w);
}
