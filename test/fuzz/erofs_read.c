#include "diff/erofs_read.h"

#include "image/erofs.h"
#include "image/stream.h"
#include "image_trees.h"
#include "members.h"
#include "volumes_made.h"

/* Ours: extended inodes, xattrs, devices, links. */
static bool ours(struct buf *b)
{
	CLEANUP(tree_freep) struct tree *t = NULL;
	CLEANUP(erofs_freep) struct erofs *p = NULL;
	struct erofs_options o = { .volume = "fuzz" };
	struct stream_buf to;
	struct err e = { 0 };

	stream_buf_init(&to, b, "image");
	return image_trees_small(&t, &e) && erofs_plan(&p, t, &o, &e) &&
	       erofs_emit(p, &to.sink, &e);
}

bool fuzz_sample(size_t i, struct buf *b)
{
	if (i == 0)
		volumes_made_erofs(b);
	return i == 0 || (i == 1 && ours(b));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	return members_fuzz(erofs_read, data, size);
}
