#include "evidence/snp_certs.h"

#include "base/rd.h"
#include "base/banned.h"

enum { GUID_SIZE = 16, ENTRY_SIZE = 24 };

static const struct known {
	const char *name;
	uint8_t guid[GUID_SIZE];
} known[SNP_CERTS_KINDS] = {
	[SNP_CERTS_VCEK] = { "VCEK", { 0x63, 0xda, 0x75, 0x8d, 0xe6, 0x64, 0x45, 0x64, 0xad, 0xc5,
					     0xf4, 0xb9, 0x3b, 0xe8, 0xac, 0xcd } },
	[SNP_CERTS_VLEK] = { "VLEK", { 0xa8, 0x07, 0x4b, 0xc2, 0xa2, 0x5a, 0x48, 0x3e, 0xaa, 0xe6,
					     0x39, 0xc0, 0x45, 0xa0, 0xb8, 0xa1 } },
	[SNP_CERTS_ASK] = { "ASK", { 0x4a, 0xb7, 0xb3, 0x79, 0xbb, 0xac, 0x4f, 0xe4, 0xa0, 0x2f,
					   0x05, 0xae, 0xf3, 0x27, 0xc7, 0x82 } },
	[SNP_CERTS_ARK] = { "ARK", { 0xc0, 0xb4, 0x06, 0xa4, 0xa8, 0x03, 0x49, 0x52, 0x97, 0x43,
					   0x3f, 0xb6, 0x01, 0x4c, 0xd0, 0xae } },
	[SNP_CERTS_CRL] = { "CRL", { 0x92, 0xf8, 0x1b, 0xc3, 0x58, 0x11, 0x4d, 0x3d, 0x97, 0xff,
					   0xd1, 0x9f, 0x88, 0xdc, 0x67, 0xea } },
};

struct entry {
	struct span guid;
	uint32_t at, size;
};

const char *snp_certs_name(enum snp_certs_kind kind)
{
	return known[kind].name;
}

static enum snp_certs_kind kind_of(struct span guid)
{
	int k = 0;

	while (k < SNP_CERTS_KINDS && !span_equal(guid, SPAN_OF(known[k].guid)))
		k++;
	return (enum snp_certs_kind)k;
}

static bool is_end(const struct entry *e)
{
	static const uint8_t none[GUID_SIZE];

	return span_equal(e->guid, SPAN_OF(none)) && !e->at && !e->size;
}

/* The number of entries before the one that ends the table. */
static bool count(
	size_t *ret, struct entry entries[SNP_CERTS_ENTRIES_MAX], struct span bytes, struct err *e)
{
	struct rd r = rd_of(bytes);

	for (size_t n = 0; n <= SNP_CERTS_ENTRIES_MAX; n++) {
		struct entry it = { .guid = rd_bytes(&r, GUID_SIZE) };

		it.at = rd_u32le(&r);
		it.size = rd_u32le(&r);
		if (!rd_ok(&r))
			return rd_truncated(&r, "SNP certificate table", e);
		if (is_end(&it)) {
			*ret = n;
			return true;
		}
		if (n < SNP_CERTS_ENTRIES_MAX)
			entries[n] = it;
	}
	return err_set(
		e, ERR_LIMIT, "SNP certificate table: more than %d entries", SNP_CERTS_ENTRIES_MAX);
}

static bool take(struct snp_certs *out, const struct entry *it, size_t entry_at, size_t first,
	struct span bytes, struct err *e)
{
	struct rd r = rd_of(bytes);
	enum snp_certs_kind kind = kind_of(it->guid);
	struct span item;

	if (it->at < first)
		return err_set(e, ERR_FORMAT,
			"SNP certificate table at %zu: an item at %u lies in the entries", entry_at,
			it->at);
	if (it->size == 0 || it->size > SNP_CERTS_CERTIFICATE_MAX)
		return err_set(e, it->size ? ERR_LIMIT : ERR_FORMAT,
			"SNP certificate table at %zu: an item of %u bytes, want 1 to %d", entry_at,
			it->size, SNP_CERTS_CERTIFICATE_MAX);
	rd_seek(&r, it->at);
	item = rd_bytes(&r, it->size);
	if (!rd_ok(&r))
		return err_set(e, ERR_FORMAT,
			"SNP certificate table at %zu: an item of %u bytes at %u ends behind the %zu bytes",
			entry_at, it->size, it->at, bytes.n);
	if (kind == SNP_CERTS_KINDS) {
		out->n_others++;
		return true;
	}
	if (out->items[kind].p)
		return err_set(e, ERR_FORMAT, "SNP certificate table at %zu: a second %s", entry_at,
			known[kind].name);
	out->items[kind] = item;
	return true;
}

bool snp_certs_parse(struct snp_certs *ret, struct span bytes, struct err *e)
{
	struct entry entries[SNP_CERTS_ENTRIES_MAX];
	struct snp_certs out = { 0 };
	size_t n = 0;

	if (bytes.n > SNP_CERTS_SIZE_MAX)
		return err_set(e, ERR_LIMIT, "SNP certificate table is %zu bytes, limit %d",
			bytes.n, SNP_CERTS_SIZE_MAX);
	if (bytes.n && !count(&n, entries, bytes, e))
		return false;
	for (size_t i = 0; i < n; i++)
		if (!take(&out, &entries[i], i * ENTRY_SIZE, (n + 1) * ENTRY_SIZE, bytes, e))
			return false;
	*ret = out;
	return true;
}
