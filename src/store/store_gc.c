#define ASSAY_MAY_ASK_THE_MACHINE
#include "store/store_gc.h"

#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>

#include "base/arena.h"
#include "base/mem.h"
#include "store/store_inside.h"
#include "sys/file.h"
#include "base/banned.h"

enum { NAMED_MAX = 256 << 20, HEX_SIZE = 2 * SHA256_SIZE };

/* What records name: places of objects. */
struct named {
	struct arena *arena;
	struct map *places;
};

static bool is_hex(char c)
{
	return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f');
}

static bool name_object(struct named *n, const char *hex, struct err *e)
{
	char place[STORE_PLACE_MAX];
	struct str copy;

	snprintf(place, sizeof place, "objects/%.2s/%.62s", hex, hex + 2);
	if (map_get(n->places, str_of(place)))
		return true;
	copy = arena_str(n->arena, str_of(place));
	if (!copy.p)
		return arena_full(n->arena, e);
	map_add(n->places, copy, n);
	return true;
}

/* Whatever a record says: what looks like a digest in it may be an object that it means. */
static bool name_all(struct named *n, struct str text, struct err *e)
{
	size_t run = 0;

	for (size_t i = 0; i <= text.n; i++) {
		if (i < text.n && is_hex(text.p[i])) {
			run++;
			continue;
		}
		if (run == HEX_SIZE && !name_object(n, text.p + i - run, e))
			return false;
		run = 0;
	}
	return true;
}

static bool name_from_records(struct named *n, const struct store *s, const struct store_list *l,
	int64_t since, struct err *e)
{
	for (size_t i = 0; i < l->n; i++) {
		CLEANUP(buf_done) struct buf text = { 0 };
		struct err ignored = { 0 };

		if (l->items[i].kind != STORE_RESULTS || l->items[i].used_unix < since)
			continue;
		/* One that cannot be read is verify's business. */
		if (!file_read(s->fd, l->items[i].place, STORE_RESULT_MAX, &text, &ignored))
			continue;
		if (!name_all(n, buf_str(&text), e))
			return false;
	}
	return true;
}

/* partial/SHA256 of an object that is there. */
static bool is_finished(const struct store *s, const char *place)
{
	char object[STORE_PLACE_MAX];
	struct stat st;
	struct str hex = str_of(place + sizeof "partial/" - 1);

	if (hex.n != HEX_SIZE)
		return true;
	snprintf(object, sizeof object, "objects/%.2s/%s", hex.p, hex.p + 2);
	return fstatat(s->fd, object, &st, AT_SYMLINK_NOFOLLOW) == 0;
}

static bool stays(const struct store *s, const struct store_gc_rule *rule,
	const struct named *named, const struct store_entry *x)
{
	struct str place = str_of(x->place);
	bool young = x->used_unix >= rule->unused_since_unix;
	bool needed = rule->needed && map_get(rule->needed, place);

	switch (x->kind) {
	case STORE_OBJECTS:
		return !rule->needed || needed || map_get(named->places, place);
	case STORE_PACKS:
		return rule->needed ? needed : young;
	case STORE_PARTIAL:
		return !is_finished(s, x->place) && (rule->needed ? needed : young);
	case STORE_LOGS:
	case STORE_NOTES:
	case STORE_SYSROOTS:
		return young;
	default:
		return true;
	}
}

static bool sweep(struct store_gc_result *r, struct store *s, const struct store_gc_rule *rule,
	const struct named *named, const struct store_list *l, struct err *e)
{
	bool ok = true;

	for (size_t i = 0; i < l->n; i++) {
		const struct store_entry *x = &l->items[i];
		bool keep = stays(s, rule, named, x);
		struct store_gc_sum *sum = keep ? &r->kept[x->kind] : &r->gone[x->kind];

		if (!keep && !rule->dry_run && !store_remove(s, x, e)) {
			ok = false;
			sum = &r->kept[x->kind];
		}
		sum->n++;
		sum->size += x->size;
	}
	return ok;
}

bool store_gc(struct store_gc_result *ret, struct store *s, const struct store_gc_rule *rule,
	struct err *e)
{
	CLEANUP(store_list_done) struct store_list l = { 0 };
	CLEANUP(arena_freep) struct arena *a = arena_new(NAMED_MAX);
	CLEANUP(map_freep) struct map *places = map_new();
	struct store_gc_result r = { 0 };
	struct named named = { a, places };

	if (!store_list(&l, s, e))
		return false;
	if (rule->needed && !name_from_records(&named, s, &l, rule->unused_since_unix, e))
		return false;
	if (!sweep(&r, s, rule, &named, &l, e))
		return false;
	*ret = r;
	return true;
}
