/*
 * A user and group database in the making: names and ids are unique, the order is by id.
 */
#ifndef ASSAY_ROOTFS_ACCOUNTS_H
#define ASSAY_ROOTFS_ACCOUNTS_H

#include "base/arena.h"
#include "base/buf.h"
#include "base/err.h"
#include "base/str.h"

enum { ACCOUNTS_MAX = 4096, ACCOUNTS_MEMBERS_MAX = 4096 };

struct account_user {
	struct str name;
	uint32_t uid, gid;
	struct str gecos, home, shell;
};

struct account_group {
	struct str name;
	uint32_t gid;
	struct buf members; /* comma-separated */
};

struct accounts {
	struct arena *arena; /* strings are copied here */
	struct account_user *users;
	size_t n_users;
	struct account_group *groups;
	size_t n_groups;
};

void accounts_done(struct accounts *a);

/* The same entry twice is fine; one that differs in its id fails MISMATCH naming `who` says so. */
bool accounts_add_user(struct accounts *a, const struct account_user *u, const char *who,
	struct err *e) MUST_CHECK;
bool accounts_add_group(struct accounts *a, struct str name, uint32_t gid, const char *who,
	struct err *e) MUST_CHECK;
/* Fails NOTFOUND when either does not exist. */
bool accounts_add_member(
	struct accounts *a, struct str user, struct str group, struct err *e) MUST_CHECK;
const struct account_user *accounts_user(const struct accounts *a, struct str name);
const struct account_group *accounts_group(const struct accounts *a, struct str name);
bool accounts_has_gid(const struct accounts *a, uint32_t gid);

#endif
