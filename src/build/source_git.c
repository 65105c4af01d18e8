#define ASSAY_MAY_ASK_THE_MACHINE
#include "build/source_git.h"

#include <assert.h>
#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>

#include "base/mem.h"
#include "build/source_pack.h"
#include "build/source_unpack.h"
#include "net/url.h"
#include "sys/file.h"
#include "sys/proc.h"
#include "base/banned.h"

enum { SAID_MAX = 1 << 20, SAID_SHOWN = 300, WORDS_MAX = 48, NO_PROGRAM = 127 };

/* Of any file that git writes, in the shell's units of 512 bytes: 8 GiB. */
#define FILE_MAX_BLOCKS "16777216"

/* Nothing of the user's or the machine's configuration reaches git. */
static const char *const fixed_env[] = {
	"PATH=/usr/local/bin:/usr/bin:/bin",
	"HOME=/nonexistent",
	"LC_ALL=C",
	"GIT_CONFIG_NOSYSTEM=1",
	"GIT_CONFIG_SYSTEM=/dev/null",
	"GIT_CONFIG_GLOBAL=/dev/null",
	"GIT_ATTR_NOSYSTEM=1",
	"GIT_TERMINAL_PROMPT=0",
	"GIT_ASKPASS=/bin/false",
	"GIT_ALLOW_PROTOCOL=https:http:file",
	"GIT_PROTOCOL_FROM_USER=0",
	"GIT_NO_REPLACE_OBJECTS=1",
	"GIT_NO_LAZY_FETCH=1",
};

/* How this machine reaches others is its own business. */
static const char *const proxies[] = { "http_proxy", "https_proxy", "HTTPS_PROXY", "all_proxy",
	"ALL_PROXY", "no_proxy", "NO_PROXY" };

/* The shell sets the one limit that posix_spawn cannot. */
static const char *const fixed_args[] = { "sh", "-c", "ulimit -f \"$0\" && exec git \"$@\"",
	FILE_MAX_BLOCKS, "-c", "core.hooksPath=/dev/null", "-c", "core.fsmonitor=false", "-c",
	"core.attributesFile=/dev/null", "-c", "gc.auto=0", "-c", "maintenance.auto=false", "-c",
	"credential.helper=", "-c", "protocol.version=2", "-c", "http.lowSpeedLimit=1000", "-c",
	"http.lowSpeedTime=60" };

/* Above every .gitattributes of the tree: all files stay, and their bytes as they were committed. */
static const char attributes[] =
	"* -export-ignore -export-subst -text -eol -crlf -ident -filter -working-tree-encoding\n";

/* Arguments or environment of a child. */
struct words {
	char *v[WORDS_MAX + 1];
	size_t n;
};

static void words_add(struct words *w, const char *a, const char *b)
{
	struct buf text = buf_init(strlen(a) + strlen(b) + 1);

	buf_add_cstr(&text, a);
	buf_add_cstr(&text, b);
	assert(w->n < WORDS_MAX);
	w->v[w->n++] = buf_take_cstr(&text);
}

static void words_done(struct words *w)
{
	while (w->n)
		free(w->v[--w->n]);
}

/* One commit under way, below the scratch folder tmp. */
struct taking {
	char *tmp, *url;
	char repo[PATH_MAX], tar[PATH_MAX], tree[PATH_MAX];
	const char *commit;
};

/* The last line that says something is the one that matters. */
static bool git_says(struct str said, struct err *e)
{
	struct str line, last = { 0 };

	while (said.n) {
		str_cut(said, '\n', &line, &said);
		line = str_trim(line);
		if (line.n)
			last = line;
	}
	for (size_t i = 0; i < last.n; i++)
		if ((unsigned char)last.p[i] < 0x20)
			last.n = i;
	if (last.n > SAID_SHOWN)
		last.n = SAID_SHOWN;
	return err_set(e, ERR_IO, "git says: %.*s", STR_ARG(last));
}

static void add_env(struct words *env)
{
	for (size_t i = 0; i < ARRAY_LEN(fixed_env); i++)
		words_add(env, fixed_env[i], "");
	for (size_t i = 0; i < ARRAY_LEN(proxies); i++) {
		const char *value = getenv(proxies[i]);
		CLEANUP(mem_free) char *name = NULL;
		struct buf b = buf_init(64);

		if (!value)
			continue;
		buf_printf(&b, "%s=", proxies[i]);
		name = buf_take_cstr(&b);
		words_add(env, name, value);
	}
}

/* git with these arguments, which end with NULL. Fails with what git said. */
static bool git(const struct taking *t, const char *const *args, struct err *e)
{
	CLEANUP(words_done) struct words argv = { 0 }, env = { 0 };
	CLEANUP(buf_done) struct buf said = buf_init(SAID_MAX);
	int status;

	for (size_t i = 0; i < ARRAY_LEN(fixed_args); i++)
		words_add(&argv, fixed_args[i], "");
	if (url_is_loopback(t->url)) {
		words_add(&argv, "-c", "");
		words_add(&argv, "http.proxy=", "");
	}
	words_add(&argv, "--git-dir=", t->repo);
	for (size_t i = 0; args[i]; i++)
		words_add(&argv, args[i], "");
	add_env(&env);
	if (!proc_run(argv.v, env.v, NULL, &said, &status, e))
		return false;
	if (status == NO_PROGRAM) {
		err_set(e, ERR_NOTFOUND, "this machine has no git");
		return err_hint(e, "install it, or take the sources as a tarball");
	}
	return status == 0 || git_says(buf_str(&said), e);
}

/* Only the commit, where the other side gives one by its id; else all that it has. */
static bool fetch(const struct taking *t, struct err *e)
{
	const char *const one[] = { "fetch", "-q", "--depth=1", "--no-tags",
		"--no-write-fetch-head", "--no-recurse-submodules", "--", t->url, t->commit, NULL };
	const char *const all[] = { "fetch", "-q", "--no-tags", "--no-write-fetch-head",
		"--no-recurse-submodules", "--", t->url, "+refs/heads/*:refs/heads/*",
		"+refs/tags/*:refs/tags/*", NULL };
	struct err why = { 0 };

	if (git(t, one, &why))
		return true;
	if (why.kind == ERR_NOTFOUND) {
		*e = why;
		return false;
	}
	return git(t, all, e);
}

static bool has_commit(const struct taking *t, struct err *e)
{
	CLEANUP(buf_done) struct buf object = buf_init(128);
	CLEANUP(mem_free) char *name = NULL;
	struct err why = { 0 };

	buf_printf(&object, "%s^{commit}", t->commit);
	name = buf_take_cstr(&object);
	const char *const args[] = { "cat-file", "-e", name, NULL };

	if (git(t, args, &why))
		return true;
	err_set(e, ERR_NOTFOUND, "'%s' has no commit %s", t->url, t->commit);
	return err_hint(
		e, "is it the full id of a commit, and on a branch or tag of that repository?");
}

/* An empty repository whose attributes go before those of the tree. */
static bool make_repository(const struct taking *t, struct err *e)
{
	CLEANUP(file_closep) int dir = -1;
	const char *const args[] = { "init", "-q", "--bare", "--template=",
		strlen(t->commit) == 2 * SHA256_SIZE ? "--object-format=sha256"
						     : "--object-format=sha1",
		t->repo, NULL };

	if (!git(t, args, e))
		return false;
	dir = open(t->repo, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (dir < 0)
		return err_os(e, "cannot open '%s'", t->repo);
	return file_mkdirs(dir, "info", e) &&
	       file_replace(dir, "info/attributes", str_span(str_of(attributes)), 0644, e);
}

static bool take_tree(const struct taking *t, uint8_t *ret, struct store *s, struct err *e)
{
	CLEANUP(tree_freep) struct tree *list = tree_new(SOURCE_UNPACK_METADATA_MAX);
	CLEANUP(buf_done) struct buf output = buf_init(PATH_MAX + 16);
	CLEANUP(mem_free) char *option = NULL;
	CLEANUP(file_closep) int fd = -1, dir = -1;
	uint8_t of_tar[SHA256_SIZE];
	struct stat st;

	buf_printf(&output, "--output=%s", t->tar);
	option = buf_take_cstr(&output);
	const char *const args[] = { "archive", "--format=tar", option, t->commit, NULL };

	if (!git(t, args, e))
		return false;
	fd = file_open(AT_FDCWD, t->tar, e);
	if (fd < 0)
		return false;
	if (fstat(fd, &st) < 0 || mkdir(t->tree, 0755) < 0)
		return err_os(e, "cannot unpack '%s'", t->tar);
	dir = open(t->tree, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (dir < 0)
		return err_os(e, "cannot open '%s'", t->tree);
	return source_unpack(list, dir, fd, (uint64_t)st.st_size, 0, of_tar, e) &&
	       source_pack(ret, s, list, e);
}

/* A repository beside the description is asked in the same way as one far away. */
static bool find_url(char **ret, const char *dir, const struct source_request *r, struct err *e)
{
	CLEANUP(buf_done) struct buf given = buf_init(PATH_MAX);
	CLEANUP(mem_free) char *path = NULL, *real = NULL;

	if (!r->path.n) {
		*ret = mem_string(r->url);
		return true;
	}
	buf_printf(&given, "%s/%.*s", dir, STR_ARG(r->path));
	if (!buf_ok(&given))
		return buf_full(&given, "the path of a repository", e);
	path = buf_take_cstr(&given);
	real = realpath(path, NULL);
	if (real)
		return url_of_base(ret, str_of(real), e);
	err_os(e, "cannot open the repository '%s'", path);
	if (e->os == ENOENT)
		e->kind = ERR_NOTFOUND;
	return false;
}

static bool take(struct taking *t, uint8_t *ret, struct store *s, struct err *e)
{
	if (snprintf(t->repo, sizeof t->repo, "%s/repo", t->tmp) >= (int)sizeof t->repo - 8)
		return err_set(e, ERR_LIMIT, "the path of the store is too long");
	snprintf(t->tar, sizeof t->tar, "%.4000s/tar", t->tmp);
	snprintf(t->tree, sizeof t->tree, "%.4000s/tree", t->tmp);
	return make_repository(t, e) && fetch(t, e) && has_commit(t, e) && take_tree(t, ret, s, e);
}

bool source_git_fetch(uint8_t ret[static SHA256_SIZE], struct store *s, const char *dir,
	const struct source_request *r, struct err *e)
{
	CLEANUP(mem_free) char *url = NULL;
	CLEANUP(mem_free) char *commit = mem_string(r->commit);
	struct taking t = { .commit = commit };
	bool ok;

	if (!find_url(&url, dir, r, e))
		return false;
	t.url = url;
	if (!store_tmpdir(s, &t.tmp, e))
		return false;
	ok = take(&t, ret, s, e);
	store_tmpdir_remove(s, t.tmp);
	return ok || err_wrap(e, "git commit %s of '%s'", commit, url);
}
