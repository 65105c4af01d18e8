#include "trust/dsse.h"

#include "codec/base64.h"
#include "codec/json.h"
#include "base/banned.h"

enum { HEAD_MAX = 64 + DSSE_TYPE_MAX };

/* Base64 in either alphabet, as the format demands of verifiers; which one it is follows from its characters. */
static bool read_base64(
	struct span *ret, const struct json *o, const char *key, struct arena *a, struct err *e)
{
	enum base64_form form = BASE64_STANDARD;
	struct str text;

	if (!json_get_str(o, key, &text, e))
		return false;
	if (str_find(text, '-') != text.n || str_find(text, '_') != text.n)
		form = BASE64_URL;
	while (form == BASE64_URL && text.n && text.p[text.n - 1] == '=')
		text.n--;
	return base64_read(ret, text, form, a, e) || err_wrap(e, "member '%s'", key);
}

static bool read_key_id(struct str *ret, const struct json *signature, struct err *e)
{
	if (!json_get(signature, "keyid"))
		return true;
	if (!json_get_str(signature, "keyid", ret, e))
		return false;
	return ret->n <= DSSE_KEY_ID_MAX ||
	       err_set(e, ERR_LIMIT, "'keyid' is %zu bytes, limit %d", ret->n, DSSE_KEY_ID_MAX);
}

static bool read_signatures(struct dsse *d, const struct json *v, struct arena *a, struct err *e)
{
	if (!v || v->kind != JSON_ARRAY || v->n == 0)
		return err_set(e, ERR_FORMAT, "'signatures' must be a list of at least one");
	if (v->n > DSSE_SIGNATURES_MAX)
		return err_set(e, ERR_LIMIT, "%zu signatures, limit %d", v->n, DSSE_SIGNATURES_MAX);
	for (; d->n < v->n; d->n++)
		if (!read_base64(&d->signatures[d->n], &v->items[d->n], "sig", a, e) ||
			!read_key_id(&d->key_ids[d->n], &v->items[d->n], e))
			return err_wrap(e, "signature %zu", d->n + 1);
	return true;
}

bool dsse_parse(struct dsse *ret, struct span json, struct arena *a, struct err *e)
{
	struct dsse d = { 0 };
	struct json v;

	if (json.n > DSSE_SIZE_MAX)
		return err_set(
			e, ERR_LIMIT, "envelope is %zu bytes, limit %d", json.n, DSSE_SIZE_MAX);
	if (!json_parse(&v, json, a, e) || !json_get_str(&v, "payloadType", &d.type, e) ||
		!read_base64(&d.payload, &v, "payload", a, e) ||
		!read_signatures(&d, json_get(&v, "signatures"), a, e))
		return err_wrap(e, "envelope");
	if (!d.type.n || d.type.n > DSSE_TYPE_MAX)
		return err_set(
			e, ERR_FORMAT, "envelope: 'payloadType' is 1 to %d bytes", DSSE_TYPE_MAX);
	if (d.payload.n * d.n > DSSE_SIGNED_MAX)
		return err_set(e, ERR_LIMIT,
			"envelope: %zu signatures over %zu bytes, limit %d bytes over all", d.n,
			d.payload.n, DSSE_SIGNED_MAX);
	*ret = d;
	return true;
}

/* The pre-authentication encoding. */
static bool put_signed(struct buf *out, struct str type, struct span payload, struct err *e)
{
	buf_printf(out, "DSSEv1 %zu %.*s %zu ", type.n, STR_ARG(type), payload.n);
	buf_add(out, payload.p, payload.n);
	return buf_ok(out) || buf_full(out, "signed payload", e);
}

/* One of the signatures over the message is by this key. */
static bool signed_by(const struct dsse *d, struct span message, const struct statement_key *key)
{
	struct err ignored = { 0 };

	for (size_t i = 0; i < d->n; i++)
		if (statement_key_verify(key, message, d->signatures[i], &ignored))
			return true;
	return false;
}

bool dsse_signers(size_t *at, size_t *n_at, const struct dsse *d,
	const struct statement_key *const *keys, size_t n_keys, struct err *e)
{
	CLEANUP(buf_done) struct buf message = buf_init(DSSE_SIZE_MAX + HEAD_MAX);
	size_t n = 0;

	if (!put_signed(&message, d->type, d->payload, e))
		return false;
	for (size_t i = 0; i < n_keys; i++)
		if (signed_by(d, buf_span(&message), keys[i]))
			at[n++] = i;
	*n_at = n;
	return true;
}

bool dsse_check(const struct dsse *d, const struct statement_key *key, struct err *e)
{
	size_t at, n = 0;

	return dsse_signers(&at, &n, d, &key, 1, e) &&
	       (n == 1 || err_set(e, ERR_SIGNATURE,
				  "envelope: none of its %zu signatures is by the key", d->n));
}

/* What may be added: one more, of a key that is not there yet. */
static bool check_room(
	const struct dsse *d, const struct private_key *key, struct span message, struct err *e)
{
	CLEANUP(statement_key_freep) struct statement_key *half = NULL;

	if (!d->type.n || d->type.n > DSSE_TYPE_MAX)
		return err_set(e, ERR_USAGE, "a payload's type is 1 to %d bytes", DSSE_TYPE_MAX);
	if (d->n == DSSE_SIGNATURES_MAX)
		return err_set(
			e, ERR_LIMIT, "envelope has %d signatures already", DSSE_SIGNATURES_MAX);
	if (d->payload.n * (d->n + 1) > DSSE_SIGNED_MAX)
		return err_set(e, ERR_LIMIT,
			"a payload of %zu bytes cannot have %zu signatures, limit %d bytes over all",
			d->payload.n, d->n + 1, DSSE_SIGNED_MAX);
	if (!private_key_public(&half, key, e))
		return false;
	return !signed_by(d, message, half) ||
	       err_set(e, ERR_USAGE, "this key signed the envelope already");
}

bool dsse_add(struct dsse *d, const struct private_key *key, struct str key_id, struct arena *a,
	struct err *e)
{
	CLEANUP(buf_done) struct buf message = buf_init(DSSE_SIZE_MAX + HEAD_MAX);
	CLEANUP(buf_done) struct buf sig = buf_init(256);
	struct str kept;

	if (!put_signed(&message, d->type, d->payload, e) ||
		!check_room(d, key, buf_span(&message), e) ||
		!private_key_sign(&sig, key, buf_span(&message), e))
		return false;
	kept = arena_str(a, buf_str(&sig));
	if (!kept.p)
		return arena_full(a, e);
	d->signatures[d->n] = str_span(kept);
	d->key_ids[d->n++] = key_id;
	return true;
}

static void put_base64(struct json_out *w, const char *key, struct span bytes)
{
	CLEANUP(buf_done) struct buf text = buf_init(2 * DSSE_SIZE_MAX);

	base64_add(&text, bytes, BASE64_STANDARD);
	json_put_str(w, key, buf_str(&text));
}

bool dsse_emit(struct buf *out, const struct dsse *d, struct err *e)
{
	struct json_out w = json_out_to(out);

	json_object(&w);
	put_base64(&w, "payload", d->payload);
	json_put_str(&w, "payloadType", d->type);
	json_key(&w, "signatures");
	json_array(&w);
	for (size_t i = 0; i < d->n; i++) {
		json_object(&w);
		if (d->key_ids[i].n)
			json_put_str(&w, "keyid", d->key_ids[i]);
		put_base64(&w, "sig", d->signatures[i]);
		json_end_object(&w);
	}
	json_end_array(&w);
	json_end_object(&w);
	return buf_ok(out) || buf_full(out, "envelope", e);
}

bool dsse_sign(struct buf *out, struct str type, struct span payload, const struct private_key *key,
	struct str key_id, struct err *e)
{
	CLEANUP(arena_freep) struct arena *a = arena_new(4096);
	struct dsse d = { .type = type, .payload = payload };

	if (!a)
		return err_set(e, ERR_LIMIT, "envelope: no memory");
	return dsse_add(&d, key, key_id, a, e) && dsse_emit(out, &d, e);
}
