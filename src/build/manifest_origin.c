#include "build/manifest_origin.h"

#include "base/mem.h"
#include "build/reproduced.h"
#include "codec/utf8.h"
#include "base/banned.h"

bool manifest_origin_look_up(
	bool *reproduced, const struct store *s, const struct lock *l, struct err *e)
{
	for (size_t i = 0; i < l->n_packages; i++)
		if (!reproduced_get(s, l->packages[i].sha256, &reproduced[i], NULL, e))
			return false;
	return true;
}

static bool is_in(const struct lock *l, const char *set, size_t package)
{
	const struct lock_set *s = lock_set_find(l, set);

	for (size_t i = 0; s && i < s->n; i++)
		if (s->packages[i] == package)
			return true;
	return false;
}

/* Toolchains may have another version of a package, of which nothing is in the image. */
static enum origin_class of_package(const struct manifest_origin_packages *p, struct str name)
{
	const struct lock *l = p->lock;
	bool found = false;

	for (size_t i = 0; p->reproduced && i < l->n_packages; i++) {
		if (!str_equal(l->packages[i].name, name) ||
			(!is_in(l, "image", i) && !is_in(l, "firmware", i)))
			continue;
		if (!p->reproduced[i])
			return ORIGIN_DISTRIBUTION;
		found = true;
	}
	return found ? ORIGIN_REPRODUCED : ORIGIN_DISTRIBUTION;
}

/* What a person may have written: UTF-8 without control characters but tabs and ends of lines. */
static bool is_text(struct str s)
{
	for (size_t i = 0; i < s.n; i++) {
		unsigned char c = (unsigned char)s.p[i];

		if ((c < 0x20 && c != '\t' && c != '\n' && c != '\r' && c != '\f') || c == 0x7f)
			return false;
	}
	return utf8_valid(s);
}

static bool of_overlay(enum origin_class *ret, const struct content *c, struct err *e)
{
	CLEANUP(mem_free) char *bytes = NULL;

	*ret = ORIGIN_OPAQUE;
	if (c->size > MANIFEST_ORIGIN_TEXT_MAX)
		return true;
	bytes = mem_alloc((size_t)c->size + 1);
	if (!content_read(c, 0, bytes, (size_t)c->size, e))
		return false;
	if (is_text(str_make(bytes, (size_t)c->size)))
		*ret = ORIGIN_SOURCE;
	return true;
}

bool manifest_origin_class(enum origin_class *ret, const struct manifest_origin_packages *p,
	struct str origin, const struct content *c, struct err *e)
{
	struct str kind, name;

	*ret = ORIGIN_OPAQUE;
	(void)str_cut(origin, ':', &kind, &name);
	if (str_is(kind, "overlay"))
		return of_overlay(ret, c, e);
	if (str_is(kind, "package"))
		*ret = of_package(p, name);
	/* dpkg's database is the packages' own text, and scripts are programs of packages. */
	else if (str_is(origin, "generated:dpkg") || str_is(kind, "scripts"))
		*ret = ORIGIN_DISTRIBUTION;
	else if (str_is(kind, "component") || str_is(kind, "generated") ||
		 str_is(kind, "description"))
		*ret = ORIGIN_SOURCE;
	return true;
}
