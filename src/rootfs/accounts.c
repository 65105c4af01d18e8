#include "rootfs/accounts.h"

#include <inttypes.h>
#include <stdlib.h>

#include "base/mem.h"
#include "base/banned.h"

void accounts_done(struct accounts *a)
{
	for (size_t i = 0; i < a->n_groups; i++)
		buf_done(&a->groups[i].members);
	free(a->groups);
	free(a->users);
	*a = (struct accounts){ 0 };
}

const struct account_user *accounts_user(const struct accounts *a, struct str name)
{
	for (size_t i = 0; i < a->n_users; i++)
		if (str_equal(a->users[i].name, name))
			return &a->users[i];
	return NULL;
}

const struct account_group *accounts_group(const struct accounts *a, struct str name)
{
	for (size_t i = 0; i < a->n_groups; i++)
		if (str_equal(a->groups[i].name, name))
			return &a->groups[i];
	return NULL;
}

bool accounts_has_gid(const struct accounts *a, uint32_t gid)
{
	for (size_t i = 0; i < a->n_groups; i++)
		if (a->groups[i].gid == gid)
			return true;
	return false;
}

static bool check_name(struct str name, struct err *e)
{
	bool ok = name.n > 0 && name.n <= 31 && name.p[0] != '-';

	for (size_t i = 0; ok && i < name.n; i++) {
		char c = name.p[i];

		ok = (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-' || c == '_';
	}
	return ok || err_set(e, ERR_FORMAT, "'%.*s' is no name of a user or group", STR_ARG(name));
}

bool accounts_add_user(
	struct accounts *a, const struct account_user *u, const char *who, struct err *e)
{
	const struct account_user *was = accounts_user(a, u->name);
	size_t at = a->n_users;
	struct account_user *slot;

	if (was && was->uid == u->uid)
		return true;
	if (was)
		return err_set(e, ERR_MISMATCH, "user '%.*s' has id %" PRIu32 ", %s says %" PRIu32,
			STR_ARG(u->name), was->uid, who, u->uid);
	if (!check_name(u->name, e))
		return false;
	if (a->n_users == ACCOUNTS_MAX)
		return err_set(e, ERR_LIMIT, "more than %d users", ACCOUNTS_MAX);
	a->users = mem_grow(a->users, a->n_users + 1, sizeof *a->users);
	for (; at > 0 && a->users[at - 1].uid > u->uid; at--)
		a->users[at] = a->users[at - 1];
	if (at > 0 && a->users[at - 1].uid == u->uid)
		return err_set(e, ERR_MISMATCH, "users '%.*s' and '%.*s' share id %" PRIu32,
			STR_ARG(a->users[at - 1].name), STR_ARG(u->name), u->uid);
	slot = &a->users[at];
	*slot = *u;
	slot->name = arena_str(a->arena, u->name);
	slot->gecos = arena_str(a->arena, u->gecos);
	slot->home = arena_str(a->arena, u->home);
	slot->shell = arena_str(a->arena, u->shell);
	a->n_users++;
	return slot->name.p && slot->gecos.p && slot->home.p && slot->shell.p
		       ? true
		       : arena_full(a->arena, e);
}

bool accounts_add_group(
	struct accounts *a, struct str name, uint32_t gid, const char *who, struct err *e)
{
	const struct account_group *was = accounts_group(a, name);
	size_t at = a->n_groups;

	if (was && was->gid == gid)
		return true;
	if (was)
		return err_set(e, ERR_MISMATCH, "group '%.*s' has id %" PRIu32 ", %s says %" PRIu32,
			STR_ARG(name), was->gid, who, gid);
	if (!check_name(name, e))
		return false;
	if (a->n_groups == ACCOUNTS_MAX)
		return err_set(e, ERR_LIMIT, "more than %d groups", ACCOUNTS_MAX);
	if (accounts_has_gid(a, gid))
		return err_set(e, ERR_MISMATCH,
			"group '%.*s' wants id %" PRIu32 ", which another has", STR_ARG(name), gid);
	a->groups = mem_grow(a->groups, a->n_groups + 1, sizeof *a->groups);
	for (; at > 0 && a->groups[at - 1].gid > gid; at--)
		a->groups[at] = a->groups[at - 1];
	a->groups[at] = (struct account_group){ arena_str(a->arena, name), gid,
		buf_init(ACCOUNTS_MEMBERS_MAX) };
	a->n_groups++;
	return a->groups[at].name.p ? true : arena_full(a->arena, e);
}

static bool is_member(const struct account_group *g, struct str user)
{
	struct str head, rest = buf_str(&g->members);

	while (rest.n) {
		(void)str_cut(rest, ',', &head, &rest);
		if (str_equal(head, user))
			return true;
	}
	return false;
}

bool accounts_add_member(struct accounts *a, struct str user, struct str group, struct err *e)
{
	struct account_group *g = NULL;

	for (size_t i = 0; i < a->n_groups; i++)
		if (str_equal(a->groups[i].name, group))
			g = &a->groups[i];
	if (!g || !accounts_user(a, user))
		return err_set(e, ERR_NOTFOUND,
			"user '%.*s' cannot join group '%.*s': there is no such %s", STR_ARG(user),
			STR_ARG(group), g ? "user" : "group");
	if (is_member(g, user))
		return true;
	if (g->members.n)
		buf_u8(&g->members, ',');
	buf_add_str(&g->members, user);
	return buf_ok(&g->members) || buf_full(&g->members, "a group", e);
}
