#include "trust/note_quorum.h"

#include "base/banned.h"

static bool same_key(const struct note_key *a, const struct note_key *b)
{
	return ct_equal(a->bytes, b->bytes, NOTE_KEY_SIZE);
}

/* One key under two names is one witness: it is refused rather than counted once, since the list is not what its author means. */
static bool check_keys(const struct note_quorum *q, struct err *e)
{
	if (q->n_witnesses > NOTE_QUORUM_WITNESSES_MAX)
		return err_set(e, ERR_USAGE, "%zu witnesses, at most %d are counted",
			q->n_witnesses, NOTE_QUORUM_WITNESSES_MAX);
	if (q->needed > q->n_witnesses)
		return err_set(e, ERR_USAGE, "%zu cosignatures are wanted of %zu witnesses",
			q->needed, q->n_witnesses);
	for (size_t i = 0; i < q->n_witnesses; i++) {
		const struct note_key *k = &q->witnesses[i];

		if (k->type != NOTE_KEY_COSIGNATURE)
			return err_set(e, ERR_USAGE, "the key of '%.*s' is not one of a witness",
				STR_ARG(k->name));
		if (same_key(k, &q->log))
			return err_set(e, ERR_USAGE, "the log '%.*s' cannot be its own witness",
				STR_ARG(q->log.name));
		for (size_t j = 0; j < i; j++)
			if (same_key(k, &q->witnesses[j]))
				return err_set(e, ERR_USAGE,
					"the witnesses '%.*s' and '%.*s' have the same key",
					STR_ARG(q->witnesses[j].name), STR_ARG(k->name));
	}
	return true;
}

static bool is_fresh(int64_t at, const struct note_quorum *q)
{
	return at <= q->at_unix + NOTE_QUORUM_CLOCKS_APART_S &&
	       (!q->max_age_s || q->at_unix - at <= q->max_age_s);
}

static bool count(struct note_quorum_found *ret, const struct signed_note *n,
	const struct note_quorum *q, struct err *e)
{
	for (size_t i = 0; i < q->n_witnesses; i++) {
		struct err why = { 0 };
		int64_t at = 0;

		if (!signed_note_check(n, &q->witnesses[i], &at, &why)) {
			if (why.kind == ERR_NOTFOUND)
				continue;
			*e = why;
			return false;
		}
		if (is_fresh(at, q)) {
			ret->at_unix[i] = at;
			ret->n++;
		} else {
			ret->n_old++;
		}
	}
	return true;
}

bool note_quorum_check(struct note_quorum_found *ret, const struct signed_note *n,
	const struct checkpoint *c, const struct note_quorum *q, struct err *e)
{
	struct note_quorum_found found = { .n = 0 };

	if (!check_keys(q, e))
		return false;
	if (!str_equal(c->origin, q->log.name))
		return err_set(e, ERR_MISMATCH, "the checkpoint is of log '%.*s', wanted '%.*s'",
			STR_ARG(c->origin), STR_ARG(q->log.name));
	if (!signed_note_check(n, &q->log, NULL, e) || !count(&found, n, q, e))
		return false;
	if (found.n < q->needed) {
		err_set(e, ERR_NOTFOUND,
			"%zu of the witnesses cosigned the checkpoint, wanted %zu%s", found.n,
			q->needed,
			found.n_old ? "; others did, too long ago or in the future" : "");
		return err_hint(e, "get it again when its witnesses have seen it");
	}
	*ret = found;
	return true;
}
