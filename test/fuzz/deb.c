#define ASSAY_MAY_ASK_THE_MACHINE
#include "deb/unpack.h"

#include <sys/mman.h>
#include <unistd.h>

#include "../make_deb.h"
#include "fuzz.h"
#include "sys/file.h"

/* A package with a file, a link, a hard link and an extended attribute, in each compression. */
bool fuzz_sample(size_t i, struct buf *b)
{
	static const char *const suffixes[] = { "", ".gz", ".xz", ".zst" };
	static const struct tar_line control[] = { { "./control", '0', 0644, "Package: t\n",
		NULL } };
	static const struct tar_line lines[] = { { "./a", '0', 0644, "some text", NULL },
		{ "./l", '2', 0777, NULL, "a" }, { "./h", '1', 0644, NULL, "./a" } };
	CLEANUP(buf_done) struct buf c = make_tar(control, 1), d = buf_init(MAKE_DEB_MAX);
	CLEANUP(buf_done) struct buf c_packed = { 0 }, d_packed = { 0 };
	char name[32];

	if (i == ARRAY_LEN(suffixes))
		return false;
	make_tar_pax(&d, "SCHILY.xattr.user.x", "1");
	for (size_t k = 0; k < ARRAY_LEN(lines); k++)
		make_tar_line(&d, &lines[k]);
	buf_fill(&d, 0, 1024);
	c_packed = make_compressed(buf_span(&c), suffixes[i]);
	d_packed = make_compressed(buf_span(&d), suffixes[i]);
	make_ar_member(b, "debian-binary", span_make("2.0\n", 4));
	snprintf(name, sizeof name, "control.tar%s", suffixes[i]);
	make_ar_member(b, name, buf_span(&c_packed));
	snprintf(name, sizeof name, "data.tar%s", suffixes[i]);
	make_ar_member(b, name, buf_span(&d_packed));
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
