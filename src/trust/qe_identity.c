#include "trust/qe_identity.h"

#include "base/banned.h"

enum { VERSION = 2 };

static bool read_levels(struct qe_identity *i, const struct json *o, struct arena *a, struct err *e)
{
	const struct json *list = NULL, *tcb = NULL;
	struct qe_identity_level *levels;
	uint64_t svn = 0;

	if (!json_get_array(o, "tcbLevels", &list, e))
		return false;
	if (!list->n || list->n > QE_IDENTITY_LEVELS_MAX)
		return err_set(
			e, ERR_LIMIT, "%zu levels, want 1 to %d", list->n, QE_IDENTITY_LEVELS_MAX);
	levels = ARENA_ARRAY(a, list->n, struct qe_identity_level);
	if (!levels)
		return arena_full(a, e);
	for (size_t k = 0; k < list->n; k++) {
		if (!json_get_object(&list->items[k], "tcb", &tcb, e) ||
			!json_get_u64(tcb, "isvsvn", UINT16_MAX, &svn, e) ||
			!tcb_status_read_verdict(&levels[k].verdict, &list->items[k], a, e))
			return err_wrap(e, "level %zu", k);
		levels[k].isv_svn = (uint16_t)svn;
	}
	i->levels = levels;
	i->n_levels = list->n;
	return true;
}

static bool read_u32le(const struct json *o, const char *key, uint32_t *ret, struct err *e)
{
	uint8_t b[4];

	if (!pcs_json_hex(o, key, b, sizeof b, e))
		return false;
	*ret = b[0] | (uint32_t)b[1] << 8 | (uint32_t)b[2] << 16 | (uint32_t)b[3] << 24;
	return true;
}

static bool read_identity(struct qe_identity *i, const struct json *o, struct err *e)
{
	uint64_t prod_id = 0;

	if (!json_get_str(o, "id", &i->id, e) ||
		!json_get_u64(o, "version", UINT16_MAX, &i->version, e) ||
		!pcs_json_read_dates(&i->dates, o, e) ||
		!json_get_u64(o, "tcbEvaluationDataNumber", UINT32_MAX, &i->evaluation_number, e) ||
		!read_u32le(o, "miscselect", &i->miscselect, e) ||
		!read_u32le(o, "miscselectMask", &i->miscselect_mask, e) ||
		!pcs_json_hex(o, "attributes", i->attributes, sizeof i->attributes, e) ||
		!pcs_json_hex(
			o, "attributesMask", i->attributes_mask, sizeof i->attributes_mask, e) ||
		!pcs_json_hex(o, "mrsigner", i->mrsigner, sizeof i->mrsigner, e) ||
		!json_get_u64(o, "isvprodid", UINT16_MAX, &prod_id, e))
		return false;
	i->isv_prod_id = (uint16_t)prod_id;
	return true;
}

bool qe_identity_parse(struct qe_identity *ret, struct span body, struct arena *a, struct err *e)
{
	struct qe_identity i = { 0 };
	struct json o;

	if (body.n > PCS_JSON_SIZE_MAX)
		return err_set(e, ERR_LIMIT, "QE identity of %zu bytes, limit %d", body.n,
			PCS_JSON_SIZE_MAX);
	if (!json_parse(&o, body, a, e) || !read_identity(&i, &o, e) || !read_levels(&i, &o, a, e))
		return err_wrap(e, "QE identity");
	*ret = i;
	return true;
}

bool qe_identity_is_td_qe(const struct qe_identity *i, struct err *e)
{
	if (!str_is(i->id, "TD_QE"))
		return err_set(e, ERR_MISMATCH,
			"QE identity: it is one of '%.*s', want the quoting enclave for TDX, 'TD_QE'",
			STR_ARG(i->id));
	return i->version == VERSION ||
	       err_set(e, ERR_MISMATCH, "QE identity: version %llu, want %d",
		       (unsigned long long)i->version, VERSION);
}

bool qe_identity_current(const struct qe_identity *i, const struct intel_time *at, struct err *e)
{
	return pcs_json_current(&i->dates, at, "QE identity", e);
}

bool qe_identity_matches(const struct qe_identity *i, const struct tdx_quote_qe *qe, struct err *e)
{
	if ((qe->miscselect & i->miscselect_mask) != i->miscselect)
		return err_set(e, ERR_MISMATCH,
			"quoting enclave: MISCSELECT is 0x%x, want 0x%x under 0x%x", qe->miscselect,
			i->miscselect, i->miscselect_mask);
	for (size_t k = 0; k < sizeof i->attributes; k++)
		if ((qe->attributes.p[k] & i->attributes_mask[k]) != i->attributes[k])
			return err_set(e, ERR_MISMATCH,
				"quoting enclave: byte %zu of ATTRIBUTES is 0x%02x, want 0x%02x under 0x%02x%s",
				k, qe->attributes.p[k], i->attributes[k], i->attributes_mask[k],
				!k && qe->attributes.p[0] & 2 ? " (it can be debugged)" : "");
	if (!span_equal(qe->mrsigner, SPAN_OF(i->mrsigner)))
		return err_set(e, ERR_MISMATCH,
			"quoting enclave: MRSIGNER is not the signer that the QE identity names");
	if (qe->isv_prod_id != i->isv_prod_id)
		return err_set(e, ERR_MISMATCH, "quoting enclave: ISVPRODID is %u, want %u",
			qe->isv_prod_id, i->isv_prod_id);
	return true;
}

bool qe_identity_level(const struct qe_identity_level **ret, const struct qe_identity *i,
	uint16_t isv_svn, struct err *e)
{
	for (size_t k = 0; k < i->n_levels; k++)
		if (isv_svn >= i->levels[k].isv_svn) {
			*ret = &i->levels[k];
			return true;
		}
	return err_set(
		e, ERR_MISMATCH, "quoting enclave: ISVSVN %u is below the oldest level", isv_svn);
}
