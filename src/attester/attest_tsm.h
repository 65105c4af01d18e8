/*
 * Reports of the hardware through the kernel's configfs-tsm (Linux, Documentation/ABI/testing/configfs-tsm-report): an entry
 * below /sys/kernel/config/tsm/report, 64 bytes into its `inblob`, what the hardware signed over them out of its `outblob`.
 * `provider` says whose it is: sev_guest (an SNP report) or tdx_guest (a TD quote).
 *
 * The kernel takes inblob when it is closed and tells nobody what became of it: only `generation`, which counts writes,
 * shows that ours and no other stands behind a report. Every report has an entry of its own, removed again in any case.
 */
#ifndef ASSAY_ATTESTER_ATTEST_TSM_H
#define ASSAY_ATTESTER_ATTEST_TSM_H

#include "base/buf.h"
#include "base/err.h"
#include "evidence/bundle.h"

#define ATTEST_TSM_FOLDER "/sys/kernel/config/tsm/report"

enum {
	ATTEST_TSM_DATA = 64,
	ATTEST_TSM_BLOB_MAX = 32 << 10, /* TSM_OUTBLOB_MAX */
	ATTEST_TSM_TRIES = 5,
	ATTEST_TSM_NAMES = 64, /* of entries that are tried until one is free */
	ATTEST_TSM_PRIVLEVEL_MAX = 3,
};

/*
 * SNP or TDX, by an entry that is made and removed. Fails: NOTFOUND where the folder is missing or takes no entry for want of a
 * provider, FORMAT for an entry without the provider's name or with another, IO.
 */
bool attest_tsm_kind(enum bundle_kind *ret, const char *folder, struct err *e) MUST_CHECK;

/*
 * Appends to report what the hardware signed over data, and to certificates what its host gives along (SNP: the
 * certificate table), if anything. Where the kernel is busy, or another wrote into our entry, all is done again, at most
 * ATTEST_TSM_TRIES times. Fails: as attest_tsm_kind, MISMATCH for a report over other data or of another kind, LIMIT.
 */
bool attest_tsm_report(struct buf *report, struct buf *certificates, enum bundle_kind kind,
	const char *folder, const uint8_t data[static ATTEST_TSM_DATA], struct err *e) MUST_CHECK;

#endif
