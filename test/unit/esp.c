#include "build/esp.h"

#include "test.h"

enum { SIGNATURE = 2048, STEP = 4096 };

/* Contents of this size that nobody reads: only the layout is asked for. */
static bool plan(struct esp *ret, uint64_t uki_size, uint64_t esp_size, struct err *e)
{
	struct esp_shape shape = { .time_unix = 1700000000, .size = esp_size };
	struct content uki = { .size = uki_size };

	return esp_plan(ret, &uki, &shape, e);
}

static uint64_t smallest(uint64_t uki_size)
{
	CLEANUP(esp_done) struct esp esp = { 0 };
	struct err e;

	CHECK_OK(plan(&esp, uki_size, 0, &e), e);
	return esp.fat ? fat_size(esp.fat) : 0;
}

/* An image that fills its ESP to the last cluster: a signature does not fit, and that is said. Others have room. */
static void room_for_a_signature(void)
{
	uint64_t size = smallest(1 << 20), full = 30 << 20;
	CLEANUP(esp_done) struct esp esp = { 0 }, signed_esp = { 0 };
	struct err e;

	CHECK(size == smallest(full));
	while (smallest(full + STEP) == size)
		full += STEP;
	CHECK_OK(plan(&esp, full, size, &e), e);
	CHECK_ERR(plan(&signed_esp, full + 2 * STEP, size, &e), e, ERR_LIMIT);
	CHECK(!signed_esp.fat);
	CHECK_OK(plan(&signed_esp, full - STEP + SIGNATURE, size, &e), e);
}

/* The size is kept, and the same file gives the same bytes. */
static void same_size_same_bytes(void)
{
	static uint8_t bytes[20000 + SIGNATURE];
	CLEANUP(esp_done) struct esp one = { 0 }, two = { 0 };
	struct esp_shape shape = { .time_unix = 1700000000, .size = 36 << 20 };
	uint8_t a[SHA256_SIZE], b[SHA256_SIZE], c[SHA256_SIZE];
	struct content_memory m, n;
	struct content x, y;
	struct err e;

	content_of_memory(&x, &m, span_make(bytes, 20000));
	content_of_memory(&y, &n, SPAN_OF(bytes));
	memcpy(shape.unsigned_sha256, x.sha256, SHA256_SIZE);
	CHECK_OK(esp_plan(&one, &x, &shape, &e), e);
	CHECK_OK(esp_plan(&two, &y, &shape, &e), e);
	CHECK_OK(esp_emit(&one, NULL, a, &e), e);
	CHECK_OK(esp_emit(&two, NULL, b, &e), e);
	CHECK_OK(esp_emit(&one, NULL, c, &e), e);
	CHECK(memcmp(a, b, SHA256_SIZE) != 0 && memcmp(a, c, SHA256_SIZE) == 0);
	CHECK(fat_size(one.fat) == fat_size(two.fat));
}

int main(void)
{
	room_for_a_signature();
	same_size_same_bytes();
	return test_end();
}
