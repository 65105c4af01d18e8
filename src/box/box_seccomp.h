/*
 * The system calls that are refused in the box. All of them get an ordinary error, so that programs take their ordinary
 * other way; only calls of a foreign architecture (i386, x32) end the process.
 */
#ifndef ASSAY_BOX_BOX_SECCOMP_H
#define ASSAY_BOX_BOX_SECCOMP_H

#include "box/trace.h"

/*
 * Binds this process and all its children for good, and sets no_new_privs:
 *   EPERM    mounts, namespaces, keys, bpf, perf, userfaultfd, io_uring, ptrace, the kernel log; making a file setuid,
 *            setgid or sticky (as Nix does: such a file would outlive the box)
 *   ENOTSUP  extended attributes (whether they work, and which there are, depends on the machine's file system)
 *   EAFNOSUPPORT  without a tracer: sockets of families that a network namespace does not hold (AF_VSOCK)
 *   ENOSYS   calls that hide what is asked behind a pointer and have an older form: clone3, openat2; rseq, by which the
 *            kernel tells the processor in memory; all that is newer than the kernel which a step sees (6.1)
 * getgroups answers that there are none: the caller's cannot be dropped without privilege, and must not show. With
 * many_ids modes are free and groups are the real ones: there the files die with the box.
 * With a tracer, which must trace this process already, its handlers' calls stop for it.
 */
bool box_seccomp_load(const struct tracer *t, bool many_ids, struct err *e) MUST_CHECK;

#endif
