#include "build/rebuild_compare.h"

#include "appraise/reference_computed.h"
#include "build/rebuild_statement.h"
#include "test.h"

enum { FILES = 3, REGISTERS = 3 };

/* One side, small. */
struct made {
	struct manifest_file files[FILES];
	struct manifest m;
	struct reference_register registers[REGISTERS];
	struct reference_shape shape;
	struct reference_values values;
	uint8_t manifest_sha256[SHA256_SIZE];
	struct rebuild_side side;
};

static void make(struct made *x)
{
	static const char *const paths[] = { "a", "b", "c" };

	memset(x, 0, sizeof *x);
	for (size_t i = 0; i < FILES; i++)
		x->files[i].path = str_of(paths[i]);
	x->m.root_files = (struct manifest_file_list){ x->files, FILES };
	for (unsigned i = 0; i < REGISTERS; i++)
		x->registers[i] = (struct reference_register){ .reg = i,
			.how = i == 0   ? REFERENCE_OBSERVED
			       : i == 1 ? REFERENCE_NOT_PREDICTABLE
					: REFERENCE_COMPUTED,
			.values = { { .alg = DIGEST_SHA256 } } };
	x->shape = (struct reference_shape){ .name = STR("qemu-vtpm"),
		.platform = STR("tpm"),
		.banks = { DIGEST_SHA256 },
		.n_banks = 1,
		.registers = x->registers,
		.n_registers = REGISTERS };
	x->values = (struct reference_values){ .shapes = &x->shape, .n_shapes = 1 };
	x->side = (struct rebuild_side){ &x->m, x->manifest_sha256, &x->values, true };
}

/* What somebody changes in what was published. */
static void nothing(struct made *x)
{
	(void)x;
}
static void disk(struct made *x)
{
	x->m.disk.sha256[31] = 1;
}
static void kernel_and_disk(struct made *x)
{
	x->m.kernel.sha256[0] = x->m.disk.sha256[0] = 1;
}
static void root_hash(struct made *x)
{
	x->m.root_hash[0] = 1;
}
static void vars(struct made *x)
{
	x->m.vars.sha256[0] = 1;
}
static void manifest(struct made *x)
{
	x->manifest_sha256[0] = 1;
}
static void file_and_disk(struct made *x)
{
	x->files[1].sha256[0] = x->m.disk.sha256[0] = 1;
}
static void one_file_less(struct made *x)
{
	x->files[1] = x->files[2];
	x->m.root_files.n = 2;
}
static void another_file(struct made *x)
{
	x->files[2].path = STR("bb");
}
static void last_file_less(struct made *x)
{
	x->m.root_files.n = 2;
}
static void initrd_file(struct made *x)
{
	x->m.initrd_files = (struct manifest_file_list){ x->files, 1 };
}
static void computed(struct made *x)
{
	x->registers[2].values[0].bytes[0] = 1;
}
static void observed(struct made *x)
{
	x->registers[0].values[0].bytes[0] = 1;
}
static void not_observed(struct made *x)
{
	x->registers[0].how = REFERENCE_NOT_PREDICTABLE;
}
static void called_computed(struct made *x)
{
	x->registers[0].how = REFERENCE_COMPUTED;
}
static void more_computed(struct made *x)
{
	x->registers[1].how = REFERENCE_COMPUTED;
}
static void less_computed(struct made *x)
{
	x->registers[2].how = REFERENCE_NOT_PREDICTABLE;
}
static void register_less(struct made *x)
{
	x->shape.n_registers = 2;
}
static void another_register(struct made *x)
{
	x->registers[1].reg = 9;
	x->registers[1].how = REFERENCE_COMPUTED;
}
static void no_shape(struct made *x)
{
	x->values.n_shapes = 0;
}
static void another_shape(struct made *x)
{
	x->shape.name = STR("other");
}
static void another_bank(struct made *x)
{
	x->shape.banks[0] = DIGEST_SHA384;
}
static void more_banks(struct made *x)
{
	x->shape.banks[1] = DIGEST_SHA384;
	x->shape.n_banks = 2;
}
static void values_of_another(struct made *x)
{
	x->values.manifest_sha256[0] = 1;
}
static void other_words(struct made *x)
{
	x->side.values_are_right = false;
}

static const struct {
	const char *first; /* NULL: identical */
	void (*change)(struct made *x);
} cases[] = {
	{ NULL, nothing },
	{ "disk.img", disk },
	{ "kernel", kernel_and_disk },
	{ "root hash", root_hash },
	{ "firmware/OVMF_VARS.fd", vars },
	{ "manifest.json", manifest },
	{ "root: b", file_and_disk },
	{ "root: b", one_file_less },
	{ "root: bb", another_file },
	{ "root: c", last_file_less },
	{ "initrd: a", initrd_file },
	{ "qemu-vtpm PCR 2", computed },
	{ "qemu-vtpm PCR 0", observed },
	{ NULL, not_observed },
	{ "qemu-vtpm PCR 0", called_computed },
	{ "qemu-vtpm PCR 1", more_computed },
	{ "qemu-vtpm PCR 2", less_computed },
	{ "qemu-vtpm PCR 2", register_less },
	{ "qemu-vtpm PCR 9", another_register },
	{ "qemu-vtpm", no_shape },
	{ "qemu-vtpm", another_shape },
	{ "qemu-vtpm", another_bank },
	{ "qemu-vtpm", more_banks },
	{ "reference-values.json", values_of_another },
	{ "reference-values.json", other_words },
};

static void differences(void)
{
	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		CLEANUP(arena_freep) struct arena *a = arena_new(1 << 20);
		const char *first = cases[i].first;
		struct rebuild_comparison c;
		struct made was, now;
		struct err e = { 0 };

		make(&was);
		make(&now);
		cases[i].change(&was);
		CHECK_OK(rebuild_compare(&c, &was.side, &now.side, a, &e), e);
		test_report(c.verdict == (first ? REBUILD_DIFFERS : REBUILD_IDENTICAL) &&
				    str_is(c.first, first ? first : ""),
			__FILE__, __LINE__, first ? first : "identical");
		test_report(first || c.n_artefacts == 10, __FILE__, __LINE__, "artefacts");
	}
}

/* Sides that are not there. */
static void halves(void)
{
	CLEANUP(arena_freep) struct arena *a = arena_new(1 << 20);
	static const struct rebuild_side none;
	uint8_t description[SHA256_SIZE] = { 0 }, lock[SHA256_SIZE] = { 0 };
	struct rebuild_comparison c;
	struct made x;
	struct err e = { 0 };

	make(&x);
	CHECK_OK(rebuild_compare(&c, &none, &x.side, a, &e), e);
	CHECK(c.verdict == REBUILD_BUILT && c.n_artefacts == 10 && !c.first.n);
	CHECK_OK(rebuild_compare(&c, &x.side, &none, a, &e), e);
	CHECK(c.verdict == REBUILD_FAILED && !c.first.n);
	CHECK_OK(rebuild_compare_inputs(&c, &x.side, description, lock, a, &e), e);
	CHECK(c.verdict == REBUILD_FAILED && !c.first.n);
	lock[0] = 1;
	CHECK_OK(rebuild_compare_inputs(&c, &x.side, description, lock, a, &e), e);
	CHECK(c.verdict == REBUILD_DIFFERS && str_is(c.first, "assay.lock"));
	description[0] = 1;
	CHECK_OK(rebuild_compare_inputs(&c, &x.side, description, lock, a, &e), e);
	CHECK(c.verdict == REBUILD_DIFFERS && str_is(c.first, "assay.yaml"));
	CHECK_OK(rebuild_compare_inputs(&c, &none, description, lock, a, &e), e);
	CHECK(c.verdict == REBUILD_FAILED && !c.first.n);
}

/* The result knows nothing of who found it, and of what only some machines can see. */
static void result_is_shared(void)
{
	CLEANUP(arena_freep) struct arena *a = arena_new(1 << 20);
	CLEANUP(buf_done)
	struct buf one = buf_init(REBUILD_STATEMENT_MAX), two = buf_init(REBUILD_STATEMENT_MAX),
		   all = buf_init(REBUILD_STATEMENT_MAX);
	static const uint8_t zero[SHA256_SIZE];
	uint8_t sha256[SHA256_SIZE], values[SHA256_SIZE];
	struct rebuild_comparison c, d;
	struct rebuild_result r = {
		.comparison = &c, .description_sha256 = zero, .lock_sha256 = zero
	};
	const struct rebuild_by by = { .name = "\x1b[31m\xff",
		.tool = "assay",
		.tool_sha256 = zero,
		.at_unix = 1700000000,
		.kernel = "k",
		.chain_why = "gone" };
	struct made was, now, other;
	struct json v;
	struct err e = { 0 };

	make(&was);
	make(&now);
	make(&other);
	not_observed(&other);
	CHECK_OK(rebuild_compare(&c, &was.side, &now.side, a, &e), e);
	r.published = was.side;
	r.rebuilt = now.side;
	CHECK_OK(reference_computed_sha256(values, now.side.values, a, &e), e);
	r.values_sha256 = values;
	CHECK_OK(rebuild_statement_result(&r, &one, sha256, &e), e);
	CHECK_OK(rebuild_statement_emit(&r, &by, &all, &e), e);
	CHECK_OK(rebuild_compare(&d, &was.side, &other.side, a, &e), e);
	r.comparison = &d;
	r.rebuilt = other.side;
	CHECK_OK(reference_computed_sha256(values, other.side.values, a, &e), e);
	CHECK_OK(rebuild_statement_result(&r, &two, sha256, &e), e);
	CHECK(span_equal(buf_span(&one), buf_span(&two)));
	CHECK(memmem(one.p, one.n, "\"computed-values-sha256\": \"", 27));
	CHECK(!memmem(one.p, one.n, "2023", 4) && memmem(all.p, all.n, "2023-11-14T22:13:20Z", 20));
	CHECK_OK(json_parse(&v, buf_span(&all), a, &e), e);
	CHECK(json_get(&v, "subject") && json_get(&v, "subject")->n == 11);
}

int main(void)
{
	differences();
	halves();
	result_is_shared();
	return test_end();
}
