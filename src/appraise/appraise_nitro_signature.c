#include "appraise/appraise_nitro_inside.h"

#include "base/utc.h"
#include "base/banned.h"

enum {
	TREE_MAX = 8 << 20
}; /* more memory than any document takes: 200 bytes for one of its own at most */

static struct str time_text(struct appraise_nitro_state *s, int64_t at_unix)
{
	char text[UTC_SIZE];

	utc_write(text, at_unix);
	return arena_str(s->w.a, str_of(text));
}

/* AWS's own, or one that the trust file names. */
static bool root_is_trusted(
	struct appraise_nitro_state *s, const struct nitro_chain *c, struct err *e)
{
	const struct trust_file *t = s->w.in->trust;
	struct err ignored = { 0 };

	if (nitro_chain_check_root(c, nitro_chain_aws_root, e)) {
		s->trusted_root = STR("the root that AWS publishes");
		return true;
	}
	for (size_t i = 0; i < t->n_hardware; i++)
		if (t->hardware[i].hardware == TRUST_NITRO &&
			nitro_chain_check_root(c, t->hardware[i].sha256, &ignored)) {
			s->trusted_root = arena_printf(s->w.a, "root '%.*s' of the trust file",
				STR_ARG(t->hardware[i].name));
			return true;
		}
	return false;
}

static bool check_root(struct appraise_nitro_state *s, const struct nitro_chain *c)
{
	uint8_t digest[SHA256_SIZE];
	struct err e = { 0 };
	bool ok = root_is_trusted(s, c, &e);

	sha256_of(digest, s->s.document.cabundle[0]);
	appraise_nitro_test(s, NITRO_ROOT,
		arena_printf(s->w.a, "%.*s (AWS), or a root of hardware 'nitro' of the trust file",
			STR_ARG(appraise_hex(&s->w, span_make(nitro_chain_aws_root, SHA256_SIZE)))),
		appraise_hex(&s->w, SPAN_OF(digest)), ok, &e);
	return ok;
}

/*
 * Live: now, by this verifier's clock, which may be off. Archived: when the document says that it was made; that is signed by
 * the leaf, too, and no clock of ours is in it.
 */
static void check_time(struct appraise_nitro_state *s, const struct nitro_chain *c)
{
	int64_t at = s->archive ? nitro_document_unix(&s->s.document) : s->w.in->at_unix;
	int64_t from = 0, to = 0;
	struct err e = { 0 };
	bool ok = nitro_chain_check_time(c, at, s->archive ? 0 : s->w.in->policy->leeway_s, &e);

	nitro_chain_validity(c, &from, &to);
	appraise_nitro_test(s, NITRO_TIME,
		arena_printf(s->w.a, "valid at %.*s, %s", STR_ARG(time_text(s, at)),
			s->archive ? "the document's own time" : "the time of this appraisal"),
		arena_printf(s->w.a, "from %.*s to %.*s", STR_ARG(time_text(s, from)),
			STR_ARG(time_text(s, to))),
		ok, &e);
}

static bool check_signature(struct appraise_nitro_state *s, const struct nitro_chain *c)
{
	CLEANUP(public_key_freep) struct public_key *key = NULL;
	struct err e = { 0 };
	bool ok = nitro_chain_key(&key, c, &e) && nitro_signed_verify(&s->s, key, &e);

	appraise_nitro_test(s, NITRO_SIGNATURE, STR("ECDSA, P-384, SHA-384"), STR(""), ok, &e);
	return ok;
}

/* True when root, roles, signatures and the leaf's signature all hold, at whatever time. */
static bool check_chain(struct appraise_nitro_state *s, const struct nitro_chain *c)
{
	struct err e = { 0 };
	bool root = check_root(s, c), profile, signatures, ok;

	profile = nitro_chain_check_profile(c, &e);
	appraise_nitro_test(s, NITRO_PROFILE, STR(""), STR(""), profile, &e);
	signatures = nitro_chain_check_signatures(c, &e);
	appraise_nitro_test(s, NITRO_SIGNATURES, STR(""), STR(""), signatures, &e);
	check_time(s, c);
	appraise_nitro_skip(s, NITRO_REVOCATION,
		STR("AWS's own rules for these certificates leave revocation out: the one that signs lives for hours"));
	ok = nitro_chain_check_module(c, &s->s.document, &e);
	appraise_nitro_test(s, NITRO_MODULE, s->s.document.module_id, STR(""), ok, &e);
	return check_signature(s, c) && root && profile && signatures && ok;
}

static void skip_from(struct appraise_nitro_state *s, enum appraise_nitro_check first)
{
	for (unsigned i = first; i <= NITRO_SIGNATURE; i++)
		appraise_nitro_skip(
			s, (enum appraise_nitro_check)i, STR("the document cannot be read so far"));
}

void appraise_nitro_signature(struct appraise_nitro_state *s)
{
	CLEANUP(nitro_chain_freep) struct nitro_chain *chain = NULL;
	struct err e = { 0 };
	bool header,
		ok = nitro_signed_parse_frame(&s->s, s->w.in->bundle->nitro_document, s->w.a, &e);

	appraise_nitro_test(s, NITRO_COSE_FORM, STR(""), STR(""), ok, &e);
	if (!ok) {
		appraise_limit(&s->w, &e, TREE_MAX);
		skip_from(s, NITRO_COSE_HEADER);
		return;
	}
	header = nitro_signed_check_header(&s->s, &e);
	appraise_nitro_test(s, NITRO_COSE_HEADER, STR("-35 (ES384), protected, and nothing else"),
		arena_printf(s->w.a, "%lld", (long long)s->s.cose.alg), header, &e);
	ok = nitro_document_parse(&s->s.document, s->s.cose.payload, s->w.a, &e);
	appraise_nitro_test(s, NITRO_DOCUMENT_RULES, STR(""), STR(""), ok, &e);
	if (!ok) {
		appraise_limit(&s->w, &e, TREE_MAX);
		skip_from(s, NITRO_CERTIFICATES);
		return;
	}
	s->parsed = true;
	ok = nitro_chain_of_document(&chain, &s->s.document, &e);
	appraise_nitro_test(s, NITRO_CERTIFICATES, STR(""), STR(""), ok, &e);
	if (!ok) {
		skip_from(s, NITRO_ROOT);
		return;
	}
	s->is_signed = check_chain(s, chain) && header;
}
