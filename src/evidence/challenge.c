#include "evidence/challenge.h"

#include "codec/json_base64.h"
#include "base/banned.h"

enum { CREDENTIAL_PART_SIZE_MAX = 1024 };

static bool read_credential(
	struct challenge *c, const struct json *v, struct arena *a, struct err *e)
{
	static const char *const keys[] = { "id_object", "encrypted_secret", NULL };

	if (!v)
		return true;
	return json_only(v, "credential", keys, e) &&
	       json_base64_get(v, "id_object", CREDENTIAL_PART_SIZE_MAX, &c->id_object, a, e) &&
	       json_base64_get(
		       v, "encrypted_secret", CREDENTIAL_PART_SIZE_MAX, &c->encrypted_secret, a, e);
}

bool challenge_parse(struct challenge *ret, struct span json, struct arena *a, struct err *e)
{
	static const char *const keys[] = { "format", "role", "nonce", "credential", NULL };
	struct challenge c = { 0 };
	struct json v;

	if (json.n > CHALLENGE_SIZE_MAX)
		return err_set(e, ERR_LIMIT, "challenge is %zu bytes, limit %d", json.n,
			CHALLENGE_SIZE_MAX);
	if (!json_parse(&v, json, a, e) || !json_check_format(&v, CHALLENGE_FORMAT, e) ||
		!json_only(&v, "challenge", keys, e) || !json_get_str(&v, "role", &c.role, e) ||
		!json_get_hex(&v, "nonce", c.nonce, sizeof c.nonce, e) ||
		!read_credential(&c, json_get(&v, "credential"), a, e))
		return err_wrap(e, "challenge");
	*ret = c;
	return true;
}

void challenge_emit(const struct challenge *c, struct buf *out)
{
	struct json_out w = json_out_to(out);

	json_object(&w);
	json_put_cstr(&w, "format", CHALLENGE_FORMAT);
	json_put_str(&w, "role", c->role);
	json_put_hex(&w, "nonce", SPAN_OF(c->nonce));
	if (c->id_object.p) {
		json_key(&w, "credential");
		json_object(&w);
		json_base64_put(&w, "id_object", c->id_object);
		json_base64_put(&w, "encrypted_secret", c->encrypted_secret);
		json_end_object(&w);
	}
	json_end_object(&w);
}
