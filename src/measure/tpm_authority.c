#include "measure/tpm_authority.h"

#include <string.h>

#include "base/buf.h"
#include "base/rd.h"
#include "codec/der.h"
#include "measure/tpm_firmware.h"
#include "base/banned.h"

enum { WIN_CERTIFICATE_PKCS7 = 2, WIN_CERTIFICATE_HEADER = 8, WIN_CERTIFICATE_ALIGN = 8 };

static const char what[] = "signature";

bool tpm_authority_init(
	struct tpm_authority *ret, struct span db, struct span dbx, struct arena *a, struct err *e)
{
	struct tpm_authority t = { 0 };

	if (!signature_list_parse(&t.db, db, a, e))
		return err_wrap(e, "db");
	if (!signature_list_parse(&t.dbx, dbx, a, e))
		return err_wrap(e, "dbx");
	*ret = t;
	return true;
}

static const struct signature_list_entry *find(
	const struct signature_list *l, enum signature_list_kind kind, struct span data)
{
	for (size_t i = 0; i < l->n; i++)
		if (l->entries[i].kind == kind && span_equal(l->entries[i].data, data))
			return &l->entries[i];
	return NULL;
}

/* ContentInfo { signedData, [0] SignedData { version, digestAlgorithms, contentInfo, [0] certificates ... } } */
static bool enter_certificates(struct rd *ret, struct span pkcs7, bool *there, struct err *e)
{
	struct rd r = rd_of(pkcs7), info, wrapped, data;
	struct span whole, content;
	uint8_t tag = 0;

	*there = false;
	if (!der_enter(&info, &r, DER_SEQUENCE, what, e) ||
		!der_next(&whole, &content, &tag, &info, what, e) ||
		!der_enter(&wrapped, &info, DER_CONTEXT_0, what, e) ||
		!der_enter(&data, &wrapped, DER_SEQUENCE, what, e))
		return false;
	for (int skip = 0; skip < 3; skip++)
		if (!der_next(&whole, &content, &tag, &data, what, e))
			return false;
	if (!rd_left(&data))
		return true;
	if (!der_next(&whole, &content, &tag, &data, what, e))
		return false;
	*there = tag == DER_CONTEXT_0;
	*ret = rd_of(content);
	return true;
}

/* What the signatures of a program come to. */
struct look {
	const struct tpm_authority *known;
	const struct signature_list_entry *allowed; /* of the first signature that has one */
	bool forbidden;                             /* by any */
};

/* The first entry of db that is a certificate of this signature counts. */
static bool look_into(struct look *l, struct span pkcs7, struct err *e)
{
	const struct signature_list_entry *first = NULL;
	struct rd certificates;
	bool there = false;

	if (!enter_certificates(&certificates, pkcs7, &there, e))
		return false;
	while (there && rd_left(&certificates)) {
		const struct signature_list_entry *found;
		struct span whole, content;
		uint8_t tag = 0;

		if (!der_next(&whole, &content, &tag, &certificates, what, e))
			return false;
		l->forbidden |= find(&l->known->dbx, SIGNATURE_LIST_X509, whole) != NULL;
		found = find(&l->known->db, SIGNATURE_LIST_X509, whole);
		if (found && (!first || found < first))
			first = found;
	}
	if (!l->allowed)
		l->allowed = first;
	return true;
}

/* All signatures of the certificate table. */
static bool look_at_table(struct look *l, const struct pe *pe, struct err *e)
{
	struct rd r = rd_of(
		span_make(pe->file.p + pe->file.n - pe->certificates_size, pe->certificates_size));

	while (rd_left(&r)) {
		uint32_t size = rd_u32le(&r);
		uint16_t type;
		struct span body;

		rd_skip(&r, 2);
		type = rd_u16le(&r);
		if (size < WIN_CERTIFICATE_HEADER)
			return err_set(
				e, ERR_FORMAT, "certificate table: an entry of %u bytes", size);
		body = rd_bytes(&r, size - WIN_CERTIFICATE_HEADER);
		if (rd_left(&r))
			rd_skip(&r, (WIN_CERTIFICATE_ALIGN - size % WIN_CERTIFICATE_ALIGN) %
					    WIN_CERTIFICATE_ALIGN);
		if (!rd_ok(&r))
			return rd_truncated(&r, "certificate table", e);
		if (type == WIN_CERTIFICATE_PKCS7 && !look_into(l, body, e))
			return false;
	}
	return true;
}

static bool find_entry(const struct signature_list_entry **ret, const struct tpm_authority *t,
	const struct pe *pe, const char *image, struct err *e)
{
	struct digest hash = pe_authenticode_of(pe, DIGEST_SHA256);
	struct span hash_bytes = span_make(hash.bytes, SHA256_SIZE);
	struct look l = { t, NULL, find(&t->dbx, SIGNATURE_LIST_SHA256, hash_bytes) != NULL };

	if (!look_at_table(&l, pe, e))
		return err_wrap(e, "%s", image);
	if (l.forbidden)
		return err_set(e, ERR_MISMATCH, "dbx forbids the %s: firmware does not start it",
			       image) ||
		       err_hint(e, "leave out --dbx only if the machine has none");
	if (!l.allowed)
		l.allowed = find(&t->db, SIGNATURE_LIST_SHA256, hash_bytes);
	if (!l.allowed && !pe->certificates_size)
		return err_set(e, ERR_MISMATCH,
			       "the %s is not signed, and db does not have its hash: "
			       "firmware does not start it",
			       image) ||
		       err_hint(e, "sign it (assay sign uki), or give the signed file");
	if (!l.allowed)
		return err_set(e, ERR_MISMATCH, "no certificate in the %s's signature is one of db",
			       image) ||
		       err_hint(e, "a db with only the issuer of a certificate has no rules here");
	*ret = l.allowed;
	return true;
}

/* GUID of db's owner | u64 2 | u64 bytes | "db" in UTF-16 | owner's GUID and certificate */
bool tpm_authority_add(struct event_list *to, struct tpm_authority *known, const struct pe *pe,
	const char *image, struct err *e)
{
	const struct signature_list_entry *entry = NULL;

	if (!find_entry(&entry, known, pe, image, e))
		return false;
	for (size_t i = 0; i < known->n_used; i++)
		if (span_equal(known->used[i]->whole, entry->whole))
			return true;
	if (known->n_used == TPM_AUTHORITY_IMAGES_MAX)
		return err_set(e, ERR_LIMIT, "more than %d images", TPM_AUTHORITY_IMAGES_MAX);
	known->used[known->n_used++] = entry;
	return tpm_firmware_authority(to, entry->whole, TPM_AUTHORITY, e);
}
