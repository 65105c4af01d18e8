#include "base/arena.h"

#include "test.h"

enum { MAX = 3 << 20, PIECES = 400 };

static bool only(const uint8_t *p, size_t n, uint8_t byte)
{
	for (size_t i = 0; i < n; i++)
		if (p[i] != byte)
			return false;
	return true;
}

/* Small and large ones in turn, over several chunks: zeroed, aligned, and none of them reaches into another. */
static void pieces(void)
{
	struct arena *a = arena_new(MAX);
	uint8_t *piece[PIECES];
	size_t size[PIECES], sum = 0;

	for (size_t i = 0; i < PIECES; i++) {
		size[i] = i % 40 == 7 ? 20000 : 16 * (i % 300) + 1;
		piece[i] = arena_alloc(a, size[i]);
		sum += size[i];
		CHECK(piece[i] && (uintptr_t)piece[i] % 16 == 0 && only(piece[i], size[i], 0));
		if (piece[i])
			memset(piece[i], (int)(i % 255 + 1), size[i]);
	}
	for (size_t i = 0; i < PIECES; i++)
		CHECK(only(piece[i], size[i], (uint8_t)(i % 255 + 1)));
	CHECK(arena_used(a) >= sum && arena_used(a) < sum + (size_t)16 * PIECES);
	CHECK(!arena_failed(a));
	arena_free(a);
}

/* To the last byte and no further, in pieces of any size; a refusal is remembered. */
static void maximum(void)
{
	static const size_t sizes[] = { 16, 64, 4096, 16384, 16400, 65536, 1 << 18, MAX };

	for (size_t i = 0; i < ARRAY_LEN(sizes); i++) {
		struct arena *a = arena_new(MAX);
		struct err e = { 0 };
		size_t n = 0;

		while (n < MAX / sizes[i] && arena_alloc(a, sizes[i]))
			n++;
		CHECK(n == MAX / sizes[i] && arena_used(a) == n * sizes[i] && !arena_failed(a));
		CHECK(!arena_alloc(a, MAX - arena_used(a) + 1) && arena_failed(a));
		CHECK(!arena_full(a, &e) && e.kind == ERR_LIMIT);
		arena_free(a);
	}
}

static void overflows(void)
{
	struct arena *a = arena_new(SIZE_MAX);

	CHECK(!arena_alloc(a, SIZE_MAX));
	CHECK(!arena_array(a, SIZE_MAX / 2, 3));
	CHECK(!arena_str(a, str_make("", SIZE_MAX)).p);
	CHECK(arena_alloc(a, 1) && arena_failed(a));
	arena_free(a);
	arena_free(NULL);
}

/* What stands before the mark stays as it is; what came behind it is there again, however it was cut. */
static void rewinds(void)
{
	static const size_t before[] = { 0, 100, 70000, 300000 },
			    after[] = { 16, 5000, 20000, MAX };

	for (size_t i = 0; i < ARRAY_LEN(before); i++) {
		struct arena *a = arena_new(MAX);
		uint8_t *kept[3];
		size_t used;
		struct arena_mark mark;

		for (size_t k = 0; before[i] && k < ARRAY_LEN(kept); k++) {
			kept[k] = arena_alloc(a, before[i] / (k + 1));
			memset(kept[k], (int)k + 1, before[i] / (k + 1));
		}
		used = arena_used(a);
		mark = arena_mark(a);
		for (size_t k = 0; k < ARRAY_LEN(after); k++) {
			size_t n = 0;

			for (uint8_t *p; arena_used(a) + after[k] <= MAX && n < 300; n++) {
				p = arena_alloc(a, after[k]);
				CHECK(p && only(p, after[k], 0));
				if (p)
					memset(p, 0xff, after[k]);
			}
			arena_rewind(a, mark);
			CHECK(arena_used(a) == used && !arena_failed(a));
		}
		for (size_t k = 0; before[i] && k < ARRAY_LEN(kept); k++)
			CHECK(only(kept[k], before[i] / (k + 1), (uint8_t)(k + 1)));
		CHECK(arena_alloc(a, (MAX - used) & ~(size_t)15) && !arena_alloc(a, 16));
		arena_rewind(a, mark);
		CHECK(arena_failed(a) && arena_alloc(a, 16));
		arena_free(a);
	}
}

int main(void)
{
	rewinds();
	pieces();
	maximum();
	overflows();
	return test_end();
}
