#ifndef _GNU_SOURCE
#define _GNU_SOURCE /* strerrordesc_np */
#endif
#include "stop.h"

#include <errno.h>
#include <fcntl.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <sys/reboot.h>
#include <termios.h>
#include <unistd.h>

enum { LINE_MAX_SIZE = 512 };

static void put(const char *path, const char *prefix, const char *text, const char *end)
{
	int fd = open(path, O_WRONLY | O_NOCTTY | O_CLOEXEC);

	if (fd < 0)
		return;
	dprintf(fd, "%s%s%s", prefix, text, end);
	tcdrain(fd); /* a serial line is slower than the power button */
	close(fd);
}

noreturn void stop_power_off(void)
{
	sync();
	reboot(RB_POWER_OFF);
	/* A machine that cannot be switched off: PID 1 never returns. */
	for (;;)
		pause();
}

static noreturn void stop_line(const char *text)
{
	/* <2>: critical, so that it reaches the console under every log level in use. */
	put("/dev/kmsg", "<2>assay-init: ", text, "\n");
	put("/dev/console", "\nassay-init: ", text, "\n");
	stop_power_off();
}

noreturn void stop_with(const char *fmt, ...)
{
	char line[LINE_MAX_SIZE];
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(line, sizeof line, fmt, ap);
	va_end(ap);
	stop_line(line);
}

noreturn void stop_os(const char *fmt, ...)
{
	const char *why = strerrordesc_np(errno);
	char line[LINE_MAX_SIZE];
	va_list ap;
	size_t n;

	va_start(ap, fmt);
	vsnprintf(line, sizeof line, fmt, ap);
	va_end(ap);
	n = strlen(line);
	snprintf(line + n, sizeof line - n, ": %s", why ? why : "unknown error");
	stop_line(line);
}
