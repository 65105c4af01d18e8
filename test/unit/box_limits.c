/*
 * Runaways: each limit of the box ends it, says which it was, and leaves nothing. What stays within its limits is left
 * alone. Also the order of processes that can be disturbed.
 */
#define ASSAY_MAY_ASK_THE_MACHINE
#include "box/box.h"

#include <errno.h>
#include <pthread.h>
#include <sched.h>
#include <signal.h>
#include <sys/random.h>
#include <time.h>

#include "box_made.h"

/* ---- inside ---- */

static int probe_bomb(void)
{
	while (fork() >= 0)
		;
	return 1;
}

/* Far more than the limit of the jobs that run it, but an end is there also where nobody counts. */
static int probe_hundred(void)
{
	for (int i = 0; i < 100; i++)
		if (fork() == 0) {
			sleep(2);
			_exit(0);
		}
	sleep(1);
	return 0;
}

static void *wait_forever(void *arg)
{
	pause();
	return arg;
}

static int probe_threads(void)
{
	pthread_t thread;

	while (pthread_create(&thread, NULL, wait_forever, NULL) == 0)
		;
	return 1;
}

static void eat(size_t bytes)
{
	char *p = malloc(bytes);

	for (size_t i = 0; p && i < bytes; i += 4096)
		p[i] = 1;
	pause();
}

/* Eight processes, each within the limit. */
static int probe_memory(void)
{
	for (int i = 0; i < 7; i++)
		if (fork() == 0)
			eat(40 << 20);
	eat(40 << 20);
	return 0;
}

static int eat_200(void *arg)
{
	(void)arg;
	eat(200 << 20);
	return 0;
}

/* A child with its parent's memory, and the parent ends. */
static int probe_borrowed(void)
{
	static char stack[65536];
	pid_t middle = fork();

	if (middle == 0) {
		clone(eat_200, stack + sizeof stack, CLONE_VM, NULL);
		_exit(0);
	}
	waitpid(middle, NULL, 0);
	sleep(3);
	return 0;
}

static void *eat_later(void *arg)
{
	usleep(100000);
	eat(200 << 20);
	return arg;
}

/* What /proc tells of a first thread that ended is nothing. */
static int probe_headless(void)
{
	pthread_t thread;
	pid_t child = fork();

	if (child == 0) {
		pthread_create(&thread, NULL, eat_later, NULL);
		pthread_exit(NULL);
	}
	sleep(3);
	return 0;
}

/* Memory that is there once, in two processes: within the limit for 150 MiB, not for 250. */
static int map_shared(size_t bytes)
{
	char *p = mmap(NULL, bytes, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);

	memset(p, 1, bytes);
	if (fork() == 0) {
		memset(p, 2, bytes);
		usleep(600000);
		_exit(0);
	}
	wait(NULL);
	return 0;
}

static int probe_mapped(void)
{
	return map_shared(250 << 20);
}

static int probe_mapped_within(void)
{
	return map_shared(150 << 20);
}

/* One call keeps the tracer from its other business only so long. */
static int probe_random(void)
{
	const size_t size = 100 << 20;

	printf("random bytes %zd\n", getrandom(malloc(size), size, 0));
	return 0;
}

/* Makes children until it is killed, as far as the box sees in the middle of it. */
static void make_children(void)
{
	for (int i = 0; i < 20; i++)
		if (fork() == 0)
			_exit(0);
	pause();
}

/* Who asks for orphans gets them, those too whose making nobody told of. */
static int probe_orphans(void)
{
	prctl(PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0);
	for (unsigned i = 0; i < 12; i++) {
		pid_t maker = fork();

		if (maker == 0)
			make_children();
		usleep(i * 170);
		kill(maker, SIGKILL);
		while (wait(NULL) > 0)
			;
	}
	return 0;
}

/* What children share with their parent is there once. */
static int probe_shared(void)
{
	char *p = malloc(100 << 20);

	memset(p, 1, 100 << 20);
	for (int i = 0; i < 8; i++)
		if (fork() == 0) {
			usleep(600000);
			_exit(p[i] - 1);
		}
	for (int status; wait(&status) > 0;)
		CHECK(status == 0);
	return test_failed != 0;
}

static const struct {
	const char *name;
	int (*run)(void);
} probes[] = {
	{ "bomb", probe_bomb },
	{ "threads", probe_threads },
	{ "hundred", probe_hundred },
	{ "memory", probe_memory },
	{ "shared", probe_shared },
	{ "random", probe_random },
	{ "orphans", probe_orphans },
	{ "borrowed", probe_borrowed },
	{ "headless", probe_headless },
	{ "mapped", probe_mapped },
	{ "mapped-within", probe_mapped_within },
};

static int probe(const char *name)
{
	for (size_t i = 0; i < ARRAY_LEN(probes); i++)
		if (!strcmp(probes[i].name, name))
			return probes[i].run();
	return 2;
}

/* ---- outside ---- */

/* The limit that ended the job; NONE and done when none did. */
static enum box_limit job_ended_by(struct box_job job)
{
	struct box_result r = { 0 };
	struct err e = { 0 };

	job.n_commands = 1;
	CHECK_OK(run_job(&r, job, &e), e);
	CHECK(r.done == (r.limit == BOX_LIMIT_NONE));
	CHECK(r.timed_out == (r.limit == BOX_LIMIT_TIME));
	CHECK(r.done || r.status == 128 + SIGKILL);
	if (r.limit == BOX_LIMIT_NONE && !r.done)
		fprintf(stderr, "%.*s", (int)printed.n, (const char *)printed.p);
	return r.limit;
}

static enum box_limit ended_by(struct box_limits limits, const struct box_command *command)
{
	return job_ended_by((struct box_job){ .commands = command, .limits = limits });
}

/* Nothing is fixed, and no call stops. */
static enum box_limit released_ended_by(struct box_limits limits, const struct box_command *command)
{
	return job_ended_by((struct box_job){
		.commands = command, .limits = limits, .view = { .released = BOX_ALL_CHANNELS } });
}

static void processes(void)
{
	const struct box_limits few = { .n_processes = 100 };
	const struct box_command bomb = PROBE("bomb"), threads = PROBE("threads"),
				 some = SHELL(
					 "for i in 1 2 3 4 5 6 7 8; do sleep 0.1 & done; wait");

	CHECK(ended_by(few, &bomb) == BOX_LIMIT_PROCESSES);
	CHECK(says("more than 100 processes and threads at one time\n"));
	CHECK(ended_by(few, &threads) == BOX_LIMIT_PROCESSES);
	CHECK(ended_by(few, &some) == BOX_LIMIT_NONE);
	CHECK(ended_by((struct box_limits){ .n_processes = 1000 }, &bomb) == BOX_LIMIT_PROCESSES);
}

static void memory(void)
{
	const struct box_limits little = { .memory = 200 << 20 };
	const struct box_command eight = PROBE("memory"), shared = PROBE("shared");

	CHECK(ended_by(little, &eight) == BOX_LIMIT_MEMORY);
	CHECK(says("more than 209715200 bytes of memory\n"));
	CHECK(ended_by(little, &shared) == BOX_LIMIT_NONE);
}

static void memory_in_other_ways(void)
{
	const struct box_limits little = { .memory = 200 << 20 };
	const struct box_command borrowed = PROBE("borrowed"), headless = PROBE("headless"),
				 mapped = PROBE("mapped"), within = PROBE("mapped-within"),
				 files = SHELL("stat -f -c 'files %c' /tmp .");

	CHECK(ended_by(little, &borrowed) == BOX_LIMIT_MEMORY);
	CHECK(ended_by(little, &headless) == BOX_LIMIT_MEMORY);
	CHECK(ended_by(little, &mapped) == BOX_LIMIT_MEMORY);
	CHECK(ended_by(little, &within) == BOX_LIMIT_NONE);
	CHECK(released_ended_by((struct box_limits){ 0 }, &files) == BOX_LIMIT_NONE);
	CHECK(says("files 1000000\nfiles 1000000\n"));
}

static void tracer(void)
{
	const struct box_command random = PROBE("random"), orphans = PROBE("orphans");

	CHECK(ended_by((struct box_limits){ 0 }, &random) == BOX_LIMIT_NONE);
	CHECK(says("random bytes 1048576\n"));
	CHECK(ended_by((struct box_limits){ .n_processes = 100, .wall_s = 300 }, &orphans) ==
		BOX_LIMIT_NONE);
}

static void disk(void)
{
	const struct box_limits little = { .disk = 30 << 20 };
	const struct box_command
		build = SHELL("head -c 100000000 /dev/zero >/build/a; sleep 10"),
		out = SHELL("mkdir -p /out/d; head -c 40000000 /dev/zero >/out/d/a; sleep 10"),
		quick = SHELL("head -c 40000000 /dev/zero >/tmp/a"),
		within = SHELL(
			"head -c 20000000 /dev/zero >/build/a; ln /build/a /build/b; rm -rf /out/*");

	CHECK(ended_by(little, &build) == BOX_LIMIT_DISK);
	CHECK(says("more than 31457280 bytes of disk\n"));
	CHECK(ended_by(little, &out) == BOX_LIMIT_DISK);
	CHECK(ended_by(little, &quick) == BOX_LIMIT_DISK);
	CHECK(ended_by((struct box_limits){ .disk = 60 << 20 }, &within) == BOX_LIMIT_NONE);
}

/* For every caller, root too: to root the kernel's own limit of processes does not apply. */
static void all_released(void)
{
	const struct box_command hundred = PROBE("hundred"), eight = PROBE("memory"),
				 shared = PROBE("shared");
	const struct box_limits little = { .memory = 200 << 20 };

	CHECK(released_ended_by((struct box_limits){ .n_processes = 50 }, &hundred) ==
		BOX_LIMIT_PROCESSES);
	CHECK(says("more than 50 processes and threads at one time\n"));
	CHECK(released_ended_by((struct box_limits){ .n_processes = 150 }, &hundred) ==
		BOX_LIMIT_NONE);
	CHECK(released_ended_by(little, &eight) == BOX_LIMIT_MEMORY);
	CHECK(released_ended_by(little, &shared) == BOX_LIMIT_NONE);
}

static enum box_limit writable_ended_by(struct box_limits limits, const struct box_command *command)
{
	return job_ended_by(
		(struct box_job){ .commands = command, .limits = limits, .binds_writable = true });
}

/* What lies in a folder that the step sees before, and where nobody may look. */
static void disk_elsewhere(void)
{
	const struct box_limits little = { .disk = 30 << 20 };
	const struct box_command
		before = SHELL("head -c 40000000 /dev/zero >/src/before"),
		src = SHELL("rm /src/before; head -c 80000000 /dev/zero >/src/b; sleep 3"),
		within = SHELL("head -c 20000000 /dev/zero >/src/b; rm /src/*"),
		closed = SHELL(
			"mkdir -m 300 /out/d; head -c 40000000 /dev/zero >/out/d/a; sleep 3"),
		small = SHELL("mkdir -p /out/e/f; echo x >/out/e/f/a; chmod 0 /out/e; sleep 1;"
			      "chmod 700 /out/e; rm -r /out/e"),
		deep = SHELL("cd /out; for i in $(seq 500); do mkdir d; cd d; done; sleep 3");
	struct err e = { 0 };

	CHECK(writable_ended_by((struct box_limits){ .disk = 60 << 20 }, &before) ==
		BOX_LIMIT_NONE);
	CHECK(writable_ended_by(little, &src) == BOX_LIMIT_DISK);
	CHECK(writable_ended_by(little, &within) == BOX_LIMIT_NONE);
	CHECK(ended_by(little, &closed) == BOX_LIMIT_DISK);
	CHECK(chmod(at("out/d"), 0700) == 0);
	CHECK_OK(file_remove_tree(AT_FDCWD, at("out/d"), &e), e);
	CHECK(ended_by(little, &small) == BOX_LIMIT_NONE);
	CHECK(ended_by(little, &deep) == BOX_LIMIT_DISK);
	CHECK_OK(file_remove_tree(AT_FDCWD, at("out/d"), &e), e);
}

static void endless(void)
{
	const struct box_command command = SHELL("while :; do :; done");

	CHECK(ended_by((struct box_limits){ .wall_s = 1 }, &command) == BOX_LIMIT_TIME);
}

/* The order in which two ready processes write, as one run shows it. */
static void order(struct buf *ret, uint64_t disturb)
{
	const struct box_command race = SHELL(
		"for i in 1 2 3 4 5 6 7 8 9; do (echo $i >>/build/a) & done; wait; cat /build/a");

	CHECK(run_view((struct box_view){ .disturb = disturb }, &race, 1));
	buf_done(ret);
	*ret = printed;
	printed = (struct buf){ 0 };
}

static void disturbed(void)
{
	CLEANUP(buf_done) struct buf first = { 0 };
	bool differs = false;

	order(&first, 1);
	for (uint64_t seed = 2; seed < 6 && !differs; seed++) {
		CLEANUP(buf_done) struct buf other = { 0 };

		order(&other, seed);
		differs = !str_equal(buf_str(&first), buf_str(&other));
	}
	CHECK(differs);
}

static int suite(void)
{
	set_up();
	processes();
	memory();
	memory_in_other_ways();
	tracer();
	disk();
	disk_elsewhere();
	all_released();
	endless();
	disturbed();
	return tear_down();
}

int main(int argc, char **argv)
{
	if (argc >= 3 && !strcmp(argv[1], "probe"))
		return probe(argv[2]);
	return as_both_users();
}
