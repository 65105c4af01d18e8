/*
 * Files and folders as a step sees them. Programs that look at them closely (tar, cp, make, find, df) run in
 * the box, and this program is the probe for what they do not do. As test-box: first as an ordinary user, then as the
 * caller.
 */
#define ASSAY_MAY_ASK_THE_MACHINE
#include <dirent.h>
#include <errno.h>
#include <pthread.h>
#include <sys/syscall.h>
#include <sys/sysmacros.h>

#include "box_made.h"

enum { MANY = 5000, EPOCH = 1700000000 };

/* ---- inside ---- */

static bool refused(long rc, int want)
{
	return rc < 0 && errno == want;
}

static void make_many(const char *path)
{
	char name[64];

	CHECK(mkdir(path, 0755) == 0);
	for (unsigned i = MANY; i-- > 0;) {
		snprintf(name, sizeof name, "%s/%04u", path, i);
		close(open(name, O_WRONLY | O_CREAT, 0644));
	}
}

/* Reads on from where d stands: returns how many entries came, and whether each was the next by number. */
static unsigned read_on(DIR *d, unsigned *next, bool *in_order)
{
	unsigned n = 0;

	for (struct dirent *e; (e = readdir(d)); n++) {
		if (e->d_name[0] == '.')
			continue;
		*in_order = *in_order && strtoul(e->d_name, NULL, 10) == *next;
		++*next;
	}
	return n;
}

static void listing(void)
{
	DIR *d = NULL;
	struct dirent *e;
	unsigned next = 0;
	bool in_order = true;
	long place;

	make_many("/build/many");
	d = opendir("/build/many");
	CHECK(d != NULL && read_on(d, &next, &in_order) == MANY + 2 && in_order && next == MANY);
	CHECK(readdir(d) == NULL);
	rewinddir(d);
	next = 0;
	CHECK(read_on(d, &next, &in_order) == MANY + 2 && in_order);
	rewinddir(d);
	for (unsigned i = 0; i < 3002; i++)
		CHECK(readdir(d) != NULL);
	place = telldir(d);
	e = readdir(d);
	CHECK(e && !strcmp(e->d_name, "3000"));
	seekdir(d, place);
	e = readdir(d);
	CHECK(e && !strcmp(e->d_name, "3000"));
	next = 3001;
	CHECK(read_on(d, &next, &in_order) == MANY - 3001 && in_order);
	seekdir(d, place);
	e = readdir(d);
	CHECK(e && !strcmp(e->d_name, "3000"));
	closedir(d);
}

/* What is deleted on the way hides nothing of what comes. */
static void deleting(void)
{
	DIR *d = opendir("/build/many");
	unsigned n = 0;

	for (struct dirent *e; d && (e = readdir(d));)
		n += e->d_name[0] != '.' && unlinkat(dirfd(d), e->d_name, 0) == 0;
	CHECK(n == MANY);
	closedir(d);
	CHECK(rmdir("/build/many") == 0);
}

/* A child goes on where its parent stopped: they share the open folder. */
static void shared_folder(void)
{
	char buffer[128];
	int fd, status;
	pid_t pid;

	CHECK(mkdir("/build/few", 0755) == 0);
	for (unsigned i = 0; i < 8; i++) {
		snprintf(buffer, sizeof buffer, "/build/few/%u", i);
		close(open(buffer, O_WRONLY | O_CREAT, 0644));
	}
	fd = open("/build/few", O_RDONLY | O_DIRECTORY);
	CHECK(getdents64(fd, buffer, sizeof buffer) == 5 * 24);
	pid = fork();
	if (pid == 0) {
		const struct dirent64 *e = (const void *)buffer;
		bool ok = getdents64(fd, buffer, sizeof buffer) > 0;

		_exit(ok && !strcmp(e->d_name, "3") ? 0 : 1);
	}
	CHECK(waitpid(pid, &status, 0) == pid && status == 0);
	CHECK(getdents64(fd, buffer, sizeof buffer) == 0);
	lseek(fd, 0, SEEK_SET);
	CHECK(refused(getdents64(fd, buffer, 8), EINVAL));
	CHECK(getdents64(fd, buffer, 24) == 24);
	CHECK(refused(getdents64(fd, (void *)8, sizeof buffer), EFAULT));
	CHECK(refused(getdents64(-1, buffer, sizeof buffer), EBADF));
	CHECK(refused(getdents64(open("/probe", O_RDONLY), buffer, sizeof buffer), ENOTDIR));
	close(fd);
}

static void *list_alone(void *leader)
{
	char buffer[512];

	CHECK(pthread_join(*(pthread_t *)leader, NULL) == 0);
	CHECK(getdents64(open("/etc", O_RDONLY | O_DIRECTORY), buffer, sizeof buffer) > 0);
	exit(test_failed ? 1 : 0);
}

/* The first thread has ended. Kernels before 6.9 do not let the tracer at the descriptors then. */
static void without_leader(void)
{
	static pthread_t leader;
	pthread_t other;
	int status;
	pid_t pid;

	/* PIDFD_THREAD */
	if (syscall(SYS_pidfd_open, getpid(), O_EXCL) < 0)
		return;
	pid = fork();
	if (pid == 0) {
		leader = pthread_self();
		if (pthread_create(&other, NULL, list_alone, &leader) != 0)
			_exit(1);
		pthread_exit(NULL);
	}
	CHECK(waitpid(pid, &status, 0) == pid && status == 0);
}

static void numbers(void)
{
	struct stat a, b, c;
	struct statx x;
	int fd, pipes[2];

	fd = open("/build/n", O_RDWR | O_CREAT, 0644);
	CHECK(fd >= 0 && ftruncate(fd, 10000) == 0 && fstat(fd, &a) == 0);
	CHECK(stat("/build/./n", &b) == 0 && b.st_ino == a.st_ino && b.st_dev == a.st_dev);
	CHECK(chdir("/build/few") == 0 && lstat("../n", &b) == 0 && b.st_ino == a.st_ino);
	CHECK(a.st_blocks == 24 && a.st_blksize == 4096 && a.st_size == 10000);
	CHECK(statx(fd, "", AT_EMPTY_PATH, STATX_BASIC_STATS | STATX_BTIME, &x) == 0 &&
		x.stx_ino == a.st_ino && !(x.stx_mask & STATX_BTIME) && x.stx_blocks == 24);
	CHECK(makedev(x.stx_dev_major, x.stx_dev_minor) == a.st_dev);
	CHECK(link("/build/n", "/build/m") == 0 && stat("/build/m", &b) == 0);
	CHECK(b.st_ino == a.st_ino && b.st_nlink == 2);
	/* A new file at the place of one that was moved is another one. */
	CHECK(rename("/build/n", "/build/o") == 0 && creat("/build/n", 0644) >= 0);
	CHECK(stat("/build/n", &b) == 0 && stat("/build/o", &c) == 0);
	CHECK(b.st_ino != a.st_ino && c.st_ino == a.st_ino);
	CHECK(stat("/build", &a) == 0 && a.st_size == 4096 && a.st_nlink == 1);
	CHECK(pipe(pipes) == 0 && fstat(pipes[0], &a) == 0 && S_ISFIFO(a.st_mode));
	CHECK(fstat(pipes[1], &b) == 0 && a.st_ino == b.st_ino);
	CHECK(stat("/proc/self/fd/0", &a) == 0 && fstat(0, &b) == 0 && a.st_ino == b.st_ino);
	CHECK(stat("/dev/urandom", &a) == 0 && S_ISCHR(a.st_mode) && a.st_size == 0);
	CHECK(refused(lseek(fd, 0, SEEK_HOLE), EINVAL));
	CHECK(refused(stat("/build/none", &a), ENOENT));
	CHECK(refused(syscall(SYS_newfstatat, AT_FDCWD, "/build", NULL, 0), EFAULT));
	CHECK(refused(syscall(SYS_newfstatat, AT_FDCWD, NULL, &a, 0), EFAULT));
	close(fd);
}

static void times(void)
{
	const struct timespec set[2] = { { 1234567890, 123456789 }, { 987654321, 987654321 } },
			      now[2] = { { 0, UTIME_NOW }, { 0, UTIME_OMIT } };
	struct stat made, st;

	CHECK(creat("/build/t", 0644) >= 0 && stat("/build/t", &made) == 0);
	CHECK(made.st_mtim.tv_sec == EPOCH && made.st_mtim.tv_nsec == 1000000);
	CHECK(utimensat(AT_FDCWD, "/build/t", set, 0) == 0 && stat("/build/t", &st) == 0);
	CHECK(!memcmp(&st.st_atim, &set[0], sizeof set[0]));
	CHECK(!memcmp(&st.st_mtim, &set[1], sizeof set[1]));
	CHECK(!memcmp(&st.st_ctim, &made.st_ctim, sizeof st.st_ctim));
	CHECK(utimensat(AT_FDCWD, "/build/t", now, 0) == 0 && stat("/build/t", &st) == 0);
	CHECK(!memcmp(&st.st_atim, &made.st_atim, sizeof st.st_atim));
	CHECK(!memcmp(&st.st_mtim, &set[1], sizeof set[1]));
	CHECK(utimensat(AT_FDCWD, "/build/t", NULL, 0) == 0 && stat("/build/t", &st) == 0);
	CHECK(!memcmp(&st.st_mtim, &made.st_mtim, sizeof st.st_mtim));
}

static uint64_t random_number(const char *path)
{
	uint64_t number = 0;
	int fd = open(path, O_RDONLY);

	CHECK(fd >= 0 && read(fd, &number, sizeof number) == sizeof number);
	close(fd);
	return number;
}

static void random_devices(void)
{
	uint64_t a = random_number("/dev/urandom"), b = random_number("/dev/urandom"),
		 c = random_number("/dev/random"), from_child = 0;
	static char big[3 << 20];
	int fd, pipes[2];
	pid_t pid;

	CHECK(a != b && b != c && a != 0);
	CHECK(pipe(pipes) == 0);
	pid = fork();
	if (pid == 0) {
		a = random_number("/dev/urandom");
		_exit(write(pipes[1], &a, sizeof a) == sizeof a ? 0 : 1);
	}
	CHECK(waitpid(pid, NULL, 0) == pid &&
		read(pipes[0], &from_child, sizeof from_child) == sizeof from_child);
	CHECK(from_child != random_number("/dev/urandom"));
	CHECK(chdir("/dev") == 0);
	fd = open("../dev//urandom", O_RDWR);
	CHECK(fd >= 0 && read(fd, big, sizeof big) == sizeof big);
	CHECK(open("/dev/urandom", O_WRONLY) >= 0);
	CHECK(write(open("/dev/random", O_WRONLY | O_TRUNC), "x", 1) == 1);
	CHECK(refused(open("/dev/urandom/x", O_RDONLY), ENOTDIR));
}

/* As the GNU preprocessor opens a header: not looked at, but the machine's random bytes are not there to be read. */
static void header_like(void)
{
	char *low = mmap((void *)0x10000000, 4096, PROT_READ | PROT_WRITE,
		MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED_NOREPLACE, -1, 0);
	static char text[4096], again[4096];
	int fd;

	CHECK(low != MAP_FAILED && random_number("/dev/urandom") != 0);
	strcpy(low, "/dev/urandom");
	for (char *to = text; to; to = to == text ? again : NULL) {
		fd = open(low, O_RDONLY | O_NOCTTY);
		CHECK(fd >= 0 && read(fd, to, sizeof text) == sizeof text);
		close(fd);
	}
	CHECK(!memcmp(text, again, sizeof text));
	/* Other flags, or a path elsewhere: looked at. */
	strcpy(low, "/proc/self/status");
	fd = open(low, O_RDONLY);
	CHECK(fd >= 0 && read(fd, text, sizeof text - 1) > 0 && strstr(text, "SigQ:\t0/1024\n"));
	close(fd);
	fd = open("/proc/self/status", O_RDONLY | O_NOCTTY);
	CHECK(fd >= 0 && read(fd, text, sizeof text - 1) > 0 && strstr(text, "SigQ:\t0/1024\n"));
	close(fd);
}

static int probe(void)
{
	listing();
	deleting();
	shared_folder();
	without_leader();
	numbers();
	times();
	random_devices();
	header_like();
	return test_end();
}

/* ---- outside ---- */

static void probed(void)
{
	const struct box_command commands[] = { { (const char *const[]){
		"/probe", "probe", NULL } } };

	CHECK(run_view((struct box_view){ 0 }, commands, 1) && says(" 0 failed\n"));
}

/* The folder /src again, made in another order, with other times and other numbers. */
static void make_sources(bool forward)
{
	static const char *const names[] = { "Makefile", "b.c", "a.c", "sub/x", "configure" };
	static const char *const texts[] = {
		"all: b.o a.o\n%.o: /src/%.c\n\tcp $< $@\n\t@echo made $@\n", "b\n", "a\n", "x\n",
		"#!/bin/sh\n"
	};
	const struct timespec past[2] = { { EPOCH + 77, 0 }, { EPOCH + 77, 0 } };
	struct err e = { 0 };
	char path[64];

	CHECK_OK(file_remove_tree(AT_FDCWD, at("src"), &e), e);
	CHECK_OK(file_mkdirs(AT_FDCWD, at("src/sub"), &e), e);
	for (size_t i = 0; i < ARRAY_LEN(names); i++) {
		size_t k = forward ? i : ARRAY_LEN(names) - 1 - i;

		snprintf(path, sizeof path, "src/%s", names[k]);
		CHECK_OK(file_write(AT_FDCWD, at(path), str_span(str_of(texts[k])), 0644, &e), e);
		if (!forward)
			CHECK(utimensat(AT_FDCWD, at(path), past, 0) == 0);
	}
	CHECK(link(at("src/a.c"), at("src/linked")) == 0);
}

static void same_twice(void)
{
	static const char script[] =
		"ls -laiR --full-time /src /etc /dev /sys; ls -U /src; stat /out /tmp / . /src/*;"
		"tar c -C / src | sha256sum; find /src -printf '%p %i %D %b %k %n %s %T@ %C@ %A@\\n';"
		"df; df -i; df -h /out; nproc; getconf -a | grep NPROC; free; uname -a; du -a /src;"
		"cat /proc/cpuinfo /proc/meminfo /proc/stat /proc/uptime /proc/loadavg /proc/version"
		" /proc/cmdline /proc/mounts /proc/self/mountinfo /proc/self/cgroup /proc/swaps"
		" /proc/self/uid_map /proc/sys/kernel/random/boot_id /proc/sys/kernel/random/uuid"
		" /proc/sys/kernel/random/uuid /etc/mtab; find /proc/sys /sys -type f | xargs grep .;"
		"head -c 32 /dev/urandom | od -x; head -c 7 /dev/random | od -x; ulimit -a; ls /proc;"
		"cat /proc/self/stat /proc/self/status /proc/self/maps /proc/self/statm /proc/self/io;"
		"head -c 30000000 /dev/urandom | sha256sum; stat -f / /proc; readlink /proc/self/fd/0";
	CLEANUP(buf_done) struct buf first = { 0 };

	make_sources(true);
	CHECK(run_script((struct box_view){ 0 }, script) && printed.n > 10000);
	first = printed;
	printed = (struct buf){ 0 };
	make_sources(false);
	CHECK(run_script((struct box_view){ 0 }, script));
	CHECK(span_equal(buf_span(&first), buf_span(&printed)));
}

/* What make makes is up to date, unless a later step changes a source. */
static void made_by_make(void)
{
	const struct box_command commands[] = {
		SHELL("make -f /src/Makefile 2>&1 && make -f /src/Makefile 2>&1"),
		SHELL("echo again; make -f /src/Makefile 2>&1"),
		SHELL("cp /src/Makefile .; sed -i 's,/src/,,' Makefile; echo a >a.c; echo b >b.c"),
		SHELL("make 2>&1"),
		SHELL("touch a.c; make 2>&1; test a.o -nt b.o && ! test b.o -nt a.o && echo newer"),
	};

	make_sources(true);
	CHECK(run_view((struct box_view){ 0 }, commands, 5));
	CHECK(str_is(buf_str(&printed), "cp /src/b.c b.o\nmade b.o\ncp /src/a.c a.o\nmade a.o\n"
					"make: Nothing to be done for 'all'.\nagain\n"
					"make: Nothing to be done for 'all'.\n"
					"cp b.c b.o\nmade b.o\ncp a.c a.o\nmade a.o\n"
					"cp a.c a.o\nmade a.o\nnewer\n"));
}

/* What every configure asks: is a file that is made now newer than the sources, also than those of this very step? */
static void configured(void)
{
	CHECK(shows((struct box_view){ 0 },
		"echo x >conftest; ls -Lt /src/configure conftest; echo y >configure; sleep 1;"
		"echo x >conftest.file; ls -Lt configure conftest.file; find . -newer configure -type f",
		"conftest\n/src/configure\nconftest.file\nconfigure\n./conftest.file\n"));
}

static void hard_links(void)
{
	CHECK(shows((struct box_view){ 0 },
		"mkdir d; echo a >d/a; ln d/a d/b; echo c >d/c; tar cf t d; tar tvf t | cut -c1,48-;"
		"cp -a d e; [ e/a -ef e/b ] && ! [ e/a -ef e/c ] && ! [ d/a -ef e/a ] && echo linked;"
		"du -b d/a | cut -f1; rm -r d e; ls",
		"d d/\n- d/a\nh d/b link to d/a\n- d/c\nlinked\n2\nt\n"));
}

/* Names that mktemp gives to processes that run at the same time differ. */
static void temporary_files(void)
{
	CHECK(shows((struct box_view){ 0 },
		"for i in $(seq 40); do mktemp /tmp/t.XXXXXXXX & done >names; wait;"
		"sort names | uniq | wc -l; ls /tmp | wc -l",
		"40\n40\n"));
}

/* ---- views ---- */

static void canaries(void)
{
	const struct box_view reversed = { .file_order = BOX_ORDER_REVERSED },
			      shuffled = { .file_order = BOX_ORDER_SHUFFLED },
			      numbered = { .file_number_base = 7000000000000 },
			      later = { .file_time_offset = 86400 },
			      machine = { .n_processors = 7,
				      .processor_model = "i-capture-the-model",
				      .memory = 3ULL << 30,
				      .kernel_release = "3.1.4-canary" };

	make_sources(true);
	CHECK(shows(reversed, "ls -U /src", "sub\nlinked\nconfigure\nb.c\na.c\nMakefile\n"));
	CHECK(run_script(
		shuffled, "ls -U /src | sort -C || ls -U /src | tac | sort -C || echo no"));
	CHECK(says("no\n"));
	CHECK(shows(numbered, "expr $(stat -c %i /src/a.c) / 10000000000", "700\n"));
	CHECK(shows(later, "touch a; stat -c %Y a /src/a.c", "1700086400\n1700000000\n"));
	CHECK(shows(machine,
		"grep -c i-capture-the-model /proc/cpuinfo; cat /sys/devices/system/cpu/online;"
		"head -n 1 /proc/meminfo; cut -d' ' -f3 /proc/version; stat -f -c %b /",
		"7\n0-6\nMemTotal:        3145728 kB\n3.1.4-canary\n786432\n"));
}

static bool same_as_machine(enum box_channel channel, const char *path)
{
	const struct box_view view = { .released = 1U << channel };
	CLEANUP(buf_done) struct buf own = { 0 };
	struct err e = { 0 };
	char script[256];

	snprintf(script, sizeof script, "cat %s", path);
	CHECK_OK(file_read(AT_FDCWD, path, 1 << 20, &own, &e), e);
	return run_script(view, script) && span_equal(buf_span(&own), buf_span(&printed));
}

static void released(void)
{
	const struct box_view no_times = { .released = 1U << BOX_FILE_TIMES },
			      no_numbers = { .released = 1U << BOX_FILE_NUMBERS },
			      no_order = { .released = 1U << BOX_FILE_ORDER },
			      no_random = { .released = 1U << BOX_RANDOM };
	char want[64];
	struct stat st;

	make_sources(true);
	CHECK(stat(at("src/a.c"), &st) == 0);
	snprintf(want, sizeof want, "%lld\n", (long long)st.st_mtime);
	CHECK(shows(no_times, "stat -c %Y /src/a.c", want));
	snprintf(want, sizeof want, "%llu\n", (unsigned long long)st.st_ino);
	CHECK(shows(no_numbers, "stat -c %i /src/a.c", want));
	CHECK(shows(no_order, "ls -U /src | sort | tr '\\n' ' '",
		"Makefile a.c b.c configure linked sub "));
	CHECK(shows(no_random, "[ -c /dev/urandom ] && stat -c %t:%T /dev/urandom", "1:9\n"));
	CHECK(same_as_machine(BOX_PROCESSORS, "/sys/devices/system/cpu/online"));
	CHECK(same_as_machine(BOX_KERNEL, "/proc/version"));
	CHECK(same_as_machine(BOX_KERNEL, "/proc/sys/kernel/osrelease"));
	CHECK(run_script(
		(struct box_view){ .released = BOX_ALL_CHANNELS }, "ls -l /src; cat /dev/null"));
}

static int suite(void)
{
	set_up();
	probed();
	same_twice();
	made_by_make();
	configured();
	hard_links();
	temporary_files();
	canaries();
	released();
	return tear_down();
}

int main(int argc, char **argv)
{
	if (argc == 2 && !strcmp(argv[1], "probe"))
		return probe();
	return as_both_users();
}
