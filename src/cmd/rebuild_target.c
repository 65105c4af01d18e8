#include "cmd/rebuild_target.h"

#include "base/mem.h"
#include "base/banned.h"

bool rebuild_target_read(struct publication *ret, struct inputs *ret_inputs,
	const struct verb_args *args, const char *scratch, struct store *store,
	const struct fetch_options *fetch, struct err *e)
{
	CLEANUP(buf_done) struct buf sent = buf_init(4096);
	CLEANUP(mem_free) char *folder = NULL;
	struct publication_request q = { .target = verb_arg(args, 0),
		.description = verb_value(args, "--description"),
		.store = store,
		.fetch = fetch };

	buf_printf(&sent, "%s/published", scratch);
	if (!buf_ok(&sent))
		return buf_full(&sent, "the path of a temporary folder", e);
	q.scratch = folder = buf_take_cstr(&sent);
	return publication_read(ret, &q, e) && inputs_read_any(ret_inputs, ret->description, e);
}
