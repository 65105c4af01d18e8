#include "page/report_picture.h"

#include "codec/utf8.h"
#include "page/html.h"
#include "base/banned.h"

/* Three columns of boxes: where each begins, how wide it is; how far rows are apart, and how high a box is. */
enum {
	WIDTH = 340,
	TOP = 22,
	PITCH = 27,
	HIGH = 21,
	LETTERS_MAX = 18,
	BELOW = 4,
	HALF = 2,
};

struct column {
	size_t at, width, n;
};

struct drawing {
	struct buf *to;
	struct column sources, layers, registers;
	size_t height;
	enum origin_class classes[ORIGIN_CLASSES];
};

static const enum origin_class order[] = { ORIGIN_SOURCE, ORIGIN_REPRODUCED, ORIGIN_DISTRIBUTION,
	ORIGIN_OPAQUE };

static const char *class_word(enum origin_class c)
{
	static const char *const words[] = { [ORIGIN_OPAQUE] = "unknown",
		[ORIGIN_SOURCE] = "source",
		[ORIGIN_DISTRIBUTION] = "packages",
		[ORIGIN_REPRODUCED] = "reproduced" };

	return words[c];
}

static const char *register_class(enum reference_how how)
{
	return how == REFERENCE_COMPUTED   ? "computed"
	       : how == REFERENCE_OBSERVED ? "observed"
					   : "none";
}

static const char *layer_class(enum report_cover c)
{
	return c == REPORT_COVER_COMPUTED   ? "computed"
	       : c == REPORT_COVER_OBSERVED ? "observed"
					    : "none";
}

/* The middle of the i-th box, counted from the top. */
static size_t middle(const struct drawing *d, const struct column *c, size_t i)
{
	return TOP + (2 * i + 1) * d->height / (2 * c->n);
}

/* As many letters as a box takes. */
static void short_text(struct buf *to, struct str s)
{
	uint32_t cp;
	size_t at = 0;

	for (size_t letters = 0; at < s.n && letters < LETTERS_MAX; letters++) {
		size_t n = utf8_read(str_make(s.p + at, s.n - at), &cp);

		at += n ? n : 1;
	}
	html_text(to, str_make(s.p, at));
	buf_add_cstr(to, at < s.n ? "…" : "");
}

static void box(const struct drawing *d, const struct column *c, size_t i, const char *class,
	struct str name)
{
	size_t y = middle(d, c, i);

	buf_printf(d->to,
		"<rect class=\"%s\" x=\"%zu\" y=\"%zu\" width=\"%zu\" height=\"%d\" rx=\"4\"/>",
		class, c->at, y - HIGH / HALF, c->width, HIGH);
	buf_printf(d->to, "<text x=\"%zu\" y=\"%zu\" text-anchor=\"middle\">",
		c->at + c->width / HALF, y + BELOW);
	short_text(d->to, name);
	buf_add_cstr(d->to, "</text>\n");
}

static void line(const struct drawing *d, const struct column *a, size_t i, const struct column *b,
	size_t k, const char *class)
{
	size_t x1 = a->at + a->width, x2 = b->at, xm = (x1 + x2) / HALF;
	size_t y1 = middle(d, a, i), y2 = middle(d, b, k);

	buf_printf(d->to, "<path class=\"%s\" d=\"M%zu %zuC%zu %zu %zu %zu %zu %zu\"/>\n", class,
		x1, y1, xm, y1, xm, y2, x2, y2);
}

static void lines(const struct drawing *d, const struct report_layers *l)
{
	for (size_t i = 0; i < l->n; i++) {
		const struct report_layer *layer = &l->items[i];

		for (size_t k = 0; layer->in_image && k < d->sources.n; k++)
			if (layer->from.bytes[d->classes[k]])
				line(d, &d->sources, k, &d->layers, i, "source");
		for (size_t k = 0; k < d->registers.n; k++)
			if (layer->registers >> k & 1)
				line(d, &d->layers, i, &d->registers, k,
					register_class(l->shape->registers[k].how));
	}
}

static void boxes(const struct drawing *d, const struct report_layers *l)
{
	char name[PLATFORM_REGISTER_NAME_MAX];

	for (size_t i = 0; i < d->sources.n; i++)
		box(d, &d->sources, i, "source", str_of(class_word(d->classes[i])));
	for (size_t i = 0; i < l->n; i++)
		box(d, &d->layers, i, layer_class(l->items[i].cover), l->items[i].row->layer);
	for (size_t i = 0; i < d->registers.n; i++) {
		const struct reference_register *r = &l->shape->registers[i];

		reference_register_name(name, l->shape, r->reg);
		box(d, &d->registers, i, register_class(r->how), str_of(name));
	}
}

static void heading(const struct drawing *d, const struct column *c, const char *text)
{
	buf_printf(d->to,
		"<text class=\"head\" x=\"%zu\" y=\"12\" text-anchor=\"middle\">%s</text>",
		c->at + c->width / HALF, text);
}

/* For who hears the page: the drawing in one sentence; the table has the rest. */
static void describe(const struct drawing *d, const struct report_layers *l, size_t number)
{
	size_t covered = 0;

	for (size_t i = 0; i < l->n; i++)
		covered += l->items[i].cover >= REPORT_COVER_OBSERVED;
	buf_printf(d->to, "<title id=\"picture%zu\">", number);
	html_printf(d->to, "From source and packages to layers to registers, shape %.*s",
		STR_ARG(l->shape->name));
	buf_printf(d->to, "</title><desc id=\"drawn%zu\">", number);
	html_printf(d->to,
		"Lines lead from %zu kinds of origin to %zu layers and from these to %zu registers. "
		"%zu layers end in a register with a value to compare with. The table says the same in words.",
		d->sources.n, l->n, d->registers.n, covered);
	buf_add_cstr(d->to, "</desc>\n");
}

void report_picture_emit(struct buf *to, const struct report_layers *l,
	const struct origin_class_shares *origins, size_t number)
{
	struct drawing d = { .to = to,
		.sources = { .at = 1, .width = 72 },
		.layers = { .at = 104, .width = 120, .n = l->n },
		.registers = { .at = 255, .width = 84, .n = l->shape->n_registers } };
	size_t rows = l->n > d.registers.n ? l->n : d.registers.n;

	for (size_t i = 0; i < ARRAY_LEN(order); i++)
		if (origins->bytes[order[i]])
			d.classes[d.sources.n++] = order[i];
	rows = rows > d.sources.n ? rows : d.sources.n;
	d.height = rows * PITCH;
	buf_printf(to,
		"<svg viewBox=\"0 0 %d %zu\" role=\"img\" aria-labelledby=\"picture%zu\" aria-describedby=\"drawn%zu\">\n",
		WIDTH, TOP + d.height, number, number);
	describe(&d, l, number);
	heading(&d, &d.sources, "made from");
	heading(&d, &d.layers, "layer");
	heading(&d, &d.registers, "register");
	buf_add_cstr(to, "\n");
	lines(&d, l);
	boxes(&d, l);
	buf_add_cstr(to, "</svg>\n");
}
