/*
 * From string to pointer, for look-ups only: a map has no order and cannot be iterated, so its order can never reach
 * an output. Keys are borrowed and must outlive the map. Under a guard (base/mem.h) map_new may answer NULL, and what is put
 * where there is no memory is not in the map.
 */
#ifndef ASSAY_BASE_MAP_H
#define ASSAY_BASE_MAP_H

#include "base/str.h"

struct map;

struct map *map_new(void);
void map_free(struct map *m);
void map_freep(struct map **m); /* for CLEANUP */
/* The value, or NULL. */
void *map_get(const struct map *m, struct str key);
/* value must not be NULL. Returns the value that the key had before and keeps that one if there was one, else NULL. */
void *map_add(struct map *m, struct str key, void *value);
/* As map_add, but the new value wins. */
void *map_set(struct map *m, struct str key, void *value);
size_t map_count(const struct map *m);

#endif
