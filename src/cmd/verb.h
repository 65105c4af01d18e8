/*
 * One verb of the command line: its options in one table, which feeds parsing, --help, usage errors, completions and
 * the comparison with the man page. Each verb lives in a file cmd/NAME.c of its own and only there things are printed.
 */
#ifndef ASSAY_CMD_VERB_H
#define ASSAY_CMD_VERB_H

#include "base/err.h"
#include "base/str.h"

/* Which assay this is, for `assay --version` and for a verdict. */
#define VERB_BUILD "assay 0.1.0"

enum { VERB_ARGS_MAX = 64, VERB_OPTIONS_MAX = 24 };

/* Exit codes of the tool: yes or done; a well-formed no; no answer. */
enum verb_exit { VERB_YES = 0, VERB_NO = 1, VERB_FAILED = 2 };

struct verb_option {
	const char *name;  /* "--store" */
	const char *value; /* what its argument is called ("DIR"), NULL for a flag */
	const char *help;  /* one line */
	bool many;         /* may be given more than once */
};

struct verb_args;

struct verb {
	const char *name;    /* "build"; a sub-verb has a space: "lock verify" */
	const char *summary; /* one line for `assay --help` */
	const char *usage;   /* the positional arguments: "[DIR]" */
	size_t min_args, max_args;
	const struct verb_option *options; /* ends with a zeroed entry */
	const char *example;               /* ends --help */
	/*
	 * The verb's work. Returns false with *e set for "no answer", or for a no that is one line of text (a stale lock)
	 * with *code VERB_NO; *code is VERB_YES before the call.
	 */
	bool (*run)(const struct verb_args *args, int *code, struct err *e);
};

/* The values of an option in the order given; n 0 when absent. */
const char *verb_value(const struct verb_args *a, const char *option); /* last one, or NULL */
const char *verb_nth(const struct verb_args *a, const char *option, size_t i); /* i-th, or NULL */
bool verb_flag(const struct verb_args *a, const char *option);
const char *verb_arg(const struct verb_args *a, size_t i); /* positional, or NULL */
size_t verb_n_args(const struct verb_args *a);

/* What this assay is for, and an example: two pieces of `assay --help`. */
extern const char *const verbs_about;
extern const char verbs_example[];

/* All verbs, in the order of --help; ends with NULL. */
extern const struct verb *const verbs[];

/* Options that every verb has are added by the parser: --help, -q/--quiet. */
bool verb_parse(const struct verb *v, int argc, char **argv, struct verb_args **ret,
	struct err *e) MUST_CHECK;
void verb_args_free(struct verb_args *a);
bool verb_quiet(const struct verb_args *a);

/* Progress: a line on standard error that steers nothing (cmd/line.h), whoever's words are in it; none with --quiet. */
void verb_say(const struct verb_args *a, const char *fmt, ...) PRINTF_LIKE(2, 3);
/* For a no that was printed as a result: what to do, on standard error behind it. */
void verb_hint(const char *hint);

#endif
