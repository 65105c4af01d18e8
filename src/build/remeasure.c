#include "build/remeasure.h"

#include <sys/stat.h>

#include "appraise/shape.h"
#include "appraise/shape_nitro_enclave.h"
#include "build/eif_output.h"
#include "build/finished.h"
#include "build/output_names.h"
#include "build/record.h"
#include "codec/pe.h"
#include "image/authenticode.h"
#include "image/pe_certificates.h"
#include "image/stream.h"
#include "image/uki.h"
#include "lock/platform_files.h"
#include "measure/eif.h"
#include "measure/partition_table.h"
#include "sys/file.h"
#include "base/banned.h"

enum { FIRMWARE_MAX = 64 << 20 };

#define MEMORY_MAX ((size_t)1 << 30) /* a manifest of MANIFEST_SIZE_MAX as JSON values */

void remeasure_done(struct remeasure *r)
{
	buf_done(&r->uki);
	buf_done(&r->signed_uki);
	buf_done(&r->gpt);
	arena_free(r->a);
}

/* r->uki is the unsigned form of what the folder has. */
static bool read_uki(struct remeasure *r, int folder, struct err *e)
{
	struct authenticode signature;
	struct digest hash;
	struct span der;

	if (!file_read(folder, FINISHED_UKI, UKI_SIZE_MAX, &r->uki, e))
		return false;
	if (!pe_certificates_present(buf_span(&r->uki)))
		return true;
	r->signed_uki = r->uki;
	r->uki = buf_init(UKI_SIZE_MAX);
	if (!pe_certificates_detach(&r->uki, &der, buf_span(&r->signed_uki), e) ||
		!authenticode_check(&signature, der, e) ||
		!pe_authenticode(&hash, buf_span(&r->uki), DIGEST_SHA256, e))
		return err_wrap(e, "'" FINISHED_UKI "'");
	r->is_signed = true;
	r->signature_differs = !ct_equal(signature.image_sha256, hash.bytes, SHA256_SIZE);
	sha256_of(r->signer_sha256, signature.certificate);
	return true;
}

/* Whether the ESP of the disk is the manifest's but for the signature of its file; a file that has no room there is not. */
static bool is_signed_disk(
	bool *ret, const struct remeasure *r, const struct finished *f, int fd, struct err *e)
{
	CLEANUP(esp_done) struct esp esp = { 0 };
	struct content_memory memory;
	struct err why = { 0 };
	struct content content;

	*ret = false;
	content_of_memory(&content, &memory, buf_span(&r->signed_uki));
	if (esp_plan(&esp, &content, &f->esp_shape, &why))
		return esp_is_at(ret, &esp, fd, f->esp_at, e);
	if (why.kind == ERR_LIMIT)
		return true;
	*e = why;
	return false;
}

/* The disk's digest with the unsigned ESP in the place of the one that is there. */
static bool hash_unsigned(struct hasher *h, const struct remeasure *r, const struct finished *f,
	int fd, struct err *e)
{
	CLEANUP(esp_done) struct esp esp = { 0 };
	struct content_memory memory;
	struct stream_hash hashing;
	struct content content;

	content_of_memory(&content, &memory, buf_span(&r->uki));
	stream_hash_init(&hashing, h, NULL);
	return file_hash(h, fd, 0, f->esp_at, FINISHED_DISK, e) &&
	       esp_plan(&esp, &content, &f->esp_shape, e) && fat_emit(esp.fat, &hashing.sink, e) &&
	       file_hash(h, fd, f->esp_at + f->esp_shape.size, f->disk_size, FINISHED_DISK, e);
}

/* The partition table's event and the digest of the whole disk, of a signed one before it was signed. */
static bool read_disk(
	struct remeasure *r, int folder, const struct finished *f, uint8_t *digest, struct err *e)
{
	CLEANUP(hasher_freep) struct hasher *h = hasher_new(DIGEST_SHA256);
	CLEANUP(file_closep) int fd = file_open(folder, FINISHED_DISK, e);
	uint8_t start[PARTITION_TABLE_DISK_START];
	bool as_signed = false;
	struct stat st;

	if (fd < 0)
		return false;
	if (fstat(fd, &st) < 0)
		return err_os(e, "cannot read '" FINISHED_DISK "'");
	if (!file_pread(fd, start, sizeof start, 0, FINISHED_DISK, e))
		return false;
	if (!partition_table_event(&r->gpt, SPAN_OF(start), e))
		return err_wrap(e, "cannot measure '" FINISHED_DISK "'");
	if (r->is_signed && (uint64_t)st.st_size == f->disk_size &&
		!is_signed_disk(&as_signed, r, f, fd, e))
		return false;
	r->disk_unlike_uki = r->is_signed && !as_signed;
	if (as_signed ? !hash_unsigned(h, r, f, fd, e)
		      : !file_hash(h, fd, 0, (uint64_t)st.st_size, FINISHED_DISK, e))
		return false;
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

/* What the shapes are computed again from. */
struct again {
	struct remeasure *r;
	const struct finished *said;
	const struct store *store;
	int folder;
};

/* The firmware of a platform that has its own: the file beside the image. Of other firmware the values themselves tell. */
static bool read_platform_firmware(struct span *ret, const struct again *g,
	const struct reference_shape *recorded, struct err *e)
{
	char name[OUTPUT_FIRMWARE_MAX];

	output_firmware_name(name, recorded->name);
	for (size_t i = 0; i < g->said->n_platform_firmware; i++) {
		CLEANUP(buf_done) struct buf bytes = { 0 };
		struct str copy;

		if (!str_is(g->said->platform_firmware[i], name))
			continue;
		if (!file_read(g->folder, name, FIRMWARE_MAX, &bytes, e))
			return false;
		copy = arena_str(g->r->a, buf_str(&bytes));
		*ret = str_span(copy);
		return copy.p || arena_full(g->r->a, e);
	}
	return true;
}

/* The enclave image, whose shape follows from it alone. */
static bool compute_enclave(struct reference_shape *ret, const struct again *g,
	const struct platform_shape *p, struct err *e)
{
	CLEANUP(buf_done) struct buf image = { 0 };

	if (!file_read(g->folder, EIF_OUTPUT_NAME, EIF_SIZE_MAX, &image, e) ||
		!shape_nitro_enclave(ret, buf_span(&image), g->r->a, e))
		return false;
	ret->rules = p->rules;
	ret->n_rules = p->n_rules;
	return true;
}

static bool compute_shape(struct reference_shape *ret, const struct again *g,
	const struct reference_shape *recorded, struct err *e)
{
	struct shape_files files = { .uki = buf_span(&g->r->uki),
		.gpt = buf_span(&g->r->gpt),
		.root_hash = SPAN_OF(g->said->root_hash),
		.tpm = g->said->firmware };
	struct platform_shape base, p;

	if (!platform_files_shape(&base, shape_base_of(recorded), g->r->a, e) ||
		!shape_settings_of(&p, recorded, &base, e))
		return false;
	if (p.kind == PLATFORM_NITRO_ENCLAVE)
		return compute_enclave(ret, g, &p, e);
	if (p.kind == PLATFORM_TPM && !set_pcr0(g->r, &files.tpm, recorded, g->store, e))
		return false;
	return read_platform_firmware(&files.firmware, g, recorded, e) &&
	       shape_predict(ret, &p, &files, g->r->a, e);
}

static bool compute(const struct again *g, struct err *e)
{
	struct remeasure *r = g->r;
	struct reference_shape *shapes = ARENA_ARRAY(
		r->a, r->recorded.n_shapes, struct reference_shape);

	if (!shapes)
		return arena_full(r->a, e);
	for (size_t i = 0; i < r->recorded.n_shapes; i++)
		if (!compute_shape(&shapes[i], g, &r->recorded.shapes[i], e))
			return err_wrap(e, "platform '%.*s'", STR_ARG(r->recorded.shapes[i].name));
	r->computed = r->recorded;
	r->computed.has_origins = true;
	r->computed.origins = g->said->measured;
	r->computed.shapes = shapes;
	return true;
}

static bool run(struct remeasure *r, int folder, const struct store *s, struct err *e)
{
	CLEANUP(buf_done) struct buf text = { 0 }, again = buf_init(REFERENCE_VALUES_SIZE_MAX);
	uint8_t disk[SHA256_SIZE], uki[SHA256_SIZE];
	struct finished said;

	if (!finished_read(&said, folder, r->a, e) || !read_uki(r, folder, e) ||
		!read_disk(r, folder, &said, disk, e) ||
		!file_read(folder, FINISHED_VALUES, REFERENCE_VALUES_SIZE_MAX, &text, e))
		return false;
	if (!reference_values_parse(&r->recorded, buf_span(&text), r->a, e))
		return err_wrap(e, "cannot read '" FINISHED_VALUES "'");
	const struct again again_from = { r, &said, s, folder };

	if (!compute(&again_from, e))
		return false;
	sha256_of(uki, buf_span(&r->uki));
	r->uki_differs = !ct_equal(uki, said.uki, SHA256_SIZE);
	r->disk_differs = !ct_equal(disk, said.disk, SHA256_SIZE);
	r->manifest_differs = !ct_equal(said.manifest, r->recorded.manifest_sha256, SHA256_SIZE);
	reference_values_emit(&r->computed, &again);
	r->same = buf_ok(&again) && span_equal(buf_span(&text), buf_span(&again));
	return true;
}

bool remeasure_run(struct remeasure *ret, const char *out, const struct store *s, struct err *e)
{
	CLEANUP(file_closep) int folder = finished_open(out, e);
	struct remeasure r = { .gpt = buf_init(PARTITION_TABLE_EVENT_MAX) };

	if (folder < 0)
		return false;
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
