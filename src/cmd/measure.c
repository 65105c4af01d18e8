/* assay measure: the reference values once more, from the files of a finished image. */
#include <stdio.h>

#include "base/hex.h"
#include "build/remeasure.h"
#include "cmd/line.h"
#include "cmd/reference_load.h"
#include "cmd/verbs.h"
#include "codec/json.h"
#include "base/banned.h"

#define MEASURE_FORMAT "assay.measure/1"
enum { JSON_MAX = 1 << 20 };

/* The values differ in some bank, or one side has none. */
static bool differs(const struct reference_shape *s, const struct reference_register *now,
	const struct reference_shape *then)
{
	for (size_t i = 0; i < then->n_registers; i++) {
		const struct reference_register *r = &then->registers[i];

		if (r->reg != now->reg)
			continue;
		if (r->how != now->how || s->n_banks != then->n_banks)
			return true;
		for (size_t b = 0; b < s->n_banks && r->how != REFERENCE_NOT_PREDICTABLE; b++)
			if (!digest_equal(&r->values[b], &now->values[b]))
				return true;
		return false;
	}
	return true;
}

static void print_value(
	const char *before, const struct reference_shape *s, const struct reference_register *r)
{
	char hex[2 * DIGEST_MAX + 1];

	for (size_t b = 0; b < s->n_banks; b++) {
		digest_hex(&r->values[b], hex);
		printf("%s%-6s  %s\n", before, digest_name(s->banks[b]), hex);
	}
}

static void print_register(const struct reference_shape *s, const struct reference_register *r,
	const struct reference_shape *then)
{
	char name[PLATFORM_REGISTER_NAME_MAX];

	reference_register_name(name, s, r->reg);
	line_print(stdout, "%-6s  %s: %.*s", name, reference_load_how(r->how), STR_ARG(r->reason));
	if (r->how != REFERENCE_NOT_PREDICTABLE)
		print_value("        ", s, r);
	if (!differs(s, r, then))
		return;
	puts("        DIFFERS from reference-values.json, which has");
	for (size_t i = 0; i < then->n_registers; i++)
		if (then->registers[i].reg == r->reg)
			print_value("        ", then, &then->registers[i]);
}

static void print_shape(
	const struct reference_shape *s, const struct reference_shape *then, bool from_store)
{
	line_print(stdout, "platform %.*s", STR_ARG(s->name));
	for (size_t i = 0; i < s->n_inputs; i++)
		line_print(stdout, "  %-18.*s %.*s", STR_ARG(s->inputs[i].name),
			STR_ARG(s->inputs[i].value));
	for (size_t i = 0; i < s->n_registers; i++)
		print_register(s, &s->registers[i], then);
	if (!from_store && s->registers[0].how == REFERENCE_OBSERVED)
		puts("PCR 0 is taken over from reference-values.json: this store has not observed it");
	puts("what covers what");
	for (size_t i = 0; i < s->n_coverage; i++) {
		const struct reference_coverage *c = &s->coverage[i];

		line_print(stdout, "  %-31.*s %-*.*s%.*s", STR_ARG(c->layer), c->note.n ? 16 : 0,
			STR_ARG(c->by.n ? c->by : STR("nothing")), STR_ARG(c->note));
	}
	if (s->firmware_only)
		puts("no register covers all that is executed: no verdict with this shape is affirming");
}

static void print_text(const struct remeasure *r)
{
	for (size_t i = 0; i < r->computed.n_shapes; i++)
		print_shape(&r->computed.shapes[i], &r->recorded.shapes[i], r->pcr0_from_store);
	if (r->is_signed)
		puts("uki.efi is signed; the values are those of the unsigned image. With Secure Boot on, PCR 7 "
		     "differs from them, and PCR 4 where the stub is 257 or older");
	if (r->signature_differs)
		puts("the signature of uki.efi is for ANOTHER image: no firmware takes it");
	if (r->disk_unlike_uki)
		puts("the kernel image in disk.img, which boots, is not the signed uki.efi beside it");
	if (r->uki_differs)
		puts("uki.efi is not the one that manifest.json names");
	if (r->disk_differs)
		puts("disk.img is not the one that manifest.json names");
	if (r->manifest_differs)
		puts("manifest.json is not the one that reference-values.json names");
	puts(r->same ? "reference-values.json is what these files give"
		     : "reference-values.json is NOT what these files give");
}

static void put_shape(
	struct json_out *w, const struct reference_shape *s, const struct reference_shape *then)
{
	json_object(w);
	json_put_str(w, "name", s->name);
	json_key(w, "registers");
	json_array(w);
	for (size_t i = 0; i < s->n_registers; i++) {
		const struct reference_register *r = &s->registers[i];

		json_object(w);
		json_put_uint(w, "register", r->reg);
		json_put_cstr(w, "how", reference_load_how(r->how));
		json_put_bool(w, "differs", differs(s, r, then));
		for (size_t b = 0; b < s->n_banks && r->how != REFERENCE_NOT_PREDICTABLE; b++)
			json_put_hex(w, digest_name(s->banks[b]),
				span_make(r->values[b].bytes, digest_size(s->banks[b])));
		json_end_object(w);
	}
	json_end_array(w);
	json_end_object(w);
}

static bool print_json(const struct remeasure *r, struct err *e)
{
	CLEANUP(buf_done) struct buf b = buf_init(JSON_MAX);
	struct json_out w = json_out_to(&b);

	json_object(&w);
	json_put_cstr(&w, "format", MEASURE_FORMAT);
	json_put_bool(&w, "same", r->same);
	json_put_bool(&w, "signed", r->is_signed);
	if (r->is_signed)
		json_put_hex(&w, "signer-sha256", SPAN_OF(r->signer_sha256));
	json_put_bool(&w, "signature-differs", r->signature_differs);
	json_put_bool(&w, "disk-unlike-uki", r->disk_unlike_uki);
	json_put_bool(&w, "uki-differs", r->uki_differs);
	json_put_bool(&w, "disk-differs", r->disk_differs);
	json_put_bool(&w, "manifest-differs", r->manifest_differs);
	json_put_bool(&w, "pcr0-from-store", r->pcr0_from_store);
	json_key(&w, "shapes");
	json_array(&w);
	for (size_t i = 0; i < r->computed.n_shapes; i++)
		put_shape(&w, &r->computed.shapes[i], &r->recorded.shapes[i]);
	json_end_array(&w);
	json_end_object(&w);
	if (!buf_ok(&b))
		return buf_full(&b, "the result", e);
	return fwrite(b.p, 1, b.n, stdout) == b.n || err_os(e, "cannot write the result");
}

static bool run(const struct verb_args *args, int *code, struct err *e)
{
	const char *out = verb_arg(args, 0) ? verb_arg(args, 0) : "out";
	CLEANUP(store_freep) struct store *store = NULL;
	CLEANUP(remeasure_done) struct remeasure r = { 0 };

	if (!store_open(&store, verb_value(args, "--store"), e) ||
		!remeasure_run(&r, out, store, e))
		return false;
	if (verb_flag(args, "--json") && !print_json(&r, e))
		return false;
	if (!verb_flag(args, "--json"))
		print_text(&r);
	if (!r.same || r.uki_differs || r.disk_differs || r.manifest_differs ||
		r.signature_differs || r.disk_unlike_uki) {
		*code = VERB_NO;
		verb_hint(
			"do not use these values: build the image again, or get all of its files again");
	}
	return true;
}

static const struct verb_option options[] = {
	{ "--store", "DIR", "the store (~/.cache/assay)", false },
	{ "--json", NULL, "print the result as JSON", false },
	{ 0 },
};

const struct verb cmd_measure = {
	.name = "measure",
	.summary = "compute the reference values of a finished image again",
	.usage = "[OUT]",
	.max_args = 1,
	.options = options,
	.example = "assay measure out",
	.run = run,
};
