#include "rootfs/mode_rules.h"

#include "rootfs/entry.h"
#include "rootfs/users.h"
#include "tree/list.h"
#include "base/banned.h"

static bool apply(struct tree *t, const struct mode_rule *m, struct err *e)
{
	CLEANUP(tree_list_done) struct tree_list found = { 0 };
	uint32_t uid, gid;
	size_t n = 0;

	if (!users_uid(t, m->owner, &uid))
		return err_set(e, ERR_NOTFOUND, "there is no user '%.*s'", STR_ARG(m->owner));
	if (!users_gid(t, m->group, &gid))
		return err_set(e, ERR_NOTFOUND, "there is no group '%.*s'", STR_ARG(m->group));
	tree_list(t, m->path, &found);
	for (size_t i = 0; i < found.n; i++) {
		if (tree_find(t, found.paths[i])->kind == NODE_LINK)
			continue;
		if (!entry_owner(t, found.paths[i], uid, gid, e) ||
			!entry_mode(t, found.paths[i], m->mode, e))
			return false;
		n++;
	}
	return n > 0 || err_set(e, ERR_NOTFOUND, "it matches no file and no folder");
}

bool mode_rules_apply(struct tree *t, const struct description *d, struct err *e)
{
	for (size_t i = 0; i < d->n_modes; i++)
		if (!apply(t, &d->modes[i], e))
			return err_wrap(e, "modes: '%.*s'", STR_ARG(d->modes[i].path));
	return true;
}
