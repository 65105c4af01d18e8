#include "page/told_verdict.h"

#include "base/banned.h"

#define TOLD_FORMAT "assay.verdict/1"

enum { VALUE_MAX = 127 };

size_t told_verdict_count(const struct told_verdict *v, enum check_result result)
{
	size_t n = 0;

	for (size_t i = 0; i < v->n_checks; i++)
		n += v->checks[i].result == result;
	return n;
}

static bool get_text(const struct json *o, const char *key, struct str *ret, struct err *e)
{
	if (!json_get_str(o, key, ret, e))
		return false;
	return ret->n <= TOLD_VERDICT_TEXT_MAX ||
	       err_set(e, ERR_LIMIT, "line %zu: member '%s' is longer than %d bytes", o->line, key,
		       TOLD_VERDICT_TEXT_MAX);
}

static bool get_optional(const struct json *o, const char *key, struct str *ret, struct err *e)
{
	return !json_get(o, key) || get_text(o, key, ret, e);
}

static bool get_result(const struct json *o, enum check_result *ret, struct err *e)
{
	static const enum check_result all[] = { CHECK_FAILED, CHECK_PASSED, CHECK_NOT_APPLICABLE };
	struct str name;

	if (!json_get_str(o, "result", &name, e))
		return false;
	for (size_t i = 0; i < ARRAY_LEN(all); i++)
		if (str_is(name, check_result_name(all[i]))) {
			*ret = all[i];
			return true;
		}
	return err_set(
		e, ERR_FORMAT, "line %zu: '%.*s' is no result of a check", o->line, STR_ARG(name));
}

static bool get_check(const struct json *o, struct told_check *ret, struct err *e)
{
	struct told_check c = { 0 };

	if (!get_text(o, "name", &c.name, e) || !get_result(o, &c.result, e) ||
		!get_text(o, "what", &c.what, e) || !get_text(o, "claim", &c.claim, e))
		return false;
	if (!get_optional(o, "want", &c.want, e) || !get_optional(o, "got", &c.got, e) ||
		!get_optional(o, "whose", &c.whose, e) || !get_optional(o, "reason", &c.reason, e))
		return false;
	*ret = c;
	return true;
}

static bool get_checks(const struct json *o, struct told_verdict *v, struct arena *a, struct err *e)
{
	struct told_check *checks;
	const struct json *list;

	if (!json_get_array(o, "checks", &list, e))
		return false;
	if (list->n > CHECK_LIST_MAX)
		return err_set(e, ERR_LIMIT, "line %zu: %zu checks, limit %d", list->line, list->n,
			CHECK_LIST_MAX);
	checks = ARENA_ARRAY(a, list->n, struct told_check);
	if (!checks && list->n)
		return arena_full(a, e);
	for (size_t i = 0; i < list->n; i++)
		if (!get_check(&list->items[i], &checks[i], e))
			return false;
	for (size_t i = 0; i < list->n; i++)
		v->fresh |= str_is(checks[i].name, "nonce") && checks[i].result == CHECK_PASSED;
	v->checks = checks;
	v->n_checks = list->n;
	return true;
}

/* The vector leaves out what is not claimed. */
static bool get_claims(
	const struct json *o, const struct json *vector, struct told_verdict *v, struct err *e)
{
	const struct json *why;

	if (!json_get_object(o, "claims", &why, e))
		return false;
	for (unsigned i = 0; i < CHECK_CLAIMS; i++) {
		const char *name = check_claim_name(i);

		v->claims[i].name = str_of(name);
		if (!get_optional(why, name, &v->claims[i].why, e))
			return false;
		if (json_get(vector, name) &&
			!json_get_u64(vector, name, VALUE_MAX, &v->claims[i].value, e))
			return false;
	}
	return true;
}

static bool get_status(const struct json *o, struct told_verdict *v, struct err *e)
{
	static const enum verdict_status all[] = { VERDICT_NONE, VERDICT_AFFIRMING, VERDICT_WARNING,
		VERDICT_CONTRAINDICATED };
	struct str name;

	if (!json_get_str(o, "ear.status", &name, e))
		return false;
	for (size_t i = 0; i < ARRAY_LEN(all); i++)
		if (str_is(name, verdict_status_name(all[i]))) {
			v->status = all[i];
			return true;
		}
	return err_set(e, ERR_FORMAT, "line %zu: '%.*s' is no status", o->line, STR_ARG(name));
}

static bool get_submod(const struct json *o, struct told_verdict *v, struct arena *a, struct err *e)
{
	const struct json *own, *origins;

	if (!get_status(o, v, e) || !get_text(o, "ear.appraisal-policy-id", &v->policy, e) ||
		!json_get_object(o, "assay.verdict", &own, e) ||
		!json_check_format(own, TOLD_FORMAT, e) ||
		!get_claims(own, json_get(o, "ear.trustworthiness-vector"), v, e))
		return false;
	origins = json_get(own, "origins");
	v->has_manifest = origins != NULL;
	if (origins &&
		!json_get_hex(origins, "manifest-sha256", v->manifest_sha256, SHA256_SIZE, e))
		return false;
	return get_checks(own, v, a, e);
}

/* A token: three runs of base64url with dots, which begins with '{"' encoded. */
static bool is_token(struct span text)
{
	return text.n > 3 && !memcmp(text.p, "eyJ", 3);
}

bool told_verdict_parse(struct told_verdict *ret, struct span text, struct arena *a, struct err *e)
{
	struct told_verdict v = { 0 };
	const struct json *verifier, *submods;
	struct json doc;

	if (is_token(text)) {
		err_set(e, ERR_USAGE, "a signed token is no verdict that can be shown");
		return err_hint(e, "give what `assay verify --json` prints");
	}
	if (text.n > TOLD_VERDICT_SIZE_MAX)
		return err_set(e, ERR_LIMIT, "verdict is %zu bytes, limit %d", text.n,
			TOLD_VERDICT_SIZE_MAX);
	if (!json_parse(&doc, text, a, e) ||
		!json_get_u64(&doc, "iat", UINT32_MAX, &v.at_unix, e) ||
		!json_get_object(&doc, "ear.verifier-id", &verifier, e) ||
		!get_text(verifier, "build", &v.verifier, e) ||
		!json_get_object(&doc, "submods", &submods, e))
		return false;
	if (submods->n != 1 || submods->items[0].kind != JSON_OBJECT)
		return err_set(e, ERR_FORMAT,
			"line %zu: 'submods' has %zu members, wanted one appraised part",
			submods->line, submods->n);
	v.kind = submods->keys[0];
	if (!get_submod(&submods->items[0], &v, a, e))
		return false;
	if (v.status == VERDICT_AFFIRMING && (!v.n_checks || told_verdict_count(&v, CHECK_FAILED)))
		return err_set(e, ERR_FORMAT,
			"a verdict that affirms with %zu checks, %zu of them failed, is none of assay's",
			v.n_checks, told_verdict_count(&v, CHECK_FAILED));
	*ret = v;
	return true;
}
