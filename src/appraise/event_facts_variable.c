#include "appraise/event_facts_inside.h"

#include <string.h>

#include "codec/utf16.h"
#include "evidence/device_path.h"
#include "evidence/efi_guid.h"
#include "trust/certificate.h"
#include "base/banned.h"

/* UEFI variables as firmware measures them (PFP 10.2.6), and the contents of those that decide what boots (UEFI 2.10, 3). */

enum {
	NAME_MAX_CHARACTERS = 256,
	BOOT_ORDER_MAX = 64,
	LIST_HEAD =
		28, /* EFI_SIGNATURE_LIST: GUID, u32 size, u32 size of the header, u32 size of an entry */
	LOAD_ACTIVE = 1,
};

/* UEFI_VARIABLE_DATA: GUID, u64 characters of the name, u64 bytes of contents, name in UTF-16LE, contents. */
bool event_facts_variable_read(struct event_facts_variable_parts *ret, struct span data)
{
	struct event_facts_variable_parts v;
	struct rd r = rd_of(data);
	uint64_t n_name, n_contents;

	v.guid = rd_bytes(&r, EFI_GUID_SIZE);
	n_name = rd_u64le(&r);
	n_contents = rd_u64le(&r);
	if (!rd_ok(&r) || n_name > NAME_MAX_CHARACTERS || n_contents > rd_left(&r))
		return false;
	v.name = rd_bytes(&r, 2 * (size_t)n_name);
	v.contents = rd_bytes(&r, (size_t)n_contents);
	*ret = v;
	return rd_done(&r);
}

/* A certificate by the name that it was given to; false when these bytes are none. */
static bool add_certificate(struct event_facts_list *l, const char *name, struct span der)
{
	CLEANUP(certificate_freep) struct certificate *c = NULL;
	struct buf b CLEANUP(buf_done) = buf_init(EVENT_FACT_SIZE_MAX);
	struct err unused;
	struct str subject;

	if (!der.n || event_facts_is_full(l) || !certificate_of_der(&c, der, &unused))
		return false;
	subject = certificate_subject(c, l->a);
	if (!subject.p)
		l->failed = true;
	buf_add_cstr(&b, "certificate of '");
	event_facts_utf8(&b, str_span(subject));
	buf_add_cstr(&b, "'");
	event_facts_add_buf(l, name, &b);
	return true;
}

/* ---- lists of signatures ---- */

/* EFI_SIGNATURE_DATA: GUID of the owner, then what is signed for. */
static bool add_signatures(
	struct event_facts_list *l, const uint8_t *kind, struct rd entries, size_t size)
{
	const char *what = efi_guid_name(kind);
	size_t n = 0, n_certificates = 0;

	for (; rd_left(&entries) >= size; n++) {
		struct rd entry = rd_sub(&entries, size);

		rd_skip(&entry, EFI_GUID_SIZE);
		n_certificates += add_certificate(l, "key", rd_bytes(&entry, rd_left(&entry)));
	}
	if (n > n_certificates)
		event_facts_add(l, "entries", "%zu: %s", n, what ? what : "of an unknown kind");
	return !rd_left(&entries);
}

static bool add_list(struct event_facts_list *l, struct rd *r)
{
	struct span kind = rd_bytes(r, EFI_GUID_SIZE);
	size_t size = rd_u32le(r), header = rd_u32le(r), entry = rd_u32le(r);
	struct rd body;

	if (!rd_ok(r) || size < LIST_HEAD || entry <= EFI_GUID_SIZE)
		return false;
	body = rd_sub(r, size - LIST_HEAD);
	rd_skip(&body, header);
	return rd_ok(r) && rd_ok(&body) && add_signatures(l, kind.p, body, entry);
}

static bool signature_lists(struct event_facts_list *l, struct span contents)
{
	struct rd r = rd_of(contents);

	while (rd_left(&r))
		if (!add_list(l, &r))
			return false;
	return true;
}

/* ---- others ---- */

static bool on_or_off(struct event_facts_list *l, struct span contents)
{
	if (contents.n != 1 || contents.p[0] > 1)
		return false;
	event_facts_add(l, "contents", "%s", contents.p[0] ? "on" : "off");
	return true;
}

static bool boot_order(struct event_facts_list *l, struct span contents)
{
	struct buf b CLEANUP(buf_done) = buf_init(EVENT_FACT_SIZE_MAX);
	struct rd r = rd_of(contents);

	if (contents.n % 2)
		return false;
	for (size_t i = 0; rd_left(&r); i++) {
		if (i == BOOT_ORDER_MAX) {
			buf_add_cstr(&b, ", ...");
			break;
		}
		buf_printf(&b, "%sBoot%04X", i ? ", " : "", rd_u16le(&r));
	}
	event_facts_add_buf(l, "contents", &b);
	return true;
}

/* The characters up to a NUL, which is passed over. */
static struct span read_utf16z(struct rd *r)
{
	struct rd from = *r;
	size_t n = 0;

	while (rd_left(r) >= 2 && rd_u16le(r))
		n += 2;
	return rd_bytes(&from, n);
}

/* EFI_LOAD_OPTION: u32 attributes, u16 bytes of the path, description, device path, data for the program. */
static bool load_option(struct event_facts_list *l, struct span contents)
{
	struct buf b CLEANUP(buf_done) = buf_init(EVENT_FACT_SIZE_MAX);
	struct rd r = rd_of(contents);
	uint32_t attributes = rd_u32le(&r);
	size_t n_path = rd_u16le(&r);
	struct span description, path, rest;

	description = read_utf16z(&r);
	path = rd_bytes(&r, n_path);
	if (!rd_ok(&r) || !device_path_text(&b, path))
		return false;
	event_facts_add_utf16(l, "starts", description);
	event_facts_add_buf(l, "path", &b);
	if (!(attributes & LOAD_ACTIVE))
		event_facts_add(l, "active", "no");
	rest = rd_bytes(&r, rd_left(&r));
	if (rest.n)
		event_facts_add_bytes(l, "options", rest);
	return true;
}

static bool text(struct event_facts_list *l, struct span contents)
{
	if (!event_facts_is_text(contents))
		return false;
	event_facts_add_text(l, "contents", contents);
	return true;
}

/* What a program was let in by: the owner's GUID and a certificate (an EFI_SIGNATURE_DATA), or a list of them. */
static bool authority(struct event_facts_list *l, struct span contents)
{
	struct rd r = rd_of(contents);
	struct span owner = rd_bytes(&r, EFI_GUID_SIZE);

	if (rd_ok(&r) && add_certificate(l, "key", rd_bytes(&r, rd_left(&r)))) {
		event_facts_add_guid(l, "owner", owner.p);
		return true;
	}
	return add_certificate(l, "key", contents) || (contents.n && signature_lists(l, contents));
}

static const struct {
	const char *glob;
	event_facts_reader *read;
} contents_of[] = {
	{ "SecureBoot", on_or_off },
	{ "SetupMode", on_or_off },
	{ "AuditMode", on_or_off },
	{ "DeployedMode", on_or_off },
	{ "MokSBState", on_or_off },
	{ "MokListTrusted", on_or_off },
	{ "PK", signature_lists },
	{ "KEK", signature_lists },
	{ "db", authority },
	{ "dbx", signature_lists },
	{ "dbt", signature_lists },
	{ "dbr", signature_lists },
	{ "Shim", authority },
	{ "Mok*", authority },
	{ "BootOrder", boot_order },
	{ "Boot????", load_option },
	{ "SbatLevel", text },
};

static bool is_called(struct str name, const char *glob)
{
	return str_glob(str_of(glob), name);
}

void event_facts_contents(struct event_facts_list *l, struct str name, struct span contents)
{
	size_t before = l->out->n;

	if (!contents.n) {
		event_facts_add(l, "contents", "empty");
		return;
	}
	for (size_t i = 0; i < ARRAY_LEN(contents_of); i++) {
		if (!is_called(name, contents_of[i].glob))
			continue;
		if (contents_of[i].read(l, contents))
			return;
		l->out->n = before;
		break;
	}
	event_facts_add_bytes(l, "contents", contents);
}

bool event_facts_variable(struct event_facts_list *l, struct span data)
{
	struct event_facts_variable_parts v;
	struct buf name CLEANUP(buf_done) = buf_init(EVENT_FACT_SIZE_MAX);

	if (!event_facts_variable_read(&v, data))
		return false;
	utf16_add(&name, v.name, NAME_MAX_CHARACTERS);
	event_facts_add_buf(l, "variable", &name);
	event_facts_add_guid(l, "of", v.guid.p);
	event_facts_contents(l, buf_str(&name), v.contents);
	return true;
}
