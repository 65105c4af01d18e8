#include <errno.h>
#include <sys/stat.h>

#include "appraise/shape.h"
#include "base/mem.h"
#include "build/build_work.h"
#include "build/eif_output.h"
#include "build/output_names.h"
#include "build/reference.h"
#include "build/sbom.h"
#include "sys/file.h"
#include "sys/par.h"
#include "base/banned.h"

enum { FIRMWARE_FILE_MAX = 64 << 20 };

static struct artefacts_inputs image_inputs(const struct build_work *w)
{
	return (struct artefacts_inputs){ .description = w->d,
		.root = w->root,
		.initrd = w->initrd,
		.kernel = w->kernel.content,
		.stub = w->stub.content,
		.kernel_version = w->kernel_version,
		.os_release = buf_str(&w->os_release),
		.source_date_epoch = w->r->inputs->source_date_epoch };
}

static bool export_one(
	const struct build_work *w, const char *name, const struct content *c, struct err *e)
{
	CLEANUP(mem_free) uint8_t *bytes = NULL;

	if (c->size > FIRMWARE_FILE_MAX)
		return err_set(e, ERR_LIMIT, "firmware of %llu bytes, limit %d",
			(unsigned long long)c->size, FIRMWARE_FILE_MAX);
	bytes = mem_alloc((size_t)c->size);
	return content_read(c, 0, bytes, (size_t)c->size, e) &&
	       file_replace(w->out, name, span_make(bytes, (size_t)c->size), 0644, e);
}

/* Notes a file that not every folder has; false where it is noted already. */
static bool note(struct stamp *s, const char *name)
{
	for (size_t i = 0; i < s->n_more; i++)
		if (strcmp(s->more[i], name) == 0)
			return false;
	snprintf(s->more[s->n_more++], OUTPUT_FIRMWARE_MAX, "%s", name);
	return true;
}

static bool make_folder(const struct build_work *w, const char *name, struct err *e)
{
	return mkdirat(w->out, name, 0755) == 0 || errno == EEXIST ||
	       err_os(e, "cannot make folder '%s'", name);
}

static bool export_firmware(struct build_work *w, struct err *e)
{
	if (!make_folder(w, "firmware", e))
		return false;
	for (size_t i = 0; i < w->d->n_platforms; i++) {
		char name[OUTPUT_FIRMWARE_MAX];

		if (!w->platform_firmware[i].origin.n)
			continue;
		/* The same file for each combination of settings. */
		output_firmware_name(name, w->d->platforms[i].shape.name);
		if (note(&w->stamp, name) &&
			!export_one(w, name, &w->platform_firmware[i].content, e))
			return false;
	}
	return export_one(w, "firmware/OVMF_CODE.fd", &w->firmware.code.content, e) &&
	       export_one(w, "firmware/OVMF_VARS.fd", &w->firmware.vars.content, e);
}

static bool boots_directly(const struct description *d)
{
	for (size_t i = 0; i < d->n_platforms; i++)
		if (d->platforms[i].shape.boot == PLATFORM_BOOT_DIRECT)
			return true;
	return false;
}

/* Kernel, initrd and command line as the sections of the UKI that they are. */
static bool export_direct(struct build_work *w, struct err *e)
{
	struct shape_direct d;

	if (!boots_directly(w->d))
		return true;
	if (!shape_direct_of(&d, buf_span(&w->artefacts.uki), e) || !make_folder(w, "direct", e))
		return false;
	const struct span files[OUTPUT_DIRECT] = { d.kernel, d.initrd, d.command_line };

	for (size_t i = 0; i < OUTPUT_DIRECT; i++) {
		note(&w->stamp, output_direct[i]);
		if (!file_replace(w->out, output_direct[i], files[i], 0644, e))
			return false;
	}
	return true;
}

static bool write_manifest(struct build_work *w, struct build_outcome *o, struct err *e)
{
	const struct manifest_inputs in = { .inputs = w->r->inputs,
		.reproduced = w->reproduced,
		.components = w->components,
		.n_components = w->d->n_components,
		.firmware = &w->firmware,
		.platform_firmware = w->platform_firmware,
		.artefacts = &w->artefacts,
		.disk_sha256 = o->disk_sha256,
		.root = w->root,
		.initrd = w->initrd,
		.kernel_path = w->kernel_path,
		.kernel = w->kernel,
		.stub = w->stub,
		.stub_version = w->stub_version,
		.eif = buf_span(&w->eif),
		.configured = w->d->run_scripts ? &w->configured : NULL };
	CLEANUP(buf_done) struct buf out = buf_init(MANIFEST_SIZE_MAX);

	if (!manifest_emit(&in, &w->measured, &out, e))
		return false;
	sha256_of(o->manifest_sha256, buf_span(&out));
	return file_replace(w->out, "manifest.json", buf_span(&out), 0644, e) &&
	       sbom_write(w->out, &in, o->manifest_sha256, e);
}

static bool find_pcr0(struct build_work *w, struct build_outcome *o,
	struct digest pcr0[static RECORD_PCR0_BANKS], struct err *e)
{
	struct artefacts_inputs image = image_inputs(w);

	return reference_pcr0(
		w->r->store, &image, &w->firmware, !w->r->no_observe, &o->pcr0_known, pcr0, e);
}

/* What takes long and does not wait for each other: the digest of the disk, and the values of the registers. */
struct finals {
	struct build_work *w;
	struct build_outcome *o;
	const struct digest *pcr0;
	struct reference_values values;
};

static bool predict(struct finals *f, struct err *e)
{
	struct reference_inputs in = { .description = f->w->d,
		.artefacts = &f->w->artefacts,
		.firmware = &f->w->firmware,
		.platform_firmware = f->w->platform_firmware,
		.pcr0 = f->pcr0 };

	return reference_predict(&f->values, &in, f->w->values_arena, e) &&
	       eif_output_predict(&f->values, &f->w->eif, f->w->values_arena, e);
}

enum { FINAL_DIGEST, FINAL_FILES, FINALS };

static bool make_final(void *ctx, size_t i, struct err *e)
{
	struct finals *f = ctx;

	if (i == FINAL_DIGEST)
		return artefacts_disk_digest(&f->w->artefacts, f->o->disk_sha256, e);
	/* The old image gives way to the new one not before the new one's values are known. */
	return predict(f, e) && export_firmware(f->w, e) && export_direct(f->w, e) &&
	       artefacts_publish(&f->w->artefacts, e) &&
	       eif_output_publish(f->w->out, &f->w->eif, e);
}

static bool write_reference_values(
	struct build_work *w, struct build_outcome *o, struct reference_values *v, struct err *e)
{
	CLEANUP(buf_done) struct buf out = buf_init(BUILD_REFERENCE_VALUES_MAX);

	memcpy(v->manifest_sha256, o->manifest_sha256, SHA256_SIZE);
	v->has_origins = true;
	v->origins = w->measured;
	reference_values_emit(v, &out);
	if (!buf_ok(&out))
		return buf_full(&out, "reference-values.json", e);
	sha256_of(o->reference_values_sha256, buf_span(&out));
	return file_replace(w->out, "reference-values.json", buf_span(&out), 0644, e);
}

/* A note that cannot be made costs the next build its time, nothing else. */
static void put_stamp(struct build_work *w, const struct build_outcome *o)
{
	struct err ignored = { 0 };

	memcpy(w->stamp.firmware_sha256, w->firmware.code.content.sha256, SHA256_SIZE);
	w->stamp.outcome = *o;
	if (artefacts_disk_stands(&w->artefacts) &&
		!stamp_write(&w->stamp, w->r->store, w->out, &ignored))
		ignored.kind = ERR_NONE;
}

/* What follows from the written artefacts. */
static bool measure(struct build_work *w, struct build_outcome *o, struct err *e)
{
	struct digest pcr0[RECORD_PCR0_BANKS];
	struct finals f = { .w = w, .o = o };

	if (description_has_platform(w->d, PLATFORM_TPM)) { /* no other needs it */
		build_work_stage(w, "PCR 0 of firmware");
		if (!find_pcr0(w, o, pcr0, e))
			return false;
	}
	f.pcr0 = o->pcr0_known ? pcr0 : NULL;
	build_work_stage(w, "reference values");
	memcpy(o->uki_sha256, w->artefacts.uki_sha256, SHA256_SIZE);
	memcpy(o->root_hash, w->artefacts.root_hash, SHA256_SIZE);
	o->disk_size = w->artefacts.disk.size;
	if (!par_for(FINALS, 0, make_final, &f, e) || !write_manifest(w, o, e) ||
		!write_reference_values(w, o, &f.values, e))
		return false;
	if (component_is_fresh(w->r->how))
		return true;
	if (!record_put_build(w->r->store, o->manifest_sha256, o->reference_values_sha256, e))
		return false;
	put_stamp(w, o);
	return true;
}

bool build_outputs_write(struct build_work *w, struct build_outcome *o, struct err *e)
{
	struct artefacts_inputs image = image_inputs(w);

	build_work_stage(w, "image");
	return artefacts_write(&w->artefacts, &image, w->out, e) &&
	       eif_output_make(&w->eif, &image, e) && measure(w, o, e);
}
