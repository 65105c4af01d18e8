#include "appraise/event_facts_inside.h"

#include <string.h>

#include "evidence/efi_guid.h"
#include "evidence/event_type.h"
#include "base/banned.h"

/* Events whose data begins with what it is: a tag, a signature, the name of a file. */

enum {
	SIGNATURE = 16,
	CONFIG_NAME_MAX = 64,
	TD_SHIM_NAME = 16,
	VENDOR_ID_MAX = 64,
};

/* TCG_PCClientTaggedEvent: u32 tag, u32 size, data. Linux 6.9 and before log a text alone. */
bool event_facts_tagged(struct event_facts_list *l, struct span data)
{
	struct rd r = rd_of(data);
	uint32_t tag = rd_u32le(&r), size = rd_u32le(&r);
	const char *name = event_type_tag(tag);
	struct span rest;

	if (!rd_ok(&r) || size != rd_left(&r)) {
		if (!event_facts_is_text(data))
			return false;
		event_facts_add_text(l, "text", data);
		return true;
	}
	event_facts_add(
		l, "tag", "0x%08x%s%s%s", tag, name ? " (" : "", name ? name : "", name ? ")" : "");
	rest = rd_bytes(&r, size);
	if (event_facts_is_text(rest))
		event_facts_add_text(l, "text", rest);
	else
		event_facts_add_bytes(l, "data", rest);
	return true;
}

/* SP800-155 Event (PFP 10.4.5.2): where reference values for this platform are to be had. */
static bool reference_manifest(struct event_facts_list *l, struct rd *r)
{
	uint32_t vendor = rd_u32le(r);
	struct span guid = rd_bytes(r, EFI_GUID_SIZE), maker;

	maker = rd_bytes(r, rd_u8(r));
	if (!rd_ok(r))
		return false;
	event_facts_add(l, "vendor", "%u", vendor);
	event_facts_add_guid(l, "manifest", guid.p);
	if (maker.n && maker.n <= VENDOR_ID_MAX)
		event_facts_add_text(l, "maker", maker);
	return true;
}

/* Nothing is extended by these; each begins with a signature of 16 bytes (PFP 10.4.5). */
bool event_facts_no_action(struct event_facts_list *l, struct span data)
{
	struct rd r = rd_of(data);
	struct span signature = rd_bytes(&r, SIGNATURE);
	struct str name = { (const char *)signature.p, signature.n };

	if (!rd_ok(&r) || !event_facts_is_text(signature))
		return false;
	event_facts_add_text(l, "signature", signature);
	if (str_starts(name, "SP800-155 Event") && reference_manifest(l, &r))
		return true;
	if (str_starts(name, "StartupLocality") && rd_left(&r) == 1) {
		event_facts_add(l, "locality", "%u", rd_u8(&r));
		return true;
	}
	if (rd_left(&r))
		event_facts_add_bytes(l, "data", rd_bytes(&r, rd_left(&r)));
	return true;
}

/* td-shim's: name[16], u32 size, data. */
static bool td_shim(struct event_facts_list *l, struct span data)
{
	struct rd r = rd_of(data);
	struct span name = rd_bytes(&r, TD_SHIM_NAME);
	uint32_t size = rd_u32le(&r);
	struct span rest;

	if (!rd_ok(&r) || size != rd_left(&r) || !event_facts_is_text(name))
		return false;
	event_facts_add_text(l, "name", name);
	rest = rd_bytes(&r, size);
	if (event_facts_is_text(rest))
		event_facts_add_text(l, "text", rest);
	else if (rest.n)
		event_facts_add_bytes(l, "data", rest);
	return true;
}

/*
 * Firmware's settings, of many shapes. OVMF names a file of QEMU's fw_cfg (alone, or in a field of 56 bytes behind which
 * it says the size), or says "ACPI DATA" of tables.
 */
bool event_facts_config(struct event_facts_list *l, struct span data)
{
	struct rd r = rd_of(data);
	struct str name;
	size_t n = 0;

	while (n < data.n && n < CONFIG_NAME_MAX && data.p[n])
		n++;
	name = str_make((const char *)data.p, n);
	if (str_is(name, "ACPI DATA") && n == data.n) {
		event_facts_add(l, "tables", "ACPI");
		return true;
	}
	if (!str_starts(name, "etc/") && !str_starts(name, "opt/"))
		return td_shim(l, data) ||
		       (event_facts_is_text(data) && (event_facts_add_text(l, "text", data), true));
	if (!event_facts_is_text(rd_bytes(&r, n)))
		return false;
	event_facts_add_text(l, "fw_cfg file", span_make(data.p, n));
	return true;
}

/* u32: all is well up to here (0, or all ones), or it is not (1), and then text says why. */
bool event_facts_separator(struct event_facts_list *l, struct span data)
{
	struct rd r = rd_of(data);
	uint32_t v = rd_u32le(&r);

	if (!rd_ok(&r) && event_facts_is_text(data)) {
		event_facts_add_text(l, "text", data);
		return true;
	}
	if (!rd_ok(&r) || (v == 0 || v == UINT32_MAX ? !rd_done(&r) : v != 1))
		return false;
	event_facts_add(l, "separator", "%08x (%s)", v, v == 1 ? "an error" : "firmware is done");
	if (rd_left(&r))
		event_facts_add_bytes(l, "data", rd_bytes(&r, rd_left(&r)));
	return true;
}
