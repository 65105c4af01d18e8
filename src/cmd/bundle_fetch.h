/*
 * What `assay bundle make --fetch` asks of the vendors' services; an assay without a network says that it has none.
 */
#ifndef ASSAY_CMD_BUNDLE_FETCH_H
#define ASSAY_CMD_BUNDLE_FETCH_H

#include "cmd/verb.h"
#include "evidence/bundle.h"

/* Adds what the bundle lacks at this time and a service has. Memory from a. Fails: NOTFOUND, IO, USAGE ... */
bool bundle_fetch(
	struct bundle *b, const struct verb_args *args, struct arena *a, struct err *e) MUST_CHECK;

#endif
