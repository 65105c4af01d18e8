/*
 * assay completion: the script by which bash completes the words of a command, made of the tables that the parser reads.
 * What a value or an argument may be follows from what the table calls it: a word in capitals names a kind (FILE, DIR),
 * words in small letters are what may be typed (systemd|minimal).
 */
#include <ctype.h>
#include <stdio.h>

#include "cmd/verbs.h"
#include "base/banned.h"

static const char options_of_all[] = "-q --quiet -h --help";

/* Capitals of the tables that stand for a path; all others are completed by nothing. */
static const char *const files[] = { "FILE", "PATH", "BUNDLE", "LOG", "UKI" };
static const char *const folders[] = { "DIR", "OUT", "OUT_DIR", "FOLDER" };

static bool is_one_of(struct str word, const char *const *list, size_t n)
{
	for (size_t i = 0; i < n; i++)
		if (str_is(word, list[i]))
			return true;
	return false;
}

/* The next word of "FILE|URL" or "PACKAGE [DIR]"; empty at the end. */
static struct str next_word(struct str *rest)
{
	struct str word;

	while (rest->n && strchr("[]| .", rest->p[0]))
		*rest = str_make(rest->p + 1, rest->n - 1);
	word = str_make(rest->p, 0);
	while (word.n < rest->n && !strchr("[]| .", word.p[word.n]))
		word.n++;
	*rest = str_make(rest->p + word.n, rest->n - word.n);
	return word;
}

/* Prints what the words of `text` may be, as an assignment to `variable`: "value='file'", "value='one two'". */
static void print_kind(const char *variable, const char *text)
{
	struct str rest = str_of(text), word;
	const char *path = NULL;

	printf("%s='", variable);
	for (const char *before = ""; (word = next_word(&rest)).n;) {
		if (is_one_of(word, files, ARRAY_LEN(files)))
			path = "/file";
		else if (is_one_of(word, folders, ARRAY_LEN(folders)))
			path = path ? path : "/folder";
		else if (islower((unsigned char)word.p[0])) {
			printf("%s%.*s", before, STR_ARG(word));
			before = " ";
		}
	}
	/* A word that starts with a slash is no word to type: it asks for paths. */
	printf("%s'", path ? path : "");
}

static void print_options(const struct verb *v)
{
	printf("\t\toptions='");
	for (const struct verb_option *o = v->options; o && o->name; o++)
		printf("%s%s ", !strcmp(o->name, "--output") ? "-o " : "", o->name);
	printf("%s'\n\t\t", options_of_all);
	print_kind("value", v->usage ? v->usage : "");
	printf("\n\t\tcase $before in\n");
	for (const struct verb_option *o = v->options; o && o->name; o++) {
		if (!o->value)
			continue;
		printf("\t\t%s%s) ", !strcmp(o->name, "--output") ? "-o | " : "", o->name);
		print_kind("options='' value", o->value);
		puts(" ;;");
	}
	puts("\t\tesac\n\t\t;;");
}

/* A verb of two words before the verb that is its first word alone: the first pattern that fits is taken. */
static void print_verbs(bool of_two_words)
{
	for (size_t i = 0; verbs[i]; i++) {
		if ((strchr(verbs[i]->name, ' ') != NULL) != of_two_words)
			continue;
		printf("\t'%s '*)\n", verbs[i]->name);
		print_options(verbs[i]);
	}
}

static const char script_start[] =
	"# Completes the words of assay in bash; printed by `assay completion bash`.\n"
	"_assay()\n"
	"{\n"
	"\tlocal word=${COMP_WORDS[COMP_CWORD]} before='' said='' options='' value='' next='' i\n"
	"\n"
	"\t# bash takes the '=' of --option=VALUE for a word of its own.\n"
	"\t[ \"$word\" != = ] || word=''\n"
	"\tfor ((i = 1; i < COMP_CWORD; i++)); do\n"
	"\t\t[ \"${COMP_WORDS[i]}\" != = ] || continue\n"
	"\t\tbefore=${COMP_WORDS[i]} said+=\"${COMP_WORDS[i]} \"\n"
	"\tdone\n"
	"\tcase $said in\n";

static const char script_end[] =
	"\tesac\n"
	"\tCOMPREPLY=()\n"
	"\tcase $word in\n"
	"\t-*) value='' next='' ;;\n"
	"\t*) [ -z \"$value$next\" ] || options='' ;;\n"
	"\tesac\n"
	"\tcase $value in\n"
	"\t*/file) mapfile -t COMPREPLY < <(compgen -f -- \"$word\") ;;\n"
	"\t*/folder) mapfile -t COMPREPLY < <(compgen -d -- \"$word\") ;;\n"
	"\tesac\n"
	"\t[ ${#COMPREPLY[@]} = 0 ] || compopt -o filenames 2>/dev/null\n"
	"\tvalue=${value%/*}\n"
	"\tmapfile -t -O ${#COMPREPLY[@]} COMPREPLY < <(compgen -W \"$next $value $options\" -- \"$word\")\n"
	"}\n"
	"complete -F _assay assay\n";

/* The second words that may follow `first`: of "lock" they are "verify", of "attest" they are "serve". */
static void print_second_words(struct str first)
{
	for (size_t i = 0; verbs[i]; i++) {
		struct str head, rest;

		if (str_cut(str_of(verbs[i]->name), ' ', &head, &rest) && str_equal(head, first))
			printf("%.*s ", STR_ARG(rest));
	}
}

static struct str first_word(const struct verb *v)
{
	struct str head, rest;

	return str_cut(str_of(v->name), ' ', &head, &rest) ? head : str_of(v->name);
}

/* The i-th verb is the first in the table with its first word. */
static bool is_first_of_its_word(size_t i)
{
	for (size_t k = 0; k < i; k++)
		if (str_equal(first_word(verbs[k]), first_word(verbs[i])))
			return false;
	return true;
}

static void print_first_words(void)
{
	for (size_t i = 0; verbs[i]; i++)
		if (is_first_of_its_word(i))
			printf("%.*s ", STR_ARG(first_word(verbs[i])));
}

/* What may stand in the place of the verb, directly after it, and after `help`. */
static void print_words(void)
{
	puts("\tesac\n\tcase $said in\n");
	printf("\t'') options='--help --version' next='");
	print_first_words();
	printf("help' ;;\n\t'help ') next='");
	print_first_words();
	puts("' ;;");
	for (size_t i = 0; verbs[i]; i++) {
		if (!is_first_of_its_word(i))
			continue;
		printf("\t'%.*s ' | 'help %.*s ') next='", STR_ARG(first_word(verbs[i])),
			STR_ARG(first_word(verbs[i])));
		print_second_words(first_word(verbs[i]));
		puts("' ;;");
	}
}

static bool run(const struct verb_args *args, int *code, struct err *e)
{
	(void)code;
	if (strcmp(verb_arg(args, 0), "bash") != 0) {
		err_set(e, ERR_USAGE, "there is no completion for the shell '%s'",
			verb_arg(args, 0));
		return err_hint(e, "assay completion bash is the one that there is");
	}
	fputs(script_start, stdout);
	print_verbs(true);
	print_verbs(false);
	print_words();
	fputs(script_end, stdout);
	return true;
}

static const struct verb_option options[] = { { 0 } };

const struct verb cmd_completion = {
	.name = "completion",
	.summary = "print the script that completes words of assay in a shell",
	.usage = "bash",
	.min_args = 1,
	.max_args = 1,
	.options = options,
	.example = "eval \"$(assay completion bash)\"",
	.run = run,
};
