#include "image/uki.h"

#include <string.h>

#include "base/mem.h"
#include "base/rd.h"
#include "codec/pe.h"
#include "image/stream.h"
#include "base/banned.h"

enum {
	PAGE = 4096,
	FILE_ALIGN = 512,
	MACHINE_X86_64 = 0x8664,
	/* COFF header, from its start. */
	COFF_SIZE = 20,
	COFF_SECTIONS_AT = 2,
	COFF_SYMBOLS_AT = 8, /* u32 offset, u32 number */
	COFF_OPTIONAL_SIZE_AT = 16,
	/* Optional header of PE32+, from its start. */
	OPT_DATA_SIZE_AT = 8, /* SizeOfInitializedData */
	OPT_SECTION_ALIGN_AT = 32,
	OPT_FILE_ALIGN_AT = 36,
	OPT_IMAGE_SIZE_AT = 56,
	OPT_CHECKSUM_AT = 64,
	SECTION_SIZE = 40,
	SECTION_FLAGS = 0x40000040, /* initialised data, readable */
};

struct uki_section {
	const char *name;
	struct content content;
	uint64_t at; /* in the file, a multiple of FILE_ALIGN */
	uint64_t address;
};

struct uki {
	struct span stub;
	uint8_t *headers;
	size_t headers_size;
	size_t stub_end; /* of the raw data of its sections */
	struct uki_section sections[UKI_SECTIONS_MAX];
	size_t n_sections;
	struct content_memory text[3];
	uint64_t size;
};

/* Offsets of the stub's headers that pe_parse has found to lie within it. */
struct offsets {
	size_t coff, optional, table, table_end;
};

void uki_free(struct uki *u)
{
	if (!u)
		return;
	mem_free(&u->headers);
	mem_free(&u);
}

void uki_freep(struct uki **u)
{
	uki_free(*u);
}

uint64_t uki_size(const struct uki *u)
{
	return u->size;
}

static uint64_t aligned(uint64_t at, uint64_t align)
{
	return (at + align - 1) / align * align;
}

static uint32_t u32_at(struct span s, size_t at)
{
	struct rd r = rd_of(s);

	rd_seek(&r, at);
	return rd_u32le(&r);
}

static uint16_t u16_at(struct span s, size_t at)
{
	struct rd r = rd_of(s);

	rd_seek(&r, at);
	return rd_u16le(&r);
}

static bool find_offsets(struct offsets *ret, const struct pe *pe, struct err *e)
{
	struct offsets o = { .optional = pe->checksum_at - OPT_CHECKSUM_AT };

	o.coff = o.optional - COFF_SIZE;
	o.table = o.optional + u16_at(pe->file, o.coff + COFF_OPTIONAL_SIZE_AT);
	o.table_end = o.table + pe->n_sections * SECTION_SIZE;
	if (!pe->plus || u16_at(pe->file, o.coff) != MACHINE_X86_64)
		return err_set(e, ERR_FORMAT, "the stub is no PE32+ image for x86-64");
	/* An empty table is refused, too: it would no longer be at the end of the file. */
	if (pe->certificates_size || (pe->certificates_at && u32_at(pe->file, pe->certificates_at)))
		return err_set(
			e, ERR_FORMAT, "the stub is signed, which adding sections would break");
	if (u32_at(pe->file, o.optional + OPT_FILE_ALIGN_AT) != FILE_ALIGN)
		return err_set(e, ERR_FORMAT, "the stub has file alignment %u, wanted %d",
			u32_at(pe->file, o.optional + OPT_FILE_ALIGN_AT), FILE_ALIGN);
	if (pe->headers_size % FILE_ALIGN ||
		u32_at(pe->file, o.optional + OPT_SECTION_ALIGN_AT) > PAGE)
		return err_set(e, ERR_FORMAT,
			"the stub's headers take %zu bytes and its sections are aligned to %u, wanted a multiple of %d and at most %d",
			pe->headers_size, u32_at(pe->file, o.optional + OPT_SECTION_ALIGN_AT),
			FILE_ALIGN, PAGE);
	*ret = o;
	return true;
}

/* Where the stub's raw data and its addresses end. Names that point into a string table would lose it. */
static bool measure_stub(const struct pe *pe, size_t *end, uint64_t *address_end, struct err *e)
{
	*end = pe->headers_size;
	*address_end = pe->headers_size; /* no section of ours is loaded over them */
	for (size_t i = 0; i < pe->n_sections; i++) {
		const struct pe_section *s = &pe->sections[i];
		uint64_t size = s->virtual_size > s->data.n ? s->virtual_size : s->data.n;

		if (str_starts(s->name, "/"))
			return err_set(e, ERR_FORMAT, "the stub has a section with a long name");
		if (s->data.n && s->at + s->data.n > *end)
			*end = s->at + s->data.n;
		if (s->virtual_address + size > *address_end)
			*address_end = s->virtual_address + size;
	}
	return true;
}

static bool add_section(struct uki *u, const struct pe *pe, const char *name,
	const struct content *c, struct err *e)
{
	if (!c->size)
		return true;
	if (pe_section(pe, name))
		return err_set(e, ERR_FORMAT, "the stub has a section '%s' already", name);
	if (c->size > UKI_SIZE_MAX)
		return err_set(e, ERR_LIMIT, "section '%s' of %llu bytes, limit %llu", name,
			(unsigned long long)c->size, (unsigned long long)UKI_SIZE_MAX);
	u->sections[u->n_sections++] = (struct uki_section){ .name = name, .content = *c };
	return true;
}

static bool add_text(struct uki *u, const struct pe *pe, const char *name, struct str text,
	struct content_memory *m, struct err *e)
{
	struct content c;

	content_of_memory(&c, m, str_span(text));
	return add_section(u, pe, name, &c, e);
}

static bool check_parts(const struct uki_parts *parts, struct err *e)
{
	uint8_t magic[2];

	if (parts->stub.n > UKI_STUB_MAX)
		return err_set(e, ERR_LIMIT, "the stub has %zu bytes, limit %d", parts->stub.n,
			UKI_STUB_MAX);
	if (parts->command_line.n > UKI_COMMAND_LINE_MAX)
		return err_set(e, ERR_LIMIT, "the command line has %zu bytes, limit %d",
			parts->command_line.n, UKI_COMMAND_LINE_MAX);
	for (size_t i = 0; i < parts->command_line.n; i++)
		if ((uint8_t)parts->command_line.p[i] < ' ' || parts->command_line.p[i] == 0x7f)
			return err_set(e, ERR_FORMAT,
				"the command line has the control character 0x%02x at %zu",
				(unsigned)(uint8_t)parts->command_line.p[i], i);
	if (parts->kernel.size < sizeof magic)
		return err_set(e, ERR_FORMAT, "the kernel has %llu bytes",
			(unsigned long long)parts->kernel.size);
	if (!content_read(&parts->kernel, 0, magic, sizeof magic, e))
		return err_wrap(e, "cannot read the kernel");
	return memcmp(magic, "MZ", sizeof magic) == 0 ||
	       err_set(e, ERR_FORMAT,
		       "the kernel is no PE image: it begins with 0x%02x%02x, wanted \"MZ\"",
		       magic[0], magic[1]);
}

static bool add_sections(
	struct uki *u, const struct pe *pe, const struct uki_parts *parts, struct err *e)
{
	return add_text(u, pe, ".osrel", parts->os_release, &u->text[0], e) &&
	       add_text(u, pe, ".cmdline", parts->command_line, &u->text[1], e) &&
	       add_text(u, pe, ".uname", parts->kernel_version, &u->text[2], e) &&
	       add_section(u, pe, ".initrd", &parts->initrd, e) &&
	       add_section(u, pe, ".linux", &parts->kernel, e);
}

/*
 * Places the sections in the file and in memory; *address is the end of the stub's and becomes that of the
 * image.
 */
static bool place_sections(struct uki *u, uint64_t *address, struct err *e)
{
	uint64_t at = aligned(u->stub_end, FILE_ALIGN);

	for (size_t i = 0; i < u->n_sections; i++) {
		struct uki_section *s = &u->sections[i];

		s->at = at;
		s->address = aligned(*address, PAGE);
		at = aligned(at + s->content.size, FILE_ALIGN);
		*address = s->address + s->content.size;
	}
	*address = aligned(*address, PAGE);
	if (at > UKI_SIZE_MAX || *address > UKI_SIZE_MAX)
		return err_set(e, ERR_LIMIT,
			"the kernel image has %llu bytes and takes %llu in memory, limit %llu",
			(unsigned long long)at, (unsigned long long)*address,
			(unsigned long long)UKI_SIZE_MAX);
	u->size = at;
	return true;
}

/*
 * Section header: 0 name[8], 8 u32 VirtualSize, 12 u32 VirtualAddress, 16 u32 SizeOfRawData, 20 u32
 * PointerToRawData, 24 relocations and line numbers (0), 36 u32 flags.
 */
static void section_header(uint8_t *p, const struct uki_section *s)
{
	memset(p, 0, SECTION_SIZE);
	memcpy(p, s->name, strlen(s->name));
	put_u32le(p + 8, (uint32_t)s->content.size);
	put_u32le(p + 12, (uint32_t)s->address);
	put_u32le(p + 16, (uint32_t)aligned(s->content.size, FILE_ALIGN));
	put_u32le(p + 20, (uint32_t)s->at);
	put_u32le(p + 36, SECTION_FLAGS);
}

/* The stub's headers with our sections in the table. */
static bool make_headers(struct uki *u, const struct pe *pe, const struct offsets *o,
	uint64_t image_size, struct err *e)
{
	uint32_t data_size = u32_at(u->stub, o->optional + OPT_DATA_SIZE_AT);
	size_t room = (u->headers_size - o->table_end) / SECTION_SIZE;
	uint8_t *p;

	if (room < u->n_sections)
		return err_set(e, ERR_FORMAT,
			"the stub's headers have room for %zu more sections, wanted %zu", room,
			u->n_sections);
	p = u->headers = mem_alloc(u->headers_size);
	memcpy(p, u->stub.p, u->headers_size);
	for (size_t i = 0; i < u->n_sections; i++) {
		section_header(p + o->table_end + i * SECTION_SIZE, &u->sections[i]);
		data_size += (uint32_t)aligned(u->sections[i].content.size, FILE_ALIGN);
	}
	put_u16le(p + o->coff + COFF_SECTIONS_AT, (uint16_t)(pe->n_sections + u->n_sections));
	put_u32le(p + o->coff + COFF_SYMBOLS_AT, 0);
	put_u32le(p + o->coff + COFF_SYMBOLS_AT + 4, 0);
	put_u32le(p + o->optional + OPT_DATA_SIZE_AT, data_size);
	put_u32le(p + o->optional + OPT_IMAGE_SIZE_AT, (uint32_t)image_size);
	put_u32le(p + o->optional + OPT_CHECKSUM_AT, 0);
	return true;
}

bool uki_plan(struct uki **ret, const struct uki_parts *parts, struct err *e)
{
	CLEANUP(uki_freep) struct uki *u = MEM_NEW(struct uki);
	CLEANUP(mem_free) struct pe *pe = MEM_NEW(struct pe);
	uint64_t address;
	struct offsets o;

	if (!check_parts(parts, e) || !pe_parse(pe, parts->stub, e) || !find_offsets(&o, pe, e))
		return false;
	u->stub = parts->stub;
	u->headers_size = pe->headers_size;
	if (!measure_stub(pe, &u->stub_end, &address, e) || !add_sections(u, pe, parts, e) ||
		!place_sections(u, &address, e) || !make_headers(u, pe, &o, address, e))
		return false;
	*ret = TAKE(u);
	return true;
}

bool uki_emit(const struct uki *u, struct sink *to, struct err *e)
{
	CLEANUP(stream_done) struct stream s;

	stream_init(&s, to, e);
	stream_add(&s, u->headers, u->headers_size);
	stream_add(&s, u->stub.p + u->headers_size, u->stub_end - u->headers_size);
	for (size_t i = 0; i < u->n_sections; i++) {
		stream_zero_to(&s, u->sections[i].at);
		stream_content(&s, &u->sections[i].content, 0, u->sections[i].content.size);
	}
	stream_align(&s, FILE_ALIGN);
	return stream_end(&s);
}

bool uki_stub_version(struct str *ret, struct span stub, struct err *e)
{
	static const char before[] = "#### LoaderInfo: systemd-stub ", after[] = " ####";
	CLEANUP(mem_free) struct pe *pe = MEM_NEW(struct pe);
	const struct pe_section *section;
	struct span bytes;
	struct str s;

	if (!pe_parse(pe, stub, e))
		return err_wrap(e, "the stub");
	section = pe_section(pe, ".sdmagic");
	if (!section)
		return err_set(e, ERR_NOTFOUND, "the stub has no section .sdmagic");
	if (!pe_section_bytes(&bytes, section, e))
		return false;
	s = str_make((const char *)bytes.p, bytes.n);
	while (s.n && !s.p[s.n - 1])
		s.n--;
	if (!str_starts(s, before) || !str_ends(s, after) ||
		s.n <= sizeof before - 1 + sizeof after - 1)
		return err_set(
			e, ERR_FORMAT, "the stub's .sdmagic is not \"%sVERSION%s\"", before, after);
	*ret = str_make(s.p + sizeof before - 1, s.n - (sizeof before - 1) - (sizeof after - 1));
	return true;
}
