#include "base/map.h"

#include <stdlib.h>

#include "base/mem.h"
#include "base/banned.h"

struct slot {
	struct str key;
	void *value; /* NULL: free */
	uint64_t hash;
};

struct map {
	struct slot *slots;
	size_t n, room; /* room is a power of two, at most half full */
};

struct map *map_new(void)
{
	return MEM_NEW(struct map);
}

void map_free(struct map *m)
{
	if (!m)
		return;
	free(m->slots);
	free(m);
}

void map_freep(struct map **m)
{
	map_free(*m);
}

/* FNV-1a; an attacker who makes keys collide gets a slow build, not a wrong one. */
static uint64_t hash(struct str key)
{
	uint64_t h = 0xcbf29ce484222325u;

	for (size_t i = 0; i < key.n; i++)
		h = (h ^ (uint8_t)key.p[i]) * 0x100000001b3u;
	return h ^ h >> 32;
}

static struct slot *place(const struct map *m, struct str key, uint64_t h)
{
	size_t i = (size_t)h & (m->room - 1);

	while (m->slots[i].value && !(m->slots[i].hash == h && str_equal(m->slots[i].key, key)))
		i = (i + 1) & (m->room - 1);
	return &m->slots[i];
}

void *map_get(const struct map *m, struct str key)
{
	return m->room ? place(m, key, hash(key))->value : NULL;
}

static bool grow(struct map *m)
{
	struct map next = { NULL, m->n, m->room ? m->room * 2 : 64 };

	next.slots = mem_array(next.room, sizeof *next.slots);
	if (!next.slots)
		return false;
	for (size_t i = 0; i < m->room; i++)
		if (m->slots[i].value)
			*place(&next, m->slots[i].key, m->slots[i].hash) = m->slots[i];
	free(m->slots);
	*m = next;
	return true;
}

static void *put(struct map *m, struct str key, void *value, bool replace)
{
	uint64_t h = hash(key);
	struct slot *s;
	void *was;

	if ((m->n + 1) * 2 > m->room && !grow(m))
		return NULL;
	s = place(m, key, h);
	was = s->value;
	if (!was)
		m->n++;
	if (!was || replace)
		*s = (struct slot){ was ? s->key : key, value, h };
	return was;
}

void *map_add(struct map *m, struct str key, void *value)
{
	return put(m, key, value, false);
}

void *map_set(struct map *m, struct str key, void *value)
{
	return put(m, key, value, true);
}

size_t map_count(const struct map *m)
{
	return m->n;
}
