#include "box/trace_address.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <string.h>
#include <sys/socket.h>

#include "fuzz.h"

static void must_fit(const char *text)
{
	MUST(strnlen(text, TRACE_ADDRESS_SIZE) < TRACE_ADDRESS_SIZE);
}

/* What a program gives to connect, and what it sends to a name server. */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static char printable['~' - ' ' + 1];
	char text[TRACE_ADDRESS_SIZE];
	struct span bytes = { data, size };

	for (size_t i = 0; i < sizeof printable - 1; i++)
		printable[i] = (char)('!' + i);
	memset(text, 'x', sizeof text);
	if (trace_address_of(bytes, text) != TRACE_ADDRESS_OTHER) {
		must_fit(text);
		MUST(strstr(text, " port "));
		fuzz_taken = true;
	}
	memset(text, 'x', sizeof text);
	if (trace_address_query(bytes, text)) {
		must_fit(text);
		MUST(text[0] && strspn(text, printable) == strlen(text));
		fuzz_taken = true;
	}
	return 0;
}

bool fuzz_sample(size_t i, struct buf *b)
{
	const struct sockaddr_in four = { .sin_family = AF_INET, .sin_port = htons(80) };
	const struct sockaddr_in6 six = { .sin6_family = AF_INET6, .sin6_port = htons(443) };
	static const uint8_t query[] = "\x12\x34\1\0\0\1\0\0\0\0\0\0\3deb\7example\3org\0\0\1\0";

	if (i == 0)
		buf_add(b, &four, sizeof four);
	else if (i == 1)
		buf_add(b, &six, sizeof six);
	else if (i == 2)
		buf_add(b, query, sizeof query);
	return i < 3;
}
