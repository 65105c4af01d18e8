#include "evidence/nitro_document.h"

#include "codec/cbor.h"
#include "base/banned.h"

/* The last millisecond of the year 9999: what a time can be written of. */
#define TIMESTAMP_MAX UINT64_C(253402300799999)

#define WHAT "attestation document"

static const struct field {
	const char *name;
	size_t min, max;
} fields[NITRO_DOCUMENT_FIELDS] = {
	[NITRO_DOCUMENT_PUBLIC_KEY] = { "public_key", 1, NITRO_DOCUMENT_PUBLIC_KEY_MAX },
	[NITRO_DOCUMENT_USER_DATA] = { "user_data", 0, NITRO_DOCUMENT_DATA_MAX },
	[NITRO_DOCUMENT_NONCE] = { "nonce", 0, NITRO_DOCUMENT_DATA_MAX },
};

const char *nitro_document_field_name(enum nitro_document_field field)
{
	return fields[field].name;
}

/* So much of a text of theirs goes into a message. */
static int shown(struct str s)
{
	return s.n < 40 ? (int)s.n : 40;
}

static bool known(struct str key)
{
	static const char *const names[] = { "module_id", "digest", "timestamp", "pcrs",
		"nitrotpm_pcrs", "certificate", "cabundle", "public_key", "user_data", "nonce" };

	for (size_t i = 0; i < ARRAY_LEN(names); i++)
		if (str_is(key, names[i]))
			return true;
	return false;
}

static bool check_members(const struct cbor *map, struct err *e)
{
	for (size_t i = 0; i < map->n; i++) {
		const struct cbor *key = &map->items[2 * i];

		if (key->kind != CBOR_TEXT)
			return err_set(e, ERR_FORMAT, WHAT ": member %zu has no text as key", i);
		if (!known(cbor_str(key)))
			return err_set(e, ERR_FORMAT, WHAT ": unknown member '%.*s'",
				shown(cbor_str(key)), cbor_str(key).p);
	}
	return true;
}

static bool need(const struct cbor **ret, const struct cbor *map, const char *name,
	enum cbor_kind kind, struct err *e)
{
	const struct cbor *v = cbor_get_text(map, name);

	if (!v)
		return err_set(e, ERR_FORMAT, WHAT ": member '%s' is missing", name);
	if (v->kind != kind)
		return err_set(e, ERR_FORMAT, WHAT ": member '%s' is no %s but a %s", name,
			cbor_kind_name(kind), cbor_kind_name(v->kind));
	*ret = v;
	return true;
}

static bool check_size(
	const char *name, const struct cbor *v, size_t min, size_t max, struct err *e)
{
	if (v->kind != CBOR_BYTES)
		return err_set(e, ERR_FORMAT, WHAT ": '%s' is no byte string but a %s", name,
			cbor_kind_name(v->kind));
	if (v->bytes.n < min || v->bytes.n > max)
		return err_set(e, ERR_FORMAT, WHAT ": '%s' is %zu bytes, want %zu to %zu", name,
			v->bytes.n, min, max);
	return true;
}

static bool read_head(struct nitro_document *d, const struct cbor *map, struct err *e)
{
	const struct cbor *id = NULL, *digest = NULL, *timestamp = NULL;

	if (!need(&id, map, "module_id", CBOR_TEXT, e) ||
		!need(&digest, map, "digest", CBOR_TEXT, e) ||
		!need(&timestamp, map, "timestamp", CBOR_UINT, e))
		return false;
	d->module_id = cbor_str(id);
	if (!d->module_id.n || d->module_id.n > NITRO_DOCUMENT_MODULE_ID_MAX)
		return err_set(e, ERR_FORMAT, WHAT ": 'module_id' has %zu characters, want 1 to %d",
			d->module_id.n, NITRO_DOCUMENT_MODULE_ID_MAX);
	if (!str_is(cbor_str(digest), "SHA384"))
		return err_set(e, ERR_FORMAT, WHAT ": 'digest' is '%.*s', want 'SHA384'",
			shown(cbor_str(digest)), cbor_str(digest).p);
	d->timestamp_ms = timestamp->number;
	if (!d->timestamp_ms || d->timestamp_ms > TIMESTAMP_MAX)
		return err_set(e, ERR_FORMAT,
			WHAT ": 'timestamp' is %llu, want milliseconds since 1970",
			(unsigned long long)d->timestamp_ms);
	return true;
}

/* The map of registers, of an enclave or of a TPM but not of both. */
static bool find_registers(
	struct nitro_document *d, const struct cbor **ret, const struct cbor *map, struct err *e)
{
	bool enclave = cbor_get_text(map, "pcrs"), tpm = cbor_get_text(map, "nitrotpm_pcrs");

	if (enclave && tpm)
		return err_set(e, ERR_FORMAT,
			WHAT ": members 'pcrs' and 'nitrotpm_pcrs', want one of them");
	d->kind = tpm ? NITRO_DOCUMENT_TPM : NITRO_DOCUMENT_ENCLAVE;
	return need(ret, map, tpm ? "nitrotpm_pcrs" : "pcrs", CBOR_MAP, e);
}

static bool read_registers(struct nitro_document *d, const struct cbor *map, struct err *e)
{
	const struct cbor *pcrs = NULL;

	if (!find_registers(d, &pcrs, map, e))
		return false;
	if (!pcrs->n || pcrs->n > NITRO_DOCUMENT_PCRS)
		return err_set(e, ERR_FORMAT, WHAT ": %zu registers, want 1 to %d", pcrs->n,
			NITRO_DOCUMENT_PCRS);
	for (size_t i = 0; i < pcrs->n; i++) {
		const struct cbor *key = &pcrs->items[2 * i], *value = key + 1;
		size_t n = value->bytes.n;

		if (key->kind != CBOR_UINT || key->number >= NITRO_DOCUMENT_PCRS)
			return err_set(e, ERR_FORMAT,
				WHAT ": register %zu has no number of 0 to %d", i,
				NITRO_DOCUMENT_PCRS - 1);
		if (value->kind != CBOR_BYTES || (n != 32 && n != 48 && n != 64))
			return err_set(e, ERR_FORMAT,
				WHAT ": PCR %llu is a %s of %zu bytes, want bytes, 32, 48 or 64",
				(unsigned long long)key->number, cbor_kind_name(value->kind), n);
		d->pcr[key->number] = value->bytes;
		d->pcrs |= UINT32_C(1) << key->number; /* cbor_parse takes no key twice */
	}
	return true;
}

static bool read_certificates(struct nitro_document *d, const struct cbor *map, struct err *e)
{
	const struct cbor *leaf = NULL, *list = NULL;

	if (!need(&leaf, map, "certificate", CBOR_BYTES, e) ||
		!need(&list, map, "cabundle", CBOR_ARRAY, e) ||
		!check_size("certificate", leaf, 1, NITRO_DOCUMENT_CERTIFICATE_MAX, e))
		return false;
	if (!list->n)
		return err_set(e, ERR_FORMAT, WHAT ": 'cabundle' is empty");
	if (list->n > NITRO_DOCUMENT_CABUNDLE_MAX)
		return err_set(e, ERR_LIMIT, WHAT ": 'cabundle' has %zu certificates, limit %d",
			list->n, NITRO_DOCUMENT_CABUNDLE_MAX);
	d->certificate = leaf->bytes;
	d->n_cabundle = list->n;
	for (size_t i = 0; i < list->n; i++) {
		if (!check_size("cabundle", &list->items[i], 1, NITRO_DOCUMENT_CERTIFICATE_MAX, e))
			return err_wrap(e, "certificate %zu", i);
		d->cabundle[i] = list->items[i].bytes;
	}
	return true;
}

static bool read_fields(struct nitro_document *d, const struct cbor *map, struct err *e)
{
	for (size_t i = 0; i < NITRO_DOCUMENT_FIELDS; i++) {
		const struct cbor *v = cbor_get_text(map, fields[i].name);

		if (!v || cbor_is_null(v))
			continue;
		if (!check_size(fields[i].name, v, fields[i].min, fields[i].max, e))
			return false;
		d->has[i] = true;
		d->field[i] = v->bytes;
	}
	return true;
}

bool nitro_document_parse(
	struct nitro_document *ret, struct span payload, struct arena *a, struct err *e)
{
	struct nitro_document d = { 0 };
	struct cbor map;

	if (payload.n > NITRO_DOCUMENT_SIZE_MAX)
		return err_set(e, ERR_LIMIT, WHAT " of %zu bytes, limit %d", payload.n,
			NITRO_DOCUMENT_SIZE_MAX);
	if (!cbor_parse(&map, payload, a, e) || !cbor_check_form(&map, e))
		return err_wrap(e, WHAT);
	if (map.kind != CBOR_MAP)
		return err_set(e, ERR_FORMAT, WHAT " is no map but a %s", cbor_kind_name(map.kind));
	if (!check_members(&map, e) || !read_head(&d, &map, e) || !read_registers(&d, &map, e) ||
		!read_certificates(&d, &map, e) || !read_fields(&d, &map, e))
		return false;
	*ret = d;
	return true;
}
