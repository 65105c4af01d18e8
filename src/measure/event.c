#include "measure/event.h"

#include <assert.h>
#include <string.h>

#include "base/banned.h"

void event_list_init(
	struct event_list *l, struct arena *a, const enum digest_alg *banks, size_t n_banks)
{
	assert(n_banks <= EVENT_BANKS_MAX);
	*l = (struct event_list){ .a = a, .n_banks = n_banks };
	for (size_t i = 0; i < n_banks; i++)
		l->banks[i] = banks[i];
}

static bool make_room(struct event_list *l, struct err *e)
{
	size_t room = l->room ? 2 * l->room : 64;
	struct event *items;

	if (l->n < l->room)
		return true;
	if (l->n >= EVENT_LIST_MAX)
		return err_set(e, ERR_LIMIT, "more than %d events", EVENT_LIST_MAX);
	items = ARENA_ARRAY(l->a, room, struct event);
	if (!items)
		return arena_full(l->a, e);
	if (l->n)
		memcpy(items, l->items, l->n * sizeof *items);
	l->items = items;
	l->room = room;
	return true;
}

bool event_list_add_digests(struct event_list *l, const struct event *ev, struct err *e)
{
	assert(ev->reg < REGISTER_MAX);
	for (size_t i = 0; i < l->n_banks; i++)
		assert(ev->digests[i].alg == l->banks[i]);
	if (!make_room(l, e))
		return false;
	l->items[l->n++] = *ev;
	return true;
}

bool event_list_add(struct event_list *l, unsigned reg, uint32_t type, struct span data,
	const char *what, const char *rule, struct str origin, struct str text, struct err *e)
{
	struct event ev = {
		.reg = reg,
		.type = type,
		.what = str_of(what),
		.rule = str_of(rule),
		.origin = origin,
		.text = text,
	};

	for (size_t i = 0; i < l->n_banks; i++)
		ev.digests[i] = digest_of(l->banks[i], data);
	return event_list_add_digests(l, &ev, e);
}

void event_fold(const struct event_list *l, unsigned reg, size_t bank, struct digest *ret)
{
	enum digest_alg alg = l->banks[bank];
	size_t size = digest_size(alg);
	struct digest value = { .alg = alg };
	uint8_t both[2 * DIGEST_MAX];

	assert(bank < l->n_banks);
	for (size_t i = 0; i < l->n; i++) {
		if (l->items[i].reg != reg)
			continue;
		memcpy(both, value.bytes, size);
		memcpy(both + size, l->items[i].digests[bank].bytes, size);
		value = digest_of(alg, span_make(both, 2 * size));
	}
	*ret = value;
}
