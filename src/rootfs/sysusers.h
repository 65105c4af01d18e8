/*
 * sysusers.d(5) lines: u, u!, g, m (r is ignored: ids are pinned). An id that the file leaves open must already be in
 * the accounts, put there by the description.
 */
#ifndef ASSAY_ROOTFS_SYSUSERS_H
#define ASSAY_ROOTFS_SYSUSERS_H

#include "rootfs/accounts.h"

bool sysusers_read(struct accounts *a, struct str text, struct err *e) MUST_CHECK;

#endif
