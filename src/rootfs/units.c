#include "rootfs/units.h"

#include "rootfs/entry.h"
#include "base/banned.h"

#define ORIGIN "generated:units"

struct unit {
	struct str name;     /* "getty@tty1.service" */
	struct str file;     /* path of the file, that of the template for an instance */
	struct str instance; /* "tty1", else empty */
	bool installed;
};

static bool find_file(const struct tree *t, struct unit *u, struct arena *a)
{
	static const char *const folders[] = { "etc/systemd/system", "usr/lib/systemd/system" };
	size_t at = str_find(u->name, '@'), dot = u->name.n;
	struct str file = u->name;

	while (dot > 0 && u->name.p[dot - 1] != '.')
		dot--;
	if (at < u->name.n && dot > at + 2) {
		u->instance = str_make(u->name.p + at + 1, dot - at - 2);
		file = arena_printf(a, "%.*s@%.*s", (int)at, u->name.p, (int)(u->name.n - dot + 1),
			u->name.p + dot - 1);
	}
	for (size_t i = 0; i < ARRAY_LEN(folders); i++) {
		struct str path = arena_printf(a, "%s/%.*s", folders[i], STR_ARG(file));
		const struct node *n = path.p ? tree_find(t, path) : NULL;

		if (n && n->kind == NODE_FILE) {
			u->file = path;
			return true;
		}
	}
	return false;
}

static bool put_link(struct tree *t, const struct unit *u, struct str path, struct err *e)
{
	struct str target = arena_printf(tree_arena(t), "/%.*s", STR_ARG(u->file));

	return entry_link_over(t, path, target, ORIGIN, e);
}

/* %i and %I of a template's [Install] section become the instance. */
static struct str expand(struct arena *a, struct str word, const struct unit *u)
{
	size_t at = str_find(word, '%');

	if (at + 1 >= word.n || (word.p[at + 1] != 'i' && word.p[at + 1] != 'I'))
		return word;
	return arena_printf(a, "%.*s%.*s%.*s", (int)at, word.p, STR_ARG(u->instance),
		(int)(word.n - at - 2), word.p + at + 2);
}

static bool install_word(
	struct tree *t, struct unit *u, struct str key, struct str word, struct err *e)
{
	struct arena *a = tree_arena(t);
	const char *suffix = str_is(key, "WantedBy")     ? ".wants"
			     : str_is(key, "RequiredBy") ? ".requires"
							 : NULL;
	struct str path;

	if (!suffix && !str_is(key, "Alias"))
		return true;
	word = expand(a, word, u);
	path = suffix ? arena_printf(a, "etc/systemd/system/%.*s%s/%.*s", STR_ARG(word), suffix,
				STR_ARG(u->name))
		      : arena_printf(a, "etc/systemd/system/%.*s", STR_ARG(word));
	u->installed = true;
	return path.p ? put_link(t, u, path, e) : arena_full(a, e);
}

static bool install_line(struct tree *t, struct unit *u, struct str line, struct err *e)
{
	struct str key, values, word;

	if (!str_cut(line, '=', &key, &values))
		return true;
	key = str_trim(key);
	for (values = str_trim(values); values.n; values = str_trim(values)) {
		(void)str_cut(values, ' ', &word, &values);
		if (!install_word(t, u, key, word, e))
			return false;
	}
	return true;
}

static bool enable(struct tree *t, struct str name, struct err *e)
{
	struct unit u = { .name = name };
	CLEANUP(buf_done) struct buf text = { 0 };
	struct str line, rest;
	bool in_install = false;

	if (!find_file(t, &u, tree_arena(t))) {
		err_set(e, ERR_NOTFOUND,
			"unit '%.*s' is to be enabled, but no package or overlay has it",
			STR_ARG(name));
		return err_hint(e,
			"name its package under packages:, or take it out of image: units: enable:");
	}
	if (!entry_text(t, u.file, UNIT_FILE_MAX, &text, e))
		return false;
	for (rest = buf_str(&text); rest.n;) {
		(void)str_cut(rest, '\n', &line, &rest);
		line = str_trim(line);
		if (line.n && line.p[0] == '[')
			in_install = str_is(line, "[Install]");
		else if (in_install && !install_line(t, &u, line, e))
			return false;
	}
	return u.installed ? true
			   : err_set(e, ERR_FORMAT,
				     "unit '%.*s' has no [Install] section that enables it",
				     STR_ARG(name));
}

bool units_install(struct tree *t, const struct description *d, struct err *e)
{
	for (size_t i = 0; i < d->units_enable.n; i++)
		if (!enable(t, d->units_enable.items[i], e))
			return false;
	for (size_t i = 0; i < d->units_mask.n; i++) {
		struct str path = arena_printf(
			tree_arena(t), "etc/systemd/system/%.*s", STR_ARG(d->units_mask.items[i]));

		if (!path.p)
			return arena_full(tree_arena(t), e);
		if (!entry_link_over(t, path, STR("/dev/null"), ORIGIN, e))
			return false;
	}
	return true;
}
