/* Base URIs out of apt's configuration and from the user. */
#include "net/mirrors.h"

#include <sys/stat.h>
#include <unistd.h>

#include "net/apt_sources.h"
#include "net/url.h"
#include "sys/file.h"

#include "test.h"

static char apt[] = "/tmp/mirrors-XXXXXX";

static void put(const char *name, const char *text)
{
	struct err e = { 0 };
	char path[200];

	snprintf(path, sizeof path, "%s/%s", apt, name);
	CHECK_OK(file_write(AT_FDCWD, path, str_span(str_of(text)), 0644, &e), e);
}

/* The list for an archive, joined by blanks, is `want`. */
static bool is_list(struct mirrors *m, const char *archive, const char *want)
{
	struct buf b = buf_init(4096);
	const char *const *uris;
	bool same;
	size_t n;

	uris = mirrors_for(m, str_of(archive), &n);
	for (size_t i = 0; i < n; i++)
		buf_printf(&b, "%s%s", i ? " " : "", uris[i]);
	same = str_is(buf_str(&b), want);
	if (!same)
		fprintf(stderr, "%s: %.*s\n", archive, STR_ARG(buf_str(&b)));
	buf_done(&b);
	return same;
}

static void deb822(void)
{
	struct mirrors *m = mirrors_new();
	struct err e = { 0 };

	put("sources.list.d/debian.sources",
		"# a comment\nTypes: deb deb-src\nURIs: http://a.example/debian/\n"
		"  https://b.example/pub/debian\nSuites: bookworm bookworm-updates\n# in between\n"
		"Components: main non-free-firmware\n"
		"Signed-By: /usr/share/keyrings/debian-archive-keyring.gpg\n"
		"\n\n"
		"types: deb\nuris: http://a.example/debian-security\nsuites: bookworm-security\n"
		"components:\n main\n");
	put("sources.list.d/others.sources",
		"Types: deb\nURIs: http://off.example/debian\nSuites: sid\nComponents: main\n"
		"Enabled: No\n\n"
		"Types: deb-src\nURIs: http://src.example/debian\nSuites: sid\nComponents: main\n\n"
		"Types: deb\nURIs: http://vendor.example/linux/debian\nSuites: bookworm\n"
		"Components: stable\n\n"
		"Types: deb\nURIs: http://db.example/debian\nSuites: bookworm\nComponents: main\n"
		"Signed-By: /etc/apt/keyrings/db.gpg\n\n"
		"Types: deb\nURIs: http://u.example/ubuntu cdrom:[x]/debian tor+http://t/debian\n"
		"Suites: noble\nComponents: main\n");
	put("sources.list.d/ignored.sources.bak",
		"Types: deb\nURIs: http://bak.example/debian\nComponents: main\n");
	CHECK_OK(mirrors_add_apt(m, apt, &e), e);
	CHECK(is_list(m, "debian", "http://a.example/debian https://b.example/pub/debian"));
	CHECK(is_list(m, "debian-security", "http://a.example/debian-security"));
	CHECK(is_list(m, "ubuntu", ""));
	mirrors_free(m);
}

static void one_line(void)
{
	struct mirrors *m = mirrors_new();
	struct err e = { 0 };
	char lists[300];

	put("sources.list",
		"deb [ arch=amd64 signed-by=/usr/share/keyrings/debian-archive-keyring.gpg ] "
		"http://one.example/debian trixie main contrib # why\n"
		"deb-src http://src.example/debian trixie main\n"
		"#deb http://off.example/debian trixie main\n"
		"deb [signed-by=/etc/apt/db.gpg] http://db.example/debian trixie main\n"
		"deb http://x.example/debian\n"
		"deb\n\n"
		"deb\thttp://snap.example/archive/debian/20250520T000000Z\ttrixie\tmain\n");
	snprintf(lists, sizeof lists, "deb mirror+file://%s/list.txt trixie main\n", apt);
	put("sources.list.d/z.list", lists);
	put("list.txt", "# mirrors\nhttp://two.example/debian\tpriority:1\n\nfile:/srv/debian\n");
	CHECK_OK(mirrors_add_apt(m, apt, &e), e);
	CHECK(is_list(m, "debian",
		"http://one.example/debian http://snap.example/archive/debian/20250520T000000Z "
		"http://two.example/debian file:/srv/debian"));
	CHECK(is_list(m, "debian-security",
		"http://one.example/debian-security "
		"http://snap.example/archive/debian-security/20250520T000000Z "
		"http://two.example/debian-security file:/srv/debian-security"));
	mirrors_free(m);
}

static void named_by_the_user(void)
{
	static const char *const bad[] = { "ftp://x/debian", "http://u:p@x/debian", "http://x/?a",
		"http://x/#a", "http://x/ y", "x", "", "file", "http://x/\n" };
	struct mirrors *m = mirrors_new();
	struct err e = { 0 };
	char folder[200];

	for (size_t i = 0; i < ARRAY_LEN(bad); i++)
		CHECK_ERR(mirrors_add(m, bad[i], &e), e, ERR_USAGE);
	CHECK_ERR(mirrors_add(m, "/no/such/folder", &e), e, ERR_NOTFOUND);
	CHECK_OK(mirrors_add(m, "http://x.example/", &e), e);
	CHECK_OK(mirrors_add(m, "http://x.example", &e), e);
	CHECK_OK(mirrors_add(m, "https://y.example/debian-security/", &e), e);
	CHECK_OK(mirrors_add(m, apt, &e), e);
	snprintf(folder, sizeof folder, "http://x.example/debian file://%s/debian", apt);
	CHECK(is_list(m, "debian", folder));
	snprintf(folder, sizeof folder,
		"http://x.example/debian-security https://y.example/debian-security "
		"file://%s/debian-security",
		apt);
	CHECK(is_list(m, "debian-security", folder));
	for (int i = 0; i < MIRRORS_MAX - 2; i++) {
		snprintf(folder, sizeof folder, "http://h%d.example/debian", i);
		CHECK_OK(mirrors_add(m, folder, &e), e);
	}
	CHECK_ERR(mirrors_add(m, "http://more.example/debian", &e), e, ERR_LIMIT);
	mirrors_free(m);
}

static void nothing_there(void)
{
	struct mirrors *m = mirrors_new();
	struct err e = { 0 };

	CHECK_OK(mirrors_add_apt(m, "/no/such/folder", &e), e);
	CHECK(is_list(m, "debian", "") && is_list(m, "debian-security", ""));
	mirrors_free(m);
}

static void urls(void)
{
	static const char *const bad[] = { "", "/a", "a/", "a//b", "../a", "a/..", "a/./b",
		"a\nb" };
	struct err e = { 0 };
	char *url = NULL;

	for (size_t i = 0; i < ARRAY_LEN(bad); i++)
		CHECK_ERR(url_join(&url, "http://x", str_of(bad[i]), &e), e, ERR_FORMAT);
	CHECK_OK(url_join(&url, "http://x", STR("a b/c%3a~1+2?#"), &e), e);
	CHECK(!strcmp(url, "http://x/a%20b/c%253a~1+2%3F%23"));
	free(url);
	CHECK(url_is_loopback("http://127.0.0.1:80/x") && url_is_loopback("http://[::1]"));
	CHECK(url_is_loopback("http://localhost/") && !url_is_loopback("http://localhost.example"));
	CHECK(!url_is_loopback("http://x.example/127.0.0.1"));
}

static bool count_uri(void *ctx, struct str uri, struct err *e)
{
	(void)uri, (void)e;
	(*(unsigned *)ctx)++;
	return true;
}

/* Cut anywhere, and with any byte changed, a file is read without harm. */
static void hostile(void)
{
	static const char
		text[] = "Types: deb\nURIs: http://a/debian\nSigned-By:\n -----BEGIN\n .\n"
			 "Components: main\n\ndeb [a=b] http://a/debian x main\n";
	unsigned n = 0;
	struct apt_sources_take take = { count_uri, &n };
	struct err e = { 0 };

	for (size_t i = 0; i < sizeof text; i++) {
		char copy[sizeof text];

		CHECK_OK(apt_sources_deb822(str_make(text, i), &take, &e), e);
		CHECK_OK(apt_sources_list(str_make(text, i), &take, &e), e);
		memcpy(copy, text, sizeof text);
		copy[i] = (char)0xff;
		CHECK_OK(apt_sources_deb822(str_make(copy, sizeof copy), &take, &e), e);
		CHECK_OK(apt_sources_list(str_make(copy, sizeof copy), &take, &e), e);
	}
	CHECK(n > 0);
}

static void too_long(void)
{
	struct buf b = buf_init(1 << 20);
	unsigned n = 0;
	struct apt_sources_take take = { count_uri, &n };
	struct err e = { 0 };

	buf_add_cstr(&b, "Types: deb\nComponents: main\nURIs: ");
	buf_fill(&b, 'x', APT_SOURCES_STANZA_MAX);
	CHECK_ERR(apt_sources_deb822(buf_str(&b), &take, &e), e, ERR_LIMIT);
	buf_done(&b);
}

int main(void)
{
	struct err e = { 0 };

	if (!mkdtemp(apt) || chdir(apt) < 0 || mkdir("sources.list.d", 0755) < 0)
		return 2;
	nothing_there();
	deb822();
	CHECK_OK(file_remove_tree(AT_FDCWD, "sources.list.d", &e), e);
	CHECK(mkdir("sources.list.d", 0755) == 0);
	one_line();
	named_by_the_user();
	urls();
	hostile();
	too_long();
	CHECK_OK(file_remove_tree(AT_FDCWD, apt, &e), e);
	return test_end();
}
