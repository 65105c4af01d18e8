/*
 * PID 1 of the initrd: loads modules, sets up dm-verity over the root from the measured command line alone, mounts it
 * and becomes the root's init. It reads nothing that the host could offer beside that (no superblock, no SMBIOS, no
 * fw_cfg, no configuration on a disk), and anything unexpected switches the machine off with one line that says why.
 */
#include <errno.h>
#include <fcntl.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <unistd.h>

#include "block.h"
#include "command_line.h"
#include "mapper.h"
#include "modules.h"
#include "observe.h"
#include "root.h"
#include "stop.h"
#include "text_file.h"

enum { COMMAND_LINE_MAX = 8192 };

static void mount_kernel(const char *type, const char *path, unsigned long flags)
{
	/* EBUSY: the kernel has mounted its devtmpfs itself. */
	if (mount(type, path, type, MS_NOSUID | flags, NULL) < 0 && errno != EBUSY)
		stop_os("cannot mount '%s'", path);
}

static void open_console(void)
{
	int fd = open("/dev/console", O_RDWR | O_NOCTTY);

	if (fd < 0)
		return; /* a machine without one: messages go to the kernel's log */
	for (int i = 0; i < 3; i++)
		if (fd != i)
			dup2(fd, i);
	if (fd > 2)
		close(fd);
}

int main(void)
{
	static char text[COMMAND_LINE_MAX];
	char data[BLOCK_NUMBER_TEXT], hash[BLOCK_NUMBER_TEXT], device[MAPPER_PATH];
	struct command_line line;
	const char *why;

	if (getpid() != 1)
		return 2;
	umask(022);
	mount_kernel("devtmpfs", "/dev", 0);
	open_console();
	mount_kernel("proc", "/proc", MS_NODEV | MS_NOEXEC);
	mount_kernel("sysfs", "/sys", MS_NODEV | MS_NOEXEC);
	if (!text_file_read("/proc/cmdline", text, sizeof text))
		stop_os("cannot read '/proc/cmdline'");
	why = command_line_parse(&line, text);
	if (why)
		stop_with("cannot use the kernel's command line: %s", why);
	modules_load();
	if (line.observe) {
		observe_print();
		stop_power_off();
	}
	block_wait(data, line.verity.data, "root");
	block_wait(hash, line.verity.hash, "hash tree");
	mapper_verity(device, &line.verity, data, hash);
	root_mount(device);
	root_enter();
}
