#include "appraise/appraise_snp_inside.h"
#include "base/banned.h"

enum { BITS = 64, TEXT_MAX = 1024 };

struct check appraise_snp_check(const struct appraise_snp_question *q)
{
	return (struct check){ .name = q->name,
		.what = str_of(q->what),
		.whose = str_of(q->whose),
		.claim = q->claim,
		.fail_value = q->fail_value };
}

static void ask(struct appraise_snp_state *s, const struct appraise_snp_question *q)
{
	struct check c = appraise_snp_check(q);
	const char *reason = q->skip ? q->skip(s) : NULL;
	struct err e = { 0 };

	if (reason) {
		appraise_skip(s->w, c, str_of(reason));
		return;
	}
	c.want = q->want ? q->want(s) : STR("");
	c.got = q->got ? q->got(s) : STR("");
	appraise_test(s->w, c, q->ask(s, &e), &e);
}

void appraise_snp_ask(
	struct appraise_snp_state *s, const struct appraise_snp_question *questions, size_t n)
{
	for (size_t i = 0; i < n; i++)
		ask(s, &questions[i]);
}

const char *appraise_snp_no_leaf(const struct appraise_snp_state *s)
{
	return s->leaf_certificate ? NULL : "there is no leaf certificate to look at";
}

const char *appraise_snp_no_chain(const struct appraise_snp_state *s)
{
	return s->has_chain ? NULL : "there is no chain of certificates to look at";
}

struct str appraise_snp_bits(
	struct appraise_snp_state *s, uint64_t bits, const char *(*name_of)(unsigned))
{
	CLEANUP(buf_done) struct buf b = buf_init(TEXT_MAX);

	for (unsigned i = 0; i < BITS; i++) {
		if (!(bits >> i & 1))
			continue;
		buf_printf(&b, "%s", b.n ? ", " : "");
		if (name_of && name_of(i))
			buf_printf(&b, "%s", name_of(i));
		else
			buf_printf(&b, "bit-%u", i);
	}
	return b.n ? arena_str(s->w->a, buf_str(&b)) : STR("none");
}

struct str appraise_snp_must_text(struct appraise_snp_state *s, const struct policy_snp_bits *bits,
	const char *(*name_of)(unsigned))
{
	return arena_printf(s->w->a, "set: %.*s; not set: %.*s",
		STR_ARG(appraise_snp_bits(s, bits->must, name_of)),
		STR_ARG(appraise_snp_bits(s, bits->must_not, name_of)));
}

struct str appraise_snp_tcb_text(
	struct appraise_snp_state *s, const struct snp_tcb *tcb, enum snp_product product)
{
	CLEANUP(buf_done) struct buf b = buf_init(TEXT_MAX);

	for (int i = 0; i < SNP_TCB_PARTS; i++)
		if (snp_tcb_has(product, (enum snp_tcb_part)i))
			buf_printf(&b, "%s%s %u", b.n ? ", " : "",
				snp_tcb_part_name((enum snp_tcb_part)i), tcb->spl[i]);
	return arena_str(s->w->a, buf_str(&b));
}

struct str appraise_snp_raw_tcb(struct appraise_snp_state *s, uint64_t raw)
{
	struct snp_tcb tcb;
	struct err e = { 0 };

	return snp_tcb_read(&tcb, raw, s->product, &e)
		       ? appraise_snp_tcb_text(s, &tcb, s->product)
		       : arena_printf(s->w->a, "%016llx", (unsigned long long)raw);
}
