#include "appraise/shape_near.h"

#include "test.h"

enum { SHAPES = 4, MANY = SHAPE_NEAR_INPUTS_MAX + 3 };

static struct reference_register registers[SHAPES];
static struct reference_shape shapes[SHAPES];
static const struct reference_values values = { .shapes = shapes, .n_shapes = SHAPES };
static const struct reference_input inputs[SHAPES][3] = {
	{ { { "vcpus", 5 }, { "2", 1 } }, { { "firmware", 8 }, { "aa", 2 } },
		{ { "old", 3 }, { "x", 1 } } },
	{ { { "vcpus", 5 }, { "4", 1 } }, { { "firmware", 8 }, { "aa", 2 } },
		{ { "new", 3 }, { "y", 1 } } },
	{ { { "vcpus", 5 }, { "4", 1 } }, { { "firmware", 8 }, { "bb", 2 } },
		{ { "old", 3 }, { "x", 1 } } },
	{ { { "vcpus", 5 }, { "2", 1 } }, { { "firmware", 8 }, { "aa", 2 } },
		{ { "old", 3 }, { "x", 1 } } },
};

static void start(void)
{
	for (size_t i = 0; i < SHAPES; i++) {
		registers[i] = (struct reference_register){ .how = REFERENCE_COMPUTED };
		registers[i].values[0].alg = DIGEST_SHA384;
		registers[i].values[0].bytes[0] = (uint8_t)i;
		shapes[i] = (struct reference_shape){ .platform = { "snp", 3 },
			.inputs = inputs[i],
			.n_inputs = 3,
			.banks = { DIGEST_SHA384 },
			.n_banks = 1,
			.registers = &registers[i],
			.n_registers = 1 };
	}
}

static struct digest value(uint8_t first)
{
	struct digest d = { .alg = DIGEST_SHA384 };

	d.bytes[0] = first;
	return d;
}

/* How many shapes fit, of the first one's platform. */
static size_t fit(unsigned reg, struct digest d, struct shape_near *last)
{
	size_t at = 0, n = 0;

	while (shape_near_next(last, &at, &values, &shapes[0], reg, &d))
		n++;
	return n;
}

static void finds(void)
{
	struct shape_near near = { 0 };

	start();
	CHECK(fit(0, value(1), &near) == 1 && near.shape == &shapes[1]);
	CHECK(fit(0, value(9), &near) == 0);
	CHECK(fit(1, value(1), &near) == 0);
	CHECK(fit(0, value(0), &near) == 0); /* the expected one itself is no other */
	registers[2].values[0].bytes[0] = 1;
	CHECK(fit(0, value(1), &near) == 2 && near.shape == &shapes[2]);
	registers[2].how = REFERENCE_NOT_PREDICTABLE;
	CHECK(fit(0, value(1), &near) == 1);
	shapes[1].platform = STR("tdx");
	CHECK(fit(0, value(1), &near) == 0);
	start();
	shapes[1].banks[0] = DIGEST_SHA256;
	CHECK(fit(0, value(1), &near) == 0);
}

static bool is(
	const struct shape_near_input *i, const char *name, const char *expected, const char *fits)
{
	return str_is(i->name, name) && str_is(i->expected, expected) && str_is(i->fits, fits);
}

static void compares(void)
{
	static struct reference_input many[MANY];
	static char names[MANY][4];
	struct shape_near near = { 0 };

	start();
	CHECK(fit(0, value(1), &near) == 1 && near.n_inputs == 3 && near.n_untold == 0);
	CHECK(is(&near.inputs[0], "vcpus", "2", "4") && is(&near.inputs[1], "old", "x", "") &&
		is(&near.inputs[2], "new", "", "y"));
	CHECK(fit(0, value(2), &near) == 1 && near.n_inputs == 2 &&
		is(&near.inputs[1], "firmware", "aa", "bb"));
	CHECK(fit(0, value(3), &near) == 1 && near.n_inputs == 0);
	for (size_t i = 0; i < MANY; i++) {
		snprintf(names[i], sizeof names[i], "i%zu", i);
		many[i] = (struct reference_input){ str_of(names[i]), STR("v") };
	}
	shapes[3].inputs = many;
	shapes[3].n_inputs = MANY;
	CHECK(fit(0, value(3), &near) == 1 && near.n_inputs == SHAPE_NEAR_INPUTS_MAX &&
		near.n_untold == 3 + MANY - SHAPE_NEAR_INPUTS_MAX);
}

int main(void)
{
	finds();
	compares();
	return test_end();
}
