#include "tree/tree.h"

#include "base/banned.h"

/* For printf: enough of a path to know it, and room left for the reason. */
#define SHOWN(s) (int)((s).n < 200 ? (s).n : 200), (s).p

/* '/' sorts before every byte that a name can hold, so that a folder stands directly before what is in it. */
static int rank(char c)
{
	return c == '/' ? 0 : (unsigned char)c;
}

int tree_path_compare(struct str a, struct str b)
{
	size_t n = a.n < b.n ? a.n : b.n;

	for (size_t i = 0; i < n; i++)
		if (a.p[i] != b.p[i])
			return rank(a.p[i]) < rank(b.p[i]) ? -1 : 1;
	return a.n == b.n ? 0 : a.n < b.n ? -1 : 1;
}

static bool check_name(struct str path, struct str name, struct err *e)
{
	if (name.n == 0)
		return err_set(e, ERR_FORMAT, "path '%.*s' has an empty component", SHOWN(path));
	if (str_is(name, ".") || str_is(name, ".."))
		return err_set(e, ERR_FORMAT, "path '%.*s' has the component '%.*s'", SHOWN(path),
			SHOWN(name));
	if (name.n > TREE_NAME_MAX)
		return err_set(e, ERR_LIMIT, "path '%.*s' has a name of %zu bytes, limit %d",
			SHOWN(path), name.n, TREE_NAME_MAX);
	return true;
}

/* Reported by offset: the text of the path must not reach a terminal. */
static bool check_bytes(struct str path, struct err *e)
{
	for (size_t i = 0; i < path.n; i++) {
		unsigned char c = (unsigned char)path.p[i];

		if (c < 0x20 || c == 0x7f)
			return err_set(e, ERR_FORMAT,
				"path with the control character 0x%02x at %zu, after '%.*s'", c, i,
				(int)(i < 200 ? i : 200), path.p);
	}
	return true;
}

bool tree_check_path(struct str path, struct err *e)
{
	struct str head, rest = path;

	if (path.n > TREE_PATH_MAX)
		return err_set(e, ERR_LIMIT, "path of %zu bytes, limit %d: '%.60s...'", path.n,
			TREE_PATH_MAX, path.p);
	if (!check_bytes(path, e))
		return false;
	if (path.n == 0)
		return true;
	if (path.p[0] == '/' || path.p[path.n - 1] == '/')
		return err_set(e, ERR_FORMAT, "path '%.*s' has a slash at its %s", SHOWN(path),
			path.p[0] == '/' ? "start" : "end");
	while (str_cut(rest, '/', &head, &rest))
		if (!check_name(path, head, e))
			return false;
	return check_name(path, head, e);
}

static size_t last_slash(struct str path)
{
	for (size_t i = path.n; i > 0; i--)
		if (path.p[i - 1] == '/')
			return i;
	return 0;
}

struct str tree_parent(struct str path)
{
	size_t after = last_slash(path);

	return str_make(path.p, after ? after - 1 : 0);
}

struct str tree_name(struct str path)
{
	size_t after = last_slash(path);

	return str_make(path.p + after, path.n - after);
}
