#include "build/source_pack.h"

#include "deb/tar_write.h"
#include "base/banned.h"

struct writer_sink {
	struct sink sink;
	struct store_writer *writer;
};

static bool write_on(struct sink *s, const void *p, size_t n, struct err *e)
{
	return store_write(((struct writer_sink *)s)->writer, p, n, e);
}

bool source_pack(
	uint8_t ret[static SHA256_SIZE], struct store *s, const struct tree *list, struct err *e)
{
	struct writer_sink to = { { write_on }, NULL };

	if (!store_write_begin(s, &to.writer, e))
		return false;
	if (tar_write_pax(&to.sink, list, e))
		return store_write_finish(to.writer, NULL, ret, e);
	store_write_abort(to.writer);
	return false;
}
