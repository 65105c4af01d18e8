/*
 * What the elements of an SPDX document are called: identifiers that are readable, unique within a document and the same
 * in each, and package URLs.
 */
#ifndef ASSAY_BUILD_SBOM_NAME_H
#define ASSAY_BUILD_SBOM_NAME_H

#include "build/component.h"
#include "lock/lock.h"
#include "tree/tree.h"

/*
 * "SPDXRef-KIND-NAME-KEY" of letters, digits, '.' and '-' (SPDX 2.3, 7.2): NAME has at most 64 characters, others
 * replaced by '-'; KEY is 16 bytes of a SHA-256 in hex.
 */
struct sbom_name {
	char text[160];
};

struct sbom_name sbom_name_package(const struct lock_package *p); /* key: the .deb */
struct sbom_name sbom_name_source(const struct lock_package *p);  /* of its source package */
struct sbom_name sbom_name_component(const struct component *c);
struct sbom_name sbom_name_input(const struct component *c, const struct component_source *s);
struct sbom_name sbom_name_output(const struct component *c, const struct component_product *p);
struct sbom_name sbom_name_overlay(const struct node *n);

/* Percent-encodes everything but what RFC 3986 calls unreserved, and the colon, which a package URL never escapes. */
void sbom_name_escape(struct buf *out, struct str s);
/* "pkg:deb/debian/g%2B%2B@1:2~3?arch=amd64&distro=trixie"; distro is the codename up to its first '-'. */
void sbom_name_purl(struct buf *out, struct str name, struct str version, struct str architecture,
	struct str codename);

#endif
