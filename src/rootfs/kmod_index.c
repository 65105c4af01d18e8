#include "rootfs/kmod_index.h"

#include <stdlib.h>

#include "base/banned.h"

enum {
	MAGIC = (int)0xb007f457,
	VERSION = 0x00020001,
	HAS_PREFIX = (int)0x80000000,
	HAS_VALUES = 0x40000000,
	HAS_CHILDREN = 0x20000000,
	CHARACTERS = 128,
};

static int in_order(const void *x, const void *y)
{
	const struct kmod_index_entry *a = x, *b = y;
	int c = str_compare(a->key, b->key);

	if (!c && a->priority != b->priority)
		c = a->priority < b->priority ? -1 : 1;
	return c ? c : str_compare(a->value, b->value);
}

/* How many characters behind the first `depth` all keys share; they are sorted, so first and last decide. */
static size_t shared(const struct kmod_index_entry *entries, size_t n, size_t depth)
{
	struct str a = entries[0].key, b = entries[n - 1].key;
	size_t i = depth;

	while (i < a.n && i < b.n && a.p[i] == b.p[i])
		i++;
	return i - depth;
}

/*
 * Writes the children, then the node itself: [prefix NUL] [first last offset...] [count (priority value NUL)...].
 * Returns the node's offset with its flags.
 */
static uint32_t emit_node(const struct kmod_index_entry *entries, size_t n, size_t depth,
	size_t start, struct buf *out)
{
	size_t prefix = shared(entries, n, depth), end = depth + prefix, own = 0;
	uint32_t children[CHARACTERS] = { 0 }, flags = 0, at;
	unsigned first = CHARACTERS, last = 0;

	while (own < n && entries[own].key.n == end)
		own++;
	for (size_t i = own, next; i < n; i = next) {
		unsigned c = (unsigned char)entries[i].key.p[end];

		for (next = i; next < n && (unsigned char)entries[next].key.p[end] == c; next++)
			;
		children[c] = emit_node(entries + i, next - i, end + 1, start, out);
		first = c < first ? c : first;
		last = c;
	}
	at = (uint32_t)(out->n - start);
	if (prefix) {
		flags |= (uint32_t)HAS_PREFIX;
		buf_add(out, entries[0].key.p + depth, prefix);
		buf_u8(out, 0);
	}
	if (own < n) {
		flags |= HAS_CHILDREN;
		buf_u8(out, (uint8_t)first);
		buf_u8(out, (uint8_t)last);
		for (unsigned c = first; c <= last; c++)
			buf_u32be(out, children[c]);
	}
	if (own) {
		flags |= HAS_VALUES;
		buf_u32be(out, (uint32_t)own);
	}
	for (size_t i = 0; i < own; i++) {
		buf_u32be(out, entries[i].priority);
		buf_add_str(out, entries[i].value);
		buf_u8(out, 0);
	}
	return at | flags;
}

static bool check(const struct kmod_index_entry *entry, struct err *e)
{
	if (entry->key.n > KMOD_INDEX_KEY_MAX)
		return err_set(
			e, ERR_LIMIT, "a module name or alias of %zu characters", entry->key.n);
	for (size_t i = 0; i < entry->key.n; i++)
		if ((unsigned char)entry->key.p[i] >= CHARACTERS || entry->key.p[i] == 0)
			return err_set(e, ERR_FORMAT,
				"module name or alias '%.*s' is not plain ASCII",
				STR_ARG(entry->key));
	return true;
}

bool kmod_index_emit(struct kmod_index_entry *entries, size_t n, struct buf *out, struct err *e)
{
	size_t start = out->n, root_at = start + 8;
	uint32_t root = 0;

	for (size_t i = 0; i < n; i++)
		if (!check(&entries[i], e))
			return false;
	buf_u32be(out, (uint32_t)MAGIC);
	buf_u32be(out, VERSION);
	buf_u32be(out, 0);
	if (n) {
		qsort(entries, n, sizeof *entries, in_order);
		root = emit_node(entries, n, 0, start, out);
	} else {
		root = (uint32_t)(out->n - start); /* a node without prefix, children and values */
	}
	if (!buf_ok(out))
		return buf_full(out, "an index of kernel modules", e);
	for (unsigned i = 0; i < 4; i++)
		out->p[root_at + i] = (uint8_t)(root >> (24 - 8 * i));
	return true;
}
