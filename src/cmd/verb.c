#include "cmd/verb.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/mem.h"
#include "cmd/line.h"
#include "cmd/spelling.h"
#define ASSAY_MAY_ASK_THE_MACHINE
#include "base/banned.h"

struct given {
	const struct verb_option *option;
	const char *value;
};

struct verb_args {
	const char *args[VERB_ARGS_MAX];
	size_t n_args;
	struct given *given;
	size_t n_given;
	bool quiet, help;
};

const char *verb_nth(const struct verb_args *a, const char *option, size_t i)
{
	for (size_t g = 0; g < a->n_given; g++)
		if (!strcmp(a->given[g].option->name, option) && i-- == 0)
			return a->given[g].value ? a->given[g].value : "";
	return NULL;
}

const char *verb_value(const struct verb_args *a, const char *option)
{
	const char *last = NULL, *v;

	for (size_t i = 0; (v = verb_nth(a, option, i)); i++)
		last = v;
	return last;
}

bool verb_flag(const struct verb_args *a, const char *option)
{
	return verb_nth(a, option, 0) != NULL;
}

const char *verb_arg(const struct verb_args *a, size_t i)
{
	return i < a->n_args ? a->args[i] : NULL;
}

size_t verb_n_args(const struct verb_args *a)
{
	return a->n_args;
}

bool verb_quiet(const struct verb_args *a)
{
	return a->quiet;
}

void verb_say(const struct verb_args *a, const char *fmt, ...)
{
	va_list ap;

	if (a->quiet)
		return;
	va_start(ap, fmt);
	line_print_list(stderr, fmt, ap);
	va_end(ap);
}

void verb_hint(const char *hint)
{
	fflush(stdout);
	fprintf(stderr, "hint: %s\n", hint);
}

void verb_args_free(struct verb_args *a)
{
	if (!a)
		return;
	free(a->given);
	free(a);
}

/* The option that an unknown one may have been meant as, or NULL. */
static const char *meant(const struct verb *v, struct str name)
{
	for (const struct verb_option *o = v->options; o && o->name; o++)
		if (spelling_near(name, str_of(o->name)))
			return o->name;
	return NULL;
}

static bool unknown(const struct verb *v, struct err *e, struct str name)
{
	const char *option = meant(v, name);

	err_set(e, ERR_USAGE, "unknown option '%.*s'", STR_ARG(name));
	if (option)
		return err_hint(e, "did you mean %s? assay %s --help shows all", option, v->name);
	return err_hint(e, "assay %s --help shows what it takes", v->name);
}

static bool usage(const struct verb *v, struct err *e, const char *what, struct str name)
{
	err_set(e, ERR_USAGE, "%s '%.*s'", what, STR_ARG(name));
	return err_hint(e, "assay %s --help shows what it takes", v->name);
}

/* The letters mean the same in every verb that has the option. */
static struct str long_name(struct str word)
{
	if (str_is(word, "-o"))
		return STR("--output");
	if (str_is(word, "-h"))
		return STR("--help");
	return str_is(word, "-q") ? STR("--quiet") : word;
}

/* The option that `word` names up to a '='; --help and --quiet are everybody's. */
static const struct verb_option *find_option(const struct verb *v, struct str name)
{
	static const struct verb_option common[] = {
		{ "--help", NULL, "show this help", false },
		{ "--quiet", NULL, "no progress", false },
	};

	name = long_name(name);
	for (const struct verb_option *o = v->options; o && o->name; o++)
		if (str_is(name, o->name))
			return o;
	for (size_t i = 0; i < ARRAY_LEN(common); i++)
		if (str_is(name, common[i].name))
			return &common[i];
	return NULL;
}

static bool take_option(
	const struct verb *v, struct verb_args *a, int argc, char **argv, int *i, struct err *e)
{
	struct str name, value;
	bool attached = str_cut(str_of(argv[*i]), '=', &name, &value);
	const struct verb_option *o = find_option(v, name);
	CLEANUP(mem_free) char *terminated = o ? mem_string(str_of(o->name)) : NULL;
	const char *text = attached ? value.p : NULL;

	if (!o)
		return unknown(v, e, name);
	if (!o->value && attached)
		return usage(v, e, "no value is taken by", name);
	if (o->value && !attached) {
		if (*i + 1 >= argc)
			return usage(v, e, "a value is missing after", name);
		text = argv[++*i];
	}
	if (!o->many && verb_flag(a, terminated))
		return usage(v, e, "given twice:", name);
	a->help |= !strcmp(o->name, "--help");
	a->quiet |= !strcmp(o->name, "--quiet");
	a->given = mem_grow(a->given, a->n_given + 1, sizeof *a->given);
	a->given[a->n_given++] = (struct given){ o, text };
	return true;
}

static bool take_all(
	const struct verb *v, struct verb_args *a, int argc, char **argv, struct err *e)
{
	bool only_args = false;

	for (int i = 0; i < argc; i++) {
		if (!only_args && !strcmp(argv[i], "--")) {
			only_args = true;
		} else if (!only_args && argv[i][0] == '-' && argv[i][1]) {
			if (!take_option(v, a, argc, argv, &i, e))
				return false;
		} else if (a->n_args == VERB_ARGS_MAX || a->n_args == v->max_args) {
			return usage(v, e, "one argument too many:", str_of(argv[i]));
		} else {
			a->args[a->n_args++] = argv[i];
		}
	}
	if (!a->help && a->n_args < v->min_args) {
		err_set(e, ERR_USAGE, "an argument is missing: assay %s %s", v->name, v->usage);
		return err_hint(e, "assay %s --help shows what it takes", v->name);
	}
	return true;
}

bool verb_parse(const struct verb *v, int argc, char **argv, struct verb_args **ret, struct err *e)
{
	struct verb_args *a = MEM_NEW(struct verb_args);

	if (!take_all(v, a, argc, argv, e)) {
		verb_args_free(a);
		return false;
	}
	*ret = a;
	return true;
}
