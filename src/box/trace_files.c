#define ASSAY_MAY_ASK_THE_MACHINE
#include "box/trace_files.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <time.h>
#include <unistd.h>

#include "base/hex.h"
#include "base/mem.h"
#include "box/trace_process.h"
#include "sys/file.h"
#include "base/banned.h"

static const int64_t second_ns = 1000000000;

static int64_t clock_ns(clockid_t clock)
{
	struct timespec ts;

	clock_gettime(clock, &ts);
	return ts.tv_sec * second_ns + ts.tv_nsec;
}

static bool stat_inode(const char *path, struct trace_inode *ret)
{
	struct stat st;

	if (lstat(path, &st) < 0)
		return false;
	*ret = (struct trace_inode){ st.st_dev, st.st_ino };
	return true;
}

struct trace_files *trace_files_new(const struct tracer *t, const struct box_fixed *fixed)
{
	const char *const own[] = { "/", "/proc", "/proc/sys", "/dev", "/dev/shm", "/tmp",
		t->view.work };
	struct trace_files *f = MEM_NEW(struct trace_files);
	uint64_t seed;
	struct stat st;

	f->fixed = *fixed;
	f->times.start = t->view.clock_start * second_ns;
	f->times.offset = t->view.file_time_offset * second_ns;
	f->numbers = trace_numbers_new(t->view.file_number_base);
	memcpy(&seed, t->view.seed, sizeof seed);
	f->listings = trace_listings_new(t->view.file_order, seed);
	for (size_t i = 0; i < ARRAY_LEN(own); i++)
		if (lstat(own[i], &st) == 0)
			f->own[f->n_own++] = st.st_dev;
	f->proc = f->own[1];
	stat_inode("/out", &f->out);
	if (fixed->random >= 0)
		stat_inode("/dev/urandom", &f->random);
	return f;
}

/*
 * The kernel stamps files by a clock that moves a few hundred times a second, and since 6.13 sometimes by the exact one. Who
 * waits until the first has passed the second knows that every stamp so far lies before, and every later one does not.
 */
static int64_t part_stamps(void)
{
	const struct timespec pause = { 0, 200000 };
	int64_t exact = clock_ns(CLOCK_REALTIME), coarse;

	while ((coarse = clock_ns(CLOCK_REALTIME_COARSE)) <= exact)
		nanosleep(&pause, NULL);
	return coarse;
}

int64_t trace_files_step(struct tracer *t, int64_t clock)
{
	if (!box_view_fixes(&t->view, BOX_FILE_TIMES))
		return clock;
	return trace_times_add(&t->files->times, part_stamps(), clock);
}

/* Files that are made from here on show the whole second that the sleeper's clock has reached: a step starts after that. */
void trace_files_slept(struct trace_call *c, int64_t ns)
{
	struct tracer *t = c->t;
	int64_t now = c->process->now, last;

	if (ns < second_ns || !t->files || t->files->times.n == 0)
		return;
	last = t->files->times.moments[t->files->times.n - 1].shown;
	now = now / second_ns * second_ns;
	if (now > last)
		trace_times_add(&t->files->times, clock_ns(CLOCK_REALTIME_COARSE), now);
}

/* ---- places ---- */

static bool read_link(const char *link, char to[static PATH_MAX])
{
	ssize_t n = readlink(link, to, PATH_MAX);

	if (n < 0 || n >= PATH_MAX)
		return false;
	to[n] = 0;
	return true;
}

/* Where relative paths of the call begin. */
static bool read_base(const struct trace_call *c, int dir, char to[static PATH_MAX])
{
	char link[64];

	if (dir == AT_FDCWD)
		snprintf(link, sizeof link, "/proc/%d/cwd", c->pid);
	else
		snprintf(link, sizeof link, "/proc/%d/fd/%d", c->pid, dir);
	return read_link(link, to);
}

/* In place: "/a//./b/../c" becomes "/a/c". */
static void tidy(char *path)
{
	char *out = path;

	for (const char *in = path; *in;) {
		size_t n;

		while (*in == '/')
			in++;
		n = strcspn(in, "/");
		if (n == 2 && in[0] == '.' && in[1] == '.') {
			while (out > path && *--out != '/')
				;
		} else if (n > 0 && !(n == 1 && in[0] == '.')) {
			*out++ = '/';
			memmove(out, in, n);
			out += n;
		}
		in += n;
	}
	if (out == path)
		*out++ = '/';
	*out = 0;
}

bool trace_files_path(
	const struct trace_call *c, int dir, const char *path, char to[static PATH_MAX])
{
	size_t n;

	if (path[0] == '/') {
		n = strlen(path);
		if (n >= PATH_MAX)
			return false;
		memcpy(to, path, n + 1);
		return true;
	}
	if (!read_base(c, dir, to))
		return false;
	n = strlen(to);
	return path[0] == 0 || snprintf(to + n, PATH_MAX - n, "/%s", path) < (int)(PATH_MAX - n);
}

bool trace_files_place(
	const struct trace_call *c, int dir, const char *path, char to[static PATH_MAX])
{
	if (!trace_files_path(c, dir, path, to))
		return false;
	if (to[0] == '/')
		tidy(to);
	return true;
}

/* ---- numbers ---- */

/*
 * What has no path ("pipe:[123]"; the number is the machine's) gets a number by who saw it first. Paths of what is gone
 * end in " (deleted)"; they do as well as others.
 */
static void name_of_object(const struct trace_call *c, char path[static PATH_MAX])
{
	size_t n = strcspn(path, "[");

	n = n < 32 ? n : 32;
	path[n++] = ' ';
	hex_write(path + n, c->process->id, TRACE_ID_SIZE);
}

/* The file's own path and time of birth, when what the tracer finds is what the process saw. */
static bool look(const struct trace_call *c, struct trace_inode inode, const struct trace_sight *s,
	char path[static PATH_MAX], int64_t *born)
{
	CLEANUP(file_closep)
	int fd = open(s->open, O_PATH | O_CLOEXEC | (s->follow ? 0 : O_NOFOLLOW));
	char link[64];
	struct statx st;

	if (fd < 0 || statx(fd, "", AT_EMPTY_PATH, STATX_INO | STATX_BTIME, &st) < 0 ||
		makedev(st.stx_dev_major, st.stx_dev_minor) != inode.dev || st.stx_ino != inode.ino)
		return false;
	snprintf(link, sizeof link, "/proc/self/fd/%d", fd);
	if (!read_link(link, path))
		return false;
	if (path[0] != '/')
		name_of_object(c, path);
	*born = st.stx_mask & STATX_BTIME ? st.stx_btime.tv_sec * second_ns + st.stx_btime.tv_nsec
					  : 0;
	return true;
}

uint64_t trace_files_number(
	const struct trace_call *c, struct trace_inode inode, const struct trace_sight *s)
{
	struct trace_numbers *numbers = c->t->files->numbers;
	uint64_t name = trace_numbers_hash(str_of(s->text)), number;
	char path[PATH_MAX];
	int64_t born = 0;

	if (trace_numbers_known(numbers, inode, name, &number))
		return number;
	if (!look(c, inode, s, path, &born))
		return trace_numbers_see(numbers, inode, name, str_of(s->text), 0);
	return trace_numbers_see(numbers, inode, name, str_of(path), born);
}
