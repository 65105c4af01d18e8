/* assay eventlog diff: a log beside a prediction, or beside another log. */
#include <stdio.h>

#include "appraise/explain.h"
#include "cmd/eventlog_diff_logs.h"
#include "cmd/explain_text.h"
#include "cmd/line.h"
#include "cmd/verbs.h"
#define ASSAY_MAY_ASK_THE_MACHINE
#include "base/banned.h"

#define EVENTLOG_DIFF_FORMAT "assay.eventlog-diff/1"

/* ---- a prediction ---- */

static bool is_prediction(struct span bytes, struct arena *a)
{
	struct err unused;
	struct json doc;

	return bytes.n && bytes.p[0] == '{' && json_parse(&doc, bytes, a, &unused) &&
	       json_check_format(&doc, REFERENCE_VALUES_FORMAT, &unused);
}

static bool fits(const struct reference_shape *s, const struct event_log *log)
{
	return str_is(s->platform, log->form == EVENT_LOG_CC ? "tdx" : "tpm");
}

/* The shape of that name, or the only one whose platform writes such logs. */
static bool find_shape(const struct reference_shape **ret, const struct reference_values *v,
	const struct event_log *log, const char *name, struct err *e)
{
	const struct reference_shape *found = NULL;
	const char *platform = log->form == EVENT_LOG_CC ? "TDX" : "a TPM";

	for (size_t i = 0; i < v->n_shapes; i++) {
		const struct reference_shape *s = &v->shapes[i];

		if (name ? !str_is(s->name, name) : !fits(s, log))
			continue;
		if (found) {
			err_set(e, ERR_USAGE, "there are several shapes for %s", platform);
			return err_hint(e, "name one with --shape");
		}
		found = s;
	}
	if (!found)
		return err_set(e, ERR_NOTFOUND, "there is no shape %s%s",
			name ? "of the name " : "for ", name ? name : platform);
	if (!fits(found, log))
		return err_set(e, ERR_USAGE, "shape '%.*s' is for platform '%.*s': this is a %s",
			STR_ARG(found->name), STR_ARG(found->platform),
			eventlog_form_name(log->form));
	*ret = found;
	return true;
}

/* The one that was asked for, or the shape's first that the log has. */
static bool find_bank(enum digest_alg *ret, const struct reference_shape *s,
	const struct event_log *log, const char *name, struct err *e)
{
	for (size_t i = 0; i < s->n_banks && !name; i++)
		if (event_log_bank(log, s->banks[i]) < log->n_banks) {
			*ret = s->banks[i];
			return true;
		}
	return eventlog_bank(ret, log, name, e);
}

static void put_digest(struct json_out *w, const char *key, const struct digest *d)
{
	if (d->alg != DIGEST_NONE)
		json_put_hex(w, key, span_make(d->bytes, digest_size(d->alg)));
}

static void put_finding(struct json_out *w, const struct explain_finding *f)
{
	json_object(w);
	json_put_uint(w, "register", f->reg);
	json_put_cstr(w, "kind", explain_kind_name(f->kind));
	json_put_str(w, "event", f->event);
	json_put_str(w, "origin", f->origin);
	json_put_str(w, "text", f->text);
	put_digest(w, "want", &f->want);
	put_digest(w, "got", &f->got);
	json_end_object(w);
}

static bool print_json(const struct eventlog *l, const struct reference_shape *s,
	enum digest_alg bank, const struct explain *ex, struct err *e)
{
	CLEANUP(buf_done) struct buf b = buf_init(EVENTLOG_JSON_MAX);
	struct json_out w = json_out_to(&b);

	json_object(&w);
	eventlog_put_head(&w, EVENTLOG_DIFF_FORMAT, l);
	json_put_cstr(&w, "against", "prediction");
	json_put_str(&w, "shape", s->name);
	json_put_cstr(&w, "bank", digest_name(bank));
	json_key(&w, "differences");
	json_array(&w);
	for (size_t i = 0; i < ex->n; i++)
		put_finding(&w, &ex->findings[i]);
	json_end_array(&w);
	json_put_uint(&w, "more", ex->n_untold);
	json_put_str(&w, "summary", ex->summary);
	json_end_object(&w);
	return eventlog_print_json(&b, e);
}

static bool against_prediction(const struct eventlog *l, struct span bytes,
	const struct verb_args *args, size_t *n, struct arena *a, struct err *e)
{
	struct bundle_bank values = { 0 };
	struct event_log_registers r;
	struct explain_in in = { .values = &values, .log = &l->log };
	struct reference_values v;
	struct explain ex;

	if (!reference_values_parse(&v, bytes, a, e))
		return err_wrap(e, "'%s'", verb_arg(args, 1));
	if (!find_shape(&in.shape, &v, &l->log, verb_value(args, "--shape"), e) ||
		!find_bank(&values.alg, in.shape, &l->log, verb_value(args, "--bank"), e) ||
		!event_log_replay(&r, &l->log, values.alg, e))
		return false;
	values.pcrs = (UINT32_C(1) << r.n) - 1;
	for (size_t i = 0; i < r.n; i++)
		values.values[i] = r.values[i];
	if (!explain(&ex, &in, a, e))
		return false;
	*n = ex.n;
	if (verb_flag(args, "--json"))
		return print_json(l, in.shape, values.alg, &ex, e);
	line_print(stdout,
		"beside shape '%.*s', bank %s; nobody signed the log:", STR_ARG(in.shape->name),
		digest_name(values.alg));
	explain_text_print(&ex);
	return true;
}

/* ---- another log ---- */

/* The bank that was asked for, or the first one of the one log that the other has, too. */
static bool common_bank(enum digest_alg *ret, const struct event_log *a, const struct event_log *b,
	const char *name, struct err *e)
{
	enum digest_alg alg;

	for (size_t i = 0; i < a->n_banks && !name; i++)
		if (event_log_bank(b, a->banks[i]) < b->n_banks) {
			*ret = a->banks[i];
			return true;
		}
	if (!name)
		return err_set(e, ERR_NOTFOUND, "the logs have no bank in common");
	if (!eventlog_bank(&alg, a, name, e) || !eventlog_bank(&alg, b, name, e))
		return false;
	*ret = alg;
	return true;
}

static bool put_logs(
	const struct eventlog pair[2], const struct eventlog_diff *d, size_t *n, struct err *e)
{
	CLEANUP(buf_done) struct buf b = buf_init(EVENTLOG_JSON_MAX);
	struct json_out w = json_out_to(&b);

	json_object(&w);
	eventlog_put_head(&w, EVENTLOG_DIFF_FORMAT, &pair[0]);
	json_put_cstr(&w, "against", "log");
	json_put_hex(&w, "other-sha256", SPAN_OF(pair[1].sha256));
	json_put_cstr(&w, "bank", digest_name(d->bank));
	if (!eventlog_diff_logs_put(&w, d, n, e))
		return false;
	json_end_object(&w);
	return eventlog_print_json(&b, e);
}

static bool against_log(struct eventlog pair[2], struct span bytes, const struct verb_args *args,
	size_t *n, struct arena *a, struct err *e)
{
	struct eventlog_diff d = { .a = &pair[0].log, .b = &pair[1].log };

	if (!eventlog_of_bytes(&pair[1], verb_arg(args, 1), bytes, a, e))
		return false;
	if ((d.a->form == EVENT_LOG_CC) != (d.b->form == EVENT_LOG_CC))
		return err_set(e, ERR_USAGE, "one is a %s, the other a %s",
			eventlog_form_name(d.a->form), eventlog_form_name(d.b->form));
	if (verb_value(args, "--shape"))
		return err_set(e, ERR_USAGE, "--shape is for reference values; '%s' is a log",
			verb_arg(args, 1));
	if (!common_bank(&d.bank, d.a, d.b, verb_value(args, "--bank"), e))
		return false;
	return verb_flag(args, "--json") ? put_logs(pair, &d, n, e)
					 : eventlog_diff_logs_print(&d, n, e);
}

static bool run(const struct verb_args *args, int *code, struct err *e)
{
	CLEANUP(arena_freep) struct arena *a = arena_new(EVENTLOG_MEMORY_MAX);
	struct eventlog pair[2];
	struct span bytes;
	size_t n = 0;

	if (!eventlog_load(&pair[0], verb_arg(args, 0), a, e) ||
		!eventlog_read(&bytes, verb_arg(args, 1), a, e))
		return false;
	if (is_prediction(bytes, a) ? !against_prediction(&pair[0], bytes, args, &n, a, e)
				    : !against_log(pair, bytes, args, &n, a, e))
		return false;
	*code = n ? VERB_NO : VERB_YES;
	return true;
}

static const struct verb_option options[] = {
	{ "--shape", "NAME", "the platform shape to hold it against", false },
	{ "--bank", "NAME", "compare this bank: sha1, sha256, sha384 or sha512", false },
	{ "--json", NULL, "print what differs as JSON", false },
	{ 0 },
};

const struct verb cmd_eventlog_diff = {
	.name = "eventlog diff",
	.summary = "a log beside a prediction or another log, event by event",
	.usage = "LOG REFERENCE-VALUES|LOG",
	.min_args = 2,
	.max_args = 2,
	.options = options,
	.example =
		"assay eventlog diff \\\n    /sys/kernel/security/tpm0/binary_bios_measurements \\\n"
		"    out/reference-values.json",
	.run = run,
};
