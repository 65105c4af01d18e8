/*
 * assay rebuild: what an independent party runs. Somebody's lock is verified, fetched and built on this machine, and what
 * comes of it is held against what was published. The answer is a statement, also when it is a no.
 */
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "appraise/reference_computed.h"
#include "base/mem.h"
#include "box/box.h"
#include "build/eif_output.h"
#include "build/build.h"
#include "build/finished.h"
#include "build/manifest.h"
#include "build/record.h"
#include "build/remeasure.h"
#include "cmd/fetch.h"
#include "cmd/line.h"
#include "cmd/lock_access.h"
#include "cmd/rebuild_packages.h"
#include "cmd/rebuild_report.h"
#include "cmd/rebuild_target.h"
#include "cmd/reference_load.h"
#include "cmd/verbs.h"
#include "lock/lock_verify.h"
#include "net/mirrors.h"
#include "sys/file.h"
#include "vm/scratch.h"
#define ASSAY_MAY_ASK_THE_MACHINE
#include "base/banned.h"

#define STATEMENT "rebuild-statement.json"

struct rebuilding {
	const struct verb_args *args;
	struct progress *progress;
	struct fetch_options fetch;
	struct archive_access access;
	struct publication published;
	struct inputs in;
	struct arena *a; /* of what was built, and words */
	char *scratch, *out;
	bool keeps; /* the scratch: what was built is worth a look */
	struct manifest manifest;
	struct reference_values values;
	uint8_t manifest_sha256[SHA256_SIZE], tool_sha256[SHA256_SIZE], values_sha256[SHA256_SIZE];
	uint8_t written_sha256[SHA256_SIZE]; /* of the reference-values.json that was built */
	struct rebuild_comparison comparison;
	struct rebuild_result result;
	struct rebuild_by by;
};

static void rebuilding_done(struct rebuilding *r)
{
	inputs_done(&r->in);
	publication_done(&r->published);
	lock_access_done(&r->access);
	arena_free(r->a);
	mem_free(&r->out);
	if (r->keeps)
		mem_free(&r->scratch);
	else
		scratch_removep(&r->scratch);
	progress_freep(&r->progress);
}

static bool words(struct rebuilding *r, const char **ret, const char *text, struct err *e)
{
	*ret = arena_str(r->a, str_of(text)).p;
	return *ret || arena_full(r->a, e);
}

/* ---- what was published ---- */

static bool place_output(struct rebuilding *r, struct err *e)
{
	const char *out = verb_value(r->args, "--output");
	CLEANUP(buf_done) struct buf path = buf_init(4096);

	if (out)
		r->out = mem_string(str_of(out));
	if (!scratch_make(&r->scratch, e))
		return false;
	if (out)
		return true;
	buf_printf(&path, "%s/out", r->scratch);
	if (!buf_ok(&path))
		return buf_full(&path, "the path of a temporary folder", e);
	r->out = buf_take_cstr(&path);
	return true;
}

static bool read_publication(struct rebuilding *r, struct err *e)
{
	if (!rebuild_target_read(
		    &r->published, &r->in, r->args, r->scratch, r->access.store, &r->fetch, e))
		return false;
	/* After those that the user names; it is trusted with nothing, as they are. */
	if (r->published.archive && !mirrors_add(r->access.mirrors, r->published.archive, e))
		return false;
	r->result.description_sha256 = r->in.description_sha256;
	r->result.lock_sha256 = r->in.lock_sha256;
	if (r->published.is_published)
		r->result.published = (struct rebuild_side){ &r->published.manifest,
			r->published.manifest_sha256, &r->published.values, false };
	return rebuild_compare_inputs(&r->comparison, &r->result.published,
		r->in.description_sha256, r->in.lock_sha256, r->a, e);
}

/* ---- the lock ---- */

static bool fail_at(struct rebuilding *r, const char *where, const char *why, struct err *e)
{
	r->result.failed_at = where;
	return words(r, &r->by.why, why, e);
}

/* A chain that breaks is a finding; one that cannot be followed (archives forget) only says less. */
static bool verify_chain(struct rebuilding *r, struct err *e)
{
	struct lock_verdict v = { 0 };
	struct err why = { 0 };
	struct str text;

	if (!lock_check_fresh(&r->in.lock, &r->in.description, &why))
		return fail_at(r, "lock", why.text, e);
	progress_stage(r->progress, "chain");
	r->access.keys = INRELEASE_KEYS_THEN;
	r->access.options = &r->fetch;
	if (!lock_verify(&r->in.lock, &r->access, true, &v, &why))
		return words(r, &r->by.chain_why, why.text, e);
	r->by.chain_verified = v.ok;
	if (v.ok)
		return true;
	text = arena_printf(r->a, "%s of '%s': %s", v.link, v.who, v.why);
	if (!text.p)
		return arena_full(r->a, e);
	r->by.chain_why = text.p;
	return fail_at(r, "lock", text.p, e);
}

/* ---- the build ---- */

static void next_stage(void *ctx, const char *what)
{
	progress_stage(ctx, what);
}

/* Whether the inputs are to blame, and not the machine. A step that took too long says nothing: another machine is idle. */
static bool is_finding(const struct err *why)
{
	return why->kind == ERR_MISMATCH || why->kind == ERR_FORMAT || why->kind == ERR_NOTFOUND ||
	       why->kind == ERR_LIMIT || why->kind == ERR_SIGNATURE;
}

/*
 * *ret: the published reference-values.json is, byte for byte, what the image that was built gives; PCR 0 is taken from it,
 * for that is known only where it was observed.
 */
static bool values_are_right(bool *ret, const struct rebuilding *r, struct err *e)
{
	/* Not every image has the last. */
	static const char *const files[] = { FINISHED_MANIFEST, FINISHED_UKI, FINISHED_DISK,
		"firmware", EIF_OUTPUT_NAME };
	CLEANUP(remeasure_done) struct remeasure m = { 0 };
	struct str folder = arena_printf(r->a, "%s/measured", r->scratch);
	CLEANUP(file_closep) int dir = -1;
	CLEANUP(mem_free) char *real = realpath(r->out, NULL);

	if (!folder.p)
		return arena_full(r->a, e);
	if (!real || !file_mkdirs(AT_FDCWD, folder.p, e))
		return real ? false : err_os(e, "cannot open '%s'", r->out);
	dir = open(folder.p, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	for (size_t i = 0; i < ARRAY_LEN(files); i++) {
		struct str to = arena_printf(r->a, "%s/%s", real, files[i]);

		if (!to.p)
			return arena_full(r->a, e);
		if (dir < 0 || symlinkat(to.p, dir, files[i]) < 0)
			return err_os(e, "cannot write in '%s'", folder.p);
	}
	if (!file_write(dir, FINISHED_VALUES, str_span(r->published.values_text), 0644, e))
		return false;
	if (remeasure_run(&m, folder.p, NULL, e)) {
		*ret = m.same;
		return true;
	}
	*ret = false;
	/* A platform that there is not, or settings that are none. */
	return e->kind == ERR_USAGE || e->kind == ERR_FORMAT || e->kind == ERR_NOTFOUND;
}

static bool read_built(struct rebuilding *r, struct err *e)
{
	CLEANUP(buf_done) struct buf text = { 0 };
	struct str manifest = arena_printf(r->a, "%s/" FINISHED_MANIFEST, r->out);
	struct str values = arena_printf(r->a, "%s/" FINISHED_VALUES, r->out);

	if (!manifest.p || !values.p)
		return arena_full(r->a, e);
	if (!file_read(AT_FDCWD, manifest.p, MANIFEST_SIZE_MAX, &text, e) ||
		!manifest_parse(&r->manifest, buf_span(&text), r->a, e) ||
		!reference_load(&r->values, r->written_sha256, values.p, r->a, e) ||
		!reference_computed_sha256(r->values_sha256, &r->values, r->a, e))
		return false;
	r->result.values_sha256 = r->values_sha256;
	sha256_of(r->manifest_sha256, buf_span(&text));
	r->result.rebuilt = (struct rebuild_side){ &r->manifest, r->manifest_sha256, &r->values,
		true };
	if (r->published.is_published &&
		!values_are_right(&r->result.published.values_are_right, r, e))
		return false;
	return rebuild_compare(&r->comparison, &r->result.published, &r->result.rebuilt, r->a, e);
}

static bool build(struct rebuilding *r, struct err *e)
{
	CLEANUP(mem_free) struct box_result *box = MEM_NEW(struct box_result);
	/* What this store made before is no second opinion. */
	const struct component_how fresh = { .fresh = true, .box = box };
	struct component_failure failure = { 0 };
	struct build_request q = { .inputs = &r->in,
		.store = r->access.store,
		.out = r->out,
		.stage = next_stage,
		.ctx = r->progress,
		.no_observe = verb_flag(r->args, "--no-observe"),
		.failure = &failure,
		.how = &fresh };
	struct build_outcome o = { 0 };
	struct err why = { 0 };
	bool ok;

	progress_stage(r->progress, "fetch");
	if (!fetch_inputs_from(r->progress, r->access.mirrors, r->access.store, &r->in.description,
		    &r->in.lock, e))
		return false;
	ok = build_run(&o, &q, &why);
	if (!verb_quiet(r->args))
		line_block(stderr, buf_str(&failure.undeclared));
	component_failure_done(&failure);
	if (!ok && is_finding(&why) && !box->timed_out && box->limit != BOX_LIMIT_TIME)
		return fail_at(r, "build", why.text, e);
	if (!ok) {
		*e = why;
		return false;
	}
	r->by.n_components_made = o.n_components_made;
	return read_built(r, e);
}

/* ---- the answer ---- */

static bool write_statement(struct rebuilding *r, const struct buf *statement, struct err *e)
{
	const char *to = verb_value(r->args, "--statement");
	bool json = verb_flag(r->args, "--json");

	if (json && fwrite(statement->p, 1, statement->n, stdout) != statement->n)
		return err_os(e, "cannot write the statement");
	if (json && !to)
		return true;
	to = to ? to : STATEMENT;
	if (!file_write(AT_FDCWD, to, buf_span(statement), 0644, e))
		return false;
	if (!json)
		printf("statement  %s\n", to);
	return true;
}

/*
 * A yes is a build of this store as any other: whoever publishes need not be believed here. It is of the values that were
 * made here, so of published ones only where these are the same file, what was observed included.
 */
static bool remember(const struct rebuilding *r, struct err *e)
{
	return record_put_build(r->access.store, r->manifest_sha256, r->written_sha256, e);
}

static bool answer(struct rebuilding *r, int *code, struct err *e)
{
	CLEANUP(buf_done)
	struct buf result = buf_init(REBUILD_STATEMENT_MAX),
		   statement = buf_init(REBUILD_STATEMENT_MAX);
	enum rebuild_verdict verdict = r->comparison.verdict;
	uint8_t sha256[SHA256_SIZE];

	progress_stage(r->progress, NULL);
	if (!rebuild_statement_result(&r->result, &result, sha256, e) ||
		!rebuild_statement_emit(&r->result, &r->by, &statement, e))
		return false;
	if (!verb_flag(r->args, "--json"))
		rebuild_report_print(&r->result, &r->by, sha256);
	if (!write_statement(r, &statement, e))
		return false;
	r->keeps = verdict == REBUILD_DIFFERS && r->result.rebuilt.manifest;
	if ((verdict == REBUILD_IDENTICAL || verdict == REBUILD_BUILT) && r->by.chain_verified)
		return remember(r, e);
	*code = VERB_NO;
	rebuild_report_hint(&r->result, &r->by, verb_arg(r->args, 0), r->out);
	return true;
}

static bool rebuild(struct rebuilding *r, int *code, struct err *e)
{
	if (!lock_access_open(&r->access, r->args, e) || !place_output(r, e))
		return false;
	progress_stage(r->progress, "published");
	if (!rebuild_report_machine(&r->by, r->tool_sha256, r->a, e) || !read_publication(r, e))
		return false;
	if (r->comparison.verdict != REBUILD_DIFFERS &&
		(!verify_chain(r, e) || (!r->result.failed_at && !build(r, e))))
		return false;
	return answer(r, code, e);
}

static bool run(const struct verb_args *args, int *code, struct err *e)
{
	struct rebuilding r = {
		.args = args, .progress = progress_new(args), .a = arena_new(MANIFEST_MEMORY_MAX)
	};
	bool ok;

	if (verb_flag(args, "--packages")) {
		rebuilding_done(&r);
		return rebuild_packages_run(args, code, e);
	}
	if (verb_n_args(args) > 1) {
		rebuilding_done(&r);
		return err_set(e, ERR_USAGE, "names of packages go with --packages");
	}
	r.fetch = (struct fetch_options){ .progress = progress_fetch, .ctx = r.progress };
	r.result.comparison = &r.comparison;
	r.by.name = verb_value(args, "--by");
	ok = rebuild(&r, code, e);
	if (!ok)
		progress_end(r.progress);
	rebuilding_done(&r);
	return ok;
}

static const struct verb_option options[] = {
	{ "--description", "DIR", "the sources, where they are not beside it", false },
	{ "--output", "DIR", "build here and keep it (a temporary folder)", false },
	{ "--statement", "FILE", "the answer (" STATEMENT ")", false },
	{ "--by", "NAME", "who rebuilds, for the statement", false },
	{ "--no-observe", NULL, "do not boot unknown firmware to learn its PCR 0", false },
	REBUILD_PACKAGES_OPTIONS,
	LOCK_ACCESS_OPTIONS,
	{ "--json", NULL, "print the statement, or what became of packages", false },
	{ 0 },
};

const struct verb cmd_rebuild = {
	.name = "rebuild",
	.summary = "build somebody's lock and compare with what they published",
	.usage = "LOCK|OUT|URL [PACKAGE...]",
	.min_args = 1,
	.max_args = VERB_ARGS_MAX,
	.options = options,
	.example = "assay rebuild https://example.org/hello --by me@example.net",
	.run = run,
};
