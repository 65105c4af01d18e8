#include "box/box_seccomp.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/seccomp.h>
#include <sched.h>
#include <seccomp.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/stat.h>

#include "base/banned.h"

/*
 * The first call that the kernel which a step sees (6.1) does not have; above 424 the numbers are the same on every
 * architecture. What is newer must not tell the machine's kernel, and must not pass by what is refused in its older form.
 */
enum { NR_NEWER = 451 };

static const struct {
	int nr, os;
} refused[] = {
	{ SCMP_SYS(mount), EPERM },
	{ SCMP_SYS(umount2), EPERM },
	{ SCMP_SYS(pivot_root), EPERM },
	{ SCMP_SYS(chroot), EPERM },
	{ SCMP_SYS(fsopen), EPERM },
	{ SCMP_SYS(fsconfig), EPERM },
	{ SCMP_SYS(fsmount), EPERM },
	{ SCMP_SYS(fspick), EPERM },
	{ SCMP_SYS(open_tree), EPERM },
	{ SCMP_SYS(move_mount), EPERM },
	{ SCMP_SYS(mount_setattr), EPERM },
	{ SCMP_SYS(unshare), EPERM },
	{ SCMP_SYS(setns), EPERM },
	{ SCMP_SYS(keyctl), EPERM },
	{ SCMP_SYS(add_key), EPERM },
	{ SCMP_SYS(request_key), EPERM },
	{ SCMP_SYS(bpf), EPERM },
	{ SCMP_SYS(perf_event_open), EPERM },
	{ SCMP_SYS(userfaultfd), EPERM },
	{ SCMP_SYS(io_uring_setup), EPERM },
	{ SCMP_SYS(io_uring_enter), EPERM },
	{ SCMP_SYS(io_uring_register), EPERM },
	{ SCMP_SYS(ptrace), EPERM },
	{ SCMP_SYS(process_vm_readv), EPERM },
	{ SCMP_SYS(process_vm_writev), EPERM },
	{ SCMP_SYS(syslog), EPERM },
	{ SCMP_SYS(setxattr), ENOTSUP },
	{ SCMP_SYS(lsetxattr), ENOTSUP },
	{ SCMP_SYS(fsetxattr), ENOTSUP },
	{ SCMP_SYS(removexattr), ENOTSUP },
	{ SCMP_SYS(lremovexattr), ENOTSUP },
	{ SCMP_SYS(fremovexattr), ENOTSUP },
	{ SCMP_SYS(getxattr), ENOTSUP },
	{ SCMP_SYS(lgetxattr), ENOTSUP },
	{ SCMP_SYS(fgetxattr), ENOTSUP },
	{ SCMP_SYS(listxattr), ENOTSUP },
	{ SCMP_SYS(llistxattr), ENOTSUP },
	{ SCMP_SYS(flistxattr), ENOTSUP },
	{ SCMP_SYS(clone3), ENOSYS },
	{ SCMP_SYS(rseq), ENOSYS },
	{ SCMP_SYS(openat2), ENOSYS },
};

/* Calls that take a mode, and in which argument; those that open make a file only with one of `making` in flags_at. */
static const struct {
	int nr;
	unsigned mode_at;
	int flags_at; /* -1: none */
} with_mode[] = {
	{ SCMP_SYS(chmod), 1, -1 },
	{ SCMP_SYS(fchmod), 1, -1 },
	{ SCMP_SYS(fchmodat), 2, -1 },
	{ SCMP_SYS(creat), 1, -1 },
	{ SCMP_SYS(mkdir), 1, -1 },
	{ SCMP_SYS(mkdirat), 2, -1 },
	{ SCMP_SYS(mknod), 1, -1 },
	{ SCMP_SYS(mknodat), 2, -1 },
	{ SCMP_SYS(open), 2, 1 },
	{ SCMP_SYS(openat), 3, 2 },
};

static const unsigned bits[] = { S_ISUID, S_ISGID, S_ISVTX };
static const unsigned making[] = { O_CREAT, O_TMPFILE & ~O_DIRECTORY };

static const unsigned no_clone[] = {
	CLONE_NEWUSER,
	CLONE_NEWNS,
	CLONE_NEWPID,
	CLONE_NEWIPC,
	CLONE_NEWUTS,
	CLONE_NEWNET,
	CLONE_NEWCGROUP,
	CLONE_UNTRACED,
};

static int refuse_mode(scmp_filter_ctx ctx, size_t i, unsigned bit)
{
	struct scmp_arg_cmp mode = SCMP_CMP(with_mode[i].mode_at, SCMP_CMP_MASKED_EQ, bit, bit);
	int rc = 0;

	if (with_mode[i].flags_at < 0)
		return seccomp_rule_add(ctx, SCMP_ACT_ERRNO(EPERM), with_mode[i].nr, 1, mode);
	for (size_t k = 0; k < ARRAY_LEN(making) && rc == 0; k++)
		rc = seccomp_rule_add(ctx, SCMP_ACT_ERRNO(EPERM), with_mode[i].nr, 2, mode,
			SCMP_CMP((unsigned)with_mode[i].flags_at, SCMP_CMP_MASKED_EQ, making[k],
				making[k]));
	return rc;
}

/* 0, or the negative errno of the first rule that could not be added. */
static int refuse_modes(scmp_filter_ctx ctx)
{
	int rc = 0;

	for (size_t i = 0; i < ARRAY_LEN(with_mode) && rc == 0; i++)
		for (size_t k = 0; k < ARRAY_LEN(bits) && rc == 0; k++)
			rc = refuse_mode(ctx, i, bits[k]);
	return rc;
}

/* Leads out of the network namespace, into large parts of the kernel, or (netlink) is asked for all the time. */
static bool is_dangerous(unsigned family)
{
	static const unsigned dangerous[] = { AF_NETLINK, AF_PACKET, AF_RDS, AF_IB, AF_CAN, AF_TIPC,
		AF_BLUETOOTH, AF_RXRPC, AF_NFC, AF_ALG, AF_VSOCK, AF_KCM, AF_QIPCRTR, AF_SMC,
		AF_XDP };

	for (size_t i = 0; i < ARRAY_LEN(dangerous); i++)
		if (family == dangerous[i])
			return true;
	return false;
}

/*
 * A network namespace does not hold all families: AF_VSOCK reaches the machine's host. With a tracer the others are its
 * business, which notes them.
 */
static int refuse_families(scmp_filter_ctx ctx, bool traced)
{
	int rc = seccomp_rule_add(ctx, SCMP_ACT_ERRNO(EAFNOSUPPORT), SCMP_SYS(socket), 1,
		SCMP_CMP(0, SCMP_CMP_GE, AF_MAX, 0));

	for (unsigned family = 0; family < AF_MAX && rc == 0; family++)
		if (traced ? is_dangerous(family)
			   : family != AF_UNIX && family != AF_INET && family != AF_INET6)
			rc = seccomp_rule_add(ctx, SCMP_ACT_ERRNO(EAFNOSUPPORT), SCMP_SYS(socket),
				1, SCMP_CMP(0, SCMP_CMP_EQ, family, 0));
	return rc ? rc
		  : seccomp_rule_add(ctx, SCMP_ACT_ERRNO(EAFNOSUPPORT), SCMP_SYS(socketpair), 1,
			    SCMP_CMP(0, SCMP_CMP_NE, AF_UNIX, 0));
}

/*
 * A filter with a listener answers a call before the tracer is asked, and its answer may be to let it run. All other filters
 * can only refuse more.
 */
static int refuse_listeners(scmp_filter_ctx ctx)
{
	return seccomp_rule_add(ctx, SCMP_ACT_ERRNO(EINVAL), SCMP_SYS(seccomp), 1,
		SCMP_CMP(1, SCMP_CMP_MASKED_EQ, SECCOMP_FILTER_FLAG_NEW_LISTENER,
			SECCOMP_FILTER_FLAG_NEW_LISTENER));
}

static int refuse(scmp_filter_ctx ctx, bool traced, bool many_ids)
{
	int rc = seccomp_attr_set(ctx, SCMP_FLTATR_ACT_BADARCH, SCMP_ACT_KILL_PROCESS);

	for (size_t i = 0; i < ARRAY_LEN(refused) && rc == 0; i++)
		rc = seccomp_rule_add(
			ctx, SCMP_ACT_ERRNO((uint32_t)refused[i].os), refused[i].nr, 0);
	for (int nr = NR_NEWER; nr < TRACE_CALLS_MAX && rc == 0; nr++)
		rc = seccomp_rule_add(ctx, SCMP_ACT_ERRNO(ENOSYS), nr, 0);
	for (size_t i = 0; i < ARRAY_LEN(no_clone) && rc == 0; i++)
		rc = seccomp_rule_add(ctx, SCMP_ACT_ERRNO(EPERM), SCMP_SYS(clone), 1,
			SCMP_CMP(0, SCMP_CMP_MASKED_EQ, no_clone[i], no_clone[i]));
	if (rc == 0)
		rc = refuse_families(ctx, traced);
	if (rc == 0)
		rc = refuse_listeners(ctx);
	if (rc == 0)
		rc = seccomp_rule_add(ctx, SCMP_ACT_ERRNO(EPERM), SCMP_SYS(prctl), 1,
			SCMP_CMP(0, SCMP_CMP_EQ, PR_SET_TSC, 0));
	if (rc || many_ids)
		return rc;
	rc = seccomp_rule_add(ctx, SCMP_ACT_ERRNO(0), SCMP_SYS(getgroups), 0);
	return rc ? rc : refuse_modes(ctx);
}

static struct scmp_arg_cmp compare(const struct trace_when *w)
{
	if (w->differs)
		return SCMP_CMP(w->arg, SCMP_CMP_NE, w->value, 0);
	if (w->high)
		return SCMP_CMP(w->arg, SCMP_CMP_GE, w->value, 0);
	return SCMP_CMP(w->arg, SCMP_CMP_MASKED_EQ, w->mask, w->value);
}

static int trace_one(scmp_filter_ctx ctx, const struct trace_handler *h)
{
	struct scmp_arg_cmp args[ARRAY_LEN(h->when)];
	unsigned n = 0;
	int rc = 0;

	for (size_t i = 0; i < ARRAY_LEN(h->when); i++)
		if (h->when[i].mask)
			args[n++] = compare(&h->when[i]);
	if (!h->either)
		return seccomp_rule_add_array(ctx, SCMP_ACT_TRACE(0), (int)h->nr, n, args);
	for (unsigned i = 0; i < n && rc == 0; i++)
		rc = seccomp_rule_add_array(ctx, SCMP_ACT_TRACE(0), (int)h->nr, 1, &args[i]);
	return rc;
}

static int trace_all(scmp_filter_ctx ctx, const struct tracer *t)
{
	int rc = seccomp_rule_add(ctx, SCMP_ACT_TRACE(0), SCMP_SYS(restart_syscall), 0);

	for (size_t nr = 0; nr < TRACE_CALLS_MAX; nr++)
		for (size_t i = 0; i < TRACE_CHAIN_MAX && t->by_nr[nr][i] && rc == 0; i++)
			rc = trace_one(ctx, t->by_nr[nr][i]);
	return rc;
}

/* Takes ctx; rc is what came of filling it. */
static bool load(scmp_filter_ctx ctx, int rc, struct err *e)
{
	if (rc == 0)
		rc = seccomp_attr_set(ctx, SCMP_FLTATR_CTL_OPTIMIZE, 2); /* a binary tree */
	if (rc == 0)
		rc = seccomp_load(ctx); /* with no_new_privs, libseccomp's default */
	seccomp_release(ctx);
	if (rc == 0)
		return true;
	errno = -rc;
	err_os(e, "cannot load the box's system call filter");
	return err_hint(e, "the kernel must be built with CONFIG_SECCOMP_FILTER");
}

/* Two filters: of all answers the kernel takes the strictest, so that what is refused never stops. */
bool box_seccomp_load(const struct tracer *t, bool many_ids, struct err *e)
{
	scmp_filter_ctx stops = seccomp_init(SCMP_ACT_ALLOW),
			refusals = seccomp_init(SCMP_ACT_ALLOW);
	int rc = refusals ? refuse(refusals, t != NULL, many_ids) : -ENOMEM;

	if (t && !load(stops, stops ? trace_all(stops, t) : -ENOMEM, e)) {
		seccomp_release(refusals);
		return false;
	}
	if (!t)
		seccomp_release(stops);
	return load(refusals, rc, e);
}
