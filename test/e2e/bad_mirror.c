/*
 * bad-mirror FOLDER: serves what is in FOLDER over HTTP on a free port of the loopback, as badly as the first component of
 * a path says (see test/hostile_server.h): /wrong/debian/x is FOLDER/debian/x with another byte. Prints the port, serves
 * until it is killed.
 */
#include <fcntl.h>

#include "base/buf.h"
#include "hostile_server.h"
#include "sys/file.h"

enum { FILE_MAX = 16 << 20 };

static int folder;

static uint8_t *bytes_of(const char *path, size_t *n)
{
	const char *below = strchr(path + 1, '/');
	struct buf b = { 0 };
	struct err e = { 0 };

	if (!below || !file_read(folder, below + 1, FILE_MAX, &b, &e))
		return NULL;
	*n = b.n;
	buf_u8(&b, '\n'); /* for "long", which sends a byte more */
	return b.p;
}

int main(int argc, char **argv)
{
	struct hostile s;

	folder = argc == 2 ? open(argv[1], O_RDONLY | O_DIRECTORY) : -1;
	if (folder < 0 || !hostile_start(&s))
		return 2;
	s.bytes = bytes_of;
	printf("%d\n", s.port);
	fflush(stdout);
	for (;;)
		pause();
}
