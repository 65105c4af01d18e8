#include "cmd/verdict_words.h"

#define ASSAY_MAY_ASK_THE_MACHINE
#include "base/banned.h"

/* How far hardware itself is believed stands in a row of the vector, and the sentence sends the reader there. */
static const struct {
	const char *evidence, *endorser, *uncovered;
	/* What evidence that is not of any age says: before what it answered, and behind that. */
	const char *started, *more;
} words[BUNDLE_KINDS] = {
	[BUNDLE_TPM] = { "a TPM's quote",
		"whoever the trust file names: its TPM's maker, or you, who know its key.",
		"what runs after boot, secrets in memory, the host's view of it",
		"the machine started exactly what the reference values say, and it\n"
		"  ",
		"\n  How far its TPM itself can be believed stands in the row 'hardware'." },
	[BUNDLE_SNP] = { "an AMD SEV-SNP report",
		"AMD (or whose root the trust file names) certifies that a genuine processor with this firmware signed.",
		"what runs after start beyond what the layers above check, side channels, whoever has the processor in "
		"their hands, when the host lets it run",
		"a genuine AMD processor started exactly what the reference values say, keeps its memory\n"
		"  from the host, and ",
		"" },
	[BUNDLE_TDX] = { "an Intel TDX quote",
		"Intel (or whose root the trust file names) certifies that a genuine platform at this TCB level signed.",
		"what runs after boot beyond what the layers above check, side channels, whoever has the processor in "
		"their hands, when the host lets it run",
		"a genuine Intel platform started exactly what the reference values say, keeps its memory\n"
		"  from the host, and ",
		"" },
	[BUNDLE_NITRO] = { "an AWS Nitro attestation document",
		"AWS alone (or whose root the trust file names): it makes the hardware, runs the hypervisor and signs.",
		"what runs after start, what AWS itself could do, the parent instance's view of what goes in and out",
		"AWS says that its Nitro hypervisor started exactly what the reference values say, and it\n"
		"  ",
		" You have to believe AWS for that." },
	[BUNDLE_AZURE] = { "an Azure confidential machine's evidence (vTPM over hardware)",
		"AMD or Intel for the hardware and what it started first; Microsoft for the vTPM that runs in there.",
		"what runs after boot, and what Microsoft's own layer below the machine could do",
		"genuine hardware runs Microsoft's vTPM, which says that the machine started exactly what\n"
		"  the reference values say, and ",
		"" },
};

/* What a check that passed can say of when the evidence was made. */
static const char *const answered[] = {
	[VERDICT_WORDS_ASKED] = "answered just now.",
	[VERDICT_WORDS_NONCE] = "answered the nonce that you gave.",
	[VERDICT_WORDS_DATA] = "carries the data that you say was made for this exchange.",
};

/* The launch measurement is one that the policy names: without that whoever has such hardware can make up a vTPM above it. */
static bool has_unknown_vtpm(enum bundle_kind kind, const struct check_list *checks)
{
	return kind == BUNDLE_AZURE && !check_passed(checks, "launch-measurement");
}

const char *verdict_words_evidence(enum bundle_kind kind)
{
	return words[kind].evidence;
}

const char *verdict_words_endorser(enum bundle_kind kind, const struct check_list *checks)
{
	if (has_unknown_vtpm(kind, checks))
		return "AMD or Intel for the hardware; nobody for the vTPM that runs in there: nothing shows that it is Microsoft's.";
	return words[kind].endorser;
}

const char *verdict_words_uncovered(enum bundle_kind kind)
{
	return words[kind].uncovered;
}

static void affirmed(struct buf *out, const struct check_list *checks, enum verdict_words_age age,
	enum bundle_kind kind)
{
	const char *started = words[kind].started;

	if (has_unknown_vtpm(kind, checks))
		started =
			"genuine hardware runs a vTPM that nothing shows to be Microsoft's; whoever made it says that the\n"
			"  machine started exactly what the reference values say, and it ";
	if (age == VERDICT_WORDS_ANY)
		buf_add_cstr(out,
			"at some time the machine started exactly what the reference values say; nobody knows\n"
			"  what it runs now, since the policy takes evidence of any age.");
	else
		buf_printf(out, "%s%s%s", started, answered[age], words[kind].more);
}

void verdict_words_in_short(
	struct buf *out, const struct verdict *v, enum verdict_words_age age, enum bundle_kind kind)
{
	switch (v->status) {
	case VERDICT_AFFIRMING:
		affirmed(out, &v->checks, age, kind);
		break;
	case VERDICT_WARNING:
		buf_printf(out,
			"nothing was found to be wrong, but something that you should be able to rely on is\n"
			"  missing: see %s. Do not rely on this machine as it stands.",
			check_count(&v->checks, CHECK_FAILED) ? "each FAIL"
							      : "what this says (AR4SI)");
		break;
	case VERDICT_CONTRAINDICATED:
		buf_add_cstr(out,
			"the machine did not start what it was expected to, or its evidence cannot be\n"
			"  believed: see each FAIL. Do not give it secrets.");
		break;
	case VERDICT_NONE:
		buf_add_cstr(out, "nothing can be said about this machine.");
		break;
	}
}
