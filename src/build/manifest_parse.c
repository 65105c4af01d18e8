#include "build/manifest_parse.h"

#include "build/manifest.h"
#include "codec/json.h"
#include "base/banned.h"

/* One element of a list into the place of its struct. */
typedef bool read_element(void *to, const struct json *v, struct arena *a, struct err *e);

/* The array at key as an array of structs; *ret is const to its owner. */
static bool get_list(const struct json *o, const char *key, size_t size, read_element *read,
	void *ret, size_t *n, struct arena *a, struct err *e)
{
	const struct json *list;
	char *items;

	if (!json_get_array(o, key, &list, e))
		return false;
	items = arena_array(a, list->n, size);
	if (!items)
		return arena_full(a, e);
	for (size_t i = 0; i < list->n; i++)
		if (!read(items + i * size, &list->items[i], a, e))
			return err_wrap(e, "'%s'", key);
	memcpy(ret, &items, sizeof items);
	*n = list->n;
	return true;
}

static bool read_text(void *to, const struct json *v, struct arena *a, struct err *e)
{
	(void)a;
	if (v->kind != JSON_STRING)
		return err_set(e, ERR_FORMAT, "line %zu: no text", v->line);
	*(struct str *)to = v->text;
	return true;
}

static bool get_texts(
	const struct json *o, const char *key, struct str_list *ret, struct arena *a, struct err *e)
{
	return get_list(o, key, sizeof(struct str), read_text, &ret->items, &ret->n, a, e);
}

static bool read_package(void *to, const struct json *v, struct arena *a, struct err *e)
{
	struct manifest_package *p = to;

	return json_get_str(v, "name", &p->name, e) && json_get_str(v, "version", &p->version, e) &&
	       json_get_str(v, "source", &p->source, e) &&
	       json_get_str(v, "source-version", &p->source_version, e) &&
	       get_texts(v, "sets", &p->sets, a, e);
}

static bool get_origin(
	const struct json *o, struct str *origin, enum origin_class *class, struct err *e)
{
	struct str name;

	if (!json_get_str(o, "origin", origin, e) || !json_get_str(o, "class", &name, e))
		return false;
	return origin_class_read(class, name) ||
	       err_set(e, ERR_FORMAT, "line %zu: '%.*s' is no class of origins", o->line,
		       STR_ARG(name));
}

static bool read_file(void *to, const struct json *v, struct arena *a, struct err *e)
{
	struct manifest_file *f = to;

	(void)a;
	return json_get_str(v, "path", &f->path, e) &&
	       json_get_u64(v, "size", UINT64_MAX, &f->size, e) &&
	       json_get_hex(v, "sha256", f->sha256, SHA256_SIZE, e) &&
	       get_origin(v, &f->origin, &f->class, e);
}

static bool read_user(void *to, const struct json *v, struct arena *a, struct err *e)
{
	struct manifest_user *u = to;
	uint64_t uid, gid;

	(void)a;
	if (!json_get_str(v, "name", &u->name, e) || !json_get_u64(v, "uid", UINT32_MAX, &uid, e) ||
		!json_get_u64(v, "gid", UINT32_MAX, &gid, e))
		return false;
	u->uid = (uint32_t)uid;
	u->gid = (uint32_t)gid;
	return json_get_str(v, "home", &u->home, e) && json_get_str(v, "shell", &u->shell, e) &&
	       json_get_str(v, "password", &u->password, e);
}

static bool read_want(void *to, const struct json *v, struct arena *a, struct err *e)
{
	struct manifest_want *w = to;

	(void)a;
	return json_get_str(v, "unit", &w->unit, e) && json_get_str(v, "by", &w->by, e);
}

static bool read_units(
	struct manifest *m, const struct json *manifest, struct arena *a, struct err *e)
{
	const struct json *units;

	return json_get_object(manifest, "units", &units, e) &&
	       json_get_str(units, "default", &m->default_target, e) &&
	       get_list(units, "enabled", sizeof(struct manifest_want), read_want,
		       &m->enabled.items, &m->enabled.n, a, e) &&
	       get_list(units, "pulled-in", sizeof(struct manifest_want), read_want,
		       &m->pulled_in.items, &m->pulled_in.n, a, e) &&
	       get_texts(units, "masked", &m->masked, a, e);
}

/* `key` of o, or o itself for NULL: an object with a size and, where `digest` is set, a sha256. */
static bool get_part(const struct json *o, const char *key, bool digest, struct manifest_part *ret,
	struct err *e)
{
	if (key && !json_get_object(o, key, &o, e))
		return false;
	return json_get_u64(o, "size", UINT64_MAX, &ret->size, e) &&
	       (!digest || json_get_hex(o, "sha256", ret->sha256, SHA256_SIZE, e));
}

/* The same of a file that is measured, with its origin. */
static bool get_boot_file(
	const struct json *o, const char *key, struct manifest_part *ret, struct err *e)
{
	return get_part(o, key, true, ret, e) && json_get_object(o, key, &o, e) &&
	       get_origin(o, &ret->origin, &ret->class, e);
}

static bool read_outputs(struct manifest *m, const struct json *manifest, struct err *e)
{
	const struct json *outputs, *disk, *root, *uki;

	return json_get_object(manifest, "outputs", &outputs, e) &&
	       json_get_object(outputs, "disk", &disk, e) &&
	       get_part(disk, NULL, true, &m->disk, e) && json_get_object(disk, "root", &root, e) &&
	       get_part(root, NULL, false, &m->root, e) &&
	       json_get_hex(root, "root-hash", m->root_hash, SHA256_SIZE, e) &&
	       get_part(disk, "root-verity", false, &m->verity, e) &&
	       get_part(disk, "esp", true, &m->esp, e) &&
	       json_get_object(outputs, "uki", &uki, e) && get_part(uki, NULL, true, &m->uki, e) &&
	       get_boot_file(uki, "stub", &m->stub, e) &&
	       json_get_str(uki, "stub-version", &m->stub_version, e) &&
	       get_boot_file(uki, "kernel", &m->kernel, e) &&
	       json_get_str(uki, "kernel-path", &m->kernel_path, e) &&
	       get_part(uki, "initrd", true, &m->initrd, e) &&
	       json_get_str(uki, "command-line", &m->command_line, e);
}

static bool read_firmware(struct manifest *m, const struct json *manifest, struct err *e)
{
	const struct json *firmware;

	return json_get_object(manifest, "firmware", &firmware, e) &&
	       json_get_str(firmware, "version", &m->firmware_version, e) &&
	       get_boot_file(firmware, "code", &m->code, e) &&
	       get_boot_file(firmware, "vars", &m->vars, e);
}

static bool read_files(struct manifest_file_list *ret, const struct json *manifest, const char *key,
	struct arena *a, struct err *e)
{
	return get_list(
		manifest, key, sizeof(struct manifest_file), read_file, &ret->items, &ret->n, a, e);
}

static bool read_change(void *to, const struct json *v, struct arena *a, struct err *e)
{
	struct manifest_change *c = to;

	if (!json_get_str(v, "path", &c->path, e) || !json_get_str(v, "change", &c->change, e))
		return false;
	return !json_get(v, "in") || get_texts(v, "in", &c->in, a, e);
}

/* Only an image whose description runs maintainer scripts has it. */
static bool read_configured(
	struct manifest *m, const struct json *manifest, struct arena *a, struct err *e)
{
	const struct json *configured;

	m->configured = json_get(manifest, "configured") != NULL;
	return !m->configured ||
	       (json_get_object(manifest, "configured", &configured, e) &&
		       get_list(configured, "changes", sizeof(struct manifest_change), read_change,
			       &m->changes, &m->n_changes, a, e));
}

static bool count_files(struct origin_class_shares *sum, const struct manifest_file_list *l)
{
	for (size_t i = 0; i < l->n; i++)
		if (!origin_class_add(sum, l->items[i].class, l->items[i].size))
			return false;
	return true;
}

/* The sums are those of what is listed, or somebody wants to look better than he is. */
static bool read_measured(struct manifest *m, const struct json *v, struct err *e)
{
	const struct manifest_part *const parts[] = { &m->stub, &m->kernel, &m->code, &m->vars };
	struct origin_class_shares sum = { 0 };
	const struct json *measured;
	bool ok = origin_class_add(&sum, ORIGIN_SOURCE, m->command_line.n);

	if (!json_get_object(v, "measured-bytes", &measured, e) ||
		!origin_class_parse(&m->measured, measured, e))
		return false;
	for (size_t i = 0; i < ARRAY_LEN(parts); i++)
		ok = ok && origin_class_add(&sum, parts[i]->class, parts[i]->size);
	ok = ok && count_files(&sum, &m->initrd_files) && count_files(&sum, &m->root_files);
	return (ok && !memcmp(&sum, &m->measured, sizeof sum)) ||
	       err_set(e, ERR_FORMAT,
		       "line %zu: 'measured-bytes' are not the sums over what is listed",
		       measured->line);
}

static bool read_all(struct manifest *m, const struct json *v, struct arena *a, struct err *e)
{
	const struct json *inputs;

	return json_get_str(v, "name", &m->name, e) &&
	       json_get_u64(v, "image-version", UINT32_MAX, &m->image_version, e) &&
	       json_get_u64(v, "source-date-epoch", INT64_MAX, &m->source_date_epoch, e) &&
	       json_get_object(v, "inputs", &inputs, e) &&
	       json_get_hex(inputs, "description-sha256", m->description_sha256, SHA256_SIZE, e) &&
	       json_get_hex(inputs, "lock-sha256", m->lock_sha256, SHA256_SIZE, e) &&
	       get_list(inputs, "packages", sizeof(struct manifest_package), read_package,
		       &m->packages, &m->n_packages, a, e) &&
	       read_outputs(m, v, e) && read_firmware(m, v, e) &&
	       get_list(v, "users", sizeof(struct manifest_user), read_user, &m->users, &m->n_users,
		       a, e) &&
	       read_units(m, v, a, e) && get_texts(v, "ports", &m->ports, a, e) &&
	       read_configured(m, v, a, e) &&
	       read_files(&m->initrd_files, v, "initrd-files", a, e) &&
	       read_files(&m->root_files, v, "root-files", a, e) && read_measured(m, v, e);
}

bool manifest_parse(struct manifest *ret, struct span text, struct arena *a, struct err *e)
{
	struct manifest m = { 0 };
	struct json v;

	if (text.n > MANIFEST_SIZE_MAX)
		return err_set(e, ERR_LIMIT, "a manifest of %zu bytes, limit %d", text.n,
			MANIFEST_SIZE_MAX);
	if (!json_parse(&v, text, a, e) || !json_check_format(&v, MANIFEST_FORMAT, e) ||
		!read_all(&m, &v, a, e))
		return false;
	*ret = m;
	return true;
}
