#include "page/report_coverage.h"

#include "page/html.h"
#include "page/report_origins.h"
#include "base/banned.h"

static void put_source(struct buf *to, const struct report_layer *l)
{
	if (!l->in_image) {
		html_cstr(to, l->beside ? "firmware beside the image, named in the inputs"
					: "not the image: the machine, or nobody");
		return;
	}
	if (!origin_class_total(&l->from)) {
		html_cstr(to, "made by assay");
		return;
	}
	report_origins_tell(to, &l->from);
	if (l->origin.n) {
		buf_add_cstr(to, " <span class=\"dim\">");
		html_text(to, l->origin);
		buf_add_cstr(to, "</span>");
	}
}

static void put_cover(struct buf *to, const struct report_layer *l)
{
	html_text(to, l->row->by);
	buf_printf(to, "%s<span class=\"badge %s\">%s</span>", l->row->by.n ? " " : "",
		report_layers_badge(l->cover), report_layers_cover(l->cover));
}

void report_coverage_layers(struct buf *to, const struct report_layers *l)
{
	buf_add_cstr(to, "<table><caption>The picture in words, shape ");
	html_text(to, l->shape->name);
	buf_add_cstr(to,
		"</caption>\n<thead><tr><th scope=\"col\">Layer</th><th scope=\"col\">Comes from</th>"
		"<th scope=\"col\">Goes into</th></tr></thead>\n<tbody>\n");
	for (size_t i = 0; i < l->n; i++) {
		buf_add_cstr(to, "<tr>");
		html_element(to, "th scope=\"row\"", l->items[i].row->layer);
		buf_add_cstr(to, "<td>");
		put_source(to, &l->items[i]);
		buf_add_cstr(to, "</td><td>");
		put_cover(to, &l->items[i]);
		buf_add_cstr(to, "</td></tr>\n");
	}
	buf_add_cstr(to, "</tbody></table>\n");
}

static void put_row(struct buf *to, const struct report_layer *l)
{
	buf_add_cstr(to, "<tr>");
	html_element(to, "th scope=\"row\"", l->row->layer);
	buf_add_cstr(to, "<td>");
	put_cover(to, l);
	buf_add_cstr(to, "</td>");
	html_element(to, "td", l->row->note);
	buf_add_cstr(to, "</tr>\n");
}

/* In the order of how much they tell a verifier: the gaps come first. */
static void put_rows(struct buf *to, const struct report_layers *l)
{
	for (unsigned c = REPORT_COVER_NOTHING; c <= REPORT_COVER_COMPUTED; c++)
		for (size_t i = 0; i < l->n; i++)
			if (l->items[i].cover == c)
				put_row(to, &l->items[i]);
}

static void put_names(struct buf *to, const struct report_layers *l, enum report_cover c)
{
	size_t n = 0;

	for (size_t i = 0; i < l->n; i++) {
		if (l->items[i].cover != c)
			continue;
		buf_add_cstr(to, n++ ? ", " : " ");
		html_element(to, "b", l->items[i].row->layer);
	}
	html_cstr(to, n ? "." : " none.");
}

static const char *never_words(enum platform_kind kind)
{
	switch (kind) {
	case PLATFORM_TPM:
		return "what runs after boot, secrets in memory, and what the host sees and does.";
	case PLATFORM_SNP:
	case PLATFORM_TDX:
		return "what runs after start, side channels, whoever has the processor in their hands, and when the host lets it run.";
	case PLATFORM_NITRO_ENCLAVE:
		return "what runs after start, what AWS itself could do, and what the parent instance sees of what goes in and out.";
	case PLATFORM_UNKNOWN:
		break;
	}
	return "what runs after start.";
}

void report_coverage_emit(struct buf *to, const struct report_layers *l)
{
	buf_add_cstr(to, "<h3>");
	html_printf(to, "Shape %.*s", STR_ARG(l->shape->name));
	buf_add_cstr(to, "</h3>\n");
	if (l->shape->firmware_only)
		buf_add_cstr(to,
			"<p class=\"note bad\">A layer that runs is not covered: a verdict on such a machine never affirms.</p>\n");
	buf_add_cstr(to, "<ul>\n<li>Not measured at all:");
	put_names(to, l, REPORT_COVER_NOTHING);
	buf_add_cstr(to, "</li>\n<li>Measured, with no value to compare with:");
	put_names(to, l, REPORT_COVER_NO_VALUE);
	buf_add_cstr(to, "</li>\n<li>Compared with a value that was observed, not computed:");
	put_names(to, l, REPORT_COVER_OBSERVED);
	buf_add_cstr(to, "</li>\n<li>What no register of such a machine tells: ");
	html_cstr(to, never_words(platform_from_name(l->shape->platform)));
	buf_add_cstr(to, "</li>\n</ul>\n<table><caption>Coverage of shape ");
	html_text(to, l->shape->name);
	buf_add_cstr(to,
		", gaps first</caption>\n<thead><tr><th scope=\"col\">Layer</th><th scope=\"col\">Covered by</th>"
		"<th scope=\"col\">Note</th></tr></thead>\n<tbody>\n");
	put_rows(to, l);
	buf_add_cstr(to, "</tbody></table>\n");
}
