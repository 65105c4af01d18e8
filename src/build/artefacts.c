#include "build/artefacts.h"

#include "base/mem.h"
#include "build/esp.h"
#include "image/cpio.h"
#include "image/erofs.h"
#include "image/stream.h"
#include "image/uki.h"
#include "image/verity.h"
#include "sys/file.h"
#include "base/banned.h"

enum { INITRD_MAX = 512 << 20, UKI_MAX = 1 << 30, GPT_EVENT_MAX = 65536 };

#define DISK_NAME "disk.img"
#define UKI_NAME "uki.efi"

void artefacts_done(struct artefacts *a)
{
	buf_done(&a->uki);
	buf_done(&a->gpt);
	buf_done(&a->command_line);
}

/* Root and hash tree into their places on the disk; fills root_hash and salt. */
static bool write_root(
	struct artefacts *a, const struct artefacts_inputs *in, int fd, struct err *e)
{
	struct erofs_options options = { .build_time_unix = in->source_date_epoch,
		.volume = "root" };
	CLEANUP(erofs_freep) struct erofs *plan = NULL;
	CLEANUP(verity_freep) struct verity *verity = NULL;
	struct disk_sink root, hashes;

	tree_digest(in->root, a->root_tree_sha256);
	identifier_uuid(options.uuid, "erofs", a->root_tree_sha256);
	/* The salt is content, too: SHA-256 of the tree's digest under a label of its own. */
	{
		uint8_t labelled[sizeof "assay/verity-salt" + SHA256_SIZE] = "assay/verity-salt";

		memcpy(labelled + sizeof "assay/verity-salt", a->root_tree_sha256, SHA256_SIZE);
		sha256_of(a->salt, SPAN_OF(labelled));
	}
	if (!erofs_plan(&plan, in->root, &options, e) ||
		!disk_plan(&a->disk, erofs_size(plan), verity_tree_size(erofs_size(plan)), 0, e))
		return false;
	disk_sink_init(&root, &a->disk, DISK_ROOT, fd, DISK_NAME);
	disk_sink_init(&hashes, &a->disk, DISK_VERITY, fd, DISK_NAME);
	return verity_new(&verity, erofs_size(plan), SPAN_OF(a->salt), &root.sink, e) &&
	       erofs_emit(plan, verity_sink(verity), e) &&
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

static bool make_initrd(
	struct artefacts *a, const struct artefacts_inputs *in, struct buf *out, struct err *e)
{
	struct stream_buf to;

	*out = buf_init(INITRD_MAX);
	stream_buf_init(&to, out, "the initrd");
	tree_digest(in->initrd, a->initrd_tree_sha256);
	return cpio_emit(in->initrd, &to.sink, e);
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

/* Lays out the ESP, completes the disk's plan with its size, writes it. */
static bool write_esp(struct disk *disk, const struct content *uki, int64_t time_unix, int fd,
	uint8_t sha256[static SHA256_SIZE], struct err *e)
{
	struct esp_shape shape = { .time_unix = time_unix };
	CLEANUP(esp_done) struct esp esp = { 0 };
	struct disk_sink to;

	memcpy(shape.unsigned_sha256, uki->sha256, SHA256_SIZE);
	if (!esp_plan(&esp, uki, &shape, e) ||
		!disk_plan(disk, disk->parts[DISK_ROOT].size, disk->parts[DISK_VERITY].size,
			fat_size(esp.fat), e))
		return false;
	disk_sink_init(&to, disk, DISK_ESP, fd, DISK_NAME);
	return esp_emit(&esp, &to.sink, sha256, e);
}

static bool finish_disk(struct artefacts *a, int fd, struct err *e)
{
	struct gpt table;

	disk_identify(&a->disk, a->root_hash, a->esp_sha256);
	table = disk_gpt(&a->disk);
	a->gpt = buf_init(GPT_EVENT_MAX);
	return gpt_event_data(&table, &a->gpt, e) &&
	       disk_finish(&a->disk, fd, DISK_NAME, a->disk_sha256, e);
}

static bool write_all(struct artefacts *a, const struct artefacts_inputs *in, int fd, struct err *e)
{
	CLEANUP(buf_done) struct buf initrd = { 0 };
	struct content initrd_content, uki_content;
	struct content_memory initrd_memory, uki_memory;

	if (!disk_begin(fd, DISK_NAME, e) || !write_root(a, in, fd, e) ||
		!make_command_line(a, in->description, e) || !make_initrd(a, in, &initrd, e))
		return false;
	content_of_memory(&initrd_content, &initrd_memory, buf_span(&initrd));
	memcpy(a->initrd_sha256, initrd_content.sha256, SHA256_SIZE);
	a->initrd_size = initrd.n;
	if (!make_uki(&a->uki, in, initrd_content, buf_str(&a->command_line), e))
		return false;
	content_of_memory(&uki_content, &uki_memory, buf_span(&a->uki));
	memcpy(a->uki_sha256, uki_content.sha256, SHA256_SIZE);
	return write_esp(&a->disk, &uki_content, in->source_date_epoch, fd, a->esp_sha256, e) &&
	       finish_disk(a, fd, e);
}

struct job {
	struct artefacts *a;
	const struct artefacts_inputs *in;
	const char *words;
};

static bool write_disk(void *ctx, int fd, struct err *e)
{
	struct job *j = ctx;

	return write_all(j->a, j->in, fd, e);
}

bool artefacts_write(
	struct artefacts *ret, const struct artefacts_inputs *in, int folder, struct err *e)
{
	struct artefacts a = { 0 };
	struct job j = { &a, in, NULL };

	if (!file_make(folder, DISK_NAME, write_disk, &j, e) ||
		!file_write(folder, UKI_NAME, buf_span(&a.uki), 0644, e)) {
		artefacts_done(&a);
		return false;
	}
	*ret = a;
	return true;
}

/* One block of root and its hashes stand in for the parts that the observer does not look at. */
static bool write_observer(void *ctx, int fd, struct err *e)
{
	struct job *j = ctx;
	struct artefacts a = { 0 };
	CLEANUP(buf_done) struct buf initrd = { 0 }, uki = { 0 };
	struct content initrd_content, uki_content;
	struct content_memory initrd_memory, uki_memory;
	uint8_t digest[SHA256_SIZE];

	if (!disk_begin(fd, DISK_NAME, e) || !make_initrd(&a, j->in, &initrd, e))
		return false;
	content_of_memory(&initrd_content, &initrd_memory, buf_span(&initrd));
	if (!make_uki(&uki, j->in, initrd_content, str_of(j->words), e))
		return false;
	content_of_memory(&uki_content, &uki_memory, buf_span(&uki));
	if (!disk_plan(&a.disk, EROFS_BLOCK, EROFS_BLOCK, 0, e) ||
		!write_esp(&a.disk, &uki_content, j->in->source_date_epoch, fd, digest, e))
		return false;
	disk_identify(&a.disk, digest, digest);
	return disk_finish(&a.disk, fd, DISK_NAME, digest, e);
}

bool artefacts_write_observer(const struct artefacts_inputs *in, const char *words, int folder,
	const char *name, struct err *e)
{
	struct job j = { NULL, in, words };

	return file_make(folder, name, write_observer, &j, e);
}
