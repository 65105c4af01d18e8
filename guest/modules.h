/*
 * Kernel modules of the initrd, uncompressed when the image was built.
 */
#ifndef ASSAY_GUEST_MODULES_H
#define ASSAY_GUEST_MODULES_H

/* Loads the files that /etc/modules-load lists, one absolute path a line, in that order; stops the machine if one fails. */
void modules_load(void);

#endif
