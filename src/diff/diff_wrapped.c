#include "diff/diff_wrapped.h"

#include <stdio.h>

#include "base/rd.h"
#include "diff/diff_inflate.h"
#include "diff/diff_pair.h"
#include "diff/diff_raw.h"

#include "base/banned.h"

enum { GZIP_HEAD = 10, GZIP_HAS_EXTRA = 4, GZIP_HAS_NAME = 8, NAME_MAX_SHOWN = 255 };

/* RFC 1952: 0 magic, 2 method, 3 flags, 4 u32 mtime, 8 extra flags, 9 system; then extra field, name. */
struct gzip_head {
	unsigned flags, level, system;
	uint32_t mtime;
	struct str name;
};

static struct gzip_head gzip_head(struct span s)
{
	struct rd r = rd_of(s);
	struct gzip_head h = { 0 };
	rd_skip(&r, 3);
	h.flags = rd_u8(&r);
	h.mtime = rd_u32le(&r);
	h.level = rd_u8(&r);
	h.system = rd_u8(&r);
	if (h.flags & GZIP_HAS_EXTRA)
		rd_skip(&r, rd_u16le(&r));
	if (!rd_ok(&r) || !(h.flags & GZIP_HAS_NAME))
		return h;
	struct span rest = rd_bytes(&r, rd_left(&r));
	size_t n = 0;
	while (n < rest.n && n < NAME_MAX_SHOWN && rest.p[n])
		n++;
	h.name = str_make((const char *)rest.p, n);
	return h;
}

static void number(struct diff_walk *w, const char *name, uint32_t a, uint32_t b)
{
	char x[16], y[16];
	if (a == b)
		return;
	snprintf(x, sizeof(x), "%u", a);
	snprintf(y, sizeof(y), "%u", b);
	diff_walk_field(w, name, str_of(x), str_of(y), DIFF_RULE_NONE, 0);
}

static void gzip(struct diff_walk *w, struct span a, struct span b)
{
	struct gzip_head x = gzip_head(a), y = gzip_head(b);
	number(w, "gzip mtime", x.mtime, y.mtime);
	if (!str_equal(x.name, y.name))
		diff_walk_field(w, "gzip name", x.name, y.name, DIFF_RULE_NONE, 0);
	number(w, "gzip extra flags", x.level, y.level);
	number(w, "gzip system", x.system, y.system);
}

static bool inside(struct diff_walk *w, struct diff_bytes *a, struct diff_bytes *b, struct err *e)
{
	bool stays = diff_walk_keep(w, a, true) && diff_walk_keep(w, b, true);
	w->fleeting += !stays;
	bool ok = diff_pair(w, a->all, b->all, e);
	w->fleeting -= !stays;
	return ok;
}

bool diff_wrapped(
	struct diff_walk *w, enum diff_format f, struct span a, struct span b, struct err *e)
{
	struct diff_bytes x CLEANUP(diff_bytes_done) = { 0 };
	struct diff_bytes y CLEANUP(diff_bytes_done) = { 0 };
	struct diff_bytes source_x = diff_bytes_of(a), source_y = diff_bytes_of(b);

	if (!diff_inflate(&x, &source_x, DIFF_WRAPPED_SPILL, DIFF_INFLATE_MAX, e) ||
		!diff_inflate(&y, &source_y, DIFF_WRAPPED_SPILL, DIFF_INFLATE_MAX, e))
		return false;
	size_t before = w->n_leaves + w->n_more;
	if (f == DIFF_FORMAT_GZIP)
		gzip(w, a, b);
	bool head = w->n_leaves + w->n_more != before;
	if (!span_equal(x.all, y.all))
		return inside(w, &x, &y, e);
	if (!head && diff_walk_enter(w, str_of(diff_format_name(f)))) {
		diff_raw(w, a, b);
		diff_walk_leave(w);
	}
	return true;
}
