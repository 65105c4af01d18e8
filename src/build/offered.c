#define ASSAY_MAY_ASK_THE_MACHINE
#include "build/offered.h"

#include <unistd.h>

#include "sys/file.h"
#include "base/banned.h"

bool offered_file(const struct store *s, const uint8_t sha256[static SHA256_SIZE], const char *path,
	struct err *e)
{
	CLEANUP(file_closep) int from = -1, to = -1;
	char place[STORE_PLACE_MAX];
	uint64_t size;
	off64_t at = 0;

	store_object_place(place, sha256);
	if (linkat(store_fd(s), place, AT_FDCWD, path, 0) == 0)
		return true;
	from = store_open_object(s, sha256, &size, e);
	if (from < 0)
		return false;
	to = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0644);
	while (to >= 0 && (uint64_t)at < size)
		if (copy_file_range(from, &at, to, NULL, (size_t)(size - (uint64_t)at), 0) <= 0)
			break;
	if (to < 0 || (uint64_t)at < size)
		return err_os(e, "cannot make '%s'", path);
	return true;
}
