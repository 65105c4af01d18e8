/* assay diff: what differs between two images, at the deepest layer, and which registers it moves. */
#include <stdio.h>

#include "cmd/diff_show.h"
#include "cmd/verbs.h"
#include "sys/file.h"
#define ASSAY_MAY_ASK_THE_MACHINE
#include "base/banned.h"

enum { DOCUMENT_MAX = 512 << 20, WINDOW = 512 };

static bool write_html(
	const struct diff_report *r, const char *a, const char *b, const char *path, struct err *e)
{
	CLEANUP(buf_done) struct buf page = buf_init(DOCUMENT_MAX);

	diff_show_html(r, a, b, &page);
	if (!buf_ok(&page))
		return buf_full(&page, "the page", e);
	return file_replace(AT_FDCWD, path, buf_span(&page), 0644, e);
}

static bool print_json(const struct diff_report *r, const char *a, const char *b, struct err *e)
{
	CLEANUP(buf_done) struct buf text = buf_init(DOCUMENT_MAX);

	diff_show_json(r, a, b, &text);
	if (!buf_ok(&text))
		return buf_full(&text, "the result", e);
	return fwrite(text.p, 1, text.n, stdout) == text.n || err_os(e, "cannot write the result");
}

static bool run(const struct verb_args *args, int *code, struct err *e)
{
	const char *a = verb_arg(args, 0), *b = verb_arg(args, 1);
	const char *html = verb_value(args, "--html");
	CLEANUP(arena_freep) struct arena *arena = arena_new(DIFF_ARENA_MAX);
	const struct diff_options options = {
		.window = WINDOW,
		.disk_times = verb_flag(args, "--times"),
	};
	struct diff_report r;

	if (!diff_paths(&r, a, b, &options, arena, e))
		return false;
	if (html && !write_html(&r, a, b, html, e))
		return false;
	if (verb_flag(args, "--json")) {
		if (!print_json(&r, a, b, e))
			return false;
	} else if (!verb_quiet(args)) {
		diff_show_text(&r, verb_flag(args, "--all"));
	}
	if (!r.equal)
		*code = VERB_NO;
	return true;
}

static const struct verb_option options[] = {
	{ "--all", NULL, "every difference, and what follows from others", false },
	{ "--times", NULL, "of folders of the disk: times of files differ, too", false },
	{ "--json", NULL, "print the result as JSON", false },
	{ "--html", "FILE", "write one page that needs nothing else", false },
	{ 0 },
};

const struct verb cmd_diff = {
	.name = "diff",
	.summary = "say what differs between two images, files or folders",
	.usage = "A B",
	.min_args = 2,
	.max_args = 2,
	.options = options,
	.example = "assay diff out/disk.img other/disk.img",
	.run = run,
};
