#include "lock/packages_text.h"

#include <archive.h>
#include <archive_entry.h>

#include "base/banned.h"

static void archive_done(struct archive **a)
{
	if (*a)
		archive_read_free(*a);
}

static bool fails(struct archive *a, struct err *e)
{
	const char *why = archive_error_string(a);

	return err_set(e, ERR_FORMAT, "an index does not decompress: %s", why ? why : "no reason");
}

static bool read_all(struct archive *a, struct buf *out, struct err *e)
{
	for (;;) {
		const void *p;
		size_t n;
		la_int64_t at;
		int rc = archive_read_data_block(a, &p, &n, &at);

		if (rc == ARCHIVE_EOF)
			return buf_ok(out) ? true : buf_full(out, "an index", e);
		if (rc != ARCHIVE_OK)
			return fails(a, e);
		buf_add(out, p, n);
		if (!buf_ok(out))
			return buf_full(out, "an index", e);
	}
}

bool packages_text_read(const struct store *s, const uint8_t sha256[static SHA256_SIZE],
	struct buf *out, struct err *e)
{
	CLEANUP(buf_done) struct buf object = { 0 };
	CLEANUP(buf_done) struct buf text = buf_init(PACKAGES_TEXT_MAX);
	CLEANUP(archive_done) struct archive *a = archive_read_new();
	struct archive_entry *entry;

	if (!store_get(s, sha256, PACKAGES_TEXT_OBJECT_MAX, &object, e))
		return false;
	if (!a)
		return err_set(e, ERR_LIMIT, "out of memory");
	if (archive_read_support_filter_xz(a) != ARCHIVE_OK ||
		archive_read_support_format_raw(a) != ARCHIVE_OK ||
		archive_read_support_format_empty(a) != ARCHIVE_OK ||
		archive_read_open_memory(a, object.p, object.n) != ARCHIVE_OK)
		return fails(a, e);
	switch (archive_read_next_header(a, &entry)) {
	case ARCHIVE_EOF: /* nothing in it: an archive without packages */
		break;
	case ARCHIVE_OK:
		if (!read_all(a, &text, e))
			return false;
		break;
	default:
		return fails(a, e);
	}
	*out = text;
	text = (struct buf){ 0 };
	return true;
}
