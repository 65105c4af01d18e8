/*
 * Runs one command in the box with the host's /usr as its sysroot, for measuring what the box costs:
 *   boxed RELEASED FOLDER COMMAND...   RELEASED: none, all (then no system call stops), or channels by comma; "+x,y" releases all but x, y
 * FOLDER is seen as /src and its subfolder `out` as /out. The command's output goes to standard output, its exit code is ours.
 */
#define ASSAY_MAY_ASK_THE_MACHINE
#include "box/box.h"

#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/banned.h"

enum { PATH_SIZE = 4096 };

static uint32_t channels(struct str list, bool *ok)
{
	uint32_t bits = 0;
	struct str one;

	while (list.n) {
		enum box_channel c;

		str_cut(list, ',', &one, &list);
		c = box_channel_from_name(one);
		*ok = *ok && c != BOX_N_CHANNELS;
		bits |= 1U << c;
	}
	return bits;
}

static uint32_t released(const char *text, bool *ok)
{
	if (!strcmp(text, "none"))
		return 0;
	if (!strcmp(text, "all"))
		return BOX_ALL_CHANNELS;
	if (text[0] == '+')
		return BOX_ALL_CHANNELS & ~channels(str_of(text + 1), ok);
	return channels(str_of(text), ok);
}

static void make_root(const char *root)
{
	static const char *const links[] = { "bin", "sbin", "lib", "lib64" };
	char path[3 * PATH_SIZE], target[16];

	mkdir(root, 0755);
	for (size_t i = 0; i < ARRAY_LEN(links); i++) {
		snprintf(path, sizeof path, "%s/%s", root, links[i]);
		snprintf(target, sizeof target, "usr/%s", links[i]);
		if (symlink(target, path) < 0)
			continue; /* there from the run before */
	}
}

int main(int argc, char **argv)
{
	char root[2 * PATH_SIZE], out[2 * PATH_SIZE];
	const struct box_bind binds[] = { { .host = "/usr", .at = "/usr" },
		{ .host = argc > 2 ? argv[2] : "", .at = "/src" } };
	const struct box_command command = { (const char *const *)(argv + 3) };
	struct box_job job = {
		.sysroot = root,
		.binds = binds,
		.n_binds = ARRAY_LEN(binds),
		.out = out,
		.cwd = "/src",
		.commands = &command,
		.n_commands = 1,
		.source_date_epoch = 1700000000,
	};
	struct box_result r = { 0 };
	struct err e = { 0 };
	bool ok = argc > 3;

	if (ok)
		job.view.released = released(argv[1], &ok);
	if (!ok) {
		fprintf(stderr, "usage: boxed RELEASED FOLDER COMMAND...\n");
		return 2;
	}
	snprintf(root, sizeof root, "%s/root", argv[2]);
	snprintf(out, sizeof out, "%s/out", argv[2]);
	make_root(root);
	mkdir(out, 0755);
	if (!box_run(&r, &job, 1, &e)) {
		fprintf(stderr, "boxed: %s\n", e.text);
		return 2;
	}
	return r.done ? 0 : r.status;
}
