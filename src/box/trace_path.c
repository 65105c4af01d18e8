#include "box/trace_path.h"

#include "box/box_fixed_texts.h"
#include "box/trace_proc.h"
#include "base/banned.h"

/* Beside /proc and /sys. A path that ends in '/' stands for all below it. */
static const char *const machine[] = {
	"/boot/",
	"/dev/disk/",
	"/dev/dri/",
	"/dev/kvm",
	"/dev/mem",
	"/dev/rtc",
	"/dev/rtc0",
	"/etc/hostid",
	"/etc/machine-id",
	"/etc/machine-info",
	"/home/",
	"/root/",
	"/run/systemd/",
	"/run/udev/",
	"/run/utmp",
	"/var/lib/dbus/machine-id",
	"/var/run/utmp",
};

static struct trace_path plain(void)
{
	return (struct trace_path){ TRACE_PATH_PLAIN, { NULL, 0 } };
}

static struct trace_path tells_of_machine(void)
{
	return (struct trace_path){ TRACE_PATH_MACHINE, { NULL, 0 } };
}

static const struct box_fixed_text *find(const struct box_fixed_text *table, struct str at)
{
	for (; table->at; table++)
		if (str_is(at, table->at))
			return table;
	return NULL;
}

/* Is there something below this folder in the table? */
static bool has_folder(const struct box_fixed_text *table, struct str at)
{
	for (; table->at; table++)
		if (at.n == 0 || (strlen(table->at) > at.n && table->at[at.n] == '/' &&
					 !memcmp(table->at, at.p, at.n)))
			return true;
	return false;
}

/* Without `prefix` and a slash; false when it is something else. */
static bool below(struct str path, const char *prefix, struct str *rest)
{
	size_t n = strlen(prefix);

	if (!str_starts(path, prefix) || (path.n > n && path.p[n] != '/'))
		return false;
	*rest = path.n > n ? str_make(path.p + n + 1, path.n - n - 1) : str_make(path.p + n, 0);
	return true;
}

static bool is_number(struct str s)
{
	uint64_t ignored;

	return str_u64(s, &ignored, UINT32_MAX);
}

/* A file of a process: "mounts" in /proc/self/mounts, /proc/12/task/13/mounts. */
static struct trace_path of_process(struct str rest, const struct box_view *v)
{
	const struct box_fixed_text *f;
	struct str task, thread;

	if (below(rest, "task", &task) && str_cut(task, '/', &thread, &rest) && !is_number(thread))
		return plain();
	if (trace_proc_knows(rest, v))
		return (struct trace_path){ TRACE_PATH_OWN, rest };
	f = find(box_fixed_process, rest);
	if (f && box_view_fixes(v, f->channel))
		return (struct trace_path){ TRACE_PATH_PROCESS, rest };
	return plain();
}

/* /proc/sys: all that there is in the box is in the table. */
static struct trace_path of_settings(struct str rest, const struct box_view *v)
{
	if (str_is(rest, "kernel/random/uuid"))
		return box_view_fixes(v, BOX_RANDOM)
			       ? (struct trace_path){ TRACE_PATH_UUID, { NULL, 0 } }
			       : plain();
	return str_is(rest, "assay") || str_starts(rest, "assay/") ||
			       find(box_fixed_settings, rest) ||
			       has_folder(box_fixed_settings, rest)
		       ? plain()
		       : tells_of_machine();
}

static struct trace_path of_proc(struct str path, struct str rest, const struct box_view *v)
{
	struct str first, more;

	if (rest.n == 0 || find(box_fixed_proc, str_make(path.p + 1, path.n - 1)))
		return plain();
	if (str_is(rest, "mounts"))
		return (struct trace_path){ TRACE_PATH_PROCESS, rest };
	if (below(rest, "sys", &more))
		return of_settings(more, v);
	if (!str_cut(rest, '/', &first, &more)) {
		first = rest;
		more = str_make(rest.p + rest.n, 0);
	}
	if (str_is(first, "1"))
		return (struct trace_path){ TRACE_PATH_ABSENT, { NULL, 0 } };
	if (str_is(first, "self") || str_is(first, "thread-self") || is_number(first))
		return of_process(more, v);
	return str_is(first, "net") ? plain() : tells_of_machine();
}

static bool is_processor(struct str rest)
{
	return below(rest, "devices/system/cpu", &rest) && str_starts(rest, "cpu") && rest.n > 3 &&
	       rest.p[3] >= '0' && rest.p[3] <= '9' &&
	       (str_find(rest, '/') == rest.n || str_ends(rest, "/topology") ||
		       str_ends(rest, "/topology/core_id") ||
		       str_ends(rest, "/topology/physical_package_id") ||
		       str_ends(rest, "/topology/thread_siblings_list") ||
		       str_ends(rest, "/topology/core_cpus_list"));
}

static struct trace_path of_sys(struct str rest)
{
	return find(box_fixed_sys_files, rest) || has_folder(box_fixed_sys_files, rest) ||
			       is_processor(rest)
		       ? plain()
		       : tells_of_machine();
}

struct trace_path trace_path_of(struct str path, const struct box_view *v)
{
	struct str rest;

	if (str_is(path, "/dev/random") || str_is(path, "/dev/urandom"))
		return box_view_fixes(v, BOX_RANDOM)
			       ? (struct trace_path){ TRACE_PATH_RANDOM, { NULL, 0 } }
			       : plain();
	if (str_is(path, "/etc/mtab"))
		return (struct trace_path){ TRACE_PATH_PROCESS, STR("mounts") };
	if (below(path, "/proc", &rest))
		return of_proc(path, rest, v);
	if (below(path, "/sys", &rest))
		return of_sys(rest);
	for (size_t i = 0; i < ARRAY_LEN(machine); i++)
		if (str_ends(str_of(machine[i]), "/") ? str_starts(path, machine[i])
						      : str_is(path, machine[i]))
			return tells_of_machine();
	return plain();
}
