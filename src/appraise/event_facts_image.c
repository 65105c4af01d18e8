#include "appraise/event_facts_inside.h"

#include "evidence/device_path.h"
#include "evidence/efi_guid.h"
#include "base/banned.h"

/* Code and tables that firmware measured: images, volumes, what it hands over (PFP 10.2). */

enum { TABLES_SHOWN = 16 };

/* UEFI_IMAGE_LOAD_EVENT: u64 address, u64 size, u64 link time address, u64 bytes of the path, device path. */
bool event_facts_image(struct event_facts_list *l, struct span data)
{
	struct buf b CLEANUP(buf_done) = buf_init(EVENT_FACT_SIZE_MAX);
	struct rd r = rd_of(data);
	unsigned long long address = rd_u64le(&r), size = rd_u64le(&r);
	uint64_t n_path;

	rd_skip(&r, 8);
	n_path = rd_u64le(&r);
	if (!rd_ok(&r) || n_path != rd_left(&r))
		return false;
	if (!device_path_text(&b, rd_bytes(&r, (size_t)n_path)))
		buf_add_cstr(&b, " and then no device path");
	event_facts_add_buf(l, "path", &b);
	event_facts_add(l, "memory", "%llu bytes at 0x%llx", size, address);
	return true;
}

static bool add_place(struct event_facts_list *l, struct rd *r)
{
	unsigned long long address = rd_u64le(r), size = rd_u64le(r);

	if (!rd_done(r))
		return false;
	event_facts_add(l, "memory", "%llu bytes at 0x%llx", size, address);
	return true;
}

/* UEFI_PLATFORM_FIRMWARE_BLOB: u64 address, u64 size. */
bool event_facts_blob(struct event_facts_list *l, struct span data)
{
	struct rd r = rd_of(data);

	return add_place(l, &r);
}

/* The second form of both: u8 bytes of a name, name, then as the first form. */
static void add_name(struct event_facts_list *l, struct rd *r)
{
	struct span name = rd_bytes(r, rd_u8(r));

	if (rd_ok(r))
		event_facts_add_text(l, "name", name);
}

bool event_facts_blob2(struct event_facts_list *l, struct span data)
{
	struct rd r = rd_of(data);

	add_name(l, &r);
	return add_place(l, &r);
}

/* UEFI_HANDOFF_TABLE_POINTERS: u64 n, n x {GUID, u64 address}. */
static bool add_tables(struct event_facts_list *l, struct rd *r)
{
	uint64_t n = rd_u64le(r);

	if (!rd_ok(r) || n > rd_left(r) / (EFI_GUID_SIZE + 8))
		return false;
	for (uint64_t i = 0; i < n; i++) {
		struct span guid = rd_bytes(r, EFI_GUID_SIZE);

		rd_skip(r, 8);
		if (i < TABLES_SHOWN && guid.n)
			event_facts_add_guid(l, "table", guid.p);
	}
	event_facts_add(l, "tables", "%llu", (unsigned long long)n);
	return rd_done(r);
}

bool event_facts_tables(struct event_facts_list *l, struct span data)
{
	struct rd r = rd_of(data);

	return add_tables(l, &r);
}

bool event_facts_tables2(struct event_facts_list *l, struct span data)
{
	struct rd r = rd_of(data);

	add_name(l, &r);
	return add_tables(l, &r);
}
