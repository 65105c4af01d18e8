#include "codec/json_keys.h"

#include "codec/json.h"
#include "test.h"

enum { MANY = 4096, LOG2_MANY = 12 };

static struct arena *a;
static char names[MANY][16];
static struct str keys[MANY];

static void name(size_t i, uint32_t number)
{
	snprintf(names[i], sizeof names[i], "%08x", (unsigned)number);
	keys[i] = str_of(names[i]);
}

static struct json_keys_work compare(size_t n)
{
	struct json_keys_work w = { 0 };
	struct err e = { 0 };

	CHECK_OK(json_keys_compare(&w, keys, n, a, &e), e);
	return w;
}

/* What a table that is addressed by the low bits of FNV-1a is slow for: the same place for all names. */
static uint64_t fnv(const char *p)
{
	uint64_t h = 0xcbf29ce484222325u;

	for (; *p; p++)
		h = (h ^ (uint8_t)*p) * 0x100000001b3u;
	return h ^ h >> 32;
}

static void colliding(void)
{
	size_t n = 0;

	for (uint32_t i = 0; n < MANY; i++) {
		name(n, i);
		n += (fnv(names[n]) & 1023) == 7;
	}
}

static void any(void)
{
	for (uint32_t i = 0; i < MANY; i++)
		name(i, i * 2654435761u);
}

static void ascending(void)
{
	for (uint32_t i = 0; i < MANY; i++)
		name(i, i);
}

static void descending(void)
{
	for (uint32_t i = 0; i < MANY; i++)
		name(i, MANY - i);
}

/* The number of comparisons follows from the number of names, not from what they are. */
static void steps(void)
{
	static void (*const orders[])(void) = { any, colliding, ascending, descending };
	size_t plain = 0;

	for (size_t i = 0; i < ARRAY_LEN(orders); i++) {
		struct json_keys_work w;

		orders[i]();
		w = compare(MANY);
		plain = plain ? plain : w.comparisons;
		CHECK(w.twice == MANY);
		CHECK(w.comparisons <= MANY * LOG2_MANY + MANY);
		CHECK(w.comparisons <= 2 * plain);
	}
}

/* The first name that stood before, wherever both are, found by comparing each with each too. */
static void finds(void)
{
	static const size_t sizes[] = { 2, 3, 7, 8, 9, 10, 31, 64, 65, 100 };

	for (size_t k = 0; k < ARRAY_LEN(sizes); k++)
		for (size_t later = 1; later < sizes[k]; later++) {
			any();
			keys[later] = keys[later / 3];
			keys[sizes[k] - 1] = keys[later / 3];
			CHECK(compare(sizes[k]).twice == later);
			keys[later] = STR("another");
			keys[sizes[k] - 1] = str_make(NULL, 0);
			CHECK(compare(sizes[k]).twice == sizes[k]);
		}
	CHECK(compare(0).twice == 0 && compare(1).twice == 1);
	keys[0] = keys[1] = str_make(NULL, 0);
	CHECK(compare(2).twice == 1);
}

static void limit(void)
{
	struct arena *small = arena_new(64);
	struct json_keys_work w;
	struct err e = { 0 };

	any();
	CHECK_ERR(json_keys_compare(&w, keys, 64, small, &e), e, ERR_LIMIT);
	arena_free(small);
}

/* The reader names the line of the second one. */
static void in_json(void)
{
	static const char text[] = "{\"a\": 1,\n\"b\": 2,\n\"a\":\n3, \"b\": 4}";
	struct err e = { 0 };
	struct json v;

	CHECK_ERR(json_parse(&v, str_span(str_of(text)), a, &e), e, ERR_FORMAT);
	CHECK(!strcmp(e.text, "JSON line 3: member 'a' stands twice"));
}

int main(void)
{
	a = arena_new(16 << 20);
	steps();
	finds();
	limit();
	in_json();
	arena_free(a);
	return test_end();
}
