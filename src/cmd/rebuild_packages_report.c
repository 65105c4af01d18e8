#include "cmd/rebuild_packages_report.h"

#include <stdio.h>

#include "cmd/line.h"
#include "codec/json.h"
#include "base/banned.h"

enum { JSON_MAX = 256 << 20, LEAVES_SHOWN = 12 };

static void put_where(struct buf *out, const struct diff_leaf *l)
{
	for (size_t i = 0; i < l->n_where; i++)
		buf_printf(out, "%s%.*s", i ? " > " : "", STR_ARG(l->where[i]));
}

static void print_leaf(const struct diff_leaf *l)
{
	CLEANUP(buf_done) struct buf where = buf_init(65536);

	put_where(&where, l);
	line_print(stdout, "    %s  %.*s", diff_kind_name(l->kind), STR_ARG(buf_str(&where)));
}

void rebuild_packages_report_print(const struct rebuild_debs *d)
{
	if (d->why.n)
		line_print(stdout, "%.*s: failed: %.*s", STR_ARG(d->unit->name), STR_ARG(d->why));
	for (size_t i = 0; i < d->n; i++) {
		const struct rebuild_deb *x = &d->debs[i];

		line_print(stdout, "%-9s  %.*s %.*s", rebuild_deb_verdict_name(x->verdict),
			STR_ARG(x->package->name), STR_ARG(x->package->version));
		for (size_t k = 0; k < x->diff.n_causes && k < LEAVES_SHOWN; k++)
			print_leaf(&x->diff.leaves[k]);
	}
	fflush(stdout);
}

void rebuild_packages_report_sum(const struct rebuild_debs *d, size_t n)
{
	size_t of[4] = { 0 }, all = 0;

	for (size_t i = 0; i < n; i++)
		for (size_t k = 0; k < d[i].n; k++, all++)
			of[d[i].debs[k].verdict]++;
	printf("%zu packages: %zu identical, %zu differ, %zu not built\n", all,
		of[REBUILD_DEB_IDENTICAL], of[REBUILD_DEB_DIFFERS],
		of[REBUILD_DEB_FAILED] + of[REBUILD_DEB_MISSING]);
}

bool rebuild_packages_report_json(const struct rebuild_debs *d, size_t n, struct err *e)
{
	CLEANUP(buf_done) struct buf text = buf_init(JSON_MAX);

	(void)d;
	(void)n;
	return buf_ok(&text) || buf_full(&text, "the report", e);
}
