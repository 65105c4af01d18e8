/*
 * Members of a policy file, as its several parts read them: each is absent, and then nothing changes, or exactly of its form.
 * Values come from YAML, where every scalar is a text. All fail with FORMAT and the line.
 */
#ifndef ASSAY_APPRAISE_POLICY_MEMBER_H
#define ASSAY_APPRAISE_POLICY_MEMBER_H

#include "base/arena.h"
#include "base/buf.h"
#include "base/err.h"
#include "codec/json.h"

enum { POLICY_MEMBER_CRL_AGE_MAX = 365 * 24 * 3600 }; /* seconds, of `crl-max-age` */

/* How old a list of revoked certificates may be, whatever it says of itself; not given: as old as it says. */
struct policy_member_age {
	bool given;
	int64_t max_s;
};

/* One of two words. */
bool policy_member_word(bool *second, const struct json *o, const char *key, const char *first_word,
	const char *second_word, struct err *e) MUST_CHECK;
/* Numbers of registers from 0 to n - 1 (n at most 32), none twice, at least one; as bits. */
bool policy_member_registers(
	uint32_t *ret, const struct json *o, const char *key, unsigned n, struct err *e) MUST_CHECK;
/* A number of seconds up to max. */
bool policy_member_seconds(
	int64_t *ret, const struct json *o, const char *key, int64_t max, struct err *e) MUST_CHECK;
/* `crl-max-age`; off: the policy looks at no list, so that none can be too old. */
bool policy_member_crl_age(
	struct policy_member_age *ret, const struct json *o, bool off, struct err *e) MUST_CHECK;
/* Lower-case hex of min to max bytes; p is not NULL even when there are none. */
bool policy_member_bytes(struct span *ret, const struct json *o, const char *key, size_t min,
	size_t max, struct arena *a, struct err *e) MUST_CHECK;
/* A list of 1 to max texts, none empty. */
bool policy_member_texts(const struct str **ret, size_t *n, const struct json *o, const char *key,
	size_t max, struct arena *a, struct err *e) MUST_CHECK;

/* "0, 2 and 5", for sentences; nothing for none. */
void policy_member_tell_numbers(uint32_t set, struct buf *out);

#endif
