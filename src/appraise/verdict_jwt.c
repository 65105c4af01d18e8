#include "appraise/verdict_jwt.h"

#include "codec/base64.h"
#include "base/banned.h"

#define HEADER "{\"alg\":\"ES256\",\"typ\":\"JWT\"}"

bool verdict_jwt(struct buf *out, const struct verdict *v, const struct verdict_context *c,
	const struct private_key *key, struct err *e)
{
	CLEANUP(buf_done) struct buf claims = buf_init(VERDICT_JWT_MAX);
	CLEANUP(buf_done) struct buf token = buf_init(2 * VERDICT_JWT_MAX);
	uint8_t signature[PRIVATE_KEY_ES256_SIZE];

	verdict_emit(v, c, &claims);
	base64_add(&token, str_span(STR(HEADER)), BASE64_URL);
	buf_u8(&token, '.');
	base64_add(&token, buf_span(&claims), BASE64_URL);
	if (!buf_ok(&claims) || !buf_ok(&token))
		return buf_full(&claims, "the token", e);
	if (!private_key_es256(signature, key, buf_span(&token), e))
		return false;
	buf_u8(&token, '.');
	base64_add(&token, SPAN_OF(signature), BASE64_URL);
	buf_add_str(out, buf_str(&token));
	return (buf_ok(&token) && buf_ok(out)) || buf_full(out, "the token", e);
}
