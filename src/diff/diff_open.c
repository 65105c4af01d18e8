#include "diff/diff_open.h"

#include <fcntl.h>
#include <stdlib.h>

#include "base/mem.h"
#include "diff/diff_content.h"
#include "diff/diff_raw.h"
#include "sys/file.h"

#include "base/banned.h"

static bool open_file(struct diff_bytes *ret, int dir, const struct diff_member *m, struct err *e)
{
	CLEANUP(mem_free) char *path = mem_string(m->path);
	/* A link or fifo that took its place since it was listed is not followed, and not waited for. */
	CLEANUP(file_closep)
	int fd = openat(dir, path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK);
	if (fd < 0)
		return err_os(e, "cannot read '%s'", path);
	return diff_bytes_map(ret, fd, path, e);
}

bool diff_open(struct diff_bytes *ret, const struct diff_side *side, const struct diff_member *m,
	struct err *e)
{
	if (!side->source)
		return open_file(ret, side->dir, m, e);
	if (m->not_read.n)
		return err_set(e, ERR_FORMAT, "%.*s", STR_ARG(m->not_read));
	if (diff_member_bytes(ret, side->source, m))
		return true;
	if (m->size > DIFF_OPEN_COPY_MAX)
		return err_set(e, ERR_LIMIT, "content in pieces is larger than %d bytes",
			DIFF_OPEN_COPY_MAX);
	uint8_t *copy = mem_alloc(m->size);
	size_t n = diff_content_copy(side->source, m, 0, copy, m->size);
	*ret = (struct diff_bytes){ .all = span_make(copy, n), .owned = copy, .owned_size = n };
	return true;
}

void diff_open_compare(struct diff_walk *w, const struct diff_side *side_a,
	const struct diff_member *a, const struct diff_side *side_b, const struct diff_member *b)
{
	if (!side_a->source || !side_b->source || a->not_read.n || b->not_read.n)
		return;
	struct diff_content c = diff_content_of_members(side_a->source, a, side_b->source, b);
	if (c.equal)
		return;
	uint8_t x[DIFF_WINDOW_MAX], y[DIFF_WINDOW_MAX];
	size_t lead = c.first < DIFF_RAW_LEAD ? c.first : DIFF_RAW_LEAD;
	size_t n = diff_content_copy(side_a->source, a, c.first - lead, x, sizeof(x));
	size_t k = diff_content_copy(side_b->source, b, c.first - lead, y, sizeof(y));
	diff_walk_add(w, &(struct diff_leaf){
				 .kind = DIFF_BYTES,
				 .at_a = c.first,
				 .at_b = c.first,
				 .lead = lead,
				 .a = span_make(x, n),
				 .b = span_make(y, k),
				 .size_a = a->size,
				 .size_b = b->size,
				 .n_bytes = c.n_bytes,
			 });
}
