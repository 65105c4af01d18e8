/*
 * Texts of /proc/PID, rewritten.
 */
#include "box/trace_proc.h"

#include "box/trace_files.h"
#include "test.h"

static struct trace_files files;
static struct tracer tracer = { .files = &files };
static const struct trace_call call = { .t = &tracer };

static bool becomes(const char *name, const char *text, const char *want)
{
	CLEANUP(buf_done) struct buf out = buf_init(TRACE_PROC_MAX);

	trace_proc_rewrite(&call, str_of(name), str_of(text), &out);
	if (str_is(buf_str(&out), want))
		return true;
	fprintf(stderr, "got '%.*s'\n", STR_ARG(buf_str(&out)));
	return false;
}

static void stat_text(void)
{
	CHECK(becomes("stat",
		"3 (a) b) t 2 1 1 0 -1 4194304 70 71 72 73 14 15 16 17 20 0 1 0 987654 2994176 333 4 5"
		" 6 7 0 0 0 0 0 0 1 0 0 17 5 0 0 42 43 44 8 9 10 11 12 13 14 0\n",
		"3 (a) b) R 2 1 1 0 -1 4194304 0 0 0 0 0 0 0 0 20 0 1 0 100000 2994176 1024 4 5"
		" 6 7 0 0 0 0 0 0 1 0 0 17 0 0 0 0 0 0 8 9 10 11 12 13 14 0\n"));
	CHECK(becomes("stat", "3 (a) S 2\n", "3 (a) S 2\n"));
	CHECK(becomes("stat", "", "\n"));
}

static void status_text(void)
{
	CHECK(becomes("status",
		"Name:\tx\nState:\tt (tracing stop)\nTracerPid:\t1\nVmRSS:\t  12 kB\n"
		"Speculation_Store_Bypass:\tvulnerable\nCpus_allowed:\tff\nCpus_allowed_list:\t0-7\n"
		"voluntary_ctxt_switches:\t77\n",
		"Name:\tx\nState:\tR (running)\nTracerPid:\t0\nVmRSS:\t4096 kB\n"
		"Cpus_allowed:\tf\nCpus_allowed_list:\t0-3\nvoluntary_ctxt_switches:\t1\n"));
	CHECK(becomes("status", "State:\tS (sleeping)\nno colon\nlast", "State:\tS (sleeping)\n"));
}

static void maps_text(void)
{
	CHECK(becomes("maps",
		"1-2 rw-p 00000000 00:00 0                          [heap]\n"
		"2-3 rw-p 00000000 zz:00 7  /x\nodd\n\n",
		"1-2 rw-p 00000000 00:00 0                          [heap]\n"
		"2-3 rw-p 00000000 zz:00 7  /x\nodd\n\n"));
	/* A number follows from the path. */
	CHECK(becomes("maps", "1-2 r--p 00000000 fe:01 12345  /nonexistent name\n",
		"1-2 r--p 00000000 00:01 1977793979    /nonexistent name\n"));
}

static void names(void)
{
	const struct box_view all = { 0 }, no_clock = { .released = 1U << BOX_CLOCK };

	CHECK(trace_proc_knows(STR("stat"), &all) && !trace_proc_knows(STR("stat"), &no_clock));
	CHECK(!trace_proc_knows(STR("cmdline"), &all) && !trace_proc_knows(STR(""), &all));
}

int main(void)
{
	tracer.view.n_processors = 4;
	files.numbers = trace_numbers_new(1);
	stat_text();
	status_text();
	maps_text();
	names();
	return test_end();
}
