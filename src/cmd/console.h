/*
 * What a machine prints on its serial console while it boots, shown on standard error: each line where that is a file or
 * a pipe; on a terminal one line that changes, since a person wants to see that it moves and not five hundred messages.
 * All of it is plain text when it gets there: what a guest prints must not steer a terminal.
 */
#ifndef ASSAY_CMD_CONSOLE_H
#define ASSAY_CMD_CONSOLE_H

#include "cmd/progress.h"

enum { CONSOLE_LAST_MAX = 200 };

struct console {
	struct progress *progress;   /* whose line changes on a terminal */
	bool quiet;                  /* shows nothing */
	char last[CONSOLE_LAST_MAX]; /* line that was not blank; empty: none */
	char why[CONSOLE_LAST_MAX]; /* the first that says why the guest gives up; empty: none did */
};

void console_line(struct console *c, struct str line);

#endif
