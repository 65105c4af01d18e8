/*
 * The name of what a component's steps give, before they ran: SHA-256 of the canonical document that component.h describes.
 */
#ifndef ASSAY_BUILD_COMPONENT_DERIVATION_H
#define ASSAY_BUILD_COMPONENT_DERIVATION_H

#include "build/component_needs.h"

/* r has sources and source package already; needs: what c needs. NOTFOUND when the lock has no such set, LIMIT. */
bool component_derivation(uint8_t ret[static SHA256_SIZE], const struct component *c,
	const struct component_result *r, const struct component_made_list *needs,
	const struct lock *l, const char *set, int64_t source_date_epoch, struct err *e) MUST_CHECK;

#endif
