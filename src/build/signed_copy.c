#include "build/signed_copy.h"

#include <errno.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/arena.h"
#include "base/mem.h"
#include "build/finished.h"
#include "build/manifest.h"
#include "build/output_names.h"
#include "image/disk.h"
#include "measure/eif.h"
#include "sys/file.h"
#include "base/banned.h"

enum { BEFORE, ESP, AFTER };
#define MEMORY_MAX ((size_t)1 << 30)
#define COPY_MAX EIF_SIZE_MAX /* no other of the files is larger */

struct copying {
	const struct signed_copy *copy;
	struct finished image;
	int from, to;       /* folders */
	int disk;           /* of the image */
	struct disk places; /* what comes before the ESP, the ESP, what comes after, as parts */
};

static void set_places(struct copying *c)
{
	uint64_t at = c->image.esp_at, size = c->image.esp_shape.size;

	c->places.parts[BEFORE].size = at;
	c->places.parts[ESP].at = at;
	c->places.parts[ESP].size = size;
	c->places.parts[AFTER].at = at + size;
	c->places.parts[AFTER].size = c->image.disk_size - at - size;
}

/* What is rebuilt below must be what is there now: the unsigned file is the manifest's, the ESP holds what uki.efi is. */
static bool check_image(struct copying *c, struct err *e)
{
	CLEANUP(esp_done) struct esp esp = { 0 };
	struct content_memory memory;
	uint8_t digest[SHA256_SIZE];
	struct content content;
	bool same = false;
	struct stat st;

	sha256_of(digest, c->copy->unsigned_uki);
	if (!ct_equal(digest, c->image.uki, SHA256_SIZE))
		return err_set(e, ERR_MISMATCH,
			"'" FINISHED_UKI "' is not the one that '" FINISHED_MANIFEST "' names");
	content_of_memory(&content, &memory, c->copy->uki_now);
	if (fstat(c->disk, &st) < 0)
		return err_os(e, "cannot read '" FINISHED_DISK "'");
	if ((uint64_t)st.st_size == c->image.disk_size &&
		(!esp_plan(&esp, &content, &c->image.esp_shape, e) ||
			!esp_is_at(&same, &esp, c->disk, c->image.esp_at, e)))
		return false;
	if (!same) {
		err_set(e, ERR_MISMATCH,
			"'" FINISHED_DISK "': its ESP is not the one with '" FINISHED_UKI "'");
		return err_hint(e, "build the image again");
	}
	return true;
}

static bool copy_place(struct copying *c, unsigned place, int fd, struct err *e)
{
	CLEANUP(mem_free) uint8_t *piece = mem_alloc(CONTENT_PIECE);
	struct disk_sink to;

	disk_sink_init(&to, &c->places, place, fd, FINISHED_DISK);
	while (to.at < to.end) {
		uint64_t left = to.end - to.at;
		size_t n = left < CONTENT_PIECE ? (size_t)left : CONTENT_PIECE;

		if (!file_pread(c->disk, piece, n, to.at, FINISHED_DISK, e) ||
			!sink_write(&to.sink, piece, n, e))
			return false;
	}
	return true;
}

static bool write_disk(void *ctx, int fd, struct err *e)
{
	CLEANUP(esp_done) struct esp esp = { 0 };
	struct copying *c = ctx;
	struct content_memory memory;
	uint8_t digest[SHA256_SIZE];
	struct content content;
	struct disk_sink to;

	content_of_memory(&content, &memory, c->copy->uki_then);
	if (!esp_plan(&esp, &content, &c->image.esp_shape, e)) {
		if (e->kind == ERR_LIMIT)
			err_hint(e, "sign uki.efi alone and put it on an ESP of your own");
		return err_wrap(e, "the image's ESP has no room for the signature");
	}
	disk_sink_init(&to, &c->places, ESP, fd, FINISHED_DISK);
	if (!disk_begin(fd, FINISHED_DISK, e) || !copy_place(c, BEFORE, fd, e) ||
		!esp_emit(&esp, &to.sink, digest, e) || !copy_place(c, AFTER, fd, e))
		return false;
	return ftruncate(fd, (off_t)c->image.disk_size) == 0 ||
	       err_os(e, "cannot set the size of '" FINISHED_DISK "'");
}

static bool copy_file(const struct copying *c, const char *name, struct err *e)
{
	CLEANUP(buf_done) struct buf bytes = { 0 };
	struct stat st;

	if (fstatat(c->from, name, &st, AT_SYMLINK_NOFOLLOW) < 0)
		return errno == ENOENT || err_os(e, "cannot look at '%s'", name);
	if (!S_ISREG(st.st_mode)) {
		err_set(e, ERR_FORMAT, "'%s' is no file, but a link or a folder", name);
		return err_hint(e, "build the image again");
	}
	return file_read(c->from, name, COPY_MAX, &bytes, e) &&
	       file_write(c->to, name, buf_span(&bytes), 0644, e);
}

/* Where there are such. */
static bool copy_direct(const struct copying *c, struct err *e)
{
	if (faccessat(c->from, output_direct[0], F_OK, AT_SYMLINK_NOFOLLOW) != 0)
		return true;
	if (!file_mkdirs(c->to, "direct", e))
		return false;
	for (size_t i = 0; i < OUTPUT_DIRECT; i++)
		if (!copy_file(c, output_direct[i], e))
			return false;
	return true;
}

/* What a build writes and the copy does not have in another form; what else lies in the folder may be a private key. */
static bool copy_others(const struct copying *c, struct err *e)
{
	if (!file_mkdirs(c->to, "firmware", e))
		return false;
	for (size_t i = 0; i < ARRAY_LEN(output_names); i++)
		if (strcmp(output_names[i], FINISHED_DISK) != 0 &&
			strcmp(output_names[i], FINISHED_UKI) != 0 &&
			!copy_file(c, output_names[i], e))
			return false;
	if (!copy_direct(c, e))
		return false;
	for (size_t i = 0; i < c->image.n_platform_firmware; i++)
		if (!copy_file(c, c->image.platform_firmware[i].p, e))
			return false;
	return true;
}

static bool run(struct copying *c, struct err *e)
{
	CLEANUP(arena_freep) struct arena *a = arena_new(MEMORY_MAX);

	if (!finished_read(&c->image, c->from, a, e))
		return false;
	c->disk = file_open(c->from, FINISHED_DISK, e);
	if (c->disk < 0)
		return false;
	set_places(c);
	return check_image(c, e) && file_make(c->to, FINISHED_DISK, write_disk, c, e) &&
	       file_write(c->to, FINISHED_UKI, c->copy->uki_then, 0644, e) && copy_others(c, e);
}

static bool is_same(int a, int b)
{
	struct stat sa, sb;

	return fstat(a, &sa) == 0 && fstat(b, &sb) == 0 && sa.st_dev == sb.st_dev &&
	       sa.st_ino == sb.st_ino;
}

bool signed_copy_write(
	const struct signed_copy *copy, const char *from, const char *to, struct err *e)
{
	CLEANUP(file_closep) int from_fd = finished_open(from, e);
	CLEANUP(file_closep) int to_fd = -1;
	struct copying c = { .copy = copy, .from = from_fd, .disk = -1 };
	bool ok;

	if (from_fd < 0 || !file_mkdirs(AT_FDCWD, to, e))
		return false;
	c.to = to_fd = open(to, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (to_fd < 0)
		return err_os(e, "cannot open '%s'", to);
	if (is_same(from_fd, to_fd))
		return err_set(e, ERR_USAGE,
			"'%s' is the image itself: the unsigned image stays as it is", to);
	ok = run(&c, e) || err_wrap(e, "cannot copy '%s'", from);
	file_closep(&c.disk);
	return ok;
}
