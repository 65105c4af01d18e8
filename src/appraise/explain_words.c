#include "appraise/explain_words.h"

#include <string.h>

#include "base/buf.h"
#include "base/hex.h"
#include "base/rd.h"
#include "codec/utf16.h"
#include "measure/partition_table.h"
#include "base/banned.h"

enum {
	VARIABLE_NAME_MAX = 64, /* characters */
	VARIABLE_SHOWN = 8,     /* bytes of its data */
	SECTION_NAME_MAX = 8,
	IMAGE_LOAD_HEAD = 24, /* UEFI_IMAGE_LOAD_EVENT before the length of the device path */
	PATH_HARDWARE = 1,
	PATH_PCI = 1,
	PATH_MEDIA = 4,
	PATH_FILE = 4,
	PATH_NODE_HEAD = 4,
};

static struct str keep(struct buf *b, struct arena *a)
{
	return arena_str(a, buf_str(b));
}

static void add_shown(struct buf *b, unsigned c)
{
	if (b->n < EXPLAIN_WORDS_MAX)
		buf_u8(b, c >= ' ' && c <= '~' ? (uint8_t)c : '?');
	else if (b->n == EXPLAIN_WORDS_MAX)
		buf_add_cstr(b, "...");
}

static struct buf words_buf(void)
{
	return buf_init(EXPLAIN_WORDS_MAX + 64);
}

/* UTF-16LE without the NUL at its end; a NUL inside shows, so that nothing hides behind it. */
static void add_utf16(struct buf *b, struct span s)
{
	struct rd r = rd_of(s);

	while (rd_left(&r) >= 2) {
		unsigned c = rd_u16le(&r);

		if (c || rd_left(&r))
			add_shown(b, c);
	}
}

struct str explain_words_text(
	const struct event_log *log, const struct event_log_event *ev, struct arena *a)
{
	struct buf b CLEANUP(buf_done) = words_buf();

	if (!ev->data.n || !event_log_data_hashed(log, ev))
		return STR("");
	if (utf16_likely(ev->data)) {
		add_utf16(&b, ev->data);
		return keep(&b, a);
	}
	for (size_t i = 0; i < ev->data.n; i++)
		if (ev->data.p[i] || i + 1 < ev->data.n)
			add_shown(&b, ev->data.p[i]);
	return keep(&b, a);
}

struct str explain_words_section(
	const struct event_log *log, const struct event_log_event *ev, struct arena *a)
{
	struct buf b CLEANUP(buf_done) = words_buf();

	if (ev->data.n > 2 * (SECTION_NAME_MAX + 1) || !utf16_likely(ev->data))
		return STR("");
	add_utf16(&b, ev->data);
	buf_u8(&b, 0);
	if (!event_log_hash_is(log, ev, buf_span(&b)))
		return STR("");
	b.n--;
	return keep(&b, a);
}

struct str explain_words_string(
	const struct event_log *log, const struct event_log_event *ev, struct arena *a)
{
	struct buf b CLEANUP(buf_done) = words_buf();
	struct span bare = ev->data;

	if (!utf16_likely(ev->data))
		return STR("");
	if (!bare.p[bare.n - 2] && !bare.p[bare.n - 1])
		bare.n -= 2;
	if (!event_log_hash_is(log, ev, ev->data) && !event_log_hash_is(log, ev, bare))
		return STR("");
	add_utf16(&b, ev->data);
	return keep(&b, a);
}

/* UEFI_VARIABLE_DATA: GUID, u64 characters of the name, u64 bytes of data, name in UTF-16LE, data. */
struct str explain_words_variable(
	const struct event_log *log, const struct event_log_event *ev, struct arena *a)
{
	struct buf b CLEANUP(buf_done) = words_buf();
	struct rd r = rd_of(ev->data);
	uint64_t n_name, n_data;
	struct span name, data;
	char shown[2 * VARIABLE_SHOWN + 1];

	rd_skip(&r, 16);
	n_name = rd_u64le(&r);
	n_data = rd_u64le(&r);
	if (!rd_ok(&r) || n_name > VARIABLE_NAME_MAX || n_data > rd_left(&r))
		return STR("");
	name = rd_bytes(&r, 2 * (size_t)n_name);
	data = rd_bytes(&r, (size_t)n_data);
	if (!rd_done(&r) || !event_log_data_hashed(log, ev))
		return STR("");
	add_utf16(&b, name);
	if (!data.n) {
		buf_add_cstr(&b, " is empty");
		return keep(&b, a);
	}
	hex_write(shown, data.p, data.n < VARIABLE_SHOWN ? data.n : VARIABLE_SHOWN);
	buf_printf(&b, " = %s%s (%zu %s)", shown, data.n > VARIABLE_SHOWN ? "..." : "", data.n,
		data.n == 1 ? "byte" : "bytes");
	return keep(&b, a);
}

bool explain_words_secure_boot_on(const struct event_log *log, const struct event_log_event *ev)
{
	static const char on[] =
		"\x61\xdf\xe4\x8b\xca\x93\xd2\x11\xaa\x0d\x00\xe0\x98\x03\x2b\x8c" /* EFI global */
		"\x0a\0\0\0\0\0\0\0\1\0\0\0\0\0\0\0"
		"S\0e\0c\0u\0r\0e\0B\0o\0o\0t\0\1";

	return span_equal(ev->data, span_make(on, sizeof on - 1)) && event_log_data_hashed(log, ev);
}

struct str explain_words_partitions(
	const struct event_log *log, const struct event_log_event *ev, struct arena *a)
{
	struct rd r = rd_of(ev->data);
	uint64_t last_sector, n;
	uint32_t time_low;
	uint16_t time_mid, time_high;
	struct span rest;
	char tail[2 * 8 + 1];
	struct err unused;

	if (!partition_table_check(ev->data, &unused) || !event_log_data_hashed(log, ev))
		return STR("");
	rd_seek(&r, 32);
	last_sector = rd_u64le(&r); /* of the backup header */
	rd_seek(&r, 56);
	time_low = rd_u32le(&r);
	time_mid = rd_u16le(&r);
	time_high = rd_u16le(&r);
	rest = rd_bytes(&r, 8);
	hex_write(tail, rest.p, rest.n);
	rd_seek(&r, PARTITION_TABLE_HEADER);
	n = rd_u64le(&r);
	return arena_printf(a, "disk %08x-%04x-%04x-%.4s-%s, %llu %s, %llu sectors", time_low,
		time_mid, time_high, tail, tail + 4, (unsigned long long)n,
		n == 1 ? "partition" : "partitions", (unsigned long long)last_sector + 1);
}

/* One node of a device path (UEFI 2.10, 10.3); most kinds are passed over. */
static bool add_node(struct buf *b, struct rd *path)
{
	unsigned type = rd_u8(path), subtype = rd_u8(path);
	size_t length = rd_u16le(path);
	struct span node;

	if (length < PATH_NODE_HEAD)
		return false;
	node = rd_bytes(path, length - PATH_NODE_HEAD);
	if (!rd_ok(path))
		return false;
	if (type == PATH_HARDWARE && subtype == PATH_PCI && node.n == 2)
		buf_printf(b, "Pci(%u.%u)", node.p[1], node.p[0]);
	if (type == PATH_MEDIA && subtype == PATH_FILE)
		add_utf16(b, node);
	return true;
}

/* UEFI_IMAGE_LOAD_EVENT: u64 address, u64 size, u64 link time address, u64 length, device path. */
struct str explain_words_path(const struct event_log_event *ev, struct arena *a)
{
	struct buf b CLEANUP(buf_done) = words_buf();
	struct rd r = rd_of(ev->data), path;
	uint64_t size;

	rd_skip(&r, IMAGE_LOAD_HEAD);
	size = rd_u64le(&r);
	if (!rd_ok(&r) || size != rd_left(&r))
		return STR("");
	path = rd_sub(&r, (size_t)size);
	while (rd_left(&path) && b.n < EXPLAIN_WORDS_MAX)
		if (!add_node(&b, &path))
			return STR("");
	return keep(&b, a);
}
