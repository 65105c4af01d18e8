/*
 * Values from elsewhere, in files that are no part of this repository: looked for in ASSAY_VECTORS, else in
 * ../shared/vectors of the repository. A test without them prints vectors_skip() and returns.
 */
#ifndef ASSAY_TEST_VECTORS_H
#define ASSAY_TEST_VECTORS_H

#include <unistd.h>

#include "sys/file.h"
#include "test.h"

enum { VECTORS_FILE_MAX = 16 << 20, VECTORS_PATH = 4096 };

static char vectors_folder[VECTORS_PATH - 1000];

/* The folder PART of the vectors. */
__attribute__((unused)) static bool vectors_find(const char *part)
{
	static const char *const places[] = { "../shared/vectors", "../../shared/vectors" };
	const char *given = getenv("ASSAY_VECTORS");

	for (size_t i = 0; i < ARRAY_LEN(places); i++) {
		snprintf(vectors_folder, sizeof vectors_folder, "%s/%s", given ? given : places[i],
			part);
		if (access(vectors_folder, R_OK) == 0)
			return true;
	}
	return false;
}

__attribute__((unused)) static int vectors_skip(void)
{
	puts("SKIP vectors: nothing at ../shared/vectors or ASSAY_VECTORS");
	puts("0 passed, 0 failed, 1 skipped");
	return 0;
}

/* A file of the folder; the caller releases it. */
__attribute__((unused)) static struct buf vectors_load(const char *name)
{
	char path[VECTORS_PATH];
	struct buf b = { 0 };
	struct err e = { 0 };

	snprintf(path, sizeof path, "%s/%s", vectors_folder, name);
	CHECK_OK(file_read(AT_FDCWD, path, VECTORS_FILE_MAX, &b, &e), e);
	return b;
}

#endif
