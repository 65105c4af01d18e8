/*
 * assay publish: one folder for any web server, with all that others need to rebuild an image and to hold a machine against
 * it: how it is made, what came of it, and who says so.
 */
#define ASSAY_MAY_ASK_THE_MACHINE
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/hex.h"
#include "base/mem.h"
#include "build/finished.h"
#include "build/input_archive.h"
#include "build/input_tree.h"
#include "build/publish_folder.h"
#include "build/sbom.h"
#include "cmd/at_time.h"
#include "cmd/fetch.h"
#include "cmd/fetch_chain.h"
#include "cmd/line.h"
#include "cmd/publication_load.h"
#include "cmd/publish_check.h"
#include "cmd/verbs.h"
#include "sys/file.h"
#include "trust/dsse.h"
#include "trust/tlog_proof.h"
#include "base/banned.h"

#define PUBLICATION "publication"
#define ARCHIVE "archive"
enum { MEMORY_MAX = 512 << 20 };

struct publishing {
	const struct verb_args *args;
	struct arena *a;
	struct publication published;
	struct inputs in;
	struct archive_access access;
	struct publish_folder folder;
	struct published_file statements[PUBLISHED_STATEMENTS_MAX];
	size_t n_statements, n_missing;
	int64_t at_unix;
};

static void publishing_done(struct publishing *p)
{
	publish_folder_done(&p->folder);
	lock_access_done(&p->access);
	inputs_done(&p->in);
	publication_done(&p->published);
	arena_free(p->a);
}

/* ---- what is published ---- */

/* The sources at hand must be those that the image was made of: others could not rebuild it. */
static bool sources_are_right(const struct publishing *p, struct err *e)
{
	const struct manifest *m = &p->published.manifest;

	if (ct_equal(m->description_sha256, p->in.description_sha256, SHA256_SIZE) &&
		ct_equal(m->lock_sha256, p->in.lock_sha256, SHA256_SIZE))
		return true;
	err_set(e, ERR_MISMATCH, "the description or the lock in '%s' is not that of the image",
		p->published.description);
	return err_hint(e, "build again, or name the right folder with --description DIR");
}

static bool read_image(struct publishing *p, struct err *e)
{
	const struct publication_request q = { .target = verb_arg(p->args, 0),
		.description = verb_value(p->args, "--description") };

	if (str_starts(str_of(q.target), "http://") || str_starts(str_of(q.target), "https://"))
		return err_set(e, ERR_USAGE, "'%s' is no folder of this machine", q.target);
	if (!publication_read(&p->published, &q, e))
		return false;
	if (!p->published.is_published) {
		err_set(e, ERR_USAGE, "there is no " FINISHED_MANIFEST " in '%s'", q.target);
		return err_hint(e, "give the folder that `assay build` wrote");
	}
	if (!ct_equal(
		    p->published.values.manifest_sha256, p->published.manifest_sha256, SHA256_SIZE))
		return err_set(e, ERR_MISMATCH,
			"'%s': " FINISHED_VALUES " is of another build than " FINISHED_MANIFEST,
			q.target);
	return inputs_read(&p->in, p->published.description, e) && sources_are_right(p, e);
}

/* ---- the archive ---- */

static bool put_archive(struct publishing *p, struct err *e)
{
	CLEANUP(tree_freep) struct tree *t = tree_new(INPUT_TREE_MEMORY_MAX);
	bool whole = verb_flag(p->args, "--archive");
	size_t *n_missing = verb_flag(p->args, "--unverifiable") ? &p->n_missing : NULL;
	struct str to = arena_printf(p->a, "%s/" ARCHIVE, p->folder.partial);
	struct input_archive done;

	if (!to.p)
		return arena_full(p->a, e);
	if ((whole &&
		    !fetch_inputs(p->args, p->access.store, &p->in.description, &p->in.lock, e)) ||
		!fetch_chain(p->args, &p->access, &p->in.lock, e))
		return false;
	if (!(whole ? input_tree_make : input_tree_make_small)(
		    t, &p->in, p->access.store, n_missing, e))
		return false;
	return input_archive_write(&done, t, p->in.source_date_epoch, to.p, e);
}

/* ---- files that go in as they are ---- */

static bool copy_text(
	struct publishing *p, const char *name, size_t max, struct str *ret, struct err *e)
{
	struct str path = arena_printf(p->a, "%s/%s", verb_arg(p->args, 0), name);
	CLEANUP(buf_done) struct buf text = { 0 };

	if (!path.p)
		return arena_full(p->a, e);
	if (!file_read(AT_FDCWD, path.p, max, &text, e))
		return false;
	*ret = arena_str(p->a, buf_str(&text));
	if (!ret->p)
		return arena_full(p->a, e);
	return publish_folder_put(&p->folder, str_of(name), str_span(*ret), e);
}

static bool put_outputs(struct publishing *p, struct err *e)
{
	struct str manifest, sbom, got;
	uint8_t sha256[SHA256_SIZE];

	if (!copy_text(p, FINISHED_MANIFEST, MANIFEST_SIZE_MAX, &manifest, e) ||
		!copy_text(p, FINISHED_VALUES, REFERENCE_VALUES_SIZE_MAX, &got, e) ||
		!copy_text(p, SBOM_FILE, SBOM_SIZE_MAX, &sbom, e))
		return false;
	sha256_of(sha256, str_span(manifest));
	if (!ct_equal(sha256, p->published.manifest_sha256, SHA256_SIZE) ||
		!str_equal(got, p->published.values_text))
		return err_set(e, ERR_MISMATCH, "'%s' changes right now", verb_arg(p->args, 0));
	return publish_check_sbom(str_span(sbom), &p->published, e) ||
	       err_wrap(e, "'%s/" SBOM_FILE "'", verb_arg(p->args, 0));
}

/* "FOLDER/NAME" for the file at path, whose name must end so. */
static bool place_of(struct publishing *p, struct str *ret, const char *path, const char *folder,
	const char *end, struct err *e)
{
	const char *slash = strrchr(path, '/'), *name = slash ? slash + 1 : path;

	if (!str_ends(str_of(name), end) || strlen(name) == strlen(end))
		return err_set(e, ERR_USAGE, "the name of '%s' must end in %s", path, end);
	*ret = arena_printf(p->a, "%s%s", folder, name);
	if (!ret->p)
		return arena_full(p->a, e);
	if (faccessat(p->folder.fd, ret->p, F_OK, AT_SYMLINK_NOFOLLOW) == 0)
		return err_set(e, ERR_USAGE, "two files are named '%s'", name);
	return publication_index_path_ok(*ret) ||
	       err_set(e, ERR_USAGE, "'%s' is no name for a file of a publication", name);
}

static bool read_file(
	struct publishing *p, struct str *ret, const char *path, size_t max, struct err *e)
{
	CLEANUP(buf_done) struct buf text = { 0 };

	if (!file_read(AT_FDCWD, path, max, &text, e))
		return false;
	*ret = arena_str(p->a, buf_str(&text));
	return ret->p || arena_full(p->a, e);
}

static bool put_statements(struct publishing *p, struct err *e)
{
	const char *path;

	for (size_t i = 0; (path = verb_nth(p->args, "--statement", i)); i++) {
		struct str place, text;

		if (i == PUBLISHED_STATEMENTS_MAX)
			return err_set(
				e, ERR_USAGE, "more than %d statements", PUBLISHED_STATEMENTS_MAX);
		if (!place_of(p, &place, path, PUBLICATION_STATEMENTS, PUBLICATION_STATEMENT_END,
			    e) ||
			!read_file(p, &text, path, DSSE_SIZE_MAX, e))
			return false;
		if (!publish_check_statement(str_span(text), &p->published, p->a, e))
			return err_wrap(e, "statement '%s'", path);
		if (!publish_folder_put(&p->folder, place, str_span(text), e))
			return false;
		p->statements[p->n_statements++] = (struct published_file){ place, str_span(text) };
	}
	return true;
}

static bool put_proofs(struct publishing *p, struct err *e)
{
	const char *path;

	for (size_t i = 0; (path = verb_nth(p->args, "--proof", i)); i++) {
		struct str place, text;

		if (i == PUBLISHED_PROOFS_MAX)
			return err_set(e, ERR_USAGE, "more than %d proofs", PUBLISHED_PROOFS_MAX);
		if (!place_of(p, &place, path, PUBLICATION_PROOFS, PUBLICATION_PROOF_END, e) ||
			!read_file(p, &text, path, TLOG_PROOF_SIZE_MAX, e))
			return false;
		if (!publish_check_proof(str_span(text), p->statements, p->n_statements, p->a, e))
			return err_wrap(e, "proof '%s'", path);
		if (!publish_folder_put(&p->folder, place, str_span(text), e))
			return false;
	}
	return true;
}

static bool put_channel(struct publishing *p, struct err *e)
{
	const char *path = verb_value(p->args, "--channel");
	struct str text;

	if (!path)
		return true;
	if (!read_file(p, &text, path, CHANNEL_FILE_MAX, e))
		return false;
	if (!publish_check_channel(str_span(text), &p->published, p->at_unix, p->a, e))
		return err_wrap(e, "channel '%s'", path);
	return publish_folder_put(&p->folder, STR(PUBLICATION_CHANNEL), str_span(text), e);
}

/* ---- as a receiver sees it ---- */

static bool check_whole(struct publishing *p, struct err *e)
{
	const struct publication_request q = { .target = p->folder.partial };
	const char *trust = verb_value(p->args, "--trust");
	CLEANUP(publication_done) struct publication got = { 0 };
	CLEANUP(inputs_done) struct inputs in = { 0 };
	struct publication_loaded loaded;

	if (!publication_load(&loaded, p->folder.partial, p->a, e) ||
		!publication_read(&got, &q, e) || !inputs_read(&in, got.description, e))
		return err_wrap(e, "what was written");
	if (trust && !publish_check_received(&loaded, &got, trust, p->at_unix, p->a, e))
		return false;
	if (ct_equal(got.manifest_sha256, p->published.manifest_sha256, SHA256_SIZE) &&
		ct_equal(in.lock_sha256, p->in.lock_sha256, SHA256_SIZE) &&
		ct_equal(in.description_sha256, p->in.description_sha256, SHA256_SIZE) &&
		str_equal(loaded.values, p->published.values_text) &&
		loaded.n_statements == p->n_statements)
		return true;
	return err_set(e, ERR_INTERNAL, "what was written is not what was to be published");
}

static bool report(const struct publishing *p, const char *out, struct err *e)
{
	CLEANUP(buf_done) struct buf text = { 0 };
	struct str path = arena_printf(p->a, "%s/" PUBLICATION_INDEX, out);
	char hex[2 * SHA256_SIZE + 1];
	uint8_t sha256[SHA256_SIZE];

	if (!path.p)
		return arena_full(p->a, e);
	if (!file_read(AT_FDCWD, path.p, PUBLICATION_INDEX_SIZE_MAX, &text, e))
		return false;
	sha256_of(sha256, buf_span(&text));
	hex_write(hex, sha256, SHA256_SIZE);
	line_print(stdout, "publication  %s  %s", hex, path.p);
	if (p->n_missing)
		line_print(stderr,
			"warning: %zu InRelease files or indexes are missing: nobody can see from it that the archives signed for the packages",
			p->n_missing);
	if (!p->n_statements)
		verb_hint(
			"nobody says yet that it can be rebuilt: others run assay rebuild on it, and "
			"--statement takes what they sign");
	return true;
}

static bool publish(struct publishing *p, struct err *e)
{
	const char *out = verb_value(p->args, "--output");

	out = out ? out : PUBLICATION;
	return at_time_read(&p->at_unix, verb_value(p->args, "--at"), e) && read_image(p, e) &&
	       lock_access_open(&p->access, p->args, e) &&
	       publish_folder_begin(&p->folder, out, p->in.source_date_epoch, e) &&
	       put_outputs(p, e) && put_statements(p, e) && put_proofs(p, e) && put_channel(p, e) &&
	       put_archive(p, e) &&
	       publish_folder_index(&p->folder, p->published.values.image, p->a, e) &&
	       check_whole(p, e) && publish_folder_finish(&p->folder, e) && report(p, out, e);
}

static bool run(const struct verb_args *args, int *code, struct err *e)
{
	struct publishing *p = MEM_NEW(struct publishing);
	bool ok;

	(void)code;
	p->args = args;
	p->a = arena_new(MEMORY_MAX);
	p->folder.fd = -1;
	ok = publish(p, e);
	publishing_done(p);
	free(p);
	return ok;
}

static const struct verb_option options[] = {
	{ "--output", "DIR", "where it goes (" PUBLICATION ")", false },
	{ "--description", "DIR", "the sources, where they are not beside it", false },
	{ "--archive", NULL, "packages and fetched sources go in, too", false },
	{ "--statement", "FILE", "what a rebuilder signed: NAME.dsse.json", true },
	{ "--proof", "FILE", "that a log holds one: NAME.tlog-proof", true },
	{ "--channel", "FILE", "which images count, see assay-channel-new(1)", false },
	{ "--trust", "FILE", "it must hold for somebody who trusts these", false },
	{ "--at", "TIME", "it must hold at this time (now)", false },
	{ "--unverifiable", NULL, "go on without InRelease or indexes that are gone", false },
	LOCK_ACCESS_OPTIONS,
	{ 0 },
};

const struct verb cmd_publish = {
	.name = "publish",
	.summary = "write one folder from which others rebuild and verify",
	.usage = "OUT",
	.min_args = 1,
	.max_args = 1,
	.options = options,
	.example = "assay publish out --channel channel.dsse.json -o www/hello",
	.run = run,
};
