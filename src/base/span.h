/*
 * A borrowed run of bytes. A span never owns; who owns is said where one is kept.
 */
#ifndef ASSAY_BASE_SPAN_H
#define ASSAY_BASE_SPAN_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct span {
	const uint8_t *p;
	size_t n;
};

#define SPAN_OF(array) ((struct span){ (const uint8_t *)(array), sizeof(array) })

static inline struct span span_make(const void *p, size_t n)
{
	return (struct span){ p, n };
}

/* Equality of lengths and bytes; not constant time, see ct_equal for digests of secrets. */
bool span_equal(struct span a, struct span b);
/* Nothing but zeroes; so is an empty one. */
bool span_is_zero(struct span s);

/* Constant-time equality of n bytes. */
bool ct_equal(const void *a, const void *b, size_t n);

#endif
