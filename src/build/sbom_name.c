#include "build/sbom_name.h"

#include <stdio.h>

#include "base/hex.h"
#include "base/banned.h"

enum { READABLE_MAX = 64, KEY_SIZE = 16 };

static bool is_plain(char c)
{
	return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
	       c == '.' || c == '-';
}

/* The key makes it unique, the name readable. */
static struct sbom_name id_of(const char *kind, struct str name, const uint8_t *key)
{
	char plain[READABLE_MAX + 1], hex[2 * KEY_SIZE + 1];
	size_t n = name.n < READABLE_MAX ? name.n : READABLE_MAX;
	struct sbom_name id;

	for (size_t i = 0; i < n; i++)
		plain[i] = '-';
	for (size_t i = 0; i < n; i++)
		if (is_plain(name.p[i]))
			plain[i] = name.p[i];
	plain[n] = 0;
	hex_write(hex, key, KEY_SIZE);
	snprintf(id.text, sizeof id.text, "SPDXRef-%s-%s-%s", kind, plain, hex);
	return id;
}

/* With a key made of up to three words. */
static struct sbom_name id_of_words(
	const char *kind, struct str name, struct str a, struct str b, struct str c)
{
	CLEANUP(hasher_freep) struct hasher *h = hasher_new(DIGEST_SHA256);
	const struct str words[] = { a, b, c };
	uint8_t key[SHA256_SIZE];

	for (size_t i = 0; i < ARRAY_LEN(words); i++) {
		hasher_add(h, words[i].p, words[i].n);
		hasher_add(h, "", 1);
	}
	hasher_end(h, key);
	return id_of(kind, name, key);
}

struct sbom_name sbom_name_package(const struct lock_package *p)
{
	return id_of("Package", p->name, p->sha256);
}

struct sbom_name sbom_name_source(const struct lock_package *p)
{
	return id_of_words("Source", p->source, p->source, p->source_version, STR(""));
}

struct sbom_name sbom_name_component(const struct component *c)
{
	return id_of_words("Component", c->name, c->name, STR(""), STR(""));
}

struct sbom_name sbom_name_input(const struct component *c, const struct component_source *s)
{
	return id_of_words("File", s->path, c->name, s->path, STR("source"));
}

struct sbom_name sbom_name_output(const struct component *c, const struct component_product *p)
{
	return id_of_words("Output", p->path, c->name, p->path, p->output->to);
}

struct sbom_name sbom_name_overlay(const struct node *n)
{
	return id_of_words("Overlay", n->path, n->origin, n->path, STR(""));
}

void sbom_name_escape(struct buf *out, struct str s)
{
	for (size_t i = 0; i < s.n; i++) {
		char c = s.p[i];

		if (is_plain(c) || c == '_' || c == '~' || c == ':')
			buf_u8(out, (uint8_t)c);
		else
			buf_printf(out, "%%%02X", (unsigned char)c);
	}
}

void sbom_name_purl(struct buf *out, struct str name, struct str version, struct str architecture,
	struct str codename)
{
	struct str distro, rest;

	str_cut(codename, '-', &distro, &rest); /* "trixie-security" is of trixie */
	buf_add_cstr(out, "pkg:deb/debian/");
	sbom_name_escape(out, name);
	buf_u8(out, '@');
	sbom_name_escape(out, version);
	buf_add_cstr(out, "?arch=");
	sbom_name_escape(out, architecture);
	buf_add_cstr(out, "&distro=");
	sbom_name_escape(out, distro);
}
