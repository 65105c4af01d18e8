/*
 * What rebuilders say of an image, and whether enough of them say the same. Statements are grouped by the bytes of their `result`,
 * and counted are the operators of the user's trust file, each once, whatever number of keys and statements it has.
 *
 * A question is a description, a lock and, where there was one, the manifest that was published. An operator that answers one
 * question in two ways counts for neither. A build that failed is no answer: it may fail for want of memory or of a mirror; that
 * the archives do not bear out a lock (failed-at: lock) is one. Pure: statements were opened before, the time is an argument.
 * Nothing depends on the order in which they come.
 */
#ifndef ASSAY_APPRAISE_QUORUM_H
#define ASSAY_APPRAISE_QUORUM_H

#include "appraise/reference_values.h"
#include "trust/rebuild_claim.h"
#include "trust/trust_file.h"

enum { QUORUM_STATEMENTS_MAX = 256, QUORUM_CLOCKS_S = 3600 };

/* As it was opened with the keys of the trust file's rebuilders. */
struct quorum_statement {
	struct str from; /* whence, for people */
	const struct rebuild_claim *claim;
	uint64_t signers; /* bit i: by rebuilder i of the trust file */
};

/* Why a statement counts for nothing; zero is such a reason. */
enum quorum_standing {
	QUORUM_BY_NOBODY, /* that the trust file names */
	QUORUM_UNDATED,
	QUORUM_OLD,      /* max-age: statement */
	QUORUM_TOO_NEW,  /* its time is still to come, by more than clocks differ */
	QUORUM_CONFLICT, /* each of its operators says something else as well */
	QUORUM_COUNTS,
};

/* What became of the statement at the same place of the input. */
struct quorum_voice {
	enum quorum_standing standing;
	uint64_t operators; /* that signed; bits are operator_at of trust_party */
	size_t group;
};

/* Statements with the same result. Ordered by question, verdict (identical first) and digest. */
struct quorum_group {
	const struct rebuild_claim *claim; /* of one of them */
	uint64_t operators;                /* that count */
	size_t n_operators;
	uint64_t
		followed; /* those of them that followed every package to the archives' signatures */
	size_t question;  /* from 0; the same for groups that answer the same */
	bool reached; /* as many operators as the trust file asks for, of an image that is there */
	bool split;   /* another answer has as many: so none of them has */
};

struct quorum {
	const struct trust_file *trust;
	size_t needed; /* 0: the trust file lets no number of rebuilders vouch, and nobody asks for one */
	const struct quorum_statement *statements;
	const struct quorum_voice *voices;
	size_t n;
	const struct quorum_group *groups;
	size_t n_groups, n_questions;
	uint64_t conflicting; /* operators that answered some question in two ways */
	bool reached;         /* some group */
};

/* Memory from a; borrows the statements. Fails LIMIT above QUORUM_STATEMENTS_MAX. */
bool quorum_take(struct quorum *ret, const struct quorum_statement *statements, size_t n,
	const struct trust_file *trust, int64_t at_unix, struct arena *a, struct err *e) MUST_CHECK;

/*
 * The same where at least so many operators are asked for, whatever less the trust file asks for: what was not reached with the
 * trust file's number, if it has one, is not reached with a larger one. Memory from a; borrows what q borrows. Fails LIMIT.
 */
bool quorum_at_least(struct quorum *ret, const struct quorum *q, size_t n, struct arena *a,
	struct err *e) MUST_CHECK;

/* How many operators a set has. */
size_t quorum_count(uint64_t operators);
/* For a person: "is older than max-age allows". */
const char *quorum_standing_words(enum quorum_standing s);
/* "Alice and Bob", "A, B and C": operators by their bits; "nobody". */
void quorum_names(struct buf *out, const struct trust_file *trust, uint64_t operators);
/* Where two results part: "disk.img", "qemu-vtpm PCR 4"; in the order of the statement's form, so the cause comes first. */
bool quorum_first_difference(struct str *ret, const struct rebuild_claim *one,
	const struct rebuild_claim *other, struct arena *a, struct err *e) MUST_CHECK;

#endif
