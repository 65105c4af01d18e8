/*
 * Allocation for the tool: out of memory ends the process, which is safe because no size from input gets here without
 * a named limit first. The verifier core uses arenas (base/arena.h), never this.
 */
#ifndef ASSAY_BASE_MEM_H
#define ASSAY_BASE_MEM_H

#include <stddef.h>

#include "base/str.h"

void *mem_alloc(size_t size);           /* zeroed */
void *mem_array(size_t n, size_t size); /* zeroed, n*size checked */
void *mem_grow(
	void *p, size_t n, size_t size); /* realloc to n*size, checked; new bytes undefined */
char *mem_string(struct str s);          /* terminated copy */
/* For CLEANUP on any pointer variable: frees *pp. */
void mem_free(void *pp);

#define MEM_NEW(type) ((type *)mem_alloc(sizeof(type)))

#endif
