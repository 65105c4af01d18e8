/* What a quorum found, in words: names, reasons, and where two results part. */
#include "appraise/quorum.h"

#include "appraise/platform.h"
#include "base/banned.h"

const char *quorum_standing_words(enum quorum_standing s)
{
	switch (s) {
	case QUORUM_UNDATED:
		return "does not say when it was made";
	case QUORUM_OLD:
		return "is older than the trust file allows (max-age: statement)";
	case QUORUM_TOO_NEW:
		return "is of a time that is still to come";
	case QUORUM_CONFLICT:
		return "is by an operator that says something else about the same lock as well";
	case QUORUM_COUNTS:
		return "counts";
	case QUORUM_BY_NOBODY:
		break;
	}
	return "is signed by no rebuilder of the trust file";
}

static struct str name_of(const struct trust_parties *p, size_t operator_at)
{
	for (size_t i = 0; i < p->n; i++)
		if (p->items[i].operator_at == operator_at)
			return p->items[i].operated_by;
	return STR("?");
}

void quorum_names(struct buf *out, const struct trust_file *trust, uint64_t operators)
{
	bool first = true;

	if (!operators)
		buf_add_cstr(out, "nobody");
	for (size_t i = 0; operators; i++) {
		if (!(operators >> i & 1))
			continue;
		operators &= ~(UINT64_C(1) << i);
		buf_add_cstr(out, first ? "" : operators ? ", " : " and ");
		buf_add_str(out, name_of(&trust->rebuilders, i));
		first = false;
	}
}

/* ---- where results part ---- */

static bool same_register(
	const struct rebuild_claim_register *a, const struct rebuild_claim_register *b)
{
	bool same = a->n_banks == b->n_banks && a->reg == b->reg &&
		    str_equal(a->platform, b->platform);

	for (size_t i = 0; same && i < a->n_banks; i++)
		same = digest_equal(&a->banks[i], &b->banks[i]);
	return same;
}

static struct str output_that_differs(
	const struct rebuild_claim *one, const struct rebuild_claim *other)
{
	for (size_t i = 0; rebuild_claim_output_names[i]; i++) {
		const char *name = rebuild_claim_output_names[i];
		const struct rebuild_claim_output *a = rebuild_claim_output_find(one, name),
						  *b = rebuild_claim_output_find(other, name);

		if (!a != !b || (a && b && !ct_equal(a->sha256, b->sha256, SHA256_SIZE)))
			return str_of(name);
	}
	return str_make(NULL, 0);
}

/* "qemu-vtpm register 4": which word the platform has for it is not known here. */
static struct str register_that_differs(
	const struct rebuild_claim *one, const struct rebuild_claim *other, struct arena *a)
{
	for (size_t i = 0; i < one->n_registers || i < other->n_registers; i++) {
		const struct rebuild_claim_register *r = i < one->n_registers
								 ? &one->registers[i]
								 : &other->registers[i];

		if (i >= one->n_registers || i >= other->n_registers ||
			!same_register(&one->registers[i], &other->registers[i]))
			return arena_printf(a, "%.*s register %llu", STR_ARG(r->platform),
				(unsigned long long)r->reg);
	}
	return str_make(NULL, 0);
}

bool quorum_first_difference(struct str *ret, const struct rebuild_claim *one,
	const struct rebuild_claim *other, struct arena *a, struct err *e)
{
	struct str s = output_that_differs(one, other);

	if (!s.p)
		s = register_that_differs(one, other, a);
	if (arena_failed(a))
		return arena_full(a, e);
	*ret = s.p ? s : one->verdict != other->verdict ? STR("the verdict") : STR("the result");
	return true;
}
