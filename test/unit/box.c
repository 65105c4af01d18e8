/*
 * The box, seen from inside: this program is its own probe. It runs the host's /usr as a sysroot, first as the caller
 * and, when that is root, again as an ordinary user.
 */
#define ASSAY_MAY_ASK_THE_MACHINE
#include "box/box.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <grp.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <sched.h>
#include <signal.h>
#include <sys/mman.h>
#include <sys/personality.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/un.h>
#include <sys/utsname.h>
#include <sys/wait.h>
#include <sys/xattr.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/mem.h"
#include "sys/file.h"
#include "box_made.h"

/* ---- inside ---- */

/* One line that the outside compares: the entries of a folder in order. */
static void list(const char *path)
{
	struct err e = { 0 };
	char **names = NULL;
	size_t n = 0;

	CHECK_OK(file_names(AT_FDCWD, path, &names, &n, &e), e);
	printf("%s:", path);
	for (size_t i = 0; i < n; i++)
		printf(" %s", names[i]);
	printf("\n");
	file_names_free(names, n);
}

static void identity(void)
{
	struct utsname u;
	gid_t groups[64];
	mode_t mask = umask(0);

	umask(mask);
	CHECK(getuid() == BOX_USER && geteuid() == BOX_USER && getgid() == BOX_USER);
	CHECK(getgroups(64, groups) == 0);
	CHECK(uname(&u) == 0 && !strcmp(u.nodename, "assay"));
	CHECK(!strcmp(u.domainname, "(none)"));
	CHECK(mask == 022);
	CHECK((personality(0xffffffff) & ADDR_NO_RANDOMIZE) != 0);
	CHECK(prctl(PR_GET_NO_NEW_PRIVS, 0, 0, 0, 0) == 1);
	CHECK(getsid(0) == 1);
	CHECK(signal(SIGPIPE, SIG_DFL) == SIG_DFL);
}

static void descriptors(void)
{
	CHECK(fcntl(0, F_GETFD) >= 0 && fcntl(1, F_GETFD) >= 0 && fcntl(2, F_GETFD) >= 0);
	for (int fd = 3; fd < 1024; fd++)
		CHECK(fcntl(fd, F_GETFD) < 0);
}

static bool refused(long rc, int want)
{
	return rc < 0 && errno == want;
}

static void modes(void)
{
	CHECK(mkdir("/out/d", 0755) == 0);
	CHECK(creat("/out/f", 0644) >= 0);
	CHECK(chmod("/out/f", 0755) == 0);
	CHECK(refused(chmod("/out/f", 04755), EPERM));
	CHECK(refused(chmod("/out/f", 02755), EPERM));
	CHECK(refused(chmod("/out/d", 01777), EPERM));
	CHECK(refused(fchmodat(AT_FDCWD, "/out/f", 04755, 0), EPERM));
	CHECK(refused(open("/out/g", O_WRONLY | O_CREAT, 04755), EPERM));
	CHECK(refused(creat("/out/g", 02755), EPERM));
	CHECK(refused(open("/out", O_WRONLY | O_TMPFILE, 04755), EPERM));
	CHECK(refused(syscall(452, AT_FDCWD, "/out/f", 04755, 0), ENOSYS));
	CHECK(refused(setxattr("/out/f", "user.a", "b", 1, 0), ENOTSUP));
	CHECK(refused(chown("/out/f", 0, 0), EINVAL));
	CHECK(refused(creat("/usr/x", 0644), EROFS));
	CHECK(refused(creat("/src/x", 0644), EROFS));
	CHECK(refused(creat("/x", 0644), EROFS));
	CHECK(refused(creat("/dev/x", 0644), EROFS));
	CHECK(creat("/build/x", 0644) >= 0);
	CHECK(creat("/tmp/x", 0644) >= 0);
	CHECK(creat("/dev/null", 0644) >= 0);
}

/* They are the machine's own nodes, and where the caller is root, they belong to the user in the box. */
static void device_nodes(void)
{
	CHECK(refused(chmod("/dev/full", 0666), EROFS));
	CHECK(refused(fchmod(0, 0666), EROFS));
	CHECK(refused(utimensat(AT_FDCWD, "/dev/zero", NULL, 0), EROFS));
}

static void network(void)
{
	struct sockaddr_un a = { AF_UNIX, "/build/socket" };
	int s = socket(AF_UNIX, SOCK_STREAM, 0), pair[2];

	CHECK(s >= 0 && bind(s, (struct sockaddr *)&a, sizeof a) == 0);
	CHECK(socket(AF_INET, SOCK_STREAM, 0) >= 0);
	CHECK(refused(socket(AF_VSOCK, SOCK_STREAM, 0), EAFNOSUPPORT));
	CHECK(refused(socket(AF_NETLINK, SOCK_RAW, 0), EAFNOSUPPORT));
	CHECK(refused(socket(AF_ALG, SOCK_SEQPACKET, 0), EAFNOSUPPORT));
	CHECK(socketpair(AF_UNIX, SOCK_STREAM, 0, pair) == 0);
	CHECK(refused(socketpair(AF_INET, SOCK_STREAM, 0, pair), EAFNOSUPPORT));
}

/* A filter of the step's own may refuse more. One with a listener could let through what the box stops. */
static void filters(void)
{
	struct sock_filter allow = { .code = BPF_RET | BPF_K, .k = SECCOMP_RET_ALLOW };
	const struct sock_fprog program = { 1, &allow };

	CHECK(refused(syscall(SYS_seccomp, SECCOMP_SET_MODE_FILTER,
			      SECCOMP_FILTER_FLAG_NEW_LISTENER, &program),
		EINVAL));
	CHECK(syscall(SYS_seccomp, SECCOMP_SET_MODE_FILTER, 0, &program) == 0);
}

static void rights(void)
{
	CHECK(refused(unshare(CLONE_NEWUSER), EPERM));
	CHECK(refused(syscall(SYS_clone, CLONE_NEWUSER | SIGCHLD, 0, 0, 0, 0), EPERM));
	CHECK(refused(syscall(SYS_clone3, NULL, 0), ENOSYS));
	/* cachestat of 6.5, statmount of 6.8, mseal of 6.10, what is to come */
	CHECK(refused(syscall(451, -1, NULL, NULL, 0), ENOSYS));
	CHECK(refused(syscall(457, NULL, NULL, 0, 0), ENOSYS));
	CHECK(refused(syscall(462, NULL, 0, 0), ENOSYS));
	CHECK(refused(syscall(511, 0), ENOSYS));
	CHECK(refused(syscall(SYS_mount, 0, 0, 0, 0, 0), EPERM));
	CHECK(refused(syscall(SYS_bpf, 0, 0, 0), EPERM));
	CHECK(refused(syscall(SYS_io_uring_setup, 1, 0), EPERM));
	CHECK(refused(syscall(SYS_ptrace, 0, 0, 0, 0), EPERM));
	CHECK(refused(syscall(SYS_syslog, 3, 0, 0), EPERM));
	CHECK(refused(syscall(SYS_keyctl, 0, 0), EPERM));
	CHECK(refused(sethostname("x", 1), EPERM));
	CHECK(prctl(PR_CAPBSET_READ, 21, 0, 0, 0) == 0);
	CHECK(kill(1, 0) == 0); /* the box's own first process, of the same user */
}

/* Of 0 a kernel that gives core files to a program takes no notice. */
static void core_files(void)
{
	struct rlimit r;

	CHECK(getrlimit(RLIMIT_CORE, &r) == 0 && r.rlim_cur == 1 && r.rlim_max == 1);
}

static void processes(void)
{
	DIR *d = opendir("/proc");
	unsigned n = 0;

	CHECK(d != NULL);
	for (struct dirent *entry; d && (entry = readdir(d));)
		n += entry->d_name[0] >= '1' && entry->d_name[0] <= '9';
	if (d)
		closedir(d);
	CHECK(n == 1); /* this one: the first, which has the caller's memory, is hidden */
	CHECK(refused(open("/proc/1/environ", O_RDONLY), ENOENT));
	CHECK(refused(open("/proc/1/cmdline", O_RDONLY), ENOENT));
}

/* Where the caller is root, the files of /proc belong to the user in the box: only the mount keeps them from being written. */
static void settings(void)
{
	static const char *const paths[] = { "/proc/sys/kernel/core_pattern", "/proc/sysrq-trigger",
		"/proc/sys/kernel/modprobe", "/proc/sys/vm/drop_caches",
		"/proc/self/oom_score_adj" };

	for (size_t i = 0; i < ARRAY_LEN(paths); i++) {
		int fd = open(paths[i], O_WRONLY);

		CHECK(fd < 0);
		if (fd >= 0)
			fprintf(stderr, "'%s' can be written\n", paths[i]);
	}
}

static int probe(void)
{
	identity();
	descriptors();
	modes();
	device_nodes();
	network();
	rights();
	filters();
	core_files();
	processes();
	settings();
	list("/");
	list("/dev");
	list("/etc");
	list("/build");
	for (char **v = environ; *v; v++)
		printf("%s\n", *v);
	return test_end();
}

/* ---- outside ---- */

static bool run_limited(struct box_result *r, struct box_limits limits, struct err *e,
	const struct box_command *commands, size_t n)
{
	static const char *const env[] = { "TZ=Etc/GMT+12", "MORE=1", NULL };
	const struct box_job job = {
		.commands = commands,
		.n_commands = n,
		.env = env,
		.limits = limits,
	};

	return run_job(r, job, e);
}

static bool run(struct box_result *r, const struct box_command *commands, size_t n)
{
	struct err e = { 0 };
	bool ok = run_limited(r, (struct box_limits){ 0 }, &e, commands, n);

	if (!ok)
		fprintf(stderr, "%s\nhint: %s\n", e.text, e.hint);
	return ok;
}

static void seen_from_inside(void)
{
	const struct box_command commands[] = { { (const char *const[]){
		"/probe", "probe", NULL } } };
	struct box_result r;

	setenv("LEAK", "from the host", 1);
	signal(SIGPIPE, SIG_IGN);
	CHECK(run(&r, commands, 1) && r.done);
	CHECK(says(" 0 failed\n"));
	CHECK(says("/: bin build dev etc lib lib64 out probe proc sbin src sys tmp usr\n"));
	CHECK(says("/dev: fd full null random shm stderr stdin stdout urandom zero\n"));
	CHECK(says("/etc: group hostname hosts nsswitch.conf of-root passwd resolv.conf\n"));
	CHECK(says("PATH=/usr/sbin:/usr/bin:/sbin:/bin\nHOME=/build\nUSER=build\nLOGNAME=build\n"
		   "SHELL=/bin/sh\nLANG=C.UTF-8\nLC_ALL=C.UTF-8\nTZ=Etc/GMT+12\n"
		   "SOURCE_DATE_EPOCH=1700000000\nMORE=1\n"));
	CHECK(!memmem(printed.p, printed.n, "LEAK", 4));
}

static void commands_in_order(void)
{
	const struct box_command commands[] = {
		SHELL("cat /src/a; echo one > /build/kept; (sleep 1000 & echo started)"),
		SHELL("cat /build/kept; echo err >&2; echo made > /out/product; set -- /proc/[0-9]*; echo $#"),
		SHELL("exit 3"),
		SHELL("echo never"),
	};
	CLEANUP(buf_done) struct buf product = { 0 };
	struct box_result r;
	struct err e = { 0 };

	CHECK(run(&r, commands, 4));
	CHECK(!r.done && !r.timed_out && r.command == 2 && r.status == 3);
	/* this shell, not the sleep of the first command */
	CHECK(says("source\nstarted\none\nerr\n1\n"));
	CHECK(!memmem(printed.p, printed.n, "never", 5));
	CHECK_OK(file_read(AT_FDCWD, at("out/product"), 100, &product, &e), e);
	CHECK(str_equal(buf_str(&product), STR("made\n")));
}

static void failures(void)
{
	const struct box_command missing[] = { { (const char *const[]){
		"no-such-program", NULL } } };
	const struct box_command killed[] = { SHELL("kill -9 $$") };
	const struct box_command endless[] = { SHELL("echo begun; sleep 1000") };
	const struct box_command big[] = { SHELL("head -c 200000 /dev/zero > /build/big") };
	struct box_result r;
	struct err e = { 0 };

	CHECK(run(&r, missing, 1) && !r.done && r.status == 127);
	CHECK(says("cannot start 'no-such-program'"));
	CHECK(run(&r, killed, 1) && !r.done && r.status == 128 + SIGKILL);
	CHECK_OK(run_limited(&r, (struct box_limits){ .wall_s = 3 }, &e, endless, 1), e);
	CHECK(!r.done && r.timed_out && says("begun"));
	CHECK_OK(run_limited(&r, (struct box_limits){ .file = 100000 }, &e, big, 1), e);
	CHECK(!r.done && r.status != 0);
}

static void bad_jobs(void)
{
	const struct box_command ok[] = { SHELL("true") };
	struct box_job job = {
		.sysroot = "/nonexistent", .out = folder, .commands = ok, .n_commands = 1
	};
	struct box_result r;
	struct err e = { 0 };

	CHECK_ERR(box_run(&r, &job, 1, &e), e, ERR_NOTFOUND);
	CHECK(strstr(e.text, "'/nonexistent'") != NULL);
	job.sysroot = "relative";
	CHECK_ERR(box_run(&r, &job, 1, &e), e, ERR_USAGE);
	job.sysroot = folder;
	job.n_binds = BOX_BINDS_MAX + 1;
	CHECK_ERR(box_run(&r, &job, 1, &e), e, ERR_LIMIT);
}

/* A toolchain whose /etc is a link shows nothing of the machine's. */
static void linked_etc(void)
{
	const struct box_command ok[] = { SHELL("true") };
	char root[512], out[512];
	const struct box_job job = { .sysroot = root, .out = out, .commands = ok, .n_commands = 1 };
	struct box_result r;
	struct err e = { 0 };

	snprintf(root, sizeof root, "%s/linked", folder);
	snprintf(out, sizeof out, "%s/out", folder);
	CHECK_OK(file_mkdirs(AT_FDCWD, root, &e), e);
	CHECK(symlink("/etc", at("linked/etc")) == 0);
	CHECK_ERR(box_run(&r, &job, 1, &e), e, ERR_IO);
	CHECK(strstr(e.text, "'etc'") != NULL);
}

/* Reaps children, adopted ones too, until there are none; false after 20 s. */
static bool all_gone(void)
{
	for (int i = 0; i < 1000; i++) {
		if (waitpid(-1, NULL, WNOHANG) < 0)
			return errno == ECHILD;
		usleep(20000);
	}
	return false;
}

/* kill -9 of the process that called box_run ends everything in the box. */
static void caller_killed(void)
{
	const struct box_command commands[] = { SHELL(
		"echo > /out/begun; sleep 1000 & sleep 1000") };
	struct box_result r;
	struct stat st;
	pid_t pid;

	CHECK(prctl(PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0) == 0);
	pid = fork();
	if (pid == 0) {
		run(&r, commands, 1);
		_exit(0);
	}
	for (int i = 0; i < 1000 && stat(at("out/begun"), &st) < 0; i++)
		usleep(20000);
	CHECK(stat(at("out/begun"), &st) == 0);
	CHECK(pid > 0 && kill(pid, SIGKILL) == 0);
	CHECK(all_gone());
}

static void put(const char *path, const char *text)
{
	int fd = open(path, O_WRONLY);

	CHECK(fd >= 0 && write(fd, text, strlen(text)) == (ssize_t)strlen(text));
	close(fd);
}

/* In a user namespace of our own, which may make no further one: the message names the setting. */
static int forbidden(void)
{
	const struct box_command ok[] = { SHELL("true") };
	struct box_result r;
	struct err e = { 0 };
	char map[64];

	snprintf(map, sizeof map, "0 %u 1", geteuid());
	if (unshare(CLONE_NEWUSER) < 0)
		return 1;
	put("/proc/self/setgroups", "deny");
	put("/proc/self/uid_map", map);
	put("/proc/sys/user/max_user_namespaces", "0");
	CHECK(!run_limited(&r, (struct box_limits){ 0 }, &e, ok, 1) && e.kind == ERR_IO);
	CHECK(strstr(e.text, "cannot make a user namespace for the box") != NULL);
	CHECK(strstr(e.hint, "user.max_user_namespaces") != NULL);
	return test_failed != 0;
}

static int suite(void)
{
	set_up();
	seen_from_inside();
	commands_in_order();
	failures();
	bad_jobs();
	linked_etc();
	caller_killed();
	in_child(forbidden);
	return tear_down();
}

int main(int argc, char **argv)
{
	if (argc == 2 && !strcmp(argv[1], "probe"))
		return probe();
	return as_both_users();
}
