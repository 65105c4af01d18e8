/*
 * The virtual clock of the box: what queries, waits and timers of every kind show. Each probe prints what it saw, to the
 * nanosecond; the suite knows it beforehand, and sees the same in a second run.
 */
#define ASSAY_MAY_ASK_THE_MACHINE
#include "box/box.h"

#include <errno.h>
#include <poll.h>
#include <pthread.h>
#include <signal.h>
#include <sys/auxv.h>
#include <sys/epoll.h>
#include <sys/resource.h>
#include <sys/select.h>
#include <sys/syscall.h>
#include <sys/time.h>
#include <sys/timerfd.h>
#include <sys/times.h>
#include <time.h>

#include "box_made.h"

static const long ms = 1000000;

/* ---- inside ---- */

static int64_t now(clockid_t clock)
{
	struct timespec ts;

	clock_gettime(clock, &ts);
	return ts.tv_sec * 1000000000 + ts.tv_nsec;
}

/* How long what lies between two calls took. */
static void show(const char *what)
{
	static int64_t last;
	int64_t t = now(CLOCK_MONOTONIC);

	if (what)
		printf("%s %lld\n", what, (long long)(t - last));
	last = t;
}

static int probe_queries(void)
{
	int64_t real = now(CLOCK_REALTIME);
	struct timespec ts;
	struct timeval tv;
	unsigned long long counter;
	struct rusage r;
	struct tms tms;

	printf("real %lld\n", (long long)real);
	gettimeofday(&tv, NULL);
	printf("day %lld.%06lld\n", (long long)tv.tv_sec, (long long)tv.tv_usec);
	syscall(SYS_clock_gettime, CLOCK_MONOTONIC, &ts);
	printf("monotonic %lld.%09lld\n", (long long)ts.tv_sec, (long long)ts.tv_nsec);
	printf("time %lld\n", (long long)time(NULL));
	printf("processor %lld\n", (long long)now(CLOCK_PROCESS_CPUTIME_ID));
	printf("times %lld", (long long)times(&tms));
	getrusage(RUSAGE_SELF, &r);
	printf(" usage %lld %ld\n", (long long)r.ru_utime.tv_usec, r.ru_maxrss);
	clock_getres(CLOCK_REALTIME, &ts);
	counter = __builtin_ia32_rdtsc();
	printf("counter +%llu %d\n", (unsigned long long)(__builtin_ia32_rdtsc() - counter),
		counter / 1000000000 == 1000);
	printf("resolution %lld\nvdso %lu\n", (long long)ts.tv_nsec, getauxval(AT_SYSINFO_EHDR));
	return 0;
}

static void wait_on_condition(void)
{
	pthread_mutex_t mutex = PTHREAD_MUTEX_INITIALIZER;
	pthread_cond_t condition = PTHREAD_COND_INITIALIZER;
	struct timespec until;

	clock_gettime(CLOCK_REALTIME, &until);
	until.tv_nsec += 30 * ms;
	pthread_mutex_lock(&mutex);
	if (pthread_cond_timedwait(&condition, &mutex, &until) != ETIMEDOUT)
		printf("the condition did not time out\n");
	pthread_mutex_unlock(&mutex);
}

static int probe_waits(void)
{
	struct timespec t = { 0, 30 * ms };
	struct timeval tv = { 0, 30000 };
	struct epoll_event event;
	int epoll = epoll_create1(0), word = 0;
	sigset_t set;

	show(NULL);
	nanosleep(&t, NULL);
	show("nanosleep");
	clock_gettime(CLOCK_BOOTTIME, &t);
	t.tv_nsec += 20 * ms;
	clock_nanosleep(CLOCK_BOOTTIME, TIMER_ABSTIME, &t, NULL);
	show("until");
	poll(NULL, 0, 10);
	show("poll");
	select(0, NULL, NULL, NULL, &tv);
	show("select");
	t = (struct timespec){ 0, 5 * ms };
	ppoll(NULL, 0, &t, NULL);
	show("ppoll");
	pselect(0, NULL, NULL, NULL, &t, NULL);
	show("pselect");
	epoll_wait(epoll, &event, 1, 7);
	show("epoll");
	syscall(SYS_futex, &word, 0 /* FUTEX_WAIT */, 0, &t, NULL, 0);
	show("futex");
	wait_on_condition();
	show("condition");
	sigemptyset(&set);
	sigtimedwait(&set, NULL, &t);
	show("sigtimedwait");
	usleep(1000);
	show("usleep");
	return 0;
}

/* A wait that ends early shows no time, and says that all is left. */
static int probe_early(void)
{
	struct timeval tv = { 5, 0 };
	struct timespec ts = { 5, 0 };
	struct pollfd p;
	fd_set set;
	int ends[2];

	if (pipe(ends) < 0)
		return 1;
	p = (struct pollfd){ ends[0], POLLIN, 0 };
	if (fork() == 0) {
		struct timespec real = { 0, 50 * ms };

		syscall(SYS_nanosleep, &real, NULL);
		_exit(write(ends[1], "x", 1) == 1 ? 0 : 1);
	}
	show(NULL);
	FD_ZERO(&set);
	FD_SET(ends[0], &set);
	printf("select %d\n", select(ends[0] + 1, &set, NULL, NULL, &tv));
	printf("left %ld.%06ld\n", (long)tv.tv_sec, (long)tv.tv_usec);
	syscall(SYS_ppoll, &p, 1, &ts, NULL, 0);
	printf("left %ld.%09ld\n", (long)ts.tv_sec, ts.tv_nsec);
	poll(&p, 1, 5000);
	show("early");
	wait(NULL);
	return 0;
}

static volatile sig_atomic_t rang;

static void ring(int sig)
{
	(void)sig;
	rang++;
}

static int probe_timers(void)
{
	struct itimerval it = { { 0, 0 }, { 0, 40000 } }, old;
	struct itimerspec its = { { 0, 0 }, { 0, 20 * ms } };
	struct timespec left = { 0, 0 }, sleeping = { 2, 0 };
	struct sigevent signal_event = { .sigev_notify = SIGEV_SIGNAL, .sigev_signo = SIGUSR1 };
	int fd = timerfd_create(CLOCK_MONOTONIC, 0);
	uint64_t times;
	timer_t timer;

	signal(SIGALRM, ring);
	signal(SIGUSR1, ring);
	show(NULL);
	setitimer(ITIMER_REAL, &it, NULL);
	pause();
	show("setitimer");
	setitimer(ITIMER_REAL, &it, NULL);
	printf("sleep %d", nanosleep(&sleeping, &left));
	printf(" left %ld.%09ld\n", (long)left.tv_sec, left.tv_nsec);
	show("interrupted");
	timerfd_settime(fd, 0, &its, NULL);
	printf("timerfd %zd", read(fd, &times, sizeof times));
	printf(" times %llu\n", (unsigned long long)times);
	show("timerfd");
	clock_gettime(CLOCK_MONOTONIC, &its.it_value);
	its.it_value.tv_nsec += 25 * ms;
	timerfd_settime(fd, TFD_TIMER_ABSTIME, &its, NULL);
	timerfd_gettime(fd, &its);
	printf("timerfd left %ld\n", its.it_value.tv_nsec);
	printf("timerfd %zd\n", read(fd, &times, sizeof times));
	show("timerfd until");
	timer_create(CLOCK_REALTIME, &signal_event, &timer);
	its.it_value = (struct timespec){ 0, 15 * ms };
	timer_settime(timer, 0, &its, NULL);
	pause();
	show("timer");
	alarm(100);
	printf("alarm left %u", alarm(1));
	printf(" %u", alarm(0));
	getitimer(ITIMER_REAL, &old);
	printf(" %ld\nrang %d\n", (long)old.it_value.tv_sec, (int)rang);
	return 0;
}

/* Who waited for a child that saw a later second is lifted to that second, also by way of one that asked no time. */
static int probe_family(void)
{
	struct rusage r = { 0 };
	pid_t pid;

	show(NULL);
	fflush(stdout);
	pid = fork();
	if (pid == 0)
		_exit(0);
	memset(&r, 0xff, sizeof r);
	wait4(pid, NULL, 0, &r);
	printf("used %ld %ld %ld\n", (long)r.ru_utime.tv_usec, (long)r.ru_stime.tv_usec,
		r.ru_maxrss);
	show("short");
	fflush(stdout);
	if (fork() == 0) {
		pid = fork();
		if (pid == 0)
			usleep(1100000);
		else
			wait(NULL);
		_exit(0);
	}
	show("before");
	wait(NULL);
	printf("after %lld\n", (long long)now(CLOCK_REALTIME));
	return 0;
}

/* Exec sets the part below a second, however often was asked before. */
static int probe_exec(void)
{
	char *const argv[] = { (char[]){ "/probe" }, (char[]){ "probe" }, (char[]){ "queries" },
		NULL };

	for (int i = 0; i < 100; i++)
		now(CLOCK_REALTIME);
	execv("/probe", argv);
	return 1;
}

static void *sleeper(void *arg)
{
	struct timespec t = { 0, 40 * ms };

	nanosleep(&t, NULL);
	return arg;
}

/* Threads share the clock: two sleep at once. */
static int probe_threads(void)
{
	pthread_t threads[2];

	show(NULL);
	for (size_t i = 0; i < 2; i++)
		pthread_create(&threads[i], NULL, sleeper, NULL);
	for (size_t i = 0; i < 2; i++)
		pthread_join(threads[i], NULL);
	show("two sleep");
	return 0;
}

/* A wait goes on where it was when the group is stopped and continued, or a signal without a handler comes. */
static int probe_stopped(void)
{
	pid_t pid = fork();

	if (pid == 0) {
		show(NULL);
		usleep(300000);
		show("slept");
		wait_on_condition();
		show("waited");
		fflush(stdout);
		_exit(0);
	}
	for (int i = 0; i < 20; i++) {
		usleep(10000);
		kill(pid, SIGSTOP);
		kill(pid, SIGCHLD);
		usleep(1000);
		kill(pid, SIGCONT);
	}
	waitpid(pid, NULL, 0);
	return 0;
}

static const struct {
	const char *name;
	int (*run)(void);
} probes[] = {
	{ "queries", probe_queries },
	{ "waits", probe_waits },
	{ "early", probe_early },
	{ "timers", probe_timers },
	{ "family", probe_family },
	{ "exec", probe_exec },
	{ "threads", probe_threads },
	{ "stopped", probe_stopped },
};

static int probe(const char *name)
{
	for (size_t i = 0; i < ARRAY_LEN(probes); i++)
		if (!strcmp(probes[i].name, name))
			return probes[i].run();
	return 2;
}

/* ---- outside ---- */

static const char queries_say[] = "real 1700000000002000000\nday 1700000000.002001\n"
				  "monotonic 1000.002002000\ntime 1700000000\nprocessor 5000\n"
				  "times 100000 usage 7 0\ncounter +1000 1\nresolution 1\nvdso 0\n";

/* After a hundred queries before the exec: only processor time is kept. */
static const char exec_says[] = "real 1700000000002000000\nday 1700000000.002001\n"
				"monotonic 1000.002002000\ntime 1700000000\nprocessor 105000\n"
				"times 100000 usage 107 0\ncounter +1000 1\nresolution 1\nvdso 0\n";

static bool says_in_box(const char *name, const char *want)
{
	const struct box_command command = PROBE(name);

	return prints((struct box_view){ 0 }, &command, want);
}

static void clocks(void)
{
	const struct box_command steps[] = { SHELL("sleep 1.5"), PROBE("queries") };

	CHECK(says_in_box("queries", queries_say));
	CHECK(says_in_box("exec", exec_says));
	/* The second step does not start before the second that the first has seen. */
	CHECK(run_view((struct box_view){ 0 }, steps, 2));
	CHECK(says("real 1700000001002000000\n"));
	CHECK(run_view((struct box_view){ .clock_start = 2000000000 }, steps, 2));
	CHECK(says("real 2000000001002000000\n") && says("monotonic 1001.002002000\n"));
}

static void waits(void)
{
	CHECK(says_in_box("waits",
		"nanosleep 30001000\nuntil 20001000\npoll 10001000\nselect 30001000\nppoll 5001000\n"
		"pselect 5001000\nepoll 7001000\nfutex 5001000\ncondition 30001000\n"
		"sigtimedwait 5001000\nusleep 1001000\n"));
	CHECK(says_in_box("early", "select 1\nleft 5.000000\nleft 5.000000000\nearly 1000\n"));
	CHECK(says_in_box("threads", "two sleep 40001000\n"));
	CHECK(says_in_box("stopped", "slept 300001000\nwaited 30001000\n"));
}

static void timers(void)
{
	CHECK(says_in_box("timers",
		"setitimer 40001000\nsleep -1 left 1.960000000\ninterrupted 40001000\n"
		"timerfd 8 times 1\ntimerfd 20001000\ntimerfd left 24999000\ntimerfd 8\n"
		"timerfd until 25001000\ntimer 15001000\nalarm left 100 1 0\nrang 3\n"));
}

static void family(void)
{
	CHECK(says_in_box(
		"family", "used 0 0 0\nshort 1000\nbefore 1000\nafter 1700000001000000000\n"));
}

static void released(void)
{
	const struct box_command command = PROBE("queries");

	CHECK(run_view((struct box_view){ .released = 1U << BOX_CLOCK }, &command, 1));
	CHECK(!memmem(printed.p, printed.n, "real 1700000000", 15) && says("time "));
}

static int suite(void)
{
	set_up();
	clocks();
	waits();
	timers();
	family();
	released();
	return tear_down();
}

int main(int argc, char **argv)
{
	if (argc == 3 && !strcmp(argv[1], "probe"))
		return probe(argv[2]);
	return as_both_users();
}
