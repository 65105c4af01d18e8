#include <stdio.h>
#include <stdlib.h>

#include "base/hex.h"
#include "store/store_inside.h"
#include "sys/file.h"
#include "base/banned.h"

enum { PLACE_MAX = sizeof "results/.json" + 2 * SHA256_SIZE };

static void place_of(char place[static PLACE_MAX], const char *folder, const uint8_t *key)
{
	char hex[2 * SHA256_SIZE + 1];

	hex_write(hex, key, SHA256_SIZE);
	snprintf(place, PLACE_MAX, "%s/%s.json", folder, hex);
}

bool store_result_get(const struct store *s, const uint8_t key[static SHA256_SIZE], struct buf *out,
	struct err *e)
{
	char place[PLACE_MAX];

	place_of(place, "results", key);
	return file_read(s->fd, place, STORE_RESULT_MAX, out, e) ||
	       err_wrap(e, "no result in the store '%s'", s->path);
}

static bool same_as(const struct store *s, const uint8_t *key, struct span record, struct err *e)
{
	CLEANUP(buf_done) struct buf first = { 0 };
	char place[PLACE_MAX];

	if (!store_result_get(s, key, &first, e))
		return false;
	if (span_equal(buf_span(&first), record))
		return true;
	place_of(place, "results", key);
	err_set(e, ERR_MISMATCH, "the same derivation gave another result before: '%s/%s'", s->path,
		place);
	return err_hint(e, "compare the two results; if the first was wrong, remove that file");
}

bool store_result_put(
	struct store *s, const uint8_t key[static SHA256_SIZE], struct span record, struct err *e)
{
	char name[STORE_NAME_MAX], place[PLACE_MAX];
	CLEANUP(file_closep) int fd = -1;
	bool there, ok;

	if (record.n > STORE_RESULT_MAX)
		return err_set(e, ERR_LIMIT, "a result record of %zu bytes, limit %d", record.n,
			STORE_RESULT_MAX);
	if (!store_temp_new(s, name, &fd, e))
		return false;
	place_of(place, "results", key);
	ok = file_pwrite(fd, record.p, record.n, 0, place, e) &&
	     store_temp_place_new(s, name, fd, place, &there, e);
	store_temp_drop(s, name);
	return ok && (!there || same_as(s, key, record, e));
}

bool store_note_get(const struct store *s, const uint8_t key[static SHA256_SIZE], struct buf *out,
	struct err *e)
{
	char place[PLACE_MAX];

	place_of(place, "notes", key);
	return file_read(s->fd, place, STORE_RESULT_MAX, out, e);
}

bool store_note_put(
	struct store *s, const uint8_t key[static SHA256_SIZE], struct span note, struct err *e)
{
	char place[PLACE_MAX];

	place_of(place, "notes", key);
	return file_replace(s->fd, place, note, 0444, e) ||
	       err_wrap(e, "cannot write in the store '%s'", s->path);
}
