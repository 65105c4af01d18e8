/*
 * Running another program and waiting for it: arguments are a list (no shell), descriptors other than 0 to 2 are not
 * inherited, standard input is /dev/null.
 */
#ifndef ASSAY_SYS_PROC_H
#define ASSAY_SYS_PROC_H

#include "base/buf.h"
#include "base/err.h"

/*
 * Runs argv[0] (looked up in PATH). Standard output goes to out (at most out->max bytes, LIMIT beyond; NULL discards),
 * standard error likewise to err_out (NULL: inherited). *status: exit code, or 128 + signal. envp NULL: inherited.
 * Fails NOTFOUND when there is no such program.
 */
bool proc_run(char *const argv[], char *const envp[], struct buf *out, struct buf *err_out,
	int *status, struct err *e) MUST_CHECK;

#endif
