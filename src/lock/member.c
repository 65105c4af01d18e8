#include "lock/member.h"

#include "base/map.h"
#include "base/banned.h"

bool member_bad(const struct json *v, const char *key, struct err *e)
{
	return err_wrap(e, "line %zu: member '%s'", v->line, key);
}

static bool has_control(struct str v)
{
	for (size_t i = 0; i < v.n; i++)
		if ((unsigned char)v.p[i] < 0x20 || v.p[i] == 0x7f)
			return true;
	return false;
}

bool member_is_text(struct str v, struct err *e)
{
	if (!v.n)
		return err_set(e, ERR_FORMAT, "must not be empty");
	if (has_control(v))
		return err_set(e, ERR_FORMAT, "holds control characters");
	return true;
}

static bool of_characters(struct str v, const char *more)
{
	for (size_t i = 0; i < v.n; i++) {
		char c = v.p[i];
		bool word = (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9');

		if (!c || (!word && !strchr(more, c)))
			return false;
	}
	return v.n > 0 && v.n <= 128;
}

bool member_is_name(struct str v, struct err *e)
{
	if (!of_characters(v, "._+-@") || strchr(".+-@", v.p[0]))
		return err_set(e, ERR_FORMAT, "'%.*s' is no name", STR_ARG(v));
	return true;
}

bool member_is_name_glob(struct str v, struct err *e)
{
	if (!of_characters(v, "._+-@*?") || strchr(".+-@", v.p[0]))
		return err_set(e, ERR_FORMAT, "'%.*s' is no name or pattern of names", STR_ARG(v));
	return true;
}

/* What is wrong with a path, or NULL. Leading ".." components are skipped where they are allowed. */
static const char *path_fault(struct str v, bool up)
{
	struct str head = { 0 }, rest = v;

	if (!v.n)
		return "is empty";
	if (v.n > 4095)
		return "is longer than 4095 bytes";
	if (has_control(v))
		return "holds control characters";
	for (bool more = true; more;) {
		more = str_cut(rest, '/', &head, &rest);
		if (!head.n)
			return "starts or ends with '/' or has an empty component";
		if (head.n > 255)
			return "has a component longer than 255 bytes";
		if (str_is(head, ".") || (str_is(head, "..") && !up))
			return "has a '.' or '..' component";
		up = up && str_is(head, "..");
	}
	return NULL;
}

static bool check_path(struct str v, struct str whole, bool up, struct err *e)
{
	const char *fault = path_fault(v, up);

	if (fault)
		return err_set(e, ERR_FORMAT, "path '%.*s' %s", STR_ARG(whole), fault);
	return true;
}

bool member_is_path(struct str v, struct err *e)
{
	return check_path(v, v, false, e);
}

bool member_is_absolute(struct str v, struct err *e)
{
	if (!v.n || v.p[0] != '/')
		return err_set(e, ERR_FORMAT, "path '%.*s' does not start with '/'", STR_ARG(v));
	return v.n == 1 || check_path(str_make(v.p + 1, v.n - 1), v, false, e);
}

bool member_is_folder(struct str v, struct err *e)
{
	return str_is(v, ".") || check_path(v, v, true, e);
}

bool member_is_port(struct str v, struct err *e)
{
	struct str number, protocol;
	uint64_t n = 0;

	if (!str_cut(v, '/', &number, &protocol) || !str_u64(number, &n, 65535) || !n ||
		(!str_is(protocol, "tcp") && !str_is(protocol, "udp")))
		return err_set(e, ERR_FORMAT, "'%.*s' is no port such as 8080/tcp", STR_ARG(v));
	return true;
}

bool member_is_word(struct str v, struct err *e)
{
	for (size_t i = 0; i < v.n; i++)
		if (v.p[i] <= ' ' || v.p[i] >= 0x7f)
			return err_set(e, ERR_FORMAT,
				"'%.*s' holds blanks or characters that are not printable ASCII",
				STR_ARG(v));
	return v.n ? true : err_set(e, ERR_FORMAT, "must not be empty");
}

static bool missing(const struct json *o, const char *key, struct err *e)
{
	return err_set(e, ERR_FORMAT, "line %zu: member '%s' is missing", o->line, key);
}

bool member_str(const struct json *o, const char *key, bool required, member_check *check,
	struct str *ret, struct err *e)
{
	const struct json *v = json_get(o, key);

	if (!v)
		return required ? missing(o, key, e) : true;
	if (v->kind != JSON_STRING) {
		err_set(e, ERR_FORMAT, "must be one value");
		return member_bad(v, key, e);
	}
	if (check && !check(v->text, e))
		return member_bad(v, key, e);
	*ret = v->text;
	return true;
}

static bool list_item(
	const struct json *v, const char *key, member_check *check, struct map *seen, struct err *e)
{
	if (v->kind != JSON_STRING) {
		err_set(e, ERR_FORMAT, "each element must be one value");
		return member_bad(v, key, e);
	}
	if (!check(v->text, e))
		return member_bad(v, key, e);
	if (seen && map_add(seen, v->text, seen)) {
		err_set(e, ERR_FORMAT, "'%.*s' stands twice", STR_ARG(v->text));
		return member_bad(v, key, e);
	}
	return true;
}

bool member_list(const struct json *o, const char *key, member_check *check, bool distinct,
	struct arena *a, struct str_list *ret, struct err *e)
{
	CLEANUP(map_freep) struct map *seen = distinct ? map_new() : NULL;
	const struct json *v;
	struct str *items;

	if (!member_array(o, key, &v, e))
		return false;
	if (!v)
		return true;
	items = ARENA_ARRAY(a, v->n, struct str);
	if (!items)
		return arena_full(a, e);
	for (size_t i = 0; i < v->n; i++) {
		if (!list_item(&v->items[i], key, check, seen, e))
			return false;
		items[i] = v->items[i].text;
	}
	*ret = (struct str_list){ items, v->n };
	return true;
}

bool member_u64(const struct json *o, const char *key, uint64_t max, uint64_t *ret, struct err *e)
{
	struct str text = { 0 };

	if (!member_str(o, key, true, NULL, &text, e))
		return false;
	if (!str_u64(text, ret, max)) {
		err_set(e, ERR_FORMAT, "'%.*s' is no integer of 0 to %llu", STR_ARG(text),
			(unsigned long long)max);
		return member_bad(json_get(o, key), key, e);
	}
	return true;
}

bool member_mode(const struct json *o, const char *key, uint32_t *ret, struct err *e)
{
	struct str text = { 0 };
	uint32_t mode = 0;
	bool valid;

	if (!member_str(o, key, true, NULL, &text, e))
		return false;
	valid = text.n >= 3 && text.n <= 5;
	for (size_t i = 0; i < text.n && valid; i++) {
		valid = text.p[i] >= '0' && text.p[i] <= '7';
		mode = mode << 3 | (uint32_t)(text.p[i] - '0');
	}
	if (!valid || mode > 07777) {
		err_set(e, ERR_FORMAT, "'%.*s' is no octal mode such as 0755", STR_ARG(text));
		return member_bad(json_get(o, key), key, e);
	}
	*ret = mode;
	return true;
}

static bool container(const struct json *o, const char *key, enum json_kind kind, const char *what,
	const struct json **ret, struct err *e)
{
	const struct json *v = json_get(o, key);

	if (v && v->kind != kind) {
		err_set(e, ERR_FORMAT, "must be a %s", what);
		return member_bad(v, key, e);
	}
	if (v && v->n > MEMBER_LIST_MAX) {
		err_set(e, ERR_LIMIT, "%zu entries, limit %d", v->n, MEMBER_LIST_MAX);
		return member_bad(v, key, e);
	}
	*ret = v;
	return true;
}

bool member_array(const struct json *o, const char *key, const struct json **ret, struct err *e)
{
	return container(o, key, JSON_ARRAY, "list", ret, e);
}

bool member_object(const struct json *o, const char *key, const struct json **ret, struct err *e)
{
	return container(o, key, JSON_OBJECT, "map", ret, e);
}
