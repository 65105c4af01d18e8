#include "appraise/event_facts_inside.h"

#include "codec/utf16.h"
#include "evidence/efi_guid.h"
#include "measure/partition_table.h"
#include "base/banned.h"

/* UEFI_GPT_DATA: header of the primary table, u64 n, n entries (UEFI 2.10 section 5.3). */

enum { NAME_SIZE = 72, NAME_CHARACTERS = NAME_SIZE / 2, DISK_GUID_AT = 56 };

static bool add_disk(struct event_facts_list *l, struct rd header)
{
	unsigned long long backup;
	struct span guid;

	rd_skip(&header, 32);
	backup = rd_u64le(&header);
	rd_seek(&header, DISK_GUID_AT);
	guid = rd_bytes(&header, EFI_GUID_SIZE);
	if (!rd_ok(&header))
		return false;
	event_facts_add_guid(l, "disk", guid.p);
	event_facts_add(l, "size", "%llu sectors, where its backup header stands", backup + 1);
	return true;
}

static bool add_partition(struct event_facts_list *l, struct rd entry)
{
	struct buf b CLEANUP(buf_done) = buf_init(EVENT_FACT_SIZE_MAX);
	struct span type = rd_bytes(&entry, EFI_GUID_SIZE), guid = rd_bytes(&entry, EFI_GUID_SIZE);
	unsigned long long first = rd_u64le(&entry), last = rd_u64le(&entry);
	struct span name;

	rd_skip(&entry, 8);
	name = rd_bytes(&entry, NAME_SIZE);
	if (!rd_done(&entry))
		return false;
	buf_add_cstr(&b, "'");
	utf16_add(&b, name, NAME_CHARACTERS);
	buf_add_cstr(&b, "' ");
	efi_guid_add(&b, type.p);
	buf_printf(&b, ", sectors %llu to %llu, ", first, last);
	efi_guid_add(&b, guid.p);
	event_facts_add_buf(l, "partition", &b);
	return true;
}

bool event_facts_gpt(struct event_facts_list *l, struct span data)
{
	struct rd r = rd_of(data), header = rd_sub(&r, PARTITION_TABLE_HEADER);
	uint64_t n = rd_u64le(&r);

	if (!rd_ok(&r) || rd_left(&r) / PARTITION_TABLE_ENTRY != n ||
		rd_left(&r) % PARTITION_TABLE_ENTRY || !add_disk(l, header))
		return false;
	for (uint64_t i = 0; i < n; i++)
		if (!add_partition(l, rd_sub(&r, PARTITION_TABLE_ENTRY)))
			return false;
	return true;
}

/* Entries and header of the second form have the sizes that the header gives; ours is the one that all firmware writes. */
bool event_facts_gpt2(struct event_facts_list *l, struct span data)
{
	return event_facts_gpt(l, data);
}
