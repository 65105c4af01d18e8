#include "build/finished.h"

#include <fcntl.h>
#include <string.h>

#include "build/manifest.h"
#include "build/output_names.h"
#include "codec/json.h"
#include "image/uki.h"
#include "sys/file.h"
#include "base/banned.h"

#define DISK_SIZE_MAX (UINT64_C(1) << 50)

static bool read_esp(struct finished *f, const struct json *disk, struct err *e)
{
	const struct json *esp;

	if (!json_get_u64(disk, "size", DISK_SIZE_MAX, &f->disk_size, e) ||
		!json_get_object(disk, "esp", &esp, e) ||
		!json_get_u64(esp, "at", DISK_SIZE_MAX, &f->esp_at, e) ||
		!json_get_u64(esp, "size", FAT_SIZE_MAX, &f->esp_shape.size, e) ||
		!json_get_hex(esp, "sha256", f->esp, SHA256_SIZE, e))
		return false;
	return f->esp_at + f->esp_shape.size <= f->disk_size ||
	       err_set(e, ERR_FORMAT, "the ESP lies outside of the disk");
}

static bool read_outputs(struct finished *f, const struct json *manifest, struct err *e)
{
	const struct json *outputs, *disk, *root, *uki;
	uint64_t epoch;

	if (!json_get_object(manifest, "outputs", &outputs, e) ||
		!json_get_object(outputs, "disk", &disk, e) ||
		!json_get_hex(disk, "sha256", f->disk, SHA256_SIZE, e) ||
		!json_get_object(disk, "root", &root, e) ||
		!json_get_hex(root, "root-hash", f->root_hash, SHA256_SIZE, e) ||
		!json_get_object(outputs, "uki", &uki, e) ||
		!json_get_hex(uki, "sha256", f->uki, SHA256_SIZE, e) || !read_esp(f, disk, e) ||
		!json_get_u64(manifest, "source-date-epoch", INT64_MAX, &epoch, e))
		return false;
	f->esp_shape.time_unix = (int64_t)epoch;
	memcpy(f->esp_shape.unsigned_sha256, f->uki, SHA256_SIZE);
	return true;
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

/* Only an image for platforms with firmware of their own lists them. */
static bool read_platforms(struct finished *f, const struct json *manifest, struct err *e)
{
	const struct json *list;

	if (!json_get(manifest, "platforms"))
		return true;
	if (!json_get_array(manifest, "platforms", &list, e))
		return false;
	if (list->n > DESCRIPTION_PLATFORMS_MAX)
		return err_set(e, ERR_LIMIT, "%zu platforms, limit %d", list->n,
			DESCRIPTION_PLATFORMS_MAX);
	for (size_t i = 0; i < list->n; i++) {
		struct str name, *file = &f->platform_firmware[f->n_platform_firmware];
		char wanted[OUTPUT_FIRMWARE_MAX];

		if (!json_get_str(&list->items[i], "name", &name, e) ||
			!json_get_str(&list->items[i], "file", file, e))
			return false;
		output_firmware_name(wanted, name);
		if (!str_is(*file, wanted) || memchr(name.p, '/', name.n))
			return err_set(e, ERR_FORMAT,
				"line %zu: the firmware of a platform is '%s'", list->items[i].line,
				wanted);
		f->n_platform_firmware++;
	}
	return true;
}

static bool read_measured(struct finished *f, const struct json *manifest, struct err *e)
{
	const struct json *measured;

	return json_get_object(manifest, "measured-bytes", &measured, e) &&
	       origin_class_parse(&f->measured, measured, e);
}

bool finished_read(struct finished *ret, int folder, struct arena *a, struct err *e)
{
	CLEANUP(buf_done) struct buf text = { 0 };
	struct finished f = { 0 };
	struct json manifest;

	if (!file_read(folder, FINISHED_MANIFEST, MANIFEST_SIZE_MAX, &text, e))
		return false;
	sha256_of(f.manifest, buf_span(&text));
	if (!json_parse(&manifest, buf_span(&text), a, e) ||
		!json_check_format(&manifest, MANIFEST_FORMAT, e) ||
		!read_outputs(&f, &manifest, e) || !read_firmware(&f.firmware, &manifest, e) ||
		!read_platforms(&f, &manifest, e) || !read_measured(&f, &manifest, e))
		return err_wrap(e, "cannot read '" FINISHED_MANIFEST "'");
	*ret = f;
	return true;
}

int finished_open(const char *path, struct err *e)
{
	int fd = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);

	if (fd < 0) {
		err_os(e, "cannot open '%s'", path);
		err_hint(e, "give the folder that `assay build` wrote");
	}
	return fd;
}
