/*
 * Small 64-bit ELF files made for tests: a kernel module with a .modinfo section, a shared object with a name.
 */
#ifndef ASSAY_TEST_ELF_MADE_H
#define ASSAY_TEST_ELF_MADE_H

#include "base/buf.h"
#include "base/span.h"

enum {
	ELF_MADE_MAX = 1 << 20,
	ELF_MADE_HEADER = 64,
	ELF_MADE_PROGRAM = 56,
	ELF_MADE_SECTION = 64,
	ELF_MADE_RELOCATABLE = 1,
	ELF_MADE_SHARED = 3,
};

static inline void elf_made_header(
	struct buf *b, unsigned type, size_t n_program, size_t section_at, size_t n_section)
{
	buf_add(b,
		"\x7f"
		"ELF\2\1\1",
		7);
	buf_fill(b, 0, 9);
	buf_u16le(b, (uint16_t)type);
	buf_u16le(b, 62); /* x86-64 */
	buf_u32le(b, 1);
	buf_u64le(b, 0);
	buf_u64le(b, n_program ? ELF_MADE_HEADER : 0);
	buf_u64le(b, section_at);
	buf_u32le(b, 0);
	buf_u16le(b, ELF_MADE_HEADER);
	buf_u16le(b, ELF_MADE_PROGRAM);
	buf_u16le(b, (uint16_t)n_program);
	buf_u16le(b, ELF_MADE_SECTION);
	buf_u16le(b, (uint16_t)n_section);
	buf_u16le(b, n_section ? (uint16_t)(n_section - 1) : 0);
}

static inline void elf_made_program(struct buf *b, uint32_t type, size_t at, size_t size)
{
	buf_u32le(b, type);
	buf_u32le(b, 4);
	buf_u64le(b, at);
	buf_u64le(b, at);
	buf_u64le(b, at);
	buf_u64le(b, size);
	buf_u64le(b, size);
	buf_u64le(b, 8);
}

static inline void elf_made_section(
	struct buf *b, uint32_t name, uint32_t type, size_t at, size_t size)
{
	buf_u32le(b, name);
	buf_u32le(b, type);
	buf_u64le(b, 0);
	buf_u64le(b, 0);
	buf_u64le(b, at);
	buf_u64le(b, size);
	buf_fill(b, 0, 24);
}

/* info is what .modinfo holds: KEY=VALUE, each with a zero behind it. */
static inline struct buf elf_made_module(struct span info)
{
	static const char names[] = "\0.modinfo\0.shstrtab";
	struct buf b = buf_init(ELF_MADE_MAX);
	size_t names_at = ELF_MADE_HEADER + info.n, table_at = names_at + sizeof names;

	elf_made_header(&b, ELF_MADE_RELOCATABLE, 0, table_at, 3);
	buf_add(&b, info.p, info.n);
	buf_add(&b, names, sizeof names);
	elf_made_section(&b, 0, 0, 0, 0);
	elf_made_section(&b, 1, 1, ELF_MADE_HEADER, info.n);
	elf_made_section(&b, 10, 3, names_at, sizeof names);
	return b;
}

/* A shared object of nothing but its name. */
static inline struct buf elf_made_library(struct str soname)
{
	struct buf b = buf_init(ELF_MADE_MAX);
	size_t strings_at = ELF_MADE_HEADER + 2 * ELF_MADE_PROGRAM,
	       dynamic_at = strings_at + (soname.n + 2 + 7) / 8 * 8, end = dynamic_at + 48;

	elf_made_header(&b, ELF_MADE_SHARED, 2, 0, 0);
	elf_made_program(&b, 1, 0, end);
	elf_made_program(&b, 2, dynamic_at, 48);
	buf_u8(&b, 0);
	buf_add_str(&b, soname);
	buf_fill(&b, 0, dynamic_at - b.n);
	buf_u64le(&b, 5); /* DT_STRTAB */
	buf_u64le(&b, strings_at);
	buf_u64le(&b, 14); /* DT_SONAME */
	buf_u64le(&b, 1);
	buf_fill(&b, 0, 16);
	return b;
}

#endif
