/*
 * Scope-bound release of locals, and the attributes that the whole tree uses.
 *
 * CLEANUP(f) calls f(&var) when the variable leaves scope; TAKE(p) hands ownership out of such a variable.
 */
#ifndef ASSAY_BASE_CLEANUP_H
#define ASSAY_BASE_CLEANUP_H

#define CLEANUP(f) __attribute__((cleanup(f)))
#define MUST_CHECK __attribute__((warn_unused_result))
#define PRINTF_LIKE(fmt, args) __attribute__((format(printf, fmt, args)))

/* The value of p; p itself becomes NULL, so its cleanup does nothing. */
#define TAKE(p)                             \
	__extension__({                     \
		__typeof__(p) taken_ = (p); \
		(p) = NULL;                 \
		taken_;                     \
	})

#define ARRAY_LEN(a) (sizeof(a) / sizeof((a)[0]))

#endif
