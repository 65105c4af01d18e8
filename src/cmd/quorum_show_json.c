/* What a quorum found, as a document. */
#include "cmd/quorum_show.h"

#include <stdio.h>

#define ASSAY_MAY_ASK_THE_MACHINE
#include "base/banned.h"

enum { QUORUM_JSON_MAX = 16 << 20 };

static const char *standing_name(enum quorum_standing s)
{
	static const char *const words[] = {
		[QUORUM_BY_NOBODY] = "by-nobody",
		[QUORUM_UNDATED] = "undated",
		[QUORUM_OLD] = "old",
		[QUORUM_TOO_NEW] = "too-new",
		[QUORUM_CONFLICT] = "conflict",
		[QUORUM_COUNTS] = "counts",
	};

	return words[s];
}

static void put_operators(
	struct json_out *w, const char *key, const struct trust_file *trust, uint64_t operators)
{
	const struct trust_parties *p = &trust->rebuilders;

	json_key(w, key);
	json_array(w);
	for (size_t i = 0; i < p->n; i++) {
		uint64_t bit = UINT64_C(1) << p->items[i].operator_at;

		if (operators & bit)
			json_text(w, p->items[i].operated_by);
		operators &= ~bit;
	}
	json_end_array(w);
}

static void put_group(struct json_out *w, const struct quorum *q, const struct quorum_group *g)
{
	const struct rebuild_claim *c = g->claim;

	json_object(w);
	json_put_uint(w, "question", g->question);
	json_put_hex(w, "description-sha256", SPAN_OF(c->description_sha256));
	json_put_hex(w, "lock-sha256", SPAN_OF(c->lock_sha256));
	if (c->has_manifest)
		json_put_hex(w, "published-manifest-sha256", SPAN_OF(c->manifest_sha256));
	json_put_cstr(w, "verdict", rebuild_claim_verdict_name(c->verdict));
	if (c->failed_at.n)
		json_put_str(w, "failed-at", c->failed_at);
	if (c->first.n)
		json_put_str(w, "first-difference", c->first);
	json_put_hex(w, "result-sha256", SPAN_OF(c->result_sha256));
	put_operators(w, "operators", q->trust, g->operators);
	put_operators(w, "archive-membership", q->trust, g->followed);
	json_put_bool(w, "reached", g->reached);
	json_put_bool(w, "split", g->split);
	json_end_object(w);
}

static void put_statements(struct json_out *w, const struct quorum_show *s)
{
	const struct quorum *q = s->quorum;

	json_key(w, "statements");
	json_array(w);
	for (size_t i = 0; i < q->n; i++) {
		json_object(w);
		json_put_str(w, "from", q->statements[i].from);
		json_put_cstr(w, "standing", standing_name(q->voices[i].standing));
		put_operators(w, "operators", q->trust, q->voices[i].operators);
		json_put_hex(w, "result-sha256", SPAN_OF(q->statements[i].claim->result_sha256));
		json_end_object(w);
	}
	json_end_array(w);
	json_key(w, "aside");
	json_array(w);
	for (size_t i = 0; i < s->statements->n_aside; i++) {
		json_object(w);
		json_put_str(w, "from", s->statements->aside[i].from);
		json_put_str(w, "why", s->statements->aside[i].why);
		json_end_object(w);
	}
	json_end_array(w);
}

static void put_outcome(struct json_out *w, const struct quorum_outcome *o)
{
	if (!o)
		return;
	json_key(w, "reference-values");
	json_object(w);
	json_put_bool(w, "vouched", o->vouched);
	if (o->why.n)
		json_put_str(w, "why", o->why);
	json_end_object(w);
}

bool quorum_show_json(const struct quorum_show *s, struct err *e)
{
	CLEANUP(buf_done) struct buf b = buf_init(QUORUM_JSON_MAX);
	struct json_out w = json_out_to(&b);
	const struct quorum *q = s->quorum;

	json_object(&w);
	json_put_cstr(&w, "format", QUORUM_SHOW_FORMAT);
	json_put_uint(&w, "needed", q->needed);
	json_put_uint(&w, "operators", q->trust->rebuilders.n_operators);
	json_put_bool(&w, "reached", quorum_show_reached(s));
	json_key(&w, "groups");
	json_array(&w);
	for (size_t i = 0; i < q->n_groups; i++)
		put_group(&w, q, &q->groups[i]);
	json_end_array(&w);
	put_statements(&w, s);
	put_operators(&w, "conflicting", q->trust, q->conflicting);
	put_outcome(&w, s->outcome);
	json_end_object(&w);
	if (!buf_ok(&b))
		return buf_full(&b, "the result", e);
	return fwrite(b.p, 1, b.n, stdout) == b.n || err_os(e, "cannot write the result");
}
