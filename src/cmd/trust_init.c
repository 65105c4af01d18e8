/* assay trust init: a trust file to begin with, which trusts nobody. */
#define ASSAY_MAY_ASK_THE_MACHINE
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "cmd/line.h"
#include "cmd/trust_load.h"
#include "cmd/verbs.h"
#include "sys/file.h"
#include "base/banned.h"

enum { PATH_MEMORY_MAX = 1 << 20 };

static const char text[] =
	"# Whom you trust: read by assay where it needs somebody's word (assay-trust(5)). What is published can never add to this.\n"
	"# Nobody is trusted yet. `assay trust add` adds lines and keeps these; `assay trust show` says in sentences what stands here.\n"
	"format: assay.trust/1\n"
	"\n"
	"# Who rebuilds images, and how many operators must have got the same before reference values count:\n"
	"# rebuilders:\n"
	"#   - name: alice-1\n"
	"#     operator: Alice\n"
	"#     key: ed25519:...          # as `assay key show` prints it\n"
	"# vouchers:\n"
	"#   rebuilders: 2\n"
	"\n"
	"# Who may say which images are current:\n"
	"# signers:\n"
	"#   - name: vendor\n"
	"#     key: p256:...\n"
	"\n"
	"# Transparency logs, who watches them, and how many of those must have signed:\n"
	"# logs:\n"
	"#   - origin: log.example.org/images\n"
	"#     key: log.example.org/images+...\n"
	"# witnesses:\n"
	"#   quorum: 2\n"
	"#   keys:\n"
	"#     - witness.example.net+...\n"
	"\n"
	"# How old what they signed may be. These are the values that hold without these lines:\n"
	"# max-age:\n"
	"#   cosignature: 7d\n"
	"#   channel: 30d\n"
	"#   statement: 365d\n"
	"\n"
	"# Makers of TPMs, and confidential hardware that the verifier does not know by itself:\n"
	"# tpm-roots:\n"
	"#   - name: TPM maker X\n"
	"#     certificate: maker-x-root.pem\n";

static bool make_folder(const char *path, struct arena *a, struct err *e)
{
	const char *slash = strrchr(path, '/');
	struct str folder = str_make(path, slash ? (size_t)(slash - path) : 0);

	if (!folder.n)
		return true;
	folder = arena_str(a, folder);
	return folder.p ? file_mkdirs(AT_FDCWD, folder.p, e) : arena_full(a, e);
}

/* Whatever is there already, a link too, stays. */
static bool write_new(const char *path, struct err *e)
{
	CLEANUP(file_closep)
	int fd = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0644);

	if (fd < 0 && errno == EEXIST) {
		err_set(e, ERR_USAGE, "'%s' is there already, and stays as it is", path);
		return err_hint(
			e, "`assay trust show` says what it trusts, `assay trust add` adds to it");
	}
	if (fd < 0)
		return err_os(e, "cannot write '%s'", path);
	return file_pwrite(fd, text, sizeof text - 1, 0, path, e) &&
	       (fsync(fd) == 0 || err_os(e, "cannot write '%s'", path));
}

static bool run(const struct verb_args *args, int *code, struct err *e)
{
	CLEANUP(arena_freep) struct arena *a = arena_new(PATH_MEMORY_MAX);
	struct str path = trust_load_path(verb_value(args, "--trust"), a);

	(void)code;
	if (!path.p)
		return err_set(e, ERR_USAGE, "neither $XDG_CONFIG_HOME nor $HOME says where") ||
		       err_hint(e, "name a file with --trust");
	if (!make_folder(path.p, a, e) || !write_new(path.p, e))
		return false;
	line_print(stdout, "wrote %.*s, which trusts nobody yet", STR_ARG(path));
	return true;
}

static const struct verb_option options[] = {
	{ "--trust", "FILE", "where (~/.config/assay/trust.yaml)", false },
	{ 0 },
};

const struct verb cmd_trust_init = {
	.name = "trust init",
	.summary = "write a trust file that trusts nobody yet",
	.usage = "",
	.options = options,
	.example = "assay trust init",
	.run = run,
};
