#include "page/report_origins.h"

#include <inttypes.h>

#include "page/html.h"
#include "base/banned.h"

enum { TENTHS = 1000 }; /* of a percent */

static const struct {
	enum origin_class class;
	const char *means;
} classes[] = {
	{ ORIGIN_SOURCE, "built from source in this build, or text that a person or assay wrote" },
	{ ORIGIN_REPRODUCED,
		"binary packages of the distribution that were made again from their source, bit for bit" },
	{ ORIGIN_DISTRIBUTION, "binary packages of the distribution, as its archive has them" },
	{ ORIGIN_OPAQUE, "nobody knows" },
};

size_t report_origins_packages(const struct manifest *m, const char *set)
{
	size_t n = 0;

	for (size_t i = 0; i < m->n_packages; i++)
		for (size_t k = 0; k < m->packages[i].sets.n; k++)
			if (str_starts(m->packages[i].sets.items[k], set)) {
				n++;
				break;
			}
	return n;
}

void report_origins_tell(struct buf *to, const struct origin_class_shares *s)
{
	CLEANUP(buf_done) struct buf words = buf_init(1024);
	struct str rest, head;

	origin_class_tell(&words, s);
	rest = buf_str(&words);
	while (str_cut(rest, '%', &head, &rest)) {
		html_text(to, str_trim(head));
		buf_add_cstr(to, "&nbsp;% ");
		rest = str_trim(rest);
	}
	html_text(to, head);
}

/* A strip whose parts are as wide as the shares; the table below says it in words. */
static void put_strip(struct buf *to, const struct origin_class_shares *s)
{
	uint64_t total = origin_class_total(s);

	buf_add_cstr(to, "<div class=\"strip\" aria-hidden=\"true\">");
	for (size_t i = 0; i < ARRAY_LEN(classes) && total; i++) {
		uint64_t bytes = s->bytes[classes[i].class];

		if (bytes)
			buf_printf(to, "<span class=\"%s\" style=\"flex-grow:%" PRIu64 "\"></span>",
				origin_class_name(classes[i].class), bytes * TENTHS / total + 1);
	}
	buf_add_cstr(to, "</div>\n");
}

/* As origin_class_tell: what is something is never nothing. */
static void put_share(struct buf *to, uint64_t bytes, uint64_t total)
{
	uint64_t tenths = total ? bytes * TENTHS / total : 0;

	buf_add_cstr(to, "<td class=\"number\">");
	if (bytes && !tenths)
		html_cstr(to, "under 0.1 %");
	else
		html_printf(to, "%" PRIu64 ".%" PRIu64 " %%", tenths / 10, tenths % 10);
	buf_add_cstr(to, "<br><span class=\"dim\">");
	html_bytes(to, bytes);
	buf_add_cstr(to, "</span></td>");
}

static void put_classes(struct buf *to, const struct origin_class_shares *s)
{
	buf_add_cstr(to,
		"<table><caption>All that is measured, by class</caption>\n<thead><tr><th scope=\"col\">Class</th>"
		"<th scope=\"col\">Share</th><th scope=\"col\">What it means</th></tr></thead>\n<tbody>\n");
	for (size_t i = 0; i < ARRAY_LEN(classes); i++) {
		const char *name = origin_class_name(classes[i].class);

		buf_printf(to,
			"<tr><th scope=\"row\"><span class=\"key %s\" aria-hidden=\"true\"></span>%s</th>",
			name, name);
		put_share(to, s->bytes[classes[i].class], origin_class_total(s));
		html_element(to, "td", str_of(classes[i].means));
		buf_add_cstr(to, "</tr>\n");
	}
	buf_add_cstr(to, "</tbody></table>\n");
}

static void put_origins(struct buf *to, const struct manifest_share_list *l)
{
	buf_add_cstr(to, "<details><summary>");
	html_count(to, l->n, "origin");
	buf_add_cstr(to,
		" of the files</summary>\n<table><caption>Files of initrd and root, by origin</caption>\n"
		"<thead><tr><th scope=\"col\">Origin</th><th scope=\"col\">Files</th><th scope=\"col\">Size</th></tr></thead>\n<tbody>\n");
	for (size_t i = 0; i < l->n; i++) {
		buf_add_cstr(to, "<tr>");
		html_element(to, "th scope=\"row\"", l->items[i].origin);
		buf_printf(to, "<td class=\"number\">%zu</td><td class=\"number\">",
			l->items[i].n_files);
		html_bytes(to, l->items[i].bytes);
		buf_add_cstr(to, "</td></tr>\n");
	}
	buf_add_cstr(to, "</tbody></table></details>\n");
}

static void put_package(struct buf *to, const struct manifest_package *p)
{
	buf_add_cstr(to, "<tr>");
	html_element(to, "th scope=\"row\"", p->name);
	buf_add_cstr(to, "<td>");
	html_text(to, p->version);
	buf_add_cstr(to, "<br><span class=\"dim\">");
	html_printf(to, "from %.*s", STR_ARG(p->source));
	if (!str_equal(p->version, p->source_version))
		html_printf(to, " %.*s", STR_ARG(p->source_version));
	buf_add_cstr(to, "</span></td><td>");
	for (size_t i = 0; i < p->sets.n; i++)
		html_printf(to, "%s%.*s", i ? ", " : "", STR_ARG(p->sets.items[i]));
	buf_add_cstr(to, "</td></tr>\n");
}

static void put_packages(struct buf *to, const struct manifest *m)
{
	if (!m->n_packages)
		return;
	buf_add_cstr(to, "<details><summary>");
	html_count(to, m->n_packages, "package");
	buf_add_cstr(to,
		" of the lock</summary>\n<table><caption>Packages, with the source package that each is built from</caption>\n"
		"<thead><tr><th scope=\"col\">Package</th><th scope=\"col\">Version, and source</th>"
		"<th scope=\"col\">Used for</th></tr></thead>\n<tbody>\n");
	for (size_t i = 0; i < m->n_packages; i++)
		put_package(to, &m->packages[i]);
	buf_add_cstr(to, "</tbody></table></details>\n");
}

void report_origins_emit(
	struct buf *to, const struct manifest *m, const struct manifest_share_list *origins)
{
	put_strip(to, &m->measured);
	put_classes(to, &m->measured);
	put_origins(to, origins);
	put_packages(to, m);
}
