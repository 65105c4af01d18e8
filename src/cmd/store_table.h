/*
 * What `assay store gc` and `assay store du` share: sums by kind as a table or as JSON, and how old is old.
 */
#ifndef ASSAY_CMD_STORE_TABLE_H
#define ASSAY_CMD_STORE_TABLE_H

#include "cmd/verb.h"
#include "store/store_gc.h"

enum { STORE_TABLE_DAYS = 30, STORE_TABLE_DAYS_MAX = 36500 };

#define STORE_TABLE_UNUSED_OPTION                                                         \
	{                                                                                 \
		"--unused-for", "DAYS", "what nobody used for so long is old (30)", false \
	}

/* The time before which what was last used is old; with 0 days everything is. */
int64_t store_table_since(unsigned days);
/* The same as --unused-for says. USAGE. */
bool store_table_since_of(const struct verb_args *args, int64_t *ret, struct err *e) MUST_CHECK;

/* Two columns of sums, one line for each kind, and a line with all. */
void store_table_print(const struct store *s, const char *first_name,
	const struct store_gc_sum *first, const char *second_name,
	const struct store_gc_sum *second);
/* The same as a document with this format. */
bool store_table_json(const char *format, const struct store *s, const char *first_name,
	const struct store_gc_sum *first, const char *second_name,
	const struct store_gc_sum *second, struct err *e) MUST_CHECK;

#endif
