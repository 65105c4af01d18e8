/*
 * What the writers make of fixed input, by SHA-256: a lock says by which version of them its image was made,
 * so their bytes must not change within one. After a wanted change raise LOCK_IMAGE_VERSION and commit what
 * this test prints as test/golden/image-vN.txt; the old file stays.
 */
#include <fcntl.h>

#include "base/hex.h"
#include "image/cpio.h"
#include "image/disk.h"
#include "image/erofs.h"
#include "image/fat.h"
#include "image/stream.h"
#include "image/uki.h"
#include "image/verity.h"
#include "image_trees.h"
#include "lock/lock.h"
#include "sys/file.h"
#include "unit/pe_made.h"
#include "test.h"

enum { LIST_MAX = 4096, UKI_BUF_MAX = 1 << 20 };

static void line(struct buf *to, const char *name, const uint8_t *sha256)
{
	buf_printf(to, "%s ", name);
	hex_add(to, span_make(sha256, SHA256_SIZE));
	buf_u8(to, '\n');
}

static void end_line(struct buf *to, const char *name, struct hasher *h)
{
	uint8_t sha256[SHA256_SIZE];

	hasher_end(h, sha256);
	line(to, name, sha256);
	hasher_restart(h);
}

static bool root(const struct tree *t, struct hasher *h, struct buf *to, struct err *e)
{
	struct erofs_options o = { .build_time_unix = IMAGE_TREES_CLAMP, .volume = "golden" };
	CLEANUP(hasher_freep) struct hasher *tree_hasher = hasher_new(DIGEST_SHA256);
	CLEANUP(erofs_freep) struct erofs *p = NULL;
	CLEANUP(verity_freep) struct verity *v = NULL;
	uint8_t salt[SHA256_SIZE], root_hash[SHA256_SIZE];
	struct stream_hash data, hashes;

	tree_digest(t, salt);
	line(to, "tree", salt);
	identifier_uuid(o.uuid, "erofs", salt);
	stream_hash_init(&data, h, NULL);
	stream_hash_init(&hashes, tree_hasher, NULL);
	if (!erofs_plan(&p, t, &o, e) ||
		!verity_new(&v, erofs_size(p), SPAN_OF(salt), &data.sink, e) ||
		!erofs_emit(p, verity_sink(v), e) || !verity_finish(v, &hashes.sink, root_hash, e))
		return false;
	end_line(to, "erofs", h);
	end_line(to, "verity-tree", tree_hasher);
	line(to, "verity-root", root_hash);
	return true;
}

static bool kernel_image(struct buf *out, struct hasher *h, struct buf *to, struct err *e)
{
	static const uint8_t kernel[3000] = "MZ";
	struct pe_made_section s[] = { { ".text", SPAN_OF("code") }, { ".sbat", SPAN_OF("sbat") } };
	CLEANUP(buf_done) struct buf stub = pe_made(true, s, ARRAY_LEN(s));
	CLEANUP(uki_freep) struct uki *u = NULL;
	struct content_memory m[2];
	struct uki_parts p = { .stub = buf_span(&stub),
		.os_release = STR("ID=golden\n"),
		.command_line = STR("quiet"),
		.kernel_version = STR("6.12") };
	struct stream_buf bytes;

	put_u32le(stub.p + PE_MADE_OPTIONAL_AT + 32, 4096);
	put_u32le(stub.p + PE_MADE_OPTIONAL_AT + 36, 512);
	content_of_memory(&p.initrd, &m[0], SPAN_OF("initrd"));
	content_of_memory(&p.kernel, &m[1], SPAN_OF(kernel));
	stream_buf_init(&bytes, out, "uki");
	if (!uki_plan(&u, &p, e) || !uki_emit(u, &bytes.sink, e))
		return false;
	hasher_add(h, out->p, out->n);
	end_line(to, "uki", h);
	return true;
}

static bool esp(const struct buf *uki, struct hasher *h, struct buf *to, struct err *e)
{
	struct content_memory m;
	struct fat_file files[2] = { { .path = STR("EFI/BOOT/BOOTX64.EFI") },
		{ .path = STR("loader/a long name.conf") } };
	struct fat_options o = { .volume_id = 0xa55a1, .time_unix = IMAGE_TREES_CLAMP };
	CLEANUP(fat_freep) struct fat *f = NULL;
	struct stream_hash s;

	content_of_memory(&files[0].content, &m, buf_span(uki));
	stream_hash_init(&s, h, NULL);
	if (!fat_plan(&f, files, ARRAY_LEN(files), &o, e) || !fat_emit(f, &s.sink, e))
		return false;
	end_line(to, "fat", h);
	return true;
}

static bool table(struct hasher *h, struct buf *to, struct err *e)
{
	struct buf primary = buf_init(GPT_PRIMARY_SIZE), backup = buf_init(GPT_BACKUP_SIZE);
	uint8_t root_hash[SHA256_SIZE];
	struct disk d;
	struct gpt g;
	bool ok;

	sha256_of(root_hash, SPAN_OF("root"));
	ok = disk_plan(&d, 40960, 4096, 34 << 20, e);
	if (ok)
		disk_identify(&d, root_hash, root_hash);
	g = disk_gpt(&d);
	ok = ok && gpt_emit(&g, &primary, &backup, e);
	hasher_add(h, primary.p, primary.n);
	hasher_add(h, backup.p, backup.n);
	end_line(to, "gpt", h);
	buf_done(&primary);
	buf_done(&backup);
	return ok;
}

static bool make(struct buf *to, struct err *e)
{
	CLEANUP(hasher_freep) struct hasher *h = hasher_new(DIGEST_SHA256);
	CLEANUP(buf_done) struct buf uki = buf_init(UKI_BUF_MAX);
	CLEANUP(tree_freep) struct tree *small = NULL, *all = NULL, *plain = NULL;
	struct stream_hash s;

	if (!image_trees_small(&small, e) || !image_trees_all_shapes(&all, true, e) ||
		!image_trees_all_shapes(&plain, false, e))
		return false;
	if (!root(small, h, to, e) || !root(all, h, to, e))
		return false;
	stream_hash_init(&s, h, NULL);
	if (!cpio_emit(plain, &s.sink, e))
		return false;
	end_line(to, "cpio", h);
	return kernel_image(&uki, h, to, e) && esp(&uki, h, to, e) && table(h, to, e);
}

int main(void)
{
	CLEANUP(buf_done) struct buf got = buf_init(LIST_MAX), want = { 0 };
	struct err e = { 0 };
	char path[1000];
	bool same;

	snprintf(path, sizeof path, "%s/golden/image-v%d.txt", TEST_DIR, LOCK_IMAGE_VERSION);
	CHECK_OK(make(&got, &e), e);
	CHECK_OK(file_read(AT_FDCWD, path, LIST_MAX, &want, &e), e);
	same = str_equal(buf_str(&got), buf_str(&want));
	CHECK(same);
	if (!same)
		printf("%.*s", STR_ARG(buf_str(&got)));
	return test_end();
}
