#include "rootfs/kernel_module.h"

#include <archive.h>

#include "base/hex.h"
#include "rootfs/elf.h"
#include "rootfs/entry.h"
#include "base/banned.h"

/* Records of "assay/plain-module" hold the digest as it is, which gc does not find. */
#define LABEL "assay/plain-module/2"

struct str kernel_module_name(struct arena *a, struct str path)
{
	struct str name = arena_str(a, tree_name(path));
	char *p = arena_alloc(a, name.n + 1);
	size_t n = str_find(name, '.');

	if (!name.p || !p)
		return str_make(NULL, 0);
	for (size_t i = 0; i < n; i++)
		p[i] = name.p[i] == '-' ? '_' : name.p[i];
	return str_make(p, n);
}

static bool unpack(struct archive *r, struct span packed, struct buf *out, struct err *e)
{
	struct archive_entry *entry;
	uint8_t chunk[65536];
	la_ssize_t n;

	archive_read_support_format_raw(r);
	archive_read_support_filter_xz(r);
	archive_read_support_filter_zstd(r);
	archive_read_support_filter_gzip(r);
	if (archive_read_open_memory(r, packed.p, packed.n) != ARCHIVE_OK ||
		archive_read_next_header(r, &entry) != ARCHIVE_OK)
		return err_set(e, ERR_FORMAT, "cannot decompress: %s", archive_error_string(r));
	while ((n = archive_read_data(r, chunk, sizeof chunk)) > 0)
		buf_add(out, chunk, (size_t)n);
	if (n < 0)
		return err_set(e, ERR_FORMAT, "cannot decompress: %s", archive_error_string(r));
	return buf_ok(out) || buf_full(out, "the module", e);
}

static bool decompress(const struct tree *t, struct str path, struct buf *out, struct err *e)
{
	CLEANUP(buf_done) struct buf packed = { 0 }, plain = buf_init(KERNEL_MODULE_MAX);
	struct archive *r;
	bool ok;

	if (!entry_text(t, path, KERNEL_MODULE_MAX, &packed, e))
		return false;
	r = archive_read_new();
	ok = unpack(r, buf_span(&packed), &plain, e);
	archive_read_free(r);
	if (!ok)
		return err_wrap(e, "'%.*s'", STR_ARG(path));
	*out = plain;
	plain = (struct buf){ 0 };
	return true;
}

/*
 * What the record says is a digest: of an object that is checked when it is read. It is written in hex, since that is what
 * gc looks for in records.
 */
static bool recall(const struct store *s, const uint8_t key[static SHA256_SIZE], struct buf *out)
{
	CLEANUP(buf_done) struct buf record = { 0 };
	uint8_t sha256[SHA256_SIZE];
	struct err ignored = { 0 };

	return store_result_get(s, key, &record, &ignored) &&
	       hex_read(buf_str(&record), sha256, SHA256_SIZE) &&
	       store_get(s, sha256, KERNEL_MODULE_MAX, out, &ignored);
}

static bool remember(struct store *s, const uint8_t key[static SHA256_SIZE],
	const struct buf *plain, struct err *e)
{
	uint8_t sha256[SHA256_SIZE];
	char hex[2 * SHA256_SIZE + 1];

	if (!store_put(s, buf_span(plain), sha256, e))
		return false;
	hex_write(hex, sha256, SHA256_SIZE);
	return store_result_put(s, key, str_span(str_of(hex)), e);
}

bool kernel_module_bytes(
	struct store *s, const struct tree *t, struct str path, struct buf *out, struct err *e)
{
	const struct node *n = entry_resolve(t, path);
	uint8_t labelled[sizeof LABEL + SHA256_SIZE] = LABEL;
	uint8_t key[SHA256_SIZE];

	if (!n || n->kind != NODE_FILE || str_ends(path, ".ko"))
		return entry_text(t, path, KERNEL_MODULE_MAX, out, e);
	memcpy(labelled + sizeof LABEL, n->content.sha256, SHA256_SIZE);
	sha256_of(key, SPAN_OF(labelled));
	return recall(s, key, out) || (decompress(t, path, out, e) && remember(s, key, out, e));
}

/* Calls put for each value of a key, which may stand several times; "depends" is a list in itself. Returns how many. */
static size_t each_value(struct span info, const char *key, char separator, struct str *put)
{
	struct str rest = str_make((const char *)info.p, info.n), line, name, value, word;
	size_t n = 0;

	while (rest.n) {
		(void)str_cut(rest, 0, &line, &rest);
		if (!str_cut(line, '=', &name, &value) || !str_is(name, key))
			continue;
		while (value.n) {
			word = value;
			value.n = separator ? value.n : 0;
			if (separator)
				(void)str_cut(value, separator, &word, &value);
			if (put)
				put[n] = word;
			n++;
		}
	}
	return n;
}

static bool values(struct span info, const char *key, char separator, struct str_list *ret,
	struct arena *a, struct err *e)
{
	size_t n = each_value(info, key, separator, NULL);
	struct str *items = ARENA_ARRAY(a, n, struct str);

	if (n > KERNEL_MODULE_ALIASES_MAX)
		return err_set(e, ERR_LIMIT, "a module has %zu entries of '%s', limit %d", n, key,
			KERNEL_MODULE_ALIASES_MAX);
	if (!items)
		return arena_full(a, e);
	(void)each_value(info, key, separator, items);
	for (size_t i = 0; i < n; i++) {
		/* A list is one of module names, written as their files have them. */
		items[i] = separator ? kernel_module_name(a, items[i]) : arena_str(a, items[i]);
		if (!items[i].p)
			return arena_full(a, e);
	}
	*ret = (struct str_list){ items, n };
	return true;
}

bool kernel_module_read(struct kernel_module *ret, struct store *s, const struct tree *t,
	struct str path, struct arena *a, struct err *e)
{
	struct kernel_module m = { .name = kernel_module_name(a, path),
		.path = arena_str(a, path) };
	CLEANUP(buf_done) struct buf bytes = { 0 };
	struct span info;

	if (!m.name.p || !m.path.p)
		return arena_full(a, e);
	if (!kernel_module_bytes(s, t, path, &bytes, e))
		return false;
	if (!elf_section(buf_span(&bytes), ".modinfo", &info, e) ||
		!values(info, "depends", ',', &m.depends, a, e) ||
		!values(info, "alias", 0, &m.aliases, a, e) ||
		!values(info, "softdep", 0, &m.softdeps, a, e))
		return err_wrap(e, "'%.*s'", STR_ARG(path));
	*ret = m;
	return true;
}
