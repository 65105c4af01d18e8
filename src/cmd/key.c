/* assay key new, key show: the keys of statements, channels, logs and witnesses. The secret is in its file and nowhere else. */
#include <openssl/crypto.h>
#include <stdio.h>

#include "base/mem.h"
#include "cmd/key_file.h"
#include "cmd/verbs.h"
#include "sys/file.h"
#include "trust/note_key.h"
#include "base/banned.h"

static void print_line(const struct statement_key *k)
{
	CLEANUP(buf_done) struct buf line = buf_init(STATEMENT_KEY_TEXT_MAX);

	statement_key_write(&line, k);
	printf("%.*s\n", STR_ARG(buf_str(&line)));
}

/* ---- new ---- */

static bool write_key(const char *path, const struct private_key *k, struct err *e)
{
	char pem[PRIVATE_KEY_PEM_MAX];
	size_t n = 0;
	bool ok = private_key_pem(pem, &n, k, e) &&
		  file_create(AT_FDCWD, path, span_make(pem, n), 0600, e);

	OPENSSL_cleanse(pem, sizeof pem);
	return ok;
}

static bool run_new(const struct verb_args *args, int *code, struct err *e)
{
	const char *path = verb_arg(args, 0), *type = verb_value(args, "--type");
	enum private_key_kind kind = PRIVATE_KEY_ED25519;
	CLEANUP(private_key_freep) struct private_key *k = NULL;
	CLEANUP(statement_key_freep) struct statement_key *half = NULL;

	(void)code;
	if (type && !private_key_kind_of_name(&kind, str_of(type)))
		return err_set(e, ERR_USAGE, "'%s' is no type of key, want ed25519 or p256", type);
	if (!private_key_new(&k, kind, e) || !private_key_public(&half, k, e) ||
		!write_key(path, k, e))
		return false;
	print_line(half);
	return true;
}

static const struct verb_option new_options[] = {
	{ "--type", "ed25519|p256", "what kind (ed25519)", false },
	{ 0 },
};

const struct verb cmd_key_new = {
	.name = "key new",
	.summary = "make a key that signs statements, channels or a log",
	.usage = "FILE",
	.min_args = 1,
	.max_args = 1,
	.options = new_options,
	.example = "assay key new key.pem",
	.run = run_new,
};

/* ---- show ---- */

/* A note's key of that name: one line, NAME+ID+KEY. */
static bool print_note_key(
	const struct statement_key *k, const char *name, enum note_key_type type, struct err *e)
{
	CLEANUP(buf_done) struct buf line = buf_init(NOTE_KEY_TEXT_MAX);
	uint8_t raw[NOTE_KEY_SIZE];
	struct note_key note;

	if (!statement_key_ed25519(raw, k, e)) {
		err_wrap(e, "'%s'", name);
		return err_hint(e, "logs and witnesses sign with Ed25519: assay key new FILE");
	}
	if (!note_key_of(&note, str_of(name), type, raw, e))
		return false;
	note_key_write(&line, &note);
	printf("%.*s\n", STR_ARG(buf_str(&line)));
	return true;
}

/* A file with a public key may be everybody's; one with a private key is read as those are. */
static bool load_public(struct statement_key **ret, const char *path, struct err *e)
{
	CLEANUP(private_key_freep) struct private_key *k = NULL;
	CLEANUP(key_file_freep) struct key_file *file = MEM_NEW(struct key_file);
	struct err not_public = { 0 };

	if (!key_file_read(file, path, 0, e))
		return false;
	if (statement_key_of_pem(ret, span_make(file->bytes, file->n), &not_public))
		return true;
	return key_file_load(&k, path, e) && private_key_public(ret, k, e);
}

static bool run_show(const struct verb_args *args, int *code, struct err *e)
{
	const char *origin = verb_value(args, "--origin"), *witness = verb_value(args, "--witness");
	CLEANUP(statement_key_freep) struct statement_key *k = NULL;

	(void)code;
	if (origin && witness)
		return err_set(e, ERR_USAGE,
			"--origin and --witness: a log and its witness have keys of their own");
	if (!load_public(&k, verb_arg(args, 0), e))
		return false;
	if (origin)
		return print_note_key(k, origin, NOTE_KEY_ED25519, e);
	if (witness)
		return print_note_key(k, witness, NOTE_KEY_COSIGNATURE, e);
	print_line(k);
	return true;
}

static const struct verb_option show_options[] = {
	{ "--origin", "NAME", "as the key of the log with this origin", false },
	{ "--witness", "NAME", "as the key of the witness of this name", false },
	{ 0 },
};

const struct verb cmd_key_show = {
	.name = "key show",
	.summary = "print the public half of a key as trust files have it",
	.usage = "FILE",
	.min_args = 1,
	.max_args = 1,
	.options = show_options,
	.example = "assay key show log.pem --origin example.org/log",
	.run = run_show,
};
