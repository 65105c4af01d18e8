#include "lock/buildinfo.h"

#include "base/mem.h"
#include "deb/control.h"
#include "deb/version.h"
#include "lock/member.h"
#include "lock/source_stanza.h"
#include "base/banned.h"

/* What stands between the headers and the signature of a clear-signed text; else all of it. */
static struct str payload(struct str text)
{
	static const char begin[] = "-----BEGIN PGP SIGNED MESSAGE-----",
			  end[] = "\n-----BEGIN PGP SIGNATURE-----";
	const char *at;

	if (!str_starts(text, begin))
		return text;
	at = memmem(text.p, text.n, "\n\n", 2);
	if (!at)
		return text;
	text = str_make(at + 2, text.n - (size_t)(at + 2 - text.p));
	at = memmem(text.p, text.n, end, sizeof end - 1);
	return at ? str_make(text.p, (size_t)(at + 1 - text.p)) : text;
}

/* "NAME" or "NAME (VERSION)" */
static bool read_source(struct buildinfo *b, const struct control_stanza *s, struct err *e)
{
	struct str text, name, rest;

	if (!control_need(s, "Source", &text, e) || !control_need(s, "Version", &b->version, e) ||
		!control_need(s, "Architecture", &b->architecture, e) ||
		!version_check(b->version, e))
		return false;
	b->source = text;
	b->source_version = b->version;
	if (str_cut(text, '(', &name, &rest) && str_ends(rest, ")")) {
		b->source = str_trim(name);
		b->source_version = str_trim(str_make(rest.p, rest.n - 1));
	}
	if (!source_stanza_is_name(b->source))
		return err_set(
			e, ERR_FORMAT, "'%.*s' is no name of a source package", STR_ARG(b->source));
	return version_check(b->source_version, e);
}

/* "NAME (= VERSION)", with ":ARCHITECTURE" behind the name where it is another. */
static bool read_package(struct buildinfo_package *ret, struct str text, struct err *e)
{
	struct str name, version;

	if (!str_cut(text, '(', &name, &version) || !str_starts(version, "= ") ||
		!str_ends(version, ")"))
		return err_set(e, ERR_FORMAT,
			"Installed-Build-Depends: '%.*s' is none such as 'NAME (= VERSION)'",
			(int)(text.n < 80 ? text.n : 80), text.p);
	str_cut(str_trim(name), ':', &ret->name, &name);
	ret->version = str_make(version.p + 2, version.n - 3);
	if (!source_stanza_is_name(ret->name))
		return err_set(e, ERR_FORMAT,
			"Installed-Build-Depends: '%.*s' is no name of a package",
			(int)(text.n < 80 ? text.n : 80), text.p);
	return version_check(ret->version, e);
}

static bool read_installed(
	struct buildinfo *b, const struct control_stanza *s, struct arena *a, struct err *e)
{
	struct buildinfo_package *list = ARENA_ARRAY(
		a, BUILDINFO_PACKAGES_MAX, struct buildinfo_package);
	struct str rest, one;
	bool more = true;

	if (!list)
		return arena_full(a, e);
	if (!control_need(s, "Installed-Build-Depends", &rest, e))
		return false;
	while (more) {
		more = str_cut(rest, ',', &one, &rest);
		one = str_trim(one);
		if (!one.n)
			continue;
		if (b->n_installed == BUILDINFO_PACKAGES_MAX)
			return err_set(e, ERR_LIMIT, "more than %d packages were installed",
				BUILDINFO_PACKAGES_MAX);
		if (!read_package(&list[b->n_installed++], one, e))
			return false;
	}
	b->installed = list;
	return true;
}

static bool is_variable(struct str name)
{
	for (size_t i = 0; i < name.n; i++)
		if (!((name.p[i] >= 'A' && name.p[i] <= 'Z') ||
			    (i && name.p[i] >= '0' && name.p[i] <= '9') || name.p[i] == '_'))
			return false;
	return name.n > 0 && name.n < 64;
}

/* NAME="value", with \" and \\ for what they say. */
static bool read_variable(struct str *ret, struct str line, struct arena *a, struct err *e)
{
	CLEANUP(buf_done) struct buf b = buf_init(65536);
	struct str name, value;

	if (!str_cut(line, '=', &name, &value) || !is_variable(name) || value.n < 2 ||
		!str_starts(value, "\"") || !str_ends(value, "\""))
		return err_set(e, ERR_FORMAT, "Environment: '%.*s' is none such as NAME=\"value\"",
			(int)(line.n < 80 ? line.n : 80), line.p);
	buf_printf(&b, "%.*s=", STR_ARG(name));
	for (size_t i = 1; i + 1 < value.n; i++) {
		if (value.p[i] == '\\' && i + 2 < value.n)
			i++;
		buf_u8(&b, (uint8_t)value.p[i]);
	}
	if (!buf_ok(&b))
		return buf_full(&b, "a variable of Environment", e);
	*ret = arena_str(a, buf_str(&b));
	return ret->p || arena_full(a, e);
}

static bool read_environment(
	struct buildinfo *b, const struct control_stanza *s, struct arena *a, struct err *e)
{
	struct str *list = ARENA_ARRAY(a, BUILDINFO_ENVIRONMENT_MAX, struct str);
	struct str rest = control_field(s, "Environment"), line;
	size_t n = 0;

	if (!list)
		return arena_full(a, e);
	while (control_line(&rest, &line)) {
		if (n == BUILDINFO_ENVIRONMENT_MAX)
			return err_set(e, ERR_LIMIT, "Environment has more than %d variables",
				BUILDINFO_ENVIRONMENT_MAX);
		if (!read_variable(&list[n++], line, a, e))
			return false;
	}
	b->environment = (struct str_list){ list, n };
	return true;
}

/* Lines indented by one blank, an empty one as "."; the entry as it stands in a changelog. */
static bool read_binary_only(
	struct buildinfo *b, const struct control_stanza *s, struct arena *a, struct err *e)
{
	CLEANUP(buf_done) struct buf text = buf_init(65536);
	struct str rest = control_field(s, "Binary-Only-Changes"), line;

	while (rest.n) {
		str_cut(rest, '\n', &line, &rest);
		if (str_starts(line, " "))
			line = str_make(line.p + 1, line.n - 1);
		if (text.n || line.n)
			buf_printf(&text, "%.*s\n", str_is(line, ".") ? 0 : (int)line.n, line.p);
	}
	if (!buf_ok(&text))
		return buf_full(&text, "Binary-Only-Changes", e);
	b->binary_only = arena_str(a, buf_str(&text));
	return b->binary_only.p || arena_full(a, e);
}

static bool read_path(struct buildinfo *b, const struct control_stanza *s, struct err *e)
{
	struct str path = control_field(s, "Build-Path");

	if (!path.n)
		return true;
	if (path.p[0] != '/' || !member_is_path(str_make(path.p + 1, path.n - 1), e))
		return err_set(e, ERR_FORMAT, "Build-Path '%.*s' is no absolute path",
			(int)(path.n < 80 ? path.n : 80), path.p);
	b->path = path;
	return true;
}

bool buildinfo_parse(struct buildinfo *ret, struct span text, struct arena *a, struct err *e)
{
	CLEANUP(mem_free) struct control_stanza *s = MEM_NEW(struct control_stanza);
	struct str all = arena_str(a, str_make((const char *)text.p, text.n));
	struct buildinfo b = { 0 };

	if (!all.p)
		return arena_full(a, e);
	if (!control_one(s, str_span(payload(all)), e) || !read_source(&b, s, e) ||
		!read_installed(&b, s, a, e) || !read_environment(&b, s, a, e) ||
		!read_binary_only(&b, s, a, e) || !read_path(&b, s, e))
		return err_wrap(e, ".buildinfo");
	*ret = b;
	return true;
}
