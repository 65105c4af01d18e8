/*
 * The partitions of a disk: a GUID partition table (UEFI 2.10 section 5), or an MBR with its logical partitions. Each is a
 * member of kind PARTITION with its number as path, and with facts: "type", "GUID", "name", "flags".
 */
#ifndef ASSAY_DIFF_GPT_READ_H
#define ASSAY_DIFF_GPT_READ_H

#include "diff/diff_member.h"

/* Lists and strings are the arena's, extents are places in src. Fails: FORMAT, LIMIT. */
bool gpt_read(struct diff_members *ret, const struct diff_bytes *src, struct arena *a,
	struct err *e) MUST_CHECK;

#endif
