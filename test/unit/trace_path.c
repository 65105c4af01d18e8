/*
 * What paths, addresses and questions to name servers come to, by their text and bytes alone.
 */
#include "box/trace_path.h"

#include <netinet/in.h>
#include <sys/socket.h>

#include "box/trace_address.h"
#include "test.h"

static const struct {
	const char *path;
	enum trace_path_kind kind;
	const char *name;
} cases[] = {
	{ "/usr/include/stdio.h", TRACE_PATH_PLAIN, NULL },
	{ "/", TRACE_PATH_PLAIN, NULL },
	{ "/procession", TRACE_PATH_PLAIN, NULL },
	{ "/system", TRACE_PATH_PLAIN, NULL },
	{ "/etc/machine-idea", TRACE_PATH_PLAIN, NULL },
	{ "/dev/urandom", TRACE_PATH_RANDOM, NULL },
	{ "/dev/random", TRACE_PATH_RANDOM, NULL },
	{ "/dev/null", TRACE_PATH_PLAIN, NULL },
	{ "/dev/kvm", TRACE_PATH_MACHINE, NULL },
	{ "/proc", TRACE_PATH_PLAIN, NULL },
	{ "/proc/cpuinfo", TRACE_PATH_PLAIN, NULL },
	{ "/proc/cpuinfo/x", TRACE_PATH_MACHINE, NULL },
	{ "/proc/interrupts", TRACE_PATH_MACHINE, NULL },
	{ "/proc/bus/pci", TRACE_PATH_MACHINE, NULL },
	{ "/proc/net/dev", TRACE_PATH_PLAIN, NULL },
	{ "/proc/mounts", TRACE_PATH_PROCESS, "mounts" },
	{ "/etc/mtab", TRACE_PATH_PROCESS, "mounts" },
	{ "/proc/self/mounts", TRACE_PATH_PROCESS, "mounts" },
	{ "/proc/thread-self/mountinfo", TRACE_PATH_PROCESS, "mountinfo" },
	{ "/proc/12/cgroup", TRACE_PATH_PROCESS, "cgroup" },
	{ "/proc/12/task/13/mountstats", TRACE_PATH_PROCESS, "mountstats" },
	{ "/proc/12/task/x/mountstats", TRACE_PATH_PLAIN, NULL },
	{ "/proc/12/mounts/x", TRACE_PATH_PLAIN, NULL },
	{ "/proc/self/status", TRACE_PATH_OWN, "status" },
	{ "/proc/7/task/8/stat", TRACE_PATH_OWN, "stat" },
	{ "/proc/self/cmdline", TRACE_PATH_PLAIN, NULL },
	{ "/proc/self", TRACE_PATH_PLAIN, NULL },
	{ "/proc/1", TRACE_PATH_ABSENT, NULL },
	{ "/proc/1/environ", TRACE_PATH_ABSENT, NULL },
	{ "/proc/10/environ", TRACE_PATH_PLAIN, NULL },
	{ "/proc/99999999999999999999", TRACE_PATH_MACHINE, NULL },
	{ "/proc/sys", TRACE_PATH_PLAIN, NULL },
	{ "/proc/sys/kernel", TRACE_PATH_PLAIN, NULL },
	{ "/proc/sys/kernel/random", TRACE_PATH_PLAIN, NULL },
	{ "/proc/sys/kernel/osrelease", TRACE_PATH_PLAIN, NULL },
	{ "/proc/sys/kernel/random/uuid", TRACE_PATH_UUID, NULL },
	{ "/proc/sys/kernel/osrel", TRACE_PATH_MACHINE, NULL },
	{ "/proc/sys/dev/cdrom/info", TRACE_PATH_MACHINE, NULL },
	{ "/sys", TRACE_PATH_PLAIN, NULL },
	{ "/sys/devices/system/cpu/online", TRACE_PATH_PLAIN, NULL },
	{ "/sys/devices/system/cpu/cpu0", TRACE_PATH_PLAIN, NULL },
	{ "/sys/devices/system/cpu/cpu0/topology/core_id", TRACE_PATH_PLAIN, NULL },
	{ "/sys/devices/system/cpu/cpu0/cache", TRACE_PATH_MACHINE, NULL },
	{ "/sys/class/net", TRACE_PATH_MACHINE, NULL },
	{ "/home/user/.config", TRACE_PATH_MACHINE, NULL },
	{ "/home", TRACE_PATH_PLAIN, NULL },
	{ "/etc/machine-id", TRACE_PATH_MACHINE, NULL },
};

static void kinds(void)
{
	const struct box_view view = { 0 };

	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		struct trace_path got = trace_path_of(str_of(cases[i].path), &view);

		CHECK(got.kind == cases[i].kind);
		CHECK(str_equal(got.name, str_of(cases[i].name)));
		if (got.kind != cases[i].kind)
			fprintf(stderr, "  '%s': %d\n", cases[i].path, got.kind);
	}
}

static void released(void)
{
	const struct box_view random = { .released = 1U << BOX_RANDOM },
			      user = { .released = 1U << BOX_USER_NAME };

	CHECK(trace_path_of(STR("/dev/urandom"), &random).kind == TRACE_PATH_PLAIN);
	CHECK(trace_path_of(STR("/proc/sys/kernel/random/uuid"), &random).kind == TRACE_PATH_PLAIN);
	CHECK(trace_path_of(STR("/proc/self/uid_map"), &user).kind == TRACE_PATH_PLAIN);
	CHECK(trace_path_of(STR("/proc/self/uid_map"), &random).kind == TRACE_PATH_PROCESS);
}

static enum trace_address_kind of_four(uint32_t host, uint16_t port, char *text)
{
	const struct sockaddr_in a = {
		.sin_family = AF_INET, .sin_port = htons(port), .sin_addr = { htonl(host) }
	};

	return trace_address_of(span_make(&a, sizeof a), text);
}

static enum trace_address_kind of_six(const char *bytes, char *text)
{
	struct sockaddr_in6 a = { .sin6_family = AF_INET6, .sin6_port = htons(443) };

	memcpy(&a.sin6_addr, bytes, 16);
	return trace_address_of(span_make(&a, sizeof a), text);
}

static void addresses(void)
{
	struct sockaddr_in short_one = { .sin_family = AF_INET };
	char text[TRACE_ADDRESS_SIZE] = "";

	CHECK(of_four(0xc0000201, 80, text) == TRACE_ADDRESS_REMOTE);
	CHECK(!strcmp(text, "192.0.2.1 port 80"));
	CHECK(of_four(0x7f000001, 80, text) == TRACE_ADDRESS_LOCAL);
	CHECK(of_four(0x7fffffff, 80, text) == TRACE_ADDRESS_LOCAL);
	CHECK(of_four(0x80000000, 80, text) == TRACE_ADDRESS_REMOTE);
	CHECK(of_four(0, 80, text) == TRACE_ADDRESS_LOCAL);
	CHECK(of_four(0x7f000001, 53, text) == TRACE_ADDRESS_NAMES);
	CHECK(of_four(0xe0000001, 53, text) == TRACE_ADDRESS_REMOTE);
	CHECK(of_six("\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\1", text) == TRACE_ADDRESS_LOCAL);
	CHECK(of_six("\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0", text) == TRACE_ADDRESS_LOCAL);
	CHECK(of_six("\0\0\0\0\0\0\0\0\0\0\xff\xff\x7f\0\0\1", text) == TRACE_ADDRESS_LOCAL);
	CHECK(of_six("\0\0\0\0\0\0\0\0\0\0\xff\xff\xc0\0\2\1", text) == TRACE_ADDRESS_REMOTE);
	CHECK(of_six("\x20\1\x0d\xb8\0\0\0\0\0\0\0\0\0\0\0\1", text) == TRACE_ADDRESS_REMOTE);
	CHECK(!strcmp(text, "2001:db8::1 port 443"));
	for (size_t n = 0; n < sizeof short_one; n++)
		CHECK(trace_address_of(span_make(&short_one, n), text) == TRACE_ADDRESS_OTHER);
	short_one.sin_family = AF_UNIX;
	CHECK(trace_address_of(SPAN_OF(&short_one), text) == TRACE_ADDRESS_OTHER);
}

static void queries(void)
{
	static const uint8_t query[] = "\x12\x34\1\0\0\1\0\0\0\0\0\0\3deb\7example\3org\0\0\1\0";
	uint8_t changed[sizeof query];
	char text[TRACE_ADDRESS_SIZE] = "";

	/* The text's own terminator is the last byte of the class. */
	CHECK(trace_address_query(SPAN_OF(query), text) && !strcmp(text, "deb.example.org"));
	for (size_t n = 0; n < sizeof query; n++)
		CHECK(!trace_address_query(span_make(query, n), text));
	for (size_t i = 2; i < 12; i++) {
		memcpy(changed, query, sizeof query);
		changed[i] ^= 0x80;
		(void)trace_address_query(SPAN_OF(changed), text);
	}
	memcpy(changed, query, sizeof query);
	changed[2] |= 0x80; /* an answer */
	CHECK(!trace_address_query(SPAN_OF(changed), text));
	memcpy(changed, query, sizeof query);
	changed[12] = 0xc0; /* a pointer, which no question has */
	CHECK(!trace_address_query(SPAN_OF(changed), text));
}

int main(void)
{
	kinds();
	released();
	addresses();
	queries();
	return test_end();
}
