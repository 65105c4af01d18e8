#include "build/reference.h"

#include <fcntl.h>
#include <stdio.h>

#include "appraise/shape.h"
#include "base/mem.h"
#include "sys/file.h"
#include "tree/content.h"
#include "vm/observe.h"
#include "base/banned.h"

enum { FIRMWARE_MAX = 64 << 20 };

static bool read_firmware(
	struct span *ret, const struct manifest_boot_file *f, struct arena *a, struct err *e)
{
	const struct content *c = &f->content;
	uint8_t *bytes;

	if (!f->origin.n)
		return true;
	if (c->size > FIRMWARE_MAX)
		return err_set(e, ERR_LIMIT, "firmware of %llu bytes, limit %d",
			(unsigned long long)c->size, FIRMWARE_MAX);
	bytes = arena_alloc(a, (size_t)c->size);
	if (!bytes)
		return arena_full(a, e);
	*ret = span_make(bytes, (size_t)c->size);
	return content_read(c, 0, bytes, (size_t)c->size, e);
}

/* Shapes that measure the same firmware share its bytes. */
static bool find_firmware(struct span *ret, struct span *seen, size_t i,
	const struct manifest_boot_file *firmware, struct arena *a, struct err *e)
{
	for (size_t k = 0; k < i; k++)
		if (seen[k].n && ct_equal(firmware[k].content.sha256, firmware[i].content.sha256,
					 SHA256_SIZE)) {
			*ret = seen[i] = seen[k];
			return true;
		}
	if (!read_firmware(&seen[i], &firmware[i], a, e))
		return false;
	*ret = seen[i];
	return true;
}

static struct shape_files files_of(const struct reference_inputs *in)
{
	struct shape_files f = {
		.uki = buf_span(&in->artefacts->uki),
		.gpt = buf_span(&in->artefacts->gpt),
		.root_hash = SPAN_OF(in->artefacts->root_hash),
		.tpm = { .version = in->firmware->version,
			.pcr0 = in->pcr0,
			.n_pcr0 = in->pcr0 ? RECORD_PCR0_BANKS : 0 },
	};

	memcpy(f.tpm.sha256, in->firmware->code.content.sha256, SHA256_SIZE);
	memcpy(f.tpm.vars_sha256, in->firmware->vars.content.sha256, SHA256_SIZE);
	return f;
}

bool reference_predict(struct reference_values *ret, const struct reference_inputs *in,
	struct arena *a, struct err *e)
{
	const struct description *d = in->description;
	struct reference_shape *shapes = ARENA_ARRAY(a, d->n_platforms, struct reference_shape);
	struct span *firmware = ARENA_ARRAY(a, d->n_platforms, struct span);
	struct shape_files files = files_of(in);
	struct shape_seen seen = { 0 };

	if (!shapes || !firmware)
		return arena_full(a, e);
	files.seen = &seen;
	for (size_t i = 0; i < d->n_platforms; i++) {
		const struct platform_shape *p = &d->platforms[i].shape;

		if (!find_firmware(&files.firmware, firmware, i, in->platform_firmware, a, e) ||
			!shape_predict(&shapes[i], p, &files, a, e))
			return err_wrap(e, "platform '%.*s'", STR_ARG(p->name));
	}
	*ret = (struct reference_values){
		.image = d->name, .shapes = shapes, .n_shapes = d->n_platforms
	};
	return true;
}

static bool export_content(const struct content *c, int folder, const char *name, struct err *e)
{
	CLEANUP(mem_free) uint8_t *bytes = NULL;

	if (c->size > FIRMWARE_MAX)
		return err_set(e, ERR_LIMIT, "firmware of %llu bytes, limit %d",
			(unsigned long long)c->size, FIRMWARE_MAX);
	bytes = mem_alloc((size_t)c->size);
	return content_read(c, 0, bytes, (size_t)c->size, e) &&
	       file_write(folder, name, span_make(bytes, (size_t)c->size), 0644, e);
}

/* Boots the observer in the folder `path`. */
static bool observe_in(const char *path, const struct artefacts_inputs *image,
	const struct manifest_firmware *firmware, struct digest pcr0[static RECORD_PCR0_BANKS],
	struct err *e)
{
	CLEANUP(file_closep) int folder = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	char code[4096], vars[4096], disk[4096];
	CLEANUP(mem_free) struct observe *seen = MEM_NEW(struct observe);

	if (folder < 0)
		return err_os(e, "cannot open '%s'", path);
	snprintf(code, sizeof code, "%s/code.fd", path);
	snprintf(vars, sizeof vars, "%s/vars.fd", path);
	snprintf(disk, sizeof disk, "%s/observer.img", path);
	if (!export_content(&firmware->code.content, folder, "code.fd", e) ||
		!export_content(&firmware->vars.content, folder, "vars.fd", e) ||
		!artefacts_write_observer(
			image, "console=ttyS0 panic=-1 assay.observe", folder, "observer.img", e) ||
		!observe_boot(seen, code, vars, disk, e))
		return false;
	pcr0[0] = seen->sha256[0];
	pcr0[1] = seen->sha384[0];
	return true;
}

bool reference_pcr0(struct store *s, const struct artefacts_inputs *image,
	const struct manifest_firmware *firmware, bool observe, bool *known,
	struct digest pcr0[static RECORD_PCR0_BANKS], struct err *e)
{
	char *path;
	bool ok;

	if (!record_get_pcr0(s, firmware->code.content.sha256, known, pcr0, e))
		return false;
	if (*known || !observe)
		return true;
	if (!store_tmpdir(s, &path, e))
		return false;
	ok = observe_in(path, image, firmware, pcr0, e);
	store_tmpdir_remove(s, path);
	if (!ok) {
		err_wrap(e, "cannot observe PCR 0 of the firmware by booting it");
		/* A program of this machine is missing: no finding about the image. */
		if (e->kind == ERR_NOTFOUND)
			e->kind = ERR_IO;
		if (!e->hint[0])
			err_hint(e,
				"install qemu-system-x86 and swtpm, or build with --no-observe (then no verdict "
				"is affirming)");
		return false;
	}
	*known = true;
	return record_put_pcr0(s, firmware->code.content.sha256, pcr0, e);
}
