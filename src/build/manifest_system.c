#include "build/manifest_system.h"

#include "rootfs/entry.h"
#include "base/banned.h"

enum { DATABASE_MAX = 1 << 20, ACCOUNT_FIELDS = 7 };

static const char *const unit_folders[] = { "etc/systemd/system/", "usr/lib/systemd/system/" };
enum { BY_IMAGE, BY_PACKAGES };

/* ---- users ---- */

/* The text of a database, empty where the image has none. */
static bool database(const struct tree *root, const char *path, struct buf *ret, struct err *e)
{
	if (!entry_resolve(root, str_of(path)))
		return true;
	return entry_text(root, str_of(path), DATABASE_MAX, ret, e);
}

/* The password field of a user in etc/shadow; false when there is no line for it. */
static bool shadow_field(struct str shadow, struct str user, struct str *ret)
{
	struct str line, name;

	while (shadow.n) {
		(void)str_cut(shadow, '\n', &line, &shadow);
		if (!str_cut(line, ':', &name, &line) || !str_equal(name, user))
			continue;
		(void)str_cut(line, ':', ret, &line);
		return true;
	}
	return false;
}

/* crypt(3) never gives '!' or '*': such a field fits no password. */
static const char *password_state(struct str in_passwd, struct str shadow, struct str user)
{
	struct str field = in_passwd;

	if (str_is(in_passwd, "x") && !shadow_field(shadow, user, &field))
		return "locked";
	if (!field.n)
		return "none";
	return field.p[0] == '!' || field.p[0] == '*' ? "locked" : "set";
}

static bool emit_user(struct json_out *w, struct str line, struct str shadow, struct err *e)
{
	struct str f[ACCOUNT_FIELDS], rest = line;
	uint64_t uid, gid;
	size_t n = 0;

	while (n < ACCOUNT_FIELDS && str_cut(rest, ':', &f[n], &rest))
		n++;
	if (n != ACCOUNT_FIELDS - 1 || !str_u64(f[2], &uid, UINT32_MAX) ||
		!str_u64(f[3], &gid, UINT32_MAX)) {
		err_set(e, ERR_FORMAT, "'etc/passwd' of the image: no account: '%.*s'",
			STR_ARG(line));
		return err_hint(e, "declare users with image: users:, which writes this file");
	}
	json_object(w);
	json_put_str(w, "name", f[0]);
	json_put_uint(w, "uid", uid);
	json_put_uint(w, "gid", gid);
	json_put_str(w, "home", f[5]);
	json_put_str(w, "shell", f[6]);
	json_put_cstr(w, "password", password_state(f[1], shadow, f[0]));
	json_end_object(w);
	return true;
}

static bool emit_users(struct json_out *w, const struct tree *root, struct err *e)
{
	CLEANUP(buf_done) struct buf passwd = { 0 }, shadow = { 0 };
	struct str line, rest;

	if (!database(root, "etc/passwd", &passwd, e) || !database(root, "etc/shadow", &shadow, e))
		return false;
	json_key(w, "users");
	json_array(w);
	for (rest = buf_str(&passwd); rest.n;) {
		(void)str_cut(rest, '\n', &line, &rest);
		if (line.n && !emit_user(w, line, buf_str(&shadow), e))
			return false;
	}
	json_end_array(w);
	return true;
}

/* ---- units ---- */

/* The path below the folder that systemd reads units from; false when it is elsewhere. */
static bool below(const struct node *n, size_t folder, struct str *ret)
{
	size_t skip = strlen(unit_folders[folder]);

	if (!str_starts(n->path, unit_folders[folder]))
		return false;
	*ret = str_make(n->path.p + skip, n->path.n - skip);
	return true;
}

/* systemd.unit(5): a unit linked to /dev/null, or an empty file, cannot be started. */
static bool is_mask(const struct node *n)
{
	return (n->kind == NODE_LINK && str_is(n->target, "/dev/null")) ||
	       (n->kind == NODE_FILE && !n->content.size);
}

/* Links in X.wants/ and X.requires/ of a folder: X pulls the unit in when it starts. */
static void emit_wants(struct json_out *w, const char *key, const struct tree *root, size_t folder)
{
	size_t n;
	const struct node *nodes = tree_nodes(root, &n);

	json_key(w, key);
	json_array(w);
	for (size_t i = 0; i < n; i++) {
		struct str path, by, unit;

		if (nodes[i].kind != NODE_LINK || !below(&nodes[i], folder, &path) ||
			!str_cut(path, '/', &by, &unit))
			continue;
		if (str_ends(by, ".wants"))
			by.n -= strlen(".wants");
		else if (str_ends(by, ".requires"))
			by.n -= strlen(".requires");
		else
			continue;
		json_object(w);
		json_put_str(w, "unit", unit);
		json_put_str(w, "by", by);
		json_end_object(w);
	}
	json_end_array(w);
}

static void emit_masked(struct json_out *w, const struct tree *root)
{
	size_t n;
	const struct node *nodes = tree_nodes(root, &n);

	json_key(w, "masked");
	json_array(w);
	for (size_t f = 0; f < ARRAY_LEN(unit_folders); f++)
		for (size_t i = 0; i < n; i++) {
			struct str unit;

			if (is_mask(&nodes[i]) && below(&nodes[i], f, &unit) &&
				str_find(unit, '/') == unit.n)
				json_text(w, unit);
		}
	json_end_array(w);
}

/* What default.target stands for; etc goes before usr. */
static struct str default_target(const struct tree *root)
{
	for (size_t f = 0; f < ARRAY_LEN(unit_folders); f++) {
		CLEANUP(buf_done) struct buf path = buf_init(TREE_PATH_MAX);
		const struct node *n;

		buf_printf(&path, "%sdefault.target", unit_folders[f]);
		n = tree_find(root, buf_str(&path));
		if (n && n->kind == NODE_LINK)
			return tree_name(n->target);
	}
	return STR("");
}

static void emit_units(struct json_out *w, const struct tree *root)
{
	json_key(w, "units");
	json_object(w);
	json_put_str(w, "default", default_target(root));
	emit_wants(w, "enabled", root, BY_IMAGE);
	emit_wants(w, "pulled-in", root, BY_PACKAGES);
	emit_masked(w, root);
	json_end_object(w);
}

bool manifest_system_emit(
	struct json_out *w, const struct description *d, const struct tree *root, struct err *e)
{
	if (!emit_users(w, root, e))
		return false;
	emit_units(w, root);
	json_key(w, "ports");
	json_array(w);
	for (size_t i = 0; i < d->ports.n; i++)
		json_text(w, d->ports.items[i]);
	json_end_array(w);
	return true;
}
