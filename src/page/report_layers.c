#include "page/report_layers.h"

#include "base/hex.h"
#include "base/banned.h"

const char *report_layers_cover(enum report_cover c)
{
	static const char *const words[] = { [REPORT_COVER_NOTHING] = "not measured",
		[REPORT_COVER_NO_VALUE] = "no value",
		[REPORT_COVER_OBSERVED] = "observed",
		[REPORT_COVER_COMPUTED] = "computed" };

	return words[c];
}

const char *report_layers_badge(enum report_cover c)
{
	return c == REPORT_COVER_COMPUTED ? "ok" : c == REPORT_COVER_OBSERVED ? "warn" : "bad";
}

/* The row's registers, "PCR 4, PCR 11", among those of the shape. */
static void find_registers(struct report_layer *l, const struct reference_shape *s)
{
	struct str rest = l->row->by, name;
	char known[PLATFORM_REGISTER_NAME_MAX];

	while (rest.n) {
		(void)str_cut(rest, ',', &name, &rest);
		for (size_t i = 0; i < s->n_registers; i++) {
			reference_register_name(known, s, s->registers[i].reg);
			if (str_is(str_trim(name), known))
				l->registers |= UINT32_C(1) << i;
		}
	}
}

static void judge(struct report_layer *l, const struct reference_shape *s)
{
	if (!l->row->by.n)
		return;
	l->cover = REPORT_COVER_NO_VALUE;
	for (size_t i = 0; i < s->n_registers; i++) {
		enum reference_how how = s->registers[i].how;

		if (!(l->registers >> i & 1) || how == REFERENCE_NOT_PREDICTABLE)
			continue;
		if (how == REFERENCE_COMPUTED)
			l->cover = REPORT_COVER_COMPUTED;
		else if (l->cover == REPORT_COVER_NO_VALUE)
			l->cover = REPORT_COVER_OBSERVED;
	}
}

static void from_class(struct report_layer *l, enum origin_class c, uint64_t bytes)
{
	l->in_image = origin_class_add(&l->from, c, bytes);
}

static void from_part(struct report_layer *l, const struct manifest_part *p)
{
	if (!p->origin.n)
		return;
	from_class(l, p->class, p->size);
	l->origin = p->origin;
}

static void from_files(struct report_layer *l, const struct manifest_file_list *files)
{
	for (size_t i = 0; i < files->n; i++)
		from_class(l, files->items[i].class, files->items[i].size);
}

/* Firmware of the manifest is that of the shape only where the shape's inputs have its digest. */
static void from_firmware(struct report_layer *l, const struct reference_shape *s,
	const char *input, const struct manifest_part *p)
{
	char hex[2 * SHA256_SIZE + 1];

	hex_write(hex, p->sha256, SHA256_SIZE);
	for (size_t i = 0; i < s->n_inputs; i++) {
		if (!str_starts(s->inputs[i].name, input))
			continue;
		l->beside = true;
		if (str_is(s->inputs[i].name, input) && str_is(s->inputs[i].value, hex))
			from_part(l, p);
	}
}

/* The partition table is written by assay, the command line stands in the description: both are source. */
static void find_source(
	struct report_layer *l, const struct reference_shape *s, const struct manifest *m)
{
	struct str name = l->row->layer;

	if (str_is(name, "firmware"))
		from_firmware(l, s, "firmware", &m->code);
	else if (str_is(name, "firmware variables"))
		from_firmware(l, s, "firmware-variables", &m->vars);
	else if (str_is(name, "boot loader"))
		from_part(l, &m->stub);
	else if (str_is(name, "kernel"))
		from_part(l, &m->kernel);
	else if (str_is(name, "initrd"))
		from_files(l, &m->initrd_files);
	else if (str_is(name, "root file system"))
		from_files(l, &m->root_files);
	else if (str_is(name, "command line"))
		from_class(l, ORIGIN_SOURCE, m->command_line.n);
	else if (str_is(name, "partition table") && l->row->by.n)
		from_class(l, ORIGIN_SOURCE, 0);
}

bool report_layers_find(struct report_layers *ret, const struct reference_shape *s,
	const struct manifest *m, struct arena *a, struct err *e)
{
	struct report_layers l = { .shape = s,
		.items = ARENA_ARRAY(a, s->n_coverage, struct report_layer),
		.n = s->n_coverage };

	if (!l.items && l.n)
		return arena_full(a, e);
	for (size_t i = 0; i < l.n; i++) {
		l.items[i].row = &s->coverage[i];
		find_registers(&l.items[i], s);
		judge(&l.items[i], s);
		find_source(&l.items[i], s, m);
	}
	*ret = l;
	return true;
}
