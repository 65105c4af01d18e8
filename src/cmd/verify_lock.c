/* assay lock verify: replays what a lock claims, from the archive's signature to every package. */
#include "lock/lock_verify.h"

#include <stdio.h>

#include "base/utc.h"
#include "cmd/line.h"
#include "cmd/lock_access.h"
#include "cmd/lock_report.h"
#include "cmd/progress.h"
#include "cmd/verbs.h"
#include "codec/json.h"
#include "sys/file.h"
#define ASSAY_MAY_ASK_THE_MACHINE
#include "base/banned.h"

#define LOCK_VERIFY_FORMAT "assay.lock-verify/1"
enum { ARENA_MAX = 256 << 20, JSON_MAX = 1 << 20 };

static void print_expired(const struct lock *l, const struct lock_expiry *x)
{
	char signed_at[UTC_SIZE], expired_at[UTC_SIZE];

	utc_write(signed_at, x->signed_unix);
	utc_write(expired_at, x->expired_unix);
	printf("%.*s: that key has expired on %.10s; the signature says that it was made before, on %.10s\n",
		STR_ARG(l->suites[x->suite].suite), expired_at, signed_at);
}

static void print_yes(const struct lock *l, const struct lock_verdict *v, bool with_packages)
{
	for (size_t i = 0; i < l->n_suites; i++)
		printf("%.*s %.*s: InRelease signed by %.*s\n", STR_ARG(l->suites[i].archive),
			STR_ARG(l->suites[i].suite), STR_ARG(l->suites[i].signer));
	for (size_t i = 0; i < v->n_expired; i++)
		print_expired(l, &v->expired[i]);
	printf("verified: the archives signed for all %zu packages", l->n_packages);
	if (l->n_sources)
		printf(" and %zu source package%s", l->n_sources, l->n_sources == 1 ? "" : "s");
	puts(with_packages ? ", and their bytes are these" : "");
}

static void put_expired(struct json_out *w, const struct lock *l, const struct lock_verdict *v)
{
	json_key(w, "expired");
	json_array(w);
	for (size_t i = 0; i < v->n_expired; i++) {
		json_object(w);
		json_put_str(w, "suite", l->suites[v->expired[i].suite].suite);
		json_put_uint(w, "signed", (uint64_t)v->expired[i].signed_unix);
		json_put_uint(w, "expired", (uint64_t)v->expired[i].expired_unix);
		json_end_object(w);
	}
	json_end_array(w);
}

static bool print_json(
	const struct lock *l, const struct lock_verdict *v, bool with_packages, struct err *e)
{
	CLEANUP(buf_done) struct buf b = buf_init(JSON_MAX);
	struct json_out w = json_out_to(&b);

	json_object(&w);
	json_put_cstr(&w, "format", LOCK_VERIFY_FORMAT);
	json_put_bool(&w, "ok", v->ok);
	json_put_bool(&w, "with-packages", with_packages);
	json_put_uint(&w, "packages", l->n_packages);
	lock_report_suites_json(&w, l);
	put_expired(&w, l, v);
	json_put_cstr(&w, "link", v->link ? v->link : "");
	json_put_cstr(&w, "who", v->who);
	json_put_cstr(&w, "why", v->why);
	json_end_object(&w);
	if (!buf_ok(&b))
		return buf_full(&b, "the result", e);
	return fwrite(b.p, 1, b.n, stdout) == b.n || err_os(e, "cannot write the result");
}

static bool run(const struct verb_args *args, int *code, struct err *e)
{
	const char *dir = verb_arg(args, 0) ? verb_arg(args, 0) : ".";
	CLEANUP(arena_freep) struct arena *a = arena_new(ARENA_MAX);
	CLEANUP(lock_access_done) struct archive_access q = { 0 };
	CLEANUP(progress_freep) struct progress *p = progress_new(args);
	const struct fetch_options shown = { .progress = progress_fetch, .ctx = p };
	bool with_packages = !verb_flag(args, "--no-packages");
	struct lock_verdict v;
	struct lock l;

	if (!lock_read(&l, dir, a, e) || !lock_access_open(&q, args, e))
		return false;
	q.keys = INRELEASE_KEYS_THEN;
	q.options = &shown;
	progress_stage(p, "chain");
	if (!lock_verify(&l, &q, with_packages, &v, e))
		return false;
	progress_stage(p, NULL);
	if (!v.ok)
		*code = VERB_NO;
	if (verb_flag(args, "--json"))
		return print_json(&l, &v, with_packages, e);
	if (v.ok) {
		print_yes(&l, &v, with_packages);
		return true;
	}
	line_print(stdout, "refused: %s of '%s': %s", v.link, v.who, v.why);
	verb_hint(
		"build nothing from it: ask who gave it to you, or make your own with assay lock --update");
	return true;
}

static const struct verb_option options[] = {
	{ "--no-packages", NULL, "do not fetch packages that the store lacks", false },
	LOCK_ACCESS_OPTIONS,
	{ "--json", NULL, "print the answer as JSON", false },
	{ 0 },
};

const struct verb cmd_lock_verify = {
	.name = "lock verify",
	.summary = "replay a lock from the archive's signatures to every package",
	.usage = "[DIR]",
	.min_args = 0,
	.max_args = 1,
	.options = options,
	.example = "assay lock verify examples/hello",
	.run = run,
};
