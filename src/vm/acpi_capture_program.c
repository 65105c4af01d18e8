/*
 * The program that the firmware starts: a PE file that is a bzImage at the same time, since QEMU asks kernels for the
 * one and firmware for the other. It has one section of code:
 *
 *     cli
 *     mov rcx, ACPI_CAPTURE_MARK_AT
 *     mov rax, ACPI_CAPTURE_MARK
 *     mov [rcx], rax
 *     pause; jmp (back to pause)
 */
#include "vm/acpi_capture.h"

#include "base/banned.h"

enum {
	PE_AT = 0x40,
	OPTIONAL_SIZE = 0xf0,
	DIRECTORIES = 16,
	SETUP_AT = 0x1f1,
	CODE_AT = 0x400, /* behind the two sectors of "setup" */
	CODE_SIZE = 0x400,
	ALIGN = 0x200,
	EFI_APPLICATION = 10,
	X86_64 = 0x8664,
	PE32_PLUS = 0x20b,
};

/* Zeroes up to an offset of the file. */
static void fill_to(struct buf *b, size_t start, size_t at)
{
	buf_fill(b, 0, start + at - b->n);
}

static void put_optional(struct buf *b, size_t start)
{
	buf_u16le(b, PE32_PLUS);
	buf_u16le(b, 0); /* linker */
	buf_u32le(b, CODE_SIZE);
	buf_u32le(b, 0);
	buf_u32le(b, 0);
	buf_u32le(b, CODE_AT); /* entry point */
	buf_u32le(b, CODE_AT);
	buf_u64le(b, 0); /* image base */
	buf_u32le(b, ALIGN);
	buf_u32le(b, ALIGN);
	buf_fill(b, 0, 16); /* versions */
	buf_u32le(b, CODE_AT + CODE_SIZE);
	buf_u32le(b, CODE_AT); /* headers */
	buf_u32le(b, 0);       /* checksum */
	buf_u16le(b, EFI_APPLICATION);
	fill_to(b, start, PE_AT + 24 + 108);
	buf_u32le(b, DIRECTORIES);
	fill_to(b, start, PE_AT + 24 + OPTIONAL_SIZE);
}

static void put_section(struct buf *b)
{
	buf_add(b, ".text\0\0\0", 8);
	buf_u32le(b, CODE_SIZE);
	buf_u32le(b, CODE_AT);
	buf_u32le(b, CODE_SIZE);
	buf_u32le(b, CODE_AT);
	buf_fill(b, 0, 12);
	buf_u32le(b, 0x60000020); /* code, may be read and run */
}

/* The setup header: boot protocol 2.12, loaded high, an initrd anywhere. */
static void put_setup(struct buf *b, size_t start)
{
	fill_to(b, start, SETUP_AT);
	buf_u8(b, 1);
	fill_to(b, start, 0x1fe);
	buf_u16le(b, 0xaa55);
	fill_to(b, start, 0x202);
	buf_add_cstr(b, "HdrS");
	buf_u16le(b, 0x20c);
	fill_to(b, start, 0x211);
	buf_u8(b, 1);
	fill_to(b, start, 0x22c);
	buf_u32le(b, 0x7fffffff);
}

void acpi_capture_program(struct buf *out)
{
	size_t start = out->n;

	buf_add_cstr(out, "MZ");
	fill_to(out, start, 0x3c);
	buf_u32le(out, PE_AT);
	buf_add(out, "PE\0\0", 4);
	buf_u16le(out, X86_64);
	buf_u16le(out, 1); /* sections */
	buf_fill(out, 0, 12);
	buf_u16le(out, OPTIONAL_SIZE);
	buf_u16le(out,
		0x22e); /* characteristics: executable, no debug information, large addresses */
	put_optional(out, start);
	put_section(out);
	put_setup(out, start);
	fill_to(out, start, CODE_AT);
	buf_add(out, "\xfa\x48\xc7\xc1", 4);
	buf_u32le(out, ACPI_CAPTURE_MARK_AT);
	buf_add(out, "\x48\xb8", 2);
	buf_add_cstr(out, ACPI_CAPTURE_MARK);
	buf_add(out, "\x48\x89\x01\xf3\x90\xeb\xfc", 7);
	fill_to(out, start, CODE_AT + CODE_SIZE);
}
