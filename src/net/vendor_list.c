#include "net/vendor_list.h"

#include <stdio.h>

#include "appraise/bundle_fill.h"
#include "base/hex.h"
#include "base/utc.h"
#define ASSAY_MAY_ASK_THE_MACHINE
#include "base/banned.h"

enum { TEXT_MAX = 1200, ANY_AGE = -1 };

/* Which of two is newer: the later evaluation, where there are any, else the later date. */
struct edition {
	uint64_t evaluation;
	int64_t made_unix;
};

struct work {
	struct bundle *b;
	const struct vendor *v;
	const struct vendor_list *l;
	struct arena *a;
	bool has; /* one that holds: */
	struct edition edition;
};

static bool is_of(const struct vendor_list *l, struct str label)
{
	return str_is(label, l->label) || (l->elsewhere && str_is(label, l->elsewhere));
}

/* What the bundle has now; *bad: what does not hold of it, or NULL. */
static bool look(struct work *k, struct bundle_status *s, const struct bundle_status_item **bad,
	struct err *e)
{
	const struct vendor_list *l = k->l;

	if (!bundle_status(s, k->b, &k->v->at, k->a, e))
		return false;
	*bad = bundle_status_lacking(s, l->label);
	if (!*bad && l->elsewhere)
		*bad = bundle_status_lacking(s, l->elsewhere);
	return true;
}

static struct edition edition_of(const struct vendor_list *l, const struct bundle_status *s)
{
	for (size_t i = 0; i < s->n; i++)
		if (is_of(l, s->items[i].label))
			return (struct edition){ s->items[i].evaluation,
				s->items[i].dates.from_unix };
	return (struct edition){ 0, INT64_MIN };
}

static bool is_newer(struct edition a, struct edition b)
{
	return a.evaluation != b.evaluation ? a.evaluation > b.evaluation
					    : a.made_unix > b.made_unix;
}

static bool put(struct work *k, const char *label, struct span bytes, struct err *e)
{
	struct str s = arena_str(k->a, str_make((const char *)bytes.p, bytes.n));

	return s.p ? bundle_fill(k->b, label, str_span(s), k->a, e) : arena_full(k->a, e);
}

/* Into the bundle, if it holds and is newer than what is there. */
static bool take(struct work *k, struct span bytes, struct span chain, struct err *e)
{
	const struct bundle before = *k->b;
	const struct bundle_status_item *bad = NULL;
	struct bundle_status s;
	struct edition got;
	bool ok = put(k, k->l->label, bytes, e) &&
		  (!k->l->chain || put(k, k->l->chain, chain, e)) && look(k, &s, &bad, e);

	if (!ok || bad)
		*k->b = before;
	if (!ok)
		return false;
	if (bad)
		return err_set(e, ERR_MISMATCH, "'%.*s' (%s): %.*s", STR_ARG(bad->label),
			bundle_status_name(bad->state), STR_ARG(bad->why));
	got = edition_of(k->l, &s);
	if (k->has && !is_newer(got, k->edition)) {
		*k->b = before;
		return true;
	}
	k->edition = got;
	k->has = true;
	return true;
}

/* ---- a chain in a header ---- */

/* The byte behind a '%' in two hexadecimal digits of either case. */
static bool escaped(uint8_t *ret, struct str two)
{
	char low[2];

	for (size_t k = 0; k < two.n; k++)
		low[k] = (char)(two.p[k] >= 'A' && two.p[k] <= 'F' ? two.p[k] - 'A' + 'a'
								   : two.p[k]);
	return two.n == 2 && hex_read(str_make(low, 2), ret, 1);
}

/* "%0A" and the like as bytes; what is no escape stands for itself. */
static bool unescape(struct buf *out, struct str s, struct err *e)
{
	struct str rest = s, plain;

	while (rest.n) {
		uint8_t byte;

		if (!str_cut(rest, '%', &plain, &rest)) {
			buf_add_str(out, plain);
			break;
		}
		buf_add_str(out, plain);
		if (!escaped(&byte, str_make(rest.p, rest.n < 2 ? rest.n : 2)))
			return err_set(e, ERR_FORMAT, "the issuer's chain: '%%%.*s' is no escape",
				rest.n < 2 ? (int)rest.n : 2, rest.p);
		buf_u8(out, byte);
		rest = str_make(rest.p + 2, rest.n - 2);
	}
	return buf_ok(out) || buf_full(out, "the issuer's chain", e);
}

/* ---- where it comes from ---- */

static bool from_cache(struct work *k, int64_t max_age_s)
{
	CLEANUP(buf_done) struct buf bytes = { 0 };
	CLEANUP(buf_done) struct buf chain = { 0 };
	struct err ignored = { 0 };

	return vendor_cache_read(k->v, k->l->cached, max_age_s, &bytes) &&
	       (!k->l->chain || vendor_cache_read(k->v, k->l->chain_cached, max_age_s, &chain)) &&
	       take(k, buf_span(&bytes), buf_span(&chain), &ignored);
}

static bool from_service(struct work *k, struct err *e)
{
	CLEANUP(http_reply_done) struct http_reply r = { 0 };
	CLEANUP(buf_done) struct buf chain = buf_init(HTTP_HEADERS_MAX);
	const struct vendor_list *l = k->l;
	struct str header;

	if (k->v->gone && *k->v->gone)
		return err_set(e, ERR_IO, "%s did not answer before", k->v->name);
	if (!vendor_ask(&r, k->v, l->path, e)) {
		if (k->v->gone && e->kind == ERR_IO)
			*k->v->gone = true;
		return false;
	}
	header = l->header ? http_header(&r, l->header) : (struct str){ 0 };
	if (l->header && !header.p)
		return err_set(e, ERR_FORMAT, "%s answers '%s' without the header '%s'", k->v->name,
			l->path, l->header);
	if (!unescape(&chain, header, e) || !take(k, buf_span(&r.body), buf_span(&chain), e))
		return err_wrap(e, "%s answers '%.300s'", k->v->name, l->path);
	vendor_cache_write(k->v, l->cached, buf_span(&r.body));
	if (l->chain)
		vendor_cache_write(k->v, l->chain_cached, buf_span(&chain));
	return true;
}

static void warn(const struct work *k, const struct err *e)
{
	char made[UTC_SIZE], line[TEXT_MAX];

	if (!k->v->warn)
		return;
	utc_write(made, k->edition.made_unix);
	snprintf(line, sizeof line,
		"%.500s: '%s' of %s stays in the bundle, and a newer one may have been held back",
		e->text, k->l->label, made);
	k->v->warn(k->v->ctx, line);
}

bool vendor_list_get(struct bundle *b, const struct vendor *v, const struct vendor_list *l,
	struct arena *a, struct err *e)
{
	struct work k = { .b = b, .v = v, .l = l, .a = a };
	const struct bundle_status_item *bad = NULL;
	struct bundle_status s;
	bool older;

	if (!look(&k, &s, &bad, e))
		return false;
	k.has = !bad;
	if (k.has)
		k.edition = edition_of(l, &s);
	if (from_cache(&k, VENDOR_LIST_AGE_MAX_S) || from_service(&k, e))
		return true;
	if (e->kind != ERR_IO)
		return false;
	older = from_cache(&k, ANY_AGE);
	if (!k.has && !older)
		return false;
	warn(&k, e);
	*e = (struct err){ 0 };
	return true;
}
