#define ASSAY_MAY_ASK_THE_MACHINE
#include "cmd/progress.h"

#include <fcntl.h>
#include <poll.h>
#include <stdlib.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include "test.h"

enum { MB = 1000000, ROOM = 65536, WAIT_MS = 300, SECOND_US = 1000000 };

/* ---- words ---- */

static bool line_is(const struct progress_state *s, unsigned columns, const char *want)
{
	struct buf b CLEANUP(buf_done) = buf_init(ROOM);

	progress_line(&b, s, columns);
	if (!str_is(buf_str(&b), want))
		fprintf(stderr, "'%.*s'\n", STR_ARG(buf_str(&b)));
	return str_is(buf_str(&b), want);
}

static void words(void)
{
	struct progress_state s = { .what = "fetch", .elapsed_ms = 12999 };

	CHECK(line_is(&s, 80, "  fetch               12 s"));
	s.bytes = 154 * MB;
	s.bytes_done = 34 * MB + 100000;
	CHECK(line_is(&s, 80, "  fetch              34.1 of 154.0 MB"));
	s.items = 208;
	s.items_done = 12;
	s.bytes_per_second = 5 * MB;
	CHECK(line_is(
		&s, 80, "  fetch              12 of 208, 34.1 of 154.0 MB, 5.0 MB/s, 24 s left"));
	CHECK(line_is(&s, 40, "  fetch              12 of 208, 34.1 of"));
	CHECK(line_is(&s, 1, " "));
	CHECK(line_is(&s, 0, " "));
	s.bytes_per_second = MB / 10;
	CHECK(line_is(
		&s, 80, "  fetch              12 of 208, 34.1 of 154.0 MB, 0.1 MB/s, 20 min left"));
	s.bytes_per_second = MB / 100;
	CHECK(line_is(
		&s, 80, "  fetch              12 of 208, 34.1 of 154.0 MB, 0.0 MB/s, 3 h left"));
	s.bytes_per_second = 1;
	CHECK(line_is(&s, 80, "  fetch              12 of 208, 34.1 of 154.0 MB, 0.0 MB/s"));
	s = (struct progress_state){ .what = "boot", .text = "Linux version", .elapsed_ms = 3000 };
	CHECK(line_is(&s, 80, "  boot   3 s  Linux version"));
}

static void rates(void)
{
	struct progress_rate r = { 0 };

	CHECK(progress_rate_of(&r, 5000) == 0);
	progress_rate_add(&r, 0, 0);
	progress_rate_add(&r, 500, 5 * MB);
	CHECK(progress_rate_of(&r, 500) == 0); /* too early to say */
	progress_rate_add(&r, 1000, 10 * MB);
	CHECK(progress_rate_of(&r, 1000) == 10 * MB);
	CHECK(progress_rate_of(&r, 2000) == 5 * MB); /* it stalls */
	for (int64_t ms = 1500; ms <= 60000; ms += 500)
		progress_rate_add(&r, ms, (uint64_t)(10 * MB + (ms - 1000) * 1000));
	CHECK(progress_rate_of(&r, 60000) == MB); /* the beginning is forgotten */
	progress_rate_add(&r, 60500, 3 * MB);     /* something was thrown away */
	CHECK(progress_rate_of(&r, 60500) == 0);
	/* A thousand reports a second do not push the last seconds out. */
	r = (struct progress_rate){ 0 };
	for (int64_t ms = 0; ms <= 3000; ms++)
		progress_rate_add(&r, ms, (uint64_t)ms * 2000);
	CHECK(progress_rate_of(&r, 3000) == 2 * MB);
}

/* ---- a terminal and a pipe ---- */

/* The verb's arguments with or without -q. */
static struct verb_args *arguments(const char *word)
{
	static const struct verb v = { .name = "test" };
	char copy[8], *argv[] = { copy };
	struct verb_args *a = NULL;
	struct err e;

	snprintf(copy, sizeof copy, "%s", word ? word : "");
	CHECK_OK(verb_parse(&v, word != NULL, argv, &a, &e), e);
	return a;
}

static int make_terminal(int *other)
{
	struct winsize size = { .ws_col = 40, .ws_row = 25 };
	int fd = posix_openpt(O_RDWR | O_NOCTTY);

	CHECK(fd >= 0 && grantpt(fd) == 0 && unlockpt(fd) == 0);
	*other = open(ptsname(fd), O_RDWR | O_NOCTTY);
	CHECK(*other >= 0 && ioctl(*other, TIOCSWINSZ, &size) == 0);
	return fd;
}

/* A run with one stage, some bytes, a word in between, and a second stage that is not over. */
static void act(const char *word, unsigned wait_us)
{
	struct verb_args *a = arguments(word);
	struct progress *p = progress_new(a);
	struct fetch_progress f = { 1, 2, 5 * MB, 10 * MB };

	progress_stage(p, "fetch");
	progress_fetch(p, &f);
	progress_say(p, "  a plain word");
	usleep(wait_us);
	f.items_done = 2;
	progress_fetch(p, &f);
	progress_stage(p, "boot");
	progress_text(p, "a long text that does not fit a line of forty columns");
	progress_free(p);
	verb_args_free(a);
}

/* Runs it with standard error being `to`; what came out at `from`. */
static void shown(char *ret, int from, int to, const char *word, unsigned wait_us)
{
	int saved = dup(STDERR_FILENO);
	struct pollfd ready = { .fd = from, .events = POLLIN };
	size_t n = 0;

	fflush(stderr);
	dup2(to, STDERR_FILENO);
	act(word, wait_us);
	fflush(stderr);
	dup2(saved, STDERR_FILENO);
	close(saved);
	close(to);
	while (n < ROOM - 1 && poll(&ready, 1, WAIT_MS) > 0) {
		ssize_t got = read(from, ret + n, ROOM - 1 - n);

		if (got <= 0)
			break;
		n += (size_t)got;
	}
	ret[n] = 0;
	close(from);
}

/* What stands on a screen in the end, line by line: '\r' goes back, what is written replaces. */
static void screen(char *ret, const char *bytes, size_t *widest)
{
	size_t start = 0, at = 0, end = 0;

	*widest = 0;
	for (; *bytes; bytes++) {
		if (*bytes == '\r') {
			at = start;
		} else if (*bytes == '\n') {
			while (end > start && ret[end - 1] == ' ')
				end--;
			ret[end++] = '\n';
			start = at = end;
		} else {
			ret[at++] = *bytes;
			end = at > end ? at : end;
			*widest = at - start > *widest ? at - start : *widest;
		}
	}
	while (end > start && ret[end - 1] == ' ')
		end--;
	ret[end] = 0;
}

static void on_a_terminal(void)
{
	static char bytes[ROOM], lines[ROOM];
	size_t widest;
	int other, fd = make_terminal(&other);

	shown(bytes, fd, other, NULL, 2 * SECOND_US);
	CHECK(strstr(bytes, "  fetch              1 of 2, 5.0 of 10."));
	CHECK(strstr(bytes, "  boot   0 s  a long text that does not"));
	screen(lines, bytes, &widest);
	CHECK(widest <= 39);
	CHECK(strstr(lines, "  a plain word\n  fetch  ") == lines);
	/* The second stage was not over: its line is gone. */
	CHECK(strchr(strchr(lines, '\n') + 1, '\n')[1] == 0);
}

static void in_a_pipe(void)
{
	static char bytes[ROOM];
	int ends[2];

	CHECK(pipe(ends) == 0);
	shown(bytes, ends[0], ends[1], NULL, 0);
	CHECK(!strchr(bytes, '\r'));
	CHECK(strstr(bytes, "  a plain word\n  fetch                0.") == bytes);
	CHECK(strstr(bytes, " s\n") == bytes + strlen(bytes) - 3);
}

static void quietly(void)
{
	static char bytes[ROOM];
	int ends[2], other, fd;

	CHECK(pipe(ends) == 0);
	shown(bytes, ends[0], ends[1], "-q", 0);
	CHECK(!bytes[0]);
	fd = make_terminal(&other);
	shown(bytes, fd, other, "-q", 0);
	CHECK(!bytes[0]);
}

int main(void)
{
	words();
	rates();
	on_a_terminal();
	in_a_pipe();
	quietly();
	return test_end();
}
