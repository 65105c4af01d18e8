#include "measure/tdx_hob.h"

#include "base/banned.h"

enum {
	HANDOFF = 1,
	HANDOFF_SIZE = 56,
	HANDOFF_VERSION = 9,
	RESOURCE = 3,
	RESOURCE_SIZE = 48,
	END_SIZE = 8,
	ACCEPTED = 0,
	UNACCEPTED = 7,
	/* Present, initialised, tested. */
	ATTRIBUTES = 7,
};

#define GIB ((uint64_t)1 << 30)
#define LOW_MEMORY_ALL 0xb0000000u /* less than this lies below 4 GiB as a whole */

struct range {
	uint32_t type;
	uint64_t start, size;
};

struct ranges {
	struct range items[2 * TDX_METADATA_SECTIONS_MAX + 2];
	size_t n;
};

uint64_t tdx_hob_low_memory(uint64_t memory)
{
	return memory < LOW_MEMORY_ALL ? memory : 2 * GIB;
}

static void add_range(struct ranges *r, uint32_t type, uint64_t start, uint64_t end)
{
	if (end > start)
		r->items[r->n++] = (struct range){ type, start, end - start };
}

/* The section of memory with the lowest address from this one on. Sections share no pages. */
static const struct tdx_section *next_section(const struct tdx_metadata *m, uint64_t from)
{
	const struct tdx_section *best = NULL;

	for (size_t i = 0; i < m->n; i++) {
		const struct tdx_section *s = &m->sections[i];

		if ((s->type == TDX_HOB || s->type == TDX_TEMP_MEMORY) && s->size &&
			s->address >= from && (!best || s->address < best->address))
			best = s;
	}
	return best;
}

static bool check_memory(const struct tdx_metadata *m, uint64_t memory, struct err *e)
{
	if (memory % TDX_METADATA_PAGE || memory > TDX_HOB_MEMORY_MAX)
		return err_set(e, ERR_USAGE,
			"a TD cannot have %llu bytes of memory: wanted whole pages of %d bytes, at most 64 TiB",
			(unsigned long long)memory, TDX_METADATA_PAGE);
	for (size_t i = 0; i < m->n; i++) {
		const struct tdx_section *s = &m->sections[i];

		if (s->type == TDX_PERM_MEMORY || s->type == TDX_PAYLOAD ||
			s->type == TDX_PAYLOAD_PARAM)
			return err_set(e, ERR_USAGE,
				"no rules for the list of memory of firmware that carries a kernel or lays memory out itself");
		if ((s->type == TDX_HOB || s->type == TDX_TEMP_MEMORY) &&
			s->address + s->size > tdx_hob_low_memory(memory))
			return err_set(e, ERR_USAGE,
				"the firmware uses memory up to 0x%llx, but of %llu bytes only 0x%llx lie below 4 GiB",
				(unsigned long long)(s->address + s->size),
				(unsigned long long)memory,
				(unsigned long long)tdx_hob_low_memory(memory));
	}
	return true;
}

static void put(struct buf *out, uint64_t base, const struct ranges *r)
{
	buf_u16le(out, HANDOFF);
	buf_u16le(out, HANDOFF_SIZE);
	buf_u32le(out, 0);
	buf_u32le(out, HANDOFF_VERSION);
	buf_fill(out, 0, 4 + 4 * 8);
	buf_u64le(out, base + HANDOFF_SIZE + r->n * RESOURCE_SIZE + END_SIZE);
	for (size_t i = 0; i < r->n; i++) {
		buf_u16le(out, RESOURCE);
		buf_u16le(out, RESOURCE_SIZE);
		buf_fill(out, 0, 4 + 16);
		buf_u32le(out, r->items[i].type);
		buf_u32le(out, ATTRIBUTES);
		buf_u64le(out, r->items[i].start);
		buf_u64le(out, r->items[i].size);
	}
}

bool tdx_hob(struct buf *out, const struct tdx_metadata *m, uint64_t memory, struct err *e)
{
	const struct tdx_section *list = tdx_metadata_find(m, TDX_HOB), *s;
	uint64_t at = 0, low = tdx_hob_low_memory(memory);
	struct ranges r = { .n = 0 };

	if (!list)
		return err_set(
			e, ERR_NOTFOUND, "the firmware has no place for the TD's list of memory");
	if (!check_memory(m, memory, e))
		return false;
	while ((s = next_section(m, at))) {
		add_range(&r, UNACCEPTED, at, s->address);
		add_range(&r, ACCEPTED, s->address, s->address + s->size);
		at = s->address + s->size;
	}
	add_range(&r, UNACCEPTED, at, low);
	add_range(&r, UNACCEPTED, 4 * GIB, 4 * GIB + (memory - low));
	put(out, list->address, &r);
	return true;
}
