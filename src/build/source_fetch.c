#include "build/source_fetch.h"

#include "base/hex.h"
#include "base/mem.h"
#include "build/source_git.h"
#include "build/source_tarball.h"
#include "base/banned.h"

enum { HEX = 2 * SHA256_SIZE + 1 };

/* *found: a mirror that the user named had it. That one has it not is no failure: there is the source itself. */
static bool ask_mirrors(
	const struct source_access *q, const struct source_request *r, bool *found, struct err *e)
{
	struct fetch_item item = { .size = r->size ? r->size : SOURCE_TARBALL_MAX,
		.at_most = !r->size };
	struct err why = { 0 };
	char hex[HEX];

	*found = false;
	item.bases.uris = mirrors_for(q->mirrors, STR("sources"), &item.bases.n);
	if (!r->pinned || !item.bases.n)
		return true;
	hex_write(hex, r->sha256, SHA256_SIZE);
	item.path = str_of(hex);
	memcpy(item.sha256, r->sha256, SHA256_SIZE);
	*found = fetch_all(q->store, &item, 1, q->options, &why);
	if (*found || why.kind == ERR_NOTFOUND || why.kind == ERR_MISMATCH || why.kind == ERR_IO)
		return true;
	*e = why;
	return false;
}

static bool fetch_git(const struct source_access *q, const char *dir,
	const struct source_request *r, struct err *e)
{
	uint8_t got[SHA256_SIZE];
	char hex[HEX], want[HEX];

	if (!source_git_fetch(got, q->store, dir, r, e))
		return false;
	hex_write(hex, got, SHA256_SIZE);
	hex_write(want, r->sha256, SHA256_SIZE);
	if (!r->pinned) {
		err_set(e, ERR_MISMATCH, "the tree of git commit %.*s is not pinned",
			STR_ARG(r->commit));
		return err_hint(e, "look at it, and write `sha256: %s` beside its commit", hex);
	}
	if (memcmp(got, r->sha256, SHA256_SIZE) == 0)
		return true;
	err_set(e, ERR_MISMATCH, "the tree of git commit %.*s has SHA-256 %s, wanted %s",
		STR_ARG(r->commit), hex, want);
	return err_hint(e,
		"somebody gives you other files than those that were pinned, or the pin is wrong");
}

static bool fetch_one(const struct source_access *q, const struct description *d,
	const struct component *c, struct err *e)
{
	const struct source_request *r = &c->source;
	CLEANUP(mem_free) char *dir = mem_string(d->dir);
	bool found;

	if ((r->kind != SOURCE_GIT && r->kind != SOURCE_TARBALL) ||
		(r->pinned && store_has(q->store, r->sha256)))
		return true;
	if (q->say)
		q->say(q->ctx, c->name, r);
	if (!ask_mirrors(q, r, &found, e))
		return false;
	if (found)
		return true;
	return r->kind == SOURCE_GIT ? fetch_git(q, dir, r, e)
				     : source_tarball_fetch(q->store, dir, r, q->options, e);
}

bool source_fetch_all(const struct source_access *q, const struct description *d, struct err *e)
{
	for (size_t i = 0; i < d->n_components; i++)
		if (!fetch_one(q, d, &d->components[i], e))
			return err_wrap(e, "component '%.*s'", STR_ARG(d->components[i].name));
	return true;
}
