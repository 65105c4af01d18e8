#include "page/report_layers.h"

#include "base/hex.h"
#include "test.h"

enum { MEMORY = 1 << 20 };

#define S(literal)                           \
	{                                    \
		literal, sizeof(literal) - 1 \
	}

static const struct reference_register registers[] = {
	{ .reg = 0, .how = REFERENCE_OBSERVED },
	{ .reg = 1, .how = REFERENCE_NOT_PREDICTABLE },
	{ .reg = 4, .how = REFERENCE_COMPUTED },
	{ .reg = 11, .how = REFERENCE_COMPUTED },
};

static const struct {
	struct reference_coverage row;
	enum report_cover cover;
	uint32_t registers;
} cases[] = {
	{ { S("firmware"), S("PCR 0"), S("") }, REPORT_COVER_OBSERVED, 1 },
	{ { S("ACPI tables"), S("PCR 1"), S("") }, REPORT_COVER_NO_VALUE, 2 },
	{ { S("kernel"), S("PCR 4, PCR 11"), S("") }, REPORT_COVER_COMPUTED, 4 | 8 },
	{ { S("root file system"), S("PCR 11"), S("") }, REPORT_COVER_COMPUTED, 8 },
	{ { S("initrd"), S("PCR 0, PCR 1, PCR 4"), S("") }, REPORT_COVER_COMPUTED, 1 | 2 | 4 },
	{ { S("firmware variables"), S("PCR 1,PCR 0"), S("") }, REPORT_COVER_OBSERVED, 1 | 2 },
	{ { S("command line"), S(""), S("") }, REPORT_COVER_NOTHING, 0 },
	/* Words that are no register of this shape cover nothing that could be compared. */
	{ { S("boot loader"), S("PCR 44, PCR 1, MRTD"), S("") }, REPORT_COVER_NO_VALUE, 2 },
	{ { S("partition table"), S(", ,"), S("") }, REPORT_COVER_NO_VALUE, 0 },
	{ { S("something new"), S("PCR 4"), S("") }, REPORT_COVER_COMPUTED, 4 },
};

static struct reference_coverage rows[ARRAY_LEN(cases)];
static struct reference_input inputs[2] = { { S("stub-version"), S("1") },
	{ S("firmware"), S("") } };
static char firmware[2 * SHA256_SIZE + 1];

static struct reference_shape make(void)
{
	for (size_t i = 0; i < ARRAY_LEN(cases); i++)
		rows[i] = cases[i].row;
	return (struct reference_shape){ .name = STR("made"),
		.platform = STR("tpm"),
		.inputs = inputs,
		.n_inputs = ARRAY_LEN(inputs),
		.registers = registers,
		.n_registers = ARRAY_LEN(registers),
		.coverage = rows,
		.n_coverage = ARRAY_LEN(rows) };
}

static struct manifest image(void)
{
	static const struct manifest_file files[] = {
		{ S("init"), S("component:init"), ORIGIN_SOURCE, 10, { 0 } },
		{ S("lib"), S("package:libc6"), ORIGIN_DISTRIBUTION, 30, { 0 } },
	};
	struct manifest m = { .command_line = STR("ro"),
		.kernel = { .size = 7, .origin = STR("package:linux"), .class = ORIGIN_REPRODUCED },
		.code = { .size = 9, .origin = STR("package:ovmf"), .class = ORIGIN_DISTRIBUTION },
		.stub = { .size = 3, .origin = STR("overlay:stub"), .class = ORIGIN_OPAQUE },
		.initrd_files = { files, 2 } };

	memset(m.code.sha256, 0x77, SHA256_SIZE);
	return m;
}

static const struct report_layer *find(const struct report_layers *l, const char *name)
{
	for (size_t i = 0; i < l->n; i++)
		if (str_is(l->items[i].row->layer, name))
			return &l->items[i];
	return NULL;
}

static void covers(const struct report_layers *l)
{
	CHECK(l->n == ARRAY_LEN(cases));
	for (size_t i = 0; i < l->n; i++) {
		CHECK(l->items[i].cover == cases[i].cover);
		CHECK(l->items[i].registers == cases[i].registers);
	}
}

static void sources(const struct report_layers *l, bool own_firmware)
{
	const struct report_layer *f = find(l, "firmware"), *k = find(l, "kernel"),
				  *i = find(l, "initrd");

	CHECK(f->beside && f->in_image == own_firmware);
	CHECK(!own_firmware || str_is(f->origin, "package:ovmf"));
	CHECK(k->in_image && k->from.bytes[ORIGIN_REPRODUCED] == 7 &&
		str_is(k->origin, "package:linux"));
	CHECK(i->in_image && i->from.bytes[ORIGIN_SOURCE] == 10 &&
		i->from.bytes[ORIGIN_DISTRIBUTION] == 30 && !i->origin.n);
	CHECK(find(l, "boot loader")->from.bytes[ORIGIN_OPAQUE] == 3);
	CHECK(find(l, "command line")->from.bytes[ORIGIN_SOURCE] == 2);
	CHECK(find(l, "partition table")->in_image);
	CHECK(!find(l, "ACPI tables")->in_image && !find(l, "something new")->in_image);
	CHECK(!find(l, "root file system")->in_image); /* a manifest without files in it */
}

/* Firmware is the image's own only where the shape's input is its digest. */
static void layers(bool own_firmware)
{
	struct arena *a = arena_new(MEMORY);
	struct manifest m = image();
	struct reference_shape s = make();
	struct report_layers l;
	struct err e = { 0 };

	hex_write(firmware, m.code.sha256, SHA256_SIZE);
	firmware[0] = own_firmware ? firmware[0] : '0';
	inputs[1].value = str_of(firmware);
	CHECK_OK(report_layers_find(&l, &s, &m, a, &e), e);
	covers(&l);
	sources(&l, own_firmware);
	arena_free(a);
}

static void full(void)
{
	struct arena *a = arena_new(64);
	struct manifest m = image();
	struct reference_shape s = make();
	struct report_layers l;
	struct err e = { 0 };

	CHECK_ERR(report_layers_find(&l, &s, &m, a, &e), e, ERR_LIMIT);
	arena_free(a);
}

int main(void)
{
	layers(true);
	layers(false);
	full();
	return test_end();
}
