/*
 * The predicate tag:assay,2026:rebuild/1, strictly (doc/rebuild-statement.md): `result`, what any two rebuilders of one publication
 * must agree on to the byte, and `by`, who found it and how, which is never compared.
 *
 * `result` is taken in its one form only: known members, each once, in their order, with values of their kind. So nothing else can
 * be in it, no time, machine or folder of whoever signed; and its canonical bytes, and the SHA-256 that `assay rebuild` prints,
 * follow from its meaning. There are four verdicts, and no word for "equal after something was left out": what is not the same to
 * the byte differs.
 */
#ifndef ASSAY_TRUST_REBUILD_CLAIM_H
#define ASSAY_TRUST_REBUILD_CLAIM_H

#include "base/digest.h"
#include "codec/json.h"

#define REBUILD_CLAIM_TYPE "tag:assay,2026:rebuild/1"
#define REBUILD_CLAIM_FORMAT "assay.rebuild/1"

enum {
	REBUILD_CLAIM_RESULT_MAX = 4 << 20,
	REBUILD_CLAIM_OUTPUTS_MAX = 64,
	REBUILD_CLAIM_REGISTERS_MAX = 4096,
	REBUILD_CLAIM_BANKS_MAX = 4,
	REBUILD_CLAIM_WORD_MAX = 64, /* a platform */
	REBUILD_CLAIM_PATH_MAX =
		4200, /* where a difference is: a path in a tree with what stands before it */
};

enum rebuild_claim_verdict { /* zero claims nothing */
	REBUILD_CLAIM_FAILED,
	REBUILD_CLAIM_DIFFERS,
	REBUILD_CLAIM_BUILT,
	REBUILD_CLAIM_IDENTICAL,
};

struct rebuild_claim_output {
	struct str name; /* "disk.img"; a name of rebuild_claim_output_names */
	uint8_t sha256[SHA256_SIZE];
};

struct rebuild_claim_register {
	struct str platform; /* "qemu-vtpm" */
	uint64_t reg;
	struct digest banks[REBUILD_CLAIM_BANKS_MAX];
	size_t n_banks;
};

/* Never compared, and true of nothing but what its signer says. Text is empty where it is absent. */
struct rebuild_claim_by {
	struct str name, tool, why;
	bool has_time;
	int64_t at_unix;
	bool archive_verified; /* archive-membership: every package was followed to the archives' signatures */
	struct str archive_why;
};

struct rebuild_claim {
	enum rebuild_claim_verdict verdict;
	struct str failed_at;                         /* of FAILED: "lock", "build" */
	struct str first;                             /* of DIFFERS: where */
	struct digest first_published, first_rebuilt; /* DIGEST_NONE: that side lacks it */
	uint8_t description_sha256[SHA256_SIZE], lock_sha256[SHA256_SIZE];
	bool has_manifest; /* it was held against a manifest */
	uint8_t manifest_sha256[SHA256_SIZE];
	const struct rebuild_claim_output *outputs; /* in the order of the names */
	size_t n_outputs;
	const struct rebuild_claim_register *registers;
	size_t n_registers;
	bool has_values; /* it says which reference values the image gives; older tools do not */
	uint8_t values_sha256[SHA256_SIZE]; /* reference_computed_sha256 of them */
	struct span result;                 /* canonical, with its line end */
	uint8_t result_sha256[SHA256_SIZE];
	const struct json *result_json, *by_json;
	struct rebuild_claim_by by;
};

/* Memory from a. Fails: FORMAT with the member, LIMIT. */
bool rebuild_claim_parse(struct rebuild_claim *ret, const struct json *predicate, struct arena *a,
	struct err *e) MUST_CHECK;

/* "failed", "differs", "built", "identical". */
const char *rebuild_claim_verdict_name(enum rebuild_claim_verdict v);
/* The output of that name, or NULL. */
const struct rebuild_claim_output *rebuild_claim_output_find(
	const struct rebuild_claim *c, const char *name);
/* All that a rebuild may make, in the order of the form; ends with NULL. */
extern const char *const rebuild_claim_output_names[];

#endif
