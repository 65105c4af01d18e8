#include "image/pe_certificates.h"

#include "base/rd.h"
#include "codec/der.h"
#include "codec/pe.h"
#include "base/banned.h"

enum {
	HEADER_SIZE = 8,
	ALIGN = 8,
	REVISION = 0x0200,
	TYPE_PKCS7 = 2,
	CHECKSUM_SIZE = 4,
	ENTRY_SIZE = 8,
};

/* The file's 16-bit words summed with their carries, CheckSum as 0, and the file's size. Its size is even here. */
static uint32_t checksum(struct span file, size_t checksum_at)
{
	uint32_t sum = 0;

	for (size_t i = 0; i + 1 < file.n; i += 2) {
		if (i >= checksum_at && i < checksum_at + CHECKSUM_SIZE)
			continue;
		sum += (uint32_t)(file.p[i] | file.p[i + 1] << 8);
		sum = (sum & 0xffff) + (sum >> 16);
	}
	return sum + (uint32_t)file.n;
}

static bool has_checksum(const struct pe *pe)
{
	static const uint8_t none[CHECKSUM_SIZE] = { 0 };

	return !span_equal(span_make(pe->file.p + pe->checksum_at, CHECKSUM_SIZE), SPAN_OF(none));
}

static bool check_unsigned(const struct pe *pe, struct err *e)
{
	if (pe->certificates_size) {
		err_set(e, ERR_MISMATCH, "the image is signed already: one signature is the limit");
		return err_hint(e, "`assay sign detach` gives the unsigned image back");
	}
	if (!pe->certificates_at)
		return err_set(e, ERR_FORMAT, "the headers have no place for a certificate table");
	if (pe->file.n % ALIGN)
		return err_set(e, ERR_FORMAT,
			"the file's %zu bytes are no multiple of %d: padding would change its hash",
			pe->file.n, ALIGN);
	if (pe->checksum_at % 2)
		return err_set(e, ERR_FORMAT, "the headers lie at an odd place");
	if (has_checksum(pe)) {
		err_set(e, ERR_FORMAT,
			"its CheckSum is not 0: detaching could not give these bytes back");
		return err_hint(e, "take the uki.efi that `assay build` wrote");
	}
	return true;
}

bool pe_certificates_attach(
	struct buf *out, struct span unsigned_file, struct span signature, struct err *e)
{
	size_t start = out->n, table = HEADER_SIZE + signature.n;
	struct pe pe;

	if (!pe_parse(&pe, unsigned_file, e) || !check_unsigned(&pe, e))
		return false;
	if (!signature.n || signature.n > PE_CERTIFICATES_SIGNATURE_MAX)
		return err_set(e, ERR_LIMIT, "signature of %zu bytes, wanted 1 to %d", signature.n,
			PE_CERTIFICATES_SIGNATURE_MAX);
	table = (table + ALIGN - 1) / ALIGN * ALIGN;
	if (unsigned_file.n > UINT32_MAX - table)
		return err_set(e, ERR_LIMIT, "the signed image would have %zu bytes, limit 2^32-1",
			unsigned_file.n + table);
	buf_add(out, unsigned_file.p, unsigned_file.n);
	buf_u32le(out, (uint32_t)(HEADER_SIZE + signature.n));
	buf_u16le(out, REVISION);
	buf_u16le(out, TYPE_PKCS7);
	buf_add(out, signature.p, signature.n);
	buf_fill(out, 0, table - HEADER_SIZE - signature.n);
	if (!buf_ok(out))
		return buf_full(out, "the signed image", e);
	put_u32le(out->p + start + pe.certificates_at, (uint32_t)unsigned_file.n);
	put_u32le(out->p + start + pe.certificates_at + 4, (uint32_t)table);
	put_u32le(out->p + start + pe.checksum_at,
		checksum(span_make(out->p + start, out->n - start), pe.checksum_at));
	return true;
}

/*
 * One entry that fills the table. Some signers count the padding into the entry's length; then DER says where the
 * signature ends. Less than 8 zeroes follow.
 */
static bool read_table(struct span *ret, struct span table, struct err *e)
{
	struct rd r = rd_of(table), body;
	size_t size = rd_u32le(&r);
	unsigned revision = rd_u16le(&r), type = rd_u16le(&r);
	struct span whole, content, rest;
	uint8_t tag;

	if (!rd_ok(&r))
		return rd_truncated(&r, "certificate table", e);
	if (revision != REVISION || type != TYPE_PKCS7)
		return err_set(e, ERR_FORMAT,
			"certificate table: revision %04x and type %u, wanted 0200 and 2 (PKCS#7)",
			revision, type);
	if (size < HEADER_SIZE || size > table.n || table.n - size >= ALIGN || table.n % ALIGN)
		return err_set(e, ERR_FORMAT,
			"certificate table of %zu bytes: an entry of %zu bytes does not fill it, "
			"and one signature is the limit",
			table.n, size);
	body = rd_sub(&r, table.n - HEADER_SIZE);
	if (!der_next(&whole, &content, &tag, &body, "signature", e))
		return false;
	rest = rd_bytes(&body, rd_left(&body));
	for (size_t i = 0; i < rest.n; i++)
		if (rest.n >= ALIGN || rest.p[i])
			return err_set(e, ERR_FORMAT,
				"certificate table: %zu bytes behind the signature are no padding",
				rest.n);
	if (size != table.n && size != HEADER_SIZE + whole.n)
		return err_set(e, ERR_FORMAT,
			"certificate table: an entry of %zu bytes with a signature of %zu", size,
			whole.n);
	if (whole.n > PE_CERTIFICATES_SIGNATURE_MAX)
		return err_set(e, ERR_LIMIT, "signature of %zu bytes, limit %d", whole.n,
			PE_CERTIFICATES_SIGNATURE_MAX);
	*ret = whole;
	return true;
}

bool pe_certificates_detach(
	struct buf *out, struct span *signature, struct span file, struct err *e)
{
	size_t start = out->n, n;
	struct span found;
	struct pe pe;

	if (!pe_parse(&pe, file, e))
		return false;
	if (!pe.certificates_size)
		return err_set(e, ERR_NOTFOUND, "the image is not signed");
	n = file.n - pe.certificates_size;
	if (n % ALIGN)
		return err_set(
			e, ERR_FORMAT, "certificate table at %zu, no multiple of %d", n, ALIGN);
	if (!read_table(&found, span_make(file.p + n, pe.certificates_size), e))
		return false;
	buf_add(out, file.p, n);
	if (!buf_ok(out))
		return buf_full(out, "the unsigned image", e);
	memset(out->p + start + pe.certificates_at, 0, ENTRY_SIZE);
	memset(out->p + start + pe.checksum_at, 0, CHECKSUM_SIZE);
	*signature = found;
	return true;
}

bool pe_certificates_present(struct span file)
{
	struct err e;
	struct pe pe;

	return pe_parse(&pe, file, &e) && pe.certificates_size;
}
