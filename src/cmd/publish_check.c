#include "cmd/publish_check.h"

#include "base/hex.h"
#include "cmd/publication_anchors.h"
#include "cmd/trust_load.h"
#include "trust/dsse.h"
#include "trust/tlog_proof.h"
#define ASSAY_MAY_ASK_THE_MACHINE
#include "base/banned.h"

#define STATEMENT_TYPE "application/vnd.in-toto+json"

static bool names(struct span text, const uint8_t sha256[static SHA256_SIZE])
{
	char hex[2 * SHA256_SIZE + 1];

	hex_write(hex, sha256, SHA256_SIZE);
	return text.n && memmem(text.p, text.n, hex, 2 * SHA256_SIZE) != NULL;
}

bool publish_check_statement(
	struct span file, const struct publication *p, struct arena *a, struct err *e)
{
	struct dsse d;

	if (!dsse_parse(&d, file, a, e))
		return false;
	if (!str_is(d.type, STATEMENT_TYPE))
		return err_set(e, ERR_FORMAT,
			"the envelope is of type '%.*s', want '" STATEMENT_TYPE "'",
			STR_ARG(d.type));
	if (names(d.payload, p->manifest_sha256) || names(d.payload, p->manifest.lock_sha256))
		return true;
	err_set(e, ERR_MISMATCH, "it names neither this image's manifest nor its lock");
	return err_hint(e, "it is about another image, or another build of it: leave it out");
}

bool publish_check_proof(struct span file, const struct published_file *statements, size_t n,
	struct arena *a, struct err *e)
{
	struct err ignored = { 0 };
	struct tlog_proof proof;

	if (!tlog_proof_parse(&proof, file, a, e))
		return false;
	for (size_t i = 0; i < n; i++) {
		struct merkle_hash leaf = merkle_leaf(statements[i].bytes);

		if (merkle_check_inclusion(&leaf, proof.index, proof.checkpoint.size,
			    &proof.inclusion, &proof.checkpoint.root, &ignored))
			return true;
	}
	err_set(e, ERR_MISMATCH, "it proves none of the statements");
	return err_hint(e, "name the statement that it is of, too, as it stands in the log");
}

/* Its own key is not looked for: there is no trust file here. */
bool publish_check_channel(struct span file, const struct publication *p, int64_t at_unix,
	struct arena *a, struct err *e)
{
	CLEANUP(buf_done) struct buf words = buf_init(600);
	struct channel_image image;
	enum channel_refusal got;
	struct channel c;
	struct dsse d;

	memcpy(image.manifest_sha256, p->manifest_sha256, SHA256_SIZE);
	sha256_of(image.values_sha256, str_span(p->values_text));
	if (file.n > CHANNEL_FILE_MAX)
		return err_set(e, ERR_LIMIT, "it is larger than %d bytes", CHANNEL_FILE_MAX);
	if (!dsse_parse(&d, file, a, e))
		return false;
	if (!str_is(d.type, CHANNEL_TYPE))
		return err_set(e, ERR_FORMAT,
			"the envelope is of type '%.*s', want '" CHANNEL_TYPE "'", STR_ARG(d.type));
	if (!channel_parse(&c, d.payload, a, e))
		return false;
	got = channel_judge(&c, c.name, &image, at_unix, 0);
	if (got == CHANNEL_FINE)
		return true;
	channel_refusal_tell(&words, got, &c, c.name, 0);
	err_set(e, ERR_MISMATCH, "%.*s", STR_ARG(buf_str(&words)));
	return err_hint(e, "assay channel bump makes its next one");
}

bool publish_check_sbom(struct span file, const struct publication *p, struct err *e)
{
	return names(file, p->manifest_sha256) ||
	       err_set(e, ERR_MISMATCH, "it does not name this image's manifest");
}

static bool would_take(const struct published *got, struct err *e)
{
	if (got->refused) {
		err_set(e, ERR_MISMATCH, "it would be refused (%s): %.*s", got->refused,
			STR_ARG(got->why));
		return err_hint(e, "doc/publication.md says what each reason means");
	}
	for (size_t i = 0; i < got->n_statements; i++) {
		const struct published_statement *s = &got->statements[i];

		if (s->counts)
			continue;
		err_set(e, ERR_MISMATCH, "'%.*s' would not count: %.*s", STR_ARG(s->file->path),
			STR_ARG(s->why));
		return err_hint(
			e, "take a new proof from the log, with its witnesses, or leave it out");
	}
	return true;
}

static bool receive(const struct publication_loaded *l, const struct publication *p,
	const struct trust_file *trust, int64_t at_unix, struct arena *a, struct err *e)
{
	struct publication_anchors anchors;
	const struct last_seen nothing = { 0 };
	struct published_in in = { .name = p->values.image,
		.channel = l->channel,
		.statements = l->statements,
		.n_statements = l->n_statements,
		.proofs = l->proofs,
		.n_proofs = l->n_proofs,
		.anchors = &anchors.by,
		.seen = &nothing,
		.at_unix = at_unix };
	struct published got;
	bool ok;

	memcpy(in.image.manifest_sha256, p->manifest_sha256, SHA256_SIZE);
	sha256_of(in.image.values_sha256, str_span(l->values));
	ok = publication_anchors_of(&anchors, trust, a, e) && published_judge(&got, &in, a, e) &&
	     would_take(&got, e);
	publication_anchors_done(&anchors);
	return ok;
}

bool publish_check_received(const struct publication_loaded *l, const struct publication *p,
	const char *trust, int64_t at_unix, struct arena *a, struct err *e)
{
	struct trust_file t = { 0 };
	bool ok;

	if (!trust_load(&t, trust, a, e))
		return false;
	ok = receive(l, p, &t, at_unix, a, e) || err_wrap(e, "with the trust file '%s'", trust);
	trust_unload(&t);
	return ok;
}
