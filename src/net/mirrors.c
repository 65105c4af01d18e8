#include "net/mirrors.h"

#include <errno.h>
#include <stdlib.h>
#include <unistd.h>

#include "base/mem.h"
#include "net/apt_sources.h"
#include "net/url.h"
#include "sys/file.h"
#include "base/banned.h"

#define MAIN "debian"
#define SECURITY "debian-security"
#define SOURCES "sources" /* what `assay archive` keeps of git trees and tarballs */

enum { ARCHIVES = 3, APT_ARCHIVES = 2 };

static const char *const archives[ARCHIVES] = { MAIN, SECURITY, SOURCES };

struct mirror_list {
	char *uris[MIRRORS_MAX];
	size_t n;
};

struct mirrors {
	struct mirror_list of[ARCHIVES];
	struct mirror_list derived; /* for SECURITY from MAIN, made when asked for */
};

struct mirrors *mirrors_new(void)
{
	return MEM_NEW(struct mirrors);
}

static void list_clear(struct mirror_list *l)
{
	while (l->n)
		free(l->uris[--l->n]);
}

void mirrors_free(struct mirrors *m)
{
	if (!m)
		return;
	for (size_t i = 0; i < ARCHIVES; i++)
		list_clear(&m->of[i]);
	list_clear(&m->derived);
	free(m);
}

void mirrors_freep(struct mirrors **m)
{
	mirrors_free(*m);
	*m = NULL;
}

/* Takes over uri; one that is there already is not added again. */
static bool list_add(struct mirror_list *l, char *uri, struct err *e)
{
	for (size_t i = 0; i < l->n; i++)
		if (!strcmp(l->uris[i], uri)) {
			free(uri);
			return true;
		}
	if (l->n == MIRRORS_MAX) {
		free(uri);
		return err_set(e, ERR_LIMIT, "more than %d mirrors", MIRRORS_MAX);
	}
	l->uris[l->n++] = uri;
	return true;
}

/* "20250520T000000Z": what a snapshot's URI has behind the archive. */
static bool is_timestamp(struct str s)
{
	if (s.n != 16 || s.p[8] != 'T' || s.p[15] != 'Z')
		return false;
	for (size_t i = 0; i < 15; i++)
		if (i != 8 && (s.p[i] < '0' || s.p[i] > '9'))
			return false;
	return true;
}

/* Of "HEAD/NAME[/TIMESTAMP]": HEAD with its slash, NAME, and the tail. */
static void split(struct str uri, struct str *head, struct str *name, struct str *tail)
{
	size_t end = uri.n, at = end;

	while (at && uri.p[at - 1] != '/')
		at--;
	if (at && is_timestamp(str_make(uri.p + at, end - at))) {
		end = at - 1;
		for (at = end; at && uri.p[at - 1] != '/';)
			at--;
	}
	*head = str_make(uri.p, at);
	*name = str_make(uri.p + at, end - at);
	*tail = str_make(uri.p + end, uri.n - end);
}

/* The position in archives of the one that a base URI serves by its path, or ARCHIVES. */
static size_t archive_of(const char *uri)
{
	struct str head, name, tail;
	size_t i = 0;

	split(str_of(uri), &head, &name, &tail);
	while (i < ARCHIVES && !str_is(name, archives[i]))
		i++;
	return i;
}

static char *joined(struct str a, const char *b, struct str c)
{
	struct buf out = buf_init(a.n + strlen(b) + c.n + 1);

	buf_add_str(&out, a);
	buf_add_cstr(&out, b);
	buf_add_str(&out, c);
	return buf_take_cstr(&out);
}

bool mirrors_add(struct mirrors *m, const char *url, struct err *e)
{
	CLEANUP(mem_free) char *uri = NULL;
	size_t of;

	if (!url_of_base(&uri, str_of(url), e))
		return false;
	of = archive_of(uri);
	if (of < ARCHIVES)
		return list_add(&m->of[of], TAKE(uri), e);
	for (size_t i = 0; i < ARCHIVES; i++) {
		CLEANUP(mem_free) char *base = joined(str_of(uri), "/", STR(""));

		if (!list_add(&m->of[i], joined(str_of(base), archives[i], STR("")), e))
			return false;
	}
	return true;
}

/* A URI of apt's configuration; what is of no use to us (cdrom:, other archives) is passed over. */
static bool take_plain(struct mirrors *m, struct str given, struct err *e)
{
	struct err ignored = { 0 };
	char *uri = NULL;
	size_t of;

	if (!url_of_base(&uri, given, &ignored))
		return true;
	of = archive_of(uri);
	if (of < APT_ARCHIVES)
		return list_add(&m->of[of], uri, e);
	free(uri);
	return true;
}

/* A list of mirrors (apt-transport-mirror(1)): a URI in each line, more about it behind a tab. */
static bool take_mirror_file(struct mirrors *m, struct str path, struct err *e)
{
	CLEANUP(mem_free) char *name = mem_string(path);
	CLEANUP(buf_done) struct buf text = { 0 };
	struct str rest, line, comment, more;
	bool again = true;

	if (!file_read(AT_FDCWD, name, MIRRORS_APT_SIZE_MAX, &text, e))
		return err_wrap(e, "cannot read a list of mirrors of apt");
	for (rest = buf_str(&text); again;) {
		again = str_cut(rest, '\n', &line, &rest);
		str_cut(line, '#', &line, &comment);
		str_cut(line, '\t', &line, &more);
		line = str_trim(line);
		if (line.n && !take_plain(m, line, e))
			return false;
	}
	return true;
}

static bool take_uri(void *ctx, struct str uri, struct err *e)
{
	static const char lists[] = "mirror+file:";

	if (!str_starts(uri, lists))
		return take_plain(ctx, uri, e);
	uri = str_make(uri.p + sizeof lists - 1, uri.n - (sizeof lists - 1));
	while (uri.n > 1 && uri.p[0] == '/' && uri.p[1] == '/')
		uri = str_make(uri.p + 1, uri.n - 1);
	return take_mirror_file(ctx, uri, e);
}

/* One file of the configuration, by the end of its name; others are not apt's. */
static bool add_file(struct mirrors *m, int dir, const char *name, struct err *e)
{
	struct apt_sources_take take = { take_uri, m };
	bool deb822 = str_ends(str_of(name), ".sources"), list = str_ends(str_of(name), ".list");
	CLEANUP(buf_done) struct buf text = { 0 };

	if (!deb822 && !list)
		return true;
	if (!file_read(dir, name, MIRRORS_APT_SIZE_MAX, &text, e))
		return false;
	return deb822 ? apt_sources_deb822(buf_str(&text), &take, e)
		      : apt_sources_list(buf_str(&text), &take, e);
}

static bool add_folder(struct mirrors *m, int dir, struct err *e)
{
	CLEANUP(file_closep)
	int parts = openat(dir, "sources.list.d", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	char **names;
	size_t n;
	bool ok = true;

	if (parts < 0)
		return errno == ENOENT || err_os(e, "cannot open 'sources.list.d'");
	if (!file_names(parts, ".", &names, &n, e))
		return false;
	for (size_t i = 0; ok && i < n; i++)
		ok = add_file(m, parts, names[i], e);
	file_names_free(names, n);
	return ok;
}

bool mirrors_add_apt(struct mirrors *m, const char *apt, struct err *e)
{
	CLEANUP(file_closep) int dir = open(apt, O_RDONLY | O_DIRECTORY | O_CLOEXEC);

	if (dir < 0)
		return errno == ENOENT || err_os(e, "cannot open '%s'", apt);
	if (faccessat(dir, "sources.list", F_OK, 0) == 0 && !add_file(m, dir, "sources.list", e))
		return err_wrap(e, "cannot read the sources of apt in '%s'", apt);
	return add_folder(m, dir, e) || err_wrap(e, "cannot read the sources of apt in '%s'", apt);
}

static const struct mirror_list *derive(struct mirrors *m)
{
	const struct mirror_list *from = &m->of[0];

	for (size_t i = m->derived.n; i < from->n; i++) {
		struct str head, name, tail;

		split(str_of(from->uris[i]), &head, &name, &tail);
		m->derived.uris[m->derived.n++] = joined(head, SECURITY, tail);
	}
	return &m->derived;
}

const char *const *mirrors_for(struct mirrors *m, struct str archive, size_t *n)
{
	const struct mirror_list *l = NULL;

	for (size_t i = 0; i < ARCHIVES; i++)
		if (str_is(archive, archives[i]))
			l = &m->of[i];
	if (l == &m->of[1] && l->n == 0)
		l = derive(m);
	*n = l ? l->n : 0;
	return l ? (const char *const *)l->uris : NULL;
}
