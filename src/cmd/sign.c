/* assay sign uki, attach, detach: Secure Boot signatures, put on after the build and taken off again. */
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

#include "base/arena.h"
#include "base/hex.h"
#include "base/mem.h"
#include "build/finished.h"
#include "build/signed_copy.h"
#include "cmd/key_file.h"
#include "cmd/line.h"
#include "cmd/verbs.h"
#include "codec/json.h"
#include "codec/pe.h"
#include "image/authenticode.h"
#include "image/pe_certificates.h"
#include "image/uki.h"
#include "sys/file.h"
#include "trust/certificate.h"
#include "base/banned.h"

#define SIGN_FORMAT "assay.sign/1"
enum { JSON_MAX = 1 << 16, TEXT_MAX = 1 << 16 };

/* A kernel image in both its forms, and where it came from. */
struct image {
	const char *path;
	bool folder; /* of `assay build`, or a copy of one; else a file */
	bool is_signed;
	struct buf given, other;           /* as it was found; the other form, once it is made */
	uint8_t authenticode[SHA256_SIZE]; /* of both forms */
	struct buf signature;
	struct certificate *signer; /* of the signature, once that is verified */
};

static void image_done(struct image *m)
{
	buf_done(&m->given);
	buf_done(&m->other);
	buf_done(&m->signature);
	certificate_free(m->signer);
}

static const struct buf *unsigned_form(const struct image *m)
{
	return m->is_signed ? &m->other : &m->given;
}

static const struct buf *signed_form(const struct image *m)
{
	return m->is_signed ? &m->given : &m->other;
}

/* The image at the first argument; a folder's is its uki.efi. */
static bool image_load(struct image *m, const struct verb_args *args, struct err *e)
{
	struct digest hash;
	struct stat st;

	m->path = verb_arg(args, 0);
	m->folder = stat(m->path, &st) == 0 && S_ISDIR(st.st_mode);
	if (m->folder) {
		CLEANUP(file_closep) int fd = finished_open(m->path, e);

		if (fd < 0)
			return false;
		if (!file_read(fd, FINISHED_UKI, UKI_SIZE_MAX, &m->given, e)) {
			err_wrap(e, "'%s'", m->path);
			return err_hint(e, "give the folder that `assay build` wrote");
		}
	} else if (!file_read(AT_FDCWD, m->path, UKI_SIZE_MAX, &m->given, e)) {
		return false;
	}
	if (!pe_authenticode(&hash, buf_span(&m->given), DIGEST_SHA256, e)) {
		err_wrap(e, "'%s'", m->path);
		return err_hint(e, "give the folder that `assay build` wrote, or its uki.efi");
	}
	memcpy(m->authenticode, hash.bytes, SHA256_SIZE);
	m->is_signed = pe_certificates_present(buf_span(&m->given));
	m->other = buf_init(UKI_SIZE_MAX);
	return true;
}

static bool load_key(struct signing_key **ret, const struct verb_args *args, struct err *e)
{
	const char *key_path = verb_value(args, "--key"), *cert_path = verb_value(args, "--cert");
	CLEANUP(key_file_freep) struct key_file *key = MEM_NEW(struct key_file);
	CLEANUP(buf_done) struct buf certificate = { 0 };

	if (!key_path || !cert_path)
		return err_set(e, ERR_USAGE, "wanted --key and --cert: who signs");
	if (!file_read(AT_FDCWD, cert_path, SIGNING_KEY_FILE_MAX, &certificate, e) ||
		!key_file_read(key, key_path, KEY_FILE_GROUP, e))
		return false;
	return signing_key_of_pem(ret, span_make(key->bytes, key->n), buf_span(&certificate), e) ||
	       err_wrap(e, "cannot sign with '%s' and '%s'", key_path, cert_path);
}

/* The signature is for this image, and it holds; by the certificate of --cert where one is given. */
static bool check_signature(
	const struct image *m, const struct verb_args *args, bool *no, struct err *e)
{
	const char *cert_path = verb_value(args, "--cert");
	char want[2 * SHA256_SIZE + 1], got[2 * SHA256_SIZE + 1];
	CLEANUP(certificate_freep) struct certificate *c = NULL;
	CLEANUP(buf_done) struct buf file = { 0 };
	uint8_t by[SHA256_SIZE], wanted[SHA256_SIZE];
	struct authenticode found;

	if (!authenticode_check(&found, buf_span(&m->signature), e))
		return e->hint[0]
			       ? false
			       : err_hint(e,
					 "it is damaged or not Authenticode with RSA and SHA-256: "
					 "take it anew from the signer");
	if (!ct_equal(found.image_sha256, m->authenticode, SHA256_SIZE)) {
		*no = true;
		hex_write(want, m->authenticode, SHA256_SIZE);
		hex_write(got, found.image_sha256, SHA256_SIZE);
		return err_set(e, ERR_MISMATCH,
			       "the signature is for another image: it is for the Authenticode hash %s, and '%s' has %s",
			       got, m->path, want) ||
		       err_hint(e, "build what was signed: lock and description decide the hash");
	}
	if (!cert_path)
		return true;
	if (!file_read(AT_FDCWD, cert_path, SIGNING_KEY_FILE_MAX, &file, e))
		return false;
	if (!certificate_of_file(&c, buf_span(&file), e))
		return err_wrap(e, "'%s'", cert_path);
	certificate_sha256(wanted, c);
	sha256_of(by, found.certificate);
	if (ct_equal(by, wanted, SHA256_SIZE))
		return true;
	*no = true;
	err_set(e, ERR_MISMATCH, "the signature is by another certificate than that of '%s'",
		cert_path);
	return err_hint(e, "without --cert every signer is taken; firmware's db decides then");
}

/* What is signed or taken apart stays as it is; for a folder signed_copy_write sees to that. */
static bool check_place(const struct image *m, const char *to, struct err *e)
{
	struct stat given, there;

	if (!to || m->folder || stat(m->path, &given) < 0 || stat(to, &there) < 0 ||
		given.st_dev != there.st_dev || given.st_ino != there.st_ino)
		return true;
	err_set(e, ERR_USAGE, "'%s' is the image itself, which stays as it is", to);
	return err_hint(e, "name another file for the result");
}

/* Who signed: the last that is asked before anything is written. */
static bool load_signer(struct image *m, struct err *e)
{
	struct authenticode found;

	return authenticode_check(&found, buf_span(&m->signature), e) &&
	       certificate_of_der(&m->signer, found.certificate, e);
}

/* Both forms and the signature are there: writes the form that was not given. */
static bool write_other(const struct image *m, const char *to, struct err *e)
{
	struct signed_copy copy = { .unsigned_uki = buf_span(unsigned_form(m)),
		.uki_now = buf_span(&m->given),
		.uki_then = buf_span(&m->other) };

	if (m->folder)
		return signed_copy_write(&copy, m->path, to, e);
	return file_write(AT_FDCWD, to, buf_span(&m->other), 0644, e);
}

static void put_digest(struct json_out *w, const char *key, const struct buf *b)
{
	uint8_t digest[SHA256_SIZE];

	sha256_of(digest, buf_span(b));
	json_put_hex(w, key, SPAN_OF(digest));
}

static bool print_json(const struct image *m, const uint8_t signer[static SHA256_SIZE],
	struct str subject, struct err *e)
{
	CLEANUP(buf_done) struct buf b = buf_init(JSON_MAX);
	struct json_out w = json_out_to(&b);

	json_object(&w);
	json_put_cstr(&w, "format", SIGN_FORMAT);
	json_put_hex(&w, "authenticode-sha256", span_make(m->authenticode, SHA256_SIZE));
	put_digest(&w, "unsigned-sha256", unsigned_form(m));
	put_digest(&w, "signed-sha256", signed_form(m));
	put_digest(&w, "signature-sha256", &m->signature);
	json_put_str(&w, "signer", subject);
	json_put_hex(&w, "signer-sha256", span_make(signer, SHA256_SIZE));
	json_end_object(&w);
	if (!buf_ok(&b))
		return buf_full(&b, "the result", e);
	return fwrite(b.p, 1, b.n, stdout) == b.n || err_os(e, "cannot write the result");
}

static void print_row(const char *what, const uint8_t digest[static SHA256_SIZE])
{
	char hex[2 * SHA256_SIZE + 1];

	hex_write(hex, digest, SHA256_SIZE);
	printf("%-18s  %s\n", what, hex);
}

static void print_digest(const char *what, const struct buf *b)
{
	uint8_t digest[SHA256_SIZE];

	sha256_of(digest, buf_span(b));
	print_row(what, digest);
}

static bool report(const struct image *m, const struct verb_args *args, struct err *e)
{
	CLEANUP(arena_freep) struct arena *a = arena_new(TEXT_MAX);
	struct str subject = certificate_subject(m->signer, a);
	uint8_t signer[SHA256_SIZE];

	certificate_sha256(signer, m->signer);
	if (verb_flag(args, "--json"))
		return print_json(m, signer, subject, e);
	print_row("Authenticode hash", m->authenticode);
	print_digest("unsigned image", unsigned_form(m));
	print_digest("signed image", signed_form(m));
	print_digest("signature", &m->signature);
	print_row("certificate", signer);
	line_print(stdout, "%-18s  %.*s", "signed by", STR_ARG(subject));
	return true;
}

/* With the signature there: the signed form, written where -o says, and the result. */
static bool attach(struct image *m, const struct verb_args *args, struct err *e)
{
	const char *to = verb_value(args, "--output");

	if (!load_signer(m, e) || !check_place(m, to, e))
		return false;
	if (!pe_certificates_attach(&m->other, buf_span(&m->given), buf_span(&m->signature), e))
		return err_wrap(e, "cannot sign '%s'", m->path);
	return (!to || write_other(m, to, e)) && report(m, args, e);
}

static bool run_uki(const struct verb_args *args, int *code, struct err *e)
{
	const char *detached = verb_value(args, "--detached");
	CLEANUP(signing_key_freep) struct signing_key *key = NULL;
	CLEANUP(image_done) struct image m = { 0 };

	(void)code;
	if (!detached && !verb_value(args, "--output"))
		return err_set(
			e, ERR_USAGE, "wanted --output, --detached or both: where the result goes");
	if (!load_key(&key, args, e) || !image_load(&m, args, e) || !check_place(&m, detached, e))
		return false;
	m.signature = buf_init(AUTHENTICODE_SIZE_MAX);
	if (!authenticode_sign(&m.signature, m.authenticode, key, e) || !attach(&m, args, e))
		return false;
	return !detached || file_write(AT_FDCWD, detached, buf_span(&m.signature), 0644, e);
}

static bool run_attach(const struct verb_args *args, int *code, struct err *e)
{
	const char *signature = verb_value(args, "--signature");
	CLEANUP(image_done) struct image m = { 0 };
	bool no = false;

	if (!signature || !verb_value(args, "--output"))
		return err_set(e, ERR_USAGE,
			"wanted --signature and --output: what is attached, and where the result goes");
	if (!image_load(&m, args, e) ||
		!file_read(AT_FDCWD, signature, AUTHENTICODE_SIZE_MAX, &m.signature, e))
		return false;
	if (!check_signature(&m, args, &no, e)) {
		if (no)
			*code = VERB_NO;
		return err_wrap(e, "'%s'", signature);
	}
	return attach(&m, args, e);
}

static bool run_detach(const struct verb_args *args, int *code, struct err *e)
{
	const char *to = verb_value(args, "--output"), *signature = verb_value(args, "--signature");
	CLEANUP(image_done) struct image m = { 0 };
	struct span found;
	bool no = false;

	if (!image_load(&m, args, e))
		return false;
	if (!pe_certificates_detach(&m.other, &found, buf_span(&m.given), e)) {
		if (e->kind == ERR_NOTFOUND)
			err_hint(e,
				"there is nothing to take off: these are the bytes of the build");
		return err_wrap(e, "'%s'", m.path);
	}
	m.signature = buf_init(AUTHENTICODE_SIZE_MAX);
	buf_add(&m.signature, found.p, found.n);
	if (!check_signature(&m, args, &no, e)) {
		if (no)
			*code = VERB_NO;
		return err_wrap(e, "'%s'", m.path);
	}
	if (!load_signer(&m, e) || !check_place(&m, to, e) || !check_place(&m, signature, e))
		return false;
	return (!to || write_other(&m, to, e)) &&
	       (!signature || file_write(AT_FDCWD, signature, found, 0644, e)) &&
	       report(&m, args, e);
}

static const struct verb_option uki_options[] = {
	{ "--key", "FILE", "the private key (PEM, RSA, no passphrase)", false },
	{ "--cert", "FILE", "its certificate (PEM)", false },
	{ "--output", "PATH", "the signed copy: a folder for OUT, a file for FILE", false },
	{ "--detached", "FILE", "write the signature alone (PKCS#7, DER)", false },
	{ "--json", NULL, "print the result as JSON", false },
	{ 0 },
};

const struct verb cmd_sign_uki = {
	.name = "sign uki",
	.summary = "sign a finished image for Secure Boot, as a copy",
	.usage = "OUT|FILE",
	.min_args = 1,
	.max_args = 1,
	.options = uki_options,
	.example = "assay sign uki out --key db.key --cert db.pem --output out-signed",
	.run = run_uki,
};

static const struct verb_option attach_options[] = {
	{ "--signature", "FILE", "the signature (PKCS#7, DER)", false },
	{ "--cert", "FILE", "the certificate that must have signed", false },
	{ "--output", "PATH", "the signed copy: a folder for OUT, a file for FILE", false },
	{ "--json", NULL, "print the result as JSON", false },
	{ 0 },
};

const struct verb cmd_sign_attach = {
	.name = "sign attach",
	.summary = "attach a signature that somebody else made",
	.usage = "OUT|FILE",
	.min_args = 1,
	.max_args = 1,
	.options = attach_options,
	.example = "assay sign attach out --signature uki.p7 --output out-signed",
	.run = run_attach,
};

static const struct verb_option detach_options[] = {
	{ "--signature", "FILE", "write the signature here (PKCS#7, DER)", false },
	{ "--cert", "FILE", "the certificate that must have signed", false },
	{ "--output", "PATH", "the unsigned copy: folder for OUT, file for FILE", false },
	{ "--json", NULL, "print the result as JSON", false },
	{ 0 },
};

const struct verb cmd_sign_detach = {
	.name = "sign detach",
	.summary = "give back the unsigned image and the signature",
	.usage = "OUT|FILE",
	.min_args = 1,
	.max_args = 1,
	.options = detach_options,
	.example = "assay sign detach out-signed --output out",
	.run = run_detach,
};
