#include "cmd/report_evidence.h"

#include <stdlib.h>

#include "base/mem.h"
#include "cmd/explain_registers.h"
#include "cmd/policy_load.h"
#include "cmd/reference_pick.h"
#include "cmd/verify_evidence.h"
#include "sys/file.h"
#define ASSAY_MAY_ASK_THE_MACHINE
#include "base/banned.h"

struct work {
	const struct show *s;
	const struct verb_args *args;
	struct arena *a;
	const struct report_trust *trust;
	struct policy policy;
	struct quorum_outcome quorum;
	struct verify_evidence evidence;
	struct appraise_in in;
	struct appraise_out out;
};

static bool load(struct work *w, struct err *e)
{
	const char *name = verb_value(w->args, "--shape");
	const struct statements *s = w->trust->statements;
	bool by_value;

	w->in.policy = &w->policy;
	w->in.trust = w->trust->file;
	w->in.vouch = w->s->vouch;
	w->in.at_unix = w->trust->at_unix;
	if (!policy_load(&w->policy, verb_value(w->args, "--policy"), w->a, e) ||
		!verify_evidence_of_file(&w->evidence, &w->in, verb_value(w->args, "--evidence"),
			w->args, w->a, e) ||
		!reference_pick(&w->in.shape, &by_value, &w->s->values,
			name ? str_of(name) : w->policy.shape, &w->evidence.bundle, w->policy.bank,
			w->a, e))
		return false;
	w->in.values = &w->s->values;
	w->in.quorum = s->n + s->n_aside ? &w->quorum : NULL;
	return statements_outcome(&w->quorum, s, &w->s->values, w->in.shape,
		(struct statements_asked){ w->policy.vouchers.rebuilders, w->in.at_unix }, e);
}

static bool explain_it(struct report_evidence *to, const struct work *w, struct err *e)
{
	struct explain_registers x = { .shape = w->in.shape, .measured = &w->out.signed_bank };
	struct bundle_bank bank = explain_registers_by_log(&x);
	struct explain_in in = { .shape = w->in.shape,
		.values = &bank,
		.log = w->out.log.n_banks ? &w->out.log : NULL };

	/* What is in a launch digest no log tells. */
	if (!w->out.differing || platform_from_name(w->in.shape->platform) == PLATFORM_SNP)
		return true;
	to->explained = explain(&to->explain, &in, w->a, e);
	return to->explained || err_wrap(e, "explaining what differs");
}

/* The verdict as its JSON tells it: a page of it and of a file are the same. */
static bool tell(struct report_evidence *to, const struct work *w, struct err *e)
{
	CLEANUP(buf_done) struct buf b = buf_init(TOLD_VERDICT_SIZE_MAX);
	struct verdict_context c = { .at_unix = w->in.at_unix,
		.build = STR(VERB_BUILD),
		.policy = w->policy.id,
		.submod = str_of(bundle_kind_name(w->evidence.bundle.kind)),
		.nonce = appraise_asked(&w->in),
		.values = &w->s->values };

	verdict_emit(&w->out.verdict, &c, &b);
	if (!buf_ok(&b))
		return buf_full(&b, "the verdict", e);
	to->is_there = to->appraised_here = true;
	return told_verdict_parse(&to->verdict, buf_span(&b), w->a, e);
}

static bool appraise_it(struct report_evidence *to, const struct show *s,
	const struct report_trust *trust, const struct verb_args *args, struct arena *a,
	struct err *e)
{
	struct work *w = MEM_NEW(struct work);
	bool ok;

	w->s = s;
	w->trust = trust;
	w->args = args;
	w->a = a;
	ok = load(w, e) && appraise(&w->out, &w->in, a, e) && tell(to, w, e) &&
	     explain_it(to, w, e);
	verify_evidence_done(&w->evidence);
	free(w);
	return ok;
}

static bool read_verdict(struct report_evidence *to, const struct show *s, const char *path,
	struct arena *a, struct err *e)
{
	CLEANUP(buf_done) struct buf text = { 0 };

	if (!file_read(AT_FDCWD, path, TOLD_VERDICT_SIZE_MAX, &text, e))
		return false;
	/* json_parse copies every string: nothing points into the text afterwards. */
	if (!told_verdict_parse(&to->verdict, buf_span(&text), a, e))
		return err_wrap(e, "'%s'", path);
	to->is_there = true;
	if (!to->verdict.has_manifest ||
		ct_equal(to->verdict.manifest_sha256, s->values.manifest_sha256, SHA256_SIZE))
		return true;
	err_set(e, ERR_MISMATCH, "'%s' is of a machine that was held against another image", path);
	return err_hint(e, "give the folder whose reference values `assay verify` was given");
}

bool report_evidence_take(struct report_evidence *ret, const struct show *s,
	const struct report_trust *trust, const struct verb_args *args, struct arena *a,
	struct err *e)
{
	const char *evidence = verb_value(args, "--evidence");
	const char *verdict = verb_value(args, "--verdict");

	*ret = (struct report_evidence){ 0 };
	if (evidence && verdict)
		return err_set(
			e, ERR_USAGE, "--evidence and --verdict are two ways to one verdict");
	if (evidence)
		return appraise_it(ret, s, trust, args, a, e);
	return !verdict || read_verdict(ret, s, verdict, a, e);
}
