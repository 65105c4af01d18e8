#include "build/remeasure.h"

#include <fcntl.h>
#include <sys/stat.h>

#include "appraise/shape_qemu_vtpm.h"
#include "base/mem.h"
#include "build/manifest.h"
#include "build/record.h"
#include "codec/json.h"
#include "image/uki.h"
#include "measure/partition_table.h"
#include "sys/file.h"
#include "base/banned.h"

enum { PIECE = 1 << 20 };
#define MEMORY_MAX ((size_t)1 << 30) /* a manifest of MANIFEST_SIZE_MAX as JSON values */

/* What the manifest says of the image. */
struct said {
	uint8_t uki[SHA256_SIZE], disk[SHA256_SIZE], root_hash[SHA256_SIZE];
	struct shape_firmware firmware;
};

void remeasure_done(struct remeasure *r)
{
	buf_done(&r->uki);
	buf_done(&r->gpt);
	arena_free(r->a);
}

static bool read_outputs(struct said *s, const struct json *manifest, struct err *e)
{
	const struct json *outputs, *disk, *root, *uki;

	return json_get_object(manifest, "outputs", &outputs, e) &&
	       json_get_object(outputs, "disk", &disk, e) &&
	       json_get_hex(disk, "sha256", s->disk, SHA256_SIZE, e) &&
	       json_get_object(disk, "root", &root, e) &&
	       json_get_hex(root, "root-hash", s->root_hash, SHA256_SIZE, e) &&
	       json_get_object(outputs, "uki", &uki, e) &&
	       json_get_hex(uki, "sha256", s->uki, SHA256_SIZE, e);
}

static bool read_firmware(struct shape_firmware *f, const struct json *manifest, struct err *e)
{
	const struct json *firmware, *code, *vars;

	return json_get_object(manifest, "firmware", &firmware, e) &&
	       json_get_str(firmware, "version", &f->version, e) &&
	       json_get_object(firmware, "code", &code, e) &&
	       json_get_hex(code, "sha256", f->sha256, SHA256_SIZE, e) &&
	       json_get_object(firmware, "vars", &vars, e) &&
	       json_get_hex(vars, "sha256", f->vars_sha256, SHA256_SIZE, e);
}

static bool read_manifest(
	struct said *s, struct remeasure *r, int folder, uint8_t *digest, struct err *e)
{
	CLEANUP(buf_done) struct buf text = { 0 };
	struct json manifest;

	if (!file_read(folder, "manifest.json", MANIFEST_SIZE_MAX, &text, e))
		return false;
	sha256_of(digest, buf_span(&text));
	if (json_parse(&manifest, buf_span(&text), r->a, e) &&
		json_check_format(&manifest, MANIFEST_FORMAT, e) && read_outputs(s, &manifest, e) &&
		read_firmware(&s->firmware, &manifest, e))
		return true;
	return err_wrap(e, "cannot read 'manifest.json'");
}

/* The partition table's event and the digest of the whole disk. */
static bool read_disk(struct remeasure *r, int folder, uint8_t *digest, struct err *e)
{
	CLEANUP(hasher_freep) struct hasher *h = hasher_new(DIGEST_SHA256);
	CLEANUP(mem_free) uint8_t *piece = mem_alloc(PIECE);
	CLEANUP(file_closep) int fd = file_open(folder, "disk.img", e);
	struct stat st;

	if (fd < 0)
		return false;
	if (fstat(fd, &st) < 0)
		return err_os(e, "cannot read 'disk.img'");
	for (uint64_t at = 0; at < (uint64_t)st.st_size; at += PIECE) {
		uint64_t left = (uint64_t)st.st_size - at;
		size_t n = left < PIECE ? (size_t)left : PIECE;

		if (!file_pread(fd, piece, n, at, "disk.img", e))
			return false;
		if (!at && !partition_table_event(&r->gpt, span_make(piece, n), e))
			return err_wrap(e, "cannot measure 'disk.img'");
		hasher_add(h, piece, n);
	}
	hasher_end(h, digest);
	return buf_ok(&r->gpt) || buf_full(&r->gpt, "the partition table", e);
}

/* PCR 0 as this store observed it, else as the file has it. */
static bool set_pcr0(struct remeasure *r, struct shape_firmware *f,
	const struct reference_shape *recorded, const struct store *s, struct err *e)
{
	struct digest *pcr0 = ARENA_ARRAY(r->a, EVENT_BANKS_MAX, struct digest);
	const struct reference_register *file = NULL;

	if (!pcr0)
		return arena_full(r->a, e);
	if (s && !record_get_pcr0(s, f->sha256, &r->pcr0_from_store, pcr0, e))
		return false;
	f->pcr0 = pcr0;
	f->n_pcr0 = r->pcr0_from_store ? RECORD_PCR0_BANKS : 0;
	if (recorded->n_registers && recorded->registers[0].reg == 0)
		file = &recorded->registers[0];
	if (r->pcr0_from_store || !file || file->how != REFERENCE_OBSERVED)
		return true;
	for (size_t b = 0; b < recorded->n_banks; b++)
		pcr0[b] = file->values[b];
	f->n_pcr0 = recorded->n_banks;
	return true;
}

static bool compute(
	struct remeasure *r, const struct said *said, const struct store *s, struct err *e)
{
	struct reference_shape *shapes = ARENA_ARRAY(
		r->a, r->recorded.n_shapes, struct reference_shape);

	if (!shapes)
		return arena_full(r->a, e);
	for (size_t i = 0; i < r->recorded.n_shapes; i++) {
		const struct reference_shape *recorded = &r->recorded.shapes[i];
		struct shape_qemu_vtpm_in in = { .uki = buf_span(&r->uki),
			.gpt = buf_span(&r->gpt),
			.root_hash = SPAN_OF(said->root_hash),
			.firmware = said->firmware };

		if (!str_is(recorded->name, SHAPE_QEMU_VTPM))
			return err_set(e, ERR_USAGE, "platform '%.*s' is not known",
				STR_ARG(recorded->name));
		if (!set_pcr0(r, &in.firmware, recorded, s, e) ||
			!shape_qemu_vtpm(&shapes[i], &in, r->a, e))
			return err_wrap(e, "platform '%.*s'", STR_ARG(recorded->name));
	}
	r->computed = r->recorded;
	r->computed.shapes = shapes;
	return true;
}

static bool run(struct remeasure *r, int folder, const struct store *s, struct err *e)
{
	CLEANUP(buf_done) struct buf text = { 0 }, again = buf_init(REFERENCE_VALUES_SIZE_MAX);
	uint8_t manifest[SHA256_SIZE], disk[SHA256_SIZE], uki[SHA256_SIZE];
	struct said said = { 0 };

	if (!read_manifest(&said, r, folder, manifest, e) ||
		!file_read(folder, "uki.efi", UKI_SIZE_MAX, &r->uki, e) ||
		!read_disk(r, folder, disk, e) ||
		!file_read(folder, "reference-values.json", REFERENCE_VALUES_SIZE_MAX, &text, e))
		return false;
	if (!reference_values_parse(&r->recorded, buf_span(&text), r->a, e))
		return err_wrap(e, "cannot read 'reference-values.json'");
	if (!compute(r, &said, s, e))
		return false;
	sha256_of(uki, buf_span(&r->uki));
	r->uki_differs = !ct_equal(uki, said.uki, SHA256_SIZE);
	r->disk_differs = !ct_equal(disk, said.disk, SHA256_SIZE);
	r->manifest_differs = !ct_equal(manifest, r->recorded.manifest_sha256, SHA256_SIZE);
	reference_values_emit(&r->computed, &again);
	r->same = buf_ok(&again) && span_equal(buf_span(&text), buf_span(&again));
	return true;
}

bool remeasure_run(struct remeasure *ret, const char *out, const struct store *s, struct err *e)
{
	CLEANUP(file_closep) int folder = open(out, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	struct remeasure r = { .gpt = buf_init(PARTITION_TABLE_EVENT_MAX) };

	if (folder < 0) {
		err_os(e, "cannot open '%s'", out);
		return err_hint(e, "give the folder that `assay build` wrote");
	}
	r.a = arena_new(MEMORY_MAX);
	if (!run(&r, folder, s, e)) {
		remeasure_done(&r);
		if (e->kind == ERR_NOTFOUND)
			err_hint(e, "give the folder that `assay build` wrote");
		else if (e->kind == ERR_FORMAT && !e->hint[0])
			err_hint(e,
				"a file of the image is damaged: build it again, or get it again");
		return err_wrap(e, "'%s'", out);
	}
	*ret = r;
	return true;
}
