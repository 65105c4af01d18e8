#include "page/report_verdict.h"

#include <inttypes.h>

#include "base/utc.h"
#include "page/html.h"
#include "base/banned.h"

static const char *tier_badge(enum verdict_status s)
{
	return s == VERDICT_AFFIRMING ? "ok" : s == VERDICT_WARNING ? "warn" : "bad";
}

static const char *status_words(enum verdict_status s)
{
	switch (s) {
	case VERDICT_AFFIRMING:
		return "the machine started what these reference values say.";
	case VERDICT_WARNING:
		return "something that was asked for is not shown; do not rely on this machine before you know what.";
	case VERDICT_CONTRAINDICATED:
		return "the machine is not what it should be, or its evidence is not genuine.";
	case VERDICT_NONE:
		break;
	}
	return "nothing is concluded.";
}

void report_verdict_in_short(struct buf *to, const struct told_verdict *v, bool here)
{
	buf_printf(to, "<p class=\"note %s\"><strong>Verdict: %s</strong>", tier_badge(v->status),
		verdict_status_name(v->status));
	html_printf(to, " (%s): ",
		here ? "appraised when this page was made"
		     : "as a file says, which was not checked here");
	html_cstr(to, status_words(v->status));
	if (!v->fresh)
		html_cstr(to, " The evidence answered no nonce: it may be old.");
	buf_add_cstr(to, "</p>\n");
}

static void put_claim(struct buf *to, const struct told_claim *c)
{
	enum verdict_status tier = verdict_tier((int)c->value);

	buf_add_cstr(to, "<tr>");
	html_element(to, "th scope=\"row\"", c->name);
	if (tier == VERDICT_NONE)
		buf_add_cstr(to, "<td><span class=\"badge\">no claim</span></td>");
	else
		buf_printf(to, "<td><span class=\"badge %s\">%s</span> %" PRIu64 "</td>",
			tier_badge(tier), verdict_status_name(tier), c->value);
	html_element(to, "td", c->why);
	buf_add_cstr(to, "</tr>\n");
}

static void put_claims(struct buf *to, const struct told_verdict *v)
{
	buf_add_cstr(to,
		"<table><caption>What it says: the claims of AR4SI</caption>\n<thead><tr><th scope=\"col\">Claim</th>"
		"<th scope=\"col\">Value</th><th scope=\"col\">Why</th></tr></thead>\n<tbody>\n");
	for (unsigned i = 0; i < CHECK_CLAIMS; i++)
		put_claim(to, &v->claims[i]);
	buf_add_cstr(to, "</tbody></table>\n");
}

static void put_field(struct buf *to, const char *name, struct str value)
{
	if (!value.n)
		return;
	html_element(to, "dt", str_of(name));
	buf_add_cstr(to, "<dd>");
	html_element(to, "code", value);
	buf_add_cstr(to, "</dd>");
}

static void put_result(struct buf *to, enum check_result r)
{
	if (r == CHECK_PASSED)
		buf_add_cstr(to, "<span class=\"badge ok\">passed</span>");
	else if (r == CHECK_FAILED)
		buf_add_cstr(to, "<span class=\"badge bad\">failed</span>");
	else
		buf_add_cstr(to, "<span class=\"badge\">does not apply</span>");
}

static void put_check(struct buf *to, const struct told_check *c)
{
	buf_add_cstr(to, "<tr>");
	html_element(to, "th scope=\"row\"", c->name);
	buf_add_cstr(to, "<td><p>");
	put_result(to, c->result);
	buf_add_cstr(to, " ");
	html_text(to, c->what);
	buf_add_cstr(to, "</p><dl class=\"values\">");
	put_field(to, "why", c->reason);
	put_field(to, "want", c->want);
	put_field(to, "got", c->got);
	put_field(to, "whose", c->whose);
	buf_add_cstr(to, "</dl></td></tr>\n");
}

static void put_checks(struct buf *to, const struct told_verdict *v)
{
	buf_add_cstr(to, "<table class=\"full\"><caption>");
	html_count(to, v->n_checks, "check");
	html_printf(to, ": %zu passed, %zu failed, %zu do not apply",
		told_verdict_count(v, CHECK_PASSED), told_verdict_count(v, CHECK_FAILED),
		told_verdict_count(v, CHECK_NOT_APPLICABLE));
	buf_add_cstr(to,
		"</caption>\n<thead><tr><th scope=\"col\">Check</th>"
		"<th scope=\"col\">Result, what was wanted and found</th></tr></thead>\n<tbody>\n");
	for (size_t i = 0; i < v->n_checks; i++)
		put_check(to, &v->checks[i]);
	buf_add_cstr(to, "</tbody></table>\n");
}

void report_verdict_emit(struct buf *to, const struct told_verdict *v, bool here)
{
	char at[UTC_SIZE];

	utc_write(at, (int64_t)v->at_unix);
	report_verdict_in_short(to, v, here);
	buf_add_cstr(to, "<p>");
	html_printf(to, "Evidence of kind %.*s, appraised as of %s by %.*s under the policy %.*s.",
		STR_ARG(v->kind), at, STR_ARG(v->verifier), STR_ARG(v->policy));
	buf_add_cstr(to, "</p>\n");
	put_claims(to, v);
	put_checks(to, v);
}
