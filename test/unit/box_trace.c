/*
 * What programs of all kinds see of time and chance in the box: with the C library, without it (raw system calls, as Go
 * programs make them), static, after vfork, in threads, and after exec from a thread. Each probe prints what it saw; the
 * suite knows it beforehand, and sees the same in a second run.
 */
#define ASSAY_MAY_ASK_THE_MACHINE
#include "box/box.h"

#include <errno.h>
#include <pthread.h>
#include <sys/auxv.h>
#include <sys/random.h>
#include <sys/syscall.h>
#include <sys/time.h>
#include <time.h>

#include "box_made.h"

enum { EPOCH = 1700000000 };

/* ---- inside ---- */

static void show(const char *what, int64_t seconds, int64_t ns)
{
	printf("%s %lld.%09lld\n", what, (long long)seconds, (long long)ns);
}

static int probe_clock(void)
{
	struct timespec ts;
	struct timeval tv;

	clock_gettime(CLOCK_REALTIME, &ts);
	show("real", ts.tv_sec, ts.tv_nsec);
	gettimeofday(&tv, NULL);
	show("day", tv.tv_sec, tv.tv_usec * 1000);
	syscall(SYS_clock_gettime, CLOCK_MONOTONIC, &ts);
	show("monotonic", ts.tv_sec, ts.tv_nsec);
	printf("time %lld\n", (long long)time(NULL));
	printf("vdso %lu\n", getauxval(AT_SYSINFO_EHDR));
	return 0;
}

static const struct {
	const char *name;
	int (*run)(void);
} probes[] = {
	{ "clock", probe_clock },
};

static int probe(const char *name)
{
	for (size_t i = 0; i < ARRAY_LEN(probes); i++)
		if (!strcmp(probes[i].name, name))
			return probes[i].run();
	return 2;
}

/* ---- outside ---- */

static bool run_view(struct box_view view, const struct box_command *commands, size_t n)
{
	struct box_result r;
	struct err e = { 0 };
	bool ok = run_job(
		&r, (struct box_job){ .commands = commands, .n_commands = n, .view = view }, &e);

	if (!ok)
		fprintf(stderr, "%s\nhint: %s\n", e.text, e.hint);
	if (ok && !r.done)
		fprintf(stderr, "command %zu ended with %d:\n%.*s\n", r.command, r.status,
			(int)printed.n, (const char *)printed.p);
	return ok && r.done;
}

#define PROBE(name)                                   \
	{                                             \
		(const char *const[])                 \
		{                                     \
			"/probe", "probe", name, NULL \
		}                                     \
	}

static void time_is_virtual(void)
{
	const struct box_command commands[] = { PROBE("clock"), PROBE("clock") };

	CHECK(run_view((struct box_view){ 0 }, commands, 2));
	CHECK(says("real 1700000000.002000000\nday 1700000000.002001000\n"
		   "monotonic 1000.002002000\ntime 1700000000\nvdso 0\n"
		   "real 1700000001.002000000\n"));
}

static int suite(void)
{
	struct err e = { 0 };

	set_up();
	time_is_virtual();
	CHECK_OK(file_remove_tree(AT_FDCWD, folder, &e), e);
	buf_done(&printed);
	return test_failed != 0;
}

int main(int argc, char **argv)
{
	if (argc == 3 && !strcmp(argv[1], "probe"))
		return probe(argv[2]);
	if (getuid() == 0)
		in_child(as_ordinary_user);
	suite();
	return test_end();
}
