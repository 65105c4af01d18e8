/* What is said to move is held against what moves: one part of a boot is changed, the registers before and after compared. */
#include "appraise/shape_moves.h"

#include "appraise/shape_qemu_vtpm.h"
#include "test.h"
#include "uki_made.h"

enum { ARENA = 8 << 20 };

static const uint8_t root_hash[SHA256_SIZE] = { 0xab, 0xcd };

/* The made boot with one part changed; SHAPE_PARTS + 1: none. */
static void predict(struct reference_shape *ret, unsigned changed, struct arena *a)
{
	static const uint8_t other_initrd[] = { 'o', 't', 'h', 'e', 'r' };
	CLEANUP(buf_done)
	struct buf kernel = uki_made_kernel(
		changed == SHAPE_KERNEL ? "6.12.49+deb13-cloud-amd64" : UKI_MADE_VERSION);
	struct uki_made_parts parts = {
		.magic = changed == SHAPE_BOOT_LOADER ? "#### LoaderInfo: systemd-stub 256.9 ####"
						      : "#### LoaderInfo: systemd-stub 257.9 ####",
		.osrel = UKI_MADE_OSREL,
		.command_line = changed == SHAPE_COMMAND_LINE ? "quiet"
				: changed == SHAPE_ROOT       ? "verity=1,other"
							      : "verity=1,made",
		.initrd = changed == SHAPE_INITRD ? SPAN_OF(other_initrd)
						  : SPAN_OF(uki_made_initrd),
		.kernel = buf_span(&kernel)
	};
	struct str uki, gpt;
	struct buf made = uki_made(&parts), table = uki_made_gpt();
	struct digest id = digest_of(DIGEST_SHA256, buf_span(&made));
	struct shape_qemu_vtpm_in in = { .root_hash = SPAN_OF(root_hash),
		.firmware = { .version = changed == SHAPE_FIRMWARE ? STR("2022.11-6+deb12u2")
								   : STR("2025.02-8+deb13u1") } };
	struct err e;

	/* As image/disk.c does: the disk's identifier is derived from the kernel image. */
	memcpy(table.p + 56, id.bytes, 16);
	uki = arena_str(a, buf_str(&made));
	gpt = arena_str(a, buf_str(&table));
	in.uki = str_span(uki);
	in.gpt = str_span(gpt);
	CHECK_OK(shape_qemu_vtpm(ret, &in, a, &e), e);
	buf_done(&made);
	buf_done(&table);
}

static uint32_t moved(unsigned part)
{
	struct arena *a = arena_new(ARENA);
	struct reference_shape before, after;
	uint32_t ret = 0;

	predict(&before, SHAPE_PARTS + 1, a);
	predict(&after, part, a);
	CHECK(before.n_registers == after.n_registers);
	for (size_t i = 0; i < before.n_registers; i++)
		if (before.registers[i].how == REFERENCE_COMPUTED &&
			!digest_equal(
				&before.registers[i].values[0], &after.registers[i].values[0]))
			ret |= 1u << before.registers[i].reg;
	arena_free(a);
	return ret;
}

/* All that will move moves, and nothing else but what may. PCR 0 is no function of the files: it is left out. */
static void as_said(void)
{
	for (unsigned p = 0; p < SHAPE_PARTS; p++) {
		struct shape_moves m = shape_moves_of((enum shape_part)p);
		uint32_t is;

		CHECK((m.will & m.may) == 0);
		CHECK(shape_moves_part_name((enum shape_part)p)[0]);
		if (p == SHAPE_FIRMWARE_VARIABLES)
			continue; /* what is in them is no input of the prediction */
		is = moved(p);
		CHECK((m.will & ~is & ~1u) == 0);
		CHECK((is & ~(m.will | m.may)) == 0);
	}
	CHECK(moved(SHAPE_PARTS + 1) == 0);
	CHECK(shape_moves_of(SHAPE_FIRMWARE).will == 1u);
}

/* The stub's version decides what it adds to the initrd, and a release of the firmware what Secure Boot looks like. */
static void what_may_happens(void)
{
	CHECK(moved(SHAPE_BOOT_LOADER) & 1u << 9);
	CHECK(moved(SHAPE_FIRMWARE) == 1u << 7);
}

static void sums(void)
{
	struct shape_moves m = { 0 };

	shape_moves_add(&m, SHAPE_KERNEL, false);
	CHECK(m.will == 0 && m.may == (1u << 4 | 1u << 5 | 1u << 11));
	shape_moves_add(&m, SHAPE_FIRMWARE, true);
	CHECK(m.will == 1u && m.may == (1u << 4 | 1u << 5 | 1u << 7 | 1u << 11));
	shape_moves_add(&m, SHAPE_ROOT, true);
	CHECK(m.will == (1u | 1u << 4 | 1u << 5 | 1u << 9 | 1u << 11) && m.may == 1u << 7);
}

int main(void)
{
	as_said();
	what_may_happens();
	sums();
	return test_end();
}
