#include "appraise/explain.h"

#include <string.h>

#include "appraise/explain_align.h"
#include "appraise/explain_meaning.h"
#include "appraise/explain_observed.h"
#include "appraise/platform.h"
#include "measure/tpm_firmware.h"
#include "base/banned.h"

/* Logged events looked at for the one that a predicted event became. */
enum { PAIR_WINDOW = 64 };

struct explaining {
	const struct explain_in *in;
	struct arena *a;
	size_t bank; /* in the shape's order */
	bool replayed;
	struct event_log_registers replay;
	struct explain_finding *findings;
	size_t n, n_untold;
	unsigned parts;
};

/* The events of one register on both sides. */
struct sides {
	const struct event **want;
	const struct event_log_event **got;
	struct digest *want_digests, *got_digests;
	size_t n_want, n_got;
};

const char *explain_kind_name(enum explain_kind kind)
{
	static const char *const names[] = { [EXPLAIN_VALUE] = "value",
		[EXPLAIN_CHANGED] = "changed",
		[EXPLAIN_ADDED] = "added",
		[EXPLAIN_MISSING] = "missing",
		[EXPLAIN_UNLOGGED] = "unlogged" };

	return names[kind];
}

static void add(struct explaining *x, const struct explain_finding *f, unsigned part)
{
	x->parts |= part;
	if (x->n == EXPLAIN_FINDINGS_MAX)
		x->n_untold++;
	else
		x->findings[x->n++] = *f;
}

static bool is_tdx(const struct reference_shape *s)
{
	return str_is(s->platform, "tdx");
}

/* ---- events side by side ---- */

static bool find_want(struct explaining *x, unsigned reg, struct sides *s, struct err *e)
{
	const struct event_list *l = &x->in->shape->events;
	size_t n = 0;

	for (size_t i = 0; i < l->n; i++)
		n += l->items[i].reg == reg;
	s->want = ARENA_ARRAY(x->a, n, const struct event *);
	s->want_digests = ARENA_ARRAY(x->a, n, struct digest);
	if (!s->want || !s->want_digests)
		return arena_full(x->a, e);
	for (size_t i = 0; i < l->n; i++) {
		if (l->items[i].reg != reg)
			continue;
		s->want[s->n_want] = &l->items[i];
		s->want_digests[s->n_want++] = l->items[i].digests[x->bank];
	}
	return true;
}

static bool find_got(struct explaining *x, unsigned reg, struct sides *s, struct err *e)
{
	const struct event_log *log = x->in->log;
	size_t n = 0;

	for (size_t i = 0; i < log->n_events; i++)
		n += log->events[i].reg == reg && log->events[i].type != EVENT_LOG_NO_ACTION;
	s->got = ARENA_ARRAY(x->a, n, const struct event_log_event *);
	s->got_digests = ARENA_ARRAY(x->a, n, struct digest);
	if (!s->got || !s->got_digests)
		return arena_full(x->a, e);
	for (size_t i = 0; i < log->n_events; i++) {
		const struct event_log_event *ev = &log->events[i];

		if (ev->reg != reg || ev->type == EVENT_LOG_NO_ACTION)
			continue;
		if (!event_log_digest(log, ev, x->in->values->alg, &s->got_digests[s->n_got]))
			return err_set(e, ERR_INTERNAL, "a replayed bank is not in the log");
		s->got[s->n_got++] = ev;
	}
	return true;
}

static bool add_difference(
	struct explaining *x, const struct sides *s, struct explain_step at, struct err *e)
{
	struct explain_finding f = { 0 };
	struct explain_difference d = { .log = x->in->log };
	unsigned parts = 0;

	if (at.want != EXPLAIN_ALIGN_NONE) {
		d.want = s->want[at.want];
		f.want = s->want_digests[at.want];
	}
	if (at.got != EXPLAIN_ALIGN_NONE) {
		d.got = s->got[at.got];
		f.got = s->got_digests[at.got];
	}
	if (!explain_meaning(&f, &parts, &d, x->a, e))
		return false;
	add(x, &f, parts);
	return true;
}

/* Moves the logged event of a later step to this one: one event that changed. */
static bool pair(const struct sides *s, struct explain_step *run, size_t n, size_t i, size_t from,
	size_t *at)
{
	size_t tried = 0;

	for (size_t k = from; k < n && tried < PAIR_WINDOW; k++) {
		if (run[k].got == EXPLAIN_ALIGN_NONE || run[k].want != EXPLAIN_ALIGN_NONE)
			continue;
		tried++;
		if (s->want[run[i].want]->type != s->got[run[k].got]->type)
			continue;
		run[i].got = run[k].got;
		run[k].got = EXPLAIN_ALIGN_NONE;
		*at = k;
		return true;
	}
	return false;
}

/*
 * A run of one-sided steps: a predicted event and a logged one of the same type, in the same order, are one that changed.
 * Types are not measured; they only help to pair.
 */
static bool add_run(struct explaining *x, const struct sides *s, struct explain_step *run, size_t n,
	struct err *e)
{
	size_t from = 0, at;

	while (from < n && run[from].got == EXPLAIN_ALIGN_NONE)
		from++;
	for (size_t i = 0; i < n; i++)
		if (run[i].want != EXPLAIN_ALIGN_NONE && pair(s, run, n, i, from, &at))
			from = at + 1;
	for (size_t i = 0; i < n; i++) {
		if (run[i].want == EXPLAIN_ALIGN_NONE && run[i].got == EXPLAIN_ALIGN_NONE)
			continue;
		if (!add_difference(x, s, run[i], e))
			return false;
	}
	return true;
}

static bool is_equal_step(struct explain_step s)
{
	return s.want != EXPLAIN_ALIGN_NONE && s.got != EXPLAIN_ALIGN_NONE;
}

static bool compare_events(struct explaining *x, unsigned reg, struct err *e)
{
	struct sides s = { 0 };
	struct explain_step *steps;
	size_t n, start = 0;

	if (!find_want(x, reg, &s, e) || !find_got(x, reg, &s, e) ||
		!explain_align(
			&steps, &n, s.want_digests, s.n_want, s.got_digests, s.n_got, x->a, e))
		return false;
	for (size_t i = 0; i < n; i++) {
		if (!is_equal_step(steps[i]))
			continue;
		if (!add_run(x, &s, steps + start, i - start, e))
			return false;
		start = i + 1;
	}
	return add_run(x, &s, steps + start, n - start, e);
}

/* ---- registers ---- */

static bool add_register(struct explaining *x, const struct reference_register *r,
	enum explain_kind kind, unsigned part, struct str text, struct err *e)
{
	struct explain_finding f = { .reg = r->reg,
		.kind = kind,
		.event = STR("register"),
		.text = text,
		.want = r->values[x->bank],
		.got = x->in->values->values[r->reg] };

	if (!text.p)
		return arena_full(x->a, e);
	add(x, &f, part);
	return true;
}

/*
 * systemd-pcrphase measures these words into PCR 11 after the firmware's log has ended. All orders in which some of them
 * can have happened are tried.
 */
static const char *const phases[] = { "enter-initrd", "leave-initrd", "sysinit", "ready",
	"shutdown", "final" };

static void extend_phase(struct digest *value, const char *phase)
{
	size_t size = digest_size(value->alg);
	struct digest d = digest_of(value->alg, str_span(str_of(phase)));
	uint8_t both[2 * DIGEST_MAX];

	memcpy(both, value->bytes, size);
	memcpy(both + size, d.bytes, size);
	*value = digest_of(value->alg, span_make(both, 2 * size));
}

/* Bits of the phases that lead from the log's value to the signed one; 0: none do. */
static unsigned find_phases(const struct explaining *x)
{
	for (unsigned set = 1; set < 1u << ARRAY_LEN(phases); set++) {
		struct digest value = x->replay.values[11];

		for (size_t i = 0; i < ARRAY_LEN(phases); i++)
			if (set & 1u << i)
				extend_phase(&value, phases[i]);
		if (digest_equal(&value, &x->in->values->values[11]))
			return set;
	}
	return 0;
}

static bool add_phases(
	struct explaining *x, const struct reference_register *r, unsigned set, struct err *e)
{
	struct buf b CLEANUP(buf_done) = buf_init(1024);
	const char *between = "";

	buf_add_cstr(
		&b, "the running system measured boot phases, which the image was to leave out: ");
	for (size_t i = 0; i < ARRAY_LEN(phases); i++) {
		if (!(set & 1u << i))
			continue;
		buf_printf(&b, "%s%s", between, phases[i]);
		between = ", ";
	}
	return add_register(x, r, EXPLAIN_ADDED, EXPLAIN_PHASES, arena_str(x->a, buf_str(&b)), e);
}

/* True with *go_on set when the log's events for the register may be believed. */
static bool check_replay(
	struct explaining *x, const struct reference_register *r, bool *go_on, struct err *e)
{
	unsigned set = 0;

	*go_on = false;
	/* Of what kind it is nobody knows: it is no part of a summary. */
	if (!x->replayed)
		return add_register(x, r, EXPLAIN_VALUE, 0,
			arena_printf(x->a,
				"differs, and there is no event log to say why; it holds: %.*s",
				STR_ARG(r->reason)),
			e);
	*go_on = true;
	if (digest_equal(&x->replay.values[r->reg], &x->in->values->values[r->reg]))
		return true;
	if (r->reg == 11 && !is_tdx(x->in->shape) && (set = find_phases(x)) != 0)
		return add_phases(x, r, set, e);
	*go_on = false;
	return add_register(x, r, EXPLAIN_UNLOGGED, EXPLAIN_NOT_LOGGED,
		STR("differs, and the event log does not account for its value: something was measured "
		    "that the log does not show, or the log was changed"),
		e);
}

static bool add_observed(struct explaining *x, const struct reference_register *r, struct err *e)
{
	const struct explain_observed o = { x->in->log, &x->replay, r->reg, &r->values[x->bank] };
	enum explain_kind kind = EXPLAIN_CHANGED;
	unsigned part = EXPLAIN_FIRMWARE;
	struct str text = explain_observed_text(&kind, &part, &o, x->a);

	return add_register(x, r, kind, part, text, e);
}

static bool explain_register(
	struct explaining *x, const struct reference_register *r, struct err *e)
{
	const struct bundle_bank *v = x->in->values;
	bool go_on;

	if (r->how == REFERENCE_NOT_PREDICTABLE || !(v->pcrs & UINT32_C(1) << r->reg) ||
		digest_equal(&v->values[r->reg], &r->values[x->bank]))
		return true;
	if (!check_replay(x, r, &go_on, e))
		return false;
	if (!go_on)
		return true;
	return r->how == REFERENCE_OBSERVED ? add_observed(x, r, e) : compare_events(x, r->reg, e);
}

/*
 * A shape for TDX with its RTMRs under their own numbers, as logs have them, and without MRTD, of which no log tells: a shape
 * counts from MRTD on (appraise/platform.h).
 */
static bool by_rtmr(struct reference_shape *ret, const struct reference_shape *s, struct arena *a,
	struct err *e)
{
	struct reference_register *registers = ARENA_ARRAY(
		a, s->n_registers, struct reference_register);

	if (!registers)
		return arena_full(a, e);
	*ret = *s;
	ret->registers = registers;
	ret->n_registers = 0;
	for (size_t i = 0; i < s->n_registers; i++) {
		if (s->registers[i].reg < PLATFORM_RTMR)
			continue;
		registers[ret->n_registers] = s->registers[i];
		registers[ret->n_registers++].reg -= PLATFORM_RTMR;
	}
	event_list_init(&ret->events, a, s->banks, s->n_banks);
	for (size_t i = 0; i < s->events.n; i++) {
		struct event ev = s->events.items[i];

		if (ev.reg < PLATFORM_RTMR)
			continue;
		ev.reg -= PLATFORM_RTMR;
		if (!event_list_add_digests(&ret->events, &ev, e))
			return false;
	}
	return true;
}

bool explain(struct explain *ret, const struct explain_in *given, struct arena *a, struct err *e)
{
	struct explain_in own = *given;
	const struct explain_in *in = &own;
	struct explaining x = { .in = in, .a = a };
	struct reference_shape rtmrs = *given->shape;
	struct explain out;
	struct err unused;

	if (is_tdx(given->shape)) {
		if (!by_rtmr(&rtmrs, given->shape, a, e))
			return false;
		own.shape = &rtmrs;
	}

	while (x.bank < in->shape->n_banks && in->shape->banks[x.bank] != in->values->alg)
		x.bank++;
	if (x.bank == in->shape->n_banks)
		return err_set(e, ERR_USAGE, "shape '%.*s' has no %s values",
			STR_ARG(in->shape->name), digest_name(in->values->alg));
	x.findings = ARENA_ARRAY(a, EXPLAIN_FINDINGS_MAX, struct explain_finding);
	if (!x.findings)
		return arena_full(a, e);
	x.replayed = in->log && (in->log->form == EVENT_LOG_CC) == is_tdx(in->shape) &&
		     event_log_replay(&x.replay, in->log, in->values->alg, &unused);
	for (size_t i = 0; i < in->shape->n_registers; i++)
		if (!explain_register(&x, &in->shape->registers[i], e))
			return false;
	out = (struct explain){ x.findings, x.n, x.n_untold, explain_summary(x.parts, a),
		is_tdx(in->shape) ? "RTMR" : "PCR" };
	if (!out.summary.p)
		return arena_full(a, e);
	*ret = out;
	return true;
}
