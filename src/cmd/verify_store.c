/* assay store verify: reads all that the store holds, says what is damaged, and mends it. */
#include <stdio.h>
#include <stdlib.h>

#include "base/mem.h"
#include "build/damage.h"
#include "cmd/line.h"
#include "cmd/store_refetch.h"
#include "cmd/verbs.h"
#include "codec/json.h"
#include "base/banned.h"

enum { JSON_MAX = 64 << 20 };

/* What became of something damaged. */
enum outcome { LEFT, MADE_AGAIN, FETCHED, LOST };

static const char *const outcome_names[] = { "left", "made-again", "fetched", "lost" };

struct finding {
	enum outcome outcome;
	char how[400]; /* a sentence for LOST, empty otherwise */
};

struct work {
	const struct verb_args *args;
	struct store *store;
	struct store_list list;
	struct damages damages;
	struct finding *findings; /* one for each */
	struct store_refetch refetch;
};

static void work_done(struct work *w)
{
	store_refetch_done(&w->refetch);
	free(w->findings);
	damages_done(&w->damages);
	store_list_done(&w->list);
	store_free(w->store);
}

static void waits(void *ctx)
{
	const struct work *w = ctx;

	verb_say(w->args, "  waiting until no other assay uses the store");
}

static void lost(struct finding *f, const char *how)
{
	f->outcome = LOST;
	snprintf(f->how, sizeof f->how, "%s", how);
}

/* An object whose bytes are gone from here. */
static void fetch_again(struct work *w, const struct store_entry *x, struct finding *f)
{
	uint8_t sha256[SHA256_SIZE];
	struct err why = { 0 };
	bool named = false;

	if (!damage_object(x, sha256)) {
		f->outcome = MADE_AGAIN; /* no object at all: nothing is missing */
	} else if (store_refetch(&w->refetch, sha256, &named, &why)) {
		f->outcome = FETCHED;
	} else if (named) {
		f->outcome = LOST;
		snprintf(f->how, sizeof f->how, "%.300s", why.text);
	} else {
		lost(f, "no lock given here names it: if it is a package, assay fetch DIR brings it "
			"back; if it came from a description, its next build does");
	}
}

/* What could not be read stays: it may be whole, and of some things this is the only copy. */
static bool repair(struct work *w, struct err *e)
{
	const struct damage *d = w->damages.items;

	for (size_t i = 0; i < w->damages.n; i++)
		if (!d[i].unread && !store_remove(w->store, d[i].entry, e))
			return false;
	for (size_t i = 0; i < w->damages.n; i++) {
		const struct store_entry *x = d[i].entry;
		struct finding *f = &w->findings[i];

		if (d[i].unread)
			f->outcome = LEFT;
		else if (x->kind == STORE_OBJECTS)
			fetch_again(w, x, f);
		else if (x->kind == STORE_RESULTS)
			lost(f, "the next build of what it was about makes it again");
		else
			f->outcome = MADE_AGAIN; /* when it is needed */
	}
	return true;
}

static void print_finding(const struct damage *d, const struct finding *f)
{
	static const char *const said[] = { "left as it is", "removed, made again when needed",
		"fetched again", "removed" };

	line_print(stdout, "%s: %s: %s", d->unread ? "cannot be read" : "damaged", d->entry->place,
		d->why);
	line_print(stdout, "  %s%s%s", said[f->outcome], f->how[0] ? ": " : "", f->how);
}

static void print_text(const struct work *w, size_t n_mended)
{
	const struct damages *d = &w->damages;
	size_t n_damaged = d->n - d->n_unread;

	for (size_t i = 0; i < d->n; i++)
		print_finding(&d->items[i], &w->findings[i]);
	if (!d->n && !d->n_unchecked)
		printf("all %zu entries of the store are whole\n", w->list.n);
	else
		printf("%zu of %zu entries whole, %zu not checked, %zu damaged, %zu mended, %zu cannot be read\n",
			w->list.n - d->n - d->n_unchecked, w->list.n, d->n_unchecked, n_damaged,
			n_mended, d->n_unread);
	if (n_damaged && !verb_flag(w->args, "--repair"))
		puts("assay store verify --repair DIR mends what it can; DIR has the assay.lock");
}

static bool print_json(const struct work *w, struct err *e)
{
	CLEANUP(buf_done) struct buf b = buf_init(JSON_MAX);
	struct json_out j = json_out_to(&b);

	json_object(&j);
	json_put_cstr(&j, "format", "assay.store-verify/1");
	json_put_cstr(&j, "store", store_path(w->store));
	json_put_uint(&j, "entries", w->list.n);
	json_put_uint(&j, "not-checked", w->damages.n_unchecked);
	json_key(&j, "damaged");
	json_array(&j);
	for (size_t i = 0; i < w->damages.n; i++) {
		const struct damage *d = &w->damages.items[i];

		json_object(&j);
		json_put_cstr(&j, "place", d->entry->place);
		json_put_bool(&j, "read", !d->unread);
		json_put_cstr(&j, "why", d->why);
		json_put_cstr(&j, "outcome", outcome_names[w->findings[i].outcome]);
		json_end_object(&j);
	}
	json_end_array(&j);
	json_end_object(&j);
	if (!buf_ok(&b))
		return buf_full(&b, "the result", e);
	return fwrite(b.p, 1, b.n, stdout) == b.n || err_os(e, "cannot write the result");
}

/* 2 where something has given no answer. */
static int exit_of(const struct work *w, size_t *n_mended)
{
	size_t n_bad = 0;

	for (size_t i = 0; i < w->damages.n; i++)
		n_bad += w->findings[i].outcome == LEFT || w->findings[i].outcome == LOST;
	*n_mended = w->damages.n - n_bad;
	if (w->damages.n_unread)
		return VERB_FAILED;
	return n_bad ? VERB_NO : VERB_YES;
}

static bool run(const struct verb_args *args, int *code, struct err *e)
{
	CLEANUP(work_done) struct work w = { .args = args };
	bool mend = verb_flag(args, "--repair");
	size_t n_mended = 0;

	if (!store_open(&w.store, verb_value(args, "--store"), e) ||
		!store_refetch_init(&w.refetch, args, w.store, e))
		return false;
	if (mend && !store_lock_alone(w.store, waits, &w, e))
		return false;
	if (!store_list(&w.list, w.store, e) || !damage_find(&w.damages, w.store, &w.list, e))
		return false;
	w.findings = mem_array(w.damages.n, sizeof *w.findings);
	if (mend && !repair(&w, e))
		return false;
	*code = exit_of(&w, &n_mended);
	if (verb_flag(args, "--json"))
		return print_json(&w, e);
	print_text(&w, n_mended);
	return true;
}

static const struct verb_option options[] = {
	{ "--repair", NULL, "remove what is damaged; fetch what a lock names", false },
	{ "--store", "DIR", "the store (~/.cache/assay)", false },
	{ "--mirror", "URL", "fetch from here instead of apt's sources", true },
	{ "--json", NULL, "print the result as JSON", false },
	{ 0 },
};

const struct verb cmd_store_verify = {
	.name = "store verify",
	.summary = "hash all that the store holds; say or mend what is damaged",
	.usage = "[DIR...]",
	.max_args = VERB_ARGS_MAX,
	.options = options,
	.example = "assay store verify --repair examples/hello",
	.run = run,
};
