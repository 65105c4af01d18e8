/*
 * The part of manifest.json that says what the finished root does as a machine: who has an account in it and can log in,
 * what systemd starts and what it never may, which ports the description declares. Users and units are read from the tree
 * that goes into the image, so an overlay or a package has no say that does not show here.
 */
#ifndef ASSAY_BUILD_MANIFEST_SYSTEM_H
#define ASSAY_BUILD_MANIFEST_SYSTEM_H

#include "codec/json.h"
#include "lock/description.h"
#include "tree/tree.h"

/*
 * Adds the members "users", "units" and "ports". root is finished. FORMAT for a line of etc/passwd that is no account, LIMIT
 * for a database above 1 MiB.
 */
bool manifest_system_emit(struct json_out *w, const struct description *d, const struct tree *root,
	struct err *e) MUST_CHECK;

#endif
