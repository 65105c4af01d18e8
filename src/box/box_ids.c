#define ASSAY_MAY_ASK_THE_MACHINE
#include "box/box_ids.h"

#include <errno.h>
#include <fcntl.h>
#include <grp.h>
#include <pwd.h>
#include <stdio.h>
#include <stdlib.h>
#include <stdnoreturn.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/str.h"
#include "sys/file.h"
#include "base/banned.h"

enum { SUBID_MAX = 1 << 20, NAME_ROOM = 256, PASSWD_ROOM = 16384 };

/* Exit codes of the helper. */
enum { MAPPED, REFUSED = 2, NOT_WRITTEN = 3, NO_PROGRAM = 127 }; /* newuidmap itself: 0 and 1 */

/* The caller's range, what 1 and above become; root needs none. */
struct ranges {
	bool root;
	uid_t uid;
	gid_t gid;
	uint32_t first_uid, first_gid;
};

static const char *const files[] = { "/etc/subuid", "/etc/subgid" };

/* Is this line of subuid(5), "NAME:FIRST:COUNT", a range of this user that is large enough? */
static bool is_range(struct str line, struct str name, struct str number, uint32_t *first)
{
	struct str who, from, count;
	uint64_t a, n;

	if (!str_cut(str_trim(line), ':', &who, &line) || !str_cut(line, ':', &from, &count) ||
		(!str_equal(who, name) && !str_equal(who, number)))
		return false;
	if (!str_u64(from, &a, UINT32_MAX) || !str_u64(str_trim(count), &n, UINT32_MAX) ||
		n < BOX_IDS - 1 || a == 0 || a + BOX_IDS > UINT32_MAX)
		return false;
	*first = (uint32_t)a;
	return true;
}

static bool find_range(
	const char *path, struct str name, struct str number, uint32_t *first, struct err *e)
{
	CLEANUP(buf_done) struct buf text = { 0 };
	struct err ignored = { 0 };
	struct str line, rest;

	if (file_read(AT_FDCWD, path, SUBID_MAX, &text, &ignored))
		for (rest = buf_str(&text); rest.n;) {
			str_cut(rest, '\n', &line, &rest);
			if (is_range(line, name, number, first))
				return true;
		}
	err_set(e, ERR_NOTFOUND,
		"this step needs many user ids, and '%s' gives user '%.*s' no range of %d", path,
		STR_ARG(name), BOX_IDS - 1);
	return err_hint(e,
		"as root: usermod --add-subuids 100000-165535 --add-subgids 100000-165535 %.*s (numbers that no other user has), and install the package uidmap; or build as root",
		STR_ARG(name));
}

static bool find_ranges(struct ranges *ret, struct err *e)
{
	char room[PASSWD_ROOM], number[16], name[NAME_ROOM];
	struct passwd p, *found = NULL;

	ret->uid = geteuid();
	ret->gid = getegid();
	ret->root = ret->uid == 0;
	if (ret->root)
		return true;
	snprintf(number, sizeof number, "%u", ret->uid);
	if (getpwuid_r(ret->uid, &p, room, sizeof room, &found) != 0 || !found)
		snprintf(name, sizeof name, "%s", number);
	else
		snprintf(name, sizeof name, "%s", p.pw_name);
	return find_range(files[0], str_of(name), str_of(number), &ret->first_uid, e) &&
	       find_range(files[1], str_of(name), str_of(number), &ret->first_gid, e);
}

/* newuidmap PID 0 OWN 1 1 FIRST COUNT */
static int run_program(const char *program, pid_t target, uint32_t own, uint32_t first)
{
	char text[5][16];
	char *argv[] = { (char *)(uintptr_t)program, text[0], (char[]){ "0" }, text[1],
		(char[]){ "1" }, (char[]){ "1" }, text[2], text[3], NULL };
	pid_t pid;
	int status;

	snprintf(text[0], sizeof text[0], "%d", target);
	snprintf(text[1], sizeof text[1], "%u", own);
	snprintf(text[2], sizeof text[2], "%u", first);
	snprintf(text[3], sizeof text[3], "%d", BOX_IDS - 1);
	pid = fork();
	if (pid == 0) {
		int null = open("/dev/null", O_RDWR);

		if (null >= 0) {
			dup2(null, 1);
			dup2(null, 2); /* what it would say, the error says better */
		}
		execvp(program, argv);
		_exit(errno == ENOENT ? NO_PROGRAM : REFUSED);
	}
	while (pid > 0 && waitpid(pid, &status, 0) < 0)
		if (errno != EINTR)
			return REFUSED;
	if (pid < 0 || !WIFEXITED(status))
		return REFUSED;
	if (WEXITSTATUS(status) == NO_PROGRAM)
		return NO_PROGRAM;
	return WEXITSTATUS(status) ? REFUSED : MAPPED;
}

static int write_same(pid_t target, const char *name)
{
	char path[64], text[64];
	CLEANUP(file_closep) int fd = -1;
	int n;

	snprintf(path, sizeof path, "/proc/%d/%s", target, name);
	n = snprintf(text, sizeof text, "0 0 %d\n", BOX_IDS);
	fd = open(path, O_WRONLY | O_CLOEXEC);
	return fd >= 0 && write(fd, text, (size_t)n) == n ? MAPPED : NOT_WRITTEN;
}

/* Outside: waits until the one inside is in its namespace. */
static noreturn void help(const struct ranges *r, pid_t target, int gate)
{
	char go;
	int rc;

	if (prctl(PR_SET_PDEATHSIG, SIGKILL) < 0 || read(gate, &go, 1) != 1)
		_exit(NOT_WRITTEN);
	rc = r->root ? write_same(target, "uid_map")
		     : run_program("newuidmap", target, r->uid, r->first_uid);
	if (rc == MAPPED)
		rc = r->root ? write_same(target, "gid_map")
			     : run_program("newgidmap", target, r->gid, r->first_gid);
	_exit(rc);
}

bool box_ids_prepare(struct box_ids *ret, struct err *e)
{
	struct ranges r = { 0 };
	pid_t self = getpid(), pid;
	int gate[2];

	if (!find_ranges(&r, e))
		return false;
	if (pipe2(gate, O_CLOEXEC) < 0)
		return err_os(e, "cannot prepare the box's user ids");
	pid = fork();
	if (pid < 0) {
		err_os(e, "cannot prepare the box's user ids");
		close(gate[0]);
		close(gate[1]);
		return false;
	}
	if (pid == 0) {
		close(gate[1]);
		help(&r, self, gate[0]);
	}
	close(gate[0]);
	*ret = (struct box_ids){ pid, gate[1] };
	return true;
}

static int helper_end(struct box_ids *ids)
{
	int status;

	close(ids->gate);
	ids->gate = -1;
	while (waitpid(ids->helper, &status, 0) < 0)
		if (errno != EINTR)
			return NOT_WRITTEN;
	return WIFEXITED(status) ? WEXITSTATUS(status) : NOT_WRITTEN;
}

void box_ids_done(struct box_ids *ids)
{
	if (ids->gate >= 0)
		(void)helper_end(ids);
}

bool box_ids_map(struct box_ids *ids, struct err *e)
{
	int rc = NOT_WRITTEN;

	if (write(ids->gate, "", 1) == 1)
		rc = helper_end(ids);
	if (rc == NO_PROGRAM) {
		err_set(e, ERR_NOTFOUND,
			"this step needs many user ids, and there is no newuidmap or newgidmap to map them");
		return err_hint(e, "install the package uidmap");
	}
	if (rc == REFUSED) {
		err_set(e, ERR_IO,
			"newuidmap or newgidmap would not map the ids of /etc/subuid and /etc/subgid");
		return err_hint(e,
			"both files must name this user, and the two programs must keep their setuid bit or file capabilities (not on a nosuid mount, not under no_new_privs)");
	}
	if (rc != MAPPED) {
		err_set(e, ERR_IO, "cannot give the box the ids 0 to %d", BOX_IDS - 1);
		return err_hint(e,
			"root of a container often has fewer ids than that itself (see /proc/self/uid_map): give the container 65536 of them");
	}
	if (setresgid(0, 0, 0) < 0 || setresuid(0, 0, 0) < 0 || setgroups(0, NULL) < 0)
		return err_os(e, "cannot become the first user of the box");
	return true;
}
