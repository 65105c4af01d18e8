/*
 * How Intel judges a TCB level (Intel PCS API version 4, "tcbStatus"), and what several such judgements say together.
 */
#ifndef ASSAY_TRUST_TCB_STATUS_H
#define ASSAY_TRUST_TCB_STATUS_H

#include "base/arena.h"
#include "base/err.h"
#include "codec/json.h"

enum tcb_status { /* zero is no judgement, which nothing accepts */
	TCB_STATUS_NONE,
	TCB_STATUS_UP_TO_DATE,
	TCB_STATUS_SW_HARDENING_NEEDED,
	TCB_STATUS_CONFIGURATION_NEEDED,
	TCB_STATUS_CONFIGURATION_AND_SW_HARDENING_NEEDED,
	TCB_STATUS_TD_RELAUNCH_ADVISED,
	TCB_STATUS_TD_RELAUNCH_ADVISED_CONFIGURATION_NEEDED,
	TCB_STATUS_OUT_OF_DATE,
	TCB_STATUS_OUT_OF_DATE_CONFIGURATION_NEEDED,
	TCB_STATUS_NOT_SUPPORTED,
	TCB_STATUS_REVOKED,
	TCB_STATUSES,
};

/* "UpToDate"; "none" for NONE. */
const char *tcb_status_name(enum tcb_status s);
/* NONE when the name is none of Intel's. */
enum tcb_status tcb_status_of_name(struct str name);
/* OutOfDate, alone or with configuration. */
bool tcb_status_is_out_of_date(enum tcb_status s);
/* Software hardening or configuration is left to the platform's owner, but nothing is out of date or revoked. */
bool tcb_status_is_current(enum tcb_status s);

/*
 * What both say together: each need that one of them has. NONE, Revoked and NotSupported of either outweigh the rest;
 * what is out of date does not become better by hardening.
 */
enum tcb_status tcb_status_join(enum tcb_status a, enum tcb_status b);

enum { TCB_ADVISORIES_MAX = 256 };

/* What a level of any of Intel's documents says beside its numbers. Memory of the arena that it was read with. */
struct tcb_verdict {
	enum tcb_status status;
	int64_t date_unix; /* "tcbDate": no advisory up to then is unfixed in this level */
	const struct str *advisories;
	size_t n_advisories;
};

/* Members tcbStatus, tcbDate and, where there are some, advisoryIDs of a level. FORMAT, LIMIT. */
bool tcb_status_read_verdict(struct tcb_verdict *ret, const struct json *level, struct arena *a,
	struct err *e) MUST_CHECK;

#endif
