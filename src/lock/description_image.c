#include "lock/description_image.h"

#include "base/map.h"
#include "lock/description_file.h"
#include "lock/member.h"
#include "base/banned.h"

/* 2^32 - 1 and 2^16 - 1 mean "no id" to system calls; ids from 2^31 on break programs that take them as signed. */
static const uint64_t id_max = 0x7fffffff;

static bool is_gecos(struct str v, struct err *e)
{
	for (size_t i = 0; i < v.n; i++)
		if ((unsigned char)v.p[i] < 0x20 || v.p[i] == ':')
			return err_set(e, ERR_FORMAT, "holds ':' or control characters");
	return true;
}

/* One element of passwd's and group's colon-separated lines. */
static bool is_account_path(struct str v, struct err *e)
{
	return member_is_absolute(v, e) && is_gecos(v, e);
}

static bool is_configure(struct str v, struct err *e)
{
	return str_is(v, "none") || str_is(v, "scripts") ||
	       err_set(e, ERR_FORMAT, "'%.*s' is neither none nor scripts", STR_ARG(v));
}

static bool is_format(struct str v, struct err *e)
{
	return str_is(v, "disk") || str_is(v, "eif") ||
	       err_set(e, ERR_FORMAT, "'%.*s' is neither disk nor eif", STR_ARG(v));
}

static bool is_os_release(struct str v, struct err *e)
{
	struct str rest = v, line, key, value;

	while (rest.n) {
		str_cut(rest, '\n', &line, &rest);
		if (!str_cut(line, '=', &key, &value) || !key.n)
			return err_set(e, ERR_FORMAT, "'%.*s' is no line KEY=VALUE", STR_ARG(line));
		for (size_t i = 0; i < key.n; i++)
			if (key.p[i] != '_' && (key.p[i] < 'A' || key.p[i] > 'Z') &&
				(key.p[i] < '0' || key.p[i] > '9'))
				return err_set(e, ERR_FORMAT, "key '%.*s' is not in capitals",
					STR_ARG(key));
	}
	return true;
}

/* Module names as files have them: letters, digits, '_' and '-'. */
static bool is_module(struct str v, struct err *e)
{
	for (size_t i = 0; i < v.n; i++)
		if (!strchr("_-", v.p[i]) && !(v.p[i] >= 'a' && v.p[i] <= 'z') &&
			!(v.p[i] >= 'A' && v.p[i] <= 'Z') && !(v.p[i] >= '0' && v.p[i] <= '9'))
			return err_set(e, ERR_FORMAT, "'%.*s' is no name of a module", STR_ARG(v));
	return member_is_text(v, e);
}

/* Unit names: what systemd.unit(5) allows, with a suffix. */
static bool is_unit(struct str v, struct err *e)
{
	static const char *const kinds[] = { ".service", ".socket", ".target", ".timer", ".path",
		".mount", ".automount", ".swap", ".slice", ".device" };

	for (size_t i = 0; i < ARRAY_LEN(kinds); i++)
		if (str_ends(v, kinds[i]) && v.n > strlen(kinds[i]) && str_find(v, '/') == v.n)
			return member_is_word(v, e);
	return err_set(e, ERR_FORMAT, "'%.*s' is no unit such as ssh.service", STR_ARG(v));
}

static bool is_origin(struct str v, struct err *e)
{
	if (!str_starts(v, "package:") && !str_starts(v, "overlay:") &&
		!str_starts(v, "component:") && !str_starts(v, "generated:"))
		return err_set(e, ERR_FORMAT,
			"'%.*s' is no origin: package:NAME, overlay:PATH, component:NAME or generated:WHAT",
			STR_ARG(v));
	return member_is_text(v, e);
}

static bool parse_user(const struct json *o, struct arena *a, struct user_request *u, struct err *e)
{
	static const char *const keys[] = { "name", "uid", "gid", "gecos", "home", "shell",
		"groups", NULL };
	uint64_t uid = 0, gid = 0;

	u->home = STR("/nonexistent");
	u->shell = STR("/usr/sbin/nologin");
	if (!json_only(o, "a user", keys, e) ||
		!member_str(o, "name", true, member_is_name, &u->name, e) ||
		!member_u64(o, "uid", id_max, &uid, e) || !member_u64(o, "gid", id_max, &gid, e) ||
		!member_str(o, "gecos", false, is_gecos, &u->gecos, e) ||
		!member_str(o, "home", false, is_account_path, &u->home, e) ||
		!member_str(o, "shell", false, is_account_path, &u->shell, e) ||
		!member_list(o, "groups", member_is_name, true, a, &u->groups, e))
		return false;
	u->uid = (uint32_t)uid;
	u->gid = (uint32_t)gid;
	return true;
}

static bool named_twice(struct map *seen, const struct json *v, struct str name, struct err *e)
{
	if (!map_add(seen, name, seen))
		return false;
	return !err_set(e, ERR_FORMAT, "line %zu: '%.*s' stands twice", v->line, STR_ARG(name));
}

static bool parse_users(
	const struct json *image, struct arena *a, struct description *d, struct err *e)
{
	CLEANUP(map_freep) struct map *seen = map_new();
	const struct json *v;
	struct user_request *users;

	if (!member_array(image, "users", &v, e))
		return false;
	if (!v)
		return true;
	users = ARENA_ARRAY(a, v->n, struct user_request);
	if (!users)
		return arena_full(a, e);
	for (size_t i = 0; i < v->n; i++)
		if (!parse_user(&v->items[i], a, &users[i], e) ||
			named_twice(seen, &v->items[i], users[i].name, e))
			return false;
	d->users = users;
	d->n_users = v->n;
	return true;
}

static bool parse_groups(
	const struct json *image, struct arena *a, struct description *d, struct err *e)
{
	static const char *const keys[] = { "name", "gid", NULL };
	CLEANUP(map_freep) struct map *seen = map_new();
	const struct json *v;
	struct group_request *groups;

	if (!member_array(image, "groups", &v, e))
		return false;
	if (!v)
		return true;
	groups = ARENA_ARRAY(a, v->n, struct group_request);
	if (!groups)
		return arena_full(a, e);
	for (size_t i = 0; i < v->n; i++) {
		uint64_t gid = 0;

		if (!json_only(&v->items[i], "a group", keys, e) ||
			!member_str(
				&v->items[i], "name", true, member_is_name, &groups[i].name, e) ||
			!member_u64(&v->items[i], "gid", id_max, &gid, e) ||
			named_twice(seen, &v->items[i], groups[i].name, e))
			return false;
		groups[i].gid = (uint32_t)gid;
	}
	d->groups = groups;
	d->n_groups = v->n;
	return true;
}

/* A map from paths to words, in the order of the document. */
static bool parse_rules(const struct json *image, const char *key, member_check *check,
	struct arena *a, const struct path_rule **ret, size_t *n_ret, struct err *e)
{
	const struct json *v;
	struct path_rule *rules;

	if (!member_object(image, key, &v, e))
		return false;
	if (!v)
		return true;
	rules = ARENA_ARRAY(a, v->n, struct path_rule);
	if (!rules)
		return arena_full(a, e);
	for (size_t i = 0; i < v->n; i++) {
		const struct json *item = &v->items[i];

		if (item->kind != JSON_STRING)
			err_set(e, ERR_FORMAT, "each path has one value");
		else if (member_is_path(v->keys[i], e) && check(item->text, e))
			rules[i] = (struct path_rule){ v->keys[i], item->text };
		if (!rules[i].path.p)
			return member_bad(item, key, e);
	}
	*ret = rules;
	*n_ret = v->n;
	return true;
}

static bool parse_modes(
	const struct json *image, struct arena *a, struct description *d, struct err *e)
{
	static const char *const keys[] = { "path", "mode", "owner", "group", NULL };
	const struct json *v;
	struct mode_rule *modes;

	if (!member_array(image, "modes", &v, e))
		return false;
	if (!v)
		return true;
	modes = ARENA_ARRAY(a, v->n, struct mode_rule);
	if (!modes)
		return arena_full(a, e);
	for (size_t i = 0; i < v->n; i++) {
		const struct json *o = &v->items[i];

		modes[i].owner = modes[i].group = STR("root");
		if (!json_only(o, "a mode", keys, e) ||
			!member_str(o, "path", true, member_is_path, &modes[i].path, e) ||
			!member_mode(o, "mode", &modes[i].mode, e) ||
			!member_str(o, "owner", false, member_is_name, &modes[i].owner, e) ||
			!member_str(o, "group", false, member_is_name, &modes[i].group, e))
			return false;
	}
	d->modes = modes;
	d->n_modes = v->n;
	return true;
}

static bool parse_initrd(
	const struct json *image, struct arena *a, struct description *d, struct err *e)
{
	static const char *const keys[] = { "modules", NULL };
	const struct json *v;

	if (!member_object(image, "initrd", &v, e))
		return false;
	return !v || (json_only(v, "initrd", keys, e) &&
			     member_list(v, "modules", is_module, true, a, &d->initrd_modules, e));
}

static bool parse_units(
	const struct json *image, struct arena *a, struct description *d, struct err *e)
{
	static const char *const keys[] = { "enable", "mask", NULL };
	const struct json *v;

	if (!member_object(image, "units", &v, e))
		return false;
	return !v || (json_only(v, "units", keys, e) &&
			     member_list(v, "enable", is_unit, true, a, &d->units_enable, e) &&
			     member_list(v, "mask", is_unit, true, a, &d->units_mask, e));
}

bool description_image_parse(
	struct description *d, const struct json *o, struct arena *a, struct err *e)
{
	static const char *const keys[] = { "command-line", "kernel", "stub", "initrd",
		"kernel-modules", "users", "groups", "units", "links", "folders", "overlays",
		"exclude", "prefer", "modes", "hostname", "os-release", "ports", "configure",
		"format", NULL };
	struct str configure = STR("none"), format = STR("disk");

	if (!json_only(o, "image", keys, e) ||
		!member_str(o, "configure", false, is_configure, &configure, e) ||
		!member_str(o, "format", false, is_format, &format, e))
		return false;
	d->eif = str_is(format, "eif");
	d->run_scripts = str_is(configure, "scripts");
	return member_list(o, "command-line", member_is_word, false, a, &d->command_line, e) &&
	       description_file_parse(o, "kernel", false, &d->kernel, e) &&
	       description_file_parse(o, "stub", false, &d->stub, e) && parse_initrd(o, a, d, e) &&
	       member_list(o, "kernel-modules", is_module, true, a, &d->kernel_modules, e) &&
	       parse_users(o, a, d, e) && parse_groups(o, a, d, e) && parse_units(o, a, d, e) &&
	       parse_rules(o, "links", member_is_text, a, &d->links, &d->n_links, e) &&
	       member_list(o, "folders", member_is_path, true, a, &d->folders, e) &&
	       member_list(o, "overlays", member_is_folder, true, a, &d->overlays, e) &&
	       member_list(o, "exclude", member_is_path, true, a, &d->exclude, e) &&
	       parse_rules(o, "prefer", is_origin, a, &d->prefer, &d->n_prefer, e) &&
	       parse_modes(o, a, d, e) &&
	       member_str(o, "hostname", false, member_is_name, &d->hostname, e) &&
	       member_str(o, "os-release", false, is_os_release, &d->os_release, e) &&
	       member_list(o, "ports", member_is_port, true, a, &d->ports, e);
}
