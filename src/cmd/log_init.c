/* assay log init: a new transparency log in a folder. */
#include <stdio.h>
#include <stdlib.h>

#include "cmd/key_file.h"
#include "cmd/line.h"
#include "cmd/verbs.h"
#include "codec/json.h"
#include "log/log_folder.h"
#include "base/banned.h"

#define LOG_INIT_FORMAT "assay.log-init/1"
enum { JSON_MAX = 1 << 16 };

static void free_path(char **p)
{
	free(*p);
}

static bool report(const struct log_folder *l, const struct verb_args *args, struct err *e)
{
	CLEANUP(buf_done) struct buf key = buf_init(NOTE_KEY_TEXT_MAX), out = buf_init(JSON_MAX);
	struct json_out w = json_out_to(&out);

	note_key_write(&key, log_folder_key(l));
	if (!verb_flag(args, "--json")) {
		line_print(stdout, "log %.*s in %s", STR_ARG(log_folder_key(l)->name),
			verb_arg(args, 0));
		line_print(stdout, "key %.*s", STR_ARG(buf_str(&key)));
		return true;
	}
	json_object(&w);
	json_put_cstr(&w, "format", LOG_INIT_FORMAT);
	json_put_str(&w, "origin", log_folder_key(l)->name);
	json_put_str(&w, "key", buf_str(&key));
	json_end_object(&w);
	return (buf_ok(&out) && fwrite(out.p, 1, out.n, stdout) == out.n) ||
	       err_os(e, "cannot write the result");
}

static bool run(const struct verb_args *args, int *code, struct err *e)
{
	const char *folder = verb_arg(args, 0), *origin = verb_value(args, "--origin"),
		   *path = verb_value(args, "--key");
	CLEANUP(private_key_freep) struct private_key *key = NULL;
	CLEANUP(log_folder_freep) struct log_folder *l = NULL;
	CLEANUP(free_path) char *kept = NULL;

	(void)code;
	if (!origin || !path) {
		err_set(e, ERR_USAGE,
			"wanted --origin and --key: what the log is called, and who signs");
		return err_hint(e,
			"an origin looks like example.org/releases; `assay key new` makes a key");
	}
	if (!key_file_load(&key, path, e))
		return false;
	kept = realpath(path, NULL);
	if (!kept)
		return err_os(e, "cannot find '%s'", path);
	return log_folder_make(folder, str_of(origin), key, kept, e) &&
	       log_folder_open(&l, folder, e) && report(l, args, e);
}

static const struct verb_option options[] = {
	{ "--origin", "NAME", "the log's name, the first line of what it signs", false },
	{ "--key", "FILE", "its private key (Ed25519, PEM, mode 0600)", false },
	{ "--json", NULL, "print the result as JSON", false },
	{ 0 },
};

const struct verb cmd_log_init = {
	.name = "log init",
	.summary = "make a transparency log in a folder",
	.usage = "FOLDER",
	.min_args = 1,
	.max_args = 1,
	.options = options,
	.example = "assay log init log --origin example.org/log --key log.pem",
	.run = run,
};
