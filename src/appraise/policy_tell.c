#include "appraise/policy_tell.h"

#include "codec/harmless.h"
#include "evidence/bundle.h"
#include "base/banned.h"

enum { SECTION_MAX = 1 << 20 };

static void tell_kinds(uint32_t kinds, struct buf *out)
{
	const char *before = "Its evidence must be of kind ";

	for (unsigned i = 0; i < BUNDLE_KINDS; i++) {
		if (!(kinds >> i & 1))
			continue;
		buf_printf(out, "%s%s", before, bundle_kind_name((enum bundle_kind)i));
		before = " or ";
	}
	buf_add_cstr(out, ".\n");
}

static void tell_every(const struct policy *p, struct buf *out)
{
	buf_add_cstr(out,
		p->freshness == POLICY_NONCE
			? "Its evidence must be fresh: it answers a nonce that the verifier chose or was told, or carries data that the caller says was made for this exchange.\n"
			: "Its evidence may be of any age: what it says was true at some time, and may be so no more.\n");
	buf_add_cstr(
		out, "Somebody whom the trust file accepts must vouch for the reference values.\n");
	policy_vouchers_tell(&p->vouchers, out);
	buf_add_cstr(out, "Whatever layer runs code must hang on a register that is required.\n");
	if (p->leeway_s)
		buf_printf(out,
			"Certificates and documents are taken up to %lld s before they begin and after they end%s.\n",
			(long long)p->leeway_s,
			policy_nitro_is_archive(p)
				? "; a document of AWS Nitro that is archived must fit its certificates to the second"
				: "");
	else
		buf_printf(out,
			"Certificates and documents must be valid at the very time of the appraisal%s.\n",
			policy_nitro_is_archive(p) || p->tdx.grace_days
				? ", where nothing else is said below"
				: "");
	if (p->kinds)
		tell_kinds(p->kinds, out);
	else
		buf_add_cstr(out,
			"Its evidence may be of any kind, which the machine chooses; only what is said of that kind below is asked.\n");
	buf_add_cstr(out, "It is held against ");
	if (p->shape.n) {
		buf_add_cstr(out, "shape ");
		harmless_add(out, p->shape);
		buf_add_cstr(out, " of the reference values.\n");
	} else {
		buf_add_cstr(out, "the shape of the reference values that is for its platform.\n");
	}
}

/* What a newcomer wants to know of a number. */
static const char *const pcr_words[] = {
	[0] = "the firmware",
	[1] = "the firmware's settings and the machine's devices",
	[2] = "option ROMs and drivers",
	[3] = "their settings",
	[4] = "what was booted",
	[5] = "the partition table",
	[6] = "what the maker measures",
	[7] = "Secure Boot",
	[8] = "what a boot loader measures",
	[9] = "what the kernel was given: initrd and command line",
	[10] = "what the running system measures (IMA)",
	[11] = "the unified kernel image",
	[12] = "its parameters",
	[13] = "its extensions",
	[14] = "shim's keys",
	[15] = "the running system's own",
};

static void tell_tpm(const struct policy *p, struct buf *out)
{
	const char *bank = digest_name(p->bank);

	for (unsigned i = 0; i < 24; i++) {
		if (!(p->registers >> i & 1))
			continue;
		buf_printf(out,
			"PCR %u of bank %s (%s) must be signed and have the value of the reference values.\n",
			i, bank, i < ARRAY_LEN(pcr_words) ? pcr_words[i] : "a dynamic launch");
	}
	buf_add_cstr(
		out, "All other registers are listed with what they hold, and decide nothing.\n");
	buf_add_cstr(out,
		"Its quote must be signed by a key that lives in one TPM and that the trust file or an enrolment knows.\n");
	policy_tpm_tell(&p->tpm, out);
	buf_add_cstr(out,
		p->safe_clock
			? "Its TPM must say that its clock is not behind a value that it reported before; after an unclean shutdown at first it cannot say so.\n"
			: "What its TPM says of its clock does not matter.\n");
}

static void tell_snp(const struct policy *p, struct buf *out)
{
	policy_snp_tell(&p->snp, out);
}

static void tell_tdx(const struct policy *p, struct buf *out)
{
	policy_tdx_tell(p, out);
}

static void tell_nitro(const struct policy *p, struct buf *out)
{
	policy_nitro_tell(p, out);
}

static void tell_azure(const struct policy *p, struct buf *out)
{
	policy_azure_tell(&p->azure, out);
}

static void tell_gce(const struct policy *p, struct buf *out)
{
	policy_gce_tell(&p->gce, out);
}

/* One section for each kind of evidence, in the order of enum bundle_kind, and for whose TPMs have more to say. */
static const struct {
	const char *title;
	void (*tell)(const struct policy *p, struct buf *out);
} sections[] = {
	{ "Of every machine", tell_every },
	{ "Of a machine with a TPM, also Azure's", tell_tpm },
	{ "Of an AMD SEV-SNP guest", tell_snp },
	{ "Of an Intel TDX guest", tell_tdx },
	{ "Of an AWS Nitro enclave or instance", tell_nitro },
	{ "Of Azure's machines", tell_azure },
	{ "Of Google's machines with a certified TPM", tell_gce },
};

static void indent(struct buf *out, struct str text)
{
	struct str line;

	while (text.n) {
		(void)str_cut(text, '\n', &line, &text);
		if (line.n)
			buf_printf(out, "  %.*s\n", STR_ARG(line));
	}
}

void policy_tell(const struct policy *p, struct buf *out)
{
	buf_add_cstr(out, "Policy: ");
	harmless_add(out, p->id);
	buf_add_cstr(out, "\n");
	for (size_t i = 0; i < ARRAY_LEN(sections); i++) {
		CLEANUP(buf_done) struct buf text = buf_init(SECTION_MAX);

		sections[i].tell(p, &text);
		buf_printf(out, "%s:\n", sections[i].title);
		indent(out, buf_str(&text));
		out->failed |= !buf_ok(&text);
	}
}
