#include "evidence/tpm_identity.h"

#include "codec/json_base64.h"
#include "evidence/tpm_public.h"
#include "base/banned.h"

static bool read_chain(
	struct bundle_chain *ret, const struct json *o, struct arena *a, struct err *e)
{
	const struct json *list;

	if (!json_get_array(o, "ek_certificates", &list, e))
		return false;
	if (list->n > BUNDLE_CERTIFICATES_MAX)
		return err_set(e, ERR_LIMIT, "line %zu: %zu certificates, limit %d", list->line,
			list->n, BUNDLE_CERTIFICATES_MAX);
	for (; ret->n < list->n; ret->n++)
		if (!json_base64_read(&ret->certificates[ret->n], &list->items[ret->n],
			    BUNDLE_CERTIFICATE_SIZE_MAX, a, e))
			return false;
	return true;
}

bool tpm_identity_parse(struct tpm_identity *ret, struct span json, struct arena *a, struct err *e)
{
	static const char *const keys[] = { "format", "ek_public", "ek_certificates", "ak_public",
		NULL };
	struct tpm_identity id = { 0 };
	struct json v;

	if (json.n > TPM_IDENTITY_SIZE_MAX)
		return err_set(e, ERR_LIMIT, "identity is %zu bytes, limit %d", json.n,
			TPM_IDENTITY_SIZE_MAX);
	if (!json_parse(&v, json, a, e) || !json_check_format(&v, TPM_IDENTITY_FORMAT, e) ||
		!json_only(&v, "identity", keys, e) ||
		!json_base64_get(&v, "ek_public", TPM_PUBLIC_SIZE_MAX, &id.ek_public, a, e) ||
		!json_base64_get(&v, "ak_public", TPM_PUBLIC_SIZE_MAX, &id.ak_public, a, e) ||
		!read_chain(&id.ek_chain, &v, a, e))
		return err_wrap(e, "identity");
	*ret = id;
	return true;
}

void tpm_identity_emit(const struct tpm_identity *id, struct buf *out)
{
	struct json_out w = json_out_to(out);

	json_object(&w);
	json_put_cstr(&w, "format", TPM_IDENTITY_FORMAT);
	json_base64_put(&w, "ek_public", id->ek_public);
	json_key(&w, "ek_certificates");
	json_array(&w);
	for (size_t i = 0; i < id->ek_chain.n; i++)
		json_base64_put(&w, NULL, id->ek_chain.certificates[i]);
	json_end_array(&w);
	json_base64_put(&w, "ak_public", id->ak_public);
	json_end_object(&w);
}
