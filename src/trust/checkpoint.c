#include "trust/checkpoint.h"

#include <inttypes.h>

#include "codec/base64.h"
#include "base/banned.h"

static bool read_root(struct merkle_hash *ret, struct str line, struct err *e)
{
	CLEANUP(arena_freep) struct arena *a = arena_new(4096);
	struct span bytes;

	if (line.n > 64 || !base64_read(&bytes, line, BASE64_STANDARD, a, e) ||
		bytes.n != MERKLE_HASH_SIZE)
		return err_set(e, ERR_FORMAT, "checkpoint: line 3 is not the base64 of %d bytes",
			MERKLE_HASH_SIZE);
	memcpy(ret->bytes, bytes.p, MERKLE_HASH_SIZE);
	return true;
}

static bool further_lines(struct str rest, struct err *e)
{
	while (rest.n) {
		struct str line;

		if (!str_cut(rest, '\n', &line, &rest) || !line.n)
			return err_set(
				e, ERR_FORMAT, "checkpoint: an empty line, or one without end");
	}
	return true;
}

bool checkpoint_parse(struct checkpoint *ret, struct str text, struct err *e)
{
	struct str lines[3], rest = text;
	struct checkpoint c = { 0 };

	for (size_t i = 0; i < 3; i++)
		if (!str_cut(rest, '\n', &lines[i], &rest))
			return err_set(e, ERR_FORMAT, "checkpoint: line %zu is missing", i + 1);
	if (!lines[0].n || lines[0].n > CHECKPOINT_ORIGIN_MAX)
		return err_set(e, ERR_FORMAT, "checkpoint: line 1 is no origin, 1 to %d bytes",
			CHECKPOINT_ORIGIN_MAX);
	if (!str_u64(lines[1], &c.size, MERKLE_SIZE_MAX))
		return err_set(e, ERR_FORMAT, "checkpoint: line 2 is no size of a tree");
	if (!read_root(&c.root, lines[2], e) || !further_lines(rest, e))
		return false;
	c.origin = lines[0];
	c.extended = rest.n != 0;
	*ret = c;
	return true;
}

void checkpoint_emit(struct buf *out, const struct checkpoint *c)
{
	buf_printf(out, "%.*s\n%" PRIu64 "\n", STR_ARG(c->origin), c->size);
	base64_add(out, SPAN_OF(c->root.bytes), BASE64_STANDARD);
	buf_u8(out, '\n');
}
