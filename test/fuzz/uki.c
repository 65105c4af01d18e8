/*
 * A unified kernel image from outside: as `assay measure` reads it (sections, versions, the values of a whole shape) and as
 * a stub from a package, to which we add our sections.
 */
#include "image/uki.h"

#include <stdio.h>

#include "../unit/uki_made.h"
#include "appraise/shape_qemu_vtpm.h"
#include "codec/pe.h"
#include "fuzz.h"
#include "image/stream.h"

static const uint8_t root_hash[SHA256_SIZE] = { 0xab, 0xcd };

/* A whole UKI, and a stub alone. */
bool fuzz_sample(size_t i, struct buf *b)
{
	static const char magic[] = "#### LoaderInfo: systemd-stub 257.9-1~deb13u1 ####";
	CLEANUP(buf_done) struct buf kernel = uki_made_kernel(UKI_MADE_VERSION), uki = { 0 };
	struct uki_made_parts parts = { .magic = magic };

	if (i > 1)
		return false;
	if (i == 0) {
		parts.osrel = UKI_MADE_OSREL;
		parts.command_line = UKI_MADE_COMMAND_LINE;
		parts.initrd = SPAN_OF(uki_made_initrd);
		parts.kernel = buf_span(&kernel);
	}
	uki = uki_made(&parts);
	put_u32le(uki.p + PE_MADE_OPTIONAL_AT + 32, 4096); /* SectionAlignment, FileAlignment */
	put_u32le(uki.p + PE_MADE_OPTIONAL_AT + 36, 512);
	buf_add(b, uki.p, uki.n);
	return true;
}

/* The values of a shape, which can be written and read again. */
static bool measure(struct span uki, struct arena *a)
{
	CLEANUP(buf_done) struct buf gpt = uki_made_gpt();
	struct shape_qemu_vtpm_in in = { .uki = uki,
		.gpt = buf_span(&gpt),
		.root_hash = SPAN_OF(root_hash),
		.firmware = { .version = STR("2025.02-8+deb13u1") } };
	struct reference_shape shape;
	struct err e = { 0 };

	if (!shape_qemu_vtpm(&shape, &in, a, &e))
		return false;
	MUST(shape.n_registers && shape.n_banks == 2);
	return true;
}

/* The file that is made of a stub is one that we read, with the sections that we gave. */
static bool extend(struct span stub)
{
	static uint8_t kernel[600] = "MZ";
	CLEANUP(buf_done) struct buf out = buf_init(64 << 20);
	CLEANUP(uki_freep) struct uki *u = NULL;
	struct uki_parts p = { .stub = stub, .command_line = STR("a=b c") };
	static struct pe pe;
	struct content_memory memory;
	struct stream_buf to;
	struct span got;
	struct err e = { 0 };

	content_of_memory(&p.kernel, &memory, SPAN_OF(kernel));
	if (!uki_plan(&u, &p, &e))
		return false;
	stream_buf_init(&to, &out, "uki");
	if (uki_size(u) > out.max || !uki_emit(u, &to.sink, &e))
		return false;
	MUST(out.n == uki_size(u) && pe_parse(&pe, buf_span(&out), &e));
	MUST(pe_section(&pe, ".cmdline") && pe_section(&pe, ".linux"));
	MUST(pe_section_bytes(&got, pe_section(&pe, ".cmdline"), &e) &&
		span_equal(got, str_span(p.command_line)));
	MUST(pe_section_bytes(&got, pe_section(&pe, ".linux"), &e) &&
		span_equal(got, SPAN_OF(kernel)));
	return true;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	CLEANUP(arena_freep) struct arena *a = arena_new(8 << 20);
	struct span file = span_make(data, size);
	struct err e = { 0 };
	struct str version;
	bool measured = measure(file, a), extended = extend(file);

	if (uki_stub_version(&version, file, &e))
		MUST(version.n && version.n < size);
	fuzz_taken = measured || extended;
	return 0;
}
