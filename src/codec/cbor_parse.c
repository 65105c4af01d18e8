#include "base/rd.h"
#include "codec/cbor.h"
#include "codec/utf8.h"
#include "base/banned.h"

/* Section 3: the low five bits of an item's first byte. */
enum { ARGUMENT_1 = 24, ARGUMENT_2 = 25, ARGUMENT_4 = 26, ARGUMENT_8 = 27, INDEFINITE = 31 };
enum { BREAK = 0xff, SIMPLE_LONG_MIN = 32 };

struct parsing {
	struct rd r;
	uint64_t items; /* that heads may still promise: each takes a byte, wherever it is */
	struct arena *a;
	struct err *e;
};

/* An item's first byte, taken apart, with its argument. */
struct head {
	size_t at;
	unsigned major, low;
	uint64_t argument;
	bool indefinite;
};

static bool bad(struct parsing *p, size_t at, const char *why)
{
	return err_set(p->e, ERR_FORMAT, "CBOR at %zu: %s", at, why);
}

static bool read_head(struct parsing *p, struct head *h)
{
	uint8_t first;

	*h = (struct head){ .at = p->r.at };
	first = rd_u8(&p->r);
	h->major = first >> 5;
	h->low = first & 0x1fu;
	h->argument = h->low;
	h->indefinite = h->low == INDEFINITE;
	if (h->low == ARGUMENT_1)
		h->argument = rd_u8(&p->r);
	else if (h->low == ARGUMENT_2)
		h->argument = rd_u16be(&p->r);
	else if (h->low == ARGUMENT_4)
		h->argument = rd_u32be(&p->r);
	else if (h->low == ARGUMENT_8)
		h->argument = rd_u64be(&p->r);
	if (!rd_ok(&p->r))
		return rd_truncated(&p->r, "CBOR", p->e);
	if (h->low > ARGUMENT_8 && h->low < INDEFINITE)
		return bad(p, h->at, "no such length of an argument");
	if (h->indefinite &&
		(h->major == CBOR_UINT || h->major == CBOR_NEGATIVE || h->major == CBOR_TAG))
		return bad(p, h->at, "a number without an end");
	return true;
}

/* The next byte ends what has no length of its own; it is taken then. */
static bool at_break(struct parsing *p)
{
	if (!rd_left(&p->r) || p->r.p[p->r.at] != BREAK)
		return false;
	rd_skip(&p->r, 1);
	return true;
}

/* Bytes of all chunks of a string without a length, in memory of the arena. */
static bool read_chunks(struct parsing *p, unsigned major, struct span *ret)
{
	size_t start = p->r.at, n = 0;
	uint8_t *to = NULL;

	for (int pass = 0; pass < 2; pass++) {
		p->r.at = start;
		n = 0;
		while (!at_break(p)) {
			struct head h;
			struct span s;

			if (!read_head(p, &h))
				return false;
			if (h.major != major || h.indefinite)
				return bad(p, h.at, "a string holds what is no string of its kind");
			if (h.argument > rd_left(&p->r))
				return bad(p, h.at, "a string longer than what is left");
			s = rd_bytes(&p->r, (size_t)h.argument);
			if (major == CBOR_TEXT && !utf8_valid(str_make((const char *)s.p, s.n)))
				return bad(p, h.at, "text that is no UTF-8");
			if (pass && s.n)
				memcpy(to + n, s.p, s.n);
			n += s.n;
		}
		if (!pass && !(to = arena_alloc(p->a, n + 1)))
			return arena_full(p->a, p->e);
	}
	*ret = span_make(to, n);
	return true;
}

static bool read_string(struct parsing *p, const struct head *h, struct cbor *ret)
{
	if (h->indefinite)
		return read_chunks(p, h->major, &ret->bytes);
	if (h->argument > rd_left(&p->r))
		return bad(p, h->at, "a string longer than what is left");
	ret->bytes = rd_bytes(&p->r, (size_t)h->argument);
	if (h->major == CBOR_TEXT && !utf8_valid(cbor_str(ret)))
		return bad(p, h->at, "text that is no UTF-8");
	return true;
}

static bool read_simple(struct parsing *p, const struct head *h, struct cbor *ret)
{
	if (h->indefinite)
		return bad(p, h->at, "an end of what was not begun");
	ret->number = h->argument;
	if (h->low < ARGUMENT_2) {
		ret->kind = CBOR_SIMPLE;
		return h->low != ARGUMENT_1 || h->argument >= SIMPLE_LONG_MIN ||
		       bad(p, h->at, "a simple value in two bytes that has one");
	}
	ret->kind = CBOR_FLOAT;
	ret->n = (size_t)1 << (h->low - ARGUMENT_1);
	return true;
}

/* Elements of an open list, linked until their number is known. */
struct cell {
	struct cell *next; /* the element before */
	struct cbor value;
};

static bool read_item(struct parsing *p, unsigned depth, struct cbor *ret);

static bool read_open_items(struct parsing *p, unsigned depth, struct cbor **ret, size_t *n_ret)
{
	struct cell *newest = NULL;
	struct cbor *items;
	size_t n = 0;

	while (!at_break(p)) {
		struct cell *c = ARENA_NEW(p->a, struct cell);

		if (!c)
			return arena_full(p->a, p->e);
		if (!read_item(p, depth, &c->value))
			return false;
		c->next = newest;
		newest = c;
		n++;
	}
	items = ARENA_ARRAY(p->a, n + 1, struct cbor);
	if (!items)
		return arena_full(p->a, p->e);
	*ret = items;
	*n_ret = n;
	for (; newest; newest = newest->next)
		items[--n] = newest->value;
	return true;
}

static bool read_items(
	struct parsing *p, const struct head *h, unsigned depth, struct cbor **ret, size_t *n_ret)
{
	uint64_t most = rd_left(&p->r) < p->items ? rd_left(&p->r) : p->items;
	uint64_t n = h->major == CBOR_TAG ? 1 : h->argument;

	if (h->indefinite)
		return read_open_items(p, depth, ret, n_ret);
	/* Those of the lists around it are promised bytes, too: memory is not more than a multiple of the input. */
	if (n > most || (h->major == CBOR_MAP && n > most / 2))
		return bad(p, h->at, "more items than bytes that are left");
	n = h->major == CBOR_MAP ? 2 * n : n;
	p->items -= n;
	*ret = ARENA_ARRAY(p->a, (size_t)n + 1, struct cbor);
	if (!*ret)
		return arena_full(p->a, p->e);
	*n_ret = (size_t)n;
	for (size_t i = 0; i < n; i++)
		if (!read_item(p, depth, &(*ret)[i]))
			return false;
	return true;
}

static bool same_key(const struct cbor *a, const struct cbor *b)
{
	return a->kind == b->kind && a->number == b->number && span_equal(a->bytes, b->bytes);
}

static bool check_map(struct parsing *p, const struct head *h, struct cbor *map)
{
	if (map->n % 2)
		return bad(p, h->at, "a map whose last key has no value");
	map->n /= 2;
	if (map->n > CBOR_MEMBERS_MAX)
		return err_set(p->e, ERR_LIMIT, "CBOR at %zu: a map of %zu members, limit %d",
			h->at, map->n, CBOR_MEMBERS_MAX);
	for (size_t i = 0; i < map->n; i++) {
		if (map->items[2 * i].kind > CBOR_TEXT)
			return bad(p, h->at, "a key of a map that is no number and no string");
		for (size_t k = 0; k < i; k++)
			if (same_key(&map->items[2 * k], &map->items[2 * i]))
				return bad(p, h->at, "a key of a map stands twice");
	}
	return true;
}

static bool read_content(struct parsing *p, const struct head *h, unsigned depth, struct cbor *ret)
{
	struct cbor *items = NULL;

	ret->kind = (enum cbor_kind)h->major;
	if (h->major == CBOR_BYTES || h->major == CBOR_TEXT)
		return read_string(p, h, ret);
	if (h->major == CBOR_SIMPLE)
		return read_simple(p, h, ret);
	if (h->major < CBOR_BYTES || h->major == CBOR_TAG)
		ret->number = h->argument;
	if (h->major < CBOR_BYTES)
		return true;
	if (!depth)
		return err_set(
			p->e, ERR_LIMIT, "CBOR at %zu: more than %d levels", h->at, CBOR_DEPTH_MAX);
	if (!read_items(p, h, depth - 1, &items, &ret->n))
		return false;
	ret->items = items;
	return h->major != CBOR_MAP || check_map(p, h, ret);
}

static bool read_item(struct parsing *p, unsigned depth, struct cbor *ret)
{
	struct cbor v = { 0 };
	struct head h;

	if (!read_head(p, &h) || !read_content(p, &h, depth, &v))
		return false;
	v.whole = span_make(p->r.p + h.at, p->r.at - h.at);
	*ret = v;
	return true;
}

bool cbor_parse(struct cbor *ret, struct span bytes, struct arena *a, struct err *e)
{
	struct parsing p = { rd_of(bytes), bytes.n, a, e };
	struct cbor v;

	if (bytes.n > CBOR_SIZE_MAX)
		return err_set(e, ERR_LIMIT, "CBOR of %zu bytes, limit %d", bytes.n, CBOR_SIZE_MAX);
	if (!read_item(&p, CBOR_DEPTH_MAX, &v))
		return false;
	if (!rd_done(&p.r))
		return bad(&p, p.r.at, "bytes behind the value");
	*ret = v;
	return true;
}
