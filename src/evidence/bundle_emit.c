#include "evidence/bundle.h"

#include <stdio.h>

#include "codec/base64.h"
#include "codec/json.h"
#include "evidence/bundle_part.h"
#include "base/banned.h"

static void put_record(
	struct json_out *w, const char *label, const struct bundle_part *part, struct span bytes)
{
	CLEANUP(buf_done) struct buf text = buf_init(BUNDLE_SIZE_MAX);

	base64_add(&text, bytes, BASE64_URL);
	json_key(w, label);
	json_array(w);
	json_cstr(w, part->type);
	json_text(w, buf_str(&text));
	json_uint(w, part->indicator);
	json_end_array(w);
	if (!buf_ok(&text))
		w->to->failed = true;
}

static void put_chain(
	struct json_out *w, const struct bundle_part *part, const struct bundle_chain *chain)
{
	for (size_t i = 0; i < chain->n && i < BUNDLE_CERTIFICATES_MAX; i++) {
		char label[40];

		snprintf(label, sizeof label, "%s.%zu", part->label, i);
		put_record(w, label, part, chain->certificates[i]);
	}
}

static void put_binding(struct json_out *w, const struct bundle_part *part, const struct binding *b)
{
	CLEANUP(buf_done) struct buf text = buf_init(part->size_max);
	struct json_out in = json_out_to(&text);

	json_object(&in);
	json_put_cstr(&in, "format", BUNDLE_PART_BINDING_FORMAT);
	json_put_str(&in, "role", b->role);
	json_put_hex(&in, "nonce", SPAN_OF(b->nonce));
	json_put_hex(&in, "secret_digest", SPAN_OF(b->secret_digest));
	json_put_hex(&in, "channel", SPAN_OF(b->channel));
	json_end_object(&in);
	put_record(w, part->label, part, buf_span(&text));
}

static void put_values(struct json_out *w, const struct bundle_part *part, const struct bundle *b)
{
	CLEANUP(buf_done) struct buf text = buf_init(part->size_max);
	struct json_out in = json_out_to(&text);

	json_object(&in);
	json_put_cstr(&in, "format", BUNDLE_PART_VALUES_FORMAT);
	for (size_t i = 0; i < b->n_banks; i++) {
		const struct bundle_bank *bank = &b->banks[i];

		json_key(&in, digest_name(bank->alg));
		json_object(&in);
		for (unsigned pcr = 0; pcr < BUNDLE_PCRS; pcr++) {
			char key[12];

			snprintf(key, sizeof key, "%u", pcr);
			if (bank->pcrs >> pcr & 1)
				json_put_hex(&in, key,
					span_make(bank->values[pcr].bytes, digest_size(bank->alg)));
		}
		json_end_object(&in);
	}
	json_end_object(&in);
	put_record(w, part->label, part, buf_span(&text));
}

static void put_part(struct json_out *w, const struct bundle_part *part, const struct bundle *b)
{
	const uint8_t *field = (const uint8_t *)b + part->at;
	const struct span *bytes = (const void *)field;

	switch (part->kind) {
	case BUNDLE_PART_BINDING:
		if (b->has_binding)
			put_binding(w, part, &b->binding);
		break;
	case BUNDLE_PART_VALUES:
		put_values(w, part, b);
		break;
	case BUNDLE_PART_CHAIN:
		put_chain(w, part, (const void *)field);
		break;
	case BUNDLE_PART_BYTES:
		if (bytes->p)
			put_record(w, part->label, part, *bytes);
		break;
	}
}

bool bundle_emit(const struct bundle *b, struct buf *out, struct err *e)
{
	struct json_out w = json_out_to(out);

	json_object(&w);
	json_put_cstr(&w, "__cmwc_t", bundle_type(b->kind));
	for (const struct bundle_part *p = bundle_part_all; p->label; p++)
		if (p->kinds >> b->kind & 1)
			put_part(&w, p, b);
	json_end_object(&w);
	if (!buf_ok(out))
		return buf_full(out, "evidence bundle", e);
	if (out->n > BUNDLE_SIZE_MAX)
		return err_set(e, ERR_LIMIT, "evidence bundle is %zu bytes, limit %d", out->n,
			BUNDLE_SIZE_MAX);
	return true;
}

const struct bundle_bank *bundle_bank_find(const struct bundle *b, enum digest_alg alg)
{
	for (size_t i = 0; i < b->n_banks; i++)
		if (b->banks[i].alg == alg)
			return &b->banks[i];
	return NULL;
}
