#include "witness/witness.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include "sys/file.h"
#include "witness_made.h"

enum { NOW = 1700000000 };

static char folder[] = "/tmp/assay-witness-XXXXXX";
static struct made_log l;
static struct private_key *own;
static struct witness_state *state;
static struct witness w;
static unsigned told; /* lines */
static int64_t now = NOW;

static void tell(void *arg, const char *line)
{
	(void)arg;
	told += line[0] != 0;
}

/* What is said to a request from old_size to size; with COSIGNS the cosignature is of that checkpoint, and of NOW. */
static enum witness_answer ask(const struct made_log *log, uint64_t old_size, uint64_t size)
{
	CLEANUP(arena_freep) struct arena *a = arena_new(WITNESS_REPLY_ARENA);
	CLEANUP(buf_done) struct buf request = made_request(log, old_size, size);
	CLEANUP(buf_done) struct buf note = buf_init(SIGNED_NOTE_SIZE_MAX);
	CLEANUP(buf_done) struct buf out = buf_init(WITNESS_ANSWER_MAX);
	CLEANUP(buf_done) struct buf lines = buf_init(WITNESS_REPLY_SIZE_MAX);
	enum witness_answer said = witness_add_checkpoint(&w, buf_span(&request), now, &out);
	struct str text;
	int64_t by = 0;
	struct err e = { 0 };

	CHECK(out.n && out.p[out.n - 1] == '\n');
	if (said != WITNESS_COSIGNS)
		return said;
	made_checkpoint(&note, log, size);
	text = str_make((const char *)note.p,
		(size_t)(strstr((char *)note.p, "\n\n") + 1 - (char *)note.p));
	CHECK_OK(witness_reply_check(&lines, &by, buf_span(&out), text, &w.key, 1, a, &e), e);
	CHECK(by == NOW && lines.n == out.n);
	return said;
}

/* The size of the checkpoint that is given to everybody; 0 for none. */
static uint64_t last(void)
{
	CLEANUP(arena_freep) struct arena *a = arena_new(WITNESS_REQUEST_ARENA);
	CLEANUP(buf_done) struct buf out = buf_init(WITNESS_ANSWER_MAX);
	struct signed_note *n = ARENA_NEW(a, struct signed_note);
	struct checkpoint c;
	char hex[65];
	struct err e = { 0 };

	witness_state_name(hex, STR(MADE_ORIGIN));
	if (witness_last(&w, str_of(hex), &out) != WITNESS_COSIGNS)
		return 0;
	CHECK_OK(signed_note_parse(n, buf_span(&out), a, &e), e);
	CHECK_OK(signed_note_check(n, &w.key, NULL, &e), e);
	CHECK_OK(signed_note_check(n, &l.public, NULL, &e), e);
	CHECK_OK(checkpoint_parse(&c, n->text, &e), e);
	return c.size;
}

static bool kept(const char *name)
{
	char path[200], hex[65];
	struct stat st;

	witness_state_name(hex, STR(MADE_ORIGIN));
	snprintf(path, sizeof path, "%s/state/%s.%s", folder, hex, name);
	return stat(path, &st) == 0 && st.st_size > 0;
}

static void open_state(void)
{
	char path[100];
	struct err e = { 0 };

	snprintf(path, sizeof path, "%s/state", folder);
	CHECK_OK(witness_state_open(&state, path, &e), e);
	w.state = state;
}

static void one_history(void)
{
	struct made_log fork = l;

	fork.fork = 4;
	fork.history = 1;
	CHECK(last() == 0 && ask(&l, 1, 2) == WITNESS_CONFLICT);
	CHECK(ask(&l, 0, 5) == WITNESS_COSIGNS && last() == 5);
	CHECK(ask(&l, 0, 7) == WITNESS_CONFLICT && last() == 5);
	CHECK(ask(&l, 5, 7) == WITNESS_COSIGNS && last() == 7);
	CHECK(ask(&l, 7, 7) == WITNESS_COSIGNS && last() == 7);
	CHECK(!kept("refused") && !kept("fork-seen") && told == 0);
	CHECK(ask(&fork, 7, 9) == WITNESS_FORKED && kept("refused") && !kept("fork-seen"));
	CHECK(ask(&fork, 7, 7) == WITNESS_FORKED && kept("fork-seen") && kept("fork-shown"));
	CHECK(told == 2 && last() == 7);
	now = 0;
	CHECK(ask(&l, 7, 9) == WITNESS_BROKEN && last() == 7 && told == 3);
	now = NOW;
	CHECK(ask(&l, 7, 9) == WITNESS_COSIGNS && last() == 9);
	witness_state_close(state);
	open_state();
	CHECK(last() == 9 && ask(&l, 7, 9) == WITNESS_CONFLICT &&
		ask(&l, 9, 10) == WITNESS_COSIGNS);
}

/* The file of a log's checkpoint, changed by `change` and then put back; what is said meanwhile. */
static enum witness_answer damaged(void (*change)(struct buf *))
{
	CLEANUP(buf_done) struct buf good = { 0 };
	CLEANUP(buf_done) struct buf bad = buf_init(SIGNED_NOTE_SIZE_MAX);
	char path[200], hex[65];
	enum witness_answer said;
	struct err e = { 0 };

	witness_state_name(hex, STR(MADE_ORIGIN));
	snprintf(path, sizeof path, "%s/state/%s.checkpoint", folder, hex);
	CHECK_OK(file_read(AT_FDCWD, path, SIGNED_NOTE_SIZE_MAX, &good, &e), e);
	buf_add(&bad, good.p, good.n);
	change(&bad);
	CHECK_OK(file_write(AT_FDCWD, path, buf_span(&bad), 0644, &e), e);
	said = ask(&l, 10, 10);
	CHECK(said == ask(&l, 0, 12) && (said == WITNESS_COSIGNS || last() == 0));
	CHECK_OK(file_write(AT_FDCWD, path, buf_span(&good), 0644, &e), e);
	return said;
}

static void emptied(struct buf *b)
{
	b->n = 0;
}

static void shortened(struct buf *b)
{
	b->n--;
}

static void flipped(struct buf *b)
{
	b->p[sizeof MADE_ORIGIN + 10] ^= 1; /* of the root */
}

/* Only the log's signature is left, as an older copy of somebody else's would have it. */
static void unsigned_(struct buf *b)
{
	do
		b->n--;
	while (b->p[b->n - 1] != '\n');
}

/* Nothing is signed once it is not clear what was seen. */
static void breaks(void)
{
	void (*const changes[])(struct buf *) = { emptied, shortened, flipped, unsigned_ };
	unsigned before = told;

	for (size_t i = 0; i < ARRAY_LEN(changes); i++)
		CHECK(damaged(changes[i]) == WITNESS_BROKEN);
	CHECK(told == before + 3 * ARRAY_LEN(changes) && last() == 10);
}

/* What cannot be kept is not signed: the folder was removed while it was open, so that even root can make no file in it. */
static void not_kept(void)
{
	char path[100];
	struct err e = { 0 };

	snprintf(path, sizeof path, "%s/state", folder);
	CHECK_OK(file_remove_tree(AT_FDCWD, path, &e), e);
	CHECK(ask(&l, 0, 11) == WITNESS_BROKEN && last() == 0);
}

static void states(void)
{
	CLEANUP(buf_done) struct buf bytes = { 0 };
	struct witness_state *second = NULL;
	char path[100], left[200];
	struct stat st;
	bool found = true;
	struct err e = { 0 };

	snprintf(path, sizeof path, "%s/state", folder);
	CHECK(stat(path, &st) == 0 && (st.st_mode & 0777) == 0700);
	CHECK_ERR(witness_state_open(&second, path, &e), e, ERR_USAGE);
	CHECK_OK(witness_state_load(&bytes, &found, state, STR("other"), &e), e);
	CHECK(!found && !bytes.n);
	CHECK_OK(witness_state_keep(state, STR("other"), "x", true, span_make("1", 1), &e), e);
	CHECK_OK(witness_state_keep(state, STR("other"), "x", true, span_make("22", 2), &e), e);
	witness_state_name(left, STR("other"));
	snprintf(path, sizeof path, "%s/state/%.64s.x", folder, left);
	CHECK(stat(path, &st) == 0 && st.st_size == 1);
	CHECK_OK(witness_state_keep(state, STR("other"), "x", false, span_make("22", 2), &e), e);
	CHECK(stat(path, &st) == 0 && st.st_size == 2);
	snprintf(left, sizeof left, "%s.77-0.tmp", path);
	CHECK_OK(file_write(AT_FDCWD, left, span_make("x", 1), 0600, &e), e);
	witness_state_close(state);
	open_state();
	CHECK(stat(left, &st) < 0 && stat(path, &st) == 0);
	snprintf(path, sizeof path, "%s/none/state", folder);
	CHECK_ERR(witness_state_open(&second, path, &e), e, ERR_IO);
}

int main(void)
{
	struct err e = { 0 };

	CHECK(mkdtemp(folder) != NULL);
	l = made_log(MADE_ORIGIN);
	own = keys_made("ED25519", NULL);
	w = (struct witness){ .key = made_key(MADE_WITNESS, NOTE_KEY_COSIGNATURE, own),
		.private_key = own,
		.logs = &l.known,
		.n_logs = 1,
		.tell = tell };
	open_state();
	one_history();
	breaks();
	states();
	not_kept();
	witness_state_close(state);
	CHECK_OK(file_remove_tree(AT_FDCWD, folder, &e), e);
	private_key_free(own);
	private_key_free(l.key);
	return test_end();
}
