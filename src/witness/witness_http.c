#include "witness/witness_http.h"

#include "net/http_server.h"
#include "trust/witness_reply.h"
#include "base/banned.h"

/* "/HEX/checkpoint" */
static struct str hex_of(struct str path)
{
	struct str hex, rest;

	if (!str_starts(path, "/") ||
		!str_cut(str_make(path.p + 1, path.n - 1), '/', &hex, &rest) ||
		!str_is(rest, "checkpoint"))
		return (struct str){ 0 };
	return hex;
}

static void answer(struct http_answer *ret, const struct http_asked *q, void *of)
{
	const struct witness_http *h = of;
	bool add = str_is(q->path, "/add-checkpoint");

	if (add && q->post)
		ret->status = (int)witness_add_checkpoint(
			h->witness, q->body, h->now(), &ret->body);
	else if (add)
		ret->status = 405;
	else if (!q->post)
		ret->status = (int)witness_last(h->witness, hex_of(q->path), &ret->body);
	if (ret->status == WITNESS_CONFLICT)
		ret->type = WITNESS_REPLY_SIZE_TYPE;
}

bool witness_http_run(const struct witness_http *h, struct err *e)
{
	struct witness_http copy = *h;
	const struct http_server_options options = {
		.address = h->address,
		.port = h->port,
		.body_max = WITNESS_REQUEST_SIZE_MAX,
		.answer_max = WITNESS_ANSWER_MAX,
		.answer = answer,
		.of = &copy,
	};
	CLEANUP(http_server_freep) struct http_server *s = NULL;

	if (!http_server_new(&s, &options, e))
		return false;
	if (h->ready)
		h->ready(h->ready_arg, http_server_port(s));
	return http_server_run(s, e);
}
