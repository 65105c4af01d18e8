#include "diff/deb_read.h"

#include "members.h"

static void add(struct buf *b, const char *name, const char *body)
{
	buf_printf(b, "%-16s%-12u%-6u%-6u%-8o%-10zu`\n%s%s", name, 1u, 2u, 3u, 0100644u,
		strlen(body), body, strlen(body) & 1 ? "\n" : "");
}

/* A package's members, and a library with long names. */
bool fuzz_sample(size_t i, struct buf *b)
{
	if (i > 1)
		return false;
	buf_add_cstr(b, "!<arch>\n");
	if (i == 0) {
		add(b, "debian-binary", "2.0\n");
		add(b, "control.tar.xz", "odd");
		return true;
	}
	add(b, "/", "symbols!");
	add(b, "//", "a_name_that_is_long.o/\n/rooted/\n");
	add(b, "/0", "object");
	add(b, "/23", "object");
	add(b, "short.o/", "object");
	return true;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	return members_fuzz(deb_read, data, size);
}
