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
		s->ready(s->ready_arg, attest_http_port(h), a->from.kind);
	return attest_http_run(h, e);
}

/* The logs that belong to this kind of evidence; the others stay -1. */
static bool open_logs(struct attester_sources *from, const struct attest_service *s, struct err *e)
{
	bool tpm = from->kind == BUNDLE_TPM || from->kind == BUNDLE_AZURE;

	return (!tpm || (open_log(&from->firmware_log, s->firmware_log, true, e) &&
				open_log(&from->systemd_log, s->systemd_log, false, e))) &&
	       (from->kind != BUNDLE_TDX || open_log(&from->cc_log, s->cc_log, false, e));
}

/* All that takes rights is open: gives them up and serves. */
static bool give_up_and_serve(
	const struct attest_service *s, const struct attester_sources *from, struct err *e)
{
	struct attester a;
	bool ok;

	if (s->drop && !drop(s, e))
		return false;
	if (!attester_init(&a, from, e))
		return false;
	ok = serve(s, &a, e);
	attester_done(&a);
	return ok;
}

bool attest_service_run(const struct attest_service *s, struct err *e)
{
	CLEANUP(attest_tpm_freep) struct attest_tpm *tpm = NULL;
	CLEANUP(attest_hardware_freep) struct attest_hardware *hardware = NULL;
	struct attester_sources from = { .firmware_log = -1, .systemd_log = -1, .cc_log = -1 };
	bool ok;

	if (!attest_platform_find(&from.kind, &tpm, s->platform, &s->hardware, &s->tpm, e))
		return false;
	if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) < 0)
		return err_os(e, "cannot give up new privileges");
	if (!tpm && !attest_hardware_new(&hardware, from.kind, &s->hardware, e))
		return false;
	from.tpm = tpm;
	from.hardware = hardware;
	ok = open_logs(&from, s, e) && give_up_and_serve(s, &from, e);
	close_fd(&from.firmware_log);
	close_fd(&from.systemd_log);
	close_fd(&from.cc_log);
	return ok;
}
