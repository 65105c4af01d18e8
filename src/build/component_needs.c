#define ASSAY_MAY_ASK_THE_MACHINE
#include "build/component_needs.h"

#include <fcntl.h>
#include <sys/stat.h>

#include "base/mem.h"
#include "build/component_lay.h"
#include "build/source_folder.h"
#include "codec/json.h"
#include "sys/file.h"
#include "base/banned.h"

enum { LISTING_MAX = 64 << 20 };

/* Everything that was made, by its place in the description. */
struct making {
	const struct component_needs_of *of;
	struct component_made *made;
	bool *wanted;
	struct arena *a;
};

static bool find(size_t *ret, const struct description *d, struct str name, struct err *e)
{
	for (size_t i = 0; i < d->n_components; i++) {
		if (str_equal(d->components[i].name, name)) {
			*ret = i;
			return true;
		}
	}
	return err_set(e, ERR_NOTFOUND, "there is no component '%.*s'", STR_ARG(name));
}

static bool want(struct making *m, const struct component *c, struct err *e)
{
	for (size_t k = 0; k < c->needs.n; k++) {
		size_t i;

		if (!find(&i, m->of->description, c->needs.items[k], e))
			return false;
		m->wanted[i] = true;
	}
	return true;
}

static void take_made(struct making *m)
{
	const struct component_how *how = m->of->how;
	const struct description *d = m->of->description;

	for (size_t i = 0; how && i < how->n_made; i++)
		for (size_t k = 0; how->made[i].component && k < d->n_components; k++)
			if (str_equal(d->components[k].name, how->made[i].component->name))
				m->made[k] = how->made[i];
}

/* The needs of those that are there already are not looked for. */
static bool want_all(struct making *m, const struct component *c, struct err *e)
{
	const struct description *d = m->of->description;

	if (!want(m, c, e))
		return false;
	for (size_t i = d->n_components; i-- > 0;) {
		size_t at = d->build_order[i];

		if (m->wanted[at] && !m->made[at].component && !want(m, &d->components[at], e))
			return false;
	}
	return true;
}

static bool make_wanted(struct making *m, struct component_failure *failure, struct err *e)
{
	const struct description *d = m->of->description;
	const struct component_how how = { .made = m->made, .n_made = d->n_components };

	for (size_t i = 0; i < d->n_components; i++) {
		size_t at = d->build_order[i];
		struct component_made now = { .component = &d->components[at] };

		if (!m->wanted[at] || m->made[at].component)
			continue;
		if (!component_build(&now.result, m->of->store, m->of->lock, d, now.component,
			    m->of->source_date_epoch, &how, m->a, failure, e))
			return false;
		m->made[at] = now;
	}
	return true;
}

bool component_needs(struct component_made_list *ret, const struct component_needs_of *of,
	const struct component *c, struct arena *a, struct component_failure *failure,
	struct err *e)
{
	size_t n = of->description->n_components;
	CLEANUP(mem_free) bool *wanted = mem_array(n, sizeof *wanted);
	CLEANUP(mem_free) struct component_made *made = mem_array(n, sizeof *made);
	struct making m = { .of = of, .made = made, .wanted = wanted, .a = a };
	struct component_made *items = ARENA_ARRAY(a, c->needs.n + 1, struct component_made);

	if (!items)
		return arena_full(a, e);
	if (c->needs.n) {
		take_made(&m);
		if (!want_all(&m, c, e) || !make_wanted(&m, failure, e))
			return false;
	}
	for (size_t k = 0; k < c->needs.n; k++) {
		size_t i;

		if (!find(&i, of->description, c->needs.items[k], e))
			return false;
		items[k] = made[i];
	}
	*ret = (struct component_made_list){ items, c->needs.n };
	return true;
}

static void put_product(struct json_out *w, const struct component_product *p)
{
	static const char *const kinds[] = {
		[NODE_FOLDER] = "folder", [NODE_FILE] = "file", [NODE_LINK] = "link"
	};
	CLEANUP(buf_done) struct buf path = buf_init(2 * TREE_PATH_MAX);

	component_lay_path(&path, p);
	json_object(w);
	json_put_str(w, "path", buf_str(&path));
	json_put_cstr(w, "kind", kinds[p->kind]);
	if (p->kind == NODE_FILE) {
		json_put_bool(w, "executable", p->mode & 0100);
		json_put_hex(w, "sha256", SPAN_OF(p->content.sha256));
	}
	if (p->kind == NODE_LINK)
		json_put_str(w, "target", p->target);
	json_end_object(w);
}

bool component_needs_digest(
	uint8_t ret[static SHA256_SIZE], const struct component_result *r, struct err *e)
{
	CLEANUP(buf_done) struct buf text = buf_init(LISTING_MAX);
	struct json_out w = json_out_to(&text);

	json_array(&w);
	for (size_t i = 0; i < r->n_products; i++)
		put_product(&w, &r->products[i]);
	json_end_array(&w);
	if (!buf_ok(&text))
		return buf_full(&text, "the list of what a component gave", e);
	sha256_of(ret, buf_span(&text));
	return true;
}

static bool lay_one(
	const char *at, const struct component_made *m, int64_t time_unix, struct err *e)
{
	CLEANUP(mem_free) char *name = mem_string(m->component->name);
	CLEANUP(file_closep) int dir = -1;
	char path[PATH_MAX];

	return source_folder_make(path, at, name, &dir, e) &&
	       component_lay(dir, &m->result, time_unix, e);
}

bool component_needs_lay(char at[static PATH_MAX], const char *tmp,
	const struct component_made_list *needs, int64_t time_unix, struct err *e)
{
	CLEANUP(file_closep) int dir = -1;
	const struct timespec t = { .tv_sec = time_unix };

	at[0] = 0;
	if (needs->n == 0)
		return true;
	if (!source_folder_make(at, tmp, "need", &dir, e))
		return false;
	for (size_t i = 0; i < needs->n; i++)
		if (!lay_one(at, &needs->items[i], time_unix, e))
			return err_wrap(e, "what component '%.*s' gave",
				STR_ARG(needs->items[i].component->name));
	return futimens(dir, (const struct timespec[]){ t, t }) == 0 ||
	       err_os(e, "cannot make '%s'", at);
}
