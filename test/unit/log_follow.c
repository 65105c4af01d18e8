/* Whoever follows a log gets each entry once, and only those that its checkpoint is made of. */
#include "log/log_follow.h"

#include "log/log_own.h"
#include "log/log_prove.h"
#include "log/log_state.h"
#include "log_made.h"
#include "statement_made.h"

/* ---- the frontier ---- */

static void frontier(void)
{
	struct log_frontier f = { 0 };
	uint8_t room[MADE_ENTRY_MAX];
	struct merkle_hash root = log_frontier_root(&f), want = made_root(0, 0);
	struct err e = { 0 };

	CHECK(merkle_equal(&root, &want));
	for (uint64_t i = 0; i < 300; i++) {
		struct merkle_hash leaf = merkle_leaf(made_entry(room, i));

		CHECK_OK(log_frontier_add(&f, &leaf, &e), e);
		root = log_frontier_root(&f);
		want = made_root(0, i + 1);
		CHECK(f.size == i + 1 && merkle_equal(&root, &want));
	}
	f.size = MERKLE_SIZE_MAX - 1;
	CHECK_ERR(log_frontier_add(&f, &root, &e), e, ERR_LIMIT);
}

/* ---- following ---- */

struct seen {
	uint64_t next;
};

static bool see(void *ctx, uint64_t index, struct span entry, struct err *e)
{
	struct seen *s = ctx;
	uint8_t room[MADE_ENTRY_MAX];

	(void)e;
	CHECK(index == s->next && span_equal(entry, made_entry(room, index)));
	s->next++;
	return true;
}

static int spool(void)
{
	int fd = open(in_top("spool"), O_RDWR | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);

	CHECK(fd >= 0);
	return fd;
}

static void steps(void)
{
	static const uint64_t ends[] = { 0, 1, 3, 200, 255, 256, 257, 700, 700, 1024 };
	CLEANUP(log_folder_freep) struct log_folder *l = make_log("steps");
	struct log_source from;
	struct log_frontier f = { 0 };
	struct err e = { 0 };
	uint64_t at = 0;

	CHECK_OK(log_source_open(&from, in_top("steps"), &e), e);
	for (size_t i = 0; i < ARRAY_LEN(ends); i++) {
		struct seen s = { at };
		struct checkpoint c;
		struct span note;
		int fd = spool();

		CHECK_OK(append(l, at, ends[i], &e), e);
		CHECK_OK(log_folder_checkpoint(&c, &note, l, &e), e);
		CHECK_OK(log_follow(&f, &from, &c, fd, &e), e);
		CHECK(f.size == ends[i]);
		CHECK_OK(log_follow_each(fd, at, ends[i] - at, see, &s, &e), e);
		CHECK(s.next == ends[i]);
		at = ends[i];
		close(fd);
	}
	log_source_done(&from);
}

/* Another root, another past, fewer entries than it says: nothing moves. */
static void wrong(void)
{
	struct log_frontier f = { 0 }, before;
	struct checkpoint c = { .origin = STR("example.org/log"), .size = 1000 };
	struct log_source from;
	struct err e = { 0 };
	uint8_t room[MADE_ENTRY_MAX];
	struct merkle_hash other = merkle_leaf(made_entry(room, 99));
	int fd = spool();

	CHECK_OK(log_source_open(&from, in_top("steps"), &e), e);
	c.root = made_root(0, 999);
	CHECK_ERR(log_follow(&f, &from, &c, fd, &e), e, ERR_MISMATCH);
	CHECK(f.size == 0);
	c.root = made_root(0, 1000);
	CHECK_OK(log_frontier_add(&f, &other, &e), e);
	before = f;
	CHECK_ERR(log_follow(&f, &from, &c, fd, &e), e, ERR_MISMATCH);
	CHECK(!memcmp(&f, &before, sizeof f));
	c.size = 0;
	CHECK_ERR(log_follow(&f, &from, &c, fd, &e), e, ERR_MISMATCH);
	c.size = 1300;
	f = (struct log_frontier){ 0 };
	CHECK_ERR(log_follow(&f, &from, &c, fd, &e), e, ERR_NOTFOUND);
	c.size = MERKLE_SIZE_MAX - 2;
	CHECK_ERR(log_follow(&f, &from, &c, fd, &e), e, ERR_LIMIT);
	close(fd);
	log_source_done(&from);
}

/* ---- the state ---- */

static struct log_note note_of(const char *log, struct arena *a)
{
	struct log_source from;
	struct log_note n = { 0 };
	struct err e = { 0 };

	CHECK_OK(log_source_open(&from, in_top(log), &e), e);
	CHECK_OK(log_note_read(&n, &from, a, &e), e);
	log_source_done(&from);
	return n;
}

static void state(void)
{
	CLEANUP(arena_freep) struct arena *a = arena_new(1 << 20);
	CLEANUP(log_note_done) struct log_note n = note_of("steps", a);
	struct log_state *s = NULL, *other = NULL;
	struct log_frontier f = { 0 };
	struct err e = { 0 };
	uint8_t room[MADE_ENTRY_MAX];
	uint64_t *list;
	size_t count;
	char *place;

	for (uint64_t i = 0; i < 1024; i++) {
		struct merkle_hash leaf = merkle_leaf(made_entry(room, i));
		CHECK_OK(log_frontier_add(&f, &leaf, &e), e);
	}
	CHECK_OK(log_state_open(&s, in_top("state"), &e), e);
	CHECK_ERR(log_state_open(&other, in_top("state"), &e), e, ERR_IO);
	CHECK(!log_state_seen(s) && log_state_frontier(s).size == 0);
	CHECK_OK(log_state_open_keep(s, 10, made_entry(room, 10), &e), e);
	CHECK_OK(log_state_open_keep(s, 9, made_entry(room, 9), &e), e);
	CHECK_OK(log_state_open_keep(s, 5000, made_entry(room, 9), &e), e);
	CHECK_OK(log_state_keep(s, &n, &f, &e), e);
	log_state_free(s);

	CHECK_OK(log_state_open(&s, in_top("state"), &e), e);
	f = log_state_frontier(s);
	CHECK(f.size == 1024 && log_state_seen(s) &&
		span_equal(buf_span(&log_state_seen(s)->bytes), buf_span(&n.bytes)));
	/* By number; what lies beyond what was seen is of a look that did not end. */
	CHECK_OK(log_state_open_list(&list, &count, s, &e), e);
	CHECK(count == 2 && list[0] == 9 && list[1] == 10);
	free(list);
	CHECK_OK(log_state_open_drop(s, 9, &e), e);
	CHECK_OK(log_state_open_list(&list, &count, s, &e), e);
	CHECK(count == 1 && list[0] == 10);
	free(list);
	CHECK_OK(log_state_conflict(&place, s, &n, &n, &e), e);
	free(place);
	log_state_free(s);
}

/* A state that is not of one piece is no state. */
static void damaged_state(void)
{
	CLEANUP(buf_done) struct buf text = { 0 };
	struct log_state *s = NULL;
	struct err e = { 0 };
	char *hash;

	CHECK_OK(file_read(AT_FDCWD, in_top("state/seen.json"), 1 << 20, &text, &e), e);
	buf_u8(&text, '\0');
	text.n--;
	hash = strstr((char *)text.p, "\"frontier\": [");
	CHECK(hash != NULL);
	hash = strchr(hash + 13, '"') + 5;
	*hash = *hash == '0' ? '1' : '0';
	CHECK_OK(file_replace(AT_FDCWD, in_top("state/seen.json"), buf_span(&text), 0644, &e), e);
	CHECK_ERR(log_state_open(&s, in_top("state"), &e), e, ERR_FORMAT);
	CHECK_OK(file_replace(AT_FDCWD, in_top("state/seen.json"), span_make(text.p, text.n / 2),
			 0644, &e),
		e);
	CHECK_ERR(log_state_open(&s, in_top("state"), &e), e, ERR_FORMAT);
}

/* ---- one's own values ---- */

static struct span envelope(struct buf *out, const struct statement_made *m)
{
	struct err e = { 0 };

	*out = buf_init(1 << 20);
	CHECK_OK(dsse_sign(out, STR(STATEMENT_PAYLOAD_TYPE), buf_span(&m->text), log_key, STR(""),
			 &e),
		e);
	return buf_span(out);
}

static enum log_standing judge(const struct log_own *o, struct span entry, size_t *n, size_t *n_own)
{
	CLEANUP(arena_freep) struct arena *a = arena_new(STATEMENT_MEMORY_MAX);
	struct log_entry x = { 0 };
	struct err e = { 0 };

	CHECK_OK(log_own_judge(&x, o, entry, a, &e), e);
	*n = x.n_values;
	*n_own = x.n_own;
	return x.standing;
}

static void own(void)
{
	CLEANUP(log_own_freep) struct log_own *o = log_own_new();
	struct statement_made theirs = statement_made(REBUILD_IDENTICAL, 40, "they");
	struct statement_made failed = statement_made(REBUILD_FAILED, 40, "me");
	struct statement_made built = statement_made(REBUILD_BUILT, 40, "me");
	struct statement_made other = statement_made(REBUILD_BUILT, 80, "me");
	CLEANUP(buf_done) struct buf room = { 0 }, room2 = { 0 };
	struct span entry = envelope(&room, &theirs);
	struct err e = { 0 };
	size_t n, n_own;

	CHECK(judge(o, str_span(STR("no statement")), &n, &n_own) == LOG_UNREADABLE);
	CHECK(judge(o, buf_span(&theirs.text), &n, &n_own) == LOG_UNREADABLE);
	CHECK(judge(o, entry, &n, &n_own) == LOG_NOT_REBUILT && n > 10 && n_own == 0);
	CHECK_OK(log_own_add(o, buf_span(&failed.text), &e), e);
	CHECK(judge(o, entry, &n, &n_own) == LOG_CANNOT_REBUILD);
	CHECK_OK(log_own_add(o, buf_span(&other.text), &e), e);
	CHECK(judge(o, entry, &n, &n_own) == LOG_CANNOT_REBUILD && n_own < n);
	CHECK_OK(log_own_add(o, envelope(&room2, &built), &e), e);
	CHECK(judge(o, entry, &n, &n_own) == LOG_REBUILT && n_own == n);
	CHECK_ERR(log_own_add(o, str_span(STR("{}")), &e), e, ERR_FORMAT);
	statement_made_done(&theirs);
	statement_made_done(&failed);
	statement_made_done(&built);
	statement_made_done(&other);
}

/* ---- proofs out of tiles ---- */

static void proofs(void)
{
	struct checkpoint c = { .size = 1024, .root = made_root(0, 1024) };
	struct log_prove_trees t;
	struct log_source from;
	struct merkle_proof p;
	struct merkle_hash leaf, want;
	struct err e = { 0 };
	uint8_t room[MADE_ENTRY_MAX];
	uint64_t at = 0;

	CHECK_OK(log_source_open(&from, in_top("steps"), &e), e);
	for (uint64_t i = 0; i < 1024; i += 31) {
		want = merkle_leaf(made_entry(room, i));
		CHECK_OK(log_prove_inclusion(&p, &leaf, &from, &c, i, &e), e);
		CHECK(merkle_equal(&leaf, &want));
		t = (struct log_prove_trees){ .old_size = i,
			.size = i + 31 > 1024 ? 1024 : i + 31 };
		CHECK_OK(log_prove_consistency(&t, &from, &c, &e), e);
		want = made_root(0, i);
		CHECK(merkle_equal(&t.old_root, &want));
	}
	want = merkle_leaf(made_entry(room, 777));
	CHECK_OK(log_prove_find(&at, &from, 1024, &want, &e), e);
	CHECK(at == 777);
	CHECK_ERR(log_prove_find(&at, &from, 777, &want, &e), e, ERR_NOTFOUND);
	c.root.bytes[0] ^= 1;
	CHECK_ERR(log_prove_inclusion(&p, &leaf, &from, &c, 5, &e), e, ERR_MISMATCH);
	CHECK_ERR(log_prove_consistency(&t, &from, &c, &e), e, ERR_MISMATCH);
	log_source_done(&from);
}

int main(void)
{
	log_made_begin("log-follow");
	frontier();
	steps();
	wrong();
	state();
	damaged_state();
	own();
	proofs();
	return log_made_end();
}
