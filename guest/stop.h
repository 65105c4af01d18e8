/*
 * The one answer of PID 1 to anything unexpected: one line that says what, then the machine goes off. There is no shell
 * and no second try.
 */
#ifndef ASSAY_GUEST_STOP_H
#define ASSAY_GUEST_STOP_H

#include <stdnoreturn.h>

/* "assay-init: TEXT" to the kernel's log and the console; with stop_os ": " and the text of the current errno. */
noreturn void stop_with(const char *fmt, ...) __attribute__((format(printf, 1, 2)));
noreturn void stop_os(const char *fmt, ...) __attribute__((format(printf, 1, 2)));
/* Off, without a word. */
noreturn void stop_power_off(void);

#endif
