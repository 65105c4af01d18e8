#include "diff/deb_read.h"

#include "base/rd.h"
#include "diff/diff_list.h"
#include "base/banned.h"

enum { MAGIC_SIZE = 8, HEADER_SIZE = 60, NAME_SIZE = 16 };

/*
 * 0 name[16], 16 mtime[12], 28 uid[6], 34 gid[6], 40 mode[8] (octal), 48 size[10], 58 "`\n"; blanks fill up. Then the bytes,
 * and a line break where they are odd. GNU ar: a name ends with "/"; "//" holds names that are longer, "/N" is one of them
 * from offset N on; "/" and "/SYM64/" hold the index of symbols.
 */
struct head {
	struct str name;
	uint64_t mtime, uid, gid, mode, size;
};

static struct str text(struct rd *r, size_t n)
{
	struct span s = rd_bytes(r, n);

	while (s.n && s.p[s.n - 1] == ' ')
		s.n--;
	return str_make((const char *)s.p, s.n);
}

/* An empty field is 0, as the index of symbols has it. */
static bool number(uint64_t *ret, struct rd *r, size_t n, unsigned base)
{
	struct str s = text(r, n);
	uint64_t v = 0;

	for (size_t i = 0; i < s.n; i++) {
		if (s.p[i] < '0' || s.p[i] >= (char)('0' + base))
			return false;
		v = v * base + (uint64_t)(s.p[i] - '0');
	}
	*ret = v;
	return true;
}

static bool read_head(struct head *ret, const struct diff_bytes *src, uint64_t at, struct err *e)
{
	struct rd r = rd_of(diff_bytes_at(src, at, HEADER_SIZE));
	struct head h = { .name = text(&r, NAME_SIZE) };
	bool ok = number(&h.mtime, &r, 12, 10) && number(&h.uid, &r, 6, 10) &&
		  number(&h.gid, &r, 6, 10) && number(&h.mode, &r, 8, 8) &&
		  number(&h.size, &r, 10, 10);

	if (!ok || !span_equal(rd_bytes(&r, 2), span_make("`\n", 2)) || !h.name.n)
		return err_set(
			e, ERR_FORMAT, "ar: no member's header at %llu", (unsigned long long)at);
	if (!diff_bytes_at(src, at + HEADER_SIZE, h.size).p)
		return err_set(e, ERR_FORMAT, "ar: the member at %llu is cut: %llu bytes wanted",
			(unsigned long long)at, (unsigned long long)h.size);
	*ret = h;
	return true;
}

/* "/N": from offset N of the table up to "/" and a line break. */
static bool long_name(struct str *name, const struct diff_bytes *table, struct err *e)
{
	struct str digits = str_make(name->p + 1, name->n - 1), rest;
	uint64_t at;

	if (!str_u64(digits, &at, UINT32_MAX) || at >= table->all.n)
		return err_set(e, ERR_FORMAT, "ar: no long name at '%.*s'", STR_ARG(*name));
	rest = str_make((const char *)table->all.p + at, table->all.n - (size_t)at);
	rest.n = str_find(rest, '\n');
	if (str_ends(rest, "/"))
		rest.n--;
	*name = rest;
	return true;
}

static bool set_name(struct diff_list *l, struct diff_member *m, struct str name,
	const struct diff_bytes *table, struct err *e)
{
	if (str_is(name, "/") || str_is(name, "/SYM64/"))
		name = STR("(index of symbols)");
	else if (str_is(name, "//"))
		name = STR("(long names)");
	else if (name.p[0] == '/' && !long_name(&name, table, e))
		return false;
	else if (name.n > 1 && str_ends(name, "/"))
		name.n--;
	if (name.n > DIFF_MEMBER_PATH_MAX)
		return err_set(e, ERR_LIMIT, "ar: a name of %zu bytes, limit %d", name.n,
			DIFF_MEMBER_PATH_MAX);
	name.n = str_find(name, 0);
	m->path = arena_str(l->arena, diff_list_trimmed(name));
	return m->path.p || arena_full(l->arena, e);
}

static bool add(struct diff_list *l, uint64_t at, const struct head *h, struct diff_bytes *table,
	struct err *e)
{
	struct diff_member m = {
		.kind = DIFF_MEMBER_FILE,
		.mode = (uint32_t)h->mode & 07777,
		.uid = (uint32_t)h->uid,
		.gid = (uint32_t)h->gid,
		.mtime_unix = (int64_t)h->mtime,
		.n_links = 1,
		.at = at,
		.head_size = HEADER_SIZE,
	};

	if (str_is(h->name, "//"))
		*table = diff_bytes_slice(l->src, at + HEADER_SIZE, h->size);
	return set_name(l, &m, h->name, table, e) &&
	       diff_list_piece(l, at + HEADER_SIZE, h->size, e) && diff_list_content(l, &m, e) &&
	       diff_list_add(l, &m, e);
}

bool deb_read(
	struct diff_members *ret, const struct diff_bytes *src, struct arena *a, struct err *e)
{
	CLEANUP(diff_list_done) struct diff_list l;
	struct diff_bytes table = { 0 };
	uint64_t at = MAGIC_SIZE;
	struct head h = { 0 };

	diff_list_init(&l, a, src);
	if (!span_equal(diff_bytes_at(src, 0, MAGIC_SIZE), span_make("!<arch>\n", MAGIC_SIZE)))
		return err_set(
			e, ERR_FORMAT, "not an ar archive: it does not start with '!<arch>'");
	while (at < src->all.n) {
		if (!read_head(&h, src, at, e) || !add(&l, at, &h, &table, e))
			return false;
		at += HEADER_SIZE + h.size + (h.size & 1);
	}
	return diff_list_end(&l, ret, src->all.n, e);
}
