/*
 * One thing that an appraisal looked at: passed, failed or not applicable, with what was wanted, what was found, and who
 * said what to want. Nothing is skipped in silence: what cannot be checked stands in the list with its reason.
 *
 * Every check belongs to one claim of the AR4SI trustworthiness vector (draft-ietf-rats-ar4si, section 2.3) and says
 * which value that claim takes when the check fails: 32 to 95 warn, 96 and above contraindicate.
 */
#ifndef ASSAY_APPRAISE_CHECK_H
#define ASSAY_APPRAISE_CHECK_H

#include "base/err.h"
#include "base/str.h"

enum check_result { CHECK_FAILED, CHECK_PASSED, CHECK_NOT_APPLICABLE };

/* The eight claims of AR4SI in the order of the specification. */
enum check_claim {
	CHECK_INSTANCE_IDENTITY,
	CHECK_CONFIGURATION,
	CHECK_EXECUTABLES,
	CHECK_FILE_SYSTEM,
	CHECK_HARDWARE,
	CHECK_RUNTIME_OPAQUE,
	CHECK_STORAGE_OPAQUE,
	CHECK_SOURCED_DATA,
	CHECK_CLAIMS,
};

/* Values of AR4SI that are used here. */
enum check_value {
	CHECK_NO_CLAIM = 0,
	CHECK_AFFIRMS = 2,
	CHECK_AFFIRMS_BOOT = 3,  /* executables: only approved ones were loaded during boot */
	CHECK_UNSAFE = 32,       /* a warning */
	CHECK_UNRECOGNISED = 33, /* executables: a warning */
	CHECK_CONTRAINDICATED = 96,
	CHECK_NOT_RECOGNISED = 97, /* instance identity, hardware: contraindicated */
	CHECK_CRYPTO_FAILED = 99,  /* cryptographic validation of the evidence has failed */
};

struct check {
	const char *name; /* stable: "nonce", "pcr-4.sha256" */
	enum check_result result;
	struct str what;      /* one line for a person: "the quote answers this verifier's nonce" */
	struct str want, got; /* may be empty */
	struct str whose;     /* who supplied want: "policy", "reference values (computed)" */
	struct str reason;    /* why it failed or does not apply; empty when passed */
	enum check_claim claim;
	int fail_value;  /* enum check_value */
	int reg;         /* the register that it is about, or -1 */
	struct str bank; /* of the register: "sha256" */
};

enum { CHECK_LIST_MAX = 256 };

struct check_list {
	struct check items[CHECK_LIST_MAX];
	size_t n;
	bool full; /* something did not fit: such a list never affirms */
};

void check_add(struct check_list *l, const struct check *c);
/* The first check with that name, or NULL. */
const struct check *check_find(const struct check_list *l, const char *name);
bool check_passed(const struct check_list *l, const char *name);
size_t check_count(const struct check_list *l, enum check_result result);

const char *check_result_name(enum check_result r); /* "passed" */
const char *check_claim_name(enum check_claim c);   /* "instance-identity" */

#endif
