/*
 * Inside of diff/gpt_read: a disk with a master boot record alone. Four entries of 16 bytes at 446, the signature 55 aa at
 * 510; an extended partition holds a chain of further records with one logical partition each (numbers from 5).
 */
#ifndef ASSAY_DIFF_MBR_READ_H
#define ASSAY_DIFF_MBR_READ_H

#include "diff/diff_list.h"

enum { MBR_READ_LOGICAL_MAX = 128 };

/* Whether the first sector is a boot record whose entries can be true: of a disk and not of a volume. */
bool mbr_read_is(const struct diff_bytes *src);
/* Partitions as members of *ret. FORMAT, LIMIT. */
bool mbr_read(struct diff_list *l, struct diff_members *ret, struct err *e) MUST_CHECK;
/* The bytes before the entries as a fact of the container, where they are not all zero; the disk's signature with them. */
bool mbr_read_boot_code(struct diff_list *l, struct err *e) MUST_CHECK;

#endif
