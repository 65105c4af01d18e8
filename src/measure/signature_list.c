#include "measure/signature_list.h"

#include <string.h>

#include "base/rd.h"
#include "base/banned.h"

enum { HEADER = SIGNATURE_LIST_GUID + 12, GUID_TEXT = 36 };

static const uint8_t x509[SIGNATURE_LIST_GUID] = { 0xa1, 0x59, 0xc0, 0xa5, 0xe4, 0x94, 0xa7, 0x4a,
	0x87, 0xb5, 0xab, 0x15, 0x5c, 0x2b, 0xf0, 0x72 };
static const uint8_t sha256[SIGNATURE_LIST_GUID] = { 0x26, 0x16, 0xc4, 0xc1, 0x4c, 0x50, 0x92, 0x40,
	0xac, 0xa9, 0x41, 0xf9, 0x36, 0x93, 0x43, 0x28 };

/* One list, read up to its entries. */
struct list {
	enum signature_list_kind kind;
	struct rd entries;
	size_t size; /* of an entry */
	size_t n;
};

static enum signature_list_kind kind_of(struct span type)
{
	if (memcmp(type.p, x509, sizeof x509) == 0)
		return SIGNATURE_LIST_X509;
	return memcmp(type.p, sha256, sizeof sha256) == 0 ? SIGNATURE_LIST_SHA256
							  : SIGNATURE_LIST_OTHER;
}

static bool read_list(struct list *ret, struct rd *r, struct err *e)
{
	size_t at = r->at;
	struct span type = rd_bytes(r, SIGNATURE_LIST_GUID);
	uint32_t size = rd_u32le(r), header = rd_u32le(r), entry = rd_u32le(r);
	struct list l = { 0 };

	if (!rd_ok(r))
		return rd_truncated(r, "list of signatures", e);
	if (size < HEADER || header > size - HEADER || entry <= SIGNATURE_LIST_GUID)
		return err_set(e, ERR_FORMAT,
			"list of signatures at %zu: %u bytes, with a header of %u and entries of %u",
			at, size, header, entry);
	size -= HEADER + header;
	rd_skip(r, header);
	l.kind = kind_of(type);
	l.entries = rd_sub(r, size);
	l.size = entry;
	l.n = size / entry;
	if (!rd_ok(r))
		return rd_truncated(r, "list of signatures", e);
	if (!l.n || size % entry || (l.kind == SIGNATURE_LIST_X509 && l.n != 1) ||
		(l.kind == SIGNATURE_LIST_SHA256 && entry != SIGNATURE_LIST_GUID + SHA256_SIZE))
		return err_set(e, ERR_FORMAT,
			"list of signatures at %zu: %u bytes are no entries of %u each", at, size,
			entry);
	*ret = l;
	return true;
}

/* Counts all entries, or fills them in. */
static bool walk(struct signature_list_entry *to, size_t *ret, struct span variable, struct err *e)
{
	struct rd r = rd_of(variable);
	struct list l;
	size_t n = 0;

	while (rd_left(&r)) {
		if (!read_list(&l, &r, e))
			return false;
		if (l.n > SIGNATURE_LIST_ENTRIES_MAX - n)
			return err_set(e, ERR_LIMIT, "more than %d signatures in one variable",
				SIGNATURE_LIST_ENTRIES_MAX);
		for (size_t i = 0; to && i < l.n; i++) {
			struct span whole = rd_bytes(&l.entries, l.size);

			to[n + i] = (struct signature_list_entry){ l.kind, whole,
				span_make(whole.p + SIGNATURE_LIST_GUID,
					whole.n - SIGNATURE_LIST_GUID) };
		}
		n += l.n;
	}
	*ret = n;
	return true;
}

bool signature_list_parse(
	struct signature_list *ret, struct span variable, struct arena *a, struct err *e)
{
	struct signature_list_entry *entries = NULL;
	size_t n = 0;

	if (variable.n > SIGNATURE_LIST_SIZE_MAX)
		return err_set(e, ERR_LIMIT, "signatures of %zu bytes, limit %d", variable.n,
			SIGNATURE_LIST_SIZE_MAX);
	if (!walk(NULL, &n, variable, e))
		return false;
	if (n) {
		entries = ARENA_ARRAY(a, n, struct signature_list_entry);
		if (!entries)
			return arena_full(a, e);
		if (!walk(entries, &n, variable, e))
			return false;
	}
	*ret = (struct signature_list){ entries, n };
	return true;
}

void signature_list_put(
	struct buf *out, const uint8_t owner[static SIGNATURE_LIST_GUID], struct span certificate)
{
	uint32_t entry = (uint32_t)(SIGNATURE_LIST_GUID + certificate.n);

	buf_add(out, x509, sizeof x509);
	buf_u32le(out, HEADER + entry);
	buf_u32le(out, 0);
	buf_u32le(out, entry);
	buf_add(out, owner, SIGNATURE_LIST_GUID);
	buf_add(out, certificate.p, certificate.n);
}

static int digit_of(char c)
{
	if (c >= '0' && c <= '9')
		return c - '0';
	if (c >= 'a' && c <= 'f')
		return c - 'a' + 10;
	return c >= 'A' && c <= 'F' ? c - 'A' + 10 : -1;
}

/* The first three fields lie in memory with their bytes turned round. */
bool signature_list_owner(uint8_t ret[static SIGNATURE_LIST_GUID], struct str text, struct err *e)
{
	static const uint8_t order[SIGNATURE_LIST_GUID] = { 3, 2, 1, 0, 5, 4, 7, 6, 8, 9, 10, 11,
		12, 13, 14, 15 };
	uint8_t guid[SIGNATURE_LIST_GUID];
	size_t n = 0;

	for (size_t i = 0; i + 1 < text.n && n < sizeof guid && text.n == GUID_TEXT; i++) {
		bool dash = i == 8 || i == 13 || i == 18 || i == 23;
		int high = digit_of(text.p[i]), low = digit_of(text.p[i + 1]);

		if (dash && text.p[i] == '-')
			continue;
		if (dash || high < 0 || low < 0)
			break;
		guid[order[n++]] = (uint8_t)(high << 4 | low);
		i++;
	}
	if (n < sizeof guid)
		return err_set(e, ERR_FORMAT,
			"'%.*s' is no GUID: wanted 8-4-4-4-12 hexadecimal digits", STR_ARG(text));
	memcpy(ret, guid, sizeof guid);
	return true;
}
