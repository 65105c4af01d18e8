#include "log/log_prove.h"

#include "log/log_reader.h"
#include "base/banned.h"

static bool damaged(const struct log_source *from, struct err *e)
{
	err_set(e, ERR_MISMATCH, "log '%s': its tiles are not those of its checkpoint", from->base);
	return err_hint(e,
		"the log is damaged, or changes its past: `assay log monitor` says which and keeps "
		"the evidence");
}

bool log_prove_inclusion(struct merkle_proof *ret, struct merkle_hash *leaf,
	const struct log_source *from, const struct checkpoint *c, uint64_t at, struct err *e)
{
	CLEANUP(log_reader_freep) struct log_reader *r = log_reader_new(from, c->size);
	struct merkle_proof proof;

	if (!merkle_prove_inclusion(&proof, at, c->size, log_reader_hash, r, e) ||
		!log_reader_hash(leaf, 0, at, r, e))
		return false;
	if (!merkle_check_inclusion(leaf, at, c->size, &proof, &c->root, e))
		return damaged(from, e);
	*ret = proof;
	return true;
}

bool log_prove_find(uint64_t *ret, const struct log_source *from, uint64_t size,
	const struct merkle_hash *leaf, struct err *e)
{
	CLEANUP(log_reader_freep) struct log_reader *r = log_reader_new(from, size);

	for (uint64_t at = 0; at * TLOG_TILE_WIDTH < size; at++) {
		const struct merkle_hash *leaves;
		unsigned n;

		if (!log_reader_leaves(&leaves, &n, r, at, e))
			return false;
		for (unsigned i = 0; i < n; i++)
			if (merkle_equal(&leaves[i], leaf)) {
				*ret = at * TLOG_TILE_WIDTH + i;
				return true;
			}
	}
	return err_set(e, ERR_NOTFOUND, "log '%s': none of its %llu entries is this one",
		from->base, (unsigned long long)size);
}

bool log_prove_consistency(struct log_prove_trees *t, const struct log_source *from,
	const struct checkpoint *c, struct err *e)
{
	CLEANUP(log_reader_freep) struct log_reader *r = log_reader_new(from, c->size);
	struct log_prove_trees made = { .old_size = t->old_size, .size = t->size };
	struct merkle_proof to_end;
	struct err ignored;

	if (t->size > c->size)
		return err_set(e, ERR_USAGE, "the log has %llu entries, not %llu",
			(unsigned long long)c->size, (unsigned long long)t->size);
	if (!merkle_prove_consistency(&made.proof, t->old_size, t->size, log_reader_hash, r, e) ||
		!merkle_root(&made.old_root, t->old_size, log_reader_hash, r, e) ||
		!merkle_root(&made.root, t->size, log_reader_hash, r, e) ||
		!merkle_prove_consistency(&to_end, t->size, c->size, log_reader_hash, r, e))
		return false;
	if (!merkle_check_consistency(
		    made.old_size, &made.old_root, made.size, &made.root, &made.proof, &ignored) ||
		!merkle_check_consistency(
			made.size, &made.root, c->size, &c->root, &to_end, &ignored))
		return damaged(from, e);
	*t = made;
	return true;
}
