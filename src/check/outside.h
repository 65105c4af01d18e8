/*
 * The machine around the box, in another state: work is done by a child process with another host name, user, home folder, umask,
 * environment, locale, zone, number of processors and priority. None of it may reach a byte of what a box makes.
 *
 * What needs a right that the caller has not got (another user, and where user namespaces are closed another host name)
 * fails, and outside_cannot says so beforehand.
 */
#ifndef ASSAY_CHECK_OUTSIDE_H
#define ASSAY_CHECK_OUTSIDE_H

#include "check/canary.h"

struct outside {
	const struct canaries *canaries;
	uint64_t
		variations; /* the others of the outside are not looked at here: they concern the store */
	const char *cwd; /* absolute; the working folder for VARIATION_OUTSIDE_PATH */
};

/*
 * Runs work in such a process and waits for it. What work changes in memory is lost; its error is not. The process ends
 * with its caller. Fails as work does; IO.
 */
bool outside_run(const struct outside *o, bool (*work)(void *ctx, struct err *e), void *ctx,
	struct err *e) MUST_CHECK;

/*
 * True where this one cannot be varied here, or would be no other: *e says why. Made by trying it in a process of its own.
 */
bool outside_cannot(enum variation v, const struct canaries *c, struct err *e);

#endif
