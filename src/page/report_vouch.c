#include "page/report_vouch.h"

#include "page/html.h"
#include "base/banned.h"

enum { NAMES_MAX = 64 << 10 };

static size_t n_given(const struct report_vouch *v)
{
	return v->quorum.n + v->n_aside;
}

void report_vouch_in_short(struct buf *to, const struct report_vouch *v)
{
	const struct quorum_outcome *o = &v->outcome;

	if (!n_given(v))
		html_cstr(to,
			"No statement of a rebuilder was given: until somebody whom you trust builds it again, these "
			"values are a claim.");
	else if (o->vouched)
		html_printf(to,
			"%.*s, whom the trust file names, built it again and got exactly these values: %zu of the %zu operators that it asks for.",
			STR_ARG(o->who), o->n, o->needed);
	else
		html_printf(to,
			"Of %zu statement%s of rebuilders that %s given not enough count: %.*s; these values stay a claim.",
			n_given(v), n_given(v) == 1 ? "" : "s", n_given(v) == 1 ? "was" : "were",
			STR_ARG(o->why));
}

static const char *word(
	const char **badge, const struct rebuild_claim *c, const struct report_image *image)
{
	*badge = "warn";
	if (!report_claim_is_about(c, image))
		return "another image";
	*badge = report_claim_differs(c, image) ? "bad" : "ok";
	if (c->verdict == REBUILD_CLAIM_BUILT || c->verdict == REBUILD_CLAIM_IDENTICAL)
		return report_claim_differs(c, image) ? "other values" : "the same";
	return rebuild_claim_verdict_name(c->verdict);
}

static void put_what(
	struct buf *to, const struct rebuild_claim *c, const struct report_image *image)
{
	if (!report_claim_is_about(c, image))
		html_cstr(to, "It is about another manifest, or another lock. ");
	else if (c->verdict == REBUILD_CLAIM_FAILED)
		html_printf(to, "No image came of it: %.*s. ", STR_ARG(c->failed_at));
	else if (c->verdict == REBUILD_CLAIM_DIFFERS)
		html_printf(to, "The first difference is in %.*s. ", STR_ARG(c->first));
	else if (c->verdict == REBUILD_CLAIM_BUILT)
		html_cstr(to, "It was built with nothing to compare with. ");
}

static void put_statement(
	struct buf *to, const struct report_vouch *v, size_t i, const struct report_image *image)
{
	CLEANUP(buf_done) struct buf names = buf_init(NAMES_MAX);
	const struct rebuild_claim *c = v->quorum.statements[i].claim;
	const struct quorum_voice *voice = &v->quorum.voices[i];
	const char *badge, *said = word(&badge, c, image);

	quorum_names(&names, v->quorum.trust, voice->operators);
	buf_add_cstr(to, "<tr>");
	html_element(to, "th scope=\"row\"", v->quorum.statements[i].from);
	buf_printf(to, "<td><p><span class=\"badge %s\">%s</span> ", badge, said);
	put_what(to, c, image);
	html_printf(to, "Signed for %.*s; it %s.", STR_ARG(buf_str(&names)),
		quorum_standing_words(voice->standing));
	buf_add_cstr(to, "</p><dl class=\"values\"><dt>result</dt><dd>");
	html_hex(to, SPAN_OF(c->result_sha256));
	buf_add_cstr(to, "</dd></dl></td></tr>\n");
}

static void put_aside(struct buf *to, const struct report_aside *aside)
{
	buf_add_cstr(to, "<tr>");
	html_element(to, "th scope=\"row\"", aside->from);
	buf_add_cstr(to, "<td><span class=\"badge\">not heard</span> ");
	html_text(to, aside->why);
	buf_add_cstr(to, "</td></tr>\n");
}

void report_vouch_emit(
	struct buf *to, const struct report_vouch *v, const struct report_image *image)
{
	buf_add_cstr(to, "<p>");
	report_vouch_in_short(to, v);
	buf_add_cstr(to, "</p>\n");
	if (!n_given(v)) {
		buf_add_cstr(to,
			"<p>To find out yourself: <code>assay rebuild FOLDER</code> builds the same lock again on your machine and "
			"compares every output and every computed value.</p>\n");
		return;
	}
	buf_add_cstr(to,
		"<table class=\"full\"><caption>Statements of rebuilders; two with the same result digest say the same to the byte</caption>\n"
		"<thead><tr><th scope=\"col\">Statement</th><th scope=\"col\">What it says, and whose it is</th></tr></thead>\n<tbody>\n");
	for (size_t i = 0; i < v->quorum.n; i++)
		put_statement(to, v, i, image);
	for (size_t i = 0; i < v->n_aside; i++)
		put_aside(to, &v->aside[i]);
	buf_add_cstr(to, "</tbody></table>\n");
}
