#define ASSAY_MAY_ASK_THE_MACHINE
#include "deb/unpack.h"

#include <sys/mman.h>
#include <unistd.h>

#include "../make_deb.h"
#include "fuzz.h"
#include "sys/file.h"

/* Packages of all kinds of members in each compression. */
bool fuzz_sample(size_t i, struct buf *b)
{
	static const char *const suffixes[] = { "", ".gz", ".xz", ".zst" };
	static const struct tar_line lines[] = {
		{ "./", '5', 0755, NULL, NULL },
		{ "./usr/", '5', 0755, NULL, NULL },
		{ "./usr/a", '0', 0644, "some text", NULL },
		{ "./usr/l", '2', 0777, NULL, "a" },
		{ "./usr/h", '1', 0644, NULL, "./usr/a" },
		{ "./usr/n", '3', 0600, NULL, NULL },
	};
	CLEANUP(buf_done) struct buf tar = buf_init(MAKE_DEB_MAX), deb = { 0 };

	if (i == ARRAY_LEN(suffixes))
		return false;
	for (size_t k = 0; k < ARRAY_LEN(lines); k++)
		make_tar_line(&tar, &lines[k]);
	make_tar_pax(&tar, "SCHILY.xattr.user.x", "1");
	make_tar_line(&tar, &(struct tar_line){ "./usr/x", '0', 0755, "", NULL });
	buf_fill(&tar, 0, 1024);
	deb = make_deb_of_tar(buf_span(&tar), suffixes[i]);
	buf_add(b, deb.p, deb.n);
	return true;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static const uint8_t nobody[SHA256_SIZE];
	CLEANUP(file_closep) int in = memfd_create("in", MFD_CLOEXEC);
	CLEANUP(file_closep) int out = memfd_create("out", MFD_CLOEXEC);
	struct err e = { 0 };

	MUST(in >= 0 && out >= 0 && file_pwrite(in, data, size, 0, "in", &e));
	/* Nothing has that digest: all is read, and refused in the end. */
	MUST(!unpack_deb(in, size, nobody, out, &e));
	fuzz_taken = e.kind == ERR_MISMATCH;
	return 0;
}
