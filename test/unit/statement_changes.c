/*
 * One change anywhere in a statement: each member and element left out, doubled, called by another name, of another kind, empty,
 * swapped with the next one; each byte flipped; every truncation.
 */
#include "trust/statement.h"

#include "statement_made.h"

static struct arena *a;

static bool parse(struct statement *s, struct span text, struct err *e)
{
	arena_free(a);
	a = arena_new(STATEMENT_MEMORY_MAX);
	return statement_parse(s, text, a, e);
}

enum change { LEFT_OUT, DOUBLED, RENAMED, OTHER_KIND, EMPTY, SWAPPED, CHANGES };

struct changing {
	struct json_out w;
	enum change change;
	size_t at, count; /* which of all members and elements, in the order of the document */
	bool done, in_by; /* the change was made; below "by" */
};

static void put(struct changing *x, const struct json *v, bool by);

static void put_other_kind(struct changing *x, const struct json *v)
{
	if (v->kind == JSON_STRING)
		json_uint(&x->w, 1);
	else
		json_cstr(&x->w, "1");
}

static void put_empty(struct changing *x, const struct json *v)
{
	if (v->kind == JSON_OBJECT) {
		json_object(&x->w);
		json_end_object(&x->w);
	} else if (v->kind == JSON_ARRAY) {
		json_array(&x->w);
		json_end_array(&x->w);
	} else {
		json_cstr(&x->w, "");
	}
}

static void put_key(struct changing *x, const struct json *v, size_t i, bool hit)
{
	CLEANUP(buf_done) struct buf name = buf_init(400);

	if (v->kind != JSON_OBJECT)
		return;
	buf_add_str(&name, v->keys[i]);
	if (hit && x->change == RENAMED)
		buf_add_cstr(&name, "x");
	json_key_str(&x->w, buf_str(&name));
}

static void put_changed(struct changing *x, const struct json *v, size_t i, bool by)
{
	put_key(x, v, i, true);
	if (x->change == OTHER_KIND)
		put_other_kind(x, &v->items[i]);
	else if (x->change == EMPTY)
		put_empty(x, &v->items[i]);
	else
		put(x, &v->items[i], by);
	if (x->change == DOUBLED) {
		put_key(x, v, i, true);
		put(x, &v->items[i], by);
	}
}

static void put_items(struct changing *x, const struct json *v, bool by)
{
	for (size_t i = 0; i < v->n; i++) {
		bool below = by || (v->kind == JSON_OBJECT && str_is(v->keys[i], "by"));
		size_t from = x->count++;

		if (from == x->at) {
			x->done = x->change != RENAMED || v->kind == JSON_OBJECT;
			x->in_by = below;
			if (x->change == SWAPPED && i + 1 < v->n) {
				put_key(x, v, i + 1, false);
				put(x, &v->items[i + 1], by);
				put_key(x, v, i, false);
				put(x, &v->items[i++], below);
				continue;
			}
			x->done &= x->change != SWAPPED;
			if (x->change != LEFT_OUT)
				put_changed(x, v, i, below);
			continue;
		}
		put_key(x, v, i, false);
		put(x, &v->items[i], below);
	}
}

static void put(struct changing *x, const struct json *v, bool by)
{
	if (v->kind == JSON_OBJECT) {
		json_object(&x->w);
		put_items(x, v, by);
		json_end_object(&x->w);
	} else if (v->kind == JSON_ARRAY) {
		json_array(&x->w);
		put_items(x, v, by);
		json_end_array(&x->w);
	} else {
		json_value(&x->w, v);
	}
}

/* What is taken in spite of a change outside of `by`: none but where members of a whole may stand in another order. */
static bool may_be_taken(
	const struct changing *x, const struct statement *s, const struct statement_made *m)
{
	bool same = !memcmp(s->rebuild->result_sha256, m->result_sha256, SHA256_SIZE);

	return same && (x->in_by || x->change == SWAPPED);
}

static size_t change_all(const struct statement_made *m, enum change change)
{
	CLEANUP(arena_freep) struct arena *own = arena_new(1 << 22);
	size_t taken = 0, n = 1;
	struct err e = { 0 };
	struct json v;

	CHECK_OK(json_parse(&v, buf_span(&m->text), own, &e), e);
	for (size_t at = 0; at < n; at++) {
		CLEANUP(buf_done) struct buf text = buf_init(STATEMENT_MADE_MAX * 2);
		struct changing x = { json_out_to(&text), change, at, 0, false, false };
		struct statement s = { 0 };

		put(&x, &v, false);
		n = x.count > n ? x.count : n;
		if (!x.done)
			continue;
		if (!parse(&s, buf_span(&text), &e)) {
			CHECK(e.kind == ERR_FORMAT && e.text[0]);
			continue;
		}
		taken++;
		if (!may_be_taken(&x, &s, m)) {
			test_report(false, __FILE__, __LINE__, "a change was taken");
			fprintf(stderr, "change %d of member %zu was taken\n", (int)change, at);
		}
	}
	CHECK(n > 100);
	return taken;
}

static void changes(void)
{
	CLEANUP(statement_made_done)
	struct statement_made m = statement_made(REBUILD_IDENTICAL, 7, "somebody");
	size_t taken[CHANGES];

	for (int c = 0; c < CHANGES; c++)
		taken[c] = change_all(&m, (enum change)c);
	/* `by` and its members; neighbours in _type ... predicate, in format, result, by, and in `by` and below */
	CHECK(taken[DOUBLED] <= 1 && taken[LEFT_OUT] > 5 && taken[LEFT_OUT] < 20);
	CHECK(taken[SWAPPED] > 5 && taken[SWAPPED] < 60);
}

/* Each bit of each byte of the text: taken only with another result, or with the same one to the byte. */
static void flips(void)
{
	CLEANUP(statement_made_done)
	struct statement_made m = statement_made(REBUILD_IDENTICAL, 7, "somebody");
	size_t by = 0, changed = 0;
	struct err e = { 0 };

	for (size_t i = 0; i < m.text.n; i++)
		for (unsigned bit = 0; bit < 8; bit += 3) {
			struct statement s = { 0 };
			bool same;

			m.text.p[i] ^= (uint8_t)(1 << bit);
			if (parse(&s, buf_span(&m.text), &e) && !s.rebuild) {
				CHECK(!str_is(s.predicate_type, REBUILD_CLAIM_TYPE));
			} else if (s.rebuild) {
				same = !memcmp(
					s.rebuild->result_sha256, m.result_sha256, SHA256_SIZE);
				CHECK(same == span_equal(s.rebuild->result, buf_span(&m.result)));
				by += same;
				changed += !same;
			} else {
				CHECK(e.kind == ERR_FORMAT);
			}
			m.text.p[i] ^= (uint8_t)(1 << bit);
		}
	/* the digests of description and lock are tied to nothing else: a digit is another one */
	CHECK(by && changed > 64 && changed < 4 * 128);
}

static void truncations(void)
{
	CLEANUP(statement_made_done)
	struct statement_made m = statement_made(REBUILD_DIFFERS, 7, "somebody");
	struct statement s = { 0 };
	struct err e = { 0 };

	for (size_t n = 0; n + 1 < m.text.n; n++)
		CHECK_ERR(parse(&s, span_make(m.text.p, n), &e), e, ERR_FORMAT);
	CHECK_OK(parse(&s, span_make(m.text.p, m.text.n - 1), &e), e); /* without its line end */
}

int main(void)
{
	changes();
	flips();
	truncations();
	arena_free(a);
	return test_end();
}
