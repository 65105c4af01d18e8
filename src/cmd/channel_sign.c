/* assay channel new, bump: the signed list of the images that still count, and its next one. */
#define ASSAY_MAY_ASK_THE_MACHINE
#include <stdio.h>
#include <sys/stat.h>

#include "appraise/reference_values.h"
#include "base/utc.h"
#include "build/finished.h"
#include "build/manifest.h"
#include "cmd/at_time.h"
#include "cmd/key_file.h"
#include "cmd/line.h"
#include "cmd/publication_load.h"
#include "cmd/verbs.h"
#include "sys/file.h"
#include "trust/dsse.h"
#include "base/banned.h"

enum { MEMORY_MAX = 256 << 20, DAY = 86400, DAYS = 14, DAYS_MAX = 3650 };

/* ---- what both are told ---- */

/* "14d", or a time. */
static bool read_expires(int64_t *ret, const char *text, struct err *e)
{
	struct str s = str_of(text ? text : "14d");
	uint64_t days = 0;
	int64_t now;

	if (!at_time_read(&now, NULL, e))
		return false;
	if (str_ends(s, "d") && str_u64(str_make(s.p, s.n - 1), &days, DAYS_MAX) && days) {
		*ret = now + (int64_t)days * DAY;
		return true;
	}
	if (!at_time_read(ret, text, e))
		return err_hint(e, "--expires takes a number of days (14d), or a time");
	if (*ret > now)
		return true;
	err_set(e, ERR_USAGE, "--expires '%s' is past: such a channel accepts nothing", text);
	return err_hint(e, "name a day to come, at most as far ahead as those allow who verify");
}

static bool read_key(struct private_key **ret, const struct verb_args *args, struct err *e)
{
	const char *path = verb_value(args, "--key");

	if (path)
		return key_file_load(ret, path, e);
	err_set(e, ERR_USAGE, "--key is needed: whose channel it is");
	return err_hint(e, "assay key new makes one");
}

/* The images of folders: what `assay build` or `assay publish` wrote. */
static bool read_image(struct channel_image *ret, struct str *name, const char *path,
	struct arena *a, struct err *e)
{
	CLEANUP(buf_done) struct buf manifest = { 0 }, text = { 0 };
	CLEANUP(file_closep) int dir = finished_open(path, e);
	struct reference_values values;
	struct str copy;

	if (dir < 0)
		return false;
	if (!file_read(dir, FINISHED_MANIFEST, MANIFEST_SIZE_MAX, &manifest, e) ||
		!file_read(dir, FINISHED_VALUES, REFERENCE_VALUES_SIZE_MAX, &text, e))
		return err_wrap(e, "'%s'", path);
	copy = arena_str(a, buf_str(&text));
	if (!copy.p)
		return arena_full(a, e);
	if (!reference_values_parse(&values, str_span(copy), a, e))
		return err_wrap(e, "'%s'", path);
	sha256_of(ret->manifest_sha256, buf_span(&manifest));
	sha256_of(ret->values_sha256, buf_span(&text));
	*name = values.image;
	if (ct_equal(values.manifest_sha256, ret->manifest_sha256, SHA256_SIZE))
		return true;
	return err_set(e, ERR_MISMATCH,
		"'%s': " FINISHED_VALUES " is of another build than " FINISHED_MANIFEST, path);
}

/* Those of the arguments from `first` on. *name: of the image, empty where they have several. */
static bool read_images(struct channel *c, struct str *name, const struct verb_args *args,
	size_t first, struct arena *a, struct err *e)
{
	size_t n = verb_n_args(args) - first;
	struct channel_image *images = ARENA_ARRAY(a, n, struct channel_image);

	if (!images)
		return arena_full(a, e);
	for (size_t i = 0; i < n; i++) {
		struct str its = { 0 };

		if (!read_image(&images[i], &its, verb_arg(args, first + i), a, e))
			return false;
		*name = i == 0 || str_equal(*name, its) ? its : STR("");
	}
	c->accepted = images;
	c->n_accepted = n;
	return true;
}

static bool write_channel(const struct channel *c, const struct private_key *key, const char *path,
	struct arena *a, struct err *e)
{
	CLEANUP(buf_done)
	struct buf text = buf_init(CHANNEL_SIZE_MAX), sealed = buf_init(CHANNEL_FILE_MAX);
	char expires[UTC_SIZE];

	if (!channel_emit(&text, c, a, e) ||
		!dsse_sign(&sealed, STR(CHANNEL_TYPE), buf_span(&text), key, STR(""), e) ||
		!file_write(AT_FDCWD, path, buf_span(&sealed), 0644, e))
		return false;
	utc_write(expires, c->expires_unix);
	line_print(stdout, "channel    %.*s %llu, %zu image%s, until %s  %s", STR_ARG(c->name),
		(unsigned long long)c->counter, c->n_accepted, c->n_accepted == 1 ? "" : "s",
		expires, path);
	return true;
}

/* ---- new ---- */

static bool no_file_yet(const char *path, struct err *e)
{
	struct stat st;

	if (lstat(path, &st) < 0)
		return true;
	err_set(e, ERR_USAGE, "'%s' is there already", path);
	return err_hint(e,
		"assay channel bump '%s' makes the next one: a counter that begins anew is "
		"taken for a replay",
		path);
}

static bool run_new(const struct verb_args *args, int *code, struct err *e)
{
	const char *out = verb_value(args, "--output"), *name = verb_value(args, "--name");
	CLEANUP(arena_freep) struct arena *a = arena_new(MEMORY_MAX);
	CLEANUP(private_key_freep) struct private_key *key = NULL;
	struct channel c = { .counter = 1 };
	struct str image = { 0 };

	(void)code;
	out = out ? out : PUBLICATION_CHANNEL;
	if (!no_file_yet(out, e) ||
		!read_expires(&c.expires_unix, verb_value(args, "--expires"), e) ||
		!read_key(&key, args, e) || !read_images(&c, &image, args, 0, a, e))
		return false;
	c.name = name ? str_of(name) : image;
	if (!c.name.n)
		return err_set(e, ERR_USAGE, "the images have several names: give one with --name");
	return write_channel(&c, key, out, a, e);
}

/* ---- bump ---- */

/* The last one must be by the same key: nobody goes on with a channel of somebody else by mistake. */
static bool read_last(struct channel *c, const char *path, const struct private_key *key,
	struct arena *a, struct err *e)
{
	CLEANUP(statement_key_freep) struct statement_key *public = NULL;
	CLEANUP(buf_done) struct buf text = { 0 };
	struct channel_signer own = { .name = STR("own") };
	struct err why = { 0 };
	size_t by;

	if (!private_key_public(&public, key, e) ||
		!file_read(AT_FDCWD, path, CHANNEL_FILE_MAX, &text, e))
		return false;
	own.key = public;
	if (channel_open(c, &by, buf_span(&text), &own, 1, a, &why))
		return true;
	if (why.kind == ERR_SIGNATURE)
		return err_set(e, ERR_SIGNATURE, "'%s' is not signed by the key of --key", path);
	*e = why;
	return err_wrap(e, "'%s'", path);
}

static bool is_among(const struct channel *c, const struct channel_image *image)
{
	for (size_t i = 0; i < c->n_accepted; i++)
		if (!memcmp(&c->accepted[i], image, sizeof *image))
			return true;
	return false;
}

static bool add_last(
	struct channel *next, const struct channel *last, struct arena *a, struct err *e)
{
	size_t n = next->n_accepted;
	struct channel_image *all = ARENA_ARRAY(a, n + last->n_accepted, struct channel_image);

	if (!all)
		return arena_full(a, e);
	if (n)
		memcpy(all, next->accepted, n * sizeof *all);
	for (size_t i = 0; i < last->n_accepted; i++)
		if (!is_among(next, &last->accepted[i]))
			all[n++] = last->accepted[i];
	next->accepted = all;
	next->n_accepted = n;
	return true;
}

static bool run_bump(const struct verb_args *args, int *code, struct err *e)
{
	const char *path = verb_arg(args, 0), *out = verb_value(args, "--output");
	CLEANUP(arena_freep) struct arena *a = arena_new(MEMORY_MAX);
	CLEANUP(private_key_freep) struct private_key *key = NULL;
	bool keep = verb_flag(args, "--keep") || verb_n_args(args) == 1;
	struct channel last = { 0 }, next = { 0 };
	struct str image = { 0 };

	(void)code;
	if (!read_expires(&next.expires_unix, verb_value(args, "--expires"), e) ||
		!read_key(&key, args, e) || !read_last(&last, path, key, a, e) ||
		!read_images(&next, &image, args, 1, a, e) ||
		(keep && !add_last(&next, &last, a, e)))
		return false;
	next.name = last.name;
	next.counter = last.counter + 1;
	return write_channel(&next, key, out ? out : path, a, e);
}

#define OPTIONS                                                                              \
	{ "--key", "FILE", "the signer's private key, PEM, mode 0600", false },              \
	{                                                                                    \
		"--expires", "WHEN", "14d, or a time like 2026-12-24T00:00:00Z (14d)", false \
	}

static const struct verb_option options_new[] = {
	{ "--name", "NAME", "of the channel (the image's name)", false },
	OPTIONS,
	{ "--output", "FILE", "where it goes (" PUBLICATION_CHANNEL ")", false },
	{ 0 },
};

static const struct verb_option options_bump[] = {
	{ "--keep", NULL, "what the last one accepts stays accepted, too", false },
	OPTIONS,
	{ "--output", "FILE", "where it goes (the file itself)", false },
	{ 0 },
};

const struct verb cmd_channel_new = {
	.name = "channel new",
	.summary = "sign which images count now, and until when",
	.usage = "OUT...",
	.min_args = 1,
	.max_args = VERB_ARGS_MAX,
	.options = options_new,
	.example = "assay channel new out --key channel.pem --expires 14d",
	.run = run_new,
};

const struct verb cmd_channel_bump = {
	.name = "channel bump",
	.summary = "sign a channel's next list, or the same for longer",
	.usage = "FILE [OUT...]",
	.min_args = 1,
	.max_args = VERB_ARGS_MAX,
	.options = options_bump,
	.example = "assay channel bump channel.dsse.json out --key channel.pem",
	.run = run_bump,
};
