/* assay show: what is in an image, as a person would ask. */
#include "cmd/show_json.h"
#include "cmd/show_text.h"
#include "cmd/verbs.h"
#define ASSAY_MAY_ASK_THE_MACHINE
#include "base/banned.h"

static bool print_text(const struct show *s, const struct verb_args *args, int *code, struct err *e)
{
	const char *files = verb_value(args, "--files");
	bool packages = verb_flag(args, "--packages"), units = verb_flag(args, "--units"),
	     scripts = verb_flag(args, "--scripts");

	if (packages)
		show_text_packages(s);
	if (units)
		show_text_units(s);
	if (scripts)
		show_text_scripts(s);
	if (files && !show_text_files(s, str_of(files))) {
		*code = VERB_NO;
		err_set(e, ERR_NOTFOUND, "no file of the image is '%s'", files);
		return err_hint(e,
			"paths have no '/' at the start; * stops at a '/', ** does not: 'etc/**'");
	}
	if (!packages && !units && !scripts && !files)
		show_text_print(s);
	return true;
}

static bool run(const struct verb_args *args, int *code, struct err *e)
{
	const char *out = verb_arg(args, 0) ? verb_arg(args, 0) : "out";
	CLEANUP(show_load_done) struct show s = { 0 };

	if (!show_load(&s, out, verb_value(args, "--store"), e))
		return false;
	if (verb_flag(args, "--json")) {
		if (!show_json_print(&s, str_of(verb_value(args, "--files")), e))
			return false;
	} else if (!print_text(&s, args, code, e)) {
		return false;
	}
	if (s.other_manifest)
		*code = VERB_NO;
	return true;
}

static const struct verb_option options[] = {
	{ "--packages", NULL, "only the packages, with version and source", false },
	{ "--units", NULL, "only the units: enabled, pulled in, masked", false },
	{ "--scripts", NULL, "only what maintainer scripts changed", false },
	{ "--files", "GLOB", "only files of that path: usr/lib/assay/**", false },
	{ "--store", "DIR", "the store (~/.cache/assay)", false },
	{ "--json", NULL, "print all of it as JSON", false },
	{ 0 },
};

const struct verb cmd_show = {
	.name = "show",
	.summary = "show what is in an image: packages, users, units, registers",
	.usage = "[OUT]",
	.max_args = 1,
	.options = options,
	.example = "assay show out",
	.run = run,
};
