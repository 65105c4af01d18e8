#include "lock/release.h"

#include "lock/inrelease.h"
#include "lock/stanza.h"
#include "test.h"

#define DIGEST "be3d7d96a040eda0505c1808cccc67f183bbc05dff0842c50f88e6c396557412"
#define HEAD "Suite: stable\nCodename: trixie\nDate: Sat, 21 Nov 2026 09:15:44 UTC\n"
#define FILES "SHA256:\n " DIGEST " 9679304 main/binary-amd64/Packages.xz\n"

static void dates(void)
{
	static const struct {
		const char *text;
		int64_t want; /* -1: refused */
	} cases[] = {
		{ "Sat, 21 Nov 2026 09:15:44 UTC", 1795252544 },
		{ "Thu, 01 Jan 1970 00:00:00 UTC", 0 },
		{ "Thu, 1 Jan 1970 00:00:01 GMT", 1 },
		{ "Fri, 31 Dec 1999 23:59:59 +0000", 946684799 },
		{ "Tue, 29 Feb 2000 00:00:00 UTC", 951782400 },
		{ "Thu, 29 Feb 2024 12:00:00 UTC", 1709208000 },
		{ "Fri, 31 Dec 9999 23:59:59 UTC", 253402300799 },
		{ "Wed, 29 Feb 2023 12:00:00 UTC", -1 },
		{ "Mon, 29 Feb 2100 12:00:00 UTC", -1 },
		{ "Sat, 31 Nov 2026 09:15:44 UTC", -1 },
		{ "Sat, 00 Nov 2026 09:15:44 UTC", -1 },
		{ "Sat, 21 Nov 2026 24:00:00 UTC", -1 },
		{ "Sat, 21 Nov 2026 09:60:00 UTC", -1 },
		{ "Sat, 21 Nov 2026 09:00 UTC", -1 },
		{ "Sat, 21 Nov 2026 09:15:44 CET", -1 },
		{ "Sat, 21 Nov 2026 09:15:44 +0100", -1 },
		{ "Sat, 21 Nov 1969 09:15:44 UTC", -1 },
		{ "Sat, 21 Nov 10000 09:15:44 UTC", -1 },
		{ "Sat, 21 NOV 2026 09:15:44 UTC", -1 },
		{ "Sat, 21 ovD 2026 09:15:44 UTC", -1 },
		{ "Sat, 21 Nov 2026 09:15:44 UTC more", -1 },
		{ "21 Nov 2026 09:15:44 UTC", -1 },
		{ "2026-11-21", -1 },
		{ "", -1 },
	};

	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		struct err e = { 0 };
		int64_t got = -1;
		bool ok = release_date(str_of(cases[i].text), &got, &e);

		test_report(got == cases[i].want && ok == (cases[i].want >= 0), __FILE__, __LINE__,
			cases[i].text);
	}
}

static bool parse(const char *text, struct release *r, struct arena *a, struct err *e)
{
	return release_parse(r, str_span(str_of(text)), a, e);
}

static void takes(void)
{
	static const char text[] = HEAD "Valid-Until: Sat, 28 Nov 2026 00:53:03 UTC\n"
					"Acquire-By-Hash: yes\nMD5Sum:\n 00 1 x\n" FILES;
	struct arena *a = arena_new(8 << 20);
	struct release r = { 0 };
	struct err e = { 0 };

	CHECK_OK(parse(text, &r, a, &e), e);
	CHECK(str_is(r.suite, "stable") && str_is(r.codename, "trixie") && r.by_hash);
	CHECK(r.date_unix == 1795252544 && r.valid_until_unix == 1795827183);
	CHECK(r.n_files == 1 && release_find(&r, STR("main/binary-amd64/Packages.xz")));
	CHECK(!release_find(&r, STR("main/binary-amd64/Packages")));
	CHECK_OK(release_is(&r, STR("stable"), &e), e);
	CHECK_OK(release_is(&r, STR("trixie"), &e), e);
	CHECK_ERR(release_is(&r, STR("bookworm"), &e), e, ERR_MISMATCH);
	CHECK_OK(parse(HEAD FILES, &r, a, &e), e);
	CHECK(!r.by_hash && !r.valid_until_unix);
	/* Up to its last word every cut is seen; a path that is cut is another path. */
	for (size_t n = 0; n < sizeof text - sizeof "main/binary-amd64/Packages.xz\n"; n++)
		CHECK(!release_parse(&r, span_make(text, n), a, &e));
	arena_free(a);
}

static void refuses(void)
{
	static const char *const bad[] = {
		"",
		HEAD,
		HEAD "SHA256:\n",
		HEAD FILES "\n" HEAD FILES,
		HEAD HEAD FILES,
		"Codename: trixie\nDate: Sat, 21 Nov 2026 09:15:44 UTC\n" FILES,
		"Suite: a/../b\nCodename: trixie\nDate: Sat, 21 Nov 2026 09:15:44 UTC\n" FILES,
		HEAD "SHA256:\n " DIGEST " 1 ../x\n",
		HEAD "SHA256:\n " DIGEST " 1 /x\n",
		HEAD "SHA256:\n " DIGEST " -1 x\n",
		HEAD "SHA256:\n " DIGEST " 1\n",
		HEAD "SHA256:\n " DIGEST "00 1 x\n",
		HEAD "SHA256:\n " DIGEST " 1 x y\n",
		HEAD FILES " " DIGEST " 1 main/binary-amd64/Packages.xz\n",
		HEAD "Valid-Until: never\n" FILES,
	};
	struct arena *a = arena_new(8 << 20);

	for (size_t i = 0; i < ARRAY_LEN(bad); i++) {
		struct release r = { 0 };
		struct err e = { 0 };

		test_report(!parse(bad[i], &r, a, &e) && e.kind == ERR_FORMAT && !r.suite.p,
			__FILE__, __LINE__, bad[i]);
	}
	arena_free(a);
}

/* ---- what gpgv says ---- */

#define G "[GNUPG:] "
#define ONE "B8B80B5B623EAB6AD8775C45B7C5D7D6350947F8"
#define TWO "04B54C3CDCA79751B16BC6B5225629DF75B188BD"
#define SUB "4CB50190207B4758A3F73A796ED0E7B82643E131"
#define TEXT G "PLAINTEXT 74 0 \n"
#define GOOD G "GOODSIG 6ED0E7B82643E131 Somebody\n"
#define VALID_AS(hash, class, key) \
	G "VALIDSIG " SUB " 2026-11-21 1795252580 0 4 0 1 " hash " " class " " key "\n"
#define VALID(key) VALID_AS("8", "01", key)
#define SIGNED(key) G "NEWSIG\n" GOOD VALID(key)

static void signatures(void)
{
	static const struct {
		const char *what, *status, *first; /* NULL: refused */
		size_t n;
	} cases[] = {
		{ "one", TEXT SIGNED(ONE), ONE, 1 },
		{ "the first of two in the order of the file", TEXT SIGNED(TWO) SIGNED(ONE), TWO,
			2 },
		{ "one, and a key that the keyring lacks",
			TEXT G "NEWSIG\n" G "ERRSIG 1 1 8 01 1 9 -\n" G "NO_PUBKEY 1\n" SIGNED(ONE),
			ONE, 1 },
		{ "one, and an expired key",
			TEXT G "NEWSIG\n" G "EXPKEYSIG 1 x\n" VALID(TWO) SIGNED(ONE), ONE, 1 },
		{ "SHA-512", TEXT G "NEWSIG\n" GOOD VALID_AS("10", "00", ONE), ONE, 1 },
		{ "nothing", "", NULL, 0 },
		{ "no signature", TEXT, NULL, 0 },
		{ "no text", SIGNED(ONE), NULL, 0 },
		{ "two texts", TEXT SIGNED(ONE) TEXT SIGNED(TWO), NULL, 0 },
		{ "a bad one", TEXT G "NEWSIG\n" G "BADSIG 1 x\n", NULL, 0 },
		{ "a good and a bad one", TEXT SIGNED(ONE) G "NEWSIG\n" G "BADSIG 1 x\n", NULL, 0 },
		{ "valid, but not called good", TEXT G "NEWSIG\n" VALID(ONE), NULL, 0 },
		{ "good of another signature", TEXT G "NEWSIG\n" GOOD G "NEWSIG\n" VALID(ONE), NULL,
			0 },
		{ "good, but not called valid", TEXT G "NEWSIG\n" GOOD, NULL, 0 },
		{ "an expired key", TEXT G "NEWSIG\n" G "EXPKEYSIG 1 x\n" VALID(ONE), NULL, 0 },
		{ "a revoked key", TEXT G "NEWSIG\n" G "REVKEYSIG 1 x\n" VALID(ONE), NULL, 0 },
		{ "an expired signature", TEXT G "NEWSIG\n" G "EXPSIG 1 x\n" VALID(ONE), NULL, 0 },
		{ "SHA-1", TEXT G "NEWSIG\n" GOOD VALID_AS("2", "01", ONE), NULL, 0 },
		{ "a signature of a key", TEXT G "NEWSIG\n" GOOD VALID_AS("8", "10", ONE), NULL,
			0 },
		{ "a short fingerprint", TEXT G "NEWSIG\n" GOOD VALID("B8B80B5B"), NULL, 0 },
		{ "status words in a name",
			TEXT G "NEWSIG\n" G "ERRSIG 1 1 8 01 1 9 -\n" G "KEY VALIDSIG " ONE "\n",
			NULL, 0 },
		{ "lines without the mark", TEXT "NEWSIG\nGOODSIG 1 x\nVALIDSIG " SUB "\n", NULL,
			0 },
	};

	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		struct inrelease r = { 0 };
		struct err e = { 0 };
		bool ok = inrelease_status(&r, str_of(cases[i].status), INRELEASE_KEYS_NOW, &e);

		test_report(ok == (cases[i].first != NULL), __FILE__, __LINE__, cases[i].what);
		if (!ok)
			CHECK(e.kind == ERR_SIGNATURE);
		else
			test_report(r.n_signers == cases[i].n &&
					    !strcmp(r.signers[0], cases[i].first) &&
					    inrelease_signed_by(&r, str_of(cases[i].first)),
				__FILE__, __LINE__, cases[i].what);
	}
}

/* A key that has expired since: what it signed before counts where that is asked for, nothing else does. */
static void expired_keys(void)
{
#define EXPIRED G "EXPKEYSIG 6ED0E7B82643E131 x\n"
#define AT(unix_time) G "KEYEXPIRED " unix_time "\n"
	static const struct {
		const char *what, *status;
		int64_t expired; /* of the first signer; -1: refused */
		size_t n;
	} cases[] = {
		{ "signed before", TEXT G "NEWSIG\n" AT("1795252581") EXPIRED VALID(ONE),
			1795252581, 1 },
		{ "the earlier of two dates counts",
			TEXT G "NEWSIG\n" AT("1795252581") AT("1795252000") EXPIRED VALID(ONE), -1,
			0 },
		{ "signed at that second", TEXT G "NEWSIG\n" AT("1795252580") EXPIRED VALID(ONE),
			-1, 0 },
		{ "no date", TEXT G "NEWSIG\n" EXPIRED VALID(ONE), -1, 0 },
		{ "the date of another signature",
			TEXT G "NEWSIG\n" AT("1795252581") G "NEWSIG\n" EXPIRED VALID(ONE), -1, 0 },
		{ "no date that is a number", TEXT G "NEWSIG\n" AT("-") EXPIRED VALID(ONE), -1, 0 },
		{ "a revoked key",
			TEXT G "NEWSIG\n" AT("1795252581") G "REVKEYSIG 1 x\n" VALID(ONE), -1, 0 },
		{ "an expired signature",
			TEXT G "NEWSIG\n" AT("1795252581") G "EXPSIG 1 x\n" VALID(ONE), -1, 0 },
		{ "SHA-1", TEXT G "NEWSIG\n" AT("1795252581") EXPIRED VALID_AS("2", "01", ONE), -1,
			0 },
		{ "a valid one beside it",
			TEXT SIGNED(TWO) G "NEWSIG\n" AT("1795252581") EXPIRED VALID(ONE), 0, 2 },
		{ "a bad one beside it",
			TEXT G "NEWSIG\n" AT("1795252581") EXPIRED VALID(ONE) G "BADSIG 1 x\n", -1,
			0 },
	};

	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		struct inrelease r = { 0 };
		struct err e = { 0 };
		bool ok = inrelease_status(&r, str_of(cases[i].status), INRELEASE_KEYS_THEN, &e);

		test_report(ok == (cases[i].expired >= 0) &&
				    (!ok || (r.n_signers == cases[i].n &&
						    r.expired_unix[0] == cases[i].expired &&
						    r.signed_unix[0] == 1795252580)),
			__FILE__, __LINE__, cases[i].what);
		r = (struct inrelease){ 0 };
		ok = inrelease_status(&r, str_of(cases[i].status), INRELEASE_KEYS_NOW, &e);
		test_report(ok == (cases[i].n == 2), __FILE__, __LINE__, cases[i].what);
	}
}

/* ---- a package's stanza ---- */

#define STANZA(source, size, digest, file)                                                 \
	"Package: libc6\n" source "Version: 2.41-12\nArchitecture: amd64\nFilename: " file \
	"\nSize: " size "\nSHA256: " digest "\n"
#define POOL "pool/main/g/glibc/libc6_2.41-12_amd64.deb"

static bool read_stanza(const char *text, struct lock_package *p, struct err *e)
{
	struct control_stanza s;

	return control_one(&s, str_span(str_of(text)), e) && stanza_package(p, &s, e);
}

static void stanzas(void)
{
	static const struct {
		const char *text, *source, *version; /* NULL: refused */
	} cases[] = {
		{ STANZA("", "1", DIGEST, POOL), "libc6", "2.41-12" },
		{ STANZA("Source: glibc\n", "1", DIGEST, POOL), "glibc", "2.41-12" },
		{ STANZA("Source: glibc (2.41-11)\n", "1", DIGEST, POOL), "glibc", "2.41-11" },
		{ STANZA("Source: glibc (2.41-11\n", "1", DIGEST, POOL), NULL, NULL },
		{ STANZA("Source: glibc ()\n", "1", DIGEST, POOL), NULL, NULL },
		{ STANZA("", "one", DIGEST, POOL), NULL, NULL },
		{ STANZA("", "99999999999999", DIGEST, POOL), NULL, NULL },
		{ STANZA("", "1", "00", POOL), NULL, NULL },
		{ STANZA("", "1", DIGEST, "../x.deb"), NULL, NULL },
		{ STANZA("", "1", DIGEST, "/x.deb"), NULL, NULL },
		{ "Package: a\nVersion: 1\n", NULL, NULL },
	};
	struct lock_package first = { 0 }, other;
	const char *what;
	struct err e = { 0 };

	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		struct lock_package p = { 0 };
		bool ok = read_stanza(cases[i].text, &p, &e);

		test_report(ok == (cases[i].source != NULL), __FILE__, __LINE__, cases[i].text);
		if (ok)
			CHECK(str_is(p.source, cases[i].source) &&
				str_is(p.source_version, cases[i].version) && p.size == 1);
	}
	CHECK_OK(read_stanza(cases[0].text, &first, &e), e);
	other = first;
	other.why = STR("seed");
	CHECK(stanza_agrees(&first, &other, &what));
	other.sha256[31] ^= 1;
	CHECK(!stanza_agrees(&first, &other, &what) && !strcmp(what, "SHA-256"));
}

int main(void)
{
	dates();
	takes();
	refuses();
	signatures();
	expired_keys();
	stanzas();
	return test_end();
}
