#include "lock/buildinfo.h"

#include "test.h"

enum { ARENA_MAX = 4 << 20 };

#define HEAD                                                                                                 \
	"Format: 1.0\nSource: jansson (2.14-2)\nBinary: libjansson4\nArchitecture: amd64\n"                  \
	"Version: 2.14-2+b3\nBinary-Only-Changes:\n jansson (2.14-2+b3) sid; urgency=low, binary-only=yes\n" \
	" .\n   * Rebuild.\n .\n  -- B <b@example.org>  Mon, 28 Oct 2024 09:00:00 +0000\n"
#define PATH "Build-Path: /build/reproducible-path/jansson-2.14\n"
#define INSTALLED "Installed-Build-Depends:\n autoconf (= 2.72-3),\n libc6:i386 (= 2.40-3)\n"
#define ENVIRONMENT \
	"Environment:\n DEB_BUILD_OPTIONS=\"parallel=4\"\n LANG=\"C.UTF-8\"\n SAID=\"a \\\"b\\\" \\\\c\"\n"

static void reads(const char *text)
{
	CLEANUP(arena_freep) struct arena *a = arena_new(ARENA_MAX);
	struct buildinfo b;
	struct err e = { 0 };

	CHECK_OK(buildinfo_parse(&b, str_span(str_of(text)), a, &e), e);
	if (e.kind)
		return;
	CHECK(str_is(b.source, "jansson") && str_is(b.source_version, "2.14-2"));
	CHECK(str_is(b.version, "2.14-2+b3"));
	CHECK(str_is(b.path, "/build/reproducible-path/jansson-2.14"));
	CHECK(b.n_installed == 2);
	CHECK(str_is(b.installed[1].name, "libc6") && str_is(b.installed[1].version, "2.40-3"));
	CHECK(b.environment.n == 3);
	CHECK(str_is(b.environment.items[0], "DEB_BUILD_OPTIONS=parallel=4"));
	CHECK(str_is(b.environment.items[2], "SAID=a \"b\" \\c"));
	CHECK(str_is(b.binary_only,
		"jansson (2.14-2+b3) sid; urgency=low, binary-only=yes\n\n  * Rebuild.\n\n"
		" -- B <b@example.org>  Mon, 28 Oct 2024 09:00:00 +0000\n"));
}

static void refused(void)
{
	static const char *const bad[] = {
		"",
		HEAD ENVIRONMENT,
		"Source: a\nArchitecture: amd64\n" INSTALLED,
		"Source: A\nVersion: 1\nArchitecture: amd64\n" INSTALLED,
		"Source: a\nVersion: 1_\nArchitecture: amd64\n" INSTALLED,
		HEAD "Installed-Build-Depends:\n autoconf (>= 1)\n",
		HEAD "Installed-Build-Depends:\n autoconf\n",
		HEAD "Installed-Build-Depends:\n ../x (= 1)\n",
		HEAD INSTALLED "Environment:\n LD_PRELOAD\n",
		HEAD INSTALLED "Environment:\n a b=\"c\"\n",
		HEAD INSTALLED "Environment:\n A=b\n",
		HEAD INSTALLED "Build-Path: build\n",
		HEAD INSTALLED "Build-Path: /build/../etc\n",
	};

	for (size_t i = 0; i < ARRAY_LEN(bad); i++) {
		CLEANUP(arena_freep) struct arena *a = arena_new(ARENA_MAX);
		struct buildinfo b;
		struct err e = { 0 };

		test_report(!buildinfo_parse(&b, str_span(str_of(bad[i])), a, &e) &&
				    e.kind == ERR_FORMAT,
			__FILE__, __LINE__, bad[i]);
	}
}

int main(void)
{
	reads(HEAD PATH INSTALLED ENVIRONMENT);
	reads("-----BEGIN PGP SIGNED MESSAGE-----\nHash: SHA512\n\n" HEAD PATH INSTALLED ENVIRONMENT
	      "\n-----BEGIN PGP SIGNATURE-----\n\nnothing\n-----END PGP SIGNATURE-----\n");
	refused();
	return test_end();
}
