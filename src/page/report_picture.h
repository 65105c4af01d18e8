/*
 * The way from source and packages to layers to registers as a drawing: SVG in the page, in the colours of the page. A drawing
 * that is 340 units wide can be read on a telephone. It says nothing that the table beside it does not say in words.
 */
#ifndef ASSAY_PAGE_REPORT_PICTURE_H
#define ASSAY_PAGE_REPORT_PICTURE_H

#include "page/report_layers.h"

/* Rules of style, for html_begin. */
#define REPORT_PICTURE_STYLE                                                                      \
	"svg{display:block;width:100%;height:auto;max-width:30em}"                                \
	"svg text{font:11px system-ui,sans-serif;fill:var(--fg)}svg .head{fill:var(--dim)}"       \
	"svg rect{fill:var(--soft);stroke:var(--dim);stroke-width:1}"                             \
	"svg path{fill:none;stroke:var(--dim);stroke-width:1.2;opacity:.75}"                      \
	"svg .computed{stroke:var(--ok)}svg .observed{stroke:var(--warn);stroke-dasharray:6 3}"   \
	"svg .none{stroke:var(--bad);stroke-dasharray:2 3}svg rect.computed{fill:var(--ok-soft)}" \
	"svg rect.observed{fill:var(--warn-soft)}svg rect.none{fill:var(--bad-soft)}\n"

/* number: of the drawing on its page, from 0; its ids end in it. origins: which classes the image has bytes of. */
void report_picture_emit(struct buf *to, const struct report_layers *l,
	const struct origin_class_shares *origins, size_t number);

#endif
