/*
 * A report of differences for people and programs: lines for a terminal, JSON, one HTML page. Whatever stands in the
 * images, the text stays on its lines and the page has no element that it did not write itself.
 */
#ifndef ASSAY_CMD_DIFF_SHOW_H
#define ASSAY_CMD_DIFF_SHOW_H

#include "base/buf.h"
#include "diff/diff.h"

enum { DIFF_SHOW_LEAVES = 20 }; /* of causes; the text says how many more there are */

/* The way to a leaf in one harmless line, " > " between its places. */
void diff_show_where(struct buf *to, const struct diff_leaf *l);
/* Printable text of a side: words and lines harmless, other bytes in hex; at most max bytes of it. */
void diff_show_side(struct buf *to, const struct diff_leaf *l, bool b, size_t max);
/* What a leaf is, in words: "other bytes at 52", "only B has it". */
void diff_show_what(struct buf *to, const struct diff_leaf *l);

/* all: every leaf, and with what is derived. */
void diff_show_text(const struct diff_report *r, bool all);
void diff_show_json(const struct diff_report *r, const char *a, const char *b, struct buf *to);
void diff_show_html(const struct diff_report *r, const char *a, const char *b, struct buf *to);

#endif
