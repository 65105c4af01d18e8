#include "appraise/shape_nitro_enclave.h"

#include "base/hex.h"
#include "measure/eif.h"
#include "measure/eif_signature.h"
#include "base/banned.h"

static const enum digest_alg bank = DIGEST_SHA384;

/* Registers in ascending order, each of one event. */
static const struct row {
	unsigned reg;
	const char *reason;
} rows[] = {
	{ EIF_PCR_IMAGE, "the kernel, its command line and all ramdisks of the image" },
	{ EIF_PCR_BOOT, "the kernel, its command line and the ramdisk that boots" },
	{ EIF_PCR_APPLICATION, "the ramdisks behind the first" },
	{ EIF_PCR_CERTIFICATE, "the certificate that the image is signed with" },
};

/* Layer, what covers it, note. */
static const char *const coverage[][3] = {
	{ "firmware", "the hypervisor",
		"an enclave has none: the Nitro hypervisor starts the kernel itself" },
	{ "kernel", "PCR 0, PCR 1", "" },
	{ "command line", "PCR 0, PCR 1", "" },
	{ "initrd", "PCR 0, PCR 1", "the first ramdisk" },
	{ "root file system", "PCR 0, PCR 2", "the other ramdisks" },
	{ "metadata of the image", "", "nothing runs it" },
};

/* "NAME: SHA-256 of it" */
static bool set_input(struct reference_input *ret, const char *name, struct span bytes,
	struct arena *a, struct err *e)
{
	struct digest d = digest_of(DIGEST_SHA256, bytes);
	char *text = arena_alloc(a, 2 * SHA256_SIZE + 1);

	if (!text)
		return arena_full(a, e);
	hex_write(text, d.bytes, SHA256_SIZE);
	*ret = (struct reference_input){ str_of(name), str_make(text, 2 * SHA256_SIZE) };
	return true;
}

static bool set_inputs(struct reference_shape *s, struct span image, const struct eif *f,
	struct arena *a, struct err *e)
{
	struct reference_input *inputs = ARENA_ARRAY(a, 3, struct reference_input);

	if (!inputs)
		return arena_full(a, e);
	s->inputs = inputs;
	s->n_inputs = 3;
	return set_input(&inputs[0], "enclave-image", image, a, e) &&
	       set_input(&inputs[1], "kernel", f->kernel, a, e) &&
	       set_input(&inputs[2], "command-line", f->command_line, a, e);
}

static bool set_registers(struct reference_shape *s, struct arena *a, struct err *e)
{
	struct reference_register *r = ARENA_ARRAY(a, s->events.n, struct reference_register);

	if (!r)
		return arena_full(a, e);
	for (size_t i = 0; i < s->events.n; i++) {
		r[i] = (struct reference_register){ .reg = rows[i].reg,
			.how = REFERENCE_COMPUTED,
			.reason = str_of(rows[i].reason) };
		event_fold(&s->events, rows[i].reg, 0, &r[i].values[0]);
	}
	s->registers = r;
	s->n_registers = s->events.n;
	return true;
}

static bool set_coverage(struct reference_shape *s, struct arena *a, struct err *e)
{
	struct reference_coverage *c = ARENA_ARRAY(
		a, ARRAY_LEN(coverage), struct reference_coverage);

	if (!c)
		return arena_full(a, e);
	for (size_t i = 0; i < ARRAY_LEN(coverage); i++)
		c[i] = (struct reference_coverage){ str_of(coverage[i][0]), str_of(coverage[i][1]),
			str_of(coverage[i][2]) };
	s->coverage = c;
	s->n_coverage = ARRAY_LEN(coverage);
	return true;
}

bool shape_nitro_enclave(
	struct reference_shape *ret, struct span image, struct arena *a, struct err *e)
{
	struct reference_shape s = { .name = STR(SHAPE_NITRO_ENCLAVE),
		.platform = STR("nitro-enclave"),
		.banks = { bank },
		.n_banks = 1 };
	struct eif_signature signature = { 0 };
	struct eif f;

	event_list_init(&s.events, a, &bank, 1);
	if (!eif_parse(&f, image, e) ||
		(f.signature.p && !eif_signature_parse(&signature, f.signature, a, e)) ||
		!eif_events(&s.events, &f, signature.certificate, e) ||
		!set_inputs(&s, image, &f, a, e) || !set_registers(&s, a, e) ||
		!set_coverage(&s, a, e))
		return false;
	*ret = s;
	return true;
}
