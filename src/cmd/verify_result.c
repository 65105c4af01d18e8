#include "cmd/verify_result.h"

#include <stdio.h>

#include "appraise/verdict_jwt.h"
#include "cmd/key_file.h"
#include "cmd/verdict_text.h"
#include "cmd/verify_evidence.h"
#define ASSAY_MAY_ASK_THE_MACHINE
#include "base/banned.h"

/* Of a key that is no use for a token: which one would be, not what other verbs take. */
static bool wanted(const char *path, struct err *e)
{
	if (e->kind == ERR_MISMATCH)
		err_set(e, ERR_USAGE,
			"'%s': a key of another kind: ES256 signs with the curve P-256 alone",
			path);
	else if (e->kind == ERR_FORMAT)
		err_wrap(e, "wanted is a private key of P-256 in PEM");
	else
		return false;
	return err_hint(e, "assay key new FILE --type p256");
}

bool verify_result_key(struct private_key **key, const struct verb_args *args, struct err *e)
{
	const char *path = verb_value(args, "--jwt");

	*key = NULL;
	if (!path)
		return true;
	if (verb_flag(args, "--json"))
		return err_set(e, ERR_USAGE, "--json and --jwt are two forms of one result");
	if (!key_file_load(key, path, e))
		return wanted(path, e) || err_wrap(e, "key of the token");
	return private_key_can_es256(*key, e) || err_wrap(e, "'%s'", path);
}

static void print(const struct buf *b, const char *end)
{
	fwrite(b->p, 1, b->n, stdout);
	fputs(end, stdout);
}

/* A nonce that the caller gave may be of any day, also when the machine itself is asked: someone may answer for it. */
static enum verdict_words_age age_of(const struct appraise_in *in, const struct verb_args *args)
{
	if (!in->nonce)
		return VERDICT_WORDS_DATA;
	return verify_evidence_is_url(verb_arg(args, 0)) && !verb_value(args, "--nonce")
		       ? VERDICT_WORDS_ASKED
		       : VERDICT_WORDS_NONCE;
}

bool verify_result_print(const struct appraise_out *out, const struct appraise_in *in,
	const struct reference_values *values, const struct private_key *key,
	const struct verb_args *args, struct arena *a, struct err *e)
{
	CLEANUP(buf_done) struct buf b = buf_init(2 * VERDICT_JWT_MAX);
	struct verdict_context c = { .at_unix = in->at_unix,
		.build = STR(VERB_BUILD),
		.policy = in->policy->id,
		.submod = str_of(bundle_kind_name(in->bundle->kind)),
		.nonce = appraise_asked(in),
		.values = values };

	if (!key && !verb_flag(args, "--json"))
		return verdict_text_print(out, in, values, age_of(in, args), a, e);
	if (key) {
		if (!verdict_jwt(&b, &out->verdict, &c, key, e))
			return false;
		print(&b, "\n");
		return true;
	}
	verdict_emit(&out->verdict, &c, &b);
	if (!buf_ok(&b))
		return buf_full(&b, "result", e);
	print(&b, "");
	return true;
}
