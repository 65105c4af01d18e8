#include "rootfs/sysusers.h"

#include "base/banned.h"

enum { FIELDS = 6 }; /* type name id gecos home shell */

static bool blank(char c)
{
	return c == ' ' || c == '\t';
}

/* Splits a line at blanks; "..." keeps blanks. "-" stands for empty. */
static size_t split(struct str line, struct str out[static FIELDS])
{
	size_t n = 0;

	while (n < FIELDS) {
		size_t end;

		while (line.n && blank(line.p[0]))
			line = str_make(line.p + 1, line.n - 1);
		if (!line.n)
			break;
		if (line.p[0] == '"') {
			line = str_make(line.p + 1, line.n - 1);
			end = str_find(line, '"');
		} else {
			for (end = 0; end < line.n && !blank(line.p[end]); end++)
				;
		}
		out[n++] = str_make(line.p, end);
		end += end < line.n;
		line = str_make(line.p + end, line.n - end);
	}
	for (size_t i = 0; i < n; i++)
		if (str_is(out[i], "-"))
			out[i].n = 0;
	return n;
}

static bool open_id(const char *kind, struct str name, struct err *e)
{
	err_set(e, ERR_NOTFOUND, "%s '%.*s' has no fixed id", kind, STR_ARG(name));
	return err_hint(e, "add it to image: %ss: in assay.yaml with an id below 1000", kind);
}

static bool add_group(struct accounts *a, struct str name, struct str id, struct err *e)
{
	uint64_t gid;

	if (accounts_group(a, name))
		return true;
	if (!str_u64(id, &gid, UINT32_MAX))
		return open_id("group", name, e);
	return accounts_add_group(a, name, (uint32_t)gid, "sysusers.d", e);
}

/* The id field of a u line: UID, UID:GID or UID:GROUPNAME. */
static bool add_user(struct accounts *a, const struct str f[static FIELDS], struct err *e)
{
	struct account_user u = { .name = f[1], .gecos = f[3], .home = f[4], .shell = f[5] };
	struct str uid, group;
	uint64_t id, gid;

	if (accounts_user(a, u.name))
		return true;
	(void)str_cut(f[2], ':', &uid, &group);
	if (!str_u64(uid, &id, UINT32_MAX))
		return open_id("user", u.name, e);
	u.uid = (uint32_t)id;
	if (!group.n) {
		if (!add_group(a, u.name, uid, e))
			return false;
		u.gid = u.uid;
	} else if (str_u64(group, &gid, UINT32_MAX)) {
		u.gid = (uint32_t)gid;
	} else if (accounts_group(a, group)) {
		u.gid = accounts_group(a, group)->gid;
	} else {
		return open_id("group", group, e);
	}
	u.home = u.home.n ? u.home : STR("/");
	u.shell = u.shell.n ? u.shell : STR("/usr/sbin/nologin");
	return accounts_add_user(a, &u, "sysusers.d", e);
}

static bool read_line(struct accounts *a, struct str line, struct err *e)
{
	struct str f[FIELDS] = { { 0 } };
	size_t n = split(line, f);

	if (n < 2)
		return err_set(e, ERR_FORMAT, "a line without a name: '%.*s'", STR_ARG(line));
	if (str_is(f[0], "u") || str_is(f[0], "u!"))
		return add_user(a, f, e);
	if (str_is(f[0], "g"))
		return add_group(a, f[1], f[2], e);
	if (str_is(f[0], "m"))
		return add_group(a, f[2], str_make(NULL, 0), e) &&
		       accounts_add_member(a, f[1], f[2], e);
	if (str_is(f[0], "r"))
		return true;
	return err_set(e, ERR_FORMAT, "unknown type in line '%.*s'", STR_ARG(line));
}

bool sysusers_read(struct accounts *a, struct str text, struct err *e)
{
	struct str line;

	while (text.n) {
		(void)str_cut(text, '\n', &line, &text);
		line = str_trim(line);
		if (line.n && line.p[0] != '#' && !read_line(a, line, e))
			return false;
	}
	return true;
}
