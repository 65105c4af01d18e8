#include "log/log_state.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "base/hex.h"
#include "base/mem.h"
#include "codec/json.h"
#include "sys/file.h"
#include "trust/tlog_tile.h"
#include "base/banned.h"

enum { SEEN_SIZE_MAX = 256 << 10, MEMORY_MAX = 2 << 20, OPEN_NAME_MAX = 64 };

struct log_state {
	char *path, *conflicts;
	int folder, lock;
	struct arena *a;
	bool has_seen, has_kept; /* has_kept: entries that are not sure to stay yet */
	struct log_note seen;
	struct log_frontier frontier;
};

/* ---- seen.json ---- */

static bool read_frontier(struct log_frontier *f, const struct json *list, struct err *e)
{
	size_t n = 0;

	for (unsigned level = LOG_FRONTIER_LEVELS; level-- > 0;) {
		if (!(f->size >> level & 1))
			continue;
		if (n == list->n || list->items[n].kind != JSON_STRING ||
			!hex_read(list->items[n].text, f->at[level].bytes, MERKLE_HASH_SIZE))
			return err_set(e, ERR_FORMAT, "'frontier': element %zu is no hash", n + 1);
		n++;
	}
	return n == list->n ||
	       err_set(e, ERR_FORMAT, "'frontier': %zu hashes, want %zu", list->n, n);
}

static bool read_seen(struct log_state *s, struct span text, struct err *e)
{
	static const char *const keys[] = { "format", "note", "frontier", NULL };
	CLEANUP(buf_done) struct buf bytes = buf_init(SIGNED_NOTE_SIZE_MAX);
	const struct json *frontier;
	struct merkle_hash root;
	struct str note;
	struct json v;

	if (!json_parse(&v, text, s->a, e) || !json_check_format(&v, LOG_STATE_FORMAT, e) ||
		!json_only(&v, "the state", keys, e) || !json_get_str(&v, "note", &note, e) ||
		!json_get_array(&v, "frontier", &frontier, e))
		return false;
	buf_add_str(&bytes, note);
	if (!buf_ok(&bytes))
		return buf_full(&bytes, "the checkpoint", e);
	if (!log_note_of(&s->seen, &bytes, s->a, e))
		return false;
	s->frontier.size = s->seen.checkpoint.size;
	if (!read_frontier(&s->frontier, frontier, e))
		return false;
	root = log_frontier_root(&s->frontier);
	s->has_seen = true;
	return merkle_equal(&root, &s->seen.checkpoint.root) ||
	       err_set(e, ERR_FORMAT, "'frontier' is not that of the checkpoint");
}

static bool load(struct log_state *s, struct err *e)
{
	CLEANUP(buf_done) struct buf text = { 0 };

	if (!file_read(s->folder, "seen.json", SEEN_SIZE_MAX, &text, e))
		return e->kind == ERR_NOTFOUND || err_wrap(e, "'%s'", s->path);
	if (read_seen(s, buf_span(&text), e))
		return true;
	err_hint(e,
		"put it back from a copy; without it the log is read from its beginning, and what it "
		"showed before is forgotten");
	return err_wrap(e, "'%s/seen.json'", s->path);
}

bool log_state_open(struct log_state **ret, const char *path, struct err *e)
{
	CLEANUP(log_state_freep) struct log_state *s = MEM_NEW(struct log_state);
	CLEANUP(buf_done) struct buf conflicts = buf_init(4200);

	s->folder = s->lock = -1;
	s->a = arena_new(MEMORY_MAX);
	s->path = mem_string(str_of(path));
	buf_printf(&conflicts, "%s/conflict", path);
	if (!buf_ok(&conflicts))
		return buf_full(&conflicts, "the path of the state", e);
	s->conflicts = buf_take_cstr(&conflicts);
	if (!file_mkdirs(AT_FDCWD, path, e))
		return false;
	s->folder = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (s->folder < 0)
		return err_os(e, "cannot open '%s'", path);
	s->lock = openat(s->folder, "lock", O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0644);
	if (s->lock < 0)
		return err_os(e, "cannot open '%s/lock'", path);
	if (!file_lock_alone(s->lock)) {
		err_set(e, ERR_IO, "another assay follows a log with the state '%s'", path);
		return err_hint(e, "wait until it has ended, or give it a folder of its own");
	}
	if (!load(s, e))
		return false;
	*ret = TAKE(s);
	return true;
}

void log_state_free(struct log_state *s)
{
	if (!s)
		return;
	log_note_done(&s->seen);
	file_closep(&s->lock);
	file_closep(&s->folder);
	arena_free(s->a);
	free(s->path);
	free(s->conflicts);
	free(s);
}

void log_state_freep(struct log_state **s)
{
	log_state_free(*s);
}

const struct log_note *log_state_seen(const struct log_state *s)
{
	return s->has_seen ? &s->seen : NULL;
}

struct log_frontier log_state_frontier(const struct log_state *s)
{
	return s->frontier;
}

bool log_state_keep(struct log_state *s, const struct log_note *note, const struct log_frontier *f,
	struct err *e)
{
	CLEANUP(buf_done) struct buf out = buf_init(SEEN_SIZE_MAX);
	struct json_out w = json_out_to(&out);

	json_object(&w);
	json_put_cstr(&w, "format", LOG_STATE_FORMAT);
	json_put_str(&w, "note", buf_str(&note->bytes));
	json_key(&w, "frontier");
	json_array(&w);
	for (unsigned level = LOG_FRONTIER_LEVELS; level-- > 0;)
		if (f->size >> level & 1)
			json_hex(&w, SPAN_OF(f->at[level].bytes));
	json_end_array(&w);
	json_end_object(&w);
	if (!buf_ok(&out))
		return buf_full(&out, "the state", e);
	/* There may be many: one sync for all, before it is said that they were seen. */
	if (s->has_kept && syncfs(s->folder) < 0)
		return err_os(e, "cannot sync '%s'", s->path);
	return file_write(s->folder, "seen.json", buf_span(&out), 0644, e) ||
	       err_wrap(e, "'%s'", s->path);
}

int log_state_spool(struct log_state *s, struct err *e)
{
	int fd = openat(
		s->folder, "new", O_RDWR | O_CREAT | O_TRUNC | O_CLOEXEC | O_NOFOLLOW, 0600);

	if (fd < 0)
		err_os(e, "cannot write '%s/new'", s->path);
	else
		(void)unlinkat(s->folder, "new", 0); /* it goes when it is closed */
	return fd;
}

/* ---- entries that wait ---- */

static void open_name(char out[static OPEN_NAME_MAX], uint64_t number)
{
	snprintf(out, OPEN_NAME_MAX, "open/%" PRIu64, number);
}

static int by_number(const void *a, const void *b)
{
	uint64_t x = *(const uint64_t *)a, y = *(const uint64_t *)b;

	return x < y ? -1 : x > y;
}

bool log_state_open_list(uint64_t **list, size_t *n, const struct log_state *s, struct err *e)
{
	uint64_t *found;
	char **names = NULL;
	size_t all = 0, count = 0;

	*list = NULL;
	*n = 0;
	if (faccessat(s->folder, "open", F_OK, 0) < 0 && errno == ENOENT)
		return true;
	if (!file_names(s->folder, "open", &names, &all, e))
		return err_wrap(e, "'%s'", s->path);
	found = mem_array(all ? all : 1, sizeof *found);
	for (size_t i = 0; i < all; i++)
		if (str_u64(str_of(names[i]), &found[count], MERKLE_SIZE_MAX) &&
			found[count] < s->frontier.size)
			count++;
	file_names_free(names, all);
	if (count)
		qsort(found, count, sizeof *found, by_number);
	*list = found;
	*n = count;
	return true;
}

bool log_state_open_read(struct buf *out, const struct log_state *s, uint64_t number, struct err *e)
{
	char name[OPEN_NAME_MAX];

	open_name(name, number);
	return file_read(s->folder, name, TLOG_TILE_ENTRY_MAX, out, e) ||
	       err_wrap(e, "'%s'", s->path);
}

bool log_state_open_keep(struct log_state *s, uint64_t number, struct span entry, struct err *e)
{
	char name[OPEN_NAME_MAX];

	open_name(name, number);
	return (file_mkdirs(s->folder, "open", e) && file_write(s->folder, name, entry, 0644, e)) ||
	       err_wrap(e, "'%s'", s->path);
}

bool log_state_open_drop(struct log_state *s, uint64_t number, struct err *e)
{
	char name[OPEN_NAME_MAX];

	open_name(name, number);
	return unlinkat(s->folder, name, 0) == 0 || errno == ENOENT ||
	       err_os(e, "cannot remove '%s/%s'", s->path, name);
}

/* ---- evidence ---- */

static bool keep_note(int folder, const char *name, const struct log_note *n, struct err *e)
{
	return file_write(folder, name, buf_span(&n->bytes), 0644, e);
}

bool log_state_conflict(char **place, struct log_state *s, const struct log_note *seen,
	const struct log_note *shown, struct err *e)
{
	CLEANUP(buf_done) struct buf name = buf_init(OPEN_NAME_MAX * 2);
	CLEANUP(buf_done) struct buf path = buf_init(4400);
	CLEANUP(mem_free) char *text = NULL;
	CLEANUP(file_closep) int fd = -1;

	buf_printf(&name, "conflict/%" PRIu64 "-%" PRIu64 "-", seen->checkpoint.size,
		shown->checkpoint.size);
	hex_add(&name, span_make(shown->checkpoint.root.bytes, 8));
	text = buf_take_cstr(&name);
	buf_printf(&path, "%s/%s", s->path, text);
	if (!file_mkdirs(s->folder, text, e))
		return err_wrap(e, "'%s'", s->path);
	fd = openat(s->folder, text, O_RDONLY | O_DIRECTORY | O_CLOEXEC | O_NOFOLLOW);
	if (fd < 0)
		return err_os(e, "cannot open '%s/%s'", s->path, text);
	if (!keep_note(fd, "seen", seen, e) || !keep_note(fd, "shown", shown, e))
		return err_wrap(e, "'%s/%s'", s->path, text);
	*place = buf_take_cstr(&path);
	return true;
}

bool log_state_conflicts(size_t *n, const char **place, const struct log_state *s, struct err *e)
{
	char **names = NULL;
	size_t found = 0;

	*place = s->conflicts;
	*n = 0;
	if (faccessat(s->folder, "conflict", F_OK, 0) < 0 && errno == ENOENT)
		return true;
	if (!file_names(s->folder, "conflict", &names, &found, e))
		return err_wrap(e, "'%s'", s->path);
	file_names_free(names, found);
	*n = found;
	return true;
}
