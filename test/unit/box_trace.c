/*
 * The tracer: processes of every kind under it (static, without a library, vfork, threads, exec from a thread, stopped and
 * continued, thousands), the randomness that each gets, and what they see of kernel and processors. Each probe prints what
 * it saw; it is the same in a second run.
 */
#define ASSAY_MAY_ASK_THE_MACHINE
#include "box/box.h"

#include <errno.h>
#include <pthread.h>
#include <sched.h>
#include <signal.h>
#include <spawn.h>
#include <sys/auxv.h>
#include <sys/random.h>
#include <sys/syscall.h>
#include <sys/sysinfo.h>
#include <sys/utsname.h>
#include <time.h>

#include "box_made.h"

/* ---- inside ---- */

static uint64_t chance(void)
{
	uint64_t r = 0;

	if (getrandom(&r, sizeof r, 0) != sizeof r)
		printf("no random number\n");
	return r;
}

static char *const again[] = { (char[]){ "/probe" }, (char[]){ "probe" }, (char[]){ "chance" },
	NULL };

static int probe_chance(void)
{
	uint64_t start;

	memcpy(&start, (const void *)(uintptr_t)getauxval(AT_RANDOM), sizeof start);
	printf("%016llx %016llx %016llx\n", (unsigned long long)start, (unsigned long long)chance(),
		(unsigned long long)chance());
	return 0;
}

static void reap(pid_t pid)
{
	int status = 0;

	CHECK(waitpid(pid, &status, 0) == pid && status == 0);
}

static int probe_streams(void)
{
	pid_t pid;

	for (int i = 0; i < 2; i++) {
		fflush(stdout);
		if (fork() == 0)
			return probe_chance();
		wait(NULL);
	}
	for (int i = 0; i < 2; i++) {
		CHECK(posix_spawn(&pid, again[0], NULL, NULL, again, environ) == 0);
		reap(pid);
	}
	return probe_chance();
}

static int probe_vfork(void)
{
	pid_t pid;

	for (int i = 0; i < 20; i++) {
		pid = vfork();
		if (pid == 0) {
			execv(again[0], again);
			_exit(1);
		}
		reap(pid);
	}
	return test_failed != 0;
}

static void *count(void *arg)
{
	for (int i = 0; i < 1000; i++)
		sched_yield();
	return arg;
}

static void *exec_here(void *arg)
{
	execv(again[0], again);
	return arg;
}

static int probe_threads(void)
{
	pthread_t threads[50];

	for (size_t round = 0; round < 4; round++) {
		for (size_t i = 0; i < ARRAY_LEN(threads); i++)
			CHECK(pthread_create(&threads[i], NULL, count, NULL) == 0);
		for (size_t i = 0; i < ARRAY_LEN(threads); i++)
			CHECK(pthread_join(threads[i], NULL) == 0);
	}
	return probe_chance() || test_failed;
}

/* Others run when one of them calls exec; the process keeps its number. */
static int probe_exec_thread(void)
{
	pthread_t threads[8];

	for (int i = 0; i < 20; i++) {
		pid_t pid = fork();

		if (pid == 0) {
			for (size_t k = 0; k < 7; k++)
				pthread_create(&threads[k], NULL, count, NULL);
			pthread_create(&threads[7], NULL, exec_here, NULL);
			for (;;)
				pause();
		}
		reap(pid);
	}
	return test_failed != 0;
}

/* The first thread ends before the others; one of them executes. */
static int probe_leader_gone(void)
{
	pid_t pid = fork();
	pthread_t thread;

	if (pid == 0) {
		pthread_create(&thread, NULL, exec_here, NULL);
		pthread_exit(NULL);
	}
	reap(pid);
	return test_failed != 0;
}

/* Many at once, in a tree; each says that it had a number of its own. */
static int probe_forks(void)
{
	enum { WIDE = 40, DEEP = 50 };
	unsigned good = 0;

	for (int i = 0; i < WIDE; i++)
		if (fork() == 0) {
			for (int k = 0; k < DEEP - 1; k++)
				if (fork() == 0)
					_exit(chance() != 0 ? 0 : 1);
			while (wait(NULL) > 0 || errno == EINTR)
				;
			_exit(0);
		}
	for (int status; wait(&status) > 0;)
		good += status == 0;
	printf("%u\n", good);
	return 0;
}

static int probe_stops(void)
{
	int status = 0;
	pid_t pid = fork();

	if (pid == 0) {
		raise(SIGSTOP);
		_exit(7);
	}
	CHECK(waitpid(pid, &status, WUNTRACED) == pid && WIFSTOPPED(status) &&
		WSTOPSIG(status) == SIGSTOP);
	usleep(20000);
	CHECK(waitpid(pid, &status, WNOHANG) == 0); /* it stays so */
	CHECK(kill(pid, SIGCONT) == 0);
	CHECK(waitpid(pid, &status, WCONTINUED) == pid && WIFCONTINUED(status));
	CHECK(waitpid(pid, &status, 0) == pid && WIFEXITED(status) && WEXITSTATUS(status) == 7);
	printf("%u\n", test_failed);
	return test_failed != 0;
}

static volatile sig_atomic_t seen;

static void see(int sig)
{
	seen = sig;
}

static int probe_signals(void)
{
	int status = 0;
	pid_t pid;

	signal(SIGUSR1, see);
	raise(SIGUSR1);
	CHECK(seen == SIGUSR1);
	signal(SIGTRAP, see);
	raise(SIGTRAP);
	CHECK(seen == SIGTRAP);
	signal(SIGCHLD, see);
	pid = fork();
	if (pid == 0)
		abort();
	while (waitpid(pid, &status, 0) < 0)
		CHECK(errno == EINTR);
	CHECK(WIFSIGNALED(status) && WTERMSIG(status) == SIGABRT && seen == SIGCHLD);
	printf("%u\n", test_failed);
	return test_failed != 0;
}

static int probe_machine(void)
{
	struct utsname u;
	struct sysinfo s;
	cpu_set_t set;

	uname(&u);
	printf("%s %s %s %s %s\n", u.sysname, u.nodename, u.release, u.version, u.machine);
	sched_getaffinity(0, sizeof set, &set);
	printf("%d processors, on %d\n", CPU_COUNT(&set), sched_getcpu());
	CPU_ZERO(&set);
	CPU_SET(3, &set);
	printf("only 3: %d", sched_setaffinity(0, sizeof set, &set));
	CPU_ZERO(&set);
	sched_getaffinity(0, sizeof set, &set);
	printf(" %d\n", CPU_ISSET(3, &set) && CPU_COUNT(&set) == 1);
	sysinfo(&s);
	printf("memory %lu uptime %ld\n", s.totalram * s.mem_unit, s.uptime);
	printf("capabilities %lx\n", getauxval(AT_HWCAP2));
	return 0;
}

/* Processes that are killed while they make others: nothing is left waiting for its parent. */
static int probe_killed(void)
{
	for (int i = 0; i < 60; i++) {
		pid_t pid = fork();

		if (pid == 0)
			for (;;)
				if (fork() == 0)
					_exit(0);
		syscall(SYS_sched_yield);
		for (volatile int k = 0; k < i * 20000; k++)
			;
		kill(pid, SIGKILL);
		waitpid(pid, NULL, 0);
	}
	printf("all\n");
	return 0;
}

/* Not traced is no way out. */
static int probe_escape(void)
{
	errno = 0;
	CHECK(syscall(SYS_clone, CLONE_UNTRACED | SIGCHLD, 0, 0, 0, 0) < 0 && errno == EPERM);
	CHECK(prctl(PR_SET_DUMPABLE, 0, 0, 0, 0) == 0);
	return probe_chance() || test_failed;
}

static const struct {
	const char *name;
	int (*run)(void);
} probes[] = {
	{ "chance", probe_chance },
	{ "streams", probe_streams },
	{ "vfork", probe_vfork },
	{ "threads", probe_threads },
	{ "exec-thread", probe_exec_thread },
	{ "leader-gone", probe_leader_gone },
	{ "forks", probe_forks },
	{ "stops", probe_stops },
	{ "signals", probe_signals },
	{ "killed", probe_killed },
	{ "machine", probe_machine },
	{ "escape", probe_escape },
};

static int probe(const char *name)
{
	for (size_t i = 0; i < ARRAY_LEN(probes); i++)
		if (!strcmp(probes[i].name, name))
			return probes[i].run();
	return 2;
}

/* ---- outside ---- */

static bool says_in_box(const char *name, const char *want)
{
	const struct box_command command = PROBE(name);

	return prints((struct box_view){ 0 }, &command, want);
}

/* Are the n lines that were printed all different? */
static bool all_different(size_t n)
{
	struct str line, rest = buf_str(&printed), lines[64];
	size_t n_lines = 0;

	while (rest.n && n_lines < ARRAY_LEN(lines)) {
		str_cut(rest, '\n', &line, &rest);
		for (size_t i = 0; i < n_lines; i++)
			if (str_equal(lines[i], line))
				return false;
		lines[n_lines++] = line;
	}
	return n_lines == n;
}

static void processes(void)
{
	CHECK(says_in_box("vfork", NULL) && all_different(20));
	CHECK(says_in_box("threads", NULL) && all_different(1));
	CHECK(says_in_box("exec-thread", NULL) && all_different(20));
	CHECK(says_in_box("leader-gone", NULL) && all_different(1));
	CHECK(says_in_box("forks", "40\n"));
	CHECK(says_in_box("stops", "0\n"));
	CHECK(says_in_box("signals", "0\n"));
	CHECK(says_in_box("killed", "all\n"));
	CHECK(says_in_box("escape", NULL));
}

static void randomness(void)
{
	static const uint8_t seed[BOX_SEED_SIZE] = { 1 };
	const struct box_command one = PROBE("chance");
	const struct box_command jobs = SHELL(
		"for i in 1 2 3 4; do (sleep 0.0$((i * 37 % 5)); /probe probe chance $i >/build/$i) & done; wait; cat /build/[1-4]");
	const struct box_command shell = SHELL(
		"mktemp; mktemp; a=$(mktemp -u); b=$(mktemp -u); [ $a != $b ] && echo other");
	CLEANUP(buf_done) struct buf first = { 0 };

	CHECK(says_in_box("streams", NULL) && all_different(5));
	CHECK(prints((struct box_view){ 0 }, &jobs, NULL) && all_different(4));
	CHECK(prints((struct box_view){ 0 }, &shell, NULL) && says("other\n"));
	CHECK(prints((struct box_view){ 0 }, &one, NULL));
	first = printed;
	printed = (struct buf){ 0 };
	CHECK(prints((struct box_view){ .seed = seed }, &one, NULL));
	CHECK(!str_equal(buf_str(&first), buf_str(&printed)));
	buf_done(&first);
	CHECK(run_view((struct box_view){ .released = 1U << BOX_RANDOM }, &one, 1));
	first = printed;
	printed = (struct buf){ 0 };
	CHECK(run_view((struct box_view){ .released = 1U << BOX_RANDOM }, &one, 1));
	CHECK(!str_equal(buf_str(&first), buf_str(&printed)));
}

static void machine(void)
{
	const struct box_command command = PROBE("machine");
	const struct box_view other = { .kernel_release = "9.8.7-canary",
		.kernel_version = "#7",
		.machine = "mips",
		.host_name = "canary",
		.n_processors = 17,
		.memory = 1ULL << 33 | 1 << 20 };

	CHECK(prints((struct box_view){ 0 }, &command,
		"Linux assay 6.1.0-assay #1 SMP x86_64\n4 processors, on 0\nonly 3: 0 1\n"
		"memory 8589934592 uptime 1000\ncapabilities 0\n"));
	CHECK(prints(other, &command,
		"Linux canary 9.8.7-canary #7 mips\n17 processors, on 0\nonly 3: 0 1\n"
		"memory 8590983168 uptime 1000\ncapabilities 0\n"));
	CHECK(run_view((struct box_view){ .released = 1U << BOX_KERNEL }, &command, 1));
	CHECK(!memmem(printed.p, printed.n, "6.1.0-assay", 11));
}

/* Programs that nothing was linked into. */
static void without_library(void)
{
	const struct box_command raw = { (const char *const[]){ "/src/raw", NULL } };
	char path[512] = "";
	CLEANUP(buf_done) struct buf program = { 0 };
	struct err e = { 0 };

	CHECK(readlink("/proc/self/exe", path, sizeof path - 16) > 0);
	memcpy(strrchr(path, '/') + 1, "raw-probe", sizeof "raw-probe");
	CHECK_OK(file_read(AT_FDCWD, path, 1 << 20, &program, &e), e);
	CHECK_OK(file_write(AT_FDCWD, at("src/raw"), buf_span(&program), 0755, &e), e);
	CHECK(prints((struct box_view){ 0 }, &raw, NULL));
	CHECK(says("000000006553f100\n00000000001e8480\n")); /* 1700000000, 2 ms */
}

static int suite(void)
{
	set_up();
	processes();
	randomness();
	machine();
	without_library();
	return tear_down();
}

int main(int argc, char **argv)
{
	if (argc >= 3 && !strcmp(argv[1], "probe"))
		return probe(argv[2]);
	return as_both_users();
}
