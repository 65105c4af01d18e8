#include "appraise/policy_member.h"

#include "base/hex.h"
#include "base/banned.h"

bool policy_member_word(bool *second, const struct json *o, const char *key, const char *first_word,
	const char *second_word, struct err *e)
{
	const struct json *v = json_get(o, key);

	if (!v)
		return true;
	if (v->kind != JSON_STRING ||
		!(str_is(v->text, first_word) || str_is(v->text, second_word)))
		return err_set(e, ERR_FORMAT, "line %zu: '%s' is %s or %s", v->line, key,
			first_word, second_word);
	*second = str_is(v->text, second_word);
	return true;
}

bool policy_member_registers(
	uint32_t *ret, const struct json *o, const char *key, unsigned n, struct err *e)
{
	const struct json *v = json_get(o, key);
	uint32_t set = 0;

	if (!v)
		return true;
	if (v->kind != JSON_ARRAY || v->n == 0)
		return err_set(
			e, ERR_FORMAT, "line %zu: '%s' is a list of PCR numbers", v->line, key);
	for (size_t i = 0; i < v->n; i++) {
		const struct json *item = &v->items[i];
		uint64_t pcr;

		if (item->kind != JSON_STRING || !str_u64(item->text, &pcr, n - 1))
			return err_set(e, ERR_FORMAT, "line %zu: a PCR is a number from 0 to %u",
				item->line, n - 1);
		if (set >> pcr & 1)
			return err_set(e, ERR_FORMAT, "line %zu: PCR %u stands twice", item->line,
				(unsigned)pcr);
		set |= UINT32_C(1) << pcr;
	}
	*ret = set;
	return true;
}

bool policy_member_seconds(
	int64_t *ret, const struct json *o, const char *key, int64_t max, struct err *e)
{
	const struct json *v = json_get(o, key);
	uint64_t seconds;

	if (!v)
		return true;
	if (v->kind != JSON_STRING || !str_u64(v->text, &seconds, (uint64_t)max))
		return err_set(e, ERR_FORMAT, "line %zu: '%s' is a number of seconds up to %lld",
			v->line, key, (long long)max);
	*ret = (int64_t)seconds;
	return true;
}

bool policy_member_crl_age(
	struct policy_member_age *ret, const struct json *o, bool off, struct err *e)
{
	const struct json *v = json_get(o, "crl-max-age");

	if (v && off)
		return err_set(e, ERR_FORMAT,
			"line %zu: 'crl-max-age' is of lists that 'crl: off' does not look at",
			v->line);
	if (!policy_member_seconds(&ret->max_s, o, "crl-max-age", POLICY_MEMBER_CRL_AGE_MAX, e))
		return false;
	ret->given |= v != NULL;
	return true;
}

bool policy_member_bytes(struct span *ret, const struct json *o, const char *key, size_t min,
	size_t max, struct arena *a, struct err *e)
{
	const struct json *v = json_get(o, key);
	uint8_t *p;
	size_t n;

	if (!v)
		return true;
	n = v->kind == JSON_STRING ? v->text.n / 2 : 0;
	if (v->kind != JSON_STRING || n < min || n > max)
		return err_set(e, ERR_FORMAT, "line %zu: '%s' is %zu to %zu bytes in hex", v->line,
			key, min, max);
	p = arena_alloc(a, n + 1);
	if (!p)
		return arena_full(a, e);
	if (!hex_read(v->text, p, n))
		return err_set(e, ERR_FORMAT, "line %zu: '%s' is no lower-case hex", v->line, key);
	*ret = span_make(p, n);
	return true;
}

bool policy_member_texts(const struct str **ret, size_t *n, const struct json *o, const char *key,
	size_t max, struct arena *a, struct err *e)
{
	const struct json *v = json_get(o, key);
	struct str *texts;

	if (!v)
		return true;
	if (v->kind != JSON_ARRAY || v->n == 0 || v->n > max)
		return err_set(e, ERR_FORMAT, "line %zu: '%s' is a list of 1 to %zu texts", v->line,
			key, max);
	texts = ARENA_ARRAY(a, v->n, struct str);
	if (!texts)
		return arena_full(a, e);
	for (size_t i = 0; i < v->n; i++) {
		if (v->items[i].kind != JSON_STRING || !v->items[i].text.n)
			return err_set(e, ERR_FORMAT, "line %zu: '%s' is a list of texts",
				v->items[i].line, key);
		texts[i] = v->items[i].text;
	}
	*ret = texts;
	*n = v->n;
	return true;
}

void policy_member_tell_numbers(uint32_t set, struct buf *out)
{
	bool first = true;

	for (unsigned i = 0; i < 32; i++) {
		if (!(set >> i & 1))
			continue;
		set &= ~(UINT32_C(1) << i);
		buf_printf(out, "%s%u", first ? "" : set ? ", " : " and ", i);
		first = false;
	}
}
