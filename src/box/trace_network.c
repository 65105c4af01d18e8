/*
 * The network: there is none but the box's own loopback. Whoever tries another gets an ordinary error, and the attempt is
 * noted.
 */
#define ASSAY_MAY_ASK_THE_MACHINE
#include <errno.h>
#include <stdio.h>
#include <sys/socket.h>
#include <sys/syscall.h>

#include "box/trace.h"
#include "box/trace_address.h"
#include "sys/file.h"
#include "base/banned.h"

enum {
	ADDRESS_MAX = 128, /* sizeof struct sockaddr_storage */
	MESSAGES_MAX = 8,  /* of one sendmmsg that are looked at */
	QUERY_MAX = 512,
};

static void note(struct trace_call *c, const char *verb, const char *what)
{
	char text[TRACE_ADDRESS_SIZE + 64];

	snprintf(text, sizeof text, "%s %s", verb, what);
	trace_note(c->t, "network", text);
}

static enum trace_next socket_before(struct trace_call *c)
{
	const int family = (int)c->args[0];
	char text[16];

	if (family == AF_UNIX || family == AF_INET || family == AF_INET6)
		return TRACE_GO;
	/* The filter has refused those that would lead out, and netlink, by which the C library asks with every look-up. */
	snprintf(text, sizeof text, "%d", family);
	note(c, "socket of family", text);
	return trace_answer(c, -EAFNOSUPPORT);
}

/* -errno for what must not be, 0 for what the kernel may do. */
static int64_t judge(struct trace_call *c, const char *verb, uint64_t at, uint64_t size, int os)
{
	uint8_t bytes[ADDRESS_MAX];
	char text[TRACE_ADDRESS_SIZE];

	/* What the kernel itself refuses: it says how. */
	if (!at || size > sizeof bytes || !trace_read(c, at, bytes, size))
		return 0;
	switch (trace_address_of((struct span){ bytes, size }, text)) {
	case TRACE_ADDRESS_REMOTE:
		note(c, verb, text);
		return os;
	case TRACE_ADDRESS_NAMES:
		if (os != -EADDRNOTAVAIL)
			note(c, "look-up of names at", text);
		return 0;
	default:
		return 0;
	}
}

static enum trace_next judged(struct trace_call *c, int64_t result)
{
	return result ? trace_answer(c, result) : TRACE_GO;
}

static enum trace_next connect_before(struct trace_call *c)
{
	return judged(c, judge(c, "connect to", c->args[1], (uint32_t)c->args[2], -ENETUNREACH));
}

static enum trace_next bind_before(struct trace_call *c)
{
	return judged(c, judge(c, "bind to", c->args[1], (uint32_t)c->args[2], -EADDRNOTAVAIL));
}

/* Is the socket of the call connected to where names are looked up? */
static bool asks_names(const struct trace_call *c)
{
	CLEANUP(file_closep) int fd = trace_fd(c, (int)c->args[0]);
	struct sockaddr_storage peer;
	socklen_t size = sizeof peer;
	char text[TRACE_ADDRESS_SIZE];

	return fd >= 0 && getpeername(fd, (struct sockaddr *)&peer, &size) == 0 &&
	       trace_address_of(span_make(&peer, size), text) == TRACE_ADDRESS_NAMES;
}

static void note_query(struct trace_call *c, uint64_t at, uint64_t size)
{
	uint8_t bytes[QUERY_MAX];
	char text[TRACE_ADDRESS_SIZE];

	if (size <= sizeof bytes && trace_read(c, at, bytes, size) &&
		trace_address_query((struct span){ bytes, size }, text) && asks_names(c))
		note(c, "look-up of the name", text);
}

/* The C library asks for two kinds of address in two messages of one piece each. */
static void note_query_message(struct trace_call *c, const struct msghdr *m)
{
	struct iovec piece;

	if (!m->msg_name && m->msg_iovlen == 1 &&
		trace_read(c, (uint64_t)(uintptr_t)m->msg_iov, &piece, sizeof piece))
		note_query(c, (uint64_t)(uintptr_t)piece.iov_base, piece.iov_len);
}

static enum trace_next sendto_before(struct trace_call *c)
{
	if (!c->args[4])
		note_query(c, c->args[1], c->args[2]);
	return judged(c, judge(c, "send to", c->args[4], (uint32_t)c->args[5], -ENETUNREACH));
}

static int64_t judge_message(struct trace_call *c, uint64_t at)
{
	struct msghdr m;

	if (!trace_read(c, at, &m, sizeof m))
		return 0;
	return judge(c, "send to", (uint64_t)(uintptr_t)m.msg_name, m.msg_namelen, -ENETUNREACH);
}

static enum trace_next sendmsg_before(struct trace_call *c)
{
	return judged(c, judge_message(c, c->args[1]));
}

static enum trace_next sendmmsg_before(struct trace_call *c)
{
	const uint64_t n = (uint32_t)c->args[2];
	struct mmsghdr m;

	for (uint64_t i = 0; i < n && i < MESSAGES_MAX; i++) {
		uint64_t at = c->args[1] + i * sizeof m;
		int64_t result = judge_message(c, at);

		if (result)
			return trace_answer(c, result);
		if (trace_read(c, at, &m, sizeof m))
			note_query_message(c, &m.msg_hdr);
	}
	return TRACE_GO;
}

const struct trace_handler trace_network_calls[] = {
	{ .nr = SYS_socket,
		.channel = BOX_N_CHANNELS,
		.before = socket_before,
		.when = { { .arg = 0, .differs = true, .mask = ~0ULL, .value = AF_UNIX } } },
	{ .nr = SYS_connect, .channel = BOX_N_CHANNELS, .before = connect_before },
	{ .nr = SYS_bind, .channel = BOX_N_CHANNELS, .before = bind_before },
	{ .nr = SYS_sendto, .channel = BOX_N_CHANNELS, .before = sendto_before },
	{ .nr = SYS_sendmsg, .channel = BOX_N_CHANNELS, .before = sendmsg_before },
	{ .nr = SYS_sendmmsg, .channel = BOX_N_CHANNELS, .before = sendmmsg_before },
	{ .nr = -1 },
};
