#include "appraise/shape_qemu_vtpm.h"

#include "base/hex.h"
#include "golden_text.h"
#include "uki_made.h"

enum { ARENA = 8 << 20, TEXT = 1 << 20 };

static const uint8_t root_hash[SHA256_SIZE] = { 0xab, 0xcd };

static struct buf told; /* all shapes, for test/golden/shape_qemu_vtpm.txt */

static const char *const how[] = { "not predictable", "computed", "observed" };

static void tell(const struct reference_shape *s)
{
	buf_printf(&told, "%.*s of %.*s%s\n", STR_ARG(s->name), STR_ARG(s->platform),
		s->firmware_only ? ", firmware only" : "");
	for (size_t i = 0; i < s->n_inputs; i++)
		buf_printf(&told, "  %.*s: %.*s\n", STR_ARG(s->inputs[i].name),
			STR_ARG(s->inputs[i].value));
	for (size_t i = 0; i < s->n_registers; i++) {
		const struct reference_register *r = &s->registers[i];

		buf_printf(&told, "  PCR %u, %s", r->reg, how[r->how]);
		for (size_t b = 0; b < s->n_banks && r->how != REFERENCE_NOT_PREDICTABLE; b++) {
			buf_printf(&told, ", %s ", digest_name(s->banks[b]));
			hex_add(&told, span_make(r->values[b].bytes, 4));
		}
		buf_printf(&told, ": %.*s\n", STR_ARG(r->reason));
	}
	for (size_t i = 0; i < s->n_coverage; i++)
		buf_printf(&told, "  %.*s by '%.*s': %.*s\n", STR_ARG(s->coverage[i].layer),
			STR_ARG(s->coverage[i].by), STR_ARG(s->coverage[i].note));
}

struct made {
	struct buf kernel, uki, gpt;
	char command_line[200];
	struct shape_qemu_vtpm_in in;
	struct digest pcr0[2];
};

static void make(struct made *m, const char *magic)
{
	char hash[2 * SHA256_SIZE + 1];
	struct uki_made_parts parts = { .magic = magic,
		.osrel = UKI_MADE_OSREL,
		.command_line = m->command_line,
		.initrd = SPAN_OF(uki_made_initrd) };

	hex_write(hash, root_hash, sizeof root_hash);
	snprintf(m->command_line, sizeof m->command_line, "quiet verity=1,%s,x", hash);
	m->kernel = uki_made_kernel(UKI_MADE_VERSION);
	parts.kernel = buf_span(&m->kernel);
	m->uki = uki_made(&parts);
	m->gpt = uki_made_gpt();
	m->pcr0[0] = digest_of(DIGEST_SHA384, str_span(STR("seen")));
	m->pcr0[1] = digest_of(DIGEST_SHA256, str_span(STR("seen")));
	m->in = (struct shape_qemu_vtpm_in){ .uki = buf_span(&m->uki),
		.gpt = buf_span(&m->gpt),
		.root_hash = SPAN_OF(root_hash),
		.firmware = { .version = STR("2025.02-8+deb13u1"), .pcr0 = m->pcr0, .n_pcr0 = 2 } };
}

static void done(struct made *m)
{
	buf_done(&m->kernel);
	buf_done(&m->uki);
	buf_done(&m->gpt);
}

static const struct reference_register *reg(const struct reference_shape *s, unsigned n)
{
	for (size_t i = 0; i < s->n_registers; i++)
		if (s->registers[i].reg == n)
			return &s->registers[i];
	return NULL;
}

/* Everything that a policy requires has a value, and the file that says so can be read back. */
static void a_whole_shape(void)
{
	static const unsigned required[] = { 0, 2, 3, 4, 5, 6, 7, 9, 11, 12, 13, 14 };
	struct arena *a = arena_new(ARENA);
	struct buf text = buf_init(TEXT), again = buf_init(TEXT);
	struct reference_values v = { .image = STR("made"), .n_shapes = 1 }, back;
	struct reference_shape s;
	struct made m = { 0 };
	struct err e;

	make(&m, "#### LoaderInfo: systemd-stub 257.9 ####");
	CHECK_OK(shape_qemu_vtpm(&s, &m.in, a, &e), e);
	tell(&s);
	for (size_t i = 0; i < ARRAY_LEN(required); i++) {
		const struct reference_register *r = reg(&s, required[i]);

		CHECK(r && r->how == (required[i] ? REFERENCE_COMPUTED : REFERENCE_OBSERVED));
	}
	CHECK(reg(&s, 1) && reg(&s, 1)->how == REFERENCE_NOT_PREDICTABLE);
	CHECK(digest_equal(&reg(&s, 0)->values[0], &m.pcr0[1]) &&
		digest_equal(&reg(&s, 0)->values[1], &m.pcr0[0]));
	CHECK(!s.firmware_only);
	v.shapes = &s;
	reference_values_emit(&v, &text);
	CHECK_OK(reference_values_parse(&back, buf_span(&text), a, &e), e);
	reference_values_emit(&back, &again);
	CHECK(buf_ok(&text) && span_equal(buf_span(&text), buf_span(&again)));
	buf_done(&text);
	buf_done(&again);
	arena_free(a);
	done(&m);
}

static void a_root_that_nothing_covers(void)
{
	struct arena *a = arena_new(ARENA);
	struct reference_shape s;
	struct made m = { 0 };
	uint8_t other[SHA256_SIZE];
	struct err e;

	make(&m, "#### LoaderInfo: systemd-stub 257.9 ####");
	memcpy(other, root_hash, sizeof other);
	other[31] ^= 1;
	m.in.root_hash = SPAN_OF(other);
	CHECK_OK(shape_qemu_vtpm(&s, &m.in, a, &e), e);
	tell(&s);
	CHECK(s.firmware_only);
	m.in.root_hash = span_make(root_hash, 4); /* part of a hash is none */
	CHECK_OK(shape_qemu_vtpm(&s, &m.in, a, &e), e);
	tell(&s);
	CHECK(s.firmware_only);
	m.in.root_hash = span_make(NULL, 0);
	CHECK_OK(shape_qemu_vtpm(&s, &m.in, a, &e), e);
	tell(&s);
	CHECK(s.firmware_only);
	arena_free(a);
	done(&m);
}

static void values_that_cannot_be_had(void)
{
	struct arena *a = arena_new(ARENA);
	struct reference_shape s;
	struct made m = { 0 };
	struct err e;

	make(&m, "#### LoaderInfo: systemd-stub 258.1 ####");
	m.in.firmware.n_pcr0 = 0;
	CHECK_OK(shape_qemu_vtpm(&s, &m.in, a, &e), e);
	tell(&s);
	CHECK(reg(&s, 0)->how == REFERENCE_NOT_PREDICTABLE && reg(&s, 0)->reason.n);
	CHECK(reg(&s, 9)->how == REFERENCE_NOT_PREDICTABLE && reg(&s, 9)->reason.n);
	CHECK(reg(&s, 11)->how == REFERENCE_COMPUTED);
	m.in.firmware.n_pcr0 = 1;
	CHECK_ERR(shape_qemu_vtpm(&s, &m.in, a, &e), e, ERR_USAGE);
	m.in.firmware.version = STR("2031.01");
	CHECK_ERR(shape_qemu_vtpm(&s, &m.in, a, &e), e, ERR_USAGE);
	arena_free(a);
	done(&m);
}

/* What stands in a file of another version, whose stub loads the kernel itself and measures no ACPI tables. */
static void other_versions(void)
{
	static const char *const stubs[] = { "#### LoaderInfo: systemd-stub 252.1 ####",
		"#### LoaderInfo: systemd-stub 254.1 ####",
		"#### LoaderInfo: systemd-stub 255.1 ####",
		"#### LoaderInfo: systemd-stub 258 ####" };
	static const char *const firmware[] = { "2022.11-6", "2023.11", "2024.02", "2024.11",
		"2025.02-8+deb13u1", "2025.11" };

	for (size_t i = 0; i < ARRAY_LEN(stubs); i++)
		for (size_t k = 0; k < ARRAY_LEN(firmware); k++) {
			struct arena *a = arena_new(ARENA);
			struct reference_shape s;
			struct made m = { 0 };
			struct err e = { 0 };

			make(&m, stubs[i]);
			m.in.firmware.version = str_of(firmware[k]);
			buf_printf(&told, "- stub %s firmware %s\n", stubs[i], firmware[k]);
			if (shape_qemu_vtpm(&s, &m.in, a, &e))
				tell(&s);
			else
				buf_printf(&told, "%s\n", e.text);
			arena_free(a);
			done(&m);
		}
}

/* With every amount of memory it is the same, or LIMIT. */
static void full_arenas(void)
{
	struct made m = { 0 };
	bool ok = false;

	make(&m, "#### LoaderInfo: systemd-stub 257.9 ####");
	for (size_t max = 0; !ok && max < ARENA; max += 199) {
		struct arena *a = arena_new(max);
		struct reference_shape s = { .n_inputs = 77 };
		struct err e = { 0 };

		ok = shape_qemu_vtpm(&s, &m.in, a, &e);
		CHECK(ok ? s.n_inputs == 8 : e.kind == ERR_LIMIT && s.n_inputs == 77);
		arena_free(a);
	}
	CHECK(ok);
	done(&m);
}

int main(void)
{
	told = buf_init(1 << 20);
	a_whole_shape();
	a_root_that_nothing_covers();
	values_that_cannot_be_had();
	other_versions();
	full_arenas();
	golden_text(&told, "shape_qemu_vtpm");
	return test_end();
}
