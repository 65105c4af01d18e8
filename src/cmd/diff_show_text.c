#include <inttypes.h>
#include <stdio.h>

#include "cmd/diff_show.h"
#include "cmd/line.h"
#define ASSAY_MAY_ASK_THE_MACHINE
#include "base/banned.h"

enum {
	LINE_MAX_SHOWN = 16 << 10,
	SIDE_MAX = 100, /* bytes of a side in the text */
	HEX_SHOWN = 16,
	LEAD_SHOWN = 4,
	STRING_MIN = 8,
	LINES_SHOWN = 4,
	DERIVED_SHOWN = 3,
	REGISTERS_MAX = 4096,
};

void diff_show_where(struct buf *to, const struct diff_leaf *l)
{
	for (size_t i = 0; i < l->n_where; i++) {
		buf_add_cstr(to, i ? " > " : "");
		line_add(to, l->where[i]);
	}
}

static bool printable(uint8_t c)
{
	return c >= 0x20 && c <= 0x7e;
}

static bool is_printable(struct span s)
{
	for (size_t i = 0; i < s.n; i++)
		if (!printable(s.p[i]))
			return false;
	return s.n != 0;
}

/* The text that the byte `at` stands in: a version or a path in a program says more than its bytes. */
static struct str text_around(struct span s, size_t at)
{
	size_t from = at, to = at;
	while (from > 0 && at - from < SIDE_MAX / 2 && printable(s.p[from - 1]))
		from--;
	while (to < s.n && to - from < SIDE_MAX && printable(s.p[to]))
		to++;
	return str_make((const char *)s.p + from, to - from);
}

/* From a little before the difference. */
static void show_bytes(struct buf *to, struct span s, size_t lead)
{
	size_t at = lead < s.n ? lead : 0, from = at < LEAD_SHOWN ? 0 : at - LEAD_SHOWN;
	size_t n = s.n - from < HEX_SHOWN ? s.n - from : HEX_SHOWN;
	struct str text = text_around(s, at);
	if (lead >= s.n) {
		buf_add_cstr(to, "(ends)");
		return;
	}
	if (text.n >= STRING_MIN && printable(s.p[at])) {
		buf_printf(to, "\"%.*s\"", STR_ARG(text));
		return;
	}
	for (size_t i = from; i < from + n; i++)
		buf_printf(to, "%02x ", s.p[i]);
	buf_add_cstr(to, " ");
	for (size_t i = from; i < from + n; i++)
		buf_u8(to, printable(s.p[i]) ? s.p[i] : '.');
}

void diff_show_side(struct buf *to, const struct diff_leaf *l, bool b, size_t max)
{
	struct span s = b ? l->b : l->a;
	bool bytes = l->kind == DIFF_BYTES || l->kind == DIFF_ONLY_A || l->kind == DIFF_ONLY_B ||
		     (l->kind == DIFF_XATTR && !is_printable(s));
	if (bytes && !((l->kind == DIFF_ONLY_A || l->kind == DIFF_ONLY_B) && is_printable(s))) {
		show_bytes(to, s, l->kind == DIFF_BYTES ? l->lead : 0);
		return;
	}
	/* Of a long line what matters stands around the first difference. */
	size_t from = l->kind == DIFF_TEXT && l->lead > max / 2 ? l->lead - max / 2 : 0;
	from = from < s.n ? from : 0;
	size_t n = s.n - from < max ? s.n - from : max;
	buf_add_cstr(to, from ? "..." : "");
	line_add(to, str_make((const char *)s.p + from, n));
	buf_add_cstr(to, n < s.n - from ? "..." : "");
}

void diff_show_what(struct buf *to, const struct diff_leaf *l)
{
	switch (l->kind) {
	case DIFF_BYTES:
		buf_printf(to, "bytes differ from %" PRIu64 " on", l->at_a);
		if (l->size_a != l->size_b)
			buf_printf(to, ", sizes %" PRIu64 " and %" PRIu64, l->size_a, l->size_b);
		else
			buf_printf(to, ", %" PRIu64 " of %" PRIu64, l->n_bytes, l->size_a);
		return;
	case DIFF_TEXT:
		buf_printf(to, "line %" PRIu64, l->at_a);
		return;
	case DIFF_ONLY_A:
	case DIFF_ONLY_B:
		buf_printf(to, "only %s has it", l->kind == DIFF_ONLY_A ? "A" : "B");
		return;
	case DIFF_TYPE:
		buf_add_cstr(to, "another kind of file");
		return;
	case DIFF_ORDER:
		buf_add_cstr(to, "the same members in another order, first");
		return;
	case DIFF_LINK:
		buf_add_cstr(to, "other links");
		return;
	case DIFF_FIELD:
		buf_add_cstr(to, "another value");
		return;
	case DIFF_MODE:
	case DIFF_OWNER:
	case DIFF_TIME:
	case DIFF_XATTR:
	case DIFF_KINDS:
		break;
	}
	buf_printf(to, "another %s", diff_kind_name(l->kind));
}

static void print_line(struct buf *b)
{
	printf("%.*s\n", (int)b->n, b->p ? (const char *)b->p : "");
	b->n = 0;
}

/* Whole lines of a text, one below the other. */
static void print_lines(const char *mark, struct span s)
{
	struct str rest = str_make((const char *)s.p, s.n);
	for (size_t i = 0; rest.n; i++) {
		struct str line = rest, more = STR("");
		if (i == LINES_SHOWN) {
			printf("  %s ...\n", mark);
			return;
		}
		if (str_cut(rest, '\n', &line, &more))
			rest = more;
		else
			rest = STR("");
		CLEANUP(buf_done) struct buf b = buf_init(LINE_MAX_SHOWN);
		buf_printf(&b, "  %s ", mark);
		line_add(&b, str_make(line.p, line.n < SIDE_MAX ? line.n : SIDE_MAX));
		buf_add_cstr(&b, line.n > SIDE_MAX ? "..." : "");
		print_line(&b);
	}
}

static void print_sides(const struct diff_leaf *l)
{
	CLEANUP(buf_done) struct buf b = buf_init(LINE_MAX_SHOWN);
	if (l->kind == DIFF_TEXT && l->lead <= SIDE_MAX / 2) {
		print_lines("A", l->a);
		print_lines("B", l->b);
		return;
	}
	for (int side = 0; side < 2; side++) {
		if (l->kind == (side ? DIFF_ONLY_A : DIFF_ONLY_B))
			continue;
		buf_printf(&b, "  %s ", side ? "B" : "A");
		diff_show_side(&b, l, side, SIDE_MAX);
		print_line(&b);
	}
}

static void print_leaf(const struct diff_leaf *l)
{
	CLEANUP(buf_done) struct buf b = buf_init(LINE_MAX_SHOWN);
	if (l->n_where)
		diff_show_where(&b, l);
	else
		buf_add_cstr(&b, "the whole");
	print_line(&b);
	buf_add_cstr(&b, "  ");
	diff_show_what(&b, l);
	if (l->registers.n)
		buf_printf(&b, "; moves %.*s", STR_ARG(l->registers));
	print_line(&b);
	print_sides(l);
}

static void print_derived(const struct diff_report *r, bool all)
{
	size_t n = r->n_leaves - r->n_causes;
	CLEANUP(buf_done) struct buf b = buf_init(LINE_MAX_SHOWN);
	if (!n)
		return;
	printf("\n%zu more follow%s from %s:\n", n, n == 1 ? "s" : "",
		r->n_causes == 1 ? "it" : "these");
	for (size_t i = 0; i < n && (all || i < DERIVED_SHOWN); i++) {
		const struct diff_leaf *l = &r->leaves[r->n_causes + i];
		buf_add_cstr(&b, "  ");
		diff_show_where(&b, l);
		buf_add_cstr(&b, ": ");
		line_add(&b, l->why);
		print_line(&b);
	}
	if (!all && n > DERIVED_SHOWN)
		printf("  and %zu more (--all lists them)\n", n - DERIVED_SHOWN);
}

/* "PCR 4, 5, 9": a TPM's are numbers behind one word. */
static void add_register(struct buf *b, const struct diff_register *reg, bool first)
{
	char name[PLATFORM_REGISTER_NAME_MAX];

	platform_register_name(name, reg->platform, reg->pcr);
	if (!first)
		buf_add_cstr(b, ", ");
	if (!first && reg->platform == PLATFORM_TPM)
		buf_printf(b, "%u", reg->pcr);
	else
		buf_add_cstr(b, name);
	buf_add_cstr(b, reg->known ? "" : " (maybe)");
}

/* One line for each shape of which one moves, or one for what the layers reach. */
static void print_registers(const struct diff_report *r)
{
	CLEANUP(buf_done) struct buf b = buf_init(REGISTERS_MAX);
	size_t n = 0, lines = 0;
	if (r->n_registers || r->image)
		puts("");
	for (size_t i = 0; i < r->n_registers; i++) {
		const struct diff_register *reg = &r->registers[i];
		if (n && !str_equal(reg->shape, r->registers[i - 1].shape)) {
			print_line(&b);
			n = 0;
		}
		if (!reg->moves)
			continue;
		if (!n) {
			lines++;
			line_add(&b, reg->shape.n ? reg->shape : STR("registers"));
			buf_add_cstr(
				&b, r->measured ? ": these values differ: " : " that would move: ");
		}
		add_register(&b, reg, !n++);
	}
	if (n)
		print_line(&b);
	if (!lines && !r->measured && r->image)
		puts("registers: nothing in A and B says that one of them measures this");
	else if (!lines && r->measured)
		puts("the reference values of both are the same: no register moves");
}

void diff_show_text(const struct diff_report *r, bool all)
{
	size_t n = all || r->n_causes < DIFF_SHOW_LEAVES ? r->n_causes : DIFF_SHOW_LEAVES;
	if (r->equal) {
		puts("no difference");
		return;
	}
	for (size_t i = 0; i < n; i++)
		print_leaf(&r->leaves[i]);
	if (r->n_causes > n)
		printf("and %zu more (--all lists them)\n", r->n_causes - n);
	if (r->n_more)
		printf("and %zu more that are only counted\n", r->n_more);
	print_derived(r, all);
	print_registers(r);
}
