#include "observe.h"

#include <stdio.h>
#include <string.h>
#include <sys/klog.h>
#include <termios.h>
#include <time.h>
#include <unistd.h>

#include "stop.h"
#include "text_file.h"

enum { PCRS = 16, WAIT_S = 10, TRIES_PER_S = 20, PCR_TEXT = 160, PATH_SIZE = 64 };
enum { CONSOLE_OFF = 6 }; /* SYSLOG_ACTION_CONSOLE_OFF, syslog(2) */

static void wait_for_tpm(void)
{
	const struct timespec pause = { .tv_nsec = 1000000000 / TRIES_PER_S };

	for (int i = 0; i < WAIT_S * TRIES_PER_S; i++) {
		if (access("/sys/class/tpm/tpm0", F_OK) == 0)
			return;
		nanosleep(&pause, NULL);
	}
	stop_with("cannot observe: the kernel found no TPM");
}

static void print(const char *bank, int index)
{
	char path[PATH_SIZE], text[PCR_TEXT];

	snprintf(path, sizeof path, "/sys/class/tpm/tpm0/pcr-%s/%d", bank, index);
	if (!text_file_read(path, text, sizeof text))
		stop_os("cannot observe: no PCR %d in bank %s", index, bank);
	text[strcspn(text, "\n")] = 0;
	for (char *p = text; *p; p++)
		if (*p >= 'A' && *p <= 'F')
			*p = (char)(*p - 'A' + 'a');
	dprintf(STDOUT_FILENO, "\nassay-observe: pcr %s %d %s\n", bank, index, text);
}

void observe_print(void)
{
	wait_for_tpm();
	klogctl(CONSOLE_OFF, NULL, 0); /* no line of the kernel's in the middle of ours */
	for (int i = 0; i < PCRS; i++) {
		print("sha256", i);
		print("sha384", i);
	}
	tcdrain(STDOUT_FILENO);
}
