#include <stdio.h>
#include <stdlib.h>

#include "base/hex.h"
#include "store/store_inside.h"
#include "store/store_list.h"
#include "sys/file.h"
#include "base/banned.h"

enum {
	PLACE_MAX = sizeof "results/.json" + 2 * SHA256_SIZE,
	SEAL_SIZE = sizeof "sha256 \n" - 1 + 2 * SHA256_SIZE,
};

static void place_of(char place[static PLACE_MAX], const char *folder, const uint8_t *key)
{
	char hex[2 * SHA256_SIZE + 1];

	hex_write(hex, key, SHA256_SIZE);
	snprintf(place, PLACE_MAX, "%s/%s.json", folder, hex);
}

/* The line behind a record. */
static void seal(char line[static SEAL_SIZE + 1], struct span record)
{
	uint8_t sha256[SHA256_SIZE];
	char hex[2 * SHA256_SIZE + 1];

	sha256_of(sha256, record);
	hex_write(hex, sha256, SHA256_SIZE);
	snprintf(line, SEAL_SIZE + 1, "sha256 %s\n", hex);
}

bool store_result_unseal(struct buf *file)
{
	struct str text = buf_str(file);
	char line[SEAL_SIZE + 1];

	/* Written before there were seals: a document of ours ends like this, a seal does not. */
	if (str_ends(text, "}\n"))
		return true;
	if (file->n < SEAL_SIZE)
		return false;
	seal(line, span_make(file->p, file->n - SEAL_SIZE));
	if (memcmp(file->p + file->n - SEAL_SIZE, line, SEAL_SIZE) != 0)
		return false;
	file->n -= SEAL_SIZE;
	return true;
}

bool store_result_get(const struct store *s, const uint8_t key[static SHA256_SIZE], struct buf *out,
	struct err *e)
{
	CLEANUP(buf_done) struct buf file = { 0 };
	char place[PLACE_MAX];

	place_of(place, "results", key);
	if (!file_read(s->fd, place, STORE_RESULT_MAX + SEAL_SIZE, &file, e))
		return err_wrap(e, "no result in the store '%s'", s->path);
	if (!store_result_unseal(&file)) {
		err_set(e, ERR_MISMATCH, "'%s/%s' is damaged", s->path, place);
		return err_hint(e, "assay store verify --repair removes it");
	}
	store_mark_used(s, place);
	*out = file;
	file = (struct buf){ 0 };
	return true;
}

/* What stands there is the same, or *damaged and nothing to compare with. */
static bool same_as(
	const struct store *s, const uint8_t *key, struct span record, bool *damaged, struct err *e)
{
	CLEANUP(buf_done) struct buf first = { 0 };
	struct err why = { 0 };
	char place[PLACE_MAX];

	if (!store_result_get(s, key, &first, &why)) {
		*damaged = why.kind == ERR_MISMATCH;
		if (!*damaged)
			*e = why;
		return *damaged;
	}
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
	char name[STORE_NAME_MAX], place[PLACE_MAX], line[SEAL_SIZE + 1];
	CLEANUP(file_closep) int fd = -1;
	bool there, damaged = false, ok;

	if (record.n > STORE_RESULT_MAX)
		return err_set(e, ERR_LIMIT, "a result record of %zu bytes, limit %d", record.n,
			STORE_RESULT_MAX);
	if (!store_temp_new(s, name, &fd, e))
		return false;
	place_of(place, "results", key);
	seal(line, record);
	ok = file_pwrite(fd, record.p, record.n, 0, place, e) &&
	     file_pwrite(fd, line, SEAL_SIZE, record.n, place, e) &&
	     store_temp_place_new(s, name, fd, place, &there, e);
	ok = ok && (!there || same_as(s, key, record, &damaged, e));
	if (ok && damaged)
		ok = store_temp_place(s, name, fd, place, e);
	store_temp_drop(s, name);
	return ok;
}

bool store_note_get(const struct store *s, const uint8_t key[static SHA256_SIZE], struct buf *out,
	struct err *e)
{
	CLEANUP(buf_done) struct buf file = { 0 };
	char place[PLACE_MAX];

	place_of(place, "notes", key);
	if (!file_read(s->fd, place, STORE_RESULT_MAX + SEAL_SIZE, &file, e))
		return false;
	if (!store_result_unseal(&file))
		return err_set(e, ERR_MISMATCH, "'%s/%s' is damaged", s->path, place);
	store_mark_used(s, place);
	*out = file;
	file = (struct buf){ 0 };
	return true;
}

bool store_note_put(
	struct store *s, const uint8_t key[static SHA256_SIZE], struct span note, struct err *e)
{
	CLEANUP(buf_done) struct buf sealed = buf_init(STORE_RESULT_MAX + SEAL_SIZE);
	char place[PLACE_MAX], line[SEAL_SIZE + 1];

	place_of(place, "notes", key);
	seal(line, note);
	buf_add(&sealed, note.p, note.n);
	buf_add(&sealed, line, SEAL_SIZE);
	if (!buf_ok(&sealed))
		return buf_full(&sealed, "a note", e);
	return store_replace(s, place, buf_span(&sealed), e);
}
