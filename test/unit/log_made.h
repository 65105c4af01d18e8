/*
 * Logs for tests, below one folder, `top`, which main makes with log_made_begin.
 */
#ifndef ASSAY_TEST_LOG_MADE_H
#define ASSAY_TEST_LOG_MADE_H

#include <fcntl.h>
#include <stdio.h>
#include <unistd.h>

#include "keys_made.h"
#include "log/log_append.h"
#include "sys/file.h"
#include "trust/tlog_tile.h"

static char top[64];
static struct private_key *log_key;

static void log_made_begin(const char *name)
{
	/* Where syncs cost nothing, if there is such a place. */
	snprintf(top, sizeof top, "%s/test-%s-XXXXXX",
		access("/dev/shm", W_OK) == 0 ? "/dev/shm" : "/tmp", name);
	CHECK(mkdtemp(top) != NULL);
	log_key = keys_made("ED25519", NULL);
}

static int log_made_end(void)
{
	struct err e = { 0 };

	private_key_free(log_key);
	CHECK_OK(file_remove_tree(AT_FDCWD, top, &e), e);
	return test_end();
}

/* "TOP/NAME"; of eight calls. */
static const char *in_top(const char *name)
{
	static char paths[8][256];
	static unsigned n;
	char *p = paths[n++ % 8];

	snprintf(p, sizeof paths[0], "%s/%s", top, name);
	return p;
}

static struct log_folder *open_log(const char *name)
{
	struct log_folder *l = NULL;
	struct err e = { 0 };

	CHECK_OK(log_folder_open(&l, in_top(name), &e), e);
	return l;
}

static struct log_folder *make_log(const char *name)
{
	struct err e = { 0 };

	CHECK_OK(log_folder_make(in_top(name), STR("example.org/log"), log_key, NULL, &e), e);
	return open_log(name);
}

/* Entry number i of every log here: 0 to 40 bytes that follow from i. */
enum { MADE_ENTRY_MAX = 41 };
static struct span made_entry(uint8_t room[static MADE_ENTRY_MAX], uint64_t i)
{
	size_t n = i * 7 % MADE_ENTRY_MAX;

	for (size_t k = 0; k < n; k++)
		room[k] = (uint8_t)(i * 31 + k * k + (i >> 8));
	return span_make(room, n);
}

/* Entries number from to `to`, all in one go. */
__attribute__((unused)) static bool append(
	struct log_folder *l, uint64_t from, uint64_t to, struct err *e)
{
	CLEANUP(log_append_freep) struct log_append *a = NULL;
	uint8_t room[MADE_ENTRY_MAX];
	uint64_t at;

	if (!log_append_begin(&a, l, log_key, e))
		return false;
	for (uint64_t i = from; i < to; i++) {
		if (!log_append_entry(a, made_entry(room, i), &at, e))
			return false;
		CHECK(at == i);
	}
	return log_append_end(a, e);
}

/* The tree's root by its definition. */
__attribute__((unused)) static struct merkle_hash made_root(uint64_t from, uint64_t to)
{
	uint8_t room[MADE_ENTRY_MAX];
	struct merkle_hash left, right;
	uint64_t k = 1;

	if (from == to)
		return merkle_empty();
	if (to - from == 1)
		return merkle_leaf(made_entry(room, from));
	while (k * 2 < to - from)
		k *= 2;
	left = made_root(from, from + k);
	right = made_root(from + k, to);
	return merkle_node(&left, &right);
}

#endif
