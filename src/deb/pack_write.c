#include "deb/pack_write.h"

#include <stdlib.h>

#include "base/mem.h"
#include "deb/pack_index.h"
#include "deb/pack_sum.h"
#include "sys/file.h"
#include "base/banned.h"

enum { BUFFER_SIZE = 1 << 20, ZEROS_SIZE = 1 << 16 };

struct pack_write {
	int fd;
	const char *name;
	uint64_t at;    /* of the buffer in the file */
	size_t n;       /* in the buffer */
	uint64_t begin; /* of the current content */
	struct hasher *hasher;
	uint32_t sum; /* of the current content */
	struct pack_content_sum *sums;
	size_t n_sums;
	uint8_t buffer[BUFFER_SIZE];
};

struct pack_write *pack_write_new(int fd, const char *name)
{
	struct pack_write *w = MEM_NEW(struct pack_write);

	w->fd = fd;
	w->name = name;
	w->hasher = hasher_new(DIGEST_SHA256);
	return w;
}

void pack_write_free(struct pack_write *w)
{
	if (!w)
		return;
	hasher_free(w->hasher);
	free(w->sums);
	free(w);
}

void pack_write_freep(struct pack_write **w)
{
	pack_write_free(*w);
}

static bool flush(struct pack_write *w, struct err *e)
{
	if (!file_pwrite(w->fd, w->buffer, w->n, w->at, w->name, e))
		return false;
	w->at += w->n;
	w->n = 0;
	return true;
}

void pack_write_begin(struct pack_write *w)
{
	w->begin = w->at + w->n;
	hasher_restart(w->hasher);
	w->sum = 0;
}

static bool append(struct pack_write *w, const void *p, size_t n, struct err *e)
{
	const uint8_t *from = p;

	while (n) {
		size_t room = BUFFER_SIZE - w->n, now = n < room ? n : room;

		memcpy(w->buffer + w->n, from, now);
		w->n += now;
		from += now;
		n -= now;
		if (w->n == BUFFER_SIZE && !flush(w, e))
			return false;
	}
	return true;
}

bool pack_write_add(struct pack_write *w, const void *p, size_t n, struct err *e)
{
	hasher_add(w->hasher, p, n);
	w->sum = pack_sum(w->sum, p, n);
	return append(w, p, n, e);
}

bool pack_write_zeros(struct pack_write *w, uint64_t n, struct err *e)
{
	static const uint8_t zeros[ZEROS_SIZE];

	for (uint64_t left = n; left;) {
		size_t now = left < ZEROS_SIZE ? (size_t)left : ZEROS_SIZE;

		hasher_add(w->hasher, zeros, now);
		w->sum = pack_sum(w->sum, zeros, now);
		left -= now;
	}
	if (n < ZEROS_SIZE)
		return append(w, zeros, (size_t)n, e);
	if (!flush(w, e))
		return false;
	w->at += n;
	return true;
}

void pack_write_end(struct pack_write *w, struct content *ret)
{
	*ret = (struct content){ NULL, w->begin, w->at + w->n - w->begin, { 0 } };
	hasher_end(w->hasher, ret->sha256);
	if (!ret->size)
		return;
	if ((w->n_sums & (w->n_sums - 1)) == 0)
		w->sums = mem_grow(w->sums, w->n_sums ? w->n_sums * 2 : 1, sizeof *w->sums);
	w->sums[w->n_sums++] = (struct pack_content_sum){ ret->at, w->sum };
}

const struct pack_content_sum *pack_write_sums(const struct pack_write *w, size_t *n)
{
	*n = w->n_sums;
	return w->sums;
}

bool pack_write_finish(struct pack_write *w, struct span index, struct err *e)
{
	uint8_t trailer[PACK_TRAILER_SIZE];

	pack_index_emit_trailer(trailer, w->at + w->n, index);
	return append(w, index.p, index.n, e) && append(w, trailer, sizeof trailer, e) &&
	       flush(w, e);
}
