#include "modules.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "stop.h"
#include "text_file.h"

#define LIST "/etc/modules-load"

enum { LIST_MAX = 65536 };

static void load(const char *path)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW);

	if (fd < 0)
		stop_os("cannot open module '%s'", path);
	/* EEXIST: it is built into the kernel, or the kernel asked for it meanwhile. */
	if (syscall(SYS_finit_module, fd, "", 0) < 0 && errno != EEXIST)
		stop_os("cannot load module '%s'", path);
	close(fd);
}

void modules_load(void)
{
	static char list[LIST_MAX];
	char *line = list;

	if (!text_file_read(LIST, list, sizeof list))
		stop_os("cannot read '" LIST "'");
	while (*line) {
		char *end = strchr(line, '\n');

		if (!end || line[0] != '/')
			stop_with("cannot load modules: '" LIST "' is malformed");
		*end = 0;
		load(line);
		line = end + 1;
	}
}
