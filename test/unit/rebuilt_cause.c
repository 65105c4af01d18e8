#include "check/rebuilt_cause.h"

#include "test.h"

enum { ARENA_MAX = 4 << 20, FOUND_MAX = 8 };

#define S(text)                       \
	{                             \
		text, sizeof text - 1 \
	}
#define SPAN(text)                                     \
	{                                              \
		(const uint8_t *)text, sizeof text - 1 \
	}

static const struct str text_at[] = { S("ar"), S("data.tar.xz"), S("tar"), S("usr/bin/x"),
	S("ELF .text") },
			id_at[] = { S("ar"), S("data.tar.xz"), S("tar"), S("usr/lib/y.so"),
				S("ELF .note.gnu.build-id") },
			debug_at[] = { S("ar"), S("data.tar.xz"), S("tar"), S("usr/lib/y.so"),
				S("ELF .gnu_debugaltlink") },
			comment_at[] = { S("ar"), S("data.tar.xz"), S("tar"), S("usr/bin/z"),
				S("ELF .comment") },
			script_at[] = { S("ar"), S("control.tar.xz"), S("tar"), S("postinst") },
			sums_at[] = { S("ar"), S("control.tar.xz"), S("tar"), S("md5sums") },
			control_at[] = { S("ar"), S("control.tar.xz"), S("tar"), S("control") },
			path_at[] = { S("ar"), S("data.tar.xz"), S("tar"), S("etc/where") },
			time_at[] = { S("ar"), S("debian-binary") };

static const struct diff_leaf leaves[] = {
	{ .where = text_at, .n_where = 5, .kind = DIFF_BYTES },
	{ .where = id_at, .n_where = 5, .kind = DIFF_BYTES, .derived = true, .why = S("follows") },
	{ .where = debug_at, .n_where = 5, .kind = DIFF_BYTES },
	{ .where = comment_at,
		.n_where = 5,
		.kind = DIFF_TEXT,
		.a = SPAN("GCC: 13\n"),
		.b = SPAN("GCC: 14\n") },
	{ .where = script_at,
		.n_where = 4,
		.kind = DIFF_TEXT,
		.a = SPAN("# Automatically added by dh_x/1\n"),
		.b = SPAN("# Automatically added by dh_x/2\n") },
	{ .where = sums_at, .n_where = 4, .kind = DIFF_TEXT },
	{ .where = control_at,
		.n_where = 4,
		.kind = DIFF_TEXT,
		.a = SPAN("Depends: libc6 (>= 2.38)\n"),
		.b = SPAN("Depends: libc6 (>= 2.41)\n") },
	{ .where = path_at,
		.n_where = 4,
		.kind = DIFF_TEXT,
		.a = SPAN("/build/x-1\n"),
		.b = SPAN("/tmp/x-1\n") },
	{ .where = time_at, .n_where = 2, .kind = DIFF_TIME, .a = SPAN("1"), .b = SPAN("2") },
};

static void classes(bool younger)
{
	static const struct {
		const char *path;
		enum cause_class cause; /* where tools are younger */
		enum cause_by by;
		bool derived, proved;
	} want[FOUND_MAX] = {
		{ "DEBIAN/control", CAUSE_TOOLCHAIN, CAUSE_BY_CONTENT, false, false },
		{ "DEBIAN/md5sums", CAUSE_UNKNOWN, CAUSE_BY_NONE, true, true },
		{ "DEBIAN/postinst", CAUSE_TOOLCHAIN, CAUSE_BY_CANARY, false, true },
		{ "debian-binary", CAUSE_TIME, CAUSE_BY_CONTENT, false, true },
		{ "etc/where", CAUSE_PATH, CAUSE_BY_CONTENT, false, true },
		{ "usr/bin/x", CAUSE_TOOLCHAIN, CAUSE_BY_CONTENT, false, false },
		{ "usr/bin/z", CAUSE_TOOLCHAIN, CAUSE_BY_CANARY, false, true },
		{ "usr/lib/y.so", CAUSE_TOOLCHAIN, CAUSE_BY_CONTENT, false, false },
	};
	CLEANUP(arena_freep) struct arena *a = arena_new(ARENA_MAX);
	const struct diff_report d = { .leaves = leaves, .n_leaves = ARRAY_LEN(leaves) };
	struct rebuilt_file *files;
	struct err e = { 0 };
	size_t n = 0;

	CHECK_OK(rebuilt_cause_find(&files, &n, &d, younger, a, &e), e);
	CHECK(n == FOUND_MAX);
	for (size_t i = 0; n == FOUND_MAX && i < n; i++) {
		bool known = younger || want[i].proved;

		test_report(str_is(files[i].path, want[i].path) &&
				    files[i].derived == want[i].derived &&
				    files[i].cause == (known ? want[i].cause : CAUSE_UNKNOWN) &&
				    files[i].by == (known ? want[i].by : CAUSE_BY_NONE),
			__FILE__, __LINE__, want[i].path);
	}
	if (n != FOUND_MAX)
		return;
	CHECK(str_is(files[2].what, "made by dh_x/1 there, by dh_x/2 here"));
	CHECK(str_is(files[5].what, "code or data: ELF .text"));
	CHECK(str_starts(files[7].what, "nothing but its build id"));
}

int main(void)
{
	classes(true);
	classes(false);
	return test_end();
}
