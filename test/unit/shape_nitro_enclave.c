#include "appraise/shape_nitro_enclave.h"

#include "image/eif_write.h"
#include "golden_text.h"

static struct arena *a;

static void make(struct buf *out)
{
	struct content_memory memory[2];
	struct content c[2];
	struct eif_parts parts = { .ramdisks = c, .n_ramdisks = 2, .command_line = STR("quiet") };
	struct err e = { 0 };

	content_of_memory(&c[0], &memory[0], span_make("boots", 5));
	content_of_memory(&c[1], &memory[1], span_make("the rest", 8));
	parts.kernel = c[0];
	*out = buf_init(1 << 20);
	CHECK_OK(eif_write(out, &parts, &e), e);
}

/* What is written to reference-values.json is read again, and says the same. */
static void through_the_file(void)
{
	CLEANUP(buf_done) struct buf image = { 0 };
	CLEANUP(buf_done) struct buf text = buf_init(1 << 20);
	CLEANUP(buf_done) struct buf again = buf_init(1 << 20);
	struct reference_shape shape;
	struct reference_values v = { .image = STR("made"), .shapes = &shape, .n_shapes = 1 };
	struct reference_values read;
	struct err e = { 0 };

	make(&image);
	CHECK_OK(shape_nitro_enclave(&shape, buf_span(&image), a, &e), e);
	CHECK(shape.n_registers == 3 && shape.events.n == 3 && !shape.firmware_only);
	for (size_t i = 0; i < 3; i++)
		CHECK(shape.registers[i].reg == i && shape.registers[i].how == REFERENCE_COMPUTED);
	CHECK(!digest_equal(&shape.registers[0].values[0], &shape.registers[1].values[0]));
	reference_values_emit(&v, &text);
	CHECK_OK(reference_values_parse(&read, buf_span(&text), a, &e), e);
	CHECK(read.shapes[0].n_registers == 3 && str_is(read.shapes[0].platform, "nitro-enclave"));
	reference_values_emit(&read, &again);
	CHECK(span_equal(buf_span(&text), buf_span(&again)));
	golden_text(&again, "shape_nitro_enclave");
}

static void refuses(void)
{
	CLEANUP(buf_done) struct buf image = { 0 };
	struct reference_shape shape;
	struct err e = { 0 };

	make(&image);
	image.p[image.n - 1] ^= 1;
	CHECK_ERR(shape_nitro_enclave(&shape, buf_span(&image), a, &e), e, ERR_FORMAT);
}

int main(void)
{
	a = arena_new(16 << 20);
	through_the_file();
	refuses();
	arena_free(a);
	return test_end();
}
