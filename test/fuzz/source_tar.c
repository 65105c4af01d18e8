/* A tarball of sources: whatever it says, nothing but the folder that it is unpacked into has anything new. */
#define ASSAY_MAY_ASK_THE_MACHINE
#include "build/source_unpack.h"

#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include "../make_deb.h"
#include "fuzz.h"
#include "sys/file.h"

/* Few and small: each of many changes of them is unpacked. */
bool fuzz_sample(size_t i, struct buf *b)
{
	static const char *const suffixes[] = { "", ".gz" };
	static const struct tar_line lines[] = { { "top/a", '0', 0755, "text", NULL },
		{ "top/l", '2', 0777, NULL, "../.." } };
	CLEANUP(buf_done) struct buf tar = { 0 }, packed = { 0 };

	if (i == ARRAY_LEN(suffixes))
		return false;
	tar = make_tar(lines, ARRAY_LEN(lines));
	packed = make_compressed(buf_span(&tar), suffixes[i]);
	buf_add(b, packed.p, packed.n);
	return true;
}

/* A file that the writing of anything outside would most likely meet. */
static void look_around(int top)
{
	struct stat st;
	char **names;
	size_t n;
	struct err e = { 0 };

	MUST(file_names(top, ".", &names, &n, &e) && n == 1);
	file_names_free(names, n);
	MUST(fstatat(top, "in", &st, AT_SYMLINK_NOFOLLOW) == 0 && S_ISDIR(st.st_mode));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	char place[] = "/tmp/assay-fuzz-tar-XXXXXX";
	CLEANUP(file_closep) int top = -1, dir = -1, fd = -1;
	uint8_t sha256[SHA256_SIZE];
	struct err e = { 0 };

	MUST(mkdtemp(place) != NULL);
	top = open(place, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	MUST(mkdirat(top, "in", 0755) == 0);
	dir = openat(top, "in", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	fd = memfd_create("archive", MFD_CLOEXEC);
	MUST(fd >= 0 && file_pwrite(fd, data, size, 0, "archive", &e));
	fuzz_taken = source_unpack(NULL, dir, fd, size, 1700000000, sha256, &e) &&
		     source_unpack_settle(dir, 1700000000, &e);
	look_around(top);
	MUST(file_remove_tree(AT_FDCWD, place, &e));
	return 0;
}
