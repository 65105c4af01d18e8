/*
 * What one has rebuilt oneself, and what an entry of a log claims, held against it. An entry's values are the subjects of its
 * statement, by digest: artefacts and registers. One's own are the outputs and registers of rebuild statements (trust/rebuild_claim.h),
 * signed or not: nobody vouches for them but whoever names these files.
 */
#ifndef ASSAY_LOG_LOG_OWN_H
#define ASSAY_LOG_LOG_OWN_H

#include "trust/statement.h"

enum {
	LOG_OWN_STATEMENTS_MAX = 4096,
	LOG_OWN_VALUES_MAX = 1 << 20,
	LOG_ENTRY_VALUES_MAX = 4096, /* of one entry that are listed */
};

struct log_own; /* opaque; owned by the caller */

struct log_own *log_own_new(void);
void log_own_free(struct log_own *o);
void log_own_freep(struct log_own **o); /* for CLEANUP */

/* A rebuild statement: in-toto, bare or in a DSSE envelope. Fails: FORMAT, USAGE for another predicate, LIMIT. */
bool log_own_add(struct log_own *o, struct span file, struct err *e) MUST_CHECK;

/* Zero is what nobody can read. */
enum log_standing {
	LOG_UNREADABLE,     /* no statement */
	LOG_NOT_REBUILT,    /* some value is not among one's own */
	LOG_CANNOT_REBUILD, /* and one has tried: the same lock failed, or gave other values */
	LOG_NO_VALUES,      /* it claims none */
	LOG_REBUILT, /* all values are one's own; those of a rebuild are together what one rebuild of one's own found */
};
const char *log_standing_name(enum log_standing s); /* "not-rebuilt" */

struct log_value {
	struct str name;        /* "qemu-vtpm PCR 4", "disk.img" */
	struct str alg, digest; /* in hex */
	bool own;
};

/* Borrows the entry, or memory of the arena. */
struct log_entry {
	enum log_standing standing;
	struct str why; /* a sentence, where there is something to say */
	struct str predicate_type;
	const struct rebuild_claim *rebuild; /* NULL: of another type */
	const struct log_value *values;
	size_t n_values, n_own;
};

/* An entry that is no statement is an answer, not an error. Fails: LIMIT. */
bool log_own_judge(struct log_entry *ret, const struct log_own *o, struct span entry,
	struct arena *a, struct err *e) MUST_CHECK;

#endif
