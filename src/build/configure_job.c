#define ASSAY_MAY_ASK_THE_MACHINE
#include "build/configure_job.h"

#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/mem.h"
#include "box/box.h"
#include "build/step_log.h"
#include "build/sysroot.h"
#include "sys/file.h"
#include "base/banned.h"

#define PACKAGES "/run/assay/packages"

enum { JOB_MEMORY_MAX = 16 << 20, OPTIONS_MAX = 8 };

static const uint64_t root_max = 8ULL << 30, file_max = 4ULL << 30;

static const char *const environment[] = {
	"DEBIAN_FRONTEND=noninteractive",
	"DEBCONF_NONINTERACTIVE_SEEN=true",
	"DEBCONF_NOWARNINGS=yes",
	"DPKG_FORCE=unsafe-io", /* a sync of what lies in memory only costs */
	"HOME=/root",
	"USER=root",
	"LOGNAME=root",
	"PERL_HASH_SEED=0",
	"PYTHONHASHSEED=0",
	NULL,
};

/* NAME_ARCHITECTURE.deb: dpkg does not care, a person who reads the log does. */
static const char *file_name(const struct lock_package *p, const char *folder, struct arena *a)
{
	return arena_printf(
		a, "%s/%.*s_%.*s.deb", folder, STR_ARG(p->name), STR_ARG(p->architecture))
		.p;
}

/* Another name of the object where the file system lets us, else a copy. */
static bool offer(const struct configure_job *job, const struct lock_package *p, const char *path,
	struct err *e)
{
	CLEANUP(file_closep) int from = -1, to = -1;
	char place[STORE_PLACE_MAX];
	uint64_t size;
	off64_t at = 0;

	store_object_place(place, p->sha256);
	if (linkat(store_fd(job->store), place, AT_FDCWD, path, 0) == 0)
		return true;
	from = store_open_object(job->store, p->sha256, &size, e);
	if (from < 0)
		return err_wrap(e, "package '%.*s'", STR_ARG(p->name));
	to = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0644);
	while (to >= 0 && (uint64_t)at < size)
		if (copy_file_range(from, &at, to, NULL, (size_t)(size - (uint64_t)at), 0) <= 0)
			break;
	if (to < 0 || (uint64_t)at < size)
		return err_os(e, "cannot offer package '%.*s' to dpkg", STR_ARG(p->name));
	return true;
}

static bool offer_all(
	const struct configure_job *job, const char *folder, struct arena *a, struct err *e)
{
	if (mkdir(folder, 0755) < 0)
		return err_os(e, "cannot make folder '%s'", folder);
	for (size_t i = 0; i < job->n_packages; i++) {
		const char *path = file_name(job->packages[i], folder, a);

		if (!path)
			return arena_full(a, e);
		if (!offer(job, job->packages[i], path, e))
			return false;
	}
	return true;
}

/*
 * dpkg --unpack FILE... of one batch. The first may not keep the order of pre-dependencies: Essential packages need each
 * other, and all of them are there already. Where the description leaves packages out, it answers for what is missing.
 */
static const char **unpack(const struct configure_job *job, size_t batch, struct arena *a)
{
	const char **argv = ARENA_ARRAY(a, job->n_packages + OPTIONS_MAX, const char *);
	size_t n = 0;

	if (!argv)
		return NULL;
	argv[n++] = "dpkg";
	if (batch == 0 || job->incomplete)
		argv[n++] = "--force-depends";
	argv[n++] = "--unpack";
	for (size_t i = 0; i < job->n_packages; i++)
		if (job->order->batch[i] == batch) {
			argv[n] = file_name(job->packages[i], PACKAGES, a);
			if (!argv[n++])
				return NULL;
		}
	return argv;
}

/* dpkg --configure NAME...: what must be before the batch; NULL in *argv when that is nothing. */
static bool configure(
	const struct configure_job *job, size_t batch, struct arena *a, const char *const **argv)
{
	const char **names = ARENA_ARRAY(a, job->n_packages + OPTIONS_MAX, const char *);
	size_t n = 0, first;

	if (!names)
		return false;
	names[n++] = "dpkg";
	if (job->incomplete)
		names[n++] = "--force-depends";
	names[n++] = "--configure";
	first = n;
	for (size_t i = 0; i < job->n_packages; i++)
		if (job->order->before[i] == batch) {
			names[n] = arena_str(a, job->packages[i]->name).p;
			if (!names[n++])
				return false;
		}
	*argv = n > first ? names : NULL;
	return true;
}

static struct box_command *commands_of(
	const struct configure_job *job, size_t *n_ret, struct arena *a)
{
	static const char *const pending[] = { "dpkg", "--configure", "--pending", NULL },
				 *const forced[] = { "dpkg", "--force-depends", "--configure",
					 "--pending", NULL };
	size_t n_batches = job->order->n_batches, n = 0;
	struct box_command *commands = ARENA_ARRAY(a, 2 * n_batches, struct box_command);

	for (size_t i = 0; commands && i < n_batches; i++) {
		const char *const *argv = NULL;

		if (i && !configure(job, i, a, &argv))
			return NULL;
		if (argv)
			commands[n++].argv = argv;
		commands[n].argv = unpack(job, i, a);
		if (!commands[n++].argv)
			return NULL;
	}
	if (commands)
		commands[n++].argv = job->incomplete ? forced : pending;
	*n_ret = n;
	return commands;
}

static bool failed(const struct configure_job *job, const struct box_result *r, const char *log,
	int log_fd, struct component_failure *f, struct err *e)
{
	struct component_failure mine = { 0 };

	err_set(e, ERR_MISMATCH, "the image's dpkg %s (step %zu, code %d)",
		r->timed_out ? "took longer than the limit" : "failed", r->command + 1, r->status);
	if (!f)
		f = &mine;
	step_log_tail(&f->tail, log_fd);
	step_log_keep(f->log, job->store, log, STR("configure"), job->derivation);
	buf_done(&mine.tail);
	return f->log[0]
		       ? err_hint(e,
				 "all that it printed is in '%s'; a package kept out by leave-out: may be what a script needs",
				 f->log)
		       : false;
}

static bool run(const struct configure_job *job, struct box_job *box, const char *log,
	struct component_failure *failure, struct err *e)
{
	CLEANUP(file_closep)
	int fd = open(log, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0644);
	struct box_result r = { 0 };

	if (fd < 0)
		return err_os(e, "cannot make '%s'", log);
	if (!box_run(&r, box, fd, e))
		return false;
	if (job->how && job->how->box)
		*job->how->box = r;
	return r.done || failed(job, &r, log, fd, failure, e);
}

bool configure_job_run(const struct configure_job *job, const char *tmp, const char *out,
	struct component_failure *failure, struct err *e)
{
	CLEANUP(arena_freep) struct arena *a = arena_new(JOB_MEMORY_MAX);
	CLEANUP(mem_free) char *sysroot = NULL;
	const char *folder = arena_printf(a, "%s/packages", tmp).p,
		   *log = arena_printf(a, "%s/log", tmp).p;
	const struct box_bind packages = { .host = folder, .at = PACKAGES };
	struct box_job box = { .whole_root = job->base,
		.binds = &packages,
		.n_binds = 1,
		.out = out,
		.env = environment,
		.source_date_epoch = job->source_date_epoch,
		.seed = job->derivation,
		.limits = { .disk = root_max, .file = file_max } };

	box.commands = commands_of(job, &box.n_commands, a);
	if (!folder || !log || !box.commands)
		return arena_full(a, e);
	if (!offer_all(job, folder, a, e) || !sysroot_lay(&sysroot, job->store, job->base, e))
		return false;
	box.sysroot = sysroot;
	if (job->how && job->how->view)
		box.view = *job->how->view;
	return run(job, &box, log, failure, e);
}
