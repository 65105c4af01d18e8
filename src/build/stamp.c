#include "build/stamp.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "build/eif_output.h"
#include "codec/json.h"
#include "sys/file.h"
#include "base/banned.h"

#define STAMP_FORMAT "assay.stamp/1"

enum { STAMP_MAX = 65536, STAMP_MEMORY = 1 << 20, BOOT_ID_MAX = 64 };

/* The note's key: SHA-256 of the folder's absolute path under a label. */
static bool key_of(uint8_t ret[static SHA256_SIZE], int folder, struct err *e)
{
	CLEANUP(buf_done) struct buf b = buf_init(PATH_MAX + 64);
	char link[64], path[PATH_MAX];
	ssize_t n;

	snprintf(link, sizeof link, "/proc/self/fd/%d", folder);
	n = readlink(link, path, sizeof path);
	if (n < 0 || n == sizeof path)
		return err_os(e, "cannot find out where the output folder is");
	buf_add(&b, STAMP_FORMAT, sizeof STAMP_FORMAT);
	buf_add(&b, path, (size_t)n);
	sha256_of(ret, buf_span(&b));
	return true;
}

static void put_time(struct json_out *w, const char *key, const struct timespec *t)
{
	json_key(w, key);
	json_int(w, (int64_t)t->tv_sec * 1000000000 + t->tv_nsec);
}

/* Everything that tells one state of the files from another. */
static bool put_file(struct json_out *w, int folder, const char *name, struct err *e)
{
	struct stat st;

	if (fstatat(folder, name, &st, AT_SYMLINK_NOFOLLOW) <
		0) /* that no EIF is there is noted so, too */
		return (errno == ENOENT && str_is(str_of(name), EIF_OUTPUT_NAME)) ||
		       err_os(e, "cannot look at '%s'", name);
	json_object(w);
	json_put_cstr(w, "name", name);
	json_put_uint(w, "device", st.st_dev);
	json_put_uint(w, "inode", st.st_ino);
	json_put_uint(w, "mode", st.st_mode);
	json_put_uint(w, "size", (uint64_t)st.st_size);
	put_time(w, "modified", &st.st_mtim);
	put_time(w, "changed", &st.st_ctim);
	json_end_object(w);
	return true;
}

static bool put_files(struct json_out *w, const struct stamp *s, int folder, struct err *e)
{
	CLEANUP(buf_done) struct buf boot = { 0 };

	if (!file_read(AT_FDCWD, "/proc/sys/kernel/random/boot_id", BOOT_ID_MAX, &boot, e))
		return false;
	json_key(w, "boot");
	json_text(w, str_trim(buf_str(&boot)));
	json_key(w, "files");
	json_array(w);
	for (size_t i = 0; i < ARRAY_LEN(output_names); i++)
		if (!put_file(w, folder, output_names[i], e))
			return false;
	json_end_array(w);
	json_key(w, "more");
	json_array(w);
	for (size_t i = 0; i < s->n_more; i++)
		if (!put_file(w, folder, s->more[i], e))
			return false;
	json_end_array(w);
	return true;
}

static bool emit(const struct stamp *s, int folder, struct buf *out, struct err *e)
{
	const struct build_outcome *o = &s->outcome;
	struct json_out w = json_out_to(out);

	json_object(&w);
	json_put_cstr(&w, "format", STAMP_FORMAT);
	json_put_hex(&w, "derivation", SPAN_OF(s->derivation));
	json_put_hex(&w, "firmware", SPAN_OF(s->firmware_sha256));
	json_put_hex(&w, "manifest", SPAN_OF(o->manifest_sha256));
	json_put_hex(&w, "reference-values", SPAN_OF(o->reference_values_sha256));
	json_put_hex(&w, "disk", SPAN_OF(o->disk_sha256));
	json_put_hex(&w, "uki", SPAN_OF(o->uki_sha256));
	json_put_hex(&w, "root-hash", SPAN_OF(o->root_hash));
	json_put_uint(&w, "disk-size", o->disk_size);
	json_put_bool(&w, "pcr0-known", o->pcr0_known);
	if (!put_files(&w, s, folder, e))
		return false;
	json_end_object(&w);
	return buf_ok(out) || buf_full(out, "the stamp of a build", e);
}

/* Names of the files that are not in every folder. */
static bool parse_files(struct stamp *ret, const struct json *v, struct err *e)
{
	const struct json *files;
	struct str name;

	if (!json_get_array(v, "more", &files, e))
		return false;
	for (size_t i = 0; i < files->n; i++) {
		if (!json_get_str(&files->items[i], "name", &name, e))
			return false;
		if (ret->n_more == STAMP_MORE_MAX || name.n >= OUTPUT_FIRMWARE_MAX)
			return err_set(e, ERR_LIMIT, "too many files");
		memcpy(ret->more[ret->n_more++], name.p, name.n);
	}
	return true;
}

static bool parse(struct stamp *ret, struct span text, struct arena *a, struct err *e)
{
	struct build_outcome *o = &ret->outcome;
	struct json v;

	return json_parse(&v, text, a, e) && json_check_format(&v, STAMP_FORMAT, e) &&
	       parse_files(ret, &v, e) &&
	       json_get_hex(&v, "derivation", ret->derivation, SHA256_SIZE, e) &&
	       json_get_hex(&v, "firmware", ret->firmware_sha256, SHA256_SIZE, e) &&
	       json_get_hex(&v, "manifest", o->manifest_sha256, SHA256_SIZE, e) &&
	       json_get_hex(&v, "reference-values", o->reference_values_sha256, SHA256_SIZE, e) &&
	       json_get_hex(&v, "disk", o->disk_sha256, SHA256_SIZE, e) &&
	       json_get_hex(&v, "uki", o->uki_sha256, SHA256_SIZE, e) &&
	       json_get_hex(&v, "root-hash", o->root_hash, SHA256_SIZE, e) &&
	       json_get_u64(&v, "disk-size", UINT64_MAX, &o->disk_size, e) &&
	       json_get_bool(&v, "pcr0-known", &o->pcr0_known, e);
}

/* The note counts if writing it now would give the same bytes: a missing or changed file, another boot make others. */
bool stamp_read(struct stamp *ret, const struct store *s, int folder, bool *found, struct err *e)
{
	CLEANUP(arena_freep) struct arena *a = arena_new(STAMP_MEMORY);
	CLEANUP(buf_done) struct buf was = { 0 }, is = buf_init(STAMP_MAX);
	struct err why = { 0 };
	struct stamp stamp = { 0 };
	uint8_t key[SHA256_SIZE];

	*found = false;
	if (!key_of(key, folder, e))
		return false;
	if (!store_note_get(s, key, &was, &why) || !parse(&stamp, buf_span(&was), a, &why) ||
		!emit(&stamp, folder, &is, &why) || !span_equal(buf_span(&was), buf_span(&is)))
		return true;
	*ret = stamp;
	*found = true;
	return true;
}

bool stamp_write(const struct stamp *stamp, struct store *s, int folder, struct err *e)
{
	CLEANUP(buf_done) struct buf text = buf_init(STAMP_MAX);
	uint8_t key[SHA256_SIZE];

	return key_of(key, folder, e) && emit(stamp, folder, &text, e) &&
	       store_note_put(s, key, buf_span(&text), e);
}
