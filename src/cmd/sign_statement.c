/* assay sign: a statement into an envelope, or one more signature onto one. */
#include <stdio.h>

#include "base/hex.h"
#include "cmd/key_file.h"
#include "cmd/statement_file.h"
#include "cmd/verbs.h"
#include "sys/file.h"
#include "base/banned.h"

/* The hint in an envelope is the key's own line: whoever has only the envelope can see whether its signatures hold. */
static bool add_signature(struct statement_file *f, const struct private_key *key, struct str *line,
	struct arena *a, struct err *e)
{
	CLEANUP(statement_key_freep) struct statement_key *half = NULL;
	CLEANUP(buf_done) struct buf text = buf_init(STATEMENT_KEY_TEXT_MAX);

	if (!private_key_public(&half, key, e))
		return false;
	statement_key_write(&text, half);
	*line = arena_str(a, buf_str(&text));
	if (!line->p)
		return arena_full(a, e);
	return dsse_add(&f->dsse, key, *line, a, e);
}

static void report(const struct statement *s, struct str line)
{
	char hex[2 * SHA256_SIZE + 1];

	if (s->rebuild) {
		hex_write(hex, s->rebuild->result_sha256, SHA256_SIZE);
		printf("result     %s\n", hex);
	}
	printf("signed by  %.*s\n", STR_ARG(line));
}

static bool run(const struct verb_args *args, int *code, struct err *e)
{
	const char *from = verb_arg(args, 0), *key_path = verb_value(args, "--key"),
		   *to = verb_value(args, "--output");
	CLEANUP(arena_freep) struct arena *a = arena_new(STATEMENT_MEMORY_MAX);
	CLEANUP(private_key_freep) struct private_key *key = NULL;
	CLEANUP(buf_done) struct buf out = buf_init(DSSE_SIZE_MAX);
	struct statement_file f;
	struct str line = { 0 };

	(void)code;
	if (!key_path)
		return err_set(e, ERR_USAGE, "--key is missing: who signs");
	if (!statement_file_load(&f, from, a, e) || !key_file_load(&key, key_path, e))
		return false;
	if (!add_signature(&f, key, &line, a, e) || !dsse_emit(&out, &f.dsse, e))
		return err_wrap(e, "'%s' with '%s'", from, key_path);
	if (!to)
		return fwrite(out.p, 1, out.n, stdout) == out.n ||
		       err_os(e, "cannot write the envelope");
	if (!file_write(AT_FDCWD, to, buf_span(&out), 0644, e))
		return false;
	report(&f.statement, line);
	return true;
}

static const struct verb_option options[] = {
	{ "--key", "FILE", "the private key (PEM): Ed25519 or P-256", false },
	{ "--output", "FILE", "the envelope (standard output)", false },
	{ 0 },
};

const struct verb cmd_sign = {
	.name = "sign",
	.summary = "sign a statement of a rebuild, or sign one once more",
	.usage = "FILE",
	.min_args = 1,
	.max_args = 1,
	.options = options,
	.example = "assay sign rebuild-statement.json --key key.pem -o alice.dsse.json",
	.run = run,
};
