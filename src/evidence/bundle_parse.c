#include "evidence/bundle.h"

#include "base/hex.h"
#include "codec/base64.h"
#include "codec/json.h"
#include "evidence/bundle_part.h"
#include "base/banned.h"

static bool read_binding(struct binding *ret, struct span text, struct arena *a, struct err *e)
{
	static const char *const keys[] = { "format", "role", "nonce", "secret_digest", "channel",
		NULL };
	struct json v;

	return json_parse(&v, text, a, e) && json_check_format(&v, BUNDLE_PART_BINDING_FORMAT, e) &&
	       json_only(&v, "binding", keys, e) && json_get_str(&v, "role", &ret->role, e) &&
	       json_get_hex(&v, "nonce", ret->nonce, sizeof ret->nonce, e) &&
	       json_get_hex(
		       &v, "secret_digest", ret->secret_digest, sizeof ret->secret_digest, e) &&
	       json_get_hex(&v, "channel", ret->channel, sizeof ret->channel, e);
}

static bool read_bank(
	struct bundle_bank *bank, struct str name, const struct json *v, struct err *e)
{
	bank->alg = digest_from_name(name);
	if (bank->alg == DIGEST_NONE || v->kind != JSON_OBJECT)
		return err_set(e, ERR_FORMAT, "line %zu: '%.*s' is no bank of PCR values", v->line,
			STR_ARG(name));
	for (size_t i = 0; i < v->n; i++) {
		uint64_t pcr;

		if (!str_u64(v->keys[i], &pcr, BUNDLE_PCRS - 1))
			return err_set(e, ERR_FORMAT, "line %zu: '%.*s' is no PCR, want 0 to %d",
				v->items[i].line, STR_ARG(v->keys[i]), BUNDLE_PCRS - 1);
		bank->values[pcr].alg = bank->alg;
		if (v->items[i].kind != JSON_STRING ||
			!hex_read(
				v->items[i].text, bank->values[pcr].bytes, digest_size(bank->alg)))
			return err_set(e, ERR_FORMAT,
				"line %zu: value of PCR %u must be %zu lower-case hex digits",
				v->items[i].line, (unsigned)pcr, 2 * digest_size(bank->alg));
		bank->pcrs |= UINT32_C(1) << pcr;
	}
	return true;
}

bool bundle_values_read(struct bundle *b, struct span text, struct arena *a, struct err *e)
{
	struct json v;

	if (!json_parse(&v, text, a, e) || !json_check_format(&v, BUNDLE_PART_VALUES_FORMAT, e))
		return false;
	for (size_t i = 0; i < v.n; i++) {
		if (str_is(v.keys[i], "format"))
			continue;
		if (b->n_banks == BUNDLE_BANKS_MAX)
			return err_set(e, ERR_LIMIT, "more than %d banks", BUNDLE_BANKS_MAX);
		if (!read_bank(&b->banks[b->n_banks], v.keys[i], &v.items[i], e))
			return false;
		b->n_banks++;
	}
	if (b->n_banks == 0)
		return err_set(e, ERR_FORMAT, "no bank of PCR values");
	return true;
}

/* The record [type, base64url, indicator] as the table says it must be. */
static bool read_record(struct span *ret, const struct json *v, const struct bundle_part *part,
	struct arena *a, struct err *e)
{
	uint64_t indicator;

	if (v->kind != JSON_ARRAY || v->n != 3 || v->items[0].kind != JSON_STRING ||
		v->items[1].kind != JSON_STRING || !json_u64(&v->items[2], 15, &indicator))
		return err_set(e, ERR_FORMAT, "line %zu: want [media type, base64url, indicator]",
			v->line);
	if (!str_is(v->items[0].text, part->type))
		return err_set(e, ERR_FORMAT, "line %zu: media type is '%.*s', want '%s'", v->line,
			STR_ARG(v->items[0].text), part->type);
	if (indicator != part->indicator)
		return err_set(e, ERR_FORMAT, "line %zu: indicator is %u, want %u", v->line,
			(unsigned)indicator, (unsigned)part->indicator);
	if (!base64_read(ret, v->items[1].text, BASE64_URL, a, e))
		return false;
	if (ret->n > part->size_max)
		return err_set(e, ERR_LIMIT, "%zu bytes, limit %zu", ret->n, part->size_max);
	return true;
}

static bool read_part(struct bundle *b, const struct bundle_part *part, const struct json *v,
	struct arena *a, struct err *e)
{
	uint8_t *field = (uint8_t *)b + part->at;
	struct span bytes;

	if (!read_record(&bytes, v, part, a, e))
		return false;
	if (part->kind == BUNDLE_PART_BINDING) {
		b->has_binding = true;
		return read_binding(&b->binding, bytes, a, e);
	}
	if (part->kind == BUNDLE_PART_VALUES)
		return bundle_values_read(b, bytes, a, e);
	if (part->kind == BUNDLE_PART_BYTES) {
		*(struct span *)(void *)field = bytes;
	} else {
		struct bundle_chain *chain = (void *)field;

		chain->certificates[chain->n++] = bytes;
	}
	return true;
}

/* The part that a label names; the certificates of a chain must come in their order: 0, 1, 2. */
static const struct bundle_part *part_of(const struct bundle *b, struct str label)
{
	for (const struct bundle_part *p = bundle_part_all; p->label; p++) {
		const struct bundle_chain *chain = (const void *)((const uint8_t *)b + p->at);
		size_t n = strlen(p->label);
		uint64_t i;

		if (!(p->kinds >> b->kind & 1))
			continue;
		if (p->kind != BUNDLE_PART_CHAIN) {
			if (str_is(label, p->label))
				return p;
			continue;
		}
		if (str_starts(label, p->label) && label.n > n + 1 && label.p[n] == '.' &&
			str_u64(str_make(label.p + n + 1, label.n - n - 1), &i,
				BUNDLE_CERTIFICATES_MAX - 1) &&
			i == chain->n)
			return p;
	}
	return NULL;
}

static bool check_required(enum bundle_kind kind, const struct json *v, struct err *e)
{
	for (const struct bundle_part *p = bundle_part_all; p->label; p++)
		if (p->required >> kind & 1 && !json_get(v, p->label))
			return err_set(
				e, ERR_FORMAT, "evidence bundle: part '%s' is missing", p->label);
	return true;
}

static bool read_type(enum bundle_kind *ret, const struct json *v, struct err *e)
{
	struct str type;

	if (v->kind != JSON_OBJECT)
		return err_set(e, ERR_FORMAT, "evidence bundle: want a CMW collection, an object");
	if (!json_get(v, "__cmwc_t"))
		return err_set(e, ERR_FORMAT,
			"evidence bundle: it does not say that it is one: '__cmwc_t' is missing");
	if (!json_get_str(v, "__cmwc_t", &type, e))
		return err_wrap(e, "evidence bundle");
	for (unsigned kind = 0; kind < BUNDLE_KINDS; kind++)
		if (str_is(type, bundle_type(kind))) {
			*ret = kind;
			return true;
		}
	return err_set(e, ERR_FORMAT,
		"evidence bundle: type '%.*s' is not known, want '%s' or that of another kind",
		STR_ARG(type), bundle_type(BUNDLE_TPM));
}

bool bundle_parse(struct bundle *ret, struct span json, struct arena *a, struct err *e)
{
	struct bundle b = { 0 };
	struct json v;

	if (json.n > BUNDLE_SIZE_MAX)
		return err_set(e, ERR_LIMIT, "evidence bundle is %zu bytes, limit %d", json.n,
			BUNDLE_SIZE_MAX);
	if (!json_parse(&v, json, a, e))
		return err_wrap(e, "evidence bundle");
	if (!read_type(&b.kind, &v, e) || !check_required(b.kind, &v, e))
		return false;
	for (size_t i = 0; i < v.n; i++) {
		const struct bundle_part *part;

		if (str_is(v.keys[i], "__cmwc_t"))
			continue;
		part = part_of(&b, v.keys[i]);
		if (!part)
			return err_set(e, ERR_FORMAT,
				"evidence bundle: part '%.*s' is not one of a bundle for %s, or a certificate stands out of order",
				STR_ARG(v.keys[i]), bundle_kind_name(b.kind));
		if (!read_part(&b, part, &v.items[i], a, e))
			return err_wrap(e, "evidence bundle: part '%s'", part->label);
	}
	*ret = b;
	return true;
}
