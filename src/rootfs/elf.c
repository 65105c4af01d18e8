#include "rootfs/elf.h"

#include "base/rd.h"
#include "base/banned.h"

/* Elf64_Ehdr: 0 ident[16], 16 type, 18 machine, 32 phoff, 40 shoff, 54 phentsize, 56 phnum, 58 shentsize, 60 shnum,
 * 62 shstrndx. */
struct header {
	uint16_t type, machine, n_program, n_section, names;
	uint64_t program_at, section_at;
};

enum {
	PROGRAM_SIZE = 56,
	SECTION_SIZE = 64,
	LOAD = 1,
	DYNAMIC = 2,
	INTERPRETER = 3,
	TYPE_PROGRAM = 2,
	TAG_STRTAB = 5,
	TAG_SONAME = 14
};

static bool read_header(struct span file, struct header *h, struct err *e)
{
	static const uint8_t ident[] = { 0x7f, 'E', 'L', 'F', 2, 1, 1 };
	struct rd r = rd_of(file);
	struct span magic = rd_bytes(&r, sizeof ident);
	uint16_t program_size, section_size;

	if (!span_equal(magic, SPAN_OF(ident)))
		return err_set(e, ERR_FORMAT, "not a 64-bit little-endian ELF file");
	rd_seek(&r, 16);
	h->type = rd_u16le(&r);
	h->machine = rd_u16le(&r);
	rd_seek(&r, 32);
	h->program_at = rd_u64le(&r);
	h->section_at = rd_u64le(&r);
	rd_seek(&r, 54);
	program_size = rd_u16le(&r);
	h->n_program = rd_u16le(&r);
	section_size = rd_u16le(&r);
	h->n_section = rd_u16le(&r);
	h->names = rd_u16le(&r);
	if (!rd_ok(&r))
		return rd_truncated(&r, "ELF header", e);
	if ((h->n_program && program_size != PROGRAM_SIZE) ||
		(h->n_section && section_size != SECTION_SIZE))
		return err_set(e, ERR_FORMAT, "ELF header: unknown sizes of table entries");
	return true;
}

/* n bytes from at, checked against the file. */
static bool part(struct span file, uint64_t at, uint64_t n, struct span *ret, struct err *e)
{
	if (at > file.n || n > file.n - at)
		return err_set(e, ERR_FORMAT, "ELF: %llu bytes at %llu lie beyond the file of %zu",
			(unsigned long long)n, (unsigned long long)at, file.n);
	*ret = span_make(file.p + at, (size_t)n);
	return true;
}

static struct str name_at(struct span names, uint64_t at)
{
	struct str s = str_make((const char *)names.p, names.n);

	if (at >= s.n)
		return str_make(NULL, 0);
	s = str_make(s.p + at, s.n - (size_t)at);
	return str_make(s.p, str_find(s, 0));
}

/* Elf64_Shdr: 0 name, 24 offset, 32 size. */
static bool section(struct span file, const struct header *h, size_t i, uint32_t *name,
	struct span *ret, struct err *e)
{
	struct span table;
	struct rd r;
	uint64_t at, n;

	if (!part(file, h->section_at, (uint64_t)h->n_section * SECTION_SIZE, &table, e))
		return false;
	r = rd_of(span_make(table.p + i * SECTION_SIZE, SECTION_SIZE));
	*name = rd_u32le(&r);
	if (rd_u32le(&r) == 8) { /* SHT_NOBITS has no bytes in the file */
		*ret = (struct span){ NULL, 0 };
		return true;
	}
	rd_seek(&r, 24);
	at = rd_u64le(&r);
	n = rd_u64le(&r);
	return part(file, at, n, ret, e);
}

bool elf_section(struct span file, const char *name, struct span *ret, struct err *e)
{
	struct header h;
	struct span names, bytes;
	uint32_t name_offset;

	if (!read_header(file, &h, e))
		return false;
	if (h.names >= h.n_section)
		return err_set(e, ERR_FORMAT, "ELF: there is no table of section names");
	if (!section(file, &h, h.names, &name_offset, &names, e))
		return false;
	for (size_t i = 1; i < h.n_section; i++) {
		if (!section(file, &h, i, &name_offset, &bytes, e))
			return false;
		if (str_is(name_at(names, name_offset), name)) {
			*ret = bytes;
			return true;
		}
	}
	return err_set(e, ERR_NOTFOUND, "ELF: no section '%s'", name);
}

/* Elf64_Phdr: 0 type, 8 offset, 16 vaddr, 32 filesz. The file bytes that are loaded at an address. */
static bool loaded_at(
	struct span file, struct span programs, uint64_t address, struct span *ret, struct err *e)
{
	for (struct rd r = rd_of(programs); rd_left(&r);) {
		struct rd p = rd_sub(&r, PROGRAM_SIZE);
		uint32_t type = rd_u32le(&p);
		uint64_t at, vaddr, n;

		rd_seek(&p, 8);
		at = rd_u64le(&p);
		vaddr = rd_u64le(&p);
		rd_seek(&p, 32);
		n = rd_u64le(&p);
		if (type != LOAD || address < vaddr || address - vaddr >= n)
			continue;
		return part(file, at, n, ret, e) &&
		       part(*ret, address - vaddr, n - (address - vaddr), ret, e);
	}
	return err_set(
		e, ERR_FORMAT, "ELF: address %llu is not loaded", (unsigned long long)address);
}

static bool find_dynamic(struct span file, struct span programs, struct span *ret, struct err *e)
{
	for (struct rd r = rd_of(programs); rd_left(&r);) {
		struct rd p = rd_sub(&r, PROGRAM_SIZE);
		uint64_t at, n;

		if (rd_u32le(&p) != DYNAMIC)
			continue;
		rd_seek(&p, 8);
		at = rd_u64le(&p);
		rd_seek(&p, 32);
		n = rd_u64le(&p);
		return part(file, at, n & ~(uint64_t)15, ret, e);
	}
	return err_set(e, ERR_FORMAT, "ELF: no dynamic section");
}

bool elf_soname(struct span file, struct str *soname, struct err *e)
{
	struct header h;
	struct span programs, dynamic, strings;
	uint64_t strings_at = 0, name = 0;
	bool named = false;

	if (!read_header(file, &h, e))
		return false;
	if (h.type != ELF_TYPE_SHARED || h.machine != ELF_MACHINE_X86_64)
		return err_set(e, ERR_FORMAT, "not an x86-64 shared object");
	if (!part(file, h.program_at, (uint64_t)h.n_program * PROGRAM_SIZE, &programs, e) ||
		!find_dynamic(file, programs, &dynamic, e))
		return false;
	for (struct rd r = rd_of(dynamic); rd_left(&r);) {
		uint64_t tag = rd_u64le(&r), value = rd_u64le(&r);

		if (tag == 0)
			break;
		if (tag == TAG_STRTAB)
			strings_at = value;
		if (tag == TAG_SONAME) {
			name = value;
			named = true;
		}
	}
	*soname = str_make(NULL, 0);
	if (!named)
		return true;
	if (!loaded_at(file, programs, strings_at, &strings, e))
		return false;
	*soname = name_at(strings, name);
	return true;
}

/* Elf64_Phdr of type PT_INTERP: its bytes are a terminated path. */
bool elf_interpreter(struct span file, struct str *ret, struct err *e)
{
	struct header h;
	struct span programs, path = { NULL, 0 };

	if (!read_header(file, &h, e))
		return false;
	if (h.machine != ELF_MACHINE_X86_64)
		return err_set(
			e, ERR_MISMATCH, "it is for another processor (ELF machine %u)", h.machine);
	if (h.type != TYPE_PROGRAM && h.type != ELF_TYPE_SHARED)
		return err_set(e, ERR_MISMATCH, "it is no program (ELF type %u)", h.type);
	if (!part(file, h.program_at, (uint64_t)h.n_program * PROGRAM_SIZE, &programs, e))
		return false;
	for (struct rd r = rd_of(programs); rd_left(&r);) {
		struct rd p = rd_sub(&r, PROGRAM_SIZE);
		uint64_t at, n;

		if (rd_u32le(&p) != INTERPRETER)
			continue;
		rd_seek(&p, 8);
		at = rd_u64le(&p);
		rd_seek(&p, 32);
		n = rd_u64le(&p);
		if (!part(file, at, n, &path, e))
			return false;
	}
	*ret = name_at(path, 0);
	return true;
}
