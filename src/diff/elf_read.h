/*
 * The section table of an ELF file of either class and byte order, as hostile input. Nothing is loaded or relocated.
 */
#ifndef ASSAY_DIFF_ELF_READ_H
#define ASSAY_DIFF_ELF_READ_H

#include "base/arena.h"
#include "base/err.h"
#include "base/span.h"
#include "base/str.h"

enum { ELF_READ_SECTIONS_MAX = 65536, ELF_READ_SYMBOLS_MAX = 4000000 };

struct elf_section {
	struct str name; /* borrowed from the file */
	uint32_t type, link;
	uint64_t address;
	size_t at;         /* in the file */
	struct span bytes; /* empty where it has none in the file (NOBITS) */
};

struct elf {
	struct span file;
	bool wide, big_endian;
	size_t header_size;
	struct elf_section *sections; /* in the order of the table, without its first, empty one */
	size_t n;
};

/* FORMAT, LIMIT. Borrows file. */
bool elf_read(struct elf *ret, struct span file, struct arena *a, struct err *e) MUST_CHECK;
/* The nth section of this name, or NULL. */
const struct elf_section *elf_read_find(const struct elf *elf, struct str name, size_t nth);
/* The symbol whose bytes hold `at` (an offset within the section), or empty: the file may have no symbols. */
struct str elf_read_symbol(const struct elf *elf, const struct elf_section *s, uint64_t at);

#endif
