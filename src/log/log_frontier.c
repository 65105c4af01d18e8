#include "log/log_frontier.h"

#include "base/banned.h"

static bool has(const struct log_frontier *f, unsigned level)
{
	return (f->size >> level & 1) != 0;
}

bool log_frontier_add(struct log_frontier *f, const struct merkle_hash *leaf, struct err *e)
{
	struct merkle_hash h = *leaf;
	unsigned level = 0;

	if (f->size >= MERKLE_SIZE_MAX - 1)
		return err_set(e, ERR_LIMIT, "the log is full");
	for (; has(f, level); level++) {
		h = merkle_node(&f->at[level], &h);
		f->at[level] = (struct merkle_hash){ { 0 } };
	}
	f->at[level] = h;
	f->size++;
	return true;
}

struct merkle_hash log_frontier_root(const struct log_frontier *f)
{
	struct merkle_hash root = merkle_empty();
	bool first = true;

	for (unsigned level = 0; level < LOG_FRONTIER_LEVELS; level++) {
		if (!has(f, level))
			continue;
		root = first ? f->at[level] : merkle_node(&f->at[level], &root);
		first = false;
	}
	return root;
}
