#include "diff/diff_elf.h"

#include "base/mem.h"
#include "diff/diff_pair.h"
#include "diff/diff_raw.h"
#include "diff/diff_text.h"
#include "diff/elf_read.h"

#include "base/banned.h"

enum { TABLES_MAX = 64 << 20, STRINGS_MAX = 16 << 20 };

struct compare {
	struct diff_walk *w;
	struct elf a, b;
};

/* What a section is a consequence of; the dots of relocation sections' names are followed by those they are for. */
static enum diff_rule rule_of(struct str name)
{
	if (str_is(name, ".note.gnu.build-id"))
		return DIFF_RULE_BUILD_ID;
	if (str_is(name, ".gnu_debuglink"))
		return DIFF_RULE_DEBUG_LINK;
	if (str_is(name, ".symtab") || str_is(name, ".dynsym") || str_is(name, ".shstrtab") ||
		str_starts(name, ".rela.") || str_starts(name, ".rel."))
		return DIFF_RULE_SIZE;
	return DIFF_RULE_NONE;
}

static bool has_strings(struct str name)
{
	return str_is(name, ".comment") || str_is(name, ".debug_str") ||
	       str_is(name, ".debug_line_str") || str_is(name, ".strtab") ||
	       str_is(name, ".dynstr") || str_is(name, ".modinfo");
}

static uint8_t *as_lines(struct span s)
{
	uint8_t *copy = mem_alloc(s.n);
	for (size_t i = 0; i < s.n; i++)
		copy[i] = s.p[i] ? s.p[i] : '\n';
	return copy;
}

/* Strings that end in NUL, one a line. */
static bool strings(struct diff_walk *w, struct span a, struct span b)
{
	if (a.n > STRINGS_MAX || b.n > STRINGS_MAX)
		return false;
	CLEANUP(mem_free) uint8_t *x = as_lines(a);
	CLEANUP(mem_free) uint8_t *y = as_lines(b);
	return diff_text(w, span_make(x, a.n), span_make(y, b.n));
}

static bool content(
	struct compare *c, const struct elf_section *a, const struct elf_section *b, struct err *e)
{
	enum diff_rule rule = rule_of(a->name);
	if (rule) {
		diff_raw_ruled(c->w, a->bytes, b->bytes, rule, 1);
		return true;
	}
	if (has_strings(a->name) && strings(c->w, a->bytes, b->bytes))
		return true;
	size_t both = a->bytes.n < b->bytes.n ? a->bytes.n : b->bytes.n;
	size_t first = diff_raw_first(a->bytes.p, b->bytes.p, both);
	struct str in = elf_read_symbol(&c->a, a, first);
	if (!in.n)
		return diff_pair(c->w, a->bytes, b->bytes, e);
	struct str place = arena_printf(c->w->arena, "in %.*s", STR_ARG(in));
	if (!diff_walk_enter(c->w, place))
		return true;
	diff_raw(c->w, a->bytes, b->bytes);
	diff_walk_leave(c->w);
	return true;
}

static size_t nth_of(const struct elf *elf, const struct elf_section *s)
{
	size_t n = 0;
	for (const struct elf_section *p = elf->sections; p < s; p++)
		n += str_equal(p->name, s->name);
	return n;
}

static bool enter(struct compare *c, const struct elf_section *s)
{
	return diff_walk_enter(c->w, arena_printf(c->w->arena, "ELF %.*s", STR_ARG(s->name)));
}

static bool sections(struct compare *c, struct err *e)
{
	for (size_t i = 0; i < c->a.n; i++) {
		const struct elf_section *s = &c->a.sections[i];
		const struct elf_section *t = elf_read_find(&c->b, s->name, nth_of(&c->a, s));
		if ((t && span_equal(s->bytes, t->bytes)) || !enter(c, s))
			continue;
		bool ok = true;
		if (t)
			ok = content(c, s, t, e);
		else
			diff_walk_add(c->w,
				&(struct diff_leaf){
					.kind = DIFF_ONLY_A, .a = s->bytes, .size_a = s->bytes.n });
		diff_walk_leave(c->w);
		if (!ok)
			return false;
	}
	return true;
}

static void only_b(struct compare *c)
{
	for (size_t i = 0; i < c->b.n; i++) {
		const struct elf_section *s = &c->b.sections[i];
		if (elf_read_find(&c->a, s->name, nth_of(&c->b, s)) || !enter(c, s))
			continue;
		diff_walk_add(
			c->w, &(struct diff_leaf){
				      .kind = DIFF_ONLY_B, .b = s->bytes, .size_b = s->bytes.n });
		diff_walk_leave(c->w);
	}
}

static void header(struct compare *c)
{
	size_t n = c->a.header_size < c->b.header_size ? c->a.header_size : c->b.header_size;
	size_t both = c->a.file.n < c->b.file.n ? c->a.file.n : c->b.file.n;
	enum diff_rule rule = diff_walk_found(c->w) ? DIFF_RULE_SIZE : DIFF_RULE_NONE;
	n = n < both ? n : both;
	if (!diff_walk_enter(c->w, STR("ELF header")))
		return;
	diff_raw_ruled(c->w, span_make(c->a.file.p, n), span_make(c->b.file.p, n), rule, 1);
	diff_walk_leave(c->w);
}

bool diff_elf(struct diff_walk *w, struct span a, struct span b, struct err *e)
{
	CLEANUP(arena_freep) struct arena *tables = arena_new(TABLES_MAX);
	struct compare c = { .w = w };
	if (!elf_read(&c.a, a, tables, e) || !elf_read(&c.b, b, tables, e) || !sections(&c, e))
		return false;
	only_b(&c);
	header(&c);
	return true;
}
