/* assay export: reference values in the formats of others. */
#include <stdio.h>
#include <string.h>

#include "appraise/export_corim.h"
#include "appraise/export_flat.h"
#include "appraise/export_rvps.h"
#include "appraise/export_words.h"
#include "cmd/reference_load.h"
#include "cmd/verbs.h"
#include "image/cose_signer.h"
#include "sys/file.h"
#include "trust/cose_sign1.h"
#include "base/banned.h"

enum { MEMORY_MAX = 256 << 20, HEADER_MAX = 8 << 10, SIGNATURE_MAX = 256 };

struct export
{
	const struct verb_args *args;
	struct arena *a;
	struct reference_values values; /* of the file; then of the chosen shapes alone */
	struct buf out;
};

static void export_done(struct export *x)
{
	buf_done(&x->out);
	arena_free(x->a);
}

/* Leaves the shape of that name, or all of them; each may be given away. */
static bool choose(struct export *x, struct err *e)
{
	const char *name = verb_value(x->args, "--shape");
	const struct reference_shape *one = name ? reference_shape_find(&x->values, name) : NULL;

	if (name && !one) {
		err_set(e, ERR_NOTFOUND, "the reference values have no shape '%s'", name);
		return x->values.n_shapes ? err_hint(e, "the first of them is '%.*s'",
						    STR_ARG(x->values.shapes[0].name))
					  : err_hint(e, "the image was built for no platform");
	}
	if (one) {
		x->values.shapes = one;
		x->values.n_shapes = 1;
	}
	if (!x->values.n_shapes) {
		err_set(e, ERR_NOTFOUND, "the reference values have no shape");
		return err_hint(e, "the image was not built for one: platforms: in its assay.yaml");
	}
	for (size_t i = 0; i < x->values.n_shapes; i++)
		if (!export_words_check(&x->values.shapes[i], verb_flag(x->args, "--partly"), e))
			return false;
	return true;
}

static bool make_flat(struct export *x, struct err *e)
{
	if (x->values.n_shapes == 1)
		return export_flat(&x->out, &x->values.shapes[0], e);
	err_set(e, ERR_USAGE,
		"the flat form holds one shape, and there are %zu: '%.*s', '%.*s' ...",
		x->values.n_shapes, STR_ARG(x->values.shapes[0].name),
		STR_ARG(x->values.shapes[1].name));
	return err_hint(e, "choose one with --shape NAME");
}

static bool sign(struct export *x, const char *path, struct err *e)
{
	const char *name = verb_value(x->args, "--signer");
	CLEANUP(cose_signer_freep) struct cose_signer *signer = NULL;
	CLEANUP(buf_done) struct buf pem = { 0 }, header = buf_init(HEADER_MAX);
	CLEANUP(buf_done) struct buf message = buf_init(2 * EXPORT_SIZE_MAX);
	CLEANUP(buf_done) struct buf signature = buf_init(SIGNATURE_MAX);
	CLEANUP(buf_done) struct buf payload = x->out;
	uint8_t kid[SHA256_SIZE];

	x->out = buf_init(2 * EXPORT_SIZE_MAX);
	if (!file_read(AT_FDCWD, path, COSE_SIGNER_FILE_MAX, &pem, e))
		return false;
	if (!cose_signer_of_pem(&signer, buf_span(&pem), e))
		return err_wrap(e, "'%s'", path);
	cose_signer_kid(kid, signer);
	export_corim_header(&header, cose_signer_alg(signer), SPAN_OF(kid),
		name ? str_of(name) : x->values.image);
	cose_sign1_message(&message, buf_span(&header), buf_span(&payload));
	if (!buf_ok(&header) || !buf_ok(&message))
		return buf_full(&message, "what is signed", e);
	if (!cose_signer_sign(&signature, signer, buf_span(&message), e))
		return false;
	cose_sign1_emit(&x->out, buf_span(&header), buf_span(&payload), buf_span(&signature));
	return buf_ok(&x->out) || buf_full(&x->out, "the signed CoRIM", e);
}

static bool make(struct export *x, struct err *e)
{
	const char *to = verb_value(x->args, "--to"), *key = verb_value(x->args, "--sign");

	x->out = buf_init(EXPORT_SIZE_MAX);
	if (key && to && strcmp(to, "corim") != 0)
		return err_set(e, ERR_USAGE, "only a CoRIM can be signed, not '%s'", to);
	if (to && strcmp(to, "corim") == 0)
		return export_corim(&x->out, &x->values, e) && (!key || sign(x, key, e));
	if (to && strcmp(to, "rvps") == 0)
		return export_rvps(&x->out, &x->values, e);
	if (to && strcmp(to, "flat") == 0)
		return make_flat(x, e);
	if (to)
		err_set(e, ERR_USAGE, "'%s' is no format that is known", to);
	else
		err_set(e, ERR_USAGE, "no format is named");
	return err_hint(e, "--to corim, --to rvps or --to flat");
}

static bool run(const struct verb_args *args, int *code, struct err *e)
{
	const char *from = verb_value(args, "--reference-values"),
		   *out = verb_value(args, "--output");
	CLEANUP(export_done) struct export x = { .args = args };
	uint8_t sha256[SHA256_SIZE];

	(void)code;
	x.a = arena_new(MEMORY_MAX);
	if (!reference_load(&x.values, sha256, from ? from : "out/reference-values.json", x.a, e) ||
		!choose(&x, e) || !make(&x, e))
		return false;
	if (out)
		return file_write(AT_FDCWD, out, buf_span(&x.out), 0644, e);
	return fwrite(x.out.p, 1, x.out.n, stdout) == x.out.n ||
	       err_os(e, "cannot write the result");
}

static const struct verb_option options[] = {
	{ "--to", "FORMAT", "corim, rvps or flat", false },
	{ "--reference-values", "FILE", "the values (out/reference-values.json)", false },
	{ "--shape", "NAME", "only this one of the shapes", false },
	{ "--sign", "FILE", "sign the CoRIM with this private key (PEM)", false },
	{ "--signer", "NAME", "who signs it (the image's name)", false },
	{ "--partly", NULL, "also values that do not cover all that is executed", false },
	{ "--output", "FILE", "write there (standard output)", false },
	{ 0 },
};

const struct verb cmd_export = {
	.name = "export",
	.summary = "write reference values in a format of others",
	.usage = "",
	.options = options,
	.example = "assay export --to corim --sign key.pem -o values.corim",
	.run = run,
};
