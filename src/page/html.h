/*
 * HTML pages that need nothing else: no network, no script, no font but the machine's; light or dark as the reader has it, as
 * narrow as a telephone. Each page of assay begins with html_begin, which forbids all but the style that stands in it.
 *
 * Markup is written with buf_add_cstr as literals of ours; every text, ours or another's, goes through html_text.
 */
#ifndef ASSAY_PAGE_HTML_H
#define ASSAY_PAGE_HTML_H

#include "base/buf.h"
#include "base/digest.h"

/*
 * Text with nothing in it that could be markup or the end of an attribute's value in quotes, and harmless (codec/harmless.h):
 * what would steer or hide is written out as \xNN or \uNNNN.
 */
void html_text(struct buf *to, struct str s);
void html_cstr(struct buf *to, const char *s);
/* Formats, then as html_text; at most 64 KiB. */
void html_printf(struct buf *to, const char *fmt, ...) PRINTF_LIKE(2, 3);

/* "<TAG>", the text, "</NAME>"; tag is a literal and may have attributes: "td class=\"n\"". */
void html_element(struct buf *to, const char *tag, struct str s);
/* In hex between <code> and </code>. */
void html_hex(struct buf *to, struct span bytes);
void html_digest(struct buf *to, const struct digest *d);

/* "110.8 MB", "12.0 kB", "7 bytes". */
void html_bytes(struct buf *to, uint64_t bytes);
/* "3 events", "1 event": for what has its plural by an s. */
void html_count(struct buf *to, size_t n, const char *what);

/* To the body's first line. style: rules of this page behind those that all pages have; a literal. */
void html_begin(struct buf *to, struct str title, const char *style);
void html_end(struct buf *to);

#endif
