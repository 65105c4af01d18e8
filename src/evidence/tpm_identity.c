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

static bool read_keys(struct tpm_identity *id, const struct json *v, struct arena *a, struct err *e)
{
	static const char *const keys[] = { "format", "ek_public", "ek_certificates", "ak_public",
		NULL };

	return json_check_format(v, TPM_IDENTITY_FORMAT, e) && json_only(v, "identity", keys, e) &&
	       json_base64_get(v, "ek_public", TPM_PUBLIC_SIZE_MAX, &id->ek_public, a, e) &&
	       json_base64_get(v, "ak_public", TPM_PUBLIC_SIZE_MAX, &id->ak_public, a, e) &&
	       read_chain(&id->ek_chain, v, a, e);
}

static bool read_kind(struct tpm_identity *id, const struct json *v, struct err *e)
{
	static const char *const keys[] = { "format", "kind", NULL };
	struct str kind;

	if (!json_only(v, "identity", keys, e) || !json_get_str(v, "kind", &kind, e))
		return false;
	for (int i = 0; i < BUNDLE_KINDS; i++)
		if (i != BUNDLE_TPM && str_is(kind, bundle_kind_name((enum bundle_kind)i))) {
			id->kind = (enum bundle_kind)i;
			return true;
		}
	return err_set(e, ERR_FORMAT, "kind is '%.*s', this build knows snp, tdx, nitro and azure",
		STR_ARG(kind));
}

bool tpm_identity_parse(struct tpm_identity *ret, struct span json, struct arena *a, struct err *e)
{
	struct tpm_identity id = { .kind = BUNDLE_TPM };
	struct str format = { 0 };
	struct json v;

	if (json.n > TPM_IDENTITY_SIZE_MAX)
		return err_set(e, ERR_LIMIT, "identity is %zu bytes, limit %d", json.n,
			TPM_IDENTITY_SIZE_MAX);
	if (!json_parse(&v, json, a, e) || !json_get_str(&v, "format", &format, e) ||
		!(str_is(format, TPM_IDENTITY_KIND_FORMAT) ? read_kind(&id, &v, e)
							   : read_keys(&id, &v, a, e)))
		return err_wrap(e, "identity");
	*ret = id;
	return true;
}

static void put_keys(const struct tpm_identity *id, struct json_out *w)
{
	json_base64_put(w, "ek_public", id->ek_public);
	json_key(w, "ek_certificates");
	json_array(w);
	for (size_t i = 0; i < id->ek_chain.n; i++)
		json_base64_put(w, NULL, id->ek_chain.certificates[i]);
	json_end_array(w);
	json_base64_put(w, "ak_public", id->ak_public);
}

void tpm_identity_emit(const struct tpm_identity *id, struct buf *out)
{
	bool keys = id->kind == BUNDLE_TPM;
	struct json_out w = json_out_to(out);

	json_object(&w);
	json_put_cstr(&w, "format", keys ? TPM_IDENTITY_FORMAT : TPM_IDENTITY_KIND_FORMAT);
	if (keys)
		put_keys(id, &w);
	else
		json_put_cstr(&w, "kind", bundle_kind_name(id->kind));
	json_end_object(&w);
}
