/*
 * Whether an identifier is made from what it identifies, so that it follows from another difference and is none itself. Said
 * only where it can be seen: a UUID of version 8 (RFC 9562: made by a rule of somebody's own, never random), identifiers
 * of assay's own images (image/identifier.h), the two halves of a root hash (Discoverable Partitions Specification).
 */
#ifndef ASSAY_DIFF_DIFF_IDENTIFIED_H
#define ASSAY_DIFF_DIFF_IDENTIFIED_H

#include "diff/diff_format.h"
#include "diff/diff_members.h"

/* The rule for the identifier of two containers of this format, or none. */
enum diff_rule diff_identified(
	enum diff_format f, const struct diff_side *a, const struct diff_side *b);
/* The value of a fact, empty when there is none. */
struct str diff_identified_fact(const struct diff_fact *facts, size_t n, const char *name);
/* A UUID as text of version 8. */
bool diff_identified_is_version_8(struct str uuid);
/* uuid is what assay makes with this label (image/identifier.h) from the SHA-256 of content. */
bool diff_identified_is_of(struct str uuid, const char *label, struct span content);
/* uuid is the first or the last half of a root hash in hex. */
bool diff_identified_is_half(struct str uuid, struct str root_hash);

#endif
