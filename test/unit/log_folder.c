/* A log signs one history: what its tiles or its promise do not bear out is refused, and a promise is kept. */
#include "log/log_folder.h"

#include <sys/stat.h>

#include "log_made.h"

static struct buf read_file(const char *path)
{
	struct buf b = { 0 };
	struct err e = { 0 };

	CHECK_OK(file_read(AT_FDCWD, in_top(path), 1 << 20, &b, &e), e);
	return b;
}

static void write_file(const char *path, struct span bytes)
{
	struct err e = { 0 };

	CHECK_OK(file_replace(AT_FDCWD, in_top(path), bytes, 0644, &e), e);
}

static bool lock(const char *name, struct err *e)
{
	CLEANUP(log_folder_freep) struct log_folder *l = NULL;

	return log_folder_open(&l, in_top(name), e) && log_folder_lock(l, log_key, e);
}

static uint64_t size_of(const char *name)
{
	CLEANUP(log_folder_freep) struct log_folder *l = open_log(name);
	struct checkpoint c = { 0 };
	struct span note;
	struct err e = { 0 };

	CHECK_OK(log_folder_checkpoint(&c, &note, l, &e), e);
	return c.size;
}

static void made(void)
{
	struct private_key *p256 = keys_made("EC", "P-256");
	struct err e = { 0 };

	log_folder_free(make_log("made"));
	CHECK_ERR(log_folder_make(in_top("made"), STR("example.org/log"), log_key, NULL, &e), e,
		ERR_USAGE);
	CHECK_ERR(
		log_folder_make(in_top("bad"), STR("two words"), log_key, NULL, &e), e, ERR_FORMAT);
	CHECK_ERR(log_folder_make(in_top("bad"), STR("example.org"), p256, NULL, &e), e, ERR_USAGE);
	CHECK_ERR(lock("nowhere", &e), e, ERR_NOTFOUND);
	CHECK(mkdir(in_top("empty"), 0755) == 0);
	CHECK_ERR(lock("empty", &e), e, ERR_NOTFOUND);
	private_key_free(p256);
}

/* Killed between its steps, making one goes on. */
static void made_in_two(void)
{
	struct err e = { 0 };

	log_folder_free(make_log("half"));
	CHECK(unlink(in_top("half/checkpoint")) == 0 && unlink(in_top("half/.log/signed")) == 0);
	CHECK_ERR(lock("half", &e), e, ERR_NOTFOUND);
	CHECK_ERR(log_folder_make(in_top("half"), STR("example.org/other"), log_key, NULL, &e), e,
		ERR_MISMATCH);
	CHECK_OK(log_folder_make(in_top("half"), STR("example.org/log"), log_key, NULL, &e), e);
	CHECK(size_of("half") == 0);
}

static void other_key(void)
{
	struct private_key *right = log_key;
	struct err e = { 0 };

	log_folder_free(make_log("key"));
	log_key = keys_made("ED25519", NULL);
	CHECK_ERR(lock("key", &e), e, ERR_MISMATCH);
	private_key_free(log_key);
	log_key = right;
	CHECK_OK(lock("key", &e), e);
}

/* Two logs of the same key that differ in one entry. */
static void two_histories(void)
{
	CLEANUP(log_folder_freep) struct log_folder *a = make_log("a");
	CLEANUP(log_folder_freep) struct log_folder *b = make_log("b");
	CLEANUP(buf_done) struct buf checkpoint = { 0 }, promise = { 0 };
	struct log_append *more = NULL;
	struct err e = { 0 };
	uint64_t at;

	CHECK_OK(append(a, 0, 5, &e), e);
	CHECK_OK(append(b, 0, 4, &e), e);
	CHECK_OK(log_append_begin(&more, b, log_key, &e), e);
	CHECK_OK(log_append_entry(more, str_span(STR("other")), &at, &e), e);
	CHECK_OK(log_append_end(more, &e), e);
	log_append_free(more);
	checkpoint = read_file("b/checkpoint");
	promise = read_file("b/.log/signed");

	/* The promise is another one's: neither it nor the checkpoint is signed again. */
	CLEANUP(buf_done) struct buf own = read_file("a/.log/signed");
	write_file("a/.log/signed", buf_span(&promise));
	CHECK_ERR(lock("a", &e), e, ERR_MISMATCH);
	write_file("a/.log/signed", buf_span(&own));
	CHECK_OK(lock("a", &e), e);
	/* The checkpoint is another one's, by the right key; with its promise, too. */
	write_file("a/checkpoint", buf_span(&checkpoint));
	CHECK_ERR(lock("a", &e), e, ERR_MISMATCH);
	write_file("a/.log/signed", buf_span(&promise));
	CHECK_ERR(append(a, 5, 6, &e), e, ERR_MISMATCH);
	CHECK(strstr(e.text, "is not that of its tiles") != NULL);
	/* The promise is gone: nobody knows what was signed. */
	CHECK(unlink(in_top("a/.log/signed")) == 0);
	CHECK_ERR(lock("a", &e), e, ERR_NOTFOUND);
}

/* A checkpoint that was lost, or is older than the promise: it comes again, and no other. */
static void promise_is_kept(void)
{
	CLEANUP(log_folder_freep) struct log_folder *l = make_log("promise");
	CLEANUP(buf_done)
	struct buf old = read_file("promise/checkpoint"), new = { 0 }, again = { 0 };
	struct err e = { 0 };

	CHECK_OK(append(l, 0, 3, &e), e);
	new = read_file("promise/checkpoint");
	write_file("promise/checkpoint", buf_span(&old));
	CHECK(size_of("promise") == 0);
	CHECK_OK(lock("promise", &e), e);
	again = read_file("promise/checkpoint");
	CHECK(span_equal(buf_span(&again), buf_span(&new)));
	CHECK(unlink(in_top("promise/checkpoint")) == 0);
	CHECK_OK(lock("promise", &e), e);
	CHECK(size_of("promise") == 3);
	/* Without its tiles it is not. */
	write_file("promise/checkpoint", buf_span(&old));
	CHECK(unlink(in_top("promise/tile/0/000.p/3")) == 0);
	CHECK_ERR(lock("promise", &e), e, ERR_NOTFOUND);
	write_file("promise/tile/0/000.p/3", span_make(top, 0));
	CHECK_ERR(lock("promise", &e), e, ERR_FORMAT);
}

/* Neither of both, but tiles: it does not begin anew. */
static void lost(void)
{
	CLEANUP(log_folder_freep) struct log_folder *l = make_log("lost");
	struct err e = { 0 };

	CHECK_OK(append(l, 0, 3, &e), e);
	CHECK(unlink(in_top("lost/checkpoint")) == 0 && unlink(in_top("lost/.log/signed")) == 0);
	CHECK_ERR(append(l, 3, 4, &e), e, ERR_NOTFOUND);
	CHECK_ERR(log_folder_make(in_top("lost"), STR("example.org/log"), log_key, NULL, &e), e,
		ERR_USAGE);
}

/* An older copy of checkpoint and tiles beside what was promised since. */
static void put_back(void)
{
	CLEANUP(log_folder_freep) struct log_folder *l = make_log("back");
	CLEANUP(buf_done) struct buf old = { 0 }, promise = { 0 };
	struct err e = { 0 };

	CHECK_OK(append(l, 0, 3, &e), e);
	old = read_file("back/checkpoint");
	promise = read_file("back/.log/signed");
	CHECK_OK(append(l, 3, 5, &e), e);
	write_file("back/.log/signed", buf_span(&promise));
	CHECK_ERR(lock("back", &e), e, ERR_MISMATCH);
}

static struct str note_text(const struct buf *note)
{
	struct str head = buf_str(note);

	for (size_t i = 1; i < head.n; i++)
		if (head.p[i] == '\n' && head.p[i - 1] == '\n')
			return str_make(head.p, i);
	return (struct str){ 0 };
}

/* Lines of witnesses are merged; the same witness's new one takes the old one's place; growing drops them. */
static void cosigned(void)
{
#define LINE(name, base64) "\xe2\x80\x94 " name " " base64 "\n"
	CLEANUP(log_folder_freep) struct log_folder *l = make_log("cosigned");
	CLEANUP(buf_done) struct buf before = { 0 }, after = { 0 }, grown = { 0 };
	struct err e = { 0 };

	CHECK_OK(append(l, 0, 2, &e), e);
	before = read_file("cosigned/checkpoint");
	CHECK_OK(log_folder_cosign(l, note_text(&before),
			 STR(LINE("w.org", "AAAAAQEB") LINE("v.org", "AAAAAQIC")), &e),
		e);
	CHECK_OK(log_folder_cosign(l, note_text(&before), STR(LINE("w.org", "AAAAAQMD")), &e), e);
	CHECK_OK(log_folder_lock(l, log_key, &e), e);
	CHECK_OK(log_folder_resign(l, log_key, &e), e);
	log_folder_unlock(l);
	after = read_file("cosigned/checkpoint");
	buf_u8(&after, '\0');
	CHECK(strstr((char *)after.p, "w.org AAAAAQMD\n") != NULL);
	CHECK(strstr((char *)after.p, "v.org AAAAAQIC\n") != NULL);
	CHECK(strstr((char *)after.p, "AAAAAQEB") == NULL);
	CHECK(!memcmp(before.p, after.p, before.n));
	CHECK_ERR(log_folder_cosign(l, note_text(&before), STR("w.org AAAAAQMD\n"), &e), e,
		ERR_FORMAT);
	CHECK_ERR(log_folder_cosign(l, note_text(&before), STR("\n" LINE("w.org", "AAAAAQMD")), &e),
		e, ERR_FORMAT);
	CHECK_ERR(log_folder_cosign(l, note_text(&before), STR(""), &e), e, ERR_FORMAT);
	CHECK_OK(append(l, 2, 3, &e), e);
	CHECK_ERR(log_folder_cosign(l, note_text(&before), STR(LINE("w.org", "AAAAAQMD")), &e), e,
		ERR_MISMATCH);
	grown = read_file("cosigned/checkpoint");
	buf_u8(&grown, '\0');
	CHECK(strstr((char *)grown.p, "w.org") == NULL);
}

int main(void)
{
	log_made_begin("log-folder");
	made();
	made_in_two();
	other_key();
	two_histories();
	promise_is_kept();
	lost();
	put_back();
	cosigned();
	return log_made_end();
}
