/*
 * What QEMU writes into the setup header of a Linux kernel that it is given with -kernel (hw/i386/x86.c, Linux/x86 boot
 * protocol): who loads it, where command line and initrd would lie. The firmware measures the kernel with these bytes,
 * so its digest depends on the initrd's size and, below 2.75 GiB, on the machine's memory. From QEMU 10.2 on the header
 * of a kernel for a confidential guest stays as it is.
 */
#ifndef ASSAY_MEASURE_LINUX_SETUP_H
#define ASSAY_MEASURE_LINUX_SETUP_H

#include "base/arena.h"
#include "base/err.h"
#include "base/span.h"
#include "base/str.h"

enum { LINUX_SETUP_KERNEL_MAX = 256 << 20 };

/* A QEMU release; major 0: not known. */
struct linux_setup_qemu {
	unsigned major, minor;
};

/* "7.2", "8.2.2", "10.2.0-rc1". FORMAT for another form, USAGE for a release before 7.2, whose rules are not known. */
bool linux_setup_qemu_read(
	struct linux_setup_qemu *ret, struct str version, struct err *e) MUST_CHECK;
/* Whether that release writes into the header of a confidential guest's kernel. */
bool linux_setup_is_patched(struct linux_setup_qemu qemu);

/*
 * A copy of the kernel, in memory from a, as QEMU hands it to the firmware of a machine with this much memory.
 * initrd_size 0: without an initrd. Fails: FORMAT for a file that is no bzImage, USAGE for a kernel or command line
 * without rules here ("vga=" would go into the header, too) and for an initrd that does not fit, LIMIT.
 */
bool linux_setup_patch(struct span *ret, struct span kernel, uint64_t initrd_size, uint64_t memory,
	struct str command_line, struct arena *a, struct err *e) MUST_CHECK;

#endif
