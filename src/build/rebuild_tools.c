#include "build/rebuild_tools.h"

#include "build/rebuild_changelog.h"
#include "lock/changelog.h"
#include "base/banned.h"

/* The package that holds the changelog, and what is called by that name. */
static const struct {
	const char *package, *name;
} known[] = {
	{ "binutils-common", "binutils" },
	{ "debhelper", "debhelper" },
	{ "dpkg-dev", "dpkg" },
	{ "gcc-*-base", "gcc" },
	{ "libc6-dev", "glibc" },
};

static const char *name_of(struct str package)
{
	for (size_t i = 0; i < ARRAY_LEN(known); i++)
		if (str_glob(str_of(known[i].package), package))
			return known[i].name;
	return NULL;
}

static bool add(struct rebuild_tool *t, bool *found, struct store *s, const struct lock_package *p,
	struct arena *a, struct err *e)
{
	static const char *const names[] = { "changelog.Debian.gz", "changelog.gz" };
	const char *name = name_of(p->name);
	struct changelog_entry newest;

	*found = false;
	for (size_t i = 0; name && !*found && i < ARRAY_LEN(names); i++)
		if (!rebuild_changelog_of_package(&newest, found, s, p, names[i], a, e))
			return false;
	if (*found)
		*t = (struct rebuild_tool){
			.name = str_of(name), .version = p->version, .date_unix = newest.date_unix
		};
	return true;
}

bool rebuild_tools_find(struct rebuild_tool **ret, size_t *n, struct store *s,
	const struct lock *root, int64_t than_unix, struct arena *a, struct err *e)
{
	const struct lock_set *set = lock_set_find(root, "image");
	struct rebuild_tool *list = ARENA_ARRAY(a, (set ? set->n : 0) + 1, struct rebuild_tool);
	size_t kept = 0;

	if (!list)
		return arena_full(a, e);
	for (size_t i = 0; set && i < set->n; i++) {
		bool found;

		if (!add(&list[kept], &found, s, &root->packages[set->packages[i]], a, e))
			return false;
		list[kept].younger = found && list[kept].date_unix > than_unix;
		kept += found;
	}
	*ret = list;
	*n = kept;
	return true;
}
