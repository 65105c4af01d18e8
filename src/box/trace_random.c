#define ASSAY_MAY_ASK_THE_MACHINE
#include "box/trace_random.h"

#include <errno.h>
#include <string.h>
#include <sys/random.h>
#include <sys/syscall.h>

#include "base/digest.h"
#include "base/map.h"
#include "base/mem.h"
#include "base/banned.h"

enum {
	BLOCK = SHA256_SIZE,
	KIND_SIZE = 8,
	ANSWER_MAX = 1 << 20, /* of one call: meanwhile the tracer looks at nothing else */
	EXECS_MAX = 1 << 20,  /* different ones that are remembered; of others each is the first */
};

/* Lives as long as the box; the map borrows its key. */
struct exec_seen {
	uint8_t what[TRACE_ID_SIZE];
	uint64_t n;
};

/* H(kind, id, number): every id and every block of a stream comes from here. */
static void derive(uint8_t out[static TRACE_ID_SIZE], const char *kind,
	const uint8_t id[static TRACE_ID_SIZE], uint64_t number)
{
	uint8_t in[KIND_SIZE + TRACE_ID_SIZE + 8] = { 0 };

	memcpy(in, kind, strlen(kind));
	memcpy(in + KIND_SIZE, id, TRACE_ID_SIZE);
	for (size_t i = 0; i < 8; i++)
		in[KIND_SIZE + TRACE_ID_SIZE + i] = (uint8_t)(number >> 8 * i);
	sha256_of(out, SPAN_OF(in));
}

void trace_random_fork(struct tracer *t, struct trace_process *p)
{
	if (!p->parent) {
		derive(p->id, "step", t->view.seed, t->step);
		memcpy(p->forked_by, p->id, TRACE_ID_SIZE);
		return;
	}
	derive(p->id, "fork", p->parent->id, p->parent->n_forked++);
	memcpy(p->forked_by, p->parent->id, TRACE_ID_SIZE);
}

/* How often this was asked before. */
static uint64_t seen_before(struct tracer *t, const uint8_t what[static TRACE_ID_SIZE])
{
	struct str key = { (const char *)what, TRACE_ID_SIZE };
	struct exec_seen *seen;

	if (!t->execs)
		t->execs = map_new();
	seen = map_get(t->execs, key);
	if (!seen && map_count(t->execs) >= EXECS_MAX)
		return 0;
	if (!seen) {
		seen = MEM_NEW(struct exec_seen);
		memcpy(seen->what, what, TRACE_ID_SIZE);
		map_set(t->execs, (struct str){ (const char *)seen->what, TRACE_ID_SIZE }, seen);
	}
	return seen->n++;
}

void trace_random_exec(struct tracer *t, struct trace_process *p, struct span key)
{
	uint8_t both[2 * TRACE_ID_SIZE], what[TRACE_ID_SIZE];

	memcpy(both, p->forked_by, TRACE_ID_SIZE);
	sha256_of(both + TRACE_ID_SIZE, key);
	sha256_of(what, SPAN_OF(both));
	derive(p->id, "exec", what, seen_before(t, what));
	p->n_taken = p->n_streams = p->n_forked = 0;
}

void trace_random_fill(const uint8_t key[static TRACE_ID_SIZE], uint64_t at, void *to, size_t n)
{
	uint8_t block[BLOCK], *out = to;

	while (n > 0) {
		size_t from = at % BLOCK, take = BLOCK - from < n ? BLOCK - from : n;

		derive(block, "block", key, at / BLOCK);
		memcpy(out, block + from, take);
		out += take;
		at += take;
		n -= take;
	}
}

void trace_random_take(struct trace_process *p, void *to, size_t n)
{
	trace_random_fill(p->id, p->n_taken, to, n);
	p->n_taken += n;
}

void trace_random_stream(struct trace_process *p, uint8_t key[static TRACE_ID_SIZE])
{
	derive(key, "stream", p->id, p->n_streams++);
}

static enum trace_next getrandom_before(struct trace_call *c)
{
	uint64_t n = c->args[1] < ANSWER_MAX ? c->args[1] : ANSWER_MAX, done = 0;
	uint8_t piece[4096];

	if (c->args[2] & ~(uint64_t)(GRND_NONBLOCK | GRND_RANDOM | GRND_INSECURE))
		return trace_answer(c, -EINVAL);
	while (done < n) {
		size_t take = n - done < sizeof piece ? (size_t)(n - done) : sizeof piece;

		trace_random_take(c->process, piece, take);
		if (!trace_write(c, c->args[0] + done, piece, take))
			return trace_answer(c, done ? (int64_t)done : -EFAULT);
		done += take;
	}
	return trace_answer(c, (int64_t)done);
}

const struct trace_handler trace_random_calls[] = {
	{ .nr = SYS_getrandom, .channel = BOX_RANDOM, .before = getrandom_before },
	{ .nr = -1 },
};
