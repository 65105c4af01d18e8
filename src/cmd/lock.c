/* assay lock: from assay.yaml to assay.lock. */
#define ASSAY_MAY_ASK_THE_MACHINE
#include <stdio.h>
#include <time.h>

#include "cmd/line.h"
#include "cmd/lock_access.h"
#include "cmd/lock_report.h"
#include "cmd/progress.h"
#include "cmd/verbs.h"
#include "lock/lock_make.h"
#include "sys/file.h"
#include "base/banned.h"

enum { ARENA_MAX = 512 << 20 };

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

static bool report(const struct verb_args *args, const struct lock_report *r, struct err *e)
{
	lock_report_warn(r);
	if (verb_flag(args, "--json"))
		return lock_report_json(r, e);
	lock_report_print(r);
	return true;
}

static bool make(const struct verb_args *args, const char *dir, const struct description *d,
	const struct lock *previous, struct arena *a, struct err *e)
{
	CLEANUP(lock_access_done) struct archive_access q = { 0 };
	CLEANUP(progress_freep) struct progress *p = progress_new(args);
	const struct fetch_options shown = { .progress = progress_fetch, .ctx = p };
	struct lock l;
	struct lock_report r = {
		.d = d, .before = previous, .after = &l, .made = true, .now = (int64_t)time(NULL)
	};

	if (!lock_access_open(&q, args, e))
		return false;
	q.options = &shown;
	verb_say(args, "asking the archives for %zu suite%s", d->n_suites,
		d->n_suites == 1 ? "" : "s");
	progress_stage(p, "indexes");
	if (!lock_make(&l, d, previous, &q, r.now, a, e))
		return false;
	progress_stage(p, NULL);
	if (!write_lock(&l, dir, a, e))
		return false;
	/* What it means is told of a lock that is written: to say so must not keep anybody from it. */
	if (previous &&
		(!lock_changes(&r.changes, previous, &l, a, e) ||
			!lock_source_changes(&r.source_changes, previous, &l, a, e) ||
			!lock_effect(&r.effect, previous, &l, &r.changes, d, q.store, a, e)))
		return false;
	if (!report(args, &r, e))
		return false;
	verb_say(args, "wrote %s/assay.lock: %zu packages", dir, l.n_packages);
	return true;
}

static bool keep(const struct verb_args *args, const char *dir, const struct description *d,
	const struct lock *l, struct err *e)
{
	struct lock_report r = { .d = d, .before = l, .after = l };

	if (verb_flag(args, "--json"))
		return lock_report_json(&r, e);
	printf("assay.lock is what assay.yaml asks for: %zu packages\n", l->n_packages);
	verb_say(args, "assay lock --update %s asks the archives for newer versions", dir);
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
	if (found && !verb_flag(args, "--update") && lock_check_fresh(&previous, &d, e))
		return keep(args, dir, &d, &previous, e);
	return make(args, dir, &d, found ? &previous : NULL, a, e);
}

static const struct verb_option options[] = {
	{ "--update", NULL, "take newer versions though assay.lock fits", false },
	LOCK_ACCESS_OPTIONS,
	{ "--json", NULL, "print what changed as JSON", false },
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
