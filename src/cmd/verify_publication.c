#include "cmd/verify_publication.h"

#include "base/utc.h"
#include "cmd/last_seen_file.h"
#include "cmd/publication_anchors.h"
#include "cmd/publication_load.h"
#define ASSAY_MAY_ASK_THE_MACHINE
#include "base/banned.h"

struct taking {
	const struct verb_args *args;
	struct publication_loaded loaded;
	struct publication_anchors anchors;
	struct last_seen_file state;
	struct verify_publication *ret;
	struct arena *a;
};

static bool read_values(struct taking *t, struct err *e)
{
	struct verify_publication *p = t->ret;
	const struct publication_file *manifest = publication_index_find(
		&t->loaded.index, STR("manifest.json"));

	sha256_of(p->values_sha256, str_span(t->loaded.values));
	if (!reference_values_parse(&p->values, str_span(t->loaded.values), t->a, e))
		return false;
	if (manifest && ct_equal(manifest->sha256, p->values.manifest_sha256, SHA256_SIZE))
		return true;
	err_set(e, ERR_MISMATCH, "its reference values are not of its manifest");
	return err_hint(e, "ask who published it");
}

static const char *what_to_do(const char *refused)
{
	static const char *const hints[][2] = {
		{ "channel-missing",
			"ask who published it for one, or take 'signers' out of your trust "
			"file: then nobody tells you of outdated images" },
		{ "channel-unsigned",
			"ask who published it by another way whether the signer's key has changed" },
		{ "channel-expired",
			"get the publication again; if it stays so, nobody says that the image still "
			"counts" },
		{ "channel-other-name", "if that is the one you want: --channel NAME" },
		{ "channel-too-long",
			"max-age: channel in your trust file says how long is allowed" },
		{ "channel-not-accepted",
			"get the publication of the image that counts now, and run that" },
		{ "channel-replay",
			"get the publication again from who publishes it: somebody shows you "
			"an old one" },
		{ "log-rollback",
			"get the publication again; whoever publishes must take new proofs "
			"from the log" },
		{ "log-fork",
			"keep both publications and tell the log's witnesses: it shows different "
			"people different things" },
		{ "channel-fork",
			"keep both publications and ask their signer: one key signed two lists" },
	};

	for (size_t i = 0; i < ARRAY_LEN(hints); i++)
		if (!strcmp(hints[i][0], refused))
			return hints[i][1];
	return "ask who published it";
}

static bool refused(const struct published *p, int *code, struct err *e)
{
	*code = VERB_NO;
	err_set(e, ERR_MISMATCH, "it is refused (%s): %.*s", p->refused, STR_ARG(p->why));
	return err_hint(e, "%s", what_to_do(p->refused));
}

static void say(const struct taking *t)
{
	const struct published *p = &t->ret->judged;
	char until[UTC_SIZE];
	size_t n = 0;

	for (size_t i = 0; i < p->n_statements; i++) {
		n += p->statements[i].counts;
		if (!p->statements[i].counts)
			verb_say(t->args, "%.*s does not count: %.*s",
				STR_ARG(p->statements[i].file->path),
				STR_ARG(p->statements[i].why));
	}
	if (t->anchors.by.n_logs)
		verb_say(t->args, "%zu of %zu statements stand in a log that you trust", n,
			p->n_statements);
	if (!p->has_channel) {
		verb_say(t->args,
			"whether the image is outdated is not known: the trust file names no "
			"signers of channels");
		return;
	}
	utc_write(until, p->channel.expires_unix);
	verb_say(t->args, "the image counts: channel '%.*s' %llu by %.*s, until %s",
		STR_ARG(p->channel.name), (unsigned long long)p->channel.counter,
		STR_ARG(p->signer), until);
}

/* With what was seen last in hand, so that of two verifiers at once neither forgets what the other saw. */
static bool judge(struct taking *t, int64_t at_unix, int *code, struct err *e)
{
	const char *name = verb_value(t->args, "--channel");
	const struct published_anchors *by = &t->anchors.by;
	struct verify_publication *p = t->ret;
	const bool remembers = by->n_signers || by->n_logs;
	struct published_in in = { .name = name ? str_of(name) : p->values.image,
		.channel = t->loaded.channel,
		.statements = t->loaded.statements,
		.n_statements = t->loaded.n_statements,
		.proofs = t->loaded.proofs,
		.n_proofs = t->loaded.n_proofs,
		.anchors = by,
		.seen = &t->state.seen,
		.at_unix = at_unix };

	memcpy(in.image.manifest_sha256, p->values.manifest_sha256, SHA256_SIZE);
	memcpy(in.image.values_sha256, p->values_sha256, SHA256_SIZE);
	if (remembers && !last_seen_file_open(&t->state, t->a, e))
		return false;
	if (!published_judge(&p->judged, &in, t->a, e))
		return false;
	if (p->judged.refused)
		return refused(&p->judged, code, e);
	return !remembers || last_seen_file_write(&t->state, &p->judged.seen, e);
}

bool verify_publication_take(struct verify_publication *ret, const struct verb_args *args,
	const struct trust_file *trust, int64_t at_unix, int *code, struct arena *a, struct err *e)
{
	const char *target = verb_value(args, "--publication");
	struct taking t = { .args = args, .ret = ret, .a = a, .state = { .lock = -1 } };
	bool ok;

	if (!publication_load(&t.loaded, target, a, e))
		return false;
	ok = (read_values(&t, e) && publication_anchors_of(&t.anchors, trust, a, e) &&
		     judge(&t, at_unix, code, e)) ||
	     err_wrap(e, "publication '%s'", target);
	if (ok)
		say(&t);
	last_seen_file_done(&t.state);
	publication_anchors_done(&t.anchors);
	return ok;
}
