#include "appraise/policy_tdx.h"

#include "base/hex.h"
#include "trust/pcs_json.h"
#include "base/banned.h"

enum { HEX_U64_MAX = 16, EVALUATION_MAX = 1000000 };

struct policy_tdx policy_tdx_default(void)
{
	struct policy_tdx p = { .tcb_statuses = UINT32_C(1) << TCB_STATUS_UP_TO_DATE };

	for (size_t i = 0; i < TDX_QUOTE_RTMRS - 1; i++)
		p.rtmr[i].required = true; /* the last is for what runs later */
	return p;
}

/* ---- values of one kind; an absent member changes nothing ---- */

/* A list with something in it, or NULL when the member is absent. */
static bool get_list(const struct json **ret, const struct json *o, const char *key, struct err *e)
{
	const struct json *v = json_get(o, key);

	*ret = v;
	if (!v)
		return true;
	if (v->kind != JSON_ARRAY || v->n == 0)
		return err_set(e, ERR_FORMAT, "line %zu: '%s' is a list of values", v->line, key);
	return v->n <= POLICY_TDX_LIST_MAX ||
	       err_set(e, ERR_LIMIT, "line %zu: '%s' has %zu values, limit %d", v->line, key, v->n,
		       POLICY_TDX_LIST_MAX);
}

/* Each of size bytes in hex. */
static bool read_values(struct policy_tdx_values *ret, const struct json *o, const char *key,
	size_t size, struct arena *a, struct err *e)
{
	const struct json *list;
	struct span *values;

	if (!get_list(&list, o, key, e))
		return false;
	if (!list)
		return true;
	values = ARENA_ARRAY(a, list->n, struct span);
	if (!values)
		return arena_full(a, e);
	for (size_t i = 0; i < list->n; i++) {
		const struct json *item = &list->items[i];
		uint8_t *bytes = arena_alloc(a, size);

		if (!bytes)
			return arena_full(a, e);
		if (item->kind != JSON_STRING || !hex_read(item->text, bytes, size))
			return err_set(e, ERR_FORMAT,
				"line %zu: a value of '%s' is %zu lower-case hex digits",
				item->line, key, 2 * size);
		values[i] = span_make(bytes, size);
	}
	*ret = (struct policy_tdx_values){ values, list->n };
	return true;
}

/* "INTEL-SA-00837": with another number of digits it would never be met. */
static bool is_advisory(struct str s)
{
	const size_t digits = 5;

	if (!str_starts(s, "INTEL-") || s.n < digits + 1 || s.p[s.n - digits - 1] != '-')
		return false;
	for (size_t i = s.n - digits; i < s.n; i++)
		if (s.p[i] < '0' || s.p[i] > '9')
			return false;
	return true;
}

static bool read_names(struct policy_tdx_names *ret, bool *given, const struct json *o,
	const char *key, struct arena *a, struct err *e)
{
	const struct json *v = json_get(o, key);
	struct str *names;

	if (!v)
		return true;
	if (v->kind != JSON_ARRAY || v->n > POLICY_TDX_LIST_MAX)
		return err_set(e, ERR_FORMAT, "line %zu: '%s' is a list of at most %d advisories",
			v->line, key, POLICY_TDX_LIST_MAX);
	names = ARENA_ARRAY(a, v->n + 1, struct str);
	if (!names)
		return arena_full(a, e);
	for (size_t i = 0; i < v->n; i++) {
		names[i] = v->items[i].text;
		if (v->items[i].kind != JSON_STRING || !is_advisory(names[i]))
			return err_set(e, ERR_FORMAT,
				"line %zu: an advisory is called like INTEL-SA-00837, with five digits",
				v->items[i].line);
	}
	*ret = (struct policy_tdx_names){ names, v->n };
	*given = true;
	return true;
}

/* One of two words; absent: unchanged. */
static bool read_word(bool *second, const struct json *o, const char *key, const char *first_word,
	const char *second_word, struct err *e)
{
	const struct json *v = json_get(o, key);

	if (!v)
		return true;
	*second = v->kind == JSON_STRING && str_is(v->text, second_word);
	return *second || (v->kind == JSON_STRING && str_is(v->text, first_word)) ||
	       err_set(e, ERR_FORMAT, "line %zu: '%s' is %s or %s", v->line, key, first_word,
		       second_word);
}

static bool read_number(
	uint64_t *ret, const struct json *o, const char *key, uint64_t max, struct err *e)
{
	const struct json *v = json_get(o, key);

	return !v || (v->kind == JSON_STRING && str_u64(v->text, ret, max)) ||
	       err_set(e, ERR_FORMAT, "line %zu: '%s' is a number up to %llu", v->line, key,
		       (unsigned long long)max);
}

/* "0x10000000": bits of a 64-bit field. */
static bool read_mask(uint64_t *ret, const struct json *o, const char *key, struct err *e)
{
	const struct json *v = json_get(o, key);
	char digits[HEX_U64_MAX + 1] = "0000000000000000";
	uint8_t bytes[8];
	struct str s;

	if (!v)
		return true;
	s = v->kind == JSON_STRING ? v->text : STR("");
	if (!str_starts(s, "0x") || s.n == 2 || s.n > 2 + HEX_U64_MAX)
		return err_set(e, ERR_FORMAT, "line %zu: '%s' is like 0x10000000", v->line, key);
	memcpy(digits + HEX_U64_MAX - (s.n - 2), s.p + 2, s.n - 2);
	if (!hex_read(str_of(digits), bytes, sizeof bytes))
		return err_set(e, ERR_FORMAT, "line %zu: '%s' is like 0x10000000", v->line, key);
	*ret = 0;
	for (size_t i = 0; i < sizeof bytes; i++)
		*ret = *ret << 8 | bytes[i];
	return true;
}

static bool read_bits(
	struct policy_tdx_bits *ret, const struct json *o, const char *key, struct err *e)
{
	static const char *const keys[] = { "must", "must-not", NULL };
	const struct json *v = json_get(o, key);

	if (!v)
		return true;
	if (!json_only(v, key, keys, e) || !read_mask(&ret->must, v, "must", e) ||
		!read_mask(&ret->must_not, v, "must-not", e))
		return err_wrap(e, "'%s'", key);
	return !(ret->must & ret->must_not) ||
	       err_set(e, ERR_FORMAT, "line %zu: bits of '%s' must and must not be set", v->line,
		       key);
}

/* ---- members ---- */

static bool read_statuses(uint32_t *ret, const struct json *o, struct err *e)
{
	const struct json *list;
	uint32_t set = 0;

	if (!get_list(&list, o, "tcb-status", e))
		return false;
	for (size_t i = 0; list && i < list->n; i++) {
		const struct json *item = &list->items[i];
		enum tcb_status s = item->kind == JSON_STRING ? tcb_status_of_name(item->text)
							      : TCB_STATUS_NONE;

		if (s == TCB_STATUS_NONE)
			return err_set(e, ERR_FORMAT,
				"line %zu: a TCB status is called like UpToDate or OutOfDate, as Intel writes it",
				item->line);
		if (s == TCB_STATUS_REVOKED)
			return err_set(e, ERR_FORMAT,
				"line %zu: a TCB that Intel has revoked cannot be accepted",
				item->line);
		if (set >> s & 1)
			return err_set(e, ERR_FORMAT, "line %zu: '%s' stands twice", item->line,
				tcb_status_name(s));
		set |= UINT32_C(1) << s;
	}
	*ret = list ? set : *ret;
	return true;
}

static bool read_rtmr(struct policy_tdx_rtmr *ret, const struct json *o, const char *key,
	struct arena *a, struct err *e)
{
	const struct json *v = json_get(o, key);

	if (!v)
		return true;
	if (v->kind == JSON_ARRAY) {
		ret->required = true;
		return read_values(&ret->one_of, o, key, TDX_QUOTE_REGISTER_SIZE, a, e);
	}
	return read_word(&ret->required, o, key, "ignore", "require", e);
}

static bool read_advisories(
	struct policy_tdx *p, const struct json *o, struct arena *a, struct err *e)
{
	static const char *const keys[] = { "deny", "allow", NULL };
	const struct json *v = json_get(o, "advisories");
	bool denied = false;

	if (!v)
		return true;
	return (json_only(v, "advisories", keys, e) &&
		       read_names(&p->advisories_denied, &denied, v, "deny", a, e) &&
		       read_names(&p->advisories_allowed, &p->has_advisories_allowed, v, "allow", a,
			       e)) ||
	       err_wrap(e, "'advisories'");
}

static bool read_svn(uint8_t *ret, const struct json *o, struct err *e)
{
	const struct json *v = json_get(o, "minimum-tee-tcb-svn");

	return !v || (v->kind == JSON_STRING && hex_read(v->text, ret, TDX_QUOTE_SVN_SIZE)) ||
	       err_set(e, ERR_FORMAT, "line %zu: 'minimum-tee-tcb-svn' is %d lower-case hex digits",
		       v->line, 2 * TDX_QUOTE_SVN_SIZE);
}

static bool read_tcb(struct policy_tdx *p, const struct json *o, struct arena *a, struct err *e)
{
	uint64_t grace = 0;

	if (!read_statuses(&p->tcb_statuses, o, e) ||
		!read_number(&grace, o, "grace-days", POLICY_TDX_GRACE_MAX, e) ||
		!read_number(&p->minimum_evaluation, o, "minimum-evaluation-number", EVALUATION_MAX,
			e) ||
		(json_get(o, "minimum-tcb-date") &&
			!pcs_json_time(o, "minimum-tcb-date", &p->minimum_tcb_date, e)) ||
		!read_advisories(p, o, a, e) || !read_svn(p->minimum_svn, o, e) ||
		!read_word(&p->without_crl, o, "crl", "require", "off", e) ||
		!policy_member_crl_age(&p->crl_max_age, o, p->without_crl, e))
		return false;
	p->grace_days = (unsigned)grace;
	return true;
}

static bool read_body(struct policy_tdx *p, const struct json *o, struct arena *a, struct err *e)
{
	static const char *const rtmrs[] = { "rtmr-0", "rtmr-1", "rtmr-2", "rtmr-3" };
	struct {
		const char *key;
		struct policy_tdx_values *to;
		size_t size;
	} lists[] = {
		{ "platforms", &p->platforms, POLICY_TDX_PLATFORM_SIZE },
		{ "mrtd", &p->mrtd, TDX_QUOTE_REGISTER_SIZE },
		{ "mrseam", &p->mrseam, TDX_QUOTE_REGISTER_SIZE },
		{ "mrconfigid", &p->mrconfigid, TDX_QUOTE_REGISTER_SIZE },
		{ "mrowner", &p->mrowner, TDX_QUOTE_REGISTER_SIZE },
		{ "mrownerconfig", &p->mrownerconfig, TDX_QUOTE_REGISTER_SIZE },
		{ "mrservicetd", &p->mrservicetd, TDX_QUOTE_REGISTER_SIZE },
	};

	for (size_t i = 0; i < ARRAY_LEN(lists); i++)
		if (!read_values(lists[i].to, o, lists[i].key, lists[i].size, a, e))
			return false;
	for (size_t i = 0; i < ARRAY_LEN(rtmrs); i++)
		if (!read_rtmr(&p->rtmr[i], o, rtmrs[i], a, e))
			return false;
	return read_bits(&p->attributes, o, "attributes", e) && read_bits(&p->xfam, o, "xfam", e) &&
	       read_word(&p->debug, o, "debug", "deny", "allow", e) &&
	       read_word(&p->migration, o, "migration", "deny", "allow", e);
}

bool policy_tdx_parse(struct policy_tdx *ret, const struct json *v, struct arena *a, struct err *e)
{
	static const char *const keys[] = { "tcb-status", "grace-days", "minimum-tcb-date",
		"minimum-evaluation-number", "minimum-tee-tcb-svn", "advisories", "crl",
		"crl-max-age", "platforms", "mrtd", "mrseam", "rtmr-0", "rtmr-1", "rtmr-2",
		"rtmr-3", "mrconfigid", "mrowner", "mrownerconfig", "mrservicetd", "attributes",
		"xfam", "debug", "migration", NULL };
	struct policy_tdx p = policy_tdx_default();

	if (!json_only(v, "tdx", keys, e) || !read_tcb(&p, v, a, e) || !read_body(&p, v, a, e))
		return err_wrap(e, "'tdx'");
	*ret = p;
	return true;
}
