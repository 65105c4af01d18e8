#define ASSAY_MAY_ASK_THE_MACHINE
#include "box/trace_urandom.h"

#include <fcntl.h>
#include <unistd.h>

#include "base/mem.h"
#include "box/trace_files.h"
#include "box/trace_random.h"
#include "sys/file.h"
#include "base/banned.h"

enum { PIECE = 1 << 20, OPEN_WRITES = O_WRONLY | O_RDWR };

/* splitmix64 (Steele, Lea, Flood 2014): not for secrets, which nothing in the box is, but fast. */
static uint64_t next(uint64_t *state)
{
	uint64_t x = *state += 0x9e3779b97f4a7c15;

	x = (x ^ x >> 30) * 0xbf58476d1ce4e5b9;
	x = (x ^ x >> 27) * 0x94d049bb133111eb;
	return x ^ x >> 31;
}

/* A box that cannot hold it (no memory left) has a shorter one. */
static void fill(struct tracer *t)
{
	struct trace_files *f = t->files;
	CLEANUP(mem_free) uint8_t *piece = mem_alloc(PIECE);
	struct err ignored = { 0 };
	uint64_t state;

	f->random_filled = true;
	trace_random_fill(t->view.seed, 0, &state, sizeof state);
	for (uint64_t at = 0; at < TRACE_URANDOM_SIZE; at += PIECE) {
		for (size_t i = 0; i < PIECE; i += sizeof state)
			put_u64le(piece + i, next(&state));
		if (!file_pwrite(f->fixed.random, piece, PIECE, at, "/dev/urandom", &ignored))
			return;
	}
}

enum trace_next trace_urandom_open(struct trace_call *c, unsigned path_arg, unsigned flags_arg)
{
	static const char null[] = "/dev/null";

	if (!c->t->files->random_filled)
		fill(c->t);
	/* What is written to the real one changes nothing that could be seen. */
	if ((c->args[flags_arg] & O_ACCMODE) == O_WRONLY) {
		uint64_t at = trace_scratch(c, null, sizeof null);

		if (at)
			c->args[path_arg] = at;
		return TRACE_GO;
	}
	c->args[flags_arg] &= ~(uint64_t)(OPEN_WRITES | O_CREAT | O_TRUNC | O_APPEND);
	return TRACE_WATCH;
}

void trace_urandom_opened(struct trace_call *c)
{
	CLEANUP(file_closep) int fd = c->result >= 0 ? trace_fd(c, (int)c->result) : -1;
	uint8_t key[TRACE_ID_SIZE];
	struct stat st;
	uint64_t place;

	if (fd < 0 || fstat(fd, &st) < 0 || st.st_ino != c->t->files->random.ino ||
		st.st_dev != c->t->files->random.dev)
		return;
	trace_random_stream(c->process, key);
	memcpy(&place, key, sizeof place);
	lseek(fd, (off_t)(place % TRACE_URANDOM_STARTS), SEEK_SET);
}
