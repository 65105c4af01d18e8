#include "block.h"

#include <dirent.h>
#include <fcntl.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "guid.h"
#include "stop.h"
#include "text_file.h"

#define FOLDER "/sys/class/block"

enum {
	WAIT_S = 30,
	TRIES_PER_S = 50,
	UEVENT_MAX = 4096,
	PATH_SIZE = 320,
	NAME_SIZE = 64,
	NUMBER_SIZE = 11
};

/*
 * Where a partition table of ours has the GUID of partition n = 1, 2, ...: entries of 128 bytes from sector 2 on, the
 * GUID 16 bytes into the entry. (Linux 6.12 does not tell PARTUUID in sysfs.)
 */
enum { ENTRIES_AT = 2 * 512, ENTRY_SIZE = 128, GUID_AT = 16, PARTITIONS_MAX = 128 };

/* The value of a key in the uevent file of a block device; name may go up ("vda1/.."). */
static bool says(const char *name, const char *key, char *ret, size_t room)
{
	char path[PATH_SIZE], text[UEVENT_MAX];

	return snprintf(path, sizeof path, FOLDER "/%s/uevent", name) < (int)sizeof path &&
	       text_file_read(path, text, sizeof text) && text_file_value(text, key, ret, room);
}

/* 1 to PARTITIONS_MAX, or 0 when the text is no such number. */
static unsigned partition_number(const char *text)
{
	unsigned n = 0;

	if (!*text || text[0] == '0')
		return 0;
	for (; *text; text++) {
		if (*text < '0' || *text > '9')
			return 0;
		n = 10 * n + (unsigned)(*text - '0');
		if (n > PARTITIONS_MAX)
			return 0;
	}
	return n;
}

static bool read_guid(uint8_t ret[static GUID_SIZE], const char *disk, unsigned n)
{
	const off_t at = ENTRIES_AT + (off_t)(n - 1) * ENTRY_SIZE + GUID_AT;
	char path[PATH_SIZE];
	bool ok;
	int fd;

	if (snprintf(path, sizeof path, "/dev/%s", disk) >= (int)sizeof path)
		return false;
	fd = open(path, O_RDONLY | O_CLOEXEC);
	if (fd < 0)
		return false;
	ok = pread(fd, ret, GUID_SIZE, at) == GUID_SIZE;
	close(fd);
	return ok;
}

/* Is the block device the partition with this UUID? */
static bool matches(const char *name, const char *uuid, char ret[static BLOCK_NUMBER_TEXT])
{
	char above[PATH_SIZE], disk[NAME_SIZE], number[NUMBER_SIZE], major[NUMBER_SIZE],
		minor[NUMBER_SIZE];
	char text[GUID_TEXT + 1];
	uint8_t guid[GUID_SIZE];

	if (!says(name, "PARTN", number, sizeof number) || !partition_number(number))
		return false;
	snprintf(above, sizeof above, "%s/..", name);
	if (!says(above, "DEVNAME", disk, sizeof disk) ||
		!read_guid(guid, disk, partition_number(number)))
		return false;
	guid_text(text, guid);
	if (strcmp(text, uuid) != 0 || !says(name, "MAJOR", major, sizeof major) ||
		!says(name, "MINOR", minor, sizeof minor))
		return false;
	snprintf(ret, BLOCK_NUMBER_TEXT, "%s:%s", major, minor);
	return true;
}

/* The first in the order of names, so that a copy on another disk does not make the choice a race. */
static bool find(const char *uuid, char ret[static BLOCK_NUMBER_TEXT])
{
	struct dirent **names;
	bool found = false;
	int n = scandir(FOLDER, &names, NULL, alphasort);

	if (n < 0)
		return false;
	for (int i = 0; i < n && !found; i++)
		found = names[i]->d_name[0] != '.' && matches(names[i]->d_name, uuid, ret);
	for (int i = 0; i < n; i++)
		free(names[i]);
	free(names);
	return found;
}

void block_wait(char ret[static BLOCK_NUMBER_TEXT], const char *uuid, const char *what)
{
	const struct timespec pause = { .tv_nsec = 1000000000 / TRIES_PER_S };

	for (int i = 0; i < WAIT_S * TRIES_PER_S; i++) {
		if (find(uuid, ret))
			return;
		nanosleep(&pause, NULL);
	}
	stop_with("cannot find the %s partition: no disk has one with UUID %s", what, uuid);
}
