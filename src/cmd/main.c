/*
 * assay VERB [OPTION...] [ARG...]: finds the verb, parses its options, runs it, and turns an error into one line and a
 * hint.
 */
#include <signal.h>
#include <stdio.h>

#include "cmd/hint.h"
#include "cmd/line.h"
#include "cmd/spelling.h"
#include "cmd/verb.h"
#include "base/banned.h"

static void help_all(void)
{
	puts("usage: assay VERB [OPTION...] [ARG...]\n");
	printf("%s\n\n", verbs_about);
	for (size_t i = 0; verbs[i]; i++)
		printf("  %-17s %s\n", verbs[i]->name, verbs[i]->summary);
	puts("\nassay VERB --help tells more; assay --version says which assay this is.");
	puts("Exit: 0 yes or done, 1 a well-formed no, 2 no answer.");
	printf("\nexample:\n  %s\n", verbs_example);
}

static void help_verb(const struct verb *v)
{
	printf("usage: assay %s [OPTION...] %s\n\n%s\n\noptions:\n", v->name, v->usage, v->summary);
	for (const struct verb_option *o = v->options; o && o->name; o++) {
		const char *letter = !strcmp(o->name, "--output") ? "-o, " : "";
		char left[40];

		snprintf(left, sizeof left, "%s%s%s%s", letter, o->name, o->value ? " " : "",
			o->value ? o->value : "");
		printf("  %-26s %s\n", left, o->help);
	}
	printf("  %-26s %s\n  %-26s %s\n", "-q, --quiet", "no progress", "-h, --help",
		"show this help");
	printf("\nexample:\n  %s\n", v->example);
}

/* The verb with the longest name that the words begin with; *n_words says how many words that are. */
static const struct verb *find(int argc, char **argv, int *n_words)
{
	const struct verb *found = NULL;

	for (size_t i = 0; verbs[i]; i++) {
		struct str first, second;
		bool two = str_cut(str_of(verbs[i]->name), ' ', &first, &second);
		int words = two ? 2 : 1;

		if (argc < words || !str_equal(str_of(argv[0]), first))
			continue;
		if (two && !str_equal(str_of(argv[1]), second))
			continue;
		if (!found || words > *n_words) {
			found = verbs[i];
			*n_words = words;
		}
	}
	return found;
}

/* A failing verb answers VERB_FAILED unless it said VERB_NO. */
static int fail(const char *verb, int code, const struct err *e)
{
	line_print(stderr, "assay: cannot %s: %s", verb, e->text);
	if (e->hint[0])
		line_print(stderr, "hint: %s", e->hint);
	else if (e->kind == ERR_USAGE)
		fprintf(stderr, "hint: assay %s --help shows what it takes\n", verb);
	else
		fprintf(stderr, "hint: %s\n", hint_of(e));
	return code == VERB_NO ? VERB_NO : VERB_FAILED;
}

/* The verb that an unknown word may have been meant as: one letter off, or the first word of two. */
static const char *meant(const char *word)
{
	for (size_t i = 0; verbs[i]; i++) {
		struct str first, second, name = str_of(verbs[i]->name);

		if (spelling_near(str_of(word), name))
			return verbs[i]->name;
		if (str_cut(name, ' ', &first, &second) && spelling_near(str_of(word), first))
			return verbs[i]->name;
	}
	return NULL;
}

static bool begins_with(const struct verb *v, const char *word)
{
	struct str first, second;

	return str_cut(str_of(v->name), ' ', &first, &second) && str_equal(str_of(word), first);
}

/* How many verbs of two words begin so: `assay help bundle`. */
static size_t family_size(const char *word)
{
	size_t n = 0;

	for (size_t i = 0; verbs[i]; i++)
		n += begins_with(verbs[i], word);
	return n;
}

static void help_family(const char *word)
{
	for (size_t i = 0; verbs[i]; i++)
		if (begins_with(verbs[i], word))
			printf("  %-17s %s\n", verbs[i]->name, verbs[i]->summary);
	puts("\nassay VERB --help tells more.");
}

static int unknown(const char *word)
{
	const char *verb = meant(word);

	line_print(stderr, "assay: there is no verb '%s'", word);
	if (family_size(word) > 1)
		fprintf(stderr, "hint: assay help %s lists those that begin so\n", word);
	else if (verb)
		fprintf(stderr, "hint: did you mean assay %s? assay --help lists all\n", verb);
	else
		fputs("hint: assay --help lists them\n", stderr);
	return VERB_FAILED;
}

/* Whether the last that was written arrived: the reason for what was lost before is that for which one more line is lost, too. */
static bool is_written(struct err *e)
{
	bool lost = ferror(stdout);

	if (fflush(stdout) != 0)
		return err_os(e, "cannot write the result");
	if (!lost)
		return true;
	clearerr(stdout);
	if (putchar('\n') == EOF || fflush(stdout) != 0)
		return err_os(e, "cannot write the result");
	return err_set(e, ERR_IO, "cannot write the result: some of it was lost") ||
	       err_hint(e, "look at what standard output goes to, and try again");
}

/* What a command that did its work ends with. */
static int end(const char *verb, int code)
{
	struct err e = { 0 };

	return is_written(&e) ? code : fail(verb, VERB_FAILED, &e);
}

/* `assay help VERB` is `assay VERB --help`. */
static int help(int argc, char **argv)
{
	int n_words = 0;
	const struct verb *v = argc ? find(argc, argv, &n_words) : NULL;

	if (v)
		help_verb(v);
	else if (!argc)
		help_all();
	else if (argc == 1 && family_size(argv[0]))
		help_family(argv[0]);
	else
		return unknown(argv[0]);
	return end("help", VERB_YES);
}

static int run_verb(const struct verb *v, int argc, char **argv)
{
	struct err e = { 0 };
	struct verb_args *args = NULL;
	int code = VERB_YES;
	bool ok;

	if (!verb_parse(v, argc, argv, &args, &e))
		return fail(v->name, VERB_FAILED, &e);
	if (verb_flag(args, "--help")) {
		help_verb(v);
		ok = true;
	} else {
		ok = v->run(args, &code, &e);
	}
	verb_args_free(args);
	return ok ? end(v->name, code) : fail(v->name, code, &e);
}

int main(int argc, char **argv)
{
	const struct verb *v;
	int n_words = 0;

	signal(SIGPIPE, SIG_IGN);
	if (argc < 2) {
		help_all();
		return VERB_FAILED;
	}
	if (!strcmp(argv[1], "--help") || !strcmp(argv[1], "-h") || !strcmp(argv[1], "help"))
		return help(argc - 2, argv + 2);
	if (!strcmp(argv[1], "--version")) {
		puts(VERB_BUILD);
		return end("say the version", VERB_YES);
	}
	v = find(argc - 1, argv + 1, &n_words);
	if (!v)
		return unknown(argv[1]);
	return run_verb(v, argc - 1 - n_words, argv + 1 + n_words);
}
