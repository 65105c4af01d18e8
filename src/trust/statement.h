/*
 * Signed statements: in-toto Statement v1 (_type, subject, predicateType, predicate) as the payload of a DSSE envelope. What is
 * read is the very payload that was verified. Subjects are matched by digest alone, never by name.
 *
 * The predicate that is ours, tag:assay,2026:rebuild/1, is read to its last member (rebuild_claim.h), and such a statement has no
 * members that its form does not name. Others are kept by their type's name and left unread; members that in-toto does not know are
 * left alone there, as it demands.
 */
#ifndef ASSAY_TRUST_STATEMENT_H
#define ASSAY_TRUST_STATEMENT_H

#include "codec/json.h"
#include "trust/dsse.h"
#include "trust/rebuild_claim.h"

#define STATEMENT_TYPE "https://in-toto.io/Statement/v1"
#define STATEMENT_PAYLOAD_TYPE "application/vnd.in-toto+json"
#define STATEMENT_PROVENANCE "https://slsa.dev/provenance/v1"
#define STATEMENT_SUMMARY "https://slsa.dev/verification_summary/v1"

enum {
	STATEMENT_SIZE_MAX = 4 << 20, /* of the payload; of the envelope: DSSE_SIZE_MAX */
	STATEMENT_KEYS_MAX = 256,
	/* An arena of so much reads any statement. */
	STATEMENT_MEMORY_MAX = 128 << 20,
};

struct statement_subject {
	struct str name;           /* empty without one */
	const struct json *digest; /* an object of at least one member: "sha256": "HEX" */
};

/* In memory of the arena, or borrowed from the bytes that it was read from. */
struct statement {
	struct str predicate_type;
	const struct statement_subject *subjects;
	size_t n_subjects;
	const struct json *predicate;        /* an object */
	const struct rebuild_claim *rebuild; /* NULL: predicate_type is not REBUILD_CLAIM_TYPE */
};

/*
 * The payload. Fails: FORMAT, saying which member (a doubled one, a digest that is none, what the predicate must not have), LIMIT.
 */
bool statement_parse(
	struct statement *ret, struct span payload, struct arena *a, struct err *e) MUST_CHECK;

/* An envelope that says it holds a statement, and what is in it. Nothing is verified. Fails: FORMAT, LIMIT. */
struct statement_envelope {
	struct dsse dsse;
	struct statement statement;
};
bool statement_envelope_parse(struct statement_envelope *ret, struct span json, struct arena *a,
	struct err *e) MUST_CHECK;

/* Which keys of a list signed: their places in it, ascending, each once. */
struct statement_signers {
	size_t at[STATEMENT_KEYS_MAX];
	size_t n;
};

/*
 * An envelope that at least one of the keys signed. Signatures by other keys, or that do not verify, count for nobody. The same key
 * at two places of the list is found at both: whoever counts asks whose they are. Nothing of the payload is read before a signature
 * holds. Fails: SIGNATURE when none of the keys signed, USAGE for more than STATEMENT_KEYS_MAX keys, FORMAT, LIMIT.
 */
bool statement_open(struct statement *ret, struct statement_signers *who, struct span envelope,
	const struct statement_key *const *keys, size_t n_keys, struct arena *a,
	struct err *e) MUST_CHECK;

/* Whether some subject has this SHA-256. */
bool statement_is_about(const struct statement *s, const uint8_t sha256[static SHA256_SIZE]);

#endif
