#include "cmd/explain_text.h"

#include <stdio.h>

#include "cmd/line.h"

#define ASSAY_MAY_ASK_THE_MACHINE
#include "base/banned.h"

static void print_digest(const char *name, const struct digest *d)
{
	char hex[2 * DIGEST_MAX + 1];

	if (d->alg == DIGEST_NONE)
		return;
	digest_hex(d, hex);
	printf("         %-6s %s\n", name, hex);
}

static void print_finding(const char *registers, const struct explain_finding *f)
{
	line_print(stdout, "  %s %-2u %s%s%.*s%s%.*s%s", registers, f->reg,
		explain_kind_name(f->kind), f->event.n ? ": " : "", STR_ARG(f->event),
		f->origin.n ? " (from " : "", STR_ARG(f->origin), f->origin.n ? ")" : "");
	if (f->text.n)
		line_print(stdout, "         %.*s", STR_ARG(f->text));
	print_digest("want", &f->want);
	print_digest("got", &f->got);
}

void explain_text_print(const struct explain *ex)
{
	if (ex->n == 0)
		puts("  nothing differs");
	for (size_t i = 0; i < ex->n; i++)
		print_finding(ex->registers, &ex->findings[i]);
	if (ex->n_untold)
		printf("  and %zu more\n", ex->n_untold);
	if (ex->summary.n)
		line_print(stdout, "  %.*s", STR_ARG(ex->summary));
}
