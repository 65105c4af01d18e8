/*
 * Whole appraisals under the fuzzer, for the targets appraise_KIND.c: policy, trust and reference values stay, evidence
 * changes. Authorities are the unit tests' own, with fixed keys (fixed_random.h). An input is either
 *
 *   - a file of evidence: read and appraised as it is; or
 *   - 'E' and edits of the honest bundle: first those of pieces that hardware signs, which is then signed anew, so that what
 *     is wrong reaches the checks behind the signatures; then those of every part of the bundle.
 *
 *     edit    u8 place; u16 little-endian at; u8 what (mod 5: set, xor, remove, insert, cut); u8 n (mod 17); n bytes
 *
 * Of every input: two runs say the same bytes; a run with little memory says LIMIT or the same; nothing is affirmed but what
 * our authority signed, nor when what is signed is not what policy and values want (`holds`, by the specification's offsets).
 */
#ifndef ASSAY_TEST_APPRAISE_FUZZ_H
#define ASSAY_TEST_APPRAISE_FUZZ_H

#include "appraise/appraise.h"
#include "appraise/evidence_read.h"
#include "base/rd.h"
#include "evidence/bundle_part.h"
#include "fixed_random.h"
#include "fuzz.h"

enum {
	FUZZ_MEMORY = 16 << 20,
	FUZZ_PIECES_MAX = 4,
	FUZZ_PLACES_MAX = 128,
	FUZZ_EDITS_MAX = 64,
	FUZZ_EDIT_BYTES = 17,
	FUZZ_EAR_MAX = 1 << 20,
	FUZZ_SAMPLES = 14, /* of one edit each */
};

/* What hardware signs. p NULL: the evidence does not have it. */
struct fuzz_pieces {
	struct span items[FUZZ_PIECES_MAX];
	size_t n;
};

/* ---- what a target has ---- */

/* Honest evidence and all that it is held against. Lives as long as the process. */
static const struct appraise_in *fuzz_honest(void);
/* Finds the pieces; borrowed from b or from a. */
static struct fuzz_pieces fuzz_signed(const struct bundle *b, struct arena *a);
/* Puts pieces in the honest bundle's places in b and signs them, as far as they fit there. */
static void fuzz_sign(struct bundle *b, const struct fuzz_pieces *p, struct arena *a);
/* These pieces may be affirmed. honest: those of the honest evidence. */
static bool fuzz_holds(const struct fuzz_pieces *p, const struct fuzz_pieces *honest);
/* Checks without which nothing is affirmed; ends with NULL. */
static const char *const *fuzz_must(void);

static inline struct span fuzz_kept(struct arena *a, struct buf b)
{
	struct str s = arena_str(a, buf_str(&b));

	MUST(s.p);
	buf_done(&b);
	return str_span(s);
}

/* The n bytes at `at`, or p NULL. */
static inline struct span fuzz_slice(struct span s, size_t at, size_t n)
{
	return s.p && at <= s.n && n <= s.n - at ? span_make(s.p + at, n) : (struct span){ 0 };
}

static inline bool fuzz_same(struct span a, struct span b, size_t at, size_t n)
{
	struct span x = fuzz_slice(a, at, n), y = fuzz_slice(b, at, n);

	return x.p && y.p && span_equal(x, y);
}

static inline bool fuzz_has(struct span s, struct span part)
{
	return s.p && memmem(s.p, s.n, part.p, part.n);
}

/* ---- edits ---- */

/* Where something can be changed: a span, or bytes whose number is fixed. */
struct fuzz_place {
	struct span *span;
	uint8_t *bytes;
	size_t n;
};

struct fuzz_edit {
	uint8_t place, what, n;
	uint16_t at;
	struct span bytes;
};

static inline bool fuzz_edit_read(struct fuzz_edit *ret, struct rd *r)
{
	ret->place = rd_u8(r);
	ret->at = rd_u16le(r);
	ret->what = rd_u8(r) % 5;
	ret->n = rd_u8(r) % FUZZ_EDIT_BYTES;
	ret->bytes = rd_bytes(r, ret->n);
	return rd_ok(r);
}

static inline void fuzz_change(uint8_t *p, size_t n, const struct fuzz_edit *ed)
{
	for (size_t i = 0; i < ed->n && n; i++) {
		uint8_t *at = p + (ed->at + i) % n;

		*at = ed->what == 1 ? *at ^ ed->bytes.p[i] : ed->bytes.p[i];
	}
}

static inline void fuzz_edit_span(struct span *s, const struct fuzz_edit *ed, struct arena *a)
{
	struct buf b = buf_init(s->n + FUZZ_EDIT_BYTES);
	size_t at = s->n ? ed->at % s->n : 0, gone = ed->what == 2 ? ed->n : 0;

	buf_add(&b, s->p, s->n);
	if (ed->what < 2) {
		fuzz_change(b.p, b.n, ed);
	} else {
		b.n = at;
		if (ed->what == 3)
			buf_add(&b, ed->bytes.p, ed->bytes.n);
		if (ed->what != 4 && at + gone < s->n)
			buf_add(&b, s->p + at + gone, s->n - at - gone);
	}
	*s = fuzz_kept(a, b);
}

static inline void fuzz_edit_apply(
	const struct fuzz_place *places, size_t n, const struct fuzz_edit *ed, struct arena *a)
{
	const struct fuzz_place *p = &places[ed->place % n];

	if (p->span)
		fuzz_edit_span(p->span, ed, a);
	else if (ed->what < 2)
		fuzz_change(p->bytes, p->n, ed);
}

/* Every part of the bundle that is there; values and binding as fixed bytes. */
static inline size_t fuzz_places(struct fuzz_place *ret, struct bundle *b)
{
	size_t n = 0;

	for (const struct bundle_part *p = bundle_part_all; p->label; p++) {
		uint8_t *at = (uint8_t *)b + p->at;
		struct bundle_chain *list = (struct bundle_chain *)(void *)at;
		struct span *s = (struct span *)(void *)at;

		if (p->kind == BUNDLE_PART_BYTES && s->p)
			ret[n++] = (struct fuzz_place){ .span = s };
		for (size_t i = 0; p->kind == BUNDLE_PART_CHAIN && i < list->n; i++)
			ret[n++] = (struct fuzz_place){ .span = &list->certificates[i] };
	}
	ret[n++] = (struct fuzz_place){ .bytes = b->binding.nonce, .n = sizeof b->binding.nonce };
	for (size_t i = 0; i < b->n_banks; i++)
		for (unsigned pcr = 0; pcr < BUNDLE_PCRS && n < FUZZ_PLACES_MAX; pcr++)
			ret[n++] = (struct fuzz_place){ .bytes = b->banks[i].values[pcr].bytes,
				.n = digest_size(b->banks[i].alg) };
	return n;
}

/* place below 0x40: a signed piece, from 0x40 on: a part. True when a signed piece was changed. */
static inline bool fuzz_edit_all(struct bundle *b, struct fuzz_pieces *pieces, struct rd script,
	bool before, struct arena *a)
{
	struct fuzz_place places[FUZZ_PLACES_MAX];
	struct fuzz_edit ed;
	size_t n = before ? pieces->n : fuzz_places(places, b);
	bool any = false;

	for (size_t i = 0; before && i < n; i++)
		places[i] = (struct fuzz_place){ .span = &pieces->items[i] };
	for (int i = 0; i < FUZZ_EDITS_MAX && fuzz_edit_read(&ed, &script); i++) {
		if ((ed.place < 0x40) != before)
			continue;
		ed.place &= before ? 0x3f : 0x7f;
		fuzz_edit_apply(places, n, &ed, a);
		any = true;
	}
	return any;
}

/* ---- one appraisal ---- */

static inline bool fuzz_pieces_equal(const struct fuzz_pieces *a, const struct fuzz_pieces *b)
{
	bool equal = a->n == b->n;

	for (size_t i = 0; equal && i < a->n; i++)
		equal = a->items[i].p && b->items[i].p && span_equal(a->items[i], b->items[i]);
	return equal;
}

/* The EAR; false for no verdict: of another kind than the shape's, or for want of memory, which 16 MiB are enough of. */
static inline bool fuzz_appraise(
	struct verdict *ret, struct buf *ear, const struct bundle *b, struct arena *a, bool little)
{
	struct appraise_in in = *fuzz_honest();
	struct verdict_context c = { .at_unix = in.at_unix,
		.build = STR("fuzz"),
		.policy = in.policy->id,
		.submod = str_of(bundle_kind_name(b->kind)) };
	struct appraise_out said;
	struct err e = { 0 };

	in.bundle = b;
	if (!appraise(&said, &in, a, &e)) {
		MUST(e.text[0]);
		MUST(e.kind == ERR_USAGE ? b->kind != fuzz_honest()->bundle->kind
					 : little && e.kind == ERR_LIMIT);
		return false;
	}
	verdict_emit(&said.verdict, &c, ear);
	MUST(buf_ok(ear));
	*ret = said.verdict;
	return true;
}

static inline void fuzz_with_little(const struct bundle *b, size_t memory, const struct buf *want)
{
	CLEANUP(arena_freep) struct arena *a = arena_new(memory);
	CLEANUP(buf_done) struct buf ear = buf_init(FUZZ_EAR_MAX);
	struct verdict v;

	if (a && fuzz_appraise(&v, &ear, b, a, true))
		MUST(span_equal(buf_span(&ear), buf_span(want)));
}

static inline void fuzz_affirmed(const struct verdict *v)
{
	const char *const *must = fuzz_must();

	MUST(v->status == VERDICT_AFFIRMING && v->checks.n && !v->checks.full);
	for (size_t i = 0; i < v->checks.n; i++)
		MUST(v->checks.items[i].result != CHECK_FAILED);
	for (size_t i = 0; must[i]; i++)
		MUST(check_passed(&v->checks, must[i]));
}

/* ours: what our authority signed last. True when it is affirmed. */
static inline bool fuzz_judge(const struct bundle *b, const struct fuzz_pieces *ours, size_t memory)
{
	CLEANUP(arena_freep)
	struct arena *a = arena_new(FUZZ_MEMORY), *again = arena_new(FUZZ_MEMORY);
	CLEANUP(buf_done) struct buf ear = buf_init(FUZZ_EAR_MAX), same = buf_init(FUZZ_EAR_MAX);
	struct verdict v = { 0 }, second = { 0 };
	struct fuzz_pieces honest = fuzz_signed(fuzz_honest()->bundle, again), got;
	bool ok = fuzz_appraise(&v, &ear, b, a, false);

	MUST(fuzz_appraise(&second, &same, b, again, false) == ok);
	MUST(span_equal(buf_span(&ear), buf_span(&same)));
	if (memory)
		fuzz_with_little(b, memory, &ear);
	MUST(verdict_affirms(&v) == (v.status == VERDICT_AFFIRMING));
	if (!verdict_affirms(&v))
		return false;
	got = fuzz_signed(b, a);
	fuzz_affirmed(&v);
	MUST(fuzz_pieces_equal(&got, ours) && fuzz_holds(&got, &honest));
	return true;
}

/* Edited evidence goes through a file, too, where it has the form of one. */
static inline void fuzz_script(struct span script, size_t memory, struct arena *a)
{
	CLEANUP(buf_done) struct buf file = buf_init(2 * BUNDLE_SIZE_MAX);
	struct bundle b = *fuzz_honest()->bundle, back;
	struct fuzz_pieces ours = fuzz_signed(&b, a);
	struct err e = { 0 };

	if (fuzz_edit_all(&b, &ours, rd_of(script), true, a)) {
		fuzz_sign(&b, &ours, a);
		ours = fuzz_signed(&b, a);
	}
	(void)fuzz_edit_all(&b, &ours, rd_of(script), false, a);
	if (bundle_emit(&b, &file, &e) && evidence_read(&back, buf_span(&file), a, &e))
		b = back;
	if (!script.n)
		MUST(fuzz_judge(&b, &ours, 0));
	else
		(void)fuzz_judge(&b, &ours, memory);
	fuzz_taken = true;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	CLEANUP(arena_freep) struct arena *a = arena_new(2 * FUZZ_MEMORY);
	struct fuzz_pieces honest = fuzz_signed(fuzz_honest()->bundle, a);
	size_t memory = size && data[size - 1] % 4 == 0 ? data[size - 1] * 1024u : 0;
	struct bundle b;
	struct err e = { 0 };

	fixed_random_count = UINT64_C(1) << 32;
	if (size && data[0] == 'E') {
		fuzz_script(span_make(data + 1, size - 1), memory, a);
	} else if (evidence_read(&b, span_make(data, size), a, &e)) {
		fuzz_taken = true;
		(void)fuzz_judge(&b, &honest, memory);
	}
	return 0;
}

/* The bundle; no edit; a bit of each piece and of each part. */
bool fuzz_sample(size_t i, struct buf *b)
{
	CLEANUP(arena_freep) struct arena *a = arena_new(FUZZ_MEMORY);
	struct bundle copy = *fuzz_honest()->bundle;
	struct fuzz_place places[FUZZ_PLACES_MAX];
	size_t pieces = fuzz_signed(&copy, a).n, parts = fuzz_places(places, &copy);
	struct err e = { 0 };

	if (i == 0)
		MUST(bundle_emit(&copy, b, &e));
	else
		buf_u8(b, 'E');
	if (i < 2)
		return true;
	i -= 2;
	buf_u8(b, (uint8_t)(i < pieces ? i : 0x40 + i - pieces));
	buf_add(b, "\x08\0\1\1\2", 5);
	return i < pieces + parts && i < FUZZ_SAMPLES;
}

/* A sample takes milliseconds: not each of its bytes is changed. */
size_t fuzz_stride = 97;

#endif
