#include "lock/build_depends.h"

#include "deb/version.h"
#include "lock/source_stanza.h"
#include "base/banned.h"

/* One alternative of a relation. */
struct alternative {
	struct str name, qualifier; /* "python3", "any" */
	struct str operator, version;
	struct str architectures; /* between the brackets; p NULL: none */
	struct str profiles;      /* all lists, "<!nocheck> <stage1 cross>" */
};

static bool is_blank(char c)
{
	return c == ' ' || c == '\t' || c == '\n' || c == '\r';
}

static bool take_word(struct str *rest, struct str *ret)
{
	size_t n = 0;

	*rest = str_trim(*rest);
	while (n < rest->n && !is_blank(rest->p[n]))
		n++;
	*ret = str_make(rest->p, n);
	*rest = str_make(rest->p + n, rest->n - n);
	return n > 0;
}

bool build_depends_is_amd64(struct str architecture)
{
	/* From the right: processor, kernel, C library, ABI. */
	static const char *const parts[] = { "amd64", "linux", "gnu", "base" };
	struct str rest = architecture;
	size_t n = 0;

	if (!rest.n)
		return false;
	for (; n < ARRAY_LEN(parts) && rest.p; n++) {
		size_t at = rest.n;
		struct str part;

		while (at && rest.p[at - 1] != '-')
			at--;
		part = str_make(rest.p + at, rest.n - at);
		if (!str_is(part, "any") && !str_is(part, parts[n]))
			return false;
		rest = at ? str_make(rest.p, at - 1) : str_make(NULL, 0);
	}
	return !rest.p;
}

/* All of a list begin with '!', or none. */
static bool holds_here(struct str list, bool *ret, struct err *e)
{
	bool any = false, none = false, hit = false;
	struct str word;

	while (take_word(&list, &word)) {
		bool not = word.p[0] == '!';

		hit = hit || build_depends_is_amd64(str_make(word.p + not, word.n - not ));
		any = any || !not ;
		none = none || not ;
	}
	if (any == none)
		return err_set(e, ERR_FORMAT,
			"a list of architectures must name some, or with '!' what is left out");
	*ret = any ? hit : !hit;
	return true;
}

static bool is_active(struct str profile, struct str_list profiles)
{
	for (size_t i = 0; i < profiles.n; i++)
		if (str_equal(profiles.items[i], profile))
			return true;
	return false;
}

/* "<!nocheck stage1> <cross>": one of the lists, all words of it. */
static bool holds_for(struct str lists, struct str_list profiles, bool *ret, struct err *e)
{
	struct str list, word;

	*ret = false;
	for (lists = str_trim(lists); lists.n; lists = str_trim(lists)) {
		bool all = true;

		if (lists.p[0] != '<' || str_find(lists, '>') == lists.n)
			return err_set(e, ERR_FORMAT, "a list of build profiles does not end");
		str_cut(str_make(lists.p + 1, lists.n - 1), '>', &list, &lists);
		while (take_word(&list, &word)) {
			bool not = word.p[0] == '!';

			all = all &&
			      is_active(str_make(word.p + not, word.n - not ), profiles) != not ;
		}
		*ret = *ret || all;
	}
	return true;
}

static bool bad(struct str text, const char *why, struct err *e)
{
	return err_set(e, ERR_FORMAT, "'%.*s' is no build dependency: %s",
		(int)(text.n < 80 ? text.n : 80), text.p, why);
}

static bool take_version(struct alternative *a, struct str *rest, struct err *e)
{
	struct str inside;
	size_t n = 0;

	if (!rest->n || rest->p[0] != '(')
		return true;
	if (str_find(*rest, ')') == rest->n)
		return bad(*rest, "no ')'", e);
	str_cut(str_make(rest->p + 1, rest->n - 1), ')', &inside, rest);
	inside = str_trim(inside);
	while (n < inside.n && inside.p[n] && strchr("<=>", inside.p[n]))
		n++;
	a->operator= str_make(inside.p, n);
	a->version = str_trim(str_make(inside.p + n, inside.n - n));
	if (!n || n > 2)
		return bad(inside, "its version has no operator such as '>='", e);
	return version_check(a->version, e);
}

static bool take_architectures(struct alternative *a, struct str *rest, struct err *e)
{
	if (!rest->n || rest->p[0] != '[')
		return true;
	if (str_find(*rest, ']') == rest->n)
		return bad(*rest, "no ']'", e);
	str_cut(str_make(rest->p + 1, rest->n - 1), ']', &a->architectures, rest);
	return true;
}

static bool parse(struct alternative *a, struct str text, struct err *e)
{
	struct str rest = str_trim(text), name;
	size_t n = 0;

	while (n < rest.n && !is_blank(rest.p[n]) && !strchr("([<", rest.p[n]))
		n++;
	name = str_make(rest.p, n);
	rest = str_trim(str_make(rest.p + n, rest.n - n));
	str_cut(name, ':', &a->name, &a->qualifier);
	if (!source_stanza_is_name(a->name))
		return bad(text, "there is no name of a package", e);
	if (!take_version(a, &rest, e))
		return false;
	rest = str_trim(rest);
	if (!take_architectures(a, &rest, e))
		return false;
	a->profiles = str_trim(rest);
	return true;
}

static bool is_wanted(
	const struct alternative *a, struct str_list profiles, bool *ret, struct err *e)
{
	bool here = true, now = true;

	if ((a->architectures.p && !holds_here(a->architectures, &here, e)) ||
		(a->profiles.n && !holds_for(a->profiles, profiles, &now, e)))
		return false;
	*ret = here && now;
	return true;
}

static void put(struct buf *out, const struct alternative *a)
{
	buf_add_str(out, a->name);
	if (a->qualifier.n && !str_is(a->qualifier, "native"))
		buf_printf(out, ":%.*s", STR_ARG(a->qualifier));
	if (a->version.n)
		buf_printf(out, " (%.*s %.*s)", STR_ARG(a->operator), STR_ARG(a->version));
}

/* "a | b [i386] | c" */
static bool reduce_one(
	struct buf *out, struct str relation, struct str_list profiles, struct err *e)
{
	struct str text;
	bool first = true, more = true;

	while (more) {
		struct alternative a = { 0 };
		bool wanted;

		more = str_cut(relation, '|', &text, &relation);
		if (!parse(&a, text, e) || !is_wanted(&a, profiles, &wanted, e))
			return false;
		if (!wanted)
			continue;
		buf_add_cstr(out, first ? (out->n ? ", " : "") : " | ");
		put(out, &a);
		first = false;
	}
	return true;
}

bool build_depends_reduce(
	struct buf *out, struct str field, struct str_list profiles, struct err *e)
{
	struct str relation;
	size_t n = 0;
	bool more = true;

	while (more) {
		more = str_cut(field, ',', &relation, &field);
		if (!str_trim(relation).n)
			continue;
		if (n++ == BUILD_DEPENDS_RELATIONS_MAX)
			return err_set(e, ERR_LIMIT, "more than %d build dependencies",
				BUILD_DEPENDS_RELATIONS_MAX);
		if (!reduce_one(out, relation, profiles, e))
			return false;
	}
	return buf_ok(out) || buf_full(out, "a list of build dependencies", e);
}
