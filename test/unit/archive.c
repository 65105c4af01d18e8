/* An InRelease and its index from mirrors that lie, lag behind or do not answer. */
#include "lock/archive.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "base/hex.h"
#include "base/mem.h"
#include "sys/file.h"

#include "archive_made.h"
#include "hostile_server.h"
#include "test.h"

#define NOW (ARCHIVE_MADE_DATE + 3600)
#define LATER (ARCHIVE_MADE_DATE + 10 * 86400)
enum { DAY = 86400, ARENA_MAX = 1 << 20 };

static char top[] = "/tmp/archive-XXXXXX";
static struct hostile server;
static struct store *store;
static char keyring[100];

/* Quick enough for a test: slower than 100 bytes in a second is given up. */
static const struct fetch_options quick = {
	.tries = 2,
	.backoff_ms = 10,
	.connect_s = 2,
	.low_speed_bytes = 100,
	.low_speed_s = 1,
};

static uint8_t *copy_of(const char *text, size_t *n)
{
	uint8_t *p = malloc(strlen(text) + 1);

	*n = strlen(text);
	memcpy(p, text, *n + 1);
	return p;
}

/* What a mirror of this mode has as InRelease; the modes of hostile_server.h have the good one, and spoil it. */
static uint8_t *release_of(const char *path, size_t *n)
{
	static const struct {
		const char *mode, *text;
	} modes[] = {
		{ "/older/", archive_made_older },
		{ "/expired/", archive_made_expired },
		{ "/suite/", archive_made_suite },
		{ "/other/", archive_made_other },
		{ "/empty/", "" },
		{ "/plain/", "Suite: stable\nCodename: made\n" },
		{ "/html/", "<html>Log in first</html>\n" },
	};
	uint8_t *p;

	for (size_t i = 0; i < ARRAY_LEN(modes); i++)
		if (!strncmp(path, modes[i].mode, strlen(modes[i].mode)))
			return copy_of(modes[i].text, n);
	p = copy_of(archive_made_good, n);
	if (!strncmp(path, "/changed/", 9)) /* a later day: the old signature does not fit */
		memcpy(strstr((char *)p, "14 Nov"), "24 Nov", 6);
	return p;
}

/* Only the InRelease of these is spoilt, or only the index. */
static uint8_t *bytes_of(const char *path, size_t *n)
{
	if (strstr(path, "/InRelease"))
		return release_of(path, n);
	if (!strncmp(path, "/replaced/", 10))
		return copy_of("an Index\n", n);
	if (!strncmp(path, "/larger/", 8))
		return copy_of(ARCHIVE_MADE_INDEX "more", n);
	if (!strncmp(path, "/smaller/", 9))
		return copy_of("an", n);
	return copy_of(ARCHIVE_MADE_INDEX, n);
}

/* modes: "missing good": one mirror for each word. */
static struct mirrors *mirrors_of(const char *modes)
{
	struct mirrors *m = mirrors_new();
	struct str rest = str_of(modes), word;
	struct err e = { 0 };
	char url[100];

	while (rest.n) {
		str_cut(rest, ' ', &word, &rest);
		snprintf(url, sizeof url, "http://127.0.0.1:%d/%.*s", server.port, STR_ARG(word));
		CHECK_OK(mirrors_add(m, url, &e), e);
	}
	return m;
}

/* Files below a folder of the store, of which there is always one: the process's own in tmp/. */
static size_t count_files(const char *name)
{
	char **names, path[600];
	struct err e = { 0 };
	struct stat st;
	size_t n = 0, count = 0;

	CHECK_OK(file_names(store_fd(store), name, &names, &n, &e), e);
	for (size_t i = 0; i < n; i++) {
		snprintf(path, sizeof path, "%s/%s", name, names[i]);
		CHECK(fstatat(store_fd(store), path, &st, AT_SYMLINK_NOFOLLOW) == 0);
		count += S_ISDIR(st.st_mode) ? count_files(path) : 1;
	}
	file_names_free(names, n);
	return count;
}

struct attempt {
	const char *modes;
	int64_t now_unix;
	bool has_previous;  /* a lock that names the good Release */
	enum err_kind want; /* NONE: the good one is taken */
	const char *says;   /* parts of the error, one after the other; '|' between them */
};

#define TAKEN(modes)                           \
	{                                      \
		modes, NOW, true, ERR_NONE, "" \
	}
#define REFUSED(modes, kind, says)             \
	{                                      \
		modes, NOW, true, (kind), says \
	}

static const struct attempt attempts[] = {
	TAKEN("good"),
	TAKEN("changed good"),
	TAKEN("other good"),
	TAKEN("suite good"),
	TAKEN("older good"),
	TAKEN("empty good"),
	TAKEN("plain good"),
	TAKEN("html good"),
	TAKEN("short good"),
	TAKEN("long good"),
	TAKEN("endless good"),
	TAKEN("drip good"),
	TAKEN("loop good"),
	TAKEN("away good"),
	TAKEN("bodyloop good"),
	TAKEN("headers good"),
	TAKEN("mute good"),
	TAKEN("reset good"),
	TAKEN("missing good"),
	TAKEN("missing changed older suite other drip good"),
	{ "expired", NOW, true, ERR_NONE, "" },
	{ "expired good", LATER, true, ERR_NONE, "" },
	{ "older", NOW, false, ERR_NONE, "" },
	REFUSED("changed", ERR_SIGNATURE, "InRelease of 'debian made'|/changed/|does not fit"),
	REFUSED("short", ERR_SIGNATURE, "/short/|not one signed text"),
	REFUSED("long", ERR_SIGNATURE, "/long/|not one signed text"),
	REFUSED("empty", ERR_SIGNATURE, "/empty/|not one signed text"),
	REFUSED("plain", ERR_SIGNATURE, "/plain/|not one signed text"),
	REFUSED("other", ERR_SIGNATURE, "/other/|no key of the keyring"),
	REFUSED("suite", ERR_MISMATCH, "/suite/|asked for suite 'made'|Suite 'testing'"),
	REFUSED("older", ERR_MISMATCH, "/older/|24 hours older than"),
	{ "expired", LATER, false, ERR_MISMATCH, "/expired/|has expired" },
	REFUSED("endless", ERR_LIMIT, "/endless/|more than the wanted 16777216 bytes"),
	REFUSED("drip", ERR_IO, "/drip/|too slow"),
	REFUSED("mute", ERR_IO, "/mute/|too slow"),
	REFUSED("loop", ERR_IO, "/loop/|redirect"),
	REFUSED("away", ERR_IO, "/away/|rotocol"),
	REFUSED("missing", ERR_NOTFOUND, "/missing/|HTTP status 404"),
	REFUSED("missing loop", ERR_IO, "/missing/|HTTP status 404|/loop/|redirect"),
	REFUSED("older changed", ERR_SIGNATURE, "/older/|24 hours|/changed/|does not fit"),
	REFUSED("changed suite older", ERR_SIGNATURE,
		"/changed/|does not fit|/suite/|asked for|/older/|24 hours"),
	REFUSED("missing suite", ERR_MISMATCH, "/missing/|404|/suite/|asked for"),
	REFUSED("older/a older/b older/c older/d older/e older/f", ERR_MISMATCH,
		"/older/a|/older/b|more mirrors"),
};

static bool says(const char *text, const char *parts)
{
	struct str rest = str_of(parts), part;
	char one[100];

	while (text && rest.n) {
		str_cut(rest, '|', &part, &rest);
		snprintf(one, sizeof one, "%.*s", STR_ARG(part));
		text = strstr(text, one);
	}
	return text != NULL;
}

static double now(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (double)t.tv_sec + (double)t.tv_nsec * 1e-9;
}

static void one_attempt(const struct attempt *t)
{
	CLEANUP(arena_freep) struct arena *a = arena_new(ARENA_MAX);
	CLEANUP(mirrors_freep) struct mirrors *m = mirrors_of(t->modes);
	struct archive_access q = {
		.store = store, .mirrors = m, .keyring = keyring, .options = &quick
	};
	struct suite_request s = { .archive = STR("debian"), .suite = STR("made") };
	struct lock_suite before = { .date_unix = ARCHIVE_MADE_DATE }, got = { 0 };
	size_t objects = count_files("objects");
	struct release release;
	struct err e = { 0 };
	double start = now();
	bool ok = archive_take_release(
		&q, &s, t->has_previous ? &before : NULL, t->now_unix, a, &got, &release, &e);

	if (t->want == ERR_NONE) {
		CHECK_OK(ok, e);
		CHECK(ok && str_is(got.signer, ARCHIVE_MADE_SIGNER) &&
			str_is(got.codename, "made") && store_has(store, got.release_sha256));
		CHECK(ok && (got.date_unix == ARCHIVE_MADE_DATE || !t->has_previous));
	} else {
		test_report(!ok && e.kind == t->want, __FILE__, __LINE__, t->modes);
		test_report(says(e.text, t->says), __FILE__, __LINE__, e.text);
		CHECK(e.hint[0]);
		CHECK(count_files("objects") == objects);
	}
	CHECK(count_files("tmp") == 0);
	test_report(now() - start < 8, __FILE__, __LINE__, t->modes);
}

/* What is this machine's fault is not looked for elsewhere. */
static void own_fault(void)
{
	CLEANUP(arena_freep) struct arena *a = arena_new(ARENA_MAX);
	CLEANUP(mirrors_freep) struct mirrors *m = mirrors_of("good good"), *none = mirrors_new();
	struct archive_access q = {
		.store = store, .mirrors = m, .keyring = "/nowhere/archive.gpg", .options = &quick
	};
	struct suite_request s = { .archive = STR("debian"), .suite = STR("made") };
	struct lock_suite got = { .release_size = 7 };
	struct release release;
	struct err e = { 0 };
	unsigned before = server.requests;

	CHECK(!archive_take_release(&q, &s, NULL, NOW, a, &got, &release, &e));
	CHECK(strstr(e.text, "/nowhere/archive.gpg") && strstr(e.hint, "--keyring"));
	CHECK(server.requests == before + 1 && got.release_size == 7);
	q.mirrors = none;
	CHECK_ERR(archive_take_release(&q, &s, NULL, NOW, a, &got, &release, &e), e, ERR_USAGE);
}

static void forget(const uint8_t sha256[static SHA256_SIZE])
{
	char hex[2 * SHA256_SIZE + 1], path[100];

	hex_write(hex, sha256, SHA256_SIZE);
	snprintf(path, sizeof path, "objects/%.2s/%s", hex, hex + 2);
	CHECK(unlinkat(store_fd(store), path, 0) == 0);
}

static void cut(const uint8_t sha256[static SHA256_SIZE])
{
	char place[STORE_PLACE_MAX];
	int fd;

	store_object_place(place, sha256);
	CHECK(fchmodat(store_fd(store), place, 0644, 0) == 0);
	fd = openat(store_fd(store), place, O_WRONLY | O_CLOEXEC);
	CHECK(fd >= 0 && ftruncate(fd, 3) == 0);
	close(fd);
}

/* The index that the Release names, from mirrors that have another. */
static void indexes(void)
{
	static const struct {
		const char *modes;
		enum err_kind want;
		const char *says;
	} cases[] = {
		{ "replaced", ERR_MISMATCH, "Packages.xz|/replaced/|SHA-256 is" },
		{ "larger", ERR_MISMATCH, "Packages.xz|/larger/|more than the wanted 9 bytes" },
		{ "smaller", ERR_MISMATCH, "Packages.xz|/smaller/|2 bytes, wanted 9" },
		{ "missing", ERR_NOTFOUND, "Packages.xz|/missing/|HTTP status 404" },
		{ "drip", ERR_NONE, "" }, /* quick for nine bytes */
		{ "endless", ERR_MISMATCH, "Packages.xz|/endless/|more than the wanted" },
		{ "replaced larger smaller missing loop good", ERR_NONE, "" },
	};
	struct suite_request s = { .archive = STR("debian"), .suite = STR("made") };

	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		CLEANUP(arena_freep) struct arena *a = arena_new(ARENA_MAX);
		CLEANUP(mirrors_freep)
		struct mirrors *m = mirrors_of(cases[i].modes), *good = mirrors_of("good");
		struct archive_access q = {
			.store = store, .mirrors = good, .keyring = keyring, .options = &quick
		};
		struct lock_suite suite;
		struct lock_index x;
		struct release release;
		struct err e = { 0 };
		uint8_t sha256[SHA256_SIZE];
		size_t objects;
		bool ok;

		CHECK_OK(archive_take_release(&q, &s, NULL, NOW, a, &suite, &release, &e), e);
		sha256_of(sha256, str_span(STR(ARCHIVE_MADE_INDEX)));
		CHECK(!store_has(store, sha256));
		objects = count_files("objects");
		q.mirrors = m;
		ok = archive_take_index(&q, &suite, &release, STR("main"), a, &x, &e);
		if (cases[i].want == ERR_NONE) {
			CHECK_OK(ok, e);
			CHECK(ok && memcmp(x.sha256, sha256, sizeof sha256) == 0);
			/* One that has lost its end in the store is asked for again. */
			cut(sha256);
			q.mirrors = good;
			CHECK_OK(archive_fetch_index(&q, &suite, false, &x, &e), e);
			CHECK_OK(store_check_object(store, sha256, &e), e);
			forget(sha256);
		} else {
			CHECK_ERR(ok, e, cases[i].want);
			test_report(says(e.text, cases[i].says), __FILE__, __LINE__, e.text);
			CHECK(e.hint[0] && count_files("objects") == objects);
		}
		CHECK(count_files("tmp") == 0);
	}
}

/* Cut anywhere it is refused; with a byte changed, too, unless what gpgv reads is the very same text. */
static void damaged(void)
{
	CLEANUP(inrelease_done) struct inrelease good = { 0 };
	uint8_t bytes[sizeof archive_made_good];
	size_t n = sizeof archive_made_good - 1;
	struct err e = { 0 };

	memcpy(bytes, archive_made_good, n);
	CHECK_OK(inrelease_verify(&good, span_make(bytes, n), keyring, INRELEASE_KEYS_NOW, &e), e);
	for (size_t i = 0; i < n; i++) {
		struct inrelease r = { 0 };

		CHECK_ERR(
			inrelease_verify(&r, span_make(bytes, i), keyring, INRELEASE_KEYS_NOW, &e),
			e, ERR_SIGNATURE);
		bytes[i] ^= 1;
		if (inrelease_verify(&r, span_make(bytes, n), keyring, INRELEASE_KEYS_NOW, &e))
			CHECK(span_equal(buf_span(&r.payload), buf_span(&good.payload)));
		else
			CHECK(e.kind == ERR_SIGNATURE);
		inrelease_done(&r);
		bytes[i] ^= 1;
	}
}

int main(void)
{
	uint8_t key[sizeof archive_made_keyring / 2];
	struct err e = { 0 };
	char path[100];

	if (!mkdtemp(top) || !hostile_start(&server))
		return 2;
	server.bytes = bytes_of;
	snprintf(path, sizeof path, "%s/store", top);
	CHECK_OK(store_open(&store, path, &e), e);
	snprintf(keyring, sizeof keyring, "%s/archive.gpg", top);
	CHECK(hex_read(str_of(archive_made_keyring), key, sizeof key));
	CHECK_OK(file_write(AT_FDCWD, keyring, SPAN_OF(key), 0644, &e), e);
	for (size_t i = 0; i < ARRAY_LEN(attempts); i++)
		one_attempt(&attempts[i]);
	own_fault();
	indexes();
	damaged();
	store_free(store);
	CHECK_OK(file_remove_tree(AT_FDCWD, top, &e), e);
	return test_end();
}
