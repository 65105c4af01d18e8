/*
 * A terminal for a program that must not have the user's own: a pair of pseudo terminals between the two. What the user
 * types goes to it, what it writes comes to the user, and it always has the size of the user's window. The user's terminal
 * is raw meanwhile, so that ^C is for the program, and as it was before when this is over.
 */
#ifndef ASSAY_SYS_PTY_H
#define ASSAY_SYS_PTY_H

#include "base/err.h"

struct pty;

/*
 * Between the terminal that is standard input and output of this process and a new one. USAGE when they are no terminal.
 * Signals that end this process in the meantime leave the user's terminal as it is then.
 */
bool pty_open(struct pty **ret, struct err *e) MUST_CHECK;
/* The program's side; pty's own. */
int pty_inner(const struct pty *p);
/* All that was written there has been shown; the user's terminal is as it was. NULL does nothing. */
void pty_free(struct pty *p);
void pty_freep(struct pty **p);

#endif
