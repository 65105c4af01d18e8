/* assay trust add: a further party, log, witness or root in the trust file; the rest of it stays as its owner wrote it. */
#define ASSAY_MAY_ASK_THE_MACHINE
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>

#include "base/hex.h"
#include "base/mem.h"
#include "cmd/line.h"
#include "cmd/trust_edit.h"
#include "cmd/trust_load.h"
#include "cmd/verbs.h"
#include "codec/yaml.h"
#include "sys/file.h"
#include "trust/certificate.h"
#include "base/banned.h"

enum { TRUST_ADD_MEMORY_MAX = 64 << 20 };

struct adding {
	const struct verb_args *args;
	struct arena *a;
	struct buf element; /* lines for trust_edit */
	struct str path;    /* with links followed */
	mode_t mode;
	struct buf text;
};

/* ---- what is added ---- */

static bool put(struct adding *w, const char *member, struct str value, struct err *e)
{
	struct str s = trust_edit_scalar(value, w->a);

	if (!s.p)
		return arena_full(w->a, e);
	buf_printf(&w->element, "%s%s: %.*s", w->element.n ? "\n" : "", member, STR_ARG(s));
	return true;
}

/* A member with the value of an option; one that must be there, or may. */
static bool put_option(struct adding *w, const char *option, bool needed, struct err *e)
{
	const char *value = verb_value(w->args, option);

	if (value)
		return put(w, option + 2, str_of(value), e);
	return !needed ||
	       err_set(e, ERR_USAGE, "%s is needed for a %s", option, verb_arg(w->args, 0));
}

static bool add_rebuilder(struct adding *w, struct trust_edit *edit, struct err *e)
{
	edit->member = "rebuilders";
	return put_option(w, "--name", true, e) && put_option(w, "--operator", true, e) &&
	       put_option(w, "--key", true, e);
}

static bool add_signer(struct adding *w, struct trust_edit *edit, struct err *e)
{
	edit->member = "signers";
	return put_option(w, "--name", true, e) && put_option(w, "--key", true, e);
}

/* A log is called as its key, unless its checkpoints say otherwise. */
static bool add_log(struct adding *w, struct trust_edit *edit, struct err *e)
{
	const char *key = verb_value(w->args, "--key");
	struct note_key k;

	edit->member = "logs";
	if (verb_value(w->args, "--origin"))
		return put_option(w, "--origin", true, e) && put_option(w, "--key", true, e);
	if (!key)
		return put_option(w, "--key", true, e);
	return note_key_parse(&k, str_of(key), e) && put(w, "origin", k.name, e) &&
	       put_option(w, "--key", true, e);
}

static bool add_witness(struct adding *w, struct trust_edit *edit, struct err *e)
{
	const char *key = verb_value(w->args, "--key");
	struct str s;

	edit->member = "witnesses";
	edit->inner = "keys";
	if (!key)
		return put_option(w, "--key", true, e);
	s = trust_edit_scalar(str_of(key), w->a);
	buf_add_str(&w->element, s);
	return s.p || arena_full(w->a, e);
}

/* Of confidential hardware: by the digest of its certificate, given as such or by the file. */
static bool add_hardware_root(struct adding *w, struct err *e)
{
	const char *path = verb_value(w->args, "--certificate");
	CLEANUP(certificate_freep) struct certificate *c = NULL;
	CLEANUP(buf_done) struct buf bytes = { 0 };
	char hex[2 * SHA256_SIZE + 1];
	uint8_t sha256[SHA256_SIZE];

	if (!put_option(w, "--hardware", true, e) || !put_option(w, "--product", false, e))
		return false;
	if (!path)
		return put_option(w, "--sha256", true, e);
	if (verb_value(w->args, "--sha256"))
		return err_set(e, ERR_USAGE, "--certificate and --sha256 say the same: give one");
	if (!file_read(AT_FDCWD, path, 16 * CERTIFICATE_SIZE_MAX, &bytes, e))
		return false;
	if (!certificate_of_file(&c, buf_span(&bytes), e))
		return err_wrap(e, "'%s'", path);
	certificate_sha256(sha256, c);
	hex_write(hex, sha256, sizeof sha256);
	return put(w, "sha256", str_of(hex), e);
}

static bool add_root(struct adding *w, struct trust_edit *edit, struct err *e)
{
	const char *path = verb_value(w->args, "--certificate");
	CLEANUP(mem_free) char *real = NULL;

	edit->member = verb_value(w->args, "--hardware") ? "hardware-roots" : "tpm-roots";
	if (!put_option(w, "--name", true, e))
		return false;
	if (verb_value(w->args, "--hardware"))
		return add_hardware_root(w, e);
	if (!path)
		return put_option(w, "--certificate", true, e);
	real = realpath(path, NULL);
	if (!real)
		return err_os(e, "cannot read '%s'", path);
	return put(w, "certificate", str_of(real), e) &&
	       (!verb_flag(w->args, "--emulated") || put(w, "emulated", STR("true"), e));
}

static const struct kind {
	const char *name;
	bool (*add)(struct adding *w, struct trust_edit *edit, struct err *e);
	const char *options; /* that it takes */
	struct trust_edit quorum;
} kinds[] = {
	{ "rebuilder", add_rebuilder, "--name --operator --key --quorum",
		{ .member = "vouchers", .inner = "rebuilders" } },
	{ "signer", add_signer, "--name --key", { 0 } },
	{ "log", add_log, "--origin --key", { 0 } },
	{ "witness", add_witness, "--key --quorum", { .member = "witnesses", .inner = "quorum" } },
	{ "root", add_root, "--name --certificate --emulated --hardware --product --sha256",
		{ 0 } },
};

static const struct verb_option options[] = {
	{ "--name", "NAME", "of a rebuilder, signer or root", false },
	{ "--operator", "NAME", "who answers for a rebuilder: operators are counted", false },
	{ "--key", "KEY", "the line that `assay key show` prints", false },
	{ "--origin", "TEXT", "of a log, where it is not its key's name", false },
	{ "--quorum", "K", "rebuilders' operators or witnesses that are needed", false },
	{ "--certificate", "FILE", "of a root", false },
	{ "--emulated", NULL, "keys below this root live in software", false },
	{ "--hardware", "KIND", "a root of snp, tdx or nitro instead of TPMs", false },
	{ "--product", "NAME", "of snp: Milan, Genoa or Turin", false },
	{ "--sha256", "HEX", "of the certificate of a root of hardware", false },
	{ "--trust", "FILE", "which trust file (~/.config/assay/trust.yaml)", false },
	{ 0 },
};

static bool has_word(const char *words, const char *word)
{
	struct str rest = str_of(words), one;

	while (rest.n) {
		(void)str_cut(rest, ' ', &one, &rest);
		if (str_is(one, word))
			return true;
	}
	return false;
}

static bool find_kind(const struct kind **ret, const struct verb_args *args, struct err *e)
{
	for (size_t i = 0; i < ARRAY_LEN(kinds) && !*ret; i++)
		if (str_is(str_of(verb_arg(args, 0)), kinds[i].name))
			*ret = &kinds[i];
	if (!*ret)
		return err_set(e, ERR_USAGE,
			"'%s' is none of rebuilder, signer, log, witness, root", verb_arg(args, 0));
	for (size_t i = 0; options[i].name; i++) {
		const char *name = options[i].name;
		bool given = options[i].value ? verb_value(args, name) != NULL
					      : verb_flag(args, name);

		if (given && strcmp(name, "--trust") && !has_word((*ret)->options, name))
			return err_set(
				e, ERR_USAGE, "%s says nothing about a %s", name, (*ret)->name);
	}
	return true;
}

/* ---- the file ---- */

static bool read_file(struct adding *w, struct err *e)
{
	struct str path = trust_load_path(verb_value(w->args, "--trust"), w->a);
	CLEANUP(mem_free) char *real = path.p ? realpath(path.p, NULL) : NULL;
	struct stat st;

	if (!real) {
		err_set(e, ERR_NOTFOUND, "there is no trust file%s%s%s", path.p ? " '" : "",
			path.p ? path.p : "", path.p ? "'" : "");
		return err_hint(e, "`assay trust init` writes one that trusts nobody yet");
	}
	w->path = arena_str(w->a, str_of(real));
	if (!w->path.p)
		return arena_full(w->a, e);
	if (stat(real, &st) < 0)
		return err_os(e, "cannot read '%s'", real);
	w->mode = st.st_mode & 0777;
	return file_read(AT_FDCWD, real, YAML_SIZE_MAX, &w->text, e);
}

static bool change(struct adding *w, const struct trust_edit *edit, struct err *e)
{
	CLEANUP(buf_done) struct buf out = buf_init(YAML_SIZE_MAX);

	if (!trust_edit(&out, buf_span(&w->text), edit, w->a, e))
		return false;
	buf_done(&w->text);
	w->text = out;
	out = buf_init(0);
	return true;
}

/* The first witness needs a number beside it, and any rebuilder may come with one. */
static bool change_quorum(struct adding *w, const struct kind *kind, bool first, struct err *e)
{
	const char *k = verb_value(w->args, "--quorum");
	struct trust_edit edit = kind->quorum;

	if (!k && !first)
		return true;
	edit.value = str_of(k ? k : "1");
	return change(w, &edit, e);
}

/* *e is why the file would not do: with a smaller number it would. */
static bool too_early(struct adding *w, const struct kind *kind, struct err *e)
{
	const char *k = verb_value(w->args, "--quorum");
	struct trust_edit one = kind->quorum;
	struct trust_file ignored = { 0 };
	struct err none = { 0 };
	uint64_t n;

	one.value = STR("1");
	if (!k || !str_u64(str_of(k), &n, UINT32_MAX) || n < 2 || !change(w, &one, &none) ||
		!trust_load_text(&ignored, buf_span(&w->text), w->path.p, w->a, &none))
		return false;
	trust_unload(&ignored);
	return err_hint(e,
		"add the others first, and say --quorum %s with the last %s that the number needs",
		k, kind->name);
}

static bool add(struct adding *w, const struct kind *kind, struct err *e)
{
	struct trust_edit edit = { .append = true };
	struct trust_file before = { 0 }, after = { 0 };
	bool first;

	if (!kind->add(w, &edit, e) ||
		!trust_load_text(&before, buf_span(&w->text), w->path.p, w->a, e))
		return false;
	first = !strcmp(kind->name, "witness") && !before.logs.n_witnesses;
	trust_unload(&before);
	edit.value = buf_str(&w->element);
	if (!change(w, &edit, e) || !change_quorum(w, kind, first, e))
		return false;
	if (!trust_load_text(&after, buf_span(&w->text), w->path.p, w->a, e))
		return too_early(w, kind, e);
	trust_unload(&after);
	return file_write(AT_FDCWD, w->path.p, buf_span(&w->text), w->mode, e);
}

static bool run(const struct verb_args *args, int *code, struct err *e)
{
	struct adding w = { .args = args,
		.a = arena_new(TRUST_ADD_MEMORY_MAX),
		.element = buf_init(YAML_SIZE_MAX) };
	const struct kind *kind = NULL;
	bool ok = find_kind(&kind, args, e) && read_file(&w, e) && add(&w, kind, e);

	(void)code;
	if (ok)
		line_print(stdout, "added a %s to %.*s", kind->name, STR_ARG(w.path));
	buf_done(&w.element);
	buf_done(&w.text);
	arena_free(w.a);
	return ok;
}

const struct verb cmd_trust_add = {
	.name = "trust add",
	.summary = "trust a rebuilder, signer, log, witness or root",
	.usage = "KIND",
	.min_args = 1,
	.max_args = 1,
	.options = options,
	.example =
		"assay trust add rebuilder --name alice-1 --operator Alice \\\n    --key ed25519:...",
	.run = run,
};
