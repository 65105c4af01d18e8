#include "measure/ovmf_table.h"

#include <string.h>

#include "base/banned.h"

/* Size and GUID, which close every entry; the footer is an entry, too, and ends 32 bytes before the image does. */
enum { ENTRY_TAIL = 2 + OVMF_TABLE_GUID, AFTER_FOOTER = 32 };

/* 96b582de-1fb2-45f7-baea-a366c55a082d */
static const uint8_t footer[OVMF_TABLE_GUID] = { 0xde, 0x82, 0xb5, 0x96, 0xb2, 0x1f, 0xf7, 0x45,
	0xba, 0xea, 0xa3, 0x66, 0xc5, 0x5a, 0x08, 0x2d };
/* 00f771de-1a7e-4fcb-890e-68c77e2fb44e */
const uint8_t ovmf_table_sev_es_reset[OVMF_TABLE_GUID] = { 0xde, 0x71, 0xf7, 0x00, 0x7e, 0x1a, 0xcb,
	0x4f, 0x89, 0x0e, 0x68, 0xc7, 0x7e, 0x2f, 0xb4, 0x4e };
/* 7255371f-3a3b-4b04-927b-1da6efa8d454 */
const uint8_t ovmf_table_sev_hashes[OVMF_TABLE_GUID] = { 0x1f, 0x37, 0x55, 0x72, 0x3b, 0x3a, 0x04,
	0x4b, 0x92, 0x7b, 0x1d, 0xa6, 0xef, 0xa8, 0xd4, 0x54 };
/* 4c2eb361-7d9b-4cc3-8081-127c90d3d294 */
const uint8_t ovmf_table_sev_secret[OVMF_TABLE_GUID] = { 0x61, 0xb3, 0x2e, 0x4c, 0x9b, 0x7d, 0xc3,
	0x4c, 0x80, 0x81, 0x12, 0x7c, 0x90, 0xd3, 0xd2, 0x94 };
/* dc886566-984a-4798-a75e-5585a7bf67cc */
const uint8_t ovmf_table_sev_metadata[OVMF_TABLE_GUID] = { 0x66, 0x65, 0x88, 0xdc, 0x4a, 0x98, 0x98,
	0x47, 0xa7, 0x5e, 0x55, 0x85, 0xa7, 0xbf, 0x67, 0xcc };
/* e47a6535-984a-4798-865e-4685a7bf8ec2 */
const uint8_t ovmf_table_tdx_metadata[OVMF_TABLE_GUID] = { 0x35, 0x65, 0x7a, 0xe4, 0x4a, 0x98, 0x98,
	0x47, 0x86, 0x5e, 0x46, 0x85, 0xa7, 0xbf, 0x8e, 0xc2 };
/* a789a612-0597-4c4b-a49f-cbb1fe9d1ddd */
const uint8_t ovmf_table_svsm_info[OVMF_TABLE_GUID] = { 0x12, 0xa6, 0x89, 0xa7, 0x97, 0x05, 0x4b,
	0x4c, 0xa4, 0x9f, 0xcb, 0xb1, 0xfe, 0x9d, 0x1d, 0xdd };

static bool find_footer(size_t *size, size_t *end, struct span firmware, struct err *e)
{
	struct rd r = rd_of(firmware);
	struct span guid;

	if (firmware.n < AFTER_FOOTER + ENTRY_TAIL)
		return err_set(e, ERR_NOTFOUND,
			"firmware of %zu bytes is too small for OVMF's table of GUIDs", firmware.n);
	*end = firmware.n - AFTER_FOOTER - ENTRY_TAIL;
	rd_seek(&r, *end);
	*size = rd_u16le(&r);
	guid = rd_bytes(&r, OVMF_TABLE_GUID);
	if (memcmp(guid.p, footer, sizeof footer) != 0)
		return err_set(e, ERR_NOTFOUND,
			"no table of GUIDs ends at %zu of %zu bytes: this is no OVMF, or not its whole image",
			*end + ENTRY_TAIL, firmware.n);
	if (*size < ENTRY_TAIL || *size - ENTRY_TAIL > *end)
		return err_set(e, ERR_FORMAT, "table of GUIDs at %zu says that it has %zu bytes",
			*end + ENTRY_TAIL, *size);
	*size -= ENTRY_TAIL;
	return true;
}

/* The entry that ends at *end, which becomes where it starts; not before `start`. */
static bool take(struct ovmf_table *t, size_t start, size_t *end, struct err *e)
{
	struct rd r = rd_of(t->firmware);
	struct ovmf_entry *entry = &t->entries[t->n];
	size_t left = *end - start, size;
	struct span other;

	if (left < ENTRY_TAIL)
		return err_set(e, ERR_FORMAT,
			"table of GUIDs has %zu bytes before %zu that are no entry", left, *end);
	rd_seek(&r, *end - ENTRY_TAIL);
	size = rd_u16le(&r);
	entry->guid = rd_bytes(&r, OVMF_TABLE_GUID);
	if (size < ENTRY_TAIL || size > left)
		return err_set(e, ERR_FORMAT,
			"entry of the table of GUIDs that ends at %zu says %zu bytes, wanted %d to %zu",
			*end, size, ENTRY_TAIL, left);
	if (ovmf_table_find(t, entry->guid.p, &other))
		return err_set(e, ERR_FORMAT,
			"table of GUIDs has the entry that ends at %zu a second time", *end);
	*end -= size;
	rd_seek(&r, *end);
	entry->data = rd_bytes(&r, size - ENTRY_TAIL);
	t->n++;
	return true;
}

bool ovmf_table_parse(struct ovmf_table *ret, struct span firmware, struct err *e)
{
	struct ovmf_table t = { .firmware = firmware };
	size_t size, end, start;

	if (!find_footer(&size, &end, firmware, e))
		return false;
	start = end - size;
	while (end > start) {
		if (t.n == OVMF_TABLE_ENTRIES_MAX)
			return err_set(e, ERR_LIMIT, "table of GUIDs has more than %d entries",
				OVMF_TABLE_ENTRIES_MAX);
		if (!take(&t, start, &end, e))
			return false;
	}
	*ret = t;
	return true;
}

bool ovmf_table_find(
	const struct ovmf_table *t, const uint8_t guid[static OVMF_TABLE_GUID], struct span *ret)
{
	for (size_t i = 0; i < t->n; i++)
		if (memcmp(t->entries[i].guid.p, guid, OVMF_TABLE_GUID) == 0) {
			*ret = t->entries[i].data;
			return true;
		}
	return false;
}

bool ovmf_table_tail(struct span *ret, const struct ovmf_table *t,
	const uint8_t guid[static OVMF_TABLE_GUID], const char *what, struct err *e)
{
	struct span data;
	struct rd r;
	uint32_t distance;

	if (!ovmf_table_find(t, guid, &data))
		return err_set(
			e, ERR_NOTFOUND, "firmware of %zu bytes has no %s", t->firmware.n, what);
	r = rd_of(data);
	distance = rd_u32le(&r);
	if (!rd_done(&r))
		return err_set(
			e, ERR_FORMAT, "the place of %s is %zu bytes, wanted 4", what, data.n);
	if (!distance || distance > t->firmware.n)
		return err_set(e, ERR_FORMAT, "%s is said to be %u bytes before the end of %zu",
			what, distance, t->firmware.n);
	r = rd_of(t->firmware);
	rd_seek(&r, t->firmware.n - distance);
	*ret = rd_bytes(&r, distance);
	return true;
}
