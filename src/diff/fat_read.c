#include "diff/fat_read.h"

#include <stdio.h>

#include "base/rd.h"
#include "base/utc.h"
#include "diff/fat_entry.h"
#include "diff/fat_volume.h"
#include "base/banned.h"

/*
 * The walk has no stack: members are taken in the order of the list, and what a folder holds is added at its end. No
 * cluster is used twice, so that it ends.
 */
struct walk {
	struct diff_list l;
	struct fat_volume v;
	char label[FAT_ENTRY_ALIAS + 1]; /* of the root folder */
	uint64_t label_at;
};

static bool time_fact(struct diff_list *l, const char *name, int64_t unix_time, unsigned hundredths,
	uint64_t at, unsigned size, struct err *e)
{
	char text[UTC_SIZE + 8];

	if (!unix_time && !hundredths)
		return true;
	utc_write(text, unix_time + hundredths / 100);
	if (hundredths % 100)
		snprintf(text + strlen(text) - 1, 5, ".%02uZ", hundredths % 100);
	return diff_list_fact(l, name, str_of(text), at, size, e);
}

static bool set_facts(
	struct diff_list *l, struct diff_member *m, const struct fat_entry *en, struct err *e)
{
	static const char letters[] = "RHSVDA";
	char attributes[sizeof letters];
	size_t n = 0;

	/* Read-only, hidden, system, archive; the other two are what the entry is. */
	for (unsigned bit = 0; letters[bit]; bit++)
		if (en->attributes >> bit & 1 && letters[bit] != 'V' && letters[bit] != 'D')
			attributes[n++] = letters[bit];
	if (en->is_long &&
		!diff_list_fact(l, "alias", str_make((const char *)en->alias.p, en->alias.n), m->at,
			FAT_ENTRY_ALIAS, e))
		return false;
	return diff_list_fact(l, "attributes", str_make(attributes, n), m->at + 11, 1, e) &&
	       time_fact(l, "time of creation", en->created_unix, en->created_hundredths,
		       m->at + 13, 5, e) &&
	       time_fact(l, "day of last access", en->read_unix, 0, m->at + 18, 2, e) &&
	       diff_list_facts(l, &m->facts, &m->n_facts, e);
}

static bool add_member(
	struct walk *w, struct str folder, const struct fat_entry *en, uint64_t at, struct err *e)
{
	struct diff_member m = {
		.kind = en->attributes & FAT_ENTRY_FOLDER ? DIFF_MEMBER_FOLDER : DIFF_MEMBER_FILE,
		.mtime_unix = en->written_unix,
		.n_links = 1,
		.at = at,
		.head_size = FAT_ENTRY_SLOT,
	};
	uint64_t size = m.kind == DIFF_MEMBER_FOLDER ? UINT64_MAX : en->size;
	uint32_t cluster = w->v.bits == 32 ? en->cluster : en->cluster & 0xffff;

	return diff_list_path(&w->l, &m.path, folder, str_make(en->name, en->name_size), e) &&
	       fat_volume_chain(&w->v, &w->l, cluster, size, e) &&
	       diff_list_content(&w->l, &m, e) && set_facts(&w->l, &m, en, e) &&
	       diff_list_add(&w->l, &m, e);
}

static bool take(
	struct walk *w, struct str folder, const struct fat_entry *en, uint64_t at, struct err *e)
{
	struct str name = str_make(en->name, en->name_size);

	if (en->attributes & FAT_ENTRY_VOLUME) {
		if (!folder.n && !w->label_at) {
			memcpy(w->label, en->alias.p, en->alias.n);
			w->label_at = at;
		}
		return true;
	}
	if (str_is(name, ".") || str_is(name, "..") || !memcmp(en->alias.p, ". ", 2) ||
		!memcmp(en->alias.p, ".. ", 3))
		return true;
	return add_member(w, folder, en, at, e);
}

static bool read_folder(struct walk *w, size_t member, struct err *e)
{
	const struct diff_member m = w->l.list[member];
	struct fat_entry_name name = { 0 };
	struct fat_entry en;

	for (size_t i = 0; i < m.n_extents; i++) {
		for (uint64_t at = m.extents[i].at; at < m.extents[i].at + m.extents[i].size;
			at += FAT_ENTRY_SLOT) {
			enum fat_entry_what what = fat_entry_read(
				&en, &name, diff_bytes_at(w->l.src, at, FAT_ENTRY_SLOT));

			if (what == FAT_ENTRY_END)
				return true;
			if (what == FAT_ENTRY_TAKE && !take(w, m.path, &en, at, e))
				return err_wrap(e, "entry at %llu", (unsigned long long)at);
		}
	}
	return true;
}

static bool add_root(struct walk *w, struct err *e)
{
	struct diff_member root = { .kind = DIFF_MEMBER_FOLDER, .n_links = 1 };
	bool ok = w->v.root_cluster == FAT_VOLUME_ROOT_FIXED
			  ? diff_list_piece(&w->l, w->v.root_at, w->v.root_size, e)
			  : fat_volume_chain(&w->v, &w->l, w->v.root_cluster, UINT64_MAX, e);

	return ok && diff_list_content(&w->l, &root, e) && diff_list_add(&w->l, &root, e);
}

static struct str trimmed(struct span s)
{
	return str_trim(str_make((const char *)s.p, s.n));
}

/* The info sector: 488 u32 free clusters, 492 u32 where to look for the next. */
static bool info_facts(struct walk *w, struct err *e)
{
	struct rd r = rd_of(diff_bytes_at(w->l.src, w->v.info_at + 488, 8));
	uint32_t n_free = rd_u32le(&r), next = rd_u32le(&r);

	return diff_list_number(&w->l, "free clusters", n_free, false, w->v.info_at + 488, 4, e) &&
	       diff_list_number(&w->l, "next free cluster", next, false, w->v.info_at + 492, 4, e);
}

static bool add_facts(struct walk *w, struct err *e)
{
	struct diff_list *l = &w->l;
	char type[8], id[16];
	struct rd r = rd_of(diff_bytes_at(l->src, w->v.serial_at, 4));
	uint32_t serial = rd_u32le(&r);

	snprintf(type, sizeof type, "FAT%u", w->v.bits);
	snprintf(id, sizeof id, "%04X-%04X", serial >> 16, serial & 0xffff);
	if (!diff_list_fact(l, "type", str_of(type), 0, 0, e) ||
		!diff_list_fact(l, "OEM name", trimmed(diff_bytes_at(l->src, 3, 8)), 3, 8, e) ||
		!diff_list_number(l, "cluster size", w->v.cluster_size, false, 11, 3, e))
		return false;
	if (w->v.serial_at &&
		(!diff_list_fact(l, "volume id", str_of(id), w->v.serial_at, 4, e) ||
			!diff_list_fact(l, "label",
				trimmed(diff_bytes_at(l->src, w->v.serial_at + 4, 11)),
				w->v.serial_at + 4, 11, e)))
		return false;
	if (!diff_list_fact(l, "label of the root", trimmed(str_span(str_of(w->label))),
		    w->label_at, FAT_ENTRY_ALIAS, e))
		return false;
	return !w->v.info_at || info_facts(w, e);
}

static bool walk(struct walk *w, struct diff_members *ret, struct err *e)
{
	if (!add_root(w, e))
		return false;
	for (size_t i = 0; i < w->l.n; i++)
		if (w->l.list[i].kind == DIFF_MEMBER_FOLDER && !read_folder(w, i, e))
			return false;
	diff_list_hide_folders(&w->l);
	return add_facts(w, e) && diff_list_end(&w->l, ret, w->v.size, e);
}

bool fat_read(
	struct diff_members *ret, const struct diff_bytes *src, struct arena *a, struct err *e)
{
	struct walk w = { 0 };
	bool ok;

	if (!fat_volume_open(&w.v, src, e))
		return false;
	diff_list_init(&w.l, a, src);
	ok = walk(&w, ret, e);
	diff_list_done(&w.l);
	fat_volume_done(&w.v);
	return ok;
}
