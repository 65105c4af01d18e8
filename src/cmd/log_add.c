/* assay log add: files become entries of a log, all in one go. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/mem.h"
#include "cmd/line.h"
#include "cmd/log_key.h"
#include "cmd/verbs.h"
#include "codec/json.h"
#include "log/log_append.h"
#include "sys/file.h"
#include "trust/tlog_tile.h"
#include "base/banned.h"

#define LOG_ADD_FORMAT "assay.log-add/1"
enum { LIST_MAX = 4 << 20, PATH_SIZE_MAX = 4096, JSON_MAX = 1 << 30 };

/* Paths of what is added, in its order. */
struct names {
	char **p;
	size_t n;
};

static void names_done(struct names *names)
{
	for (size_t i = 0; i < names->n; i++)
		free(names->p[i]);
	free(names->p);
}

static bool take(struct names *names, const char *path, struct err *e)
{
	if (names->n == LIST_MAX)
		return err_set(e, ERR_LIMIT, "more than %d files at once", LIST_MAX);
	if ((names->n & (names->n - 1)) == 0)
		names->p = mem_grow(names->p, names->n ? 2 * names->n : 1, sizeof *names->p);
	names->p[names->n++] = mem_string(str_of(path));
	return true;
}

/* One path a line. */
static bool take_lines(struct names *names, FILE *from, const char *list, struct err *e)
{
	char line[PATH_SIZE_MAX + 2];

	while (fgets(line, sizeof line, from)) {
		size_t n = strlen(line);

		if (n && line[n - 1] == '\n')
			line[--n] = '\0';
		if (!n || n > PATH_SIZE_MAX)
			return err_set(e, ERR_FORMAT, "'%s': line %zu is no path of a file", list,
				names->n + 1);
		if (!take(names, line, e))
			return false;
	}
	return !ferror(from) || err_os(e, "cannot read '%s'", list);
}

static bool take_list(struct names *names, const char *list, struct err *e)
{
	FILE *from = strcmp(list, "-") ? fopen(list, "re") : stdin;
	bool ok;

	if (!from)
		return err_os(e, "cannot open '%s'", list);
	ok = take_lines(names, from, list, e);
	if (from != stdin)
		fclose(from);
	return ok;
}

static bool collect(struct names *names, const struct verb_args *args, struct err *e)
{
	const char *list = verb_value(args, "--list");

	for (size_t i = 1; i < verb_n_args(args); i++)
		if (!take(names, verb_arg(args, i), e))
			return false;
	if (list && !take_list(names, list, e))
		return false;
	if (names->n)
		return true;
	err_set(e, ERR_USAGE, "nothing is to be added");
	return err_hint(e, "name files, or with --list a file that names one a line");
}

static bool add_all(uint64_t *first, struct log_folder *l, const struct private_key *key,
	const struct names *names, struct err *e)
{
	CLEANUP(log_append_freep) struct log_append *a = NULL;

	if (!log_append_begin(&a, l, key, e))
		return false;
	for (size_t i = 0; i < names->n; i++) {
		CLEANUP(buf_done) struct buf bytes = { 0 };
		uint64_t at;

		if (!file_read(AT_FDCWD, names->p[i], TLOG_TILE_ENTRY_MAX, &bytes, e))
			return e->kind == ERR_LIMIT
				       ? err_hint(e,
						 "an entry is a statement about files by their digests, not the files")
				       : false;
		if (!log_append_entry(a, buf_span(&bytes), &at, e))
			return err_wrap(e, "'%s'", names->p[i]);
		if (i == 0)
			*first = at;
	}
	return log_append_end(a, e);
}

static void put_json(
	struct buf *out, const struct checkpoint *c, const struct names *names, uint64_t first)
{
	struct json_out w = json_out_to(out);

	json_object(&w);
	json_put_cstr(&w, "format", LOG_ADD_FORMAT);
	json_put_str(&w, "origin", c->origin);
	json_put_uint(&w, "size", c->size);
	json_put_hex(&w, "root", SPAN_OF(c->root.bytes));
	json_key(&w, "entries");
	json_array(&w);
	for (size_t i = 0; i < names->n; i++) {
		json_object(&w);
		json_put_uint(&w, "index", first + i);
		json_put_cstr(&w, "file", names->p[i]);
		json_end_object(&w);
	}
	json_end_array(&w);
	json_end_object(&w);
}

static bool report(const struct log_folder *l, const struct names *names, uint64_t first,
	const struct verb_args *args, struct err *e)
{
	CLEANUP(buf_done) struct buf out = buf_init(JSON_MAX);
	struct checkpoint c;
	struct span note;

	if (!log_folder_checkpoint(&c, &note, l, e))
		return false;
	if (!verb_flag(args, "--json")) {
		for (size_t i = 0; i < names->n; i++)
			line_print(
				stdout, "%llu  %s", (unsigned long long)(first + i), names->p[i]);
		verb_say(args, "the log has %llu entries", (unsigned long long)c.size);
		return fflush(stdout) == 0 || err_os(e, "cannot write the result");
	}
	put_json(&out, &c, names, first);
	if (!buf_ok(&out))
		return buf_full(&out, "the result", e);
	return (fwrite(out.p, 1, out.n, stdout) == out.n && fflush(stdout) == 0) ||
	       err_os(e, "cannot write the result");
}

static bool run(const struct verb_args *args, int *code, struct err *e)
{
	CLEANUP(private_key_freep) struct private_key *key = NULL;
	CLEANUP(log_folder_freep) struct log_folder *l = NULL;
	CLEANUP(names_done) struct names names = { 0 };
	uint64_t first = 0;

	(void)code;
	return collect(&names, args, e) && log_folder_open(&l, verb_arg(args, 0), e) &&
	       log_key_of(&key, l, args, e) && add_all(&first, l, key, &names, e) &&
	       report(l, &names, first, args, e);
}

static const struct verb_option options[] = {
	{ "--list", "FILE", "add files that this names, one a line; - for stdin", false },
	{ "--key", "FILE", "the log's private key (the one of assay log init)", false },
	{ "--json", NULL, "print the result as JSON", false },
	{ 0 },
};

const struct verb cmd_log_add = {
	.name = "log add",
	.summary = "add files to a transparency log, as entries",
	.usage = "FOLDER [FILE...]",
	.min_args = 1,
	.max_args = VERB_ARGS_MAX,
	.options = options,
	.example = "assay log add log statement.dsse.json",
	.run = run,
};
