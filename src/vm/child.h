/*
 * A program that runs beside us and must not outlive us: the kernel kills it when the thread that started it ends
 * (PR_SET_PDEATHSIG), child_stop ends it earlier. Descriptors are handed on by number; everything else is closed.
 */
#ifndef ASSAY_VM_CHILD_H
#define ASSAY_VM_CHILD_H

#include <sys/types.h>

#include "base/err.h"

enum { CHILD_FDS_MAX = 6 };

struct child {
	pid_t pid; /* 0: none, which makes a zeroed child valid */
	int status;
};

/* fds[i] becomes descriptor i of the program; -1 there is /dev/null. At most CHILD_FDS_MAX, at least 3. */
struct child_fds {
	int fds[CHILD_FDS_MAX];
	size_t n;
};

/* argv[0] is looked up in PATH. Fails: NOTFOUND with a hint when there is no such program, IO. */
bool child_start(struct child *ret, char *const argv[], const struct child_fds *fds,
	struct err *e) MUST_CHECK;
/* True when it has ended; *status is then its exit code, or 128 + signal. */
bool child_ended(struct child *c, int *status);
/* Waits up to timeout_ms for the end; false when it still runs. */
bool child_wait(struct child *c, int timeout_ms, int *status);
/* Asks it to end, insists after some seconds, waits. Nothing to do for one that has ended. For CLEANUP. */
void child_stop(struct child *c);

#endif
