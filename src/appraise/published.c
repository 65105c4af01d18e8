#include "appraise/published.h"

#include "trust/note_quorum.h"
#include "trust/tlog_proof.h"
#include "base/banned.h"

enum { WORDS_MAX = 800 };

struct judging {
	const struct published_in *in;
	struct arena *a;
	struct published *ret;
	struct tlog_proof *proofs;
	struct err *unread; /* one for each proof: why it is none; kind NONE when it is one */
};

static bool refuse(struct judging *j, const char *name, struct str why, struct err *e)
{
	j->ret->refused = name;
	j->ret->why = arena_str(j->a, why);
	return j->ret->why.p || arena_full(j->a, e);
}

static bool refuse_err(struct judging *j, const char *name, const struct err *why, struct err *e)
{
	return why->kind == ERR_LIMIT && arena_failed(j->a) ? arena_full(j->a, e)
							    : refuse(j, name, str_of(why->text), e);
}

/* ---- the channel ---- */

static bool judge_counter(struct judging *j, const struct channel *c, struct err *e)
{
	CLEANUP(buf_done) struct buf words = buf_init(WORDS_MAX);
	enum last_seen_answer got = last_seen_judge_channel(j->in->seen, c);

	last_seen_tell_channel(&words, j->in->seen, c);
	if (got == LAST_SEEN_FINE)
		return last_seen_add_channel(&j->ret->seen, c, j->a, e);
	return refuse(
		j, got == LAST_SEEN_FORK ? "channel-fork" : "channel-replay", buf_str(&words), e);
}

static bool judge_channel(struct judging *j, struct err *e)
{
	const struct published_anchors *by = j->in->anchors;
	CLEANUP(buf_done) struct buf words = buf_init(WORDS_MAX);
	struct channel *c = &j->ret->channel;
	enum channel_refusal got;
	struct err why = { 0 };
	size_t signer = 0;

	if (!by->n_signers)
		return true;
	if (!j->in->channel.p)
		return refuse(j, "channel-missing",
			STR("the trust file names signers of channels, and the publication has no "
			    "channel"),
			e);
	if (!channel_open(c, &signer, j->in->channel, by->signers, by->n_signers, j->a, &why))
		return refuse_err(j,
			why.kind == ERR_SIGNATURE ? "channel-unsigned" : "channel-malformed", &why,
			e);
	got = channel_judge(c, j->in->name, &j->in->image, j->in->at_unix, by->channel_s);
	channel_refusal_tell(&words, got, c, j->in->name, by->channel_s);
	if (got != CHANNEL_FINE)
		return refuse(j, channel_refusal_name(got), buf_str(&words), e);
	j->ret->has_channel = true;
	j->ret->signer = by->signers[signer].name;
	return judge_counter(j, c, e);
}

/* ---- proofs ---- */

static const struct note_key *find_log(const struct published_anchors *by, struct str origin)
{
	for (size_t i = 0; i < by->n_logs; i++)
		if (str_equal(by->logs[i].name, origin))
			return &by->logs[i];
	return NULL;
}

static bool stands_in(const struct tlog_proof *p, struct span entry)
{
	struct merkle_hash leaf = merkle_leaf(entry);
	struct err ignored = { 0 };

	return merkle_check_inclusion(
		&leaf, p->index, p->checkpoint.size, &p->inclusion, &p->checkpoint.root, &ignored);
}

/* Whether the log and enough witnesses signed its checkpoint; else why not, in words. */
static bool is_signed(const struct judging *j, const struct tlog_proof *p, struct buf *why)
{
	const struct published_anchors *by = j->in->anchors;
	const struct note_key *log = find_log(by, p->checkpoint.origin);
	struct note_quorum q = { .witnesses = by->witnesses,
		.n_witnesses = by->n_witnesses,
		.needed = by->quorum,
		.at_unix = j->in->at_unix,
		.max_age_s = by->cosignature_s };
	struct note_quorum_found found;
	struct err e = { 0 };

	if (!log) {
		buf_printf(why, "its proof is of log '%.*s', which the trust file does not name",
			STR_ARG(p->checkpoint.origin));
		return false;
	}
	q.log = *log;
	if (note_quorum_check(&found, &p->signatures, &p->checkpoint, &q, &e))
		return true;
	buf_printf(why, "its proof: %s", e.text);
	return false;
}

/* The checkpoint against what was seen before and what this publication showed; *fine: it may follow. */
static bool judge_checkpoint(
	struct judging *j, const struct checkpoint *c, bool *fine, struct buf *why, struct err *e)
{
	enum last_seen_answer before = last_seen_judge_log(j->in->seen, c);
	enum last_seen_answer beside = last_seen_judge_log(&j->ret->seen, c);

	*fine = before == LAST_SEEN_FINE && beside != LAST_SEEN_FORK;
	if (before == LAST_SEEN_FORK || beside == LAST_SEEN_FORK) {
		last_seen_tell_log(why, before == LAST_SEEN_FORK ? j->in->seen : &j->ret->seen, c);
		return refuse(j, "log-fork", buf_str(why), e);
	}
	if (before == LAST_SEEN_ROLLBACK)
		last_seen_tell_log(why, j->in->seen, c);
	if (!*fine || beside == LAST_SEEN_ROLLBACK)
		return true;
	return last_seen_add_log(&j->ret->seen, c, j->a, e);
}

static bool judge_statement(struct judging *j, struct published_statement *s, struct err *e)
{
	CLEANUP(buf_done) struct buf why = buf_init(WORDS_MAX);
	bool back = false;

	buf_add_cstr(&why, "no proof shows it in a log");
	for (size_t i = 0; i < j->in->n_proofs && !s->counts && !j->ret->refused; i++) {
		const struct tlog_proof *p = &j->proofs[i];

		if (j->unread[i].kind != ERR_NONE || !stands_in(p, s->file->bytes))
			continue;
		buf_done(&why);
		why = buf_init(WORDS_MAX);
		if (!is_signed(j, p, &why))
			continue;
		if (!judge_checkpoint(j, &p->checkpoint, &s->counts, &why, e))
			return false;
		back |= !s->counts;
		if (s->counts)
			buf_printf(&why, "entry %llu of log '%.*s'", (unsigned long long)p->index,
				STR_ARG(p->checkpoint.origin));
	}
	s->why = arena_str(j->a, buf_str(&why));
	if (!s->why.p)
		return arena_full(j->a, e);
	return j->ret->refused || s->counts || !back || refuse(j, "log-rollback", s->why, e);
}

static bool read_proofs(struct judging *j, struct err *e)
{
	const struct published_in *in = j->in;

	j->proofs = ARENA_ARRAY(j->a, in->n_proofs, struct tlog_proof);
	j->unread = ARENA_ARRAY(j->a, in->n_proofs, struct err);
	if (!j->proofs || !j->unread)
		return arena_full(j->a, e);
	for (size_t i = 0; i < in->n_proofs; i++)
		if (!tlog_proof_parse(&j->proofs[i], in->proofs[i].bytes, j->a, &j->unread[i]) &&
			arena_failed(j->a))
			return arena_full(j->a, e);
	return true;
}

static bool judge_statements(struct judging *j, struct err *e)
{
	const struct published_in *in = j->in;
	bool asked = in->anchors->n_logs != 0;

	j->ret->statements = ARENA_ARRAY(j->a, in->n_statements, struct published_statement);
	if (!j->ret->statements)
		return arena_full(j->a, e);
	for (; j->ret->n_statements < in->n_statements; j->ret->n_statements++) {
		struct published_statement *s = &j->ret->statements[j->ret->n_statements];

		s->file = &in->statements[j->ret->n_statements];
		s->counts = !asked;
		s->why = STR("the trust file names no log");
	}
	if (!asked)
		return true;
	if (!read_proofs(j, e))
		return false;
	for (size_t i = 0; i < in->n_statements && !j->ret->refused; i++)
		if (!judge_statement(j, &j->ret->statements[i], e))
			return false;
	return true;
}

bool published_judge(
	struct published *ret, const struct published_in *in, struct arena *a, struct err *e)
{
	struct published p = { .seen = *in->seen };
	struct judging j = { .in = in, .a = a, .ret = &p };

	if (in->n_statements > PUBLISHED_STATEMENTS_MAX || in->n_proofs > PUBLISHED_PROOFS_MAX)
		return err_set(e, ERR_LIMIT, "%zu statements and %zu proofs, limits %d and %d",
			in->n_statements, in->n_proofs, PUBLISHED_STATEMENTS_MAX,
			PUBLISHED_PROOFS_MAX);
	if (!judge_channel(&j, e) || (!p.refused && !judge_statements(&j, e)))
		return false;
	if (p.refused) {
		p.seen = *in->seen;
		for (size_t i = 0; i < p.n_statements; i++)
			p.statements[i].counts = false;
	}
	*ret = p;
	return true;
}
