#include "cmd/verify_evidence.h"

#include "appraise/evidence_read.h"
#include "base/hex.h"
#include "cmd/ask.h"
#include "cmd/enrolled.h"
#include "cmd/hint.h"
#include "sys/file.h"
#define ASSAY_MAY_ASK_THE_MACHINE
#include "base/banned.h"

bool verify_evidence_is_url(const char *arg)
{
	return str_starts(str_of(arg), "http://") || str_starts(str_of(arg), "https://");
}

void verify_evidence_done(struct verify_evidence *w)
{
	buf_done(&w->text);
}

static bool read_nonce(struct verify_evidence *w, struct appraise_in *in,
	const struct verb_args *args, struct err *e)
{
	const char *hex = verb_value(args, "--nonce");

	if (!hex)
		return true;
	if (!hex_read(str_of(hex), w->nonce, sizeof w->nonce))
		return err_set(e, ERR_USAGE, "--nonce must be %d lower-case hex digits",
			2 * BINDING_NONCE_SIZE);
	in->nonce = w->nonce;
	return true;
}

static bool read_report_data(struct verify_evidence *w, struct appraise_in *in,
	const struct verb_args *args, struct err *e)
{
	const char *hex = verb_value(args, "--report-data");
	size_t n = hex ? strlen(hex) / 2 : 0;

	in->report_data_is_fresh = verb_flag(args, "--report-data-is-fresh");
	if (!hex)
		return !in->report_data_is_fresh ||
		       err_set(e, ERR_USAGE, "--report-data-is-fresh is said of --report-data");
	if (n == 0 || n > sizeof w->report_data || !hex_read(str_of(hex), w->report_data, n))
		return err_set(e, ERR_USAGE,
			"--report-data must be lower-case hex digits of 1 to %d bytes",
			VERIFY_REPORT_DATA_MAX);
	in->report_data = span_make(w->report_data, n);
	if (!span_is_zero(in->report_data))
		return true;
	err_set(e, ERR_USAGE, "--report-data is nothing but zeroes");
	return err_hint(e,
		"hardware reports zeroes when nobody asked for anything: give what the evidence was asked with");
}

static bool read_options(struct verify_evidence *w, struct appraise_in *in,
	const struct verb_args *args, struct err *e)
{
	in->bundle = &w->bundle;
	return read_nonce(w, in, args, e) && read_report_data(w, in, args, e);
}

/* Of the TPM that was asked. */
static bool find_tpm_enrolment(
	struct verify_evidence *w, struct appraise_in *in, struct arena *a, struct err *e)
{
	struct enrolment_tpm t;
	bool found = false;

	if (!in->challenge)
		return true;
	enrolment_tpm_of(&t, in->challenge->ek_public, &w->bundle.ek_chain);
	if (!enrolled_find_tpm(&w->tpm_enrolment, &found, &t, a, e))
		return false;
	in->tpm_enrolment = found ? &w->tpm_enrolment : NULL;
	return true;
}

/* The enrolment record of the key that the bundle names; a bundle whose key cannot be read has none. */
static bool find_enrolment(
	struct verify_evidence *w, struct appraise_in *in, struct arena *a, struct err *e)
{
	struct err ignored = { 0 };
	struct tpm_public ak;
	struct tpm_name name;
	bool found = false;

	if (!tpm_public_parse(&ak, w->bundle.ak_public, &ignored))
		return true;
	name = tpm_public_name(&ak);
	if (!enrolled_find(&w->enrolment, &found, &name, a, e))
		return false;
	in->enrolment = found ? &w->enrolment : NULL;
	return true;
}

static bool ask(struct verify_evidence *w, struct appraise_in *in, const struct verb_args *args,
	const char *url, struct arena *a, struct err *e)
{
	struct ask_answer answer;

	verb_say(args, "asking %s", url);
	if (!ask_attester(&answer, url, in->nonce, a, e))
		return false;
	w->bundle = answer.bundle;
	w->text = answer.text;
	w->challenge = answer.challenge;
	memcpy(w->nonce, answer.nonce, sizeof w->nonce);
	in->nonce = w->nonce;
	in->challenge = answer.has_challenge ? &w->challenge : NULL;
	return find_enrolment(w, in, a, e) && find_tpm_enrolment(w, in, a, e);
}

static bool read_file(struct verify_evidence *w, struct appraise_in *in, const char *path,
	struct arena *a, struct err *e)
{
	static const char wanted[] =
		"wanted is a machine's URL (http://HOST:PORT), what `assay verify --save` or `assay "
		"bundle make` wrote, or evidence as hardware gave it";

	if (!file_read(AT_FDCWD, path, BUNDLE_SIZE_MAX, &w->text, e))
		return hint_wanted(e, wanted);
	if (!evidence_read(&w->bundle, buf_span(&w->text), a, e)) {
		err_hint(e, "%s", wanted);
		return err_wrap(e, "'%s'", path);
	}
	return find_enrolment(w, in, a, e);
}

bool verify_evidence_of_file(struct verify_evidence *w, struct appraise_in *in, const char *path,
	const struct verb_args *args, struct arena *a, struct err *e)
{
	return read_options(w, in, args, e) && read_file(w, in, path, a, e);
}

bool verify_evidence_take(struct verify_evidence *w, struct appraise_in *in,
	const struct verb_args *args, struct arena *a, struct err *e)
{
	const char *from = verb_arg(args, 0), *save = verb_value(args, "--save");

	if (!verify_evidence_is_url(from)) {
		if (!verify_evidence_of_file(w, in, from, args, a, e))
			return false;
	} else if (!read_options(w, in, args, e) || !ask(w, in, args, from, a, e)) {
		return false;
	}
	return !save || file_write(AT_FDCWD, save, buf_span(&w->text), 0644, e);
}
