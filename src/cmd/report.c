/* assay report: an image, its values, who vouches for them and a verdict, as one HTML page. */
#include <stdlib.h>

#include "base/mem.h"
#include "cmd/at_time.h"
#include "cmd/report_evidence.h"
#include "cmd/report_statements.h"
#include "cmd/trust_load.h"
#include "cmd/verbs.h"
#include "sys/file.h"
#define ASSAY_MAY_ASK_THE_MACHINE
#include "base/banned.h"

enum { REPORT_MEMORY_MAX = 512 << 20 };

struct work {
	const struct verb_args *args;
	struct arena *a;
	struct show show;
	struct trust_file trust;
	struct statements *statements;
	struct report_evidence evidence;
	struct report_page page;
};

static bool load(struct work *w, struct err *e)
{
	struct report_trust trust = { .file = &w->trust };

	if (!at_time_read(&trust.at_unix, verb_value(w->args, "--at"), e) ||
		!trust_load(&w->trust, verb_value(w->args, "--trust"), w->a, e) ||
		!show_load(&w->show, verb_arg(w->args, 0), verb_value(w->args, "--store"), e) ||
		!report_statements_take(&w->page.vouch, &w->statements, &w->show, w->args,
			&w->trust, trust.at_unix, e))
		return false;
	trust.statements = w->statements;
	return report_evidence_take(&w->evidence, &w->show, &trust, w->args, w->a, e);
}

static void fill(struct work *w)
{
	struct report_page *p = &w->page;

	p->image.manifest = &w->show.m;
	p->image.manifest_sha256 = w->show.manifest_sha256;
	p->image.values = &w->show.values;
	p->values_sha256 = w->show.reference_values_sha256;
	p->other_manifest = w->show.other_manifest;
	p->origins = &w->show.origins;
	p->verdict = w->evidence.is_there ? &w->evidence.verdict : NULL;
	p->appraised_here = w->evidence.appraised_here;
	p->explain = w->evidence.explained ? &w->evidence.explain : NULL;
}

static bool write_page(struct work *w, const char *path, struct err *e)
{
	CLEANUP(buf_done) struct buf page = buf_init(REPORT_PAGE_SIZE_MAX);

	if (!report_page_emit(&w->page, &page, w->a, e))
		return false;
	if (!buf_ok(&page))
		return buf_full(&page, "the page", e);
	return file_replace(AT_FDCWD, path, buf_span(&page), 0644, e);
}

static bool run(const struct verb_args *args, int *code, struct err *e)
{
	const char *path = verb_value(args, "--output");
	struct work *w;
	bool ok;

	if (!path)
		return err_set(e, ERR_USAGE, "-o is needed: the file that the page goes to");
	w = MEM_NEW(struct work);
	w->args = args;
	w->a = arena_new(REPORT_MEMORY_MAX);
	ok = load(w, e);
	if (ok) {
		fill(w);
		ok = write_page(w, path, e);
	}
	if (ok && report_page_says_no(&w->page))
		*code = VERB_NO;
	if (ok)
		verb_say(args, "wrote %s", path);
	statements_load_free(w->statements);
	trust_unload(&w->trust);
	show_load_done(&w->show);
	arena_free(w->a);
	free(w);
	return ok;
}

static const struct verb_option options[] = {
	{ "--output", "FILE", "the page, as HTML that needs nothing else", false },
	{ "--statements", "FILE|DIR", "what rebuilders say of the values", true },
	{ "--trust", "FILE", "whom you trust (~/.config/assay/trust.yaml)", false },
	REPORT_EVIDENCE_OPTIONS,
	{ 0 },
};

const struct verb cmd_report = {
	.name = "report",
	.summary = "an image, its values and who vouches, as one HTML page",
	.usage = "OUT",
	.min_args = 1,
	.max_args = 1,
	.options = options,
	.example = "assay report out -o hello.html",
	.run = run,
};
