/*
 * What the guest's PID 1 starts in test/e2e/guest-init.sh: prints what it finds, one fact a line, and powers off.
 */
#include <dirent.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/reboot.h>
#include <sys/stat.h>
#include <termios.h>
#include <unistd.h>

extern char **environ;

static void mounts(void)
{
	char device[256], path[256], type[64], options[512], line[2048];
	FILE *f = fopen("/proc/self/mounts", "r");

	while (f && fgets(line, sizeof line, f)) {
		char *field[4], *at = line;

		for (int i = 0; i < 4; i++)
			field[i] = strsep(&at, " ");
		snprintf(device, sizeof device, "%s", field[0]);
		snprintf(path, sizeof path, "%s", field[1]);
		snprintf(type, sizeof type, "%s", field[2]);
		snprintf(options, sizeof options, "%s", field[3]);
		printf("root-init: mount %s %s %s %s\n", path, type, device, options);
	}
}

static void folder(const char *path)
{
	struct dirent **names;
	int n = scandir(path, &names, NULL, alphasort);

	printf("root-init: folder %s", path);
	for (int i = 2; i < n; i++)
		printf(" %s", names[i]->d_name);
	printf("\n");
}

int main(int argc, char **argv)
{
	unsigned n_env = 0, n_fds = 0;

	for (char **v = environ; *v; v++)
		n_env++;
	for (int fd = 3; fd < 1024; fd++)
		n_fds += fcntl(fd, F_GETFD) >= 0;
	printf("\nroot-init: pid %d, %s, %d arguments, %u variables, %u descriptors\n", getpid(),
		argv[0], argc - 1, n_env, n_fds);
	mounts();
	folder("/");
	folder("/run");
	folder("/tmp");
	printf("root-init: %s\n", creat("/run/x", 0600) >= 0 && creat("/tmp/x", 0600) >= 0
					  ? "run and tmp take files"
					  : "run or tmp is read only");
	printf("root-init: %s\n",
		creat("/etc/x", 0600) < 0 ? "etc is read only" : "etc takes files");
	fflush(stdout);
	tcdrain(1);
	reboot(RB_POWER_OFF);
	return 1;
}
