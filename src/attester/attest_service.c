#define ASSAY_MAY_ASK_THE_MACHINE
#include "attester/attest_service.h"

#include <errno.h>
#include <fcntl.h>
#include <grp.h>
#include <sys/prctl.h>
#include <unistd.h>

#include "base/banned.h"

static void close_fd(int *fd)
{
	if (*fd >= 0)
		close(*fd);
	*fd = -1;
}

/* -1 in *ret for a file that may be missing and is. */
static bool open_log(int *ret, const char *path, bool must, struct err *e)
{
	int fd = path ? open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY | O_NONBLOCK) : -1;

	if (path && fd < 0 && (must || errno != ENOENT)) {
		err_os(e, "cannot open '%s'", path);
		return must ? err_hint(e, "is securityfs mounted, and is there a TPM") : false;
	}
	*ret = fd;
	return true;
}

/* For good: no way back to the old ids, and none to new ones by executing something. */
static bool drop(const struct attest_service *s, struct err *e)
{
	if (s->uid == 0 || s->gid == 0)
		return err_set(e, ERR_USAGE, "uid and gid to serve with must not be 0");
	if (setgroups(0, NULL) < 0 || setresgid(s->gid, s->gid, s->gid) < 0 ||
		setresuid(s->uid, s->uid, s->uid) < 0)
		return err_os(e, "cannot become uid %u, gid %u", s->uid, s->gid);
	if (setuid(0) == 0 || setgid(0) == 0)
		return err_set(e, ERR_INTERNAL, "still root after giving it up");
	return true;
}

static bool serve(const struct attest_service *s, const struct attester *a, struct err *e)
{
	CLEANUP(attest_http_freep) struct attest_http *h = NULL;

	if (!attest_http_new(&h, a, s->address, s->port, e))
		return false;
	if (s->ready)
		s->ready(s->ready_arg, attest_http_port(h));
	return attest_http_run(h, e);
}

bool attest_service_run(const struct attest_service *s, struct attest_tpm *tpm, struct err *e)
{
	CLEANUP(close_fd) int firmware = -1, systemd = -1;
	struct attester a;
	bool ok;

	if (!open_log(&firmware, s->firmware_log, true, e) ||
		!open_log(&systemd, s->systemd_log, false, e))
		return false;
	if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) < 0)
		return err_os(e, "cannot give up new privileges");
	if (s->drop && !drop(s, e))
		return false;
	if (!attester_init(&a, tpm, firmware, systemd, e))
		return false;
	ok = serve(s, &a, e);
	attester_done(&a);
	return ok;
}
