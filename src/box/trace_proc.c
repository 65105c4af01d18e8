#include "box/trace_proc.h"

#include <stdio.h>
#include <sys/sysmacros.h>

#include "box/trace_files.h"
#include "base/banned.h"

/* Numbers of fields, from 1. */
enum { STAT_AFTER_NAME = 3 };

/*
 * stat: faults, times, the start, resident pages, the processor, waits for disks and time of guests. The name in field 2
 * may hold anything, so that fields are counted from the last ')'.
 */
static const char *stat_field(unsigned i)
{
	switch (i) {
	case 10: /* minflt, cminflt, majflt, cmajflt */
	case 11:
	case 12:
	case 13:
	case 14: /* utime, stime, cutime, cstime */
	case 15:
	case 16:
	case 17:
	case 36: /* nswap, cnswap */
	case 37:
	case 39: /* processor */
	case 42: /* delayacct_blkio_ticks, guest_time, cguest_time */
	case 43:
	case 44:
		return "0";
	case 22: /* starttime: 1000 s, as /proc/uptime */
		return "100000";
	case 24: /* rss */
		return "1024";
	default:
		return NULL;
	}
}

static void write_stat(const struct trace_call *c, struct str text, struct buf *out)
{
	size_t head = text.n;
	unsigned i = STAT_AFTER_NAME;

	(void)c;
	while (head > 0 && text.p[head - 1] != ')')
		head--;
	buf_add(out, text.p, head);
	for (struct str rest = str_trim(str_make(text.p + head, text.n - head)), field; rest.n;
		i++) {
		const char *fixed = stat_field(i);

		(void)str_cut(rest, ' ', &field, &rest);
		/* Who reads its own is stopped only by the tracer. */
		if (i == STAT_AFTER_NAME && str_is(field, "t"))
			field = STR("R");
		buf_printf(out, " %.*s", fixed ? (int)strlen(fixed) : (int)field.n,
			fixed ? fixed : field.p);
	}
	buf_add_cstr(out, "\n");
}

/* What replaces the value of a line of status; "" takes the line away; NULL leaves it. */
static const char *status_value(struct str key)
{
	static const struct {
		const char *key, *value;
	} fixed[] = {
		{ "TracerPid", "0" },
		{ "SigQ", "0/1024" },
		{ "VmHWM", "4096 kB" },
		{ "VmRSS", "4096 kB" },
		{ "RssAnon", "2048 kB" },
		{ "RssFile", "2048 kB" },
		{ "RssShmem", "0 kB" },
		{ "VmPTE", "64 kB" },
		{ "VmLck", "0 kB" },
		{ "VmPin", "0 kB" },
		{ "VmSwap", "0 kB" },
		{ "HugetlbPages", "0 kB" },
		{ "voluntary_ctxt_switches", "1" },
		{ "nonvoluntary_ctxt_switches", "1" },
	};
	/* Which of these there are depends on the kernel's version and the processor. */
	static const char *const gone[] = { "untag_mask", "CoreDumping", "THP_enabled",
		"Seccomp_filters", "Speculation_Store_Bypass", "SpeculationIndirectBranch",
		"x86_Thread_features", "x86_Thread_features_locked", "Mems_allowed",
		"Mems_allowed_list", "Kthread" };

	for (size_t i = 0; i < ARRAY_LEN(fixed); i++)
		if (str_is(key, fixed[i].key))
			return fixed[i].value;
	for (size_t i = 0; i < ARRAY_LEN(gone); i++)
		if (str_is(key, gone[i]))
			return "";
	return NULL;
}

static void write_cpus(struct buf *out, struct str key, unsigned n)
{
	if (str_is(key, "Cpus_allowed_list"))
		buf_printf(out, n > 1 ? "Cpus_allowed_list:\t0-%u\n" : "Cpus_allowed_list:\t0\n",
			n - 1);
	else
		buf_printf(out, "Cpus_allowed:\t%llx\n", n < 64 ? (1ULL << n) - 1 : ~0ULL);
}

static void write_status(const struct trace_call *c, struct str text, struct buf *out)
{
	struct str line, key, value;

	while (str_cut(text, '\n', &line, &text)) {
		const char *fixed;

		if (!str_cut(line, ':', &key, &value))
			continue;
		fixed = status_value(key);
		if (str_is(key, "State") && str_starts(str_trim(value), "t"))
			buf_add_cstr(out, "State:\tR (running)\n");
		else if (str_is(key, "Cpus_allowed") || str_is(key, "Cpus_allowed_list"))
			write_cpus(out, key, c->t->view.n_processors);
		else if (!fixed)
			buf_printf(out, "%.*s\n", STR_ARG(line));
		else if (*fixed)
			buf_printf(out, "%.*s:\t%s\n", STR_ARG(key), fixed);
	}
}

/* A hexadecimal number of at most 8 digits. */
static bool read_hex(struct str s, unsigned *ret)
{
	unsigned n = 0;

	for (size_t i = 0; i < s.n; i++) {
		const char digit = s.p[i];

		if (digit >= '0' && digit <= '9')
			n = n << 4 | (unsigned)(digit - '0');
		else if (digit >= 'a' && digit <= 'f')
			n = n << 4 | (unsigned)(digit - 'a' + 10);
		else
			return false;
	}
	*ret = n;
	return s.n > 0 && s.n <= 8;
}

/* "addresses rights offset major:minor inode path" */
static void write_map(const struct trace_call *c, struct str line, struct buf *out)
{
	struct str rest = line, head[3], device, number, major_text, minor_text, path;
	struct trace_sight s = { .follow = false };
	unsigned major_number, minor_number;
	uint64_t ino;

	for (size_t i = 0; i < ARRAY_LEN(head); i++)
		str_cut(rest, ' ', &head[i], &rest);
	if (!str_cut(rest, ' ', &device, &rest) || !str_cut(rest, ' ', &number, &path) ||
		!str_cut(device, ':', &major_text, &minor_text) ||
		!read_hex(major_text, &major_number) || !read_hex(minor_text, &minor_number) ||
		!str_u64(number, &ino, UINT64_MAX) || ino == 0) {
		buf_printf(out, "%.*s\n", STR_ARG(line));
		return;
	}
	path = str_trim(path);
	snprintf(s.text, sizeof s.text, "%.*s", STR_ARG(path));
	snprintf(s.open, sizeof s.open, "%.*s", STR_ARG(path));
	buf_printf(out, "%.*s %.*s %.*s 00:%02x %llu    %.*s\n", STR_ARG(head[0]), STR_ARG(head[1]),
		STR_ARG(head[2]), TRACE_DEVICE,
		(unsigned long long)trace_files_number(
			c, (struct trace_inode){ makedev(major_number, minor_number), ino }, &s),
		STR_ARG(path));
}

static void write_maps(const struct trace_call *c, struct str text, struct buf *out)
{
	struct str line;

	while (str_cut(text, '\n', &line, &text))
		write_map(c, line, out);
}

static const struct {
	const char *name;
	enum box_channel channel;
	void (*write)(const struct trace_call *c, struct str text, struct buf *out);
} files[] = {
	{ "stat", BOX_CLOCK, write_stat },
	{ "status", BOX_PROCESSORS, write_status },
	{ "maps", BOX_FILE_NUMBERS, write_maps },
};

bool trace_proc_knows(struct str name, const struct box_view *v)
{
	for (size_t i = 0; i < ARRAY_LEN(files); i++)
		if (str_is(name, files[i].name))
			return box_view_fixes(v, files[i].channel);
	return false;
}

void trace_proc_rewrite(
	const struct trace_call *c, struct str name, struct str text, struct buf *out)
{
	for (size_t i = 0; i < ARRAY_LEN(files); i++)
		if (str_is(name, files[i].name))
			files[i].write(c, text, out);
}
