/* assay bundle status: what of an evidence bundle expires when, and what a verifier would miss in it. */
#include "appraise/bundle_status.h"

#include <stdio.h>

#include "appraise/evidence_read.h"
#include "base/utc.h"
#include "cmd/at_time.h"
#include "cmd/line.h"
#include "cmd/trust_load.h"
#include "cmd/verbs.h"
#include "codec/json.h"
#include "sys/file.h"
#define ASSAY_MAY_ASK_THE_MACHINE
#include "base/banned.h"

#define BUNDLE_STATUS_FORMAT "assay.bundle-status/1"
enum { MEMORY_MAX = 64 << 20, JSON_MAX = 1 << 20, DAY_S = 24 * 3600 };

/* Whole days until then; negative when it is past. */
static int64_t days_left(int64_t to_unix, int64_t at_unix)
{
	int64_t left = to_unix - at_unix;

	return left >= 0 ? left / DAY_S : -((DAY_S - 1 - left) / DAY_S);
}

enum { LEFT_SIZE = 40 };

static const char *left(char out[static LEFT_SIZE], int64_t to_unix, int64_t at_unix)
{
	int64_t days = days_left(to_unix, at_unix);

	snprintf(out, LEFT_SIZE, days >= 0 ? "%lld day%s left" : "%lld day%s ago",
		(long long)(days >= 0 ? days : -days), days == 1 || days == -1 ? "" : "s");
	return out;
}

static void print_item(const struct bundle_status_item *it, int64_t at_unix)
{
	char from[UTC_SIZE], to[UTC_SIZE], days[LEFT_SIZE];

	line_print(stdout, "%-10s  %.*s: %.*s", bundle_status_name(it->state), STR_ARG(it->label),
		STR_ARG(it->what));
	if (it->has_dates) {
		utc_write(from, it->dates.from_unix);
		utc_write(to, it->dates.to_unix);
		line_print(stdout, "            %s to %s, %s", from, to,
			left(days, it->dates.to_unix, at_unix));
	}
	if (it->why.n)
		line_print(stdout, "            %.*s", STR_ARG(it->why));
}

static void print_last(const struct bundle_status *s, int64_t at_unix)
{
	const struct bundle_status_item *it = &s->items[s->earliest];
	char to[UTC_SIZE], days[LEFT_SIZE];

	if (s->earliest == s->n) {
		puts("earliest expiry: none, nothing in it has a date");
		return;
	}
	utc_write(to, it->dates.to_unix);
	line_print(stdout, "earliest expiry: %s, %s, %.*s", to,
		left(days, it->dates.to_unix, at_unix), STR_ARG(it->label));
}

/* No more than what was looked at. */
static const char *complete_text(enum bundle_kind kind)
{
	switch (kind) {
	case BUNDLE_TPM:
		return "complete: what is with the quote is in date; no signature was verified";
	case BUNDLE_AZURE:
		return "complete: what a verifier needs is here, and the hardware's part in date and "
		       "signed up to a trusted root; the TPM's was not verified";
	default:
		return "complete: what a verifier needs is here, in date and signed up to a trusted "
		       "root; what the evidence says is for assay verify";
	}
}

static void print_text(const struct bundle_status *s, const struct bundle *b, int64_t at_unix)
{
	char at[UTC_SIZE];

	utc_write(at, at_unix);
	line_print(stdout, "evidence of kind %s, looked at for %s", bundle_kind_name(b->kind), at);
	for (size_t i = 0; i < s->n; i++)
		print_item(&s->items[i], at_unix);
	puts(s->complete ? complete_text(b->kind)
			 : "INCOMPLETE: a verifier needs what is not here or does not hold");
	print_last(s, at_unix);
}

static void put_time(struct json_out *w, const char *key, int64_t unix_time)
{
	char text[UTC_SIZE];

	utc_write(text, unix_time);
	json_put_cstr(w, key, text);
}

static void put_item(struct json_out *w, const struct bundle_status_item *it, int64_t at_unix)
{
	json_object(w);
	json_put_str(w, "label", it->label);
	json_put_str(w, "what", it->what);
	json_put_cstr(w, "state", bundle_status_name(it->state));
	if (it->has_dates) {
		put_time(w, "from", it->dates.from_unix);
		put_time(w, "to", it->dates.to_unix);
		json_key(w, "days-left");
		json_int(w, days_left(it->dates.to_unix, at_unix));
	}
	if (it->evaluation) {
		json_key(w, "evaluation-number");
		json_uint(w, it->evaluation);
	}
	json_put_str(w, "why", it->why);
	json_end_object(w);
}

static bool print_json(
	const struct bundle_status *s, const struct bundle *b, int64_t at_unix, struct err *e)
{
	CLEANUP(buf_done) struct buf out = buf_init(JSON_MAX);
	struct json_out w = json_out_to(&out);

	json_object(&w);
	json_put_cstr(&w, "format", BUNDLE_STATUS_FORMAT);
	json_put_cstr(&w, "kind", bundle_kind_name(b->kind));
	put_time(&w, "at", at_unix);
	json_put_bool(&w, "complete", s->complete);
	json_key(&w, "earliest-expiry");
	if (s->earliest < s->n) {
		char to[UTC_SIZE];

		utc_write(to, s->items[s->earliest].dates.to_unix);
		json_cstr(&w, to);
	} else {
		json_null(&w);
	}
	json_key(&w, "items");
	json_array(&w);
	for (size_t i = 0; i < s->n; i++)
		put_item(&w, &s->items[i], at_unix);
	json_end_array(&w);
	json_end_object(&w);
	if (!buf_ok(&out))
		return buf_full(&out, "the result", e);
	return fwrite(out.p, 1, out.n, stdout) == out.n || err_os(e, "cannot write the result");
}

static bool run(const struct verb_args *args, int *code, struct err *e)
{
	CLEANUP(arena_freep) struct arena *a = arena_new(MEMORY_MAX);
	CLEANUP(buf_done) struct buf file = { 0 };
	const char *path = verb_arg(args, 0);
	CLEANUP(trust_unload) struct trust_file trust = { 0 };
	struct bundle_status_at at = { .trust = &trust };
	struct bundle_status s;
	struct bundle b;

	if (!at_time_read(&at.at_unix, verb_value(args, "--at"), e) ||
		!trust_load(&trust, verb_value(args, "--trust"), a, e) ||
		!file_read(AT_FDCWD, path, BUNDLE_SIZE_MAX, &file, e))
		return false;
	if (!evidence_read(&b, buf_span(&file), a, e) || !bundle_status(&s, &b, &at, a, e))
		return err_wrap(e, "'%s'", path);
	if (verb_flag(args, "--json") && !print_json(&s, &b, at.at_unix, e))
		return false;
	if (!verb_flag(args, "--json"))
		print_text(&s, &b, at.at_unix);
	if (!s.complete) {
		*code = VERB_NO;
		verb_hint(
			b.kind == BUNDLE_NITRO
				? "ask the machine for a new document, or hold this one against its "
				  "own time: freshness: archive in the policy"
				: "assay bundle make adds what is not there: from files, or with "
				  "--fetch from the vendor");
	}
	return true;
}

static const struct verb_option options[] = {
	{ "--at", "TIME", "look at it for this time (UTC, with a Z), not now", false },
	{ "--trust", "FILE", "trust file (~/.config/assay/trust.yaml)", false },
	{ "--json", NULL, "print the result as JSON", false },
	{ 0 },
};

const struct verb cmd_bundle_status = {
	.name = "bundle status",
	.summary = "what of an evidence bundle expires when, and what it lacks",
	.usage = "FILE",
	.min_args = 1,
	.max_args = 1,
	.options = options,
	.example = "assay bundle status evidence.json",
	.run = run,
};
