#include "lock/stanza.h"

#include "base/hex.h"
#include "deb/version.h"
#include "lock/member.h"
#include "base/banned.h"

static const uint64_t size_max = 1ULL << 33;

static bool take_size_and_digest(
	struct lock_package *p, const struct control_stanza *s, struct err *e)
{
	struct str size, digest;

	if (!control_need(s, "Size", &size, e) || !control_need(s, "SHA256", &digest, e))
		return false;
	if (!str_u64(size, &p->size, size_max))
		return err_set(e, ERR_FORMAT, "line %zu: Size '%.*s' is no number up to %llu",
			s->line, STR_ARG(size), (unsigned long long)size_max);
	if (!hex_read(digest, p->sha256, SHA256_SIZE))
		return err_set(e, ERR_FORMAT, "line %zu: SHA256 is no digest", s->line);
	return true;
}

/* Source: NAME or NAME (VERSION). */
static bool take_source(struct lock_package *p, const struct control_stanza *s, struct err *e)
{
	struct str source = control_field(s, "Source"), name, rest;

	p->source = p->name;
	p->source_version = p->version;
	if (!source.p)
		return true;
	if (!str_cut(source, '(', &name, &rest)) {
		p->source = source;
		return true;
	}
	if (!str_ends(rest, ")"))
		return err_set(e, ERR_FORMAT, "line %zu: malformed Source", s->line);
	p->source = str_trim(name);
	p->source_version = str_trim(str_make(rest.p, rest.n - 1));
	return version_check(p->source_version, e);
}

bool stanza_package(struct lock_package *ret, const struct control_stanza *s, struct err *e)
{
	struct lock_package p = { 0 };

	if (!control_need(s, "Package", &p.name, e) || !control_need(s, "Version", &p.version, e) ||
		!control_need(s, "Architecture", &p.architecture, e) ||
		!control_need(s, "Filename", &p.path, e) || !version_check(p.version, e) ||
		!member_is_path(p.path, e) || !take_size_and_digest(&p, s, e) ||
		!take_source(&p, s, e))
		return false;
	*ret = p;
	return true;
}

bool stanza_agrees(const struct lock_package *a, const struct lock_package *b, const char **what)
{
	const struct {
		const char *name;
		bool same;
	} parts[] = {
		{ "name", str_equal(a->name, b->name) },
		{ "version", str_equal(a->version, b->version) },
		{ "architecture", str_equal(a->architecture, b->architecture) },
		{ "path", str_equal(a->path, b->path) },
		{ "size", a->size == b->size },
		{ "SHA-256", memcmp(a->sha256, b->sha256, SHA256_SIZE) == 0 },
		{ "source", str_equal(a->source, b->source) },
		{ "source version", str_equal(a->source_version, b->source_version) },
	};

	for (size_t i = 0; i < ARRAY_LEN(parts); i++) {
		*what = parts[i].name;
		if (!parts[i].same)
			return false;
	}
	return true;
}
