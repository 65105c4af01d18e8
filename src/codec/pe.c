#include "codec/pe.h"

#include <assert.h>
#include <string.h>

#include "base/rd.h"
#include "base/banned.h"

enum {
	DOS_SIZE = 64,
	DOS_PE_OFFSET_AT = 0x3c,
	MAGIC_PE32 = 0x10b,
	MAGIC_PE32_PLUS = 0x20b,
	/* In the optional header. */
	HEADERS_SIZE_AT = 60,
	CHECKSUM_AT = 64,
	DIRECTORY_CERTIFICATES = 4,
	DIRECTORY_SIZE = 8,
	NAME_SIZE = 8,
};

/* What of the COFF header decides where the rest lies. */
struct layout {
	size_t optional_at, optional_size;
	size_t n_sections;
};

static bool read_coff(struct layout *ret, struct rd *r, struct err *e)
{
	struct span magic;
	size_t pe_at;

	magic = rd_bytes(r, 2);
	if (!rd_ok(r) || memcmp(magic.p, "MZ", 2) != 0)
		return err_set(e, ERR_FORMAT, "not a PE file: no MZ header");
	rd_seek(r, DOS_PE_OFFSET_AT);
	pe_at = rd_u32le(r);
	if (rd_ok(r) && pe_at < DOS_SIZE)
		return err_set(e, ERR_FORMAT, "PE header at %zu lies in the MZ header", pe_at);
	rd_seek(r, pe_at);
	magic = rd_bytes(r, 4);
	if (rd_ok(r) && memcmp(magic.p, "PE\0", 4) != 0)
		return err_set(e, ERR_FORMAT, "no PE signature at %zu", pe_at);
	rd_skip(r, 2); /* machine */
	ret->n_sections = rd_u16le(r);
	rd_skip(r, 12); /* time stamp, symbols */
	ret->optional_size = rd_u16le(r);
	rd_skip(r, 2); /* characteristics */
	ret->optional_at = r->at;
	if (!rd_ok(r))
		return rd_truncated(r, "PE header", e);
	if (ret->n_sections > PE_SECTIONS_MAX)
		return err_set(e, ERR_LIMIT, "PE file has %zu sections, limit %d", ret->n_sections,
			PE_SECTIONS_MAX);
	return true;
}

/* The table is the end of the file, so that what the hash leaves out is that table and nothing else. */
static bool set_certificates(struct pe *pe, size_t at, size_t size, struct err *e)
{
	if (!at && !size)
		return true;
	if (at < pe->headers_size || at > pe->file.n || size != pe->file.n - at)
		return err_set(e, ERR_FORMAT,
			"PE certificate table at %zu of %zu bytes is not the end of the file of %zu bytes",
			at, size, pe->file.n);
	pe->certificates_size = size;
	return true;
}

static bool read_directories(
	struct pe *pe, struct rd *r, const struct layout *l, size_t count_at, struct err *e)
{
	size_t n, at, size;

	rd_seek(r, l->optional_at + count_at);
	n = rd_u32le(r);
	if (!rd_ok(r))
		return rd_truncated(r, "PE optional header", e);
	if (n > PE_DIRECTORIES_MAX)
		return err_set(e, ERR_LIMIT, "PE file has %zu data directories, limit %d", n,
			PE_DIRECTORIES_MAX);
	if (l->optional_size < count_at + 4 + n * DIRECTORY_SIZE)
		return err_set(e, ERR_FORMAT,
			"PE optional header of %zu bytes cannot hold %zu data directories",
			l->optional_size, n);
	if (n <= DIRECTORY_CERTIFICATES)
		return true;
	pe->certificates_at = l->optional_at + count_at + 4 +
			      (size_t)DIRECTORY_CERTIFICATES * DIRECTORY_SIZE;
	rd_seek(r, pe->certificates_at);
	at = rd_u32le(r);
	size = rd_u32le(r);
	if (!rd_ok(r))
		return rd_truncated(r, "PE data directories", e);
	return set_certificates(pe, at, size, e);
}

static bool read_optional(struct pe *pe, struct rd *r, const struct layout *l, struct err *e)
{
	unsigned magic;

	rd_seek(r, l->optional_at);
	magic = rd_u16le(r);
	rd_seek(r, l->optional_at + HEADERS_SIZE_AT);
	pe->headers_size = rd_u32le(r);
	pe->checksum_at = l->optional_at + CHECKSUM_AT;
	if (!rd_ok(r))
		return rd_truncated(r, "PE optional header", e);
	if (magic != MAGIC_PE32 && magic != MAGIC_PE32_PLUS)
		return err_set(e, ERR_FORMAT, "PE optional header has magic 0x%x", magic);
	if (pe->headers_size > pe->file.n)
		return err_set(e, ERR_FORMAT, "PE headers of %zu bytes in a file of %zu bytes",
			pe->headers_size, pe->file.n);
	pe->plus = magic == MAGIC_PE32_PLUS;
	return read_directories(pe, r, l, pe->plus ? 108 : 92, e);
}

static bool set_name(struct pe_section *s, struct span raw, struct err *e)
{
	size_t n = 0;

	while (n < raw.n && raw.p[n])
		n++;
	for (size_t i = n; i < raw.n; i++)
		if (raw.p[i])
			return err_set(e, ERR_FORMAT, "PE section name has bytes behind its end");
	if (!n)
		return err_set(e, ERR_FORMAT, "PE section without a name");
	s->name = str_make((const char *)raw.p, n);
	return true;
}

static bool read_section(struct pe *pe, struct rd *r, struct err *e)
{
	struct pe_section *s = &pe->sections[pe->n_sections];
	struct rd data = rd_of(pe->file);
	struct span name = rd_bytes(r, NAME_SIZE);
	size_t size, at;

	s->virtual_size = rd_u32le(r);
	s->virtual_address = rd_u32le(r);
	size = rd_u32le(r);
	at = rd_u32le(r);
	rd_skip(r, 16); /* relocations, line numbers, characteristics */
	if (!rd_ok(r))
		return rd_truncated(r, "PE section table", e);
	if (!set_name(s, name, e))
		return false;
	pe->n_sections++;
	if (!size)
		return true;
	rd_seek(&data, at);
	s->at = at;
	s->data = rd_bytes(&data, size);
	if (!rd_ok(&data) || at < pe->headers_size)
		return err_set(e, ERR_FORMAT,
			"PE section '%.*s' at %zu of %zu bytes lies outside the file's %zu bytes or in its headers",
			STR_ARG(s->name), at, size, pe->file.n);
	return true;
}

static bool overlap(uint64_t at1, uint64_t size1, uint64_t at2, uint64_t size2)
{
	return size1 && size2 && at1 < at2 + size2 && at2 < at1 + size1;
}

static bool check_overlaps(const struct pe *pe, struct err *e)
{
	size_t end = pe->file.n - pe->certificates_size;

	for (size_t i = 0; i < pe->n_sections; i++) {
		const struct pe_section *s = &pe->sections[i];

		if (s->data.n && s->at + s->data.n > end)
			return err_set(e, ERR_FORMAT,
				"PE section '%.*s' reaches into the certificate table",
				STR_ARG(s->name));
		if (s->virtual_size && s->virtual_address < pe->headers_size)
			return err_set(e, ERR_FORMAT,
				"PE section '%.*s' is loaded over the headers", STR_ARG(s->name));
		for (size_t k = 0; k < i; k++) {
			const struct pe_section *o = &pe->sections[k];

			if (overlap(s->at, s->data.n, o->at, o->data.n) ||
				overlap(s->virtual_address, s->virtual_size, o->virtual_address,
					o->virtual_size))
				return err_set(e, ERR_FORMAT,
					"PE sections '%.*s' and '%.*s' overlap", STR_ARG(o->name),
					STR_ARG(s->name));
		}
	}
	return true;
}

bool pe_parse(struct pe *ret, struct span file, struct err *e)
{
	struct pe pe = { .file = file };
	struct rd r = rd_of(file);
	struct layout l;

	if (!read_coff(&l, &r, e) || !read_optional(&pe, &r, &l, e))
		return false;
	rd_seek(&r, l.optional_at + l.optional_size);
	for (size_t i = 0; i < l.n_sections; i++)
		if (!read_section(&pe, &r, e))
			return false;
	if (!rd_ok(&r) || r.at > pe.headers_size)
		return err_set(e, ERR_FORMAT,
			"PE section table ends at %zu, behind the headers of %zu bytes", r.at,
			pe.headers_size);
	if (!check_overlaps(&pe, e))
		return false;
	*ret = pe;
	return true;
}

const struct pe_section *pe_section(const struct pe *pe, const char *name)
{
	for (size_t i = 0; i < pe->n_sections; i++)
		if (str_is(pe->sections[i].name, name))
			return &pe->sections[i];
	return NULL;
}

bool pe_section_bytes(struct span *ret, const struct pe_section *section, struct err *e)
{
	if (section->virtual_size > section->data.n)
		return err_set(e, ERR_FORMAT,
			"PE section '%.*s' is %u bytes in memory but %zu bytes in the file",
			STR_ARG(section->name), section->virtual_size, section->data.n);
	*ret = span_make(section->data.p, section->virtual_size);
	return true;
}

/* Sections that have raw data, in the order of the file. */
static size_t sort_by_place(
	const struct pe *pe, const struct pe_section *sorted[static PE_SECTIONS_MAX])
{
	size_t n = 0;

	for (size_t i = 0; i < pe->n_sections; i++) {
		size_t k = n;

		if (!pe->sections[i].data.n)
			continue;
		for (; k > 0 && sorted[k - 1]->at > pe->sections[i].at; k--)
			sorted[k] = sorted[k - 1];
		sorted[k] = &pe->sections[i];
		n++;
	}
	return n;
}

struct digest pe_authenticode_of(const struct pe *pe, enum digest_alg alg)
{
	struct hasher *h CLEANUP(hasher_freep) = hasher_new(alg);
	const struct pe_section *sorted[PE_SECTIONS_MAX];
	size_t n = sort_by_place(pe, sorted), end = pe->file.n - pe->certificates_size;
	size_t hashed = pe->headers_size, at = pe->checksum_at + 4;
	struct digest d = { .alg = alg };
	const uint8_t *p = pe->file.p;

	hasher_add(h, p, pe->checksum_at);
	if (pe->certificates_at) {
		hasher_add(h, p + at, pe->certificates_at - at);
		at = pe->certificates_at + DIRECTORY_SIZE;
	}
	/* pe_parse: the section table lies behind the directories and within the headers. */
	assert(at <= pe->headers_size);
	hasher_add(h, p + at, pe->headers_size - at);
	for (size_t i = 0; i < n; i++) {
		hasher_add(h, sorted[i]->data.p, sorted[i]->data.n);
		hashed += sorted[i]->data.n;
	}
	/* Where sections leave gaps, EDK2 counts from the sum of sizes and not from the last section's end. */
	assert(hashed <= end);
	hasher_add(h, p + hashed, end - hashed);
	hasher_end(h, d.bytes);
	return d;
}

bool pe_authenticode(struct digest *ret, struct span file, enum digest_alg alg, struct err *e)
{
	struct pe pe;

	if (!pe_parse(&pe, file, e))
		return false;
	*ret = pe_authenticode_of(&pe, alg);
	return true;
}
