/*
 * The index of the evidence among the vectors: a row for each file, with what a part of an appraisal must say of it.
 */
#ifndef ASSAY_TEST_VECTORS_INDEX_H
#define ASSAY_TEST_VECTORS_INDEX_H

#include "codec/json.h"
#include "vectors.h"

struct vectors_row {
	struct str file, kind, expected, why;
};

/* Calls see for each row of a kind that is evidence and no mere material; returns how many, and how many see held. */
__attribute__((unused)) static void vectors_rows(const char *kind,
	bool (*see)(const struct vectors_row *row), struct arena *a, size_t *n, size_t *held)
{
	CLEANUP(buf_done) struct buf text = vectors_load("index.json");
	const struct json *rows = NULL;
	struct err e = { 0 };
	struct json v;

	CHECK_OK(json_parse(&v, buf_span(&text), a, &e), e);
	CHECK_OK(json_get_array(&v, "vectors", &rows, &e), e);
	for (size_t i = 0; rows && i < rows->n; i++) {
		struct vectors_row row = { 0 };
		bool ok;

		CHECK_OK(json_get_str(&rows->items[i], "file", &row.file, &e), e);
		CHECK_OK(json_get_str(&rows->items[i], "kind", &row.kind, &e), e);
		CHECK_OK(json_get_str(&rows->items[i], "expected", &row.expected, &e), e);
		if (json_get(&rows->items[i], "why"))
			CHECK_OK(json_get_str(&rows->items[i], "why", &row.why, &e), e);
		if (!str_is(row.kind, kind) || str_is(row.expected, "material"))
			continue;
		ok = see(&row);
		CHECK(ok);
		if (!ok)
			fprintf(stderr, "%.*s: %.*s, not so\n", STR_ARG(row.file),
				STR_ARG(row.expected));
		*n += 1;
		*held += ok;
	}
}

/* The file of a row; the caller releases it. */
__attribute__((unused)) static struct buf vectors_row_load(const struct vectors_row *row)
{
	char name[400];

	snprintf(name, sizeof name, "%.*s", STR_ARG(row->file));
	return vectors_load(name);
}

#endif
