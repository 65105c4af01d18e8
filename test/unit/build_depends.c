#include "lock/build_depends.h"

#include "test.h"

static const struct str nocheck[] = { { "nocheck", 7 } };

/* What is left of a field, with or without the profile nocheck. */
static void reduces(int line, const char *field, bool profile, const char *want)
{
	CLEANUP(buf_done) struct buf out = buf_init(BUILD_DEPENDS_MAX);
	struct err e = { 0 };
	bool ok = build_depends_reduce(
		&out, str_of(field), (struct str_list){ nocheck, profile ? 1 : 0 }, &e);

	test_report(ok && str_is(buf_str(&out), want), __FILE__, line, ok ? field : e.text);
}

static void relations(void)
{
	reduces(__LINE__, "", false, "");
	reduces(__LINE__, "debhelper-compat (= 13)", false, "debhelper-compat (= 13)");
	reduces(__LINE__, " aa ,\n bb(>=1:2~rc1-3) ,, cc , ", false, "aa, bb (>= 1:2~rc1-3), cc");
	reduces(__LINE__, "aa | bb (<< 2) | cc", false, "aa | bb (<< 2) | cc");
	reduces(__LINE__, "python3:any, gcc:native, libc6-dev:i386", false,
		"python3:any, gcc, libc6-dev:i386");
}

static void architectures(void)
{
	reduces(__LINE__, "aa [amd64], bb [i386], cc [!amd64], dd [!i386 !arm64]", false, "aa, dd");
	reduces(__LINE__,
		"aa [linux-any], bb [kfreebsd-any], cc [any-amd64], dd [any], ee [hurd-any]", false,
		"aa, cc, dd");
	reduces(__LINE__, "aa [i386] | bb | cc [arm64 amd64]", false, "bb | cc");
	reduces(__LINE__, "aa [i386] | bb [arm64], cc", false, "cc");
	reduces(__LINE__, "aa (>= 1) [amd64] <!nocheck>", false, "aa (>= 1)");
	CHECK(build_depends_is_amd64(STR("amd64")));
	CHECK(build_depends_is_amd64(STR("gnu-linux-any")));
	CHECK(build_depends_is_amd64(STR("any-any-amd64")));
	CHECK(!build_depends_is_amd64(STR("musl-linux-amd64")));
	CHECK(!build_depends_is_amd64(STR("kfreebsd-amd64")));
	CHECK(!build_depends_is_amd64(STR("x32")));
	CHECK(!build_depends_is_amd64(STR("")));
	CHECK(!build_depends_is_amd64(STR("any-any-any-any-any")));
}

static void profiles(void)
{
	reduces(__LINE__, "aa <!nocheck>, bb <nocheck>, cc", false, "aa, cc");
	reduces(__LINE__, "aa <!nocheck>, bb <nocheck>, cc", true, "bb, cc");
	reduces(__LINE__, "aa <!nocheck !cross>, bb <!nocheck> <!cross>", true, "bb");
	reduces(__LINE__, "aa <stage1> <nocheck>", true, "aa");
	reduces(__LINE__, "aa <!cross> | bb <cross>", false, "aa");
}

static void refused(void)
{
	static const char *const bad[] = { "aa (>= 1", "aa (1)", "aa (>=)", "aa (>>> 1)", "A",
		"aa [amd64", "aa [amd64 !i386]", "aa []", "aa <!nocheck", "aa | ", "aa (= 1) what",
		"${misc:Depends}", "aa (= 1_2)" };

	for (size_t i = 0; i < ARRAY_LEN(bad); i++) {
		CLEANUP(buf_done) struct buf out = buf_init(BUILD_DEPENDS_MAX);
		struct err e = { 0 };

		test_report(
			!build_depends_reduce(&out, str_of(bad[i]), (struct str_list){ 0 }, &e) &&
				e.kind == ERR_FORMAT,
			__FILE__, __LINE__, bad[i]);
	}
}

int main(void)
{
	relations();
	architectures();
	profiles();
	refused();
	return test_end();
}
