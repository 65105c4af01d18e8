#include "build/component_steps.h"

#include "build/source_debian.h"
#include "base/banned.h"

bool component_steps(struct component_steps *ret, const struct component *c,
	const struct lock_source *debian, struct arena *a, struct err *e)
{
	struct component_steps s = { .n = c->n_steps };
	struct argument_list *items = ARENA_ARRAY(a, c->n_steps + 1, struct argument_list);
	struct str *args = ARENA_ARRAY(a, 3, struct str);

	if (!items || !args)
		return arena_full(a, e);
	if (debian && source_debian_has_patches(debian)) {
		args[0] = STR("sh");
		args[1] = STR("-c");
		args[2] = str_of(SOURCE_DEBIAN_PATCH);
		items[0].args = (struct str_list){ args, 3 };
		s.n_before = 1;
	}
	for (size_t i = 0; i < c->n_steps; i++)
		items[s.n_before + i] = c->steps[i];
	s.items = items;
	s.n += s.n_before;
	*ret = s;
	return true;
}
