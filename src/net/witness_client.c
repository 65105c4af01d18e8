#include "net/witness_client.h"

#include <inttypes.h>

#include "base/mem.h"
#include "net/http.h"
#include "net/url.h"
#include "trust/witness_reply.h"
#include "trust/witness_request.h"
#include "base/banned.h"

/* What an exchange is about, parsed once. */
struct exchange {
	const struct witness_question *q;
	const char *url; /* of add-checkpoint */
	const struct note_key *keys;
	size_t n_keys;
	struct signed_note note;
	struct checkpoint checkpoint;
	struct arena *arena;
};

static bool send_request(
	struct http_reply *ret, const struct exchange *x, uint64_t old_size, struct err *e)
{
	CLEANUP(buf_done) struct buf body = buf_init(WITNESS_REQUEST_SIZE_MAX);
	struct merkle_proof proof = { .n = 0 };

	if (old_size && old_size < x->checkpoint.size &&
		!x->q->prove(&proof, old_size, x->checkpoint.size, x->q->of, e))
		return err_wrap(
			e, "cannot prove that the log goes on from %" PRIu64 " entries", old_size);
	if (!witness_request_emit(&body, old_size, &proof, x->q->note, e))
		return false;
	if (!buf_ok(&body))
		return buf_full(&body, "request to a witness", e);
	return http_post_text(
		ret, x->url, buf_span(&body), WITNESS_REPLY_SIZE_MAX, WITNESS_CLIENT_TIMEOUT_S, e);
}

static bool other_history(uint64_t size, struct err *e)
{
	err_set(e, ERR_MISMATCH, "it cosigned another history of this log, of %" PRIu64 " entries",
		size);
	return err_hint(e, "the log shows two histories, or was restored from an old copy; the "
			   "checkpoint that the witness keeps shows the other one");
}

/* A no. The first line of the body is what the witness says about it. */
static bool refused(
	const struct exchange *x, const struct http_reply *r, uint64_t old_size, struct err *e)
{
	struct str why, rest;

	(void)str_cut(buf_str(&r->body), '\n', &why, &rest);
	for (size_t i = 0; i < why.n; i++)
		if ((unsigned char)why.p[i] < ' ' || (unsigned char)why.p[i] > '~' || i == 200)
			why.n = i;
	switch (r->status) {
	case WITNESS_UNKNOWN:
		err_set(e, ERR_NOTFOUND, "it does not know the log '%.*s': %.*s",
			STR_ARG(x->checkpoint.origin), STR_ARG(why));
		return err_hint(e, "its operator must be given the log's key; and check the URL");
	case WITNESS_UNSIGNED:
		return err_set(e, ERR_SIGNATURE, "it does not take the log's signature: %.*s",
			STR_ARG(why));
	case WITNESS_FORKED:
		return other_history(old_size, e);
	case WITNESS_MALFORMED:
		return err_set(e, ERR_FORMAT, "it does not take the request: %.*s", STR_ARG(why));
	default:
		return err_set(
			e, ERR_IO, "it answered with status %ld: %.*s", r->status, STR_ARG(why));
	}
}

/* 409: *old_size becomes what the witness saw last. */
static bool take_size(
	uint64_t *old_size, const struct exchange *x, const struct http_reply *r, struct err *e)
{
	uint64_t size = 0;

	if (!str_is(http_header(r, "Content-Type"), WITNESS_REPLY_SIZE_TYPE))
		return *old_size == x->checkpoint.size ? other_history(*old_size, e)
						       : refused(x, r, *old_size, e);
	if (!witness_reply_parse_size(&size, buf_span(&r->body), e))
		return false;
	if (size == *old_size)
		return other_history(size, e);
	if (size > x->checkpoint.size) {
		err_set(e, ERR_MISMATCH,
			"it saw %" PRIu64 " entries of this log, and the checkpoint has %" PRIu64,
			size, x->checkpoint.size);
		return err_hint(e, "the log was rolled back, or a newer checkpoint is out");
	}
	*old_size = size;
	return true;
}

static bool try_once(struct buf *lines, int64_t *by, bool *again, uint64_t *old_size,
	const struct exchange *x, struct err *e)
{
	CLEANUP(http_reply_done) struct http_reply r = { 0 };

	*again = false;
	if (!send_request(&r, x, *old_size, e))
		return false;
	if (r.status == WITNESS_CONFLICT) {
		*again = true;
		return take_size(old_size, x, &r, e);
	}
	if (r.status != WITNESS_COSIGNS)
		return refused(x, &r, *old_size, e);
	return witness_reply_check(
		lines, by, buf_span(&r.body), x->note.text, x->keys, x->n_keys, x->arena, e);
}

static bool exchange(struct buf *lines, int64_t *by, const struct exchange *x, struct err *e)
{
	uint64_t old_size = x->q->seen_size < x->checkpoint.size ? x->q->seen_size
								 : x->checkpoint.size;
	bool again = true;

	for (unsigned i = 0; again && i < WITNESS_CLIENT_TRIES; i++)
		if (!try_once(lines, by, &again, &old_size, x, e))
			return false;
	return !again ||
	       err_set(e, ERR_IO, "each time it is asked it has seen another size of this log");
}

/* The prefix with what is asked there. */
static bool url_under(char **ret, struct str prefix, struct err *e)
{
	CLEANUP(buf_done) struct buf b = buf_init(URL_SIZE_MAX);

	if ((!str_starts(prefix, "http://") && !str_starts(prefix, "https://")) ||
		str_find(prefix, '?') < prefix.n || str_find(prefix, '#') < prefix.n) {
		err_set(e, ERR_USAGE, "it is no URL of a witness");
		return err_hint(e, "give it as http://HOST:PORT or https://HOST/PATH");
	}
	while (prefix.n && prefix.p[prefix.n - 1] == '/')
		prefix.n--;
	buf_add_str(&b, prefix);
	buf_add_cstr(&b, "/add-checkpoint");
	if (!buf_ok(&b))
		return buf_full(&b, "URL", e);
	*ret = buf_take_cstr(&b);
	return true;
}

bool witness_client_ask(struct buf *lines, int64_t *by, const char *url,
	const struct note_key *keys, size_t n_keys, const struct witness_question *q, struct err *e)
{
	CLEANUP(arena_freep)
	struct arena *a = arena_new(WITNESS_REPLY_ARENA + WITNESS_REQUEST_ARENA);
	CLEANUP(mem_free) struct exchange *x = MEM_NEW(struct exchange);
	CLEANUP(mem_free) char *whole = NULL;

	if (!signed_note_parse(&x->note, q->note, a, e) ||
		!checkpoint_parse(&x->checkpoint, x->note.text, e) ||
		!url_under(&whole, str_of(url), e))
		return err_wrap(e, "cannot ask the witness '%s'", url);
	x->q = q;
	x->url = whole;
	x->keys = keys;
	x->n_keys = n_keys;
	x->arena = a;
	return exchange(lines, by, x, e) || err_wrap(e, "witness '%s'", url);
}
