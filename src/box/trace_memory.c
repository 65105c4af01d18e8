#define ASSAY_MAY_ASK_THE_MACHINE
#include "box/trace_process.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <unistd.h>

#include "base/banned.h"

enum { PAGE = 4096, PIDFD_OF_THREAD = O_EXCL /* PIDFD_THREAD in linux/pidfd.h since 6.9 */ };

static struct iovec remote_of(uint64_t at, size_t n)
{
	return (struct iovec){ (void *)(uintptr_t)at, n };
}

bool trace_read(const struct trace_call *c, uint64_t at, void *to, size_t n)
{
	struct iovec local = { to, n }, remote = remote_of(at, n);

	return n == 0 || process_vm_readv(c->pid, &local, 1, &remote, 1, 0) == (ssize_t)n;
}

bool trace_write(const struct trace_call *c, uint64_t at, const void *from, size_t n)
{
	struct iovec local = { (void *)(uintptr_t)from, n }, remote = remote_of(at, n);

	return n == 0 || process_vm_writev(c->pid, &local, 1, &remote, 1, 0) == (ssize_t)n;
}

/* Page by page: what lies behind the string's end need not be there. */
bool trace_text(const struct trace_call *c, uint64_t at, char *to, size_t size)
{
	size_t n = 0;

	while (n < size) {
		size_t piece = PAGE - (at + n) % PAGE;

		piece = piece < size - n ? piece : size - n;
		if (!trace_read(c, at + n, to + n, piece))
			return false;
		if (memchr(to + n, 0, piece))
			return true;
		n += piece;
	}
	return false;
}

uint64_t trace_scratch(struct trace_call *c, const void *bytes, size_t n)
{
	if (!c->scratch)
		c->scratch = c->stack - TRACE_RED_ZONE;
	c->scratch = (c->scratch - n) & ~(uint64_t)15;
	return trace_write(c, c->scratch, bytes, n) ? c->scratch : 0;
}

static int fd_of(pid_t pid, unsigned flags, int fd)
{
	int pidfd = (int)syscall(SYS_pidfd_open, pid, flags), copy, os;

	if (pidfd < 0)
		return -1;
	copy = (int)syscall(SYS_pidfd_getfd, pidfd, fd, 0);
	os = errno;
	close(pidfd);
	errno = os;
	return copy;
}

int trace_fd(const struct trace_call *c, int fd)
{
	int copy = fd_of(c->process->pid, 0, fd);

	/* A process whose first thread is gone has its descriptors in the others; kernels before 6.9 cannot tell. */
	if (copy < 0 && errno != EMFILE && c->pid != c->process->pid)
		copy = fd_of(c->pid, PIDFD_OF_THREAD, fd);
	return copy;
}
