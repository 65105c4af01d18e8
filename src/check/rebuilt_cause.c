#include "check/rebuilt_cause.h"

#include <stdlib.h>

#include "base/buf.h"
#include "base/map.h"
#include "base/mem.h"
#include "check/content_rule.h"
#include "base/banned.h"

enum { PLACES_SHOWN = 4, WORD_SHOWN = 60 };

/* What is gathered of one file. */
struct gathered {
	struct rebuilt_file file;
	const struct diff_leaf **leaves;
	size_t n, room;
};

struct gathering {
	struct map *places; /* path -> index + 1 */
	struct gathered *files;
	size_t n, room;
	bool younger;
	struct arena *a;
};

static void gathering_done(struct gathering *g)
{
	for (size_t i = 0; i < g->n; i++)
		mem_free(&g->files[i].leaves);
	mem_free(&g->files);
	map_free(g->places);
}

/* Where the file's own places begin in l->where: behind "ar", "data.tar.xz", "tar", PATH. */
enum { AT_MEMBER = 1, AT_PATH = 3, AT_INSIDE = 4 };

static bool path_of(struct str *ret, const struct diff_leaf *l, struct arena *a, struct err *e)
{
	struct str member = l->n_where > AT_MEMBER ? l->where[AT_MEMBER] : STR("(archive)");

	*ret = member;
	if (l->n_where > AT_PATH && str_starts(member, "data.tar"))
		*ret = l->where[AT_PATH];
	else if (l->n_where > AT_PATH && str_starts(member, "control.tar"))
		*ret = arena_printf(a, "DEBIAN/%.*s", STR_ARG(l->where[AT_PATH]));
	return ret->p || arena_full(a, e);
}

static bool gather(struct gathering *g, const struct diff_leaf *l, struct err *e)
{
	struct gathered *f;
	struct str path;
	uintptr_t at;

	if (!path_of(&path, l, g->a, e))
		return false;
	at = (uintptr_t)map_get(g->places, path);
	if (!at) {
		if (g->n == REBUILT_CAUSE_FILES_MAX)
			return err_set(e, ERR_LIMIT, "more than %d files of a package differ",
				REBUILT_CAUSE_FILES_MAX);
		if (g->n == g->room) {
			g->room = g->room ? 2 * g->room : 64;
			g->files = mem_grow(g->files, g->room, sizeof *g->files);
		}
		at = ++g->n;
		g->files[at - 1] = (struct gathered){ .file.path = path };
		map_add(g->places, path, (void *)at);
	}
	f = &g->files[at - 1];
	if (f->n == f->room) {
		f->room = f->room ? 2 * f->room : 8;
		f->leaves = mem_grow(f->leaves, f->room, sizeof(*f->leaves));
	}
	f->leaves[f->n++] = l;
	return true;
}

/* ---- what the leaves of one file say ---- */

static struct str innermost(const struct diff_leaf *l)
{
	return l->n_where > AT_INSIDE ? l->where[l->n_where - 1] : str_of(diff_kind_name(l->kind));
}

static struct str text_of(struct span s)
{
	return str_make((const char *)s.p, s.n);
}

static struct str first_line(struct span s)
{
	struct str line, rest;

	str_cut(text_of(s), '\n', &line, &rest);
	line = str_trim(line);
	return line.n > WORD_SHOWN * 2 ? str_make(line.p, WORD_SHOWN * 2) : line;
}

/* "dh_installmenu/13.24.1" in "# Automatically added by dh_installmenu/13.24.1", "# Triggers added by ..." */
static struct str helper_of(struct span s)
{
	static const char mark[] = " added by ";
	const char *at = s.n ? memmem(s.p, s.n, mark, sizeof mark - 1) : NULL;
	struct str word, rest;

	if (!at)
		return str_make(NULL, 0);
	at += sizeof mark - 1;
	str_cut(str_make(at, s.n - (size_t)(at - (const char *)s.p)), '\n', &word, &rest);
	return str_trim(word);
}

static bool says_helpers(struct rebuilt_file *f, const struct gathered *g, struct arena *a)
{
	for (size_t i = 0; i < g->n; i++) {
		struct str there = helper_of(g->leaves[i]->a), here = helper_of(g->leaves[i]->b);

		if (!there.n || !here.n || str_equal(there, here))
			continue;
		f->cause = CAUSE_TOOLCHAIN;
		f->by = CAUSE_BY_CANARY;
		f->what = arena_printf(
			a, "made by %.*s there, by %.*s here", STR_ARG(there), STR_ARG(here));
		return true;
	}
	return false;
}

static bool says_field(struct rebuilt_file *f, const struct gathered *g, const char *field,
	enum cause_by by, struct arena *a)
{
	for (size_t i = 0; i < g->n; i++) {
		struct str there = first_line(g->leaves[i]->a), here = first_line(g->leaves[i]->b);

		if (!str_starts(there, field) && !str_starts(here, field))
			continue;
		f->cause = by == CAUSE_BY_NONE ? CAUSE_UNKNOWN : CAUSE_TOOLCHAIN;
		f->by = by;
		f->what = arena_printf(
			a, "'%.*s' there, '%.*s' here", STR_ARG(there), STR_ARG(here));
		return true;
	}
	return false;
}

/* "ELF .text, .rodata and 3 more" */
static struct str places_of(const struct gathered *g, struct arena *a)
{
	CLEANUP(buf_done) struct buf b = buf_init(REBUILT_CAUSE_WHAT_MAX);

	for (size_t i = 0; i < g->n && i < PLACES_SHOWN; i++) {
		struct str place = innermost(g->leaves[i]);

		buf_printf(&b, "%s%.*s", i ? ", " : "",
			place.n > WORD_SHOWN ? WORD_SHOWN : (int)place.n, place.p);
	}
	if (g->n > PLACES_SHOWN)
		buf_printf(&b, " and %zu more", g->n - PLACES_SHOWN);
	return arena_str(a, buf_str(&b));
}

static bool is_elf(const struct gathered *g)
{
	for (size_t i = 0; i < g->n; i++)
		if (str_starts(innermost(g->leaves[i]), "ELF "))
			return true;
	return false;
}

/* What names the file itself, its debug information, and what that shares with others (dwz). */
static bool is_only_names(const struct gathered *g)
{
	static const char *const names[] = { "ELF .note.gnu.build-id", "ELF .gnu_debuglink",
		"ELF .gnu_debugaltlink" };

	for (size_t i = 0; i < g->n; i++) {
		size_t k = 0;

		while (k < ARRAY_LEN(names) && !str_is(innermost(g->leaves[i]), names[k]))
			k++;
		if (k == ARRAY_LEN(names))
			return false;
	}
	return true;
}

static bool says_comment(struct rebuilt_file *f, const struct gathered *g, struct arena *a)
{
	for (size_t i = 0; i < g->n; i++) {
		if (!str_is(innermost(g->leaves[i]), "ELF .comment"))
			continue;
		f->cause = CAUSE_TOOLCHAIN;
		f->by = CAUSE_BY_CANARY;
		f->what = arena_printf(a, "compiled by '%.*s' there, by '%.*s' here",
			STR_ARG(first_line(g->leaves[i]->a)), STR_ARG(first_line(g->leaves[i]->b)));
		return true;
	}
	return false;
}

static void class_elf(
	struct rebuilt_file *f, const struct gathered *g, bool younger, struct arena *a)
{
	if (says_comment(f, g, a))
		return;
	if (younger) {
		f->cause = CAUSE_TOOLCHAIN;
		f->by = CAUSE_BY_CONTENT;
	}
	if (is_only_names(g))
		f->what = STR(
			"nothing but its build id and links to debug information: code and data are the same, only that information, which is not in the package, is another");
	else
		f->what = arena_printf(a, "code or data: %.*s", STR_ARG(places_of(g, a)));
}

static void class_control(
	struct rebuilt_file *f, const struct gathered *g, bool younger, struct arena *a)
{
	static const char *const relations[] = {
		"Depends:", "Pre-Depends:", "Recommends:", "Suggests:", "Breaks:"
	};

	if (says_field(f, g, "Built-Using:", CAUSE_BY_CANARY, a) ||
		says_field(f, g, "Static-Built-Using:", CAUSE_BY_CANARY, a))
		return;
	for (size_t i = 0; i < ARRAY_LEN(relations); i++)
		if (says_field(f, g, relations[i], younger ? CAUSE_BY_CONTENT : CAUSE_BY_NONE, a))
			return;
	f->derived = says_field(f, g, "Installed-Size:", CAUSE_BY_NONE, a) && g->n == 1;
	if (!f->what.p)
		f->what = places_of(g, a);
}

static bool holds_path(struct span s)
{
	return s.n && memmem(s.p, s.n, "/build/", 7) != NULL;
}

static void class_other(struct rebuilt_file *f, const struct gathered *g, struct arena *a)
{
	const struct diff_leaf *l = g->leaves[0];
	const char *why = "";

	f->by = CAUSE_BY_CONTENT;
	if (l->kind == DIFF_TIME) {
		f->cause = CAUSE_TIME;
		why = "the time of a member";
	} else if (l->kind == DIFF_MODE || l->kind == DIFF_OWNER) {
		f->cause = CAUSE_METADATA;
	} else if (holds_path(l->a) != holds_path(l->b)) {
		f->cause = CAUSE_PATH;
		why = "one of them names a path of a build";
	} else {
		f->cause = content_rule_guess(innermost(l), l->a, l->b, &why);
	}
	if (f->cause == CAUSE_UNKNOWN)
		f->by = CAUSE_BY_NONE;
	f->what = why && why[0] ? arena_printf(a, "%.*s: %s", STR_ARG(places_of(g, a)), why)
				: places_of(g, a);
}

static bool all_derived(const struct gathered *g)
{
	for (size_t i = 0; i < g->n; i++)
		if (!g->leaves[i]->derived)
			return false;
	return true;
}

static bool class_file(const struct gathering *all, struct gathered *g, struct err *e)
{
	struct rebuilt_file *f = &g->file;

	f->what = str_make(NULL, 0);
	if (str_is(f->path, "DEBIAN/md5sums")) {
		f->derived = true;
		f->what = STR("digests of the files");
	} else if (is_elf(g)) {
		class_elf(f, g, all->younger, all->a);
	} else if (all_derived(g)) {
		f->derived = true;
		f->what = arena_str(all->a, g->leaves[0]->why);
	} else if (str_is(f->path, "DEBIAN/control")) {
		class_control(f, g, all->younger, all->a);
	} else if (!says_helpers(f, g, all->a)) {
		class_other(f, g, all->a);
	}
	return f->what.p || arena_full(all->a, e);
}

static int compare(const void *x, const void *y)
{
	const struct rebuilt_file *a = x, *b = y;

	return str_compare(a->path, b->path);
}

bool rebuilt_cause_find(struct rebuilt_file **ret, size_t *n, const struct diff_report *d,
	bool younger, struct arena *a, struct err *e)
{
	CLEANUP(gathering_done)
	struct gathering g = { .places = map_new(), .younger = younger, .a = a };
	struct rebuilt_file *files;

	for (size_t i = 0; i < d->n_leaves; i++)
		if (!gather(&g, &d->leaves[i], e))
			return false;
	files = ARENA_ARRAY(a, g.n + 1, struct rebuilt_file);
	if (!files)
		return arena_full(a, e);
	for (size_t i = 0; i < g.n; i++) {
		if (!class_file(&g, &g.files[i], e))
			return false;
		files[i] = g.files[i].file;
	}
	qsort(files, g.n, sizeof *files, compare);
	*ret = files;
	*n = g.n;
	return true;
}
