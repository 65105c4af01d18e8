/* Downloads from mirrors that lie, stall, break off and run in circles. */
#include "net/fetch.h"

#include <sys/stat.h>
#include <time.h>

#include "base/hex.h"
#include "base/mem.h"
#include "net/http.h"
#include "sys/file.h"

#include "hostile_server.h"
#include "test.h"

enum { BASES_MAX = 4 };

static char top[] = "/tmp/fetch-XXXXXX";
static struct hostile server;
static struct store *store;

/* Quick enough for a test: slower than 100 bytes in a second is given up. */
static const struct fetch_options quick = {
	.backoff_ms = 10,
	.connect_s = 2,
	.low_speed_bytes = 100,
	.low_speed_s = 1,
};

struct mirrors_of_test {
	char text[BASES_MAX][300];
	const char *uris[BASES_MAX];
	struct fetch_bases bases;
};

/* modes: "missing good": one base for each word. */
static struct mirrors_of_test *bases(const char *modes)
{
	struct mirrors_of_test *m = MEM_NEW(struct mirrors_of_test);
	struct str rest = str_of(modes), word;

	while (rest.n) {
		str_cut(rest, ' ', &word, &rest);
		if (str_is(word, "folder"))
			snprintf(m->text[m->bases.n], sizeof m->text[0], "file://%s/mirror", top);
		else if (str_is(word, "nobody"))
			snprintf(m->text[m->bases.n], sizeof m->text[0], "http://127.0.0.1:1/x");
		else
			snprintf(m->text[m->bases.n], sizeof m->text[0], "http://127.0.0.1:%d/%.*s",
				server.port, STR_ARG(word));
		m->uris[m->bases.n] = m->text[m->bases.n];
		m->bases.n++;
	}
	m->bases.uris = m->uris;
	return m;
}

static struct fetch_item item_of(const char *path, const struct mirrors_of_test *m)
{
	struct fetch_item item = { .path = str_of(path), .size = hostile_size(path) };
	uint8_t *bytes = hostile_bytes(path);

	item.bases = m->bases;
	sha256_of(item.sha256, span_make(bytes, item.size));
	free(bytes);
	return item;
}

/* Whether anything is left in tmp/. */
static bool clean(void)
{
	char **names, path[300];
	struct err e = { 0 };
	size_t n = 0, inside = 0;

	CHECK_OK(file_names(store_fd(store), "tmp", &names, &n, &e), e);
	if (n == 1) {
		char **left;

		snprintf(path, sizeof path, "tmp/%s", names[0]);
		CHECK_OK(file_names(store_fd(store), path, &left, &inside, &e), e);
		file_names_free(left, inside);
	}
	file_names_free(names, n);
	return n == 1 && inside == 0;
}

struct attempt {
	const char *modes;
	enum err_kind want; /* NONE: it is fetched */
	const char *says;   /* part of the error */
};

static const struct attempt attempts[] = {
	{ "good", ERR_NONE, NULL },
	{ "found", ERR_NONE, NULL },
	{ "folder", ERR_NONE, NULL },
	{ "missing good", ERR_NONE, NULL },
	{ "wrong good", ERR_NONE, NULL },
	{ "short good", ERR_NONE, NULL },
	{ "long good", ERR_NONE, NULL },
	{ "endless good", ERR_NONE, NULL },
	{ "drip good", ERR_NONE, NULL },
	{ "loop good", ERR_NONE, NULL },
	{ "away good", ERR_NONE, NULL },
	{ "bodyloop good", ERR_NONE, NULL },
	{ "headers good", ERR_NONE, NULL },
	{ "mute good", ERR_NONE, NULL },
	{ "reset good", ERR_NONE, NULL },
	{ "nobody good", ERR_NONE, NULL },
	{ "cut", ERR_NONE, NULL },
	{ "norange", ERR_NONE, NULL },
	{ "badrange", ERR_NONE, NULL },
	{ "patched", ERR_NONE, NULL },
	{ "busy", ERR_NONE, NULL },
	{ "missing", ERR_NOTFOUND, "HTTP status 404" },
	{ "missing missing", ERR_NOTFOUND, "HTTP status 404; http://" },
	{ "wrong", ERR_MISMATCH, "SHA-256 is" },
	{ "wrong missing", ERR_MISMATCH, "SHA-256 is" },
	{ "short", ERR_MISMATCH, "bytes, wanted" },
	{ "long", ERR_MISMATCH, "more than the wanted" },
	{ "endless", ERR_MISMATCH, "more than the wanted" },
	{ "loop", ERR_IO, "redirect" },
	{ "away", ERR_IO, "rotocol" },
	{ "drip", ERR_IO, "too slow" },
	{ "reset", ERR_IO, "mpty reply" },
	{ "nobody", ERR_IO, "onnect" },
	{ "", ERR_USAGE, "no mirror" },
};

static double now(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (double)t.tv_sec + (double)t.tv_nsec * 1e-9;
}

static void one_attempt(const struct attempt *a, size_t i)
{
	struct mirrors_of_test *m = bases(a->modes);
	struct err e = { 0 };
	struct fetch_item item;
	char path[64];
	double start = now();
	bool ok;

	snprintf(path, sizeof path, "pool/f%zu.%zu", i, 3000 + 1000 * i);
	if (!strcmp(a->modes, "folder"))
		snprintf(path, sizeof path, "pool/in folder+.5000");
	item = item_of(path, m);
	ok = fetch_all(store, &item, 1, &quick, &e);
	if (a->want == ERR_NONE) {
		CHECK_OK(ok, e);
		CHECK(store_has_size(store, item.sha256, item.size));
	} else {
		CHECK_ERR(ok, e, a->want);
		CHECK(strstr(e.text, path) && strstr(e.text, a->says) && e.hint[0]);
		if (!strstr(e.text, a->says))
			fprintf(stderr, "'%s' says: %s\n", a->modes, e.text);
		CHECK(!store_has(store, item.sha256));
	}
	CHECK(clean());
	CHECK(now() - start < 8);
	if (now() - start > 4)
		fprintf(stderr, "'%s' took %.1f s\n", a->modes, now() - start);
	free(m);
}

static void all_attempts(void)
{
	char path[200];
	struct err e = { 0 };
	uint8_t *bytes = hostile_bytes("pool/in folder+.5000");

	snprintf(path, sizeof path, "%s/mirror/pool", top);
	CHECK_OK(file_mkdirs(AT_FDCWD, path, &e), e);
	snprintf(path, sizeof path, "%s/mirror/pool/in folder+.5000", top);
	CHECK_OK(file_write(AT_FDCWD, path, span_make(bytes, 5000), 0644, &e), e);
	free(bytes);
	for (size_t i = 0; i < ARRAY_LEN(attempts); i++)
		one_attempt(&attempts[i], i);
}

static void count_progress(void *ctx, const struct fetch_progress *p)
{
	*(struct fetch_progress *)ctx = *p;
}

/* Many items, some twice, some there already, from mirrors of which the first breaks everything off. */
static void many(void)
{
	enum { N = 40 };
	struct mirrors_of_test *m = bases("cut good");
	struct fetch_progress last = { 0 };
	struct fetch_options o = quick;
	struct fetch_item items[N + 2];
	char paths[N][64];
	struct err e = { 0 };
	uint64_t bytes = 0;
	unsigned before;

	o.progress = count_progress;
	o.ctx = &last;
	for (size_t i = 0; i < N; i++) {
		snprintf(paths[i], sizeof paths[i], "pool/many%zu.%zu", i, i * 20011);
		items[i] = item_of(paths[i], m);
		bytes += items[i].size;
	}
	items[N] = items[3];
	items[N + 1] = items[30];
	CHECK_OK(fetch_all(store, items, 3, &quick, &e), e);
	bytes -= items[1].size + items[2].size;
	CHECK_OK(fetch_all(store, items, N + 2, &o, &e), e);
	CHECK(last.items == N - 3 && last.items_done == N - 3);
	CHECK(last.bytes == bytes && last.bytes_done == bytes);
	for (size_t i = 0; i < N; i++)
		CHECK(store_has_size(store, items[i].sha256, items[i].size));
	before = server.requests;
	CHECK_OK(fetch_all(store, items, N + 2, &o, &e), e);
	CHECK(server.requests == before);
	CHECK(clean());
	free(m);
}

/* A mirror that never answers is not asked for every file. */
static void given_up(void)
{
	enum { N = 20 };
	struct mirrors_of_test *m = bases("reset good");
	struct fetch_options o = quick;
	struct fetch_item items[N];
	char paths[N][64];
	struct err e = { 0 };
	unsigned before = server.requests;

	o.at_once = 1;
	for (size_t i = 0; i < N; i++) {
		snprintf(paths[i], sizeof paths[i], "pool/given%zu.100", i);
		items[i] = item_of(paths[i], m);
	}
	CHECK_OK(fetch_all(store, items, N, &o, &e), e);
	CHECK(server.requests - before == N + 3 * 3);
	free(m);
}

/* A store that cannot take the bytes is not the mirror's fault: no other mirror is asked. */
static void broken_store(void)
{
	struct mirrors_of_test *m = bases("good good");
	struct fetch_item item = item_of("pool/broken.5000", m);
	struct store *other = NULL;
	char path[100];
	struct err e = { 0 };
	unsigned before = server.requests;

	snprintf(path, sizeof path, "%s/other", top);
	CHECK_OK(store_open(&other, path, &e), e);
	CHECK_OK(file_remove_tree(store_fd(other), "partial", &e), e);
	CHECK_ERR(fetch_all(other, &item, 1, &quick, &e), e, ERR_IO);
	CHECK(strstr(e.text, "in the store") && server.requests == before);
	store_free(other);
	free(m);
}

/* The file of an item in partial/. */
static const char *partial_of(const struct fetch_item *item)
{
	static char place[100] = "partial/";

	hex_write(place + 8, item->sha256, SHA256_SIZE);
	return place;
}

static uint64_t size_of(const char *place)
{
	struct stat st;

	return fstatat(store_fd(store), place, &st, 0) == 0 ? (uint64_t)st.st_size : 0;
}

/* As after a reboot: nothing of the process that fetched before is left but what is on the disk. */
static void open_again(void)
{
	char path[100];
	struct err e = { 0 };

	store_freep(&store);
	snprintf(path, sizeof path, "%s/store", top);
	CHECK_OK(store_open(&store, path, &e), e);
}

/* Each run gets a third more; what a run has got is not asked for again, and counts as done. */
static void resumed(void)
{
	struct mirrors_of_test *m = bases("cut");
	struct fetch_item item = item_of("pool/resumed.9000", m);
	struct fetch_progress last = { 0 };
	struct fetch_options o = quick;
	struct err e = { 0 };

	o.tries = 1;
	o.progress = count_progress;
	o.ctx = &last;
	for (uint64_t got = 3001; got < item.size; got += 3001) {
		CHECK_ERR(fetch_all(store, &item, 1, &o, &e), e, ERR_IO);
		CHECK(size_of(partial_of(&item)) == got);
		open_again();
	}
	CHECK_OK(fetch_all(store, &item, 1, &o, &e), e);
	CHECK(last.bytes_done == item.size);
	CHECK(store_has_size(store, item.sha256, item.size) && !size_of(partial_of(&item)));
	CHECK(clean());
	free(m);
}

static void plant(const struct fetch_item *item, struct span bytes)
{
	struct err e = { 0 };

	CHECK_OK(file_write(store_fd(store), partial_of(item), bytes, 0600, &e), e);
}

/* Wrong bytes, too many bytes, all bytes, right or not: the digest decides, and all comes anew where it says no. */
static void kept_parts(void)
{
	enum { SIZE = 5000 };
	static const struct {
		size_t n, wrong_at;
		unsigned requests;
	} cases[] = { { 100, 50, 2 }, { SIZE, 4999, 1 }, { SIZE + 7, SIZE, 1 },
		{ SIZE, SIZE + 9, 0 }, { 4999, SIZE + 9, 1 }, { 0, SIZE + 9, 1 } };

	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		struct mirrors_of_test *m = bases("good");
		uint8_t part[SIZE + 10] = { 0 }, *bytes;
		unsigned before = server.requests;
		struct fetch_item item;
		struct err e = { 0 };
		char path[64];

		snprintf(path, sizeof path, "pool/kept%zu.%d", i, SIZE);
		item = item_of(path, m);
		bytes = hostile_bytes(path);
		memcpy(part, bytes, SIZE);
		part[cases[i].wrong_at] ^= 1;
		plant(&item, span_make(part, cases[i].n));
		CHECK_OK(fetch_all(store, &item, 1, &quick, &e), e);
		CHECK(server.requests - before == cases[i].requests);
		CHECK(store_has_size(store, item.sha256, SIZE) && !size_of(partial_of(&item)));
		free(bytes);
		free(m);
	}
}

/* Wrong bytes do not stay, a part of them may: it is seen when it is whole. */
static void wrong_bytes_go(void)
{
	struct mirrors_of_test *m = bases("wrong");
	struct fetch_item item = item_of("pool/wrong-bytes.5000", m);
	struct err e = { 0 };

	plant(&item, span_make("not it", 6));
	CHECK_ERR(fetch_all(store, &item, 1, &quick, &e), e, ERR_MISMATCH);
	CHECK(!size_of(partial_of(&item)) && clean());
	free(m);
}

/* Another process fetches the same: this one does not touch its part. */
static void busy_part(void)
{
	struct mirrors_of_test *m = bases("good");
	struct fetch_item item = item_of("pool/busy-part.5000", m);
	struct store_writer *other = NULL;
	struct err e = { 0 };
	uint64_t at = 1;

	CHECK_OK(store_write_resume(store, item.sha256, &other, &at, &e), e);
	CHECK(at == 0);
	CHECK_OK(store_write(other, "part", 4, &e), e);
	CHECK_OK(fetch_all(store, &item, 1, &quick, &e), e);
	CHECK(store_has_size(store, item.sha256, item.size));
	CHECK(size_of(partial_of(&item)) == 4 && clean());
	store_write_keep(other);
	CHECK_OK(store_write_resume(store, item.sha256, &other, &at, &e), e);
	CHECK(at == 4);
	store_write_abort(other);
	CHECK(!size_of(partial_of(&item)));
	free(m);
}

static void unpinned(void)
{
	struct fetch_options patient = quick;
	struct mirrors_of_test *m = bases("missing reset cut good"), *bad = bases("long"), *halves;
	uint8_t *bytes = hostile_bytes("f.9000");
	struct err e = { 0 };
	struct buf b = { 0 };

	CHECK_OK(fetch_unpinned(&m->bases, STR("f.9000"), 9000, &quick, &b, &e), e);
	CHECK(span_equal(buf_span(&b), span_make(bytes, 9000)));
	buf_done(&b);
	CHECK_ERR(fetch_unpinned(&bad->bases, STR("f.9000"), 9000, &quick, &b, &e), e, ERR_LIMIT);
	halves = bases("patched");
	CHECK_OK(fetch_unpinned(&halves->bases, STR("f.9000"), 9000, &quick, &b, &e), e);
	CHECK(span_equal(buf_span(&b), span_make(bytes, 9000)));
	buf_done(&b);
	free(halves);
	/* Fast enough for every second, and without an end: the whole has its time, too. */
	halves = bases("drip good");
	patient.low_speed_bytes = 1;
	patient.unpinned_s = 1;
	CHECK_OK(fetch_unpinned(&halves->bases, STR("f.900"), 9000, &patient, &b, &e), e);
	CHECK(b.n == 900);
	buf_done(&b);
	halves->bases.n = 1;
	CHECK_ERR(fetch_unpinned(&halves->bases, STR("f.900"), 9000, &patient, &b, &e), e, ERR_IO);
	CHECK(strstr(e.text, "timed out"));
	free(halves);
	m->bases.n = 1;
	CHECK_ERR(fetch_unpinned(&m->bases, STR("f.9000"), 9000, &quick, &b, &e), e, ERR_NOTFOUND);
	CHECK_ERR(fetch_unpinned(&m->bases, STR("../x"), 9000, &quick, &b, &e), e, ERR_FORMAT);
	free(bytes);
	free(m);
	free(bad);
}

static bool get(const char *mode, size_t max, long *status, struct buf *b, struct err *e)
{
	char url[200];

	snprintf(url, sizeof url, "http://127.0.0.1:%d/%s", server.port, mode);
	return http_get(url, max, 2, status, b, e);
}

static void http_client(void)
{
	struct span body = str_span(STR("{\"a\": 1}"));
	struct err e = { 0 };
	struct buf b = { 0 };
	long status = 0;
	char url[200];

	CHECK_OK(get("good/f.700", 700, &status, &b, &e), e);
	CHECK(status == 200 && b.n == 700);
	buf_done(&b);
	CHECK_OK(get("missing/f", 700, &status, &b, &e), e);
	CHECK(status == 404 && str_is(buf_str(&b), "no\n"));
	buf_done(&b);
	CHECK_OK(get("found/f.9", 700, &status, &b, &e), e);
	CHECK(status == 302);
	buf_done(&b);
	CHECK_ERR(get("good/f.700", 699, &status, &b, &e), e, ERR_LIMIT);
	CHECK_ERR(get("endless/f", 5000, &status, &b, &e), e, ERR_LIMIT);
	CHECK_ERR(get("drip/f.700", 700, &status, &b, &e), e, ERR_IO);
	CHECK_ERR(get("mute/f", 700, &status, &b, &e), e, ERR_IO);
	CHECK_ERR(get("headers/f", 700, &status, &b, &e), e, ERR_LIMIT);
	CHECK_ERR(get("cut/f.700", 700, &status, &b, &e), e, ERR_IO);
	CHECK_ERR(http_get("file:///etc/passwd", 9999, 2, &status, &b, &e), e, ERR_USAGE);
	CHECK_ERR(http_get("http://127.0.0.1:1/", 9999, 2, &status, &b, &e), e, ERR_IO);
	CHECK(e.hint[0]);
	snprintf(url, sizeof url, "http://127.0.0.1:%d/echo/x", server.port);
	CHECK_OK(http_post_json(url, body, 100, 2, &status, &b, &e), e);
	CHECK(status == 418 && span_equal(buf_span(&b), body));
	buf_done(&b);
	CHECK_OK(http_post_json(url, span_make(NULL, 0), 100, 2, &status, &b, &e), e);
	CHECK(status == 418 && b.n == 0);
	buf_done(&b);
}

int main(void)
{
	struct err e = { 0 };
	char path[100];

	if (!mkdtemp(top) || !hostile_start(&server))
		return 2;
	snprintf(path, sizeof path, "%s/store", top);
	CHECK_OK(store_open(&store, path, &e), e);
	all_attempts();
	many();
	given_up();
	broken_store();
	resumed();
	kept_parts();
	wrong_bytes_go();
	busy_part();
	unpinned();
	http_client();
	store_free(store);
	CHECK_OK(file_remove_tree(AT_FDCWD, top, &e), e);
	return test_end();
}
