#include "build/eif_output.h"

#include <errno.h>
#include <unistd.h>

#include "appraise/shape_nitro_enclave.h"
#include "image/cpio.h"
#include "image/eif_write.h"
#include "image/stream.h"
#include "lock/platform_files.h"
#include "sys/file.h"
#include "base/banned.h"

enum { TREE_MEMORY_MAX = 512 << 20, RAMDISK_MAX = 1 << 30 };

static bool make_ramdisk(struct buf *out, const struct tree *t, struct err *e)
{
	struct stream_buf to;

	*out = buf_init(RAMDISK_MAX);
	stream_buf_init(&to, out, "a ramdisk of the enclave image");
	return cpio_emit(t, &to.sink, e);
}

static bool add_below(struct tree *to, const struct node *n, struct err *e)
{
	struct node moved = *n;

	moved.path = n->path.n ? arena_printf(
					 tree_arena(to), EIF_OUTPUT_ROOT "/%.*s", STR_ARG(n->path))
			       : STR(EIF_OUTPUT_ROOT);
	return moved.path.p ? tree_add(to, &moved, e) : arena_full(tree_arena(to), e);
}

/* The same tree below a folder. */
static bool move_below(struct tree *to, const struct artefacts_inputs *in, struct err *e)
{
	struct node top = { .kind = NODE_FOLDER, .mode = 0755, .origin = STR("generated:eif") };
	size_t n;
	const struct node *nodes = tree_nodes(in->root, &n);

	if (!tree_add(to, &top, e))
		return false;
	for (size_t i = 0; i < n; i++)
		if (!add_below(to, &nodes[i], e))
			return false;
	return tree_finish(to, in->source_date_epoch, e);
}

static void join_words(struct buf *out, const struct str_list *words)
{
	for (size_t i = 0; i < words->n; i++) {
		if (i)
			buf_u8(out, ' ');
		buf_add_str(out, words->items[i]);
	}
}

bool eif_output_make(struct buf *ret, const struct artefacts_inputs *in, struct err *e)
{
	CLEANUP(tree_freep) struct tree *root = tree_new(TREE_MEMORY_MAX);
	CLEANUP(buf_done) struct buf first = { 0 }, second = { 0 };
	CLEANUP(buf_done) struct buf words = buf_init(ARTEFACTS_COMMAND_LINE_MAX);
	struct content_memory memory[2];
	struct content ramdisks[2];
	struct eif_parts parts = { .kernel = in->kernel,
		.ramdisks = ramdisks,
		.n_ramdisks = 2,
		.identity = {
			.name = in->description->name, .kernel_version = in->kernel_version } };

	if (!in->description->eif)
		return true;
	join_words(&words, &in->description->command_line);
	if (!buf_ok(&words))
		return buf_full(&words, "the kernel command line", e);
	if (!move_below(root, in, e) || !make_ramdisk(&first, in->initrd, e) ||
		!make_ramdisk(&second, root, e))
		return err_wrap(e, "enclave image");
	parts.command_line = buf_str(&words);
	content_of_memory(&ramdisks[0], &memory[0], buf_span(&first));
	content_of_memory(&ramdisks[1], &memory[1], buf_span(&second));
	*ret = buf_init(EIF_SIZE_MAX);
	return eif_write(ret, &parts, e) || err_wrap(e, "enclave image");
}

bool eif_output_predict(
	struct reference_values *values, const struct buf *image, struct arena *a, struct err *e)
{
	struct reference_shape *shapes;
	struct platform_shape rules;

	if (!image->n)
		return true;
	if (!platform_files_shape(&rules, STR(SHAPE_NITRO_ENCLAVE), a, e))
		return false;
	shapes = ARENA_ARRAY(a, values->n_shapes + 1, struct reference_shape);
	if (!shapes)
		return arena_full(a, e);
	for (size_t i = 0; i < values->n_shapes; i++)
		shapes[i] = values->shapes[i];
	if (!shape_nitro_enclave(&shapes[values->n_shapes], buf_span(image), a, e))
		return err_wrap(e, "platform '" SHAPE_NITRO_ENCLAVE "'");
	shapes[values->n_shapes].rules = rules.rules;
	shapes[values->n_shapes].n_rules = rules.n_rules;
	values->shapes = shapes;
	values->n_shapes++;
	return true;
}

bool eif_output_publish(int folder, const struct buf *image, struct err *e)
{
	if (image->n)
		return file_replace(folder, EIF_OUTPUT_NAME, buf_span(image), 0644, e);
	return unlinkat(folder, EIF_OUTPUT_NAME, 0) == 0 || errno == ENOENT ||
	       err_os(e, "cannot remove '" EIF_OUTPUT_NAME "' of an earlier build");
}
