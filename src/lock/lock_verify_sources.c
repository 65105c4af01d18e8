/* The source packages of a lock: Release -> Sources index -> stanza -> files. */
#include <stdio.h>

#include "base/mem.h"
#include "deb/control.h"
#include "lock/lock_verify_inside.h"
#include "lock/packages_text.h"
#include "lock/source_stanza.h"
#include "net/fetch.h"
#include "base/banned.h"

/* Holds a stanza against the sources that the lock takes from this index; found has one place for each source. */
static bool check_stanza(
	struct verifying *w, size_t index, const struct control_stanza *s, bool *found)
{
	struct str name = control_field(s, "Package"), version = control_field(s, "Version");

	for (size_t i = 0; i < w->l->n_sources; i++) {
		const struct lock_source *src = &w->l->sources[i];
		struct lock_source signed_one;
		const char *what;
		char why[100];

		if (src->index != index || found[i] || !str_equal(src->name, name) ||
			!str_equal(src->version, version))
			continue;
		if (!source_stanza_read(&signed_one, s, w->a, w->e))
			return false;
		if (!source_stanza_agrees(src, &signed_one, &what)) {
			snprintf(why, sizeof why, "the signed index gives another %s", what);
			return lock_verify_breaks(w, "stanza", src->name, why);
		}
		found[i] = true;
	}
	return true;
}

static bool check_stanzas(struct verifying *w, size_t index, bool *found)
{
	CLEANUP(mem_free) struct control_stanza *s = MEM_NEW(struct control_stanza);
	CLEANUP(buf_done) struct buf text = { 0 };
	struct control_reader r;
	bool more = true;

	if (!packages_text_read(w->q->store, w->l->source_indexes[index].sha256, &text, w->e))
		return false;
	control_init(&r, buf_span(&text));
	while (control_next(&r, s, &more, w->e)) {
		if (!more)
			return true;
		if (!check_stanza(w, index, s, found))
			return false;
	}
	return false;
}

bool lock_verify_sources(struct verifying *w)
{
	CLEANUP(mem_free) bool *found = mem_array(w->l->n_sources, sizeof *found);

	for (size_t i = 0; i < w->l->n_source_indexes; i++) {
		const struct lock_index *x = &w->l->source_indexes[i];

		if (!lock_verify_index(w, x, archive_source_index_path(x->component, w->a)) ||
			!check_stanzas(w, i, found))
			return false;
	}
	for (size_t i = 0; i < w->l->n_sources; i++)
		if (!found[i])
			return lock_verify_breaks(w, "stanza", w->l->sources[i].name,
				"the signed index has no such source package in this version");
	return true;
}

/* What no build reads is asked for, too, and not missed. */
static bool fetch_files(struct verifying *w, const struct lock_source *src)
{
	struct str archive = w->l->suites[w->l->source_indexes[src->index].suite].archive;

	for (size_t i = 0; i < src->n_files; i++) {
		const struct lock_file *f = &src->files[i];
		struct fetch_item item = { .path = lock_source_path(src, f, w->a),
			.size = f->size };
		struct err why = { 0 };

		if (!item.path.p)
			return arena_full(w->a, w->e);
		memcpy(item.sha256, f->sha256, SHA256_SIZE);
		item.bases.uris = mirrors_for(w->q->mirrors, archive, &item.bases.n);
		if (fetch_all(w->q->store, &item, 1, w->q->options, &why))
			continue;
		if (lock_source_file_is_read(f) || why.kind != ERR_NOTFOUND) {
			*w->e = why;
			return false;
		}
	}
	return true;
}

bool lock_verify_source_files(struct verifying *w, bool fetch)
{
	for (size_t i = 0; i < w->l->n_sources; i++) {
		const struct lock_source *src = &w->l->sources[i];

		if (fetch && !fetch_files(w, src))
			return false;
		for (size_t k = 0; k < src->n_files; k++)
			if (store_has(w->q->store, src->files[k].sha256) &&
				!lock_verify_bytes(w, src->files[k].sha256, src->files[k].size,
					"source", src->files[k].name))
				return false;
	}
	return true;
}
