/*
 * Memory that dies together. An arena has a maximum given by its owner; beyond it (or when the system has no more)
 * arena_alloc answers NULL and the arena stays usable, which is how the verifier core answers LIMIT instead of aborting.
 */
#ifndef ASSAY_BASE_ARENA_H
#define ASSAY_BASE_ARENA_H

#include <stddef.h>
#include <stdint.h>

#include "base/cleanup.h"
#include "base/err.h"
#include "base/str.h"

struct arena;

/* max: bytes that all allocations together may take. Aborts only if the few bytes of the handle cannot be had; NULL under a guard. */
struct arena *arena_new(size_t max);
void arena_free(struct arena *a);
void arena_freep(struct arena **a); /* for CLEANUP */

/* Zeroed, aligned to 16; NULL beyond the maximum. arena_array checks n*size. */
void *arena_alloc(struct arena *a, size_t size) MUST_CHECK;
void *arena_array(struct arena *a, size_t n, size_t size) MUST_CHECK;
/* Terminated copy of s; p is NULL beyond the maximum. */
struct str arena_str(struct arena *a, struct str s) MUST_CHECK;
struct str arena_printf(struct arena *a, const char *fmt, ...) PRINTF_LIKE(2, 3);
/* Bytes handed out so far. */
size_t arena_used(const struct arena *a);
/* Whether something that was asked for could not be had. */
bool arena_failed(const struct arena *a);
/*
 * For what may turn out to be worth nothing: arena_rewind gives back all that was handed out since the mark, which is good for one
 * arena and until it was rewound to an earlier one. That something could not be had stays noted.
 */
struct arena_mark {
	const void *chunk, *behind; /* the current chunk, and the one behind it */
	size_t filled;              /* of the current chunk */
	size_t used, next_chunk;
};
struct arena_mark arena_mark(const struct arena *a);
void arena_rewind(struct arena *a, struct arena_mark to);
/* `return arena_full(a, e)` : sets LIMIT with the arena's maximum, returns false. */
bool arena_full(const struct arena *a, struct err *e);

#define ARENA_NEW(a, type) ((type *)arena_alloc((a), sizeof(type)))
#define ARENA_ARRAY(a, n, type) ((type *)arena_array((a), (n), sizeof(type)))

#endif
