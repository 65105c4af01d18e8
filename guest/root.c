#include "root.h"

#include <dirent.h>
#include <fcntl.h>
#include <linux/magic.h>
#include <stdbool.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <sys/vfs.h>
#include <unistd.h>

#include "stop.h"

#define ROOT "/sysroot"
#define INIT "/sbin/init"

enum { DEPTH_MAX = 64 };

static void mount_tmpfs(const char *path, const char *options)
{
	if (mount("tmpfs", path, "tmpfs", MS_NOSUID | MS_NODEV, options) < 0)
		stop_os("cannot mount a tmpfs on '%s'", path);
}

void root_mount(const char *device)
{
	struct statfs fs;

	if (mount(device, ROOT, "erofs", MS_RDONLY | MS_NODEV, NULL) < 0)
		stop_os("cannot mount the root '%s' as erofs", device);
	if (statfs(ROOT, &fs) < 0 || fs.f_type != (__typeof__(fs.f_type))EROFS_SUPER_MAGIC_V1)
		stop_with("cannot use the root: it is not erofs");
	mount_tmpfs(ROOT "/run", "mode=755");
	mount_tmpfs(ROOT "/tmp", "mode=1777");
}

static void move(const char *from, const char *to)
{
	if (mount(from, to, NULL, MS_MOVE, NULL) < 0)
		stop_os("cannot move '%s' into the root", from);
}

static void remove_below(int dir, dev_t device, unsigned depth);

/* Never across a mount. What cannot be removed only takes memory. */
static void remove_entry(int dir, const char *name, dev_t device, unsigned depth)
{
	struct stat st;
	int fd;

	if (fstatat(dir, name, &st, AT_SYMLINK_NOFOLLOW) < 0 || st.st_dev != device)
		return;
	if (!S_ISDIR(st.st_mode)) {
		unlinkat(dir, name, 0);
		return;
	}
	fd = openat(dir, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
	if (fd >= 0 && depth < DEPTH_MAX)
		remove_below(fd, device, depth + 1);
	unlinkat(dir, name, AT_REMOVEDIR);
}

/* Takes fd. */
static void remove_below(int fd, dev_t device, unsigned depth)
{
	DIR *d = fdopendir(fd);

	for (struct dirent *entry; d && (entry = readdir(d));)
		if (strcmp(entry->d_name, ".") != 0 && strcmp(entry->d_name, "..") != 0)
			remove_entry(fd, entry->d_name, device, depth);
	if (d)
		closedir(d);
}

static bool is_memory(int fd)
{
	struct statfs fs;

	return fstatfs(fd, &fs) == 0 && (fs.f_type == RAMFS_MAGIC || fs.f_type == TMPFS_MAGIC);
}

noreturn void root_enter(void)
{
	char *const argv[] = { (char[]){ INIT }, NULL };
	char *const envp[] = { NULL };
	int old = open("/", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	struct stat st;

	if (old < 0 || fstat(old, &st) < 0 || !is_memory(old))
		stop_with("cannot leave the initrd: this is not an initrd");
	move("/dev", ROOT "/dev");
	move("/proc", ROOT "/proc");
	move("/sys", ROOT "/sys");
	if (chdir(ROOT) < 0 || mount(".", "/", NULL, MS_MOVE, NULL) < 0 || chroot(".") < 0 ||
		chdir("/") < 0)
		stop_os("cannot enter the root");
	remove_below(old, st.st_dev, 0);
	execve(INIT, argv, envp);
	stop_os("cannot start '" INIT "'");
}
