#define ASSAY_MAY_ASK_THE_MACHINE
#include "deb/unpack.h"

#include <sys/mman.h>
#include <unistd.h>

#include "sys/file.h"
#include "fuzz.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static const uint8_t nobody[SHA256_SIZE];
	CLEANUP(file_closep) int in = memfd_create("in", MFD_CLOEXEC);
	CLEANUP(file_closep) int out = memfd_create("out", MFD_CLOEXEC);
	struct err e = { 0 };

	MUST(in >= 0 && out >= 0 && file_pwrite(in, data, size, 0, "in", &e));
	/* Nothing has that digest: all is read, and refused in the end. */
	MUST(!unpack_deb(in, size, nobody, out, &e));
	return 0;
}
