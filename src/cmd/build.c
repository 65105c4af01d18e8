/* assay build: from a description and its lock to an image, its manifest and its reference values. */
#define ASSAY_MAY_ASK_THE_MACHINE
#include <stdio.h>

#include "base/hex.h"
#include "build/build.h"
#include "cmd/fetch.h"
#include "cmd/line.h"
#include "cmd/verbs.h"
#include "codec/json.h"
#include "base/banned.h"

#define BUILD_RESULT_FORMAT "assay.build/1"

struct timing {
	struct progress *progress;
	FILE *reasons; /* standard output, or standard error beside --json */
};

static void next_stage(void *ctx, const char *what)
{
	const struct timing *t = ctx;

	progress_stage(t->progress, what);
}

static void print_text(const struct build_outcome *o, const struct description *d, const char *out)
{
	char manifest[65], disk[65], uki[65], root[65];

	hex_write(manifest, o->manifest_sha256, SHA256_SIZE);
	hex_write(disk, o->disk_sha256, SHA256_SIZE);
	hex_write(uki, o->uki_sha256, SHA256_SIZE);
	hex_write(root, o->root_hash, SHA256_SIZE);
	printf("disk       %s  %s/disk.img\n", disk, out);
	printf("uki        %s  %s/uki.efi\n", uki, out);
	printf("root hash  %s\n", root);
	printf("manifest   %s  %s/manifest.json\n", manifest, out);
	if (description_has_platform(d, PLATFORM_TPM) && !o->pcr0_known)
		puts("PCR 0 of this firmware is not known: no verdict with these values is affirming");
}

static bool print_json(const struct build_outcome *o, struct err *e)
{
	CLEANUP(buf_done) struct buf b = buf_init(65536);
	struct json_out w = json_out_to(&b);

	json_object(&w);
	json_put_cstr(&w, "format", BUILD_RESULT_FORMAT);
	json_put_hex(&w, "manifest-sha256", SPAN_OF(o->manifest_sha256));
	json_put_hex(&w, "reference-values-sha256", SPAN_OF(o->reference_values_sha256));
	json_put_hex(&w, "disk-sha256", SPAN_OF(o->disk_sha256));
	json_put_uint(&w, "disk-size", o->disk_size);
	json_put_hex(&w, "uki-sha256", SPAN_OF(o->uki_sha256));
	json_put_hex(&w, "root-hash", SPAN_OF(o->root_hash));
	json_put_bool(&w, "pcr0-known", o->pcr0_known);
	json_put_bool(&w, "unchanged", o->unchanged);
	json_end_object(&w);
	return fwrite(b.p, 1, b.n, stdout) == b.n || err_os(e, "cannot write the result");
}

/* The words of a description or a package stand in it: printed as one plain line. */
static void print_reason(void *ctx, const char *what, struct str why)
{
	const struct timing *t = ctx;

	progress_clear(t->progress);
	line_print(t->reasons, "%-12s %.*s", what, STR_ARG(why));
}

static bool run(const struct verb_args *args, int *code, struct err *e)
{
	const char *dir = verb_arg(args, 0) ? verb_arg(args, 0) : ".",
		   *out = verb_value(args, "--output");
	CLEANUP(inputs_done) struct inputs in = { 0 };
	CLEANUP(store_freep) struct store *store = NULL;
	CLEANUP(progress_freep) struct progress *progress = progress_new(args);
	struct timing timing = { .progress = progress };
	struct build_request r = { .stage = next_stage, .ctx = &timing };
	CLEANUP(component_failure_done) struct component_failure failure = { 0 };
	struct build_outcome o;

	if (!inputs_read(&in, dir, e)) {
		if (e->kind == ERR_MISMATCH) /* a stale lock */
			*code = VERB_NO;
		return false;
	}
	if (!store_open(&store, verb_value(args, "--store"), e))
		return false;
	next_stage(&timing, "fetch");
	if (!fetch_inputs_in(progress, args, store, &in.description, &in.lock, e))
		return false;
	r.inputs = &in;
	r.store = store;
	r.out = out ? out : "out";
	r.no_observe = verb_flag(args, "--no-observe");
	r.reproduced = verb_flag(args, "--reproduced");
	r.failure = &failure;
	r.explain = verb_flag(args, "--explain") ? print_reason : NULL;
	timing.reasons = verb_flag(args, "--json") ? stderr : stdout;
	if (!build_run(&o, &r, e)) {
		progress_end(progress);
		line_block(stderr, buf_str(&failure.tail));
		return false;
	}
	next_stage(&timing, NULL);
	if (!verb_quiet(args))
		line_block(stderr, buf_str(&failure.undeclared));
	if (verb_flag(args, "--json"))
		return print_json(&o, e);
	print_text(&o, &in.description, r.out);
	return true;
}

static const struct verb_option options[] = {
	{ "--output", "DIR", "where the image goes (out)", false },
	{ "--store", "DIR", "the store (~/.cache/assay)", false },
	{ "--mirror", "URL", "fetch from here instead of apt's sources", true },
	{ "--no-observe", NULL, "do not boot unknown firmware to learn its PCR 0", false },
	{ "--reproduced", NULL, "say in the manifest what was reproduced here", false },
	{ "--explain", NULL, "say what is made again, and why", false },
	{ "--json", NULL, "print the result as JSON", false },
	{ 0 },
};

const struct verb cmd_build = {
	.name = "build",
	.summary = "make the image, its manifest and its reference values",
	.usage = "[DIR]",
	.max_args = 1,
	.options = options,
	.example = "assay build examples/hello --output out",
	.run = run,
};
