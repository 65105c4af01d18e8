/*
 * Components that stand on others.
 */
#define ASSAY_MAY_ASK_THE_MACHINE
#include "build/component_needs.h"

#include "component_made.h"

static const struct str tree_args[] = { S("tool"), S("tree"), S("/out/made") };
static const struct argument_list treeing[] = { STEP(tree_args) };
static const struct component_output list_output[] = { { S("list"), S("root"), S("list"), 0644,
	false } };
static const struct str need_args[] = { S("tool"), S("join"), S("/out/joined"), S("a.c"),
	S("/need/giver/made/usr/bin/run"), S("/need/giver/made/usr/link") };
static const struct str need_list_args[] = { S("tool"), S("list"), S("/out/list"),
	S("/need/giver/made/usr") };
static const struct str need_write_args[] = { S("tool"), S("link"), S("x"), S("/need/giver/x") };
static const struct argument_list needing[] = { STEP(need_args) },
				  need_listing[] = { STEP(need_list_args) },
				  need_writing[] = { STEP(need_write_args) };
static const struct str giver_name[] = { S("giver") };
static const struct component_output giver_outputs[] = { { S("made/usr"), S("build"), S("made/usr"),
	0, true } };

/* A component, and one that it needs and that stands behind it in the description. */
static struct component pair[2];
static const size_t pair_order[] = { 1, 0 };

static void make_pair(const struct argument_list *steps)
{
	pair[0] = pair[1] = plain();
	pair[0].needs = (struct str_list){ giver_name, 1 };
	pair[0].steps = steps;
	pair[1].name = giver_name[0];
	pair[1].steps = treeing;
	pair[1].outputs = giver_outputs;
}

static bool build_pair(struct component_result *ret, const struct component_how *how, struct err *e)
{
	const struct description d = { .dir = str_of(folder),
		.components = pair,
		.n_components = 2,
		.build_order = pair_order };
	const struct lock l = lock_of();

	return component_build(ret, store, &l, &d, &pair[0], EPOCH, how, memory, NULL, e);
}

/* What a component needs is built first and seen below /need, read only; its bytes are in the derivation. */
static void needs(void)
{
	struct component_result first, again, giver;
	struct err e = { 0 };

	make_pair(needing);
	CHECK_OK(build_pair(&first, NULL, &e), e);
	CHECK(!first.cached);
	check_content(&first, "first\nrun\nrun\n");
	CHECK_OK(build(&giver, &pair[1], NULL, &e), e);
	CHECK(giver.cached);
	CHECK_OK(build_pair(&again, NULL, &e), e);
	CHECK(again.cached && !memcmp(first.derivation, again.derivation, SHA256_SIZE));

	/* A source of the giver that does not reach its bytes does not reach the derivation either. */
	pair[1].files.n = 1;
	CHECK_OK(build_pair(&again, NULL, &e), e);
	CHECK(again.cached);

	make_pair(need_listing);
	pair[0].outputs = list_output;
	CHECK_OK(build_pair(&again, NULL, &e), e);
	check_content(&again, ". 40755 1700000000\nbin 40755 1700000000\nempty 40755 1700000000\n"
			      "link 120777 1700000000\n");
	make_pair(need_writing);
	CHECK_ERR(build_pair(&again, NULL, &e), e, ERR_MISMATCH);
}

/* What was made earlier in the run is taken as it is, and other bytes give another derivation. */
static void needs_made(void)
{
	struct component_made made[2] = { 0 };
	const struct component_how how = { .made = made, .n_made = 2 };
	struct component_result first, again;
	struct component_product *other;
	struct err e = { 0 };

	make_pair(needing);
	CHECK_OK(build_pair(&first, NULL, &e), e);
	CHECK_OK(build(&made[1].result, &pair[1], NULL, &e), e);
	made[1].component = &pair[1];
	CHECK_OK(build_pair(&again, &how, &e), e);
	CHECK(again.cached);
	other = ARENA_ARRAY(memory, made[1].result.n_products, struct component_product);
	memcpy(other, made[1].result.products, made[1].result.n_products * sizeof *other);
	for (size_t i = 0; i < made[1].result.n_products; i++)
		if (other[i].kind == NODE_FILE)
			other[i].content = first.products[0].content;
	made[1].result.products = other;
	CHECK_OK(build_pair(&again, &how, &e), e);
	CHECK(!again.cached && memcmp(first.derivation, again.derivation, SHA256_SIZE) != 0);
	check_content(&again, "first\nfirst\nrun\nrun\nfirst\nrun\nrun\n");
	pair[1].name = STR("other");
	pair[0].needs.items = giver_name;
	CHECK_ERR(build_pair(&again, NULL, &e), e, ERR_NOTFOUND);
	CHECK(strstr(e.text, "there is no component 'giver'") != NULL);
}

int main(void)
{
	struct err e = { 0 };

	set_up();
	needs();
	needs_made();
	store_free(store);
	arena_free(memory);
	CHECK_OK(file_remove_tree(AT_FDCWD, folder, &e), e);
	return test_end();
}
