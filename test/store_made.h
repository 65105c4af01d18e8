/*
 * Stores of their own for the tests of store/: each below one folder, `top`, which main makes.
 */
#ifndef ASSAY_TEST_STORE_MADE_H
#define ASSAY_TEST_STORE_MADE_H

#include <stdio.h>

#include "base/hex.h"
#include "store/store.h"
#include "sys/file.h"
#include "test.h"

static char top[64];

static const char *in_top(const char *name)
{
	static char path[256];

	snprintf(path, sizeof path, "%s/%s", top, name);
	return path;
}

static struct store *open_store(const char *name)
{
	struct store *s = NULL;
	struct err e = { 0 };

	CHECK_OK(store_open(&s, in_top(name), &e), e);
	return s;
}

/* Names in folder `path` of the store. */
static size_t count(const struct store *s, const char *path)
{
	struct err e = { 0 };
	char **names;
	size_t n = 0;

	CHECK_OK(file_names(store_fd(s), path, &names, &n, &e), e);
	file_names_free(names, n);
	return n;
}

__attribute__((unused)) static size_t count_own(const struct store *s)
{
	struct err e = { 0 };
	char **names, path[300];
	size_t n = 0, own = 0;

	CHECK_OK(file_names(store_fd(s), "tmp", &names, &n, &e), e);
	for (size_t i = 0; i < n; i++) {
		snprintf(path, sizeof path, "tmp/%s", names[i]);
		own += count(s, path);
	}
	file_names_free(names, n);
	return own;
}

__attribute__((unused)) static void object_path(const uint8_t *sha256, char out[static 128])
{
	char hex[2 * SHA256_SIZE + 1];

	hex_write(hex, sha256, SHA256_SIZE);
	snprintf(out, 128, "objects/%.2s/%s", hex, hex + 2);
}

#endif
