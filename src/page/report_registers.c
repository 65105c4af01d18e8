#include "page/report_registers.h"

#include "page/html.h"
#include "base/banned.h"

const char *report_registers_how(enum reference_how how)
{
	return how == REFERENCE_COMPUTED   ? "computed"
	       : how == REFERENCE_OBSERVED ? "observed"
					   : "no value";
}

const char *report_registers_badge(enum reference_how how)
{
	return how == REFERENCE_COMPUTED ? "ok" : how == REFERENCE_OBSERVED ? "warn" : "bad";
}

static void put_digests(
	struct buf *to, const enum digest_alg *banks, size_t n, const struct digest *digests)
{
	buf_add_cstr(to, "<dl class=\"values\">");
	for (size_t i = 0; i < n; i++) {
		html_element(to, "dt", str_of(digest_name(banks[i])));
		buf_add_cstr(to, "<dd>");
		html_digest(to, &digests[i]);
		buf_add_cstr(to, "</dd>");
	}
	buf_add_cstr(to, "</dl>");
}

static void put_event(struct buf *to, const struct event_list *l, const struct event *ev)
{
	buf_add_cstr(to, "<li>");
	html_element(to, "b", ev->what);
	if (ev->text.n) {
		buf_add_cstr(to, ": ");
		html_element(to, "code", ev->text);
	}
	buf_add_cstr(to, "<p class=\"dim\">from ");
	html_text(to, ev->origin);
	buf_add_cstr(to, "; rule: ");
	html_text(to, ev->rule);
	buf_add_cstr(to, "</p>");
	put_digests(to, l->banks, l->n_banks, ev->digests);
	buf_add_cstr(to, "</li>\n");
}

static void put_events(struct buf *to, const struct reference_shape *s, unsigned reg)
{
	char name[PLATFORM_REGISTER_NAME_MAX];
	size_t n = 0;

	for (size_t i = 0; i < s->events.n; i++)
		n += s->events.items[i].reg == reg;
	if (!n)
		return;
	reference_register_name(name, s, reg);
	buf_add_cstr(to, "<details><summary>");
	html_count(to, n, "event");
	html_printf(to, " of %s", name);
	buf_add_cstr(to, "</summary>\n<ol>\n");
	for (size_t i = 0; i < s->events.n; i++)
		if (s->events.items[i].reg == reg)
			put_event(to, &s->events, &s->events.items[i]);
	buf_add_cstr(to, "</ol></details>");
}

static void put_register(
	struct buf *to, const struct reference_shape *s, const struct reference_register *r)
{
	char name[PLATFORM_REGISTER_NAME_MAX];

	reference_register_name(name, s, r->reg);
	buf_add_cstr(to, "<tr>");
	html_element(to, "th scope=\"row\"", str_of(name));
	buf_printf(to, "<td><p><span class=\"badge %s\">%s</span> ", report_registers_badge(r->how),
		report_registers_how(r->how));
	html_text(to, r->reason);
	buf_add_cstr(to, "</p>");
	if (r->how != REFERENCE_NOT_PREDICTABLE)
		put_digests(to, s->banks, s->n_banks, r->values);
	put_events(to, s, r->reg);
	buf_add_cstr(to, "</td></tr>\n");
}

static void put_inputs(struct buf *to, const struct reference_shape *s)
{
	if (!s->n_inputs)
		return;
	buf_add_cstr(to, "<table><caption>What the values depend on: inputs of shape ");
	html_text(to, s->name);
	buf_add_cstr(to,
		"</caption>\n<thead><tr><th scope=\"col\">Input</th><th scope=\"col\">Value</th></tr></thead>\n<tbody>\n");
	for (size_t i = 0; i < s->n_inputs; i++) {
		buf_add_cstr(to, "<tr>");
		html_element(to, "th scope=\"row\"", s->inputs[i].name);
		buf_add_cstr(to, "<td>");
		html_element(to, "code", s->inputs[i].value);
		buf_add_cstr(to, "</td></tr>\n");
	}
	buf_add_cstr(to, "</tbody></table>\n");
}

static void put_rules(struct buf *to, const struct reference_shape *s)
{
	if (!s->n_rules)
		return;
	buf_add_cstr(to,
		"<table><caption>Rules that the values follow, and who has confirmed them</caption>\n"
		"<thead><tr><th scope=\"col\">Rule</th><th scope=\"col\">Where it stands</th>"
		"<th scope=\"col\">Confirmed by</th></tr></thead>\n<tbody>\n");
	for (size_t i = 0; i < s->n_rules; i++) {
		buf_add_cstr(to, "<tr>");
		html_element(to, "th scope=\"row\"", s->rules[i].what);
		html_element(to, "td", s->rules[i].source);
		html_element(to, "td", s->rules[i].confirmed);
		buf_add_cstr(to, "</tr>\n");
	}
	buf_add_cstr(to, "</tbody></table>\n");
}

/* How events become a value, by the kind of platform (appraise/platform.h). */
static const char *fold_words(enum platform_kind kind)
{
	switch (kind) {
	case PLATFORM_SNP:
		return "The measurement is made of the memory that the machine starts with, page by page; each event's "
		       "digest is the value after it.";
	case PLATFORM_TDX:
		return "MRTD is made of the memory that the machine starts with, page by page. An RTMR begins as zeroes, "
		       "and each event makes it the hash of what it was with the event's digest behind it.";
	case PLATFORM_TPM:
	case PLATFORM_NITRO_ENCLAVE:
	case PLATFORM_UNKNOWN:
		break;
	}
	return "A register begins as zeroes, and each event makes it the hash of what it was with the event's digest "
	       "behind it.";
}

void report_registers_emit(struct buf *to, const struct reference_shape *s)
{
	buf_add_cstr(to, "<h3>");
	html_printf(to, "Shape %.*s", STR_ARG(s->name));
	buf_add_cstr(to, "</h3>\n<p>");
	html_cstr(to, fold_words(platform_from_name(s->platform)));
	buf_add_cstr(to,
		" Each computed value was held against its events when this page was made.</p>\n"
		"<table class=\"full\"><caption>Registers of shape ");
	html_text(to, s->name);
	buf_add_cstr(to,
		"</caption>\n<thead><tr><th scope=\"col\">Register</th>"
		"<th scope=\"col\">Value, and how it was made</th></tr></thead>\n<tbody>\n");
	for (size_t i = 0; i < s->n_registers; i++)
		put_register(to, s, &s->registers[i]);
	buf_add_cstr(to, "</tbody></table>\n");
	put_inputs(to, s);
	put_rules(to, s);
}
