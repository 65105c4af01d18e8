#include "appraise/published.h"

#include "golden_text.h"
#include "keys_made.h"
#include "trust/dsse.h"
#include "trust/tlog_proof.h"

enum { DAY = 86400, LEAVES = 8, WITNESSES = 3 };
#define AT INT64_C(1700000000)

static struct arena *a;

/* Everybody of the user's trust file, with their private halves. */
static struct {
	struct private_key *log_private, *witness_private[WITNESSES], *signer_private;
	struct note_key log, witnesses[WITNESSES];
	struct statement_key *signer;
	struct channel_signer signers[1];
	struct published_anchors anchors;
	struct channel_image image;
} world;

static struct note_key note_key_made(
	struct private_key **k, const char *name, enum note_key_type type)
{
	uint8_t raw[PRIVATE_KEY_ED25519_SIZE];
	struct note_key ret = { 0 };
	struct err e = { 0 };

	*k = keys_made("ED25519", NULL);
	CHECK_OK(private_key_ed25519(raw, *k, &e), e);
	CHECK_OK(note_key_of(&ret, str_of(name), type, raw, &e), e);
	return ret;
}

static void world_make(void)
{
	static const char *const names[] = { "w0", "w1", "w2" };
	CLEANUP(buf_done) struct buf spki = buf_init(400);
	struct err e = { 0 };

	world.log = note_key_made(&world.log_private, "log.example", NOTE_KEY_ED25519);
	for (size_t i = 0; i < WITNESSES; i++)
		world.witnesses[i] = note_key_made(
			&world.witness_private[i], names[i], NOTE_KEY_COSIGNATURE);
	world.signer_private = keys_made("ED25519", NULL);
	CHECK_OK(private_key_spki(&spki, world.signer_private, &e), e);
	CHECK_OK(statement_key_of_spki(&world.signer, buf_span(&spki), &e), e);
	world.signers[0] = (struct channel_signer){ STR("vendor"), world.signer };
	world.anchors = (struct published_anchors){ .signers = world.signers,
		.n_signers = 1,
		.logs = &world.log,
		.n_logs = 1,
		.witnesses = world.witnesses,
		.n_witnesses = WITNESSES,
		.quorum = 2,
		.channel_s = 30 * DAY,
		.cosignature_s = 7 * DAY };
	memset(&world.image, 5, sizeof world.image);
}

static void world_done(void)
{
	private_key_free(world.log_private);
	for (size_t i = 0; i < WITNESSES; i++)
		private_key_free(world.witness_private[i]);
	private_key_free(world.signer_private);
	statement_key_free(world.signer);
}

static struct span kept(const struct buf *b)
{
	return str_span(arena_str(a, buf_str(b)));
}

/* A channel that accepts the world's image. */
static struct span channel_made(const struct private_key *by, const char *name, uint64_t counter,
	int64_t expires, const struct channel_image *image)
{
	CLEANUP(buf_done) struct buf text = buf_init(4096), sealed = buf_init(1 << 14);
	const struct channel c = { .name = str_of(name),
		.counter = counter,
		.accepted = image,
		.n_accepted = 1,
		.expires_unix = expires };
	struct err e = { 0 };

	CHECK_OK(channel_emit(&text, &c, a, &e), e);
	CHECK_OK(dsse_sign(&sealed, STR(CHANNEL_TYPE), buf_span(&text), by, STR(""), &e), e);
	return kept(&sealed);
}

/* Entries of the log: its leaf i is the text "entry i", or "other i" in a fork of it. */
struct leaves {
	const char *word;
};

static struct str entry_of(const char *word, uint64_t i)
{
	return arena_printf(a, "%s %u", word, (unsigned)i);
}

static bool subtree(struct merkle_hash *ret, unsigned level, uint64_t at, void *of, struct err *e)
{
	const struct leaves *l = of;
	struct merkle_hash left, right;

	if (!level) {
		*ret = merkle_leaf(str_span(entry_of(l->word, at)));
		return true;
	}
	if (!subtree(&left, level - 1, 2 * at, of, e) ||
		!subtree(&right, level - 1, 2 * at + 1, of, e))
		return false;
	*ret = merkle_node(&left, &right);
	return true;
}

struct proof_made {
	const char *word;
	uint64_t index, size;
	int64_t cosigned_at[WITNESSES]; /* 0: not */
	const char *origin;             /* NULL: the world's log */
	bool forged;                    /* signed by another key of that name */
};

static struct span proof_of(const struct proof_made *m)
{
	CLEANUP(buf_done) struct buf note = buf_init(1 << 14), out = buf_init(1 << 15);
	CLEANUP(private_key_freep) struct private_key *stranger = NULL;
	struct leaves l = { m->word };
	struct checkpoint c = { .origin = str_of(m->origin ? m->origin : "log.example"),
		.size = m->size };
	struct note_key log = world.log;
	struct merkle_proof p;
	struct err e = { 0 };
	struct str text;

	CHECK_OK(merkle_root(&c.root, m->size, subtree, &l, &e), e);
	CHECK_OK(merkle_prove_inclusion(&p, m->index, m->size, subtree, &l, &e), e);
	checkpoint_emit(&note, &c);
	text = arena_str(a, buf_str(&note));
	buf_u8(&note, '\n');
	if (m->origin || m->forged)
		log = note_key_made(&stranger, c.origin.p, NOTE_KEY_ED25519);
	CHECK_OK(
		signed_note_sign(&note, text, &log, stranger ? stranger : world.log_private, 0, &e),
		e);
	for (size_t i = 0; i < WITNESSES; i++)
		if (m->cosigned_at[i])
			CHECK_OK(signed_note_sign(&note, text, &world.witnesses[i],
					 world.witness_private[i], m->cosigned_at[i], &e),
				e);
	tlog_proof_emit(&out, span_make(NULL, 0), m->index, &p, buf_span(&note));
	return kept(&out);
}

static const struct last_seen nothing;

static struct buf told; /* all that is said, for test/golden/published.txt */

static void tell(const struct published *p)
{
	buf_printf(&told, "%s: ", p->refused ? p->refused : "fine");
	golden_text_add(&told, p->why);
	buf_printf(&told, "; channel %d of '%.*s', remembered %zu channels and %zu logs\n",
		p->has_channel, STR_ARG(p->signer), p->seen.n_channels, p->seen.n_logs);
	for (size_t i = 0; i < p->n_statements; i++) {
		buf_printf(&told, "  %.*s %s: ", STR_ARG(p->statements[i].file->path),
			p->statements[i].counts ? "counts" : "does not count");
		golden_text_add(&told, p->statements[i].why);
		buf_add_cstr(&told, "\n");
	}
}

/* With every amount of memory it is the same, or LIMIT. */
static void judge_in_little(const struct published_in *in, const struct published *whole)
{
	bool done = false;

	for (size_t max = 0; !done && max < 1 << 20; max += 997) {
		CLEANUP(arena_freep) struct arena *small = arena_new(max);
		struct published p = { .n_statements = 77 };
		struct err e = { 0 };

		done = published_judge(&p, in, small, &e);
		CHECK(done ? p.refused == whole->refused && str_equal(p.why, whole->why)
			   : e.kind == ERR_LIMIT && p.n_statements == 77);
	}
	CHECK(done);
}

static struct published judge(const struct published_in *in)
{
	struct published p = { 0 };
	struct err e = { 0 };

	CHECK_OK(published_judge(&p, in, a, &e), e);
	tell(&p);
	judge_in_little(in, &p);
	return p;
}

static bool refused(const struct published *p, const char *name)
{
	return p->refused && !strcmp(p->refused, name) && p->why.n > 10;
}

/* ---- channels ---- */

static struct published judge_channel(struct span channel, const struct last_seen *seen, int64_t at)
{
	struct published_anchors by = world.anchors;
	const struct published_in in = { .name = STR("hello"),
		.image = world.image,
		.channel = channel,
		.anchors = &by,
		.seen = seen,
		.at_unix = at };

	by.n_logs = 0;
	return judge(&in);
}

static void channels(void)
{
	CLEANUP(private_key_freep) struct private_key *stranger = keys_made("ED25519", NULL);
	struct channel_image other = world.image;
	const struct private_key *own = world.signer_private;
	struct span good = channel_made(own, "hello", 4, AT + 9 * DAY, &world.image);
	struct published p = judge_channel(good, &nothing, AT), q;

	other.values_sha256[31] ^= 1;
	CHECK(!p.refused && p.has_channel && p.channel.counter == 4 && str_is(p.signer, "vendor"));
	CHECK(p.seen.n_channels == 1 && p.seen.n_logs == 0);
	q = judge_channel(good, &p.seen, AT + DAY);
	CHECK(!q.refused && q.seen.n_channels == 1);
	q = judge_channel(span_make(NULL, 0), &nothing, AT);
	CHECK(refused(&q, "channel-missing") && !q.seen.n_channels);
	q = judge_channel(str_span(STR("{}")), &nothing, AT);
	CHECK(refused(&q, "channel-malformed"));
	q = judge_channel(channel_made(stranger, "hello", 5, AT + DAY, &world.image), &p.seen, AT);
	CHECK(refused(&q, "channel-unsigned"));
	q = judge_channel(good, &nothing, AT + 9 * DAY);
	CHECK(refused(&q, "channel-expired"));
	q = judge_channel(channel_made(own, "hello", 5, AT + 31 * DAY, &world.image), &nothing, AT);
	CHECK(refused(&q, "channel-too-long"));
	q = judge_channel(channel_made(own, "hell", 5, AT + DAY, &world.image), &nothing, AT);
	CHECK(refused(&q, "channel-other-name"));
	q = judge_channel(channel_made(own, "hello", 5, AT + DAY, &other), &nothing, AT);
	CHECK(refused(&q, "channel-not-accepted"));
	q = judge_channel(channel_made(own, "hello", 3, AT + DAY, &world.image), &p.seen, AT);
	CHECK(refused(&q, "channel-replay") && q.seen.channels[0].counter == 4);
	q = judge_channel(channel_made(own, "hello", 4, AT + DAY, &world.image), &p.seen, AT);
	CHECK(refused(&q, "channel-fork"));
	q = judge_channel(channel_made(own, "hello", 5, AT + DAY, &world.image), &p.seen, AT);
	CHECK(!q.refused && q.seen.channels[0].counter == 5);
}

/* ---- proofs ---- */

static struct published judge_proof(
	const char *entry, const struct proof_made *m, const struct last_seen *seen)
{
	struct published_anchors by = world.anchors;
	const struct published_file statement = { STR("statements/a.dsse.json"),
		str_span(str_of(entry)) };
	const struct published_file proof = { STR("proofs/a.tlog-proof"),
		m ? proof_of(m) : str_span(STR("nonsense")) };
	const struct published_in in = { .anchors = &by,
		.statements = &statement,
		.n_statements = 1,
		.proofs = &proof,
		.n_proofs = 1,
		.seen = seen,
		.at_unix = AT };

	by.n_signers = 0;
	return judge(&in);
}

static bool counts(const struct published *p)
{
	return !p->refused && p->n_statements == 1 && p->statements[0].counts &&
	       p->statements[0].why.n > 5;
}

/* Not counted, and nothing is remembered of it. */
static bool is_left_out(const struct published *p)
{
	return !p->refused && p->n_statements == 1 && !p->statements[0].counts &&
	       p->statements[0].why.n > 5 && !p->seen.n_logs;
}

static void proofs(void)
{
	const struct proof_made good = {
		.word = "entry", .index = 2, .size = 5, .cosigned_at = { AT - DAY, 0, AT - 7 * DAY }
	};
	struct proof_made m = good;
	struct published p = judge_proof("entry 2", &good, &nothing);

	CHECK(counts(&p) && p.seen.n_logs == 1 && p.seen.logs[0].size == 5);
	p = judge_proof("entry 3", &good, &nothing);
	CHECK(is_left_out(&p));
	p = judge_proof("entry 2", NULL, &nothing);
	CHECK(is_left_out(&p));
	m.cosigned_at[2] = AT - 7 * DAY - 1;
	p = judge_proof("entry 2", &m, &nothing);
	CHECK(is_left_out(&p));
	m.cosigned_at[2] = AT + 3600;
	p = judge_proof("entry 2", &m, &nothing);
	CHECK(is_left_out(&p));
	m.cosigned_at[2] = 0;
	p = judge_proof("entry 2", &m, &nothing);
	CHECK(is_left_out(&p));
	m = good;
	m.origin = "their.log";
	p = judge_proof("entry 2", &m, &nothing);
	CHECK(is_left_out(&p));
	m = good;
	m.forged = true;
	p = judge_proof("entry 2", &m, &nothing);
	CHECK(is_left_out(&p));
}

static void logs_go_on(void)
{
	const struct proof_made five = {
		.word = "entry", .index = 2, .size = 5, .cosigned_at = { AT, AT, AT }
	};
	struct proof_made m = five;
	struct published p = judge_proof("entry 2", &five, &nothing), q;

	m.size = 7;
	q = judge_proof("entry 2", &m, &p.seen);
	CHECK(counts(&q) && q.seen.logs[0].size == 7);
	q = judge_proof("entry 2", &five, &q.seen);
	CHECK(refused(&q, "log-rollback") && q.seen.logs[0].size == 7 && !q.statements[0].counts);
	m = five;
	m.word = "other";
	q = judge_proof("other 2", &m, &p.seen);
	CHECK(refused(&q, "log-fork") && q.seen.n_logs == 1);
	/* A shorter log that nobody cosigned is no rollback: it is nothing. */
	m = five;
	m.size = 3;
	m.cosigned_at[1] = m.cosigned_at[2] = 0;
	q = judge_proof("entry 2", &m, &p.seen);
	CHECK(!q.refused && !q.statements[0].counts);
}

/* Several statements under several checkpoints of one log: the largest is remembered; two logs in one are refused. */
static void several(void)
{
	const struct proof_made made[] = {
		{ .word = "entry", .index = 0, .size = 6, .cosigned_at = { AT, AT, 0 } },
		{ .word = "entry", .index = 1, .size = 4, .cosigned_at = { 0, AT, AT } },
		{ .word = "other", .index = 2, .size = 6, .cosigned_at = { AT, AT, 0 } },
	};
	const struct published_file statements[] = { { STR("0"), str_span(STR("entry 0")) },
		{ STR("1"), str_span(STR("entry 1")) }, { STR("2"), str_span(STR("other 2")) } };
	const struct published_file files[] = { { STR("0"), proof_of(&made[0]) },
		{ STR("1"), proof_of(&made[1]) }, { STR("2"), proof_of(&made[2]) } };
	struct published_anchors by = world.anchors;
	struct published_in in = { .anchors = &by,
		.statements = statements,
		.n_statements = 2,
		.proofs = files,
		.n_proofs = 3,
		.seen = &nothing,
		.at_unix = AT };
	struct published p;
	struct err e = { 0 };

	by.n_signers = 0;
	p = judge(&in);
	CHECK(!p.refused && p.statements[0].counts && p.statements[1].counts);
	CHECK(p.seen.n_logs == 1 && p.seen.logs[0].size == 6);
	in.n_statements = 3;
	p = judge(&in);
	CHECK(refused(&p, "log-fork") && !p.statements[0].counts && !p.seen.n_logs);
	by.n_logs = 0;
	p = judge(&in);
	CHECK(!p.refused && p.statements[2].counts && !p.seen.n_logs);
	in.n_proofs = PUBLISHED_PROOFS_MAX + 1;
	CHECK_ERR(published_judge(&p, &in, a, &e), e, ERR_LIMIT);
	in.n_proofs = 3;
	in.n_statements = PUBLISHED_STATEMENTS_MAX + 1;
	CHECK_ERR(published_judge(&p, &in, a, &e), e, ERR_LIMIT);
}

/*
 * Its own signer, log and witnesses, each of the names that the user knows: what he does not trust changes nothing for him,
 * whether he asks for channels and logs or not.
 */
static void malicious(void)
{
	CLEANUP(private_key_freep) struct private_key *stranger = keys_made("ED25519", NULL);
	const struct proof_made forged = { .word = "entry",
		.index = 2,
		.size = 5,
		.forged = true,
		.cosigned_at = { AT, AT, AT } };
	const struct published_file statement = { STR("s"), str_span(STR("entry 2")) };
	const struct published_file proof = { STR("p"), proof_of(&forged) };
	struct published_anchors by = world.anchors;
	const struct published_in in = { .name = STR("hello"),
		.image = world.image,
		.channel = channel_made(
			stranger, "hello", CHANNEL_COUNTER_MAX, AT + DAY, &world.image),
		.anchors = &by,
		.statements = &statement,
		.n_statements = 1,
		.proofs = &proof,
		.n_proofs = 1,
		.seen = &nothing,
		.at_unix = AT };
	struct published p = judge(&in);

	CHECK(refused(&p, "channel-unsigned") && !p.seen.n_channels && !p.seen.n_logs);
	by.n_signers = 0;
	p = judge(&in);
	CHECK(!p.refused && !p.has_channel && !p.statements[0].counts);
	CHECK(!p.seen.n_channels && !p.seen.n_logs);
}

int main(void)
{
	a = arena_new(64 << 20);
	told = buf_init(1 << 20);
	world_make();
	channels();
	proofs();
	logs_go_on();
	several();
	malicious();
	world_done();
	arena_free(a);
	golden_text(&told, "published");
	return test_end();
}
