#include "codec/json_base64.h"

#include "codec/base64.h"
#include "base/banned.h"

bool json_base64_read(
	struct span *ret, const struct json *v, size_t max, struct arena *a, struct err *e)
{
	struct span bytes;

	if (v->kind != JSON_STRING)
		return err_set(e, ERR_FORMAT, "line %zu: want base64", v->line);
	if (!base64_read(&bytes, v->text, BASE64_STANDARD, a, e))
		return err_wrap(e, "line %zu", v->line);
	if (bytes.n > max)
		return err_set(
			e, ERR_LIMIT, "line %zu: %zu bytes, limit %zu", v->line, bytes.n, max);
	*ret = bytes;
	return true;
}

bool json_base64_get(const struct json *o, const char *key, size_t max, struct span *ret,
	struct arena *a, struct err *e)
{
	const struct json *v = json_get(o, key);

	return v ? json_base64_read(ret, v, max, a, e)
		 : err_set(e, ERR_FORMAT, "member '%s' is missing", key);
}

void json_base64_put(struct json_out *w, const char *key, struct span bytes)
{
	CLEANUP(buf_done) struct buf text = buf_init(bytes.n / 3 * 4 + 5);

	base64_add(&text, bytes, BASE64_STANDARD);
	if (key)
		json_key(w, key);
	json_text(w, buf_str(&text));
}
