/*
 * What a step asks of the machine that nobody declared: the network, and paths that tell of the machine. It gets an
 * ordinary error, and the attempt is noted.
 */
#define ASSAY_MAY_ASK_THE_MACHINE
#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <sys/socket.h>

#include "box_made.h"

/* ---- inside ---- */

static bool refused(long rc, int want)
{
	return rc < 0 && errno == want;
}

static int connect_to(int family, const char *host, uint16_t port)
{
	struct sockaddr_in four = { .sin_family = AF_INET, .sin_port = htons(port) };
	struct sockaddr_in6 six = { .sin6_family = AF_INET6, .sin6_port = htons(port) };
	int s = socket(family, SOCK_STREAM, 0), rc, os;

	if (family == AF_INET) {
		inet_pton(AF_INET, host, &four.sin_addr);
		rc = connect(s, (const struct sockaddr *)&four, sizeof four);
	} else {
		inet_pton(AF_INET6, host, &six.sin6_addr);
		rc = connect(s, (const struct sockaddr *)&six, sizeof six);
	}
	os = errno;
	close(s);
	errno = os;
	return rc;
}

/* The loopback works. */
static void loopback(void)
{
	struct sockaddr_in a = { .sin_family = AF_INET, .sin_addr = { htonl(INADDR_LOOPBACK) } };
	socklen_t size = sizeof a;
	int server = socket(AF_INET, SOCK_STREAM, 0), client = socket(AF_INET, SOCK_STREAM, 0), s;
	char text[4] = "";

	CHECK(bind(server, (struct sockaddr *)&a, sizeof a) == 0 && listen(server, 1) == 0);
	CHECK(getsockname(server, (struct sockaddr *)&a, &size) == 0);
	CHECK(connect(client, (struct sockaddr *)&a, sizeof a) == 0);
	s = accept(server, NULL, NULL);
	CHECK(send(client, "abc", 3, 0) == 3 && recv(s, text, 3, 0) == 3);
	CHECK(!strcmp(text, "abc"));
}

static void network(void)
{
	struct sockaddr_in a = { .sin_family = AF_INET, .sin_port = htons(9) };
	struct iovec piece = { (void *)"x", 1 };
	struct mmsghdr m = { .msg_hdr = { .msg_name = &a,
				     .msg_namelen = sizeof a,
				     .msg_iov = &piece,
				     .msg_iovlen = 1 } };
	int s = socket(AF_INET, SOCK_DGRAM, 0);

	loopback();
	CHECK(refused(connect_to(AF_INET, "127.0.0.1", 9), ECONNREFUSED));
	CHECK(refused(connect_to(AF_INET, "192.0.2.1", 80), ENETUNREACH));
	CHECK(refused(connect_to(AF_INET, "192.0.2.1", 80), ENETUNREACH));
	if (socket(AF_INET6, SOCK_STREAM, 0) >= 0)
		CHECK(refused(connect_to(AF_INET6, "2001:db8::7", 443), ENETUNREACH));
	inet_pton(AF_INET, "198.51.100.1", &a.sin_addr);
	CHECK(refused(sendto(s, "x", 1, 0, (struct sockaddr *)&a, sizeof a), ENETUNREACH));
	inet_pton(AF_INET, "198.51.100.2", &a.sin_addr);
	CHECK(refused(sendmsg(s, &m.msg_hdr, 0), ENETUNREACH));
	inet_pton(AF_INET, "198.51.100.3", &a.sin_addr);
	CHECK(refused(sendmmsg(s, &m, 1, 0), ENETUNREACH));
	inet_pton(AF_INET, "198.51.100.4", &a.sin_addr);
	CHECK(refused(bind(s, (struct sockaddr *)&a, sizeof a), EADDRNOTAVAIL));
	CHECK(refused(socket(AF_X25, SOCK_SEQPACKET, 0), EAFNOSUPPORT));
	CHECK(refused(socket(AF_NETLINK, SOCK_RAW, 0), EAFNOSUPPORT));
	CHECK(refused(connect(s, (void *)8, sizeof a), EFAULT));
	CHECK(refused(connect(s, (struct sockaddr *)&a, 1000000), EINVAL));
}

static int probe(void)
{
	network();
	return test_end();
}

/* ---- outside ---- */

static void probed(void)
{
	const struct box_command commands[] = { { (const char *const[]){
		"/probe", "probe", NULL } } };

	CHECK(run_view((struct box_view){ 0 }, commands, 1) && says(" 0 failed\n"));
	CHECK(says("assay: undeclared input: network: connect to 192.0.2.1 port 80\n"));
	CHECK(says("assay: undeclared input: network: send to 198.51.100.1 port 9\n"));
	CHECK(says("assay: undeclared input: network: send to 198.51.100.2 port 9\n"));
	CHECK(says("assay: undeclared input: network: send to 198.51.100.3 port 9\n"));
	CHECK(says("assay: undeclared input: network: bind to 198.51.100.4 port 9\n"));
	CHECK(says("assay: undeclared input: network: socket of family 9\n"));
	/* Once each. */
	CHECK(result.n_notes >= 6 && result.n_notes <= 7);
}

static void paths(void)
{
	CHECK(shows((struct box_view){ 0 },
		"cat /proc/interrupts /sys/class/net/eth0/address /proc/interrupts 2>/dev/null;"
		"cd /proc; cat cpuinfo >/tmp/c; cat ../etc//machine-id ./self/../bus/x 2>/dev/null;"
		"cat /home/user/secret 2>&1; printf '%1000s' x >/tmp/x; ls /proc/1 /proc/1/fd 2>&1; cat /proc/1/maps 2>&1;"
		"grep -q x /proc/softirqs 2>/dev/null; true",
		"assay: undeclared input: path: /proc/interrupts\n"
		"assay: undeclared input: path: /sys/class/net/eth0/address\n"
		"assay: undeclared input: path: /etc/machine-id\n"
		"assay: undeclared input: path: /proc/bus/x\n"
		"assay: undeclared input: path: /home/user/secret\n"
		"cat: /home/user/secret: No such file or directory\n"
		"ls: cannot access '/proc/1': No such file or directory\n"
		"ls: cannot access '/proc/1/fd': No such file or directory\n"
		"cat: /proc/1/maps: No such file or directory\n"
		"assay: undeclared input: path: /proc/softirqs\n"));
}

static void listed(void)
{
	CHECK(run_script((struct box_view){ 0 },
		"i=0; while [ $i -lt 100 ]; do (: </sys/$i) 2>/dev/null; i=$((i+1)); done;"
		"getent hosts deb.example.org; cat \"$(printf '/sys/a\\nassay: forged')\"; true"));
	CHECK(result.n_notes >= 103 && !strcmp(result.notes[0], "path: /sys/0"));
	CHECK(!strcmp(result.notes[BOX_NOTES_MAX - 1], "path: /sys/63"));
	CHECK(says("assay: undeclared input: network: look-up of the name deb.example.org\n"));
	CHECK(says("assay: undeclared input: path: /sys/a?assay: forged\n"));
}

static int suite(void)
{
	set_up();
	probed();
	paths();
	listed();
	return tear_down();
}

int main(int argc, char **argv)
{
	if (argc == 2 && !strcmp(argv[1], "probe"))
		return probe();
	return as_both_users();
}
