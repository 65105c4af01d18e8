#include "diff/elf_read.h"

#include "base/rd.h"

#include "base/banned.h"

enum {
	IDENT = 16,
	CLASS_AT = 4,
	DATA_AT = 5,
	TYPE_NOBITS = 8,
	TYPE_SYMTAB = 2,
	TYPE_DYNSYM = 11,
	INDEX_ESCAPE = 0xffff, /* SHN_XINDEX: the number stands in section 0 */
	TYPE_RELOCATABLE = 1,
	NAME_MAX = 4096,
};

struct cursor {
	struct rd r;
	bool wide, big;
};

static uint16_t u16(struct cursor *c)
{
	return c->big ? rd_u16be(&c->r) : rd_u16le(&c->r);
}

static uint32_t u32(struct cursor *c)
{
	return c->big ? rd_u32be(&c->r) : rd_u32le(&c->r);
}

/* An address, offset or size. */
static uint64_t word(struct cursor *c)
{
	if (!c->wide)
		return u32(c);
	return c->big ? rd_u64be(&c->r) : rd_u64le(&c->r);
}

struct raw_section {
	uint32_t name, type, link;
	uint64_t address, at, size;
};

static struct raw_section raw_section(struct cursor *c)
{
	struct raw_section s = { 0 };
	s.name = u32(c);
	s.type = u32(c);
	word(c); /* flags */
	s.address = word(c);
	s.at = word(c);
	s.size = word(c);
	s.link = u32(c);
	u32(c);  /* info */
	word(c); /* alignment */
	word(c); /* size of an entry */
	return s;
}

static struct cursor cursor_of(const struct elf *elf, struct span s)
{
	return (struct cursor){ rd_of(s), elf->wide, elf->big_endian };
}

static struct str name_at(struct span names, uint32_t at)
{
	size_t n = 0;
	if (at >= names.n)
		return STR("");
	while (at + n < names.n && n < NAME_MAX && names.p[at + n])
		n++;
	return str_make((const char *)names.p + at, n);
}

static bool bytes_of(struct span *ret, struct span file, const struct raw_section *s)
{
	*ret = (struct span){ NULL, 0 };
	if (s->type == TYPE_NOBITS || !s->size)
		return true;
	if (s->at > file.n || s->size > file.n - s->at)
		return false;
	*ret = span_make(file.p + s->at, (size_t)s->size);
	return true;
}

struct table {
	uint64_t at;
	size_t n, names, entry_size;
};

static bool read_header(struct elf *elf, struct table *t, struct err *e)
{
	struct rd ident = rd_of(elf->file);
	struct span magic = rd_bytes(&ident, 4);
	rd_seek(&ident, CLASS_AT);
	unsigned class = rd_u8(&ident), data = rd_u8(&ident);
	if (!rd_ok(&ident) || memcmp(magic.p, "\177ELF", 4) != 0 || class < 1 || class > 2 ||
		data < 1 || data > 2)
		return err_set(e, ERR_FORMAT, "not an ELF file");
	elf->wide = class == 2;
	elf->big_endian = data == 2;
	struct cursor c = cursor_of(elf, elf->file);
	rd_seek(&c.r, IDENT + 8); /* type, machine, version */
	word(&c);                 /* entry */
	word(&c);                 /* program headers */
	t->at = word(&c);
	u32(&c); /* flags */
	elf->header_size = u16(&c);
	u32(&c); /* size and number of program headers */
	t->entry_size = u16(&c);
	t->n = u16(&c);
	t->names = u16(&c);
	if (!rd_ok(&c.r))
		return rd_truncated(&c.r, "ELF header", e);
	if (t->entry_size != (elf->wide ? 64 : 40) || t->at > elf->file.n)
		return err_set(e, ERR_FORMAT, "ELF section table of another kind");
	return true;
}

static bool raw_at(const struct elf *elf, const struct table *t, size_t i, struct raw_section *ret)
{
	struct cursor c = cursor_of(elf, elf->file);
	rd_seek(&c.r, (size_t)t->at + i * t->entry_size);
	*ret = raw_section(&c);
	return rd_ok(&c.r);
}

static bool read_sections(struct elf *elf, const struct table *t, struct arena *a, struct err *e)
{
	struct raw_section raw;
	struct span names;
	if (t->names >= t->n || !raw_at(elf, t, t->names, &raw) ||
		!bytes_of(&names, elf->file, &raw))
		return err_set(e, ERR_FORMAT, "ELF file without names of sections");
	elf->sections = ARENA_ARRAY(a, t->n, struct elf_section);
	if (!elf->sections)
		return arena_full(a, e);
	for (size_t i = 1; i < t->n; i++) {
		struct elf_section *s = &elf->sections[elf->n];
		if (!raw_at(elf, t, i, &raw) || !bytes_of(&s->bytes, elf->file, &raw))
			return err_set(
				e, ERR_FORMAT, "ELF section %zu lies outside of the file", i);
		s->name = name_at(names, raw.name);
		s->type = raw.type;
		s->link = raw.link;
		s->address = raw.address;
		s->at = (size_t)raw.at;
		elf->n++;
	}
	return true;
}

bool elf_read(struct elf *ret, struct span file, struct arena *a, struct err *e)
{
	struct elf elf = { .file = file };
	struct table t = { 0 };
	struct raw_section first;
	if (!read_header(&elf, &t, e))
		return false;
	if (!t.at || !raw_at(&elf, &t, 0, &first))
		return err_set(e, ERR_FORMAT, "ELF file without sections");
	if (!t.n)
		t.n = (size_t)first.size;
	if (t.names == INDEX_ESCAPE)
		t.names = first.link;
	if (t.n > ELF_READ_SECTIONS_MAX)
		return err_set(e, ERR_LIMIT, "ELF file has %zu sections, limit %d", t.n,
			ELF_READ_SECTIONS_MAX);
	if (!read_sections(&elf, &t, a, e))
		return false;
	*ret = elf;
	return true;
}

const struct elf_section *elf_read_find(const struct elf *elf, struct str name, size_t nth)
{
	for (size_t i = 0; i < elf->n; i++)
		if (str_equal(elf->sections[i].name, name) && nth-- == 0)
			return &elf->sections[i];
	return NULL;
}

struct symbol {
	uint32_t name;
	unsigned section;
	uint64_t value, size;
};

static struct symbol symbol(struct cursor *c)
{
	struct symbol s = { .name = u32(c) };
	if (!c->wide) {
		s.value = u32(c);
		s.size = u32(c);
	}
	rd_skip(&c->r, 2); /* info, other */
	s.section = u16(c);
	if (c->wide) {
		s.value = word(c);
		s.size = word(c);
	}
	return s;
}

static bool is_relocatable(const struct elf *elf)
{
	struct cursor c = cursor_of(elf, elf->file);
	rd_seek(&c.r, IDENT);
	return u16(&c) == TYPE_RELOCATABLE;
}

struct str elf_read_symbol(const struct elf *elf, const struct elf_section *s, uint64_t at)
{
	size_t index = (size_t)(s - elf->sections) + 1;
	uint64_t address = is_relocatable(elf) ? at : s->address + at;
	for (size_t i = 0; i < elf->n; i++) {
		const struct elf_section *t = &elf->sections[i];
		if ((t->type != TYPE_SYMTAB && t->type != TYPE_DYNSYM) || !t->link ||
			t->link > elf->n)
			continue;
		struct cursor c = cursor_of(elf, t->bytes);
		for (size_t k = 0; k < ELF_READ_SYMBOLS_MAX; k++) {
			struct symbol y = symbol(&c);
			if (!rd_ok(&c.r))
				break;
			if (y.section == index && y.size && address >= y.value &&
				address - y.value < y.size)
				return name_at(elf->sections[t->link - 1].bytes, y.name);
		}
	}
	return STR("");
}
