#include "trust/trust_member.h"

#include "base/banned.h"

enum { AGE_MAX_S = 3653 * 24 * 3600 };

bool trust_member_list(size_t *n, const struct json *v, const char *key, size_t max, struct err *e)
{
	*n = 0;
	if (!v)
		return true;
	if (v->kind != JSON_ARRAY || v->n > max)
		return err_set(e, ERR_FORMAT, "line %zu: '%s' is a list of at most %zu", v->line,
			key, max);
	*n = v->n;
	return true;
}

bool trust_member_name(struct str *ret, const struct json *o, const char *key, struct err *e)
{
	struct str s;

	if (!json_get_str(o, key, &s, e))
		return err_wrap(e, "line %zu", o->line);
	if (!s.n || s.n > TRUST_MEMBER_NAME_MAX || str_trim(s).n != s.n)
		return err_set(e, ERR_FORMAT,
			"line %zu: '%s' is 1 to %d characters without blanks at its ends", o->line,
			key, TRUST_MEMBER_NAME_MAX);
	*ret = s;
	return true;
}

bool trust_member_count(size_t *ret, const struct json *o, const char *key, size_t max,
	const char *what, struct err *e)
{
	const struct json *v = json_get(o, key);
	uint64_t n;

	if (!v)
		return err_set(e, ERR_FORMAT, "line %zu: '%s' is missing", o->line, key);
	if (!(v->kind == JSON_STRING ? str_u64(v->text, &n, UINT32_MAX)
				     : json_u64(v, UINT32_MAX, &n)) ||
		!n)
		return err_set(e, ERR_FORMAT, "line %zu: '%s' is a number from 1 on", v->line, key);
	if (n > max)
		return err_set(e, ERR_FORMAT, "line %zu: '%s' is %zu, and there are %zu %s",
			v->line, key, (size_t)n, max, what);
	*ret = (size_t)n;
	return true;
}

/* Seconds of a unit; 0 for none. */
static int64_t unit_s(char c)
{
	return c == 's' ? 1 : c == 'm' ? 60 : c == 'h' ? 3600 : c == 'd' ? 24 * 3600 : 0;
}

bool trust_member_age(int64_t *ret, const struct json *o, const char *key, struct err *e)
{
	const struct json *v = json_get(o, key);
	int64_t unit = 0;
	uint64_t n = 0;

	if (!v)
		return true;
	if (v->kind == JSON_STRING && v->text.n > 1)
		unit = unit_s(v->text.p[v->text.n - 1]);
	if (!unit ||
		!str_u64(str_make(v->text.p, v->text.n - 1), &n, (uint64_t)(AGE_MAX_S / unit)) ||
		!n)
		return err_set(e, ERR_FORMAT,
			"line %zu: '%s' is a number with s, m, h or d behind it, as '36h' or '7d', up to ten years",
			v->line, key);
	*ret = (int64_t)n * unit;
	return true;
}
