#include "trust/tcb_info.h"

#include "base/banned.h"

enum { SVN_MAX = UINT16_MAX };

static bool read_svn(const struct json *o, const char *key, uint16_t *ret, struct err *e)
{
	uint64_t v = 0;

	if (!json_get_u64(o, key, SVN_MAX, &v, e))
		return false;
	*ret = (uint16_t)v;
	return true;
}

static bool read_words(struct str *ret, const struct json *o, const char *key, struct err *e)
{
	return !json_get(o, key) || json_get_str(o, key, ret, e);
}

static bool read_components(struct tcb_component out[static TCB_INFO_COMPONENTS],
	const struct json *tcb, const char *key, struct err *e)
{
	const struct json *list = NULL;

	if (!json_get_array(tcb, key, &list, e))
		return false;
	if (list->n != TCB_INFO_COMPONENTS)
		return err_set(e, ERR_FORMAT, "line %zu: '%s' has %zu components, want %d",
			list->line, key, list->n, TCB_INFO_COMPONENTS);
	for (size_t i = 0; i < list->n; i++) {
		const struct json *c = &list->items[i];

		if (!read_svn(c, "svn", &out[i].svn, e) ||
			!read_words(&out[i].category, c, "category", e) ||
			!read_words(&out[i].type, c, "type", e))
			return false;
	}
	return true;
}

static bool read_level(
	struct tcb_level *l, const struct json *o, bool tdx, struct arena *a, struct err *e)
{
	const struct json *tcb = NULL;

	return json_get_object(o, "tcb", &tcb, e) &&
	       read_components(l->sgx, tcb, "sgxtcbcomponents", e) &&
	       (!tdx || read_components(l->tdx, tcb, "tdxtcbcomponents", e)) &&
	       read_svn(tcb, "pcesvn", &l->pce_svn, e) &&
	       tcb_status_read_verdict(&l->verdict, o, a, e);
}

/* A list of at least one and at most max objects. */
static bool read_list(
	const struct json *o, const char *key, size_t max, const struct json **ret, struct err *e)
{
	const struct json *list = NULL;

	if (!json_get_array(o, key, &list, e))
		return false;
	if (!list->n || list->n > max)
		return err_set(e, ERR_LIMIT, "line %zu: '%s' has %zu elements, want 1 to %zu",
			list->line, key, list->n, max);
	*ret = list;
	return true;
}

static bool read_levels(struct tcb_info *t, const struct json *o, struct arena *a, struct err *e)
{
	const struct json *list = NULL;
	struct tcb_level *levels;

	if (!read_list(o, "tcbLevels", TCB_INFO_LEVELS_MAX, &list, e))
		return false;
	levels = ARENA_ARRAY(a, list->n, struct tcb_level);
	if (!levels)
		return arena_full(a, e);
	for (size_t i = 0; i < list->n; i++)
		if (!read_level(&levels[i], &list->items[i], str_is(t->id, "TDX"), a, e))
			return err_wrap(e, "TCB level %zu", i);
	t->levels = levels;
	t->n_levels = list->n;
	return true;
}

static bool read_module(struct tcb_module *m, const struct json *o, struct err *e)
{
	if (!pcs_json_hex(o, "mrsigner", m->mrsigner, sizeof m->mrsigner, e) ||
		!pcs_json_u64le(o, "attributes", &m->attributes, e) ||
		!pcs_json_u64le(o, "attributesMask", &m->attributes_mask, e))
		return false;
	return !(m->attributes & ~m->attributes_mask) ||
	       err_set(e, ERR_FORMAT, "attributes that the mask leaves out");
}

static bool read_module_levels(
	struct tcb_module *m, const struct json *o, struct arena *a, struct err *e)
{
	const struct json *list = NULL, *tcb = NULL;
	struct tcb_module_level *levels;

	if (!read_list(o, "tcbLevels", TCB_INFO_LEVELS_MAX, &list, e))
		return false;
	levels = ARENA_ARRAY(a, list->n, struct tcb_module_level);
	if (!levels)
		return arena_full(a, e);
	for (size_t i = 0; i < list->n; i++)
		if (!json_get_object(&list->items[i], "tcb", &tcb, e) ||
			!read_svn(tcb, "isvsvn", &levels[i].isv_svn, e) ||
			!tcb_status_read_verdict(&levels[i].verdict, &list->items[i], a, e))
			return err_wrap(e, "level %zu", i);
	m->levels = levels;
	m->n_levels = list->n;
	return true;
}

/* Absent from the documents of platforms whose modules have no version. */
static bool read_modules(struct tcb_info *t, const struct json *o, struct arena *a, struct err *e)
{
	const struct json *list = NULL;
	struct tcb_module *modules;

	if (!json_get(o, "tdxModuleIdentities"))
		return true;
	if (!read_list(o, "tdxModuleIdentities", TCB_INFO_MODULES_MAX, &list, e))
		return false;
	modules = ARENA_ARRAY(a, list->n, struct tcb_module);
	if (!modules)
		return arena_full(a, e);
	for (size_t i = 0; i < list->n; i++) {
		if (!json_get_str(&list->items[i], "id", &modules[i].id, e) ||
			!read_module(&modules[i], &list->items[i], e) ||
			!read_module_levels(&modules[i], &list->items[i], a, e))
			return err_wrap(e, "TDX module identity %zu", i);
		for (size_t k = 0; k < i; k++)
			if (str_equal(modules[k].id, modules[i].id))
				return err_set(e, ERR_FORMAT,
					"TDX module identity '%.*s' stands twice",
					STR_ARG(modules[i].id));
	}
	t->modules = modules;
	t->n_modules = list->n;
	return true;
}

static bool read_head(struct tcb_info *t, const struct json *o, struct err *e)
{
	return json_get_str(o, "id", &t->id, e) &&
	       json_get_u64(o, "version", UINT16_MAX, &t->version, e) &&
	       pcs_json_read_dates(&t->dates, o, e) &&
	       pcs_json_hex(o, "fmspc", t->fmspc, sizeof t->fmspc, e) &&
	       pcs_json_hex(o, "pceId", t->pce_id, sizeof t->pce_id, e) &&
	       json_get_u64(o, "tcbType", UINT16_MAX, &t->tcb_type, e) &&
	       json_get_u64(o, "tcbEvaluationDataNumber", UINT32_MAX, &t->evaluation_number, e);
}

bool tcb_info_parse(struct tcb_info *ret, struct span body, struct arena *a, struct err *e)
{
	struct tcb_info t = { 0 };
	const struct json *module = NULL;
	struct json o;

	if (body.n > PCS_JSON_SIZE_MAX)
		return err_set(
			e, ERR_LIMIT, "TCB info of %zu bytes, limit %d", body.n, PCS_JSON_SIZE_MAX);
	if (!json_parse(&o, body, a, e) || !read_head(&t, &o, e))
		return err_wrap(e, "TCB info");
	if (json_get(&o, "tdxModule")) {
		if (!json_get_object(&o, "tdxModule", &module, e) ||
			!read_module(&t.module, module, e))
			return err_wrap(e, "TCB info: 'tdxModule'");
		t.has_module = true;
	}
	if (!read_modules(&t, &o, a, e) || !read_levels(&t, &o, a, e))
		return err_wrap(e, "TCB info");
	*ret = t;
	return true;
}
