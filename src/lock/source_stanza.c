#include "lock/source_stanza.h"

#include <stdlib.h>

#include "base/hex.h"
#include "deb/version.h"
#include "lock/member.h"
#include "base/banned.h"

static const uint64_t size_max = 1ULL << 33;

static bool is_word_character(char c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
}

bool source_stanza_is_name(struct str name)
{
	bool ok = name.n > 1 && name.n <= 128 && !strchr("+-.", name.p[0]);

	for (size_t i = 0; i < name.n; i++)
		ok = ok && ((name.p[i] >= 'a' && name.p[i] <= 'z') ||
				   (name.p[i] >= '0' && name.p[i] <= '9') ||
				   (name.p[i] && strchr("+-.", name.p[i])));
	return ok;
}

bool source_stanza_is_file(struct str name)
{
	if (!name.n || name.n > 255 || !is_word_character(name.p[0]))
		return false;
	for (size_t i = 0; i < name.n; i++)
		if (!is_word_character(name.p[i]) && (!name.p[i] || !strchr("+-.~_:%", name.p[i])))
			return false;
	return true;
}

bool source_stanza_is_format(struct str format)
{
	return str_is(format, "3.0 (quilt)") || str_is(format, "3.0 (native)") ||
	       str_is(format, "1.0");
}

static int by_name(const void *x, const void *y)
{
	const struct lock_file *a = x, *b = y;

	return str_compare(a->name, b->name);
}

/* "DIGEST SIZE NAME" */
static bool read_file(struct lock_file *ret, struct str line)
{
	struct str digest, size, name, more;

	return control_word(&line, &digest) && control_word(&line, &size) &&
	       control_word(&line, &name) && !control_word(&line, &more) &&
	       hex_read(digest, ret->sha256, SHA256_SIZE) && str_u64(size, &ret->size, size_max) &&
	       source_stanza_is_file(ret->name = name);
}

static bool read_files(
	struct lock_source *ret, const struct control_stanza *s, struct arena *a, struct err *e)
{
	struct lock_file *files = ARENA_ARRAY(a, SOURCE_STANZA_FILES_MAX, struct lock_file);
	struct str rest, line;
	size_t n = 0;

	if (!files)
		return arena_full(a, e);
	if (!control_need(s, "Checksums-Sha256", &rest, e))
		return false;
	while (control_line(&rest, &line)) {
		if (n == SOURCE_STANZA_FILES_MAX)
			return err_set(e, ERR_LIMIT, "line %zu: more than %d files", s->line,
				SOURCE_STANZA_FILES_MAX);
		if (!read_file(&files[n++], line))
			return err_set(e, ERR_FORMAT,
				"line %zu: Checksums-Sha256 has a line other than digest, size and name",
				s->line);
	}
	qsort(files, n, sizeof *files, by_name);
	for (size_t i = 1; i < n; i++)
		if (str_equal(files[i - 1].name, files[i].name))
			return err_set(e, ERR_FORMAT, "line %zu: file '%.*s' stands twice", s->line,
				STR_ARG(files[i].name));
	ret->files = files;
	ret->n_files = n;
	return true;
}

bool source_stanza_read(
	struct lock_source *ret, const struct control_stanza *s, struct arena *a, struct err *e)
{
	struct lock_source src = { 0 };

	if (!control_need(s, "Package", &src.name, e) ||
		!control_need(s, "Version", &src.version, e) ||
		!control_need(s, "Format", &src.format, e) ||
		!control_need(s, "Directory", &src.directory, e) ||
		!version_check(src.version, e) || !member_is_path(src.directory, e) ||
		!read_files(&src, s, a, e))
		return false;
	*ret = src;
	return true;
}

static bool same_files(const struct lock_source *a, const struct lock_source *b)
{
	if (a->n_files != b->n_files)
		return false;
	for (size_t i = 0; i < a->n_files; i++)
		if (!str_equal(a->files[i].name, b->files[i].name) ||
			a->files[i].size != b->files[i].size ||
			memcmp(a->files[i].sha256, b->files[i].sha256, SHA256_SIZE) != 0)
			return false;
	return true;
}

bool source_stanza_agrees(
	const struct lock_source *a, const struct lock_source *b, const char **what)
{
	const struct {
		const char *name;
		bool same;
	} parts[] = {
		{ "name", str_equal(a->name, b->name) },
		{ "version", str_equal(a->version, b->version) },
		{ "format", str_equal(a->format, b->format) },
		{ "directory", str_equal(a->directory, b->directory) },
		{ "list of files", same_files(a, b) },
	};

	for (size_t i = 0; i < ARRAY_LEN(parts); i++) {
		*what = parts[i].name;
		if (!parts[i].same)
			return false;
	}
	return true;
}
