#define ASSAY_MAY_ASK_THE_MACHINE
#include "build/damage.h"

#include <fcntl.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>

#include "base/hex.h"
#include "base/mem.h"
#include "build/sysroot_check.h"
#include "deb/pack.h"
#include "sys/file.h"
#include "sys/par.h"
#include "base/banned.h"

enum { KEY_HEX = 2 * SHA256_SIZE };

struct search {
	struct store *store;
	const struct store_list *list;
	struct damage *found; /* one for each entry */
	atomic_size_t n_unchecked;
};

bool damage_object(const struct store_entry *x, uint8_t sha256[static SHA256_SIZE])
{
	char hex[KEY_HEX + 1], place[STORE_PLACE_MAX];

	if (x->kind != STORE_OBJECTS || strlen(x->place) != sizeof "objects/ab/" - 1 + KEY_HEX - 2)
		return false;
	snprintf(hex, sizeof hex, "%.2s%.62s", x->place + sizeof "objects/" - 1,
		x->place + sizeof "objects/ab/" - 1);
	if (!hex_read(str_of(hex), sha256, SHA256_SIZE))
		return false;
	store_object_place(place, sha256);
	return strcmp(place, x->place) == 0;
}

static bool check_object(struct store *s, const struct store_entry *x, struct err *e)
{
	uint8_t sha256[SHA256_SIZE];

	return damage_object(x, sha256) ? store_check_object(s, sha256, e)
					: err_set(e, ERR_FORMAT, "no name of an object");
}

/* "results/KEY.json" */
static bool read_key(const struct store_entry *x, uint8_t key[static SHA256_SIZE], struct err *e)
{
	struct str name = str_of(strchr(x->place, '/') + 1);

	if (name.n == KEY_HEX + 5 && str_ends(name, ".json") &&
		hex_read(str_make(name.p, KEY_HEX), key, SHA256_SIZE))
		return true;
	return err_set(e, ERR_FORMAT, "no name of a record");
}

static bool check_result(const struct store *s, const struct store_entry *x, struct err *e)
{
	CLEANUP(buf_done) struct buf text = { 0 };
	uint8_t key[SHA256_SIZE];

	return read_key(x, key, e) && store_result_get(s, key, &text, e);
}

static bool check_note(const struct store *s, const struct store_entry *x, struct err *e)
{
	CLEANUP(buf_done) struct buf text = { 0 };
	uint8_t key[SHA256_SIZE];

	return read_key(x, key, e) && store_note_get(s, key, &text, e);
}

static bool check(struct store *s, const struct store_entry *x, struct err *e)
{
	switch (x->kind) {
	case STORE_OBJECTS:
		return check_object(s, x, e);
	case STORE_PACKS:
		return pack_verify(s, x->place, e);
	case STORE_SYSROOTS:
		return sysroot_verify(s, x->place, e);
	case STORE_RESULTS:
		return check_result(s, x, e);
	case STORE_NOTES:
		return check_note(s, x, e);
	default:
		return err_set(e, ERR_NOTFOUND, "there is nothing to hold it against");
	}
}

static bool is_there(const struct store *s, const char *place)
{
	struct stat st;

	return fstatat(store_fd(s), place, &st, AT_SYMLINK_NOFOLLOW) == 0;
}

static bool look(void *ctx, size_t i, struct err *ignored)
{
	struct search *q = ctx;
	const struct store_entry *x = &q->list->items[i];
	struct damage *d = &q->found[i];
	struct err why = { 0 };

	(void)ignored;
	if (check(q->store, x, &why))
		return true;
	if (why.kind == ERR_NOTFOUND) {
		if (is_there(q->store, x->place))
			atomic_fetch_add(&q->n_unchecked, 1);
		return true;
	}
	d->entry = x;
	d->unread = why.kind == ERR_IO || why.kind == ERR_INTERNAL;
	snprintf(d->why, sizeof d->why, "%.*s", DAMAGE_WHY_MAX - 1, why.text);
	return true;
}

bool damage_find(struct damages *ret, struct store *s, const struct store_list *l, struct err *e)
{
	CLEANUP(mem_free) struct damage *found = mem_array(l->n, sizeof *found);
	struct search q = { .store = s, .list = l, .found = found };
	struct damages all = { 0 };

	if (!par_for(l->n, 0, look, &q, e))
		return false;
	for (size_t i = 0; i < l->n; i++) {
		if (!found[i].entry)
			continue;
		all.n_unread += found[i].unread;
		found[all.n++] = found[i];
	}
	all.n_unchecked = atomic_load(&q.n_unchecked);
	all.items = TAKE(found);
	*ret = all;
	return true;
}

void damages_done(struct damages *d)
{
	free(d->items);
	*d = (struct damages){ 0 };
}
