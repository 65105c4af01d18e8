#define ASSAY_MAY_ASK_THE_MACHINE
#include "box/box_fixed.h"

#include <errno.h>
#include <stdio.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <unistd.h>

#include "box/box_fixed_texts.h"
#include "box/box_namespace.h"
#include "box/trace_urandom.h"
#include "sys/file.h"
#include "base/banned.h"

enum { MACHINE_TEXT_MAX = 1 << 20, PLACE_MAX = 512 };

/* The fixed text, or the machine's own of `machine` when the channel is released; without it the fixed one still. */
static void text_of(const struct box_fixed_text *f, const struct box_view *v, const char *machine,
	struct buf *out)
{
	struct err ignored = { 0 };

	if (!box_view_fixes(v, f->channel) &&
		file_read(AT_FDCWD, machine, MACHINE_TEXT_MAX, out, &ignored))
		return;
	box_fixed_write(f, v, out);
}

static bool put(const char *path, struct span bytes, mode_t mode, struct err *e)
{
	char parent[PLACE_MAX];

	snprintf(parent, sizeof parent, "%s", path);
	*strrchr(parent, '/') = 0;
	return file_mkdirs(AT_FDCWD, parent, e) && file_replace(AT_FDCWD, path, bytes, mode, e);
}

/* A table's files below `to`; what is released is read below `machine`. */
static bool put_all(const struct box_fixed_text *f, const struct box_view *v, const char *to,
	const char *machine, struct err *e)
{
	for (; f->at; f++) {
		CLEANUP(buf_done) struct buf text = { 0 };
		char path[PLACE_MAX], own[PLACE_MAX];

		snprintf(path, sizeof path, "%s/%s", to, f->at);
		snprintf(own, sizeof own, "%s/%s", machine, f->at);
		text_of(f, v, own, &text);
		if (!put(path, buf_span(&text), 0444, e))
			return false;
	}
	return true;
}

/* What tells how processors share cores: each is one, all are in one package. */
static bool put_processor(unsigned i, struct err *e)
{
	static const struct {
		const char *name;
		bool number; /* else 0 */
	} topology[] = {
		{ "core_id", true },
		{ "physical_package_id", false },
		{ "thread_siblings_list", true },
		{ "core_cpus_list", true },
	};

	for (size_t k = 0; k < ARRAY_LEN(topology); k++) {
		char path[PLACE_MAX], text[16];

		snprintf(path, sizeof path, "sys/devices/system/cpu/cpu%u/topology/%s", i,
			topology[k].name);
		snprintf(text, sizeof text, "%u\n", topology[k].number ? i : 0);
		if (!put(path, str_span(str_of(text)), 0444, e))
			return false;
	}
	return true;
}

bool box_fixed_sys(const struct box_view *v, struct err *e)
{
	long own = sysconf(_SC_NPROCESSORS_CONF);
	unsigned n = box_view_fixes(v, BOX_PROCESSORS) || own < 1 ? v->n_processors : (unsigned)own;

	if (!put_all(box_fixed_sys_files, v, "sys", "/sys", e))
		return false;
	for (unsigned i = 0; i < n; i++)
		if (!put_processor(i, e))
			return false;
	return true;
}

/* Shows what is at `from` over what is at `at`, read only. What is not there need not be covered. */
static bool cover(const char *from, const char *at, struct err *e)
{
	struct mount_attr attr = { .attr_set = MOUNT_ATTR_RDONLY | MOUNT_ATTR_NOSUID |
					       MOUNT_ATTR_NODEV | MOUNT_ATTR_NOEXEC };
	CLEANUP(file_closep)
	int fd = open_tree(
		AT_FDCWD, from, OPEN_TREE_CLONE | OPEN_TREE_CLOEXEC | AT_SYMLINK_NOFOLLOW);

	if (fd >= 0 && mount_setattr(fd, "", AT_EMPTY_PATH, &attr, sizeof attr) == 0 &&
		(move_mount(fd, "", AT_FDCWD, at, MOVE_MOUNT_F_EMPTY_PATH) == 0 || errno == ENOENT))
		return true;
	err_os(e, "cannot mount '/%s' in the box", at);
	return box_namespace_explain(e);
}

static bool cover_fixed(const char *stage, const struct box_view *v, struct err *e)
{
	char from[PLACE_MAX];

	for (const struct box_fixed_text *f = box_fixed_proc; f->at; f++) {
		CLEANUP(buf_done) struct buf text = { 0 };

		if (!box_view_fixes(v, f->channel))
			continue;
		snprintf(from, sizeof from, "%s/%s", stage, f->at);
		box_fixed_write(f, v, &text);
		if (!put(from, buf_span(&text), 0444, e) || !cover(from, f->at, e))
			return false;
	}
	return true;
}

static bool is_number(const char *name)
{
	return name[0] >= '0' && name[0] <= '9';
}

/* Everything in /proc that is neither ours nor a process comes to be unreadable. */
static bool hide_rest(const char *stage, struct err *e)
{
	char file[PLACE_MAX], folder[PLACE_MAX], at[PLACE_MAX];
	char **names = NULL;
	size_t n = 0;
	bool ok = true;

	snprintf(file, sizeof file, "%s/hidden/file", stage);
	snprintf(folder, sizeof folder, "%s/hidden/folder", stage);
	if (!put(file, (struct span){ 0 }, 0, e) || !file_mkdirs(AT_FDCWD, folder, e) ||
		!file_names(AT_FDCWD, "proc", &names, &n, e))
		return false;
	if (chmod(folder, 0) < 0)
		ok = err_os(e, "cannot protect '%s' in the box", folder);
	for (size_t i = 0; ok && i < n; i++) {
		struct stat st;

		if (is_number(names[i]) || box_fixed_in_proc(str_of(names[i])))
			continue;
		snprintf(at, sizeof at, "proc/%s", names[i]);
		if (lstat(at, &st) == 0 && !S_ISLNK(st.st_mode))
			ok = cover(S_ISDIR(st.st_mode) ? folder : file, at, e);
	}
	file_names_free(names, n);
	return ok;
}

/* /proc/sys, and in it the folder of the files that the tracer serves. */
static bool mount_settings(
	const char *stage, const struct box_view *v, struct box_fixed *ret, struct err *e)
{
	char to[PLACE_MAX], served[PLACE_MAX];

	snprintf(to, sizeof to, "%s/sys", stage);
	snprintf(served, sizeof served, "%s/sys/assay", stage);
	if (!put_all(box_fixed_settings, v, to, "proc/sys", e) ||
		!put_all(box_fixed_process, v, served, "proc/self", e) || !cover(to, "proc/sys", e))
		return false;
	ret->served = open(served, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	return ret->served >= 0 || err_os(e, "cannot open '/%s' in the box", served);
}

static bool mount_random(
	const char *stage, const struct box_view *v, struct box_fixed *ret, struct err *e)
{
	char file[PLACE_MAX];

	ret->random = -1;
	if (!box_view_fixes(v, BOX_RANDOM))
		return true;
	snprintf(file, sizeof file, "%s/random", stage);
	if (!put(file, (struct span){ 0 }, 0644, e))
		return false;
	ret->random = open(file, O_RDWR | O_CLOEXEC);
	if (ret->random < 0)
		return err_os(e, "cannot open '/%s' in the box", file);
	return cover(file, "dev/random", e) && cover(file, "dev/urandom", e);
}

bool box_fixed_mount(
	const struct box_view *v, const char *stage, struct box_fixed *ret, struct err *e)
{
	struct box_fixed made = { -1, -1 };
	char options[64];

	snprintf(options, sizeof options, "mode=755,size=%u", TRACE_URANDOM_SIZE + (16U << 20));
	if (mount("tmpfs", stage, "tmpfs", MS_NOSUID | MS_NODEV | MS_NOEXEC, options) < 0) {
		err_os(e, "cannot mount a tmpfs on '/%s' in the box", stage);
		return box_namespace_explain(e);
	}
	if (!cover_fixed(stage, v, e) || !mount_settings(stage, v, &made, e) ||
		!hide_rest(stage, e) || !mount_random(stage, v, &made, e))
		return false;
	if (umount2(stage, MNT_DETACH) < 0)
		return err_os(e, "cannot finish '/proc' in the box");
	*ret = made;
	return true;
}
