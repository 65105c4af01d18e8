#include "diff/diff_metadata.h"

#include <inttypes.h>
#include <stdio.h>

#include "base/banned.h"

enum { WORD_MAX = 64 };

static void mode_and_owner(
	struct diff_walk *w, const struct diff_member *a, const struct diff_member *b)
{
	char x[WORD_MAX], y[WORD_MAX];
	if (a->mode != b->mode && a->kind != DIFF_MEMBER_LINK) {
		snprintf(x, sizeof(x), "%04o", a->mode);
		snprintf(y, sizeof(y), "%04o", b->mode);
		diff_walk_words(w, DIFF_MODE, str_of(x), str_of(y));
	}
	if (a->uid != b->uid || a->gid != b->gid) {
		snprintf(x, sizeof(x), "%u:%u", a->uid, a->gid);
		snprintf(y, sizeof(y), "%u:%u", b->uid, b->gid);
		diff_walk_words(w, DIFF_OWNER, str_of(x), str_of(y));
	}
}

static void put_time(char to[static WORD_MAX], const struct diff_member *m)
{
	int n = snprintf(to, WORD_MAX, "%" PRId64, m->mtime_unix);
	if (m->mtime_nanoseconds)
		snprintf(to + n, WORD_MAX - (size_t)n, ".%09u", m->mtime_nanoseconds);
}

static void times(struct diff_walk *w, const struct diff_member *a, const struct diff_member *b)
{
	char x[WORD_MAX], y[WORD_MAX];
	if (a->mtime_unix == b->mtime_unix && a->mtime_nanoseconds == b->mtime_nanoseconds)
		return;
	put_time(x, a);
	put_time(y, b);
	diff_walk_words(w, DIFF_TIME, str_of(x), str_of(y));
}

static void xattr(
	struct diff_walk *w, struct str name, const struct xattr *a, const struct xattr *b)
{
	if (a && b && span_equal(a->value, b->value))
		return;
	if (!diff_walk_enter(w, name))
		return;
	diff_walk_add(w, &(struct diff_leaf){
				 .kind = DIFF_XATTR,
				 .a = a ? a->value : str_span(STR("(none)")),
				 .b = b ? b->value : str_span(STR("(none)")),
			 });
	diff_walk_leave(w);
}

static void xattrs(struct diff_walk *w, const struct diff_member *a, const struct diff_member *b)
{
	for (size_t i = 0, j = 0; i < a->n_xattrs || j < b->n_xattrs;) {
		const struct xattr *x = i < a->n_xattrs ? &a->xattrs[i] : NULL;
		const struct xattr *y = j < b->n_xattrs ? &b->xattrs[j] : NULL;
		if (!x && !y)
			break;
		int order = !x ? 1 : !y ? -1 : str_compare(x->name, y->name);
		if (order > 0)
			x = NULL;
		if (order < 0)
			y = NULL;
		xattr(w, x ? x->name : y->name, x, y);
		i += order <= 0;
		j += order >= 0;
	}
}

static void targets(struct diff_walk *w, const struct diff_member *a, const struct diff_member *b)
{
	char x[WORD_MAX], y[WORD_MAX];
	if (a->kind == DIFF_MEMBER_LINK && !str_equal(a->target, b->target))
		diff_walk_words(w, DIFF_LINK, a->target, b->target);
	if (a->dev_major != b->dev_major || a->dev_minor != b->dev_minor) {
		snprintf(x, sizeof(x), "%u:%u", a->dev_major, a->dev_minor);
		snprintf(y, sizeof(y), "%u:%u", b->dev_major, b->dev_minor);
		diff_walk_words(w, DIFF_LINK, str_of(x), str_of(y));
	}
}

void diff_metadata(struct diff_walk *w, const struct diff_member *a, const struct diff_member *b,
	const struct diff_members_how *how)
{
	if (!how->no_meta) {
		mode_and_owner(w, a, b);
		if (!how->no_times)
			times(w, a, b);
		xattrs(w, a, b);
	}
	targets(w, a, b);
	diff_members_facts(w, a->facts, a->n_facts, b->facts, b->n_facts, DIFF_RULE_NONE, 0);
}
