#include "deb/inflate_xz.h"

#include <lzma.h>
#include <stdlib.h>

#include "base/mem.h"
#include "sys/par.h"
#include "base/banned.h"

enum { OUT_SIZE = 1 << 18, THREADS_MAX = 64 };

struct inflate_xz {
	lzma_stream stream;
	struct ar *ar;
	uint64_t size; /* compressed */
	bool all_read; /* the member has no more bytes */
	bool ended;    /* the stream is over */
	uint8_t out[OUT_SIZE];
};

struct inflate_xz *inflate_xz_new(struct ar *a, uint64_t size)
{
	struct inflate_xz *x = MEM_NEW(struct inflate_xz);
	size_t cores = size < INFLATE_XZ_PARALLEL_MIN ? 1 : par_cores();
	const lzma_mt options = {
		.threads = cores < THREADS_MAX ? (uint32_t)cores : THREADS_MAX,
		.memlimit_threading = INFLATE_XZ_MEMORY_MAX,
		.memlimit_stop = INFLATE_XZ_MEMORY_MAX,
	};

	lzma_ret r;

	x->ar = a;
	x->size = size;
	r = cores == 1 ? lzma_stream_decoder(&x->stream, INFLATE_XZ_MEMORY_MAX, 0)
		       : lzma_stream_decoder_mt(&x->stream, &options);
	if (r != LZMA_OK)
		abort(); /* only without memory */
	return x;
}

void inflate_xz_free(struct inflate_xz *x)
{
	if (!x)
		return;
	lzma_end(&x->stream);
	free(x);
}

static bool fail(struct inflate_xz *x, lzma_ret why, struct err *e)
{
	unsigned long long at = x->stream.total_in;

	switch (why) {
	case LZMA_MEM_ERROR:
		abort();
	case LZMA_MEMLIMIT_ERROR:
		return err_set(e, ERR_LIMIT, "decompressing needs %llu MiB of memory, limit %d MiB",
			(unsigned long long)lzma_memusage(&x->stream) >> 20,
			INFLATE_XZ_MEMORY_MAX >> 20);
	case LZMA_FORMAT_ERROR:
		return err_set(e, ERR_FORMAT, "not compressed as its name says");
	case LZMA_OPTIONS_ERROR:
		return err_set(e, ERR_FORMAT, "xz: unknown options at %llu", at);
	case LZMA_BUF_ERROR:
		return err_set(e, ERR_FORMAT, "truncated: the xz data goes on behind %llu",
			(unsigned long long)x->size);
	default:
		return err_set(e, ERR_FORMAT, "xz: damaged data before %llu", at);
	}
}

static bool feed(struct inflate_xz *x, struct err *e)
{
	const uint8_t *bytes;
	size_t n;

	if (x->stream.avail_in || x->all_read)
		return true;
	if (!ar_read(x->ar, &bytes, &n, e))
		return false;
	x->stream.next_in = bytes;
	x->stream.avail_in = n;
	x->all_read = n == 0;
	return true;
}

static bool check_end(struct inflate_xz *x, struct err *e)
{
	return x->stream.total_in == x->size ||
	       err_set(e, ERR_FORMAT, "garbage after the compressed data, from %llu of %llu",
		       (unsigned long long)x->stream.total_in, (unsigned long long)x->size);
}

bool inflate_xz_read(struct inflate_xz *x, const void **p, size_t *n, struct err *e)
{
	x->stream.next_out = x->out;
	x->stream.avail_out = OUT_SIZE;
	while (!x->ended && x->stream.avail_out) {
		lzma_ret r;

		if (!feed(x, e))
			return false;
		r = lzma_code(&x->stream, x->all_read ? LZMA_FINISH : LZMA_RUN);
		x->ended = r == LZMA_STREAM_END;
		if (r != LZMA_OK && !x->ended)
			return fail(x, r, e);
	}
	*p = x->out;
	*n = OUT_SIZE - x->stream.avail_out;
	return *n || check_end(x, e);
}
