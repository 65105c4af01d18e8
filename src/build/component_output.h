/*
 * What a component's steps left in /out, as products: single files, and folders with all below them. Modes are normalised
 * (tree/folder.h), links are kept and never followed. Refused, by name: devices, sockets, fifos, a link that leads
 * out of the image or into a folder that only the box has.
 */
#ifndef ASSAY_BUILD_COMPONENT_OUTPUT_H
#define ASSAY_BUILD_COMPONENT_OUTPUT_H

#include "build/component.h"

/* A growing list; zeroed but for a it is empty. */
struct component_products {
	struct arena *a; /* of its strings and of the finished list */
	struct component_product *items;
	size_t n, room;
};

/* Adds a copy of p. LIMIT. */
bool component_output_add(struct component_products *list, const struct component_product *p,
	struct err *e) MUST_CHECK;
/* The same of an entry of a folder, whose path is seen from the folder and is checked: FORMAT. */
bool component_output_add_below(struct component_products *list, const struct component_product *p,
	struct err *e) MUST_CHECK;
/* The path of a folder's entry as seen from that folder. */
struct str component_output_below(const struct component_product *p);
/* The list as products of *ret. */
bool component_output_finish(
	struct component_products *list, struct component_result *ret, struct err *e) MUST_CHECK;
void component_output_done(struct component_products *list);

/*
 * Takes all outputs of c from the folder `out`, their bytes into s, and adds them to the list in the order of the
 * description. NOTFOUND for one that is not there, FORMAT for one that is refused, LIMIT (also for more than size_max bytes
 * in all of them, holes counted), IO.
 */
bool component_output_take(struct component_products *list, const struct component *c, int out,
	uint64_t size_max, struct store *s, struct err *e) MUST_CHECK;

#endif
