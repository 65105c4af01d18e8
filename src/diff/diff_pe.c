#include "diff/diff_pe.h"

#include "base/rd.h"
#include "codec/pe.h"
#include "diff/diff_command_line.h"
#include "diff/diff_pair.h"
#include "diff/diff_raw.h"

#include "base/banned.h"

enum { PE_OFFSET_AT = 0x3c, TIME_AT = 8, HEADERS_COMPARED_MAX = 1 << 20 };

struct program {
	struct pe pe;
	bool uki;
};

static const struct {
	const char *section;
	enum diff_reach reach;
} reaches[] = {
	{ ".linux", DIFF_REACH_KERNEL },
	{ ".initrd", DIFF_REACH_INITRD },
	{ ".cmdline", DIFF_REACH_COMMAND_LINE },
	{ ".osrel", DIFF_REACH_SECTION },
	{ ".uname", DIFF_REACH_SECTION },
	{ ".sbat", DIFF_REACH_SECTION },
	{ ".dtb", DIFF_REACH_SECTION },
	{ ".ucode", DIFF_REACH_SECTION },
	{ ".splash", DIFF_REACH_SECTION },
	{ ".pcrpkey", DIFF_REACH_SECTION },
	{ ".profile", DIFF_REACH_SECTION },
};

static enum diff_reach reach_of(const struct program *p, struct str section, enum diff_reach outer)
{
	if (!p->uki)
		return outer;
	for (size_t i = 0; i < ARRAY_LEN(reaches); i++)
		if (str_is(section, reaches[i].section))
			return reaches[i].reach;
	return DIFF_REACH_BOOT_LOADER;
}

static bool read(struct program *p, struct span file, struct err *e)
{
	if (!pe_parse(&p->pe, file, e))
		return false;
	p->uki = pe_section(&p->pe, ".linux") != NULL;
	return true;
}

/* The nth section of this name. */
static const struct pe_section *find(const struct pe *pe, struct str name, size_t nth)
{
	for (size_t i = 0; i < pe->n_sections; i++)
		if (str_equal(pe->sections[i].name, name) && nth-- == 0)
			return &pe->sections[i];
	return NULL;
}

static size_t nth_of(const struct pe *pe, const struct pe_section *s)
{
	size_t n = 0;
	for (const struct pe_section *p = pe->sections; p < s; p++)
		n += str_equal(p->name, s->name);
	return n;
}

/* What a loaded image shows of it: padding in the file is no content. */
static struct span shown(const struct pe_section *s)
{
	struct span bytes;
	struct err e;
	return pe_section_bytes(&bytes, s, &e) ? bytes : s->data;
}

static struct str name_of(struct diff_walk *w, const struct program *p, const struct pe_section *s)
{
	return arena_printf(w->arena, "%s %.*s", p->uki ? "UKI" : "PE", STR_ARG(s->name));
}

static bool section(
	struct diff_walk *w, const struct pe_section *a, const struct pe_section *b, struct err *e)
{
	struct span x = shown(a), y = shown(b);
	if (str_is(a->name, ".cmdline") && diff_command_line(w, x, y))
		return true;
	if (str_is(a->name, ".pcrsig")) {
		diff_raw_ruled(w, x, y, DIFF_RULE_SIGNATURE, 1);
		return true;
	}
	if (!span_equal(x, y))
		return diff_pair(w, x, y, e);
	/* The same content, and something else in the padding behind it. */
	diff_raw(w, a->data, b->data);
	return true;
}

static bool sections(
	struct diff_walk *w, const struct program *a, const struct program *b, struct err *e)
{
	for (size_t i = 0; i < a->pe.n_sections; i++) {
		const struct pe_section *s = &a->pe.sections[i];
		const struct pe_section *t = find(&b->pe, s->name, nth_of(&a->pe, s));
		if (t && span_equal(s->data, t->data) && span_equal(shown(s), shown(t)))
			continue;
		if (!diff_walk_enter(w, name_of(w, a, s)))
			continue;
		bool ok = true;
		diff_walk_reach(w, reach_of(a, s->name, diff_walk_reached(w)));
		if (t)
			ok = section(w, s, t, e);
		else
			diff_walk_add(w,
				&(struct diff_leaf){
					.kind = DIFF_ONLY_A, .a = shown(s), .size_a = shown(s).n });
		diff_walk_leave(w);
		if (!ok)
			return false;
	}
	return true;
}

static void only_b(struct diff_walk *w, const struct program *a, const struct program *b)
{
	for (size_t i = 0; i < b->pe.n_sections; i++) {
		const struct pe_section *s = &b->pe.sections[i];
		if (find(&a->pe, s->name, nth_of(&b->pe, s)) ||
			!diff_walk_enter(w, name_of(w, b, s)))
			continue;
		diff_walk_reach(w, reach_of(b, s->name, diff_walk_reached(w)));
		diff_walk_add(
			w, &(struct diff_leaf){
				   .kind = DIFF_ONLY_B, .b = shown(s), .size_b = shown(s).n });
		diff_walk_leave(w);
	}
}

static void number(
	struct diff_walk *w, const char *name, uint32_t a, uint32_t b, enum diff_rule rule)
{
	if (a != b)
		diff_walk_field(w, name, arena_printf(w->arena, "0x%08x", a),
			arena_printf(w->arena, "0x%08x", b), rule, 0);
}

static uint32_t u32_at(struct span file, size_t at)
{
	struct rd r = rd_of(file);
	rd_seek(&r, at);
	return rd_u32le(&r);
}

static uint32_t time_stamp(struct span file)
{
	return u32_at(file, u32_at(file, PE_OFFSET_AT) + TIME_AT);
}

/* With the fields that are shown by name put to zero. */
static struct span plain_headers(struct diff_walk *w, const struct pe *pe)
{
	size_t n = pe->headers_size < HEADERS_COMPARED_MAX ? pe->headers_size
							   : HEADERS_COMPARED_MAX;
	uint8_t *copy = arena_alloc(w->arena, n);
	if (!copy)
		return (struct span){ NULL, 0 };
	memcpy(copy, pe->file.p, n);
	size_t stamp = u32_at(pe->file, PE_OFFSET_AT) + TIME_AT;
	if (stamp + 4 <= n)
		memset(copy + stamp, 0, 4);
	if (pe->checksum_at + 4 <= n)
		memset(copy + pe->checksum_at, 0, 4);
	if (pe->certificates_at && pe->certificates_at + 8 <= n)
		memset(copy + pe->certificates_at, 0, 8);
	return span_make(copy, n);
}

static void headers(struct diff_walk *w, const struct pe *a, const struct pe *b)
{
	size_t before = w->n_leaves + w->n_more;
	bool contents = diff_walk_found(w);
	number(w, "PE time stamp", time_stamp(a->file), time_stamp(b->file), DIFF_RULE_NONE);
	struct span x = plain_headers(w, a), y = plain_headers(w, b);
	/* Sizes and places of sections follow from what they hold. */
	if (!span_equal(x, y) && diff_walk_enter(w, STR("PE headers"))) {
		diff_raw_ruled(w, x, y, contents ? DIFF_RULE_SIZE : DIFF_RULE_NONE, 1);
		diff_walk_leave(w);
	}
	(void)before;
	number(w, "PE checksum", u32_at(a->file, a->checksum_at), u32_at(b->file, b->checksum_at),
		DIFF_RULE_CHECKSUM);
}

static struct span certificates(const struct pe *pe)
{
	return span_make(pe->file.p + pe->file.n - pe->certificates_size, pe->certificates_size);
}

/* Behind the last section and before the certificates. */
static struct span tail(const struct pe *pe)
{
	size_t end = pe->headers_size;
	for (size_t i = 0; i < pe->n_sections; i++)
		if (pe->sections[i].data.n && pe->sections[i].at + pe->sections[i].data.n > end)
			end = pe->sections[i].at + pe->sections[i].data.n;
	return span_make(pe->file.p + end, pe->file.n - pe->certificates_size - end);
}

static void ends(struct diff_walk *w, const struct pe *a, const struct pe *b)
{
	if (!span_equal(tail(a), tail(b)) && diff_walk_enter(w, STR("behind the PE sections"))) {
		diff_raw(w, tail(a), tail(b));
		diff_walk_leave(w);
	}
	struct span x = certificates(a), y = certificates(b);
	if (span_equal(x, y) || !diff_walk_enter(w, STR("PE signature")))
		return;
	/* One that is signed and one that is not: nothing explains that but somebody's key. */
	diff_walk_reach(w, DIFF_REACH_NONE);
	diff_raw_ruled(w, x, y, x.n && y.n ? DIFF_RULE_SIGNATURE : DIFF_RULE_NONE, 1);
	diff_walk_leave(w);
}

bool diff_pe(struct diff_walk *w, struct span a, struct span b, struct err *e)
{
	struct program x, y;
	if (!read(&x, a, e) || !read(&y, b, e))
		return false;
	if (!sections(w, &x, &y, e))
		return false;
	only_b(w, &x, &y);
	headers(w, &x.pe, &y.pe);
	ends(w, &x.pe, &y.pe);
	return true;
}
