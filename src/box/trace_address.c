#include "box/trace_address.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>

#include "base/rd.h"
#include "base/banned.h"

enum { DNS_PORT = 53, DNS_FLAGS_RESPONSE = 0x8000, LABEL_MAX = 63 };

static bool is_local6(const struct in6_addr *a)
{
	/* ::ffff:a.b.c.d is an IPv4 address. */
	if (IN6_IS_ADDR_V4MAPPED(a))
		return a->s6_addr[12] == 127 || !memcmp(a->s6_addr + 12, "\0\0\0", 4);
	return IN6_IS_ADDR_LOOPBACK(a) || IN6_IS_ADDR_UNSPECIFIED(a);
}

static bool is_local4(const struct in_addr *a)
{
	const uint32_t host = ntohl(a->s_addr);

	return host >> 24 == 127 || host == INADDR_ANY;
}

enum trace_address_kind trace_address_of(struct span a, char text[static TRACE_ADDRESS_SIZE])
{
	char host[INET6_ADDRSTRLEN] = "?";
	struct sockaddr_in6 six = { 0 };
	struct sockaddr_in four = { 0 };
	uint16_t family, port;
	bool local;

	if (a.n < sizeof family)
		return TRACE_ADDRESS_OTHER;
	memcpy(&family, a.p, sizeof family);
	if (family == AF_INET && a.n >= sizeof four) {
		memcpy(&four, a.p, sizeof four);
		inet_ntop(AF_INET, &four.sin_addr, host, sizeof host);
		port = ntohs(four.sin_port);
		local = is_local4(&four.sin_addr);
	} else if (family == AF_INET6 && a.n >= offsetof(struct sockaddr_in6, sin6_scope_id)) {
		memcpy(&six, a.p, a.n < sizeof six ? a.n : sizeof six);
		inet_ntop(AF_INET6, &six.sin6_addr, host, sizeof host);
		port = ntohs(six.sin6_port);
		local = is_local6(&six.sin6_addr);
	} else {
		return TRACE_ADDRESS_OTHER;
	}
	snprintf(text, TRACE_ADDRESS_SIZE, "%s port %u", host, port);
	if (!local)
		return TRACE_ADDRESS_REMOTE;
	return port == DNS_PORT ? TRACE_ADDRESS_NAMES : TRACE_ADDRESS_LOCAL;
}

/* What a name server is asked may be any bytes: a dot or a NUL within a label must not show another name. */
static bool is_shown(uint8_t c)
{
	return c > ' ' && c < 0x7f && c != '.';
}

bool trace_address_query(struct span message, char text[static TRACE_ADDRESS_SIZE])
{
	struct rd r = rd_of(message);
	uint16_t flags, questions, others = 0;
	size_t n = 0;
	uint8_t size;

	(void)rd_u16be(&r); /* id */
	flags = rd_u16be(&r);
	questions = rd_u16be(&r);
	others = rd_u16be(&r);
	(void)rd_u32be(&r); /* authority and additional records */
	if (!rd_ok(&r) || flags & DNS_FLAGS_RESPONSE || questions != 1 || others != 0)
		return false;
	while ((size = rd_u8(&r)) != 0) {
		struct span label = rd_bytes(&r, size);

		if (!rd_ok(&r) || size > LABEL_MAX || n + size + 2 > TRACE_ADDRESS_SIZE)
			return false;
		if (n)
			text[n++] = '.';
		for (size_t i = 0; i < label.n; i++)
			text[n++] = is_shown(label.p[i]) ? (char)label.p[i] : '?';
	}
	(void)rd_u32be(&r); /* type and class */
	text[n] = 0;
	return rd_ok(&r) && n > 0;
}
