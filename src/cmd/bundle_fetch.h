/*
 * What `assay bundle make --fetch` asks of the vendors' services; an assay without a network says that it has none.
 */
#ifndef ASSAY_CMD_BUNDLE_FETCH_H
#define ASSAY_CMD_BUNDLE_FETCH_H

#include "cmd/verb.h"
#include "evidence/bundle.h"
#include "trust/trust_file.h"

enum { BUNDLE_FETCH_TIMEOUT_MAX_S = 600 };

/*
 * Adds what the bundle lacks at this time and a service has, and the newest of what the vendor makes anew. An answer is given
 * up after timeout_s, 0 being the usual time. Answers lead to a root of the vendor or of the trust file; those of a service
 * that the user names without one, to any. Memory from a. Fails: NOTFOUND, IO, MISMATCH, USAGE ...
 */
bool bundle_fetch(struct bundle *b, unsigned timeout_s, const struct verb_args *args,
	const struct trust_file *trust, struct arena *a, struct err *e) MUST_CHECK;

#endif
