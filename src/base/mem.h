/*
 * Allocation for the tool: out of memory ends the process, which is safe because no size from input gets here without
 * a named limit first. The verifier core takes what grows with its input from arenas (base/arena.h).
 *
 * A library must not end its process: between mem_guard_begin and mem_guard_end, on this thread, what would abort here, in
 * base/buf.h, base/map.h and base/digest.h for want of memory leaves a note and goes on with less (NULL, a buf that has
 * failed, a digest of zeroes). Whoever guards throws away all results of a stretch that has a note.
 */
#ifndef ASSAY_BASE_MEM_H
#define ASSAY_BASE_MEM_H

#include <stdbool.h>
#include <stddef.h>

#include "base/str.h"

/* Guards do not nest. mem_guard_end: whether all memory could be had since the beginning. */
void mem_guard_begin(void);
bool mem_guard_end(void);
/* Memory could not be had: leaves the note, or aborts where nobody guards. */
void mem_missing(void);
/* The same, but where nobody guards nothing happens: for what has an error of its own to return. */
void mem_note_missing(void);

/* NULL only under a guard. */
void *mem_alloc(size_t size);           /* zeroed */
void *mem_array(size_t n, size_t size); /* zeroed, n*size checked */
void *mem_grow(
	void *p, size_t n, size_t size); /* realloc to n*size, checked; new bytes undefined */
char *mem_string(struct str s);          /* terminated copy */
/* For CLEANUP on any pointer variable: frees *pp. */
void mem_free(void *pp);

#define MEM_NEW(type) ((type *)mem_alloc(sizeof(type)))

#endif
