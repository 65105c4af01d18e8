#include "witness/witness.h"

#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>

#include "base/mem.h"
#include "trust/witness_reply.h"
#include "base/banned.h"

/* What was cosigned last of a log. */
struct seen {
	struct buf bytes;
	struct signed_note note;
	struct checkpoint checkpoint;
	bool any;
};

static void seen_freep(struct seen **s)
{
	buf_done(&(*s)->bytes);
	mem_free(s);
}

static void tell(const struct witness *w, const char *fmt, ...) PRINTF_LIKE(2, 3);

static void tell(const struct witness *w, const char *fmt, ...)
{
	char line[sizeof(struct err)];
	va_list args;

	va_start(args, fmt);
	vsnprintf(line, sizeof line, fmt, args);
	va_end(args);
	if (w->tell)
		w->tell(w->tell_arg, line);
}

/* A file that is not what this witness signed is no reason to begin anew: it ends the signing of that log. */
static bool load_seen(struct seen *ret, const struct witness *w, struct str origin, struct arena *a,
	struct err *e)
{
	if (!witness_state_load(&ret->bytes, &ret->any, w->state, origin, e))
		return false;
	if (!ret->any)
		return true;
	if (!signed_note_parse(&ret->note, buf_span(&ret->bytes), a, e) ||
		!checkpoint_parse(&ret->checkpoint, ret->note.text, e) ||
		!signed_note_check(&ret->note, &w->key, NULL, e))
		return err_wrap(e, "what was kept of the log '%.*s'", STR_ARG(origin));
	return str_equal(ret->checkpoint.origin, origin) ||
	       err_set(e, ERR_MISMATCH, "what was kept of the log '%.*s' is another log's",
		       STR_ARG(origin));
}

/* The first signature by that key; NULL for none. */
static const struct signed_note_line *line_of(const struct signed_note *n, const struct note_key *k)
{
	for (size_t i = 0; i < n->n; i++)
		if (n->lines[i].id == k->id && str_equal(n->lines[i].name, k->name))
			return &n->lines[i];
	return NULL;
}

/* The text with one line for each key of its log, and ours: not what strangers put there. */
static void put_kept(
	struct buf *out, const struct witness *w, const struct witness_request *r, struct span own)
{
	buf_add_str(out, r->signatures.text);
	buf_u8(out, '\n');
	for (size_t i = 0; i < w->n_logs; i++) {
		const struct signed_note_line *l = line_of(&r->signatures, &w->logs[i].key);

		if (l && str_equal(w->logs[i].origin, r->checkpoint.origin))
			signed_note_put(out, l);
	}
	buf_add(out, own.p, own.n);
}

static bool cosign(struct buf *out, const struct witness *w, const struct witness_request *r,
	int64_t now_unix, struct err *e)
{
	CLEANUP(buf_done) struct buf kept = buf_init(SIGNED_NOTE_SIZE_MAX);
	CLEANUP(buf_done) struct buf own = buf_init(WITNESS_REPLY_SIZE_MAX);

	if (now_unix <= 0)
		return err_set(e, ERR_IO, "the clock of this machine is not set");
	if (!signed_note_sign(&own, r->signatures.text, &w->key, w->private_key, now_unix, e))
		return false;
	put_kept(&kept, w, r, buf_span(&own));
	if (!buf_ok(&kept))
		return buf_full(&kept, "checkpoint with the cosignature", e);
	if (!witness_state_save(w->state, r->checkpoint.origin, buf_span(&kept), e))
		return false;
	buf_add(out, own.p, own.n);
	return true;
}

static void keep(
	const struct witness *w, struct str origin, const char *name, bool first, struct span bytes)
{
	struct err e = { 0 };

	if (!witness_state_keep(w->state, origin, name, first, bytes, &e))
		tell(w, "cannot keep evidence: %s", e.text);
}

static void keep_evidence(const struct witness *w, const struct witness_request *r,
	const struct seen *seen, struct span body)
{
	struct str origin = r->checkpoint.origin;
	char hex[65];

	witness_state_name(hex, origin);
	if (seen->any && seen->checkpoint.size == r->checkpoint.size &&
		!merkle_equal(&seen->checkpoint.root, &r->checkpoint.root)) {
		keep(w, origin, "fork-seen", true, buf_span(&seen->bytes));
		keep(w, origin, "fork-shown", true, r->note);
		tell(w,
			"the log '%.*s' signed two histories of %" PRIu64
			" entries: %s.fork-seen and %s.fork-shown show it",
			STR_ARG(origin), r->checkpoint.size, hex, hex);
		return;
	}
	keep(w, origin, "refused", false, body);
	tell(w,
		"a checkpoint of %" PRIu64
		" entries of the log '%.*s' was not shown to follow the one of %" PRIu64
		": %s.refused holds it",
		r->checkpoint.size, STR_ARG(origin), seen->any ? seen->checkpoint.size : 0, hex);
}

static enum witness_answer say(struct buf *out, enum witness_answer said, const struct err *e)
{
	buf_printf(out, "%s\n", e->text);
	return said;
}

/* A witness that cannot answer says so to its operator, and not to everybody. */
static enum witness_answer broken(const struct witness *w, struct buf *out, const struct err *e)
{
	tell(w, "%s", e->text);
	buf_add_cstr(out, "this witness cannot answer now\n");
	return WITNESS_BROKEN;
}

static enum witness_answer answer(const struct witness *w, const struct witness_request *r,
	struct span body, int64_t now_unix, struct arena *a, struct buf *out)
{
	CLEANUP(seen_freep) struct seen *seen = MEM_NEW(struct seen);
	enum witness_answer said;
	struct err e = { 0 };

	if (!load_seen(seen, w, r->checkpoint.origin, a, &e))
		return broken(w, out, &e);
	said = witness_request_decide(
		r, w->logs, w->n_logs, seen->any ? &seen->checkpoint : NULL, &e);
	if (said == WITNESS_CONFLICT)
		witness_reply_emit_size(out, seen->any ? seen->checkpoint.size : 0);
	if (said == WITNESS_FORKED)
		keep_evidence(w, r, seen, body);
	if (said == WITNESS_COSIGNS)
		return cosign(out, w, r, now_unix, &e) ? said : broken(w, out, &e);
	return said == WITNESS_CONFLICT ? said : say(out, said, &e);
}

enum witness_answer witness_add_checkpoint(
	const struct witness *w, struct span body, int64_t now_unix, struct buf *out)
{
	CLEANUP(arena_freep) struct arena *a = arena_new(2 * WITNESS_REQUEST_ARENA);
	CLEANUP(mem_free) struct witness_request *r = MEM_NEW(struct witness_request);
	struct err e = { 0 };

	if (!witness_request_parse(r, body, a, &e))
		return say(out, WITNESS_MALFORMED, &e);
	return answer(w, r, body, now_unix, a, out);
}

enum witness_answer witness_last(const struct witness *w, struct str hex, struct buf *out)
{
	CLEANUP(arena_freep) struct arena *a = arena_new(WITNESS_REQUEST_ARENA);
	CLEANUP(seen_freep) struct seen *seen = MEM_NEW(struct seen);
	char name[65];
	struct err e = { 0 };

	for (size_t i = 0; i < w->n_logs && !seen->any; i++) {
		witness_state_name(name, w->logs[i].origin);
		if (!str_is(hex, name))
			continue;
		if (!load_seen(seen, w, w->logs[i].origin, a, &e))
			return broken(w, out, &e);
		break;
	}
	if (!seen->any)
		return WITNESS_UNKNOWN;
	buf_add(out, seen->bytes.p, seen->bytes.n);
	return WITNESS_COSIGNS;
}
