/* assay bundle make: evidence, and what a verifier without a network needs beside it, in one file. */
#include <stdio.h>
#include <string.h>

#include "appraise/bundle_fill.h"
#include "appraise/bundle_status.h"
#include "appraise/evidence_read.h"
#include "base/utc.h"
#include "cmd/at_time.h"
#include "cmd/bundle_fetch.h"
#include "cmd/line.h"
#include "cmd/trust_load.h"
#include "cmd/verbs.h"
#include "sys/file.h"
#define ASSAY_MAY_ASK_THE_MACHINE
#include "base/banned.h"

enum { FILES_MAX = 40, MEMORY_MAX = 256 << 20 };

struct make {
	const struct verb_args *args;
	struct arena *a;
	struct bundle bundle;
	struct trust_file trust;
	struct buf files[FILES_MAX];
	size_t n;
};

static void make_done(struct make *m)
{
	for (size_t i = 0; i < m->n; i++)
		buf_done(&m->files[i]);
	trust_unload(&m->trust);
	arena_free(m->a);
}

static bool read_file(struct span *ret, struct make *m, const char *path, struct err *e)
{
	if (m->n == FILES_MAX)
		return err_set(e, ERR_LIMIT, "more than %d files", FILES_MAX);
	if (!file_read(AT_FDCWD, path, BUNDLE_SIZE_MAX, &m->files[m->n], e))
		return false;
	*ret = buf_span(&m->files[m->n++]);
	if (!ret->p)
		ret->p = (const uint8_t *)"";
	return true;
}

/* What each option fills; --log is that of the guest's kind. */
static const struct source {
	const char *option, *label;
} sources[] = {
	{ "--certificates", "snp.certificate" },
	{ "--crl", "snp.crl" },
	{ "--tdx-quote", "tdx.quote" },
	{ "--tcb-info", "tdx.tcb-info" },
	{ "--tcb-info-chain", "tdx.tcb-info-chain" },
	{ "--qe-identity", "tdx.qe-identity" },
	{ "--qe-identity-chain", "tdx.qe-identity-chain" },
	{ "--pck-crl", "tdx.pck-crl" },
	{ "--root-crl", "tdx.root-crl" },
	{ "--quote", "tpm.quote" },
	{ "--signature", "tpm.signature" },
	{ "--pcrs", "tpm.pcrs" },
	{ "--ak-certificate", "tpm.ak-certificate" },
	{ "--log", NULL },
};

static const char *label_of(const struct source *s, const struct make *m)
{
	if (s->label)
		return s->label;
	return m->bundle.kind == BUNDLE_TDX ? "log.cc" : "log.firmware";
}

/* The first of these takes the place of all that were there; a table, and those of hardware, are added to. */
static void replace(struct make *m, const struct source *s)
{
	if (!strcmp(s->option, "--ak-certificate"))
		m->bundle.ak_chain.n = 0;
}

static bool fill(struct make *m, const struct source *s, struct err *e)
{
	const char *path;

	for (size_t i = 0; (path = verb_nth(m->args, s->option, i)); i++) {
		struct span file;

		if (!read_file(&file, m, path, e))
			return err_wrap(e, "%s", s->option);
		if (i == 0)
			replace(m, s);
		if (!bundle_fill(&m->bundle, label_of(s, m), file, m->a, e))
			return err_wrap(e, "%s '%s'", s->option, path);
	}
	return true;
}

/* What bundles of Azure must have, which the HCL report alone does not give. */
static bool check_azure(const struct bundle *b, struct err *e)
{
	const char *missing = !b->quote.p       ? "--quote"
			      : !b->signature.p ? "--signature"
			      : !b->n_banks     ? "--pcrs"
						: NULL;

	if (b->kind != BUNDLE_AZURE || !missing)
		return true;
	return err_set(e, ERR_USAGE, "an HCL report says nothing of what booted: %s is missing",
		       missing) ||
	       err_hint(e, "have the virtual TPM sign: tpm2_quote -c 0x81000003 -l sha256:all "
			   "-q NONCE -m quote -s signature, and tpm2_pcrread sha256 >pcrs");
}

static bool write(const struct make *m, const char *to, struct err *e)
{
	CLEANUP(buf_done) struct buf out = buf_init(2 * BUNDLE_SIZE_MAX);
	struct bundle back;

	return bundle_emit(&m->bundle, &out, e) && bundle_parse(&back, buf_span(&out), m->a, e) &&
	       file_write(AT_FDCWD, to, buf_span(&out), 0644, e);
}

/* The outcome in one line, and what is not there in one line each. */
static bool tell(const struct make *m, const char *to, struct err *e)
{
	struct bundle_status s;
	char until[UTC_SIZE];
	struct bundle_status_at at = { .trust = &m->trust };

	if (!at_time_read(&at.at_unix, NULL, e) || !bundle_status(&s, &m->bundle, &at, m->a, e))
		return false;
	if (s.complete && s.earliest < s.n) {
		utc_write(until, s.items[s.earliest].dates.to_unix);
		line_print(stdout, "%s: complete until %s", to, until);
		return true;
	}
	line_print(stdout, "%s: %s", to, s.complete ? "complete" : "a verifier will miss");
	for (size_t i = 0; i < s.n; i++)
		if (!bundle_status_is_good(s.items[i].state))
			line_print(stdout, "  %.*s (%s): %.*s", STR_ARG(s.items[i].label),
				bundle_status_name(s.items[i].state), STR_ARG(s.items[i].why));
	return true;
}

/* Also where nobody is asked: what is no number is a mistake there, too. */
static bool read_timeout(unsigned *ret, const struct verb_args *args, struct err *e)
{
	const char *text = verb_value(args, "--timeout");
	uint64_t s = 0;

	if (text && (!str_u64(str_of(text), &s, BUNDLE_FETCH_TIMEOUT_MAX_S) || !s))
		return err_set(e, ERR_USAGE, "--timeout is '%s', want 1 to %d seconds", text,
			BUNDLE_FETCH_TIMEOUT_MAX_S);
	*ret = (unsigned)s;
	return true;
}

static bool run(const struct verb_args *args, int *code, struct err *e)
{
	CLEANUP(make_done) struct make m = { .args = args, .a = arena_new(MEMORY_MAX) };
	const char *path = verb_arg(args, 0), *to = verb_value(args, "--output");
	unsigned timeout_s = 0;
	struct span file;

	(void)code;
	if (!to)
		return err_set(e, ERR_USAGE, "--output is needed: where the bundle goes") ||
		       err_hint(e, "assay bundle make -o bundle.json %s", path);
	if (!read_timeout(&timeout_s, args, e) ||
		!trust_load(&m.trust, verb_value(args, "--trust"), m.a, e) ||
		!read_file(&file, &m, path, e))
		return false;
	if (!evidence_read(&m.bundle, file, m.a, e))
		return err_wrap(e, "'%s'", path);
	for (size_t i = 0; i < ARRAY_LEN(sources); i++)
		if (!fill(&m, &sources[i], e))
			return false;
	if (!check_azure(&m.bundle, e))
		return false;
	if (verb_flag(args, "--fetch") &&
		!bundle_fetch(&m.bundle, timeout_s, args, &m.trust, m.a, e))
		return false;
	return write(&m, to, e) && tell(&m, to, e);
}

static const struct verb_option options[] = {
	{ "--output", "FILE", "where the bundle goes", false },
	{ "--certificates", "FILE", "SEV-SNP: certificates, or the host's table of them", true },
	{ "--crl", "FILE", "SEV-SNP: AMD's list of revoked certificates", false },
	{ "--tcb-info", "FILE", "TDX: TCB info of the platform, as Intel answers it", false },
	{ "--tcb-info-chain", "FILE", "TDX: certificates of its signer, PEM", false },
	{ "--qe-identity", "FILE", "TDX: Intel's identity of the quoting enclave", false },
	{ "--qe-identity-chain", "FILE", "TDX: certificates of its signer, PEM", false },
	{ "--pck-crl", "FILE", "TDX: list of revoked PCK certificates", false },
	{ "--root-crl", "FILE", "TDX: the list of Intel's root", false },
	{ "--log", "FILE", "event log: CCEL of a TD; firmware's, on Azure", false },
	{ "--quote", "FILE", "Azure: quote of the virtual TPM", false },
	{ "--signature", "FILE", "Azure: its signature", false },
	{ "--pcrs", "FILE", "Azure: values, as tpm2_pcrread prints them", false },
	{ "--ak-certificate", "FILE", "TPM: of its attestation key, and those above", true },
	{ "--tdx-quote", "FILE", "Azure: TDX quote, where the hardware is Intel's", false },
	{ "--fetch", NULL, "ask the vendor for what is missing, and its lists", false },
	{ "--kds", "URL", "AMD's service (https://kdsintf.amd.com)", false },
	{ "--pcs", "URL", "Intel's service, or a cache of it", false },
	{ "--trust", "FILE", "trust file (~/.config/assay/trust.yaml)", false },
	{ "--timeout", "SECONDS", "give an answer up after so long (30)", false },
	{ 0 },
};

const struct verb cmd_bundle_make = {
	.name = "bundle make",
	.summary = "evidence and what its verifier needs, in one file",
	.usage = "EVIDENCE",
	.min_args = 1,
	.max_args = 1,
	.options = options,
	.example = "assay bundle make -o bundle.json report.bin --certificates auxblob",
	.run = run,
};
