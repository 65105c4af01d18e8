#include "net/apt_sources.h"

#include "base/buf.h"
#include "base/banned.h"

/* Values of one stanza; a field may go on in lines that begin with a blank. */
struct stanza {
	struct buf types, uris, components, signed_by, enabled;
	struct buf *last; /* of the field that may go on; NULL: one that we pass over */
	bool any;
};

static struct str next_word(struct str *rest)
{
	struct str word, all = str_trim(*rest);
	size_t n = 0;

	if (!all.n) /* p may be NULL, to which nothing is added */
		return *rest = all;
	while (n < all.n && all.p[n] != ' ' && all.p[n] != '\t' && all.p[n] != '\n')
		n++;
	word = str_make(all.p, n);
	*rest = str_make(all.p + n, all.n - n);
	return word;
}

static bool has_word(struct str text, const char *word)
{
	for (struct str w; (w = next_word(&text)).n;)
		if (str_is(w, word))
			return true;
	return false;
}

static bool equal_fold(struct str a, const char *b)
{
	return a.n == strlen(b) && strncasecmp(a.p, b, a.n) == 0;
}

/* apt's words for no. */
static bool says_no(struct str s)
{
	static const char *const words[] = { "no", "false", "without", "off", "disable" };

	for (size_t i = 0; i < ARRAY_LEN(words); i++)
		if (equal_fold(s, words[i]))
			return true;
	return false;
}

static bool contains(struct str s, const char *part)
{
	size_t n = strlen(part);

	for (size_t i = 0; i + n <= s.n; i++)
		if (!memcmp(s.p + i, part, n))
			return true;
	return false;
}

/* Debian's keyring, in all the places and spellings where it was and is kept. */
static bool signed_by_debian(struct str signed_by)
{
	return str_trim(signed_by).n == 0 || contains(signed_by, "debian-archive");
}

static bool give_uris(struct str uris, const struct apt_sources_take *take, struct err *e)
{
	for (struct str u; (u = next_word(&uris)).n;)
		if (!take->uri(take->ctx, u, e))
			return false;
	return true;
}

static bool stanza_end(struct stanza *s, const struct apt_sources_take *take, struct err *e)
{
	struct buf *all[] = { &s->types, &s->uris, &s->components, &s->signed_by, &s->enabled };
	bool wanted = has_word(buf_str(&s->types), "deb") &&
		      has_word(buf_str(&s->components), "main") &&
		      signed_by_debian(buf_str(&s->signed_by)) &&
		      !says_no(str_trim(buf_str(&s->enabled)));

	for (size_t i = 0; i < ARRAY_LEN(all); i++)
		if (!buf_ok(all[i]))
			return buf_full(all[i], "a field of an apt source", e);
	if (wanted && !give_uris(buf_str(&s->uris), take, e))
		return false;
	for (size_t i = 0; i < ARRAY_LEN(all); i++)
		all[i]->n = 0;
	s->last = NULL;
	return true;
}

static struct buf *field_of(struct stanza *s, struct str name)
{
	if (equal_fold(name, "types"))
		return &s->types;
	if (equal_fold(name, "uris"))
		return &s->uris;
	if (equal_fold(name, "components"))
		return &s->components;
	if (equal_fold(name, "signed-by"))
		return &s->signed_by;
	return equal_fold(name, "enabled") ? &s->enabled : NULL;
}

static bool stanza_line(
	struct stanza *s, struct str line, const struct apt_sources_take *take, struct err *e)
{
	struct str name, value;

	if (line.n && line.p[0] == '#')
		return true;
	if (str_trim(line).n == 0)
		return stanza_end(s, take, e);
	if (line.p[0] == ' ' || line.p[0] == '\t') {
		value = line;
	} else {
		if (!str_cut(line, ':', &name, &value))
			return true;
		s->last = field_of(s, str_trim(name));
	}
	if (s->last) {
		buf_add_cstr(s->last, " ");
		buf_add_str(s->last, str_trim(value));
	}
	return true;
}

bool apt_sources_deb822(struct str text, const struct apt_sources_take *take, struct err *e)
{
	struct stanza s = { 0 };
	struct buf *all[] = { &s.types, &s.uris, &s.components, &s.signed_by, &s.enabled };
	bool ok = true, more = true;

	for (size_t i = 0; i < ARRAY_LEN(all); i++)
		*all[i] = buf_init(APT_SOURCES_STANZA_MAX);
	while (ok && more) {
		struct str line;

		more = str_cut(text, '\n', &line, &text);
		ok = stanza_line(&s, line, take, e);
	}
	ok = ok && stanza_end(&s, take, e);
	for (size_t i = 0; i < ARRAY_LEN(all); i++)
		buf_done(all[i]);
	return ok;
}

/* "deb [options] URI suite component...": the part in brackets, if there is one, is cut off the rest. */
static struct str cut_options(struct str *rest)
{
	struct str options = { 0 }, after, r = str_trim(*rest);

	if (r.n && r.p[0] == '[' && str_cut(str_make(r.p + 1, r.n - 1), ']', &options, &after)) {
		*rest = after;
		return options;
	}
	return (struct str){ 0 };
}

static struct str option_value(struct str options, const char *name)
{
	for (struct str w, key, value; (w = next_word(&options)).n;)
		if (str_cut(w, '=', &key, &value) && equal_fold(key, name))
			return value;
	return (struct str){ 0 };
}

static bool list_line(struct str line, const struct apt_sources_take *take, struct err *e)
{
	struct str comment, options, uri;

	str_cut(line, '#', &line, &comment);
	if (!str_is(next_word(&line), "deb"))
		return true;
	options = cut_options(&line);
	uri = next_word(&line);
	next_word(&line); /* the suite */
	if (!uri.n || !has_word(line, "main") ||
		!signed_by_debian(option_value(options, "signed-by")))
		return true;
	return take->uri(take->ctx, uri, e);
}

bool apt_sources_list(struct str text, const struct apt_sources_take *take, struct err *e)
{
	bool more = true;

	while (more) {
		struct str line;

		more = str_cut(text, '\n', &line, &text);
		if (!list_line(line, take, e))
			return false;
	}
	return true;
}
