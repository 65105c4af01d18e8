#include "build/artefacts.h"

#include <errno.h>
#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/mem.h"
#include "build/esp.h"
#include "image/cpio.h"
#include "image/erofs.h"
#include "image/stream.h"
#include "image/uki.h"
#include "image/verity.h"
#include "sys/file.h"
#include "sys/par.h"
#include "base/banned.h"

enum { INITRD_MAX = 512 << 20, UKI_MAX = 1 << 30, GPT_EVENT_MAX = 65536 };

#define DISK_NAME "disk.img"
#define DISK_PART DISK_NAME ".part"
#define UKI_NAME "uki.efi"

void artefacts_done(struct artefacts *a)
{
	if (a->disk.size && !a->published)
		unlinkat(a->folder, DISK_PART, 0);
	if (a->disk.size)
		file_closep(&a->disk_fd);
	buf_done(&a->uki);
	buf_done(&a->gpt);
	buf_done(&a->command_line);
}

/* The salt is content, too: SHA-256 of the tree's digest under a label of its own. */
static void derive_salt(struct artefacts *a)
{
	uint8_t labelled[sizeof "assay/verity-salt" + SHA256_SIZE] = "assay/verity-salt";

	memcpy(labelled + sizeof "assay/verity-salt", a->root_tree_sha256, SHA256_SIZE);
	sha256_of(a->salt, SPAN_OF(labelled));
}

static bool make_initrd(
	struct artefacts *a, const struct artefacts_inputs *in, struct buf *out, struct err *e)
{
	struct stream_buf to;

	*out = buf_init(INITRD_MAX);
	stream_buf_init(&to, out, "the initrd");
	tree_digest(in->initrd, a->initrd_tree_sha256);
	if (!cpio_emit(in->initrd, &to.sink, e))
		return false;
	sha256_of(a->initrd_sha256, buf_span(out));
	a->initrd_size = out->n;
	return true;
}

struct root_job {
	struct artefacts *a;
	const struct artefacts_inputs *in;
	const struct erofs *plan;
	struct verity *verity;
	struct buf *initrd;
	int fd;
};

/* One part of the root: read, hashed for dm-verity and written while other parts are. The initrd waits for none of them. */
static bool write_root_part(void *ctx, size_t i, struct err *e)
{
	const struct root_job *j = ctx;
	CLEANUP(verity_part_freep) struct verity_part *part = NULL;
	struct disk_sink to;

	if (i == erofs_n_parts(j->plan))
		return make_initrd(j->a, j->in, j->initrd, e);
	disk_sink_init(&to, &j->a->disk, DISK_ROOT, j->fd, DISK_NAME);
	to.at += erofs_part_at(j->plan, i);
	return verity_part_new(&part, j->verity, erofs_part_at(j->plan, i), &to.sink, e) &&
	       erofs_emit_part(j->plan, i, verity_part_sink(part), e);
}

/* Root and hash tree into their places on the disk, the initrd into memory; fills what *a says of them. */
static bool write_root(struct artefacts *a, const struct artefacts_inputs *in, struct buf *initrd,
	int fd, struct err *e)
{
	struct erofs_options options = { .build_time_unix = in->source_date_epoch,
		.volume = "root" };
	CLEANUP(erofs_freep) struct erofs *plan = NULL;
	CLEANUP(verity_freep) struct verity *verity = NULL;
	struct root_job job = { .a = a, .in = in, .initrd = initrd, .fd = fd };
	struct disk_sink hashes;

	tree_digest(in->root, a->root_tree_sha256);
	identifier_uuid(options.uuid, "erofs", a->root_tree_sha256);
	derive_salt(a);
	if (!erofs_plan(&plan, in->root, &options, e) ||
		!disk_plan(&a->disk, erofs_size(plan), verity_tree_size(erofs_size(plan)), 0, e) ||
		!verity_new(&verity, erofs_size(plan), SPAN_OF(a->salt), NULL, e))
		return false;
	job.plan = plan;
	job.verity = verity;
	disk_sink_init(&hashes, &a->disk, DISK_VERITY, fd, DISK_NAME);
	return par_for(erofs_n_parts(plan) + 1, 0, write_root_part, &job, e) &&
	       verity_finish(verity, &hashes.sink, a->root_hash, e);
}

/* The description's words and the whole dm-verity table, so that PID 1 needs no superblock. */
static bool make_command_line(struct artefacts *a, const struct description *d, struct err *e)
{
	CLEANUP(buf_done) struct buf table = buf_init(ARTEFACTS_COMMAND_LINE_MAX);
	char data[UUID_TEXT_SIZE], hash[UUID_TEXT_SIZE];

	identifier_text(data, a->root_hash);
	identifier_text(hash, a->root_hash + UUID_SIZE);
	verity_table(
		&table, data, hash, a->disk.parts[DISK_ROOT].size, a->root_hash, SPAN_OF(a->salt));
	for (size_t i = 0; i < table.n; i++)
		if (table.p[i] == ' ')
			table.p[i] = ',';
	a->command_line = buf_init(ARTEFACTS_COMMAND_LINE_MAX);
	for (size_t i = 0; i < d->command_line.n; i++) {
		buf_add_str(&a->command_line, d->command_line.items[i]);
		buf_u8(&a->command_line, ' ');
	}
	buf_add_cstr(&a->command_line, "assay.verity=");
	buf_add_str(&a->command_line, buf_str(&table));
	return buf_ok(&a->command_line) && buf_ok(&table)
		       ? true
		       : buf_full(&a->command_line, "the kernel command line", e);
}

static bool read_stub(const struct artefacts_inputs *in, struct buf *out, struct err *e)
{
	struct stream_buf to;
	CLEANUP(mem_free) uint8_t *piece = mem_alloc(CONTENT_PIECE);

	*out = buf_init(UKI_STUB_MAX);
	stream_buf_init(&to, out, "the systemd stub");
	return content_copy(&in->stub, &to.sink, piece, e);
}

static bool make_uki(struct buf *ret, const struct artefacts_inputs *in, struct content initrd,
	struct str command_line, struct err *e)
{
	CLEANUP(buf_done) struct buf stub = { 0 };
	CLEANUP(uki_freep) struct uki *plan = NULL;
	struct uki_parts parts = { .os_release = in->os_release,
		.command_line = command_line,
		.kernel_version = in->kernel_version,
		.initrd = initrd,
		.kernel = in->kernel };
	struct stream_buf to;

	if (!read_stub(in, &stub, e))
		return false;
	parts.stub = buf_span(&stub);
	*ret = buf_init(UKI_MAX);
	stream_buf_init(&to, ret, "the kernel image");
	return uki_plan(&plan, &parts, e) && uki_emit(plan, &to.sink, e);
}

struct esp_job {
	const struct esp *esp;
	const struct disk *disk;
	int fd;
	uint8_t *sha256;
};

/* Hashing is as much work as writing: one thread each. */
static bool write_or_hash_esp(void *ctx, size_t i, struct err *e)
{
	const struct esp_job *j = ctx;
	struct disk_sink to;

	if (i == 0)
		return esp_emit(j->esp, NULL, j->sha256, e);
	disk_sink_init(&to, j->disk, DISK_ESP, j->fd, DISK_NAME);
	return fat_emit(j->esp->fat, &to.sink, e);
}

/* Lays out the ESP, completes the disk's plan with its size, writes it. */
static bool write_esp(struct disk *disk, const struct content *uki, int64_t time_unix, int fd,
	uint8_t sha256[static SHA256_SIZE], struct err *e)
{
	struct esp_shape shape = { .time_unix = time_unix };
	CLEANUP(esp_done) struct esp esp = { 0 };
	struct esp_job job = { .esp = &esp, .disk = disk, .fd = fd, .sha256 = sha256 };

	memcpy(shape.unsigned_sha256, uki->sha256, SHA256_SIZE);
	if (!esp_plan(&esp, uki, &shape, e) ||
		!disk_plan(disk, disk->parts[DISK_ROOT].size, disk->parts[DISK_VERITY].size,
			fat_size(esp.fat), e))
		return false;
	return par_for(2, 0, write_or_hash_esp, &job, e);
}

static bool finish_disk(struct artefacts *a, int fd, struct err *e)
{
	struct gpt table;

	disk_identify(&a->disk, a->root_hash, a->esp_sha256);
	table = disk_gpt(&a->disk);
	a->gpt = buf_init(GPT_EVENT_MAX);
	return gpt_event_data(&table, &a->gpt, e) && disk_finish(&a->disk, fd, DISK_NAME, e);
}

static bool write_all(struct artefacts *a, const struct artefacts_inputs *in, int fd, struct err *e)
{
	CLEANUP(buf_done) struct buf initrd = { 0 };
	struct content initrd_content, uki_content;
	struct content_memory initrd_memory, uki_memory;

	if (!disk_begin(fd, DISK_NAME, e) || !write_root(a, in, &initrd, fd, e) ||
		!make_command_line(a, in->description, e))
		return false;
	content_of_memory(&initrd_content, &initrd_memory, buf_span(&initrd));
	if (!make_uki(&a->uki, in, initrd_content, buf_str(&a->command_line), e))
		return false;
	content_of_memory(&uki_content, &uki_memory, buf_span(&a->uki));
	memcpy(a->uki_sha256, uki_content.sha256, SHA256_SIZE);
	return write_esp(&a->disk, &uki_content, in->source_date_epoch, fd, a->esp_sha256, e) &&
	       finish_disk(a, fd, e);
}

static int create_part(int folder, const char *name, struct err *e)
{
	int fd;

	if (unlinkat(folder, name, 0) < 0 && errno != ENOENT) {
		err_os(e, "cannot replace '%s'", name);
		return -1;
	}
	fd = openat(folder, name, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0644);
	if (fd < 0 || fchmod(fd, 0644) < 0) {
		err_os(e, "cannot create '%s'", name);
		file_closep(&fd);
		fd = -1;
	}
	return fd;
}

static int64_t modified_ns(const struct stat *st)
{
	return (int64_t)st->st_mtim.tv_sec * 1000000000 + st->st_mtim.tv_nsec;
}

static bool note_disk(struct artefacts *a, struct err *e)
{
	struct stat st;

	if (fstat(a->disk_fd, &st) < 0)
		return err_os(e, "cannot look at '%s'", DISK_PART);
	a->disk_device = st.st_dev;
	a->disk_inode = st.st_ino;
	a->disk_modified_ns = modified_ns(&st);
	return true;
}

bool artefacts_disk_stands(const struct artefacts *a)
{
	struct stat st;

	return fstatat(a->folder, DISK_NAME, &st, AT_SYMLINK_NOFOLLOW) == 0 &&
	       st.st_dev == a->disk_device && st.st_ino == a->disk_inode &&
	       modified_ns(&st) == a->disk_modified_ns;
}

bool artefacts_write(
	struct artefacts *ret, const struct artefacts_inputs *in, int folder, struct err *e)
{
	struct artefacts a = { .folder = folder };

	a.disk_fd = create_part(folder, DISK_PART, e);
	if (a.disk_fd < 0)
		return false;
	if (!write_all(&a, in, a.disk_fd, e) || !note_disk(&a, e)) {
		a.disk.size = 1; /* whatever was planned: remove it */
		artefacts_done(&a);
		return false;
	}
	*ret = a;
	return true;
}

bool artefacts_disk_digest(
	const struct artefacts *a, uint8_t sha256[static SHA256_SIZE], struct err *e)
{
	return disk_digest(&a->disk, a->disk_fd, DISK_NAME, sha256, e);
}

bool artefacts_publish(struct artefacts *a, struct err *e)
{
	if (renameat(a->folder, DISK_PART, a->folder, DISK_NAME) < 0)
		return err_os(e, "cannot finish '%s'", DISK_NAME);
	a->published = true;
	return file_replace(a->folder, UKI_NAME, buf_span(&a->uki), 0644, e);
}

struct observer_job {
	const struct artefacts_inputs *in;
	const char *words;
};

/* One block of root and its hashes stand in for the parts that the observer does not look at. */
static bool write_observer(void *ctx, int fd, struct err *e)
{
	const struct observer_job *j = ctx;
	const struct artefacts_inputs *in = j->in;
	struct artefacts a = { 0 };
	CLEANUP(buf_done) struct buf initrd = { 0 }, uki = { 0 };
	struct content initrd_content, uki_content;
	struct content_memory initrd_memory, uki_memory;
	uint8_t digest[SHA256_SIZE];

	if (!disk_begin(fd, DISK_NAME, e) || !make_initrd(&a, in, &initrd, e))
		return false;
	content_of_memory(&initrd_content, &initrd_memory, buf_span(&initrd));
	if (!make_uki(&uki, in, initrd_content, str_of(j->words), e))
		return false;
	content_of_memory(&uki_content, &uki_memory, buf_span(&uki));
	if (!disk_plan(&a.disk, EROFS_BLOCK, EROFS_BLOCK, 0, e) ||
		!write_esp(&a.disk, &uki_content, in->source_date_epoch, fd, digest, e))
		return false;
	disk_identify(&a.disk, digest, digest);
	return disk_finish(&a.disk, fd, DISK_NAME, e);
}

bool artefacts_write_observer(const struct artefacts_inputs *in, const char *words, int folder,
	const char *name, struct err *e)
{
	struct observer_job j = { in, words };

	return file_make(folder, name, write_observer, &j, e);
}
