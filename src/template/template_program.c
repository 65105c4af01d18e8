#define ASSAY_MAY_ASK_THE_MACHINE
#include "template/template_program.h"

#include <sys/stat.h>
#include <unistd.h>

#include "base/mem.h"
#include "rootfs/elf.h"
#include "rootfs/entry.h"
#include "sys/file.h"
#include "tree/folder.h"
#include "base/banned.h"

#define FOLDER "service"
#define PLACE "usr/local/bin"
#define ORIGIN "overlay:" FOLDER

enum { COMMAND_MAX = 4096 };

/* ---- the line ---- */

/* A word of ExecStart=, whose quotes and escapes nobody needs here: '%' and '$' are doubled, blanks end a word. */
static bool add_word(struct buf *b, struct str word, struct err *e)
{
	for (size_t i = 0; i < word.n; i++) {
		char c = word.p[i];

		if (c <= ' ' || c >= 0x7f || strchr("\"'\\;", c)) {
			err_set(e, ERR_USAGE,
				"--exec: '%.*s' holds a quote, ';', '\\' or what is not ASCII",
				STR_ARG(word));
			return err_hint(e,
				"leave it out, and write it into overlay/etc/systemd/system/app.service afterwards");
		}
		if (c == '%' || c == '$')
			buf_u8(b, (uint8_t)c);
		buf_u8(b, (uint8_t)c);
	}
	return true;
}

/* "PATH ARGUMENT..." from the path and what followed the program in --exec. */
static bool make_command(
	struct template_program *p, struct tree *t, struct str arguments, struct err *e)
{
	CLEANUP(buf_done) struct buf b = buf_init(COMMAND_MAX);
	struct str word;

	if (!add_word(&b, p->path, e))
		return false;
	for (arguments = str_trim(arguments); arguments.n; arguments = str_trim(arguments)) {
		(void)str_cut(arguments, ' ', &word, &arguments);
		buf_u8(&b, ' ');
		if (!add_word(&b, word, e))
			return false;
	}
	if (!buf_ok(&b))
		return buf_full(&b, "--exec", e);
	p->command = arena_str(tree_arena(t), buf_str(&b));
	return p->command.p || arena_full(tree_arena(t), e);
}

/* ---- what it needs to run ---- */

/* The interpreter of an ELF program or a script; a file that is neither cannot be started. */
static bool find_interpreter(
	struct template_program *p, struct span file, struct arena *a, struct err *e)
{
	struct str found, rest, text = str_make((const char *)file.p, file.n);

	if (str_starts(text, "#!")) {
		(void)str_cut(str_make(text.p + 2, text.n - 2), '\n', &found, &rest);
		(void)str_cut(str_trim(found), ' ', &found, &rest);
	} else if (!elf_interpreter(file, &found, e)) {
		return false;
	}
	p->interpreter = arena_str(a, found);
	return p->interpreter.p || arena_full(a, e);
}

/* ---- one static program ---- */

static bool plain_name(struct str name)
{
	for (size_t i = 0; i < name.n; i++) {
		char c = name.p[i];

		if (!(c >= 'a' && c <= 'z') && !(c >= 'A' && c <= 'Z') && !(c >= '0' && c <= '9') &&
			!strchr("._+-", c))
			return false;
	}
	return name.n && name.p[0] != '.';
}

static struct str base_name(const char *path)
{
	const char *slash = strrchr(path, '/');

	return str_of(slash ? slash + 1 : path);
}

static bool check_static(const char *path, struct span file, struct err *e)
{
	struct str interpreter;

	if (!elf_interpreter(file, &interpreter, e)) {
		if (e->kind == ERR_MISMATCH)
			err_hint(e, "build it for x86-64");
		else
			err_hint(e,
				"a script or a program with files: put them into a folder, --app DIR "
				"--exec 'PATH/IN/DIR'");
		return err_wrap(e, "'%s' is no program for the image", path);
	}
	if (!interpreter.n)
		return true;
	err_set(e, ERR_MISMATCH, "'%s' is not static: it asks for '%.*s'", path,
		STR_ARG(interpreter));
	return err_hint(e,
		"link it statically (gcc -static; CGO_ENABLED=0 go build; cargo build --target "
		"x86_64-unknown-linux-musl), or give it with its libraries: --app DIR --exec "
		"'PATH/IN/DIR'");
}

/* With a binary, the first word of --exec is only its name. */
static bool binary_arguments(
	const struct template_request *r, struct str name, struct str *ret, struct err *e)
{
	struct str word;

	*ret = str_make("", 0);
	if (!r->exec)
		return true;
	(void)str_cut(str_trim(str_of(r->exec)), ' ', &word, ret);
	if (str_equal(word, name))
		return true;
	err_set(e, ERR_USAGE, "--exec begins with '%.*s', but the program is '%.*s'", STR_ARG(word),
		STR_ARG(name));
	return err_hint(e, "write --exec '%.*s ARGUMENT...'", STR_ARG(name));
}

static bool add_binary(
	struct template_program *p, struct tree *t, const struct template_request *r, struct err *e)
{
	CLEANUP(buf_done) struct buf bytes = { 0 };
	struct str name = base_name(r->binary), arguments, path;

	if (!plain_name(name)) {
		err_set(e, ERR_USAGE, "'%s' cannot be the program's name in the image", r->binary);
		return err_hint(e, "rename it: letters, digits and ._+- make a name");
	}
	if (!binary_arguments(r, name, &arguments, e) ||
		!file_read(AT_FDCWD, r->binary, TEMPLATE_PROGRAM_MAX, &bytes, e) ||
		!check_static(r->binary, buf_span(&bytes), e))
		return false;
	p->path = arena_printf(tree_arena(t), PLACE "/%.*s", STR_ARG(name));
	path = arena_printf(tree_arena(t), FOLDER "/%.*s", STR_ARG(p->path));
	if (!p->path.p || !path.p)
		return arena_full(tree_arena(t), e);
	return entry_file(t, path, buf_span(&bytes), 0755, ORIGIN, e) &&
	       make_command(p, t, arguments, e);
}

/* ---- a folder ---- */

/* For tree_from_folder: the bytes into the tree's memory. */
static bool put(void *ctx, int fd, struct content *ret, struct err *e)
{
	struct arena *a = ctx;
	struct content_memory *m = ARENA_NEW(a, struct content_memory);
	uint8_t *bytes;
	struct stat st;

	if (fstat(fd, &st) < 0)
		return err_os(e, "cannot look at a file");
	bytes = st.st_size <= TEMPLATE_PROGRAM_MAX ? arena_alloc(a, (size_t)st.st_size + 1) : NULL;
	if (!m || !bytes)
		return err_set(
			e, ERR_LIMIT, "more than %d MiB of files", TEMPLATE_PROGRAM_MAX >> 20);
	if (!file_pread(fd, bytes, (size_t)st.st_size, 0, "a file", e))
		return false;
	content_of_memory(ret, m, span_make(bytes, (size_t)st.st_size));
	return true;
}

/* The program is there and can be started. */
static bool check_program(
	struct template_program *p, struct tree *t, const char *app, struct err *e)
{
	struct str path = arena_printf(tree_arena(t), FOLDER "/%.*s", STR_ARG(p->path));
	const struct node *n = path.p ? entry_resolve(t, path) : NULL;
	CLEANUP(buf_done) struct buf bytes = { 0 };

	if (!n || n->kind != NODE_FILE) {
		err_set(e, ERR_NOTFOUND, "--exec: there is no file '%.*s' in '%s'",
			STR_ARG(p->path), app);
		return err_hint(e,
			"name the program as it is called in the folder; a script names its "
			"interpreter in its first line (#!)");
	}
	if (!(n->mode & 0111)) {
		err_set(e, ERR_USAGE, "'%s/%.*s' is not executable", app, STR_ARG(p->path));
		return err_hint(e, "chmod +x '%s/%.*s'", app, STR_ARG(p->path));
	}
	if (!entry_text(t, path, TEMPLATE_PROGRAM_MAX, &bytes, e))
		return false;
	if (find_interpreter(p, buf_span(&bytes), tree_arena(t), e))
		return true;
	err_hint(e, "a script begins with #! and its interpreter; a program is built for x86-64");
	return err_wrap(e, "'%s/%.*s' is no program for the image", app, STR_ARG(p->path));
}

static bool add_folder(
	struct template_program *p, struct tree *t, const struct template_request *r, struct err *e)
{
	const struct folder_put to_memory = { put, tree_arena(t) };
	struct str word, arguments;

	if (!r->exec) {
		err_set(e, ERR_USAGE, "--app needs --exec: what of '%s' is to be started?", r->app);
		return err_hint(e, "--exec 'usr/bin/app ARGUMENT...'");
	}
	(void)str_cut(str_trim(str_of(r->exec)), ' ', &word, &arguments);
	if (!word.n || !tree_check_path(word, e)) {
		err_set(e, ERR_USAGE, "--exec: '%.*s' is no path in the folder", STR_ARG(word));
		return err_hint(e, "no '/' before it: --exec 'usr/bin/app ARGUMENT...'");
	}
	p->path = arena_str(tree_arena(t), word);
	if (!p->path.p)
		return arena_full(tree_arena(t), e);
	return tree_from_folder(t, AT_FDCWD, r->app, STR(FOLDER), STR(ORIGIN), &to_memory, e) &&
	       check_program(p, t, r->app, e) && make_command(p, t, arguments, e);
}

bool template_program_add(struct template_program *ret, struct tree *t,
	const struct template_request *r, struct err *e)
{
	struct template_program p = { 0 };

	if (!r->binary == !r->app) {
		err_set(e, ERR_USAGE,
			r->app ? "--binary and --app are two programs"
			       : "the template 'service' needs a program");
		return err_hint(e,
			"--binary FILE for one static program, --app DIR --exec 'PATH ARGUMENT...' "
			"for a folder with one");
	}
	if (!(r->binary ? add_binary : add_folder)(&p, t, r, e))
		return false;
	*ret = p;
	return true;
}
