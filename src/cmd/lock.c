/* assay lock: from assay.yaml to assay.lock. */
#define ASSAY_MAY_ASK_THE_MACHINE
#include <stdio.h>
#include <time.h>

#include "cmd/line.h"
#include "cmd/lock_access.h"
#include "cmd/verbs.h"
#include "lock/lock_make.h"
#include "sys/file.h"
#include "base/banned.h"

enum { DAY = 86400, OLD_DAYS = 30, ARENA_MAX = 512 << 20 };

static void print_suite(const struct lock_suite *s, int64_t now)
{
	time_t when = (time_t)s->date_unix;
	struct tm tm = { 0 };
	char date[32];
	int64_t days = now > s->date_unix ? (now - s->date_unix) / DAY : 0;

	gmtime_r(&when, &tm);
	strftime(date, sizeof date, "%Y-%m-%d %H:%M UTC", &tm);
	printf("%.*s %.*s: released %s, %lld day%s ago, signed by %.*s\n", STR_ARG(s->archive),
		STR_ARG(s->suite), date, (long long)days, days == 1 ? "" : "s", STR_ARG(s->signer));
	if (days > OLD_DAYS)
		fprintf(stderr,
			"warning: the Release of '%.*s' is older than %d days: security updates may be missing\n",
			STR_ARG(s->suite), OLD_DAYS);
	if (s->date_unix > now + DAY)
		fprintf(stderr,
			"warning: the Release of '%.*s' is from the future: is the clock right?\n",
			STR_ARG(s->suite));
}

static void print_package(char mark, const struct lock_package *p)
{
	printf("%c %.*s %.*s (%.*s)\n", mark, STR_ARG(p->name), STR_ARG(p->version),
		STR_ARG(p->why));
}

static int compare(const struct lock_package *a, const struct lock_package *b)
{
	int c = str_compare(a->name, b->name);

	return c ? c : str_compare(a->version, b->version);
}

/* Both lists are sorted: one walk. Versions of one name that both change are shown as one line. */
static size_t print_changes(const struct lock *old, const struct lock *new)
{
	size_t i = 0, k = 0, changes = 0;

	while (i < old->n_packages || k < new->n_packages) {
		const struct lock_package *a = i < old->n_packages ? &old->packages[i] : NULL;
		const struct lock_package *b = k < new->n_packages ? &new->packages[k] : NULL;

		if (a && b && compare(a, b) == 0) {
			i++;
			k++;
			continue;
		}
		changes++;
		if (a && b && str_equal(a->name, b->name)) {
			printf("~ %.*s %.*s -> %.*s\n", STR_ARG(a->name), STR_ARG(a->version),
				STR_ARG(b->version));
			i++;
			k++;
		} else if (!b || (a && compare(a, b) < 0)) {
			print_package('-', a);
			i++;
		} else {
			print_package('+', b);
			k++;
		}
	}
	return changes;
}

static void print_sets(const struct lock *l)
{
	for (size_t s = 0; s < l->n_sets; s++) {
		uint64_t bytes = 0;

		for (size_t i = 0; i < l->sets[s].n; i++)
			bytes += l->packages[l->sets[s].packages[i]].size;
		printf("%.*s: %zu packages, %.1f MB\n", STR_ARG(l->sets[s].name), l->sets[s].n,
			(double)bytes / 1e6);
	}
	if (l->left_out.n)
		printf("left out of the image, as assay.yaml says: %zu\n", l->left_out.n);
}

/* The lock that is there. None, or one that this build cannot read, is no error here: *found says which. */
static bool read_previous(const struct verb_args *args, const char *dir, struct arena *a,
	struct lock *ret, bool *found, struct err *e)
{
	*found = lock_read(ret, dir, a, e);
	if (*found || e->kind == ERR_NOTFOUND)
		return true;
	if (!verb_flag(args, "--update"))
		return err_hint(
			e, "assay lock --update replaces it without looking at what it says");
	line_print(stderr, "warning: the old lock cannot be read and is replaced: %s", e->text);
	return true;
}

/* What is written must be what a strict reader takes. */
static bool write_lock(const struct lock *l, const char *dir, struct arena *a, struct err *e)
{
	CLEANUP(buf_done) struct buf text = buf_init(LOCK_SIZE_MAX);
	struct str path = arena_printf(a, "%s/assay.lock", dir);
	struct lock again;

	lock_emit(l, &text);
	if (!path.p)
		return arena_full(a, e);
	if (!buf_ok(&text))
		return buf_full(&text, "assay.lock", e);
	return lock_parse(&again, buf_span(&text), a, e) &&
	       file_write(AT_FDCWD, path.p, buf_span(&text), 0644, e);
}

static bool make(const struct verb_args *args, const char *dir, const struct description *d,
	const struct lock *previous, struct arena *a, struct err *e)
{
	CLEANUP(lock_access_done) struct archive_access q = { 0 };
	int64_t now = (int64_t)time(NULL);
	struct lock l;

	if (!lock_access_open(&q, args, e))
		return false;
	verb_say(args, "asking the archives for %zu suites", d->n_suites);
	if (!lock_make(&l, d, previous, &q, now, a, e) || !write_lock(&l, dir, a, e))
		return false;
	for (size_t i = 0; i < l.n_suites; i++)
		print_suite(&l.suites[i], now);
	if (previous && !print_changes(previous, &l))
		printf("no package changed\n");
	print_sets(&l);
	verb_say(args, "wrote %s/assay.lock: %zu packages", dir, l.n_packages);
	return true;
}

static bool run(const struct verb_args *args, int *code, struct err *e)
{
	const char *dir = verb_arg(args, 0) ? verb_arg(args, 0) : ".";
	CLEANUP(arena_freep) struct arena *a = arena_new(ARENA_MAX);
	struct description d;
	struct lock previous;
	bool found;

	(void)code;
	if (!description_read(&d, dir, a, e) || !read_previous(args, dir, a, &previous, &found, e))
		return false;
	if (found && !verb_flag(args, "--update") && lock_check_fresh(&previous, &d, e)) {
		printf("assay.lock is what assay.yaml asks for: %zu packages\n",
			previous.n_packages);
		verb_say(args, "assay lock --update %s asks the archives for newer versions", dir);
		return true;
	}
	return make(args, dir, &d, found ? &previous : NULL, a, e);
}

static const struct verb_option options[] = {
	{ "--update", NULL, "take newer versions though assay.lock fits", false },
	LOCK_ACCESS_OPTIONS,
	{ 0 },
};

const struct verb cmd_lock = {
	.name = "lock",
	.summary = "pin every package that assay.yaml asks for, by hash",
	.usage = "[DIR]",
	.min_args = 0,
	.max_args = 1,
	.options = options,
	.example = "assay lock --update examples/hello",
	.run = run,
};
