#include "lock/changelog.h"

#include "test.h"

#define HEAD "zlib (1:1.3-1+b1) sid; urgency=low, binary-only=yes\n"
#define BODY "\n  * Rebuild.\n\n"
#define TRAIL " -- A Builder (x-1) <builder@example.org>  Mon, 28 Oct 2024 09:00:00 +0130\n"
#define OLDER \
	"zlib (1:1.3-1) unstable; urgency=medium\n\n  * New.\n\n -- B <b@example.org>  Sat, 5 Aug 2023 10:00:00 -0500\n"

static void newest(void)
{
	struct changelog_entry x;
	struct err e = { 0 };

	CHECK_OK(changelog_newest(&x, STR("\n" HEAD BODY TRAIL "\n" OLDER), &e), e);
	CHECK(str_is(x.text, HEAD BODY TRAIL));
	CHECK(str_is(x.name, "zlib"));
	CHECK(str_is(x.version, "1:1.3-1+b1"));
	CHECK(x.binary_only);
	CHECK(x.date_unix == 1730100600);
	CHECK_OK(changelog_newest(&x, STR(OLDER), &e), e);
	CHECK(!x.binary_only);
	CHECK(x.date_unix == 1691247600);
}

static void refused(void)
{
	static const char *const bad[] = {
		"",
		"\n\n",
		HEAD BODY,
		HEAD BODY " -- A <a@example.org>  Mon, 28 Oct 2024 09:00:00 +0100",
		"zlib 1.3 unstable; urgency=low\n" BODY TRAIL,
		"zlib (1.3) unstable\n" BODY TRAIL,
		"Zlib (1.3) unstable; urgency=low\n" BODY TRAIL,
		"zlib (1_3) unstable; urgency=low\n" BODY TRAIL,
		HEAD BODY " -- nobody  Mon, 28 Oct 2024 09:00:00 +0100\n",
		HEAD BODY " -- A <a@example.org>  Mon, 28 Oct 2024 09:00:00\n",
		HEAD BODY " -- A <a@example.org>  Mon, 28 Oct 2024 09:00:00 CET\n",
		HEAD BODY " -- A <a@example.org>  Mon, 28 Okt 2024 09:00:00 +0100\n",
	};

	for (size_t i = 0; i < ARRAY_LEN(bad); i++) {
		struct changelog_entry x;
		struct err e = { 0 };

		test_report(!changelog_newest(&x, str_of(bad[i]), &e) && e.kind == ERR_FORMAT,
			__FILE__, __LINE__, bad[i]);
	}
}

int main(void)
{
	newest();
	refused();
	return test_end();
}
