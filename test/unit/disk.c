#include "image/disk.h"

#include <fcntl.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/mem.h"
#include "sys/file.h"
#include "test.h"

enum { ROOT = 64 << 10, VERITY = 8192, ESP = 4 << 20 };

static void plans(void)
{
	struct err e = { 0 };
	struct disk d, early;

	CHECK_OK(disk_plan(&d, ROOT, VERITY, ESP, &e), e);
	CHECK_OK(disk_plan(&early, ROOT, VERITY, 0, &e), e);
	for (unsigned i = DISK_ROOT; i <= DISK_VERITY; i++)
		CHECK(d.parts[i].at == early.parts[i].at);
	CHECK(d.parts[DISK_ROOT].at == 1 << 20 && d.parts[DISK_VERITY].at == 2 << 20);
	CHECK(d.parts[DISK_ESP].at == 3 << 20 && d.size == 8 << 20);
	CHECK_ERR(disk_plan(&d, 513, VERITY, ESP, &e), e, ERR_FORMAT);
	CHECK_ERR(disk_plan(&d, ROOT, VERITY, UINT64_MAX & ~UINT64_C(511), &e), e, ERR_LIMIT);
}

/* The file as the parts say, written in pieces of `piece` bytes, with its digest. */
static void writes(size_t piece, bool sparse)
{
	const char name[] = "disk-test";
	CLEANUP(file_closep) int fd = memfd_create(name, MFD_CLOEXEC);
	uint8_t root_hash[SHA256_SIZE] = { 1, 2, 3 }, sha256[SHA256_SIZE], want[SHA256_SIZE];
	uint8_t *root = mem_alloc(ROOT), zero[VERITY] = { 0 };
	CLEANUP(buf_done) struct buf all = { 0 };
	struct disk_sink s;
	struct err e = { 0 };
	struct stat st;
	struct disk d;

	for (size_t i = 0; i < ROOT; i++)
		root[i] = sparse && i / 4096 % 2 ? 0 : (uint8_t)(i | 1);
	CHECK_OK(disk_plan(&d, ROOT, VERITY, ESP, &e) && disk_begin(fd, name, &e), e);
	disk_sink_init(&s, &d, DISK_ROOT, fd, name);
	for (size_t at = 0; at < ROOT; at += piece)
		CHECK_OK(sink_write(&s.sink, root + at, ROOT - at < piece ? ROOT - at : piece, &e),
			e);
	CHECK_ERR(sink_write(&s.sink, "x", 1, &e), e, ERR_FORMAT);
	disk_sink_init(&s, &d, DISK_VERITY, fd, name);
	CHECK_OK(sink_write(&s.sink, zero, sizeof zero, &e), e);
	disk_identify(&d, root_hash, root_hash);
	CHECK_OK(disk_finish(&d, fd, name, &e) && disk_digest(&d, fd, name, sha256, &e), e);
	CHECK(fstat(fd, &st) == 0 && (uint64_t)st.st_size == d.size);
	CHECK(st.st_blocks * 512 < (sparse ? ROOT / 2 : ROOT) + 50000);
	CHECK_OK(file_read_fd(fd, name, 64 << 20, &all, &e), e);
	sha256_of(want, buf_span(&all));
	CHECK(memcmp(sha256, want, sizeof want) == 0);
	CHECK(memcmp(all.p + d.parts[DISK_ROOT].at, root, ROOT) == 0);
	CHECK(memcmp(all.p + 512, "EFI PART", 8) == 0);
	CHECK(memcmp(all.p + all.n - 512, "EFI PART", 8) == 0);
	mem_free(&root);
}

static void incomplete(void)
{
	CLEANUP(file_closep) int fd = memfd_create("disk-test", MFD_CLOEXEC);
	uint8_t sha256[SHA256_SIZE] = { 0 };
	struct err e = { 0 };
	struct disk d;

	CHECK_OK(disk_plan(&d, ROOT, VERITY, 0, &e), e);
	disk_identify(&d, sha256, sha256);
	CHECK_ERR(disk_finish(&d, fd, "disk-test", &e), e, ERR_FORMAT);
	CHECK_OK(disk_plan(&d, ROOT, VERITY, ESP, &e), e);
	CHECK_ERR(disk_finish(&d, -1, "disk-test", &e), e, ERR_IO);
	CHECK_ERR(disk_begin(-1, "disk-test", &e), e, ERR_IO);
}

int main(void)
{
	plans();
	writes(ROOT, false);
	writes(ROOT, true);
	writes(1000, true);
	writes(4097, true);
	writes(1, true);
	incomplete();
	return test_end();
}
