/* assay sign eif: the signature of an enclave image, put on after the build. */
#include "cmd/verbs.h"
#include "image/eif_sign.h"
#include "measure/eif.h"
#include "sys/file.h"
#include "base/banned.h"

/* What must be given; *ret untouched without it. */
static bool need(const char **ret, const struct verb_args *args, const char *option, struct err *e)
{
	const char *v = verb_value(args, option);

	if (!v)
		return err_set(e, ERR_USAGE, "%s is missing", option);
	*ret = v;
	return true;
}

static bool run(const struct verb_args *args, int *code, struct err *e)
{
	const char *from = verb_arg(args, 0), *key = NULL, *certificate = NULL, *to = NULL;
	CLEANUP(cose_signer_freep) struct cose_signer *signer = NULL;
	CLEANUP(buf_done) struct buf image = { 0 }, pem = { 0 }, chain = { 0 };

	(void)code;
	if (!need(&key, args, "--key", e) || !need(&certificate, args, "--cert", e) ||
		!need(&to, args, "--output", e) ||
		!file_read(AT_FDCWD, key, COSE_SIGNER_FILE_MAX, &pem, e) ||
		!file_read(AT_FDCWD, certificate, COSE_SIGNER_FILE_MAX, &chain, e) ||
		!file_read(AT_FDCWD, from, EIF_SIZE_MAX, &image, e))
		return false;
	if (!cose_signer_of_pem(&signer, buf_span(&pem), e))
		return err_wrap(e, "'%s'", key);
	if (!eif_sign(&image, signer, buf_span(&chain), e))
		return err_wrap(e, "'%s'", from);
	return file_write(AT_FDCWD, to, buf_span(&image), 0644, e);
}

static const struct verb_option options[] = {
	{ "--key", "FILE", "the private key (PEM): P-384, P-256 or P-521", false },
	{ "--cert", "FILE", "its certificate (PEM), which PCR 8 will cover", false },
	{ "--output", "FILE", "where the signed image goes", false },
	{ 0 },
};

const struct verb cmd_sign_eif = {
	.name = "sign eif",
	.summary = "sign the image of a Nitro enclave, as a copy",
	.usage = "FILE",
	.min_args = 1,
	.max_args = 1,
	.options = options,
	.example = "assay sign eif out/image.eif --key k.pem --cert c.pem -o signed.eif",
	.run = run,
};
