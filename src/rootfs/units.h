/*
 * Enabling and masking systemd units without systemctl: the links that [Install] asks for, and links to /dev/null.
 */
#ifndef ASSAY_ROOTFS_UNITS_H
#define ASSAY_ROOTFS_UNITS_H

#include "lock/description.h"
#include "tree/tree.h"

enum { UNIT_FILE_MAX = 1 << 20 };

/* Adds links for d->units_enable (WantedBy, RequiredBy, Alias; templates take their instance from the name) and
 * d->units_mask. NOTFOUND when an enabled unit has no file in usr/lib/systemd/system or etc/systemd/system; FORMAT
 * when it has nothing to install. */
bool units_install(struct tree *t, const struct description *d, struct err *e) MUST_CHECK;

#endif
