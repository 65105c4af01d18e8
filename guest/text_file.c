#include "text_file.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <unistd.h>

static ssize_t read_all(int fd, char *ret, size_t room)
{
	size_t n = 0;

	while (n < room) {
		ssize_t got = read(fd, ret + n, room - n);

		if (got < 0 && errno == EINTR)
			continue;
		if (got < 0)
			return -1;
		if (got == 0)
			break;
		n += (size_t)got;
	}
	return (ssize_t)n;
}

bool text_file_read(const char *path, char *ret, size_t room)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC), os;
	ssize_t n;

	if (fd < 0)
		return false;
	n = read_all(fd, ret, room);
	os = errno;
	close(fd);
	errno = os;
	if (n < 0)
		return false;
	if ((size_t)n == room || memchr(ret, 0, (size_t)n)) {
		errno = ENAMETOOLONG;
		return false;
	}
	ret[n] = 0;
	return true;
}

bool text_file_value(const char *text, const char *key, char *ret, size_t room)
{
	size_t n = strlen(key);

	for (const char *line = text; *line;) {
		size_t length = strcspn(line, "\n");

		if (length > n && line[n] == '=' && !memcmp(line, key, n)) {
			size_t value = length - n - 1;

			if (value >= room)
				return false;
			memcpy(ret, line + n + 1, value);
			ret[value] = 0;
			return true;
		}
		line += length + (line[length] == '\n');
	}
	return false;
}
