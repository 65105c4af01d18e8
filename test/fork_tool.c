/*
 * A step that makes processes: fork-tool N MARK makes N of them one after the other, each of which makes two more, writes
 * a file into the work folder and one into /out, and sleeps a moment. Static, so that it is all of its toolchain.
 */
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

enum { AT_ONCE = 8 }; /* a box that stays must not take the machine with it */

static void work(const char *folder, long i)
{
	struct timespec moment = { 0, 2000000 };
	char path[64];
	int fd;

	snprintf(path, sizeof path, "%s/%ld", folder, i);
	fd = open(path, O_WRONLY | O_CREAT | O_TRUNC, 0644);
	if (fd >= 0 && write(fd, path, sizeof path) < 0)
		_exit(1);
	nanosleep(&moment, NULL);
	_exit(0);
}

int main(int argc, char **argv)
{
	long n = argc == 3 ? strtol(argv[1], NULL, 10) : 0;

	for (long i = 0; i < n; i++)
		if (fork() == 0) {
			if (fork() == 0)
				work("/build", i);
			if (fork() == 0)
				work("/out", i);
			while (wait(NULL) > 0)
				;
			_exit(0);
		} else if (i >= AT_ONCE) {
			wait(NULL);
		}
	while (wait(NULL) > 0)
		;
	return 0;
}
