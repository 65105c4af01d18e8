/*
 * The root: mounted, given what must be writable, entered.
 */
#ifndef ASSAY_GUEST_ROOT_H
#define ASSAY_GUEST_ROOT_H

#include <stdnoreturn.h>

/* Mounts the EROFS on the device read only, and fresh tmpfs on its /run and /tmp. Stops the machine on any failure. */
void root_mount(const char *device);
/* Gives up the initrd and becomes the root's /sbin/init, with an empty environment. Stops the machine on any failure. */
noreturn void root_enter(void);

#endif
