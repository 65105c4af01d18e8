#include "diff/diff_registers.h"

#include <stdio.h>

#include "appraise/reference_values.h"
#include "appraise/shape_moves.h"
#include "base/buf.h"
#include "sys/file.h"

#include "base/banned.h"

enum { PCRS = 24, TABLE = 5, BOOT_PROGRAM = 4, TEXT_MAX = 512, WAY_MAX = 64 << 10 };
#define NAME "reference-values.json"

static uint32_t bit(unsigned pcr)
{
	return UINT32_C(1) << pcr;
}

static struct shape_moves moves_of(enum diff_reach reach)
{
	switch (reach) {
	case DIFF_REACH_TABLE:
		return (struct shape_moves){ bit(TABLE), 0 };
	case DIFF_REACH_BOOT_FILE:
		return (struct shape_moves){ 0, bit(BOOT_PROGRAM) };
	case DIFF_REACH_BOOT_LOADER:
		return shape_moves_of(SHAPE_BOOT_LOADER);
	case DIFF_REACH_KERNEL:
	case DIFF_REACH_SECTION:
		return shape_moves_of(SHAPE_KERNEL);
	case DIFF_REACH_INITRD:
		return shape_moves_of(SHAPE_INITRD);
	case DIFF_REACH_COMMAND_LINE:
		return shape_moves_of(SHAPE_COMMAND_LINE);
	case DIFF_REACH_ROOT:
		return shape_moves_of(SHAPE_ROOT);
	case DIFF_REACH_FIRMWARE:
		return shape_moves_of(SHAPE_FIRMWARE);
	case DIFF_REACH_FIRMWARE_VARIABLES:
		return shape_moves_of(SHAPE_FIRMWARE_VARIABLES);
	case DIFF_REACH_NONE:
		break;
	}
	return (struct shape_moves){ 0, 0 };
}

static void add_bits(struct buf *b, uint32_t bits)
{
	const char *between = "PCR ";
	for (unsigned i = 0; i < PCRS; i++)
		if (bits & bit(i)) {
			buf_printf(b, "%s%u", between, i);
			between = ", ";
		}
}

static struct str in_words(struct arena *a, uint32_t will, uint32_t may)
{
	CLEANUP(buf_done) struct buf b = buf_init(TEXT_MAX);
	add_bits(&b, will);
	if (may)
		buf_add_cstr(&b, will ? "; maybe " : "maybe ");
	add_bits(&b, may);
	return arena_str(a, buf_str(&b));
}

void diff_registers_name(struct diff_walk *w)
{
	for (size_t i = 0; i < w->n_leaves; i++) {
		struct diff_leaf *l = &w->leaves[i];
		enum diff_reach reach = w->marks[i].reach;
		struct shape_moves m = moves_of(reach);
		/* Without a root hash in a command line nothing is known to measure the root. */
		if (reach == DIFF_REACH_ROOT && !w->root_hash[0].n)
			m = (struct shape_moves){ 0, 0 };
		/* In another's image the identifiers of partitions need not follow from what they hold. */
		if (reach != DIFF_REACH_TABLE && !w->own) {
			m.will &= ~bit(TABLE);
			m.may &= ~bit(TABLE);
		}
		l->pcrs = m.will;
		l->pcrs_may = m.may & ~m.will;
		if (m.will || m.may)
			l->registers = in_words(w->arena, l->pcrs, l->pcrs_may);
	}
}

/* The first leaf that moves it: a cause if there is one, since those come first. */
static struct str by(const struct diff_report *r, unsigned pcr, bool *sure, struct arena *a)
{
	const struct diff_leaf *found = NULL;
	*sure = false;
	for (size_t i = 0; i < r->n_leaves; i++) {
		const struct diff_leaf *l = &r->leaves[i];
		bool will = l->pcrs & bit(pcr), may = l->pcrs_may & bit(pcr);
		if (!found && (will || may))
			found = l;
		*sure |= will;
	}
	if (!found)
		return STR("");
	CLEANUP(buf_done) struct buf b = buf_init(WAY_MAX);
	for (size_t i = 0; i < found->n_where; i++) {
		buf_add_cstr(&b, i ? " > " : "");
		buf_add_str(&b, found->where[i]);
	}
	return arena_str(a, buf_str(&b));
}

static bool by_layers(struct diff_report *r, struct arena *a, struct err *e)
{
	struct diff_register *list = ARENA_ARRAY(a, PCRS, struct diff_register);
	if (!list)
		return arena_full(a, e);
	for (unsigned i = 0; i < PCRS; i++) {
		bool sure;
		struct str way = by(r, i, &sure, a);
		if (way.n)
			list[r->n_registers++] = (struct diff_register){ .platform = PLATFORM_TPM,
				.pcr = i,
				.moves = true,
				.known = sure,
				.by = way };
	}
	r->registers = list;
	return true;
}

static const struct reference_register *find(const struct reference_shape *s, unsigned reg)
{
	for (size_t i = 0; i < s->n_registers; i++)
		if (s->registers[i].reg == reg)
			return &s->registers[i];
	return NULL;
}

static bool differ(const struct reference_shape *s, const struct reference_register *x,
	const struct reference_register *y)
{
	for (size_t i = 0; i < s->n_banks; i++)
		if (!digest_equal(&x->values[i], &y->values[i]))
			return true;
	return false;
}

static void add_shape(struct diff_report *r, struct diff_register *list,
	const struct reference_shape *s, const struct reference_shape *t, struct arena *a)
{
	for (size_t i = 0; i < s->n_registers; i++) {
		const struct reference_register *x = &s->registers[i], *y = find(t, x->reg);
		struct diff_register reg = {
			.shape = s->name, .platform = platform_from_name(s->platform), .pcr = x->reg
		};
		bool sure;
		reg.known = y && x->how != REFERENCE_NOT_PREDICTABLE &&
			    y->how != REFERENCE_NOT_PREDICTABLE;
		reg.moves = !y || x->how != y->how || (reg.known && differ(s, x, y));
		/* The layers are known by what a TPM shows of them. */
		if (reg.moves && reg.platform == PLATFORM_TPM)
			reg.by = by(r, reg.pcr, &sure, a);
		list[r->n_registers++] = reg;
	}
}

static bool by_values(
	struct diff_report *r, const struct reference_values v[2], struct arena *a, struct err *e)
{
	size_t n = 0;
	for (size_t i = 0; i < v[0].n_shapes; i++)
		n += v[0].shapes[i].n_registers;
	struct diff_register *list = ARENA_ARRAY(a, n ? n : 1, struct diff_register);
	if (!list)
		return arena_full(a, e);
	for (size_t i = 0; i < v[0].n_shapes; i++)
		for (size_t k = 0; k < v[1].n_shapes; k++)
			if (str_equal(v[0].shapes[i].name, v[1].shapes[k].name)) {
				add_shape(r, list, &v[0].shapes[i], &v[1].shapes[k], a);
				break;
			}
	r->registers = list;
	r->measured = true;
	return true;
}

/* False when there are none, or none that can be read: then the layers speak. */
static bool values_of(struct reference_values *ret, const char *path, struct arena *a)
{
	CLEANUP(buf_done) struct buf text = { 0 };
	CLEANUP(file_closep) int dir = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	struct err e;
	return dir >= 0 && file_read(dir, NAME, REFERENCE_VALUES_SIZE_MAX, &text, &e) &&
	       reference_values_parse(ret, buf_span(&text), a, &e);
}

bool diff_registers_of(
	struct diff_report *r, const char *a, const char *b, struct arena *arena, struct err *e)
{
	struct reference_values v[2];
	if (values_of(&v[0], a, arena) && values_of(&v[1], b, arena))
		return by_values(r, v, arena, e);
	return by_layers(r, arena, e);
}
