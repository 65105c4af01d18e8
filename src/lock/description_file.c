#include "lock/description_file.h"

#include "lock/member.h"
#include "base/banned.h"

bool description_file_parse(const struct json *o, const char *key, bool required,
	struct file_request *ret, struct err *e)
{
	static const char *const keys[] = { "component", "file", NULL };
	const struct json *v = json_get(o, key);
	struct file_request r = { 0 };

	if (!v || v->kind != JSON_OBJECT) {
		if (!member_str(o, key, required, member_is_path, &r.path, e))
			return false;
	} else if (!json_only(v, key, keys, e) ||
		   !member_str(v, "component", true, member_is_name, &r.component, e) ||
		   !member_str(v, "file", true, member_is_path, &r.path, e)) {
		return false;
	}
	if (!v)
		return true;
	r.line = v->line;
	*ret = r;
	return true;
}

/* An output that is the file, or a folder that it may be in. */
static bool may_give(const struct component *c, struct str path)
{
	for (size_t i = 0; i < c->n_outputs; i++) {
		const struct component_output *o = &c->outputs[i];
		if (!o->tree && str_equal(o->from, path))
			return true;
		if (o->tree && path.n > o->from.n && path.p[o->from.n] == '/' &&
			str_equal(str_make(path.p, o->from.n), o->from))
			return true;
	}
	return false;
}

static const struct component *find(const struct description *d, struct str name)
{
	for (size_t i = 0; i < d->n_components; i++)
		if (str_equal(d->components[i].name, name))
			return &d->components[i];
	return NULL;
}

static bool check_one(const struct description *d, const char *key, const struct file_request *r,
	bool packages, const char *list, struct err *e)
{
	const struct component *c = find(d, r->component);

	if (!r->path.n)
		return true;
	if (!r->component.n)
		return packages ||
		       err_set(e, ERR_FORMAT,
			       "line %zu: '%s' is a file of a package, and '%s' names none",
			       r->line, key, list);
	if (!c)
		return err_set(e, ERR_FORMAT, "line %zu: '%s': there is no component '%.*s'",
			r->line, key, STR_ARG(r->component));
	if (may_give(c, r->path))
		return true;
	err_set(e, ERR_FORMAT, "line %zu: '%s': no output of component '%.*s' has '%.*s'", r->line,
		key, STR_ARG(r->component), STR_ARG(r->path));
	return err_hint(e,
		"name it as it lies below the component's /out, and let an output take it: {from: %.*s, to: build, mode: \"0644\"}",
		STR_ARG(r->path));
}

bool description_file_check(const struct description *d, struct err *e)
{
	bool firmware = d->firmware_packages.n;

	if (d->run_scripts && !d->packages.n)
		return err_set(e, ERR_FORMAT,
			"'configure: scripts' runs the scripts of packages, and 'packages' names none");
	for (size_t i = 0; i < d->n_platforms; i++)
		if (!check_one(d, "firmware", &d->platforms[i].firmware, firmware,
			    "firmware: packages", e))
			return false;
	return check_one(d, "kernel", &d->kernel, true, "packages", e) &&
	       check_one(d, "code", &d->firmware_code, firmware, "firmware: packages", e) &&
	       check_one(d, "vars", &d->firmware_vars, firmware, "firmware: packages", e) &&
	       check_one(d, "stub", &d->stub, firmware, "firmware: packages", e);
}
