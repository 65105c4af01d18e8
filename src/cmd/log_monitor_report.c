#include "cmd/log_monitor_report.h"

#include <stdio.h>

#include "base/hex.h"
#include "cmd/line.h"
#include "base/banned.h"

#define LOG_MONITOR_FORMAT "assay.log-monitor/1"
enum { JSON_MAX = 1 << 30 };

void log_monitor_report_done(struct log_monitor_report *r)
{
	buf_done(&r->json);
}

void log_monitor_report_begin(
	struct log_monitor_report *r, bool as_json, const struct checkpoint *c, uint64_t old_size)
{
	r->as_json = as_json;
	if (!as_json)
		return;
	r->json = buf_init(JSON_MAX);
	r->w = json_out_to(&r->json);
	json_object(&r->w);
	json_put_cstr(&r->w, "format", LOG_MONITOR_FORMAT);
	json_put_str(&r->w, "origin", c->origin);
	json_put_uint(&r->w, "size-before", old_size);
	json_put_uint(&r->w, "size", c->size);
	json_put_hex(&r->w, "root", SPAN_OF(c->root.bytes));
	json_key(&r->w, "entries");
	json_array(&r->w);
}

/* ---- one entry ---- */

static void put_claim(struct json_out *w, const struct rebuild_claim *c)
{
	json_put_cstr(w, "verdict", rebuild_claim_verdict_name(c->verdict));
	json_put_hex(w, "lock-sha256", SPAN_OF(c->lock_sha256));
	json_put_hex(w, "result-sha256", SPAN_OF(c->result_sha256));
	if (c->by.name.n)
		json_put_str(w, "by", c->by.name);
}

static void put_entry(struct json_out *w, uint64_t number, const struct log_entry *x)
{
	json_object(w);
	json_put_uint(w, "index", number);
	json_put_cstr(w, "standing", log_standing_name(x->standing));
	if (x->why.n)
		json_put_str(w, "why", x->why);
	if (x->predicate_type.n)
		json_put_str(w, "predicate-type", x->predicate_type);
	if (x->rebuild)
		put_claim(w, x->rebuild);
	json_key(w, "values");
	json_array(w);
	for (size_t i = 0; i < x->n_values; i++) {
		json_object(w);
		json_put_str(w, "name", x->values[i].name);
		json_put_str(w, "algorithm", x->values[i].alg);
		json_put_str(w, "digest", x->values[i].digest);
		json_put_bool(w, "rebuilt", x->values[i].own);
		json_end_object(w);
	}
	json_end_array(w);
	json_end_object(w);
}

static void print_claim(const struct rebuild_claim *c)
{
	char lock[2 * SHA256_SIZE + 1];

	hex_write(lock, c->lock_sha256, SHA256_SIZE);
	line_print(stdout, "    verdict %s%s%.*s, lock %s", rebuild_claim_verdict_name(c->verdict),
		c->by.name.n ? " by " : "", STR_ARG(c->by.name), lock);
}

static void print_entry(uint64_t number, const struct log_entry *x)
{
	line_print(stdout, "entry %llu: %s%s%.*s", (unsigned long long)number,
		log_standing_name(x->standing), x->why.n ? ": " : "", STR_ARG(x->why));
	if (x->rebuild)
		print_claim(x->rebuild);
	else if (x->predicate_type.n)
		line_print(stdout, "    statement of type %.*s", STR_ARG(x->predicate_type));
	for (size_t i = 0; i < x->n_values; i++)
		line_print(stdout, "    %s  %.*s  %.*s:%.*s",
			x->values[i].own ? "rebuilt    " : "not rebuilt",
			STR_ARG(x->values[i].name), STR_ARG(x->values[i].alg),
			STR_ARG(x->values[i].digest));
}

void log_monitor_report_entry(
	struct log_monitor_report *r, uint64_t number, const struct log_entry *entry)
{
	r->counts[entry->standing]++;
	r->n++;
	if (r->as_json)
		put_entry(&r->w, number, entry);
	else
		print_entry(number, entry);
}

/* ---- the end ---- */

size_t log_monitor_report_open(const struct log_monitor_report *r)
{
	return r->counts[LOG_UNREADABLE] + r->counts[LOG_NOT_REBUILT] +
	       r->counts[LOG_CANNOT_REBUILD];
}

static bool write_json(const struct buf *b, struct err *e)
{
	if (!buf_ok(b))
		return buf_full(b, "the result", e);
	return (fwrite(b->p, 1, b->n, stdout) == b->n && fflush(stdout) == 0) ||
	       err_os(e, "cannot write the result");
}

static bool end_json(struct log_monitor_report *r, size_t n_conflicts, struct err *e)
{
	json_end_array(&r->w);
	json_put_uint(&r->w, "rebuilt", r->counts[LOG_REBUILT]);
	json_put_uint(&r->w, "not-rebuilt", r->counts[LOG_NOT_REBUILT]);
	json_put_uint(&r->w, "cannot-rebuild", r->counts[LOG_CANNOT_REBUILD]);
	json_put_uint(&r->w, "unreadable", r->counts[LOG_UNREADABLE]);
	json_put_uint(&r->w, "conflicts", n_conflicts);
	json_end_object(&r->w);
	return write_json(&r->json, e);
}

bool log_monitor_report_end(struct log_monitor_report *r, const struct checkpoint *c,
	uint64_t old_size, size_t n_conflicts, const char *place, struct err *e)
{
	if (r->as_json)
		return end_json(r, n_conflicts, e);
	line_print(stdout,
		"log '%.*s': %llu entries, %llu of them new; %zu rebuilt, %zu not rebuilt, "
		"%zu cannot be rebuilt, %zu unreadable",
		STR_ARG(c->origin), (unsigned long long)c->size,
		(unsigned long long)(c->size - old_size), r->counts[LOG_REBUILT],
		r->counts[LOG_NOT_REBUILT], r->counts[LOG_CANNOT_REBUILD],
		r->counts[LOG_UNREADABLE]);
	if (n_conflicts)
		line_print(stdout, "this log contradicted itself before: evidence in %s", place);
	return fflush(stdout) == 0 || err_os(e, "cannot write the result");
}

/* ---- a log that contradicts itself ---- */

static void print_note(const char *what, const struct log_note *n)
{
	struct str rest = buf_str(&n->bytes), line;

	line_print(stdout, "%s:", what);
	while (rest.n) {
		(void)str_cut(rest, '\n', &line, &rest);
		line_print(stdout, "    %.*s", STR_ARG(line));
	}
}

bool log_monitor_report_conflict(bool as_json, const char *what, const char *place,
	const struct log_note *seen, const struct log_note *shown, struct err *e)
{
	CLEANUP(buf_done) struct buf out = buf_init(JSON_MAX);
	struct json_out w = json_out_to(&out);

	if (!as_json) {
		print_note("seen before", seen);
		print_note("shown now", shown);
		return fflush(stdout) == 0 || err_os(e, "cannot write the result");
	}
	json_object(&w);
	json_put_cstr(&w, "format", LOG_MONITOR_FORMAT);
	json_put_str(&w, "origin", seen->checkpoint.origin);
	json_put_cstr(&w, "conflict", what);
	json_put_cstr(&w, "evidence", place);
	json_put_str(&w, "seen", buf_str(&seen->bytes));
	json_put_str(&w, "shown", buf_str(&shown->bytes));
	json_end_object(&w);
	return write_json(&out, e);
}
