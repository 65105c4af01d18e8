#include "cmd/log_witness.h"

#include <stdio.h>

#include "cmd/line.h"
#include "cmd/trust_load.h"
#include "log/log_prove.h"
#include "net/witness_client.h"
#include "base/banned.h"

enum { MEMORY_MAX = 16 << 20, LINES_MAX = SIGNED_NOTE_SIZE_MAX };

/* Whose cosignatures are taken. */
struct witnesses {
	struct note_key keys[TRUST_WITNESSES_MAX];
	size_t n;
};

static bool add_key(struct witnesses *w, const struct note_key *k, struct err *e)
{
	if (w->n == TRUST_WITNESSES_MAX)
		return err_set(e, ERR_LIMIT, "more than %d keys of witnesses", TRUST_WITNESSES_MAX);
	w->keys[w->n++] = *k;
	return true;
}

static bool read_keys(
	struct witnesses *w, const struct verb_args *args, struct arena *a, struct err *e)
{
	struct trust_file *t = ARENA_NEW(a, struct trust_file);
	const char *text;

	if (!t)
		return arena_full(a, e);
	for (size_t i = 0; (text = verb_nth(args, "--witness-key", i)) != NULL; i++) {
		struct note_key k;

		if (!note_key_parse(&k, str_of(text), e))
			return err_wrap(e, "--witness-key");
		if (k.type != NOTE_KEY_COSIGNATURE)
			return err_set(
				e, ERR_USAGE, "--witness-key: '%s' is the key of a log", text);
		if (!add_key(w, &k, e))
			return false;
	}
	if (w->n && !verb_value(args, "--trust"))
		return true;
	if (!trust_load(t, verb_value(args, "--trust"), a, e))
		return false;
	trust_unload(t); /* certificates are not asked for here */
	for (size_t i = 0; i < t->logs.n_witnesses; i++)
		if (!add_key(w, &t->logs.witnesses[i], e))
			return false;
	if (w->n)
		return true;
	err_set(e, ERR_USAGE, "no key of a witness is known");
	return err_hint(e, "give it with --witness-key, or under 'witnesses' of the trust file");
}

/* What a proof is made of. */
struct proven {
	struct log_source from;
	struct checkpoint checkpoint;
};

static void proven_done(struct proven *p)
{
	log_source_done(&p->from);
}

static bool prove(
	struct merkle_proof *ret, uint64_t old_size, uint64_t size, void *of, struct err *e)
{
	struct log_prove_trees t = { .old_size = old_size, .size = size };
	const struct proven *p = of;

	if (!log_prove_consistency(&t, &p->from, &p->checkpoint, e))
		return false;
	*ret = t.proof;
	return true;
}

/* The failure that is told last, and decides how the verb ends: of a witness that saw another history before all others. */
static void remember(struct err *worst, const struct err *e)
{
	bool worse = worst->kind == ERR_NONE ||
		     (e->kind == ERR_MISMATCH && worst->kind != ERR_MISMATCH);

	if (worst->kind != ERR_NONE)
		line_print(stderr, "assay: %s", worse ? worst->text : e->text);
	if (worse)
		*worst = *e;
}

/* Lines of all that sign. */
static void ask_all(struct buf *lines, struct err *worst, const struct witness_question *q,
	const struct witnesses *w, const struct verb_args *args)
{
	const char *url;

	for (size_t i = 0; (url = verb_nth(args, "--witness", i)) != NULL; i++) {
		int64_t by[TRUST_WITNESSES_MAX];
		struct err e = { 0 };

		if (!witness_client_ask(lines, by, url, w->keys, w->n, q, &e)) {
			remember(worst, &e);
			continue;
		}
		for (size_t k = 0; k < w->n; k++)
			if (by[k])
				verb_say(args, "cosigned by %.*s", STR_ARG(w->keys[k].name));
	}
}

bool log_witness_cosign(
	struct log_folder *l, const struct verb_args *args, int *code, struct err *e)
{
	CLEANUP(arena_freep) struct arena *a = arena_new(MEMORY_MAX);
	CLEANUP(buf_done) struct buf lines = buf_init(LINES_MAX);
	CLEANUP(buf_done) struct buf note = buf_init(SIGNED_NOTE_SIZE_MAX);
	CLEANUP(proven_done) struct proven p = { .from = { .folder = -1 } };
	struct witnesses *w = ARENA_NEW(a, struct witnesses);
	struct signed_note *parsed = ARENA_NEW(a, struct signed_note);
	struct err worst = { 0 };
	struct witness_question q = { .prove = prove, .of = &p };

	if (!w || !parsed)
		return arena_full(a, e);
	if (!read_keys(w, args, a, e) || !log_source_open(&p.from, verb_arg(args, 0), e) ||
		!log_folder_checkpoint(&p.checkpoint, &q.note, l, e))
		return false;
	/* The log reads its checkpoint anew when it is locked: what is borrowed of it does not last. */
	buf_add(&note, q.note.p, q.note.n);
	q.note = buf_span(&note);
	if (!signed_note_parse(parsed, q.note, a, e))
		return false;
	ask_all(&lines, &worst, &q, w, args);
	if (lines.n && !log_folder_cosign(l, parsed->text, buf_str(&lines), e))
		return false;
	if (worst.kind == ERR_NONE)
		return true;
	*code = worst.kind == ERR_MISMATCH ? VERB_NO : VERB_FAILED;
	*e = worst;
	return false;
}
