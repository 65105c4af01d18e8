#define ASSAY_MAY_ASK_THE_MACHINE
#include "box/box_own.h"

#include <pwd.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/utsname.h>
#include <unistd.h>

#include "base/banned.h"

enum { PASSWD_ROOM = 16384 };

static const char *variable(const char *name, const char *otherwise)
{
	const char *value = getenv(name);

	return value ? value : otherwise;
}

static void own_host(struct box_view *v, struct box_own *own)
{
	struct utsname u;

	if (uname(&u) < 0)
		return;
	snprintf(own->host, sizeof own->host, "%s", u.nodename);
	v->host_name = own->host;
}

static void own_user(struct box_view *v, struct box_own *own)
{
	char room[PASSWD_ROOM];
	struct passwd p, *found = NULL;

	v->user_id = geteuid();
	if (getpwuid_r(v->user_id, &p, room, sizeof room, &found) != 0 || !found)
		snprintf(own->user, sizeof own->user, "%u", v->user_id);
	else
		snprintf(own->user, sizeof own->user, "%s", p.pw_name);
	v->user = own->user;
}

/* Below a folder of the box's own, so that it hides nothing of the sysroot. */
static void own_work(struct box_job *job, struct box_own *own)
{
	const char *slash = strrchr(job->out, '/');

	if (snprintf(own->work, sizeof own->work, "/host%.*s", (int)(slash - job->out), job->out) <
		(int)sizeof own->work)
		job->view.work = own->work;
}

/* Only Linux tells another thread's umask; there are no other threads' files made meanwhile that this could harm. */
static int own_umask(void)
{
	char line[128];
	FILE *f = fopen("/proc/self/status", "re");
	long mask = -1;

	while (f && mask < 0 && fgets(line, sizeof line, f))
		if (!strncmp(line, "Umask:", 6))
			mask = strtol(line + 6, NULL, 8);
	if (f)
		fclose(f);
	return mask < 0 ? 022 : (int)mask;
}

void box_own_show(struct box_job *job, struct box_own *own)
{
	struct box_view *v = &job->view;

	memset(own, 0, sizeof *own);
	if (!box_view_fixes(v, BOX_PATH))
		own_work(job, own);
	if (!box_view_fixes(v, BOX_HOST_NAME))
		own_host(v, own);
	if (!box_view_fixes(v, BOX_USER_NAME))
		own_user(v, own);
	if (!box_view_fixes(v, BOX_HOME))
		v->home = variable("HOME", "/");
	if (!box_view_fixes(v, BOX_UMASK))
		v->umask_bits = own_umask();
	if (!box_view_fixes(v, BOX_LOCALE))
		v->locale = variable("LC_ALL", variable("LANG", "C"));
	if (!box_view_fixes(v, BOX_ZONE))
		v->zone = variable("TZ", "");
	if (!box_view_fixes(v, BOX_PIDS) && !v->pid_base)
		v->pid_base = (unsigned)getpid();
}
