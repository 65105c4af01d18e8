#include "measure/tdx_metadata.h"

#include <string.h>

#include "base/ckd.h"
#include "base/rd.h"
#include "measure/ovmf_table.h"
#include "base/banned.h"

enum { GUID_SIZE = 16, HEADER_SIZE = 16, SECTION_SIZE = 32, VERSION = 1 };

static const uint8_t descriptor_guid[GUID_SIZE] = { 0xf3, 0xf9, 0xea, 0xe9, 0x8e, 0x16, 0xd5, 0x44,
	0xa8, 0xeb, 0x7f, 0x4d, 0x87, 0x38, 0xf6, 0xae };

/* The descriptor's header; *r stands behind it. */
static bool read_header(struct rd *r, uint32_t *n, struct err *e)
{
	struct span guid = rd_bytes(r, GUID_SIZE), magic = rd_bytes(r, 4);
	uint32_t size = rd_u32le(r), version = rd_u32le(r);

	*n = rd_u32le(r);
	if (!rd_ok(r))
		return rd_truncated(r, "TDX metadata", e);
	if (memcmp(guid.p, descriptor_guid, GUID_SIZE) != 0 || memcmp(magic.p, "TDVF", 4) != 0)
		return err_set(e, ERR_FORMAT,
			"the firmware's table points to no TDX metadata: GUID and \"TDVF\" are not there");
	if (version != VERSION)
		return err_set(e, ERR_USAGE, "no rules for TDX metadata of version %u, only for %d",
			version, VERSION);
	if (*n > TDX_METADATA_SECTIONS_MAX)
		return err_set(e, ERR_LIMIT, "TDX metadata has %u sections, limit %d", *n,
			TDX_METADATA_SECTIONS_MAX);
	if (size != HEADER_SIZE + *n * SECTION_SIZE)
		return err_set(e, ERR_FORMAT, "TDX metadata of %u bytes names %u sections of %d",
			size, *n, SECTION_SIZE);
	return true;
}

static bool check_rules(uint32_t type, uint32_t attributes, size_t i, struct err *e)
{
	if (type >= TDX_SECTION_TYPES)
		return err_set(
			e, ERR_USAGE, "no rules for TDX section %zu, which is of type %u", i, type);
	if (attributes & ~(uint32_t)(TDX_SECTION_EXTEND | TDX_SECTION_AUG))
		return err_set(e, ERR_USAGE,
			"no rules for TDX section %zu, which has attributes 0x%x", i, attributes);
	if ((attributes & TDX_SECTION_EXTEND) && (attributes & TDX_SECTION_AUG))
		return err_set(e, ERR_FORMAT,
			"TDX section %zu is both measured and added after the measurement", i);
	if (type == TDX_HOB && (attributes & TDX_SECTION_EXTEND))
		return err_set(e, ERR_USAGE,
			"no rules for firmware whose MRTD covers the hypervisor's list of memory");
	return true;
}

static bool read_section(
	struct tdx_section *s, struct rd *r, struct span firmware, size_t i, struct err *e)
{
	uint32_t at = rd_u32le(r), raw = rd_u32le(r), type;
	struct rd file = rd_of(firmware);
	uint64_t end;

	s->address = rd_u64le(r);
	s->size = rd_u64le(r);
	type = rd_u32le(r);
	s->attributes = rd_u32le(r);
	if (!rd_ok(r))
		return rd_truncated(r, "TDX metadata", e);
	if (!check_rules(type, s->attributes, i, e))
		return false;
	s->type = (enum tdx_section_type)type;
	if (raw) {
		rd_seek(&file, at);
		s->data = rd_bytes(&file, raw);
	}
	if (!rd_ok(&file) || raw > s->size)
		return err_set(e, ERR_FORMAT,
			"TDX section %zu has %u bytes at %u, in an image of %zu and a memory of %llu",
			i, raw, at, firmware.n, (unsigned long long)s->size);
	if (s->address % TDX_METADATA_PAGE || s->size % TDX_METADATA_PAGE ||
		ckd_add(&end, s->address, s->size))
		return err_set(e, ERR_FORMAT, "TDX section %zu is no whole pages: 0x%llx + 0x%llx",
			i, (unsigned long long)s->address, (unsigned long long)s->size);
	return true;
}

static bool overlap(const struct tdx_section *a, const struct tdx_section *b)
{
	return a->size && b->size && a->address < b->address + b->size &&
	       b->address < a->address + a->size;
}

/* Pages are there once; what must be hashed is bounded; the list of memory has one place. */
static bool check_all(const struct tdx_metadata *m, struct err *e)
{
	size_t n_of[TDX_SECTION_TYPES] = { 0 };
	uint64_t pages = 0;

	for (size_t i = 0; i < m->n; i++) {
		const struct tdx_section *s = &m->sections[i];

		n_of[s->type]++;
		if (!(s->attributes & TDX_SECTION_AUG))
			pages += s->size / TDX_METADATA_PAGE;
		if (pages > TDX_METADATA_MEMORY_MAX / TDX_METADATA_PAGE)
			return err_set(e, ERR_LIMIT,
				"TDX sections take more than %d bytes before the TD starts",
				TDX_METADATA_MEMORY_MAX);
		for (size_t j = 0; j < i; j++)
			if (overlap(s, &m->sections[j]))
				return err_set(e, ERR_FORMAT,
					"TDX sections %zu and %zu share pages", j, i);
	}
	if (!n_of[TDX_BFV] || n_of[TDX_HOB] > 1 || n_of[TDX_CFV] > 1)
		return err_set(e, ERR_FORMAT,
			"TDX metadata has %zu sections of code, %zu of variables and %zu lists of memory, wanted at least 1, at most 1 and 1",
			n_of[TDX_BFV], n_of[TDX_CFV], n_of[TDX_HOB]);
	return true;
}

bool tdx_metadata_parse(struct tdx_metadata *ret, struct span firmware, struct err *e)
{
	struct tdx_metadata m = { 0 };
	struct ovmf_table table;
	struct span tail;
	struct rd r;
	uint32_t n;

	if (!ovmf_table_parse(&table, firmware, e) ||
		!ovmf_table_tail(&tail, &table, ovmf_table_tdx_metadata, "TDX metadata", e))
		return false;
	if (firmware.n - tail.n < GUID_SIZE)
		return err_set(e, ERR_FORMAT, "TDX metadata has no place for its GUID");
	r = rd_of(firmware);
	rd_seek(&r, firmware.n - tail.n - GUID_SIZE);
	if (!read_header(&r, &n, e))
		return false;
	for (; m.n < n; m.n++)
		if (!read_section(&m.sections[m.n], &r, firmware, m.n, e))
			return false;
	if (!check_all(&m, e))
		return false;
	*ret = m;
	return true;
}

const struct tdx_section *tdx_metadata_find(
	const struct tdx_metadata *m, enum tdx_section_type type)
{
	for (size_t i = 0; i < m->n; i++)
		if (m->sections[i].type == type)
			return &m->sections[i];
	return NULL;
}
