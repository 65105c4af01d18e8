#include "image/erofs_xattr.h"

#include "base/banned.h"

enum { HEADER_SIZE = 12, ENTRY_SIZE = 4, SIZE_MAX_COUNTED = HEADER_SIZE + 4 * (UINT16_MAX - 1) };

/* EROFS_XATTR_INDEX_*; an ACL's name is all prefix. */
static const struct {
	const char *prefix;
	uint8_t index;
} prefixes[] = {
	{ "user.", 1 },
	{ "system.posix_acl_access", 2 },
	{ "system.posix_acl_default", 3 },
	{ "trusted.", 4 },
	{ "security.", 6 },
};

/* The prefix's index and the name behind it; 0 when it is unknown or nothing is left of a name. */
static uint8_t split(struct str name, struct str *rest)
{
	for (size_t i = 0; i < ARRAY_LEN(prefixes); i++) {
		struct str p = str_of(prefixes[i].prefix);
		bool whole = p.p[p.n - 1] != '.';

		if (!str_starts(name, p.p) || whole != (name.n == p.n))
			continue;
		*rest = str_make(name.p + p.n, name.n - p.n);
		return prefixes[i].index;
	}
	return 0;
}

static uint64_t entry_size(struct str rest, const struct xattr *x)
{
	return (ENTRY_SIZE + rest.n + x->value.n + 3) / 4 * 4;
}

bool erofs_xattr_size(const struct node *n, uint32_t *ret, struct err *e)
{
	uint64_t sum = HEADER_SIZE;

	for (size_t i = 0; i < n->n_xattrs; i++) {
		const struct xattr *x = &n->xattrs[i];
		struct str rest;

		if (!split(x->name, &rest) || rest.n > UINT8_MAX)
			return err_set(e, ERR_FORMAT,
				"erofs: '%.*s' has the extended attribute '%.*s', which EROFS cannot name",
				STR_ARG(n->path), STR_ARG(x->name));
		if (x->value.n > UINT16_MAX)
			return err_set(e, ERR_LIMIT,
				"erofs: '%.*s' of '%.*s' has %zu bytes, limit %d", STR_ARG(x->name),
				STR_ARG(n->path), x->value.n, UINT16_MAX);
		sum += entry_size(rest, x);
	}
	if (sum > SIZE_MAX_COUNTED)
		return err_set(e, ERR_LIMIT,
			"erofs: the extended attributes of '%.*s' take %llu bytes, limit %d",
			STR_ARG(n->path), (unsigned long long)sum, SIZE_MAX_COUNTED);
	*ret = n->n_xattrs ? (uint32_t)sum : 0;
	return true;
}

uint16_t erofs_xattr_count(uint32_t size)
{
	return size ? (uint16_t)(1 + (size - HEADER_SIZE) / 4) : 0;
}

void erofs_xattr_emit(struct stream *s, const struct node *n)
{
	if (n->n_xattrs)
		stream_zero(s, HEADER_SIZE);
	for (size_t i = 0; i < n->n_xattrs; i++) {
		const struct xattr *x = &n->xattrs[i];
		struct str rest;
		uint8_t head[ENTRY_SIZE] = { 0 };

		head[1] = split(x->name, &rest);
		head[0] = (uint8_t)rest.n;
		put_u16le(head + 2, (uint16_t)x->value.n);
		stream_add(s, head, sizeof head);
		stream_add(s, rest.p, rest.n);
		stream_add(s, x->value.p, x->value.n);
		stream_align(s, 4); /* an inode is 64 bytes at a multiple of 32 */
	}
}
