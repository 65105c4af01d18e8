#include "page/report_differs.h"

#include "page/html.h"
#include "base/banned.h"

static bool any_statement(const struct report_page *p)
{
	for (size_t i = 0; i < p->vouch.quorum.n; i++)
		if (report_claim_differs(p->vouch.quorum.statements[i].claim, &p->image))
			return true;
	return false;
}

bool report_differs_any(const struct report_page *p)
{
	return p->other_manifest || any_statement(p) ||
	       (p->verdict && told_verdict_count(p->verdict, CHECK_FAILED));
}

static void put_pair(
	struct buf *to, const char *first, struct str a, const char *second, struct str b)
{
	buf_add_cstr(to, "<dl class=\"values\">");
	html_element(to, "dt", str_of(first));
	buf_add_cstr(to, "<dd>");
	html_element(to, "code", a.n ? a : STR("(none)"));
	buf_add_cstr(to, "</dd>");
	html_element(to, "dt", str_of(second));
	buf_add_cstr(to, "<dd>");
	html_element(to, "code", b.n ? b : STR("(none)"));
	buf_add_cstr(to, "</dd></dl>");
}

static void put_digests(struct buf *to, const char *first, const struct digest *a,
	const char *second, const struct digest *b)
{
	char hex[2][2 * DIGEST_MAX + 1];

	hex[0][0] = hex[1][0] = 0;
	if (a->alg != DIGEST_NONE)
		digest_hex(a, hex[0]);
	if (b->alg != DIGEST_NONE)
		digest_hex(b, hex[1]);
	put_pair(to, first, str_of(hex[0]), second, str_of(hex[1]));
}

static void put_value(struct buf *to, const struct report_claim_difference *d)
{
	char name[PLATFORM_REGISTER_NAME_MAX];

	reference_register_name(name, d->shape, d->reg->reg);
	buf_add_cstr(to, "<li>");
	html_printf(to, "shape %.*s, %s, %s", STR_ARG(d->shape->name), name,
		digest_name(d->rebuilt.alg));
	put_digests(to, "here", &d->reg->values[d->bank], "rebuilt", &d->rebuilt);
	buf_add_cstr(to, "</li>\n");
}

static void put_first(struct buf *to, const struct rebuild_claim *c)
{
	buf_add_cstr(to, "<p>");
	if (c->verdict == REBUILD_CLAIM_FAILED)
		html_printf(to, "No image came of the rebuild; it ended at: %.*s.",
			STR_ARG(c->failed_at));
	else if (c->verdict == REBUILD_CLAIM_DIFFERS)
		html_printf(to, "The first difference, nearest to the cause, is in %.*s.",
			STR_ARG(c->first));
	else
		html_cstr(to, "It names no difference, and its values are others.");
	buf_add_cstr(to, "</p>\n");
	if (c->first_published.alg != DIGEST_NONE || c->first_rebuilt.alg != DIGEST_NONE)
		put_digests(to, "published", &c->first_published, "rebuilt", &c->first_rebuilt);
}

static void put_statement(
	struct buf *to, const struct quorum_statement *s, const struct reference_values *v)
{
	struct report_claim_difference d;
	size_t at = 0, n = 0;

	buf_add_cstr(to, "<h3>");
	html_printf(to, "Statement %.*s", STR_ARG(s->from));
	buf_add_cstr(to, "</h3>\n");
	put_first(to, s->claim);
	while (report_claim_next(&d, &at, s->claim, v)) {
		buf_add_cstr(to, n++ ? "" : "<ul>\n");
		put_value(to, &d);
	}
	buf_add_cstr(to, n ? "</ul>\n" : "");
}

static void put_check(struct buf *to, const struct told_check *c)
{
	buf_add_cstr(to, "<li>");
	html_text(to, c->what);
	if (c->reason.n)
		html_printf(to, ": %.*s", STR_ARG(c->reason));
	if (c->want.n || c->got.n)
		put_pair(to, "want", c->want, "got", c->got);
	buf_add_cstr(to, "</li>\n");
}

static void put_finding(struct buf *to, const char *registers, const struct explain_finding *f)
{
	buf_add_cstr(to, "<li>");
	html_printf(to, "%s %u, %s%s%.*s", registers, f->reg, explain_kind_name(f->kind),
		f->event.n ? ": " : "", STR_ARG(f->event));
	if (f->origin.n)
		html_printf(to, " (from %.*s)", STR_ARG(f->origin));
	if (f->text.n) {
		buf_add_cstr(to, "<p>");
		html_text(to, f->text);
		buf_add_cstr(to, "</p>");
	}
	if (f->want.alg != DIGEST_NONE || f->got.alg != DIGEST_NONE)
		put_digests(to, "want", &f->want, "got", &f->got);
	buf_add_cstr(to, "</li>\n");
}

/* By event, where the log that the evidence brought tells it. */
static void put_events(struct buf *to, const struct explain *x)
{
	if (!x || !x->n)
		return;
	buf_add_cstr(to, "<h3>Which events these are</h3>\n<p>");
	html_text(to, x->summary);
	buf_add_cstr(to, "</p>\n<ul>\n");
	for (size_t i = 0; i < x->n; i++)
		put_finding(to, x->registers, &x->findings[i]);
	buf_add_cstr(to, "</ul>\n");
	if (x->n_untold)
		html_printf(to, "and %zu more", x->n_untold);
}

static void put_evidence(struct buf *to, const struct report_page *p)
{
	const struct told_verdict *v = p->verdict;

	if (!v || !told_verdict_count(v, CHECK_FAILED))
		return;
	buf_add_cstr(to, "<h3>The machine's evidence</h3>\n<ul>\n");
	for (size_t i = 0; i < v->n_checks; i++)
		if (v->checks[i].result == CHECK_FAILED)
			put_check(to, &v->checks[i]);
	buf_add_cstr(to, "</ul>\n");
	put_events(to, p->explain);
}

static void put_manifest(struct buf *to, const struct report_page *p)
{
	if (!p->other_manifest)
		return;
	buf_add_cstr(to,
		"<h3>The reference values are of another manifest</h3>\n"
		"<p>They and the manifest in this folder are of two builds: nothing here says that this image has these values.</p>\n"
		"<dl class=\"values\"><dt>named</dt><dd>");
	html_hex(to, SPAN_OF(p->image.values->manifest_sha256));
	buf_add_cstr(to, "</dd><dt>here</dt><dd>");
	html_hex(to, span_make(p->image.manifest_sha256, SHA256_SIZE));
	buf_add_cstr(to, "</dd></dl>\n");
}

void report_differs_emit(struct buf *to, const struct report_page *p)
{
	if (!report_differs_any(p)) {
		buf_add_cstr(to,
			"<p>Nothing in what was given differs: the reference values are of this manifest");
		buf_add_cstr(
			to, p->vouch.quorum.n ? ", and no statement tells of another result" : "");
		buf_add_cstr(to, p->verdict ? ", and no check of the evidence failed" : "");
		buf_add_cstr(to, ".</p>\n");
		return;
	}
	put_manifest(to, p);
	for (size_t i = 0; i < p->vouch.quorum.n; i++)
		if (report_claim_differs(p->vouch.quorum.statements[i].claim, &p->image))
			put_statement(to, &p->vouch.quorum.statements[i], p->image.values);
	put_evidence(to, p);
}
