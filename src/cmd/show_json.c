#include "cmd/show_json.h"

#include <stdio.h>

#include "cmd/show_registers.h"
#include "codec/json.h"
#define ASSAY_MAY_ASK_THE_MACHINE
#include "base/banned.h"

#define SHOW_FORMAT "assay.show/1"
enum { JSON_MAX = 256 << 20 };

static void put_texts(struct json_out *w, const char *key, const struct str_list *l)
{
	json_key(w, key);
	json_array(w);
	for (size_t i = 0; i < l->n; i++)
		json_text(w, l->items[i]);
	json_end_array(w);
}

static void put_part(
	struct json_out *w, const char *key, const struct manifest_part *p, bool digest)
{
	json_key(w, key);
	json_object(w);
	json_put_uint(w, "size", p->size);
	if (digest)
		json_put_hex(w, "sha256", SPAN_OF(p->sha256));
	if (p->origin.p) {
		json_put_str(w, "origin", p->origin);
		json_put_cstr(w, "class", origin_class_name(p->class));
	}
	json_end_object(w);
}

static void put_layers(struct json_out *w, const struct manifest *m)
{
	json_key(w, "layers");
	json_object(w);
	put_part(w, "disk", &m->disk, true);
	put_part(w, "root", &m->root, false);
	json_put_hex(w, "root-hash", SPAN_OF(m->root_hash));
	put_part(w, "root-verity", &m->verity, false);
	put_part(w, "esp", &m->esp, true);
	put_part(w, "uki", &m->uki, true);
	put_part(w, "kernel", &m->kernel, true);
	json_put_str(w, "kernel-path", m->kernel_path);
	put_part(w, "initrd", &m->initrd, true);
	put_part(w, "stub", &m->stub, true);
	json_put_str(w, "stub-version", m->stub_version);
	json_put_str(w, "command-line", m->command_line);
	put_part(w, "firmware-code", &m->code, true);
	put_part(w, "firmware-variables", &m->vars, true);
	json_put_str(w, "firmware-version", m->firmware_version);
	json_end_object(w);
}

static void put_measured(struct json_out *w, const struct manifest *m)
{
	json_key(w, "measured-bytes");
	json_object(w);
	origin_class_emit(w, &m->measured);
	json_end_object(w);
}

static void put_shares(struct json_out *w, const struct manifest_share_list *l)
{
	json_key(w, "origins");
	json_array(w);
	for (size_t i = 0; i < l->n; i++) {
		json_object(w);
		json_put_str(w, "origin", l->items[i].origin);
		json_put_uint(w, "files", l->items[i].n_files);
		json_put_uint(w, "bytes", l->items[i].bytes);
		json_end_object(w);
	}
	json_end_array(w);
}

/* The bytes are those in the image; a package that is not in it has none. */
static void put_packages(struct json_out *w, const struct show *s)
{
	json_key(w, "packages");
	json_array(w);
	for (size_t i = 0; i < s->m.n_packages; i++) {
		const struct manifest_package *p = &s->m.packages[i];

		json_object(w);
		json_put_str(w, "name", p->name);
		json_put_str(w, "version", p->version);
		json_put_str(w, "source", p->source);
		json_put_str(w, "source-version", p->source_version);
		put_texts(w, "sets", &p->sets);
		json_end_object(w);
	}
	json_end_array(w);
}

static void put_users(struct json_out *w, const struct manifest *m)
{
	json_key(w, "users");
	json_array(w);
	for (size_t i = 0; i < m->n_users; i++) {
		const struct manifest_user *u = &m->users[i];

		json_object(w);
		json_put_str(w, "name", u->name);
		json_put_uint(w, "uid", u->uid);
		json_put_uint(w, "gid", u->gid);
		json_put_str(w, "home", u->home);
		json_put_str(w, "shell", u->shell);
		json_put_str(w, "password", u->password);
		json_put_bool(w, "can-log-in", !str_starts(str_of(show_load_login(u)), "no"));
		json_end_object(w);
	}
	json_end_array(w);
}

static void put_wants(struct json_out *w, const char *key, const struct manifest_want_list *l)
{
	json_key(w, key);
	json_array(w);
	for (size_t i = 0; i < l->n; i++) {
		json_object(w);
		json_put_str(w, "unit", l->items[i].unit);
		json_put_str(w, "by", l->items[i].by);
		json_end_object(w);
	}
	json_end_array(w);
}

static void put_units(struct json_out *w, const struct manifest *m)
{
	json_key(w, "units");
	json_object(w);
	json_put_str(w, "default", m->default_target);
	put_wants(w, "enabled", &m->enabled);
	put_wants(w, "pulled-in", &m->pulled_in);
	put_texts(w, "masked", &m->masked);
	json_end_object(w);
}

static void put_configured(struct json_out *w, const struct manifest *m)
{
	json_key(w, "configured");
	json_array(w);
	for (size_t i = 0; i < m->n_changes; i++) {
		json_object(w);
		json_put_str(w, "path", m->changes[i].path);
		json_put_str(w, "change", m->changes[i].change);
		put_texts(w, "in", &m->changes[i].in);
		json_end_object(w);
	}
	json_end_array(w);
}

static void put_files(
	struct json_out *w, const char *key, const struct manifest_file_list *l, struct str glob)
{
	json_key(w, key);
	json_array(w);
	for (size_t i = 0; i < l->n; i++) {
		const struct manifest_file *f = &l->items[i];

		if (!str_glob(glob, f->path))
			continue;
		json_object(w);
		json_put_str(w, "path", f->path);
		json_put_uint(w, "size", f->size);
		json_put_hex(w, "sha256", SPAN_OF(f->sha256));
		json_put_str(w, "origin", f->origin);
		json_put_cstr(w, "class", origin_class_name(f->class));
		json_end_object(w);
	}
	json_end_array(w);
}

static void put_all(struct json_out *w, const struct show *s, struct str files)
{
	json_object(w);
	json_put_cstr(w, "format", SHOW_FORMAT);
	json_put_str(w, "name", s->m.name);
	json_put_uint(w, "image-version", s->m.image_version);
	json_put_uint(w, "source-date-epoch", s->m.source_date_epoch);
	json_put_hex(w, "manifest-sha256", SPAN_OF(s->manifest_sha256));
	json_put_hex(w, "reference-values-sha256", SPAN_OF(s->reference_values_sha256));
	json_put_bool(w, "other-manifest", s->other_manifest);
	json_put_bool(w, "built-here", s->vouch == APPRAISE_BUILT_HERE);
	put_layers(w, &s->m);
	put_measured(w, &s->m);
	put_shares(w, &s->origins);
	put_packages(w, s);
	put_users(w, &s->m);
	put_units(w, &s->m);
	put_texts(w, "ports", &s->m.ports);
	if (s->m.configured)
		put_configured(w, &s->m);
	json_key(w, "platforms");
	json_array(w);
	for (size_t i = 0; i < s->values.n_shapes; i++)
		show_registers_json(w, &s->values.shapes[i]);
	json_end_array(w);
	if (files.n) {
		put_files(w, "initrd-files", &s->m.initrd_files, files);
		put_files(w, "root-files", &s->m.root_files, files);
	}
	json_end_object(w);
}

bool show_json_print(const struct show *s, struct str files, struct err *e)
{
	CLEANUP(buf_done) struct buf b = buf_init(JSON_MAX);
	struct json_out w = json_out_to(&b);

	put_all(&w, s, files);
	if (!buf_ok(&b))
		return buf_full(&b, "the result", e);
	return fwrite(b.p, 1, b.n, stdout) == b.n || err_os(e, "cannot write the result");
}
