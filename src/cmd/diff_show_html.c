#include "cmd/diff_show.h"

#include <inttypes.h>

#include "codec/utf8.h"
#include "page/html.h"
#define ASSAY_MAY_ASK_THE_MACHINE
#include "base/banned.h"

enum { LEAVES_MAX = 2000, WORDS_MAX = 64 << 10, SIDE_MAX = 512, ROW = 8, ROWS_MAX = 14 };

/* Beside what all pages have. */
static const char style[] =
	"table{margin:.5em 0}\n"
	"article{border:1px solid var(--line);border-radius:6px;margin:1em 0;overflow:hidden}\n"
	"article>header{background:var(--soft);padding:.5em .8em}\n"
	".where span{word-break:break-all}.where span+span::before{content:\" \\203A  \";color:var(--dim)}.where span:last-child{font-weight:600}\n"
	".what{color:var(--dim);font-size:.92em}\n"
	".reg{background:var(--warn-soft);color:var(--warn);border-radius:4px;padding:0 .4em;margin-left:.6em}\n"
	".sides{display:grid;grid-template-columns:1fr 1fr}.sides>div{min-width:0;padding:.4em .8em}\n"
	".sides>div+div{border-left:1px solid var(--line)}.sides b{color:var(--dim);font-weight:600;font-size:.85em}\n"
	"pre{margin:0;white-space:pre-wrap;word-break:break-all}\n"
	"mark{color:inherit}.a mark{background:var(--bad-soft)}.b mark{background:var(--ok-soft)}\n"
	".equal{color:var(--ok)}td{word-break:break-word}\n"
	"@media(max-width:45em){.sides{grid-template-columns:1fr}.sides>div+div{border-left:0;border-top:1px solid var(--line)}}\n";

/* A text with its line ends; what stands from the first difference on is marked. */
static void text(struct buf *to, struct str s, size_t mark)
{
	bool marked = false;
	size_t at = 0;
	while (at < s.n) {
		if (at >= mark && !marked) {
			buf_add_cstr(to, "<mark>");
			marked = true;
		}
		struct str rest = str_make(s.p + at, s.n - at);
		size_t n = str_find(rest, '\n');
		if (at < mark && n > mark - at)
			n = mark - at;
		html_text(to, str_make(rest.p, n));
		at += n;
		if (at < s.n && s.p[at] == '\n') {
			buf_add_cstr(to, "\n");
			at++;
		}
	}
	buf_add_cstr(to, marked ? "</mark>" : "");
}

static bool differs(struct span s, struct span other, size_t i)
{
	return i >= other.n || s.p[i] != other.p[i];
}

static void hex_row(struct buf *to, struct span s, struct span other, size_t from)
{
	for (size_t i = from; i < from + ROW; i++) {
		if (i >= s.n)
			buf_add_cstr(to, "   ");
		else if (differs(s, other, i))
			buf_printf(to, "<mark>%02x</mark> ", s.p[i]);
		else
			buf_printf(to, "%02x ", s.p[i]);
	}
	buf_add_cstr(to, " ");
	for (size_t i = from; i < from + ROW && i < s.n; i++) {
		char c = s.p[i] >= 0x20 && s.p[i] < 0x7f ? (char)s.p[i] : '.';
		html_text(to, str_make(&c, 1));
	}
	buf_add_cstr(to, "\n");
}

static void hex(struct buf *to, struct span s, struct span other, uint64_t at)
{
	for (size_t row = 0; row < ROWS_MAX && row * ROW < s.n; row++) {
		buf_printf(to, "%08" PRIx64 "  ", at + row * ROW);
		hex_row(to, s, other, row * ROW);
	}
	if (!s.n)
		buf_add_cstr(to, "(ends here)");
}

static bool is_text(struct span s)
{
	return !s.n || (!memchr(s.p, 0, s.n) && utf8_valid(str_make((const char *)s.p, s.n)));
}

static void side(struct buf *to, const struct diff_leaf *l, bool b)
{
	struct span s = b ? l->b : l->a, other = b ? l->a : l->b;
	buf_printf(to, "<div class=\"%s\"><b>%s</b><pre>", b ? "b" : "a", b ? "B" : "A");
	if (l->kind == (b ? DIFF_ONLY_A : DIFF_ONLY_B))
		buf_add_cstr(to, "(not there)");
	else if (l->kind == DIFF_BYTES || !is_text(s))
		hex(to, s, other, (b ? l->at_b : l->at_a) - l->lead);
	else
		text(to, str_make((const char *)s.p, s.n), l->kind == DIFF_TEXT ? l->lead : s.n);
	buf_add_cstr(to, "</pre></div>");
}

static void where(struct buf *to, const struct diff_leaf *l)
{
	buf_add_cstr(to, "<div class=\"where\">");
	for (size_t i = 0; i < l->n_where; i++) {
		buf_add_cstr(to, "<span>");
		html_text(to, l->where[i]);
		buf_add_cstr(to, "</span>");
	}
	buf_add_cstr(to, l->n_where ? "</div>" : "<span>the whole</span></div>");
}

static void leaf(struct buf *to, const struct diff_leaf *l)
{
	CLEANUP(buf_done) struct buf what = buf_init(WORDS_MAX);
	diff_show_what(&what, l);
	buf_add_cstr(to, "<article><header>");
	where(to, l);
	buf_add_cstr(to, "<div class=\"what\">");
	html_text(to, buf_str(&what));
	if (l->registers.n) {
		buf_add_cstr(to, "<span class=\"reg\">moves ");
		html_text(to, l->registers);
		buf_add_cstr(to, "</span>");
	}
	buf_add_cstr(to, "</div></header><div class=\"sides\">");
	side(to, l, false);
	side(to, l, true);
	buf_add_cstr(to, "</div></article>\n");
}

static void derived(struct buf *to, const struct diff_report *r)
{
	if (r->n_leaves == r->n_causes)
		return;
	buf_printf(to,
		"<h2>What follows from them</h2>\n<details><summary>%zu differences</summary><table>\n",
		r->n_leaves - r->n_causes);
	for (size_t i = r->n_causes; i < r->n_leaves && i < r->n_causes + LEAVES_MAX; i++) {
		buf_add_cstr(to, "<tr><td>");
		where(to, &r->leaves[i]);
		buf_add_cstr(to, "</td><td>");
		html_text(to, r->leaves[i].why);
		buf_add_cstr(to, "</td></tr>\n");
	}
	buf_add_cstr(to, "</table></details>\n");
}

static void registers(struct buf *to, const struct diff_report *r)
{
	char name[PLATFORM_REGISTER_NAME_MAX];
	size_t n = 0;
	for (size_t i = 0; i < r->n_registers; i++) {
		const struct diff_register *reg = &r->registers[i];
		if (!reg->moves)
			continue;
		if (!n++)
			buf_printf(to,
				"<h2>Registers that %s</h2>\n<table><tr><th>register</th><th>platform</th><th>by</th></tr>\n",
				r->measured ? "have another value" : "would move");
		platform_register_name(name, reg->platform, reg->pcr);
		buf_printf(to, "<tr><td>%s%s</td><td>", name, reg->known ? "" : " (maybe)");
		html_text(to, reg->shape.n ? reg->shape : STR("by its layer"));
		buf_add_cstr(to, "</td><td>");
		html_text(to, reg->by);
		buf_add_cstr(to, "</td></tr>\n");
	}
	if (n)
		buf_add_cstr(to, "</table>\n");
	else if (r->measured)
		buf_add_cstr(to,
			"<p>The reference values of both are the same: no register moves.</p>\n");
}

void diff_show_html(const struct diff_report *r, const char *a, const char *b, struct buf *to)
{
	html_begin(to, STR("assay diff"), style);
	buf_add_cstr(to, "<h1>assay diff</h1>\n<table><tr><th>A</th><td>");
	html_text(to, str_of(a));
	buf_add_cstr(to, "</td></tr><tr><th>B</th><td>");
	html_text(to, str_of(b));
	buf_add_cstr(to, "</td></tr></table>\n");
	if (r->equal)
		buf_add_cstr(to, "<p class=\"equal\">No difference.</p>\n");
	registers(to, r);
	if (r->n_causes)
		buf_printf(to, "<h2>%zu difference%s</h2>\n", r->n_causes,
			r->n_causes == 1 ? "" : "s");
	for (size_t i = 0; i < r->n_causes && i < LEAVES_MAX; i++)
		leaf(to, &r->leaves[i]);
	if (r->n_causes > LEAVES_MAX)
		buf_printf(to, "<p>and %zu more</p>\n", r->n_causes - LEAVES_MAX);
	if (r->n_more)
		buf_printf(to, "<p>and %zu more that are only counted</p>\n", r->n_more);
	derived(to, r);
	html_end(to);
}
