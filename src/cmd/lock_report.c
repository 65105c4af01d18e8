#define ASSAY_MAY_ASK_THE_MACHINE
#include "cmd/lock_report.h"

#include <stdio.h>
#include <time.h>

#include "cmd/line.h"
#include "base/banned.h"

enum { DAY = 86400, OLD_DAYS = 30, REGISTERS = 24 };

static void print_suite(const struct lock_suite *s, int64_t now)
{
	time_t when = (time_t)s->date_unix;
	struct tm tm = { 0 };
	char date[64];
	int64_t days = now > s->date_unix ? (now - s->date_unix) / DAY : 0;

	gmtime_r(&when, &tm);
	strftime(date, sizeof date, "%Y-%m-%d %H:%M UTC", &tm);
	printf("%.*s %.*s: released %s, %lld day%s ago, signed by %.*s\n", STR_ARG(s->archive),
		STR_ARG(s->suite), date, (long long)days, days == 1 ? "" : "s", STR_ARG(s->signer));
}

void lock_report_warn(const struct lock_report *r)
{
	for (size_t i = 0; i < r->after->n_suites; i++) {
		const struct lock_suite *s = &r->after->suites[i];

		if (r->now > s->date_unix && (r->now - s->date_unix) / DAY > OLD_DAYS)
			fprintf(stderr,
				"warning: the Release of '%.*s' is older than %d days: security updates may be missing\n",
				STR_ARG(s->suite), OLD_DAYS);
		if (s->date_unix > r->now + DAY)
			fprintf(stderr,
				"warning: the Release of '%.*s' is from the future: is the clock right?\n",
				STR_ARG(s->suite));
	}
}

/* ---- for a person ---- */

static void print_package(char mark, const struct lock_package *p)
{
	printf("%c %.*s %.*s (%.*s)\n", mark, STR_ARG(p->name), STR_ARG(p->version),
		STR_ARG(p->why));
}

static void print_change(const struct lock_change *c)
{
	const struct lock_package *a = c->before, *b = c->after;

	switch (c->kind) {
	case LOCK_CHANGE_ADDED:
		print_package('+', b);
		break;
	case LOCK_CHANGE_REMOVED:
		print_package('-', a);
		break;
	case LOCK_CHANGE_MOVED:
		printf("= %.*s %.*s, in other sets than before\n", STR_ARG(b->name),
			STR_ARG(b->version));
		break;
	case LOCK_CHANGE_REPLACED:
		printf("~ %.*s %.*s -> %.*s%s\n", STR_ARG(a->name), STR_ARG(a->version),
			STR_ARG(b->version),
			str_equal(a->version, b->version) ? ", with other bytes" : "");
		break;
	}
}

static void print_source_change(const struct lock_source_change *c)
{
	const struct lock_source *a = c->before, *b = c->after;

	if (!a || !b)
		printf("%c source %.*s %.*s\n", b ? '+' : '-', STR_ARG((b ? b : a)->name),
			STR_ARG((b ? b : a)->version));
	else
		printf("~ source %.*s %.*s -> %.*s%s\n", STR_ARG(a->name), STR_ARG(a->version),
			STR_ARG(b->version),
			str_equal(a->version, b->version) ? ", with other files" : "");
}

static void print_registers(const char *before, uint32_t registers)
{
	if (!registers)
		return;
	fputs(before, stdout);
	for (unsigned i = 0; i < REGISTERS; i++)
		if (registers & 1u << i)
			printf(" %u", i);
	putchar('\n');
}

static void print_effect(const struct lock_report *r)
{
	const struct lock_effect *f = &r->effect;

	if (!r->d->n_platforms) {
		puts("no platform in assay.yaml: no reference values");
		return;
	}
	print_registers("registers that will move: PCR", f->moves.will);
	print_registers("registers that may move: PCR", f->moves.may);
	if (!f->moves.will && !f->moves.may)
		puts("no register moves");
	for (size_t i = 0; i < f->n; i++) {
		const struct lock_effect_reason *x = &f->reasons[i];

		line_print(stdout, "  %s%s: %.*s", shape_moves_part_name(x->part),
			x->sure ? "" : ", perhaps", STR_ARG(x->because));
	}
	if (f->moves.will || f->moves.may)
		puts("(assay build makes the new values; a running machine answers with the old ones)");
}

static void print_sets(const struct lock *l)
{
	for (size_t s = 0; s < l->n_sets; s++) {
		uint64_t bytes = 0;

		for (size_t i = 0; i < l->sets[s].n; i++)
			bytes += l->packages[l->sets[s].packages[i]].size;
		printf("%.*s: %zu packages, %.1f MB\n", STR_ARG(l->sets[s].name), l->sets[s].n,
			(double)bytes / 1e6);
	}
	if (l->left_out.n)
		printf("left out of the image, as assay.yaml says: %zu\n", l->left_out.n);
}

void lock_report_print(const struct lock_report *r)
{
	for (size_t i = 0; i < r->after->n_suites; i++)
		print_suite(&r->after->suites[i], r->now);
	for (size_t i = 0; i < r->changes.n; i++)
		print_change(&r->changes.items[i]);
	for (size_t i = 0; i < r->source_changes.n; i++)
		print_source_change(&r->source_changes.items[i]);
	if (r->before && !r->changes.n && !r->source_changes.n)
		puts("no package changed");
	if (r->before)
		print_effect(r);
	print_sets(r->after);
}

/* ---- for a program ---- */

#define LOCK_RESULT_FORMAT "assay.lock-result/1"
enum { JSON_MAX = 64 << 20 };

void lock_report_suites_json(struct json_out *w, const struct lock *l)
{
	json_key(w, "suites");
	json_array(w);
	for (size_t i = 0; i < l->n_suites; i++) {
		json_object(w);
		json_put_str(w, "archive", l->suites[i].archive);
		json_put_str(w, "suite", l->suites[i].suite);
		json_put_uint(w, "date", (uint64_t)l->suites[i].date_unix);
		json_put_str(w, "signer", l->suites[i].signer);
		json_end_object(w);
	}
	json_end_array(w);
}

static void put_version(struct json_out *w, const char *key, const struct lock_package *p)
{
	json_key(w, key);
	if (p)
		json_text(w, p->version);
	else
		json_null(w);
}

static void put_change(struct json_out *w, const struct lock_change *c)
{
	const struct lock_package *p = c->after ? c->after : c->before;

	json_object(w);
	json_put_cstr(w, "change", lock_change_name(c->kind));
	json_put_str(w, "name", p->name);
	put_version(w, "before", c->before);
	put_version(w, "after", c->after);
	json_put_str(w, "why", p->why);
	json_key(w, "sets");
	json_array(w);
	for (size_t i = 0; i < c->sets.n; i++)
		json_text(w, c->sets.items[i]);
	json_end_array(w);
	json_end_object(w);
}

static void put_source_version(struct json_out *w, const char *key, const struct lock_source *s)
{
	json_key(w, key);
	if (s)
		json_text(w, s->version);
	else
		json_null(w);
}

static void put_source_change(struct json_out *w, const struct lock_source_change *c)
{
	json_object(w);
	json_put_cstr(w, "change", lock_change_name(c->kind));
	json_put_str(w, "name", (c->after ? c->after : c->before)->name);
	put_source_version(w, "before", c->before);
	put_source_version(w, "after", c->after);
	json_end_object(w);
}

static void put_registers(struct json_out *w, const char *key, uint32_t registers)
{
	json_key(w, key);
	json_array(w);
	for (unsigned i = 0; i < REGISTERS; i++)
		if (registers & 1u << i)
			json_uint(w, i);
	json_end_array(w);
}

static void put_effect(struct json_out *w, const struct lock_report *r)
{
	const struct lock_effect *f = &r->effect;
	bool measured = r->d->n_platforms != 0;

	json_key(w, "registers");
	json_object(w);
	put_registers(w, "will-move", measured ? f->moves.will : 0);
	put_registers(w, "may-move", measured ? f->moves.may : 0);
	json_key(w, "reasons");
	json_array(w);
	for (size_t i = 0; i < f->n; i++) {
		json_object(w);
		json_put_cstr(w, "part", shape_moves_part_name(f->reasons[i].part));
		json_put_bool(w, "sure", f->reasons[i].sure);
		json_put_str(w, "because", f->reasons[i].because);
		json_end_object(w);
	}
	json_end_array(w);
	json_end_object(w);
}

static void put_sets(struct json_out *w, const struct lock *l)
{
	json_key(w, "sets");
	json_array(w);
	for (size_t s = 0; s < l->n_sets; s++) {
		uint64_t bytes = 0;

		for (size_t i = 0; i < l->sets[s].n; i++)
			bytes += l->packages[l->sets[s].packages[i]].size;
		json_object(w);
		json_put_str(w, "name", l->sets[s].name);
		json_put_uint(w, "packages", l->sets[s].n);
		json_put_uint(w, "bytes", bytes);
		json_end_object(w);
	}
	json_end_array(w);
}

bool lock_report_json(const struct lock_report *r, struct err *e)
{
	CLEANUP(buf_done) struct buf b = buf_init(JSON_MAX);
	struct json_out w = json_out_to(&b);

	json_object(&w);
	json_put_cstr(&w, "format", LOCK_RESULT_FORMAT);
	json_put_bool(&w, "made", r->made);
	json_put_bool(&w, "had-lock", r->before != NULL);
	lock_report_suites_json(&w, r->after);
	put_sets(&w, r->after);
	json_put_uint(&w, "left-out", r->after->left_out.n);
	json_key(&w, "changes");
	json_array(&w);
	for (size_t i = 0; i < r->changes.n; i++)
		put_change(&w, &r->changes.items[i]);
	json_end_array(&w);
	json_key(&w, "source-changes");
	json_array(&w);
	for (size_t i = 0; i < r->source_changes.n; i++)
		put_source_change(&w, &r->source_changes.items[i]);
	json_end_array(&w);
	put_effect(&w, r);
	json_end_object(&w);
	if (!buf_ok(&b))
		return buf_full(&b, "the result", e);
	return fwrite(b.p, 1, b.n, stdout) == b.n || err_os(e, "cannot write the result");
}
