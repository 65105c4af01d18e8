#include "rootfs/users.h"

#include <inttypes.h>

#include "base/mem.h"
#include "rootfs/entry.h"
#include "rootfs/sysusers.h"
#include "tree/list.h"
#include "base/banned.h"

enum { DATABASE_MAX = 1 << 20 };

#define ORIGIN "generated:users"
#define NOLOGIN "/usr/sbin/nologin"

/* The n-th field of a colon-separated line. */
static struct str field(struct str line, size_t n)
{
	struct str head = { 0 };

	for (size_t i = 0; i <= n; i++)
		(void)str_cut(line, ':', &head, &line);
	return head;
}

/* Reads NAME:x:ID:... lines of a database file in the tree; calls take for each. */
static bool each_line(const struct tree *t, struct str path,
	bool (*take)(void *ctx, struct str line, struct err *e), void *ctx, struct err *e)
{
	CLEANUP(buf_done) struct buf text = { 0 };
	struct str line, rest;

	if (!entry_text(t, path, DATABASE_MAX, &text, e))
		return false;
	for (rest = buf_str(&text); rest.n;) {
		(void)str_cut(rest, '\n', &line, &rest);
		if (line.n && !take(ctx, line, e))
			return err_wrap(e, "'%.*s'", STR_ARG(path));
	}
	return true;
}

static bool master_user(void *ctx, struct str line, struct err *e)
{
	uint64_t uid, gid;

	if (!str_u64(field(line, 2), &uid, UINT32_MAX) ||
		!str_u64(field(line, 3), &gid, UINT32_MAX))
		return err_set(e, ERR_FORMAT, "no user: '%.*s'", STR_ARG(line));
	return accounts_add_user(ctx,
		&(struct account_user){ field(line, 0), (uint32_t)uid, (uint32_t)gid,
			field(line, 4), field(line, 5), field(line, 6) },
		"base-passwd", e);
}

static bool master_group(void *ctx, struct str line, struct err *e)
{
	uint64_t gid;

	if (!str_u64(field(line, 2), &gid, UINT32_MAX))
		return err_set(e, ERR_FORMAT, "no group: '%.*s'", STR_ARG(line));
	return accounts_add_group(ctx, field(line, 0), (uint32_t)gid, "base-passwd", e);
}

static bool described(struct accounts *a, const struct description *d, struct err *e)
{
	for (size_t i = 0; i < d->n_groups; i++)
		if (!accounts_add_group(
			    a, d->groups[i].name, d->groups[i].gid, "the description", e))
			return false;
	for (size_t i = 0; i < d->n_users; i++) {
		const struct user_request *u = &d->users[i];
		struct str home = u->home.n ? u->home : STR("/nonexistent");
		struct str shell = u->shell.n ? u->shell : STR(NOLOGIN);

		if (!accounts_has_gid(a, u->gid) &&
			!accounts_add_group(a, u->name, u->gid, "the description", e))
			return false;
		if (!accounts_add_user(a,
			    &(struct account_user){
				    u->name, u->uid, u->gid, u->gecos, home, shell },
			    "the description", e))
			return false;
	}
	return true;
}

static bool described_members(struct accounts *a, const struct description *d, struct err *e)
{
	for (size_t i = 0; i < d->n_users; i++)
		for (size_t g = 0; g < d->users[i].groups.n; g++)
			if (!accounts_add_member(
				    a, d->users[i].name, d->users[i].groups.items[g], e))
				return false;
	return true;
}

/* All sysusers.d files of packages and overlays, in the order of their names as systemd-sysusers reads them. */
static bool from_sysusers(struct tree *t, struct accounts *a, struct err *e)
{
	CLEANUP(tree_list_done) struct tree_list files = { 0 };

	tree_list(t, STR("usr/lib/sysusers.d/*.conf"), &files);
	for (size_t i = 0; i < files.n; i++) {
		CLEANUP(buf_done) struct buf text = { 0 };

		if (!entry_text(t, files.paths[i], DATABASE_MAX, &text, e) ||
			!sysusers_read(a, buf_str(&text), e))
			return err_wrap(e, "'%.*s'", STR_ARG(files.paths[i]));
	}
	return true;
}

static bool emit(struct tree *t, const struct accounts *a, uint64_t day, struct err *e)
{
	CLEANUP(buf_done)
	struct buf passwd = buf_init(DATABASE_MAX), shadow = buf_init(DATABASE_MAX),
		   group = buf_init(DATABASE_MAX), gshadow = buf_init(DATABASE_MAX);
	uint32_t shadow_gid = 0;

	for (size_t i = 0; i < a->n_users; i++) {
		const struct account_user *u = &a->users[i];

		buf_printf(&passwd, "%.*s:x:%" PRIu32 ":%" PRIu32 ":%.*s:%.*s:%.*s\n",
			STR_ARG(u->name), u->uid, u->gid, STR_ARG(u->gecos), STR_ARG(u->home),
			STR_ARG(u->shell));
		buf_printf(&shadow, "%.*s:!*:%" PRIu64 ":0:99999:7:::\n", STR_ARG(u->name), day);
	}
	for (size_t i = 0; i < a->n_groups; i++) {
		const struct account_group *g = &a->groups[i];

		if (str_is(g->name, "shadow"))
			shadow_gid = g->gid;
		buf_printf(&group, "%.*s:x:%" PRIu32 ":%.*s\n", STR_ARG(g->name), g->gid,
			STR_ARG(buf_str(&g->members)));
		buf_printf(&gshadow, "%.*s:*::%.*s\n", STR_ARG(g->name),
			STR_ARG(buf_str(&g->members)));
	}
	if (!buf_ok(&passwd) || !buf_ok(&group) || !buf_ok(&shadow) || !buf_ok(&gshadow))
		return buf_full(&passwd, "the user database", e);
	return entry_file_over(t, STR("etc/passwd"), buf_span(&passwd), 0644, ORIGIN, e) &&
	       entry_file_over(t, STR("etc/group"), buf_span(&group), 0644, ORIGIN, e) &&
	       entry_file_over(t, STR("etc/shadow"), buf_span(&shadow), 0640, ORIGIN, e) &&
	       entry_file_over(t, STR("etc/gshadow"), buf_span(&gshadow), 0640, ORIGIN, e) &&
	       entry_owner(t, STR("etc/shadow"), 0, shadow_gid, e) &&
	       entry_owner(t, STR("etc/gshadow"), 0, shadow_gid, e);
}

static bool masters(
	const struct tree *t, const struct description *d, struct accounts *a, struct err *e)
{
	struct str users = STR("usr/share/base-passwd/passwd.master");

	if (!d->packages.n && !tree_find(t, users))
		return true;
	return each_line(t, STR("usr/share/base-passwd/group.master"), master_group, a, e) &&
	       each_line(t, users, master_user, a, e);
}

static bool generate(
	struct tree *t, const struct description *d, bool sysusers, uint64_t day, struct err *e)
{
	CLEANUP(accounts_done) struct accounts a = { .arena = tree_arena(t) };

	/* Without packages there is who is described, and no database when nobody is. */
	return masters(t, d, &a, e) && described(&a, d, e) &&
	       (!sysusers || from_sysusers(t, &a, e)) && described_members(&a, d, e) &&
	       ((!a.n_users && !a.n_groups) || emit(t, &a, day, e));
}

bool users_generate(struct tree *t, const struct description *d, uint64_t day, struct err *e)
{
	return generate(t, d, true, day, e);
}

bool users_begin(struct tree *t, const struct description *d, uint64_t day, struct err *e)
{
	return generate(t, d, false, day, e);
}

struct wanted {
	struct str name;
	uint32_t id;
	bool found;
};

static bool match(void *ctx, struct str line, struct err *e)
{
	struct wanted *w = ctx;
	uint64_t id;

	(void)e;
	if (!str_equal(field(line, 0), w->name) || !str_u64(field(line, 2), &id, UINT32_MAX))
		return true;
	w->id = (uint32_t)id;
	w->found = true;
	return true;
}

static bool look_up(const struct tree *t, struct str path, struct str name, uint32_t *id)
{
	struct wanted w = { .name = name };
	struct err e = { 0 };

	if (!each_line(t, path, match, &w, &e) || !w.found) {
		*id = 0;
		return str_is(name, "root");
	}
	*id = w.id;
	return true;
}

bool users_uid(const struct tree *t, struct str name, uint32_t *id)
{
	return look_up(t, STR("etc/passwd"), name, id);
}

bool users_gid(const struct tree *t, struct str name, uint32_t *id)
{
	return look_up(t, STR("etc/group"), name, id);
}
