/*
 * Manifests and tags of others, in files that are no part of this repository (test/vectors.h): all of them are read, and
 * what is written of them deterministically is read again.
 */
#define ASSAY_MAY_ASK_THE_MACHINE
#include "appraise/corim_read.h"

#include "codec/json.h"
#include "vectors.h"

static size_t n_signed, n_values;

static void check_file(struct str name, bool comid, struct arena *a)
{
	char path[VECTORS_PATH / 2];
	struct buf b CLEANUP(buf_done) = { 0 };
	struct buf again CLEANUP(buf_done) = buf_init(1 << 20);
	struct corim c = { 0 }, second = { 0 };
	struct err e = { 0 };
	struct cbor v = { 0 };

	snprintf(path, sizeof path, "%.*s", STR_ARG(name));
	b = vectors_load(path);
	CHECK_OK(comid ? corim_read_comid(&c, buf_span(&b), a, &e)
		       : corim_read(&c, buf_span(&b), a, &e),
		e);
	CHECK(c.n_triples);
	n_signed += c.is_signed;
	n_values += c.n_values;
	CHECK_OK(cbor_parse(&v, buf_span(&b), a, &e), e);
	cbor_put_value(&again, &v);
	CHECK_OK(comid ? corim_read_comid(&second, buf_span(&again), a, &e)
		       : corim_read(&second, buf_span(&again), a, &e),
		e);
	CHECK(c.n_values == second.n_values);
}

int main(void)
{
	const struct json *list;
	struct arena *a;
	struct buf text;
	struct json top;
	struct err e = { 0 };
	size_t n = 0;

	if (!vectors_find("evidence"))
		return vectors_skip();
	a = arena_new(64 << 20);
	text = vectors_load("index.json");
	CHECK_OK(json_parse(&top, buf_span(&text), a, &e), e);
	list = json_get(&top, "vectors");
	for (size_t i = 0; list && i < list->n; i++) {
		struct str kind = json_get(&list->items[i], "kind")->text;

		if (!str_is(kind, "corim") && !str_is(kind, "comid"))
			continue;
		check_file(json_get(&list->items[i], "file")->text, str_is(kind, "comid"), a);
		n++;
	}
	printf("%zu files, %zu of them signed, %zu digests\n", n, n_signed, n_values);
	CHECK(n >= 20 && n_signed && n_values);
	buf_done(&text);
	arena_free(a);
	return test_end();
}
