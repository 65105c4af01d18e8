#include "cmd/rebuild_packages_report.h"

#include <inttypes.h>
#include <stdio.h>

#include "base/utc.h"
#include "cmd/line.h"
#include "codec/json.h"
#include "base/banned.h"

#define REPORT_FORMAT "assay.rebuilt-packages/1"

enum { JSON_MAX = 256 << 20, FILES_SHOWN = 20, DATE_SIZE = sizeof "2026-11-28" - 1 };

/* ---- for people ---- */

/* "TOOLCHAIN, proved", "unknown" */
static void put_cause(struct buf *out, const struct rebuilt_file *f)
{
	static const char *const sure[] = { [CAUSE_BY_CANARY] = ", proved",
		[CAUSE_BY_BISECTION] = ", proved",
		[CAUSE_BY_CONTENT] = ", likely",
		[CAUSE_BY_NONE] = "" };

	if (f->derived)
		buf_add_cstr(out, "follows");
	else if (f->cause == CAUSE_UNKNOWN)
		buf_add_cstr(out, "unknown");
	else
		buf_printf(out, "%s%s", cause_name(f->cause), sure[f->by]);
}

static void print_file(const struct rebuilt_file *f)
{
	CLEANUP(buf_done) struct buf cause = buf_init(100);

	put_cause(&cause, f);
	line_print(stdout, "    %-17.*s  %.*s: %.*s", STR_ARG(buf_str(&cause)), STR_ARG(f->path),
		STR_ARG(f->what));
}

static void print_tools(const struct rebuild_debs *d)
{
	CLEANUP(buf_done) struct buf text = buf_init(4096);
	char date[UTC_SIZE];

	for (size_t i = 0; i < d->n_tools; i++) {
		const struct rebuild_tool *t = &d->tools[i];

		if (!t->younger)
			continue;
		utc_write(date, t->date_unix);
		buf_printf(&text, "%s%.*s %.*s (%.*s)", text.n ? ", " : "", STR_ARG(t->name),
			STR_ARG(t->version), DATE_SIZE, date);
	}
	utc_write(date, d->date_unix);
	if (text.n)
		line_print(stdout, "    tools here that are younger than the package (%.*s): %.*s",
			DATE_SIZE, date, STR_ARG(buf_str(&text)));
}

static void print_one(const struct rebuild_deb *x)
{
	line_print(stdout, "%-9s  %.*s %.*s", rebuild_deb_verdict_name(x->verdict),
		STR_ARG(x->package->name), STR_ARG(x->package->version));
	for (size_t i = 0; i < x->n_files && i < FILES_SHOWN; i++)
		print_file(&x->files[i]);
	if (x->n_files > FILES_SHOWN)
		printf("    and %zu more files\n", x->n_files - FILES_SHOWN);
}

void rebuild_packages_report_print(const struct rebuild_debs *d)
{
	bool differs = false;

	for (size_t i = 0; i < d->n; i++) {
		print_one(&d->debs[i]);
		differs = differs || d->debs[i].verdict == REBUILD_DEB_DIFFERS;
	}
	if (d->why.n)
		line_print(stdout, "    %.*s", STR_ARG(d->why));
	if (d->hint.n)
		line_print(stdout, "    %.*s", STR_ARG(d->hint));
	if (differs)
		print_tools(d);
	fflush(stdout);
}

void rebuild_packages_report_sum(const struct rebuild_debs *d, size_t n)
{
	size_t of[REBUILD_DEB_VERDICTS] = { 0 }, all = 0;

	for (size_t i = 0; i < n; i++)
		for (size_t k = 0; k < d[i].n; k++, all++)
			of[d[i].debs[k].verdict]++;
	printf("%zu package%s: %zu identical, %zu different, %zu not built\n", all,
		all == 1 ? "" : "s", of[REBUILD_DEB_IDENTICAL], of[REBUILD_DEB_DIFFERS],
		of[REBUILD_DEB_FAILED] + of[REBUILD_DEB_MISSING]);
}

/* ---- as JSON ---- */

static void emit_file(struct json_out *o, const struct rebuilt_file *f)
{
	json_object(o);
	json_put_str(o, "path", f->path);
	json_put_bool(o, "derived", f->derived);
	json_put_cstr(o, "cause", cause_name(f->cause));
	json_put_cstr(o, "by", cause_by_name(f->by));
	json_put_str(o, "what", f->what);
	json_end_object(o);
}

static void emit_deb(struct json_out *o, const struct rebuild_deb *x)
{
	bool built = x->verdict == REBUILD_DEB_IDENTICAL || x->verdict == REBUILD_DEB_DIFFERS;

	json_object(o);
	json_put_str(o, "name", x->package->name);
	json_put_str(o, "version", x->package->version);
	json_put_cstr(o, "verdict", rebuild_deb_verdict_name(x->verdict));
	json_put_hex(o, "published", SPAN_OF(x->package->sha256));
	if (built)
		json_put_hex(o, "rebuilt", SPAN_OF(x->sha256));
	json_key(o, "files");
	json_array(o);
	for (size_t i = 0; i < x->n_files; i++)
		emit_file(o, &x->files[i]);
	json_end_array(o);
	json_end_object(o);
}

static void emit_tool(struct json_out *o, const struct rebuild_tool *t)
{
	char date[UTC_SIZE];

	utc_write(date, t->date_unix);
	json_object(o);
	json_put_str(o, "name", t->name);
	json_put_str(o, "version", t->version);
	json_put_cstr(o, "date", date);
	json_put_bool(o, "younger", t->younger);
	json_end_object(o);
}

static void emit_unit(struct json_out *o, const struct rebuild_debs *d)
{
	char date[UTC_SIZE];

	json_object(o);
	json_put_str(o, "unit", d->unit->name);
	json_put_str(o, "source", d->unit->source);
	json_put_str(o, "version", d->unit->version);
	json_put_str(o, "why", d->why);
	if (!d->why.n) {
		utc_write(date, d->date_unix);
		json_put_hex(o, "derivation", SPAN_OF(d->derivation));
		json_put_cstr(o, "date", date);
	}
	json_key(o, "tools");
	json_array(o);
	for (size_t i = 0; i < d->n_tools; i++)
		emit_tool(o, &d->tools[i]);
	json_end_array(o);
	json_key(o, "packages");
	json_array(o);
	for (size_t i = 0; i < d->n; i++)
		emit_deb(o, &d->debs[i]);
	json_end_array(o);
	json_end_object(o);
}

bool rebuild_packages_report_json(const struct rebuild_debs *d, size_t n, struct err *e)
{
	CLEANUP(buf_done) struct buf text = buf_init(JSON_MAX);
	struct json_out o = json_out_to(&text);

	json_object(&o);
	json_put_cstr(&o, "format", REPORT_FORMAT);
	json_key(&o, "units");
	json_array(&o);
	for (size_t i = 0; i < n; i++)
		emit_unit(&o, &d[i]);
	json_end_array(&o);
	json_end_object(&o);
	if (!buf_ok(&text))
		return buf_full(&text, "the report", e);
	return fwrite(text.p, 1, text.n, stdout) == text.n || err_os(e, "cannot write the report");
}
