#include "appraise/quorum_outcome.h"

#include "appraise/reference_computed.h"
#include "base/banned.h"

enum { NAMES_MAX = 64 * (TRUST_PARTIES_MAX + 1) * 4 };

/* ---- the values are those of a result ---- */

static const struct rebuild_claim_register *claimed(
	const struct rebuild_claim *c, struct str platform, unsigned reg)
{
	for (size_t i = 0; i < c->n_registers; i++)
		if (c->registers[i].reg == reg && str_equal(c->registers[i].platform, platform))
			return &c->registers[i];
	return NULL;
}

static bool register_is_claimed(const struct rebuild_claim *c, const struct reference_shape *s,
	const struct reference_register *r)
{
	const struct rebuild_claim_register *claim = claimed(c, s->name, r->reg);
	bool same = claim && claim->n_banks == s->n_banks;

	for (size_t b = 0; same && b < s->n_banks; b++) {
		same = false;
		for (size_t k = 0; k < claim->n_banks; k++)
			same |= digest_equal(&claim->banks[k], &r->values[b]);
	}
	return same;
}

static bool shape_is_claimed(
	const struct rebuild_claim *c, const struct reference_shape *s, struct err *e)
{
	char name[PLATFORM_REGISTER_NAME_MAX];

	for (size_t i = 0; i < s->n_registers; i++) {
		const struct reference_register *r = &s->registers[i];

		if (r->how != REFERENCE_COMPUTED || register_is_claimed(c, s, r))
			continue;
		reference_register_name(name, s, r->reg);
		return err_set(e, ERR_MISMATCH,
			"the reference values have another %s for %.*s than rebuilders found", name,
			STR_ARG(s->name));
	}
	return true;
}

/* A result is about these values: their manifest, each value, and all else that the image alone decides. */
static bool is_about(const struct rebuild_claim *c, const struct reference_values *v,
	const uint8_t computed[static SHA256_SIZE], struct err *e)
{
	const struct rebuild_claim_output *m = rebuild_claim_output_find(c, "manifest.json");

	if (!m || !ct_equal(m->sha256, v->manifest_sha256, SHA256_SIZE))
		return err_set(e, ERR_MISMATCH,
			"what rebuilders agree on is another image than that of the reference values");
	for (size_t i = 0; i < v->n_shapes; i++)
		if (!shape_is_claimed(c, &v->shapes[i], e))
			return false;
	if (!c->has_values || !ct_equal(c->values_sha256, computed, SHA256_SIZE))
		return err_set(e, ERR_MISMATCH,
			"beside its registers the file of reference values is not the one that rebuilders got");
	return true;
}

/* ---- what was observed ---- */

enum seen { SEEN_NOTHING, SEEN_THE_SAME, SEEN_ANOTHER };

static bool digests_are(
	const struct json *o, const struct reference_shape *s, const struct reference_register *r)
{
	for (size_t b = 0; b < s->n_banks; b++) {
		uint8_t bytes[DIGEST_MAX];
		struct err ignored = { 0 };
		size_t n = digest_size(s->banks[b]);

		if (!json_get_hex(o, digest_name(s->banks[b]), bytes, n, &ignored) ||
			!ct_equal(bytes, r->values[b].bytes, n))
			return false;
	}
	return true;
}

/* What a statement says that its rebuilder saw in a register. */
static enum seen seen_by(const struct rebuild_claim *c, const struct reference_shape *s,
	const struct reference_register *r)
{
	const struct json *list = json_get(c->by_json, "observed");
	enum seen seen = SEEN_NOTHING;

	for (size_t i = 0; list && list->kind == JSON_ARRAY && i < list->n; i++) {
		const struct json *o = &list->items[i];
		struct str platform = { 0 };
		struct err ignored = { 0 };
		uint64_t reg = 0;

		if (!json_get_str(o, "platform", &platform, &ignored) ||
			!json_get_u64(o, "register", REGISTER_MAX, &reg, &ignored) ||
			reg != r->reg || !str_equal(platform, s->name))
			continue;
		if (!digests_are(o, s, r))
			return SEEN_ANOTHER;
		seen = SEEN_THE_SAME;
	}
	return seen;
}

/* Operators of the group that saw this value, and in no statement that counts another one. */
static uint64_t observers(const struct quorum *q, size_t group, const struct reference_shape *s,
	const struct reference_register *r)
{
	uint64_t same = 0, another = 0;

	for (size_t i = 0; i < q->n; i++) {
		const struct quorum_voice *v = &q->voices[i];
		enum seen seen;

		if (v->group != group || v->standing != QUORUM_COUNTS)
			continue;
		seen = seen_by(q->statements[i].claim, s, r);
		same |= seen == SEEN_THE_SAME ? v->operators : 0;
		another |= seen == SEEN_ANOTHER ? v->operators : 0;
	}
	return same & ~another & q->groups[group].operators;
}

static bool is_observed(
	const struct quorum *q, size_t group, const struct reference_shape *s, struct err *e)
{
	char name[PLATFORM_REGISTER_NAME_MAX];

	for (size_t i = 0; i < s->n_registers; i++) {
		const struct reference_register *r = &s->registers[i];
		size_t n = r->how == REFERENCE_OBSERVED ? quorum_count(observers(q, group, s, r))
							: 0;

		if (r->how != REFERENCE_OBSERVED || n >= q->needed)
			continue;
		reference_register_name(name, s, r->reg);
		return err_set(e, ERR_NOTFOUND,
			"%s can only be observed, and %zu of the %zu operators that are asked for observed the value of the reference values",
			name, n, q->needed);
	}
	return true;
}

/* ---- the outcome ---- */

/* A lock names whatever its author wrote into it: that the archives signed it is a finding of its own, and not of the result. */
static bool is_of_archives(const struct quorum *q, size_t group, struct err *e)
{
	size_t n = quorum_count(q->groups[group].followed);

	return n >= q->needed ||
	       err_set(e, ERR_NOTFOUND,
		       "%zu of the %zu operators that are asked for followed the packages to the archives' signatures (archive-membership)",
		       n, q->needed);
}

/* A group that reached the number, and is about these values. Else e says why the last one was not. */
static bool find(size_t *ret, const struct quorum *q, const struct reference_values *v,
	const struct reference_shape *shape, const uint8_t computed[static SHA256_SIZE],
	struct err *e)
{
	for (size_t i = 0; i < q->n_groups; i++) {
		bool ok = q->groups[i].reached && is_about(q->groups[i].claim, v, computed, e) &&
			  is_of_archives(q, i, e);

		for (size_t k = 0; ok && k < v->n_shapes; k++)
			if (!shape || shape == &v->shapes[k])
				ok = is_observed(q, i, &v->shapes[k], e);
		if (ok) {
			*ret = i;
			return true;
		}
	}
	return false;
}

/* Operators who say of the image of these values that the archives do not bear out its lock, or else that it differs. */
static uint64_t deniers(const struct quorum *q, const struct reference_values *v, bool of_lock)
{
	uint64_t all = 0;

	for (size_t i = 0; i < q->n_groups; i++) {
		const struct rebuild_claim *c = q->groups[i].claim;
		bool denies = of_lock ? c->verdict == REBUILD_CLAIM_FAILED &&
						str_is(c->failed_at, "lock")
				      : c->verdict == REBUILD_CLAIM_DIFFERS;

		if (denies && c->has_manifest &&
			ct_equal(c->manifest_sha256, v->manifest_sha256, SHA256_SIZE))
			all |= q->groups[i].operators;
	}
	return all;
}

/* What is worse than that somebody says nothing. */
static void add_deniers(struct err *e, const struct quorum *q, const struct reference_values *v)
{
	static const char *const of_what[] = { "is not what was built of its sources",
		"has a lock that the archives do not bear out" };

	for (size_t lock = ARRAY_LEN(of_what); lock-- > 0;) {
		CLEANUP(buf_done) struct buf names = buf_init(NAMES_MAX);
		uint64_t who = deniers(q, v, lock);
		struct err more = { 0 };

		if (!who)
			continue;
		quorum_names(&names, q->trust, who);
		err_set(&more, e->kind, "%s, and it %s, as %.*s found", e->text, of_what[lock],
			STR_ARG(buf_str(&names)));
		*e = more;
	}
}

/* How near the number was: of the operators that say one thing, the most. */
static void not_reached(struct err *e, const struct quorum *q)
{
	size_t most = 0;
	bool split = false;

	for (size_t i = 0; i < q->n_groups; i++) {
		bool good = q->groups[i].claim->verdict == REBUILD_CLAIM_IDENTICAL ||
			    q->groups[i].claim->verdict == REBUILD_CLAIM_BUILT;

		split |= q->groups[i].split;
		if (good && q->groups[i].n_operators > most)
			most = q->groups[i].n_operators;
	}
	if (!q->needed)
		err_set(e, ERR_NOTFOUND,
			"the trust file lets no number of rebuilders vouch (vouchers: rebuilders)");
	else if (split)
		err_set(e, ERR_MISMATCH,
			"as many operators as are asked for say one thing, and as many another");
	else
		err_set(e, ERR_NOTFOUND, "%zu of the %zu operators that are asked for %s it", most,
			q->needed, most == 1 ? "vouches for" : "vouch for");
}

bool quorum_outcome_of(struct quorum_outcome *ret, const struct quorum *q,
	const struct reference_values *v, const struct reference_shape *shape, struct arena *a,
	struct err *e)
{
	CLEANUP(buf_done) struct buf names = buf_init(NAMES_MAX);
	struct quorum_outcome o = { .needed = q->needed };
	uint8_t computed[SHA256_SIZE];
	struct err why = { 0 };
	size_t at = 0;

	if (!reference_computed_sha256(computed, v, a, e))
		return false;
	if (q->reached) {
		o.vouched = find(&at, q, v, shape, computed, &why);
	} else {
		not_reached(&why, q);
		add_deniers(&why, q, v);
	}
	if (o.vouched) {
		quorum_names(&names, q->trust, q->groups[at].operators);
		o.n = q->groups[at].n_operators;
		o.group = at;
	}
	o.who = arena_str(a, buf_str(&names));
	o.why = arena_str(a, str_of(why.text));
	if (!buf_ok(&names) || !o.who.p || !o.why.p)
		return arena_full(a, e);
	*ret = o;
	return true;
}
