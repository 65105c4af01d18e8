/* assay init: a new folder with a description that works as it stands. */
#define ASSAY_MAY_ASK_THE_MACHINE
#include <stdio.h>
#include <stdlib.h>

#include "base/buf.h"
#include "base/mem.h"
#include "cmd/line.h"
#include "cmd/shell_word.h"
#include "cmd/spelling.h"
#include "cmd/verbs.h"
#include "template/new_folder.h"
#include "template/template.h"
#include "base/banned.h"

enum { PATH_TEXT_MAX = 65536, PRIVILEGED_BELOW = 1024, HIGHER = 10000 };

static bool find_template(const char *name, enum template_kind *ret, struct err *e)
{
	const char *near = NULL;

	for (size_t i = 0; template_names[i]; i++) {
		if (!strcmp(name, template_names[i])) {
			*ret = (enum template_kind)i;
			return true;
		}
		if (spelling_near(str_of(name), str_of(template_names[i])))
			near = template_names[i];
	}
	err_set(e, ERR_USAGE, "there is no template '%s'", name);
	if (near)
		return err_hint(e, "did you mean %s? there are systemd, minimal and service", near);
	return err_hint(e, "there are systemd, minimal and service");
}

static bool take_request(const struct verb_args *args, struct template_request *r, struct err *e)
{
	const char *kind = verb_value(args, "--template"), *port;

	r->name = verb_value(args, "--name");
	r->binary = verb_value(args, "--binary");
	r->app = verb_value(args, "--app");
	r->exec = verb_value(args, "--exec");
	/* A program says which template is meant. */
	r->kind = r->binary || r->app ? TEMPLATE_SERVICE : TEMPLATE_SYSTEMD;
	if (kind && !find_template(kind, &r->kind, e))
		return false;
	while ((port = verb_nth(args, "--port", r->n_ports))) {
		if (r->n_ports == TEMPLATE_PORTS_MAX)
			return err_set(e, ERR_LIMIT, "more than %d ports", TEMPLATE_PORTS_MAX) ||
			       err_hint(e, "write the others into assay.yaml afterwards");
		r->ports[r->n_ports++] = port;
	}
	return true;
}

/* A path in the new folder as a person types it, owned by the caller. */
static char *typed(const char *dir, const char *name)
{
	struct buf b = buf_init(PATH_TEXT_MAX);
	CLEANUP(mem_free) char *path = NULL;

	if (!strcmp(dir, "."))
		buf_add_cstr(&b, name);
	else
		buf_printf(
			&b, "%s%s%s", dir, name[0] && dir[strlen(dir) - 1] != '/' ? "/" : "", name);
	path = buf_take_cstr(&b);
	return shell_word(path);
}

static void print_written(const struct tree *t, const char *dir)
{
	size_t n;
	const struct node *nodes = tree_nodes(t, &n);

	printf("wrote in %s:", dir);
	for (size_t i = 0; i < n; i++)
		if (nodes[i].path.n && !tree_parent(nodes[i].path).n)
			printf(" %s%s", nodes[i].path.p, nodes[i].kind == NODE_FOLDER ? "/" : "");
	putchar('\n');
}

/* Ports that an ordinary user cannot have on the host are led to by higher ones. */
static void print_forwards(const struct template_request *r)
{
	for (size_t i = 0; i < r->n_ports; i++) {
		struct str number, protocol;
		uint64_t n = 0;

		(void)str_cut(str_of(r->ports[i]), '/', &number, &protocol);
		if (str_u64(number, &n, UINT16_MAX) && n < PRIVILEGED_BELOW)
			printf(" --forward %llu:%llu", (unsigned long long)n + HIGHER,
				(unsigned long long)n);
		else
			printf(" --forward %.*s", STR_ARG(number));
		if (str_is(protocol, "udp"))
			fputs("/udp", stdout);
	}
}

static void print_next(const char *dir, const struct template_request *r)
{
	bool here = !strcmp(dir, ".");
	CLEANUP(mem_free) char *folder = typed(dir, ""), *out = NULL, *trust = NULL, *values = NULL;

	out = typed(dir, "out");
	trust = typed(dir, "trust.yaml");
	values = typed(dir, "out/reference-values.json");
	puts("next:");
	printf("  assay lock%s%s\n", here ? "" : " ", here ? "" : folder);
	printf("  assay build%s%s --output %s\n", here ? "" : " ", here ? "" : folder, out);
	printf("  assay run %s --port 8080", out);
	print_forwards(r);
	printf(" --trust-out %s\n", trust);
	puts("and while that runs, from another terminal:");
	printf("  assay verify http://127.0.0.1:8080 --reference-values %s --trust %s\n", values,
		trust);
}

static bool run(const struct verb_args *args, int *code, struct err *e)
{
	const char *dir = verb_arg(args, 0) ? verb_arg(args, 0) : ".";
	CLEANUP(tree_freep) struct tree *tree = NULL;
	struct template_request r = { 0 };
	struct template_made m;

	(void)code;
	if (!take_request(args, &r, e) || !template_make(&m, &r, e))
		return false;
	tree = m.tree;
	if (!new_folder_write(tree, dir, e))
		return false;
	if (m.interpreter.n)
		line_print(stderr,
			"note: the program asks for %.*s: unless it is in the folder with its libraries, "
			"name their packages under packages: of assay.yaml",
			STR_ARG(m.interpreter));
	if (verb_quiet(args))
		return true;
	print_written(tree, dir);
	print_next(dir, &r);
	return true;
}

static const struct verb_option options[] = {
	{ "--template", "NAME", "systemd (the default), minimal or service", false },
	{ "--name", "NAME", "of the image", false },
	{ "--binary", "FILE", "service: a static program", false },
	{ "--app", "DIR", "service: a folder with a program and its files", false },
	{ "--exec", "LINE", "service: what to start: PROGRAM ARGUMENT...", false },
	{ "--port", "N/tcp", "service: a port that the program listens on", true },
	{ 0 },
};

const struct verb cmd_init = {
	.name = "init",
	.summary = "write a new description that works as it stands",
	.usage = "[DIR]",
	.max_args = 1,
	.options = options,
	.example = "assay init --template service --binary ./app --port 8000/tcp my-app",
	.run = run,
};
