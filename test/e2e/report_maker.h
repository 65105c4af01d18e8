/*
 * What the report-maker programs share: an authority for a kind of hardware, made anew at each start, that signs what it
 * is given. `report-maker-KIND FOLDER` lays what belongs to the authority into FOLDER, then reads 64 bytes at a time from
 * standard input and answers each with a size, u32 little-endian, and the evidence over them.
 */
#ifndef ASSAY_TEST_REPORT_MAKER_H
#define ASSAY_TEST_REPORT_MAKER_H

#include <stdint.h>

#include "base/buf.h"
#include "test.h"

enum { REPORT_MAKER_DATA = 64 };

static void report_maker_file(const char *folder, const char *name, struct span bytes)
{
	char path[4096];
	FILE *f;

	snprintf(path, sizeof path, "%s/%s", folder, name);
	f = fopen(path, "wb");
	CHECK(f && fwrite(bytes.p, 1, bytes.n, f) == bytes.n);
	if (f)
		CHECK(fclose(f) == 0);
}

static int report_maker_serve(struct buf (*make)(const uint8_t data[static REPORT_MAKER_DATA]))
{
	uint8_t data[REPORT_MAKER_DATA], size[4];

	while (!test_failed && fread(data, 1, sizeof data, stdin) == sizeof data) {
		CLEANUP(buf_done) struct buf b = make(data);

		put_u32le(size, (uint32_t)b.n);
		CHECK(fwrite(size, 1, sizeof size, stdout) == sizeof size);
		CHECK(fwrite(b.p, 1, b.n, stdout) == b.n && fflush(stdout) == 0);
	}
	return test_failed ? 1 : 0;
}

#endif
