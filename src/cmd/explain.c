/* assay explain: why a machine measures something else than predicted. It decides nothing; verify does. */
#define ASSAY_MAY_ASK_THE_MACHINE
#include <stdio.h>

#include "appraise/evidence_read.h"
#include "appraise/evidence_registers.h"
#include "appraise/policy.h"
#include "cmd/explain_digest.h"
#include "cmd/explain_registers.h"
#include "cmd/hint.h"
#include "cmd/reference_load.h"
#include "cmd/reference_pick.h"
#include "cmd/verbs.h"
#include "evidence/event_log.h"
#include "evidence/evidence_kind.h"
#include "sys/file.h"
#include "base/banned.h"

static const char explain_wanted[] =
	"wanted is what `assay verify URL --save FILE` keeps, evidence as hardware gave it, or a firmware's event log";

enum { EXPLAIN_MEMORY_MAX = 256 << 20 };

/* Evidence, or a firmware log by itself, whose own replay then stands for the values. */
struct source {
	struct bundle bundle;
	struct bundle_bank values;
	struct event_log log;
	bool has_log;
};

static bool from_log(
	struct source *s, struct span bytes, enum digest_alg bank, struct arena *a, struct err *e)
{
	struct event_log_registers r;

	if (!event_log_parse(&s->log, bytes, a, e))
		return false;
	if (s->log.form == EVENT_LOG_CC)
		return err_set(e, ERR_USAGE,
			"a confidential guest's log, and not of a TPM: `assay eventlog diff` takes it");
	if (!event_log_replay(&r, &s->log, bank, e))
		return false;
	s->has_log = true;
	s->bundle.kind = BUNDLE_TPM;
	s->values.alg = bank;
	s->values.pcrs = (UINT32_C(1) << BUNDLE_PCRS) - 1;
	for (unsigned i = 0; i < BUNDLE_PCRS; i++)
		s->values.values[i] = r.values[i];
	return true;
}

static bool from_evidence(
	struct source *s, struct span bytes, enum digest_alg bank, struct arena *a, struct err *e)
{
	struct span log;

	if (!evidence_read(&s->bundle, bytes, a, e) ||
		!evidence_registers(&s->values, &s->bundle, bank, a, e))
		return false;
	log = s->bundle.cc_log.p ? s->bundle.cc_log : s->bundle.firmware_log;
	s->has_log = log.p != NULL;
	return !s->has_log || event_log_parse(&s->log, log, a, e);
}

/* What is no evidence is read as a log, whose reader says what is wrong with it. */
static bool is_evidence(struct span bytes)
{
	switch (evidence_kind_of(bytes)) {
	case EVIDENCE_KIND_BUNDLE:
	case EVIDENCE_KIND_JSON:
	case EVIDENCE_KIND_SNP_REPORT:
	case EVIDENCE_KIND_SNP_EXTENDED:
	case EVIDENCE_KIND_TDX_QUOTE:
	case EVIDENCE_KIND_COSE_SIGN1:
	case EVIDENCE_KIND_AZURE_HCL:
		return true;
	default:
		return false;
	}
}

static bool explain_file(const struct verb_args *args, const char *from, struct span bytes,
	struct arena *a, int *code, struct err *e)
{
	enum digest_alg bank = policy_default().bank;
	const char *name = verb_value(args, "--shape");
	struct reference_values values;
	uint8_t sha256[SHA256_SIZE];
	struct source s = { 0 };
	struct explain_registers x = { .values = &values, .measured = &s.values };
	bool log = !is_evidence(bytes), by_value;
	size_t n;

	if (!reference_load(&values, sha256, verb_value(args, "--reference-values"), a, e))
		return false;
	if (!(log ? from_log(&s, bytes, bank, a, e) : from_evidence(&s, bytes, bank, a, e))) {
		err_hint(e, "%s", explain_wanted);
		return err_wrap(e, "'%s'", from);
	}
	if (!reference_pick(&x.shape, &by_value, &values, str_of(name), &s.bundle, bank, a, e))
		return false;
	x.log = s.has_log ? &s.log : NULL;
	puts(log ? "Values as the log gives them; nobody signed it:"
		 : "Values as the evidence claims them; their signature is not checked here:");
	if (!explain_registers_print(&n, &x, a, e))
		return false;
	*code = n ? VERB_NO : VERB_YES;
	return true;
}

/* What is said of the one question says nothing about the other. */
static bool options_fit(const struct verb_args *args, struct err *e)
{
	static const char *const of_digest[] = { "--firmware", "--kernel", "--initrd", "--append",
		"--store" };

	if (verb_value(args, "--digest"))
		return !verb_value(args, "--shape") ||
		       err_set(e, ERR_USAGE, "--shape says nothing about a --digest");
	for (size_t i = 0; i < ARRAY_LEN(of_digest); i++)
		if (verb_value(args, of_digest[i]))
			return err_set(e, ERR_USAGE, "%s is for --digest", of_digest[i]);
	return true;
}

static bool run(const struct verb_args *args, int *code, struct err *e)
{
	CLEANUP(arena_freep) struct arena *a = arena_new(EXPLAIN_MEMORY_MAX);
	CLEANUP(buf_done) struct buf text = buf_init(0);

	const char *from = verb_arg(args, 0);

	if (!options_fit(args, e))
		return false;
	if (verb_value(args, "--digest"))
		return explain_digest(args, code, e);
	if (!from) {
		err_set(e, ERR_USAGE, "an argument is missing: assay explain EVIDENCE|LOG");
		return err_hint(e, "assay explain --help shows what it takes");
	}
	if (!verb_value(args, "--reference-values")) {
		err_set(e, ERR_USAGE, "--reference-values is needed: what was predicted");
		return err_hint(
			e, "assay build writes it beside the image: out/reference-values.json");
	}
	if (!file_read(AT_FDCWD, from, BUNDLE_SIZE_MAX, &text, e))
		return hint_wanted(e, explain_wanted);
	return explain_file(args, from, buf_span(&text), a, code, e);
}

static const struct verb_option options[] = {
	{ "--reference-values", "FILE", "what the machine should measure (needed)", false },
	{ "--shape", "NAME", "which of them, where several are for its platform", false },
	EXPLAIN_DIGEST_OPTIONS,
	{ 0 },
};

const struct verb cmd_explain = {
	.name = "explain",
	.summary = "align what was measured with what was predicted, by event",
	.usage = "EVIDENCE|LOG|OUT",
	.max_args = 1,
	.options = options,
	.example =
		"assay explain evidence.json --reference-values \\\n    out/reference-values.json",
	.run = run,
};
