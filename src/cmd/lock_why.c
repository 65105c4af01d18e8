/* assay lock why: the chain of reasons from what was asked for to a package of the lock. */
#include <stdio.h>
#include <stdlib.h>

#include "base/mem.h"
#include "cmd/line.h"
#include "cmd/spelling.h"
#include "cmd/verbs.h"
#include "codec/json.h"
#include "lock/packages_text.h"
#include "lock/why.h"
#define ASSAY_MAY_ASK_THE_MACHINE
#include "base/banned.h"

#define LOCK_WHY_FORMAT "assay.lock-why/1"
enum { ARENA_MAX = 512 << 20, JSON_MAX = 16 << 20, NEAR_MAX = 5, NEAR_TEXT_MAX = 200 };

struct asked {
	const struct verb_args *args;
	struct str name;
	struct lock l;
	struct why why;
	bool left_out;
	struct str near[NEAR_MAX];
	size_t n_near;
	struct buf *texts; /* of the indexes */
	struct arena *a;
};

static void done(struct asked *q)
{
	for (size_t i = 0; q->texts && i < q->l.n_indexes; i++)
		buf_done(&q->texts[i]);
	free(q->texts);
	arena_free(q->a);
}

/* The texts of the indexes, empty where the store has not what the lock names. */
static bool read_texts(struct asked *q, struct span **ret, struct err *e)
{
	CLEANUP(store_freep) struct store *s = NULL;
	struct span *spans = ARENA_ARRAY(q->a, q->l.n_indexes, struct span);

	q->texts = mem_array(q->l.n_indexes, sizeof *q->texts);
	if (!spans)
		return arena_full(q->a, e);
	if (!store_open(&s, verb_value(q->args, "--store"), e))
		return false;
	for (size_t i = 0; i < q->l.n_indexes; i++) {
		struct err why = { 0 };

		if (packages_text_read(s, q->l.indexes[i].sha256, &q->texts[i], &why))
			spans[i] = buf_span(&q->texts[i]);
		else if (why.kind != ERR_NOTFOUND)
			line_print(stderr, "warning: an index cannot be used: %s", why.text);
	}
	*ret = spans;
	return true;
}

/* What a person may have meant: a word mistyped, the beginning of a name, a source package. */
static void find_near(struct asked *q)
{
	for (size_t i = 0; i < q->l.n_packages && q->n_near < NEAR_MAX; i++) {
		const struct lock_package *p = &q->l.packages[i];
		struct str start = str_make(
			p->name.p, p->name.n < q->name.n ? p->name.n : q->name.n);

		if (q->n_near && str_equal(q->near[q->n_near - 1], p->name))
			continue;
		if (spelling_near(q->name, p->name) || str_equal(start, q->name) ||
			str_equal(p->source, q->name))
			q->near[q->n_near++] = p->name;
	}
}

static bool ask(struct asked *q, const char *dir, struct err *e)
{
	struct err unread = { 0 };
	struct span *texts = NULL;
	struct description d;
	bool fresh;

	if (!lock_read(&q->l, dir, q->a, e))
		return false;
	for (size_t i = 0; i < q->l.left_out.n; i++)
		q->left_out |= str_equal(q->l.left_out.items[i], q->name);
	if (!lock_package_find(&q->l, q->name)) {
		find_near(q);
		return true;
	}
	/* Without the description that the lock was made for nobody knows what was asked for in which set. */
	fresh = description_read(&d, dir, q->a, &unread) && lock_check_fresh(&q->l, &d, &unread);
	if (fresh && !read_texts(q, &texts, e))
		return false;
	return why_find(&q->why, &q->l, fresh ? &d : NULL, texts, q->name, q->a, e);
}

static const char *begin_text(struct str begin)
{
	return str_is(begin, "seed")        ? "asked for in assay.yaml"
	       : str_is(begin, "essential") ? "Essential: every Debian has it"
					    : "needed";
}

static void print_step(const struct why_chain *c, size_t i)
{
	const struct why_step *s = &c->steps[i];
	struct str name = s->package->name, version = s->package->version;

	if (i == 0)
		line_print(stdout, "  %.*s %.*s: %s", STR_ARG(name), STR_ARG(version),
			begin_text(c->begin));
	else if (s->field.n)
		line_print(stdout, "  %.*s %.*s: %.*s: %.*s", STR_ARG(name), STR_ARG(version),
			STR_ARG(s->field), STR_ARG(s->dependency));
	else
		line_print(stdout, "  %.*s %.*s: the one before depends on it", STR_ARG(name),
			STR_ARG(version));
}

static void print_text(const struct asked *q)
{
	for (size_t i = 0; i < q->why.n; i++) {
		const struct why_chain *c = &q->why.chains[i];

		line_print(stdout, "in %.*s", STR_ARG(c->set));
		for (size_t k = 0; k < c->n; k++)
			print_step(c, k);
	}
	if (q->left_out)
		puts("not in image: assay.yaml leaves it out");
	for (size_t i = 0; i < q->why.n; i++)
		if (!q->why.chains[i].from_indexes) {
			verb_say(q->args,
				"(from the reasons that the lock keeps: an index of it is not in the store, or\n"
				"assay.yaml is another by now)");
			break;
		}
}

static void put_chain(struct json_out *w, const struct why_chain *c)
{
	json_object(w);
	json_put_str(w, "set", c->set);
	json_put_str(w, "begin", c->begin);
	json_put_bool(w, "from-indexes", c->from_indexes);
	json_key(w, "steps");
	json_array(w);
	for (size_t i = 0; i < c->n; i++) {
		json_object(w);
		json_put_str(w, "name", c->steps[i].package->name);
		json_put_str(w, "version", c->steps[i].package->version);
		json_put_str(w, "field", c->steps[i].field);
		json_put_str(w, "dependency", c->steps[i].dependency);
		json_end_object(w);
	}
	json_end_array(w);
	json_end_object(w);
}

static bool print_json(const struct asked *q, struct err *e)
{
	CLEANUP(buf_done) struct buf b = buf_init(JSON_MAX);
	struct json_out w = json_out_to(&b);

	json_object(&w);
	json_put_cstr(&w, "format", LOCK_WHY_FORMAT);
	json_put_str(&w, "package", q->name);
	json_put_bool(&w, "in-lock", q->why.n != 0);
	json_put_bool(&w, "left-out", q->left_out);
	json_key(&w, "chains");
	json_array(&w);
	for (size_t i = 0; i < q->why.n; i++)
		put_chain(&w, &q->why.chains[i]);
	json_end_array(&w);
	json_key(&w, "near");
	json_array(&w);
	for (size_t i = 0; i < q->n_near; i++)
		json_text(&w, q->near[i]);
	json_end_array(&w);
	json_end_object(&w);
	if (!buf_ok(&b))
		return buf_full(&b, "the result", e);
	return fwrite(b.p, 1, b.n, stdout) == b.n || err_os(e, "cannot write the result");
}

/* A well-formed no. */
static bool not_there(const struct asked *q, struct err *e)
{
	CLEANUP(buf_done) struct buf near = buf_init(NEAR_TEXT_MAX);

	if (q->left_out) {
		err_set(e, ERR_NOTFOUND, "'%.*s' is not in the lock: assay.yaml leaves it out",
			STR_ARG(q->name));
		return err_hint(e, "take it out of leave-out: and run assay lock to have it");
	}
	err_set(e, ERR_NOTFOUND, "'%.*s' is not in the lock: nothing needs it", STR_ARG(q->name));
	for (size_t i = 0; i < q->n_near; i++)
		buf_printf(&near, "%s%.*s", i ? ", " : "", STR_ARG(q->near[i]));
	if (near.n)
		return err_hint(e, "did you mean %.*s?", STR_ARG(buf_str(&near)));
	return err_hint(e, "to have it, add it to packages: in assay.yaml and run assay lock");
}

static bool run(const struct verb_args *args, int *code, struct err *e)
{
	const char *dir = verb_arg(args, 1) ? verb_arg(args, 1) : ".";
	CLEANUP(done)
	struct asked q = {
		.args = args, .name = str_of(verb_arg(args, 0)), .a = arena_new(ARENA_MAX)
	};

	if (!ask(&q, dir, e))
		return false;
	if (!q.why.n)
		*code = VERB_NO;
	if (verb_flag(args, "--json"))
		return print_json(&q, e);
	if (!q.why.n)
		return not_there(&q, e);
	print_text(&q);
	return true;
}

static const struct verb_option options[] = {
	{ "--store", "DIR", "the store (~/.cache/assay)", false },
	{ "--json", NULL, "print the answer as JSON", false },
	{ 0 },
};

const struct verb cmd_lock_why = {
	.name = "lock why",
	.summary = "say why a package is in the lock",
	.usage = "PACKAGE [DIR]",
	.min_args = 1,
	.max_args = 2,
	.options = options,
	.example = "assay lock why libcap2 examples/hello",
	.run = run,
};
