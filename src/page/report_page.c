#include "page/report_page.h"

#include "page/html.h"
#include "page/report_coverage.h"
#include "page/report_differs.h"
#include "page/report_origins.h"
#include "page/report_picture.h"
#include "page/report_registers.h"
#include "base/banned.h"

/* Beside what all pages have. A table keeps two or three columns on a telephone; what is long breaks anywhere. */
static const char style[] =
	"p{max-width:46em}header p,nav p{margin:.2em 0}.dim{color:var(--dim)}p.dim,li p{margin:.1em 0}\n"
	"nav ul{list-style:none;display:flex;flex-wrap:wrap;gap:.2em 1.1em;padding:0;margin:1em 0 0}\n"
	".badge{display:inline-block;border-radius:4px;padding:0 .45em;font-size:.85em;font-weight:600;white-space:nowrap;background:var(--soft);color:var(--dim)}\n"
	".ok.badge,.ok.note{background:var(--ok-soft);color:var(--ok)}.warn.badge,.warn.note{background:var(--warn-soft);color:var(--warn)}"
	".bad.badge,.bad.note{background:var(--bad-soft);color:var(--bad)}\n"
	".note{border-radius:6px;padding:.6em .9em;margin:1em 0}\n"
	"table{margin:.8em 0 1.6em;width:100%}caption{text-align:left;color:var(--dim);font-size:.9em;padding-bottom:.3em}\n"
	"thead th{color:var(--dim);font-size:.85em;font-weight:600}tbody th{font-weight:600;overflow-wrap:anywhere;min-width:6.2em}td{overflow-wrap:anywhere}\n"
	".full th:first-child{width:9.5em}td p{margin:0}.number{white-space:nowrap}\n"
	".values{display:grid;grid-template-columns:max-content minmax(0,1fr);gap:.15em .8em;align-items:baseline;margin:.35em 0 .2em}"
	".values dt{color:var(--dim);font-size:.85em}.values dd{margin:0}\n"
	"details{margin:.5em 0}summary{color:var(--link)}ol,ul{padding-left:1.4em}li{margin:.35em 0}nav li{margin:0}\n"
	".picture{display:grid;grid-template-columns:minmax(0,5fr) minmax(0,6fr);gap:0 2em;align-items:start}figure{margin:.8em 0}"
	"figcaption{color:var(--dim);font-size:.9em}\n"
	".strip{display:flex;height:1.1em;border-radius:5px;overflow:hidden;gap:2px}.strip span{min-width:4px}\n"
	".key{display:inline-block;width:.75em;height:.75em;border-radius:2px;margin-right:.45em}\n"
	".source{background:#3f8f5b}.reproduced{background:#2f8a9c}.distribution{background:#5b7fc4}.opaque{background:#b5544c}\n"
	"@media(max-width:48em){td,th{font-size:.93em}tbody th{min-width:6.3em}td{min-width:5.2em}.files{grid-template-columns:1fr}.picture{display:block}.full th:first-child{width:6.5em}td,th{padding-right:.55em}}\n"
	"@media(max-width:34em){.values{display:block}.values dt,.values dd{display:inline}.values dt{margin-right:.6em}.values dd::after{content:\"\\A\";white-space:pre}}\n" REPORT_PICTURE_STYLE;

static void put_words(struct buf *to, const char *first, struct str word, const char *rest)
{
	html_cstr(to, first);
	html_element(to, "b", word);
	html_cstr(to, rest);
}

static void put_sections(struct buf *to, bool verdict)
{
	buf_add_cstr(to, "<nav aria-label=\"On this page\"><ul>\n"
			 "<li><a href=\"#picture\">From source to registers</a></li>\n"
			 "<li><a href=\"#values\">How each value was made</a></li>\n"
			 "<li><a href=\"#vouch\">Who vouches</a></li>\n"
			 "<li><a href=\"#differs\">What differs</a></li>\n"
			 "<li><a href=\"#coverage\">What is not measured</a></li>\n"
			 "<li><a href=\"#origins\">Where the bytes come from</a></li>\n");
	buf_add_cstr(to, verdict ? "<li><a href=\"#verdict\">The verdict</a></li>\n" : "");
	buf_add_cstr(to, "</ul></nav>\n");
}

static void put_first_sentence(struct buf *to, const struct report_page *p)
{
	put_words(to, "The image ", p->image.manifest->name,
		" is a disk with all that a machine starts from: ");
	html_count(to, report_origins_packages(p->image.manifest, "image"), "package");
	html_cstr(to, " and what is written or built from source, ");
	html_bytes(to, origin_class_total(&p->image.manifest->measured));
	html_cstr(to, " that are measured, of which as its manifest says ");
	report_origins_tell(to, &p->image.manifest->measured);
	html_cstr(to, ". ");
}

static void put_second_sentence(struct buf *to, const struct reference_values *v)
{
	size_t n = 0, how[REFERENCE_OBSERVED + 1] = { 0 };

	for (size_t i = 0; i < v->n_shapes; i++)
		for (size_t k = 0; k < v->shapes[i].n_registers; k++, n++)
			how[v->shapes[i].registers[k].how]++;
	if (!v->n_shapes) {
		html_cstr(to, "There are no reference values for any kind of machine. ");
		return;
	}
	html_cstr(to, "A machine that runs it keeps what it loaded in registers: for ");
	html_count(to, v->n_shapes, "kind");
	html_printf(to,
		" of machine%s this page has %zu of them, %zu computed from the image, %zu observed and %zu without a value. ",
		v->n_shapes == 1 ? "" : "s", n, how[REFERENCE_COMPUTED], how[REFERENCE_OBSERVED],
		how[REFERENCE_NOT_PREDICTABLE]);
}

static void put_file(struct buf *to, const char *name, const uint8_t *sha256)
{
	html_element(to, "dt", str_of(name));
	buf_add_cstr(to, "<dd>");
	html_hex(to, span_make(sha256, SHA256_SIZE));
	buf_add_cstr(to, "</dd>");
}

static void put_short(struct buf *to, const struct report_page *p)
{
	buf_add_cstr(
		to, "<section aria-labelledby=\"short\">\n<h2 id=\"short\">In short</h2>\n<p>");
	put_first_sentence(to, p);
	put_second_sentence(to, p->image.values);
	report_vouch_in_short(to, &p->vouch);
	buf_add_cstr(to, "</p>\n");
	if (p->verdict)
		report_verdict_in_short(to, p->verdict, p->appraised_here);
	if (report_differs_any(p))
		buf_add_cstr(to,
			"<p class=\"note bad\">Something differs: see <a href=\"#differs\">what differs</a>.</p>\n");
	buf_add_cstr(to,
		"<p class=\"dim\">SHA-256 of what this page was made from:</p>\n<dl class=\"values files\">");
	put_file(to, "manifest.json", p->image.manifest_sha256);
	put_file(to, "reference-values.json", p->values_sha256);
	buf_add_cstr(to, "</dl>\n</section>\n");
}

static void put_picture(
	struct buf *to, const struct report_page *p, const struct report_layers *l, size_t i)
{
	buf_add_cstr(to, "<h3>");
	html_printf(to, "Shape %.*s", STR_ARG(l->shape->name));
	buf_add_cstr(to, "</h3>\n<div class=\"picture\">\n<figure>\n");
	report_picture_emit(to, l, &p->image.manifest->measured, i);
	buf_add_cstr(to,
		"<figcaption>Green, whole lines: the value is computed from the image. Amber, dashes: it was observed. "
		"Red, dots: no value, or no register at all.</figcaption>\n</figure>\n<div>");
	report_coverage_layers(to, l);
	buf_add_cstr(to, "</div>\n</div>\n");
}

static void put_pictures(struct buf *to, const struct report_page *p, const struct report_layers *l)
{
	buf_add_cstr(to,
		"<section aria-labelledby=\"picture\">\n<h2 id=\"picture\">From source and packages to layers to registers</h2>\n");
	for (size_t i = 0; i < p->image.values->n_shapes; i++)
		put_picture(to, p, &l[i], i);
	buf_add_cstr(to, "</section>\n");
}

static void put_values(struct buf *to, const struct reference_values *v)
{
	buf_add_cstr(to,
		"<section aria-labelledby=\"values\">\n<h2 id=\"values\">How each value was made</h2>\n");
	for (size_t i = 0; i < v->n_shapes; i++)
		report_registers_emit(to, &v->shapes[i]);
	if (!v->n_shapes)
		buf_add_cstr(to, "<p>There are none.</p>\n");
	buf_add_cstr(to, "</section>\n");
}

static void put_rest(struct buf *to, const struct report_page *p, const struct report_layers *l)
{
	buf_add_cstr(
		to, "<section aria-labelledby=\"vouch\">\n<h2 id=\"vouch\">Who vouches</h2>\n");
	report_vouch_emit(to, &p->vouch, &p->image);
	buf_add_cstr(to,
		"</section>\n<section aria-labelledby=\"differs\">\n<h2 id=\"differs\">What differs</h2>\n");
	report_differs_emit(to, p);
	buf_add_cstr(to,
		"</section>\n<section aria-labelledby=\"coverage\">\n<h2 id=\"coverage\">Coverage: what is not measured</h2>\n");
	for (size_t i = 0; i < p->image.values->n_shapes; i++)
		report_coverage_emit(to, &l[i]);
	buf_add_cstr(to,
		"</section>\n<section aria-labelledby=\"origins\">\n<h2 id=\"origins\">Where the bytes come from</h2>\n"
		"<p>As the manifest says, of all that is measured.</p>\n");
	report_origins_emit(to, p->image.manifest, p->origins);
	buf_add_cstr(to, "</section>\n");
	if (!p->verdict)
		return;
	buf_add_cstr(
		to, "<section aria-labelledby=\"verdict\">\n<h2 id=\"verdict\">The verdict</h2>\n");
	report_verdict_emit(to, p->verdict, p->appraised_here);
	buf_add_cstr(to, "</section>\n");
}

bool report_page_emit(const struct report_page *p, struct buf *to, struct arena *a, struct err *e)
{
	size_t n = p->image.values->n_shapes;
	struct report_layers *layers = ARENA_ARRAY(a, n, struct report_layers);
	struct str title = arena_printf(a, "assay: image %.*s", STR_ARG(p->image.manifest->name));

	if ((!layers && n) || !title.p)
		return arena_full(a, e);
	for (size_t i = 0; i < n; i++)
		if (!report_layers_find(
			    &layers[i], &p->image.values->shapes[i], p->image.manifest, a, e))
			return false;
	html_begin(to, title, style);
	buf_add_cstr(to, "<header>\n<p class=\"dim\">assay report</p>\n<h1>Image ");
	html_text(to, p->image.manifest->name);
	buf_add_cstr(to, "</h1>\n");
	put_sections(to, p->verdict != NULL);
	buf_add_cstr(to, "</header>\n<main>\n");
	put_short(to, p);
	put_pictures(to, p, layers);
	put_values(to, p->image.values);
	put_rest(to, p, layers);
	buf_add_cstr(to, "</main>\n");
	html_end(to);
	return true;
}

bool report_page_says_no(const struct report_page *p)
{
	return report_differs_any(p) || (p->verdict && p->verdict->status != VERDICT_AFFIRMING);
}
