/*
 * Parties of the trust file that sign statements: rebuilders, each with an operator who answers for it, and signers of
 * channels. What is counted are operators: one with several keys is one.
 */
#ifndef ASSAY_TRUST_TRUST_PARTY_H
#define ASSAY_TRUST_TRUST_PARTY_H

#include "base/digest.h"
#include "codec/json.h"

/* Sets of parties are bits of a uint64_t. */
enum { TRUST_PARTIES_MAX = 64 };

struct trust_party {
	struct str name;
	struct str operated_by; /* of a rebuilder */
	size_t operator_at;     /* the same for all rebuilders of that operator; counted from 0 */
	struct str key;         /* a line for statement_key_parse, which takes it */
	uint8_t key_id[SHA256_SIZE];
};

struct trust_parties {
	const struct trust_party *items;
	size_t n;
	size_t n_operators;
};

/*
 * member: "rebuilders", or "signers", which have no operator. v may be NULL. A name or key that stands twice is refused. All memory
 * from a. Fails: FORMAT with the line, LIMIT.
 */
bool trust_party_read(struct trust_parties *ret, const struct json *v, const char *member,
	bool have_operators, struct arena *a, struct err *e) MUST_CHECK;

/* The party with that key, or NULL. */
const struct trust_party *trust_party_find(
	const struct trust_parties *p, const uint8_t key_id[static SHA256_SIZE]);

#endif
